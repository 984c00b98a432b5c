from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from odoo.addons.producer_cooperative.models.coop_settlement import ACCOUNTANT

#: What a posted advance keeps.
FROZEN_FIELDS = {'membership_id', 'company_id', 'date', 'direction', 'journal_id', 'amount'}


class CoopSettlementAdvance(models.Model):
    """Money that a member gets ahead of what will be sold (panjar), or brings back.

    The next settlements take it back before anything else.
    """
    _name = 'coop.settlement.advance'
    _inherit = ['coop.document.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Advance on Goods"
    _order = 'date DESC, id DESC'
    _check_company_auto = True

    _transitions = {'draft': ('posted',), 'posted': ('cancelled',), 'cancelled': ()}
    _guarded_fields = frozenset({
        'state', 'lock_version', 'name', 'partner_id', 'move_id', 'reversal_move_id', 'cancel_reason',
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
    partner_id = fields.Many2one(related='membership_id.partner_id', string="Partner", store=True, index=True)
    date = fields.Date(required=True, default=fields.Date.context_today, copy=False, tracking=True)
    direction = fields.Selection(
        selection=[('out', "Paid to the Member"), ('in', "Paid Back by the Member")], string="Kind", required=True,
        default='out', tracking=True,
    )
    journal_id = fields.Many2one(
        comodel_name='account.journal', string="Cash or Bank", required=True, check_company=True, tracking=True,
        compute='_compute_journal_id', store=True, readonly=False, precompute=True,
        domain="[('type', 'in', ('cash', 'bank'))]",
    )
    amount = fields.Monetary(required=True, tracking=True)
    amount_held = fields.Monetary(
        string="Advances Held", compute='_compute_amount_held', compute_sudo=True,
        help="What the member was paid ahead and has neither sold for nor paid back yet.",
    )
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
    note = fields.Char(string="Purpose", help="For example: for harvest workers, on the paddy of the lower field.")

    _amount_positive = models.Constraint('CHECK (amount > 0)', "An advance is more than nothing.")

    # === COMPUTE METHODS === #

    @api.depends('name', 'membership_id')
    def _compute_display_name(self):
        for advance in self:
            draft = self.env._("Draft Advance of %s", advance.membership_id.display_name or "…")
            advance.display_name = advance.name or draft

    @api.depends('company_id')
    def _compute_journal_id(self):
        for advance in self:
            # sudo: only the id of the company's first cash journal
            advance.journal_id = self.env['account.journal'].sudo().search([
                *self.env['account.journal']._check_company_domain(advance.company_id), ('type', '=', 'cash'),
            ], limit=1)

    @api.depends('partner_id', 'company_id', 'state')
    def _compute_amount_held(self):
        Settlement = self.env['coop.settlement']
        for company, advances in self.grouped('company_id').items():
            balances = Settlement._get_advance_balances(company, advances.partner_id)
            for advance in advances:
                advance.amount_held = balances.get(advance.partner_id.sudo(False), 0.0)

    # === CONSTRAINT METHODS === #

    @api.constrains('journal_id')
    def _check_journal(self):
        for advance in self.sudo():  # sudo: the journal's type, which an officer may not read otherwise
            if advance.journal_id.type not in ('cash', 'bank'):
                raise ValidationError(self.env._(
                    "%s is no cash or bank journal; advances are paid from one of those.",
                    advance.journal_id.display_name,
                ))

    # === CRUD METHODS === #

    def write(self, vals):
        if vals.keys() & FROZEN_FIELDS and any(advance.state != 'draft' for advance in self):
            raise UserError(self.env._("A posted advance is not changed: cancel it and write a new one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        posted = self.filtered('move_id')
        if posted:
            raise UserError(self.env._("%s was posted; it can only be cancelled.", posted[0].display_name))

    # === ACTIONS === #

    def action_post(self):
        """Post the advances.

        :raises AccessError: for anybody but the accountant.
        :raises UserError: when the day is still to come, or the member would pay back more than was advanced.
        """
        self._check_user_is(ACCOUNTANT)
        for advance in self:
            advance._queue_up()
            advance.membership_id._queue_up()
            advance._check_state_is_draft()
            advance.company_id._coop_check_day_has_come(advance.display_name, advance.date)
            advance._check_period_is_open(advance.date, advance.journal_id)
            advance._update_state('posted', name=advance.company_id._next_coop_number(
                'coop.settlement.advance', 'PJR/%(range_year)s/', date=advance.date, gapless=True,
            ))
            # sudo: the role was checked; only as superuser does the entry become the advance's own
            advance.sudo()._post_entry()
            advance._check_not_below_zero()

    def action_view_entries(self):
        """Open the advance's entry and its reversal."""
        self.ensure_one()
        return (self.move_id | self.reversal_move_id)._get_records_action(name=self.env._("Journal Entries"))

    # === BUSINESS METHODS === #

    def _cancel_with_reason(self, reason):
        """Undo posted advances by reversing their entries today.

        :raises AccessError: for anybody but the accountant.
        :raises UserError: when a settlement has taken the money back already.
        """
        self._check_user_is(ACCOUNTANT)
        for advance in self:
            advance._queue_up()
            advance.membership_id._queue_up()
            advance._update_state('cancelled', cancel_reason=reason)
            advance.sudo()._reverse_entry()  # sudo: see action_post
            advance._check_not_below_zero()

    def _check_not_below_zero(self):
        """Refuse what would leave a member with less than no advance.

        :raises UserError: naming the member and what is held.
        """
        self.ensure_one()
        self.invalidate_recordset(['amount_held'])
        if self.currency_id.compare_amounts(self.amount_held, 0.0) < 0:
            raise UserError(self.env._(
                "%s holds less in advances than that: settlements have taken them back, or they were paid back. Cancel"
                " those first, or choose a smaller amount.", self.membership_id.display_name,
            ))

    def _post_entry(self):
        self.ensure_one()
        self.move_id = self.env['account.move'].create(self._prepare_move_values())
        self.move_id._post(soft=False)

    def _reverse_entry(self):
        self.ensure_one()
        self.reversal_move_id = self.move_id._coop_reverse_for(self, self.env._(
            "Cancelled: %(document)s, %(reason)s", document=self.name, reason=self.cancel_reason,
        ))

    def _prepare_move_values(self):
        """Return the entry: Dr advances to members / Cr cash or bank; the other way round for what comes back."""
        self.ensure_one()
        account = self.company_id._get_coop_account('member_advance')
        cash = self.journal_id.default_account_id
        if not cash:
            raise UserError(self.env._(
                "%s has no account yet. Choose one in the journal's settings.", self.journal_id.display_name,
            ))
        ref = self.env._("%(advance)s: advance on goods", advance=self.name)
        sign = 1 if self.direction == 'out' else -1
        return {
            'move_type': 'entry',
            'journal_id': self.journal_id.id,
            'company_id': self.company_id.id,
            'date': self.date,
            'ref': ref,
            'coop_source_model': self._name,
            'coop_source_id': self.id,
            'line_ids': [Command.create({
                'account_id': account_id, 'partner_id': self.partner_id.id, 'name': self.note or ref,
                'balance': balance,
            }) for account_id, balance in ((account.id, sign * self.amount), (cash.id, -sign * self.amount))],
        }
