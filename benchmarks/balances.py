"""Savings balances and arrears of many members at once.

Limit: the number of queries does not grow with the members. Time is shown beside the bare SQL that sums the same
journal items by member and account.
"""
from _bench import cooperative, environment, measure, members, parse, savings, verdict

from odoo.tools import SQL

SMALL, LARGE = 1_000, 100_000


def bare_sql(env, savings_types):
    env.cr.execute(SQL(
        "SELECT partner_id, account_id, SUM(balance) FROM account_move_line"
        " WHERE parent_state = 'posted' AND account_id IN %s GROUP BY partner_id, account_id",
        tuple(savings_types.account_id.ids),
    ))
    return env.cr.fetchall()


options = parse()
with environment(options) as env:
    env = cooperative(env)
    savings_types = env['coop.savings.type'].search([('company_id', '=', env.company.id)])
    everybody = members(env, LARGE)
    savings(env, savings_types)
    queries = {}
    for size in (SMALL, LARGE):
        some = everybody[:size]
        for name in ('_get_savings_balances', '_get_arrears'):
            seconds, queries[name, size] = measure(env, getattr(some, name), options.repeat)
            print(f"  {name:24} {size:7d} members  {seconds:7.3f} s  {queries[name, size]:4d} queries")
    arrears = env['coop.savings.arrears']
    for name, action in (
        ('arrears by member', lambda: arrears._read_group(
            [('company_id', '=', env.company.id)], ['membership_id'], ['amount:sum'],
        )),
        ('arrears, first page', lambda: arrears.search_fetch(
            [('company_id', '=', env.company.id)], ['amount', 'month'], limit=80, order='id',
        )),
    ):
        seconds, count = measure(env, action, options.repeat)
        print(f"  {name:24} {LARGE:7d} members  {seconds:7.3f} s  {count:4d} queries")
    seconds, _queries = measure(env, lambda: bare_sql(env, savings_types), options.repeat)
    print(f"  bare SQL                 {LARGE:7d} members  {seconds:7.3f} s")
    passed = all(queries[name, SMALL] == queries[name, LARGE] for name, _size in queries)
verdict(passed)
