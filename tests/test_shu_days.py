from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_shu import MEETING, YEAR, ShuCommon


class ShuDaysCommon(ShuCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_rule(('reserve', 60), ('capital', 40))
        cls.siti = cls._create_registered("Siti", '001', 300_000)

    def _balance_on(self, account, date):
        """Return the posted balance of an account at the end of a day."""
        [(balance,)] = self.env['account.move.line']._read_group([
            ('account_id', '=', account.id), ('parent_state', '=', 'posted'), ('company_id', '=', self.company.id),
            ('date', '<=', date),
        ], [], ['balance:sum'])
        return balance or 0.0


@tagged('post_install', '-at_install')
class TestShuDays(ShuDaysCommon):

    # === DAYS OF THE ENTRIES === #

    def test_meeting_on_a_day_that_is_locked_is_not_booked_on_another(self):
        allocation = self._approve(self._compute(1_000_000))
        self.company.fiscalyear_lock_date = '2025-02-28'
        with self.assertRefused(
            "closed up to 02/28/2025, and the members' meeting decided on 02/20/2025. Its decision is booked on that"
            " day: have the period opened, then post SHU 2024",
        ):
            allocation.with_user(self.accountant).action_post()
        self.assertEqual(allocation.state, 'approved')
        self.assertFalse(allocation.year_end_move_id)
        self.company.fiscalyear_lock_date = '2025-01-31'
        allocation.with_user(self.accountant).action_post()
        self.assertEqual(str(allocation.meeting_move_ids.date), MEETING)

    def test_year_end_is_taken_back_on_its_own_day(self):
        allocation = self._post(1_000_000)
        allocation.with_user(self.accountant)._cancel_with_reason("Wrong rule")
        reversal = allocation.reversal_move_ids.filtered(
            lambda move: move.reversed_entry_id == allocation.year_end_move_id,
        )
        self.assertEqual(str(reversal.date), YEAR[1])
        self.assertEqual(self._balance_on(self.shu, YEAR[1]), 0)
        self._post()
        # Carried over once, and not twice until the day of the cancelling.
        self.assertEqual(self._balance_on(self.shu, YEAR[1]), -1_000_000)

    def test_year_end_of_a_locked_year_is_taken_back_on_the_first_open_day(self):
        allocation = self._post(1_000_000)
        self.company.fiscalyear_lock_date = YEAR[1]
        allocation.with_user(self.accountant)._cancel_with_reason("Wrong rule")
        reversal = allocation.reversal_move_ids.filtered(
            lambda move: move.reversed_entry_id == allocation.year_end_move_id,
        )
        self.assertEqual(str(reversal.date), '2025-01-01')
        self._post()
        self.assertEqual(self._balance_on(self.shu, '2025-01-01'), -1_000_000)

    # === ENTRIES THAT CLOSE THE YEAR === #

    def test_entry_of_another_day_with_results_and_past_profit_is_listed_and_not_left_out(self):
        correction = self._book('2024-05-05', [(self.expense, None, 50_000), (self.unaffected, None, -50_000)])
        closing = self._book(YEAR[1], [(self.income, None, 10_000), (self.unaffected, None, -10_000)])
        self._book_result(1_000_000)
        allocation = self._compute()
        self.assertEqual(
            {entry.move_id: entry.is_closing for entry in allocation.closing_ids}, {correction: False, closing: True},
        )
        self.assertEqual(allocation.surplus, 950_000)

    def test_approver_reads_which_entries_are_left_out_and_which_are_not(self):
        correction = self._book('2024-05-05', [(self.expense, None, 50_000), (self.unaffected, None, -50_000)])
        closing = self._book(YEAR[1], [(self.income, None, 10_000), (self.unaffected, None, -10_000)])
        self._book_result(1_000_000)
        text = self._compute().with_user(self.manager).closing_text
        left_out, counted = text.split("\n")
        self.assertRegex(left_out, f"Left out.*{closing.name}.*10,000")
        self.assertRegex(counted, f"Counted.*{correction.name}.*50,000")
        self.assertNotIn(closing.name, counted)

    # === WHAT IS BOOKED WHILE THE LEDGER IS READ === #

    def test_entry_booked_while_the_ledger_is_read_counts_as_booked_since(self):
        self._book_result(1_000_000)
        allocation = self._create_allocation()
        cls, booked = type(allocation), []
        read = cls._get_previous_amounts

        def book_and_read(allocation):
            booked.append(self._book_result(5_000))
            return read(allocation)

        with patch.object(cls, '_get_previous_amounts', book_and_read):
            allocation.with_user(self.accountant).action_compute()
        allocation.invalidate_recordset()
        self.assertEqual((allocation.surplus, allocation.difference), (1_000_000, 5_000))
        since = self.env['account.move.line'].search(allocation.action_open_booked_since()['domain'])
        self.assertEqual(since.move_id, booked[0])
