from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_leaving import LeavingCommon


@tagged('post_install', '-at_install')
class TestLeavingHeirs(LeavingCommon):
    """What a deceased member leaves: debts first, the rest to the heirs by their shares."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ani, cls.budi, cls.candra = (cls._partner(name) for name in ("Ani", "Budi", "Candra"))

    def _owed(self, partner):
        return -self._balance(self.capital, partner)

    # === SHARES === #

    def test_three_heirs_by_thirds_get_everything_to_the_last_rupiah(self):
        leaving = self._post(**self._heirs(Ani='1/3', Budi='1/3', Candra='1/3'))
        entry, handed_over = self._own_entries(leaving)
        self.assertEntry(entry, [
            (self.principal.account_id, self.siti.partner_id, 100_000),
            (self.mandatory.account_id, self.siti.partner_id, 10_000),
            (self.capital, self.siti.partner_id, -110_000),
        ])
        # 110,000 / 3 = 36,666.67: two units are left after rounding down, to the first two named
        self.assertEntry(handed_over, [
            (self.capital, self.siti.partner_id, 110_000),
            (self.capital, self.ani, -36_667),
            (self.capital, self.budi, -36_667),
            (self.capital, self.candra, -36_666),
        ])
        self.assertEqual(leaving.heir_ids.mapped('amount'), [36_667, 36_667, 36_666])
        self.assertEqual((leaving.amount_due, leaving.amount_open), (110_000, 110_000))
        self.assertEqual(self._owed(self.siti.partner_id), 0)
        self.assertTrue(entry.line_ids.filtered(lambda item: item.account_id == self.capital).reconciled)

    def test_shares_are_written_as_per_cent_or_fractions(self):
        leaving = self._post(**self._heirs(Ani='12,5', Budi='37.5 %', Candra='1/2'))
        # 110,000 at 12.5 / 37.5 / 50
        self.assertEqual([self._owed(heir) for heir in (self.ani, self.budi, self.candra)], [13_750, 41_250, 55_000])
        self.assertEqual(leaving.heir_ids.mapped('percent'), [12.5, 37.5, 50])

    def test_shares_that_are_not_the_whole_are_refused(self):
        with self.assertRefused("add up to 99.99 % and not to 100 %"):
            self._approve(**self._heirs(Ani='33,33', Budi='33,33', Candra='33,33'))
        with self.assertRefused("add up to 150 %"):
            self._approve(**self._heirs(Ani='100', Budi='1/2'))
        self.assertEqual(self.siti.state, 'active')

    def test_what_is_no_share_is_refused(self):
        for text in ('', 'half', '0', '101', '3/2', '1/0', '-5'):
            with self.subTest(text=text), self.assertRefused("is no share of Ani", ValidationError):
                self._leave(**self._heirs(Ani=text))

    def test_heirs_are_asked_for(self):
        with self.assertRefused("Enter the heirs of .*Siti"):
            self._approve(reason='deceased')

    def test_equal_shares_in_one_click(self):
        leaving = self._leave(**self._heirs(Ani='10', Budi='20', Candra='30'))
        leaving.with_user(self.officer).action_share_equally()
        self.assertEqual(set(leaving.heir_ids.mapped('share')), {'1/3'})

    def test_parts_are_shown_before_the_approval(self):
        leaving = self._leave(**self._heirs(Ani='25', Budi='75'))
        self.assertEqual(leaving.heir_ids.mapped('amount'), [27_500, 82_500])

    def test_the_deceased_and_the_same_heir_twice_are_refused(self):
        with self.assertRefused("cannot inherit from themselves", ValidationError):
            self._leave(**self._heirs(Siti='100'))
        leaving = self._leave(**self._heirs(Ani='50'))
        with self.assertRefusedByDatabase('coop.leaving.heir', "named already"):
            self.env['coop.leaving.heir'].create({
                'leaving_id': leaving.id, 'partner_id': self.ani.id, 'share': '50',
            })

    def test_heirs_are_frozen_with_the_approval(self):
        leaving = self._approve(**self._heirs(Ani='50', Budi='50'))
        for change in (
            lambda: leaving.heir_ids[0].with_user(self.officer).write({'share': '99'}),
            lambda: leaving.heir_ids[0].with_user(self.officer).unlink(),
            lambda: leaving.with_user(self.officer).write({'heir_ids': [(5, 0, 0)]}),
        ):
            with self.assertRefused("not changed any more"):
                change()

    # === DEBTS AND OTHER AMOUNTS === #

    def test_debts_are_taken_from_the_estate_before_it_is_shared(self):
        invoice = self._invoice(self.siti.partner_id, 30_000)
        leaving = self._post(**self._heirs(Ani='1/4', Budi='3/4'))
        entry, set_off, handed_over = self._own_entries(leaving)
        self.assertEntry(entry, [
            (self.principal.account_id, self.siti.partner_id, 100_000),
            (self.mandatory.account_id, self.siti.partner_id, 10_000),
            (self.capital, self.siti.partner_id, -110_000),
        ])
        self.assertEntry(set_off, [
            (self.capital, self.siti.partner_id, 30_000), (self.receivable, self.siti.partner_id, -30_000),
        ])
        self.assertEntry(handed_over, [
            (self.capital, self.siti.partner_id, 80_000), (self.capital, self.ani, -20_000),
            (self.capital, self.budi, -60_000),
        ])
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual((leaving.amount_payable, leaving.amount_due, leaving.amount_open), (80_000, 80_000, 80_000))

    def test_debts_above_the_estate_leave_the_heirs_nothing_and_stay_open(self):
        invoice = self._invoice(self.siti.partner_id, 150_000)
        leaving = self._post(**self._heirs(Ani='100'))
        self.assertEqual(len(self._own_entries(leaving)), 2, "savings returned and set off, nothing to hand over")
        self.assertEqual((invoice.amount_residual, leaving.amount_debts_left), (40_000, 40_000))
        self.assertEqual((leaving.payment_state, self._owed(self.ani)), ('nothing', 0))

    def test_other_amounts_owed_to_the_deceased_go_to_the_heirs_too(self):
        bill = self._invoice(self.siti.partner_id, 40_000, move_type='in_invoice')
        leaving = self._post(**self._heirs(Ani='1/2', Budi='1/2'))
        payable = self.siti.partner_id.property_account_payable_id
        self.assertEntry(self._own_entries(leaving)[1], [
            (self.capital, self.siti.partner_id, 110_000), (payable, self.siti.partner_id, 40_000),
            (self.capital, self.ani, -75_000), (self.capital, self.budi, -75_000),
        ])
        self.assertEqual(bill.amount_residual, 0)
        self.assertEqual(leaving.amount_payable, 150_000)

    def test_debts_above_the_savings_are_taken_from_the_other_amounts(self):
        invoice = self._invoice(self.siti.partner_id, 130_000)
        bill = self._invoice(self.siti.partner_id, 40_000, move_type='in_invoice')
        leaving = self._post(**self._heirs(Ani='100'))
        payable = self.siti.partner_id.property_account_payable_id
        __, *set_offs, handed_over = self._own_entries(leaving)
        # the bill is older than the savings' return: 40,000 of it first, then 90,000 of 110,000
        self.assertEqual(len(set_offs), 2)
        self.assertEntry(set_offs[0], [
            (payable, self.siti.partner_id, 40_000), (self.receivable, self.siti.partner_id, -40_000),
        ])
        self.assertEntry(set_offs[1], [
            (self.capital, self.siti.partner_id, 90_000), (self.receivable, self.siti.partner_id, -90_000),
        ])
        self.assertEntry(handed_over, [(self.capital, self.siti.partner_id, 20_000), (self.capital, self.ani, -20_000)])
        self.assertEqual((invoice.amount_residual, bill.amount_residual, leaving.amount_payable), (0, 0, 20_000))

    def test_what_the_deceased_paid_too_much_goes_to_the_heirs(self):
        self._invoice(self.siti.partner_id, 20_000)
        self._invoice(self.siti.partner_id, 50_000, move_type='out_refund')
        leaving = self._post(**self._heirs(Ani='100'))
        self.assertEqual((leaving.amount_payable, self._owed(self.ani)), (140_000, 140_000))
        self.assertEqual(self._balance(self.receivable, self.siti.partner_id), 0)

    # === WHAT CAME SINCE === #

    def test_what_came_since_is_handed_over_once(self):
        leaving = self._post(**self._heirs(Ani='1/3', Budi='2/3'))
        before = self._own_entries(leaving)
        leaving.with_user(self.accountant).action_hand_over()
        self.assertEqual(self._own_entries(leaving), before, "nothing came: nothing is booked")
        self._invoice(self.siti.partner_id, 9_000, move_type='in_invoice', date='2026-05-01')
        leaving.with_user(self.accountant).action_hand_over()
        handed_over = self._own_entries(leaving) - before
        self.assertEntry(handed_over, [
            (self.siti.partner_id.property_account_payable_id, self.siti.partner_id, 9_000),
            (self.capital, self.ani, -3_000), (self.capital, self.budi, -6_000),
        ])
        self.assertEqual(str(handed_over.date), '2026-05-01')
        self.assertEqual(leaving.amount_due, 119_000)
        self.assertEqual(leaving.with_user(self.accountant).action_hand_over()['tag'], 'display_notification')
        self.assertEqual(self._own_entries(leaving), before + handed_over)

    def test_debts_left_are_taken_from_what_comes(self):
        invoice = self._invoice(self.siti.partner_id, 115_000)
        leaving = self._post(**self._heirs(Ani='100'))
        self._invoice(self.siti.partner_id, 9_000, move_type='in_invoice', date='2026-05-01')
        leaving.action_hand_over()
        self.assertEqual((invoice.amount_residual, self._owed(self.ani)), (0, 4_000))

    def test_limit_of_the_set_off_counts_over_all_runs(self):
        self._invoice(self.siti.partner_id, 30_000)
        leaving = self._post(**self._heirs(Ani='100'), set_off_method='limited', set_off_limit=10_000)
        self.assertEqual(self._owed(self.ani), 100_000)
        self._invoice(self.siti.partner_id, 9_000, move_type='in_invoice', date='2026-05-01')
        leaving.action_hand_over()
        self.assertEqual(self._owed(self.ani), 109_000)

    def test_only_a_booked_leaving_books_what_came_since_and_only_for_the_treasurer(self):
        with self.assertRefused("is not booked yet"):
            self._approve().with_user(self.accountant).action_hand_over()
        with self.assertRefused("Only this role may do that: Accountant"):
            draft = self._leave(self._create_member("Dewi"), **self._heirs(Ani='100'))
            draft.with_user(self.manager).action_hand_over()

    # === PAYING AND CANCELLING === #

    def test_each_heir_is_paid(self):
        leaving = self._post(**self._heirs(Ani='1/4', Budi='3/4'))
        payments = self._pay(leaving)
        self.assertEqual(
            {(payment.partner_id, payment.amount) for payment in payments}, {(self.ani, 27_500), (self.budi, 82_500)},
        )
        self.assertEqual((leaving.payment_state, self._balance(self.capital)), ('paid', 0))

    def test_cancelling_takes_everything_back_from_the_heirs(self):
        invoice = self._invoice(self.siti.partner_id, 30_000)
        bill = self._invoice(self.siti.partner_id, 7_000, move_type='in_invoice')
        leaving = self._post(**self._heirs(Ani='1/4', Budi='3/4'))
        leaving._cancel_with_reason("Certificate was another person's")
        self.assertEqual(self._balance(self.capital), 0)
        self.assertEqual((invoice.amount_residual, bill.amount_residual, self._savings()), (30_000, 7_000, 110_000))
        self.assertEqual(self.siti.state, 'active')
        self.assertFalse(self._own_entries(leaving).line_ids.filtered(
            lambda item: item.account_id.reconcile and not item.reconciled,
        ))

    def test_paid_heir_stands_in_the_way_of_cancelling(self):
        leaving = self._post(**self._heirs(Ani='1/4', Budi='3/4'))
        self._pay(leaving, amount=None)
        with self.assertRefused("Undo the payment first"):
            leaving._cancel_with_reason("x")

    def test_entry_of_the_hand_over_is_dated_in_the_open_period(self):
        leaving = self._post(**self._heirs(Ani='100'))
        self._invoice(self.siti.partner_id, 9_000, move_type='in_invoice', date='2026-05-01')
        self.company.sudo().fiscalyear_lock_date = '2026-05-31'
        leaving.action_hand_over()
        self.assertEqual(self._own_entries(leaving)[-1].date, fields.Date.to_date('2026-06-01'))
