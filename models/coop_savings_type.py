from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.producer_cooperative.models.coop_membership import STAFF_GROUPS
from odoo.addons.producer_cooperative.tools.arrears import required_until
from odoo.addons.producer_cooperative.tools.units import from_units, to_units


class CoopSavingsType(models.Model):
    """A kind of savings (simpanan). Its account is its own, so that a balance on it is never ambiguous."""
    _name = 'coop.savings.type'
    _description = "Savings Type"
    _inherit = ['coop.queue.mixin', 'mail.thread']
    _order = 'company_id, sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    kind = fields.Selection(
        selection=[('principal', "Principal (once)"), ('mandatory', "Mandatory (monthly)"), ('voluntary', "Voluntary")],
        required=True, default='voluntary', tracking=True,
    )
    account_id = fields.Many2one(
        comodel_name='account.account', check_company=True, ondelete='set null', index='btree_not_null', tracking=True,
        domain="[('account_type', 'in', ('equity', 'liability_current', 'liability_non_current'))]",
        help="Equity or liability, as the cooperative's accounting framework asks. One account per savings type.",
    )
    is_capital = fields.Boolean(
        string="Counts as Capital", tracking=True, help="Whether the SHU rewards these savings as capital.",
    )
    withdrawable = fields.Selection(
        selection=[('never', "Never"), ('on_leaving', "On Leaving"), ('any_time', "Any Time")],
        required=True, default='any_time', tracking=True,
    )
    open_to_candidates = fields.Boolean(
        help="Candidates may pay in. Voluntary savings stay closed to them: taking money from the public is licensed"
             " business.",
    )
    required_for_admission = fields.Boolean(tracking=True)
    rate_ids = fields.One2many(comodel_name='coop.savings.rate', inverse_name='type_id', string="Amounts")
    amount = fields.Monetary(string="Amount Today", compute='_compute_amount')
    balance = fields.Monetary(string="Ledger Balance", compute='_compute_balance', groups=STAFF_GROUPS)
    unowned_balance = fields.Monetary(
        string="Without a Member", compute='_compute_balance', groups=STAFF_GROUPS,
        help="Booked on the account without a partner who is or was a member.",
    )
    members_balance = fields.Monetary(string="Members' Balance", compute='_compute_balance', groups=STAFF_GROUPS)

    _account_uniq = models.Constraint(
        'UNIQUE (account_id, company_id)', "Another savings type uses this account: balances would be mixed up."
        " Choose another account, or create one.",
    )

    # === COMPUTE METHODS === #

    @api.depends('rate_ids.date_from', 'rate_ids.amount')
    def _compute_amount(self):
        today = fields.Date.context_today(self)
        for savings_type in self:
            savings_type.amount = savings_type._get_amount(today)

    def _compute_balance(self):
        # sudo: the sum of one account, for users who see savings but not every journal item
        groups = self.env['account.move.line'].sudo()._read_group([
            ('parent_state', '=', 'posted'), ('account_id', 'in', self.account_id.ids),
            ('company_id', 'in', self.company_id.ids),
        ], ['account_id', 'company_id'], ['balance:sum'])
        balances = {(account.id, company.id): -balance for account, company, balance in groups}
        unowned = self._get_unowned_balances()
        for savings_type in self:
            savings_type.balance = balances.get((savings_type.account_id.id, savings_type.company_id.id), 0.0)
            savings_type.unowned_balance = unowned.get(savings_type, 0.0)
            savings_type.members_balance = savings_type.balance - savings_type.unowned_balance

    # === CONSTRAINT METHODS === #

    @api.constrains('kind', 'withdrawable')
    def _check_withdrawable(self):
        for savings_type in self:
            if savings_type.kind != 'voluntary' and savings_type.withdrawable == 'any_time':
                raise ValidationError(self.env._(
                    "%s: principal and mandatory savings stay as long as the member does; let them be withdrawn on"
                    " leaving.", savings_type.name,
                ))

    # === ACTIONS === #

    def action_open_unowned(self):
        """Open the journal items on the accounts of these savings that belong to no member."""
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.account_move_line_action_unowned')
        return {**action, 'domain': [
            ('coop_is_unowned', '=', True), ('account_id', 'in', self.account_id.ids),
        ]}

    # === BUSINESS METHODS === #

    def _get_unowned_balances(self, partner=None, date=None):
        """Return ``{savings type: amount}`` of what is booked without a partner who has a membership.

        One grouped query. Together with the members' balances it makes up the ledger balance.

        :param partner: only what stands under this partner; an empty recordset for what stands under none.
        :param date: balance at the end of that day; everything posted by default.
        :return: amounts in the company's currency, positive when the savings grew.
        """
        by_account = {(savings_type.account_id.id, savings_type.company_id.id): savings_type for savings_type in self}
        self.env['account.move.line'].flush_model([
            'account_id', 'partner_id', 'company_id', 'parent_state', 'balance', 'date',
        ])
        self.env['res.partner'].flush_model(['commercial_partner_id'])
        self.env['coop.membership'].flush_model(['partner_id', 'company_id'])
        conditions = [
            SQL("line.parent_state = 'posted'"), SQL("line.account_id IN %s", tuple(self.account_id.ids) or (None,)),
            SQL(
                "NOT EXISTS (SELECT 1 FROM coop_membership membership"
                " WHERE membership.partner_id = partner.commercial_partner_id"
                " AND membership.company_id = line.company_id)",
            ),
        ]
        if date:
            conditions.append(SQL("line.date <= %s", date))
        if partner is not None:
            conditions.append(SQL("line.partner_id IS NOT DISTINCT FROM %s", partner.id or None))
        rows = self.env.execute_query(SQL(
            "SELECT line.account_id, line.company_id, -SUM(line.balance) FROM account_move_line line"
            " LEFT JOIN res_partner partner ON partner.id = line.partner_id WHERE %s"
            " GROUP BY line.account_id, line.company_id", SQL(" AND ").join(conditions),
        ))
        return {
            by_account[account_id, company_id]: float(amount)
            for account_id, company_id, amount in rows if (account_id, company_id) in by_account
        }

    def _get_amount(self, date):
        """Return the amount that the meeting set for ``date`` in the company's currency; 0 when it set none."""
        self.ensure_one()
        rates = self.rate_ids.filtered(lambda rate: rate.date_from <= date)
        return max(rates, key=lambda rate: rate.date_from).amount if rates else 0.0

    def _get_required(self, joined, until):
        """Return what the dated amounts ask of who joined on ``joined``, up to and with the month of ``until``.

        :return: amount in the company's currency; 0 for savings that are not paid monthly.
        """
        self.ensure_one()
        if self.kind != 'mandatory' or not self.rate_ids:
            return 0.0
        unit = self.currency_id.rounding
        rates = [(rate.date_from, to_units(rate.amount, unit)) for rate in self.rate_ids]
        return float(from_units(required_until(rates, joined, until), unit))
