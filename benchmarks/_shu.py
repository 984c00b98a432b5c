"""A year of a large cooperative, in bulk: members with savings and invoices, copies in SQL of what Odoo made once."""
from __future__ import annotations

from _bench import cooperative, members, savings

import odoo.api
from odoo.fields import Command
from odoo.tools import SQL

FIRST, LAST, MEETING = '2025-01-01', '2025-12-31', '2026-02-20'
LINES_PER_INVOICE = 10
SHARES = (
    {'kind': 'reserve', 'percent': 40}, {'kind': 'capital', 'percent': 20},
    {'kind': 'patronage', 'percent': 30, 'base': 'purchases'}, {'kind': 'fund', 'percent': 10, 'fund': 'social'},
)


def year(env: odoo.api.Environment, count: int, lines: int, name: str = "Koperasi Ukur"):
    """Return an environment in a new cooperative with so many members and ``lines`` invoice lines of the year."""
    env = cooperative(env, name)
    everybody = members(env, count)
    types = env['coop.savings.type'].search([('is_capital', '=', True), ('company_id', '=', env.company.id)])
    savings(env, types)
    # What the copies were made of belongs to somebody as well.
    env.cr.execute(SQL(
        "UPDATE account_move_line SET partner_id = %s"
        " WHERE partner_id IS NULL AND account_id IN %s AND company_id = %s",
        everybody[0].partner_id.id, tuple(types.account_id.ids), env.company.id,
    ))
    _copy_invoices(env, everybody, max(lines // LINES_PER_INVOICE, 1))
    env['coop.shu.rule'].create({
        'name': "AD/ART", 'date_from': '2020-01-01',
        'share_ids': [Command.create({'sequence': place, **share}) for place, share in enumerate(SHARES)],
    })
    env.flush_all()
    for table in ('res_partner', 'coop_membership', 'account_move', 'account_move_line'):
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    env.invalidate_all()
    return env


def allocation(env: odoo.api.Environment):
    """Return a draft allocation of the year."""
    return env['coop.shu.allocation'].create({
        'date_from': FIRST, 'date_to': LAST, 'meeting_date': MEETING, 'meeting_number': '1',
    })


def work(allocation) -> None:
    """Let the schedule work until there is nothing left to do, without committing."""
    allocation = allocation._as_starter()
    while allocation._go_on():
        pass


def _copy_invoices(env: odoo.api.Environment, everybody, count: int) -> None:
    """Give the members in turn ``count`` posted invoices, copies of one that Odoo made."""
    income = env['account.account'].search([
        *env['account.account']._check_company_domain(env.company), ('account_type', '=', 'income'),
    ], limit=1)
    invoice = env['account.move'].create({
        'move_type': 'out_invoice', 'partner_id': everybody[0].partner_id.id, 'invoice_date': '2025-03-15',
        'date': '2025-03-15', 'invoice_line_ids': [
            Command.create({
                'name': "Pupuk", 'quantity': 1, 'price_unit': 1_000 * place, 'account_id': income.id,
                'tax_ids': [Command.clear()],
            }) for place in range(1, LINES_PER_INVOICE + 1)
        ],
    })
    invoice.action_post()
    env.flush_all()
    turn = SQL("(n %% %s)", len(everybody))
    second = everybody[1:2] or everybody[0]
    # The ids of copied members follow each other.
    membership, partner = (
        SQL("CASE WHEN %s = 0 THEN %s ELSE %s + %s END", turn, first_id, second_id - 1, turn)
        for first_id, second_id in (
            (everybody[0].id, second.id), (everybody[0].partner_id.id, second.partner_id.id),
        )
    )
    [(start,)] = env.execute_query(SQL("SELECT last_value FROM account_move_id_seq"))
    moved = {
        'id': SQL("%s + n", start), 'name': SQL("'UKUR/2025/' || n"), 'payment_reference': SQL("'UKUR/2025/' || n"),
        'sequence_number': SQL("n"), 'coop_membership_id': membership, 'partner_id': partner,
        'commercial_partner_id': partner, 'partner_shipping_id': partner,
    }
    _insert(env, invoice, count, moved)
    env.cr.execute(SQL("SELECT setval('account_move_id_seq', %s)", start + count))
    for item in invoice.line_ids:
        _insert(env, item, count, {'move_id': SQL("%s + n", start), 'partner_id': partner}, own_id=False)
    env.invalidate_all()


def _insert(env: odoo.api.Environment, record, count: int, changed: dict[str, SQL], own_id: bool = True) -> None:
    names = [
        name for name, field in record._fields.items()
        if field.store and field.column_type and (own_id or name != 'id')
    ]
    env.cr.execute(SQL(
        "INSERT INTO %s (%s) SELECT %s FROM %s r CROSS JOIN generate_series(1, %s) n WHERE r.id = %s",
        SQL.identifier(record._table), SQL(', ').join(SQL.identifier(name) for name in names),
        SQL(', ').join(changed.get(name) or SQL.identifier('r', name) for name in names),
        SQL.identifier(record._table), count, record.id,
    ))
