from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date


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

    _amount_not_negative = models.Constraint('CHECK (amount >= 0)', "A member cannot be paid less than nothing.")
    _payable_uniq = models.Constraint(
        'UNIQUE (payout_id, payable_line_id)', "This settlement stands on the payout already.",
    )

    # === COMPUTE METHODS === #

    @api.depends('payable_line_id')
    def _compute_settlement_id(self):
        for line in self:
            source = line._get_source()
            if line.payable_line_id:
                is_settlement = source is not None and source._name == 'coop.settlement'
                line.settlement_id = source.with_env(self.env) if is_settlement else False
            else:
                line.settlement_id = line.settlement_id  # the settlement that says what is paid

    @api.depends('settlement_id')
    def _compute_payable_line_id(self):
        for line in self:
            if line.payable_line_id and not line.settlement_id:
                continue
            # sudo: officers and cashiers read no journal items
            items = line.settlement_id.sudo().move_id.line_ids.filtered(
                lambda item: item.account_id.account_type == 'liability_payable' and not item.reconciled,
            )
            if line.payable_line_id not in items:
                line.payable_line_id = items[:1].id

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
        for line in self:
            source = line._get_source()
            line.reference = source.display_name if source is not None else line.payable_line_id.move_name

    @api.depends('payable_line_id', 'payout_id.method')
    def _compute_amount(self):
        for (payout, _partner), lines in self.grouped(lambda line: (line.payout_id, line.partner_id)).items():
            items = lines.sudo().payable_line_id  # sudo: officers and cashiers read no journal items
            amounts = dict(zip(items, payout._share_out(items), strict=True)) if payout else {}
            for line in lines:
                line.amount = amounts.get(line.sudo().payable_line_id, 0.0)

    @api.depends('partner_id', 'payout_id.method')
    def _compute_partner_bank_id(self):
        for line in self:
            known = line.partner_id and line.payout_id
            line.partner_bank_id = line.payout_id._find_bank_account(line.partner_id) if known else False

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

    def _get_source(self):
        """Return the document that owes the amount, as superuser, or None."""
        self.ensure_one()
        # sudo: which document owns the entry; officers and cashiers read no journal items
        move = self.sudo().payable_line_id.move_id
        return move._coop_get_source() if move else None

    def _get_member_name(self):
        self.ensure_one()
        return self.membership_id.display_name or self.partner_id.display_name

    def _check_still_open(self):
        """Refuse to pay more than the ledger still owes, anything else than debts to members, or before they were owed.

        :raises UserError: naming the member and what is still open.
        """
        payable = self.env['coop.payout']._get_open_payables_domain
        # sudo: officers and cashiers read no journal items
        items = self.sudo().payable_line_id
        items.invalidate_recordset(['amount_residual', 'reconciled'])
        items._coop_derive_open_amounts()
        for line in self:
            # sudo: officers and cashiers read no journal items
            item = line.sudo().payable_line_id
            owed = -item.amount_residual if item.filtered_domain(payable(line.company_id)) else 0.0
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
            if item.date > line.payout_id.date:
                raise UserError(self.env._(
                    "%(document)s of %(member)s is dated %(date)s; the payout cannot be dated before it.",
                    member=line._get_member_name(), document=line.reference, date=format_date(self.env, item.date),
                ))

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
        kept = [(line, {
            'open_before': line.amount_open, 'left_after': line.amount_left, **line._prepare_account_values(),
        }) for line in self]
        for line, values in kept:
            line.sudo().write(values)  # sudo: figures and accounts of the payout's own members; nobody types them in
