"""Computing SHU for 100,000 members with 1,000,000 invoice lines, as a ratio to bare SQL.

The bare SQL adds up the same surplus, capital and purchases, and inserts as many rows: a line per member and a part
per member and share, without fractions being shared out, totals, or a comparison with the books at the end. Limit: 3.
The memory that computing takes in Python is measured for a quarter of the members and for all; limit: 1.5 times.
"""

from _bench import compare, environment, parse, peak, verdict
from _shu import FIRST, LAST, allocation, work, year

from odoo.tools import SQL

MEMBERS, LINES_EACH, LIMIT, MEMORY_LIMIT = 100_000, 10, 3.0, 1.5
POOL = 1_000_000_000


def bare(env, prepared):
    """Aggregate and insert with a few statements written by hand."""
    company, accounts = env.company.id, tuple(env['coop.savings.type'].search([
        ('is_capital', '=', True), ('company_id', '=', env.company.id),
    ]).account_id.ids)
    params = {'company': company, 'first': FIRST, 'last': LAST, 'allocation': prepared.id}
    env.cr.execute(SQL(
        "SELECT -SUM(line.balance) FROM account_move_line line JOIN account_account account"
        " ON account.id = line.account_id WHERE line.company_id = %(company)s AND line.parent_state = 'posted'"
        " AND line.date BETWEEN %(first)s AND %(last)s"
        " AND (account.account_type LIKE 'income%%' OR account.account_type LIKE 'expense%%')", **params,
    ))
    env.cr.execute(SQL(
        "INSERT INTO coop_shu_member_line (allocation_id, company_id, date_to, membership_id, partner_id,"
        " payout_method, capital_amount, patronage_amount, amount_total, amount_residual, amount_paid)"
        " SELECT %(allocation)s, company_id, %(last)s::date, id, partner_id, 'cash', 0, 0, 0, 0, 0"
        " FROM coop_membership WHERE company_id = %(company)s ORDER BY number", **params,
    ))
    env.cr.execute("ANALYZE coop_shu_member_line")
    capital = SQL(
        "SELECT partner_id, SUM(-balance) AS amount FROM account_move_line WHERE company_id = %(company)s"
        " AND parent_state = 'posted' AND account_id IN %(accounts)s AND date <= %(last)s GROUP BY partner_id",
        accounts=accounts, **params,
    )
    purchases = SQL(
        "SELECT head.partner_id, SUM(-line.balance) AS amount FROM account_move_line line JOIN account_move head"
        " ON head.id = line.move_id JOIN account_account account ON account.id = line.account_id"
        " WHERE head.state = 'posted' AND head.move_type IN ('out_invoice', 'out_refund', 'out_receipt')"
        " AND head.company_id = %(company)s AND head.date BETWEEN %(first)s AND %(last)s"
        " AND line.display_type = 'product'"
        " AND (account.account_type LIKE 'income%%' OR account.account_type LIKE 'expense%%')"
        " GROUP BY head.partner_id", **params,
    )
    for share, bases in zip(prepared.share_ids, (capital, purchases), strict=True):
        env.cr.execute(SQL(
            "INSERT INTO coop_shu_member_part (line_id, company_id, share_id, kind, numerator, amount)"
            " SELECT line.id, line.company_id, %(share)s, %(kind)s, COALESCE(base.amount, 0),"
            " TRUNC(%(pool)s * COALESCE(base.amount, 0) / (SUM(base.amount) OVER ()))"
            " FROM coop_shu_member_line line LEFT JOIN (%(bases)s) base ON base.partner_id = line.partner_id"
            " WHERE line.allocation_id = %(allocation)s",
            share=share.id, kind=share.kind, pool=POOL, bases=bases, allocation=prepared.id,
        ))


def prepare(env):
    """Return an allocation with a share each by capital and by purchases, for the bare SQL to fill."""
    prepared = allocation(env)
    for kind in ('capital', 'patronage'):
        env['coop.shu.allocation.share'].create({
            'allocation_id': prepared.id, 'kind': kind, 'name': kind, 'amount': POOL,
        })
    env.flush_all()
    return prepared


def ours(env):
    """Compute an allocation step by step as in the background, without committing."""
    computed = allocation(env)
    computed.action_compute()
    work(computed)
    if computed.state != 'computed' or computed.changed_meanwhile:
        raise SystemExit(f"{computed.state}: {computed.problem or computed.changed_meanwhile}")
    return computed


options = parse()
count = options.size or MEMBERS
with environment(options) as base_env:
    few_env = year(base_env, count // 4, count // 4 * LINES_EACH, "Koperasi Ukur Kecil")
    env = year(base_env, count, count * LINES_EACH)
    prepared = prepare(env)
    (base, _queries), (own, queries), ratio = compare(
        env, lambda: bare(env, prepared), lambda: ours(env), options.repeat,
    )
    print(f"  bare SQL for {count} members, {count * LINES_EACH} invoice lines {base:7.2f} s")
    print(f"  computing in steps                                  {own:7.2f} s  {queries:6d} queries")
    print(f"  ratio {ratio:.3f} (limit {LIMIT})")
    few, more = peak(few_env, lambda: ours(few_env)), peak(env, lambda: ours(env))
    print(f"  memory at most: {few:.1f} MB for {count // 4} members, {more:.1f} MB for {count}")
    passed = ratio <= LIMIT and more <= MEMORY_LIMIT * few
verdict(passed)
