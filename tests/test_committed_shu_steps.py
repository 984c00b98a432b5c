import os
import signal
import subprocess
import sys

from odoo import Command
from odoo.tests import get_db_name, tagged
from odoo.tools import SQL, config, mute_logger

from odoo.addons.producer_cooperative.tests.common_committed import CommittedCommon
from odoo.addons.producer_cooperative.tools.apportion import apportion

#: How many share; a whole thousand. Twenty thousand take some ten minutes.
MEMBERS = int(os.environ.get('PRODUCER_COOPERATIVE_MEMBERS', 2_000))
YEAR = 2021
SURPLUS = 98_765_432
#: A process that works on allocations and waits in the middle of a step until it is killed: nothing of it is committed.
WORKER = '''
import sys, time
import odoo.api, odoo.tools
from odoo.modules.registry import Registry
rcfile, database, state, step = sys.argv[1:]
odoo.tools.config.parse_config(['-c', rcfile, '-d', database, '--log-level=error'])
registry = Registry(database)
Allocation = registry['coop.shu.allocation']
take_step = Allocation._take_step
def stall(allocation):
    working, done = allocation.state, allocation.steps_done
    take_step(allocation)
    if working == state and done == int(step):
        allocation.env.flush_all()
        print('READY', flush=True)
        time.sleep(300)
Allocation._take_step = stall
with registry.cursor() as cr:
    odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {'tracking_disable': True})['coop.shu.allocation']._cron_go_on()
'''


@tagged('post_install', '-at_install', '-standard', 'committed')
class TestShuIsKilled(CommittedCommon):
    """Thousands of members: the process is killed in the middle, started again, and everything is there once."""
    cooperative = "Koperasi Ribuan"

    @classmethod
    def _prepare(cls, env):
        first = env['coop.membership'].browse(cls._create_member(env, 'K00000', date_joined='2020-01-05'))
        env.flush_all()
        partners = cls._copy(env, first.partner_id, own_id='commercial_partner_id', name=SQL("'Anggota ' || n"))
        cls._copy(
            env, first, partner_id=SQL("%s + n", partners), number=SQL("'K' || lpad(n::text, 5, '0')"),
        )
        cls._save(env, first)
        env['coop.shu.rule'].create({
            'name': "Bylaws", 'date_from': '2020-01-01', 'share_ids': [
                Command.create({'kind': 'reserve', 'percent': 40, 'sequence': 1}),
                Command.create({'kind': 'capital', 'percent': 35, 'sequence': 2}),
                Command.create({'kind': 'capital', 'percent': 25, 'sequence': 3, 'name': "Meeting's Gift"}),
            ],
        })
        income = env['account.account'].search([
            *env['account.account']._check_company_domain(env.company), ('account_type', '=', 'income'),
        ], limit=1)
        cls._book(env, f'{YEAR}-06-30', [(income, -SURPLUS)])

    @staticmethod
    def _copy(env, record, own_id='id', **changed):
        """Insert copies of a record's row, numbered n = 1, 2, …; return what has to be added to n for their ids."""
        names = [name for name, field in record._fields.items() if field.store and field.column_type]
        [(start,)] = env.execute_query(SQL("SELECT last_value FROM %s", SQL.identifier(f'{record._table}_id_seq')))
        changed |= {'id': SQL("%s + n", start), own_id: SQL("%s + n", start)}
        env.cr.execute(SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s r CROSS JOIN generate_series(1, %s) n WHERE r.id = %s",
            SQL.identifier(record._table), SQL(', ').join(SQL.identifier(name) for name in names),
            SQL(', ').join(changed.get(name) or SQL.identifier('r', name) for name in names),
            SQL.identifier(record._table), MEMBERS - 1, record.id,
        ))
        env.cr.execute(SQL("SELECT setval(%s, %s)", f'{record._table}_id_seq', start + MEMBERS - 1))
        env.invalidate_all()
        return start

    @staticmethod
    def _book(env, date, items):
        """Return a posted entry of ``(account, balance)`` against cash."""
        cash = env['account.journal'].search([('type', '=', 'cash'), ('company_id', '=', env.company.id)], limit=1)
        move = env['account.move'].create({'move_type': 'entry', 'journal_id': cash.id, 'date': date, 'line_ids': [
            Command.create({
                'account_id': cash.default_account_id.id, 'balance': -sum(balance for _account, balance in items),
            }),
            *(Command.create({'account_id': account.id, 'balance': balance}) for account, balance in items),
        ]})
        move._post(soft=False)
        return move

    @classmethod
    def _save(cls, env, first):
        """Give every member savings of some thousands, different ones, by copies of one journal item."""
        account = env['coop.savings.type'].search([
            ('kind', '=', 'mandatory'), ('company_id', '=', env.company.id),
        ]).account_id
        item = cls._book(env, '2020-01-05', [(account, -1_000)]).line_ids.filtered(
            lambda line: line.account_id == account,
        )
        env.flush_all()
        names = [name for name, field in item._fields.items() if field.store and field.column_type and name != 'id']
        amount = SQL("-1000 * (m.id %% 97 + 1)")
        changed = {
            'partner_id': SQL("m.partner_id"), 'balance': amount, 'credit': SQL("-(%s)", amount),
            'amount_currency': amount,
        }
        env.cr.execute(SQL(
            "INSERT INTO account_move_line (%s) SELECT %s FROM account_move_line l"
            " CROSS JOIN coop_membership m WHERE l.id = %s AND m.company_id = %s AND m.id <> %s",
            SQL(', ').join(SQL.identifier(name) for name in names),
            SQL(', ').join(changed.get(name) or SQL.identifier('l', name) for name in names), item.id, env.company.id,
            first.id,
        ))
        env.cr.execute(SQL(
            "UPDATE account_move_line l SET %s FROM coop_membership m WHERE l.id = %s AND m.id = %s",
            SQL(', ').join(SQL("%s = %s", SQL.identifier(name), value) for name, value in changed.items()), item.id,
            first.id,
        ))
        env.cr.execute("ANALYZE account_move_line")

    # === WORKING === #

    def _kill_at(self, state, step, allocation_id, done):
        """Let another process work until it is in the middle of that step, look at the progress, and kill it."""
        worker = subprocess.Popen(
            [sys.executable, '-c', WORKER, config['config'], get_db_name(), state, str(step)], stdout=subprocess.PIPE,
            text=True, env={**os.environ, 'PYTHONPATH': os.pathsep.join(filter(None, sys.path))},
        )
        try:
            self.assertEqual(worker.stdout.readline().strip(), 'READY')
            with self._treasurer() as env:
                allocation = env['coop.shu.allocation'].browse(allocation_id)
                self.assertEqual((allocation.state, allocation.steps_done), (state, done))
                self.assertEqual(allocation.progress, 100 * done / allocation.steps_total)
                self.assertTrue(allocation.progress_text)
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            worker.stdout.close()

    def _expected_parts(self, env, allocation):
        """Return what every member gets by the arithmetic of ``tools``, in the order of the lines."""
        lines = allocation.member_line_ids.sorted('id')
        capital = [1_000 * (line.membership_id.id % 97 + 1) for line in lines]
        pools = allocation.share_ids.filtered(lambda share: share.kind == 'capital').mapped('amount')
        parts = [apportion(int(pool), capital) for pool in pools]
        return [sum(of_member) for of_member in zip(*parts, strict=True)]

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_killed_in_the_middle_and_started_again_everything_is_there_once(self):
        with self._treasurer() as env:
            allocation = env['coop.shu.allocation'].create({
                'date_from': f'{YEAR}-01-01', 'date_to': f'{YEAR}-12-31', 'meeting_date': f'{YEAR + 1}-02-01',
                'meeting_number': '1',
            })
            allocation.action_compute()
            self.assertEqual(allocation.state, 'computing')
            allocation_id = allocation.id
        self._kill_at('computing', 2, allocation_id, done=2)
        with self._treasurer() as env:
            allocation = env['coop.shu.allocation'].browse(allocation_id)
            [(parts,)] = env['coop.shu.member.part']._read_group([('share_id', 'in', allocation.share_ids.ids)], [], [
                '__count',
            ])
            self.assertEqual(parts, MEMBERS)
            env['coop.shu.allocation']._cron_go_on()
            self.assertEqual(allocation.state, 'computed')
            self.assertFalse(allocation.changed_meanwhile)
            lines = allocation.member_line_ids.sorted('id')
            self.assertEqual(len(lines.part_ids), 2 * MEMBERS)
            self.assertEqual(lines.mapped('amount_total'), self._expected_parts(env, allocation))
            self.assertEqual(sum(allocation.share_ids.mapped('amount_booked')), SURPLUS)
            allocation.action_approve()
            allocation.action_post()
            self.assertEqual(allocation.state, 'posting')
        self._kill_at('posting', 3, allocation_id, done=3)
        with self._treasurer() as env:
            allocation = env['coop.shu.allocation'].browse(allocation_id)
            self.assertEqual(len(allocation.meeting_move_ids), 2)
            env['coop.shu.allocation']._cron_go_on()
            self.assertEqual(allocation.state, 'posted')
        self._check_booked_once(allocation_id)

    def _check_booked_once(self, allocation_id):
        with self._treasurer() as env:
            allocation = env['coop.shu.allocation'].browse(allocation_id)
            self.assertEqual(len(allocation.meeting_move_ids), MEMBERS // 500)
            owned = env['account.move'].search([
                ('coop_source_model', '=', 'coop.shu.allocation'), ('coop_source_id', '=', allocation_id),
            ])
            self.assertEqual(owned, allocation._get_entries())
            self.assertEqual(set(owned.mapped('state')), {'posted'})
            balances = dict(env['account.move.line']._read_group([
                ('company_id', '=', env.company.id), ('parent_state', '=', 'posted'),
                ('account_id', 'in', (allocation.shu_account_id | allocation.payable_account_id).ids),
            ], ['account_id'], ['balance:sum']))
            self.assertEqual(balances[allocation.shu_account_id], 0)
            self.assertEqual(-balances[allocation.payable_account_id], allocation.member_total)
            [(wrong,)] = env.execute_query(SQL(
                "SELECT COUNT(*) FROM coop_shu_member_line line LEFT JOIN account_move_line item"
                " ON item.id = line.payable_line_id AND item.partner_id = line.partner_id"
                " AND item.move_id = line.meeting_move_id AND -item.balance = line.amount_total"
                " WHERE line.allocation_id = %s AND item.id IS NULL", allocation_id,
            ))
            self.assertEqual(wrong, 0)
            [(items,)] = env['account.move.line']._read_group([
                ('move_id', 'in', allocation.meeting_move_ids.ids),
                ('account_id', '=', allocation.payable_account_id.id),
            ], [], ['__count'])
            self.assertEqual(items, MEMBERS)
