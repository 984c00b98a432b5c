from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: What a posted voucher keeps.
FROZEN_FIELDS = {
    'date', 'journal_id', 'direction', 'line_ids', 'company_id', 'counterpart', 'counterpart_account_id',
    'counterpart_partner_id', 'note',
}
#: Directions that move money through a cash or bank journal.
CASH_DIRECTIONS = ('in', 'out')
#: Beginning of the number by direction; the Indonesian abbreviations are those of the paper slips (bukti kas masuk,
#: bukti kas keluar, bukti memorial, bukti awal).
PREFIXES = {'in': 'BKM', 'out': 'BKK', 'transfer': 'BM', 'opening': 'BA'}


class CoopSavingsVoucher(models.Model):
    """One slip of savings for one or many members; posting it makes one journal entry.

    Money comes in or goes out over a cash or bank journal, moves between a member's own savings types, or was saved
    before the books began (opening balance).
    """
    _name = 'coop.savings.voucher'
    _inherit = ['coop.cash.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Savings Voucher"
    _order = 'date DESC, id DESC'
    _check_company_auto = True

    _transitions = {'draft': ('posted',), 'posted': ('cancelled',), 'cancelled': ()}
    _guarded_fields = frozenset({
        'state', 'lock_version', 'name', 'move_id', 'reversal_move_id', 'cancel_reason', 'print_count', 'poster_id',
    })

    name = fields.Char(string="Number", readonly=True, copy=False, index='trigram', default="")
    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, readonly=True, default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    direction = fields.Selection(
        selection=[
            ('in', "Receipt"), ('out', "Payout"), ('transfer', "Transfer"), ('opening', "Opening Balance"),
        ],
        required=True, default='in', tracking=True,
    )
    date = fields.Date(required=True, default=fields.Date.context_today, copy=False, tracking=True)
    journal_id = fields.Many2one(
        comodel_name='account.journal', string="Cash or Bank", check_company=True, tracking=True,
        compute='_compute_journal_id', store=True, readonly=False, precompute=True,
        domain="[('type', 'in', ('cash', 'bank'))]",
        help="Where the money goes in or out. Transfers and opening balances move no money.",
    )
    counterpart = fields.Selection(
        selection=[
            ('earnings', "Unaffected Earnings"), ('unowned', "Savings Booked Without a Member"),
            ('account', "Another Account"),
        ],
        string="Booked Against", default='earnings', required=True, tracking=True,
        help="Where an opening balance comes from: the account that Odoo's own opening entries use; what stands on the"
             " savings accounts without belonging to a member, when the opening balance was entered in one sum; or"
             " an account of your choice.",
    )
    counterpart_account_id = fields.Many2one(
        comodel_name='account.account', check_company=True, tracking=True,
    )
    counterpart_partner_id = fields.Many2one(
        comodel_name='res.partner', string="Booked Under", tracking=True,
        help="The partner, no member, under whom the savings stand now. Empty when they were booked without any.",
    )
    line_ids = fields.One2many(comodel_name='coop.savings.voucher.line', inverse_name='voucher_id', copy=True)
    note = fields.Char(string="Remark", help="Printed on the voucher and written on the journal entry.")
    amount_total = fields.Monetary(string="Total", compute='_compute_totals', store=True)
    member_count = fields.Integer(string="Members", compute='_compute_totals', store=True)
    state = fields.Selection(
        selection=[('draft', "Draft"), ('posted', "Posted"), ('cancelled', "Cancelled")],
        default='draft', required=True, readonly=True, copy=False, tracking=True, index=True,
    )
    poster_id = fields.Many2one(
        comodel_name='res.users', string="Cashier", readonly=True, copy=False, index='btree_not_null',
        help="Who posted the voucher.",
    )
    move_id = fields.Many2one(
        comodel_name='account.move', string="Journal Entry", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict',
    )
    reversal_move_id = fields.Many2one(
        comodel_name='account.move', string="Reversal", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict',
    )
    cancel_reason = fields.Char(string="Reason for Cancelling", readonly=True, copy=False, tracking=True)

    # === COMPUTE METHODS === #

    @api.depends('name', 'direction', 'state')
    def _compute_display_name(self):
        directions = dict(self._fields['direction']._description_selection(self.env))
        for voucher in self:
            draft = self.env._("Draft %s", directions.get(voucher.direction, ""))
            voucher.display_name = voucher.name or draft

    @api.depends('company_id', 'direction')
    def _compute_journal_id(self):
        for voucher in self:
            if voucher.direction not in CASH_DIRECTIONS:
                voucher.journal_id = False
                continue
            if voucher.journal_id.company_id in voucher.company_id.parent_ids:
                continue  # Chosen already: receipt or payout, the money goes over the same cash box.
            voucher.journal_id = voucher._find_journal_to_post_on()

    @api.depends('line_ids.amount', 'line_ids.membership_id')
    def _compute_totals(self):
        for voucher in self:
            voucher.amount_total = sum(voucher.line_ids.mapped('amount'))
            voucher.member_count = len(voucher.line_ids.membership_id)

    # === CONSTRAINT METHODS === #

    @api.constrains('journal_id', 'direction')
    def _check_journal(self):
        for voucher in self:
            # sudo: a cashier may not read the journal's configuration
            if voucher.journal_id and voucher.journal_id.sudo().type not in ('cash', 'bank'):
                raise ValidationError(self.env._("Savings are paid through a cash or bank journal only."))
            if voucher.journal_id and voucher.direction not in CASH_DIRECTIONS:
                raise ValidationError(self.env._(
                    "Transfers and opening balances move no money: leave the cash or bank journal empty.",
                ))

    # === CRUD METHODS === #

    def write(self, vals):
        if FROZEN_FIELDS & vals.keys() and any(voucher.state != 'draft' for voucher in self):
            raise UserError(self.env._("A posted voucher is not changed: cancel it and write a new one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        posted = self.filtered('move_id')
        if posted:
            raise UserError(self.env._("%s was posted; it can only be cancelled.", posted[0].display_name))

    # === ACTIONS === #

    def action_post(self):
        """Post the vouchers: number them and book one entry each.

        :raises UserError: when the journal is missing or not this cashier's, the period is closed, a line is wrong,
            or a withdrawal exceeds what the member has.
        """
        for voucher in self:
            voucher._check_may_post()
            voucher._queue_up()
            if voucher.counterpart == 'unowned' and voucher.direction == 'opening':
                # Savings without a member are given out once, whichever members two vouchers name.
                voucher.line_ids.type_id._queue_up()
            voucher.line_ids.membership_id._queue_up()
            voucher._check_state_is_draft()
            voucher._check_complete()
            voucher.line_ids._check_allowed()
            voucher._check_coins()
            voucher._check_two_people()
            number = voucher._draw_number()
            # sudo: cashiers post vouchers on journals given to them, without any other access to the books
            move = self.env['account.move'].sudo().create({**voucher._prepare_move_values(), 'ref': number})
            move._post(soft=False)
            voucher._update_state('posted', name=number, move_id=move.id, poster_id=self.env.uid)
            voucher.line_ids._keep_balances()

    def action_open_move(self):
        """Open the voucher's journal entry."""
        self.ensure_one()
        return self.move_id._get_records_action()

    def action_open_lines(self):
        """Open the voucher's lines, to group and print them member by member."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_savings_voucher_line_action')
        return {**action, 'domain': [('voucher_id', '=', self.id)], 'context': {}, 'name': self.display_name}

    # === BUSINESS METHODS === #

    def _cancel_with_reason(self, reason):
        """Undo posted vouchers by reversing their entries; the vouchers stay, as cancelled.

        :raises UserError: when members have withdrawn the money since, or the voucher is not posted.
        """
        for voucher in self:
            voucher._check_may_post()
            voucher._check_may_cancel()
            voucher._queue_up()
            voucher.line_ids.membership_id._queue_up()
            voucher._update_state('cancelled', cancel_reason=reason)
            voucher._check_period_is_open(fields.Date.context_today(voucher), voucher._get_entry_journal())
            voucher.sudo().reversal_move_id = voucher._reverse_entry()  # sudo: see _check_not_forged
            if voucher.direction != 'out':
                voucher.line_ids._check_not_overdrawn()

    def _draw_number(self):
        self.ensure_one()
        return self.company_id._next_coop_number(
            f'coop.savings.voucher.{self.direction}', f'{PREFIXES[self.direction]}/%(range_year)s/', date=self.date,
            gapless=True,
        )

    def _get_entry_journal(self):
        """Return the journal that the entry is booked in: the cash or bank journal, else the cooperative's own."""
        self.ensure_one()
        if self.direction in CASH_DIRECTIONS:
            return self.journal_id
        return self.company_id._get_coop_journal('coop_journal_id')
