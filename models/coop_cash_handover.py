from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_amount

ACCOUNTANT = 'producer_cooperative.group_coop_accountant'
#: What is handed over, and between whom; kept once it is signed.
FROZEN_FIELDS = {
    'company_id', 'journal_id', 'from_user_id', 'to_user_id', 'note_ids', 'is_absent', 'absence_reason', 'note',
}


class CoopCashHandover(models.Model):
    """One cashier hands a drawer over to another one: counted together, signed by both, each with the own login.

    Whoever received a drawer last holds it; other cashiers book nothing on it. What is missing or too much at the
    hand-over becomes a cash count of whoever hands over.
    """
    _name = 'coop.cash.handover'
    _inherit = ['coop.cash.counted.mixin', 'coop.cash.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Cash Hand-Over"
    _order = 'id DESC'
    _check_company_auto = True

    _transitions = {
        'draft': ('offered', 'cancelled'), 'offered': ('done', 'draft', 'cancelled'), 'done': (), 'cancelled': (),
    }
    _guarded_fields = frozenset({
        'state', 'lock_version', 'name', 'offered_by_id', 'offered_on', 'received_on', 'amount_ledger',
        'amount_expected', 'difference', 'cancel_reason', 'print_count', 'booking_number', 'taken_back_by_id',
        'taken_back_on', 'difference_taken_back',
    })

    name = fields.Char(string="Number", readonly=True, copy=False, index='trigram', default="")
    from_user_id = fields.Many2one(
        comodel_name='res.users', string="From", required=True, index=True, tracking=True, ondelete='restrict',
        compute='_compute_from_user_id', store=True, readonly=False, precompute=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    to_user_id = fields.Many2one(
        comodel_name='res.users', string="To", required=True, index=True, tracking=True, ondelete='restrict',
        domain="[('share', '=', False), ('company_ids', 'in', company_id), ('id', '!=', from_user_id)]",
        help="A cashier of this cash journal, or the treasurer. Confirms with the own login.",
    )
    note_ids = fields.One2many(
        comodel_name='coop.cash.note', inverse_name='handover_id', string="Notes and Coins", copy=False,
        default=lambda self: self._default_note_ids(),
    )
    is_absent = fields.Boolean(
        string="Taken Over in Absence", tracking=True,
        help="Whoever holds the drawer cannot sign, through illness for instance: the treasurer signs instead.",
    )
    absence_reason = fields.Char(string="Why", tracking=True)
    offered_by_id = fields.Many2one(comodel_name='res.users', string="Handed Over By", readonly=True, copy=False)
    offered_on = fields.Datetime(string="Handed Over On", readonly=True, copy=False)
    received_on = fields.Datetime(readonly=True, copy=False, tracking=True)
    amount_ledger = fields.Monetary(string="In the Books", readonly=True, copy=False, aggregator=None)
    amount_expected = fields.Monetary(
        string="Expected", readonly=True, copy=False, aggregator=None,
        help="What the books said, with what earlier counts found and nobody has approved yet.",
    )
    difference = fields.Monetary(
        readonly=True, copy=False, help="Counted less expected: above zero there is too much.",
    )
    taken_back_by_id = fields.Many2one(
        comodel_name='res.users', readonly=True, copy=False, export_string_translation=False,
    )
    taken_back_on = fields.Datetime(readonly=True, copy=False, export_string_translation=False)
    difference_taken_back = fields.Monetary(readonly=True, copy=False, export_string_translation=False)
    count_ids = fields.One2many(
        comodel_name='coop.cash.count', inverse_name='handover_id', string="Cash Counts", readonly=True, copy=False,
    )
    may_receive = fields.Boolean(compute='_compute_may_receive', export_string_translation=False)
    note = fields.Char(string="Remark", help="Keys, stamps, receipt books … that are handed over with the cash.")
    cancel_reason = fields.Char(string="Reason for Cancelling", readonly=True, copy=False, tracking=True)
    state = fields.Selection(
        selection=[
            ('draft', "Draft"), ('offered', "To Confirm"), ('done', "Received"), ('cancelled', "Cancelled"),
        ],
        default='draft', required=True, readonly=True, copy=False, tracking=True, index=True,
    )

    _two_people = models.Constraint(
        'CHECK (from_user_id != to_user_id)', "A drawer is handed over to somebody else.",
    )

    # === COMPUTE METHODS === #

    @api.depends('name', 'journal_id')
    def _compute_display_name(self):
        for handover in self:
            # sudo: the journal's name, which a cashier may not read otherwise
            handover.display_name = handover.name or self.env._(
                "Draft Hand-Over of %s", handover.journal_id.sudo().name or "…",
            )

    @api.depends('journal_id')
    def _compute_from_user_id(self):
        for handover in self:
            holder = handover.journal_id._coop_get_holder() if handover.journal_id else self.env['res.users']
            handover.from_user_id = holder or handover.from_user_id or self.env.user

    @api.depends('state', 'to_user_id')
    @api.depends_context('uid')
    def _compute_may_receive(self):
        for handover in self:
            handover.may_receive = handover.state == 'offered' and handover.to_user_id == self.env.user

    # === CRUD METHODS === #

    def write(self, vals):
        if FROZEN_FIELDS & vals.keys() and not self.env.su and any(handover.state != 'draft' for handover in self):
            raise UserError(self.env._(
                "A signed hand-over is not changed: take it back first, or hand the drawer over again.",
            ))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        numbered = self.filtered('name')
        if numbered:
            raise UserError(self.env._("%s was signed and stays; cancel it instead.", numbered[0].display_name))

    # === ACTIONS === #

    def action_hand_over(self):
        """Sign for what is handed over; whoever receives it confirms with the own login.

        :raises UserError: when the user does not hold the drawer, the receiver may not, or another hand-over waits.
        """
        for handover in self:
            handover.check_access('write')
            handover._queue_up_drawer()
            if handover.state != 'draft':
                raise UserError(handover._state_error_message('offered'))
            handover.journal_id._coop_check_is_drawer()
            handover._check_giver()
            handover._check_receiver()
            handover._check_none_waits()
            today = fields.Date.context_today(handover)
            expected = handover._get_amount_expected(today)
            handover._update_state(
                'offered', offered_by_id=self.env.uid, offered_on=fields.Datetime.now(), amount_expected=expected,
                amount_ledger=handover.journal_id._coop_get_cash_balance(),
                difference=handover.currency_id.round(handover.amount_counted - expected),
                name=handover.name or handover.company_id._next_coop_number(
                    'coop.cash.handover', 'STK/%(range_year)s/', date=today, gapless=True,
                ),
            )
            handover.sudo().activity_schedule(  # sudo: a reminder for the other cashier
                'mail.mail_activity_data_todo', user_id=handover.to_user_id.id, summary=self.env._(
                    "Count and confirm: %(amount)s from %(cashier)s", cashier=handover.from_user_id.name,
                    amount=format_amount(self.env, handover.amount_counted, handover.currency_id),
                ),
            )

    def action_receive(self):
        """Confirm, as the receiver, to have counted and received what the paper says. From now on the drawer is theirs.

        :raises UserError: for anybody but the receiver, and when something was booked since it was counted.
        """
        for handover in self:
            handover.check_access('write')
            handover._queue_up_drawer()
            if handover.state != 'offered':
                raise UserError(handover._state_error_message('done'))
            if handover.to_user_id != self.env.user:
                raise UserError(self.env._(
                    "%(handover)s is for %(receiver)s, who confirms it with the own login.",
                    handover=handover.display_name, receiver=handover.to_user_id.name,
                ))
            handover._check_receiver()
            handover._check_nothing_booked_since()
            handover._update_state(
                'done', received_on=fields.Datetime.now(),
                booking_number=self.env['account.move']._coop_draw_booking_number(),
            )
            handover.sudo().activity_feedback(['mail.mail_activity_data_todo'], user_id=self.env.uid)  # sudo: own one
            handover._keep_difference()

    def action_take_back(self):
        """Take back what nobody has confirmed, to count again.

        :raises UserError: for anybody but who handed over and the treasurer.
        """
        for handover in self:
            handover.check_access('write')
            handover._queue_up_drawer()
            if self.env.user not in (handover.from_user_id | handover.offered_by_id) and (
                not self._user_posts_everywhere()
            ):
                raise UserError(self.env._("Only %s takes it back.", handover.from_user_id.name))
            kept = {}
            if not handover.currency_id.is_zero(handover.difference):
                # Whoever has seen the difference counts again: the first count is not forgotten.
                kept = {
                    'taken_back_by_id': self.env.uid, 'taken_back_on': fields.Datetime.now(),
                    'difference_taken_back': handover.difference,
                }
                handover._message_log(body=self.env._(
                    "Taken back: %(counted)s were counted, %(difference)s more or less than expected.",
                    counted=format_amount(self.env, handover.amount_counted, handover.currency_id),
                    difference=format_amount(self.env, handover.difference, handover.currency_id),
                ))
            handover._update_state(
                'draft', offered_on=False, offered_by_id=False, amount_ledger=0.0, amount_expected=0.0, difference=0.0,
                **kept,
            )
            handover.sudo().activity_unlink(['mail.mail_activity_data_todo'])  # sudo: the receiver's reminder

    def action_open_counts(self):
        """Open the count of what was missing or too much."""
        self.ensure_one()
        return self.count_ids._get_records_action(name=self.env._("Cash Count"))

    # === BUSINESS METHODS === #

    def _cancel_with_reason(self, reason):
        """Drop a hand-over that was not confirmed: by either of the two, or by the treasurer."""
        for handover in self:
            handover.check_access('write')
            handover._queue_up_drawer()
            concerned = handover.from_user_id | handover.to_user_id | handover.create_uid
            if self.env.user not in concerned and not self._user_posts_everywhere():
                raise UserError(self.env._("Only the two cashiers and the treasurer cancel a hand-over."))
            handover._update_state('cancelled', cancel_reason=reason)
            handover.sudo().activity_unlink(['mail.mail_activity_data_todo'])  # sudo: the receiver's reminder

    def _check_giver(self):
        """Refuse whoever does not hold the drawer.

        :raises UserError: naming who does; saying who signs when that person is absent.
        """
        self.ensure_one()
        holder = self.journal_id._coop_get_holder()
        if holder and self.from_user_id != holder:
            raise UserError(self.env._(
                "%(holder)s holds the drawer of %(journal)s, and it is handed over from there.",
                holder=holder.name, journal=self.journal_id.sudo().display_name,  # sudo: the journal's name
            ))
        if self.is_absent:
            self._check_user_is(ACCOUNTANT)
            if not (self.absence_reason or "").strip():
                raise UserError(self.env._("Say why %s does not sign.", self.from_user_id.name))
            if self.to_user_id == self.env.user:
                raise UserError(self.env._(
                    "You cannot sign for %s and receive the cash yourself. Let another treasurer sign, or hand it to"
                    " another cashier.", self.from_user_id.name,
                ))
        elif self.from_user_id != self.env.user:
            raise UserError(self.env._(
                "%s hands the cash over and signs with the own login. When that is not possible, tick “Taken Over in"
                " Absence”: the treasurer signs then.", self.from_user_id.name,
            ))
        elif not holder:
            self._check_may_post_on(self.journal_id)

    def _check_receiver(self):
        """Refuse a receiver who may not book on the drawer.

        :raises UserError: naming the receiver.
        """
        self.ensure_one()
        receiver = self.to_user_id
        cashiers = self.journal_id.sudo().coop_cashier_ids  # sudo: who the journal's cashiers are
        if receiver.has_group(ACCOUNTANT) or (
            receiver in cashiers and receiver.has_group('producer_cooperative.group_coop_cashier')
        ):
            return
        raise UserError(self.env._(
            "%(receiver)s is no cashier of %(journal)s. Choose one of: %(cashiers)s.", receiver=receiver.name,
            journal=self.journal_id.sudo().display_name,  # sudo: the journal's name
            cashiers=", ".join((cashiers - receiver).mapped('name')) or "–",
        ))

    def _check_none_waits(self):
        self.ensure_one()
        # sudo: the drawer's own papers
        waiting = self.sudo().search(
            [('journal_id', '=', self.journal_id.id), ('state', '=', 'offered'), ('id', '!=', self.id)], limit=1,
        )
        if waiting:
            raise UserError(self.env._(
                "%s waits to be confirmed already. Take it back first.", waiting.display_name,
            ))

    def _check_nothing_booked_since(self):
        """Refuse to confirm what is not in the drawer any more.

        :raises UserError: saying to count again.
        """
        self.ensure_one()
        now = self.journal_id._coop_get_cash_balance()
        if self.currency_id.compare_amounts(now, self.amount_ledger):
            raise UserError(self.env._(
                "Since %(giver)s counted, %(amount)s was booked on this drawer. Let %(giver)s take the hand-over back"
                " and count again.", giver=self.offered_by_id.name,
                amount=format_amount(self.env, now - self.amount_ledger, self.currency_id),
            ))

    def _keep_difference(self):
        """Make a signed count of what is missing or too much, in the name of whoever handed over."""
        self.ensure_one()
        if self.currency_id.is_zero(self.difference):
            return
        # sudo: the count follows from what both have signed; nobody writes it
        count = self.env['coop.cash.count'].sudo().create({
            'company_id': self.company_id.id, 'journal_id': self.journal_id.id, 'handover_id': self.id,
            'date': fields.Date.context_today(self), 'explanation': self.env._("Found at the hand-over %s.", self.name),
            'note_ids': [
                Command.create({'value': note.value, 'quantity': note.quantity}) for note in self.note_ids
            ],
        })
        count._keep_result(self.from_user_id, self.amount_expected)
        count._remind('producer_cooperative.group_coop_supervisor', self.env._("Confirm the cash count %s", count.name))
