from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_counter import CounterCommon


@tagged('post_install', '-at_install')
class TestCounterAdvances(CounterCommon):
    """Advances on goods (panjar) are handed over and brought back at the counter."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.advances = cls._account('member_advance')

    def _grant(self, amount, user=None):
        return self.env['coop.settlement.advance'].with_user(user or self.officer).create({
            'membership_id': self.siti.id, 'amount': amount, 'note': "Harvest workers",
        })

    def _hand_over(self, amount=50_000):
        self._grant(amount)
        return self._serve(self.siti, {'advance': amount})

    def test_granted_advance_is_shown_and_handed_over(self):
        advance = self._grant(50_000)
        draft = self._draft_receipt(self.siti)
        line = self._line(draft, 'advance')
        self.assertEqual((line.name, line.amount_open, line.chosen), ("Advance: Harvest workers", 50_000, False))
        receipt = self._serve(self.siti, {'advance': 50_000})
        self.assertEqual((advance.state, receipt.advance_ids), ('posted', advance.with_env(self.env)))
        self.assertEntry(advance.move_id, [
            (self.advances, self.siti.partner_id, 50_000), (self.cash, self.siti.partner_id, -50_000),
        ])
        self.assertEqual((receipt.amount_out, receipt.amount_net), (50_000, -50_000))

    def test_advance_is_handed_over_whole_or_not_at_all(self):
        self._grant(50_000)
        with self.assertRefused("cannot be settled"):
            self._serve(self.siti, {'advance': 40_000})

    def test_advance_is_brought_back_in_part(self):
        self._hand_over()
        receipt = self._serve(self.siti, {'advance_back': 20_000})
        self.assertEqual((receipt.advance_ids.direction, receipt.amount_in), ('in', 20_000))
        self.assertEntry(receipt.advance_ids.move_id, [
            (self.cash, self.siti.partner_id, 20_000), (self.advances, self.siti.partner_id, -20_000),
        ])
        left = self._line(self._draft_receipt(self.siti), 'advance_back')
        self.assertEqual((left.amount_open, left.chosen), (30_000, False))
        with self.assertRefused("cannot be settled"):
            self._serve(self.siti, {'advance_back': 30_100})

    def test_void_takes_the_advance_back_and_it_waits_anew(self):
        receipt = self._hand_over()
        with self.assertRefused("make it void"):
            receipt.advance_ids.with_user(self.accountant)._cancel_with_reason("No")
        self._void(receipt)
        self.assertEqual(receipt.advance_ids.state, 'cancelled')
        self.assertEqual(self._balance(self.advances, self.siti.partner_id), 0)
        again = self._line(self._draft_receipt(self.siti), 'advance')
        self.assertEqual((again.amount_open, again.advance_id.prepared_by_ids), (50_000, self.officer))

    def test_void_of_an_advance_that_was_brought_back_is_refused(self):
        receipt = self._hand_over()
        self._serve(self.siti, {'advance_back': 20_000})
        with self.assertRefused("holds less in advances"):
            self._void(receipt)

    def test_large_advance_is_granted_by_one_and_handed_over_by_another(self):
        self._set_limit('payout', 10_000)
        receipt = self._hand_over()
        self.assertEqual((receipt.state, receipt.advance_ids.posted_alone), ('posted', False))
        self._grant(60_000, self.accountant)
        with self.assertRefused("two people are needed"):
            self._serve(self.siti, {'advance': 60_000}, user=self.accountant)

    def test_cashier_posts_no_advance_but_at_the_counter(self):
        advance = self._grant(50_000)
        with self.assertRefused("Only this role may do that", AccessError):
            advance.with_user(self.cashier).action_post()


@tagged('post_install', '-at_install')
class TestCounterBills(CounterCommon):
    """What a member billed as any vendor is paid, and set off, at the counter."""

    def _bill(self, amount, due=None):
        bill = self.env['account.move'].create({
            'move_type': 'in_invoice', 'partner_id': self.siti.partner_id.id, 'invoice_date': self.today,
            'invoice_date_due': due or self.today, 'invoice_line_ids': [Command.create({
                'name': "Transport", 'quantity': 1, 'price_unit': amount, 'tax_ids': [Command.clear()],
            })],
        })
        bill.action_post()
        return bill

    def _payables(self, bill):
        return bill.line_ids.filtered(lambda item: item.account_id.account_type == 'liability_payable')

    def test_bill_is_paid_by_a_payment(self):
        bill = self._bill(30_000)
        receipt = self._serve(self.siti, {'bill': 30_000})
        self.assertEqual((bill.amount_residual, bill.payment_state), (0, 'paid'))
        account = self._payables(bill).account_id
        self.assertEntry(receipt.payment_ids.move_id, [
            (account, self.siti.partner_id, 30_000), (self.cash, self.siti.partner_id, -30_000),
        ])
        self._void(receipt)
        self.assertEqual((bill.amount_residual, self._balance(account, self.siti.partner_id)), (30_000, -30_000))

    def test_bill_is_shown_and_chosen_when_it_is_due(self):
        self._bill(30_000)
        self._bill(7_000, due='2099-12-31')
        lines = self._line(self._draft_receipt(self.siti), 'bill')
        self.assertEqual([(line.amount_open, line.chosen) for line in lines], [(30_000, True), (7_000, False)])

    def test_credit_note_makes_the_bill_smaller(self):
        bill = self._bill(30_000)
        credit = bill._reverse_moves([{'invoice_date': self.today, 'date': self.today}])
        credit.invoice_line_ids.price_unit = 10_000
        credit.action_post()
        self.assertEqual(self._line(self._draft_receipt(self.siti), 'bill').amount_open, 20_000)

    def test_bill_is_set_off_and_the_rest_carried(self):
        bill, invoice = self._bill(30_045), self._owe(self.siti, 12_000)
        receipt = self._serve(
            self.siti, {'bill': 30_045, 'invoice': 12_000}, set_off=True, consent_signed=True,
        )
        self.assertEntry(receipt.set_off_move_ids, [
            (self._payables(bill).account_id, self.siti.partner_id, 12_000),
            (self.member_receivable, self.siti.partner_id, -12_000),
        ])
        # 30,045 − 12,000 = 18,045: Rp 18,000 in coins
        self.assertEqual((receipt.amount_out, bill.amount_residual, invoice.amount_residual), (18_000, 45, 0))

    def test_large_bill_is_for_two_people_and_asked_once(self):
        self._set_limit('payout', 10_000)
        bill = self._bill(30_000)
        receipt = self._draft_receipt(self.siti, {'bill': 30_000})
        with self.assertRefused("You wrote .*two people are needed"):
            receipt.with_user(self.cashier).action_post()
        receipt.with_user(self.cashier).action_ask_approval()
        receipt.with_user(self.manager).action_give_approval()
        receipt.with_user(self.cashier).action_post()
        self.assertEqual(bill.amount_residual, 0)


@tagged('post_install', '-at_install')
class TestCounterFormerMembers(CounterCommon):
    """Who has left is paid the savings at the counter."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ani = cls._create_member("Ani")
        cls.leaving = cls.env['coop.leaving'].create({
            'membership_id': cls.ani.id, 'reason': 'resigned', 'date': cls.today,
        })
        cls.leaving.with_user(cls.manager).action_approve()
        cls.leaving.with_user(cls.accountant).action_post()
        cls.capital = cls._account('former_member')

    def test_former_member_is_paid_the_savings(self):
        draft = self._draft_receipt(self.ani)
        line = self._line(draft, 'payable')
        # principal 100,000 + one month of mandatory savings 10,000
        self.assertEqual((line.amount_open, line.chosen, len(draft.line_ids)), (110_000, True, 1))
        self.assertIn(self.leaving.name, line.name)
        receipt = self._serve(self.ani)
        self.assertEntry(receipt.payout_ids.move_id, [
            (self.capital, self.ani.partner_id, 110_000), (self.cash, self.ani.partner_id, -110_000),
        ])
        self.assertEqual((self.leaving.payment_state, self.leaving.amount_paid), ('paid', 110_000))
        with self.assertRefused("has been paid with"):
            self.leaving.with_user(self.accountant)._cancel_with_reason("No")
        self._void(receipt)
        self.assertEqual((self.leaving.payment_state, self.leaving.amount_open), ('not_paid', 110_000))

    def test_payout_of_the_room_pays_former_members_too(self):
        payout = self._fill(user=self.accountant, membership_ids=self.ani.ids)
        self.assertEqual((payout.amount_total, payout.line_ids.partner_id), (110_000, self.ani.partner_id))
        payout.action_post()
        self.assertEqual(self.leaving.payment_state, 'paid')
