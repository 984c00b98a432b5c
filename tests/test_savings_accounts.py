from odoo import Command, fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common import CoopCommon


@tagged('post_install', '-at_install')
class TestSavingsAccounts(CoopCommon):
    """Which accounts hold savings, and what becomes of savings types that nobody should have made."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.siti = cls._create_member("Siti")
        cls.today = fields.Date.context_today(cls.siti)

    def _create_type(self, account, name="Holiday", user=None):
        return self.env['coop.savings.type'].with_user(user or self.manager).create({
            'name': name, 'kind': 'voluntary', 'account_id': account.id,
        })

    def _create_account(self, account_type='liability_current', code='28129999'):
        return self.env['account.account'].create({
            'name': "Simpanan Hari Raya", 'code': code, 'account_type': account_type,
        })

    def _enter(self, account, amount, partner=None):
        """Return a posted entry of the accountant's own on ``account``."""
        move = self.env['account.move'].create({'move_type': 'entry', 'date': '2026-01-10', 'line_ids': [
            Command.create({'account_id': self.cash_journal.default_account_id.id, 'balance': amount}),
            Command.create({'account_id': account.id, 'partner_id': (partner or self.siti.partner_id).id,
                            'balance': -amount}),
        ]})
        move.action_post()
        return move

    # === THE ACCOUNT === #

    def test_accounts_of_another_nature_hold_no_savings(self):
        income = self.env['account.account'].search([
            ('account_type', '=', 'income'), ('company_ids', 'in', self.company.ids),
        ], limit=1)
        accounts = [self.cash_journal.default_account_id, income, self._account('former_member')]
        for account in accounts:
            with self.assertRefused("cannot hold savings. Choose an equity or liability", ValidationError):
                self._create_type(account)

    def test_accounts_of_other_purposes_hold_no_savings(self):
        for key in ('reserve', 'shu', 'clearing', 'pool_deposit', 'fund_social'):
            with self.assertRefused("is used for .*would count as savings", ValidationError):
                self._create_type(self._account(key))

    def test_account_of_a_journal_holds_no_savings(self):
        account = self._create_account()
        self.env['account.journal'].create({
            'name': "Loans", 'code': 'LOAN', 'type': 'general', 'default_account_id': account.id,
        })
        with self.assertRefused("is used for “Loans", ValidationError):
            self._create_type(account)

    def test_account_of_savings_serves_no_other_purpose(self):
        account = self._create_account('equity', '31119999')
        self._create_type(account)
        reserve = self.company.coop_account_ids.filtered(lambda mapping: mapping.key == 'reserve')
        with self.assertRefused("holds Holiday and cannot serve as", ValidationError):
            reserve.account_id = account

    def test_account_that_the_cooperative_saved_on_before_is_taken_over(self):
        account = self._create_account('equity', '31119998')
        self._enter(account, 75_000)
        savings_type = self._create_type(account)
        self.assertEqual(self.siti._get_savings_balances()[self.siti][savings_type], 75_000)

    # === TYPES MADE BY MISTAKE === #

    def test_type_that_nothing_was_booked_on_gets_another_account_or_goes(self):
        wrong, right = self._create_account(), self._create_account(code='28129998')
        self._enter(wrong, 75_000)
        savings_type = self._create_type(wrong)
        savings_type.account_id = right
        self.assertEqual(self.siti._get_savings_balances()[self.siti][savings_type], 0)
        savings_type.account_id = wrong
        savings_type.unlink()
        self.assertFalse(savings_type.exists())

    def test_type_that_members_saved_in_stays(self):
        savings_type = self._create_type(self._create_account())
        self._save(self.siti, {savings_type: 5_000})._cancel_with_reason("Wrong member")
        with self.assertRefused("its kind and its account stay"):
            savings_type.account_id = self._create_account(code='28129998')
        with self.assertRefused("archive it instead"):
            savings_type.unlink()

    # === ARCHIVED TYPES === #

    def test_archived_savings_take_no_deposit_and_are_paid_out_by_the_treasurer(self):
        savings_type = self._create_type(self._create_account()).sudo()
        self._save(self.siti, {savings_type: 5_000, self.voluntary: 5_000}, date=self.today)
        savings_type.active = False
        with self.assertRefused("Holiday is archived and takes no more deposits"):
            self._save(self.siti, {savings_type: 1_000}, date=self.today)
        payout = self.env['coop.savings.voucher'].create({
            'direction': 'out', 'journal_id': self.cash_journal.id, 'line_ids': [Command.create({
                'membership_id': self.siti.id, 'type_id': savings_type.id, 'amount': 5_000,
            })],
        })
        with self.assertRefused("is archived. Ask the treasurer"):
            payout.with_user(self.cashier).action_post()
        transfer = self.env['coop.savings.voucher'].create({'direction': 'transfer', 'line_ids': [Command.create({
            'membership_id': self.siti.id, 'type_id': self.voluntary.id, 'to_type_id': savings_type.id,
            'amount': 5_000,
        })]})
        with self.assertRefused("takes no more deposits"):
            transfer.action_post()
        payout.with_user(self.accountant).action_post()
        self.assertEqual(self.siti._get_savings_balances()[self.siti][savings_type], 0)

    # === DAYS === #

    def test_payout_is_covered_on_its_own_day_and_on_every_later_one(self):
        self._save(self.siti, {self.voluntary: 50_000}, date='2026-05-02')
        with self.assertRefused("has only .*0.00 in Voluntary Savings on 03/01/2026.*day of the payment"):
            self._save(self.siti, {self.voluntary: 1}, direction='out', date='2026-03-01')
        self._save(self.siti, {self.voluntary: 40_000}, direction='out', date='2026-06-01')
        # 50,000 on 3 May, but only 10,000 from 1 June on; 30,000 more come on 1 July
        self._save(self.siti, {self.voluntary: 30_000}, date='2026-07-01')
        with self.assertRefused("has only .*10,000.00 in Voluntary Savings on 06/01/2026"):
            self._save(self.siti, {self.voluntary: 10_001}, direction='out', date='2026-05-03')
        self._save(self.siti, {self.voluntary: 10_000}, direction='out', date='2026-05-03')
        self.assertEqual(self.siti._get_lowest_savings(fields.Date.to_date('2026-05-02'))[self.siti][self.voluntary], (
            0.0, fields.Date.to_date('2026-06-01'),
        ))

    def test_transfer_is_covered_on_its_own_day(self):
        self._save(self.siti, {self.voluntary: 50_000}, date='2026-05-02')
        voucher = self.env['coop.savings.voucher'].create({
            'direction': 'transfer', 'date': '2026-05-01', 'line_ids': [Command.create({
                'membership_id': self.siti.id, 'type_id': self.voluntary.id, 'to_type_id': self.mandatory.id,
                'amount': 10_000,
            })],
        })
        with self.assertRefused("Date the voucher on the day of the payment"):
            voucher.action_post()
