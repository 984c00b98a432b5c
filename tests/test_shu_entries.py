from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.producer_cooperative.tests.common_shu import MEETING, YEAR, ShuCommon


class ShuEntriesCommon(ShuCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_rule(
            ('reserve', 40), ('capital', 15), ('patronage', 25, 'purchases'), ('fund', 10, 'board'),
            ('fund', 10, 'social'),
        )
        cls.siti = cls._create_registered("Siti", '001', 300_000)
        cls.budi = cls._create_registered("Budi", '002', 100_000)
        cls._invoice(cls.siti, 600_000)
        cls._invoice(cls.budi, 400_000)


@tagged('post_install', '-at_install')
class TestShuEntries(ShuEntriesCommon):

    def test_year_end_carries_the_surplus_over_and_the_meeting_distributes_it(self):
        allocation = self._post(1_000_000)
        self.assertEqual(str(allocation.year_end_move_id.date), YEAR[1])
        self.assertEntry(allocation.year_end_move_id, [
            (self.unaffected, None, 1_000_000), (self.shu, None, -1_000_000),
        ])
        # Siti: 150,000 × 3/4 + 250,000 × 6/10; Budi: 150,000 × 1/4 + 250,000 × 4/10
        self.assertEqual(str(allocation.meeting_move_ids.date), MEETING)
        self.assertEntry(allocation.meeting_move_ids, [
            (self.shu, None, 1_000_000),
            (self.reserve, None, -400_000),
            (self._account('fund_board'), None, -100_000),
            (self._account('fund_social'), None, -100_000),
            (self.payable, self.siti.partner_id, -262_500),
            (self.payable, self.budi.partner_id, -137_500),
        ])
        self.assertEqual(allocation.state, 'posted')
        self.assertEqual(allocation.name, 'SHU/2024/00001')
        self.assertEqual(allocation.meeting_move_ids.ref, allocation.name)

    def test_nothing_stays_on_the_shu_account(self):
        allocation = self._post(1_000_000)
        self.assertEqual((allocation.amount_carried, allocation.amount_distributed), (1_000_000, 1_000_000))
        self.assertEqual((allocation.amount_not_carried, allocation.amount_not_distributed), (0, 0))
        self.assertEqual(self._balance(self.shu), 0)

    def test_posting_that_would_leave_something_on_the_shu_account_is_refused(self):
        allocation = self._approve(self._compute(1_000_000))
        allocation.share_ids[0].amount -= 1
        with self.assertRefused("The figures of SHU 2024 do not add up: .*1.00 would stay on"):
            allocation.with_user(self.accountant).action_post()
        self.assertFalse(allocation.year_end_move_id)

    def test_year_that_is_locked_is_carried_over_on_the_first_open_day(self):
        allocation = self._approve(self._compute(1_000_000))
        self.company.fiscalyear_lock_date = '2025-01-31'
        allocation.with_user(self.accountant).action_post()
        self.assertEqual(str(allocation.year_end_move_id.date), '2025-02-01')
        self.assertEqual(str(allocation.meeting_move_ids.date), MEETING)

    def test_entries_hold_a_limited_number_of_members_and_balance(self):
        third = self._create_registered("Wati", '003', 100_000)
        with patch('odoo.addons.producer_cooperative.models.coop_shu_allocation_post.MEMBERS_PER_ENTRY', 2):
            allocation = self._post(1_000_000)
        self.assertEqual(len(allocation.meeting_move_ids), 2)
        for move in allocation.meeting_move_ids:
            self.assertEqual(sum(move.line_ids.mapped('balance')), 0)
            self.assertLessEqual(len(move.line_ids.filtered('partner_id')), 2)
        for line in allocation.member_line_ids:
            self.assertEqual(line.payable_line_id.partner_id, line.partner_id)
            self.assertEqual(-line.payable_line_id.balance, line.amount_total)
        self.assertEqual(self._line(allocation, third).amount_total, 30_000)
        self.assertEqual(self._balance(self.shu), 0)

    def test_member_without_a_part_is_owed_nothing(self):
        nobody = self._create_registered("Wati", '003')
        allocation = self._post(1_000_000)
        self.assertFalse(self._line(allocation, nobody).payable_line_id)
        self.assertEqual(self._balance(self.payable, nobody.partner_id), 0)

    def test_year_without_surplus_books_nothing(self):
        allocation = self._post(0)
        self.assertFalse(allocation.year_end_move_id | allocation.meeting_move_ids)
        self.assertEqual(allocation.state, 'posted')

    def test_odd_cents_go_to_the_reserve(self):
        self._post(1_000_000.37)
        self.assertEqual(self.rupiah.round(self._balance(self.reserve)), -400_000.37)
        self.assertEqual(self.rupiah.round(self._balance(self.shu)), 0)

    def test_second_allocation_of_the_period_is_refused(self):
        second = self._compute(1_000_000)
        self._post()
        with self.assertRefused("allocated already, by SHU/2024/00001"):
            self._approve(second)
        with self.assertRefused("allocated already, by SHU/2024/00001"):
            self._compute(period=('2024-12-31', '2025-12-30'))

    def test_database_refuses_a_second_allocation_as_well(self):
        second = self._compute(1_000_000)
        self._post()
        with mute_logger('odoo.sql_db'), self.assertRefused("no_overlap", Exception):
            second._update_state('approved')
            self.env.flush_all()

    def test_entries_are_not_undone_behind_the_allocations_back(self):
        allocation = self._post(1_000_000)
        with self.assertRefused("undone only there"):
            allocation.meeting_move_ids.button_draft()
        self.assertEqual(allocation.meeting_move_ids.state, 'posted')

    def test_cancelling_restores_the_ledger_exactly(self):
        allocation = self._approve(self._compute(1_000_000))
        before = self._ledger()
        allocation.with_user(self.accountant).action_post()
        self.assertNotEqual(self._ledger(), before)
        allocation.with_user(self.accountant)._cancel_with_reason("Wrong rule")
        self.assertEqual(allocation.state, 'cancelled')
        self.assertEqual(self._ledger(), before)
        self.assertEqual(len(allocation.reversal_move_ids), 2)
        self.assertIn("Wrong rule", allocation.reversal_move_ids[0].ref)

    def test_cancelling_settles_each_members_item_with_its_own_reversal(self):
        third = self._create_registered("Wati", '003', 500_000)
        allocation = self._post(1_000_000)
        items = allocation.member_line_ids.payable_line_id
        allocation._cancel_with_reason("Wrong rule")
        self.assertTrue(all(items.mapped('reconciled')))
        self.assertIn(third.partner_id, items.partner_id)
        for item in items:
            self.assertEqual(item.matched_debit_ids.debit_move_id.partner_id, item.partner_id)

    def test_period_is_free_again_after_cancelling(self):
        allocation = self._post(1_000_000)
        allocation._cancel_with_reason("Wrong rule")
        self.assertEqual(self._post().name, 'SHU/2024/00002')
        self.assertEqual(self._balance(self.shu), 0)
        self.assertEqual(self._balance(self.payable, self.siti.partner_id), -262_500)

    def test_reason_is_asked_before_an_allocation_is_cancelled(self):
        allocation = self._post(1_000_000).with_user(self.accountant)
        wizard = self.env['coop.document.cancel'].with_user(self.accountant).with_context(
            **allocation.action_cancel()['context'],
        ).create({'reason': "Wrong rule"})
        self.assertEqual(allocation.state, 'posted')
        wizard.action_confirm()
        self.assertEqual((allocation.state, allocation.cancel_reason), ('cancelled', "Wrong rule"))

    def test_cancelled_allocation_is_not_cancelled_again(self):
        allocation = self._post(1_000_000)
        allocation._cancel_with_reason("Wrong rule")
        with self.assertRefused("nothing further can be done"):
            allocation._cancel_with_reason("Again")
        self.assertEqual(len(allocation.reversal_move_ids), 2)

    def test_approved_allocation_is_not_computed_again_or_changed(self):
        allocation = self._approve(self._compute(1_000_000))
        with self.assertRefused("stays as the meeting saw it"):
            allocation.with_user(self.accountant).action_compute()
        with self.assertRefused("stays as the meeting saw it"):
            allocation.with_user(self.accountant).date_to = '2024-11-30'
        with self.assertRefused("The meeting has decided"):
            allocation.with_user(self.manager).meeting_number = '2'

    def test_approved_or_posted_allocation_is_not_deleted(self):
        allocation = self._approve(self._compute(1_000_000))
        with self.assertRefused("it can only be cancelled"):
            allocation.with_user(self.accountant).unlink()
        draft = self._create_allocation(period=('2023-01-01', '2023-12-31'))
        draft.with_user(self.accountant).unlink()
        self.assertFalse(draft.exists())


@tagged('post_install', '-at_install')
class TestShuLoss(ShuEntriesCommon):

    def test_loss_draws_on_the_reserve_and_carries_the_rest_forward(self):
        self._book('2024-01-01', [(self.cash, None, 700_000), (self.reserve, None, -700_000)])
        allocation = self._compute(-2_500_000)
        self.assertTrue(allocation.is_loss)
        self.assertEqual(allocation.surplus, -2_500_000)
        self.assertEqual(
            [(share.kind, share.amount_booked) for share in allocation.share_ids],
            [('reserve', -700_000), ('loss', -1_800_000)],
        )
        self.assertFalse(allocation.member_line_ids)
        self._approve(allocation).with_user(self.accountant).action_post()
        self.assertEntry(allocation.year_end_move_id, [
            (self.shu, None, 2_500_000), (self.unaffected, None, -2_500_000),
        ])
        self.assertEntry(allocation.meeting_move_ids, [
            (self.reserve, None, 700_000), (self._account('accumulated_loss'), None, 1_800_000),
            (self.shu, None, -2_500_000),
        ])
        self.assertEqual((allocation.amount_not_carried, allocation.amount_not_distributed), (0, 0))
        self.assertEqual(self._balance(self.reserve), 0)
        self.assertEqual(allocation.state, 'posted')

    def test_loss_within_the_reserve_leaves_no_accumulated_loss(self):
        self._book('2024-01-01', [(self.cash, None, 700_000), (self.reserve, None, -700_000)])
        allocation = self._post(-700_000)
        self.assertEntry(allocation.meeting_move_ids, [(self.reserve, None, 700_000), (self.shu, None, -700_000)])

    def test_reserve_that_was_spent_since_is_not_overdrawn(self):
        self._book('2024-01-01', [(self.cash, None, 700_000), (self.reserve, None, -700_000)])
        allocation = self._approve(self._compute(-2_500_000))
        self._book('2025-01-10', [(self.cash, None, -1), (self.reserve, None, 1)])
        with self.assertRefused("holds .*699,999.* at the least"):
            allocation.with_user(self.accountant).action_post()
        self.assertEqual(allocation.state, 'approved')

    def test_savings_are_not_touched_by_a_loss(self):
        before = self._balance(self.mandatory.account_id)
        self._post(-9_000_000)
        self.assertEqual(self._balance(self.mandatory.account_id), before)
        self.assertEqual(self._balance(self._account('accumulated_loss')), 9_000_000)


@tagged('post_install', '-at_install')
class TestShuClosingEntry(ShuEntriesCommon):

    def _close(self, *targets):
        """Return the accountant's closing entry of the year's income to ``(account, amount)`` targets."""
        return self._book(YEAR[1], [
            (self.income, None, sum(amount for _account, amount in targets)),
            *((account, None, -amount) for account, amount in targets),
        ])

    def test_closing_entry_to_the_shu_account_does_not_wipe_the_surplus(self):
        closing = self._close((self.shu, 1_000_000))
        allocation = self._compute()
        self.assertEqual(allocation.surplus, 1_000_000)
        self.assertEqual(
            [(entry.move_id, entry.is_closing, entry.amount, entry.shu_amount) for entry in allocation.closing_ids],
            [(closing, True, 1_000_000, 1_000_000)],
        )
        self._approve(allocation).with_user(self.accountant).action_post()
        self.assertFalse(allocation.year_end_move_id)
        self.assertEqual((allocation.amount_not_carried, allocation.amount_not_distributed), (0, 0))
        self.assertEqual(self._balance(self.shu), 0)

    def test_closing_entry_to_unaffected_earnings_is_carried_over_from_there(self):
        self._close((self.unaffected, 1_000_000))
        allocation = self._post()
        self.assertEntry(allocation.year_end_move_id, [
            (self.unaffected, None, 1_000_000), (self.shu, None, -1_000_000),
        ])
        self.assertEqual(self._balance(self.unaffected), 0)

    def test_closing_entry_to_current_profit_is_carried_over_from_there(self):
        current = self.env['account.account'].search([('code', '=', '31510020')], limit=1)
        self._close((current, 900_000))
        allocation = self._compute()
        self.assertTrue(allocation.closing_ids.is_closing)
        self._approve(allocation).with_user(self.accountant).action_post()
        self.assertEntry(allocation.year_end_move_id, [
            (current, None, 900_000), (self.unaffected, None, 100_000), (self.shu, None, -1_000_000),
        ])
        self.assertEqual(self._balance(current), 0)

    def test_closing_in_two_steps_is_not_carried_over_again(self):
        current = self.env['account.account'].search([('code', '=', '31510020')], limit=1)
        self._close((current, 1_000_000))
        self._book(YEAR[1], [(current, None, 1_000_000), (self.shu, None, -1_000_000)])
        allocation = self._post()
        self.assertEqual(len(allocation.closing_ids), 2)
        self.assertFalse(allocation.year_end_move_id)
        self.assertEqual(self._balance(self.shu), 0)

    def test_closing_entry_booked_after_the_approval_is_not_carried_over_again(self):
        allocation = self._approve(self._compute())
        self._close((self.shu, 1_000_000))
        allocation.invalidate_recordset()
        self.assertEqual(allocation.difference, 0)
        allocation.with_user(self.accountant).action_post()
        self.assertFalse(allocation.year_end_move_id)
        self.assertEqual(self._balance(self.shu), 0)

    def test_who_computes_ticks_closing_entries_and_names_none(self):
        entry = self._close((self.shu, 1_000_000))
        allocation = self._compute()
        late = self._book_result(-450_000)
        listed = allocation.closing_ids.with_user(self.accountant)
        self.assertEqual(listed.move_id, entry)
        for vals in ({'move_id': late.id}, {'amount': 5}, {'allocation_id': allocation.id}):
            with self.assertRefused("only whether they close the year is ticked", AccessError):
                listed.write(vals)
        self.assertEqual(allocation.difference, -450_000)

    def test_closing_entry_that_is_unticked_counts_like_any_other_entry(self):
        self._close((self.shu, 1_000_000))
        allocation = self._compute()
        allocation.with_user(self.accountant).write({
            'closing_ids': [Command.update(allocation.closing_ids.id, {'is_closing': False})],
        })
        self.assertEqual(allocation.state, 'draft')
        allocation.with_user(self.accountant).action_compute()
        self.assertEqual(allocation.surplus, 0)
        self.assertFalse(allocation.closing_ids.is_closing)

    def test_ordinary_entry_with_equity_is_proposed_and_not_ticked(self):
        other = self.env['account.account'].search([('code', '=', '31100020')], limit=1)
        self._book('2024-05-05', [(self.cash, None, -100), (self.expense, None, 50), (other, None, 50)])
        allocation = self._compute()
        self.assertEqual(allocation.closing_ids.mapped('is_closing'), [False])
        self.assertEqual(allocation.surplus, 999_950)

    def test_own_entries_are_no_closing_entries(self):
        allocation = self._post(1_000_000)
        self.assertTrue(allocation.year_end_move_id)
        self.assertFalse(allocation._find_closing_entries())
