from odoo import fields
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_entries import EntriesCommon


@tagged('post_install', '-at_install')
class TestSettlementAdvances(EntriesCommon):
    """Money that members get ahead of their sales, and that settlements take back."""

    def test_advance_is_paid_and_taken_back_first(self):
        self._create_agreement(
            self.siti, commission_rate=10, savings_type_id=self.voluntary.id, savings_rate=10, set_off_rate=100,
            set_off_consent_date='2020-01-01',
        )
        debt = self._owe(self.siti, 300)
        advance = self._advance(self.siti, 400)
        cash = self.cash_journal.default_account_id
        self.assertEntry(advance.move_id, [(self.advances, self.partner, 400), (cash, self.partner, -400)])
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        self.assertEntry(settlement.move_id, [  # 540 - 400 = 140, of which 54 are saved and 86 set off
            (self.clearing, self.partner, 600), (self.commission, self.partner, -60),
            (self.advances, self.partner, -400), (self.voluntary.account_id, self.partner, -54),
            (self.proceeds, self.partner, -86),
        ])
        self.assertEqual(debt.amount_residual, 214)
        self.assertEqual(settlement.amount_payable, 0)
        self.assertEqual(self._balance(self.advances), 0)

    def test_advance_larger_than_the_sales_is_taken_back_in_parts(self):
        self._advance(self.siti, 700)
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        self.assertRecordValues(settlement, [{'amount_advance': 540, 'amount_payable': 0, 'payment_state': 'paid'}])
        self._sold(self.siti, 60)
        second = self._settle(self.siti)
        self.assertRecordValues(second, [{'amount_advance': 160, 'amount_payable': 380}])
        self._advance(self.siti, 50)
        self._sold(self.siti, 10)
        self.assertRecordValues(self._settle(self.siti), [{'amount_advance': 50, 'amount_payable': 40}])

    def test_cancelled_settlement_leaves_the_advance_open_again(self):
        self._advance(self.siti, 100)
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        settlement._cancel_with_reason("Wrong")
        self.assertEqual(self._balance(self.advances), 100)
        self.assertEqual(self._settle(self.siti).amount_advance, 100)

    def test_advance_that_was_taken_back_is_not_cancelled(self):
        advance = self._advance(self.siti, 100)
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        with self.assertRefused("holds less in advances"):
            advance._cancel_with_reason("Too late")
        settlement._cancel_with_reason("First")
        advance._cancel_with_reason("Now")
        self.assertEqual(self._balance(self.advances), 0)
        self.assertEqual(advance.state, 'cancelled')

    def test_no_more_is_paid_back_than_was_advanced(self):
        self._advance(self.siti, 100)
        with self.assertRefused("holds less in advances"):
            self._advance(self.siti, 101, direction='in')
        back = self._advance(self.siti, 100, direction='in')
        self.assertEntry(back.move_id, [
            (self.cash_journal.default_account_id, self.partner, 100), (self.advances, self.partner, -100),
        ])

    def test_advance_of_a_later_day_waits(self):
        self._sold(self.siti, 60)
        yesterday = fields.Date.subtract(self.today, days=1)
        self._advance(self.siti, 100)
        settlement = self.env['coop.settlement'].new({'membership_id': self.siti.id, 'date': yesterday})
        self.assertEqual(settlement._get_open_advance(), 0)

    def test_posted_advance_is_not_changed_and_its_entry_not_undone(self):
        advance = self._advance(self.siti, 100)
        with self.assertRefused("cancel it and write a new one"):
            advance.amount = 1
        with self.assertRefused("can only be cancelled"):
            advance.unlink()
        with self.assertRefused("undone only there"):
            advance.move_id.button_draft()

    def test_member_with_an_advance_does_not_leave(self):
        self._advance(self.siti, 100)
        leaving = self.env['coop.leaving'].create({'membership_id': self.siti.id, 'reason': 'resigned'})
        with self.assertRefused("still holds advances"):
            leaving.action_approve()

    def test_officer_writes_advances_and_the_accountant_posts_them(self):
        advance = self.env['coop.settlement.advance'].with_user(self.officer).create({
            'membership_id': self.siti.id, 'amount': 100,
        })
        with self.assertRefused("Only this role"):
            advance.action_post()
        advance.with_user(self.accountant).action_post()
        self.assertEqual(advance.state, 'posted')
        with self.assertRefused("Only this role"):
            advance._cancel_with_reason("Try")
        self.assertEqual(advance.with_user(self.supervisor).amount_held, 100)
        with self.assertRefused("not allowed", Exception):
            advance.with_user(self.supervisor).check_access('write')
        with self.assertRefused("not allowed", Exception):
            advance.with_user(self.warehouse_user).read(['amount'])
