from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.producer_cooperative.models import coop_shu_allocation_post as posting
from odoo.addons.producer_cooperative.models import coop_shu_allocation_progress as progress
from odoo.addons.producer_cooperative.models.account_move import OWNER_TOKEN
from odoo.addons.producer_cooperative.tests.common_shu import MEETING
from odoo.addons.producer_cooperative.tests.common_shu_engine import ShuEngineCommon


@tagged('post_install', '-at_install')
class TestShuSteps(ShuEngineCommon):
    """Computing, posting and cancelling step by step in the background."""

    def _in_background(self):
        return patch.object(progress, 'AT_ONCE', 0)

    def _work(self, allocation, steps=99):
        """Let the schedule take some steps; return whether there is more to do."""
        allocation = allocation._as_starter()
        return all(allocation._go_on() for _step in range(steps))

    def _begin(self, surplus=1_000_000):
        allocation = self._create_allocation(surplus)
        with self._in_background():
            allocation.with_user(self.accountant).action_compute()
        return allocation

    def _begin_posting(self, allocation):
        allocation = self._approve(allocation)
        with self._in_background():
            allocation.with_user(self.accountant).action_post()
        return allocation

    def test_few_members_are_computed_at_once(self):
        allocation = self._compute(1_000_000)
        self.assertEqual(allocation.state, 'computed')
        self.assertFalse(allocation.in_background)
        self.assertEqual(allocation.progress, 100)

    def test_many_members_are_computed_in_the_background(self):
        allocation = self._begin()
        self.assertEqual((allocation.state, allocation.progress), ('computing', 0))
        self.assertIn("Reading the ledger", allocation.progress_text)
        self._work(allocation, 2)
        self.assertEqual((allocation.state, allocation.progress), ('computing', 50))
        self.assertEqual(allocation.progress_text, "Sharing out “Purchases from the Cooperative”")
        self.assertFalse(self._work(allocation))
        self.assertEqual((allocation.state, allocation.progress), ('computed', 100))
        self.assertFalse(allocation.progress_text)
        self.assertEqual(allocation.computed_by_id, self.accountant)
        # 200,000 × 3/4 + 300,000 × 6/10, and the rest
        self.assertEqual(self._parts(allocation), {"Siti": 330_000, "Budi": 170_000})

    def test_background_and_at_once_come_to_the_same(self):
        self.rule.rounding_unit = 100
        at_once = self._compute(1_234_567.89)
        in_background = self._begin(None)
        self._work(in_background)
        self.assertEqual(self._parts(at_once), self._parts(in_background))
        self.assertEqual(self._shares(at_once), self._shares(in_background))

    def test_schedule_finds_what_is_to_be_done(self):
        allocation = self._begin()
        with self.enter_registry_test_mode():
            self.env.ref('producer_cooperative.coop_shu_allocation_cron').method_direct_trigger()
        self.assertEqual(allocation.state, 'computed')

    def test_stopped_computation_starts_anew(self):
        allocation = self._begin()
        self._work(allocation, 2)
        allocation.with_user(self.accountant).action_stop()
        self.assertEqual(allocation.state, 'draft')
        self.assertFalse(self._work(allocation))
        allocation.with_user(self.accountant).action_compute()
        self.assertEqual(self._parts(allocation), {"Siti": 330_000, "Budi": 170_000})

    def test_only_the_accountant_stops_and_goes_on(self):
        allocation = self._begin()
        for user in (self.manager, self.officer):
            for action in ('action_stop', 'action_go_on'):
                with self.assertRefused("Only this role may do that: Accountant", AccessError):
                    getattr(allocation.with_user(user), action)()
        self.assertEqual(allocation.state, 'computing')
        allocation.with_user(self.accountant).action_stop()
        with self.assertRefused("nothing to stop or to go on with"):
            allocation.with_user(self.accountant).action_go_on()

    def test_allocation_at_work_is_neither_computed_again_nor_changed_nor_approved(self):
        allocation = self._begin()
        with self.assertRefused("is being computed"):
            allocation.with_user(self.accountant).action_compute()
        with self.assertRefused("is being computed"):
            allocation.with_user(self.accountant).date_to = '2024-11-30'
        with self.assertRefused("is Being Computed and cannot become Approved"):
            allocation.with_user(self.manager).action_approve()
        with self.assertRefused("can only be cancelled"):
            allocation.with_user(self.accountant).unlink()

    def test_what_is_refused_in_the_background_is_said(self):
        allocation = self._begin()
        self._book('2024-05-01', [
            (self.mandatory.account_id, self.budi.partner_id, 150_000), (self.cash, None, -150_000),
        ])
        self.assertFalse(self._work(allocation))
        self.assertEqual(allocation.state, 'draft')
        self.assertIn("less than nothing in their savings", allocation.problem)
        self.assertIn("002 Budi", allocation.message_ids[0].body)

    @mute_logger('odoo.addons.producer_cooperative.models.coop_shu_allocation_progress')
    def test_unforeseen_failure_is_said_as_well(self):
        allocation = self._begin()
        with patch.object(type(allocation), '_total_member_lines', side_effect=ZeroDivisionError):
            self.assertFalse(self._work(allocation))
        self.assertEqual(allocation.state, 'draft')
        self.assertIn("Try again", allocation.problem)

    def test_booking_between_first_and_last_step_is_found_and_holds_up_the_approval(self):
        allocation = self._begin()
        self._work(allocation, 2)
        self._invoice(self.budi, 50_000)
        self.assertFalse(self._work(allocation))
        self.assertEqual(allocation.state, 'computed')
        self.assertIn("1,050,000", allocation.changed_meanwhile)
        self.assertNotIn("Purchases", allocation.changed_meanwhile)  # read after the booking
        allocation.write({'meeting_date': MEETING, 'meeting_number': '1'})
        with self.assertRefused("the books changed. Compute it again"):
            allocation.with_user(self.manager).action_approve()
        allocation.with_user(self.accountant).action_compute()
        self.assertFalse(allocation.changed_meanwhile)
        self.assertEqual(allocation.surplus, 1_050_000)
        allocation.with_user(self.manager).action_approve()

    def test_changed_base_of_a_member_is_found_as_well(self):
        allocation = self._begin()
        self._work(allocation, 2)
        self._book('2024-12-01', [(self.cash, None, 1_000), (self.mandatory.account_id, self.budi.partner_id, -1_000)])
        self._work(allocation)
        self.assertIn("“Members by Capital” changed for 1 members", allocation.changed_meanwhile)

    def test_choices_of_payment_survive_in_the_background(self):
        allocation = self._compute(1_000_000)
        self._line(allocation, self.budi).with_user(self.officer).payout_method = 'savings'
        with self._in_background():
            allocation.with_user(self.accountant).action_compute()
        self._work(allocation)
        self.assertEqual(allocation.member_line_ids.mapped('payout_method'), ['cash', 'savings'])

    # === POSTING === #

    def test_many_members_are_booked_in_the_background(self):
        wati = self._create_registered("Wati", '003', 100_000)
        allocation = self._compute(1_000_000)
        with patch.object(posting, 'MEMBERS_PER_ENTRY', 2):
            self._begin_posting(allocation)
            self.assertEqual((allocation.state, allocation.progress_text), ('posting', "Entry 1 of 3"))
            self.assertEqual(allocation.name, 'SHU/2024/00001')
            self._work(allocation, 2)
            self.assertEqual(len(allocation.meeting_move_ids), 1)
            self.assertEqual(allocation.progress, 200 / 3)
            self.assertFalse(self._work(allocation))
        self.assertEqual((allocation.state, allocation.progress), ('posted', 100))
        self.assertEqual(self._balance(self.shu), 0)
        for line in allocation.member_line_ids:
            self.assertEqual(-line.payable_line_id.balance, line.amount_total)
            self.assertEqual(line.amount_residual, line.amount_total)
            self.assertEqual(line.meeting_move_id, line.payable_line_id.move_id)
        self.assertEqual(self._line(allocation, wati).meeting_move_id, allocation.meeting_move_ids.sorted('id')[1])

    def test_stopped_posting_goes_on_and_books_everybody_once(self):
        self._create_registered("Wati", '003', 100_000)
        allocation = self._compute(1_000_000)
        with patch.object(posting, 'MEMBERS_PER_ENTRY', 1):
            self._begin_posting(allocation)
            self._work(allocation, 2)
            allocation.with_user(self.accountant).action_stop()
            self.assertFalse(self._work(allocation))
            self.assertEqual((allocation.state, allocation.is_paused), ('posting', True))
            self.assertEqual(len(allocation.meeting_move_ids), 1)
            allocation.with_user(self.accountant).action_go_on()
            self._work(allocation)
        self.assertEqual(allocation.state, 'posted')
        self.assertEqual(len(allocation.meeting_move_ids), 3)
        self.assertEqual(self._balance(self.shu), 0)
        self.assertEqual(-self._balance(self.payable), sum(allocation.member_line_ids.mapped('amount_total')))

    def test_posting_that_is_held_up_says_why_and_goes_on_afterwards(self):
        allocation = self._compute(1_000_000)
        self._begin_posting(allocation)
        self._work(allocation, 1)
        journal, self.company.coop_journal_id = self.company.coop_journal_id, False
        self.assertFalse(self._work(allocation))
        self.assertTrue(allocation.is_paused)
        self.assertIn("Set up the cooperative", allocation.problem)
        self.company.coop_journal_id = journal
        allocation.with_user(self.accountant).action_go_on()
        self.assertFalse(allocation.problem)
        self._work(allocation)
        self.assertEqual(allocation.state, 'posted')

    def test_member_paid_while_others_are_still_being_booked_stays_paid(self):
        allocation = self._compute(1_000_000)
        with patch.object(posting, 'MEMBERS_PER_ENTRY', 1):
            self._begin_posting(allocation)
            self._work(allocation, 2)
            item = self._line(allocation, self.siti).payable_line_id
            payment = self._book('2025-03-01', [
                (self.payable, self.siti.partner_id, 330_000), (self.cash, None, -330_000),
            ])
            (item | payment.line_ids.filtered(lambda line: line.account_id == self.payable)).reconcile()
            self.assertEqual(self._line(allocation, self.siti).amount_paid, 330_000)
            self.assertEqual(allocation.state, 'posting')
            self._work(allocation)
        self.assertEqual(allocation.state, 'posted')
        self.assertEqual(allocation.amount_unpaid, 170_000)

    # === CANCELLING === #

    def test_cancelling_in_the_middle_of_posting_reverses_what_is_there(self):
        allocation = self._compute(1_000_000)
        before = self._ledger()
        with patch.object(posting, 'MEMBERS_PER_ENTRY', 1):
            self._begin_posting(allocation)
            self._work(allocation, 2)
        self.assertNotEqual(self._ledger(), before)
        with self.assertRefused("Only this role may do that: Accountant"):
            allocation.with_user(self.manager)._cancel_with_reason("Wrong rule")
        allocation.with_user(self.accountant)._cancel_with_reason("Wrong rule")
        self.assertEqual(allocation.state, 'cancelled')
        self.assertEqual(len(allocation.reversal_move_ids), 2)
        self.assertEqual(self._ledger(), before)

    def test_many_entries_are_reversed_in_the_background(self):
        allocation = self._compute(1_000_000)
        before = self._ledger()
        with patch.object(posting, 'MEMBERS_PER_ENTRY', 1):
            self._begin_posting(allocation)
            self._work(allocation)
        with self._in_background():
            allocation.with_user(self.accountant)._cancel_with_reason("Wrong rule")
        self.assertEqual((allocation.state, allocation.progress_text), ('cancelling', "Reversal 2 of 3"))
        with self.assertRefused("is being cancelled already"):
            allocation.with_user(self.accountant)._cancel_with_reason("Again")
        self.assertEqual(len(allocation.reversal_move_ids), 1)
        self._work(allocation, 1)
        self.assertEqual(len(allocation.reversal_move_ids), 2)
        self._work(allocation)
        self.assertEqual(allocation.state, 'cancelled')
        self.assertEqual(self._ledger(), before)
        self.assertEqual(set(allocation.member_line_ids.mapped('amount_residual')), {0})
        self.assertEqual(set(allocation.member_line_ids.mapped('amount_paid')), {0})

    def test_cancelling_stops_where_somebody_was_paid_in_the_meantime(self):
        allocation = self._compute(1_000_000)
        with patch.object(posting, 'MEMBERS_PER_ENTRY', 1):
            self._begin_posting(allocation)
            self._work(allocation)
        with self._in_background():
            allocation.with_user(self.accountant)._cancel_with_reason("Wrong rule")
        item = self._line(allocation, self.budi).payable_line_id
        payment = self._book('2025-03-01', [
            (self.payable, self.budi.partner_id, 170_000), (self.cash, None, -170_000),
        ])
        paid = item | payment.line_ids.filtered(lambda line: line.account_id == self.payable)
        # As by somebody who began before the cancelling did.
        paid.with_context(coop_owner_token=OWNER_TOKEN).reconcile()
        self.assertFalse(self._work(allocation))
        self.assertEqual((allocation.state, allocation.is_paused), ('cancelling', True))
        self.assertIn("Members were paid", allocation.problem)
        self.assertEqual(item.matched_debit_ids.debit_move_id.move_id, payment)
        payment.button_draft()
        paid.remove_move_reconcile()
        allocation.with_user(self.accountant).action_go_on()
        self._work(allocation)
        self.assertFalse(allocation.problem)
        self.assertEqual(allocation.state, 'cancelled')

    def test_period_stays_taken_until_everything_is_reversed(self):
        allocation = self._post(1_000_000)
        with self._in_background():
            allocation.with_user(self.accountant)._cancel_with_reason("Wrong rule")
        second = self._compute()
        with self.assertRefused("allocated already"):
            self._approve(second)
        self._work(allocation)
        self._approve(second)
        self.assertEqual(second.state, 'approved')

    def test_cost_of_a_step_does_not_grow_with_the_members(self):
        def count(allocation):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._work(allocation)
            self.assertEqual(allocation.state, 'computed')
            return self.env.cr.sql_log_count - before

        count(self._begin())
        few = count(self._begin(None))
        for number in range(10, 40):
            self._create_registered(f"M{number}", f'{number:03}', 1_000 * number)
        self.assertLessEqual(count(self._begin(None)), few + 2)
