from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.producer_cooperative.tests.common_committed import CommittedCommon


@tagged('post_install', '-at_install', '-standard', 'committed')
class TestTwoTreasurersAndTheShu(CommittedCommon):
    """Two treasurers at one allocation."""
    cooperative = "Koperasi Dua Bendahara"

    @classmethod
    def _prepare(cls, env):
        member = env['coop.membership'].browse(cls._create_member(env, 'S001', date_joined='2020-01-05'))
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

    def _compute(self, year, result=1_000_000):
        with self._treasurer() as env:
            allocation = env['coop.shu.allocation'].create({
                'date_from': f'{year}-01-01', 'date_to': f'{year}-12-31', 'meeting_date': f'{year + 1}-02-01',
                'meeting_number': '1',
            })
            if not allocation._get_ledger_surplus():
                income = env['account.account'].search([
                    *env['account.account']._check_company_domain(env.company), ('account_type', '=', 'income'),
                ], limit=1)
                self._book(env, f'{year}-06-30', income, -result)
            allocation.action_compute()
            return allocation.id

    def _approve(self, year, result=1_000_000):
        allocation_id = self._compute(year, result)
        with self._treasurer() as env:
            env['coop.shu.allocation'].browse(allocation_id).action_approve()
        return allocation_id

    def _create_payout(self, allocation_id):
        with self._treasurer() as env:
            payout = env['coop.payout'].create({'shu_allocation_id': allocation_id})
            payout.action_fill()
            return payout.id

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_one_member_is_not_paid_twice(self):
        allocation_id = self._approve(2021)
        with self._treasurer() as env:
            env['coop.shu.allocation'].browse(allocation_id).action_post()
        first, second = (self._create_payout(allocation_id) for _treasurer in range(2))
        with self._treasurer() as env_1, self._treasurer() as env_2:
            self._call(env_1, 'coop.payout', first, 'action_post')
            env_1.cr.commit()
            with self.assertRaisesRegex(UserError, "is owed nothing"):
                self._call(env_2, 'coop.payout', second, 'action_post')
        with self._treasurer() as env:
            self.assertEqual(env['coop.payout'].browse([first, second]).mapped('state'), ['posted', 'draft'])
            self.assertEqual(env['coop.shu.allocation'].browse(allocation_id).state, 'paid')

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_one_allocation_is_not_posted_twice(self):
        allocation_id = self._approve(2022)
        with self._treasurer() as env_1, self._treasurer() as env_2:
            self._call(env_1, 'coop.shu.allocation', allocation_id, 'action_post')
            env_1.cr.commit()
            with self.assertRaisesRegex(UserError, "is posted already"):
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

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_two_losses_do_not_draw_on_the_same_reserve(self):
        with self._treasurer() as env:
            reserve = env.company._get_coop_account('reserve')
            self._book(env, '2023-12-31', reserve, -100_000)
            [(balance,)] = env['account.move.line']._read_group(
                [('account_id', '=', reserve.id), ('company_id', '=', env.company.id)], [], ['balance:sum'],
            )
        # Each of the two losses is as large as the whole reserve, and is to draw on all of it.
        first, second = (self._approve(year, balance) for year in (2024, 2025))
        with self._treasurer() as env_1, self._treasurer() as env_2:
            self._call(env_1, 'coop.shu.allocation', first, 'action_post')
            env_1.cr.commit()
            with self.assertRaisesRegex(UserError, "holds .* at the least, and"):
                self._call(env_2, 'coop.shu.allocation', second, 'action_post')
        with self._treasurer() as env:
            self.assertEqual(env['coop.shu.allocation'].browse([first, second]).mapped('state'), ['posted', 'approved'])
