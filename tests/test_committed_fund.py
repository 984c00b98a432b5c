import os
import signal
import subprocess
import sys

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import get_db_name, tagged
from odoo.tools import config, mute_logger

from odoo.addons.producer_cooperative.tests.common_committed import CommittedCommon

#: A process that sends statements in batches of two and waits in the middle of its second batch until it is killed.
WORKER = '''
import sys, time
import odoo.api, odoo.tools
from odoo.modules.registry import Registry
rcfile, database = sys.argv[1:]
odoo.tools.config.parse_config(['-c', rcfile, '-d', database, '--log-level=error'])
registry = Registry(database)
from odoo.addons.producer_cooperative.models import coop_shu_statement_run_send as sending
sending.BATCH_SIZE = 2
Run = registry['coop.shu.statement.run']
send, sent = Run._send_statement, []
def stall(run, line):
    values = send(run, line)
    sent.append(line.id)
    if len(sent) == 3:
        run.env.flush_all()
        print('READY', flush=True)
        time.sleep(120)
    return values
Run._send_statement = stall
with registry.cursor() as cr:
    odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {'tracking_disable': True})['coop.shu.statement.run']._cron_send()
'''


@tagged('post_install', '-at_install', '-standard', 'committed')
class TestFundsAndStatementsAtOnce(CommittedCommon):
    """Two treasurers at one fund, and a sending of statements that is killed."""
    cooperative = "Koperasi Dua Dana"

    @classmethod
    def _prepare(cls, env):
        cls.fund_id = env['coop.fund'].search([('company_id', '=', env.company.id), ('kind', '=', 'social')]).id
        cash = env['account.journal'].search([('type', '=', 'cash'), ('company_id', '=', env.company.id)], limit=1)
        fund = env['coop.fund'].browse(cls.fund_id)
        env['account.move'].create({'move_type': 'entry', 'journal_id': cash.id, 'date': '2025-01-05', 'line_ids': [
            Command.create({'account_id': fund.account_id.id, 'balance': -100_000}),
            Command.create({'account_id': cash.default_account_id.id, 'balance': 100_000}),
        ]})._post(soft=False)
        members = [cls._create_member(env, f'D{number}', f"Anggota {number}") for number in range(5)]
        for member in env['coop.membership'].browse(members):
            member.partner_id.email = f'{member.number}@example.com'
        cls.allocation_id = env['coop.shu.allocation'].create({
            'name': 'SHU/2024/D', 'date_from': '2024-01-01', 'date_to': '2024-12-31', 'state': 'posted',
            'meeting_date': '2025-02-01', 'meeting_number': '1',
        }).id
        share = env['coop.shu.allocation.share'].create({
            'allocation_id': cls.allocation_id, 'name': "Capital", 'kind': 'capital', 'percent': 100, 'amount': 500,
            'denominator': 500,
        })
        env['coop.shu.member.line'].create([{
            'allocation_id': cls.allocation_id, 'membership_id': member,
            'part_ids': [Command.create({'share_id': share.id, 'numerator': 100, 'amount': 100})],
        } for member in members])

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_two_treasurers_do_not_spend_a_fund_twice(self):
        with self._treasurer() as env:
            spendings = env['coop.fund.spending'].create([
                {'fund_id': self.fund_id, 'reason': "Flood relief", 'line_ids': [
                    Command.create({'name': "Rice", 'amount': 60_000}),
                ]} for _treasurer in range(2)
            ]).ids
        with self._treasurer() as env_1, self._treasurer() as env_2:
            self._call(env_1, 'coop.fund.spending', spendings[0], 'action_post')
            env_1.cr.commit()
            with self.assertRaisesRegex(UserError, "never spent below zero"):
                self._call(env_2, 'coop.fund.spending', spendings[1], 'action_post')
        with self._treasurer() as env:
            self.assertEqual(env['coop.fund.spending'].browse(spendings).mapped('state'), ['posted', 'draft'])
            self.assertEqual(env['coop.fund'].browse(self.fund_id).balance, 40_000)

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_sending_that_was_killed_goes_on_and_writes_to_everybody_once(self):
        with self._treasurer() as env:
            run = env['coop.shu.statement.run'].create({'allocation_id': self.allocation_id, 'with_pdf': False})
            run.action_start()
            run_id = run.id
        worker = subprocess.Popen(
            [sys.executable, '-c', WORKER, config['config'], get_db_name()], stdout=subprocess.PIPE, text=True,
            env={**os.environ, 'PYTHONPATH': os.pathsep.join(filter(None, sys.path))},
        )
        try:
            self.assertEqual(worker.stdout.readline().strip(), 'READY')
            with self._treasurer() as env:  # what everybody sees in the meantime
                run = env['coop.shu.statement.run'].browse(run_id)
                self.assertEqual((run.state, run.sent_count, run.progress), ('running', 2, 40))
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            worker.stdout.close()
        with self._treasurer() as env:
            run = env['coop.shu.statement.run'].browse(run_id)
            self.assertEqual((run.state, run.sent_count), ('running', 2))
            env['coop.shu.statement.run']._cron_send()
            self.assertEqual((run.state, run.sent_count), ('done', 5))
            addresses = run.line_ids.mail_id.mapped('email_to')
            self.assertEqual(sorted(addresses), [f'd{number}@example.com' for number in range(5)])
            self.assertEqual(env['mail.mail'].search_count([('email_to', 'in', addresses)]), 5)
