from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.producer_cooperative.tools.entitlement import Delivered, Document, net_deliveries
from odoo.addons.producer_cooperative.tools.errors import InputRefusal
from odoo.addons.producer_cooperative.tools.net_prices import Movement, prices_of
from odoo.addons.producer_cooperative.tools.units import to_units

#: How many decimals of a quantity are counted.
DECIMALS = 6
SCALE = 10 ** DECIMALS


class InvoiceKey(NamedTuple):
    """What an owner's earnings on a sale line are told apart by: the day and goods that the terms are chosen by."""
    day: object
    category: int
    account: int


class CoopSettlement(models.Model):
    """What was sold of whose goods, read back from deliveries and posted invoices; one query each for all lines.

    Quantities are whole numbers of a millionth of the product's unit, amounts of the currency's rounding unit.
    """
    _inherit = 'coop.settlement'

    # === BUSINESS METHODS - WHICH LINES === #

    @api.model
    def _get_open_sale_lines(self, company, owners=None):
        """Return the sale lines of owned goods to which something happened since they were settled.

        Found by an index on the open ones, whatever has been settled in all the years before.

        :param owners: only lines on which goods of these partners moved; None for all.
        """
        self.env.flush_all()
        of_owners = SQL() if owners is None else SQL(
            """AND EXISTS (
                SELECT 1 FROM stock_move move JOIN stock_move_line done ON done.move_id = move.id
                 WHERE move.sale_line_id = line.id AND done.owner_id = ANY(%s))""", owners.ids,
        )
        rows = self.env.execute_query(SQL(
            "SELECT line.id FROM sale_order_line line"
            " WHERE line.coop_open_changes > 0 AND line.company_id = %s %s ORDER BY line.id", company.id, of_owners,
        ))
        # sudo: officers settle what was sold without access to invoices, accountants without access to stock
        return self.env['sale.order.line'].sudo().browse(line_id for line_id, in rows)

    @api.model
    def _find_unsettled_lines(self, company, owners, settled_domain, date, lines=None):
        """Return the sale lines of owned goods where deliveries or invoices differ from what was settled.

        One query that looks at the whole history, for the closing of a past day, or at ``lines`` only.
        """
        self.env.flush_all()
        only = SQL() if owners is None else SQL(
            """AND move.sale_line_id IN (
                SELECT owned_move.sale_line_id FROM stock_move_line owned
                  JOIN stock_move owned_move ON owned_move.id = owned.move_id
                 WHERE owned.owner_id = ANY(%s) AND owned_move.sale_line_id IS NOT NULL)""", owners.ids,
        )
        if lines is not None:
            only = SQL("%s AND move.sale_line_id = ANY(%s)", only, lines.ids)
            settled_domain &= Domain('sale_line_id', 'in', lines.ids)
        rows = self.env.execute_query(SQL(
            """
            WITH delivered AS (
                SELECT line_id, owner_id, SUM(quantity) AS quantity FROM (%(goods)s) goods
                 WHERE owner_id IS NOT NULL GROUP BY line_id, owner_id
            ), settled AS (
                SELECT sale_line_id AS line_id, owner_id, SUM(quantity) AS quantity, SUM(amount) AS amount
                  FROM coop_settlement_line WHERE id IN %(settled)s
                 GROUP BY sale_line_id, owner_id
            ), invoiced AS (
                SELECT rel.order_line_id AS line_id, -SUM(item.balance) AS amount
                  FROM sale_order_line_invoice_rel rel
                  JOIN account_move_line item ON item.id = rel.invoice_line_id
                  JOIN account_move bill ON bill.id = item.move_id
                 WHERE rel.order_line_id IN (SELECT line_id FROM delivered) AND %(booked)s
                 GROUP BY rel.order_line_id
            )
            SELECT delivered.line_id
              FROM delivered
              LEFT JOIN settled ON settled.line_id = delivered.line_id AND settled.owner_id = delivered.owner_id
              LEFT JOIN invoiced ON invoiced.line_id = delivered.line_id
             GROUP BY delivered.line_id
            HAVING BOOL_OR(ABS(delivered.quantity - COALESCE(settled.quantity, 0)) > 0.000001)
                OR COALESCE(SUM(settled.amount), 0) != COALESCE(MAX(invoiced.amount), 0)
             ORDER BY delivered.line_id
            """,
            goods=self._get_goods_query(company, only, date), booked=self._get_booked_condition(company, date),
            settled=self.env['coop.settlement.line'].sudo()._search(settled_domain).subselect(),  # sudo: see above
        ))
        return self.env['sale.order.line'].sudo().browse(line_id for line_id, in rows)  # sudo: see above

    @api.model
    def _close_settled_lines(self, company, sale_lines):
        """Have settlements not look again at those of the lines that are delivered, invoiced and settled completely.

        So are those that came back and were credited as a whole. Lines of which something is not paid, or written off,
        stay open: what counts of them is another matter than what was invoiced.

        :return: the lines that stay open.
        """
        settled = self._get_settled_domain(company, None)
        open_lines = self._find_unsettled_lines(company, None, settled, None, lines=sale_lines)
        if self._has_partial_terms(company):
            documents = self._get_documents(company, sale_lines - open_lines, None)
            open_lines |= open_lines.browse(
                line_id for line_id, rows in documents.items() if any(shares for _document, shares in rows)
            )
        (sale_lines.sudo() - open_lines)._coop_close()  # sudo: a technical count
        return sale_lines & open_lines

    # === BUSINESS METHODS - GOODS === #

    @api.model
    def _get_goods_query(self, company, condition, date):
        """Return the query of what went to customers (positive) and came back to be refunded (negative), by sale line.

        The same moves count as for Odoo's delivered quantity.
        """
        until = SQL() if not date else SQL(
            "AND (move.date AT TIME ZONE 'UTC' AT TIME ZONE %s)::date <= %s", self.env.tz.zone, date,
        )
        return SQL(
            """
            SELECT move.sale_line_id AS line_id, done.owner_id, done.id, done.date, done.lot_id, done.product_id,
                   done.quantity_product_uom * CASE
                       WHEN target.usage = 'customer' OR (target.usage = 'transit' AND target.company_id IS NULL)
                       THEN 1 ELSE -1 END AS quantity
              FROM stock_move move
              JOIN stock_move_line done ON done.move_id = move.id
              JOIN stock_location source ON source.id = move.location_id
              JOIN stock_location target ON target.id = move.location_dest_id
              JOIN sale_order_line line ON line.id = move.sale_line_id AND line.product_id = move.product_id
             WHERE done.state = 'done' AND move.company_id = %(company)s AND move.state = 'done'
               AND CASE WHEN target.usage = 'customer' OR (target.usage = 'transit' AND target.company_id IS NULL)
                        THEN move.origin_returned_move_id IS NULL OR move.to_refund
                        ELSE move.to_refund AND target.usage != 'inventory' AND (
                            source.usage = 'customer' OR (source.usage = 'transit' AND source.company_id IS NULL))
                    END
                   %(condition)s %(until)s
            """, company=company.id, condition=condition, until=until,
        )

    @api.model
    def _get_goods(self, company, sale_lines, date):
        """Return ``{sale line id: [Delivered]}`` in order of the moment it was done.

        Owners are ids of partners, 0 for goods without one; the tag is the net price of the intake slip in rounding
        units, 0 without one.
        """
        rows = self.env.execute_query(SQL(
            "SELECT line_id, COALESCE(owner_id, 0), quantity, id, product_id FROM (%s) goods"
            " ORDER BY line_id, date, id",
            self._get_goods_query(company, SQL("AND move.sale_line_id = ANY(%s)", sale_lines.ids), date),
        ))
        owner_ids, product_ids = {row[1] for row in rows} - {0}, {row[4] for row in rows}
        prices = self._get_intake_prices(company, owner_ids, product_ids)
        goods = defaultdict(list)
        for line_id, owner_id, quantity, move_line_id, _product_id in rows:
            if prices and quantity > 0 and (pieces := prices.get(move_line_id)):
                goods[line_id] += [Delivered(owner_id, piece, price) for piece, price in pieces]
            else:
                goods[line_id].append(Delivered._make((owner_id, round(quantity * SCALE), 0)))
        return goods

    @api.model
    def _get_intake_prices(self, company, owner_ids, product_ids):
        """Return ``{move line id: [(quantity, net price)]}`` of owners' goods that have net prices on intake slips.

        Only owners and products with such a price are looked at, with all their movements: goods without a lot go out
        in the order in which they came in.

        :param owner_ids: owners of goods that were sold.
        :param product_ids: products of goods that were sold.
        """
        if not owner_ids:
            return {}
        rounding = company.currency_id.rounding
        rows = self.env.execute_query(SQL(
            """
            WITH priced AS (
                SELECT DISTINCT slip.partner_id AS owner_id, slip.product_id
                  FROM coop_consignment_line slip
                 WHERE slip.net_price > 0 AND slip.company_id = %(company)s
                   AND slip.partner_id = ANY(%(owners)s) AND slip.product_id = ANY(%(products)s)
            )
            SELECT done.owner_id, done.product_id, done.id, done.lot_id, move.sale_line_id,
                   COALESCE(slip.net_price, 0), done.quantity_product_uom * CASE
                       WHEN %(target_inside)s THEN 1 ELSE -1 END
              FROM priced
              JOIN stock_move_line done ON done.owner_id = priced.owner_id AND done.product_id = priced.product_id
              JOIN stock_move move ON move.id = done.move_id
              JOIN stock_location source ON source.id = done.location_id
              JOIN stock_location target ON target.id = done.location_dest_id
              LEFT JOIN coop_consignment_line slip ON slip.id = move.coop_consignment_line_id
             WHERE done.state = 'done' AND done.company_id = %(company)s
               AND %(source_inside)s != %(target_inside)s
             ORDER BY done.date, done.id
            """, owners=list(owner_ids), products=list(product_ids), company=company.id,
            source_inside=_is_inside('source'), target_inside=_is_inside('target'),
        ))
        movements = {}
        for owner_id, product_id, move_line_id, lot_id, sale_line_id, price, quantity in rows:
            movements.setdefault((owner_id, product_id), []).append(Movement(
                move_line_id, round(quantity * SCALE), to_units(price, rounding), lot_id, sale_line_id,
            ))
        return {key: pieces for moved in movements.values() for key, pieces in prices_of(moved).items()}

    # === BUSINESS METHODS - INVOICES === #

    @api.model
    def _get_booked_condition(self, company, date):
        """Return the condition on ``item`` of ``bill`` that makes it count as posted by ``date``."""
        until = SQL() if not date else SQL("AND item.date <= %s", date)
        return SQL(
            "item.parent_state = 'posted' AND item.company_id = %s AND item.display_type = 'product'"
            " AND bill.move_type IN ('out_invoice', 'out_refund', 'out_receipt') %s", company.id, until,
        )

    @api.model
    def _get_documents(self, company, sale_lines, date):
        """Return ``{sale line id: [(Document, shares)]}``: the posted invoices and credit notes, oldest first.

        Each is told apart by an :class:`InvoiceKey`: the terms of the day of the invoice hold (of a credit note: of the
        invoice that it corrects), for the category that the goods then had, on the account that was credited. An
        invoice that credit notes cancel as a whole is left out with them. A correction of the price has no quantity.
        The shares are those of :meth:`_get_counted_shares`, None where all of it counts.
        """
        rows = self.env.execute_query(SQL(
            """
            SELECT line.id, COALESCE(origin.id, bill.id), bill.id, bill.move_type = 'out_refund', line.product_id,
                   item.product_uom_id, CASE WHEN item.coop_corrected_line_id IS NULL THEN item.quantity ELSE 0 END,
                   item.balance, COALESCE(origin.day, bill.invoice_date, bill.date), item.coop_categ_id,
                   item.account_id
              FROM UNNEST(%(lines)s::int[]) AS open(line_id)
              JOIN sale_order_line line ON line.id = open.line_id
              JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = open.line_id
              JOIN account_move_line item ON item.id = rel.invoice_line_id
              JOIN account_move bill ON bill.id = item.move_id
              LEFT JOIN LATERAL (
                SELECT corrected.id, COALESCE(corrected.invoice_date, corrected.date) AS day
                  FROM account_move corrected
                 WHERE corrected.id = COALESCE(
                    (SELECT own.move_id FROM account_move_line own WHERE own.id = item.coop_corrected_line_id),
                    CASE WHEN bill.move_type = 'out_refund' THEN bill.reversed_entry_id END)
                OFFSET 0
              ) origin ON TRUE
             WHERE line.product_id IS NOT NULL AND %(booked)s
             ORDER BY line.id, COALESCE(bill.invoice_date, item.date), bill.id, item.id
            """, lines=sale_lines.ids, booked=self._get_booked_condition(company, date),
        ))
        rounding = company.currency_id.rounding
        shares = self._get_counted_shares(company, {row[2] for row in rows}, date)
        find_kind = self._get_kind_finder({row[4] for row in rows if row[4]})
        documents, keys = defaultdict(list), {}
        for line_id, origin_id, bill_id, is_refund, *goods, balance, day, category_id, account_id in rows:
            product_id, unit_id, quantity = goods
            factor, category_now_id = find_kind(product_id, unit_id)
            size = round(quantity * factor * SCALE) * (-1 if is_refund else 1)
            parts = day, category_id or category_now_id, account_id
            key = keys.get(parts) or keys.setdefault(parts, InvoiceKey._make(parts))
            document = Document._make((key, size, to_units(-balance, rounding), 1))
            documents[line_id].append((origin_id, document, shares.get(bill_id)))
        return {line_id: _without_cancelled(rows) for line_id, rows in documents.items()}

    @api.model
    def _get_kind_finder(self, product_ids):
        """Return a function ``(product id, unit id or None) -> (size of the unit in the product's, category id)``."""
        # sudo: only how the goods are counted and where they belong, for whoever settles
        products = self.env['product.product'].sudo().browse(product_ids).grouped('id')
        found = {}

        def find_kind(product_id, unit_id):
            key = product_id, unit_id
            if key not in found:
                product = products[product_id]
                unit = product.uom_id.browse(unit_id) if unit_id else product.uom_id
                found[key] = unit.factor / product.uom_id.factor, product.categ_id.id or None
            return found[key]

        return find_kind

    # === BUSINESS METHODS - REFUSALS === #

    @api.model
    def _check_goods(self, sale_line, goods):
        """Refuse returns that give an owner back more than went out.

        :raises UserError: naming the product and the owner.
        """
        try:
            net_deliveries(goods)
        except InputRefusal as refusal:
            refusal.params['missing'] = refusal.params['missing'] / SCALE
            raise UserError(sale_line._coop_returned_error_message(refusal)) from refusal


def _is_inside(location):
    """Return the condition that goods lie with the cooperative: in stock, or on the way between its warehouses."""
    return SQL(
        "(%(at)s.usage = 'internal' OR (%(at)s.usage = 'transit' AND %(at)s.company_id IS NOT NULL))",
        at=SQL.identifier(location),
    )


def _without_cancelled(rows):
    """Return the documents of a sale line without invoices that credit notes naming them cancel as a whole."""
    if len(rows) == 1:
        return [rows[0][1:]]
    by_origin = {}
    for origin_id, document, _shares in rows:
        by_origin.setdefault(origin_id, []).append(document)
    cancelled = {origin_id for origin_id, documents in by_origin.items() if _come_to_nothing(documents)}
    return [(document, shares) for origin_id, document, shares in rows if origin_id not in cancelled]


def _come_to_nothing(documents):
    """Whether an invoice and its credit notes come to nothing, in quantity and for every key."""
    if len(documents) < 2 or sum(document.quantity for document in documents):
        return False
    amounts = {}
    for document in documents:
        amounts[document.key] = amounts.get(document.key, 0) + document.amount
    return not any(amounts.values())
