from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import clean_context, format_date

ACCOUNTANT = 'producer_cooperative.group_coop_accountant'
MANAGER = 'producer_cooperative.group_coop_manager'
#: What a person enters; everything else is computed, and stays what it was when it was computed.
ENTERED_FIELDS = {
    'date_from', 'date_to', 'rule_id', 'closing_ids', 'meeting_date', 'meeting_number', 'tax_expected', 'tax_none',
    'loss_from_reserve',
}
#: States in which what was entered may still change.
OPEN_STATES = ('draft', 'computed')
#: States before the meeting decides.
UNDECIDED_STATES = ('draft', 'computing', 'computed')
#: States in which the figures of a computation stand.
FROZEN_STATES = ('computed', 'approved', 'posting', 'posted', 'paid', 'cancelling')
#: States in which nobody else shares the surplus of the period.
DECIDED_STATES = FROZEN_STATES[1:]
#: States in which all entries are there: the members can be paid.
BOOKED_STATES = ('posted', 'paid')


class CoopShuAllocation(models.Model):
    """The sharing of one period's surplus, from the computation to the last payout.

    The allocation freezes what it computed from the ledger. What is booked later shows as a difference and is never
    taken in silently. A loss is a loss: it draws on the reserve, and what is left is carried forward.
    """
    _name = 'coop.shu.allocation'
    _inherit = [
        'coop.document.mixin', 'coop.approval.mixin', 'coop.background.mixin', 'mail.thread', 'mail.activity.mixin',
    ]
    _description = "SHU Allocation"
    _order = 'date_to DESC, id DESC'
    _check_company_auto = True

    _is_itself_approved = True
    _starter_roles = (ACCOUNTANT, MANAGER)
    _transitions = {
        'draft': ('computing', 'cancelled'),
        'computing': ('computed', 'draft', 'cancelled'),
        'computed': ('computing', 'draft', 'approved', 'cancelled'),
        'approved': ('posting', 'cancelled'),
        'posting': ('posted', 'cancelling'),
        'posted': ('paid', 'cancelling'),
        'paid': ('posted',),
        'cancelling': ('cancelled',),
        'cancelled': (),
    }

    name = fields.Char(string="Number", readonly=True, copy=False, index='trigram', default="")
    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, readonly=True, default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    date_from = fields.Date(
        string="From", required=True, tracking=True,
        default=lambda self: self.env.company._coop_get_last_year()['date_from'],
    )
    date_to = fields.Date(
        string="To", required=True, tracking=True,
        default=lambda self: self.env.company._coop_get_last_year()['date_to'],
    )
    rule_id = fields.Many2one(
        comodel_name='coop.shu.rule', check_company=True, ondelete='restrict', index='btree_not_null',
        compute='_compute_rule_id', store=True, readonly=False, precompute=True, tracking=True,
    )
    state = fields.Selection(
        selection=[
            ('draft', "Draft"), ('computing', "Being Computed"), ('computed', "Computed"), ('approved', "Approved"),
            ('posting', "Being Posted"), ('posted', "Posted"), ('paid', "Paid"), ('cancelling', "Being Cancelled"),
            ('cancelled', "Cancelled"),
        ],
        default='draft', required=True, readonly=True, copy=False, tracking=True, index=True,
    )
    closing_ids = fields.One2many(
        comodel_name='coop.shu.closing.entry', inverse_name='allocation_id', string="Closing Entries",
    )
    surplus = fields.Monetary(
        readonly=True, copy=False, tracking=True,
        help="Income less expenses of the period, as computed; below zero for a loss.",
    )
    is_loss = fields.Boolean(string="Loss", compute='_compute_is_loss', store=True)
    capital_days = fields.Boolean(
        readonly=True, copy=False, help="Capital counts by amount times days, not by the balance on the last day.",
    )
    shu_account_id = fields.Many2one(
        comodel_name='account.account', string="SHU Account", readonly=True, copy=False, ondelete='restrict',
    )
    payable_account_id = fields.Many2one(
        comodel_name='account.account', string="SHU Payable Account", readonly=True, copy=False, ondelete='restrict',
    )
    share_ids = fields.One2many(
        comodel_name='coop.shu.allocation.share', inverse_name='allocation_id', string="Shares", readonly=True,
    )
    member_line_ids = fields.One2many(
        comodel_name='coop.shu.member.line', inverse_name='allocation_id', string="Members", readonly=True,
    )
    member_count = fields.Integer(compute='_compute_member_totals')
    member_total = fields.Monetary(string="To Members", compute='_compute_member_totals')
    amount_unpaid = fields.Monetary(string="Not Paid Yet", compute='_compute_member_totals')
    surplus_now = fields.Monetary(
        string="Surplus in the Ledger Now", compute='_compute_surplus_now',
        help="The same sum as of now; closing entries are left out.",
    )
    difference = fields.Monetary(
        string="Booked Since", compute='_compute_surplus_now',
        help="What was booked in the period since the surplus was computed. The allocation does not take it in.",
    )
    computed_by_id = fields.Many2one(comodel_name='res.users', readonly=True, copy=False)
    computed_on = fields.Datetime(readonly=True, copy=False)
    approved_by_id = fields.Many2one(comodel_name='res.users', readonly=True, copy=False)
    meeting_date = fields.Date(
        string="Date of the Meeting", copy=False, tracking=True, help="The annual members' meeting (RAT) that decided.",
    )
    meeting_number = fields.Char(string="Number of the Decision", copy=False, tracking=True)
    cancel_reason = fields.Char(string="Reason for Cancelling", readonly=True, copy=False, tracking=True)

    _period_ok = models.Constraint('CHECK (date_to >= date_from)', "The period ends before it begins.")
    # Two transactions that both checked the others before either committed are stopped here; ranges need no extension.
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (int4range(company_id, company_id, '[]') WITH &&,"
        " daterange(date_from, date_to, '[]') WITH &&)"
        f" WHERE (state IN {DECIDED_STATES})",
        "The surplus of this period is allocated already. Cancel that allocation first.",
    )

    # === COMPUTE METHODS === #

    @api.depends('name', 'date_from', 'date_to')
    def _compute_display_name(self):
        for allocation in self:
            allocation.display_name = allocation.name or f"SHU {allocation._get_period_label()}"

    @api.depends('company_id', 'date_to')
    def _compute_rule_id(self):
        for allocation in self:
            if allocation.state in OPEN_STATES:
                allocation.rule_id = allocation.date_to and self.env['coop.shu.rule']._get_in_force(
                    allocation.company_id, allocation.date_to,
                )

    @api.depends('surplus')
    def _compute_is_loss(self):
        for allocation in self:
            allocation.is_loss = allocation.currency_id.compare_amounts(allocation.surplus, 0.0) < 0

    def _compute_member_totals(self):
        groups = self.env['coop.shu.member.line']._read_group(
            [('allocation_id', 'in', self.ids)], ['allocation_id'],
            ['__count', 'amount_total:sum', 'amount_residual:sum'],
        )
        totals = {allocation: values for allocation, *values in groups}
        for allocation in self:
            allocation.member_count, allocation.member_total, allocation.amount_unpaid = totals.get(
                allocation, (0, 0.0, 0.0),
            )

    @api.depends('surplus', 'state', 'closing_ids.is_closing', 'date_from', 'date_to')
    def _compute_surplus_now(self):
        for allocation in self:
            computed = allocation.state in FROZEN_STATES and allocation.id
            allocation.surplus_now = allocation._get_ledger_surplus() if computed else 0.0
            allocation.difference = allocation.surplus_now - allocation.surplus if computed else 0.0

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_only_entered(vals.keys() - {'company_id'})
        # A default in the context is no way around that check.
        return super(CoopShuAllocation, self.with_context(clean_context(self.env.context))).create(vals_list)

    def write(self, vals):
        self._check_only_entered(vals.keys())
        changed = {'date_from', 'date_to', 'rule_id'} & vals.keys()
        if changed or 'closing_ids' in vals:
            self._check_may_be_computed()
        if {'meeting_date', 'meeting_number'} & vals.keys() and any(a.state not in UNDECIDED_STATES for a in self):
            raise UserError(self.env._("The meeting has decided; its date and number stay."))
        res = super().write(vals)
        if changed:
            self._reset_computation()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        kept = self.filtered(lambda allocation: allocation.state not in OPEN_STATES)
        if kept:
            raise UserError(self.env._(
                "%s stays, so that everybody can see what was decided; it can only be cancelled.", kept[0].display_name,
            ))

    def _check_only_entered(self, field_names):
        """Refuse values that only the computation may set, wherever they come from.

        :raises AccessError: naming the fields.
        """
        computed = field_names & (self._fields.keys() - ENTERED_FIELDS - self._get_mail_fields())
        if computed and not self.env.su:
            raise AccessError(self.env._(
                "These are computed and cannot be entered: %s.",
                ", ".join(self._fields[name]._description_string(self.env) for name in sorted(computed)),
            ))

    @api.model
    def _get_mail_fields(self):
        """Return the fields of discussion and activities, which are everybody's to write."""
        return {name for name in self._fields if name.startswith(('message_', 'activity_', 'my_activity'))}

    # === ACTIONS === #

    def action_compute(self):
        """Compute, or compute again, the surplus and every member's part from the ledger as it is now.

        :raises UserError: for anybody but the accountant, once approved, before the period is over, by a rule that is
            not in force then, where the period is allocated already, while its books are not complete, or when a share
            has nothing to be shared by.
        """
        for allocation in self:
            allocation._check_user_is(ACCOUNTANT)
            allocation._queue_up()
            allocation._check_may_be_computed()
            allocation._check_period_is_over()
            allocation._check_rule_in_force()
            allocation._check_not_allocated()
            allocation._check_books_complete()
            # sudo: the accountant was checked above; what is computed is nobody's to write
            allocation.sudo()._start_computing()

    def action_approve(self):
        """Note that the members' meeting approved the allocation.

        :raises UserError: for anybody but the manager or for the person who computed it, without date and number of
            the meeting, by a rule that is not in force any more, when members' numbers were booked otherwise and nobody
            was told, or when the period is allocated already.
        """
        for allocation in self:
            allocation._check_user_is(MANAGER)
            allocation._queue_up()
            if allocation.state != 'computed':
                raise UserError(allocation._state_error_message('approved'))
            allocation._check_meeting()
            allocation._check_two_people()
            allocation._check_rule_in_force()
            allocation._check_unchanged_meanwhile()
            allocation._check_changes_known()
            allocation._check_not_allocated()
            # sudo: the manager was checked above; see _check_only_entered
            allocation.sudo()._approve()

    def action_post(self):
        """Book the approved allocation: number it, carry the surplus over and distribute it.

        :raises UserError: for anybody but the accountant, when the loss is no longer covered as it was computed, or
            when the books are closed on the day of the meeting.
        """
        for allocation in self:
            allocation._check_user_is(ACCOUNTANT)
            allocation._queue_up_at_equity()
            if allocation.state != 'approved':
                raise UserError(allocation._state_error_message('posted'))
            allocation._check_not_allocated()
            # sudo: the accountant was checked above; see _check_only_entered
            allocation.sudo()._start_posting()

    def action_open_entries(self):
        """Open all journal entries of the allocation."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Journal Entries"), 'res_model': 'account.move',
            'view_mode': 'list,form', 'domain': [('id', 'in', self._get_entries().ids)], 'context': {'create': False},
        }

    def action_open_member_lines(self):
        """Open the members' parts."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_shu_member_line_action'),
            'domain': [('allocation_id', '=', self.id)], 'context': {'create': False},
        }

    # === BUSINESS METHODS - APPROVING === #

    def _creates_document(self, vals):
        return False  # the figures are those of whoever computes

    def _get_approval_kind(self):
        return 'shu_approval'

    def _get_approval_amount(self):
        return None

    def _get_approver_groups(self):
        return (MANAGER,)

    def _get_preparers(self):
        """Return who computed the allocation."""
        self.ensure_one()
        return self.computed_by_id

    def _approve(self):
        """Write down who approved, and what is not to change from here on.

        For a room that has something to freeze as well, it must override this method.
        """
        self.ensure_one()
        self._update_state('approved', approved_by_id=self.env.uid)

    # === BUSINESS METHODS - CANCELLING === #

    def _cancel_with_reason(self, reason):
        """Cancel the allocation; the entries of a posted one are reversed and stay in the books.

        :raises UserError: for anybody but the accountant (the manager may cancel what is not posted yet), once
            members were paid, or when what it brought to reserve and funds was used since.
        """
        for allocation in self:
            allocation._queue_up_at_equity()
            allocation.invalidate_recordset(['state'])
            booked = 'cancelling' in allocation._transitions[allocation.state]
            allocation._check_user_is(*(ACCOUNTANT,) if booked else (ACCOUNTANT, MANAGER))
            allocation._check_may_be_cancelled()
            # sudo: the user was checked above; see _check_only_entered
            allocation.sudo()._start_cancelling(reason)

    # === BUSINESS METHODS - CHECKS === #

    def _check_may_be_computed(self):
        for allocation in self:
            if allocation.state == 'computing':
                raise UserError(self.env._(
                    "%s is being computed. Wait until that is done, or stop it first.", allocation.display_name,
                ))
            if allocation.state not in OPEN_STATES:
                raise UserError(self.env._(
                    "%s was approved and stays as the meeting saw it. Cancel it and make a new one to change it.",
                    allocation.display_name,
                ))

    def _check_period_is_over(self):
        """Refuse to share a surplus that is still being earned.

        :raises UserError: naming the day from which the surplus can be computed.
        """
        self.ensure_one()
        if self.date_to >= fields.Date.context_today(self):
            raise UserError(self.env._(
                "The period lasts until %(last)s. Its surplus can be computed from %(first)s on.",
                last=format_date(self.env, self.date_to),
                first=format_date(self.env, self.date_to + relativedelta(days=1)),
            ))

    def _reset_computation(self):
        """Ask for a new computation after something that it rests on was changed."""
        computed = self.filtered(lambda allocation: allocation.state == 'computed')
        computed.sudo()._update_state('draft')  # sudo: see _check_only_entered; follows from what the user changed

    def _check_meeting(self):
        self.ensure_one()
        if not self.meeting_date or not (self.meeting_number or '').strip():
            raise UserError(self.env._(
                "Enter the date of the members' meeting and the number of its decision on %s first.", self.display_name,
            ))
        if self.meeting_date <= self.date_to or self.meeting_date > fields.Date.context_today(self):
            raise UserError(self.env._(
                "The meeting on %(date)s cannot have decided on %(allocation)s. Enter a day after %(last)s, the end of"
                " the period, that is not still to come.", date=format_date(self.env, self.meeting_date),
                last=format_date(self.env, self.date_to), allocation=self.display_name,
            ))

    def _check_not_allocated(self):
        self.ensure_one()
        other = self.search([
            ('id', '!=', self.id), ('company_id', '=', self.company_id.id),
            ('state', 'in', DECIDED_STATES),
            ('date_from', '<=', self.date_to), ('date_to', '>=', self.date_from),
        ], limit=1)
        if other:
            raise UserError(self.env._(
                "The surplus of this period is allocated already, by %s. Cancel that allocation first.",
                other.display_name,
            ))

    def _state_error_message(self, target):
        """Say of what is booked that it is, and how to correct it."""
        self.ensure_one()
        if target in ('approved', 'posted') and self.state in BOOKED_STATES:
            return self.env._(
                "%s is posted already. To correct it, cancel it, which reverses its entries, and make a new one.",
                self.display_name,
            )
        return super()._state_error_message(target)

    # === BUSINESS METHODS - HELPERS === #

    def _get_period_label(self):
        """Return the year, or both days of a period that is no calendar year."""
        self.ensure_one()
        return self._get_label_of(self.date_from, self.date_to) if self.date_from and self.date_to else ""

    def _get_label_of(self, first, last):
        if (first.month, first.day, last.month, last.day, last.year) == (1, 1, 12, 31, first.year):
            return str(first.year)
        return f"{format_date(self.env, first)} – {format_date(self.env, last)}"
