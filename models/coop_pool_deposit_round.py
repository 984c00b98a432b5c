from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from odoo.addons.producer_cooperative.models.coop_pool import MONEY_GROUPS
from odoo.addons.producer_cooperative.tools.units import to_decimal


class CoopPool(models.Model):
    """Deposits of a round: how much, from whom, and what happens without them."""
    _inherit = 'coop.pool'

    deposit_kind = fields.Selection(
        selection=[('none', "No Deposit"), ('percent', "Part of the Expected Value"), ('fixed', "Fixed per Unit")],
        string="Deposit", default='none', required=True, groups=MONEY_GROUPS,
    )
    deposit_percent = fields.Float(
        string="Deposit (%)", digits='Discount', groups=MONEY_GROUPS,
        help="Of what the goods asked for are expected to cost, at the closing.",
    )
    deposit_unpaid = fields.Selection(
        selection=[
            ('count', "Order All the Same"), ('refuse', "Wait for It"), ('drop', "Leave the Requests Out"),
        ],
        string="Without the Deposit", default='refuse', required=True, groups=MONEY_GROUPS,
        help="What ordering does about members whose deposit is not paid: their requests count all the same (said in"
             " the round's chatter), nothing is ordered until it is paid, or their requests are withdrawn.",
    )
    deposit_ids = fields.One2many(
        comodel_name='coop.pool.deposit', inverse_name='pool_id', string="Deposits", groups=MONEY_GROUPS,
    )
    deposit_count = fields.Integer(compute='_compute_deposits', groups=MONEY_GROUPS)
    amount_deposit_held = fields.Monetary(
        string="Deposits Held", compute='_compute_deposits', groups=MONEY_GROUPS,
        help="What the cooperative still owes members of their deposits for this round.",
    )

    _deposit_percent_range = models.Constraint(
        'CHECK (deposit_percent >= 0 AND deposit_percent <= 100)', "A deposit is between 0 and 100 percent.",
    )

    # === COMPUTE METHODS === #

    @api.depends('deposit_ids.amount_left', 'deposit_ids.state')
    def _compute_deposits(self):
        for pool in self:
            pool.deposit_count = len(pool.deposit_ids.filtered(lambda deposit: deposit.state != 'cancelled'))
            pool.amount_deposit_held = sum(pool.deposit_ids.mapped('amount_left'))

    # === ACTIONS === #

    def action_request_deposits(self):
        """Ask every member with requests for the deposit that is still missing; a second run asks for nothing more.

        :raises UserError: when the round takes no deposit, is not closed, or everybody was asked already.
        """
        self.check_access('write')
        self._queue_up()
        deposits = self.env['coop.pool.deposit']
        for pool in self:
            if pool.deposit_kind == 'none':
                raise UserError(self.env._("%s takes no deposit. Set one first.", pool.display_name))
            if pool.state != 'closed':
                raise UserError(self.env._(
                    "Deposits are requested when %s is closed and not ordered yet: then it is known what the goods are"
                    " expected to cost.", pool.display_name,
                ))
            missing = pool._get_missing_deposits(pool.deposit_ids)
            # sudo: amounts are worked out, never entered
            deposits |= deposits.sudo().create([
                {'pool_id': pool.id, 'membership_id': member.id, 'amount_requested': amount, 'amount': amount}
                for member, amount in missing.items()
            ]).sudo(False)
        if not deposits:
            raise UserError(self.env._("Everybody was asked for a deposit already."))
        return self.action_view_deposits()

    def action_drop_unpaid(self):
        """Withdraw the requests of members whose deposit is not paid, and propose anew what is ordered.

        :raises UserError: when everybody paid, or the round is not closed.
        """
        self.check_access('write')
        self._queue_up()
        for pool in self:
            paid = pool.deposit_ids.filtered(lambda deposit: deposit.state == 'paid')
            unpaid = pool._get_missing_deposits(paid)
            if pool.state != 'closed' or not unpaid:
                raise UserError(self.env._("Every member of %s has paid the deposit.", pool.display_name))
            requests = pool.request_ids.filtered(lambda request, unpaid=unpaid: request.membership_id in unpaid)
            requests._withdraw_late(self.env._("The deposit was not paid"))
            pool.line_ids._propose()

    def action_view_deposits(self):
        """Open the round's deposits."""
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_pool_deposit_action')
        return {**action, 'domain': [('pool_id', 'in', self.ids)], 'context': {}}

    # === BUSINESS METHODS === #

    def _get_expected_deposits(self):
        """Return each member's deposit in company currency as ``{membership: amount}``, in whole rounding units."""
        self.ensure_one()
        expected = {}
        for request in self.request_ids:
            line = request.line_id
            if not line.quantity:
                continue
            quantity = to_decimal(request.quantity)
            if self.deposit_kind == 'fixed':
                amount = quantity * to_decimal(line.deposit_per_unit)
            else:
                amount = quantity * to_decimal(line.price_expected) * to_decimal(self.deposit_percent) / 100
            member = request.membership_id
            expected[member] = expected.get(member, 0) + amount
        ranked = sorted(expected, key=lambda member: member._get_rank())
        rounded = {member: float(self._from_units(self._to_units(float(expected[member])))) for member in ranked}
        return {member: amount for member, amount in rounded.items() if amount}

    def _get_missing_deposits(self, deposits):
        """Return what members still have to pay beyond ``deposits``, as ``{membership: amount}``."""
        self.ensure_one()
        if self.deposit_kind == 'none':
            return {}
        there = {}
        for deposit in deposits.filtered(lambda deposit: deposit.state != 'cancelled'):
            there[deposit.membership_id] = there.get(deposit.membership_id, 0.0) + (
                max(deposit.amount, deposit.amount_requested) if deposit.state == 'requested' else deposit.amount_left
            )
        missing = {
            member: self.currency_id.round(amount - there.get(member, 0.0))
            for member, amount in self._get_expected_deposits().items()
        }
        return {
            member: amount for member, amount in missing.items() if self.currency_id.compare_amounts(amount, 0.0) > 0
        }

    def _is_deposit_needed(self, membership):
        """Whether the round still counts on the deposit of a member: it runs, and the member takes part."""
        self.ensure_one()
        if self.state in ('open', 'closed', 'ordered', 'received'):
            return any(
                request.quantity or request.tolerance
                for request in self.request_ids if request.membership_id == membership
            )
        if self.state == 'distributed':
            charge = self.charge_ids.filtered(lambda charge: charge.membership_id == membership)
            order = charge.order_id
            return order.invoice_status == 'to invoice' or any(move.state == 'draft' for move in order.invoice_ids)
        return False

    def _check_can_be_ordered(self, lines):
        super()._check_can_be_ordered(lines)
        unpaid = self._get_missing_deposits(self.deposit_ids.filtered(lambda deposit: deposit.state == 'paid'))
        if not unpaid:
            return
        members = ", ".join(member.display_name for member in unpaid)
        if self.deposit_unpaid == 'count':
            self.message_post(body=self.env._("Ordered without the deposit of %s members.", len(unpaid)))
            self._note_on_members(
                self.env['coop.membership'].union(*unpaid),
                self.env._("%s was ordered without the member's deposit.", self.display_name),
            )
            return
        if self.deposit_unpaid == 'drop':
            raise UserError(self.env._(
                "The deposit of these members is not paid: %s. Leave their requests out first (button “Leave Out"
                " Unpaid”); what is ordered is then proposed anew.", members,
            ))
        raise UserError(self.env._(
            "The deposit of these members is not paid: %s. Take it first, or let the round order without it.", members,
        ))

    def _cancel_with_reason(self, reason):
        """Cancel the round; deposits that were only requested are dropped, paid ones are to be paid back."""
        super()._cancel_with_reason(reason)
        for pool in self:
            # sudo: deposits that nobody paid fall with the round
            pool.deposit_ids.filtered(lambda deposit: deposit.state == 'requested').sudo()._cancel_with_reason(reason)
            if pool.amount_deposit_held:
                pool.activity_schedule(
                    'mail.mail_activity_data_todo', user_id=pool.user_id.id or self.env.uid,
                    summary=self.env._("Deposits are to be paid back"),
                )

    def _check_can_be_done(self):
        super()._check_can_be_done()
        if not self.currency_id.is_zero(self.amount_deposit_held):
            raise UserError(self.env._(
                "%(pool)s is not done yet: %(amount)s of the members' deposits are still held. Pay them back, or put"
                " them into savings.", pool=self.display_name,
                amount=format_amount(self.env, self.amount_deposit_held, self.currency_id),
            ))
