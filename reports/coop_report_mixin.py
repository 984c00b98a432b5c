from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, format_datetime, formatLang

from odoo.addons.producer_cooperative.tools.report_pages import LANDSCAPE, PORTRAIT, paginate
from odoo.addons.producer_cooperative.tools.report_xlsx import write_report

#: Rows that the screen shows before it refers to the print-out.
PREVIEW_ROWS = 200


class CoopReportMixin(models.AbstractModel):
    """A report that asks a few questions and answers with tables: on the screen, as PDF and as spreadsheet.

    A report is a transient model that inherits from this one, returns a :class:`tools.report_table.Report` from
    :meth:`_get_report` and names its ``ir.actions.report`` in ``_report_action``. The report's template only has to
    call ``producer_cooperative.report_coop_table``.
    """
    _name = 'coop.report.mixin'
    _description = "Cooperative Report"

    _report_action = ''
    #: Whether the report is printed across the page; its ``ir.actions.report`` has the paper format for it.
    _report_landscape = False

    company_id = fields.Many2one(
        comodel_name='res.company', required=True, default=lambda self: self.env.company,
        domain="[('id', 'in', allowed_company_ids)]",
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    preview = fields.Html(compute='_compute_preview', sanitize=False)

    # === COMPUTE METHODS === #

    @api.depends(lambda self: self._get_question_fields())
    @api.depends_context('lang', 'uid', 'allowed_company_ids')
    def _compute_preview(self):
        for wizard in self:
            wizard.preview = wizard._render_preview() if wizard._is_answerable() else Markup('')

    # === ACTIONS === #

    def action_print_pdf(self):
        """Print the report.

        :raises UserError: as long as nothing says what it is about.
        """
        self._check_answerable()
        return self.env.ref(self._report_action).report_action(self, config=False)

    def action_print_xlsx(self):
        """Download the report as a spreadsheet.

        :raises UserError: as long as nothing says what it is about.
        """
        self._check_answerable()
        return {
            'type': 'ir.actions.act_url', 'url': f'/producer_cooperative/report/{self._name}/{self.id}',
            'target': 'download',
        }

    # === BUSINESS METHODS === #

    def _get_report(self):
        """Return the :class:`tools.report_table.Report` that answers the questions. Each report must override this."""
        raise NotImplementedError

    def _is_answerable(self):
        """Whether enough is filled in. For a report with required questions of its own, it must override this."""
        self.ensure_one()
        return bool(self.company_id)

    def _check_answerable(self):
        """Refuse to print empty paper."""
        if not self._is_answerable():
            raise UserError(self.env._("There is nothing to print yet: choose above whom or what it is about."))

    @api.model
    def _get_question_fields(self):
        return [
            name for name, field in self._fields.items() if field.store and name not in models.MAGIC_COLUMNS
        ]

    def _get_report_data(self):
        """Return the report for templates.

        :raises AccessError: for a company that the user does not work in.
        """
        self.ensure_one()
        if self.company_id not in self.env.companies:
            raise AccessError(self.env._("Choose one of the companies that you work in."))
        return self._get_report()

    def _get_report_file_name(self, report=None):
        """Return the name of the printed file, without its ending.

        :param report: the report where it was worked out already.
        """
        self.ensure_one()
        if not self._transient:  # a document is called by its number
            return self.display_name.replace('/', '-')
        report = report or self._get_report_data()
        return " ".join(part for part in (report.title, *report.subtitles[:1]) if part).replace('/', '-')

    def _get_report_heading(self):
        self.ensure_one()
        return self.company_id._coop_get_heading()

    def _format_date(self, date):
        return format_date(self.env, date)

    def _get_label(self, record, field_name):
        """Return the label of a selection's value in the user's language; empty when there is none."""
        return dict(record._fields[field_name]._description_selection(self.env)).get(record[field_name], '')

    def _get_printed_note(self):
        return self.env._(
            "Printed on %(date)s by %(user)s",
            date=format_datetime(self.env, fields.Datetime.now(), dt_format='short'), user=self.env.user.name,
        )

    def _get_report_xlsx(self, report=None):
        """Return the report as the content of an Excel file; ``report`` as in :meth:`_get_report_file_name`."""
        self.ensure_one()
        return write_report(
            report or self._get_report_data(), [
                *filter(None, [self.company_id._coop_get_practice_mark()]), *self._get_report_heading(),
                self._get_printed_note(),
            ],
            self.currency_id.decimal_places,
        )

    def _format_report(self, report, limit=None):
        """Return ``{(table index, row index): [text per column]}`` in the user's language.

        :param int limit: how many rows of each table are needed; all by default.
        """
        self.ensure_one()
        decimals = report.amount_decimals(self.currency_id.decimal_places)
        return {
            (number, index): [
                self._format_cell(column, row.values.get(column.key), decimals) for column in table.columns
            ]
            for number, table in enumerate(report.tables) for index, row in enumerate(table.rows[:limit])
        }

    def _format_cell(self, column, value, decimals):
        if value is None or value is False or value == '':
            return ''
        if column.kind == 'date' and not isinstance(value, str):
            return format_date(self.env, value)
        if isinstance(value, str) or not column.is_number:
            return str(value)
        if column.kind == 'integer':
            return str(value)
        return formatLang(self.env, value, digits=decimals if column.kind == 'amount' else 2)

    def _get_report_pages(self, report, texts):
        """Return the pages of the print-out, each a list of :class:`tools.report_pages.Part`."""
        return paginate(report, texts, LANDSCAPE if self._report_landscape else PORTRAIT)

    def _render_preview(self):
        report = self._get_report_data()
        return self.env['ir.qweb']._render('producer_cooperative.report_coop_table_preview', {
            'report': report, 'texts': self._format_report(report, PREVIEW_ROWS), 'limit': PREVIEW_ROWS,
        })
