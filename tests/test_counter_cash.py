from dateutil.relativedelta import relativedelta

from odoo import Command
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_counter import CounterCommon


@tagged('post_install', '-at_install')
class TestCounterCash(CounterCommon):
    """The counter keeps to the drawer: who holds it, what is counted, which coins there are, what change is given."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_cashier = cls._create_role_user('cashier_2', 'producer_cooperative.group_coop_cashier')
        cls.cash_journal.coop_cashier_ids |= cls.other_cashier

    def _count(self, date=None):
        """Let the treasurer count what the books say."""
        balance = self.cash_journal._coop_get_cash_balance(date or self.today)
        count = self.env['coop.cash.count'].with_user(self.accountant).create({
            'journal_id': self.cash_journal.id, 'date': date or self.today,
            'note_ids': [Command.create({'value': 1, 'quantity': int(balance)})],
        })
        count.action_sign()
        return count

    def _offer(self, giver, receiver):
        balance = self.cash_journal._coop_get_cash_balance()
        handover = self.env['coop.cash.handover'].with_user(giver).create({
            'journal_id': self.cash_journal.id, 'from_user_id': giver.id, 'to_user_id': receiver.id,
            'note_ids': [Command.create({'value': 1, 'quantity': int(balance)})],
        })
        handover.action_hand_over()
        return handover

    # === THE DRAWER === #

    def test_only_who_holds_the_drawer_serves_over_it(self):
        self._offer(self.cashier, self.other_cashier).with_user(self.other_cashier).action_receive()
        receipt = self._draft_receipt(self.siti)
        receipt.with_user(self.cashier).journal_id = self.cash_journal
        with self.assertRefused("holds the drawer of"):
            receipt.with_user(self.cashier).action_post()
        receipt.with_user(self.other_cashier).action_post()
        with self.assertRefused("holds the drawer of"):
            self._void(receipt)
        self._void(receipt, user=self.other_cashier)

    def test_nobody_is_served_while_a_hand_over_waits(self):
        self._offer(self.cashier, self.other_cashier).with_user(self.other_cashier).action_receive()
        waiting = self._offer(self.other_cashier, self.cashier)
        with self.assertRefused("Nothing is booked on it until that is confirmed"):
            self._serve(self.siti, user=self.other_cashier)
        waiting.action_take_back()
        self.assertEqual(self._serve(self.siti, user=self.other_cashier).state, 'posted')

    def test_cashier_who_holds_no_drawer_of_the_counter_is_refused(self):
        self.cash_journal.coop_cashier_ids = self.other_cashier
        receipt = self._draft_receipt(self.siti, user=self.other_cashier)
        with self.assertRefused("You may not post on"):
            receipt.with_user(self.cashier).action_post()

    def test_day_that_is_counted_is_closed_to_cashiers(self):
        yesterday = self.today - relativedelta(days=1)
        self.company.coop_backdate_days = 3
        receipt = self._draft_receipt(self.siti, {('savings', self.voluntary): 5_000})
        receipt.with_user(self.cashier).date = yesterday
        self._count(yesterday)
        with self.assertRefused("the cash of .* is counted"):
            receipt.with_user(self.cashier).action_post()
        receipt.with_user(self.accountant).action_post()
        self.assertEqual(receipt.voucher_ids.move_id.date, yesterday)

    def test_day_before_yesterday_is_over_for_cashiers(self):
        receipt = self._draft_receipt(self.siti, {('savings', self.voluntary): 5_000})
        receipt.with_user(self.cashier).date = self.today - relativedelta(days=30)
        with self.assertRefused("Cashiers date payments"):
            receipt.with_user(self.cashier).action_post()

    # === COINS === #

    def test_what_coins_cannot_pay_is_carried_to_the_next_receipt(self):
        self.company.coop_cash_unit = 500
        self._owe(self.siti, 12_345)
        receipt = self._serve(self.siti)
        # 12,345 → 12,000 and 345 stay owed; 9,045 → 9,000 and 45 stay owed to her
        self.assertEqual((receipt.amount_in, receipt.amount_out), (12_000, 9_000))
        again = self._draft_receipt(self.siti)
        self.assertEqual(
            {line.kind: line.amount_open for line in again.line_ids if line.kind != 'savings'},
            {'invoice': 345, 'payable': 45},
        )

    # === CHANGE === #

    def test_change_is_worked_out(self):
        self._owe(self.siti, 60_000)
        receipt = self._draft_receipt(self.siti, {'invoice': 60_000}, amount_given=100_000)
        self.assertEqual((receipt.amount_change, receipt.amount_missing), (40_000, 0))
        receipt.with_user(self.cashier).action_post()
        self.assertEqual((receipt.amount_net, receipt.amount_change), (60_000, 40_000))

    def test_too_little_money_is_refused(self):
        self._owe(self.siti, 60_000)
        receipt = self._draft_receipt(self.siti, {'invoice': 60_000}, amount_given=50_000)
        self.assertEqual((receipt.amount_change, receipt.amount_missing), (0, 10_000))
        with self.assertRefused("10,000.* is still missing"):
            receipt.with_user(self.cashier).action_post()
