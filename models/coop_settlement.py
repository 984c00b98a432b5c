from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import format_date

ACCOUNTANT = 'producer_cooperative.group_coop_accountant'


class CoopSettlement(models.Model):
    """The settlement (perhitungan hasil titip jual) of what was sold of one member's goods."""
    _name = 'coop.settlement'
    _inherit = [
        'coop.document.mixin', 'coop.set.off.mixin', 'coop.self.billed.mixin', 'mail.thread', 'mail.activity.mixin',
    ]
    _description = "Settlement"
    _order = 'date DESC, id DESC'
    _check_company_auto = True

    _transitions = {
        'draft': ('computed',),
        'computed': ('draft', 'posted'),
        'posted': ('cancelled',),
        'cancelled': (),
    }
    _guarded_fields = frozenset({
        'state', 'lock_version', 'name', 'line_ids', 'deduction_ids', 'move_id', 'set_off_move_id', 'reversal_move_id',
        'set_off_reversal_move_id', 'commission_move_id', 'commission_reversal_move_id', 'cancel_reason', 'partner_id',
    })

    name = fields.Char(string="Number", readonly=True, copy=False, index='trigram', default="")
    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, readonly=True, default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Member", required=True, index=True, check_company=True, tracking=True,
        ondelete='restrict', domain="[('state', '!=', 'candidate')]",
    )
    partner_id = fields.Many2one(related='membership_id.partner_id', string="Owner", store=True, index=True)
    date = fields.Date(
        required=True, default=fields.Date.context_today, copy=False, tracking=True,
        help="Sales and deliveries up to this day are settled; the bill bears this date.",
    )
    state = fields.Selection(
        selection=[
            ('draft', "Draft"), ('computed', "Computed"), ('posted', "Posted"), ('cancelled', "Cancelled"),
        ],
        default='draft', required=True, readonly=True, copy=False, tracking=True, index=True,
    )
    line_ids = fields.One2many(
        comodel_name='coop.settlement.line', inverse_name='settlement_id', readonly=True, copy=False,
    )
    deduction_ids = fields.One2many(
        comodel_name='coop.settlement.deduction', inverse_name='settlement_id', string="Deductions", readonly=True,
        copy=False,
    )
    amount_gross = fields.Monetary(string="Sales", compute='_compute_amounts', store=True)
    amount_commission = fields.Monetary(string="Commission", compute='_compute_amounts', store=True)
    amount_proceeds = fields.Monetary(string="Proceeds", compute='_compute_amounts', store=True)
    amount_tax = fields.Monetary(string="Tax on the Commission", compute='_compute_amounts', store=True)
    amount_levies = fields.Monetary(string="Levies", compute='_compute_amounts', store=True)
    amount_advance = fields.Monetary(string="Advances Taken Back", compute='_compute_amounts', store=True)
    amount_withheld = fields.Monetary(string="Savings Withheld", compute='_compute_amounts', store=True)
    amount_set_off = fields.Monetary(string="Set Off Against Debts", compute='_compute_amounts', store=True)
    amount_kept_back = fields.Monetary(
        string="Kept Back", compute='_compute_amounts', store=True,
        help="Tax on the commission, levies, advances, savings and debts together.",
    )
    amount_payable = fields.Monetary(string="To Be Paid Out", compute='_compute_amounts', store=True)
    is_carried_forward = fields.Boolean(
        string="Carried Forward", compute='_compute_amounts', store=True,
        help="More was credited back than sold: nothing is billed, the next settlement takes it into account.",
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
    commission_move_id = fields.Many2one(
        comodel_name='account.move', string="Commission Invoice", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict', help="The invoice of the commission with its tax; the settlement pays it.",
    )
    commission_reversal_move_id = fields.Many2one(
        comodel_name='account.move', string="Credit Note of the Commission", readonly=True, copy=False,
        index='btree_not_null', ondelete='restrict',
    )
    payment_state = fields.Selection(related='move_id.payment_state', string="Payment")
    amount_open = fields.Monetary(related='move_id.amount_residual', string="Still To Be Paid")
    cancel_reason = fields.Char(string="Reason for Cancelling", readonly=True, copy=False, tracking=True)
    note = fields.Html(string="Remarks")

    _one_open = models.UniqueIndex(
        "(membership_id) WHERE state IN ('draft', 'computed')", "This member has an open settlement already.",
    )

    # === COMPUTE METHODS === #

    @api.depends('name')
    def _compute_display_name(self):
        for settlement in self:
            settlement.display_name = settlement.name or self.env._("Draft Settlement")

    @api.depends('line_ids.amount', 'line_ids.commission', 'deduction_ids.amount', 'deduction_ids.kind')
    def _compute_amounts(self):
        for settlement in self:
            currency = settlement.currency_id
            settlement.amount_gross = currency.round(sum(settlement.line_ids.mapped('amount')))
            settlement.amount_commission = currency.round(sum(settlement.line_ids.mapped('commission')))
            settlement.amount_proceeds = currency.round(settlement.amount_gross - settlement.amount_commission)
            settlement.amount_tax = settlement._sum_deductions('tax')
            settlement.amount_levies = settlement._sum_deductions('levy')
            settlement.amount_advance = settlement._sum_deductions('advance')
            settlement.amount_withheld = settlement._sum_deductions('savings')
            settlement.amount_set_off = settlement._sum_deductions('set_off')
            settlement.amount_kept_back = currency.round(sum(settlement.deduction_ids.mapped('amount')))
            settlement.amount_payable = currency.round(settlement.amount_proceeds - settlement.amount_kept_back)
            settlement.is_carried_forward = (
                currency.compare_amounts(settlement.amount_payable, 0.0) < 0 or settlement._is_commission_given_back()
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self.flush_model(['state'])  # a settlement that was just posted is not open any more
        return super().create(vals_list)

    def write(self, vals):
        self.check_access('write')
        if 'note' in vals and any(settlement.state in ('posted', 'cancelled') for settlement in self):
            raise UserError(self.env._(
                "A posted settlement is not changed, its remarks neither: log a note below the settlement instead.",
            ))
        if {'date', 'membership_id', 'company_id'} & vals.keys():
            if any(settlement.state in ('posted', 'cancelled') for settlement in self):
                raise UserError(self.env._("A posted settlement is not changed: cancel it and settle again."))
            self._reset_to_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        posted = self.filtered('name')
        if posted:
            raise UserError(self.env._("%s was posted; it can only be cancelled.", posted[0].display_name))

    # === ACTIONS === #

    def action_compute(self):
        """Find out what is due to the members; may be repeated until the settlement is posted.

        :raises UserError: when nothing is due, when no terms were agreed, or when the day is before an earlier
            settlement's.
        """
        for settlement in self:
            settlement.membership_id._queue_up()
            settlement._check_is_open()
            settlement._check_date()
            due = settlement._get_own_due()
            if not due:
                raise UserError(settlement._nothing_due_message())
            debts = settlement._get_open_debts(settlement.company_id, settlement.partner_id, settlement.date)
            settlement._fill(due, debts)

    def action_post(self):
        """Post the settlements: a self-billed bill each, and a set-off where the member owes something.

        :raises AccessError: for anybody but the accountant.
        :raises UserError: when there is nothing to pay, when the day is still to come, or when something changed since
            the computation.
        """
        self._check_user_is(ACCOUNTANT)
        self._queue_up()
        self.membership_id._queue_up()
        if len(self.partner_id) < len(self):
            # What one settlement of a member takes is not there for the next one any more.
            for settlement in self:
                settlement._check_can_be_posted()
                settlement._post_checked()
            return
        for settlement in self:
            settlement._check_can_be_posted()
        self._post_checked()

    def action_register_payment(self):
        """Open Odoo's own payment of what is still owed on these settlements; several of one member become one payment.

        :raises UserError: when nothing is owed on any of them.
        """
        open_ones = self.filtered_domain(self._get_to_pay_domain())
        if not open_ones:
            raise UserError(self.env._("Nothing is left to be paid: choose posted settlements that are not paid yet."))
        action = open_ones.move_id.action_register_payment()
        return {**action, 'context': {**action.get('context', {}), 'default_group_payment': True}}

    def action_open_move(self):
        """Open the bill of the settlement."""
        self.ensure_one()
        return self.move_id._get_records_action()

    def action_view_entries(self):
        """Open every entry that the settlement made."""
        self.ensure_one()
        return self._get_entries()._get_records_action(name=self.env._("Journal Entries"))

    # === BUSINESS METHODS === #

    def _cancel_with_reason(self, reason):
        """Undo posted settlements by reversing their entries; what they settled is open again.

        :raises AccessError: for anybody but the accountant.
        :raises UserError: when the member was paid, or has taken out the savings that were withheld.
        """
        self._check_user_is(ACCOUNTANT)
        for settlement in self:
            settlement._queue_up()
            settlement.membership_id._queue_up()
            settlement._update_state('cancelled', cancel_reason=reason)
            settlement.sudo()._reverse_entries()  # sudo: see action_post

    @api.model
    def _get_to_pay_domain(self):
        """Return the domain of the settlements on which something is still to be paid to the member."""
        return Domain([('state', '=', 'posted'), ('move_id.amount_residual', '>', 0)])

    def _get_entries(self):
        """Return every entry that the settlements made."""
        return (
            self.move_id | self.commission_move_id | self.set_off_move_id | self.set_off_reversal_move_id
            | self.commission_reversal_move_id | self.reversal_move_id
        )

    def _check_can_be_posted(self):
        self.ensure_one()
        self._check_is_computed()
        self.company_id._coop_check_day_has_come(self.display_name, self.date)
        self._check_period_is_open(self.date, self.company_id._get_coop_journal('coop_settlement_journal_id'))
        self._check_up_to_date()

    def _post_checked(self):
        """Post settlements whose figures are those of this moment, all entries of one kind at once."""
        self._draw_numbers()
        self._update_state('posted')
        # sudo: the role was checked; only as superuser do the entries become the settlements' own
        self.sudo()._post_entries()

    def _sum_deductions(self, kind):
        self.ensure_one()
        of_kind = self.deduction_ids.filtered(lambda deduction: deduction.kind == kind)
        return self.currency_id.round(sum(of_kind.mapped('amount')))

    def _reset_to_draft(self):
        """Throw computations away: they were made for another member or day."""
        computed = self.filtered(lambda settlement: settlement.state == 'computed')
        computed._update_state('draft', line_ids=[Command.clear()], deduction_ids=[Command.clear()])

    def _check_is_open(self):
        for settlement in self:
            if settlement.state not in ('draft', 'computed'):
                raise UserError(settlement._state_error_message('computed'))

    def _check_is_computed(self):
        self.ensure_one()
        if self.state != 'computed':
            raise UserError(self._state_error_message('posted'))
        if self.is_carried_forward:
            raise UserError(self.env._(
                "More was credited back to customers than sold of the goods of %s. Nothing is paid; the difference is"
                " carried forward to the next settlement.", self.membership_id.display_name,
            ))

    def _check_date(self):
        """Refuse to settle for a day before the member's latest settlement: its figures would be settled backwards."""
        self.ensure_one()
        later = self.search([
            ('partner_id', '=', self.partner_id.id), ('company_id', '=', self.company_id.id), ('state', '=', 'posted'),
            ('date', '>', self.date),
        ], limit=1)
        if later:
            raise UserError(self.env._(
                "%(member)s was settled up to %(date)s already (%(settlement)s); choose that day or a later one.",
                member=self.membership_id.display_name, date=format_date(self.env, later.date),
                settlement=later.display_name,
            ))

    def _nothing_due_message(self):
        self.ensure_one()
        return self.env._(
            "There is nothing to settle with %(member)s up to %(date)s: what was invoiced of delivered goods is"
            " settled.", member=self.membership_id.display_name, date=format_date(self.env, self.date),
        )

    def _draw_numbers(self):
        """Number the settlements that have none yet, in their order and without holes."""
        for company, settlements in self.filtered(lambda one: not one.name).grouped('company_id').items():
            sequence = company._get_coop_sequence('coop.settlement', 'PHT/%(range_year)s/', gapless=True)
            for settlement in settlements:
                # sudo: numbers are drawn, never typed
                settlement.sudo().name = sequence.next_by_id(sequence_date=settlement.date)
