from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.producer_cooperative.models.account_move import OWNER_TOKEN
from odoo.addons.producer_cooperative.models.coop_shu_allocation import BOOKED_STATES

ALLOCATION = 'coop.shu.allocation'


class CoopPayout(models.Model):
    """Paying the SHU: of one year or of several, as each member chose."""
    _inherit = 'coop.payout'

    shu_allocation_id = fields.Many2one(
        comodel_name='coop.shu.allocation', string="Only This SHU", check_company=True, copy=False, tracking=True,
        index='btree_not_null', ondelete='set null', domain="[('state', '=', 'posted')]",
        help="Fill the voucher with the SHU of this period only. Leave empty for everything that is owed.",
    )
    shu_line_count = fields.Integer(string="SHU Parts Paid", compute='_compute_shu_line_count')

    # === COMPUTE METHODS === #

    @api.depends('line_ids.shu_line_id')
    def _compute_shu_line_count(self):
        for payout in self:
            payout.shu_line_count = len(payout.line_ids.shu_line_id)

    # === ACTIONS === #

    def action_open_shu_lines(self):
        """Open the members' SHU that the payout pays."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_shu_member_line_action'),
            'domain': [('id', 'in', self.line_ids.shu_line_id.ids)], 'context': {'create': False},
        }

    # === BUSINESS METHODS === #

    @api.model
    def _get_paid_models(self):
        return [*super()._get_paid_models(), ALLOCATION]

    def _queue_up_sources(self):
        super()._queue_up_sources()
        self.line_ids.shu_line_id.allocation_id.sudo()._queue_up()  # sudo: only to queue up

    def _filter_payables(self, payables):
        """Pay SHU as each member chose, and not before it reaches the least amount that the rule pays out."""
        of_shu = payables.filtered(lambda item: item.move_id.coop_source_model == ALLOCATION)
        others, messages = super()._filter_payables(payables - of_shu)
        if self.shu_allocation_id:
            others = others.browse()
        if self.run_id:
            return others, messages
        # sudo: officers and cashiers read no journal items
        lines = self.env['coop.shu.member.line'].sudo().search(self._get_shu_domain(of_shu))
        lines, waiting = lines._split_by_minimum()
        lines, in_debt = self._split_by_debts(lines)
        messages = [*messages, *self._get_left_out_messages(waiting, in_debt)]
        kept = others | lines.payable_line_id
        return kept.sorted(lambda item: (item.date, item.id)), messages

    def _get_shu_domain(self, payables):
        """Return which members' SHU this voucher may pay; what members who want it set off keep is paid in cash."""
        self.ensure_one()
        domain = Domain('payable_line_id', 'in', payables.ids) & Domain('state', 'in', BOOKED_STATES)
        if self.shu_allocation_id:
            domain &= Domain('allocation_id', '=', self.shu_allocation_id.id)
        return domain & Domain('payout_method', 'in', self._get_choices_paid())

    def _get_choices_paid(self):
        """Return which choices of members this voucher pays."""
        self.ensure_one()
        return [self.method, 'set_off'] if self.method == 'cash' else [self.method]

    def _split_by_debts(self, lines):
        """Return the lines that can be paid this way, and those that cannot for the sake of members' debts.

        In cash: who wants the SHU set off is paid once nothing is left to set off. Against debts: who has consented.
        """
        self.ensure_one()
        to_set_off = lines.filtered(lambda line: line.payout_method == 'set_off')
        if self.method == 'set_off':
            held = to_set_off.filtered(
                lambda line: not line.membership_id.shu_set_off_date or line.membership_id.shu_set_off_date > self.date,
            )
        else:
            claims = self._get_claims(to_set_off.partner_id) if to_set_off else {}
            held = to_set_off.filtered(lambda line: claims.get(line.partner_id))
        return lines - held, held

    def _get_left_out_messages(self, waiting, held):
        self.ensure_one()
        messages = []
        if waiting:
            messages.append(self.env._(
                "Owed less SHU than the rule pays out, which waits for the next year: %s.",
                self._name_some(waiting.partner_id),
            ))
        if held and self.method == 'set_off':
            messages.append(self.env._(
                "Without a consent to the set-off of that day or before: %s. Note it on their memberships, or choose"
                " another way of payment.", self._name_some(held.partner_id),
            ))
        elif held:
            messages.append(self.env._(
                "Chose to have the SHU set off, and still owe the cooperative something: %s. Set it off first; the rest"
                " can then be paid in cash.", self._name_some(held.partner_id),
            ))
        return messages

    def _nothing_open_message(self):
        if self.line_ids or self.run_id or not (self.shu_allocation_id or self.way != 'money'):
            return super()._nothing_open_message()
        methods = dict(self._fields['method']._description_selection(self.env))
        return self.env._(
            "There is no SHU to be paid this way (%s): nobody who chose it is owed any on that day. How members want to"
            " be paid is noted on their SHU and on their memberships.", methods[self.method],
        ) if self.method else self.env._("Choose the cash or bank journal that the members are paid from.")


class CoopPayoutLine(models.Model):
    """Paying one member's SHU of one year."""
    _inherit = 'coop.payout.line'

    shu_line_id = fields.Many2one(
        comodel_name='coop.shu.member.line', string="SHU", check_company=True, index='btree_not_null',
        compute='_compute_shu_line_id', store=True, readonly=False, precompute=True, ondelete='restrict',
        domain="[('state', 'in', ('posted', 'paid')), ('company_id', '=', company_id), ('amount_residual', '>', 0)]",
    )

    # === COMPUTE METHODS === #

    @api.depends('payable_line_id')
    def _compute_shu_line_id(self):
        # sudo: whose SHU the item is, for whoever prepares the payout
        found = self.env['coop.shu.member.line'].sudo().search_fetch(
            [('payable_line_id', 'in', self.payable_line_id.ids)], ['payable_line_id'],
        )
        by_item = {member_line.payable_line_id.id: member_line.id for member_line in found}
        for line in self:
            if line.payable_line_id:
                line.shu_line_id = by_item.get(line.payable_line_id._origin.id, False)
            else:
                line.shu_line_id = line.shu_line_id  # the SHU that says what is paid

    @api.depends('shu_line_id')
    def _compute_payable_line_id(self):
        return super()._compute_payable_line_id()

    @api.depends('shu_line_id')
    def _compute_membership_id(self):
        """A former member's SHU belongs to the membership that earned it."""
        of_shu = self.filtered('shu_line_id')
        for line in of_shu:
            line.membership_id = line.shu_line_id.membership_id
        return super(CoopPayoutLine, self - of_shu)._compute_membership_id()

    # === BUSINESS METHODS === #

    def _names_document(self):
        return super()._names_document() or bool(self.shu_line_id)

    def _get_named_items(self):
        if not self.shu_line_id or self.settlement_id:
            return super()._get_named_items()
        # sudo: officers and cashiers read no journal items
        return self.shu_line_id.sudo().payable_line_id.filtered(lambda item: not item.reconciled)

    def _check_still_open(self):
        super()._check_still_open()
        for line in self:
            line.shu_line_id.allocation_id._check_members_can_be_paid()
            if not line.shu_line_id and line.payout_id.way != 'money':
                raise UserError(self.env._(
                    "%(member)s, %(document)s: only SHU goes into savings or against debts. Pay it in cash or by bank.",
                    member=line._get_member_name(), document=line.reference,
                ))

    def _check_settlement_is_open(self, vals):
        """Refuse SHU on which nothing is owed as well, before the line is left without an open item."""
        super()._check_settlement_is_open(vals)
        if not vals.get('shu_line_id') or vals.get('payable_line_id'):
            return
        member_line = self.env['coop.shu.member.line'].browse(vals['shu_line_id'])
        # sudo: officers and cashiers read no journal items
        if not member_line.sudo().payable_line_id or member_line.sudo().payable_line_id.reconciled:
            raise UserError(self.env._(
                "Nothing is owed on %s: it is paid already, or not posted yet.", member_line.display_name,
            ))


class CoopShuMemberLine(models.Model):
    """How a member's SHU is paid."""
    _inherit = 'coop.shu.member.line'

    payout_line_ids = fields.One2many(
        comodel_name='coop.payout.line', inverse_name='shu_line_id', string="Payout Lines",
    )
    payout_count = fields.Integer(string="Payouts", compute='_compute_payout_count', compute_sudo=True)

    # === COMPUTE METHODS === #

    def _compute_payout_count(self):
        counts = dict(self.env['coop.payout.line']._read_group(
            [('shu_line_id', 'in', self.ids)], ['shu_line_id'], ['payout_id:count_distinct'],
        ))
        for line in self:
            line.payout_count = counts.get(line, 0)

    # === CRUD METHODS === #

    def write(self, vals):
        """Remember the way of payment for the member's next SHU; what was paid keeps the way that it was paid."""
        if vals.get('payout_method') and self.filtered(
            lambda line: line.state in BOOKED_STATES and line.currency_id.is_zero(line.amount_residual),
        ):
            raise UserError(self.env._("This SHU is paid already."))
        if vals.get('payout_method') == 'set_off':
            for membership in self.membership_id.filtered(lambda membership: not membership.shu_set_off_date):
                raise UserError(membership._consent_error_message())
        res = super().write(vals)
        if vals.get('payout_method'):
            # sudo: what the member chose, by whoever may note it; see the access of the SHU
            memberships = self.membership_id.sudo().with_context(coop_choice_token=OWNER_TOKEN)
            memberships.filtered(lambda m: m.shu_payout_method != vals['payout_method']).write({
                'shu_payout_method': vals['payout_method'],
            })
        return res

    # === ACTIONS === #

    def action_pay_out(self):
        """Ask when and from which cash box or bank account these members' SHU is paid."""
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Pay Out SHU"), 'res_model': 'coop.shu.pay.out',
            'view_mode': 'form', 'target': 'new',
            'context': {'default_member_line_ids': self.ids},
        }

    def action_register_payment(self):
        """Pay with Odoo's own payment screen.

        :raises UserError: when nothing is owed.
        """
        # sudo: which items are open; the payment screen asks for access itself
        items = self.filtered(lambda line: line.state in BOOKED_STATES).sudo().payable_line_id
        items = items.filtered(lambda item: not item.reconciled)
        if not items:
            raise UserError(self.env._("Nothing is owed: this SHU is paid already, or not posted yet."))
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Register Payment"),
            'res_model': 'account.payment.register', 'view_mode': 'form', 'target': 'new',
            'context': {'active_model': 'account.move.line', 'active_ids': items.ids},
        }

    def action_view_payouts(self):
        """Open the vouchers that pay this SHU."""
        return self.payout_line_ids.payout_id._get_records_action(name=self.env._("Payouts"))

    # === BUSINESS METHODS === #

    def _split_by_minimum(self):
        """Return the lines that may be paid, and those of members who wait until more is owed.

        Where the bylaws set a least amount, a member is paid once the SHU of all years together reaches it; who has
        left waits for no further year.
        """
        rules = {line: line.allocation_id.rule_id for line in self}
        if not any(rule.minimum_treatment == 'owed' and rule.minimum_amount for rule in set(rules.values())):
            return self, self.browse()
        groups = self._read_group(
            [('membership_id', 'in', self.membership_id.ids), ('state', 'in', BOOKED_STATES)], ['membership_id'],
            ['amount_residual:sum'],
        )
        owed = dict(groups)
        waiting = self.browse()
        for membership, lines in self.grouped('membership_id').items():
            rule = rules[max(lines, key=lambda line: (line.date_to, line.id))]
            if membership.state != 'left' and rule.minimum_treatment == 'owed' and (
                lines.currency_id.compare_amounts(owed.get(membership, 0.0), rule.minimum_amount) < 0
            ):
                waiting |= lines
        return self - waiting, waiting


class CoopMembership(models.Model):
    """What the member chose holds for SHU that is not paid yet."""
    _inherit = 'coop.membership'

    # === CRUD METHODS === #

    def write(self, vals):
        res = super().write(vals)
        if vals.get('shu_payout_method') and self.env.context.get('coop_choice_token') is not OWNER_TOKEN:
            # sudo: what the member chose; see the access of memberships
            self.env['coop.shu.member.line'].sudo().search(
                Domain('membership_id', 'in', self.ids) & Domain('payout_method', '!=', vals['shu_payout_method']) & (
                    Domain('state', 'in', ('computing', 'computed', 'approved', 'posting'))
                    | Domain('state', '=', 'posted') & Domain('amount_residual', '>', 0)
                ),
            ).write({'payout_method': vals['shu_payout_method']})
        return res


class CoopShuAllocation(models.Model):
    """Paying out what was allocated."""
    _inherit = 'coop.shu.allocation'

    # === ACTIONS === #

    def action_pay_out(self):
        """Ask when and from which cash box or bank account the members are paid."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Pay Out SHU"), 'res_model': 'coop.shu.pay.out',
            'view_mode': 'form', 'target': 'new', 'context': {'default_allocation_id': self.id},
        }

    def action_open_payouts(self):
        """Open the payouts that pay SHU of this allocation."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_shu_payout_action'),
            'domain': [('line_ids.shu_line_id.allocation_id', '=', self.id)],
            'context': {'default_shu_allocation_id': self.id},
        }

    # === BUSINESS METHODS === #

    def _check_members_can_be_paid(self):
        """Refuse to pay from what is not booked yet, or is being cancelled.

        :raises UserError: naming the allocation.
        """
        for allocation in self:
            if allocation.state not in BOOKED_STATES:
                raise UserError(self.env._(
                    "%(shu)s is not booked to its end, so nothing is paid of it yet. Post it first.",
                    shu=allocation.display_name,
                ))

    def _update_paid(self):
        """Follow what is still open: paid when every member is, posted again when a payment was undone.

        What nobody came for is not paid: where all of it went to the cooperative, the allocation stays posted.
        """
        lines = self.env['coop.shu.member.line'].sudo()  # sudo: the state follows the ledger and nothing else
        for allocation in self.sudo():  # sudo: see above
            if allocation.state not in BOOKED_STATES:
                continue
            of_allocation = Domain('allocation_id', '=', allocation.id)
            is_open = bool(lines.search_count(of_allocation & Domain('amount_residual', '!=', 0), limit=1))
            if allocation.state == 'posted' and not is_open and lines.search_count(
                of_allocation & Domain('amount_paid', '!=', 0), limit=1,
            ):
                allocation._update_state('paid')
            elif allocation.state == 'paid' and is_open:
                allocation._update_state('posted')
