from odoo import fields, models

from odoo.addons.producer_cooperative.models.coop_shu_allocation import BOOKED_STATES
from odoo.addons.producer_cooperative.tools.report_table import Column, Report, Table


class CoopShuComparison(models.TransientModel):
    """The SHU of several years side by side: of the cooperative, and of every member."""
    _name = 'coop.shu.comparison'
    _inherit = ['coop.report.mixin']
    _description = "SHU Over the Years"

    _report_action = 'producer_cooperative.coop_shu_comparison_action_report'
    _report_landscape = True

    years = fields.Integer(string="Last Periods", required=True, default=5)
    with_members = fields.Boolean(string="Every Member", default=True)
    membership_ids = fields.Many2many(
        comodel_name='coop.membership', string="Only These Members",
        domain="[('company_id', '=', company_id), ('state', '!=', 'candidate')]",
    )

    _years_positive = models.Constraint('CHECK (years BETWEEN 1 AND 12)', "Compare between 1 and 12 periods.")

    # === ACTIONS === #

    def action_open_shares(self):
        """Open the shares as a graph."""
        return self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_shu_share_compare_action')

    # === BUSINESS METHODS === #

    def _is_answerable(self):
        return super()._is_answerable() and 1 <= self.years <= 12

    def _get_allocations(self):
        """Return the last booked allocations, the oldest first."""
        self.ensure_one()
        return self.env['coop.shu.allocation'].search(
            [('company_id', '=', self.company_id.id), ('state', 'in', BOOKED_STATES)],
            order='date_to DESC, id DESC', limit=self.years,
        ).sorted('date_to')

    def _get_report(self):
        _ = self.env._
        allocations = self._get_allocations()
        report = Report(
            title=_("SHU Over the Years"), tables=[self._get_total_table(allocations)],
            signatures=[_("Treasurer"), _("Chair")],
        )
        if allocations:
            report.subtitles = [_(
                "%(start)s to %(end)s", start=self._format_date(allocations[0].date_from),
                end=self._format_date(allocations[-1].date_to),
            )]
        if self.with_members and allocations:
            report.tables.append(self._get_member_table(allocations))
        return report

    def _get_year_columns(self, allocations):
        return [
            Column(str(allocation.id), allocation._get_period_label(), 'amount', 16) for allocation in allocations
        ]

    def _get_total_table(self, allocations):
        """Return surplus, shares, and what members got on average, one column for each period."""
        _ = self.env._
        table = Table([Column('label', "", width=36), *self._get_year_columns(allocations)], title=_("Cooperative"))
        shares = {}
        for share in allocations.share_ids:
            of_share = shares.setdefault(share.name, {})
            key = str(share.allocation_id.id)
            of_share[key] = of_share.get(key, 0.0) + share.amount_booked
        table.add('total', label=_("Surplus"), **{str(a.id): a.surplus for a in allocations})
        for name, amounts in shares.items():
            table.add(label=name, **amounts)
        # Whole: an average with decimals would give all other figures decimals too, the number of members included.
        averages = {str(a.id): round(a.member_total / a.member_count) for a in allocations if a.member_count}
        table.add('total', label=_("To members"), **{str(a.id): a.member_total for a in allocations})
        table.add(label=_("Number of members"), **{str(a.id): a.member_count for a in allocations})
        table.add(label=_("On average per member"), **averages)
        table.add(label=_("Not paid yet"), **{str(a.id): a.amount_unpaid for a in allocations})
        return table

    def _get_member_table(self, allocations):
        """Return one row for each member with the SHU of every period."""
        _ = self.env._
        domain = [('allocation_id', 'in', allocations.ids)]
        if self.membership_ids:
            domain.append(('membership_id', 'in', self.membership_ids.ids))
        by_member = {}
        for membership, allocation, amount in self.env['coop.shu.member.line']._read_group(
            domain, ['membership_id', 'allocation_id'], ['amount_total:sum'],
        ):
            by_member.setdefault(membership, {})[str(allocation.id)] = amount
        memberships = self.env['coop.membership'].union(*by_member).sorted(lambda member: member._get_rank())
        table = Table([
            Column('number', _("Number"), width=12), Column('name', _("Member"), width=28),
            *self._get_year_columns(allocations), Column('total', _("Together"), 'amount', 17),
        ], title=_("Members"))
        for membership in memberships:
            amounts = by_member[membership]
            table.add(
                number=membership.number, name=membership.partner_id.name, **amounts,
                total=self.currency_id.round(sum(amounts.values())),
            )
        table.add_total(_("Total"), table.rows, label_key='name')
        return table
