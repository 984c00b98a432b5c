from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.models.coop_approval import ACTIVITY
from odoo.addons.producer_cooperative.tests.common_control import ControlCommon


@tagged('post_install', '-at_install')
class TestCashCount(ControlCommon):
    """The drawer should hold Rp 220,000: what Siti and Budi paid in cash on joining."""

    def _witnessed(self, notes, **values):
        count = self._count(notes, **values)
        count.with_user(self.supervisor).action_witness()
        return count

    # === COUNTING === #

    def test_new_count_lists_the_notes_and_coins_in_use(self):
        count = self.env['coop.cash.count'].with_user(self.cashier).create({})
        self.assertEqual(count.journal_id, self.cash_journal)
        self.assertEqual(count.note_ids.mapped('value'), [
            100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100,
        ])
        self.assertEqual(count.amount_counted, 0)

    def test_even_count_is_done_once_it_is_witnessed(self):
        count = self._count({100_000: 2, 20_000: 1})
        self.assertRecordValues(count, [{
            'state': 'counted', 'amount_counted': 220_000, 'amount_ledger': 220_000, 'amount_expected': 220_000,
            'difference': 0, 'cashier_id': self.cashier.id,
        }])
        self.assertTrue(count.name)
        count.with_user(self.supervisor).action_witness()
        self.assertEqual((count.state, count.witness_id), ('done', self.supervisor))
        self.assertFalse(count.sudo().move_id)
        self.assertFalse(count.sudo().approval_ids)

    def test_supervisor_is_reminded_and_done_by_witnessing(self):
        count = self._count({100_000: 2, 20_000: 1})
        self.assertIn(self.supervisor, count.sudo().activity_ids.user_id)
        count.with_user(self.supervisor).action_witness()
        self.assertFalse(count.sudo().activity_ids)

    def test_books_are_compared_up_to_the_day_of_the_count(self):
        yesterday = fields.Date.subtract(self.today, days=1)
        self._fill_drawer(30_000)  # today
        count = self._count({100_000: 2, 20_000: 1}, date=yesterday)
        self.assertEqual((count.amount_expected, count.difference), (220_000, 0))

    def test_expected_amount_is_not_shown_before_the_count_is_signed(self):
        count = self._count({100_000: 1}, sign=False)
        self.assertEqual((count.amount_expected, count.amount_ledger, count.difference), (0, 0, 0))

    def test_day_to_come_and_day_before_a_later_count_are_refused(self):
        with self.assertRefused("is in the future"):
            self._count({100_000: 1}, date=fields.Date.add(self.today, days=1))
        self._count({100_000: 2, 20_000: 1})
        with self.assertRefused("was counted on .* already"):
            self._count({100_000: 1}, date=fields.Date.subtract(self.today, days=1))

    def test_only_cash_is_counted(self):
        count = self._count({100_000: 1}, user=self.accountant, sign=False, journal_id=self.bank_journal.id)
        with self.assertRefused("is no cash journal"):
            count.action_sign()

    def test_cashier_counts_the_own_drawers_only(self):
        other = self.env['account.journal'].create({'name': "Kiosk", 'type': 'cash', 'code': 'KSK'})
        with self.assertRaises(AccessError):
            self._count({100_000: 1}, journal_id=other.id)
        officers = self.env['coop.cash.count'].with_user(self.officer)
        with self.assertRaises(AccessError):
            officers.create({'journal_id': self.cash_journal.id})
        with self.assertRaises(AccessError):
            officers.search([]).mapped('name')

    # === THE DIFFERENCE === #

    def test_missing_cash_is_a_loss_once_somebody_else_approves(self):
        count = self._witnessed({100_000: 2, 10_000: 1, 5_000: 1})  # 215,000: 5,000 too little
        self.assertEqual((count.state, count.difference), ('witnessed', -5_000))
        self.assertEqual(self._balance(self.cash), 220_000)
        approval = count.sudo().approval_ids
        self.assertRecordValues(approval, [{'kind': 'cash_difference', 'amount': 5_000, 'state': 'waiting'}])
        self.assertIn(self.manager, approval.activity_search([ACTIVITY]).user_id)
        count.with_user(self.manager).action_give_approval()
        self.assertEqual((count.state, count.approver_id), ('done', self.manager))
        self.assertFalse(approval.activity_search([ACTIVITY]))
        self.assertEqual(count.sudo().move_id.date, self.today)
        self.assertEntry(count.sudo().move_id, [
            (self.cash, None, -5_000), (self.cash_journal.loss_account_id, None, 5_000),
        ])
        self.assertEqual(self._balance(self.cash), 215_000)

    def test_surplus_cash_is_a_gain_on_the_journals_own_account(self):
        count = self._witnessed({100_000: 2, 20_000: 1, 500: 3})  # 221,500: 1,500 too much
        count.with_user(self.accountant).action_give_approval()
        self.assertEntry(count.sudo().move_id, [
            (self.cash, None, 1_500), (self.cash_journal.profit_account_id, None, -1_500),
        ])

    def test_journal_without_accounts_books_on_the_cooperatives_account(self):
        self.cash_journal.write({'profit_account_id': False, 'loss_account_id': False})
        count = self._witnessed({100_000: 2})
        count.with_user(self.manager).action_give_approval()
        self.assertEntry(count.sudo().move_id, [
            (self.cash, None, -20_000), (self._account('cash_difference'), None, 20_000),
        ])

    def test_difference_is_not_approved_before_it_is_witnessed(self):
        count = self._count({100_000: 2})
        with self.assertRefused("Nobody asked for an approval"):
            count.with_user(self.manager).action_give_approval()
        with self.assertRefused("needs nobody's approval"):
            count.action_ask_approval()

    def test_who_counted_approves_no_difference(self):
        count = self._count({100_000: 2}, user=self.accountant)
        count.with_user(self.supervisor).action_witness()
        with self.assertRefused("somebody else approves it"):
            count.with_user(self.accountant).action_give_approval()
        count.with_user(self.other_accountant).action_give_approval()
        self.assertEqual(count.state, 'done')

    def test_who_holds_the_drawer_approves_no_difference(self):
        self._hand_over({100_000: 2, 20_000: 1}, receiver=self.accountant).with_user(self.accountant).action_receive()
        count = self._count({100_000: 2}, user=self.other_accountant)
        count.with_user(self.supervisor).action_witness()
        with self.assertRefused("somebody else approves it"):
            count.with_user(self.accountant).action_give_approval()

    def test_only_supervisors_witness_and_change_nothing_else(self):
        count = self._count({100_000: 2, 20_000: 1})
        for user in (self.cashier, self.other_cashier, self.manager, self.accountant):
            with self.assertRefused("Only this role may do that: Supervisor", AccessError):
                count.with_user(user).action_witness()
        with self.assertRaises(AccessError):
            count.with_user(self.supervisor).write({'explanation': "x"})
        with self.assertRaises(AccessError):
            count.note_ids.with_user(self.supervisor).write({'quantity': 1})
        with self.assertRaises(AccessError):
            self.env['coop.cash.count'].with_user(self.supervisor).create({'journal_id': self.cash_journal.id})

    def test_supervisor_who_counted_does_not_witness(self):
        both = self._create_role_user(
            'both', 'producer_cooperative.group_coop_accountant,producer_cooperative.group_coop_supervisor',
        )
        count = self._count({100_000: 2, 20_000: 1}, user=both)
        with self.assertRefused("Another supervisor confirms"):
            count.action_witness()
        count.with_user(self.supervisor).action_witness()
        self.assertEqual(count.state, 'done')

    def test_refused_difference_comes_back_to_who_counted(self):
        count = self._witnessed({100_000: 2})
        count.sudo().approval_ids.with_user(self.manager)._cancel_with_reason("Count again, please")
        self.assertEqual(count.state, 'witnessed')
        self.assertIn(self.cashier, count.sudo().activity_ids.user_id)
        count._cancel_with_reason("Miscounted")
        again = self._witnessed({100_000: 2, 20_000: 1})
        self.assertEqual(again.state, 'done')

    # === SEVERAL COUNTS === #

    def test_second_count_does_not_find_the_same_difference_again(self):
        first = self._count({100_000: 2})  # 20,000 too little
        second = self._count({100_000: 2})
        self.assertEqual((second.amount_ledger, second.amount_expected, second.difference), (220_000, 200_000, 0))
        with self.assertRefused("was counted after .* and builds on it"):
            first._cancel_with_reason("x")
        second._cancel_with_reason("x")
        first._cancel_with_reason("x")
        self.assertEqual((first.state, second.state), ('cancelled', 'cancelled'))

    def test_approved_difference_is_in_the_books_of_the_next_count(self):
        self._witnessed({100_000: 2}).with_user(self.manager).action_give_approval()
        count = self._count({100_000: 2})
        self.assertEqual((count.amount_ledger, count.difference), (200_000, 0))

    def test_what_is_booked_after_the_count_is_shown_to_who_approves(self):
        count = self._witnessed({100_000: 2})
        self._save(self.siti, {self.voluntary: 20_000}, direction='out', date=self.today)
        count.invalidate_recordset()
        self.assertEqual(count.amount_booked_since, -20_000)

    # === KEEPING AND UNDOING === #

    def test_signed_count_is_neither_changed_nor_deleted_nor_forged(self):
        count = self._count({100_000: 2})
        with self.assertRefused("is signed: its notes and coins are not changed"):
            count.note_ids.quantity = 3
        with self.assertRefused("is signed: its notes and coins are not changed"):
            self.env['coop.cash.note'].with_user(self.cashier).create({'count_id': count.id, 'value': 1, 'quantity': 1})
        with self.assertRefused("is signed: its notes and coins are not changed"):
            count.note_ids.unlink()
        with self.assertRefused("A signed count is not changed"):
            count.date = fields.Date.subtract(self.today, days=1)
        with self.assertRefused("was signed and stays"):
            count.unlink()
        for vals in ({'state': 'done'}, {'difference': 0}, {'amount_counted': 1}, {'witness_id': self.cashier.id}):
            with self.assertRefused("own buttons", AccessError):
                count.write(vals)
        draft = self._count({100_000: 1}, sign=False)
        with self.assertRaises(UserError):
            count.note_ids.write({'count_id': draft.id})
        draft.unlink()

    def test_cancelled_difference_is_booked_back(self):
        count = self._witnessed({100_000: 2})
        count.with_user(self.manager).action_give_approval()
        with self.assertRefused("Ask the treasurer to cancel it"):
            count.with_user(self.cashier)._cancel_with_reason("Found in the safe")
        count.with_user(self.accountant)._cancel_with_reason("Found in the safe")
        self.assertEntry(count.sudo().reversal_move_id, [
            (self.cash, None, 20_000), (self.cash_journal.loss_account_id, None, -20_000),
        ])
        self.assertEqual(self._balance(self.cash), 220_000)

    def test_entry_of_the_difference_is_undone_only_in_the_count(self):
        count = self._witnessed({100_000: 2})
        count.with_user(self.manager).action_give_approval()
        with self.assertRefused("undone only there"):
            count.sudo().move_id.button_draft()

    def test_difference_of_a_locked_day_is_booked_on_the_first_open_day(self):
        yesterday = fields.Date.subtract(self.today, days=1)
        count = self._witnessed({100_000: 2}, date=yesterday)
        self.company.sudo().hard_lock_date = yesterday
        count.with_user(self.manager).action_give_approval()
        self.assertEqual(count.sudo().move_id.date, self.today)

    def test_cashier_books_nothing_on_a_day_that_was_counted(self):
        self.company.coop_backdate_days = 5
        yesterday = fields.Date.subtract(self.today, days=1)
        self._count({100_000: 2, 20_000: 1}, date=yesterday)
        voucher = self.env['coop.savings.voucher'].with_user(self.cashier).create({
            'journal_id': self.cash_journal.id, 'date': yesterday, 'line_ids': [Command.create({
                'membership_id': self.siti.id, 'type_id': self.voluntary.id, 'amount': 5_000,
            })],
        })
        with self.assertRefused("the cash of .* is counted"):
            voucher.action_post()
        voucher.with_user(self.accountant).action_post()
        self.assertEqual(voucher.state, 'posted')

    # === CLOSING === #

    def test_unfinished_counts_hold_up_the_closing_and_finished_ones_do_not(self):
        period = fields.Date.start_of(self.today, 'year'), self.today

        def of_cash():
            return [text for text in self.company._coop_get_closing_obstacles(*period) if 'cash' in text.lower()]

        self.assertEqual(of_cash(), [])
        count = self._count({100_000: 2})
        [unfinished] = of_cash()
        self.assertIn("1 cash counts are not finished", unfinished)
        self.assertTrue(unfinished.blocking)
        count.with_user(self.supervisor).action_witness()
        count.with_user(self.manager).action_give_approval()
        self.assertEqual(of_cash(), [])

    def test_closing_advises_to_count_the_drawers(self):
        period = fields.Date.start_of(self.today, 'year'), self.today
        [advice] = self.company._coop_get_closing_advice(*period)
        self.assertIn("The cash of Cash was not counted after its last entry", advice)
        self.assertFalse(advice.blocking)
        self._count({100_000: 2, 20_000: 1})
        self.assertEqual(self.company._coop_get_closing_advice(*period), [])

    # === PAPER === #

    def test_record_shows_notes_result_and_who_signed(self):
        count = self._witnessed({100_000: 2, 10_000: 1}, explanation="Change given twice")
        count.with_user(self.manager).action_give_approval()
        report = count.with_user(self.supervisor)._get_report_data()
        self.assertIn(count.name, report.title)
        self.assertEqual([table.title for table in report.tables], ["Notes and Coins", "Result"])
        self.assertEqual(
            [(row.values.get('value'), row.values.get('quantity')) for row in report.tables[0].lines],
            [(100_000, 2), (10_000, 1)],
        )
        result = {row.values['what']: row.values.get('amount') for row in report.tables[1].rows}
        self.assertEqual((result["In the books"], result["Counted"], result["Difference"]), (220_000, 210_000, -10_000))
        self.assertIn("Explanation: Change given twice", result)
        self.assertIn(self.supervisor.name, report.signatures[1])
        self.assertFalse([text for text in report.subtitles if "COPY" in text])
        count._count_print()
        self.assertIn("COPY (print 2)", count._get_report_data().subtitles)

    def test_record_is_printed(self):
        count = self._witnessed({100_000: 2, 10_000: 2})
        html, _kind = self.env['ir.actions.report']._render_qweb_html(count._report_action, count.ids)
        for text in (count.name, "Total", "220,000"):
            self.assertIn(text, html.decode())
