"""Distributing a round of 1,000 members and 5 products, as a ratio to Odoo creating and confirming the same orders.

Limit: 1.2.
"""
from _bench import compare, cooperative, environment, members, parse, verdict

from odoo.fields import Command

MEMBERS, PRODUCTS, LIMIT = 1_000, 5, 1.2

options = parse()


def received_round(env):
    """Return a round in which every member gets every product, with freight by value; received in full."""
    env['stock.warehouse'].create({'name': "Gudang", 'code': 'UKUR', 'company_id': env.company.id})
    vendor = env['res.partner'].create({'name': "Toko Tani"})
    products = env['product.product'].create([{
        'name': f"Barang {number}", 'type': 'consu', 'is_storable': True, 'weight': 1.0,
        'seller_ids': [
            Command.create({'partner_id': vendor.id, 'min_qty': minimum, 'price': price})
            for minimum, price in ((1, 10_007 + number), (500, 9_003 + number))
        ],
    } for number in range(PRODUCTS)])
    pool = env['coop.pool'].create({
        'title': "Ukur", 'margin_percent': 2.5, 'arrears_policy': 'none',
        'line_ids': [Command.create({'product_id': product.id}) for product in products],
        'cost_ids': [Command.create({'name': "Freight", 'amount': 1_000_000})],
    })
    pool.action_open()
    everybody = members(env, MEMBERS)
    env['coop.pool.request'].create([
        {'line_id': line.id, 'membership_id': member.id, 'quantity': 1 + index % 7}
        for line in pool.line_ids for index, member in enumerate(everybody)
    ])
    pool.action_close()
    pool.action_order()
    pool.purchase_order_ids.button_confirm()
    picking = pool.purchase_order_ids.picking_ids
    for move in picking.move_ids:
        move.quantity = move.product_uom_qty
    picking.move_ids.picked = True
    picking.button_validate()
    return pool


with environment(options) as env:
    env = cooperative(env)
    pool = received_round(env)
    env.flush_all()
    savepoint = env.cr.savepoint()
    pool.action_distribute()
    # What the distribution orders, as plain values: everything else is Odoo's.
    plain = [{
        'partner_id': order.partner_id.id, 'company_id': order.company_id.id, 'warehouse_id': order.warehouse_id.id,
        'pricelist_id': False, 'order_line': [Command.create({
            'product_id': line.product_id.id, 'product_uom_id': line.product_uom_id.id, 'name': line.name,
            'product_uom_qty': line.product_uom_qty, 'price_unit': line.price_unit, 'discount': 0.0,
            'tax_ids': [Command.set(line.tax_ids.ids)],
        }) for line in order.order_line],
    } for order in pool.sale_order_ids]
    savepoint.close(rollback=True)
    env.invalidate_all()

    def odoo_alone():
        env['sale.order'].create(plain).action_confirm()

    (base, base_queries), (ours, queries), ratio = compare(env, odoo_alone, pool.action_distribute, options.repeat)
    print(f"  Odoo's own {MEMBERS} orders of {PRODUCTS + 1} lines   {base:7.2f} s  {base_queries:6d} queries")
    print(f"  distributing the round            {ours:7.2f} s  {queries:6d} queries")
    print(f"  ratio {ratio:.3f} (limit {LIMIT})")
    passed = ratio <= LIMIT
verdict(passed)
