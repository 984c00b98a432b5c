from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.models.coop_savings_voucher_line import LARGEST_AMOUNT
from odoo.addons.producer_cooperative.tools.units import to_units

#: What money at the counter is for, in the order in which it is shown, and which way it goes.
DIRECTIONS = {
    'savings': 'in', 'invoice': 'in', 'deposit': 'in', 'advance_back': 'in', 'payable': 'out', 'bill': 'out',
    'refund': 'out', 'withdrawal': 'out', 'advance': 'out',
}
#: Which field says what a line is about, by its kind.
RECORD_FIELDS = {
    'savings': 'savings_type_id', 'invoice': 'item_id', 'deposit': 'deposit_id', 'advance_back': 'advance_id',
    'payable': 'item_id', 'bill': 'item_id', 'refund': 'deposit_id', 'withdrawal': 'savings_type_id',
    'advance': 'advance_id',
}
#: What the cooperative owes the member by an open item: it can be set off, and carries what no coin covers.
CLAIM_KINDS = ('payable', 'bill')
#: What is settled as a whole or not at all.
WHOLE_KINDS = ('refund', 'advance')
#: What the reader of a receipt takes for the member's savings papers, which bear no stamp duty.
SAVINGS_KINDS = ('savings', 'withdrawal')


class CoopCounterReceiptLine(models.Model):
    """One thing that is due between the member and the cooperative, and how much of it is settled now."""
    _name = 'coop.counter.receipt.line'
    _inherit = ['coop.guard.mixin']
    _description = "Counter Receipt Line"
    _order = 'receipt_id, sequence, id'
    _check_company_auto = True

    _guarded_fields = frozenset({'balance_after'})

    receipt_id = fields.Many2one(
        comodel_name='coop.counter.receipt', required=True, index=True, ondelete='cascade',
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(related='receipt_id.company_id', store=True)
    currency_id = fields.Many2one(related='receipt_id.currency_id')
    membership_id = fields.Many2one(related='receipt_id.membership_id', store=True, index=True)
    date = fields.Date(related='receipt_id.date', store=True)
    state = fields.Selection(related='receipt_id.state', string="Receipt State", store=True)
    kind = fields.Selection(
        selection=[
            ('savings', "Savings"), ('invoice', "Invoice"), ('deposit', "Deposit"), ('advance_back', "Advance Back"),
            ('payable', "Owed to Member"), ('bill', "Member's Bill"), ('refund', "Deposit Back"),
            ('withdrawal', "Savings Out"), ('advance', "Advance"),
        ],
        required=True, readonly=True,
    )
    direction = fields.Selection(
        selection=[('in', "Member Pays"), ('out', "Member Is Paid")], compute='_compute_direction', store=True,
        precompute=True,
    )
    savings_type_id = fields.Many2one(
        comodel_name='coop.savings.type', check_company=True, ondelete='restrict', readonly=True,
        index='btree_not_null',
    )
    item_id = fields.Many2one(
        comodel_name='account.move.line', string="Open Item", ondelete='restrict', readonly=True,
        index='btree_not_null', help="The journal item by which the member or the cooperative owes the amount.",
    )
    deposit_id = fields.Many2one(
        comodel_name='coop.pool.deposit', check_company=True, ondelete='restrict', readonly=True,
        index='btree_not_null',
    )
    advance_id = fields.Many2one(
        comodel_name='coop.settlement.advance', check_company=True, ondelete='restrict',
        readonly=True, index='btree_not_null',
        help="The advance that is handed over; for what is brought back, the last one that the member got.",
    )
    name = fields.Char(string="For", compute='_compute_due', store=True, compute_sudo=True)
    date_due = fields.Date(string="Due On", compute='_compute_due', store=True, compute_sudo=True)
    amount_open = fields.Monetary(
        string="Due Now", compute='_compute_due', store=True, compute_sudo=True, aggregator=None,
        help="Savings: the arrears, or what can be taken out. Otherwise what is open on the document.",
    )
    chosen = fields.Boolean(string="Settle Now")
    amount = fields.Monetary(compute='_compute_amount', store=True, readonly=False, precompute=True)
    amount_set_off = fields.Monetary(string="Set Off", compute='_compute_settled', store=True)
    amount_cash = fields.Monetary(
        string="Over the Counter", compute='_compute_settled', store=True,
        help="What is left after the set-off, as far as coins allow: the rest stays open on invoices and claims.",
    )
    amount_left = fields.Monetary(
        string="Stays Open", compute='_compute_amount_left', store=True, aggregator=None,
        help="What is still open after this receipt.",
    )
    balance_after = fields.Monetary(
        readonly=True, copy=False, aggregator=None, help="What the member had in these savings after posting.",
    )

    _amount_not_negative = models.Constraint('CHECK (amount >= 0)', "An amount at the counter is not below zero.")

    # === COMPUTE METHODS === #

    @api.depends('receipt_id', 'name')
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.receipt_id.display_name}: {line.name or ''}"

    @api.depends('kind')
    def _compute_direction(self):
        for line in self:
            line.direction = DIRECTIONS.get(line.kind)

    @api.depends(
        'kind', 'savings_type_id', 'item_id', 'deposit_id', 'advance_id', 'receipt_id.membership_id', 'receipt_id.date',
    )
    def _compute_due(self):
        # sudo (compute_sudo): what is due to and from the member, for whoever serves at the counter
        for receipt, lines in self.grouped('receipt_id').items():
            due = receipt._get_due()
            for line in lines:
                if line.state in ('posted', 'cancelled'):
                    line.name, line.date_due, line.amount_open = line.name, line.date_due, line.amount_open
                    continue
                found = due.get(line._get_key())
                line.name = found.name if found else self.env._("Nothing is due any more")
                line.date_due = found.date if found else False
                line.amount_open = found.amount if found else 0.0

    @api.depends('chosen')
    def _compute_amount(self):
        """Offer all that is due once somebody chooses it; what was typed in stays."""
        for line in self:
            if not line.chosen:
                line.amount = 0.0
            elif not line.amount and line.kind != 'withdrawal':
                line.amount = line.amount_open

    @api.depends(
        'receipt_id.line_ids.chosen', 'receipt_id.line_ids.amount', 'receipt_id.set_off', 'receipt_id.journal_id',
    )
    def _compute_settled(self):
        for receipt, lines in self.grouped('receipt_id').items():
            settled, _till = receipt._settle()
            for line in lines:
                line.amount_set_off, line.amount_cash = settled.get(line, (0.0, 0.0))

    @api.depends('amount_open', 'amount_set_off', 'amount_cash', 'kind')
    def _compute_amount_left(self):
        for line in self:
            left = line.amount_open - line.amount_set_off - line.amount_cash
            line.amount_left = line.currency_id.round(max(left, 0.0)) if line.currency_id else left

    # === ONCHANGE METHODS === #

    @api.onchange('amount')
    def _onchange_amount(self):
        """Choose what an amount is typed in for."""
        self.chosen = bool(self.amount)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_receipt_is_draft()
        lines.receipt_id._keep_writer()
        return lines

    def write(self, vals):
        self._check_receipt_is_draft()
        before = self.receipt_id
        res = super().write(vals)
        self._check_receipt_is_draft()  # a line can be moved to another receipt
        if {'chosen', 'amount', 'kind', 'receipt_id', *RECORD_FIELDS.values()} & vals.keys():
            (before | self.receipt_id)._keep_writer()
        return res

    def unlink(self):
        self.receipt_id._keep_writer()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        self._check_receipt_is_draft()

    def _check_receipt_is_draft(self):
        if not self.env.su and any(receipt.state != 'draft' for receipt in self.receipt_id):
            raise UserError(self.env._("A posted receipt is not changed: make it void and write a new one."))

    # === BUSINESS METHODS === #

    def _get_key(self):
        """Return what the line is about, as :meth:`CoopCounterReceipt._get_due` names it."""
        self.ensure_one()
        return self.kind, self.kind and self[RECORD_FIELDS[self.kind]]._origin.id

    def _check_amount(self):
        """Refuse amounts that cannot be meant.

        :raises UserError: naming the member and what to enter.
        """
        for line in self:
            if line.currency_id.compare_amounts(line.amount, 0.0) <= 0:
                raise UserError(self.env._(
                    "%s: enter what is paid, or do not choose it.", line.name,
                ))
            if line.currency_id.compare_amounts(line.amount, LARGEST_AMOUNT) > 0:
                raise UserError(self.env._("%s: the amount is larger than anybody can mean. Correct it.", line.name))

    def _to_units(self):
        """Return the amounts in units of the currency; what nobody can mean counts as nothing."""
        return [max(to_units(line.amount, line.currency_id.rounding or 0.01), 0) for line in self]
