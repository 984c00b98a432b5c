from odoo import Command
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_payout import PayoutCommon


@tagged('post_install', '-at_install')
class TestLedgerMatching(PayoutCommon):
    """What a document of the cooperative matched stays matched until the document is cancelled."""

    # === FIXTURES === #

    def _register_payment(self, move):
        """Return the payment of a whole bill through Odoo's own screen."""
        wizard = self.env['account.payment.register'].with_user(self.accountant).with_context(
            active_model='account.move', active_ids=move.ids,
        ).create({'journal_id': self.bank_journal.id})
        return wizard._create_payments()

    def _take_apart(self, items):
        """Return every way to take items apart, as a treasurer has them."""
        items = items.with_user(self.accountant)
        partials = items.matched_debit_ids | items.matched_credit_ids
        move = items.move_id
        return {
            'items': items.remove_move_reconcile,
            'list': items.with_context(active_ids=items.ids).action_unreconcile_match_entries,
            'widget': lambda: move.js_remove_outstanding_partial(partials[0].id),
            'match': partials.unlink,
            'amount': lambda: partials.write({'amount': 1}),
        }

    def _pay_unmatched(self, item):
        """Match an open item with an entry of the accountant's own; return the entry."""
        entry = self.env['account.move'].create({
            'journal_id': self.company.coop_journal_id.id, 'date': self.today, 'line_ids': [
                Command.create({
                    'account_id': account.id, 'balance': balance, 'partner_id': item.partner_id.id,
                }) for account, balance in ((item.account_id, -item.balance), (self.bank, item.balance))
            ],
        })
        entry.action_post()
        (item | entry.line_ids.filtered(lambda line: line.account_id == item.account_id)).reconcile()
        return entry

    # === WHAT DOCUMENTS MATCHED === #

    def test_bill_is_not_taken_apart_from_the_voucher_that_paid_it(self):
        payout = self._pay()
        for way, take_apart in self._take_apart(self._payable(self.of_siti)).items():
            with self.subTest(way=way), self.assertRefused(f"belongs to {payout.name}.*open {payout.name}"):
                take_apart()
        paid_item = payout.move_id.line_ids.filtered(lambda item: item.partner_id == self.siti.partner_id)
        with self.assertRefused(f"open {payout.name} and cancel it"):
            paid_item.with_user(self.accountant).remove_move_reconcile()
        # 9,045 owed, of which 9,000 in whole hundreds were paid
        self.assertEqual(self.of_siti.amount_open, 45)

    def test_cancelled_voucher_opens_the_bill_and_stays_matched_with_its_reversal(self):
        payout = self._pay()
        payout._cancel_with_reason("Counted wrongly")
        self.assertEqual(self.of_siti.amount_open, 9_045)
        paid_item = payout.move_id.line_ids.filtered(lambda item: item.partner_id == self.siti.partner_id)
        with self.assertRefused(f"belongs to {payout.name}"):
            paid_item.with_user(self.accountant).remove_move_reconcile()

    def test_set_off_is_not_taken_apart_from_the_bill_nor_from_the_debt(self):
        wati = self._create_member("Wati")
        self._create_agreement(wati, commission_rate=10, set_off_rate=100, set_off_consent_date='2020-01-01')
        debt = self._owe(wati, 100)
        self._sold(wati, 60)
        settlement = self._settle(wati)  # 600 less 10 % is 540, of which 100 are set off
        self.assertEqual((settlement.amount_set_off, settlement.amount_open), (100, 440))
        receivable = debt.line_ids.filtered(lambda item: item.display_type == 'payment_term')
        for items in (self._payable(settlement), receivable, settlement.set_off_move_id.line_ids):
            for way, take_apart in self._take_apart(items[:1]).items():
                with self.subTest(way=way, items=items), self.assertRefused(f"belongs to {settlement.name}"):
                    take_apart()
        self.assertEqual((settlement.amount_open, debt.amount_residual), (440, 0))
        settlement._cancel_with_reason("Wrong price")
        self.assertEqual(debt.amount_residual, 100)

    # === WHAT WAS PAID WITH ODOO'S OWN SCREENS === #

    def test_payment_of_a_settlement_is_cancelled_and_not_taken_apart(self):
        payment = self._register_payment(self.of_siti.move_id)
        self.assertEqual(self.of_siti.amount_open, 0)
        for way, take_apart in self._take_apart(self._payable(self.of_siti)).items():
            with self.subTest(way=way), self.assertRefused(f"{self.of_siti.name} was paid with .*Cancel"):
                take_apart()
        payment.with_user(self.accountant).action_cancel()
        self.assertEqual((payment.state, self.of_siti.amount_open), ('canceled', 9_045))
        # The next one pays it once.
        self.assertEqual(self._pay(membership_ids=self.siti.ids).amount_total, 9_000)

    def test_payment_that_is_reset_opens_the_settlement_again_and_is_never_deleted(self):
        payment = self._register_payment(self.of_siti.move_id).with_user(self.accountant)
        payment.action_draft()
        with self.assertRefused("never deleted|audit trail"):
            payment.unlink()
        payment.action_cancel()
        self.assertEqual(self.of_siti.amount_open, 9_045)

    def test_entry_that_paid_a_settlement_is_reversed_or_cancelled_as_ever(self):
        for undo in ('reverse', 'cancel'):
            payable = self._payable(self.of_siti)
            entry = self._pay_unmatched(payable).with_user(self.accountant)
            self.assertTrue(payable.reconciled)
            with self.subTest(undo=undo), self.assertRefused("was paid with"):
                payable.remove_move_reconcile()
            if undo == 'reverse':
                entry._reverse_moves(cancel=True)
            else:
                entry.button_cancel()
            self.assertEqual(self.of_siti.amount_open, 9_045)

    def test_statement_that_paid_a_settlement_is_opened_again(self):
        statement = self.env['account.bank.statement.line'].with_user(self.accountant).create({
            'journal_id': self.bank_journal.id, 'payment_ref': "Siti", 'amount': -9_045,
            'partner_id': self.siti.partner_id.id,
        })
        waiting = statement.move_id.line_ids.filtered(
            lambda item: item.account_id == self.bank_journal.suspense_account_id,
        )
        waiting.account_id = self.proceeds
        payable = self._payable(self.of_siti)
        (waiting | payable.with_user(self.accountant)).reconcile()
        self.assertEqual(self.of_siti.amount_open, 0)
        with self.assertRefused("was paid with .*undo the reconciliation of the bank"):
            payable.with_user(self.accountant).remove_move_reconcile()
        statement.action_undo_reconciliation()
        self.assertEqual(self.of_siti.amount_open, 9_045)

    def test_ordinary_matches_are_taken_apart_as_ever(self):
        debt = self._owe(self.siti, 100)
        self._register_payment(debt)
        receivable = debt.line_ids.filtered(lambda item: item.display_type == 'payment_term')
        self.assertTrue(receivable.reconciled)
        receivable.with_user(self.accountant).remove_move_reconcile()
        self.assertEqual(debt.amount_residual, 100)
