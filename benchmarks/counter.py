"""Serving a member at the counter: opening everything that is due, and posting one receipt of it.

The member with a long history has ten years of savings every month, 1,000 invoices that were paid, and 1,000 receipts
behind. Limit: no more queries than for a new member; opening takes at most twice, posting at most 1.5 times as long.
"""
from _bench import cooperative, environment, measure, members, parse, savings, verdict

from odoo.fields import Command
from odoo.tools import SQL

MONTHS, INVOICES, OPEN_LIMIT, POST_LIMIT = 120, 1_000, 2.0, 1.5


def owe(env, member, product, amount=30_000):
    """Return a posted invoice of the member."""
    invoice = env['account.move'].create({
        'move_type': 'out_invoice', 'partner_id': member.partner_id.id, 'invoice_date': '2026-02-10',
        'invoice_date_due': '2026-02-10',
        'invoice_line_ids': [Command.create({'product_id': product.id, 'quantity': 1, 'price_unit': amount})],
    })
    invoice._post(soft=False)
    return invoice


def serve(env, member):
    """Return a draft of the counter as the screen fills it."""
    receipt = env['coop.counter.receipt'].create({'membership_id': member.id})
    receipt.action_refresh()
    receipt.line_ids.filtered(lambda line: line.kind == 'savings').chosen = False
    return receipt


def copies(env, records, count, **changed):
    """Insert ``count`` copies of each row, as they stand, by SQL."""
    names = [
        name for name, field in records._fields.items() if field.store and field.column_type and name != 'id'
    ]
    env.flush_all()
    env.cr.execute(SQL(
        "INSERT INTO %s (%s) SELECT %s FROM %s r CROSS JOIN generate_series(1, %s) n WHERE r.id IN %s",
        SQL.identifier(records._table), SQL(', ').join(SQL.identifier(name) for name in names),
        SQL(', ').join(changed.get(name) or SQL.identifier('r', name) for name in names),
        SQL.identifier(records._table), count, tuple(records.ids),
    ))
    env.cr.execute(SQL("ANALYZE %s", SQL.identifier(records._table)))


options = parse()
with environment(options) as env:
    env = cooperative(env)
    product = env['product.product'].create({'name': "Fertiliser", 'taxes_id': False})
    savings_types = env['coop.savings.type'].search([('company_id', '=', env.company.id)])
    new, old = members(env, 2)
    savings(env, savings_types)
    savings(env, savings_types, old.partner_id, MONTHS)
    paid = owe(env, old, product)
    receipt = serve(env, old)
    receipt.action_post()
    term = paid.line_ids.filtered(lambda line: line.account_id.account_type == 'asset_receivable')
    copies(env, term, options.size or INVOICES)
    copies(
        env, receipt, options.size or INVOICES, token=SQL("md5(n::text)"), name=SQL("'L/' || n"),
        date=SQL("r.date - n::integer"),
    )
    env.invalidate_all()
    seconds, queries = {}, {}
    for name, member in (("new member", new), ("ten years", old)):
        owe(env, member, product)
        env.flush_all()
        seconds[name, 'open'], queries[name, 'open'] = measure(env, lambda m=member: serve(env, m), options.repeat)
        draft = serve(env, member)
        env.flush_all()
        seconds[name, 'post'], queries[name, 'post'] = measure(env, draft.action_post, options.repeat)
        for step in ('open', 'post'):
            print(f"  {step}  {name:12} {seconds[name, step]:7.3f} s  {queries[name, step]:5d} queries", flush=True)
    ratios = {step: seconds["ten years", step] / seconds["new member", step] for step in ('open', 'post')}
    print(f"  ratio: open {ratios['open']:.2f} (limit {OPEN_LIMIT}), post {ratios['post']:.2f} (limit {POST_LIMIT})")
    no_more = all(queries["ten years", step] <= queries["new member", step] for step in ('open', 'post'))
    passed = no_more and ratios['open'] <= OPEN_LIMIT and ratios['post'] <= POST_LIMIT
verdict(passed)
