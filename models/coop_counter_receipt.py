import uuid

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: What a posted receipt keeps.
FROZEN_FIELDS = {
    'date', 'journal_id', 'membership_id', 'line_ids', 'company_id', 'set_off', 'consent_signed', 'note', 'token',
    'amount_given',
}


class CoopCounterReceipt(models.Model):
    """One receipt (kuitansi) for all that one member pays, is paid and sets off at the counter in one go.

    It books nothing that another room can book: posting writes and posts savings vouchers, deposits, payments of
    invoices and payouts, and every document of those belongs to the receipt and is undone only with it. What is set off
    is the receipt's own entry.
    """
    _name = 'coop.counter.receipt'
    _inherit = [
        'coop.cash.mixin', 'coop.set.off.mixin', 'coop.printed.mixin', 'mail.thread', 'mail.activity.mixin',
    ]
    _description = "Counter Receipt"
    _order = 'date DESC, id DESC'
    _check_company_auto = True

    _transitions = {'draft': ('posted',), 'posted': ('cancelled',), 'cancelled': ()}
    _guarded_fields = frozenset({
        'state', 'lock_version', 'name', 'poster_id', 'date_posted', 'cancel_reason', 'cancel_user_id',
        'date_cancelled', 'print_count', 'set_off_move_ids', 'void_move_ids', 'voucher_ids', 'payout_ids',
        'payment_ids', 'deposit_ids', 'refunded_deposit_ids', 'advance_ids', 'stamp_duty',
    })

    name = fields.Char(string="Number", readonly=True, copy=False, index='trigram', default="")
    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, readonly=True, default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Member", required=True, index=True, check_company=True, tracking=True,
        ondelete='restrict', domain="[('company_id', '=', company_id)]",
        help="Type the number, the name or the phone, or scan the card.",
    )
    member_state = fields.Selection(related='membership_id.state', string="Member Is")
    date = fields.Date(required=True, default=fields.Date.context_today, copy=False, tracking=True, index=True)
    journal_id = fields.Many2one(
        comodel_name='account.journal', string="Cash or Bank", check_company=True, tracking=True,
        compute='_compute_journal_id', store=True, readonly=False, precompute=True,
        domain="[('type', 'in', ('cash', 'bank')), ('company_id', '=', company_id)]",
        help="The cash box of this counter, or the bank account that the money goes over.",
    )
    line_ids = fields.One2many(
        comodel_name='coop.counter.receipt.line', inverse_name='receipt_id', copy=False,
    )
    set_off = fields.Boolean(
        string="Set Off Against Debts", tracking=True,
        help="What the member is paid settles what the member owes on invoices, the oldest first; only the rest is"
             " handed over. The member has to consent.",
    )
    consent_signed = fields.Boolean(
        string="Member Signs the Consent", tracking=True,
        help="The member consents to the set-off (surat kuasa potong) and signs it on this receipt.",
    )
    note = fields.Char(string="Remark", help="Printed on the receipt.")
    amount_in = fields.Monetary(string="Received", compute='_compute_totals', store=True)
    amount_out = fields.Monetary(string="Paid to Member", compute='_compute_totals', store=True)
    amount_set_off = fields.Monetary(string="Set Off", compute='_compute_totals', store=True)
    amount_net = fields.Monetary(
        string="Into the Cash Box", compute='_compute_totals', store=True,
        help="Received less paid out. Below zero, the cashier hands over money.",
    )
    amount_to_receive = fields.Monetary(string="Receive From the Member", compute='_compute_handed')
    amount_to_hand_over = fields.Monetary(string="Hand Over to the Member", compute='_compute_handed')
    amount_odd = fields.Monetary(
        string="Cannot Be Handed Over", compute='_compute_odd',
        help="What no coin covers and no debt or claim can carry.",
    )
    state = fields.Selection(
        selection=[('draft', "Draft"), ('posted', "Posted"), ('cancelled', "Void")],
        default='draft', required=True, readonly=True, copy=False, tracking=True, index=True,
    )
    token = fields.Char(
        default=lambda self: uuid.uuid4().hex, copy=False, readonly=True, export_string_translation=False,
        help="Sent along when a new receipt is saved, so that the same screen is never saved twice.",
    )
    poster_id = fields.Many2one(
        comodel_name='res.users', string="Cashier", readonly=True, copy=False, index='btree_not_null',
    )
    date_posted = fields.Datetime(string="Posted At", readonly=True, copy=False)
    cancel_reason = fields.Char(string="Reason for the Void", readonly=True, copy=False, tracking=True)
    cancel_user_id = fields.Many2one(
        comodel_name='res.users', string="Made Void By", readonly=True, copy=False, index='btree_not_null',
    )
    date_cancelled = fields.Datetime(string="Made Void At", readonly=True, copy=False)

    _token_uniq = models.Constraint(
        'UNIQUE (token)', "This screen was saved already: look the member up anew to see what was posted.",
    )
    _member_day_idx = models.Index("(membership_id, date)")

    # === COMPUTE METHODS === #

    @api.depends('name', 'membership_id')
    def _compute_display_name(self):
        for receipt in self:
            receipt.display_name = receipt.name or self.env._("Counter")

    @api.depends('company_id')
    def _compute_journal_id(self):
        for receipt in self:
            receipt.journal_id = receipt._find_journal_to_post_on()

    @api.depends('line_ids.amount_cash', 'line_ids.amount_set_off', 'line_ids.direction', 'line_ids.chosen')
    def _compute_totals(self):
        for receipt in self:
            chosen = receipt.line_ids.filtered('chosen')
            incoming = chosen.filtered(lambda line: line.direction == 'in')
            receipt.amount_in = sum(incoming.mapped('amount_cash'))
            receipt.amount_out = sum((chosen - incoming).mapped('amount_cash'))
            receipt.amount_set_off = sum(incoming.mapped('amount_set_off'))
            receipt.amount_net = receipt.amount_in - receipt.amount_out

    @api.depends('amount_net')
    def _compute_handed(self):
        for receipt in self:
            receipt.amount_to_receive = max(receipt.amount_net, 0.0)
            receipt.amount_to_hand_over = max(-receipt.amount_net, 0.0)

    @api.depends('line_ids.chosen', 'line_ids.amount', 'set_off', 'journal_id')
    def _compute_odd(self):
        for receipt in self:
            till = receipt._settle()[1] if receipt.state == 'draft' else None
            receipt.amount_odd = receipt._from_units(till.odd_in + till.odd_out) if till else 0.0

    # === CONSTRAINT METHODS === #

    @api.constrains('journal_id')
    def _check_journal(self):
        for receipt in self:
            # sudo: a cashier may not read the journal's configuration
            if receipt.journal_id and receipt.journal_id.sudo().type not in ('cash', 'bank'):
                raise ValidationError(self.env._("The counter works over a cash or bank journal only."))

    # === ONCHANGE METHODS === #

    @api.onchange('membership_id', 'date')
    def _onchange_membership_id(self):
        """Show everything that is due either way, chosen as it is usually done."""
        if self.state == 'draft':
            self.line_ids = self._prepare_line_commands()
            self.set_off = self._is_set_off_usual()
            self.consent_signed = False

    # === CRUD METHODS === #

    def write(self, vals):
        if FROZEN_FIELDS & vals.keys() and any(receipt.state != 'draft' for receipt in self):
            raise UserError(self.env._("A posted receipt is not changed: make it void and write a new one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        for receipt in self:
            if receipt.state != 'draft':
                raise UserError(self.env._("%s was posted; it can only be made void.", receipt.display_name))

    @api.autovacuum
    def _gc_drafts(self):
        """Drop what was only looked at: drafts of days that are over, which show what was due then."""
        yesterday = fields.Date.context_today(self) - relativedelta(days=1)
        self.search([('state', '=', 'draft'), ('date', '<', yesterday)], limit=1000).unlink()

    # === ACTIONS === #

    def action_refresh(self):
        """Look up anew what is due; what was chosen before is chosen anew."""
        for receipt in self:
            receipt._check_state_is_draft()
            receipt.line_ids = receipt._prepare_line_commands(keep=True)

    def action_next(self):
        """Open the counter for the next member."""
        return self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_counter_action')

    # === BUSINESS METHODS === #

    def _check_may_post(self):
        """Refuse users who may not post or undo this receipt.

        :raises UserError: cashiers post only on the journals that name them; officers post nothing.
        """
        self.ensure_one()
        self.check_access('write')
        self._check_may_post_on(self.journal_id)

    def _state_error_message(self, target):
        """Say who has posted the receipt, to whoever presses the button a second time."""
        self.ensure_one()
        if self.state == 'posted' and target == 'posted':
            return self.env._(
                "%(receipt)s is posted already, by %(user)s. Nothing is booked twice: print it, or go on with the next"
                " member.", receipt=self.display_name, user=self.poster_id.sudo().name,
            )
        return super()._state_error_message(target)
