from odoo import fields
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.test_pool_money_correction import PoolMoneyCommon
from odoo.addons.producer_cooperative.tests.test_shu_payout import ShuPayoutCommon


def draft_at_counter(env, cashier, member):
    """Return the draft of a receipt with what is usual, as the cashier's screen makes it."""
    form = Form(env['coop.counter.receipt'].with_user(cashier))
    form.membership_id = member.with_env(form._env)
    return form.save().with_env(env)


@tagged('post_install', '-at_install')
class TestCounterDeposits(PoolMoneyCommon):
    """Deposits of pooled purchases at the counter."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.env.user)
        cls.cash = cls.cash_journal.default_account_id
        cls.liability = cls._account('pool_deposit')
        cls.company.coop_cash_unit = 1

    def _closed(self):
        pool = self._seed_pool(deposit_kind='percent', deposit_percent=50)
        pool.action_close()
        pool.with_user(self.officer).action_request_deposits()
        return pool

    def _draft(self, member):
        receipt = draft_at_counter(self.env, self.cashier, member)
        receipt.line_ids.filtered(lambda line: line.kind not in ('deposit', 'refund')).chosen = False
        return receipt

    def _of(self, pool, member):
        return pool.deposit_ids.filtered(lambda deposit: deposit.membership_id == member)

    def test_deposit_is_taken_as_the_round_takes_it(self):
        pool = self._closed()
        receipt = self._draft(self.siti)
        line = receipt.line_ids.filtered('chosen')
        self.assertEqual((line.kind, line.amount, line.deposit_id), ('deposit', 286, self._of(pool, self.siti)))
        receipt.with_user(self.cashier).action_post()
        deposit = receipt.deposit_ids
        self.assertEqual((deposit.state, receipt.amount_in), ('paid', 286))
        self.assertEntry(deposit.move_id, [
            (self.cash, self.siti.partner_id, 286), (self.liability, self.siti.partner_id, -286),
        ])
        with self.assertRefused("make it void"):
            deposit.with_user(self.accountant)._cancel_with_reason("Only this")

    def test_void_asks_for_the_deposit_anew(self):
        pool = self._closed()
        receipt = self._draft(self.siti)
        receipt.with_user(self.cashier).action_post()
        receipt.with_user(self.cashier)._cancel_with_reason("Wrong member")
        self.assertEqual(sorted(self._of(pool, self.siti).mapped('state')), ['cancelled', 'requested'])
        self.assertEqual(self._balance(self.liability, self.siti.partner_id), 0)
        again = self._draft(self.siti)
        again.with_user(self.cashier).action_post()
        self.assertEqual(again.amount_in, 286)

    def test_deposit_of_a_cancelled_round_is_paid_back(self):
        pool = self._closed()
        paid = self._draft(self.siti)
        paid.with_user(self.cashier).action_post()
        deposit = paid.deposit_ids
        pool.with_user(self.manager)._cancel_with_reason("No vendor")
        receipt = self._draft(self.siti)
        line = receipt.line_ids.filtered('chosen')
        self.assertEqual((line.kind, line.amount), ('refund', 286))
        line.amount = 200
        with self.assertRefused("cannot be settled"):
            receipt.with_user(self.cashier).action_post()
        line.amount = 286
        receipt.with_user(self.cashier).action_post()
        self.assertEntry(deposit.refund_move_id, [
            (self.liability, self.siti.partner_id, 286), (self.cash, self.siti.partner_id, -286),
        ])
        self.assertEqual((deposit.state, receipt.amount_net), ('settled', -286))
        with self.assertRefused("make it void"):
            deposit.with_user(self.accountant)._undo_refund("Only this")
        receipt.with_user(self.cashier)._cancel_with_reason("Came too early")
        self.assertEqual((deposit.state, deposit.amount_left), ('paid', 286))
        self.assertEqual(self._balance(self.liability, self.siti.partner_id), -286)
        self.assertEqual(len(receipt._get_entries()), 2)  # both stay with the receipt


@tagged('post_install', '-at_install')
class TestCounterShu(ShuPayoutCommon):
    """SHU at the counter: as the bylaws and the member want it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_limit('set_off_consent', is_required=False)

    def _draft(self, member):
        return draft_at_counter(self.env, self.cashier, member)

    def _line(self, receipt):
        return receipt.line_ids.filtered(lambda line: line.kind == 'payable')

    def test_shu_is_paid_in_cash_and_the_allocation_follows(self):
        for member in (self.siti, self.budi):
            receipt = self._draft(member)
            receipt.line_ids.filtered(lambda line: line.kind != 'payable').chosen = False
            receipt.with_user(self.cashier).action_post()
        self.assertEqual(receipt.payout_ids.line_ids.shu_line_id, self.of_budi)
        self.assertEntry(receipt.payout_ids.move_id, [
            (self.payable, self.budi.partner_id, 100_000), (self.cash, self.budi.partner_id, -100_000),
        ])
        self.assertEqual(self.allocation.state, 'paid')
        receipt.with_user(self.cashier)._cancel_with_reason("Wrong member")
        self.assertEqual((self.allocation.state, self.of_budi.amount_residual), ('posted', 100_000))

    def test_who_chose_the_bank_is_not_paid_unasked(self):
        self.of_siti.payout_method = 'bank'
        self.assertFalse(self._line(self._draft(self.siti)).chosen)

    def test_shu_below_what_the_bylaws_pay_out_waits(self):
        # By SQL: a rule that a surplus was shared by is not changed any more.
        self.env.cr.execute("UPDATE coop_shu_rule SET minimum_amount = 150000, minimum_treatment = 'owed'")
        self.env.invalidate_all()
        self.assertFalse(self._line(self._draft(self.budi)))
        self.assertTrue(self._line(self._draft(self.siti)))

    def test_standing_consent_sets_shu_off_without_another_signature(self):
        self._consent(self.siti)
        self.siti.shu_payout_method = 'set_off'
        debt = self._owe(self.siti, 40_000, '2025-03-01')
        receipt = self._draft(self.siti)
        self.assertTrue(receipt.set_off)
        receipt.with_user(self.cashier).action_post()
        self.assertEntry(receipt.set_off_move_ids, [
            (self.payable, self.siti.partner_id, 40_000), (debt.account_id, self.siti.partner_id, -40_000),
        ])
        self.assertEqual((receipt.amount_out, self.of_siti.amount_residual), (260_000, 0))
        self.assertTrue(debt.reconciled)

    def test_standing_consent_does_not_reach_debts_that_fall_due_later(self):
        self._consent(self.siti)
        self.siti.shu_payout_method = 'set_off'
        invoice = self._invoice(self.siti, 40_000, date='2025-03-01', post=False)
        invoice.invoice_date_due = '2099-12-31'
        invoice.action_post()
        receipt = self._draft(self.siti)
        line = receipt.line_ids.filtered(lambda line: line.kind == 'invoice')
        self.assertFalse(line.chosen)
        line.chosen = True
        receipt.set_off = True
        with self.assertRefused("falls due on"):
            receipt.with_user(self.cashier).action_post()
        receipt.consent_signed = True
        receipt.with_user(self.cashier).action_post()
        self.assertEqual(receipt.amount_set_off, 40_000)

    def test_much_shu_is_prepared_by_one_and_posted_by_another(self):
        self._set_limit('payout', 50_000)
        receipt = self._draft(self.budi)
        receipt.line_ids.filtered(lambda line: line.kind != 'payable').with_user(self.cashier).chosen = False
        with self.assertRefused("You wrote .* yourself. Above .*50,000"):
            receipt.with_user(self.cashier).action_post()
        self._line(receipt).with_user(self.officer).amount = 100_000
        with self.assertRefused("You wrote .* yourself"):  # whoever wrote a part has written it
            receipt.with_user(self.cashier).action_post()
        receipt.with_user(self.accountant).action_post()
        self.assertEqual((receipt.prepared_by_ids, receipt.poster_id), (self.cashier | self.officer, self.accountant))

    def test_set_off_of_shu_without_any_consent_is_refused(self):
        self._owe(self.siti, 40_000, '2025-03-01')
        receipt = self._draft(self.siti)
        receipt.set_off = True
        with self.assertRefused("without the member's consent"):
            receipt.with_user(self.cashier).action_post()
