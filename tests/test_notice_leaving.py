from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_counter import CounterCommon
from odoo.addons.producer_cooperative.tests.common_fund import FundCommon
from odoo.addons.producer_cooperative.tests.common_leaving import LeavingCommon
from odoo.addons.producer_cooperative.tests.common_notice import NoticeMixin
from odoo.addons.producer_cooperative.tests.common_shu_payout import ShuPayoutCommon
from odoo.addons.producer_cooperative.tests.test_pool_money_correction import PoolMoneyCommon
from odoo.addons.producer_cooperative.tests.test_shu_unclaimed import UnclaimedCommon


@tagged('post_install', '-at_install')
class TestNoticeLeaving(NoticeMixin, LeavingCommon):
    """Members who leave read of each step; Siti has saved 100,000 and 10,000."""

    STEPS = ('leaving_received', 'leaving_approved', 'leaving_posted')

    def _keys(self):
        return [notice.kind_id.key for notice in self._notices()]

    def test_each_step_is_told_with_savings_debts_and_what_is_paid_out(self):
        """Of 110,000 saved, 30,000 are owed and set off: 80,000 are paid out."""
        self._turn_on(*self.STEPS)
        invoice = self._invoice(self.siti.partner_id, 30_000)
        leaving = self._post()
        self._send()
        self.assertEqual(self._keys(), list(self.STEPS))
        texts = self._texts(self._notices('leaving_posted'))
        figures = {label: self._figure(text) for label, text in texts.items() if "Rp" in text}
        self.assertEqual(figures, {
            self.principal.name: 100_000, self.mandatory.name: 10_000, f"You owe, {invoice.name}": -30_000,
            "Set off against debts": -30_000, "To Be Paid Out": 80_000, "Still To Be Paid": 80_000,
        })
        self.assertEqual((texts["Leaves On"], texts["Reason"]), ("03/10/2026", "Resigned"))
        self.assertIn(leaving.name, self._notices('leaving_posted').body)

    def test_application_is_told_once_and_an_expulsion_is_not_told_before_it_is_decided(self):
        self._turn_on(*self.STEPS)
        leaving = self._leave(reason=False)
        self.assertFalse(self._notices(), "why is not said yet")
        for reason in ('resigned', 'moved', 'resigned'):
            leaving.reason = reason
        self.assertEqual(self._keys(), ['leaving_received'])
        budi = self._create_member("Budi")
        expelled = self._leave(budi, reason='expelled')
        self.assertFalse(self._notices(member=budi))
        expelled.reason_note = "Decision 12/2026"
        expelled.with_user(self.manager).action_approve()
        self.assertEqual([notice.kind_id.key for notice in self._notices(member=budi)], ['leaving_approved'])

    def test_application_that_was_thrown_away_before_the_message_went_out_is_not_told(self):
        self._turn_on('leaving_received')
        self._leave().unlink()
        self.assertEqual(self._send().state, 'skipped')

    def test_cancelled_leaving_is_told_with_the_reason_to_who_knew_of_it(self):
        leaving = self._post()
        leaving.with_user(self.accountant)._cancel_with_reason("Wrong member")
        notice = self._send()
        self.assertEqual(notice.kind_id.key, 'leaving_cancelled')
        self.assertEqual(self._figure(self._texts(notice)["To Be Paid Out"]), 110_000)
        self.assertIn("Wrong member", notice.body)

    def test_cancelled_draft_is_told_only_to_who_was_told_of_the_application(self):
        self._leave()._cancel_with_reason("Mistake")
        self.assertFalse(self._notices(), "nobody was told of it")
        self._turn_on('leaving_received')
        leaving = self._leave()
        self._send().sudo().state = 'printed'
        leaving._cancel_with_reason("Stays after all")
        self._send()
        self.assertEqual(self._keys(), ['leaving_received', 'leaving_cancelled'])
        self.assertIn("Stays after all", self._notices('leaving_cancelled').body)

    def test_family_of_who_has_died_reads_of_the_heirs_on_paper(self):
        self._turn_on('leaving_approved', channel='mail')
        self.siti.partner_id.email = "siti@example.com"
        heir = self.env['res.partner'].create({'name': "Rahmat"})
        self._approve(reason='deceased', heir_ids=[Command.create({'partner_id': heir.id, 'share': '100'})])
        notice = self._send()
        self.assertEqual(notice.state, 'letter')
        self.assertEqual(self._texts(notice)["Heir: Rahmat"], "100")


@tagged('post_install', '-at_install')
class TestNoticeReceipts(NoticeMixin, CounterCommon):
    """Whatever pays a member or takes money from one is told, and told again when it does not hold."""

    def test_cancelled_payout_is_told_to_each_member_with_amount_and_reason(self):
        self._turn_on('receipt', channel='letter')
        payout = self._pay()
        self._send().sudo().write({'state': 'printed'})
        payout._cancel_with_reason("Wrong day")
        with self.assertRefused("Cancelled"):
            payout._cancel_with_reason("Wrong day")
        self._send()
        void = self._notices('receipt_void')
        self.assertEqual(void.membership_id, self.siti | self.budi)
        for notice in void:
            amount = self._of(payout, notice.membership_id).amount
            self.assertEqual(self._figure(self._texts(notice)["You were paid"].split(" (")[0]), amount)
            self.assertIn("Wrong day", notice.body)

    def test_void_receipt_of_the_counter_is_told_with_its_amounts(self):
        receipt = self._serve(self.siti, {('savings', self.voluntary): 50_000})
        self._void(receipt)
        notice = self._send()
        self.assertEqual((notice.kind_id.key, notice.reference), ('receipt_void', receipt.display_name))
        self.assertEqual(self._figure(self._texts(notice)["You paid"]), 50_000)
        self.assertIn("Wrong member", notice.body)

    def test_payment_on_odoos_own_screen_is_told_and_so_is_its_cancellation_each_time(self):
        self._turn_on('receipt', channel='letter')
        payment = self.env['account.payment'].with_user(self.accountant).create({
            'payment_type': 'inbound', 'partner_type': 'customer', 'partner_id': self.siti.partner_id.id,
            'amount': 25_000, 'journal_id': self.cash_journal.id, 'memo': "INV/7",
        })
        self.assertFalse(self._notices())
        for _turn in range(2):
            payment.action_post()
            self._send().filtered(lambda notice: notice.state == 'letter').sudo().write({'state': 'printed'})
            payment.action_draft()
            self._send().filtered(lambda notice: notice.state == 'letter').sudo().write({'state': 'printed'})
        self.assertEqual([notice.kind_id.key for notice in self._notices()], ['receipt', 'receipt_void'] * 2)
        texts = self._texts(self._notices()[0])
        self.assertEqual(texts["For"], "INV/7")
        self.assertEqual(self._figure(texts["You paid"].split(" (")[0]), 25_000)

    def test_payment_of_somebody_else_is_told_to_nobody(self):
        self._turn_on('receipt')
        self.env['account.payment'].create({
            'payment_type': 'inbound', 'partner_type': 'customer', 'partner_id': self.customer.id,
            'amount': 25_000, 'journal_id': self.cash_journal.id,
        }).action_post()
        self.assertFalse(self._notices())

    def test_invoice_paid_at_the_counter_and_an_advance_handed_over_there_are_told_once(self):
        self._turn_on('receipt')
        debt = self._owe(self.siti, 4_000, date='2026-01-10')
        self._serve(self.siti, {('invoice', debt): 4_000})
        self.env['coop.settlement.advance'].with_user(self.officer).create({
            'membership_id': self.siti.id, 'amount': 50_000, 'date': self.today,
        })
        self._serve(self.siti, {'advance': 50_000})
        self.assertEqual(set(self._notices().mapped('res_model')), {'coop.counter.receipt'})
        self.assertEqual(len(self._notices()), 2)


@tagged('post_install', '-at_install')
class TestNoticeDeposit(NoticeMixin, PoolMoneyCommon):

    def test_deposit_that_is_paid_back_is_told_with_what_came_back(self):
        self._turn_on('receipt')
        pool = self._seed_pool(deposit_kind='percent', deposit_percent=50)
        pool.action_close()
        pool.with_user(self.officer).action_request_deposits()
        deposit = pool.deposit_ids.filtered(lambda deposit: deposit.membership_id == self.siti)
        deposit.write({'journal_id': self.cash_journal.id, 'date': fields.Date.context_today(deposit)})
        deposit.with_user(self.cashier).action_pay()
        self._send()
        pool._cancel_with_reason("No vendor")
        deposit.with_user(self.accountant)._refund(deposit.date, journal=self.cash_journal)
        self._send()
        first, second = self._notices('receipt')
        self.assertNotIn("Paid back", first.body)
        self.assertEqual(self._figure(self._texts(second)["Paid back to you"]), -deposit.amount)


@tagged('post_install', '-at_install')
class TestNoticeFund(NoticeMixin, FundCommon):

    def test_help_from_a_fund_is_told_to_the_member_with_tax_and_its_cancellation_too(self):
        """200,000 less 5 % income tax are 190,000."""
        self._turn_on('receipt', channel='letter')
        self._post(10_000_000)
        spending = self._spend(
            self.social, (self.siti.partner_id, "Help after the flood", 200_000, 5), (self.chair, "Travel", 50_000),
        )
        notice = self._send()
        self.assertEqual(notice.membership_id, self.siti)
        texts = self._texts(notice)
        self.assertEqual(self._figure(texts[f"{self.social.display_name}: Help after the flood"]), 200_000)
        self.assertEqual(self._figure(texts["Income Tax"]), -10_000)
        self.assertEqual(self._figure(texts["You were paid"]), 190_000)
        self.assertNotIn("Travel", notice.body)
        notice.sudo().state = 'printed'
        spending.with_user(self.accountant)._cancel_with_reason("Paid twice")
        self._send()
        self.assertIn("Paid twice", self._notices('receipt_void').body)


@tagged('post_install', '-at_install')
class TestNoticeUnclaimed(NoticeMixin, UnclaimedCommon):

    def test_shu_that_goes_to_the_cooperative_is_told_and_so_is_that_it_is_owed_again(self):
        lapse = self._book_unclaimed()
        self._send().sudo().write({'state': 'printed'})
        texts = {notice.membership_id: self._texts(notice) for notice in self._notices('shu_lapsed')}
        self.assertEqual(
            {member: self._figure(next(iter(of_member.values()))) for member, of_member in texts.items()},
            {self.siti: 300_000, self.budi: 100_000},
        )
        self.assertIn("04/RAT/2025", texts[self.siti]["Decided by the members' meeting"])
        of_siti = lapse.line_ids.filtered(lambda line: line.membership_id == self.siti)
        of_siti.with_user(self.accountant).action_restore()
        with self.assertRefused("is owed already"):
            of_siti.with_user(self.accountant).action_restore()
        self._send()
        self.assertEqual(self._notices('shu_owed_again').membership_id, self.siti)
        lapse.with_user(self.accountant)._cancel_with_reason("Wrong year")
        self._send()
        self.assertEqual(len(self._notices('shu_owed_again')), 2)
        of_budi = self._notices('shu_owed_again', self.budi)
        self.assertEqual(self._figure(next(iter(self._texts(of_budi).values()))), 100_000)
        self.assertIn("Wrong year", of_budi.body)

    def test_proposal_that_is_dropped_is_told_to_nobody(self):
        lapse = self._propose()
        lapse.with_user(self.manager).action_approve()
        lapse.with_user(self.manager)._cancel_with_reason("Not yet")
        self.assertFalse(self._notices())


@tagged('post_install', '-at_install')
class TestNoticeShuPaid(NoticeMixin, ShuPayoutCommon):

    def test_shu_paid_into_savings_or_set_off_says_so_and_names_every_debt(self):
        """Siti's 300,000 go into savings; of Budi's 100,000 are 40,000 set off against what he owes."""
        self._end_mandatory_savings()
        self._turn_on('receipt')
        self._consent(self.budi)
        self.of_siti.payout_method, self.of_budi.payout_method = 'savings', 'set_off'
        self._pay(self.allocation, 'savings')
        texts = self._texts(self._send())
        [into] = [text for label, text in texts.items() if label.startswith("Paid into your savings, ")]
        self.assertEqual(self._figure(into), 300_000)
        self.assertNotIn("You were paid", texts)
        debt = self._owe(self.budi, 40_000, '2025-01-10')
        payout = self._pay(self.allocation, 'set_off')
        self._send()
        texts = self._texts(self._notices(member=self.budi))
        self.assertEqual(payout.set_off_ids.debt_line_id, debt)
        self.assertEqual(self._figure(texts[f"Set Off, {payout.set_off_ids.name}"]), -40_000)
        self.assertEqual(self._figure(texts["Set off against debts"]), 40_000)
