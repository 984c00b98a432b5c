from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

#: What a posted payout keeps.
FROZEN_FIELDS = {'date', 'journal_id', 'savings_type_id', 'method', 'line_ids', 'allocation_id', 'company_id'}


class CoopShuPayout(models.Model):
    """One slip that pays SHU to one or many members, in cash, by bank or into their voluntary savings."""
    _name = 'coop.shu.payout'
    _inherit = ['coop.cash.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "SHU Payout"
    _order = 'date DESC, id DESC'
    _check_company_auto = True

    _transitions = {'draft': ('posted',), 'posted': ('cancelled',), 'cancelled': ()}
    _guarded_fields = frozenset({'state', 'lock_version', 'name', 'move_id', 'reversal_move_id', 'cancel_reason'})

    name = fields.Char(string="Number", readonly=True, copy=False, index='trigram', default="")
    allocation_id = fields.Many2one(
        comodel_name='coop.shu.allocation', string="SHU Allocation", required=True, index=True, check_company=True,
        ondelete='restrict', domain="[('state', '=', 'posted')]", tracking=True,
    )
    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, readonly=True, default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    method = fields.Selection(
        selection='_selection_method', string="Paid As", required=True, default='cash', tracking=True,
    )
    date = fields.Date(required=True, default=fields.Date.context_today, copy=False, tracking=True)
    journal_id = fields.Many2one(
        comodel_name='account.journal', string="Cash or Bank", check_company=True, tracking=True,
        compute='_compute_journal_id', store=True, readonly=False, precompute=True,
        domain="[('type', 'in', ('cash', 'bank'))]",
    )
    savings_type_id = fields.Many2one(
        comodel_name='coop.savings.type', string="Savings", check_company=True, tracking=True,
        compute='_compute_savings_type_id', store=True, readonly=False, precompute=True, ondelete='restrict',
        domain="[('kind', '=', 'voluntary')]",
    )
    line_ids = fields.One2many(comodel_name='coop.shu.payout.line', inverse_name='payout_id', copy=False)
    amount_total = fields.Monetary(string="Total", compute='_compute_amount_total', store=True)
    state = fields.Selection(
        selection=[('draft', "Draft"), ('posted', "Posted"), ('cancelled', "Cancelled")],
        default='draft', required=True, readonly=True, copy=False, tracking=True, index=True,
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

    @api.depends('name', 'allocation_id')
    def _compute_display_name(self):
        for payout in self:
            draft = self.env._("Draft Payout of %s", payout.allocation_id.display_name or "SHU")
            payout.display_name = payout.name or draft

    @api.depends('company_id', 'method')
    def _compute_journal_id(self):
        for payout in self:
            if payout.method != 'cash':
                payout.journal_id = False
                continue
            payout.journal_id = payout._find_journal_to_post_on(('cash',))

    @api.depends('company_id', 'method')
    def _compute_savings_type_id(self):
        for payout in self:
            payout.savings_type_id = payout.method == 'savings' and self.env['coop.savings.type'].search(
                [('company_id', '=', payout.company_id.id), ('kind', '=', 'voluntary')], limit=1,
            )

    @api.depends('line_ids.amount')
    def _compute_amount_total(self):
        for payout in self:
            payout.amount_total = sum(payout.line_ids.mapped('amount'))

    # === SELECTION METHODS === #

    @api.model
    def _selection_method(self):
        return self.env['coop.shu.member.line']._fields['payout_method']._description_selection(self.env)

    # === CONSTRAINT METHODS === #

    @api.constrains('method', 'journal_id')
    def _check_journal(self):
        for payout in self.sudo():  # sudo: the journal's type, which a cashier may not read otherwise
            if payout.method != 'cash' and payout.journal_id:
                raise ValidationError(self.env._(
                    "A payout into savings moves no money: leave the cash or bank journal empty.",
                ))
            if payout.journal_id and payout.journal_id.type not in ('cash', 'bank'):
                raise ValidationError(self.env._(
                    "%s is no cash or bank journal; SHU is paid from one of those.", payout.journal_id.display_name,
                ))

    # === CRUD METHODS === #

    def write(self, vals):
        if vals.keys() & FROZEN_FIELDS and any(payout.state != 'draft' for payout in self):
            raise UserError(self.env._("A posted payout is not changed: cancel it and write a new one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        posted = self.filtered('move_id')
        if posted:
            raise UserError(self.env._("%s was posted; it can only be cancelled.", posted[0].display_name))

    # === ACTIONS === #

    def action_fill(self):
        """Add every member who chose this way of payment and is still owed something."""
        for payout in self:
            payout._check_state_is_draft()
            listed = payout.line_ids.member_line_id
            owed = payout.allocation_id.member_line_ids.filtered(
                lambda line, payout=payout: line.payout_method == payout.method
                and line.currency_id.compare_amounts(line.amount_residual, 0.0) > 0,
            )
            payout.line_ids = [
                Command.create({'member_line_id': line.id, 'amount': line.amount_residual}) for line in owed - listed
            ]

    def action_post(self):
        """Post the payouts: one entry each, reconciled member by member with what is owed.

        :raises UserError: when the journal is missing or not this cashier's, the day is not this user's to book on, or
            a line exceeds what is still owed.
        """
        for payout in self:
            payout._check_may_post()
            payout._queue_up()
            payout.allocation_id.sudo()._queue_up()  # sudo: a cashier reads allocations only
            payout.line_ids.membership_id.sudo()._queue_up()
            payout._check_state_is_draft()
            payout._check_complete()
            payout.line_ids._check_still_owed()
            # sudo: cashiers pay from journals given to them, without any other access to the books
            payout.sudo()._post_entry()

    def action_open_move(self):
        """Open the payout's journal entry."""
        self.ensure_one()
        return self.move_id._get_records_action()

    # === BUSINESS METHODS === #

    def _cancel_with_reason(self, reason):
        """Undo posted payouts by reversing their entries; the members are owed their SHU again.

        :raises UserError: when SHU that went to savings was withdrawn since, or the payout is not posted.
        """
        for payout in self:
            payout._check_may_post()
            payout._check_may_cancel()
            payout._queue_up()
            payout.allocation_id.sudo()._queue_up()  # sudo: see action_post
            payout.line_ids.membership_id.sudo()._queue_up()
            payout.sudo()._update_state('cancelled', cancel_reason=reason)  # sudo: see action_post
            payout.sudo()._cancel_entry()

    def _check_may_post(self):
        """Refuse users who may not post this payout.

        :raises UserError: cashiers pay only from the journals that name them, and not into savings; officers post
            nothing.
        """
        self.ensure_one()
        self.check_access('write')
        if self._user_posts_everywhere():
            return
        if self.method != 'cash':
            raise UserError(self.env._("Only the accountant posts or cancels payouts into savings."))
        self._check_may_post_on(self.journal_id)

    def _check_complete(self):
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("The payout is empty: add at least one member."))
        if self.allocation_id.state not in ('posted', 'paid'):
            raise UserError(self.env._("%s is not posted; nothing is owed yet.", self.allocation_id.display_name))
        if self.allocation_id.company_id != self.company_id:
            raise UserError(self.env._("%s belongs to another company.", self.allocation_id.display_name))
        self._check_journal()
        self._check_date()
        if self.method == 'cash' and not self.journal_id.sudo().default_account_id:  # sudo: a cashier reads no accounts
            raise UserError(self.env._("Choose a cash or bank journal that has an account of its own."))
        if self.method == 'savings':
            if not self.savings_type_id.account_id or self.savings_type_id.kind != 'voluntary':
                raise UserError(self.env._("Choose voluntary savings that have an account."))
            gone = self.line_ids.membership_id.filtered(lambda membership: membership.state == 'left')
            if gone:
                raise UserError(self.env._(
                    "%s has left the cooperative and saves no more; pay in cash or by bank.", gone[0].display_name,
                ))

    def _get_entry_journal(self):
        """Return the journal that the entry is booked in: the cash or bank journal, else the cooperative's own."""
        self.ensure_one()
        return self.journal_id or self.company_id._get_coop_journal('coop_journal_id')

    def _post_entry(self):
        self.ensure_one()
        move = self.env['account.move'].create(self._prepare_move_values())
        move._post(soft=False)
        number = self.company_id._next_coop_number(
            'coop.shu.payout', 'BKS/%(range_year)s/', date=self.date, gapless=True,
        )
        self._update_state('posted', name=number, move_id=move.id)
        move.ref = number
        paid_items = move.line_ids.sorted('id')[:len(self.line_ids)]
        self.env['account.move.line']._reconcile_plan([
            line.member_line_id.payable_line_id | item for line, item in zip(self.line_ids, paid_items, strict=True)
        ])

    def _cancel_entry(self):
        self.ensure_one()
        self.reversal_move_id = self.move_id._coop_reverse_for(
            self, self.env._("Cancelled: %(document)s, %(reason)s", document=self.name, reason=self.cancel_reason),
        )
        if self.method == 'savings':
            self._check_savings_not_overdrawn()

    def _check_savings_not_overdrawn(self):
        balances = self.line_ids.membership_id._get_savings_balances()
        for membership in self.line_ids.membership_id:
            if self.currency_id.compare_amounts(balances[membership].get(self.savings_type_id, 0.0), 0.0) < 0:
                raise UserError(self.env._(
                    "%(member)s has taken the money out of %(savings)s already; cancel that payout first.",
                    member=membership.display_name, savings=self.savings_type_id.name,
                ))

    def _prepare_move_values(self):
        """Return the entry: Dr SHU payable per member / Cr cash, or each member's voluntary savings."""
        self.ensure_one()
        name = self.env._("SHU %s paid", self.allocation_id._get_period_label())
        items = [line._prepare_item(name) for line in self.line_ids]
        if self.method == 'savings':
            items += [
                {**item, 'account_id': self.savings_type_id.account_id.id, 'balance': -item['balance']}
                for item in items
            ]
        else:
            partners = self.line_ids.membership_id.partner_id
            items.append({
                'account_id': self.journal_id.default_account_id.id, 'name': name, 'balance': -self.amount_total,
                'partner_id': partners.id if len(partners) == 1 else False,
            })
        return {
            'move_type': 'entry',
            'journal_id': self._get_entry_journal().id,
            'date': self.date,
            'company_id': self.company_id.id,
            'coop_source_model': self._name,
            'coop_source_id': self.id,
            'line_ids': [Command.create(item) for item in items],
        }
