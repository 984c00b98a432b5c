from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

#: What a posted spending keeps.
FROZEN_FIELDS = {'company_id', 'fund_id', 'allocation_id', 'date', 'journal_id', 'reason', 'line_ids'}


class CoopFundSpending(models.Model):
    """Money paid out of a fund: to the board and staff person by person, or for what the fund is meant for.

    It is taken from the fund and never an expense, and never more than the fund holds.
    """
    _name = 'coop.fund.spending'
    _inherit = ['coop.cash.mixin', 'coop.approval.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Fund Spending"
    _order = 'date DESC, id DESC'
    _check_company_auto = True

    _transitions = {'draft': ('posted',), 'posted': ('cancelled',), 'cancelled': ()}
    _guarded_fields = frozenset({
        'state', 'lock_version', 'name', 'poster_id', 'move_id', 'reversal_move_id', 'cancel_reason', 'print_count',
    })
    # Day and cash box are chosen by whoever pays; where the money goes is what two people look at.
    _prepared_fields = frozenset({'fund_id', 'allocation_id', 'reason', 'line_ids'})

    name = fields.Char(string="Number", readonly=True, copy=False, index='trigram', default="")
    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, readonly=True, default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    fund_id = fields.Many2one(
        comodel_name='coop.fund', required=True, index=True, check_company=True, ondelete='restrict', tracking=True,
    )
    fund_note = fields.Text(related='fund_id.note', string="What the Fund Is For")
    date = fields.Date(required=True, default=fields.Date.context_today, copy=False, tracking=True)
    journal_id = fields.Many2one(
        comodel_name='account.journal', string="Cash or Bank", check_company=True, tracking=True,
        compute='_compute_journal_id', store=True, readonly=False, precompute=True,
        domain="[('type', 'in', ('cash', 'bank'))]",
    )
    reason = fields.Char(
        required=True, tracking=True, help="What the money is for, and who decided it; printed on the voucher.",
    )
    allocation_id = fields.Many2one(
        comodel_name='coop.shu.allocation', string="Shares Out", check_company=True, index='btree_not_null',
        ondelete='restrict', domain="[('state', 'in', ('posted', 'paid'))]", tracking=True,
        help="The SHU whose share for the board or the staff is paid person by person, as the rule splits it.",
    )
    line_ids = fields.One2many(comodel_name='coop.fund.spending.line', inverse_name='spending_id', copy=True)
    amount_total = fields.Monetary(
        string="Taken From the Fund", compute='_compute_totals', store=True, tracking=True,
    )
    amount_tax = fields.Monetary(string="Income Tax", compute='_compute_totals', store=True)
    amount_net = fields.Monetary(string="Paid", compute='_compute_totals', store=True)
    fund_balance = fields.Monetary(related='fund_id.balance', string="Fund Holds")
    state = fields.Selection(
        selection=[('draft', "Draft"), ('posted', "Posted"), ('cancelled', "Cancelled")],
        default='draft', required=True, readonly=True, copy=False, tracking=True, index=True,
    )
    poster_id = fields.Many2one(
        comodel_name='res.users', string="Posted By", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict',
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

    @api.depends('name', 'fund_id')
    def _compute_display_name(self):
        for spending in self:
            draft = self.env._("Draft Spending of %s", spending.fund_id.name or self.env._("a Fund"))
            spending.display_name = spending.name or draft

    @api.depends('company_id')
    def _compute_journal_id(self):
        for spending in self:
            spending.journal_id = spending._find_journal_to_post_on()

    @api.depends('line_ids.amount', 'line_ids.amount_tax')
    def _compute_totals(self):
        for spending in self:
            spending.amount_total = sum(spending.line_ids.mapped('amount'))
            spending.amount_tax = sum(spending.line_ids.mapped('amount_tax'))
            spending.amount_net = spending.amount_total - spending.amount_tax

    # === CRUD METHODS === #

    def write(self, vals):
        if FROZEN_FIELDS & vals.keys() and any(spending.state != 'draft' for spending in self):
            raise UserError(self.env._("A posted spending is not changed: cancel it and write a new one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        posted = self.filtered('move_id')
        if posted:
            raise UserError(self.env._("%s was posted; it can only be cancelled.", posted[0].display_name))

    # === ACTIONS === #

    def action_share_out(self):
        """Add what each person of the rule's inner split still gets of the allocation's share for this fund.

        :raises UserError: when no allocation is chosen, the rule names nobody, or everybody was paid.
        """
        for spending in self:
            spending._check_state_is_draft()
            rows = spending._prepare_person_lines()
            if not rows:
                raise UserError(self.env._(
                    "Everybody has got the own part of %(allocation)s from %(fund)s already.",
                    allocation=spending.allocation_id.display_name, fund=spending.fund_id.name,
                ))
            listed = spending.line_ids.partner_id.ids
            spending.line_ids = [Command.create(row) for row in rows if row['partner_id'] not in listed]

    def action_post(self):
        """Post the spendings: number them, book one entry each and take the money from the fund.

        :raises UserError: when something is missing, the journal is not this cashier's, the day is not this user's to
            book on, the fund holds less, or the user prepared the spending.
        """
        for spending in self:
            spending._check_may_post()
            spending._queue_up()
            spending.fund_id.sudo()._queue_up()  # sudo: to wait for whatever else spends the same fund
            spending.allocation_id.sudo()._queue_up()  # sudo: to wait for whoever cancels it
            spending._check_state_is_draft()
            spending._check_complete()
            spending._check_two_people()
            spending.fund_id._check_holds(spending.amount_total, spending.date)
            # sudo: cashiers pay from journals given to them, without any other access to the books
            spending.sudo()._post_entry()

    def action_open_move(self):
        """Open the spending's journal entry."""
        self.ensure_one()
        return self.move_id._get_records_action()

    # === BUSINESS METHODS === #

    def _cancel_with_reason(self, reason):
        """Undo posted spendings by reversing their entries; the fund holds the money again.

        :raises UserError: when the spending is not posted, or is not of today and a cashier cancels it.
        """
        for spending in self:
            spending._check_may_post()
            spending._check_may_cancel()
            spending._queue_up()
            spending.fund_id.sudo()._queue_up()  # sudo: see action_post
            spending._update_state('cancelled', cancel_reason=reason)
            spending.sudo()._reverse_entry()  # sudo: see action_post

    def _check_may_post(self):
        """Refuse users who may not post this spending.

        :raises UserError: cashiers post only on the journals that name them; officers post nothing.
        """
        self.ensure_one()
        self.check_access('write')
        self._check_may_post_on(self.journal_id)

    # === BUSINESS METHODS - SHARING OUT === #

    def _prepare_person_lines(self):
        """Return the values of a line per person who still gets something of the allocation from this fund."""
        self.ensure_one()
        if not self.allocation_id:
            raise UserError(self.env._("Choose the SHU whose share is to be paid person by person."))
        self._check_allocation_is_booked()
        # sudo: how the rule splits a share, and what was paid of it, for whoever prepares the payment
        parts = self.sudo().allocation_id._get_fund_parts(self.fund_id.account_id)
        if not parts:
            raise UserError(self.env._(
                "The rule %(rule)s does not say who shares %(fund)s. Enter the lines by hand; for the next year, name"
                " the persons on a copy of the rule.",
                rule=self.sudo().allocation_id.rule_id.name, fund=self.fund_id.name,  # sudo: see above
            ))
        paid = self.sudo()._get_paid_of_allocation()
        return [
            {
                'partner_id': partner.id, 'name': role or self.reason,
                'amount': self.currency_id.round(amount - paid.get(partner, 0.0)),
            }
            for partner, (amount, role) in parts.items()
            if self.currency_id.compare_amounts(amount, paid.get(partner, 0.0)) > 0
        ]

    def _get_paid_of_allocation(self):
        """Return ``{person: amount before tax}`` that posted spendings have taken from this fund for the allocation."""
        self.ensure_one()
        return dict(self.env['coop.fund.spending.line']._read_group([
            ('spending_id.allocation_id', '=', self.allocation_id.id), ('spending_id.fund_id', '=', self.fund_id.id),
            ('spending_id.state', '=', 'posted'), ('partner_id', '!=', False),
        ], ['partner_id'], ['amount:sum']))
