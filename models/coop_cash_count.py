from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_amount, format_date

from odoo.addons.producer_cooperative.models.account_journal_cash import PENDING_COUNTS

SUPERVISOR = 'producer_cooperative.group_coop_supervisor'
#: What was counted, where and when; kept once it is signed.
FROZEN_FIELDS = {'company_id', 'journal_id', 'date', 'note_ids'}


class CoopCashCount(models.Model):
    """A cash count (kas opname): the drawer is counted note by note and compared with the books.

    Whoever counts signs first and sees only then what the books say. A supervisor who stood by confirms with the own
    login. A difference is booked once a manager or the treasurer, who has not counted, has approved it.
    """
    _name = 'coop.cash.count'
    _inherit = [
        'coop.cash.counted.mixin', 'coop.cash.mixin', 'coop.approval.mixin', 'mail.thread', 'mail.activity.mixin',
    ]
    _description = "Cash Count"
    _order = 'date DESC, id DESC'
    _check_company_auto = True
    _mail_post_access = 'read'

    _transitions = {
        'draft': ('counted', 'cancelled'), 'counted': ('witnessed', 'done', 'cancelled'),
        'witnessed': ('done', 'cancelled'), 'done': ('cancelled',), 'cancelled': (),
    }
    _guarded_fields = frozenset({
        'state', 'lock_version', 'name', 'cashier_id', 'counted_on', 'amount_ledger', 'amount_expected', 'difference',
        'witness_id', 'witnessed_on', 'approver_id', 'approved_on', 'move_id', 'reversal_move_id', 'cancel_reason',
        'print_count', 'booking_number', 'handover_id',
    })
    _prepared_fields = frozenset({'journal_id', 'date', 'note_ids', 'explanation'})

    name = fields.Char(string="Number", readonly=True, copy=False, index='trigram', default="")
    date = fields.Date(required=True, default=fields.Date.context_today, copy=False, tracking=True)
    note_ids = fields.One2many(
        comodel_name='coop.cash.note', inverse_name='count_id', string="Notes and Coins", copy=False,
        default=lambda self: self._default_note_ids(),
    )
    handover_id = fields.Many2one(
        comodel_name='coop.cash.handover', string="Found at the Hand-Over", readonly=True, copy=False,
        index='btree_not_null', ondelete='restrict',
    )
    cashier_id = fields.Many2one(
        comodel_name='res.users', string="Counted By", readonly=True, copy=False, index='btree_not_null', tracking=True,
    )
    counted_on = fields.Datetime(readonly=True, copy=False)
    amount_ledger = fields.Monetary(
        string="In the Books", readonly=True, copy=False, aggregator=None,
        help="What the posted entries left in the drawer when it was counted.",
    )
    amount_expected = fields.Monetary(
        string="Expected", readonly=True, copy=False, aggregator=None,
        help="What the books said when it was counted, with what earlier counts found and nobody has approved yet.",
    )
    difference = fields.Monetary(
        readonly=True, copy=False, help="Counted less expected: above zero there is too much.",
    )
    explanation = fields.Text(
        help="What whoever counted knows about the difference. Can be added until it is approved.",
    )
    amount_booked_since = fields.Monetary(
        string="Booked Since", compute='_compute_amount_booked_since', compute_sudo=True,
        help="What was booked after the count, for its day or earlier ones: it may explain the difference.",
    )
    witness_id = fields.Many2one(
        comodel_name='res.users', string="Witnessed By", readonly=True, copy=False, index='btree_not_null',
        tracking=True,
    )
    witnessed_on = fields.Datetime(readonly=True, copy=False)
    approver_id = fields.Many2one(
        comodel_name='res.users', string="Difference Approved By", readonly=True, copy=False, index='btree_not_null',
        tracking=True,
    )
    approved_on = fields.Datetime(readonly=True, copy=False)
    move_id = fields.Many2one(
        comodel_name='account.move', string="Journal Entry", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict',
    )
    reversal_move_id = fields.Many2one(
        comodel_name='account.move', string="Reversal", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict',
    )
    cancel_reason = fields.Char(string="Reason for Cancelling", readonly=True, copy=False, tracking=True)
    state = fields.Selection(
        selection=[
            ('draft', "Being Counted"), ('counted', "Counted"), ('witnessed', "To Approve"), ('done', "Done"),
            ('cancelled', "Cancelled"),
        ],
        default='draft', required=True, readonly=True, copy=False, tracking=True, index=True,
    )

    # === COMPUTE METHODS === #

    @api.depends('name', 'journal_id')
    def _compute_display_name(self):
        for count in self:
            # sudo: the journal's name, which a cashier may not read otherwise
            count.display_name = count.name or self.env._("Draft Count of %s", count.journal_id.sudo().name or "…")

    @api.depends('state', 'amount_ledger')
    def _compute_amount_booked_since(self):
        for count in self:
            since = 0.0
            if count.state in PENDING_COUNTS and count.journal_id:
                since = count.journal_id._coop_get_cash_balance(count.date) - count.amount_ledger
            count.amount_booked_since = count.currency_id.round(since)

    # === CRUD METHODS === #

    def write(self, vals):
        if not self.env.su and any(count.state != 'draft' for count in self):
            if FROZEN_FIELDS & vals.keys():
                raise UserError(self.env._("A signed count is not changed: cancel it and count again."))
            if 'explanation' in vals and any(count.state not in PENDING_COUNTS for count in self):
                raise UserError(self.env._("The count is closed: write a message beside it instead."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        signed = self.filtered(lambda count: count.state != 'draft')
        if signed:
            raise UserError(self.env._("%s was signed and stays; cancel it instead.", signed[0].display_name))

    # === ACTIONS === #

    def action_sign(self):
        """Sign the count: compare it with the books, and let a supervisor confirm it.

        :raises UserError: when the drawer is not this cashier's, the day is still to come, or a later count of the
            drawer is signed already.
        """
        for count in self:
            count._check_may_post()
            count._queue_up_drawer()
            count._check_is_draft()
            count._check_can_be_signed()
            count._keep_result(self.env.user, count._get_amount_expected(count.date))
            count._remind(SUPERVISOR, self.env._("Confirm the cash count %s", count.name))

    def action_witness(self):
        """Confirm, as a supervisor who stood by, that so much was in the drawer; without a difference that is all.

        :raises AccessError: for anybody but supervisors.
        :raises UserError: for whoever counted, and when the count is not signed.
        """
        self._check_user_is(SUPERVISOR)
        for count in self:
            count.check_access('read')
            count._queue_up_drawer()
            if count.state != 'counted':
                raise UserError(count._state_error_message('witnessed'))
            count._check_written_by_others(count._get_preparers(), self.env._(
                "You counted this cash yourself. Another supervisor confirms the count.",
            ))
            even = count.currency_id.is_zero(count.difference)
            # sudo: supervisors change nothing else; who they are was checked
            count.sudo()._update_state(
                'done' if even else 'witnessed', witness_id=self.env.uid, witnessed_on=fields.Datetime.now(),
            )
            count.sudo().activity_feedback(['mail.mail_activity_data_todo'], user_id=self.env.uid)
            count.sudo().activity_unlink(['mail.mail_activity_data_todo'])  # the other supervisors' reminders
            if not even:
                count._create_approval()

    def action_open_move(self):
        """Open the entry of the difference."""
        self.ensure_one()
        return self.move_id._get_records_action()

    def action_open_movements(self):
        """Open what was booked on the drawer that day."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_cash_movement_action')
        return {
            **action, 'domain': [('journal_id', '=', self.journal_id.id), ('date', '=', self.date)], 'context': {},
        }

    # === BUSINESS METHODS === #

    def _cancel_with_reason(self, reason):
        """Cancel counts; a difference that was booked is booked back.

        :raises UserError: for a cashier once it is approved, and when a later count of the drawer builds on it.
        """
        for count in self:
            count._check_may_post()
            count._queue_up_drawer()
            if count.state == 'done' and not self._user_posts_everywhere():
                raise UserError(self.env._("%s is closed. Ask the treasurer to cancel it.", count.display_name))
            count._check_is_last()
            count._update_state('cancelled', cancel_reason=reason)
            count._withdraw_approvals()
            count.sudo().activity_unlink(['mail.mail_activity_data_todo'])  # sudo: reminders of others
            if count.move_id:
                # sudo: the count's own entry; the role was checked
                count.sudo().reversal_move_id = count.move_id.sudo()._coop_reverse_for(count, self.env._(
                    "Cancelled: %(document)s, %(reason)s", document=count.name, reason=reason,
                ))

    def _check_may_post(self):
        """Refuse users who do not work with this drawer.

        :raises UserError: cashiers count only the drawers of journals that name them; officers count none.
        """
        self.ensure_one()
        self.check_access('write')
        self._check_may_post_on(self.journal_id)

    def _check_is_draft(self):
        self.ensure_one()
        if self.state != 'draft':
            raise UserError(self._state_error_message('counted'))

    def _check_can_be_signed(self):
        """Check where and when was counted."""
        self.ensure_one()
        self.journal_id._coop_check_is_drawer()
        if self.date > fields.Date.context_today(self):
            raise UserError(self.env._(
                "%s is in the future. Count on that day.", format_date(self.env, self.date),
            ))
        # sudo: the drawer's own papers
        later = self.sudo().search([
            ('journal_id', '=', self.journal_id.id), ('state', 'not in', ('draft', 'cancelled')),
            ('date', '>', self.date),
        ], limit=1)
        if later:
            raise UserError(self.env._(
                "The drawer was counted on %(date)s already (%(count)s). Date this count on that day or later.",
                date=format_date(self.env, later.date), count=later.display_name,
            ))

    def _check_is_last(self):
        """Refuse to cancel a count whose difference a later one has taken into account.

        :raises UserError: naming the later count.
        """
        self.ensure_one()
        if self.state == 'draft' or self.currency_id.is_zero(self.difference):
            return
        # sudo: the drawer's own papers
        later = self.sudo().search([
            ('journal_id', '=', self.journal_id.id), ('state', 'not in', ('draft', 'cancelled')),
            ('booking_number', '>', self.booking_number),
        ], order='booking_number DESC', limit=1)
        if later:
            raise UserError(self.env._(
                "%(later)s was counted after %(count)s and builds on it. Cancel that one first.",
                later=later.display_name, count=self.display_name,
            ))

    def _keep_result(self, cashier, expected):
        """Number the count and keep what was found."""
        self.ensure_one()
        self._update_state(
            'counted', cashier_id=cashier.id, counted_on=fields.Datetime.now(), amount_expected=expected,
            amount_ledger=self.journal_id._coop_get_cash_balance(self.date),
            difference=self.currency_id.round(self.amount_counted - expected),
            booking_number=self.env['account.move']._coop_draw_booking_number(),
            name=self.name or self.company_id._next_coop_number(
                'coop.cash.count', 'KO/%(range_year)s/', date=self.date, gapless=True,
            ),
        )

    def _remind(self, group, summary):
        """Give everybody of a role an activity, except who counted."""
        self.ensure_one()
        # sudo: who holds the role; reminders are for others
        users = self.env.ref(group).sudo().all_user_ids.filtered(
            lambda user: user.active and not user.share and self.company_id in user.company_ids,
        )
        for user in users - self.env.user:
            self.sudo().activity_schedule('mail.mail_activity_data_todo', user_id=user.id, summary=summary)

    # === BUSINESS METHODS - THE DIFFERENCE === #

    def _get_approval_kind(self):
        return 'cash_difference'

    def _get_approval_amount(self):
        return abs(self.difference)

    def _get_approval_content(self):
        return [self.journal_id.id, self.date, self.amount_counted, self.amount_expected, self.difference]

    def _get_approval_label(self):
        self.ensure_one()
        return self.env._(
            "%(count)s, %(difference)s", count=self.display_name,
            difference=format_amount(self.env, self.difference, self.currency_id),
        )

    def _get_preparers(self):
        """Return who counted, and who holds the drawer: it is they who would gain by a difference."""
        holder = self.journal_id._coop_get_holder() if self.journal_id else self.env['res.users']
        return super()._get_preparers() | self.cashier_id | holder

    def _waits_for_posting(self):
        return self.state == 'witnessed'

    def _after_approval(self):
        """Book the difference: the drawer holds in the books what was counted."""
        for count in self:
            count._queue_up_drawer()
            count._update_state('done', approver_id=self.env.uid, approved_on=fields.Datetime.now())
            # sudo: who approves was checked; managers post nothing else
            move = self.env['account.move'].sudo().create(count.sudo()._prepare_move_values())
            move._post(soft=False)
            count.sudo().move_id = move  # sudo: what only this action sets

    def _after_refusal(self, reason):
        """Leave the count as it is: it is explained, or cancelled and counted again."""
        self.sudo().activity_schedule(  # sudo: a reminder for whoever counted
            'mail.mail_activity_data_todo', user_id=self.cashier_id.id,
            summary=self.env._("Count again: the difference was refused"), note=reason,
        )

    def _prepare_move_values(self):
        """Return the entry. Too much: Dr cash / Cr gain. Too little: Dr loss / Cr cash.

        Dated on the day of the count, or the first open day: the cash book of that day then shows what was counted.
        """
        self.ensure_one()
        journal = self.journal_id
        account = journal._coop_get_difference_account(self.difference, self.company_id)
        name = self.env._("Cash difference %s", self.name)
        return {
            'move_type': 'entry',
            'journal_id': journal.id,
            'date': self.company_id._get_first_open_day(self.date, journal),
            'ref': self.name,
            'company_id': self.company_id.id,
            'coop_source_model': self._name,
            'coop_source_id': self.id,
            'line_ids': [
                Command.create({'account_id': journal.default_account_id.id, 'name': name, 'balance': self.difference}),
                Command.create({'account_id': account.id, 'name': name, 'balance': -self.difference}),
            ],
        }
