"""Closing and ordering a round of 5 products, asked for by 100 and by 1,000 members.

Limit: the number of queries does not depend on the number of requests.
"""
from functools import partial

from _bench import cooperative, environment, measure, members, parse, verdict

from odoo.fields import Command

FEW, MANY, PRODUCTS = 100, 1_000, 5

options = parse()
with environment(options) as env:
    env = cooperative(env)
    if not env['stock.warehouse'].search_count([('company_id', '=', env.company.id)], limit=1):
        env['stock.warehouse'].create({'name': "Gudang Ukur", 'code': 'UKUR', 'company_id': env.company.id})
    vendor = env['res.partner'].create({'name': "Toko Tani"})
    products = env['product.product'].create([{
        'name': f"Produk {number}", 'is_storable': True, 'company_id': env.company.id,
        'seller_ids': [
            Command.create({'partner_id': vendor.id, 'min_qty': minimum, 'price': price})
            for minimum, price in ((1, 155_000), (500, 148_000), (2_000, 141_000))
        ],
    } for number in range(PRODUCTS)])
    everybody = members(env, MANY)

    def open_pool():
        pool = env['coop.pool'].create({
            'title': "Pupuk", 'arrears_policy': 'none',
            'line_ids': [Command.create({'product_id': product.id, 'pack': 12}) for product in products],
        })
        pool.action_open()
        return pool

    def enter(pool, asking):
        pool._set_requests([(member, product, 3, 0) for member in asking for product in products])

    def order(pool):
        pool.action_close()
        pool.action_order()

    results = {}
    for count in (FEW, MANY):
        asking = everybody[:count]
        empty = open_pool()
        seconds, queries = measure(env, partial(enter, empty, asking), options.repeat)
        print(f"  entering {count * PRODUCTS:5d} requests at once    {seconds:7.2f} s  {queries:6d} queries")
        filled = open_pool()
        enter(filled, asking)
        for name, action in (
            ('look', filled.get_request_grid), ('close', filled.action_close),
            ('close and order', partial(order, filled)),
        ):
            seconds, queries = measure(env, action, options.repeat)
            results.setdefault(name, []).append(queries)
            print(f"  {name:16s} {count:5d} members x {PRODUCTS}  {seconds:7.2f} s  {queries:6d} queries")
    # Odoo fetches at most 1,000 records at a time: reading more requests takes a few queries more, not one for each.
    passed = all(many - few <= 2 * MANY * PRODUCTS // 1_000 for few, many in results.values())
verdict(passed)
