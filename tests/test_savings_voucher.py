from odoo import fields
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common import CoopCommon


@tagged('post_install', '-at_install')
class TestSavingsVoucher(CoopCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.siti = cls._create_member("Siti")
        cls.budi = cls._create_member("Budi")

    def test_deposit_debits_cash_and_credits_the_members_savings(self):
        voucher = self._save(self.siti, {self.mandatory: 10_000, self.voluntary: 25_000})
        self.assertEntry(voucher.move_id, [
            (self.cash_journal.default_account_id, self.siti.partner_id, 35_000),
            (self.mandatory.account_id, self.siti.partner_id, -10_000),
            (self.voluntary.account_id, self.siti.partner_id, -25_000),
        ])

    def test_withdrawal_debits_the_savings_and_credits_cash(self):
        self._save(self.siti, {self.voluntary: 25_000})
        voucher = self._save(self.siti, {self.voluntary: 10_000}, direction='out')
        self.assertEntry(voucher.move_id, [
            (self.cash_journal.default_account_id, self.siti.partner_id, -10_000),
            (self.voluntary.account_id, self.siti.partner_id, 10_000),
        ])
        self.assertEqual(self.siti._get_savings_balances()[self.siti][self.voluntary], 15_000)

    def test_withdrawal_above_the_balance_is_refused(self):
        self._save(self.siti, {self.voluntary: 25_000})
        with self.assertRefused("25,000"):
            self._save(self.siti, {self.voluntary: 25_001}, direction='out')
        self.assertEqual(self.siti._get_savings_balances()[self.siti][self.voluntary], 25_000)

    def test_principal_savings_stay_as_long_as_the_member_does(self):
        with self.assertRefused("stays as long as the member stays"):
            self._save(self.siti, {self.principal: 100_000}, direction='out')

    def test_cancelling_reverses_the_entry_and_keeps_both_papers(self):
        voucher = self._save(self.siti, {self.voluntary: 25_000})
        voucher._cancel_with_reason("Wrong member")
        self.assertEqual(voucher.state, 'cancelled')
        self.assertEqual(voucher.move_id.state, 'posted')
        self.assertEntry(voucher.reversal_move_id, [
            (self.cash_journal.default_account_id, self.siti.partner_id, -25_000),
            (self.voluntary.account_id, self.siti.partner_id, 25_000),
        ])
        self.assertEqual(self.siti._get_savings_balances()[self.siti][self.voluntary], 0)

    def test_deposit_that_was_withdrawn_since_is_not_cancelled(self):
        voucher = self._save(self.siti, {self.voluntary: 25_000})
        self._save(self.siti, {self.voluntary: 20_000}, direction='out')
        with self.assertRefused("cancel that payout first"):
            voucher._cancel_with_reason("Wrong member")
        self.assertEqual(voucher.state, 'posted')

    def test_entry_is_not_undone_behind_the_vouchers_back(self):
        voucher = self._save(self.siti, {self.voluntary: 25_000})
        for undo in (
            voucher.move_id.button_draft,
            lambda: voucher.move_id.write({'state': 'draft'}),
            lambda: voucher.move_id._reverse_moves(cancel=True),
            lambda: voucher.move_id.with_context(coop_owner_token=True).button_draft(),
        ):
            with self.assertRefused("undone only there"):
                undo()

    def test_cashier_posts_on_the_own_journal_only(self):
        values = {'line_ids': [(0, 0, {
            'membership_id': self.budi.id, 'type_id': self.voluntary.id, 'amount': 5_000,
        })]}
        vouchers = self.env['coop.savings.voucher'].with_user(self.cashier)
        own = vouchers.create({**values, 'journal_id': self.cash_journal.id})
        own.action_post()
        self.assertEqual(own.state, 'posted')
        foreign = vouchers.create({**values, 'journal_id': self.bank_journal.id})
        with self.assertRefused("name you as its cashier"):
            foreign.action_post()
        self.assertFalse(foreign.move_id)

    def test_officer_drafts_and_does_not_post(self):
        draft = self.env['coop.savings.voucher'].with_user(self.officer).create({
            'journal_id': self.cash_journal.id,
            'line_ids': [(0, 0, {'membership_id': self.budi.id, 'type_id': self.voluntary.id, 'amount': 5_000})],
        })
        with self.assertRefused("You may not post"):
            draft.action_post()
        self.assertEqual(draft.state, 'draft')

    def test_reason_is_asked_before_a_voucher_is_cancelled(self):
        voucher = self._save(self.siti, {self.voluntary: 5_000}, date=fields.Date.context_today(self.siti))
        action = voucher.with_user(self.cashier).action_cancel()
        wizard = self.env['coop.document.cancel'].with_user(self.cashier).with_context(**action['context']).create({
            'reason': "Counted twice",
        })
        wizard.action_confirm()
        self.assertEqual((voucher.state, voucher.cancel_reason), ('cancelled', "Counted twice"))
        with self.assertRefused("nothing further can be done"):
            wizard.action_confirm()

    def test_officer_does_not_cancel_by_way_of_the_wizard(self):
        voucher = self._save(self.siti, {self.voluntary: 5_000})
        wizard = self.env['coop.document.cancel'].with_user(self.officer).create({
            'document_model': voucher._name, 'document_id': voucher.id, 'reason': "x",
        })
        with self.assertRefused("You may not post"):
            wizard.action_confirm()
        self.assertEqual(voucher.state, 'posted')

    def test_wizard_cancels_nothing_but_documents_of_the_cooperative(self):
        wizard = self.env['coop.document.cancel'].create({
            'document_model': 'res.partner', 'document_id': self.siti.partner_id.id, 'reason': "x",
        })
        with self.assertRefused("There is nothing to cancel"):
            wizard.action_confirm()

    def test_voucher_is_not_forged_over_rpc(self):
        values = {
            'journal_id': self.cash_journal.id,
            'line_ids': [(0, 0, {'membership_id': self.budi.id, 'type_id': self.voluntary.id, 'amount': 5_000})],
        }
        vouchers = self.env['coop.savings.voucher'].with_user(self.accountant)
        for forged in ({'state': 'posted'}, {'name': 'BKM/2026/00099'}, {'move_id': 1}):
            with self.assertRefused("own buttons"):
                vouchers.create({**values, **forged})
        draft = vouchers.with_context(default_state='posted').create(values)
        self.assertEqual(draft.state, 'draft')
        with self.assertRefused("own buttons"):
            draft.write({'state': 'posted'})
