from odoo import Command, fields
from odoo.exceptions import RedirectWarning
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common import CoopCommon


@tagged('post_install', '-at_install')
class TestSavingsTransferAndOpening(CoopCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.siti = cls._create_member("Siti")
        cls.budi = cls._create_member("Budi")
        cls.journal = cls.company.coop_journal_id
        cls.earnings = cls.company.get_unaffected_earnings_account()

    def _voucher(self, direction, lines, user=None, **values):
        """Return a draft over ``lines``, a list of (member, savings type, amount[, into])."""
        return self.env['coop.savings.voucher'].with_user(user or self.env.user).create({
            'direction': direction, 'date': '2026-03-01', **values,
            'line_ids': [Command.create({
                'membership_id': member.id, 'type_id': savings_type.id, 'amount': amount,
                'to_type_id': into[0].id if into else False,
            }) for member, savings_type, amount, *into in lines],
        })

    def _balances(self, member):
        return member._get_savings_balances()[member]

    # === TRANSFER === #

    def test_transfer_debits_one_and_credits_the_other_savings_of_the_same_member(self):
        self._save(self.siti, {self.voluntary: 50_000})
        self._save(self.budi, {self.voluntary: 20_000})
        voucher = self._voucher('transfer', [
            (self.siti, self.voluntary, 30_000, self.mandatory), (self.budi, self.voluntary, 20_000, self.mandatory),
        ])
        voucher.action_post()
        self.assertEntry(voucher.move_id, [
            (self.voluntary.account_id, self.siti.partner_id, 30_000),
            (self.mandatory.account_id, self.siti.partner_id, -30_000),
            (self.voluntary.account_id, self.budi.partner_id, 20_000),
            (self.mandatory.account_id, self.budi.partner_id, -20_000),
        ])
        self.assertEqual(voucher.move_id.journal_id, self.journal)
        self.assertEqual(voucher.name, 'BM/2026/00001')
        self.assertFalse(voucher.journal_id)
        self.assertEqual(self._balances(self.siti)[self.voluntary], 20_000)
        self.assertEqual(self._balances(self.siti)[self.mandatory], 40_000)

    def test_cancelled_transfer_gives_the_savings_back(self):
        self._save(self.siti, {self.voluntary: 50_000})
        voucher = self._voucher('transfer', [(self.siti, self.voluntary, 30_000, self.mandatory)])
        voucher.action_post()
        voucher._cancel_with_reason("Not asked for")
        self.assertEntry(voucher.reversal_move_id, [
            (self.voluntary.account_id, self.siti.partner_id, -30_000),
            (self.mandatory.account_id, self.siti.partner_id, 30_000),
        ])
        self.assertEqual(self._balances(self.siti)[self.voluntary], 50_000)
        self.assertEqual(self._balances(self.siti)[self.mandatory], 10_000)

    def test_transfer_that_was_withdrawn_since_is_not_cancelled(self):
        other = self.env['coop.savings.type'].create({
            'name': "Holiday", 'kind': 'voluntary',
            'account_id': self.voluntary.account_id.copy({'code': '28120099'}).id,
        })
        self._save(self.siti, {self.voluntary: 50_000})
        voucher = self._voucher('transfer', [(self.siti, self.voluntary, 30_000, other)])
        voucher.action_post()
        self._save(self.siti, {other: 100}, direction='out', date=fields.Date.context_today(self.siti))
        with self.assertRefused("cancel that payout first"):
            voucher._cancel_with_reason("x")
        self.assertEqual(voucher.state, 'posted')

    def test_transfer_above_the_balance_is_refused(self):
        self._save(self.siti, {self.voluntary: 50_000})
        with self.assertRefused("50,000.*more than that cannot be taken out"):
            self._voucher('transfer', [(self.siti, self.voluntary, 50_001, self.mandatory)]).action_post()

    def test_transfer_out_of_principal_savings_is_refused(self):
        with self.assertRefused("stays as long as the member stays"):
            self._voucher('transfer', [(self.siti, self.principal, 1_000, self.voluntary)]).action_post()

    def test_transfer_needs_other_savings_to_go_into(self):
        self._save(self.siti, {self.voluntary: 50_000})
        with self.assertRefused("choose the savings that the transfer goes into"):
            self._voucher('transfer', [(self.siti, self.voluntary, 1_000)]).action_post()
        with self.assertRefused("changes nothing. Choose other savings"):
            self._voucher('transfer', [(self.siti, self.voluntary, 1_000, self.voluntary)]).action_post()

    def test_transfer_moves_no_money_through_a_cash_journal(self):
        with self.assertRefused("leave the cash or bank journal empty"):
            self._voucher('transfer', [], journal_id=self.cash_journal.id)

    def test_cashier_does_not_transfer_and_the_treasurer_does(self):
        self._save(self.siti, {self.voluntary: 50_000})
        today = fields.Date.context_today(self.siti)
        lines = [(self.siti, self.voluntary, 30_000, self.mandatory)]
        with self.assertRefused("You may not post"):
            self._voucher('transfer', lines, self.cashier, date=today).action_post()
        voucher = self._voucher('transfer', lines, self.accountant, date=today)
        voucher.action_post()
        self.assertEqual(voucher.state, 'posted')

    # === OPENING BALANCE === #

    def test_opening_balance_debits_unaffected_earnings_and_credits_each_members_savings(self):
        voucher = self._voucher('opening', [
            (self.siti, self.voluntary, 75_000), (self.budi, self.principal, 25_000),
        ], date='2025-12-31')
        voucher.action_post()
        self.assertEntry(voucher.move_id, [
            (self.earnings, None, 100_000),
            (self.voluntary.account_id, self.siti.partner_id, -75_000),
            (self.principal.account_id, self.budi.partner_id, -25_000),
        ])
        self.assertEqual(voucher.name, 'BA/2025/00001')
        self.assertEqual(voucher.move_id.journal_id, self.journal)

    def test_opening_balance_is_booked_against_the_account_that_was_chosen(self):
        grant = self._account('grant')
        voucher = self._voucher(
            'opening', [(self.siti, self.voluntary, 75_000)], counterpart='account', counterpart_account_id=grant.id,
        )
        voucher.action_post()
        self.assertEntry(voucher.move_id, [
            (grant, None, 75_000), (self.voluntary.account_id, self.siti.partner_id, -75_000),
        ])

    def test_opening_balance_against_an_account_needs_the_account(self):
        with self.assertRefused("Choose the account"):
            self._voucher('opening', [(self.siti, self.voluntary, 75_000)], counterpart='account').action_post()
        with self.assertRefused("the account of the savings themselves"):
            self._voucher(
                'opening', [(self.siti, self.voluntary, 75_000)], counterpart='account',
                counterpart_account_id=self.voluntary.account_id.id,
            ).action_post()

    def test_opening_balance_comes_neither_out_of_other_savings_nor_out_of_documents(self):
        self.principal.active = False
        for account, message in (
            (self.mandatory.account_id, "of other savings.*write a transfer"),
            (self.principal.account_id, "of other savings.*write a transfer"),
            (self._account('clearing'), "booked by the cooperative's own documents"),
            (self._account('shu'), "booked by the cooperative's own documents"),
        ):
            with self.subTest(account=account.name), self.assertRefused(message):
                self._voucher(
                    'opening', [(self.siti, self.voluntary, 75_000)], self.accountant, counterpart='account',
                    counterpart_account_id=account.id,
                ).action_post()

    def test_opening_balance_gives_members_what_was_booked_in_one_sum(self):
        self._book_unowned(self.voluntary, 100_000)
        self._book_unowned(self.mandatory, 30_000)
        voucher = self._voucher('opening', [
            (self.siti, self.voluntary, 60_000), (self.budi, self.voluntary, 40_000),
            (self.siti, self.mandatory, 30_000),
        ], counterpart='unowned')
        voucher.action_post()
        self.assertEntry(voucher.move_id, [
            (self.voluntary.account_id, None, 100_000),
            (self.voluntary.account_id, self.siti.partner_id, -60_000),
            (self.voluntary.account_id, self.budi.partner_id, -40_000),
            (self.mandatory.account_id, None, 30_000),
            (self.mandatory.account_id, self.siti.partner_id, -30_000),
        ])
        self.assertEqual(self.voluntary._get_unowned_balances(), {self.voluntary: 0})
        self.assertFalse(self.env['account.move.line'].search([('coop_is_unowned', '=', True)]))

    def test_opening_balance_gives_out_no_more_than_stands_without_a_member(self):
        self._book_unowned(self.voluntary, 100_000)
        with self.assertRefused("Only Rp.*100,000.* stands in the books without a member"):
            self._voucher('opening', [(self.siti, self.voluntary, 100_001)], counterpart='unowned').action_post()

    def test_cancelled_opening_balance_is_reversed_line_by_line(self):
        voucher = self._voucher('opening', [(self.siti, self.voluntary, 75_000)])
        voucher.action_post()
        voucher._cancel_with_reason("Wrong sum")
        self.assertEntry(voucher.reversal_move_id, [
            (self.earnings, None, -75_000), (self.voluntary.account_id, self.siti.partner_id, 75_000),
        ])

    def test_opening_balances_are_the_treasurers(self):
        lines = [(self.siti, self.voluntary, 75_000)]
        self.journal.coop_cashier_ids = self.cashier
        with self.assertRefused("Ask the treasurer to post them"):
            self._voucher('opening', lines, self.cashier).action_post()
        voucher = self._voucher('opening', lines, self.accountant)
        voucher.action_post()
        self.assertEqual(voucher.state, 'posted')

    def test_candidate_opens_only_with_savings_that_are_open_to_candidates(self):
        candidate = self.env['coop.membership'].create({
            'partner_id': self.env['res.partner'].create({'name': "Calon"}).id,
        })
        self._voucher('opening', [(candidate, self.principal, 100_000)]).action_post()
        with self.assertRefused("open to members only"):
            self._voucher('opening', [(candidate, self.voluntary, 100_000)]).action_post()
        self.assertEqual(self._balances(candidate)[self.principal], 100_000)

    def test_opening_capital_is_imported_with_odoos_own_import(self):
        self.siti.number, self.budi.number = '00012', '00013'
        columns = [
            'direction', 'date', 'counterpart', 'line_ids/membership_id', 'line_ids/type_id', 'line_ids/amount',
        ]
        result = self.env['coop.savings.voucher'].with_user(self.accountant).load(columns, [
            ['Opening Balance', '2025-12-31', 'Unaffected Earnings', '00012', 'Voluntary Savings', '75000'],
            ['', '', '', '13', 'Voluntary Savings', '25000'],
        ])
        self.assertFalse(result['messages'])
        voucher = self.env['coop.savings.voucher'].browse(result['ids'])
        self.assertEqual(
            [(line.membership_id, line.amount) for line in voucher.line_ids],
            [(self.siti, 75_000), (self.budi, 25_000)],
        )
        voucher.action_post()
        self.assertEntry(voucher.move_id, [
            (self.earnings, None, 100_000), (self.voluntary.account_id, self.siti.partner_id, -75_000),
            (self.voluntary.account_id, self.budi.partner_id, -25_000),
        ])

    def test_import_that_goes_wrong_posts_nothing(self):
        result = self.env['coop.savings.voucher'].with_user(self.accountant).load(
            ['direction', 'line_ids/membership_id', 'line_ids/type_id', 'line_ids/amount'],
            [['Opening Balance', '99999', 'Voluntary Savings', '75000']],
        )
        self.assertIn('99999', result['messages'][0]['message'])
        self.assertFalse(result['ids'])

    def test_transfer_without_a_cooperative_journal_asks_for_the_set_up(self):
        self._save(self.siti, {self.voluntary: 50_000})
        self.company.coop_journal_id = False
        with self.assertRefused("Set up the cooperative first", RedirectWarning):
            self._voucher('transfer', [(self.siti, self.voluntary, 1_000, self.mandatory)]).action_post()

    def _book_unowned(self, savings_type, amount, partner=None):
        """Post an accountant's own entry on the savings account that names no member."""
        self.env['account.move'].create({
            'journal_id': self.journal.id, 'date': '2026-02-01', 'line_ids': [
                Command.create({'account_id': self.cash_journal.default_account_id.id, 'balance': amount}),
                Command.create({
                    'account_id': savings_type.account_id.id, 'balance': -amount,
                    'partner_id': partner.id if partner else False,
                }),
            ],
        }).action_post()
