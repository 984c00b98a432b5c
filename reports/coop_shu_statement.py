from odoo import fields, models

from odoo.addons.producer_cooperative.tools.report_table import Column, Report, Table


class CoopShuStatement(models.TransientModel):
    """Members' statements of their SHU on the screen and as a spreadsheet; on paper each member gets a page."""
    _name = 'coop.shu.statement'
    _inherit = ['coop.report.mixin']
    _description = "SHU Statements"

    line_ids = fields.Many2many(
        comodel_name='coop.shu.member.line', string="Members' SHU", default=lambda self: self._default_line_ids(),
        domain="[('company_id', '=', company_id)]", required=True,
    )

    def _default_line_ids(self):
        model = self.env.context.get('active_model')
        records = self.env.context.get('active_ids') or []
        if model == 'coop.shu.member.line':
            return self.env[model].browse(records).exists()
        if model == 'coop.membership':
            return self.env[model].browse(records).exists().shu_line_ids
        return False

    # === ACTIONS === #

    def action_print_pdf(self):
        """Print the statements, one page for each member, in the member's language."""
        self._check_answerable()
        return self.line_ids.action_print_statement()

    # === BUSINESS METHODS === #

    def _is_answerable(self):
        return super()._is_answerable() and bool(self.line_ids)

    def _get_report_file_name(self, report=None):
        self.ensure_one()
        if len(self.line_ids) == 1:
            return self.line_ids._get_statement_file_name()
        return super()._get_report_file_name(report)

    def _get_report(self):
        self.ensure_one()
        _ = self.env._
        lines = self.env['coop.shu.member.line'].browse(self.line_ids.ids).filtered(
            lambda line: line.company_id == self.company_id,
        ).sorted(lambda line: (line.membership_id._get_rank(), line.date_to))
        return Report(
            title=_("SHU Statement"),
            subtitles=[_("Part = amount to share × own ÷ all, rounded together with the parts of all members.")],
            tables=[self._get_table(lines)],
        )

    def _get_table(self, lines):
        _ = self.env._
        table = Table([
            Column('label', _("Share"), width=34), Column('percent', _("%"), 'quantity', 8),
            Column('pool', _("Amount to Share"), 'amount', 16), Column('own', _("× own"), 'quantity', 18),
            Column('all', _("÷ all"), 'quantity', 20), Column('exact', _("= exact"), 'amount', 16),
            Column('rounding', _("Rounding"), 'amount', 11), Column('amount', _("Part"), 'amount', 15),
        ])
        for line in lines:
            period = line.allocation_id._get_period_label()
            heading = " · ".join(filter(None, (
                line.membership_id.display_name, _("SHU %s", period), line._get_statement_notice(),
            )))
            table.add_group(heading)
            for part in line.part_ids:
                table.add(
                    label=part._get_statement_label(), percent=part.percent, pool=part.pool_amount, own=part.numerator,
                    all=part.denominator, exact=part.exact_amount, rounding=part.rounding_amount or None,
                    amount=part.amount,
                )
            for label, amount in line._get_statement_totals():
                table.add('total', label=label, amount=amount)
        return table
