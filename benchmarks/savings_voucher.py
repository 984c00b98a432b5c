"""Posting a voucher of 5,000 lines, as a ratio to Odoo creating and posting the same entry.

Limit: 1.15.
"""
from _bench import compare, cooperative, environment, members, parse, verdict

from odoo.fields import Command

LINES, LIMIT = 5_000, 1.15

options = parse()
with environment(options) as env:
    env = cooperative(env)
    journal = env['account.journal'].search([('type', '=', 'cash'), ('company_id', '=', env.company.id)], limit=1)
    savings_type = env['coop.savings.type'].search([
        ('kind', '=', 'mandatory'), ('company_id', '=', env.company.id),
    ])
    voucher = env['coop.savings.voucher'].create({
        'journal_id': journal.id, 'date': '2026-02-10',
        'line_ids': [
            Command.create({'membership_id': member.id, 'type_id': savings_type.id, 'amount': 10_000})
            for member in members(env, LINES)
        ],
    })

    def odoo_alone():
        values = voucher._prepare_move_values()
        values.pop('coop_source_id')
        env['account.move'].create(values)._post(soft=False)

    (base, base_queries), (ours, queries), ratio = compare(env, odoo_alone, voucher.action_post, options.repeat)
    print(f"  Odoo's own entry with {LINES} lines   {base:7.2f} s  {base_queries:6d} queries")
    print(f"  posting the voucher                {ours:7.2f} s  {queries:6d} queries")
    print(f"  ratio {ratio:.3f} (limit {LIMIT})")
    passed = ratio <= LIMIT
verdict(passed)
