from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_amount, format_date, split_every

#: What the transfer file needs of a member's bank account.
ACCOUNT_COLUMNS = ('account_number', 'account_holder', 'bank_name', 'bank_code', 'email')
ROWS_PER_STATEMENT = 1_000


class CoopPayoutLine(models.Model):
    """What one member is paid of one bill."""
    _name = 'coop.payout.line'
    _inherit = ['coop.guard.mixin']
    _description = "Members' Payout Line"
    _order = 'payout_id, id'
    _check_company_auto = True

    _guarded_fields = frozenset({
        'open_before', 'left_after', 'account_number', 'account_holder', 'bank_name', 'bank_code', 'email',
        'print_count',
    })

    payout_id = fields.Many2one(comodel_name='coop.payout', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='payout_id.company_id', store=True, precompute=True)
    currency_id = fields.Many2one(related='payout_id.currency_id')
    state = fields.Selection(related='payout_id.state', string="Payout State", store=True)
    date = fields.Date(related='payout_id.date', store=True)
    method = fields.Selection(related='payout_id.method')
    settlement_id = fields.Many2one(
        comodel_name='coop.settlement', check_company=True, index='btree_not_null',
        compute='_compute_settlement_id', store=True, readonly=False, precompute=True, ondelete='restrict',
        domain="[('state', '=', 'posted'), ('company_id', '=', company_id), ('amount_open', '>', 0)]",
    )
    payable_line_id = fields.Many2one(
        comodel_name='account.move.line', string="Open Item", required=True, index=True, ondelete='restrict',
        compute='_compute_payable_line_id', store=True, readonly=False, precompute=True,
        help="The journal item by which the cooperative owes the amount.",
    )
    partner_id = fields.Many2one(
        comodel_name='res.partner', string="Recipient", compute='_compute_partner_id', store=True, precompute=True,
        index=True, compute_sudo=True,
    )
    membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Member", compute='_compute_membership_id', store=True, precompute=True,
        index='btree_not_null', compute_sudo=True,
    )
    reference = fields.Char(string="Document", compute='_compute_reference', compute_sudo=True)
    partner_bank_id = fields.Many2one(
        comodel_name='res.partner.bank', string="Bank Account", ondelete='restrict', index='btree_not_null',
        compute='_compute_partner_bank_id', store=True, readonly=False, precompute=True,
        domain="[('partner_id.commercial_partner_id', '=', partner_id)]",
    )
    amount = fields.Monetary(
        string="Paid", required=True, compute='_compute_amount', store=True, readonly=False, precompute=True,
        help="May be less than what is open; the rest stays owed to the member.",
    )
    amount_open = fields.Monetary(
        string="Open", compute='_compute_open', compute_sudo=True,
        help="What was owed before this payout on this document.",
    )
    amount_left = fields.Monetary(
        string="Stays Owed to Member", compute='_compute_open', compute_sudo=True, aggregator=None,
        help="What the member is owed after this payout, on all documents together. It is carried to the next payout.",
    )
    open_before = fields.Monetary(string="Open When Posted", readonly=True, copy=False, aggregator=None)
    left_after = fields.Monetary(string="Owed After Posting", readonly=True, copy=False, aggregator=None)

    _amount_not_huge = models.Constraint(
        'CHECK (amount < 1e15)', "Nobody is owed so much: enter the amount that is paid.",
    )
    _amount_not_negative = models.Constraint('CHECK (amount >= 0)', "A member cannot be paid less than nothing.")
    _payable_uniq = models.Constraint(
        'UNIQUE (payout_id, payable_line_id)', "This debt stands on the payout already.",
    )

    # === COMPUTE METHODS === #

    @api.depends('payable_line_id')
    def _compute_settlement_id(self):
        sources = self._get_sources()
        for line in self:
            if line.payable_line_id:
                source = sources[line]
                is_settlement = source is not None and source._name == 'coop.settlement'
                line.settlement_id = source.with_env(self.env) if is_settlement else False
            else:
                line.settlement_id = line.settlement_id  # the settlement that says what is paid

    @api.depends('settlement_id')
    def _compute_payable_line_id(self):
        for line in self:
            if line.payable_line_id and not line._names_document():
                continue
            items = line._get_named_items()
            if line.payable_line_id not in items:
                line.payable_line_id = items[:1].id

    def _names_document(self):
        """Whether somebody chose the document that is paid, so that the open item follows from it."""
        self.ensure_one()
        return bool(self.settlement_id)

    def _get_named_items(self):
        """Return the open items of the document that somebody chose.

        For a room to have its documents chosen on payouts, it must override this method and :meth:`_names_document`.
        """
        self.ensure_one()
        # sudo: officers and cashiers read no journal items
        return self.settlement_id.sudo().move_id.line_ids.filtered(
            lambda item: item.account_id.account_type == 'liability_payable' and not item.reconciled,
        )

    @api.depends('payable_line_id')
    def _compute_partner_id(self):
        for line in self:
            line.partner_id = line.payable_line_id.partner_id.commercial_partner_id

    @api.depends('payable_line_id', 'settlement_id')
    def _compute_membership_id(self):
        others = self.filtered(lambda line: not line.settlement_id)
        of_partner = {
            (membership.partner_id, membership.company_id): membership for membership in reversed(
                self.env['coop.membership']._get_in_force(others.partner_id, others.company_id),
            )
        }
        for line in self:
            line.membership_id = (
                line.settlement_id.membership_id or of_partner.get((line.partner_id, line.company_id), False)
            )

    @api.depends('payable_line_id')
    def _compute_reference(self):
        sources = self._get_sources()
        for line in self:
            source = sources[line]
            line.reference = source.display_name if source is not None else line.payable_line_id.move_name

    @api.depends('payable_line_id', 'payout_id.method', 'payout_id.set_off_early')
    def _compute_amount(self):
        for payout, of_payout in self.grouped('payout_id').items():
            limits = payout._get_limits(of_payout.partner_id) if payout else {}
            for partner, lines in of_payout.grouped('partner_id').items():
                items = lines.sudo().payable_line_id  # sudo: officers and cashiers read no journal items
                amounts = dict(zip(items, payout._share_out(items, limits.get(partner)), strict=True)) if payout else {}
                for line in lines:
                    line.amount = amounts.get(line.sudo().payable_line_id, 0.0)

    @api.depends('partner_id', 'payout_id.method')
    def _compute_partner_bank_id(self):
        for payout, lines in self.grouped('payout_id').items():
            accounts = payout._find_bank_accounts(lines.partner_id) if payout else {}
            for line in lines:
                line.partner_bank_id = accounts.get(line.partner_id._origin, False)

    @api.depends('payable_line_id', 'amount', 'payout_id.line_ids.amount', 'state', 'open_before', 'left_after')
    def _compute_open(self):
        for payout, lines in self.grouped('payout_id').items():
            if payout.state != 'draft':
                for line in lines:
                    line.amount_open, line.amount_left = line.open_before, line.left_after
                continue
            owed = payout._get_owed_by_member(lines.partner_id)
            paid = {}
            for line in payout.line_ids | lines:
                paid[line.partner_id] = paid.get(line.partner_id, 0.0) + line.amount
            for line in lines:
                partner = line.partner_id._origin
                line.amount_open = -line.payable_line_id.amount_residual
                line.amount_left = payout.currency_id.round(owed.get(partner, 0.0) - paid.get(line.partner_id, 0.0))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_settlement_is_open(vals)
        lines = super().create(vals_list)
        lines._check_payout_is_draft()
        return lines

    def write(self, vals):
        self._check_payout_is_draft()
        self._check_settlement_is_open(vals)
        res = super().write(vals)
        self._check_payout_is_draft()  # a line can be moved to another payout
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        self._check_payout_is_draft()

    def _check_payout_is_draft(self):
        if any(payout.state != 'draft' for payout in self.payout_id):
            raise UserError(self.env._(
                "The members' payout is posted and is not changed: cancel it and write a new one.",
            ))

    def _check_settlement_is_open(self, vals):
        """Refuse a settlement without anything to pay, before the line is left without an open item.

        :raises UserError: saying whether it is paid or not posted.
        """
        if not vals.get('settlement_id') or vals.get('payable_line_id'):
            return
        settlement = self.env['coop.settlement'].browse(vals['settlement_id'])
        # sudo: officers and cashiers read no journal items
        if settlement.sudo()._get_payable_lines().filtered(lambda item: not item.reconciled):
            return
        document = self.env._("%(settlement)s of %(member)s", settlement=settlement.display_name,
                              member=settlement.membership_id.display_name)
        if settlement.state == 'posted':
            raise UserError(self.env._(
                "%s is paid already: nothing is owed on it any more. Choose another settlement.", document,
            ))
        raise UserError(self.env._("%s is not posted, so nothing is owed on it. Choose a posted settlement.", document))

    # === BUSINESS METHODS === #

    def _get_sources(self):
        """Return ``{line: the document that owes the amount, as superuser, or None}``."""
        # sudo: which document owns the entry; officers and cashiers read no journal items
        moves = {line: line.sudo().payable_line_id.move_id for line in self}
        ids = {}
        for move in self.env['account.move'].sudo().union(*moves.values()):
            if move.coop_source_id and move.coop_source_model in self.env:
                ids.setdefault(move.coop_source_model, set()).add(move.coop_source_id)
        existing = {
            model: {record.id: record for record in self.env[model].sudo().browse(sorted(of_model)).exists()}
            for model, of_model in ids.items()
        }
        return {
            line: existing.get(move.coop_source_model, {}).get(move.coop_source_id) for line, move in moves.items()
        }

    def _get_member_name(self):
        self.ensure_one()
        return self.membership_id.display_name or self.partner_id.display_name

    def _check_still_open(self):
        """Refuse to pay more than the ledger still owes, anything else than debts to members, or before they were owed.

        :raises UserError: naming the member and what is still open.
        """
        # sudo: officers and cashiers read no journal items
        items = self.sudo().payable_line_id
        items.invalidate_recordset(['amount_residual', 'reconciled'])
        items._coop_derive_open_amounts()
        payables = items.browse()
        for company in self.company_id:
            payables |= items.filtered_domain(self.env['coop.payout']._get_open_payables_domain(company))
        payables = set(payables.ids)
        for line in self:
            item = line.sudo().payable_line_id  # sudo: see above
            owed = -item.amount_residual if item.id in payables else 0.0
            if line.currency_id.compare_amounts(owed, 0.0) <= 0:
                raise UserError(self.env._(
                    "%(member)s is owed nothing on %(document)s any more: it was paid or cancelled in the meantime, or"
                    " is no debt to a member. Take the line off the payout.",
                    member=line._get_member_name(), document=line.reference,
                ))
            if line.currency_id.compare_amounts(line.amount, owed) > 0:
                raise UserError(self.env._(
                    "%(member)s is owed %(owed)s on %(document)s and cannot be paid %(amount)s.",
                    member=line._get_member_name(), document=line.reference,
                    owed=format_amount(self.env, owed, line.currency_id),
                    amount=format_amount(self.env, line.amount, line.currency_id),
                ))
            member = line.membership_id.sudo().partner_id
            if member and member != item.partner_id.commercial_partner_id or not line._pays_what_it_names():
                raise UserError(self.env._(
                    "The line of %(member)s pays what is owed to somebody else, or on another document. Take it off the"
                    " payout, and fill the payout anew.", member=line._get_member_name(),
                ))
            if item.date > line.payout_id.date:
                raise UserError(self.env._(
                    "%(document)s of %(member)s is dated %(date)s; the payout cannot be dated before it.",
                    member=line._get_member_name(), document=line.reference, date=format_date(self.env, item.date),
                ))

    def _pays_what_it_names(self):
        """Whether the open item is that of the document on the line."""
        self.ensure_one()
        # sudo: officers and cashiers read no journal items
        return not self._names_document() or self.sudo().payable_line_id in self._get_named_items()

    def _prepare_item(self):
        """Return the debit that settles what is owed to the member."""
        self.ensure_one()
        return {
            'account_id': self.payable_line_id.account_id.id,
            'partner_id': self.payable_line_id.partner_id.id,
            'name': self.env._("%s paid", self.reference),
            'balance': self.amount,
        }

    def _keep_what_is_printed(self):
        """Keep what list, slips and transfer file show, whatever changes later."""
        columns = ['open_before', 'left_after', *ACCOUNT_COLUMNS]
        rows = [SQL(
            "(%s, %s::numeric, %s::numeric, %s, %s, %s, %s, %s)", line.id, line.amount_open, line.amount_left,
            *(accounts.get(name) or None for name in ACCOUNT_COLUMNS),
        ) for line in self for accounts in [line._prepare_account_values()]]
        self.flush_model(columns)
        # One statement for many lines, each with figures of its own; figures and accounts of the payout's own members,
        # which nobody types in.
        for some in split_every(ROWS_PER_STATEMENT, rows):
            self.env.execute_query(SQL(
                "UPDATE coop_payout_line SET %s FROM (VALUES %s) AS kept (id, %s)"
                " WHERE coop_payout_line.id = kept.id RETURNING kept.id",
                SQL(", ").join(SQL(
                    "%s = %s", SQL.identifier(name), SQL.identifier('kept', name),
                ) for name in columns),
                SQL(", ").join(some), SQL(", ").join(map(SQL.identifier, columns)),
            ))
        self.invalidate_recordset(columns)
