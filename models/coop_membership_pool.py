from odoo import api, fields, models
from odoo.tools import format_amount

from odoo.addons.producer_cooperative.models.coop_pool import MONEY_GROUPS


class CoopMembership(models.Model):
    """The member's part in pooled purchases."""
    _inherit = 'coop.membership'

    drop_point_id = fields.Many2one(
        comodel_name='coop.drop.point', check_company=True, index='btree_not_null', ondelete='restrict', tracking=True,
        help="Where the member gets the goods of pooled purchases.",
    )
    pool_request_ids = fields.One2many(
        comodel_name='coop.pool.request', inverse_name='membership_id', string="Pool Requests",
    )
    pool_request_count = fields.Integer(compute='_compute_pool_request_count')
    pool_saving = fields.Monetary(
        string="Saved by Buying Together", compute='_compute_pool_saving', groups=MONEY_GROUPS,
        help="What the vendors' price lists ask for the member's quantities alone, less what the member was charged.",
    )
    pool_deposit_count = fields.Integer(compute='_compute_pool_saving', groups=MONEY_GROUPS)

    # === COMPUTE METHODS === #

    @api.depends('pool_request_ids')
    def _compute_pool_request_count(self):
        counts = dict(self.env['coop.pool.request']._read_group(
            [('membership_id', 'in', self._origin.ids)], ['membership_id'], ['__count'],
        ))
        for membership in self:
            membership.pool_request_count = counts.get(membership._origin, 0)

    @api.depends_context('uid')
    def _compute_pool_saving(self):
        groups = self.env['coop.pool.charge']._read_group(
            [('membership_id', 'in', self._origin.ids)], ['membership_id'], ['saving:sum'],
        )
        sums = dict(groups)
        deposits = dict(self.env['coop.pool.deposit']._read_group(
            [('membership_id', 'in', self._origin.ids), ('state', '!=', 'cancelled')], ['membership_id'], ['__count'],
        ))
        for membership in self:
            membership.pool_saving = sums.get(membership._origin, 0.0)
            membership.pool_deposit_count = deposits.get(membership._origin, 0)

    # === ACTIONS === #

    def action_view_pool_savings(self):
        """Open what pooled buying brought these members."""
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_pool_saving_report_action')
        return {**action, 'domain': [('membership_id', 'in', self.ids)], 'context': {}}

    def action_view_pool_deposits(self):
        """Open the deposits of these members."""
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_pool_deposit_action')
        return {**action, 'domain': [('membership_id', 'in', self.ids)], 'context': {'create': False}}

    def action_view_pool_requests(self):
        """Open what these members asked for in pooled purchases."""
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_pool_request_action')
        return {**action, 'domain': [('membership_id', 'in', self.ids)], 'context': {'create': False}}

    # === BUSINESS METHODS === #

    def _get_pool_state_problem(self):
        """Return why the member may not take part in pooled purchases, or an empty text."""
        self.ensure_one()
        if self.state == 'active':
            return ""
        labels = dict(self._fields['state']._description_selection(self.env))
        return self.env._(
            "%(member)s is %(state)s; only active members take part in pooled purchases.",
            member=self.display_name, state=labels[self.state],
        )

    def _get_pool_debts(self, date=None):
        """Return ``{membership: (arrears, overdue)}`` of the members who owe the cooperative what is due.

        Arrears are those of mandatory savings; overdue is what is left of posted invoices whose due date has passed.
        Two amounts in the company's currency; members who owe nothing are left out. The number of queries does not
        depend on the number of members.

        :param date: the day that counts; today by default.
        """
        date = date or fields.Date.context_today(self)
        arrears = {member: sum(by_type.values()) for member, by_type in self._get_arrears(date).items()}
        # sudo: only sums of the members' own invoices, for officers who warn them
        groups = self.env['account.move.line'].sudo()._read_group(
            [
                ('partner_id.commercial_partner_id', 'in', self.partner_id.ids),
                ('company_id', 'in', self.company_id.ids), ('parent_state', '=', 'posted'),
                ('account_id.account_type', '=', 'asset_receivable'), ('reconciled', '=', False),
                ('date_maturity', '<', date),
            ],
            ['partner_id.commercial_partner_id', 'company_id'], ['amount_residual:sum'],
        ) if self else []
        overdue = {(partner.id, company.id): amount for partner, company, amount in groups}
        debts = {
            member: (arrears.get(member, 0.0), overdue.get((member.partner_id.id, member.company_id.id), 0.0))
            for member in self
        }
        return {
            member: amounts for member, amounts in debts.items()
            if any(member.currency_id.compare_amounts(amount, 0.0) > 0 for amount in amounts)
        }

    def _explain_pool_debts(self, arrears, overdue):
        """Say what the member owes, as :meth:`_get_pool_debts` gives it."""
        self.ensure_one()
        parts = []
        if self.currency_id.compare_amounts(arrears, 0.0) > 0:
            parts.append(self.env._("%s of mandatory savings", format_amount(self.env, arrears, self.currency_id)))
        if self.currency_id.compare_amounts(overdue, 0.0) > 0:
            parts.append(self.env._("%s of overdue invoices", format_amount(self.env, overdue, self.currency_id)))
        return self.env._("%(member)s owes %(debts)s", member=self.display_name, debts=" + ".join(parts))
