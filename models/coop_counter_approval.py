from odoo import models

from odoo.addons.producer_cooperative.models.coop_counter_receipt_line import CLAIM_KINDS
from odoo.addons.producer_cooperative.models.coop_payout_shu import ALLOCATION

#: What a receipt does that two people may have to see, in the order in which it is named.
APPROVED_KINDS = ('payout', 'withdrawal', 'set_off_consent')


class CoopCounterReceipt(models.Model):
    """What is paid to a member over the counter is for two people above the same limits as in the rooms.

    The receipt is what two people look at: the documents that it writes ask nobody again.
    """
    _name = 'coop.counter.receipt'
    _inherit = ['coop.counter.receipt', 'coop.approval.mixin']

    # Day and cash box are chosen by whoever posts; what is settled, and how, is what two people look at.
    _prepared_fields = frozenset({'membership_id', 'line_ids', 'set_off', 'consent_signed'})

    # === BUSINESS METHODS - WHAT IS APPROVED === #

    def _get_approval_amounts(self):
        """Return ``{kind: amount}`` of what the receipt does of each kind that a limit may be set for.

        With what one person alone paid the same member that day: a large amount is not made small by several receipts.
        """
        self.ensure_one()
        chosen = self.line_ids.filtered('chosen')
        own = {
            'payout': sum(line._get_paid_out() for line in chosen),
            'withdrawal': sum(chosen.filtered(lambda line: line.kind == 'withdrawal').mapped('amount')),
            'set_off_consent': self.amount_set_off if self.consent_signed else 0.0,
        }
        return {kind: amount + self._get_done_alone(kind) for kind, amount in own.items() if amount}

    def _get_done_alone(self, kind):
        """Return how much of this kind one person alone did for the member that day, on other papers."""
        if kind == 'withdrawal':
            return self.env['coop.savings.voucher']._get_taken_out_alone(
                self.membership_id, self.date, self.voucher_ids,
            )
        # sudo: a sum of what was done, for whoever posts
        others = self.sudo().search([
            ('membership_id', '=', self.membership_id.id), ('date', '=', self.date), ('state', '=', 'posted'),
            ('posted_alone', '=', True), ('id', '!=', self._origin.id),
        ])
        if kind == 'set_off_consent':
            return sum(others.filtered('consent_signed').mapped('amount_set_off'))
        # What receipts pay stands on their payouts, advances and deposits; SHU that they set off stands on them alone.
        set_off = sum(
            line._get_paid_out() - line.amount_cash for line in others.line_ids
            if line.chosen and line.kind in CLAIM_KINDS
        )
        return set_off + self.company_id._coop_get_paid_alone(
            self.membership_id.sudo().partner_id, self.date, self.payout_ids,
        )

    def _get_kinds_for_two(self):
        """Return what of the receipt two people have to see, by the limits in force today."""
        self.ensure_one()
        company = self.company_id
        amounts = self._get_approval_amounts()
        return [
            kind for kind in APPROVED_KINDS
            if kind in amounts and company._coop_needs_two_people(kind, amounts[kind])
        ]

    def _get_approval_kind(self):
        kinds = self._get_kinds_for_two() or list(self._get_approval_amounts())
        return kinds[0] if kinds else False

    def _get_approval_amount(self):
        self.ensure_one()
        return self._get_approval_amounts().get(self._get_approval_kind(), 0.0)

    def _needs_two_people(self):
        self.ensure_one()
        return bool(self._get_kinds_for_two())

    def _get_approval_content(self):
        """Return what is settled and how: day and cash box are chosen by whoever posts."""
        self.ensure_one()
        return [
            self.membership_id.id, self.set_off, self.consent_signed,
            sorted((*line._get_key(), line.amount) for line in self.line_ids if line.chosen),
        ]

    def _get_approval_label(self):
        self.ensure_one()
        return self.env._("%(receipt)s, %(member)s", receipt=self.display_name, member=self.membership_id.display_name)

    def _get_beneficiaries(self):
        return self.membership_id.partner_id


class CoopCounterReceiptLine(models.Model):
    """What of a line counts as paid to the member."""
    _inherit = 'coop.counter.receipt.line'

    # === BUSINESS METHODS === #

    def _get_paid_out(self):
        """Return what the member is paid of what the cooperative owes: money, and SHU whichever way it is used."""
        self.ensure_one()
        if self.kind == 'refund':
            return self.amount
        if self.kind not in CLAIM_KINDS:
            return 0.0
        # sudo: which document owes the amount; cashiers read no journal items
        of_shu = self.sudo().item_id.move_id.coop_source_model == ALLOCATION
        return self.amount_cash + (self.amount_set_off if of_shu else 0.0)


class CoopCounterApprovedMixin(models.AbstractModel):
    """A document that the counter may have written: the receipt was looked at before it was written, and it is not."""
    _name = 'coop.counter.approved.mixin'
    _description = "Document Approved with a Receipt"

    # === BUSINESS METHODS === #

    def _get_paying_receipt(self):
        """Return the receipt that the document was written with, as superuser."""
        self.ensure_one()
        return self.sudo().counter_receipt_id  # sudo: what two people look at, whoever posts

    def _needs_two_people(self):
        return not self._get_paying_receipt() and super()._needs_two_people()

    def _get_preparers(self):
        receipt = self._get_paying_receipt()
        return receipt._get_preparers() if receipt else super()._get_preparers()

    def _get_valid_approval(self):
        receipt = self._get_paying_receipt()
        return receipt._get_valid_approval() if receipt else super()._get_valid_approval()


class CoopSavingsVoucher(models.Model):
    """Vouchers that the counter writes are seen with the receipt."""
    _name = 'coop.savings.voucher'
    _inherit = ['coop.counter.approved.mixin', 'coop.savings.voucher']


class CoopPayout(models.Model):
    """Payouts that the counter writes are seen with the receipt."""
    _name = 'coop.payout'
    _inherit = ['coop.counter.approved.mixin', 'coop.payout']


class CoopPoolDeposit(models.Model):
    """Deposits that the counter pays back are seen with the receipt that pays them."""
    _name = 'coop.pool.deposit'
    _inherit = ['coop.counter.approved.mixin', 'coop.pool.deposit']

    # === BUSINESS METHODS === #

    def _get_paying_receipt(self):
        self.ensure_one()
        return self.sudo().counter_refund_id  # sudo: see the mixin
