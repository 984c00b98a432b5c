from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.producer_cooperative.models.coop_membership_payout import PAYOUT_METHODS

#: What a posted payout keeps.
FROZEN_FIELDS = {
    'date', 'way', 'journal_id', 'savings_type_id', 'line_ids', 'set_off_ids', 'company_id', 'membership_ids', 'run_id',
    'note', 'set_off_early',
}


class CoopPayout(models.Model):
    """One voucher that pays many members what the cooperative owes them.

    In cash or by bank, over one journal; or without money: into the members' voluntary savings, or against what they
    owe the cooperative. It pays the open bills of posted settlements, and whatever other debts to members a room adds
    in :meth:`_get_paid_models`. Posting makes one journal entry, which is reconciled bill by bill.
    """
    _name = 'coop.payout'
    _inherit = ['coop.cash.mixin', 'coop.set.off.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Members' Payout"
    _order = 'date DESC, id DESC'
    _check_company_auto = True

    _transitions = {'draft': ('posted',), 'posted': ('cancelled',), 'cancelled': ()}
    _guarded_fields = frozenset({
        'state', 'lock_version', 'name', 'move_id', 'reversal_move_id', 'cancel_reason', 'poster_id', 'print_count',
        'transfer_format', 'transfer_separator',
    })

    name = fields.Char(string="Number", readonly=True, copy=False, index='trigram', default="")
    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, readonly=True, default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    date = fields.Date(required=True, default=fields.Date.context_today, copy=False, tracking=True)
    way = fields.Selection(
        selection=[
            ('money', "In Cash or by Bank"), ('savings', "Into Voluntary Savings"),
            ('set_off', "Set Off Against Debts"),
        ],
        string="Way of Payment", required=True, default='money', tracking=True,
        help="Only SHU goes into savings or against debts, of members who chose it.",
    )
    journal_id = fields.Many2one(
        comodel_name='account.journal', string="Cash or Bank", check_company=True, tracking=True,
        compute='_compute_journal_id', store=True, readonly=False, precompute=True,
        domain="[('type', 'in', ('cash', 'bank'))]",
        help="Where the money comes from. From a bank, members are paid to their approved accounts.",
    )
    method = fields.Selection(
        selection=PAYOUT_METHODS, string="Paid By", compute='_compute_method', store=True, precompute=True,
    )
    membership_ids = fields.Many2many(
        comodel_name='coop.membership', string="Only These Members", check_company=True, copy=False,
        help="Whom to fill the voucher with. Leave empty for every member who is owed something.",
    )
    run_id = fields.Many2one(
        comodel_name='coop.settlement.run', string="Only This Run", check_company=True, copy=False, tracking=True,
        index='btree_not_null', ondelete='set null',
        help="Fill the voucher with the settlements of this run only. Leave empty for everything that is owed.",
    )
    line_ids = fields.One2many(comodel_name='coop.payout.line', inverse_name='payout_id', copy=False)
    amount_total = fields.Monetary(string="Total", compute='_compute_totals', store=True)
    member_count = fields.Integer(string="Members", compute='_compute_totals', store=True)
    amount_left = fields.Monetary(
        string="Stays Owed", compute='_compute_amount_left',
        help="What these members are still owed after this payout, such as cash below the smallest coin. It is carried"
             " to the next payout.",
    )
    settlement_count = fields.Integer(compute='_compute_settlement_count')
    note = fields.Char(string="Remark", help="Printed on the list.")
    state = fields.Selection(
        selection=[('draft', "Draft"), ('posted', "Posted"), ('cancelled', "Cancelled")],
        default='draft', required=True, readonly=True, copy=False, tracking=True, index=True,
    )
    poster_id = fields.Many2one(
        comodel_name='res.users', string="Posted By", readonly=True, copy=False, index='btree_not_null',
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

    @api.depends('name')
    def _compute_display_name(self):
        for payout in self:
            payout.display_name = payout.name or self.env._("Draft Payout")

    @api.depends('company_id', 'way')
    def _compute_journal_id(self):
        for payout in self:
            payout.journal_id = payout.way == 'money' and payout._find_journal_to_post_on()

    @api.depends('journal_id', 'way')
    def _compute_method(self):
        for payout in self:
            if payout.way in ('savings', 'set_off'):
                payout.method = payout.way
                continue
            # sudo: the journal's type, which a cashier may not read otherwise
            payout.method = payout.journal_id and ('bank' if payout.journal_id.sudo().type == 'bank' else 'cash')

    @api.depends('line_ids.amount', 'line_ids.partner_id')
    def _compute_totals(self):
        for payout in self:
            payout.amount_total = sum(payout.line_ids.mapped('amount'))
            payout.member_count = len(payout.line_ids.partner_id)

    @api.depends('line_ids.amount_left')
    def _compute_amount_left(self):
        for payout in self:
            by_member = payout.line_ids.grouped('partner_id')
            payout.amount_left = sum(lines[0].amount_left for lines in by_member.values())

    @api.depends('line_ids.settlement_id')
    def _compute_settlement_count(self):
        for payout in self:
            payout.settlement_count = len(payout.line_ids.settlement_id)

    # === CONSTRAINT METHODS === #

    @api.constrains('journal_id', 'way')
    def _check_journal(self):
        for payout in self:
            if payout.journal_id and payout.way != 'money':
                raise ValidationError(self.env._(
                    "A payout into savings or against debts moves no money: leave the cash or bank journal empty.",
                ))
            # sudo: a cashier may not read the journal's configuration
            if payout.journal_id and payout.journal_id.sudo().type not in ('cash', 'bank'):
                raise ValidationError(self.env._("Members are paid through a cash or bank journal only."))

    # === CRUD METHODS === #

    def write(self, vals):
        if FROZEN_FIELDS & vals.keys() and any(payout.state != 'draft' for payout in self):
            raise UserError(self.env._(
                "The members' payout is posted and is not changed: cancel it and write a new one.",
            ))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        posted = self.filtered('move_id')
        if posted:
            raise UserError(self.env._("%s was posted; it can only be cancelled.", posted[0].display_name))

    # === ACTIONS === #

    def action_post(self):
        """Post the payouts: number them, book one entry each and reconcile it bill by bill.

        :raises UserError: when the journal is missing or not this cashier's, the period is closed, a line exceeds what
            is open, a member's bank account is missing or not approved, or the member owes less than is set off.
        """
        for payout in self:
            payout._check_may_post()
            payout._queue_up()
            payout._queue_up_sources()
            payout._check_state_is_draft()
            payout._check_complete()
            payout.line_ids._check_still_open()
            payout._check_cash_amounts()
            payout.line_ids._check_bank_accounts()
            payout._check_savings()
            payout._check_set_offs()
            payout._check_two_people()
            payout.line_ids._keep_what_is_printed()
            # sudo: cashiers pay from journals given to them, without any other access to the books
            payout.sudo()._post_entry()

    def action_open_move(self):
        """Open the payout's journal entry."""
        self.ensure_one()
        return self.move_id._get_records_action()

    def action_open_settlements(self):
        """Open the settlements that the payout pays."""
        self.ensure_one()
        return self.line_ids.settlement_id._get_records_action(name=self.env._("Settlements"))

    # === BUSINESS METHODS === #

    def _cancel_with_reason(self, reason):
        """Undo posted payouts by reversing their entries; the members are owed the money again.

        :raises UserError: when the payout is not posted, is not of today and a cashier cancels it, or a member has
            taken out the savings since.
        """
        for payout in self:
            payout._check_may_post()
            payout._check_may_cancel()
            payout._queue_up()
            payout._queue_up_sources()
            payout._update_state('cancelled', cancel_reason=reason)
            payout.sudo()._reverse_entry()  # sudo: see action_post

    def _queue_up_sources(self):
        """Queue up with whatever else pays or cancels the same debts.

        For a room to have debts of its own paid here, it must queue up at its documents as well.
        """
        # sudo: only to queue up
        self.line_ids.membership_id.sudo()._queue_up()
        self.line_ids.settlement_id.sudo()._queue_up()

    def _check_may_post(self):
        """Refuse users who may not post this payout.

        :raises UserError: cashiers post only on the journals that name them, and not without money; officers post
            nothing.
        """
        self.ensure_one()
        self.check_access('write')
        if self.way == 'money':
            self._check_may_post_on(self.journal_id)
        elif not self._user_posts_everywhere():
            raise UserError(self.env._(
                "Only the accountant posts or cancels payouts into savings and against debts.",
            ))
