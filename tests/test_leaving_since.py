from odoo import Command
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_leaving import LeavingCommon


@tagged('post_install', '-at_install')
class TestLeavingSince(LeavingCommon):
    """A leaver's savings go through the leaving, and what comes after it was booked as well."""

    def _credit(self, amount, date='2026-04-01', savings_type=None):
        """Return an accountant's own entry that credits Siti's savings."""
        move = self.env['account.move'].create({'move_type': 'entry', 'date': date, 'line_ids': [
            Command.create({'account_id': self.cash.id, 'balance': amount}),
            Command.create({
                'account_id': (savings_type or self.principal).account_id.id, 'partner_id': self.siti.partner_id.id,
                'balance': -amount,
            }),
        ]})
        move.action_post()
        return move

    def _pay_out(self, amount=100_000, user=None, **values):
        voucher = self.env['coop.savings.voucher'].with_user(user or self.cashier).create({
            'direction': 'out', 'journal_id': self.cash_journal.id, **values, 'line_ids': [Command.create({
                'membership_id': self.siti.id, 'type_id': self.principal.id, 'amount': amount,
            })],
        })
        voucher.action_post()
        return voucher

    # === PAYOUTS BESIDE THE LEAVING === #

    def test_savings_of_an_approved_leaver_are_not_paid_out_beside_the_leaving(self):
        self._invoice(self.siti.partner_id, 30_000)
        leaving = self._approve()
        for user in (self.cashier, self.accountant):
            with self.assertRefused(f"leaves by {leaving.name}.*Let the treasurer book it"):
                self._pay_out(user=user)
        leaving.with_user(self.accountant).action_post()
        self.assertEqual((leaving.amount_set_off, leaving.amount_open), (30_000, 80_000))

    def test_savings_of_a_draft_leaver_follow_the_usual_rules(self):
        self._save(self.siti, {self.voluntary: 5_000})
        self._leave()
        with self.assertRefused("stays as long as the member stays"):
            self._pay_out()
        self._save(self.siti, {self.voluntary: 5_000}, direction='out')
        self.assertEqual(self._savings(), 110_000)

    def test_savings_after_the_booking_are_not_paid_out_beside_the_leaving(self):
        leaving = self._post()
        self._credit(40_000)
        with self.assertRefused(f"are returned by {leaving.name}. Ask the treasurer to book there what came since"):
            self._pay_out(40_000)

    def test_former_member_of_an_imported_register_is_paid_out(self):
        partner = self.env['res.partner'].create({'name': "Budi"})
        budi = self.env['coop.membership'].create({
            'partner_id': partner.id, 'number': '90', 'date_joined': '2020-01-01', 'date_left': '2025-12-31',
            'leave_reason': 'moved',
        })
        move = self._credit(10_000)
        move.button_draft()
        move.line_ids.filtered('partner_id').partner_id = partner
        move.action_post()
        self._save(budi, {self.principal: 10_000}, direction='out', date='2026-04-02')
        self.assertEqual(self._savings(budi), 0)

    # === CANCELLING VOUCHERS === #

    def test_voucher_is_not_cancelled_once_the_leaving_is_booked(self):
        self._save(self.siti, {self.voluntary: 5_000})
        payout = self._save(self.siti, {self.voluntary: 5_000}, direction='out')
        leaving = self._post()
        with self.assertRefused(f"are booked by {leaving.name}. Cancel that leaving first"):
            payout._cancel_with_reason("Not paid")
        leaving.with_user(self.accountant)._cancel_with_reason("Stays")
        payout._cancel_with_reason("Not paid")
        self.assertEqual(self._savings(), 115_000)

    # === BOOKING WHAT CAME SINCE === #

    def test_savings_that_came_since_are_returned_once_debts_first(self):
        invoice = self._invoice(self.siti.partner_id, 120_000)
        leaving = self._post()
        self.assertEqual((leaving.amount_open, leaving.amount_debts_left, invoice.amount_residual), (0, 10_000, 10_000))
        self._credit(40_000)
        before = self._own_entries(leaving)
        leaving.with_user(self.accountant).action_hand_over()
        returned, set_off = self._own_entries(leaving) - before
        self.assertEntry(returned, [
            (self.principal.account_id, self.siti.partner_id, 40_000), (self.capital, self.siti.partner_id, -40_000),
        ])
        self.assertEqual(str(returned.date), '2026-04-01')
        self.assertEntry(set_off, [
            (self.capital, self.siti.partner_id, 10_000), (self.receivable, self.siti.partner_id, -10_000),
        ])
        self.assertEqual((self._savings(), invoice.amount_residual), (0, 0))
        self.assertEqual(
            (leaving.amount_savings, leaving.amount_set_off, leaving.amount_debts_left), (150_000, 120_000, 0),
        )
        self.assertEqual((leaving.amount_due, leaving.amount_open, leaving.payment_state), (30_000, 30_000, 'not_paid'))
        self.assertEqual(leaving.with_user(self.accountant).action_hand_over()['tag'], 'display_notification')
        self.assertEqual(self._own_entries(leaving), before + returned + set_off)
        leaving.with_user(self.accountant)._cancel_with_reason("Stays")
        self.assertEqual((self._savings(), invoice.amount_residual), (150_000, 120_000))

    def test_savings_that_came_since_go_to_the_heirs(self):
        leaving = self._post(**self._heirs(Ani='1/4', Budi='3/4'))
        self._credit(40_000)
        leaving.with_user(self.accountant).action_hand_over()
        self.assertEqual(self._savings(), 0)
        self.assertEqual(
            [-self._balance(self.capital, self._partner(name)) for name in ('Ani', 'Budi')], [37_500, 112_500],
        )
        self.assertEqual(leaving.amount_due, 150_000)

    def test_new_application_comes_after_what_was_booked_since(self):
        leaving = self._post()
        self._credit(40_000)
        leaving.with_user(self.accountant).action_hand_over()
        values = {'partner_id': self.siti.partner_id.id, 'date_applied': '2026-04-01'}
        with self.assertRefused("until 04/01/2026 and can apply again from the day after"):
            self.env['coop.membership'].create(values)
        self.assertTrue(self.env['coop.membership'].create({**values, 'date_applied': '2026-04-02'}))
