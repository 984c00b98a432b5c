import re

from markupsafe import Markup

from odoo import models
from odoo.exceptions import AccessError
from odoo.tools.pdf import merge_pdf

from odoo.addons.base.models.ir_actions_report import _wkhtml
from odoo.addons.producer_cooperative.models.res_company_counter import PAPERS

#: Where a page of a paper begins; where a paper has no pages, its articles, and else its body.
PAGE_STARTS = tuple(re.compile(pattern) for pattern in (
    r'<div[^>]*\sclass="[^"]*\bpage\b[^"]*"[^>]*>', r'<div[^>]*\sclass="[^"]*\barticle\b[^"]*"[^>]*>', r'<main[^>]*>',
))
PRACTICE_MARK = Markup(
    '<div style="border: 2px solid #b02a37; color: #b02a37; text-align: center; font-weight: bold; padding: 2px;'
    ' margin-bottom: 4px">%s</div>',
)


class IrActionsReport(models.Model):
    _inherit = 'ir.actions.report'

    def _render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        """Count the prints of the cooperative's papers, whichever button they come from."""
        result = super()._render_qweb_pdf(report_ref, res_ids=res_ids, data=data)
        report = self._get_report(report_ref)
        if res_ids and report.report_name in self._coop_get_counted_reports():
            self.env[report.model].browse(res_ids)._count_print()
        return result

    def _render_qweb_html(self, report_ref, docids, data=None):
        self._coop_check_is_for_user(report_ref)
        html, kind = super()._render_qweb_html(report_ref, docids, data=data)
        return self._coop_mark_practice(report_ref, docids, html), kind

    def _render_qweb_text(self, report_ref, docids, data=None):
        self._coop_check_is_for_user(report_ref)
        return super()._render_qweb_text(report_ref, docids, data=data)

    def _run_wkhtmltopdf(
        self, bodies, report_ref=False, header=None, footer=None, landscape=False, specific_paperformat_args=None,
        set_viewport_size=False,
    ):
        """Print papers of the cooperative one by one where the printing program takes one document only.

        Debian's ``wkhtmltopdf`` is such a one; Odoo refuses to print several documents with it.
        """
        bodies = list(bodies)
        options = {
            'report_ref': report_ref, 'header': header, 'footer': footer, 'landscape': landscape,
            'specific_paperformat_args': specific_paperformat_args, 'set_viewport_size': set_viewport_size,
        }
        if len(bodies) < 2 or _wkhtml().is_patched_qt or not self._coop_is_of_cooperative(report_ref):
            return super()._run_wkhtmltopdf(bodies, **options)
        return merge_pdf([super(IrActionsReport, self)._run_wkhtmltopdf([body], **options) for body in bodies])

    def _coop_is_of_cooperative(self, report_ref):
        return bool(report_ref) and (self._get_report(report_ref).report_name or '').startswith('producer_cooperative.')

    def _coop_check_is_for_user(self, report_ref):
        """Refuse the cooperative's papers to members, who get theirs, and no others, from their own pages.

        Papers of a whole round name everybody in it, and whoever may see a round could print them.

        :raises AccessError: saying where the own papers are.
        """
        if self.env.su or not self.env.user.share:
            return
        if self._coop_is_of_cooperative(report_ref):
            raise AccessError(self.env._("Your papers are on your own pages: open them from there."))

    def _coop_get_counted_reports(self):
        """Return the names of reports whose prints count; their models have ``_count_print``.

        For a room to count the prints of its papers, it must override this method.
        """
        return {
            'producer_cooperative.report_coop_savings_voucher', 'producer_cooperative.report_coop_savings_slip',
            'producer_cooperative.coop_consignment_report', 'producer_cooperative.coop_consignment_return_report',
            'producer_cooperative.coop_consignment_loss_report',
            'producer_cooperative.report_coop_payout', 'producer_cooperative.report_coop_payout_slip',
            'producer_cooperative.report_coop_fund_spending',
            'producer_cooperative.report_coop_notice_letter',
            'producer_cooperative.report_coop_cash_count', 'producer_cooperative.report_coop_cash_handover',
            *(f'producer_cooperative.report_coop_counter_receipt_{paper}' for paper, _label in PAPERS),
        }

    def _coop_mark_practice(self, report_ref, docids, html):
        """Mark the pages of a practice company's papers, whoever made their template."""
        company = self._coop_get_practice_company(report_ref, docids)
        if not company:
            return html
        text = html.decode() if isinstance(html, bytes) else html
        mark = str(PRACTICE_MARK % company._coop_get_practice_mark())
        for start in PAGE_STARTS:
            text, count = start.subn(lambda found: found.group(0) + mark, text)
            if count:
                break
        return text.encode()

    def _coop_get_practice_company(self, report_ref, docids):
        """Return the practice company that a paper is of; that of its documents, else the active one."""
        model = self._get_report(report_ref).model
        companies = self.env.company
        if model in self.env and docids and 'company_id' in self.env[model]._fields:
            docids = [docids] if isinstance(docids, int) else docids
            # sudo: only whether the company is for practice
            companies = self.env[model].sudo().browse(docids).exists().company_id or companies
        return companies.sudo().filtered('coop_is_practice')[:1]
