from contextlib import contextmanager

from odoo import Command, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger


@tagged('post_install', '-at_install', '-standard', 'committed')
class TestTwoTreasurersAndTheShu(BaseCase):
    """Two connections at once, on committed data: not part of the standard tests, run on a database of their own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {'tracking_disable': True})
            company = env['res.company'].create({
                'name': "Koperasi Dua Bendahara", 'country_id': env.ref('base.id').id, 'coop_shu_four_eyes': False,
            })
            env.user.write({'company_ids': [Command.link(company.id)]})
            env['account.chart.template'].try_loading('id', company=company, install_demo=False)
            cls.company_id = company.id
            env = env(context=dict(env.context, allowed_company_ids=company.ids))
            member = env['coop.membership'].create({
                'partner_id': env['res.partner'].create({'name': "Siti"}).id, 'number': 'S001',
                'date_joined': '2020-01-05',
            })
            cls._book(env, '2020-01-05', env.company._get_coop_account('mandatory'), -100_000, member.partner_id)
            env['coop.shu.rule'].create({
                'name': "Bylaws", 'date_from': '2020-01-01', 'share_ids': [
                    Command.create({'kind': 'reserve', 'percent': 60}),
                    Command.create({'kind': 'capital', 'percent': 40}),
                ],
            })

    @staticmethod
    def _book(env, date, account, balance, partner=None):
        cash = env['account.journal'].search([('type', '=', 'cash'), ('company_id', '=', env.company.id)], limit=1)
        env['account.move'].create({'move_type': 'entry', 'journal_id': cash.id, 'date': date, 'line_ids': [
            Command.create({'account_id': account.id, 'partner_id': partner and partner.id, 'balance': balance}),
            Command.create({'account_id': cash.default_account_id.id, 'balance': -balance}),
        ]})._post(soft=False)

    @contextmanager
    def _treasurer(self):
        """Yield the environment of a treasurer on a connection of their own, whose view of the data is taken now."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {
                'allowed_company_ids': [self.company_id], 'tracking_disable': True,
            })
            env.cr.execute("SELECT 1")
            yield env

    def _compute(self, year):
        with self._treasurer() as env:
            allocation = env['coop.shu.allocation'].create({
                'date_from': f'{year}-01-01', 'date_to': f'{year}-12-31', 'meeting_date': f'{year + 1}-02-01',
                'meeting_number': '1',
            })
            if not allocation._get_ledger_surplus():
                income = env['account.account'].search([
                    *env['account.account']._check_company_domain(env.company), ('account_type', '=', 'income'),
                ], limit=1)
                self._book(env, f'{year}-06-30', income, -1_000_000)
            allocation.action_compute()
            return allocation.id

    def _approve(self, year):
        allocation_id = self._compute(year)
        with self._treasurer() as env:
            env['coop.shu.allocation'].browse(allocation_id).action_approve()
        return allocation_id

    def _create_payout(self, allocation_id):
        with self._treasurer() as env:
            payout = env['coop.shu.payout'].create({'allocation_id': allocation_id})
            payout.action_fill()
            return payout.id

    def _call(self, env, model, record_id, method):
        """Press a button as a request does: Odoo repeats it when another transaction was in the way."""
        return retrying(getattr(env[model].browse(record_id), method), env)

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_one_member_is_not_paid_twice(self):
        allocation_id = self._approve(2021)
        with self._treasurer() as env:
            env['coop.shu.allocation'].browse(allocation_id).action_post()
        first, second = (self._create_payout(allocation_id) for _treasurer in range(2))
        with self._treasurer() as env_1, self._treasurer() as env_2:
            self._call(env_1, 'coop.shu.payout', first, 'action_post')
            env_1.cr.commit()
            with self.assertRaisesRegex(UserError, "and cannot be paid"):
                self._call(env_2, 'coop.shu.payout', second, 'action_post')
        with self._treasurer() as env:
            self.assertEqual(env['coop.shu.payout'].browse([first, second]).mapped('state'), ['posted', 'draft'])
            self.assertEqual(env['coop.shu.allocation'].browse(allocation_id).state, 'paid')

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_one_allocation_is_not_posted_twice(self):
        allocation_id = self._approve(2022)
        with self._treasurer() as env_1, self._treasurer() as env_2:
            self._call(env_1, 'coop.shu.allocation', allocation_id, 'action_post')
            env_1.cr.commit()
            with self.assertRaisesRegex(UserError, "is Posted"):
                self._call(env_2, 'coop.shu.allocation', allocation_id, 'action_post')
        with self._treasurer() as env:
            self.assertEqual(env['account.move'].search_count([
                ('coop_source_model', '=', 'coop.shu.allocation'), ('coop_source_id', '=', allocation_id),
            ]), 2)

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_one_period_is_not_approved_twice(self):
        first, second = self._compute(2023), self._compute(2023)
        with self._treasurer() as env_1, self._treasurer() as env_2:
            self._call(env_1, 'coop.shu.allocation', first, 'action_approve')
            env_1.cr.commit()
            with self.assertRaisesRegex(UserError, "allocated already"):
                self._call(env_2, 'coop.shu.allocation', second, 'action_approve')
        with self._treasurer() as env:
            states = env['coop.shu.allocation'].browse([first, second]).mapped('state')
            self.assertEqual(states, ['approved', 'computed'])
