from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.producer_cooperative.models.account_move import OWNER_TOKEN


class CoopCounterSourceMixin(models.AbstractModel):
    """A document that the counter may have written: it is undone only with the counter's receipt."""
    _name = 'coop.counter.source.mixin'
    _description = "Document Written at the Counter"

    counter_receipt_id = fields.Many2one(
        comodel_name='coop.counter.receipt', readonly=True, copy=False, check_company=True,
        index='btree_not_null', ondelete='restrict', help="The receipt of the counter that this belongs to.",
    )

    # === BUSINESS METHODS === #

    def _check_not_of_counter(self, name):
        """Refuse to undo what belongs to a receipt of the counter that still counts.

        :param str name: the field that names the receipt.
        :raises UserError: naming the receipt that is made void instead.
        """
        if self.env.context.get('coop_counter_token') is OWNER_TOKEN:
            return
        for document in self.filtered(lambda document: document[name].state == 'posted'):
            raise UserError(self.env._(
                "%(document)s was booked at the counter with %(receipt)s, and the member has the receipt. Open"
                " %(receipt)s and make it void; that undoes all of it.",
                document=document.display_name, receipt=document[name].sudo().display_name,
            ))


class CoopSavingsVoucher(models.Model):
    """Vouchers that the counter writes."""
    _name = 'coop.savings.voucher'
    _inherit = ['coop.savings.voucher', 'coop.counter.source.mixin']

    # === BUSINESS METHODS === #

    def _is_guarded(self, name):
        return name == 'counter_receipt_id' or super()._is_guarded(name)

    def _cancel_with_reason(self, reason):
        """Refuse to undo a part of what a member got one receipt for."""
        self._check_not_of_counter('counter_receipt_id')
        return super()._cancel_with_reason(reason)


class CoopPayout(models.Model):
    """Payouts that the counter writes."""
    _name = 'coop.payout'
    _inherit = ['coop.payout', 'coop.counter.source.mixin']

    # === BUSINESS METHODS === #

    def _is_guarded(self, name):
        return name == 'counter_receipt_id' or super()._is_guarded(name)

    def _cancel_with_reason(self, reason):
        """Refuse to undo a part of what a member got one receipt for."""
        self._check_not_of_counter('counter_receipt_id')
        return super()._cancel_with_reason(reason)


class CoopPoolDeposit(models.Model):
    """Deposits that are taken and paid back at the counter."""
    _name = 'coop.pool.deposit'
    _inherit = ['coop.pool.deposit', 'coop.counter.source.mixin']

    counter_refund_id = fields.Many2one(
        comodel_name='coop.counter.receipt', string="Paid Back at the Counter With", readonly=True, copy=False,
        check_company=True, index='btree_not_null', ondelete='restrict',
    )

    # === BUSINESS METHODS === #

    def _is_guarded(self, name):
        return name in ('counter_receipt_id', 'counter_refund_id') or super()._is_guarded(name)

    def _cancel_with_reason(self, reason):
        """Refuse to undo a part of what a member got one receipt for.

        Where that receipt becomes void and the round still takes deposits, the member is asked for it anew.
        """
        self._check_not_of_counter('counter_receipt_id')
        paid = self.filtered(lambda deposit: deposit.state == 'paid' and deposit.counter_receipt_id)
        res = super()._cancel_with_reason(reason)
        for deposit in paid.sudo():  # sudo: what was asked for before, not an amount that somebody types
            if deposit.pool_id.state in ('open', 'closed', 'ordered'):
                deposit.create({
                    'pool_id': deposit.pool_id.id, 'membership_id': deposit.membership_id.id,
                    'amount_requested': deposit.amount_requested,
                    'amount': deposit.amount_requested or deposit.amount,
                })
        return res

    def _undo_refund(self, reason):
        """Reverse what was paid back; the cooperative holds the deposit again.

        :return: the entries of the payment and of its reversal, as superuser
        :raises UserError: when it was paid back at the counter and the receipt is not being made void.
        """
        moves = self.env['account.move'].sudo()  # sudo: see below
        for deposit in self:
            deposit._check_may_post(deposit.counter_refund_id.journal_id)
            deposit._check_not_of_counter('counter_refund_id')
            deposit._queue_up()
            # sudo: cashiers undo what they booked on journals given to them, see action_pay
            deposit_sudo = deposit.sudo()
            refund = deposit_sudo.refund_move_id
            moves |= refund | refund._coop_reverse_for(deposit_sudo, reason)
            deposit_sudo.write({'refund_move_id': False, 'counter_refund_id': False})
            deposit_sudo._update_settled()
        return moves


class CoopSettlementAdvance(models.Model):
    """Advances that are handed over and brought back at the counter."""
    _name = 'coop.settlement.advance'
    _inherit = ['coop.settlement.advance', 'coop.counter.source.mixin']

    # === BUSINESS METHODS === #

    def _is_guarded(self, name):
        return name == 'counter_receipt_id' or super()._is_guarded(name)

    def _cancel_with_reason(self, reason):
        """Refuse to undo a part of what a member got one receipt for."""
        self._check_not_of_counter('counter_receipt_id')
        return super()._cancel_with_reason(reason)

    def _take_back(self, reason):
        """Undo advances with their receipt; what somebody had granted waits anew to be handed over."""
        for advance in self:
            advance._cancel_with_reason(reason)
            if advance.direction == 'out':
                again = advance.copy()
                again.prepared_by_ids = advance.prepared_by_ids  # whoever granted it, not who makes the receipt void


class AccountPayment(models.Model):
    """Payments of invoices and bills that are taken at the counter."""
    _inherit = 'account.payment'

    coop_counter_receipt_id = fields.Many2one(
        comodel_name='coop.counter.receipt', string="Counter Receipt", readonly=True, copy=False, check_company=True,
        index='btree_not_null', ondelete='restrict',
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._coop_check_not_put_on_receipt(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._coop_check_not_put_on_receipt(vals)
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _coop_check_two_people(self):
        """Leave to the receipt what two people have seen with it."""
        others = self.filtered(lambda payment: not payment.coop_counter_receipt_id)
        super(AccountPayment, others)._coop_check_two_people()

    def _coop_check_not_put_on_receipt(self, vals):
        """Refuse to put payments on receipts that the counter did not take.

        :raises AccessError: for everybody but the counter itself.
        """
        if vals.get('coop_counter_receipt_id') and not self.env.su:
            raise AccessError(self.env._("Only the counter puts payments on its receipts."))
