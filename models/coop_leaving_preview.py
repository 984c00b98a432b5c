from odoo import fields, models
from odoo.fields import Command


class CoopLeaving(models.Model):
    """What the member has and owes at the moment, row by row."""
    _inherit = 'coop.leaving'

    # === BUSINESS METHODS === #

    def _refresh(self):
        """Write down anew what the ledger and the warehouse say; nothing is booked."""
        for leaving in self:
            values = [
                *leaving._prepare_savings_rows(), *leaving._prepare_payable_rows(), *leaving._prepare_goods_rows(),
                *leaving._prepare_coming_rows(),
            ]
            values += leaving._prepare_debt_rows(leaving._get_set_off_limit(values))
            # sudo: the rows are read from the books, nobody types them in; whoever calls may write the leaving
            leaving.sudo().line_ids = [Command.clear(), *(Command.create(row) for row in values)]

    def _prepare_savings_rows(self):
        self.ensure_one()
        balances = self.membership_id._get_savings_balances()[self.membership_id]
        return [
            {
                'kind': 'kept' if savings_type.withdrawable == 'never' else 'savings', 'name': savings_type.name,
                'savings_type_id': savings_type.id, 'amount': balance,
            }
            for savings_type, balance in balances.items() if not self.currency_id.is_zero(balance)
        ]

    def _prepare_debt_rows(self, limit):
        self.ensure_one()
        debts = self._get_debts()
        planned = dict(self._allocate_set_off(debts, limit)) if debts else {}
        return [
            {
                'kind': 'debt', 'name': debt.move_name or debt.name, 'date': debt.date_maturity or debt.date,
                'move_line_id': debt.id, 'amount': debt.amount_residual, 'amount_set_off': planned.get(debt, 0.0),
            }
            for debt in debts
        ]

    def _prepare_payable_rows(self):
        self.ensure_one()
        return [
            {
                'kind': 'payable', 'name': item.move_name or item.name, 'date': item.date, 'move_line_id': item.id,
                'amount': -item.amount_residual,
            }
            for item in self._get_open_items()
        ]

    def _prepare_goods_rows(self):
        """Return what the member has in the warehouse. For a room that keeps goods, it must override this method."""
        self.ensure_one()
        return []

    def _prepare_coming_rows(self):
        """Return what is not booked yet and may still come.

        For a room to add what it has open, it must override this method.
        """
        self.ensure_one()
        return []

    # === BUSINESS METHODS - OPEN ITEMS === #

    def _sets_off_early(self, company):
        """Whoever leaves settles everything, also what would fall due later."""
        return True

    def _get_debts(self):
        """Return what the member owes today, oldest due date first."""
        self.ensure_one()
        debts = self._get_open_debts(self.company_id, self.partner_id, fields.Date.context_today(self))
        return debts.get(self.partner_id, self.env['account.move.line'])

    def _get_open_items(self):
        """Return the open journal items on which the cooperative owes the partner something, oldest first.

        Unused payments to the partner are among them, with a positive residual. When customer payments and credit
        notes together exceed the debts, those items count as well.
        """
        self.ensure_one()
        # sudo: see _get_open_debts
        items = self.env['account.move.line'].sudo().search([
            ('company_id', '=', self.company_id.id), ('parent_state', '=', 'posted'), ('reconciled', '=', False),
            ('date', '<=', fields.Date.context_today(self)), ('account_id.account_type', '=', 'liability_payable'),
            ('currency_id', '=', self.currency_id.id), ('amount_residual', '!=', 0),
            ('partner_id.commercial_partner_id', '=', self.partner_id.id),
        ])
        debts = self._get_debts()
        if self.currency_id.compare_amounts(sum(debts.mapped('amount_residual')), 0.0) < 0:
            items |= debts
        return items.sorted(lambda item: (item.date_maturity or item.date, item.date, item.id))

    def _get_set_off_limit(self, rows):
        """Return the most that may be set off: the savings and, for heirs, everything else that the member left.

        :param rows: values of the rows of savings and of other amounts owed to the member.
        """
        self.ensure_one()
        estate = sum(row['amount'] for row in rows if row['kind'] == 'savings')
        if self._has_heirs():
            estate += max(sum(row['amount'] for row in rows if row['kind'] == 'payable'), 0.0)
        return min(estate, self._get_agreed_limit())

    def _get_agreed_limit(self):
        """Return what may be set off as far as was agreed, whatever the member has."""
        self.ensure_one()
        return {'all': float('inf'), 'limited': self.set_off_limit, 'none': 0.0}[self.set_off_method]
