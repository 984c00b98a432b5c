from odoo import fields
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_shu import ShuCommon


@tagged('post_install', '-at_install')
class TestShuPayout(ShuCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_rule(('reserve', 60), ('capital', 40))
        cls.siti = cls._create_registered("Siti", '001', 300_000)
        cls.budi = cls._create_registered("Budi", '002', 100_000)
        cls.allocation = cls._post(1_000_000)

    def test_cash_payout_debits_each_members_payable_and_credits_cash(self):
        payout = self._pay(self.allocation)
        self.assertEntry(payout.move_id, [
            (self.payable, self.siti.partner_id, 300_000), (self.payable, self.budi.partner_id, 100_000),
            (self.cash, None, -400_000),
        ])
        for line in self.allocation.member_line_ids:
            self.assertTrue(line.payable_line_id.reconciled)
            self.assertEqual(line.payable_line_id.matched_debit_ids.debit_move_id.partner_id, line.partner_id)
        self.assertEqual(self.allocation.member_line_ids.mapped('amount_residual'), [0, 0])
        self.assertEqual(self.allocation.state, 'paid')

    def test_payout_to_savings_credits_each_members_voluntary_savings(self):
        self._line(self.allocation, self.siti).payout_method = 'savings'
        payout = self._pay(self.allocation, 'savings')
        self.assertEntry(payout.move_id, [
            (self.payable, self.siti.partner_id, 300_000), (self.voluntary.account_id, self.siti.partner_id, -300_000),
        ])
        self.assertEqual(self.siti._get_savings_balances()[self.siti][self.voluntary], 300_000)
        self.assertEqual(self.allocation.state, 'posted')
        self._pay(self.allocation)
        self.assertEqual(self.allocation.state, 'paid')

    def test_nobody_is_paid_twice(self):
        drafts = [
            self.env['coop.shu.payout'].with_user(self.accountant).create({'allocation_id': self.allocation.id})
            for _number in range(2)
        ]
        for draft in drafts:
            draft.action_fill()
        drafts[0].action_post()
        with self.assertRefused("is owed .*0.* and cannot be paid"):
            drafts[1].action_post()
        self.assertEqual(self._balance(self.payable), 0)

    def test_filling_again_finds_nobody_left(self):
        self._pay(self.allocation)
        payout = self.env['coop.shu.payout'].create({'allocation_id': self.allocation.id})
        payout.action_fill()
        self.assertFalse(payout.line_ids)
        with self.assertRefused("The payout is empty"):
            payout.action_post()

    def test_part_of_the_shu_can_be_paid_and_the_rest_stays_owed(self):
        line = self._line(self.allocation, self.siti)
        payout = self.env['coop.shu.payout'].with_user(self.accountant).create({
            'allocation_id': self.allocation.id, 'line_ids': [(0, 0, {'member_line_id': line.id, 'amount': 100_000})],
        })
        payout.action_post()
        self.assertEqual((line.amount_paid, line.amount_residual), (100_000, 200_000))
        self.assertEqual(self.allocation.amount_unpaid, 300_000)

    def test_paying_more_than_is_owed_is_refused(self):
        payout = self.env['coop.shu.payout'].with_user(self.accountant).create({
            'allocation_id': self.allocation.id,
            'line_ids': [(0, 0, {'member_line_id': self._line(self.allocation, self.siti).id, 'amount': 300_001})],
        })
        with self.assertRefused("300,001"):
            payout.action_post()
        self.assertEqual(payout.state, 'draft')

    def test_payment_made_in_the_ledger_counts_as_paid(self):
        entries = self.env['account.move']
        for line in self.allocation.member_line_ids:
            entry = self._book('2025-03-01', [
                (self.payable, line.partner_id, line.amount_total), (self.cash, None, -line.amount_total),
            ])
            entries |= entry
            (line.payable_line_id | entry.line_ids.filtered(lambda item: item.account_id == self.payable)).reconcile()
        self.assertEqual(self.allocation.state, 'paid')
        with self.assertRefused("was paid with"):
            self.allocation.member_line_ids.payable_line_id.remove_move_reconcile()
        entries.button_cancel()
        self.assertEqual(self.allocation.state, 'posted')

    def test_cancelled_payout_is_owed_again(self):
        payout = self._pay(self.allocation)
        payout._cancel_with_reason("Cash was stolen")
        self.assertEqual((payout.state, self.allocation.state), ('cancelled', 'posted'))
        self.assertEntry(payout.reversal_move_id, [
            (self.payable, self.siti.partner_id, -300_000), (self.payable, self.budi.partner_id, -100_000),
            (self.cash, None, 400_000),
        ])
        self.assertEqual(self.allocation.member_line_ids.mapped('amount_residual'), [300_000, 100_000])
        self.assertEqual(self._pay(self.allocation).amount_total, 400_000)

    def test_payout_to_savings_that_were_withdrawn_since_is_not_cancelled(self):
        self._line(self.allocation, self.siti).payout_method = 'savings'
        payout = self._pay(self.allocation, 'savings')
        self._save(self.siti, {self.voluntary: 250_000}, direction='out', date='2025-03-02')
        with self.assertRefused("has taken the money out"):
            payout._cancel_with_reason("Wrong choice")
        self.assertEqual(payout.state, 'posted')

    def test_allocation_is_not_cancelled_once_members_were_paid(self):
        self._line(self.allocation, self.siti).payout_method = 'savings'
        self._pay(self.allocation, 'savings')
        with self.assertRefused("Members were paid from SHU/2024/00001 already"):
            self.allocation._cancel_with_reason("Too late")
        self._pay(self.allocation)
        with self.assertRefused("Cancel the payouts first"):
            self.allocation._cancel_with_reason("Too late")

    def test_former_member_is_not_paid_into_savings(self):
        line = self._line(self.allocation, self.siti)
        line.payout_method = 'savings'
        self.siti.write({'state': 'left', 'date_left': '2025-02-25', 'leave_reason': 'moved'})
        with self.assertRefused("has left the cooperative and saves no more"):
            self._pay(self.allocation, 'savings')

    def test_posted_payout_is_not_changed_or_deleted(self):
        payout = self._pay(self.allocation)
        with self.assertRefused("is not changed"):
            payout.date = '2025-04-01'
        with self.assertRefused("is not changed"):
            payout.line_ids[0].amount = 1
        with self.assertRefused("it can only be cancelled"):
            payout.unlink()
        with self.assertRefused("undone only there"):
            payout.move_id.button_draft()

    def test_paid_member_chooses_no_more(self):
        self._pay(self.allocation)
        with self.assertRefused("paid already"):
            self._line(self.allocation, self.siti).payout_method = 'savings'

    def test_cashier_cancels_the_payouts_of_today_only(self):
        old = self._pay(self.allocation)
        with self.assertRefused("Ask the treasurer to cancel it"):
            old.with_user(self.cashier)._cancel_with_reason("x")
        self.assertEqual(old.state, 'posted')
        old.with_user(self.accountant)._cancel_with_reason("Wrong member")
        today = self._pay(self.allocation, date=fields.Date.context_today(self.allocation))
        today.with_user(self.cashier)._cancel_with_reason("Counted twice")
        self.assertEqual(today.state, 'cancelled')

    def test_cashier_dates_no_payout_back(self):
        payout = self.env['coop.shu.payout'].with_user(self.cashier).create({
            'allocation_id': self.allocation.id, 'date': '2025-03-01',
        })
        payout.action_fill()
        with self.assertRefused("Cashiers date payments .* or later"):
            payout.action_post()
        payout.with_user(self.accountant).action_post()
        self.assertEqual(str(payout.move_id.date), '2025-03-01')

    def test_cashier_pays_from_the_own_journal_only(self):
        payouts = self.env['coop.shu.payout'].with_user(self.cashier)
        own = payouts.create({'allocation_id': self.allocation.id})
        self.assertEqual(own.journal_id, self.cash_journal)
        own.action_fill()
        own.action_post()
        self.assertEqual(own.state, 'posted')
        own._cancel_with_reason("Counted wrong")
        foreign = payouts.create({'allocation_id': self.allocation.id, 'journal_id': self.bank_journal.id})
        foreign.action_fill()
        with self.assertRefused("name you as its cashier"):
            foreign.action_post()

    def test_officer_drafts_payouts_and_does_not_post(self):
        draft = self.env['coop.shu.payout'].with_user(self.officer).create({'allocation_id': self.allocation.id})
        draft.action_fill()
        self.assertEqual(draft.amount_total, 400_000)
        with self.assertRefused("may not post on"):
            draft.action_post()
        with self.assertRefused("own buttons"):
            draft.state = 'posted'

    def test_payout_is_written_in_its_form(self):
        self._line(self.allocation, self.siti).payout_method = 'savings'
        with Form(self.env['coop.shu.payout'].with_user(self.cashier).with_context(
            default_allocation_id=self.allocation.id,
        )) as form, form.line_ids.new() as line:
            line.member_line_id = self._line(self.allocation, self.budi)
        self.assertEqual(form.record.amount_total, 100_000)
