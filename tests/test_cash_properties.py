from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_control import ControlCommon

AMOUNTS = st.integers(1, 60).map(lambda hundreds: hundreds * 100)
DAYS_AGO = st.integers(0, 4)
EVENTS = st.lists(st.one_of(
    st.tuples(st.just('pay_in'), AMOUNTS, DAYS_AGO),
    st.tuples(st.just('pay_out'), AMOUNTS, DAYS_AGO),
    st.tuples(st.just('cancel'), st.integers(0, 20)),
    st.tuples(st.just('book_own_entry'), st.integers(-30, 30), DAYS_AGO),
    st.tuples(st.just('count'), st.integers(-20, 20)),
    st.tuples(st.just('witness'), st.integers(0, 20)),
    st.tuples(st.just('approve'), st.integers(0, 20)),
    st.tuples(st.just('cancel_count'), st.integers(0, 20)),
    st.tuples(st.just('hand_over'), st.integers(-5, 5)),
), min_size=4, max_size=16)


@tagged('post_install', '-at_install')
class TestCashHistories(ControlCommon):
    """Whatever happens to a drawer: its book is the ledger, and what was counted is what is there."""

    @settings(
        max_examples=15, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck),
    )
    @given(EVENTS)
    def _check_history(self, events):
        with self.env.cr.savepoint() as savepoint:
            self.vouchers, self.counts = [], []
            self.holder = self.cashier
            self.in_drawer = 220_000  # what is really there, whatever the books say
            for name, *arguments in events:
                before = self.in_drawer
                try:
                    with self.env.cr.savepoint():
                        getattr(self, f'_do_{name}')(*arguments)
                except UserError:
                    self.in_drawer = before  # refused: the invariants say that nothing was half-done
            self._assert_book_is_the_ledger()
            self._assert_counts_explain_the_drawer()
            savepoint.rollback()
        self.env.invalidate_all()

    def test_book_is_the_ledger_and_the_counts_are_the_drawer(self):
        self._check_history()

    # === EVENTS === #

    def _day(self, days_ago):
        return fields.Date.subtract(self.today, days=days_ago)

    def _do_pay_in(self, amount, days_ago):
        self.vouchers.append(self._save(self.siti, {self.voluntary: amount}, date=self._day(days_ago)))
        self.in_drawer += amount

    def _do_pay_out(self, amount, days_ago):
        day = self._day(days_ago)
        self.vouchers.append(self._save(self.siti, {self.voluntary: amount}, direction='out', date=day))
        self.in_drawer -= amount

    def _do_cancel(self, number):
        if not self.vouchers:
            return
        voucher = self.vouchers.pop(number % len(self.vouchers))
        voucher._cancel_with_reason("x")
        self.in_drawer += voucher.amount_total * (1 if voucher.direction == 'out' else -1)

    def _do_book_own_entry(self, hundreds, days_ago):
        """Let the treasurer book by hand; the money follows."""
        account = self._account('rounding')
        move = self.env['account.move'].create({
            'journal_id': self.cash_journal.id, 'date': self._day(days_ago), 'line_ids': [
                Command.create({'account_id': self.cash.id, 'balance': hundreds * 100.0}),
                Command.create({'account_id': account.id, 'balance': -hundreds * 100.0}),
            ],
        })
        move.action_post()
        self.in_drawer += hundreds * 100

    def _do_count(self, hundreds):
        """Count what is there after somebody has taken, or left, some of it."""
        self.in_drawer += hundreds * 100
        count = self._count({100: self.in_drawer // 100}, user=self.accountant)
        self.counts.append(count)

    def _do_witness(self, number):
        if self.counts:
            self.counts[number % len(self.counts)].with_user(self.supervisor).action_witness()

    def _do_approve(self, number):
        if self.counts:
            self.counts[number % len(self.counts)].with_user(self.other_manager).action_give_approval()

    def _do_cancel_count(self, number):
        """Take back a count; the money stays as it is, so it is counted anew at once."""
        if self.counts:
            count = self.counts[number % len(self.counts)]
            count.with_user(self.accountant)._cancel_with_reason("x")
            self.counts.remove(count)
            self._do_count(0)

    def _do_hand_over(self, hundreds):
        other = self.other_cashier if self.holder == self.cashier else self.cashier
        self.in_drawer += hundreds * 100
        handover = self._hand_over({100: self.in_drawer // 100}, giver=self.holder, receiver=other)
        handover.with_user(other).action_receive()
        self.holder = other
        self.counts += [count.sudo(False) for count in handover.sudo().count_ids]

    # === INVARIANTS === #

    def _assert_book_is_the_ledger(self):
        self.env.flush_all()
        self.env.invalidate_all()
        movements = self.env['coop.cash.movement'].search(
            [('journal_id', '=', self.cash_journal.id)], order='date, booking_number, id',
        )
        running = 0
        for movement in movements:
            running += movement.amount_in - movement.amount_out
            self.assertEqual(movement.balance, running)
        self.assertEqual(running, self._balance(self.cash))
        closing = 0
        for day in self.env['coop.cash.day'].search([('journal_id', '=', self.cash_journal.id)], order='date'):
            of_day = movements.filtered(lambda movement, day=day: movement.date == day.date)
            self.assertEqual(day.opening, closing)
            self.assertEqual(day.amount_in, sum(of_day.mapped('amount_in')))
            self.assertEqual(day.amount_out, sum(of_day.mapped('amount_out')))
            closing = day.closing
            self.assertEqual(closing, day.opening + day.amount_in - day.amount_out)
        self.assertEqual(closing, running)

    def _assert_counts_explain_the_drawer(self):
        """What somebody took was counted at once: another count finds the books and the drawer to agree."""
        journal = self.cash_journal
        counts = self.env['coop.cash.count'].search([('journal_id', '=', journal.id), ('state', '!=', 'cancelled')])
        for count in counts:
            self.assertEqual(count.difference, count.amount_counted - count.amount_expected)
            booked = count.move_id and not count.reversal_move_id
            self.assertEqual(bool(booked), count.state == 'done' and bool(count.difference))
        self._do_count(0)
        self.assertEqual(self.counts[-1].difference, 0)
        self.assertEqual(self.counts[-1].amount_counted, self.in_drawer)
        if self.holder != self.cashier or journal._coop_get_holder():
            self.assertEqual(journal._coop_get_holder(), self.holder)
