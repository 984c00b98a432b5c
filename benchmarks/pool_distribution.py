"""Distributing a round of 1,000 members and 5 products, as a ratio to Odoo creating and confirming the same orders.

Limit: 1.2. Confirming 1,000 orders takes Odoo minutes; so both are measured once, after a round of a few members.
"""
from unittest.mock import patch

from _bench import compare, cooperative, environment, members, parse, verdict

from odoo.fields import Command

MEMBERS, FEW, PRODUCTS, LIMIT = 1_000, 20, 5, 1.2


def goods(env):
    """Return the products of the rounds, which a vendor sells the cheaper the more is bought."""
    env['stock.warehouse'].create({'name': "Gudang", 'code': 'UKUR', 'company_id': env.company.id})
    vendor = env['res.partner'].create({'name': "Toko Tani"})
    return env['product.product'].create([{
        'name': f"Barang {number}", 'type': 'consu', 'is_storable': True, 'weight': 1.0,
        'seller_ids': [
            Command.create({'partner_id': vendor.id, 'min_qty': minimum, 'price': price})
            for minimum, price in ((1, 10_007 + number), (500, 9_003 + number))
        ],
    } for number in range(PRODUCTS)])


def received_round(products, asking):
    """Return a round in which every member gets every product, with freight by value; received in full."""
    env = products.env
    pool = env['coop.pool'].create({
        'title': "Ukur", 'margin_percent': 2.5, 'arrears_policy': 'none',
        'line_ids': [Command.create({'product_id': product.id}) for product in products],
        'cost_ids': [Command.create({'name': "Freight", 'amount': 1_000_000})],
    })
    pool.action_open()
    env['coop.pool.request'].create([
        {'line_id': line.id, 'membership_id': member.id, 'quantity': 1 + index % 7}
        for line in pool.line_ids for index, member in enumerate(asking)
    ])
    pool.action_close()
    pool.action_order()
    pool.purchase_order_ids.button_confirm()
    picking = pool.purchase_order_ids.picking_ids
    for move in picking.move_ids:
        move.quantity = move.product_uom_qty
    picking.move_ids.picked = True
    picking.button_validate()
    env.flush_all()
    return pool


def plain_orders(pool):
    """Return what the distribution orders, as plain values: everything else is Odoo's. Nothing is confirmed for it."""
    env = pool.env
    savepoint = env.cr.savepoint()
    with patch.object(env.registry['sale.order'], 'action_confirm', lambda orders: None):
        pool.action_distribute()
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
    return plain


def in_turns(pool, repeat):
    """Measure Odoo making the orders of a round, and the distribution of the round."""
    env, plain = pool.env, plain_orders(pool)

    def odoo_alone():
        # Odoo writes the number of the order into the values that it gets.
        env['sale.order'].create([dict(values) for values in plain]).action_confirm()

    return compare(env, odoo_alone, pool.action_distribute, repeat, warm_up=False)


options = parse(repeat=1)
count = options.size or MEMBERS
with environment(options) as env:
    env = cooperative(env)
    products, everybody = goods(env), members(env, count)
    in_turns(received_round(products, everybody[:FEW]), 1)
    (base, base_queries), (ours, queries), ratio = in_turns(received_round(products, everybody), options.repeat)
    print(f"  Odoo's own {count} orders of {PRODUCTS + 1} lines   {base:7.2f} s  {base_queries:6d} queries")
    print(f"  distributing the round            {ours:7.2f} s  {queries:6d} queries")
    print(f"  ratio {ratio:.3f} (limit {LIMIT})")
    passed = ratio <= LIMIT
verdict(passed)
