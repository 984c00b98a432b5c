from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_leaving import LeavingCommon


@tagged('post_install', '-at_install')
class TestMembershipDates(LeavingCommon):
    """Dates of memberships, of their vouchers and of leavings; savings that admission asked for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tomorrow = cls.today + relativedelta(days=1)

    def _apply(self, name="Budi", **values):
        partner = self.env['res.partner'].create({'name': name})
        return self.env['coop.membership'].create({'partner_id': partner.id, **values})

    # === DATES OF A MEMBERSHIP === #

    def test_days_to_come_are_refused(self):
        for name in ('date_applied', 'date_joined', 'birth_date'):
            with self.assertRefused("is still to come. Correct the date", ValidationError):
                self._apply(**{name: self.tomorrow})

    def test_who_is_known_by_the_day_of_joining_applied_on_that_day(self):
        self.assertEqual(str(self._apply(date_joined='2026-02-01').date_applied), '2026-02-01')

    def test_register_with_a_day_of_joining_to_come_is_refused_row_by_row(self):
        result = self.env['coop.membership'].load(['number', 'partner_name', 'date_joined'], [
            ['501', "Ani", '2020-01-01'], ['502', "Dewi", str(self.tomorrow)],
        ])
        self.assertFalse(result['ids'])
        self.assertEqual([message['rows'] for message in result['messages']], [{'from': 1, 'to': 1}])
        self.assertIn("still to come", result['messages'][0]['message'])

    def test_decisions_are_dated_between_joining_and_today(self):
        with self.assertRefused("dated in the future"):
            self.siti._suspend_with_reason("Debts", self.tomorrow)
        with self.assertRefused("dated 01/04/2026, before 01/05/2026 .Joined On"):
            self.siti._suspend_with_reason("Debts", fields.Date.to_date('2026-01-04'))
        self.siti._suspend_with_reason("Debts", fields.Date.to_date('2026-02-01'))
        with self.assertRefused("before 02/01/2026 .Suspended Since"):
            self.siti._reinstate_with_reason("Paid", fields.Date.to_date('2026-01-31'))
        self.siti._reinstate_with_reason("Paid", fields.Date.to_date('2026-02-01'))
        self.assertEqual(self.siti.state, 'active')

    # === VOUCHERS === #

    def test_first_application_may_be_written_after_the_money_came(self):
        candidate = self._apply(date_applied='2026-03-02')
        self._save(candidate, {self.principal: 100_000}, date='2026-03-01')
        self.assertEqual(self._savings(candidate), 100_000)

    def test_money_of_a_new_application_never_goes_to_the_earlier_membership(self):
        self._post()
        again = self.env['coop.membership'].create({
            'partner_id': self.siti.partner_id.id, 'date_applied': '2026-04-01',
        })
        with self.assertRefused("applied on 04/01/2026"):
            self._save(again, {self.principal: 100_000}, date='2026-03-31')
        self.assertEqual(self._savings(), 0)

    # === LEAVINGS === #

    def test_leaving_before_the_last_savings_is_pointed_out(self):
        self._save(self.siti, {self.voluntary: 5_000}, date='2026-05-02')
        leaving = self._leave(date='2026-05-01')
        self.assertEqual(leaving.with_user(self.officer).date_warning, "The savings moved until 05/02/2026.")
        leaving.date = '2026-05-02'
        self.assertFalse(leaving.date_warning)

    # === WHAT ADMISSION ASKED FOR === #

    def _admit_today(self):
        candidate = self._apply()
        voucher = self.env['coop.savings.voucher'].with_user(self.cashier).create({
            'journal_id': self.cash_journal.id, 'line_ids': [
                fields.Command.create({'membership_id': candidate.id, 'type_id': self.principal.id, 'amount': 100_000}),
                fields.Command.create({'membership_id': candidate.id, 'type_id': self.mandatory.id, 'amount': 10_000}),
            ],
        })
        voucher.action_post()
        candidate.with_user(self.manager).action_admit()
        return candidate, voucher

    def test_cashier_does_not_cancel_the_receipt_of_an_admission(self):
        member, voucher = self._admit_today()
        with self.assertRefused("was admitted on this payment. Missing after it: Principal Savings .*100,000"):
            voucher.with_user(self.cashier)._cancel_with_reason("Wrong")
        self.assertEqual((voucher.state, member.missing_savings), ('posted', ""))

    def test_treasurer_cancels_it_and_the_manager_is_told(self):
        member, voucher = self._admit_today()
        voucher.with_user(self.accountant)._cancel_with_reason("Wrong")
        self.assertRegex(member.with_user(self.cashier).missing_savings, "Principal Savings .*100,000")
        activity = member.activity_ids
        self.assertEqual(activity.user_id, self.manager)
        self.assertRegex(str(activity.note), "was cancelled: Wrong. Missing: Principal Savings")

    def test_receipt_of_other_savings_is_cancelled_by_the_cashier(self):
        member = self._admit_today()[0]
        voucher = self._save(member, {self.voluntary: 5_000}, date=self.today)
        voucher.with_user(self.cashier)._cancel_with_reason("Wrong")
        self.assertEqual((voucher.state, len(member.activity_ids)), ('cancelled', 0))
