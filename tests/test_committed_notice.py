import os
import subprocess
import sys

from odoo import Command, fields
from odoo.tests import get_db_name, tagged
from odoo.tools import config, mute_logger

from odoo.addons.producer_cooperative.tests.common_committed import CommittedCommon

#: A process that sends messages in batches of two and waits in the middle of its second batch until it is killed.
WORKER = '''
import sys, time
import odoo.api, odoo.tools
from odoo.modules.registry import Registry
rcfile, database = sys.argv[1:]
odoo.tools.config.parse_config(['-c', rcfile, '-d', database, '--log-level=error'])
registry = Registry(database)
from odoo.addons.producer_cooperative.models import coop_notice_send as sending
sending.BATCH_SIZE = 2
Notice = registry['coop.notice']
send, sent = Notice._send, []
def stall(notices):
    send(notices)
    sent.extend(notices.ids)
    if len(sent) == 4:
        notices.env.flush_all()
        print('READY', flush=True)
        time.sleep(120)
Notice._send = stall
with registry.cursor() as cr:
    odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {'tracking_disable': True})['coop.notice']._cron_send()
'''


@tagged('post_install', '-at_install', '-standard', 'committed')
class TestMessagesOfAWorkerThatIsLost(CommittedCommon):
    """A queue that is cut off is finished by another worker; nobody is written to twice."""
    cooperative = "Koperasi Kirim Pesan"

    @classmethod
    def _prepare(cls, env):
        env.company.email = "koperasi@example.com"
        env['coop.notice.kind'].search([('key', '=', 'receipt')]).channel = 'mail'

    def _pay_in(self, members, prefix='N'):
        """Pay in for new members, each with an address; return their addresses."""
        addresses = []
        with self._treasurer() as env:
            voucher = env['coop.savings.voucher'].create({'date': fields.Date.today()})
            for count in range(members):
                addresses.append(f"{prefix}{count}@example.com".lower())
                member = env['coop.membership'].browse(self._create_member(env, f'{prefix}{count:03}'))
                member.partner_id.email = addresses[-1]
                voucher.line_ids = [Command.create({
                    'membership_id': member.id, 'type_id': self.voluntary_id, 'amount': 1_000,
                })]
            voucher.action_post()
        return addresses

    def _count_mails(self, env, addresses):
        return [env['mail.mail'].search_count([('email_to', '=', address)]) for address in addresses]

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_queue_whose_worker_was_killed_is_finished_by_another(self):
        addresses = self._pay_in(5)
        worker = subprocess.Popen(
            [sys.executable, '-c', WORKER, config['config'], get_db_name()], stdout=subprocess.PIPE, text=True,
            env={**os.environ, 'PYTHONPATH': os.pathsep.join(filter(None, sys.path))},
        )
        try:
            self.assertEqual(worker.stdout.readline().strip(), 'READY')
            with self._treasurer() as env:
                self.assertEqual(sum(self._count_mails(env, addresses)), 2)
        finally:
            worker.kill()
            worker.wait()
            worker.stdout.close()
        with self._treasurer() as env:
            self.assertEqual(sum(self._count_mails(env, addresses)), 2)
            while env['coop.notice']._send_next():
                env.cr.commit()
            self.assertEqual(self._count_mails(env, addresses), [1] * 5)
            notices = env['coop.notice'].search([('company_id', '=', self.company_id)])
            self.assertEqual(set(notices.mapped('state')), {'sent'})
            self.assertEqual(len(notices), 5)

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_two_workers_at_once_write_to_nobody_twice(self):
        addresses = self._pay_in(3, prefix='M')
        with self._treasurer() as env_1, self._treasurer() as env_2:
            self.assertEqual(env_1['coop.notice']._send_next(), 3)
            self.assertEqual(env_2['coop.notice']._send_next(), 0)
            env_1.cr.commit()
            self.assertEqual(env_2['coop.notice']._send_next(), 0)
        with self._treasurer() as env:
            self.assertFalse(env['coop.notice']._send_next())
            self.assertEqual(self._count_mails(env, addresses), [1] * 3)
