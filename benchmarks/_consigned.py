"""Consigned goods that were sold, delivered and invoiced, in bulk: copies in SQL of one sale that Odoo made."""
from __future__ import annotations

from _bench import _copy_rows

import odoo.api
from odoo.fields import Command, Date
from odoo.tools import SQL


def first_sale(env: odoo.api.Environment, membership):
    """Bring, sell, deliver and invoice goods of one member with Odoo's own means; return the sale line."""
    env['stock.warehouse'].create({'name': "Gudang", 'code': 'UKUR', 'company_id': env.company.id})
    env['coop.consignment.agreement'].create({
        'term_ids': [Command.create({
            'date_from': '2020-01-01', 'commission_rate': 10, 'set_off_rate': 50, 'set_off_consent_date': '2020-01-01',
            'set_off_consent_ref': "Keputusan RAT 2020",
        })],
    })
    product = env['product.product'].create({
        'name': "Gabah", 'type': 'consu', 'is_storable': True, 'coop_consigned': True, 'taxes_id': False,
        'supplier_taxes_id': False, 'company_id': env.company.id,
    })
    slip = env['coop.consignment'].create({
        'membership_id': membership.id, 'line_ids': [Command.create({'product_id': product.id, 'gross': 10})],
    })
    slip.action_confirm()
    slip.picking_ids.button_validate()
    order = env['sale.order'].create({
        'partner_id': env['res.partner'].create({'name': "Penggilingan"}).id,
        'order_line': [Command.create({'product_id': product.id, 'product_uom_qty': 10, 'price_unit': 6_500})],
    })
    order.action_confirm()
    order.picking_ids.move_ids.picked = True
    order.picking_ids._action_done()
    invoice = order._create_invoices()
    invoice.invoice_date = Date.today()
    invoice.action_post()
    env.flush_all()
    return order.order_line


def copy_sales(env: odoo.api.Environment, sale_line, partners, count: int, owners_per_line: int = 1) -> None:
    """Copy a sale line with its delivery and invoice line ``count`` times; the goods are those of the partners in turn.

    Every copy is delivered from the goods of ``owners_per_line`` members.
    """
    move = sale_line.move_ids
    move_line = move.move_line_ids
    item = sale_line.invoice_lines
    first_line = _copy_rows(
        env, sale_line, count, coop_open_changes=SQL("1"),
        product_uom_qty=SQL("r.product_uom_qty * %s", owners_per_line),
    )
    first_move = _copy_rows(
        env, move, count, sale_line_id=SQL("%s + n", first_line),
        product_uom_qty=SQL("r.product_uom_qty * %s", owners_per_line),
        quantity=SQL("r.quantity * %s", owners_per_line),
    )
    _copy_rows(
        env, move_line, count * owners_per_line, move_id=SQL("%s + 1 + (n - 1) / %s", first_move, owners_per_line),
        owner_id=SQL("(%s::int[])[1 + (n - 1) %% %s]", partners.ids, len(partners)),
    )
    first_item = _copy_rows(
        env, item, count, **{name: SQL("r.%s * %s", SQL.identifier(name), owners_per_line) for name in (
            'quantity', 'balance', 'amount_currency', 'credit', 'price_subtotal', 'price_total',
        )},
    )
    env.cr.execute(SQL(
        "INSERT INTO sale_order_line_invoice_rel (order_line_id, invoice_line_id)"
        " SELECT %s + n, %s + n FROM generate_series(1, %s) n", first_line, first_item, count,
    ))
    for table in (
        'sale_order_line', 'stock_move', 'stock_move_line', 'account_move_line', 'sale_order_line_invoice_rel',
    ):
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    env.invalidate_all()
