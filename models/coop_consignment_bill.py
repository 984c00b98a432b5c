from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.producer_cooperative.tools.weighing import percent_of

ACCOUNTANT = 'producer_cooperative.group_coop_accountant'


class CoopConsignmentBill(models.Model):
    """The bill (nota beli putus) of goods that were bought outright: self-billed, and set off at once if agreed."""
    _name = 'coop.consignment.bill'
    _inherit = [
        'coop.document.mixin', 'coop.set.off.mixin', 'coop.self.billed.mixin', 'mail.thread', 'mail.activity.mixin',
    ]
    _description = "Bill of Goods Bought"
    _order = 'date DESC, id DESC'
    _check_company_auto = True

    _transitions = {
        'draft': ('posted', 'cancelled'),
        'posted': ('cancelled',),
        'cancelled': (),
    }
    _guarded_fields = frozenset({
        'state', 'lock_version', 'name', 'cancel_reason', 'move_id', 'set_off_move_id', 'reversal_move_id',
        'set_off_reversal_move_id', 'partner_id', 'consignment_id', 'buyout_id', 'company_id',
    })

    name = fields.Char(string="Number", readonly=True, copy=False, index='trigram', default="")
    company_id = fields.Many2one(comodel_name='res.company', required=True, index=True, readonly=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    partner_id = fields.Many2one(
        comodel_name='res.partner', string="Seller", required=True, index=True, readonly=True, ondelete='restrict',
    )
    consignment_id = fields.Many2one(
        comodel_name='coop.consignment', string="Intake Slip", readonly=True, index='btree_not_null', copy=False,
        check_company=True, ondelete='restrict',
    )
    buyout_id = fields.Many2one(
        comodel_name='coop.consignment.buyout', string="Purchase from Members' Stock", readonly=True, copy=False,
        index='btree_not_null', check_company=True, ondelete='restrict',
    )
    date = fields.Date(required=True, default=fields.Date.context_today, copy=False, tracking=True)
    state = fields.Selection(
        selection=[('draft', "To Post"), ('posted', "Posted"), ('cancelled', "Cancelled")],
        default='draft', required=True, readonly=True, copy=False, tracking=True, index=True,
    )
    set_off_consent_date = fields.Date(
        string="Consent Signed On", compute='_compute_set_off_consent', store=True, readonly=False, tracking=True,
        help="Nothing is set off before the member has consented in writing (surat kuasa potong).",
    )
    set_off_rate = fields.Float(
        string="Set-Off (%)", digits=(5, 2), compute='_compute_set_off_consent', store=True, readonly=False,
        tracking=True, help="The share of the bill that may be set off against open invoices, the oldest first.",
    )
    amount_expected = fields.Monetary(
        string="To Bill", compute='_compute_amount_expected', compute_sudo=True,
        help="What was received and is not billed yet, at the prices of the slip.",
    )
    purchase_line_ids = fields.Many2many(
        comodel_name='purchase.order.line', string="Goods", compute='_compute_purchase_line_ids', compute_sudo=True,
        help="What was bought, in kg or pieces, and at which price.",
    )
    move_id = fields.Many2one(
        comodel_name='account.move', string="Bill", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict',
    )
    set_off_move_id = fields.Many2one(
        comodel_name='account.move', string="Set-Off Entry", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict',
    )
    reversal_move_id = fields.Many2one(
        comodel_name='account.move', string="Reversal of the Bill", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict',
    )
    set_off_reversal_move_id = fields.Many2one(
        comodel_name='account.move', string="Reversal of the Set-Off", readonly=True, copy=False,
        index='btree_not_null', ondelete='restrict',
    )
    amount_total = fields.Monetary(string="Billed", compute='_compute_amounts', compute_sudo=True, store=True)
    amount_set_off = fields.Monetary(
        string="Set Off Against Debts", compute='_compute_amounts', compute_sudo=True, store=True,
    )
    payment_state = fields.Selection(related='move_id.payment_state', string="Payment")
    amount_open = fields.Monetary(related='move_id.amount_residual', string="Still To Be Paid")
    cancel_reason = fields.Char(string="Reason for Cancelling", readonly=True, copy=False, tracking=True)

    _rate_is_share = models.Constraint('CHECK (set_off_rate BETWEEN 0 AND 100)', "A rate is between 0 and 100 %.")

    # === COMPUTE METHODS === #

    @api.depends('name')
    def _compute_display_name(self):
        for bill in self:
            bill.display_name = bill.name or self.env._("Draft Bill of Goods Bought")

    @api.depends('partner_id', 'company_id', 'consignment_id', 'buyout_id')
    def _compute_set_off_consent(self):
        for bill in self:
            get_term = self.env['coop.consignment.agreement']._get_terms(bill.company_id, bill.partner_id)
            goods = bill.consignment_id.line_ids.product_id or bill.buyout_id.line_ids.product_id
            term = get_term(bill.partner_id, bill.date or fields.Date.context_today(bill), goods[:1].categ_id)
            bill.set_off_consent_date, bill.set_off_rate = term._get_signed_set_off()

    @api.depends('consignment_id', 'buyout_id')
    def _compute_purchase_line_ids(self):
        for bill in self:
            bill.purchase_line_ids = bill._get_orders().order_line

    def _compute_amount_expected(self):
        for bill in self:
            unbilled = bill._get_orders()._coop_get_unbilled() if bill.state == 'draft' else {}
            bill.amount_expected = sum(
                bill.currency_id.round(line.price_unit * quantity) for line, quantity in unbilled.items()
            )

    @api.depends('move_id.amount_total', 'set_off_move_id.line_ids.debit')
    def _compute_amounts(self):
        for bill in self:
            bill.amount_total = bill.move_id.amount_total
            bill.amount_set_off = sum(bill.set_off_move_id.line_ids.mapped('debit'))

    # === CRUD METHODS === #

    def write(self, vals):
        terms = {'date', 'set_off_consent_date', 'set_off_rate'} & vals.keys()
        if terms and any(bill.state != 'draft' for bill in self):
            raise UserError(self.env._("A posted bill of goods bought is not changed: cancel it and bill again."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        numbered = self.filtered('name')
        if numbered:
            raise UserError(self.env._("%s was posted; it can only be cancelled.", numbered[0].display_name))

    # === ACTIONS === #

    def action_post(self):
        """Post the self-billed bill of what was received, and set it off where the member has consented.

        :raises AccessError: for anybody but the accountant.
        :raises UserError: when nothing is to be billed, the day is still to come, or the consent is missing.
        """
        self._check_user_is(ACCOUNTANT)
        for bill in self:
            bill._queue_up()
            # sudo: memberships are queued up at, whoever bills
            self.env['coop.membership'].sudo()._get_in_force(bill.partner_id, bill.company_id)._queue_up()
            bill._check_state_is_draft()
            bill.company_id._coop_check_day_has_come(bill.display_name, bill.date)
            bill._check_consent()
            number = bill.name or bill.company_id._next_coop_number(
                'coop.consignment.bill', 'NBP/%(range_year)s/', date=bill.date, gapless=True,
            )
            bill._update_state('posted', name=number)
            # sudo: the role was checked; only as superuser do the entries become the document's own
            bill.sudo()._post_entries()

    def action_view_entries(self):
        """Open every entry of the bill."""
        self.ensure_one()
        moves = self.move_id | self.set_off_move_id | self.set_off_reversal_move_id | self.reversal_move_id
        return moves._get_records_action(name=self.env._("Journal Entries"))

    def action_open_move(self):
        """Open the vendor bill, to pay it for instance."""
        self.ensure_one()
        return self.move_id._get_records_action()

    # === BUSINESS METHODS === #

    def _cancel_with_reason(self, reason):
        """Reverse the set-off, so that the debts are open again, and then the bill; both today.

        :raises AccessError: for anybody but the accountant.
        :raises UserError: when the bill was paid.
        """
        self._check_user_is(ACCOUNTANT)
        for bill in self:
            bill._queue_up()
            # sudo: see action_post
            self.env['coop.membership'].sudo()._get_in_force(bill.partner_id, bill.company_id)._queue_up()
            bill._update_state('cancelled', cancel_reason=reason)
            bill.sudo()._reverse_entries()  # sudo: see action_post

    def _get_orders(self):
        """Return the purchase orders that are billed here."""
        self.ensure_one()
        # sudo: the document's own orders
        return self.sudo().consignment_id.purchase_order_ids | self.sudo().buyout_id.purchase_order_id

    def _check_consent(self):
        self.ensure_one()
        if self.currency_id.is_zero(self.set_off_rate):
            return
        if not self.set_off_consent_date:
            raise UserError(self.env._(
                "Note the day on which %s consented to the set-off in writing, or set nothing off (0 %%).",
                self.partner_id.display_name,
            ))
        if self.set_off_consent_date > self.date:
            raise UserError(self.env._(
                "%(member)s consented to the set-off on %(consent)s only, after the day of the bill.",
                member=self.partner_id.display_name, consent=format_date(self.env, self.set_off_consent_date),
            ))

    def _post_entries(self):
        """Post the bill and, where there are debts and consent, the set-off; reconcile the two."""
        self.ensure_one()
        unbilled = self._get_orders()._coop_get_unbilled()
        if not unbilled:
            raise UserError(self.env._(
                "Nothing of %s was received that is not billed already.",
                (self.consignment_id or self.buyout_id).display_name,
            ))
        bill = self.env['account.move'].create(self._prepare_move_values(unbilled))
        bill._post(soft=False)
        self.move_id = bill
        debts = self._get_open_debts(self.company_id, self.partner_id, self.date).get(self.partner_id)
        limit = float(percent_of(bill.amount_total, self.set_off_rate, self.currency_id.rounding))
        allocations = self._allocate_set_off(debts, limit) if debts and limit else []
        if allocations:
            payable = bill.line_ids.filtered(lambda line: line.display_type == 'payment_term')
            ref = self.env._("%s: set off against debts", self.name)
            self.set_off_move_id = self._post_set_off(payable, allocations, self.date, ref)

    def _prepare_move_values(self, unbilled):
        """Return the self-billed bill of what came, at the orders' prices: Dr the goods' accounts / Cr payable.

        :param unbilled: ``{purchase order line: quantity}``.
        """
        self.ensure_one()
        return self._prepare_self_billed_values(
            [{**line._prepare_account_move_line(), 'quantity': quantity} for line, quantity in unbilled.items()],
            invoice_origin=", ".join(self._get_orders().mapped('name')),
        )

    def _reverse_entries(self):
        self.ensure_one()
        payables = self.move_id.line_ids.filtered(lambda item: item.account_id.account_type == 'liability_payable')
        self._check_not_paid(payables, self.set_off_move_id)
        date = fields.Date.context_today(self)
        reason = self.env._(
            "Cancelled: %(document)s, %(reason)s", document=self.display_name, reason=self.cancel_reason,
        )
        if self.set_off_move_id:
            self.set_off_reversal_move_id = self._reverse_owned_entry(self.set_off_move_id, date, reason)
        if self.move_id:
            self.reversal_move_id = self._reverse_owned_entry(self.move_id, date, reason)
