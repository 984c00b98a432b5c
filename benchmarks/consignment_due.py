"""What is due to 5,000 members for 100,000 delivered move lines, as a ratio to the bare SQL that covers and sums them.

The SQL covers the goods by the invoices with window functions, first in, first out, and adds up each owner's share;
that it comes to the same, for every owner and sale, is looked at first.
Limit: 5. Also shown: how long it takes once all but a hundredth of the sales are settled, in proportion to that part.
"""
from _bench import compare, cooperative, environment, measure, members, parse, verdict
from _consigned import copy_sales, first_sale

from odoo.tools import SQL

LINES, OWNERS, PER_LINE, LIMIT = 100_000, 5_000, 4, 5.0
#: How much longer the hundredth may take than a hundredth of the time for all, and the least that any look-up takes.
SLACK, FLOOR = 3.0, 0.25

COVER = """
    WITH goods AS (
        SELECT move.sale_line_id AS line_id, done.owner_id, done.quantity_product_uom AS quantity,
               SUM(done.quantity_product_uom) OVER (
                   PARTITION BY move.sale_line_id ORDER BY done.date, done.id
               ) AS until
          FROM stock_move_line done JOIN stock_move move ON move.id = done.move_id
         WHERE done.state = 'done' AND done.company_id = %(company)s AND move.sale_line_id IS NOT NULL
           AND done.owner_id IS NOT NULL
    ), invoiced AS (
        SELECT rel.order_line_id AS line_id, SUM(item.quantity) AS quantity, -SUM(item.balance) AS amount
          FROM sale_order_line_invoice_rel rel JOIN account_move_line item ON item.id = rel.invoice_line_id
         WHERE item.parent_state = 'posted' AND item.company_id = %(company)s
         GROUP BY rel.order_line_id
    ), covered AS (
        SELECT goods.line_id, goods.owner_id, invoiced.amount,
               GREATEST(LEAST(goods.quantity, invoiced.quantity - goods.until + goods.quantity), 0) AS quantity,
               SUM(GREATEST(LEAST(goods.quantity, invoiced.quantity - goods.until + goods.quantity), 0)) OVER (
                   PARTITION BY goods.line_id
               ) AS covered
          FROM goods JOIN invoiced ON invoiced.line_id = goods.line_id
    )
    SELECT owner_id, line_id, SUM(quantity), SUM(ROUND(amount * quantity / NULLIF(covered, 0), 2))
      FROM covered GROUP BY owner_id, line_id
"""


options = parse()
lines = options.size or LINES
with environment(options) as env:
    env = cooperative(env)
    everybody = members(env, max(lines * OWNERS // LINES, PER_LINE))
    copy_sales(env, first_sale(env, everybody[0]), everybody.partner_id, lines // PER_LINE, PER_LINE)
    Settlement = env['coop.settlement']

    def bare_sql():
        return env.execute_query(SQL(COVER, company=env.company.id))

    def ours():
        return Settlement._get_due(env.company)

    rounding = env.company.currency_id.rounding
    is_same = {
        (owner_id, line_id): (float(quantity), float(amount)) for owner_id, line_id, quantity, amount in bare_sql()
    } == {
        (owner.id, row.key.sale_line): (float(row.due.quantity), row.due.amount * rounding)
        for owner, rows in ours().items() for row in rows
    }
    print(f"  both find the same of every owner's goods: {'yes' if is_same else 'NO'}")
    (base, base_queries), (own, queries), ratio = compare(env, bare_sql, ours, options.repeat)
    print(f"  bare SQL over {lines} move lines          {base:7.2f} s  {base_queries:6d} queries")
    print(f"  what is due to {len(everybody)} members             {own:7.2f} s  {queries:6d} queries")
    print(f"  ratio {ratio:.2f} (limit {LIMIT})")
    env.cr.execute(SQL("UPDATE sale_order_line SET coop_open_changes = 0 WHERE id %% 100 != 0"))
    env.cr.execute("ANALYZE sale_order_line")
    part, queries = measure(env, ours, options.repeat)
    most = SLACK * own / 100 + FLOOR
    print(f"  with a hundredth of it still open      {part:7.2f} s  {queries:6d} queries (limit {most:.2f} s)")
    passed = is_same and ratio <= LIMIT and part <= most
verdict(passed)
