"""A cash payout of SHU to 5,000 members, as a ratio to registering as many payments with Odoo's payment screen.

The payout is filled and posted: one entry, reconciled member by member. Odoo's screen makes a payment for each member:
all at once in one window, which is the fastest that it offers, and one by one, as a cashier would; the latter is
measured for some members and multiplied. Limit: 20 times faster than one by one. The memory at most is measured for few
and for many members; limit: 1.5 times per member.
"""
import time

from _bench import cooperative, environment, measure, members, parse, peak, verdict
from _shu import work

from odoo.fields import Command

MEMBERS, ONE_BY_ONE, LIMIT, MEMORY_LIMIT = 5_000, 100, 20, 1.5


def allocate(env, everybody):
    """Return the posted allocation of last year, by capital of the members."""
    env['coop.shu.rule'].create({'name': "Bylaws", 'date_from': '2020-01-01', 'share_ids': [
        Command.create({'kind': 'reserve', 'percent': 60}), Command.create({'kind': 'capital', 'percent': 40}),
    ]})
    income = env['account.account'].search([
        *env['account.account']._check_company_domain(env.company), ('account_type', '=', 'income'),
    ], limit=1)
    cash = env['account.journal'].search([('type', '=', 'cash'), ('company_id', '=', env.company.id)], limit=1)
    capital = env.company._get_coop_account('mandatory')
    env['account.move'].create({'journal_id': cash.id, 'date': '2025-06-30', 'line_ids': [
        Command.create({'account_id': cash.default_account_id.id, 'balance': 350_000 * len(everybody)}),
        Command.create({'account_id': income.id, 'balance': -250_000 * len(everybody)}),
        *(
            Command.create({'account_id': capital.id, 'partner_id': partner.id, 'balance': -100_000})
            for partner in everybody.partner_id
        ),
    ]})._post(soft=False)
    allocation = env['coop.shu.allocation'].create({
        'date_from': '2025-01-01', 'date_to': '2025-12-31', 'meeting_date': '2026-02-01', 'meeting_number': '1',
    })
    allocation.action_compute()
    work(allocation)
    allocation.action_approve()
    allocation.action_post()
    work(allocation)
    return allocation


def pay_out(env, memberships=None):
    """Pay everybody, or these members, in cash with one voucher."""
    payout = env['coop.payout'].create({'membership_ids': [Command.set(memberships.ids)] if memberships else False})
    payout.action_fill()
    payout.action_post()
    return payout


def register(env, items):
    """Pay these open items with Odoo's own payment screen, one payment for each."""
    cash = env['account.journal'].search([('type', '=', 'cash'), ('company_id', '=', env.company.id)], limit=1)
    env['account.payment.register'].with_context(
        active_model='account.move.line', active_ids=items.ids,
    ).create({'journal_id': cash.id, 'group_payment': False})._create_payments()


def one_by_one(env, items):
    for item in items:
        register(env, item)


options = parse()
count = options.size or MEMBERS
some = min(ONE_BY_ONE, count)
with environment(options) as env:
    env = cooperative(env)
    everybody = members(env, count)
    start = time.perf_counter()
    allocation = allocate(env, everybody)
    print(f"  allocation of {count} members made in {time.perf_counter() - start:.1f} s", flush=True)
    items = allocation.member_line_ids.payable_line_id
    ours, queries = measure(env, lambda: pay_out(env), options.repeat)
    print(f"  payout to {count} members                      {ours:8.2f} s  {queries:6d} queries", flush=True)
    single, single_queries = measure(env, lambda: one_by_one(env, items[:some]), 1)
    base = single * count / some
    queries = single_queries * count // some
    print(f"  {count} payments one by one (measured for {some}) {base:8.2f} s  {queries:6d} queries", flush=True)
    batch, batch_queries = measure(env, lambda: register(env, items[:10 * some]), 1)
    batch *= count / len(items[:10 * some])
    print(f"  {count} payments in one window                 {batch:8.2f} s")
    print(f"  {base / ours:.1f} times faster than one by one (limit {LIMIT})")
    print(f"  {batch / ours:.1f} times faster than in one window")
    few, many = (peak(env, lambda size=size: pay_out(env, everybody[:size])) for size in (count // 4, count))
    print(f"  memory at most: {few:.1f} MB for {count // 4} members, {many:.1f} MB for {count}")
    passed = base >= LIMIT * ours and many <= 4 * MEMORY_LIMIT * few
verdict(passed)
