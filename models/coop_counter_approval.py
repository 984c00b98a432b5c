from odoo import models
from odoo.fields import Command


class CoopCounterReceipt(models.Model):
    """Much money over the counter is for two people; the receipt is what they look at, not the papers that it makes."""
    _name = 'coop.counter.receipt'
    _inherit = ['coop.counter.receipt', 'coop.approval.mixin']

    # Day, cash box and paper are chosen by whoever serves the member.
    _prepared_fields = frozenset({'membership_id', 'line_ids', 'set_off', 'consent_signed'})

    # === BUSINESS METHODS === #

    def _get_approval_kind(self):
        """Return what of the receipt two people have to see, a payout or a withdrawal; False when it is neither."""
        self.ensure_one()
        amounts, company = self._get_amounts_paid_out(), self.company_id
        needed = [kind for kind, amount in amounts.items() if company._coop_needs_two_people(kind, amount)]
        return next(iter([*needed, *amounts]), False)

    def _get_approval_amount(self):
        self.ensure_one()
        return self._get_amounts_paid_out().get(self._get_approval_kind(), 0.0)

    def _get_amounts_paid_out(self):
        """Return ``{kind: amount}`` of what the member gets, with what one person alone paid out that day."""
        self.ensure_one()
        chosen, partner = self.line_ids.filtered('chosen'), self.membership_id.partner_id
        amounts = {
            'payout': sum(chosen.filtered(lambda line: line.kind in ('payable', 'refund')).mapped('amount_cash')),
            'withdrawal': sum(chosen.filtered(lambda line: line.kind == 'withdrawal').mapped('amount')),
        }
        before = {
            'payout': lambda: self.env['coop.payout']._get_paid_alone(self.company_id, self.date, partner),
            'withdrawal': lambda: self.env['coop.savings.voucher']._get_withdrawn_alone(
                self.company_id, self.date, self.membership_id,
            ),
        }
        return {kind: amount + before[kind]() for kind, amount in amounts.items() if amount}

    def _get_approval_content(self):
        self.ensure_one()
        return [
            self.membership_id.id, self.set_off, self.consent_signed,
            sorted((*line._get_key(), line.amount) for line in self.line_ids if line.chosen),
        ]

    def _get_approval_label(self):
        self.ensure_one()
        return f"{self.display_name}, {self.membership_id.display_name}"

    def _get_beneficiaries(self):
        return self.membership_id.partner_id

    def _book(self):
        res = super()._book()
        self._settle_approvals()
        return res

    def _prepare_ownership(self):
        """Return what a paper of the receipt takes over from it: whose it is, and who wrote it."""
        self.ensure_one()
        return {'counter_receipt_id': self.id, 'prepared_by_ids': [Command.set(self._get_preparers().ids)]}


class CoopCounterPaperMixin(models.AbstractModel):
    """A paper of the counter: it was seen by two people when its receipt was."""
    _name = 'coop.counter.paper.mixin'
    _description = "Paper of the Counter"

    # === BUSINESS METHODS === #

    def _get_valid_approval(self):
        receipt = self.sudo().counter_receipt_id.with_env(self.env)  # sudo: whose paper it is, for whoever posts
        return receipt._get_valid_approval() if receipt else super()._get_valid_approval()

    def _two_people_error_message(self):
        receipt = self.sudo().counter_receipt_id.with_env(self.env)  # sudo: see above
        return receipt._two_people_error_message() if receipt else super()._two_people_error_message()


class CoopSavingsVoucher(models.Model):
    _name = 'coop.savings.voucher'
    _inherit = ['coop.counter.paper.mixin', 'coop.savings.voucher']


class CoopPayout(models.Model):
    _name = 'coop.payout'
    _inherit = ['coop.counter.paper.mixin', 'coop.payout']
