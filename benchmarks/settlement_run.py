"""A settlement run for 1,000 members, as a ratio to Odoo making the same bills and set-offs and reconciling them.

The run is previewed and posted; Odoo creates, posts and reconciles in batches of the same size. Limit: 1.3. The memory
that a run takes at most is measured for a few members and for more of them; limit: 1.5 times for four times as many.
"""

from _bench import compare, cooperative, environment, members, parse, peak, verdict
from _consigned import copy_sales, first_sale

from odoo.fields import Command, Date
from odoo.tools import split_every

MEMBERS, LINES_EACH, LIMIT, MEMORY_LIMIT = 1_000, 3, 1.3, 1.5
DEBT = 20_000


def owe(env, partners):
    """Let each of the partners owe the cooperative something, in one entry."""
    account = partners[0].property_account_receivable_id
    journal = env['account.journal'].search([('type', '=', 'cash'), ('company_id', '=', env.company.id)], limit=1)
    env['account.move'].create({'move_type': 'entry', 'journal_id': journal.id, 'line_ids': [
        Command.create({'account_id': journal.default_account_id.id, 'balance': -DEBT * len(partners)}),
        *(
            Command.create({'account_id': account.id, 'partner_id': partner.id, 'balance': DEBT})
            for partner in partners
        ),
    ]})._post(soft=False)


def carry_out(env, memberships=None):
    """Preview and post a run; return it."""
    run = env['coop.settlement.run'].create({
        'membership_ids': [Command.set(memberships.ids)] if memberships else False,
    })
    run.action_preview()
    run.action_start()
    while run._settle_next():
        pass
    return run


def batch_size():
    """Return how many members a run deals with together; addons can be imported once the configuration is read."""
    from odoo.addons.producer_cooperative.models.coop_settlement_run_preview import BATCH_SIZE
    return BATCH_SIZE


def collect(env):
    """Return the values of every bill and set-off entry of a run, with the debts that are set off; undo the run."""
    savepoint = env.cr.savepoint()
    found = []
    for settlement in carry_out(env).settlement_ids.sudo():
        bill = settlement._prepare_move_values()
        allocations = [(line.debt_line_id.id, line.amount) for line in settlement.deduction_ids if line.debt_line_id]
        entry = settlement._prepare_set_off_values(settlement._get_payable_lines(), [
            (env['account.move.line'].browse(debt), amount) for debt, amount in allocations
        ], Date.today(), "Potong utang")
        bill.pop('coop_source_id')  # the entry keeps it: only a document sets off what members are owed
        found.append((bill, entry, [debt for debt, _amount in allocations]))
    savepoint.close(rollback=True)
    env.invalidate_all()
    return found


def odoo_alone(env, found):
    """Create, post and reconcile the same bills and entries."""
    Move, Item = env['account.move'], env['account.move.line']
    for batch in split_every(batch_size(), found):
        bills = Move.create([bill for bill, _entry, _debts in batch])
        bills._post(soft=False)
        entries = Move.create([entry for _bill, entry, _debts in batch])
        entries._post(soft=False)
        plan = []
        for bill, entry, (_bill, _entry, debts) in zip(bills, entries, batch, strict=True):
            payable_side, *debt_sides = entry.line_ids.sorted(lambda line: (line.balance < 0, line.id))
            plan.append(bill.line_ids.filtered(lambda line: line.account_type == 'liability_payable') | payable_side)
            plan += [Item.browse(debt) | side for debt, side in zip(debts, debt_sides, strict=True)]
        Item._reconcile_plan(plan)
        env.flush_all()
        env.invalidate_all()


options = parse()
count = options.size or MEMBERS
with environment(options) as env:
    env = cooperative(env)
    everybody = members(env, count)
    copy_sales(env, first_sale(env, everybody[0]), everybody.partner_id, LINES_EACH * count)
    owe(env, everybody.partner_id)
    found = collect(env)
    (base, base_queries), (ours, queries), ratio = compare(
        env, lambda: odoo_alone(env, found), lambda: carry_out(env), options.repeat,
    )
    print(f"  Odoo's own bills and set-offs for {count} members {base:7.2f} s  {base_queries:6d} queries")
    print(f"  preview and run                                {ours:7.2f} s  {queries:6d} queries")
    print(f"  ratio {ratio:.3f} (limit {LIMIT})")
    batch = batch_size()
    few, more = (peak(env, lambda size=size: carry_out(env, everybody[:size])) for size in (batch, 4 * batch))
    print(f"  memory at most: {few:.1f} MB for {batch} members, {more:.1f} MB for {min(count, 4 * batch)}")
    passed = ratio <= LIMIT and more <= MEMORY_LIMIT * few
verdict(passed)
