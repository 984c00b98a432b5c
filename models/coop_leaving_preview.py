from odoo import fields, models
from odoo.fields import Command
from odoo.tools import format_amount


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
        self.ensure_one()
        # sudo: what lies in the warehouse of the member, also for a treasurer without access to the stock
        groups = self.env['stock.quant'].sudo()._read_group(
            self.membership_id._get_owned_stock_domain(), ['product_id'], ['quantity:sum'],
        )
        return [
            {
                'kind': 'goods', 'name': product.display_name, 'product_id': product.id, 'quantity': quantity,
                'uom_id': product.uom_id.id,
            }
            for product, quantity in groups if not product.uom_id.is_zero(quantity)
        ]

    def _prepare_coming_rows(self):
        """Return what is not booked yet and may still come: open settlements, and the SHU.

        For a room to add what it has open, it must override this method.
        """
        self.ensure_one()
        # sudo: figures of the member's own documents
        settlements = self.env['coop.settlement'].sudo().search([
            ('membership_id', '=', self.membership_id.id), ('state', 'in', ('draft', 'computed')),
        ])
        rows = [
            {
                'kind': 'coming', 'name': self.env._("Settlement that is not posted yet"), 'date': settlement.date,
                'amount': settlement.amount_payable,
            }
            for settlement in settlements
        ]
        return rows + self._prepare_shu_rows()

    def _prepare_shu_rows(self):
        self.ensure_one()
        # sudo: see _prepare_coming_rows
        last = self.env['coop.shu.member.line'].sudo().search([
            ('membership_id', '=', self.membership_id.id), ('state', '!=', 'cancelled'),
        ], order='date_to DESC, id DESC', limit=1)
        rows = []
        if last:
            rows.append({
                'kind': 'coming', 'date': last.date_to, 'amount': last.amount_residual or 0.0,
                'name': self.env._(
                    "Last SHU %(shu)s: %(amount)s, of which is not paid yet",
                    shu=last.allocation_id.display_name,
                    amount=format_amount(self.env, last.amount_total, last.currency_id),
                ),
            })
        rule = self.env['coop.shu.rule'].sudo()._get_in_force(self.company_id, self.date)
        if rule.leavers == 'included':
            text = self.env._("SHU of the year of leaving: the rule lets members who left share like others")
        elif rule:
            text = self.env._("SHU of the year of leaving: by the rule, who left before its last day gets nothing")
        else:
            return rows
        return [*rows, {'kind': 'coming', 'name': text, 'date': self.date}]

    # === BUSINESS METHODS - OPEN ITEMS === #

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
