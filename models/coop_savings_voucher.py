from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_amount


class CoopSavingsVoucher(models.Model):
    """One receipt or payout slip of savings for one or many members; posting it makes one journal entry."""
    _name = 'coop.savings.voucher'
    _inherit = ['coop.document.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Savings Voucher"
    _order = 'date DESC, id DESC'
    _check_company_auto = True

    _transitions = {'draft': ('posted',), 'posted': ('cancelled',), 'cancelled': ()}
    _guarded_fields = frozenset({'state', 'lock_version', 'name', 'move_id', 'reversal_move_id', 'cancel_reason'})

    name = fields.Char(string="Number", readonly=True, copy=False, index='trigram', default="")
    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, readonly=True, default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    direction = fields.Selection(
        selection=[('in', "Receipt"), ('out', "Payout")], required=True, default='in', tracking=True,
    )
    date = fields.Date(required=True, default=fields.Date.context_today, copy=False, tracking=True)
    journal_id = fields.Many2one(
        comodel_name='account.journal', string="Cash or Bank", check_company=True, tracking=True,
        compute='_compute_journal_id', store=True, readonly=False, precompute=True,
        domain="[('type', 'in', ('cash', 'bank'))]",
    )
    line_ids = fields.One2many(comodel_name='coop.savings.voucher.line', inverse_name='voucher_id', copy=True)
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

    @api.depends('name', 'direction', 'state')
    def _compute_display_name(self):
        directions = dict(self._fields['direction']._description_selection(self.env))
        for voucher in self:
            draft = self.env._("Draft %s", directions.get(voucher.direction, ""))
            voucher.display_name = voucher.name or draft

    @api.depends('company_id')
    def _compute_journal_id(self):
        for voucher in self:
            domain = [
                *self.env['account.journal']._check_company_domain(voucher.company_id),
                ('type', 'in', ('cash', 'bank')),
            ]
            if not voucher._user_posts_everywhere():
                domain.append(('coop_cashier_ids', 'in', self.env.uid))
            # sudo: only ids of cash and bank journals, which a cashier may not read otherwise
            journals = self.env['account.journal'].sudo().search(domain)
            voucher.journal_id = (journals.filtered(lambda journal: journal.type == 'cash') or journals)[:1]

    @api.depends('line_ids.amount')
    def _compute_amount_total(self):
        for voucher in self:
            voucher.amount_total = sum(voucher.line_ids.mapped('amount'))

    # === CONSTRAINT METHODS === #

    @api.constrains('journal_id')
    def _check_journal(self):
        for voucher in self:
            # sudo: a cashier may not read the journal's configuration
            if voucher.journal_id and voucher.journal_id.sudo().type not in ('cash', 'bank'):
                raise ValidationError(self.env._("Savings are paid through a cash or bank journal only."))

    # === CRUD METHODS === #

    def write(self, vals):
        frozen = {'date', 'journal_id', 'direction', 'line_ids', 'company_id'} & vals.keys()
        if frozen and any(voucher.state != 'draft' for voucher in self):
            raise UserError(self.env._("A posted voucher is not changed: cancel it and write a new one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        posted = self.filtered('move_id')
        if posted:
            raise UserError(self.env._("%s was posted; it can only be cancelled.", posted[0].display_name))

    # === ACTIONS === #

    def action_post(self):
        """Post the vouchers: number them and book one entry each.

        :raises UserError: when the journal is missing or not this cashier's, a line is wrong, or a withdrawal exceeds
            what the member has.
        """
        for voucher in self:
            voucher._check_may_post()
            voucher._queue_up()
            voucher.line_ids.membership_id._queue_up()
            voucher._check_state_is_draft()
            voucher._check_complete()
            voucher.line_ids._check_allowed()
            # sudo: cashiers post vouchers on journals given to them, without any other access to the books
            move = self.env['account.move'].sudo().create(voucher._prepare_move_values())
            move._post(soft=False)
            voucher._update_state('posted', name=voucher._draw_number(), move_id=move.id)
            move.ref = voucher.name

    def action_open_move(self):
        """Open the voucher's journal entry."""
        self.ensure_one()
        return self.move_id._get_records_action()

    def action_fill_with_arrears(self):
        """Add a line for every active member who owes mandatory savings, with the amount owed."""
        self.ensure_one()
        self._check_state_is_draft()
        memberships = self.env['coop.membership'].search([
            ('company_id', '=', self.company_id.id), ('state', '=', 'active'),
        ])
        listed = {(line.membership_id, line.type_id) for line in self.line_ids}
        self.line_ids = [
            Command.create({'membership_id': membership.id, 'type_id': savings_type.id, 'amount': amount})
            for membership, by_type in memberships._get_arrears(self.date).items()
            for savings_type, amount in by_type.items()
            if (membership, savings_type) not in listed and self.currency_id.compare_amounts(amount, 0.0) > 0
        ]

    # === BUSINESS METHODS === #

    def _cancel_with_reason(self, reason):
        """Undo posted vouchers by reversing their entries; the vouchers stay, as cancelled.

        :raises UserError: when members have withdrawn the money since, or the voucher is not posted.
        """
        for voucher in self:
            voucher._check_may_post()
            voucher._check_may_cancel()
            voucher._queue_up()
            voucher.line_ids.membership_id._queue_up()
            voucher._update_state('cancelled', cancel_reason=reason)
            voucher.sudo().reversal_move_id = voucher._reverse_entry()  # sudo: see _check_not_forged
            if voucher.direction == 'in':
                voucher.line_ids._check_not_overdrawn()

    def _check_may_post(self):
        """Refuse users who may not post on the voucher's journal.

        :raises UserError: cashiers post only on the journals that name them; officers post nothing.
        """
        self.ensure_one()
        self.check_access('write')
        if self._user_posts_everywhere():
            return
        # sudo: reads who the journal's cashiers are
        if (
            not self.env.user.has_group('producer_cooperative.group_coop_cashier')
            or self.env.user not in self.journal_id.sudo().coop_cashier_ids
        ):
            raise UserError(self.env._(
                "You may not post vouchers on %(journal)s. Ask the treasurer to post it or to name you as its cashier.",
                journal=self.journal_id.sudo().display_name or self.env._("this journal"),
            ))

    def _check_complete(self):
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("The voucher is empty: add at least one member and amount."))
        if self.date > fields.Date.context_today(self):
            raise UserError(self.env._("The voucher is dated in the future. Post it on the day of the payment."))
        # sudo: a cashier may not read the journal's configuration
        journal = self.journal_id.sudo()
        if not journal:
            raise UserError(self.env._("Choose the cash or bank journal of the voucher."))
        if not journal.default_account_id:
            raise UserError(self.env._("The journal %s has no account of its own yet.", journal.display_name))
        for savings_type in self.line_ids.type_id:
            if not savings_type.account_id:
                self.company_id._raise_set_up_needed(
                    self.env._("The savings type “%s” has no account yet.", savings_type.name),
                )

    def _draw_number(self):
        self.ensure_one()
        prefix = {'in': 'BKM/%(range_year)s/', 'out': 'BKK/%(range_year)s/'}[self.direction]
        return self.company_id._next_coop_number(
            f'coop.savings.voucher.{self.direction}', prefix, date=self.date, gapless=True,
        )

    def _prepare_move_values(self):
        """Return the entry: Dr cash / Cr each member's savings account, or the other way round for a payout."""
        self.ensure_one()
        sign = 1 if self.direction == 'in' else -1
        lines = [line._prepare_move_line_values(-sign) for line in self.line_ids]
        partners = self.line_ids.membership_id.partner_id
        cash = {
            'account_id': self.journal_id.sudo().default_account_id.id,
            'partner_id': partners.id if len(partners) == 1 else False,
            'name': self.env._("Savings"),
            'balance': sign * self.amount_total,
        }
        return {
            'move_type': 'entry',
            'journal_id': self.journal_id.id,
            'date': self.date,
            'company_id': self.company_id.id,
            'coop_source_model': self._name,
            'coop_source_id': self.id,
            'line_ids': [Command.create(values) for values in (cash, *lines)],
        }

    def _reverse_entry(self):
        """Return the posted reversal of the voucher's entry, dated today."""
        self.ensure_one()
        # sudo: see action_post; as owner: this is the document that made the entry
        return self.move_id.sudo()._coop_as_owner()._reverse_moves([{
            'date': fields.Date.context_today(self),
            'ref': self.env._("Cancelled: %(voucher)s, %(reason)s", voucher=self.name, reason=self.cancel_reason),
            'coop_source_model': self._name,
            'coop_source_id': self.id,
        }], cancel=True)

    @api.model
    def _balance_error_message(self, membership, savings_type, balance):
        return self.env._(
            "%(member)s has %(balance)s in %(savings)s; more than that cannot be taken out.",
            member=membership.display_name, savings=savings_type.name,
            balance=format_amount(self.env, balance, membership.currency_id),
        )
