from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.producer_cooperative.tools.units import from_units


class AccountRow(NamedTuple):
    """One movement of what the cooperative owes the member; amounts in the company's currency.

    Sales and other credits raise what is owed; deductions and payments lower it.
    """
    date: date
    reference: str
    description: str
    sales: float = 0.0
    deducted: float = 0.0
    paid: float = 0.0
    other: float = 0.0

    @property
    def change(self) -> float:
        return self.sales - self.deducted - self.paid + self.other


class IntakeRow(NamedTuple):
    """Goods that came in on one day; quantities in the product's unit, gross and taken off where a slip says them."""
    date: date
    reference: str
    product: models.Model
    gross: float | None
    taken_off: float | None
    quantity: float


class SaleRow(NamedTuple):
    """What was settled of one sale; taken back where the settlement was cancelled."""
    date: date
    settlement: str
    invoices: str
    product: models.Model
    quantity: float
    amount: float


@dataclass
class GoodsRow:
    """The goods of one product in the warehouse; quantities in the product's unit."""
    opening: float = 0.0
    came_in: float = 0.0
    sold: float = 0.0
    given_back: float = 0.0
    other: float = 0.0
    unsettled: float = 0.0
    unsettled_amount: float = 0.0

    @property
    def closing(self) -> float:
        return self.opening + self.came_in - self.sold - self.given_back + self.other


@dataclass
class ConsignmentStatement:
    """Everything between the cooperative and one member about consigned goods in a period."""
    opening: float = 0.0
    account: list[AccountRow] = field(default_factory=list)
    intakes: list[IntakeRow] = field(default_factory=list)
    sales: list[SaleRow] = field(default_factory=list)
    goods: dict[models.Model, GoodsRow] = field(default_factory=dict)

    @property
    def closing(self) -> float:
        return self.opening + sum(row.change for row in self.account)


class CoopMembership(models.Model):
    """The member's consignment statement: goods, sales, deductions and payments, as ledger and stock have it."""
    _inherit = 'coop.membership'

    # === ACTIONS === #

    def action_consignment_statement(self):
        """Open the statement of these members."""
        action = self.env['ir.actions.act_window']._for_xml_id(
            'producer_cooperative.coop_consignment_statement_action',
        )
        context = {'active_model': self._name, 'active_ids': self.ids, 'dialog_size': 'extra-large'}
        return {**action, 'context': context}

    # === BUSINESS METHODS === #

    def _get_consignment_statement(self, date_from, date_to):
        """Return ``{membership: ConsignmentStatement}`` for a period, both days included.

        Opening balance + sales - deductions - payments (+ other entries) = closing balance, which is what the ledger
        owes the member at the end of ``date_to``.

        :raises AccessError: for memberships that the user may not read; whoever may read a membership, the member on
            the portal included, reads its statement.
        """
        self.check_access('read')
        statements = {membership: ConsignmentStatement() for membership in self}
        for company, memberships in self.grouped('company_id').items():
            # sudo: the entries, sales and goods of these members only, whose memberships the user may read
            found = memberships.sudo()
            of_partner = {membership.partner_id: statements[membership.with_env(self.env)] for membership in found}
            found._add_account(of_partner, company.sudo(), date_from, date_to)
            found._add_sales(of_partner, company.sudo(), date_from, date_to)
            found._add_goods(of_partner, company.sudo(), date_from, date_to)
            found._add_unsettled(of_partner, company.sudo(), date_to)
        return statements

    # === BUSINESS METHODS - MONEY === #

    def _get_proceeds_accounts(self, company):
        """Return the payable accounts that settlements of the company were ever booked on."""
        groups = self.env['account.move.line']._read_group([
            ('company_id', '=', company.id), ('move_id.coop_source_model', '=', 'coop.settlement'),
            ('account_id.account_type', '=', 'liability_payable'), ('partner_id', 'in', self.partner_id.ids),
        ], ['account_id'])
        return company._get_coop_account('proceeds').union(*(account for account, in groups))

    def _add_account(self, of_partner, company, date_from, date_to):
        accounts = self._get_proceeds_accounts(company)
        domain = Domain([
            ('company_id', '=', company.id), ('parent_state', '=', 'posted'), ('account_id', 'in', accounts.ids),
            ('partner_id', 'in', self.partner_id.ids),
        ])
        Item = self.env['account.move.line']
        for partner, balance in Item._read_group(
            domain & Domain('date', '<', date_from), ['partner_id'], ['balance:sum'],
        ):
            of_partner[partner].opening = company.currency_id.round(-balance)
        items = Item.search(
            domain & Domain('date', '>=', date_from) & Domain('date', '<=', date_to),
        ).sorted(lambda item: (item.date, item.move_id.id, item.id))
        for (partner, move), of_move in items.grouped(lambda item: (item.partner_id, item.move_id)).items():
            if move.coop_source_model == 'coop.settlement':
                rows = self._get_settlement_rows(move, accounts)
            else:
                rows = [self._get_other_row(item) for item in of_move]
            of_partner[partner].account += rows

    def _get_settlement_rows(self, move, accounts):
        """Return what an entry of a settlement added and deducted: its items other than the payable itself."""
        settlement = move._coop_get_source()
        items = move.line_ids.filtered(lambda line: line.account_id not in accounts and line.balance).sorted('id')
        if not move.is_purchase_document():
            return [
                AccountRow(move.date, settlement.name, self._get_set_off_text(settlement, item), deducted=-item.balance)
                for item in items
            ]
        sign = -1 if move.move_type == 'in_refund' else 1
        text = self.env._("Goods sold") if sign > 0 else self.env._("Settlement cancelled")
        gross = sign * settlement.amount_gross
        of_sales = items.filtered(lambda item: item.account_id in settlement._get_gross_by_account())
        rows = [AccountRow(move.date, settlement.name, text, sales=gross)]
        # On principal basis the bill has the member's part of the sales only; the commission is what it leaves out.
        margin = settlement.currency_id.round(gross - sum(of_sales.mapped('balance')))
        if margin:
            rows.append(AccountRow(move.date, settlement.name, self.env._("Commission"), deducted=margin))
        labels = {deduction.name: deduction._get_label() for deduction in settlement.deduction_ids}
        commission = settlement.company_id._get_coop_account('commission')
        # The names on the bill are in the language of whoever posted it.
        return rows + [
            AccountRow(
                move.date, settlement.name,
                labels.get(item.name) or (self.env._("Commission") if item.account_id == commission else item.name)
                or move.name, deducted=-item.balance,
            ) for item in items - of_sales
        ]

    def _get_set_off_text(self, settlement, item):
        """Return what an item of a set-off paid, or, where the set-off was cancelled, owes again."""
        if settlement.commission_move_id and item.name == settlement.commission_move_id.name:
            return self.env._("Commission with tax, invoice %s", item.name)
        return self.env._("Set off: %s", item.name or item.move_id.name)

    def _get_other_row(self, item):
        """Return a payment, a payment taken back, or somebody's own entry."""
        move = item.move_id
        source = move._coop_get_source()
        reference = source.display_name if source is not None else move.ref or move.name
        if item.balance > 0:
            return AccountRow(item.date, reference, self.env._("Paid from %s", move.journal_id.name), paid=item.balance)
        if move.reversed_entry_id or move.origin_payment_id:
            return AccountRow(item.date, reference, self.env._("Payment taken back"), paid=item.balance)
        return AccountRow(item.date, reference, item.name or move.name, other=-item.balance)

    # === BUSINESS METHODS - SALES === #

    def _add_sales(self, of_partner, company, date_from, date_to):
        settlements = self.env['coop.settlement'].search([
            ('company_id', '=', company.id), ('partner_id', 'in', self.partner_id.ids),
            ('state', 'in', ('posted', 'cancelled')),
        ], order='date, id')
        for settlement in settlements:
            for move, sign in ((settlement.move_id, 1), (settlement.reversal_move_id, -1)):
                if move and date_from <= move.date <= date_to:
                    of_partner[settlement.partner_id].sales += [
                        SaleRow(
                            move.date, settlement.name, self._get_invoice_names(line), line.product_id,
                            sign * line.quantity, sign * line.amount,
                        ) for line in settlement.line_ids
                    ]

    def _get_invoice_names(self, settlement_line):
        """Return the numbers of the invoices and credit notes of a sale that came since the settlement before.

        Where there are none, a payment of an older one was settled: then all that there were. The customer is nobody's
        business.
        """
        bill = settlement_line.settlement_id.move_id
        invoices = settlement_line.sale_line_id.invoice_lines.move_id.filtered(
            lambda move: move.state == 'posted' and move.date <= settlement_line.date and move.id < bill.id,
        )
        before = self.env['coop.settlement.line'].search([
            ('sale_line_id', '=', settlement_line.sale_line_id.id), ('owner_id', '=', settlement_line.owner_id.id),
            ('state', '=', 'posted'), ('settlement_id.move_id', '<', bill.id),
        ]).settlement_id.move_id
        invoices = invoices.filtered(lambda move: move.id > max(before.ids, default=0)) or invoices
        return ", ".join(invoices.sorted(lambda move: (move.date, move.id)).mapped('name'))

    # === BUSINESS METHODS - GOODS === #

    def _add_goods(self, of_partner, company, date_from, date_to):
        lines = self.env['stock.move.line'].search([
            ('state', '=', 'done'), ('company_id', '=', company.id), ('owner_id', 'in', self.partner_id.ids),
        ], order='date, id')
        taken = defaultdict(float)
        for line in lines:
            day = fields.Datetime.context_timestamp(self, line.date).date()
            came, went = line.location_dest_id.usage, line.location_id.usage
            inside = [usage in ('internal', 'transit') for usage in (went, came)]
            if day > date_to or inside[0] == inside[1]:
                continue
            sign = 1 if inside[1] else -1
            outside = went if inside[1] else came
            statement = of_partner[line.owner_id]
            row = statement.goods.setdefault(line.product_id, GoodsRow())
            quantity = line.quantity_product_uom
            if day < date_from:
                row.opening += sign * quantity
            elif outside == 'customer':
                row.sold -= sign * quantity
            elif outside == 'supplier' and sign > 0:
                row.came_in += quantity
                taken[line.owner_id, line.move_id, day] += quantity
            elif outside == 'supplier':
                row.given_back += quantity
            else:
                row.other += sign * quantity
        weighed = set()
        for (owner, move, day), quantity in taken.items():
            slip_line = move.coop_consignment_line_id
            # What was weighed stands once, at the first receipt of the slip.
            first = slip_line and slip_line not in weighed
            weighed.add(slip_line)
            of_partner[owner].intakes.append(IntakeRow(
                day, slip_line.consignment_id.display_name or move.reference, move.product_id,
                slip_line.gross if first else None, slip_line.gross - slip_line.net if first else None, quantity,
            ))

    def _add_unsettled(self, of_partner, company, date_to):
        """Add what was invoiced of the members' goods by ``date_to`` and was not settled then."""
        dues = self.env['coop.settlement']._get_due(company, self.partner_id, date_to, as_of=True)
        for partner, rows in dues.items():
            goods = of_partner[partner.with_env(self.env)].goods
            for row in rows:
                product = self.env['sale.order.line'].browse(row.key.sale_line).product_id
                of_product = goods.setdefault(product, GoodsRow())
                of_product.unsettled += float(row.due.quantity)
                of_product.unsettled_amount += float(from_units(row.due.amount, company.currency_id.rounding))
