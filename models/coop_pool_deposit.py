from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_date

#: What a deposit keeps once it is paid.
FROZEN_FIELDS = {'pool_id', 'membership_id', 'amount', 'date', 'journal_id', 'company_id'}


class CoopPoolDeposit(models.Model):
    """What a member pays before the round orders; a liability until it is set off against the member's invoice."""
    _name = 'coop.pool.deposit'
    _inherit = ['coop.cash.mixin', 'coop.set.off.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Pool Deposit"
    _order = 'id DESC'
    _check_company_auto = True

    _transitions = {
        'requested': ('paid', 'cancelled'), 'paid': ('settled', 'cancelled'), 'settled': ('paid',), 'cancelled': (),
    }
    _guarded_fields = frozenset({
        'state', 'lock_version', 'name', 'move_id', 'reversal_move_id', 'refund_move_id', 'cancel_reason',
        'set_off_ids', 'amount_requested',
    })

    name = fields.Char(string="Number", readonly=True, copy=False, index='trigram', default="")
    pool_id = fields.Many2one(
        comodel_name='coop.pool', string="Pooled Purchase", required=True, index=True, check_company=True,
        ondelete='restrict', tracking=True, domain="[('state', 'in', ('open', 'closed', 'ordered'))]",
    )
    company_id = fields.Many2one(related='pool_id.company_id', store=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    pool_state = fields.Selection(related='pool_id.state', string="Pool State")
    membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Member", required=True, index=True, check_company=True,
        ondelete='restrict', tracking=True,
    )
    amount_requested = fields.Monetary(
        string="Requested", readonly=True, help="Worked out from what the member asked for.",
    )
    amount = fields.Monetary(
        required=True, tracking=True, help="What the member pays; may differ from what is requested.",
    )
    date = fields.Date(default=fields.Date.context_today, required=True, copy=False, tracking=True)
    journal_id = fields.Many2one(
        comodel_name='account.journal', string="Cash or Bank", check_company=True, tracking=True,
        compute='_compute_journal_id', store=True, readonly=False,
        domain="[('type', 'in', ('cash', 'bank'))]",
    )
    state = fields.Selection(
        selection=[
            ('requested', "Requested"), ('paid', "Paid"), ('settled', "Settled"), ('cancelled', "Cancelled"),
        ],
        default='requested', required=True, readonly=True, copy=False, tracking=True, index=True,
    )
    move_id = fields.Many2one(
        comodel_name='account.move', string="Journal Entry", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict',
    )
    reversal_move_id = fields.Many2one(
        comodel_name='account.move', string="Reversal", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict',
    )
    refund_move_id = fields.Many2one(
        comodel_name='account.move', string="Paid Back With", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict',
    )
    set_off_ids = fields.Many2many(
        comodel_name='account.move', relation='coop_pool_deposit_set_off_rel', string="Set Off With", readonly=True,
        copy=False,
    )
    amount_set_off = fields.Monetary(string="Set Off", compute='_compute_amount_left', compute_sudo=True)
    amount_refunded = fields.Monetary(string="Paid Back", compute='_compute_amount_left', compute_sudo=True)
    amount_left = fields.Monetary(
        string="Still Held", compute='_compute_amount_left', compute_sudo=True,
        help="What the cooperative still owes the member of this deposit.",
    )
    cancel_reason = fields.Char(string="Reason for Cancelling", readonly=True, copy=False, tracking=True)

    _amount_positive = models.Constraint('CHECK (amount > 0)', "A deposit must be more than zero.")

    # === COMPUTE METHODS === #

    @api.depends('name', 'membership_id', 'pool_id')
    def _compute_display_name(self):
        # sudo: name and number of the member, for whoever may read the deposit
        for deposit in self.sudo():
            draft = self.env._("Deposit of %s", deposit.membership_id.display_name or "")
            deposit.display_name = deposit.name or draft

    @api.depends('company_id')
    def _compute_journal_id(self):
        for deposit in self:
            deposit.journal_id = deposit._find_journal_to_post_on()

    @api.depends('move_id.line_ids', 'set_off_ids.line_ids', 'refund_move_id.state', 'state')
    def _compute_amount_left(self):
        # sudo (compute_sudo): amounts of the deposit's own entries
        for deposit in self:
            liability = deposit.move_id and deposit._get_liability_line().account_id
            deposit.amount_set_off = sum(deposit.set_off_ids.line_ids.filtered(
                lambda line, account=liability: line.account_id == account,
            ).mapped('balance'))
            deposit.amount_refunded = sum(deposit.refund_move_id.line_ids.filtered(
                lambda line, account=liability: line.account_id == account,
            ).mapped('balance'))
            held = deposit.amount if deposit.state in ('paid', 'settled') else 0.0
            deposit.amount_left = held and deposit.currency_id.round(
                held - deposit.amount_set_off - deposit.amount_refunded,
            )

    # === CONSTRAINT METHODS === #

    @api.constrains('journal_id')
    def _check_journal(self):
        for deposit in self:
            # sudo: a cashier may not read the journal's configuration
            if deposit.journal_id and deposit.journal_id.sudo().type not in ('cash', 'bank'):
                raise ValidationError(self.env._("Deposits are paid through a cash or bank journal only."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        deposits = super().create(vals_list)
        for deposit in deposits:
            if deposit.pool_id.state not in ('open', 'closed', 'ordered'):
                raise UserError(self.env._(
                    "%s takes no deposits now: they are paid before the goods come.", deposit.pool_id.display_name,
                ))
        deposits._check_takes_part()
        return deposits

    def write(self, vals):
        frozen = FROZEN_FIELDS & vals.keys()
        if frozen and any(deposit.state != 'requested' for deposit in self):
            raise UserError(self.env._("A paid deposit is not changed: cancel it and take it anew."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_paid(self):
        for deposit in self:
            if deposit.move_id:
                raise UserError(self.env._("%s was paid; it can only be cancelled.", deposit.display_name))

    # === ACTIONS === #

    def action_pay(self):
        """Take the deposits: number them and book one entry each, Dr cash / Cr deposits for pooled purchases.

        :raises UserError: when the journal is missing or not this cashier's, the deposit is not requested any more,
            the round takes none or not of this member, or the day is not this user's to book on.
        """
        for deposit in self:
            deposit._check_may_post()
            deposit._queue_up()
            if deposit.state != 'requested':
                raise UserError(deposit._state_error_message('paid'))
            deposit._check_complete()
            # sudo: cashiers take deposits on journals given to them, without any other access to the books
            move = self.env['account.move'].sudo().create(deposit._prepare_move_values())
            move._post(soft=False)
            number = deposit.company_id._next_coop_number(
                'coop.pool.deposit', 'UMP/%(range_year)s/', date=deposit.date, gapless=True,
            )
            deposit._update_state('paid', name=number, move_id=move.id)
            move.ref = number

    def action_open_move(self):
        """Open the deposit's journal entries."""
        return (self.move_id | self.set_off_ids | self.refund_move_id | self.reversal_move_id)._get_records_action(
            name=self.env._("Journal Entries"),
        )

    def action_refund(self):
        """Ask from which journal what is left is paid back, or whether it goes to the member's voluntary savings."""
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Pay Back"), 'res_model': 'coop.pool.deposit.refund',
            'view_mode': 'form', 'target': 'new', 'context': {'default_deposit_ids': self.ids},
        }

    # === BUSINESS METHODS === #

    def _cancel_with_reason(self, reason):
        """Undo a deposit: a requested one is dropped, a paid one is reversed.

        :raises UserError: when it was set off or paid back already, or is not of today and the user no accountant.
        """
        for deposit in self:
            deposit._queue_up()
            if deposit.state == 'paid':
                deposit._check_may_post()
                deposit._check_may_cancel()
                if deposit.currency_id.compare_amounts(deposit.amount_left, deposit.amount):
                    raise UserError(self.env._(
                        "%s was set off or paid back in part; undo that first.", deposit.display_name,
                    ))
            deposit._update_state('cancelled', cancel_reason=reason)
            if deposit.move_id:
                # sudo: see action_pay
                deposit.sudo().reversal_move_id = deposit.sudo()._reverse_owned_entry(
                    deposit.sudo().move_id, fields.Date.context_today(deposit), self.env._(
                        "Cancelled: %(deposit)s, %(reason)s", deposit=deposit.name, reason=reason,
                    ),
                )

    def _check_may_post(self, journal=None):
        """Refuse users who may not post on the journal, by default that of the deposit; see _check_may_post_on."""
        self.ensure_one()
        self.check_access('write')
        self._check_may_post_on(journal or self.journal_id)

    def _check_complete(self):
        self.ensure_one()
        self._check_takes_part()
        if self.pool_id.sudo().state not in ('open', 'closed', 'ordered'):
            raise UserError(self.env._(
                "%s takes no deposits now: they are paid before the goods come.", self.pool_id.display_name,
            ))
        self._check_journal_has_account(self.journal_id)
        self._check_date()

    def _check_takes_part(self):
        """Refuse deposits of members who ask for nothing in the round: nothing would ever be set off against them.

        :raises UserError: naming the member and the round.
        """
        # sudo: only who takes part, for cashiers who take the deposits
        requests = self.sudo().pool_id.request_ids.filtered(lambda request: request.quantity or request.tolerance)
        taking_part = {(request.pool_id.id, request.membership_id.id) for request in requests}
        for deposit in self.sudo():
            if (deposit.pool_id.id, deposit.membership_id.id) not in taking_part:
                raise UserError(self.env._(
                    "%(member)s asks for nothing in %(pool)s and pays no deposit for it. Enter the member's request"
                    " first, or choose the member who takes part.",
                    member=deposit.membership_id.display_name, pool=deposit.pool_id.display_name,
                ))

    def _check_journal_has_account(self, journal):
        # sudo: a cashier may not read the journal's configuration
        if not journal or not journal.sudo().default_account_id:
            raise UserError(self.env._("Choose a cash or bank journal that has an account of its own."))

    def _prepare_move_values(self):
        """Return the entry: Dr cash / Cr deposits for pooled purchases, both with the member."""
        self.ensure_one()
        return self._prepare_entry_values(
            self.journal_id, self.date, self.journal_id.sudo().default_account_id,
            self.company_id._get_coop_account('pool_deposit'), self.amount,
            self.env._("Deposit, %s", self.pool_id.display_name),
        )

    def _prepare_entry_values(self, journal, date, debit_account, credit_account, amount, text):
        """Return an entry of two lines with the member's partner that this deposit owns."""
        self.ensure_one()
        # sudo: only the partner, for cashiers without any other access to it
        partner = self.membership_id.sudo().partner_id
        return {
            'move_type': 'entry',
            'journal_id': journal.id,
            'date': date,
            'company_id': self.company_id.id,
            'ref': self.name,
            'coop_source_model': self._name,
            'coop_source_id': self.id,
            'line_ids': [
                Command.create({
                    'account_id': account.id, 'partner_id': partner.id, 'name': text, 'balance': balance,
                }) for account, balance in ((debit_account, amount), (credit_account, -amount))
            ],
        }

    def _get_liability_line(self):
        """Return the item of the payment that says what the cooperative owes the member."""
        self.ensure_one()
        return self.move_id.line_ids.filtered(lambda line: line.balance < 0)[:1]

    # === BUSINESS METHODS - SETTING OFF === #

    def _set_off(self, debts):
        """Set what is left of these deposits off against open receivables: Dr deposits / Cr receivable, reconciled.

        :param debts: open journal items of the same member, the oldest first.
        :return: the set-off entries.
        """
        moves = self.env['account.move']
        self._queue_up()
        for deposit in self.filtered(lambda deposit: deposit.state == 'paid'):
            open_debts = debts.filtered(lambda line: not line.reconciled)
            allocations = deposit._allocate_set_off(open_debts, deposit.amount_left)
            if not allocations:
                continue
            date = max(deposit.date, *(debt.date for debt, _amount in allocations))
            ref = self.env._("%s: deposit set off", deposit.name)
            liability = deposit._get_liability_line()
            move = self.env['account.move'].create(
                deposit._prepare_set_off_values(liability, allocations, date, ref),
            )
            move._post(soft=False)
            credits = move.line_ids.filtered(lambda line: line.balance < 0).sorted('id')
            for (debt, _amount), line in zip(allocations, credits, strict=True):
                (debt | line).reconcile()
            deposit.set_off_ids |= move
            moves |= move
            deposit._update_settled()
        return moves

    def _undo_set_off(self, move, reason):
        """Reverse one of the set-off entries; what was set off is held again."""
        self.ensure_one()
        self._reverse_owned_entry(move, fields.Date.context_today(self), reason)
        self.set_off_ids -= move
        self._update_settled()

    def _update_settled(self):
        self.ensure_one()
        is_settled = self.currency_id.is_zero(self.amount_left)
        if is_settled and self.state == 'paid':
            self._update_state('settled')
        elif not is_settled and self.state == 'settled':
            self._update_state('paid')

    # === BUSINESS METHODS - PAYING BACK === #

    def _refund(self, date, journal=None, savings_type=None):
        """Pay back what is left: Dr deposits / Cr cash, or Cr the member's voluntary savings.

        :raises UserError: when nothing is left, the round still counts on the deposit, or the user may not post on the
            journal or on that day.
        """
        for deposit in self:
            deposit._queue_up()
            deposit._check_may_refund(journal, savings_type)
            if deposit.state != 'paid' or deposit.currency_id.compare_amounts(deposit.amount_left, 0.0) <= 0:
                raise UserError(self.env._("Nothing of %s is left to pay back.", deposit.display_name))
            deposit._check_refund_date(date, journal)
            if journal:  # what goes into the member's savings is looked at when it is taken out
                deposit._check_two_people()
            # sudo: see action_pay
            deposit_sudo = deposit.sudo()
            move = self.env['account.move'].sudo().create(
                deposit_sudo._prepare_refund_values(date, journal, savings_type),
            )
            move._post(soft=False)
            deposit_sudo.refund_move_id = move
            deposit_sudo._update_settled()

    def _check_may_refund(self, journal, savings_type):
        self.ensure_one()
        if savings_type:
            self._check_user_is('producer_cooperative.group_coop_accountant')
            if savings_type.kind != 'voluntary' or not savings_type.account_id:
                raise UserError(self.env._("Choose voluntary savings that have an account."))
            if self.membership_id.sudo().state == 'left':
                raise UserError(self.env._(
                    "%s has left the cooperative and saves no more; pay in cash or by bank.",
                    self.membership_id.sudo().display_name,
                ))
        else:
            self._check_may_post(journal)
            self._check_journal_has_account(journal)
        if self.refund_move_id:
            raise UserError(self.env._("%s was paid back already.", self.display_name))
        if self.pool_id.sudo()._is_deposit_needed(self.membership_id.sudo()):
            raise UserError(self.env._(
                "%(pool)s still counts on %(deposit)s: withdraw the member's requests first, or wait for the invoice.",
                pool=self.pool_id.sudo().display_name, deposit=self.display_name,
            ))

    def _check_refund_date(self, date, journal):
        self.ensure_one()
        if date < self.date:
            raise UserError(self.env._(
                "%(deposit)s was paid on %(date)s: it is paid back on that day or later.",
                deposit=self.display_name, date=format_date(self.env, self.date),
            ))
        self._check_may_date(date, self._get_refund_journal(journal))

    def _get_refund_journal(self, journal):
        """Return the journal that a pay-back is booked in: without cash or bank the cooperative's own."""
        self.ensure_one()
        return journal or self.company_id._get_coop_journal('coop_journal_id')

    def _prepare_refund_values(self, date, journal, savings_type):
        self.ensure_one()
        liability = self._get_liability_line().account_id
        target = savings_type.account_id if savings_type else journal.default_account_id
        return self._prepare_entry_values(
            self._get_refund_journal(journal), date, liability, target, self.amount_left,
            self.env._("%s: deposit paid back", self.name),
        )
