from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_shu_payout import ShuPayoutCommon


@tagged('post_install', '-at_install')
class TestShuPayoutSetOff(ShuPayoutCommon):

    def test_set_off_settles_the_oldest_debts_first_and_partially(self):
        """Siti owes 60,000 of January and 500,000 of February; no savings are in arrears."""
        self._end_mandatory_savings()
        second, first = self._owe(self.siti, 500_000, '2025-02-10'), self._owe(self.siti, 60_000, '2025-01-10')
        self._consent(self.siti)
        self.of_siti.payout_method = 'set_off'
        payout = self._pay(self.allocation, 'set_off')
        self.assertEntry(payout.move_id, [
            (self.payable, self.siti.partner_id, 300_000), (first.account_id, self.siti.partner_id, -60_000),
            (second.account_id, self.siti.partner_id, -240_000),
        ])
        self.assertEqual((first.reconciled, first.amount_residual), (True, 0))
        self.assertEqual(second.amount_residual, 260_000)
        self.assertEqual(first.move_id.payment_state, 'paid')
        self.assertTrue(self.of_siti.payable_line_id.reconciled)
        self.assertEqual(payout.set_off_ids.mapped('debt_line_id'), first | second)

    def test_set_off_pays_arrears_of_savings_in_the_order_of_their_months(self):
        """Budi joined in 2020 and owes 10,000 for each month since; 100,000 were paid: the ten months of 2020.

        An invoice that was due on 15 March 2021 comes after November and December 2020 and three months of 2021.
        """
        debt = self._owe(self.budi, 20_000, '2021-03-15')
        self._consent(self.budi)
        self.of_budi.payout_method = 'set_off'
        payout = self._pay(self.allocation, 'set_off')
        self.assertEntry(payout.move_id, [
            (self.payable, self.budi.partner_id, 100_000), (debt.account_id, self.budi.partner_id, -20_000),
            (self.mandatory.account_id, self.budi.partner_id, -80_000),
        ])
        savings = payout.set_off_ids.filtered('savings_type_id')
        # 80,000 are eight months: November 2020 to June 2021
        self.assertIn("November 2020 – June 2021", savings.name)
        self.assertEqual(self.budi._get_savings_balances()[self.budi][self.mandatory], 180_000)

    def test_open_credit_makes_the_debt_smaller(self):
        self._end_mandatory_savings()
        debt = self._owe(self.siti, 60_000, '2025-01-10')
        self._invoice(self.siti, 20_000, 'out_refund', '2025-01-20')
        self._consent(self.siti)
        self.of_siti.payout_method = 'set_off'
        payout = self._pay(self.allocation, 'set_off')
        self.assertEntry(payout.move_id, [
            (self.payable, self.siti.partner_id, 40_000), (debt.account_id, self.siti.partner_id, -40_000),
        ])

    def test_rest_after_the_set_off_is_paid_in_cash_and_not_before(self):
        self._end_mandatory_savings()
        self._owe(self.siti, 60_000, '2025-01-10')
        self._consent(self.siti)
        self.of_siti.payout_method = 'set_off'
        cash = self._draft_payout(self.allocation)
        notice = cash.action_fill()
        self.assertIn("Chose to have the SHU set off, and still owe the cooperative something: Siti",
                      notice['params']['message'])
        self.assertEqual(cash.line_ids.membership_id, self.budi)
        self._pay(self.allocation, 'set_off')
        self.assertEqual(self.of_siti.amount_residual, 240_000)
        cash.action_fill()
        self.assertEqual(cash.line_ids.mapped('amount'), [100_000, 240_000])

    def test_set_off_needs_consent_of_that_day_or_before(self):
        self._owe(self.siti, 60_000, '2025-01-10')
        with self.assertRefused("consented to the set-off in writing"):
            self.of_siti.payout_method = 'set_off'
        with self.assertRefused("consented to the set-off in writing", ValidationError):
            self.siti.shu_payout_method = 'set_off'
        self._consent(self.siti, '2025-03-02')
        self.of_siti.payout_method = 'set_off'
        payout = self._draft_payout(self.allocation, 'set_off')
        with self.assertRefused("Without a consent to the set-off of that day or before: Siti"):
            payout.action_fill()
        payout.line_ids = [Command.create({'shu_line_id': self.of_siti.id, 'amount': 60_000})]
        with self.assertRefused("consented to the set-off on 03/02/2025 only"):
            payout.action_post()

    def test_more_than_the_member_owes_is_not_set_off(self):
        self._end_mandatory_savings()
        debt = self._owe(self.siti, 60_000, '2025-01-10')
        self._consent(self.siti)
        self.of_siti.payout_method = 'set_off'
        payout = self._fill_payout(self.allocation, 'set_off')
        self.assertEqual(payout.line_ids.amount, 60_000)
        self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=debt.move_id.ids,
        ).create({'journal_id': self.cash_journal.id, 'amount': 25_000})._create_payments()
        with self.assertRefused("Siti owes the cooperative only .*35,000.* now, and .*60,000"):
            payout.action_post()
        payout.line_ids.amount = 35_000
        self.assertEqual(payout.set_off_ids.amount, 35_000)
        payout.action_post()
        self.assertEqual(debt.amount_residual, 0)

    def test_who_owes_nothing_is_named(self):
        self._end_mandatory_savings()
        self._consent(self.siti)
        self.of_siti.payout_method = 'set_off'
        payout = self._draft_payout(self.allocation, 'set_off')
        notice = payout.action_fill()
        self.assertIn("Owe the cooperative nothing that is due and could be set off: Siti", notice['params']['message'])
        self.assertFalse(payout.line_ids)

    def test_cancelled_set_off_owes_everything_again(self):
        self._end_mandatory_savings()
        debt = self._owe(self.siti, 60_000, '2025-01-10')
        self._consent(self.siti)
        self.of_siti.payout_method = 'set_off'
        payout = self._pay(self.allocation, 'set_off')
        payout._cancel_with_reason("Consent was withdrawn")
        self.assertEntry(payout.reversal_move_id, [
            (self.payable, self.siti.partner_id, -60_000), (debt.account_id, self.siti.partner_id, 60_000),
        ])
        self.assertEqual((debt.amount_residual, self.of_siti.amount_residual), (60_000, 300_000))

    def test_set_off_is_not_undone_behind_its_back(self):
        self._end_mandatory_savings()
        debt = self._owe(self.siti, 60_000, '2025-01-10')
        self._consent(self.siti)
        self.of_siti.payout_method = 'set_off'
        payout = self._pay(self.allocation, 'set_off')
        with self.assertRefused(f"{payout.name}"):
            debt.remove_move_reconcile()
        with self.assertRefused("undone only there"):
            payout.move_id.button_draft()

    def test_list_and_slip_name_the_debts_that_are_settled(self):
        self._end_mandatory_savings()
        debt = self._owe(self.siti, 60_000, '2025-01-10')
        self._consent(self.siti)
        self.of_siti.payout_method = 'set_off'
        payout = self._pay(self.allocation, 'set_off')
        for report, records in (('report_coop_payout', payout), ('report_coop_payout_slip', payout.line_ids)):
            html, _type = self.env['ir.actions.report']._render_qweb_html(f'producer_cooperative.{report}', records.ids)
            for text in ("Siti", debt.move_name, "60,000", "SHU/2024/00001"):
                self.assertIn(text, html.decode(), report)
            self.assertNotIn("Cash or bank", html.decode())

    # === WHAT IS NOT DUE YET === #

    def test_debt_that_is_not_due_yet_is_not_set_off_and_does_not_hold_the_cash(self):
        """Siti owes 60,000 that is due, and 50,000 of an older invoice that is due after the payout of 1 March."""
        self._end_mandatory_savings()
        later = self._owe(self.siti, 50_000, '2025-01-05', due='2025-03-02')
        debt = self._owe(self.siti, 60_000, '2025-01-10', due='2025-03-01')
        self._consent(self.siti)
        self.of_siti.payout_method = 'set_off'
        payout = self._pay(self.allocation, 'set_off')
        self.assertEntry(payout.move_id, [
            (self.payable, self.siti.partner_id, 60_000), (debt.account_id, self.siti.partner_id, -60_000),
        ])
        self.assertEqual(later.amount_residual, 50_000)
        # 300,000 - 60,000
        self.assertEqual(self._pay(self.allocation, membership_ids=self.siti.ids).amount_total, 240_000)

    def test_officer_sets_off_debts_before_they_are_due_by_choice(self):
        """The debts are settled in the order in which they fall due, not in that of their invoices."""
        self._end_mandatory_savings()
        later = self._owe(self.siti, 280_000, '2025-01-05', due='2025-04-02')
        debt = self._owe(self.siti, 60_000, '2025-01-10', due='2025-03-01')
        self._consent(self.siti)
        self.of_siti.payout_method = 'set_off'
        payout = self._fill_payout(self.allocation, 'set_off', self.officer)
        self.assertEqual(payout.line_ids.amount, 60_000)
        payout.set_off_early = True
        # 60,000 + 280,000, at most the SHU of 300,000
        self.assertEqual(payout.line_ids.amount, 300_000)
        self.assertEqual(
            [(row.debt_line_id, row.amount) for row in payout.set_off_ids], [(debt, 60_000), (later, 240_000)],
        )
        payout.with_user(self.accountant).action_post()
        self.assertEqual((debt.amount_residual, later.amount_residual), (0, 40_000))
        with self.assertRefused("is not changed"):
            payout.set_off_early = False

    def test_company_can_let_every_payout_set_off_early(self):
        self.company.coop_set_off_early = True
        self.assertTrue(self._draft_payout(self.allocation, 'set_off').set_off_early)

    def test_credit_that_falls_due_later_makes_the_debt_smaller_all_the_same(self):
        self._end_mandatory_savings()
        self._owe(self.siti, 60_000, '2025-01-10')
        credit = self._invoice(self.siti, 20_000, 'out_refund', '2025-01-20', post=False)
        credit.invoice_date_due = '2025-06-30'
        credit.action_post()
        self._consent(self.siti)
        self.of_siti.payout_method = 'set_off'
        self.assertEqual(self._fill_payout(self.allocation, 'set_off').line_ids.amount, 40_000)
