"""Reports on the savings of many members: capital on a day, one member's book, what the pivot asks for.

Limit: the number of queries does not grow with the members, and one member's book does not wait for all the others.
"""
from _bench import cooperative, environment, measure, members, parse, savings, verdict

from odoo.fields import Command

MEMBERS = 100_000
BOOK_SECONDS = 2.0

options = parse()
with environment(options) as env:
    env = cooperative(env)
    savings_types = env['coop.savings.type'].search([('company_id', '=', env.company.id)])
    everybody = members(env, MEMBERS)
    savings(env, savings_types)
    env.cr.execute("ANALYZE coop_membership; ANALYZE res_partner")
    movements = env['coop.savings.movement']
    book = env['coop.savings.book'].create({
        'membership_ids': [Command.set(everybody[:1].ids)], 'date_from': '2025-01-01', 'date_to': '2025-12-31',
    })
    capital = env['coop.savings.capital'].create({'date': '2025-12-31'})
    seconds = {}
    for name, operation in (
        ("one member's book", book._get_report),
        ("totals by savings type", lambda: movements._read_group([], ['type_id'], ['amount:sum'])),
        ("totals by month and type", lambda: movements._read_group([], ['date:month', 'type_id'], ['amount:sum'])),
        ("first page of the list", lambda: movements.search([], limit=80).read(['date', 'membership_id', 'amount'])),
        ("capital of all members", capital._get_report),
    ):
        seconds[name], queries = measure(env, operation, options.repeat)
        print(f"  {name:26} {MEMBERS:7d} members  {seconds[name]:7.3f} s  {queries:4d} queries")
verdict(seconds["one member's book"] < BOOK_SECONDS)
