from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

#: Deductions that are credited on the bill itself; debts are set off by an entry of their own.
BILLED_KINDS = ('levy', 'advance', 'savings')


class CoopSettlement(models.Model):
    """The entries of a settlement: the self-billed bill, the set-off, and their reversals."""
    _inherit = 'coop.settlement'

    # === BUSINESS METHODS - POSTING === #

    def _post_entries(self):
        """Post the bills, the invoices of the commission and the set-off entries; reconcile them.

        All entries of one kind are created, posted and reconciled at once.
        """
        self._check_savings_accounts()
        self._check_sold_accounts()
        Move = self.env['account.move']
        bills = Move.create([settlement._prepare_move_values() for settlement in self])
        for settlement, bill in zip(self, bills, strict=True):
            settlement.move_id = bill
        invoiced = self.filtered(lambda settlement: settlement._is_commission_invoiced())
        invoices = Move.create([settlement._prepare_commission_invoice_values() for settlement in invoiced])
        for settlement, invoice in zip(invoiced, invoices, strict=True):
            settlement.commission_move_id = invoice
        (bills | invoices)._post(soft=False)
        self._post_set_offs()

    def _post_set_offs(self):
        """Post the set-off entries, and reconcile each side with the bill and with what is paid by it."""
        allocations_of = {settlement: settlement._get_allocations() for settlement in self}
        offsetting = self.filtered(lambda settlement: allocations_of[settlement])
        moves = self._post_prepared_set_offs([(
            settlement._get_payable_lines(), allocations_of[settlement],
            settlement._prepare_set_off_values(
                settlement._get_payable_lines(), allocations_of[settlement], settlement.date,
                self.env._("%s: set off against debts", settlement.name),
            ),
        ) for settlement in offsetting])
        for settlement, move in zip(offsetting, moves, strict=True):
            settlement.set_off_move_id = move

    def _get_allocations(self):
        """Return ``[(journal item, amount)]`` of what the bill pays: the commission's invoice first, then the debts."""
        self.ensure_one()
        receivable = self.commission_move_id.line_ids.filtered(lambda line: line.display_type == 'payment_term')
        return [(item, item.amount_residual) for item in receivable] + [
            (deduction.debt_line_id.with_env(self.env), deduction.amount)
            for deduction in self._get_deductions('set_off')
        ]

    def _get_payable_lines(self):
        """Return what the bills owe to the members."""
        return self.move_id.line_ids.filtered(lambda line: line.account_type == 'liability_payable')

    def _prepare_move_values(self):
        """Return the self-billed bill.

        Agent basis: Dr the account that the sales credited / Cr commission, unless it is invoiced. Principal basis:
        Dr cost of goods with what the member gets. Then Cr levies, advances and savings withheld; what remains is
        credited to the members' proceeds. No line has a product, so nothing touches stock.
        """
        self.ensure_one()
        title = self.env._("Goods sold for %s", self.partner_id.name)
        lines = [
            self._prepare_bill_line(title, account, amount) for account, amount in self._get_gross_by_account().items()
        ]
        commission = self._get_agent_commission()
        if not self._is_commission_invoiced() and not self.currency_id.is_zero(commission):
            account = self.company_id._get_coop_account('commission')
            lines.append(self._prepare_bill_line(self.env._("Commission"), account, -commission))
        lines += [
            self._prepare_bill_line(deduction.name, self._get_deduction_account(deduction), -deduction.amount)
            for kind in BILLED_KINDS for deduction in self._get_deductions(kind)
        ]
        return self._prepare_self_billed_values(
            [line for line in lines if not self.currency_id.is_zero(line['price_unit'])],
        )

    def _prepare_bill_line(self, name, account, amount):
        return {
            'name': name, 'account_id': account.id, 'quantity': 1.0, 'price_unit': amount, 'tax_ids': [Command.clear()],
        }

    def _get_gross_by_account(self):
        """Return ``{account: what the settlement debits it with}``.

        On agent basis exactly what the sales credited; on principal basis the members' part, as cost of goods.
        """
        self.ensure_one()
        debits = {}
        for line in self.line_ids:
            own = line._is_own_sale()
            account = self.company_id._get_coop_account('cost_of_goods') if own else line.account_id
            debits[account] = debits.get(account, 0.0) + line.amount - (line.commission if own else 0.0)
        return {account: self.currency_id.round(amount) for account, amount in debits.items()}

    def _get_agent_commission(self):
        """Return the commission for selling on the members' behalf; the margin on own sales is no commission."""
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: not line._is_own_sale())
        return self.currency_id.round(sum(lines.mapped('commission')))

    def _get_deductions(self, kind):
        self.ensure_one()
        return self.deduction_ids.filtered(lambda deduction: deduction.kind == kind).sorted('id')

    def _get_deduction_account(self, deduction):
        """Return the account that a deduction is credited to on the bill.

        For a room to deduct something else, it must override this method.
        """
        if deduction.kind == 'advance':
            return self.company_id._get_coop_account('member_advance')
        return deduction.savings_type_id.account_id

    def _check_savings_accounts(self):
        for settlement in self:
            for savings_type in settlement.deduction_ids.savings_type_id:
                if not savings_type.account_id:
                    settlement.company_id._raise_set_up_needed(
                        self.env._("The savings type “%s” has no account yet.", savings_type.name),
                    )

    def _check_sold_accounts(self):
        """Refuse to pay members out of an account that the cooperative keeps for others, or for other purposes.

        :raises UserError: naming the sale and the account.
        """
        kept_of = {
            company: settlements.line_ids.account_id._coop_filter_kept(company) - company._get_coop_account('clearing')
            for company, settlements in self.grouped('company_id').items()
        }
        for settlement in self:
            clearing = settlement.company_id._get_coop_account('clearing')
            for account, lines in settlement.line_ids.grouped('account_id').items():
                kept = account & kept_of[settlement.company_id]
                # What was settled from there before is put back by an amount below zero.
                if kept and settlement.currency_id.compare_amounts(sum(lines.mapped('amount')), 0.0) > 0:
                    # sudo: officers see the order that they settle; only its name
                    orders = lines.sudo().sale_line_id.order_id
                    raise UserError(self.env._(
                        "%(orders)s is invoiced on %(account)s, which the cooperative keeps for something else:"
                        " %(member)s is not paid out of it. Reset the invoice to draft and choose %(clearing)s.",
                        orders=", ".join(orders.mapped('name')), account=account.display_name,
                        member=settlement.membership_id.display_name, clearing=clearing.display_name,
                    ))

    # === BUSINESS METHODS - CANCELLING === #

    def _reverse_entries(self):
        """Reverse the set-off, so that the debts are open again, then the commission's invoice and the bill; all today.

        :raises UserError: when the member was paid, or has taken out the savings that were withheld.
        """
        self.ensure_one()
        self._check_not_paid(self._get_payable_lines(), self.set_off_move_id)
        date = fields.Date.context_today(self)
        reason = self.env._("Cancelled: %(settlement)s, %(reason)s", settlement=self.name, reason=self.cancel_reason)
        if self.set_off_move_id:
            self.set_off_reversal_move_id = self._reverse_owned_entry(self.set_off_move_id, date, reason)
        if self.commission_move_id:
            self.commission_reversal_move_id = self._reverse_owned_entry(self.commission_move_id, date, reason)
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
