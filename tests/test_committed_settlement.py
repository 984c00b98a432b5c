import os
import signal
import subprocess
import sys
import threading
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import get_db_name, tagged
from odoo.tools import config, mute_logger

from odoo.addons.producer_cooperative.models import coop_settlement_run_post as posting
from odoo.addons.producer_cooperative.tests.common_committed import CommittedCommon

#: A process that posts a run in batches of two and waits in the middle of its second batch until it is killed.
WORKER = '''
import sys, time
import odoo.api, odoo.tools
from odoo.modules.registry import Registry
rcfile, database = sys.argv[1:]
odoo.tools.config.parse_config(['-c', rcfile, '-d', database, '--log-level=error'])
registry = Registry(database)
from odoo.addons.producer_cooperative.models import coop_settlement_run_post as posting
posting.BATCH_SIZE = 2
Settlement = registry['coop.settlement']
post_set_offs, batches = Settlement._post_set_offs, []
def stall(settlements):
    post_set_offs(settlements)
    batches.append(settlements.ids)
    if len(batches) == 2:
        settlements.env.flush_all()
        print('READY', flush=True)
        time.sleep(120)
Settlement._post_set_offs = stall
with registry.cursor() as cr:
    odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {'tracking_disable': True})['coop.settlement.run']._cron_settle()
'''


@tagged('post_install', '-at_install', '-standard', 'committed')
class TestSettlementRunsAtOnce(CommittedCommon):
    cooperative = "Koperasi Dua Perhitungan"

    @classmethod
    def _prepare(cls, env):
        env['coop.consignment.agreement'].create({
            'term_ids': [Command.create({'date_from': '2020-01-01', 'commission_rate': 10})],
        })
        cls.product_id = env['product.product'].create({
            'name': "Gabah", 'type': 'consu', 'is_storable': True, 'taxes_id': False, 'supplier_taxes_id': False,
            'coop_consigned': True, 'company_id': cls.company_id,
        }).id
        cls.customer_id = env['res.partner'].create({'name': "Penggilingan"}).id
        cls.count = 0

    def _sell(self, members):
        """Sell 10 of the goods of each of so many new members at 10; return the ids of the sale lines."""
        with self._treasurer() as env:
            for _member in range(members):
                type(self).count += 1
                member = env['coop.membership'].browse(
                    self._create_member(env, f'R{self.count:03}', f"Anggota {self.count}"),
                )
                slip = env['coop.consignment'].create({
                    'membership_id': member.id,
                    'line_ids': [Command.create({'product_id': self.product_id, 'gross': 10})],
                })
                slip.action_confirm()
                slip.picking_ids.button_validate()
            order = env['sale.order'].create({'partner_id': self.customer_id, 'order_line': [
                Command.create({'product_id': self.product_id, 'product_uom_qty': 10 * members, 'price_unit': 10}),
            ]})
            order.action_confirm()
            order.picking_ids.move_ids.picked = True
            order.picking_ids._action_done()
            invoice = order._create_invoices()
            invoice.invoice_date = fields.Date.today()
            invoice.action_post()
            return order.order_line.ids

    def _start_run(self):
        with self._treasurer() as env:
            run = env['coop.settlement.run'].create({})
            run.action_preview()
            run.action_start()
            return run.id

    def _check_settled_once(self, sale_line_ids, members):
        """Check that every member was settled with once, and that nothing is left or booked twice."""
        with self._treasurer() as env:
            lines = env['coop.settlement.line'].search([
                ('sale_line_id', 'in', sale_line_ids), ('state', '=', 'posted'),
            ])
            self.assertEqual(len(lines), members)
            self.assertEqual(len(lines.owner_id), members)
            self.assertEqual(set(lines.mapped('amount')), {100})
            bills = lines.settlement_id.move_id
            self.assertEqual(len(bills), members)
            self.assertEqual(set(bills.mapped('amount_total')), {90})
            clearing = env.company._get_coop_account('clearing')
            [(balance,)] = env['account.move.line']._read_group([
                ('account_id', '=', clearing.id), ('parent_state', '=', 'posted'),
            ], [], ['balance:sum'])
            self.assertEqual(balance, 0)
            self.assertFalse(env['account.move'].search([
                ('journal_id', '=', env.company.coop_settlement_journal_id.id), ('state', '=', 'draft'),
            ]))
            self.assertFalse(env['coop.settlement']._get_due(env.company))

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_run_that_was_killed_goes_on_and_settles_every_line_once(self):
        sale_line_ids = self._sell(5)
        run_id = self._start_run()
        worker = subprocess.Popen(
            [sys.executable, '-c', WORKER, config['config'], get_db_name()], stdout=subprocess.PIPE, text=True,
            env={**os.environ, 'PYTHONPATH': os.pathsep.join(filter(None, sys.path))},
        )
        try:
            self.assertEqual(worker.stdout.readline().strip(), 'READY')
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            worker.stdout.close()
        with self._treasurer() as env:
            run = env['coop.settlement.run'].browse(run_id)
            self.assertEqual(run.state, 'running')
            self.assertEqual(run.settled_count, 2)
            env['coop.settlement.run']._cron_settle()
            self.assertEqual(run.state, 'done')
            self.assertEqual(run.settled_count, 5)
        self._check_settled_once(sale_line_ids, 5)

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_two_treasurers_run_at_once_and_settle_every_line_once(self):
        sale_line_ids = self._sell(6)
        run_ids = [self._start_run(), self._start_run()]
        errors = []

        def carry_out(run_id):
            try:
                with self._treasurer() as env:
                    run = env['coop.settlement.run'].browse(run_id)
                    while run.state == 'running':
                        run._settle_next()
                        env.cr.commit()
            except Exception as error:  # pylint: disable=broad-exception-caught; told to the test below
                errors.append(error)

        with patch.object(posting, 'BATCH_SIZE', 2):
            threads = [threading.Thread(target=carry_out, args=(run_id,)) for run_id in run_ids]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(120)
        self.assertEqual(errors, [])
        with self._treasurer() as env:
            runs = env['coop.settlement.run'].browse(run_ids)
            self.assertEqual(runs.mapped('state'), ['done', 'done'])
            self.assertEqual(sum(runs.mapped('settled_count')), 6)
            others = runs.line_ids.filtered(lambda line: line.state != 'settled')
            self.assertEqual(set(others.mapped('state')), {'changed'})
        self._check_settled_once(sale_line_ids, 6)

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_one_settlement_is_not_posted_by_two_treasurers(self):
        sale_line_ids = self._sell(1)
        with self._treasurer() as env:
            owner = env['sale.order.line'].browse(sale_line_ids).move_ids.move_line_ids.owner_id
            settlement = env['coop.settlement'].create({'membership_id': owner.coop_membership_id.id})
            settlement.action_compute()
            settlement_id = settlement.id
        run_id = self._start_run()
        with self._treasurer() as env_1, self._treasurer() as env_2:
            self._call(env_1, 'coop.settlement', settlement_id, 'action_post')
            env_1.cr.commit()
            run = env_2['coop.settlement.run'].browse(run_id)
            self.assertEqual(run._settle_next(), 1)
            env_2.cr.commit()
            self.assertEqual(run.line_ids.state, 'changed')
            run._settle_next()
        self._check_settled_once(sale_line_ids, 1)
