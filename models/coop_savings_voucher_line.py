from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_amount

#: No savings of one member come near this amount; a slip of the finger does.
LARGEST_AMOUNT = 10**13


class CoopSavingsVoucherLine(models.Model):
    """What one member pays into, takes out of, or moves between savings types."""
    _name = 'coop.savings.voucher.line'
    _inherit = ['coop.guard.mixin']
    _description = "Savings Voucher Line"
    _order = 'voucher_id, sequence, id'
    _check_company_auto = True

    _guarded_fields = frozenset({'balance_after', 'print_count'})

    voucher_id = fields.Many2one(
        comodel_name='coop.savings.voucher', required=True, index=True, ondelete='cascade',
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(related='voucher_id.company_id', store=True)
    currency_id = fields.Many2one(related='voucher_id.currency_id')
    direction = fields.Selection(related='voucher_id.direction', store=True)
    journal_id = fields.Many2one(related='voucher_id.journal_id', store=True)
    membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Member", required=True, index=True, check_company=True,
        ondelete='restrict', domain="[('state', '!=', 'left')]",
    )
    type_id = fields.Many2one(
        comodel_name='coop.savings.type', string="Savings", required=True, index=True, check_company=True,
        ondelete='restrict',
    )
    to_type_id = fields.Many2one(
        comodel_name='coop.savings.type', string="Into", check_company=True, ondelete='restrict',
        index='btree_not_null', domain="[('id', '!=', type_id)]",
        help="The savings of the same member that a transfer goes into.",
    )
    amount = fields.Monetary(
        required=True, compute='_compute_amount', store=True, readonly=False, precompute=True,
    )
    balance_after = fields.Monetary(
        readonly=True, copy=False, aggregator=None,
        help="What the member had in these savings right after the voucher was posted, as printed on the slip.",
    )
    state = fields.Selection(related='voucher_id.state', string="Voucher State")
    date = fields.Date(related='voucher_id.date', store=True)

    _amount_positive = models.Constraint(
        'CHECK (amount > 0)', "The amount must be more than zero: enter what the member pays in or takes out.",
    )

    # === COMPUTE METHODS === #

    @api.depends('type_id')
    def _compute_amount(self):
        for line in self:
            date = line.voucher_id.date or fields.Date.context_today(line)
            line.amount = line.amount or (line.type_id._get_amount(date) if line.type_id else 0.0)

    @api.depends('voucher_id.name', 'membership_id')
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.voucher_id.display_name}: {line.membership_id.display_name}"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            company = self.env['coop.savings.voucher'].browse(vals.get('voucher_id')).company_id
            self._check_amount(vals, company or self.env.company)
        lines = super().create(vals_list)
        lines._check_voucher_is_draft()
        return lines

    def write(self, vals):
        self._check_voucher_is_draft()
        for company in self.company_id:
            self._check_amount(vals, company)
        res = super().write(vals)
        self._check_voucher_is_draft()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        self._check_voucher_is_draft()

    def _check_voucher_is_draft(self):
        if any(voucher.state != 'draft' for voucher in self.voucher_id):
            raise UserError(self.env._("A posted voucher is not changed: cancel it and write a new one."))

    def _check_amount(self, vals, company):
        """Refuse amounts that cannot be meant, before the database does so in other words.

        :raises ValidationError: for less than one rounding unit, or more than Rp 10,000,000,000,000.
        """
        if 'amount' not in vals:
            return
        # sudo: the rounding unit concerns everybody who enters amounts
        unit, currency = company.sudo().coop_rounding_unit, company.currency_id
        amount = vals['amount'] or 0.0
        if currency.compare_amounts(amount, unit) >= 0 and currency.compare_amounts(amount, LARGEST_AMOUNT) <= 0:
            return
        member = self.env['coop.membership'].browse(vals.get('membership_id')) or self.membership_id[:1]
        name, shown = member.display_name or self.env._("This line"), format_amount(self.env, amount, currency)
        if amount > 0:
            raise ValidationError(self.env._(
                "%(member)s: %(amount)s cannot be right. Enter an amount from %(least)s to %(most)s.",
                member=name, amount=shown, least=format_amount(self.env, unit, currency),
                most=format_amount(self.env, LARGEST_AMOUNT, currency),
            ))
        raise ValidationError(self.env._(
            "%(member)s: the amount %(amount)s is not more than zero. Enter what is paid; to take savings out, write a"
            " payout; to leave the member out, delete the line.",
            member=name, amount=shown,
        ))

    # === BUSINESS METHODS - RULES === #

    def _check_allowed(self):
        """Check each line of one voucher against the rules of its savings type and the member's balance.

        :raises UserError: naming the member, the savings type and what is wrong.
        """
        direction = self.voucher_id.direction
        for line in self:
            if direction == 'transfer':
                line._check_transfer()
            if direction in ('out', 'transfer'):
                line._check_withdrawable()
            if direction != 'out':
                line._check_deposit(line._get_credited_type())
        if direction in ('out', 'transfer'):
            self._check_covered()

    def _get_credited_type(self):
        """Return the savings that grow by a receipt, a transfer or an opening balance."""
        self.ensure_one()
        return self.to_type_id if self.voucher_id.direction == 'transfer' else self.type_id

    def _check_transfer(self):
        self.ensure_one()
        if not self.to_type_id:
            raise UserError(self.env._(
                "%s: choose the savings that the transfer goes into.", self.membership_id.display_name,
            ))
        if self.to_type_id == self.type_id:
            raise UserError(self.env._(
                "%(member)s: a transfer from %(savings)s into the same savings changes nothing. Choose other savings.",
                member=self.membership_id.display_name, savings=self.type_id.name,
            ))

    def _check_deposit(self, savings_type):
        self.ensure_one()
        if self.membership_id.state == 'left':
            raise UserError(self.env._(
                "%s has left the cooperative and saves no more.", self.membership_id.display_name,
            ))
        if self.membership_id.state == 'candidate' and not savings_type.open_to_candidates:
            raise UserError(self.env._(
                "%(member)s is still a candidate; %(savings)s is open to members only.",
                member=self.membership_id.display_name, savings=savings_type.name,
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
        """Refuse withdrawals above the balance that the ledger shows, several lines of one member taken together.

        What counts is the lowest balance from the voucher's day on: a payout that is dated before the deposit would
        leave the savings book below zero in between.
        """
        voucher = self.voucher_id
        lowest = self.membership_id._get_lowest_savings(voucher.date)
        for (membership, savings_type), lines in self.grouped(lambda l: (l.membership_id, l.type_id)).items():
            balance, day = lowest[membership].get(savings_type, (0.0, voucher.date))
            if voucher.currency_id.compare_amounts(sum(lines.mapped('amount')), balance) > 0:
                raise UserError(voucher._balance_error_message(membership, savings_type, balance, day))

    def _check_not_overdrawn(self):
        """Refuse a cancellation that would leave a member with less than nothing."""
        balances = self.membership_id._get_savings_balances()
        for line in self:
            savings_type = line._get_credited_type()
            balance = balances[line.membership_id].get(savings_type, 0.0)
            if line.currency_id.compare_amounts(balance, 0.0) < 0:
                raise UserError(self.env._(
                    "%(member)s has taken the money out of %(savings)s already; cancel that payout first.",
                    member=line.membership_id.display_name, savings=savings_type.name,
                ))

    # === BUSINESS METHODS - ENTRY === #

    def _prepare_item_values(self, savings_type, sign):
        """Return the journal item on the account of ``savings_type``; ``sign`` is -1 for savings that grow."""
        self.ensure_one()
        return {
            'account_id': savings_type.account_id.id,
            'partner_id': self.membership_id.partner_id.id,
            'name': savings_type.name,
            'balance': sign * self.amount,
        }

    def _keep_balances(self):
        """Keep what each member has after posting, so that a reprint shows what the first print showed."""
        balances = self.membership_id._get_savings_balances()
        currency = self.currency_id
        amounts = [
            currency.round(balances[line.membership_id].get(line._get_credited_type(), 0.0)) for line in self
        ]
        # By SQL: one statement for a voucher of a thousand lines, and a guarded field.
        self.env.cr.execute(SQL(
            "UPDATE %(table)s line SET balance_after = kept.amount"
            " FROM unnest(%(ids)s, %(amounts)s::numeric[]) AS kept(id, amount) WHERE line.id = kept.id",
            table=SQL.identifier(self._table), ids=self.ids, amounts=amounts,
        ))
        self.invalidate_recordset(['balance_after'])
