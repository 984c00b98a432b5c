"""What the benchmarks share: a cursor that is rolled back, a cooperative with many members, a stopwatch."""
from __future__ import annotations

import argparse
import gc
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import odoo.api
import odoo.modules.registry
import odoo.tools
from odoo.fields import Command
from odoo.tools import SQL


def parse(repeat: int = 3) -> argparse.Namespace:
    """Read the command line that ``./dev bench`` gives to every benchmark; ``repeat`` is how often it measures."""
    parser = argparse.ArgumentParser()
    parser.add_argument('--config', required=True)
    parser.add_argument('--database', required=True)
    parser.add_argument('--repeat', type=int, default=repeat)
    parser.add_argument('--size', type=int, help='smaller than the benchmark asks for, for a quick look')
    return parser.parse_args()


@contextmanager
def environment(options: argparse.Namespace) -> Iterator[odoo.api.Environment]:
    """Yield an environment on the database; whatever is written is rolled back."""
    odoo.tools.config.parse_config(['-c', options.config, '-d', options.database, '--log-level=error'])
    registry = odoo.modules.registry.Registry(options.database)
    with registry.cursor() as cr:
        yield odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {'tracking_disable': True})
        cr.rollback()


def cooperative(env: odoo.api.Environment, name: str = "Koperasi Ukur") -> odoo.api.Environment:
    """Return an environment in a new Indonesian company that went through the set-up."""
    company = env['res.company'].create({
        'name': name, 'country_id': env.ref('base.id').id, 'currency_id': env.ref('base.IDR').id,
    })
    env.user.write({'company_ids': [Command.link(company.id)]})
    env['account.chart.template'].try_loading('id', company=company, install_demo=False)
    env = env(context=dict(env.context, allowed_company_ids=company.ids))
    env['coop.setup'].create({
        'vat_status': 'not_registered', 'principal_amount': 100_000, 'mandatory_amount': 10_000,
        'rate_date': '2020-01-01',
    }).action_apply()
    return env


def members(env: odoo.api.Environment, count: int):
    """Return ``count`` members, as an imported register brings them; all but the first are copies made in SQL."""
    partner = env['res.partner'].create({'name': "Anggota 0"})
    first = env['coop.membership'].create({'partner_id': partner.id, 'number': "M000000", 'date_joined': '2025-01-05'})
    env.flush_all()
    start = _copy_rows(env, partner, count - 1, own_id='commercial_partner_id', name=SQL("'Anggota ' || n"))
    _copy_rows(env, first, count - 1, partner_id=SQL("%s + n", start), number=SQL("'M' || lpad(n::text, 6, '0')"))
    env.invalidate_all()
    return env['coop.membership'].search([('company_id', '=', env.company.id)], order='number')


def savings(env: odoo.api.Environment, savings_types, partners=None, times: int = 1) -> None:
    """Give every member, or each of ``partners``, posted journal items per savings type, copied from a real entry."""
    journal = env['account.journal'].search([('type', '=', 'cash'), ('company_id', '=', env.company.id)], limit=1)
    entry = env['account.move'].create({
        'move_type': 'entry', 'journal_id': journal.id, 'date': '2025-06-30',
        'line_ids': [
            Command.create({'account_id': journal.default_account_id.id, 'balance': 10_000 * len(savings_types)}),
            *(Command.create({'account_id': account.id, 'balance': -10_000}) for account in savings_types.account_id),
        ],
    })
    entry._post(soft=False)
    env.flush_all()
    names = [
        name for name, field in env['account.move.line']._fields.items()
        if field.store and field.column_type and name not in ('id', 'partner_id')
    ]
    env.cr.execute(SQL(
        "INSERT INTO account_move_line (partner_id, %s) SELECT m.partner_id, %s"
        " FROM account_move_line l CROSS JOIN coop_membership m CROSS JOIN generate_series(1, %s)"
        " WHERE l.move_id = %s AND l.account_id IN %s AND m.company_id = %s AND %s",
        SQL(', ').join(SQL.identifier(name) for name in names),
        SQL(', ').join(SQL.identifier('l', name) for name in names),
        times, entry.id, tuple(savings_types.account_id.ids), env.company.id,
        SQL("m.partner_id IN %s", tuple(partners.ids)) if partners else SQL("TRUE"),
    ))
    env.cr.execute("ANALYZE account_move_line")


def _copy_rows(env: odoo.api.Environment, record, count: int, own_id: str = 'id', **changed: SQL) -> int:
    """Insert ``count`` copies of a record's row, numbered n = 1, 2, …; the copy n gets the id that is returned, plus n.

    ``own_id`` names a column that holds the row's own id as well.
    """
    names = [name for name, field in record._fields.items() if field.store and field.column_type]
    start = env.execute_query(SQL("SELECT last_value FROM %s", SQL.identifier(f'{record._table}_id_seq')))[0][0]
    changed |= {'id': SQL("%s + n", start), own_id: SQL("%s + n", start)}
    env.cr.execute(SQL(
        "INSERT INTO %s (%s) SELECT %s FROM %s r CROSS JOIN generate_series(1, %s) n WHERE r.id = %s",
        SQL.identifier(record._table), SQL(', ').join(SQL.identifier(name) for name in names),
        SQL(', ').join(changed.get(name) or SQL.identifier('r', name) for name in names),
        SQL.identifier(record._table), count, record.id,
    ))
    env.cr.execute(SQL("SELECT setval(%s, %s)", f'{record._table}_id_seq', start + count))
    return start


def measure(env: odoo.api.Environment, action: Callable[[], object], repeat: int) -> tuple[float, int]:
    """Return the median seconds and the number of queries of ``action``, each run on its own savepoint.

    A first run, which fills Odoo's own caches, is not counted.
    """
    _run(env, action)
    runs = [_run(env, action) for _turn in range(repeat)]
    return statistics.median(seconds for seconds, _queries in runs), runs[-1][1]


def compare(
    env: odoo.api.Environment, base: Callable[[], object], ours: Callable[[], object], repeat: int,
    warm_up: bool = True,
) -> tuple[tuple[float, int], tuple[float, int], float]:
    """Measure two actions in turns, so that whatever else the machine does in the meantime strikes both.

    :param warm_up: run both once before; not needed where Odoo's own caches are filled already
    :return: seconds and queries of ``base`` and of ``ours`` (medians), and the median ratio of their turns
    """
    if warm_up:
        _run(env, base)
        _run(env, ours)
    turns = [(_run(env, base), _run(env, ours)) for _turn in range(repeat)]
    seconds = [statistics.median(turn[side][0] for turn in turns) for side in range(2)]
    ratio = statistics.median(turn[1][0] / turn[0][0] for turn in turns)
    return (seconds[0], turns[-1][0][1]), (seconds[1], turns[-1][1][1]), ratio


def _run(env: odoo.api.Environment, action: Callable[[], object]) -> tuple[float, int]:
    """Run ``action`` on a savepoint of its own and undo it; return its seconds and its queries."""
    env.flush_all()
    env.invalidate_all()
    gc.collect()
    savepoint = env.cr.savepoint()
    before, start = env.cr.sql_log_count, time.perf_counter()
    action()
    env.flush_all()
    seconds, queries = time.perf_counter() - start, env.cr.sql_log_count - before
    savepoint.close(rollback=True)
    env.invalidate_all()
    return seconds, queries


def peak(env: odoo.api.Environment, action: Callable[[], object]) -> float:
    """Return the most memory that ``action`` takes in Python at once, in MB; what it does is undone."""
    savepoint = env.cr.savepoint()
    env.invalidate_all()
    tracemalloc.start()
    action()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    savepoint.close(rollback=True)
    env.invalidate_all()
    return most / 2 ** 20


def verdict(passed: bool) -> None:
    """Leave with an exit code that says whether the limit was kept."""
    print("  within the limit" if passed else "  ABOVE THE LIMIT", flush=True)
    sys.exit(0 if passed else 1)
