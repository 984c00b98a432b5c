from odoo import api, fields, models
from odoo.exceptions import UserError


class CoopSavingsVoucherLine(models.Model):
    """What one member pays into, or takes out of, one savings type."""
    _name = 'coop.savings.voucher.line'
    _inherit = ['coop.guard.mixin']
    _description = "Savings Voucher Line"
    _order = 'voucher_id, sequence, id'
    _check_company_auto = True

    voucher_id = fields.Many2one(
        comodel_name='coop.savings.voucher', required=True, index=True, ondelete='cascade',
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(related='voucher_id.company_id', store=True)
    currency_id = fields.Many2one(related='voucher_id.currency_id')
    membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Member", required=True, index=True, check_company=True,
        ondelete='restrict', domain="[('state', '!=', 'left')]",
    )
    type_id = fields.Many2one(
        comodel_name='coop.savings.type', string="Savings", required=True, index=True, check_company=True,
        ondelete='restrict',
    )
    amount = fields.Monetary(
        required=True, compute='_compute_amount', store=True, readonly=False, precompute=True,
    )
    state = fields.Selection(related='voucher_id.state', string="Voucher State")
    date = fields.Date(related='voucher_id.date', store=True)

    _amount_positive = models.Constraint('CHECK (amount > 0)', "The amount must be more than zero.")

    # === COMPUTE METHODS === #

    @api.depends('type_id')
    def _compute_amount(self):
        for line in self:
            date = line.voucher_id.date or fields.Date.context_today(line)
            line.amount = line.amount or (line.type_id._get_amount(date) if line.type_id else 0.0)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_voucher_is_draft()
        return lines

    def write(self, vals):
        self._check_voucher_is_draft()
        res = super().write(vals)
        self._check_voucher_is_draft()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        self._check_voucher_is_draft()

    def _check_voucher_is_draft(self):
        if any(voucher.state != 'draft' for voucher in self.voucher_id):
            raise UserError(self.env._("A posted voucher is not changed: cancel it and write a new one."))

    # === BUSINESS METHODS === #

    def _check_allowed(self):
        """Check each line of one voucher against the rules of its savings type and the member's balance.

        :raises UserError: naming the member, the savings type and what is wrong.
        """
        incoming = self.filtered(lambda line: line.voucher_id.direction == 'in')
        for line in incoming:
            line._check_deposit()
        outgoing = self - incoming
        for line in outgoing:
            line._check_withdrawable()
        outgoing._check_covered()

    def _check_deposit(self):
        self.ensure_one()
        if self.membership_id.state == 'left':
            raise UserError(self.env._(
                "%s has left the cooperative and saves no more.", self.membership_id.display_name,
            ))
        if self.membership_id.state == 'candidate' and not self.type_id.open_to_candidates:
            raise UserError(self.env._(
                "%(member)s is still a candidate; %(savings)s is open to members only.",
                member=self.membership_id.display_name, savings=self.type_id.name,
            ))

    def _check_withdrawable(self):
        self.ensure_one()
        if self.type_id.withdrawable == 'any_time':
            return
        if self.type_id.withdrawable == 'on_leaving' and self.membership_id.state == 'left':
            return
        raise UserError(self.env._(
            "%(savings)s of %(member)s cannot be taken out: it stays as long as the member stays.",
            member=self.membership_id.display_name, savings=self.type_id.name,
        ))

    def _check_covered(self):
        """Refuse withdrawals above the balance that the ledger shows, several lines of one member taken together."""
        balances = self.membership_id._get_savings_balances()
        for (membership, savings_type), lines in self.grouped(lambda l: (l.membership_id, l.type_id)).items():
            balance = balances[membership].get(savings_type, 0.0)
            if self.currency_id.compare_amounts(sum(lines.mapped('amount')), balance) > 0:
                raise UserError(self.voucher_id._balance_error_message(membership, savings_type, balance))

    def _check_not_overdrawn(self):
        """Refuse a cancellation that would leave a member with less than nothing."""
        balances = self.membership_id._get_savings_balances()
        for line in self:
            balance = balances[line.membership_id].get(line.type_id, 0.0)
            if line.currency_id.compare_amounts(balance, 0.0) < 0:
                raise UserError(self.env._(
                    "%(member)s has taken the money out of %(savings)s already; cancel that payout first.",
                    member=line.membership_id.display_name, savings=line.type_id.name,
                ))

    def _prepare_move_line_values(self, sign):
        """Return the journal item on the savings account; ``sign`` is -1 for money that comes in."""
        self.ensure_one()
        return {
            'account_id': self.type_id.account_id.id,
            'partner_id': self.membership_id.partner_id.id,
            'name': self.type_id.name,
            'balance': sign * self.amount,
        }
