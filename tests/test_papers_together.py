import io
from types import SimpleNamespace
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader, PdfFileWriter

from odoo.addons.base.models import ir_actions_report as odoo_report
from odoo.addons.producer_cooperative.models import ir_actions_report as own_report
from odoo.addons.producer_cooperative.tests.common import CoopCommon

LETTERS = 'producer_cooperative.report_coop_arrears_letter'


@tagged('post_install', '-at_install')
class TestPapersTogether(CoopCommon):
    """Several papers are printed at once, also where the printing program takes one document at a time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.members = cls._create_member("Siti") | cls._create_member("Budi")

    def _print(self, report, bodies, patched):
        """Return ``(pages, documents handed to the printing program at a time)``."""
        taken = []

        def print_documents(_self, documents, **_options):
            documents = list(documents)
            taken.append(len(documents))
            writer, stream = PdfFileWriter(), io.BytesIO()
            for _document in documents:
                writer.addBlankPage(100, 100)
            writer.write(stream)
            return stream.getvalue()

        with (
            patch.object(odoo_report.IrActionsReport, '_run_wkhtmltopdf', print_documents),
            patch.object(own_report, '_wkhtml', lambda: SimpleNamespace(is_patched_qt=patched)),
        ):
            pdf = self.env['ir.actions.report']._run_wkhtmltopdf(bodies, report_ref=report)
        return PdfFileReader(io.BytesIO(pdf)).getNumPages(), taken

    def test_papers_of_the_cooperative_are_printed_one_by_one_and_joined(self):
        self.assertEqual(self._print(LETTERS, ["<p>1</p>", "<p>2</p>", "<p>3</p>"], patched=False), (3, [1, 1, 1]))

    def test_program_that_takes_several_documents_gets_them_at_once(self):
        self.assertEqual(self._print(LETTERS, ["<p>1</p>", "<p>2</p>"], patched=True), (2, [2]))

    def test_papers_of_others_are_left_to_odoo(self):
        self.assertEqual(self._print('account.report_invoice', ["<p>1</p>", "<p>2</p>"], patched=False), (2, [2]))

    def test_letters_to_two_members_come_as_one_file(self):
        report = self.env['ir.actions.report'].with_context(force_report_rendering=True)
        bodies = []

        def print_documents(_self, documents, **_options):
            bodies.extend(documents)
            writer, stream = PdfFileWriter(), io.BytesIO()
            writer.addBlankPage(100, 100)
            writer.write(stream)
            return stream.getvalue()

        with (
            patch.object(odoo_report.IrActionsReport, '_run_wkhtmltopdf', print_documents),
            patch.object(own_report, '_wkhtml', lambda: SimpleNamespace(is_patched_qt=False)),
        ):
            pdf, kind = report._render_qweb_pdf(LETTERS, self.members.ids)
        self.assertEqual((kind, PdfFileReader(io.BytesIO(pdf)).getNumPages(), len(bodies)), ('pdf', 2, 2))
        for member, body in zip(self.members, bodies, strict=True):
            self.assertIn(member.partner_id.name, str(body))
