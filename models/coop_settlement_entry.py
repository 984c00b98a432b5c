from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CoopSettlement(models.Model):
    """The entries of a settlement: the self-billed bill, the set-off, and their reversals."""
    _inherit = 'coop.settlement'

    # === BUSINESS METHODS - POSTING === #

    def _post_entries(self):
        """Post the bill and, where debts are set off, the set-off entry; reconcile the two."""
        self.ensure_one()
        self._check_savings_accounts()
        bill = self.env['account.move'].create(self._prepare_move_values())
        bill._post(soft=False)
        self.move_id = bill
        allocations = [
            (deduction.debt_line_id, deduction.amount) for deduction in self._get_deductions('set_off')
        ]
        if allocations:
            payable = bill.line_ids.filtered(lambda line: line.display_type == 'payment_term')
            ref = self.env._("%s: set off against debts", self.name)
            self.set_off_move_id = self._post_set_off(payable, allocations, self.date, ref)

    def _prepare_move_values(self):
        """Return the self-billed bill: Dr the account that the sales credited / Cr commission / Cr savings withheld.

        What remains is credited to the members' proceeds. No line has a product, so nothing touches stock.
        """
        self.ensure_one()
        lines = [
            self._prepare_bill_line(self.env._("Goods sold for %s", self.partner_id.name), account, amount)
            for account, amount in self._get_gross_by_account().items()
        ]
        commission = self.company_id._get_coop_account('commission')
        lines.append(self._prepare_bill_line(self.env._("Commission"), commission, -self.amount_commission))
        lines += [
            self._prepare_bill_line(deduction.name, deduction.savings_type_id.account_id, -deduction.amount)
            for deduction in self._get_deductions('savings')
        ]
        return {
            'move_type': 'in_invoice',
            'journal_id': self.company_id._get_coop_journal('coop_settlement_journal_id').id,
            'company_id': self.company_id.id,
            'currency_id': self.currency_id.id,
            'partner_id': self.partner_id.id,
            'invoice_date': self.date,
            'date': self.date,
            'ref': self.name,
            'invoice_payment_term_id': False,
            'fiscal_position_id': False,
            'coop_source_model': self._name,
            'coop_source_id': self.id,
            'invoice_line_ids': [
                Command.create(line) for line in lines if not self.currency_id.is_zero(line['price_unit'])
            ],
        }

    def _prepare_bill_line(self, name, account, amount):
        return {
            'name': name, 'account_id': account.id, 'quantity': 1.0, 'price_unit': amount, 'tax_ids': [Command.clear()],
        }

    def _get_gross_by_account(self):
        """Return ``{account: what the settlement debits it with}``: exactly what the sales credited."""
        self.ensure_one()
        return {
            account: self.currency_id.round(sum(lines.mapped('amount')))
            for account, lines in self.line_ids.grouped('account_id').items()
        }

    def _get_deductions(self, kind):
        self.ensure_one()
        return self.deduction_ids.filtered(lambda deduction: deduction.kind == kind).sorted('id')

    def _check_savings_accounts(self):
        self.ensure_one()
        for savings_type in self.deduction_ids.savings_type_id:
            if not savings_type.account_id:
                self.company_id._raise_set_up_needed(
                    self.env._("The savings type “%s” has no account yet.", savings_type.name),
                )

    # === BUSINESS METHODS - CANCELLING === #

    def _reverse_entries(self):
        """Reverse the set-off, so that the debts are open again, and then the bill; both today.

        :raises UserError: when the member was paid, or has taken out the savings that were withheld.
        """
        self.ensure_one()
        self._check_not_paid(self.move_id, self.set_off_move_id)
        date = fields.Date.context_today(self)
        reason = self.env._("Cancelled: %(settlement)s, %(reason)s", settlement=self.name, reason=self.cancel_reason)
        if self.set_off_move_id:
            self.set_off_reversal_move_id = self._reverse_owned_entry(self.set_off_move_id, date, reason)
        self.reversal_move_id = self._reverse_owned_entry(self.move_id, date, reason)
        self._check_savings_not_taken()

    def _check_savings_not_taken(self):
        """Refuse a cancellation after which a member would have saved less than nothing."""
        self.ensure_one()
        balances = self.membership_id._get_savings_balances()[self.membership_id]
        for deduction in self._get_deductions('savings'):
            if self.currency_id.compare_amounts(balances.get(deduction.savings_type_id, 0.0), 0.0) < 0:
                raise UserError(self.env._(
                    "%(member)s has taken the money out of %(savings)s already; cancel that payout first.",
                    member=self.membership_id.display_name, savings=deduction.savings_type_id.name,
                ))
