from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.models.coop_membership import MANAGER

ACCOUNTANT = 'producer_cooperative.group_coop_accountant'
#: What the approval freezes, and what stays open until the money is booked.
APPROVED_FIELDS = {'membership_id', 'company_id', 'date', 'reason', 'reason_note', 'heir_ids'}
SET_OFF_FIELDS = {'set_off_method', 'set_off_limit'}
BOOKED_FIELDS = {'date_accounting', *SET_OFF_FIELDS}


class CoopLeaving(models.Model):
    """A member's leaving: what the member had saved and owed, what was set off, and what is paid out to whom.

    Principal and mandatory savings are returned on leaving (bylaws); debts to the cooperative are set off first.
    """
    _name = 'coop.leaving'
    _inherit = ['coop.document.mixin', 'coop.set.off.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Leaving"
    _order = 'date DESC, id DESC'
    _rec_names_search = ['name', 'membership_id']
    _check_company_auto = True

    _transitions = {
        'draft': ('approved', 'cancelled'),
        'approved': ('posted', 'cancelled'),
        'posted': ('cancelled',),
        'cancelled': (),
    }
    _guarded_fields = frozenset({
        'state', 'lock_version', 'name', 'partner_id', 'line_ids', 'savings_line_ids', 'debt_line_ids',
        'payable_row_ids', 'goods_line_ids', 'coming_line_ids', 'move_id', 'payable_line_ids', 'former_state',
        'approved_by_id', 'posted_by_id', 'cancel_reason',
    })

    name = fields.Char(string="Number", readonly=True, copy=False, index='trigram', default="")
    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, readonly=True, default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Member", required=True, index=True, check_company=True, tracking=True,
        ondelete='restrict', domain="[('state', 'in', ('active', 'suspended'))]", copy=False,
    )
    partner_id = fields.Many2one(related='membership_id.partner_id', string="Partner", store=True, index=True)
    reason = fields.Selection(selection='_selection_reason', tracking=True, copy=False)
    reason_note = fields.Text(
        string="In Words", tracking=True, copy=False, help="Decision, letter or certificate that the leaving rests on.",
    )
    date = fields.Date(
        string="Leaves On", required=True, default=fields.Date.context_today, copy=False, tracking=True,
        help="From this day on the member is none any more.",
    )
    date_accounting = fields.Date(
        string="Accounting Date", compute='_compute_date_accounting', store=True, readonly=False, precompute=True,
        copy=False,
        help="Day that the savings are returned on in the books: the day of leaving, or the first open day after it.",
    )
    state = fields.Selection(
        selection=[
            ('draft', "Draft"), ('approved', "Approved"), ('posted', "Posted"), ('cancelled', "Cancelled"),
        ],
        default='draft', required=True, readonly=True, copy=False, tracking=True, index=True,
    )
    former_state = fields.Selection(
        selection=[('active', "Active"), ('suspended', "Suspended")], string="State Before", readonly=True, copy=False,
    )
    approved_by_id = fields.Many2one(comodel_name='res.users', readonly=True, copy=False)
    posted_by_id = fields.Many2one(comodel_name='res.users', readonly=True, copy=False)
    heir_ids = fields.One2many(
        comodel_name='coop.leaving.heir', inverse_name='leaving_id', string="Heirs", copy=False,
    )
    set_off_method = fields.Selection(
        selection=[
            ('all', "All Debts, as Far as It Goes"), ('limited', "Up to an Amount"), ('none', "Nothing"),
        ],
        string="Set Off", required=True, default='all', tracking=True, copy=False,
    )
    set_off_limit = fields.Monetary(string="At Most", tracking=True, copy=False)
    line_ids = fields.One2many(comodel_name='coop.leaving.line', inverse_name='leaving_id', readonly=True, copy=False)
    savings_line_ids = fields.One2many(
        comodel_name='coop.leaving.line', inverse_name='leaving_id', string="Savings", readonly=True,
        domain=[('kind', 'in', ('savings', 'kept'))],
    )
    debt_line_ids = fields.One2many(
        comodel_name='coop.leaving.line', inverse_name='leaving_id', string="Debts", readonly=True,
        domain=[('kind', '=', 'debt')],
    )
    payable_row_ids = fields.One2many(
        comodel_name='coop.leaving.line', inverse_name='leaving_id', string="Other Amounts Owed to the Member",
        readonly=True, domain=[('kind', '=', 'payable')],
    )
    goods_line_ids = fields.One2many(
        comodel_name='coop.leaving.line', inverse_name='leaving_id', string="Goods in Stock", readonly=True,
        domain=[('kind', '=', 'goods')],
    )
    coming_line_ids = fields.One2many(
        comodel_name='coop.leaving.line', inverse_name='leaving_id', string="Still to Come", readonly=True,
        domain=[('kind', '=', 'coming')],
    )
    amount_savings = fields.Monetary(string="Savings Returned", compute='_compute_amounts', store=True)
    amount_kept = fields.Monetary(
        string="Savings Kept", compute='_compute_amounts', store=True,
        help="Savings of types that are never paid out stay with the cooperative.",
    )
    amount_debts = fields.Monetary(string="Owed by the Member", compute='_compute_amounts', store=True)
    amount_other = fields.Monetary(
        string="Owed to the Member Besides", compute='_compute_amounts', store=True,
        help="Proceeds, SHU and bills that are not paid yet. They stay payable to the member, or go to the heirs.",
    )
    amount_set_off = fields.Monetary(string="Set Off Against Debts", compute='_compute_amounts', store=True)
    amount_debts_left = fields.Monetary(
        string="Still Owed by the Member", compute='_compute_amounts', store=True,
        help="Debts that the savings did not cover; they stay open.",
    )
    amount_payable = fields.Monetary(string="To Be Paid Out", compute='_compute_amounts', store=True)
    has_goods = fields.Boolean(compute='_compute_has_goods')
    move_id = fields.Many2one(
        comodel_name='account.move', string="Journal Entry", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict',
    )
    payable_line_ids = fields.Many2many(
        comodel_name='account.move.line', relation='coop_leaving_payable_line_rel', string="Owed On", readonly=True,
        copy=False, help="Journal items on which the former member, or the heirs, are owed the money.",
    )
    amount_due = fields.Monetary(string="Owed", compute='_compute_payment', store=True)
    amount_open = fields.Monetary(string="Still To Be Paid", compute='_compute_payment', store=True)
    amount_paid = fields.Monetary(string="Paid", compute='_compute_payment', store=True)
    payment_state = fields.Selection(
        selection=[
            ('nothing', "Nothing to Pay"), ('not_paid', "Not Paid"), ('partial', "Partly Paid"), ('paid', "Paid"),
        ],
        string="Payment", compute='_compute_payment', store=True, index=True,
    )
    cancel_reason = fields.Char(string="Reason for Cancelling", readonly=True, copy=False, tracking=True)
    note = fields.Html(string="Remarks")

    _one_open = models.UniqueIndex(
        "(membership_id) WHERE state != 'cancelled'", "The leaving of this member is recorded already: open that one.",
    )
    _limit_positive = models.Constraint('CHECK (set_off_limit >= 0)', "The amount to set off cannot be negative.")

    # === COMPUTE METHODS === #

    @api.depends('name', 'membership_id')
    def _compute_display_name(self):
        for leaving in self:
            draft = self.env._("Leaving of %s", leaving.membership_id.display_name or "…")
            leaving.display_name = leaving.name or draft

    @api.depends('date', 'membership_id', 'company_id')
    def _compute_date_accounting(self):
        for leaving in self:
            date = leaving.date or fields.Date.context_today(leaving)
            leaving.date_accounting = max(
                leaving._get_open_day(date), leaving.membership_id._get_last_savings_day() or date,
            )

    @api.depends('line_ids.kind', 'line_ids.amount', 'line_ids.amount_set_off', 'reason')
    def _compute_amounts(self):
        for leaving in self:
            leaving.amount_savings = leaving._sum_rows('savings')
            leaving.amount_kept = leaving._sum_rows('kept')
            leaving.amount_debts = max(leaving._sum_rows('debt'), 0.0)
            leaving.amount_other = max(leaving._sum_rows('payable'), 0.0)
            leaving.amount_set_off = leaving._sum_rows('debt', 'amount_set_off')
            leaving.amount_debts_left = leaving.amount_debts - leaving.amount_set_off
            estate = leaving.amount_savings + (leaving.amount_other if leaving._has_heirs() else 0.0)
            leaving.amount_payable = estate - leaving.amount_set_off

    @api.depends('line_ids.kind')
    def _compute_has_goods(self):
        for leaving in self:
            leaving.has_goods = 'goods' in leaving.line_ids.mapped('kind')

    @api.depends(
        'payable_line_ids.amount_residual', 'payable_line_ids.balance', 'amount_set_off', 'reason', 'state',
    )
    def _compute_payment(self):
        for leaving in self:
            currency = leaving.currency_id
            # What heirs are owed was set off before it was shared; the member's own item is set off itself.
            set_off = 0.0 if leaving._has_heirs() else leaving.amount_set_off
            items = leaving.payable_line_ids if leaving.state == 'posted' else leaving.payable_line_ids.browse()
            leaving.amount_due = currency.round(-sum(items.mapped('balance')) - set_off) if items else 0.0
            leaving.amount_open = -sum(items.mapped('amount_residual'))
            leaving.amount_paid = leaving.amount_due - leaving.amount_open
            if currency.is_zero(leaving.amount_due):
                leaving.payment_state = 'nothing' if leaving.state == 'posted' else False
            elif currency.is_zero(leaving.amount_open):
                leaving.payment_state = 'paid'
            else:
                leaving.payment_state = 'not_paid' if currency.is_zero(leaving.amount_paid) else 'partial'

    # === SELECTION METHODS === #

    @api.model
    def _selection_reason(self):
        return self.env['coop.membership']._fields['leave_reason']._description_selection(self.env)

    # === CONSTRAINT METHODS === #

    @api.constrains('membership_id')
    def _check_membership(self):
        for leaving in self.filtered(lambda leaving: leaving.state == 'draft'):
            leaving._check_member_can_leave()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self.flush_model(['state'])  # a leaving that was just cancelled is not in the way any more
        leavings = super().create(vals_list)
        leavings._refresh()
        return leavings

    def write(self, vals):
        self._check_not_frozen(vals)
        self._check_set_off_is_approved(vals)
        res = super().write(vals)
        if (APPROVED_FIELDS | BOOKED_FIELDS) & vals.keys():
            self.filtered(lambda leaving: leaving.state in ('draft', 'approved'))._refresh()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        approved = self.filtered('name')
        if approved:
            raise UserError(self.env._("%s was approved; it can only be cancelled.", approved[0].display_name))

    # === ACTIONS === #

    def action_refresh(self):
        """Look up anew what the member has and owes."""
        for leaving in self:
            if leaving.state not in ('draft', 'approved'):
                raise UserError(self.env._("%s is booked; it shows what was booked.", leaving.display_name))
            leaving.check_access('write')
            leaving._refresh()

    def action_share_equally(self):
        """Give every heir the same share."""
        self.ensure_one()
        if self.heir_ids:
            self.heir_ids.write({'share': f'1/{len(self.heir_ids)}'})

    def action_approve(self):
        """Let the members leave; their money is booked by the treasurer afterwards.

        :raises AccessError: for anybody but the manager.
        :raises UserError: without a reason or heirs, for a day to come, or when savings are below zero in the books.
        """
        self._check_user_is(MANAGER)
        for leaving in self:
            leaving._queue_up()
            leaving.membership_id._queue_up()
            leaving._check_can_be_approved()
            leaving._refresh()
            leaving.heir_ids._settle_persons()
            leaving._update_state(
                'approved', name=leaving.name or leaving._draw_number(), former_state=leaving.membership_id.state,
                approved_by_id=self.env.uid,
            )
            leaving.membership_id._update_state('left', date_left=leaving.date, leave_reason=leaving.reason)
            leaving._stamp_documents_again()
            if leaving._has_heirs():
                self.env['res.partner.bank']._coop_untrust_new_members(leaving.heir_ids.partner_id)

    def action_post(self):
        """Book the leavings: the savings become payable, debts are set off, heirs get their shares.

        :raises AccessError: for anybody but the accountant.
        :raises UserError: when it is not approved, when the books are closed on the accounting date, or when savings
            are below zero.
        """
        self._check_user_is(ACCOUNTANT)
        for leaving in self:
            leaving._queue_up()
            leaving.membership_id._queue_up()
            leaving._check_can_be_posted()
            leaving._refresh()
            leaving._update_state('posted', posted_by_id=self.env.uid)
            leaving.sudo()._post_entries()  # sudo: the role was checked; the entries are the document's own

    def action_hand_over(self):
        """Book what came since: savings that stand on the former member, and what goes to heirs, debts taken first.

        :raises AccessError: for anybody but the accountant.
        :raises UserError: before the leaving is booked, or when the partner has applied anew since.
        """
        self._check_user_is(ACCOUNTANT)
        self.ensure_one()
        self._queue_up()
        self.membership_id._queue_up()
        if self.state != 'posted':
            raise UserError(self.env._(
                "%s is not booked yet; booking it takes everything that there is.", self.display_name,
            ))
        before = self._get_entries()
        self.sudo()._book_what_came_since()  # sudo: see action_post
        if self._get_entries() == before:
            return {
                'type': 'ir.actions.client', 'tag': 'display_notification',
                'params': {'type': 'info', 'message': self.env._("Nothing came since; everything is booked.")},
            }
        return None

    def action_register_payment(self):
        """Open Odoo's own payment form for what is still owed.

        :raises UserError: when nothing is owed any more.
        """
        self.ensure_one()
        items = self.payable_line_ids.filtered(lambda item: not item.reconciled)
        if self.state != 'posted' or not items:
            raise UserError(self.env._("%s: nothing is left to be paid.", self.display_name))
        return items.action_register_payment()

    def action_view_entries(self):
        """Open every entry that the leaving made."""
        self.ensure_one()
        return self._get_entries().with_env(self.env)._get_records_action(name=self.env._("Journal Entries"))

    # === BUSINESS METHODS === #

    def _cancel_with_reason(self, reason):
        """Undo the leavings: reverse their entries and give the members their membership back.

        :raises AccessError: for anybody but the manager once it is approved, but the accountant once it is posted.
        :raises UserError: when something was paid, or the member has applied anew.
        """
        for leaving in self:
            leaving._queue_up()
            leaving.membership_id._queue_up()
            leaving._check_can_be_cancelled()
            before = leaving.state
            leaving._update_state('cancelled', cancel_reason=reason)
            if before == 'posted':
                leaving.sudo()._reverse_entries()  # sudo: see action_post
            if before != 'draft':
                leaving._give_membership_back()

    def _give_membership_back(self):
        self.ensure_one()
        # sudo: no transition of a membership but the undoing of one; who may cancel the leaving was checked
        self.membership_id.sudo().write({'state': self.former_state, 'date_left': False, 'leave_reason': False})
        self.membership_id._message_log(body=self.env._(
            "%(leaving)s was cancelled: %(reason)s", leaving=self.display_name, reason=self.cancel_reason,
        ))
        self._stamp_documents_again()

    def _stamp_documents_again(self):
        """Stamp the partner's documents from the day of leaving on: whether they are a member's has changed."""
        self.ensure_one()
        # sudo: the stamp follows the membership, whoever approves or cancels
        moves = self.env['account.move'].sudo().search([
            ('commercial_partner_id', '=', self.partner_id.id), ('company_id', '=', self.company_id.id),
            ('state', '=', 'posted'), ('move_type', '!=', 'entry'),
            '|', ('invoice_date', '>=', self.date), ('date', '>=', self.date),
        ])
        moves._coop_stamp_membership()

    def _sum_rows(self, kind, field_name='amount'):
        self.ensure_one()
        return sum(self.line_ids.filtered(lambda row: row.kind == kind).mapped(field_name))

    def _has_heirs(self):
        """Whether what the member had goes to heirs."""
        self.ensure_one()
        return self.reason == 'deceased'

    def _draw_number(self):
        self.ensure_one()
        return self.company_id._next_coop_number('coop.leaving', 'KLR/%(range_year)s/', date=self.date, gapless=True)

    def _get_open_day(self, date):
        """Return ``date``, or the first day after it that the books are open on."""
        self.ensure_one()
        # sudo: only the lock dates
        company = self.company_id.sudo()
        return company._get_first_open_day(date, company.coop_journal_id)
