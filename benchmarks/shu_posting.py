"""Posting SHU for 5,000 members, as a ratio to Odoo creating and posting the same entries.

The entries have the same lines and the same size. Limit: 1.15. The memory that posting takes in Python is measured for
a quarter of the members and for all; limit: 1.5 times.
"""

from _bench import compare, environment, parse, peak, verdict
from _shu import allocation, work, year

MEMBERS, LIMIT, MEMORY_LIMIT = 5_000, 1.15, 1.5


def approved(env):
    """Return an allocation that is ready to be posted."""
    ready = allocation(env)
    ready.action_compute()
    work(ready)
    ready.action_approve()
    env.flush_all()
    return ready


def collect(ready):
    """Return the values of every entry, as posting makes them."""
    from odoo.addons.producer_cooperative.models.coop_shu_allocation_post import MEMBERS_PER_ENTRY
    lines = ready.member_line_ids.filtered('amount_total').sorted('id')
    chunks = [lines[start:start + MEMBERS_PER_ENTRY] for start in range(0, len(lines), MEMBERS_PER_ENTRY)]
    found = [ready._prepare_year_end_values()] + [
        ready._prepare_meeting_values(chunk, ready.share_ids if place == 0 else ready.share_ids.browse())
        for place, chunk in enumerate(chunks)
    ]
    for values in found:
        values.pop('coop_source_id')
    return found


def odoo_alone(env, found):
    """Create and post the same entries, one after the other."""
    for values in found:
        env['account.move'].create([values])._post(soft=False)
        env.flush_all()
        env.invalidate_all()


def ours(ready):
    """Post the allocation step by step as in the background, without committing."""
    ready.action_post()
    work(ready)
    if ready.state != 'posted':
        raise SystemExit(f"{ready.state}: {ready.problem}")


options = parse()
count = options.size or MEMBERS
with environment(options) as base_env:
    few_env = year(base_env, count // 4, count, "Koperasi Ukur Kecil")
    env = year(base_env, count, 2 * count)
    ready = approved(env)
    found = collect(ready)
    env.invalidate_all()
    (base, base_queries), (own, queries), ratio = compare(
        env, lambda: odoo_alone(env, found), lambda: ours(ready), options.repeat,
    )
    print(f"  Odoo's own entries for {count} members {base:7.2f} s  {base_queries:6d} queries")
    print(f"  posting the allocation          {own:7.2f} s  {queries:6d} queries")
    print(f"  ratio {ratio:.3f} (limit {LIMIT})")
    few_ready = approved(few_env)
    few, more = peak(few_env, lambda: ours(few_ready)), peak(env, lambda: ours(ready))
    print(f"  memory at most: {few:.1f} MB for {count // 4} members, {more:.1f} MB for {count}")
    passed = ratio <= LIMIT and more <= MEMORY_LIMIT * few
verdict(passed)
