from odoo.exceptions import AccessError, RedirectWarning, ValidationError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.test_shu_surplus import ShuSurplusCommon


@tagged('post_install', '-at_install')
class TestShuTax(ShuSurplusCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owed = cls.rule.tax_payable_account_id
        cls._sell(cls.siti.partner_id, 1_000_000)

    def test_rule_finds_the_accounts_of_the_chart(self):
        self.assertEqual(self.rule.tax_account_ids, self.income_tax)
        self.assertEqual(self.owed.code, '21100014')

    def test_tax_counts_as_booked_unless_the_rule_wants_it_first(self):
        allocation = self._compute()
        self.assertEqual((allocation.surplus, allocation.income_tax), (1_000_000, 0))

    def test_tax_has_to_be_booked_first_where_the_rule_says_so(self):
        self.rule.write({'tax_treatment': 'booked', 'tax_rate': 22})
        allocation = self._create_allocation().with_user(self.accountant)
        with self.assertRefused("Enter the expected income tax", RedirectWarning):
            allocation.action_compute()
        allocation.action_propose_tax()
        self.assertEqual(allocation.tax_expected, 220_000)
        with self.assertRefused("220,000.00.*is expected and.*0.00.*is booked", RedirectWarning):
            allocation.action_compute()
        allocation.action_book_tax()
        move = self.env['account.move.line'].search([('account_id', '=', self.income_tax.id)]).move_id
        self.assertEqual(str(move.date), '2024-12-31')
        self.assertEntry(move, [(self.income_tax, None, 220_000), (self.owed, None, -220_000)])
        allocation.action_compute()
        self.assertEqual(
            (allocation.surplus_before_tax, allocation.income_tax, allocation.surplus), (1_000_000, -220_000, 780_000),
        )
        with self.assertRefused("booked already"):
            allocation.action_book_tax()

    def test_too_much_tax_is_booked_back(self):
        self._spend(self.income_tax, 30_000)
        self.rule.tax_treatment = 'booked'
        allocation = self._create_allocation().with_user(self.accountant)
        allocation.tax_expected = 20_000
        before = self.env['account.move'].search([], order='id DESC', limit=1)
        allocation.action_book_tax()
        move = self.env['account.move'].search([('id', '>', before.id)])
        self.assertEntry(move, [(self.income_tax, None, -10_000), (self.owed, None, 10_000)])
        self.assertEqual(allocation.tax_booked, 20_000)

    def test_that_no_tax_is_due_is_said_and_not_assumed(self):
        self.rule.tax_treatment = 'booked'
        allocation = self._create_allocation().with_user(self.accountant)
        with self.assertRefused("or tick that none is due", RedirectWarning):
            allocation.action_compute()
        allocation.tax_none = True
        allocation.action_compute()
        self.assertEqual(allocation.surplus, 1_000_000)

    def test_no_rate_is_not_no_tax(self):
        self.rule.write({'tax_treatment': 'booked', 'tax_rate': 0})
        allocation = self._create_allocation().with_user(self.accountant)
        with self.assertRefused("No rate of income tax is entered"):
            allocation.action_propose_tax()
        self.assertFalse(allocation.tax_none)

    def test_tax_is_not_booked_into_locked_books(self):
        self.rule.tax_treatment = 'booked'
        allocation = self._create_allocation().with_user(self.accountant)
        allocation.tax_expected = 20_000
        self.company.fiscalyear_lock_date = '2024-12-31'
        with self.assertRefused("The books are locked on 12/31/2024"):
            allocation.action_book_tax()

    def test_expected_tax_stays_after_the_meeting(self):
        allocation = self._approve(self._compute())
        with self.assertRefused("stays as the meeting saw it"):
            allocation.with_user(self.accountant).tax_expected = 5

    def test_only_the_accountant_books_tax(self):
        allocation = self._create_allocation()
        with self.assertRefused("Only this role", AccessError):
            allocation.with_user(self.manager).action_book_tax()
        with self.assertRefused("Only this role", AccessError):
            allocation.with_user(self.manager).action_propose_tax()

    def test_loss_is_expected_to_bear_no_tax(self):
        self.rule.write({'tax_treatment': 'booked', 'tax_rate': 22})
        self._spend(self.rent, 3_000_000)
        allocation = self._create_allocation().with_user(self.accountant)
        allocation.action_propose_tax()
        self.assertEqual((allocation.tax_expected, allocation.tax_none), (0, True))

    def test_accounts_of_the_tax_are_checked(self):
        with self.assertRefused("is no liability", ValidationError):
            self.rule.tax_payable_account_id = self.income
        self.rule.write({'tax_payable_account_id': False, 'tax_treatment': 'booked'})
        self.rule.tax_payable_account_id = False
        allocation = self._create_allocation().with_user(self.accountant)
        allocation.tax_expected = 20_000
        with self.assertRefused("does not say on which accounts"):
            allocation.action_book_tax()


@tagged('post_install', '-at_install')
class TestShuLossProposal(ShuSurplusCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._book('2024-01-01', [(cls.cash, None, 700_000), (cls.reserve, None, -700_000)])

    def _amounts(self, allocation):
        return [(share.kind, share.amount_booked) for share in allocation.share_ids.sorted('id')]

    def test_reserve_covers_first_and_the_rest_is_carried_forward(self):
        allocation = self._compute(-2_500_000)
        self.assertEqual(self._amounts(allocation), [('reserve', -700_000), ('loss', -1_800_000)])
        self.assertEqual(
            (allocation.loss_from_reserve, allocation.loss_carried, allocation.reserve_balance),
            (700_000, 1_800_000, 700_000),
        )

    def test_meeting_may_want_less_drawn_from_the_reserve(self):
        allocation = self._compute(-500_000)
        allocation.with_user(self.accountant).loss_from_reserve = 200_000
        self.assertEqual(self._amounts(allocation), [('reserve', -200_000), ('loss', -300_000)])
        self._approve(allocation).with_user(self.accountant).action_post()
        self.assertEntry(allocation.meeting_move_ids, [
            (self.reserve, None, 200_000), (self._account('accumulated_loss'), None, 300_000),
            (self.shu, None, -500_000),
        ])

    def test_no_more_is_drawn_than_there_is(self):
        allocation = self._compute(-2_500_000)
        for amount in (700_001, -1):
            with self.assertRefused("Between 0 and.*700,000.00.*can be drawn"):
                allocation.with_user(self.accountant).loss_from_reserve = amount
        allocation = self._compute(-2_500_000)
        self._approve(allocation)
        with self.assertRefused("computed and not decided on"):
            allocation.with_user(self.accountant).loss_from_reserve = 1

    def test_only_board_and_treasurer_decide_on_the_reserve(self):
        allocation = self._compute(-500_000)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            allocation.with_user(self.officer).loss_from_reserve = 1

    def test_overdrawn_reserve_covers_nothing(self):
        self._book('2024-02-01', [(self.cash, None, -900_000), (self.reserve, None, 900_000)])
        allocation = self._compute(-500_000)
        self.assertEqual(self._amounts(allocation), [('loss', -500_000)])

    def test_computing_again_proposes_again(self):
        allocation = self._compute(-500_000)
        allocation.with_user(self.accountant).loss_from_reserve = 0
        self.assertEqual(self._amounts(allocation), [('loss', -500_000)])
        allocation.with_user(self.accountant).action_compute()
        self.assertEqual(self._amounts(allocation), [('reserve', -500_000)])
