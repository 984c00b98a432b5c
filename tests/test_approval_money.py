from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_control import ControlCommon
from odoo.addons.producer_cooperative.tests.common_shu_payout import ShuPayoutCommon
from odoo.addons.producer_cooperative.tests.test_pool_money_correction import PoolMoneyCommon


@tagged('post_install', '-at_install')
class TestDepositsPaidBackByTwo(PoolMoneyCommon):
    """Siti paid a deposit of Rp 286 for a round that was cancelled; above Rp 200, two people pay it back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_limit('payout', 200)
        cls.company.coop_cash_unit = 1
        cls.today = fields.Date.context_today(cls.env['res.users'])

    def setUp(self):
        super().setUp()
        pool = self._seed_pool(deposit_kind='percent', deposit_percent=50)
        pool.action_close()
        pool.with_user(self.officer).action_request_deposits()
        self.deposit = pool.deposit_ids.filtered(lambda deposit: deposit.membership_id == self.siti)
        self.deposit.write({'date': self.today, 'journal_id': self.cash_journal.id})
        self.deposit.action_pay()
        pool.with_user(self.manager)._cancel_with_reason("No vendor")

    def _pay_back(self, user):
        deposit = self.deposit.with_user(user)
        form = Form(self.env['coop.pool.deposit.refund'].with_user(user).with_context(
            default_deposit_ids=deposit.ids,
        ))
        form.journal_id = self.cash_journal
        form.save().action_confirm()

    def test_one_person_alone_pays_no_large_deposit_back(self):
        self.assertEqual(self.deposit.amount_left, 286)
        self.assertEqual(self.deposit.with_user(self.cashier).approval_status, 'needed')
        with self.assertRefused("Above .*200.*, two people are needed"):
            self._pay_back(self.cashier)
        self.assertEqual(self.deposit.state, 'paid')

    def test_approved_deposit_is_paid_back(self):
        self.deposit.with_user(self.cashier).action_ask_approval()
        with self.assertRefused("two people are needed"):
            self._pay_back(self.cashier)
        self.deposit.with_user(self.manager).action_give_approval()
        self._pay_back(self.cashier)
        self.assertEqual((self.deposit.state, self.deposit.posted_alone), ('settled', False))

    def test_deposit_that_one_asked_for_is_paid_back_by_another(self):
        self.deposit.with_user(self.cashier).action_ask_approval()
        self._pay_back(self.accountant)
        self.assertEqual((self.deposit.state, self.deposit.posted_alone), ('settled', False))
        self.assertEqual(self.deposit.approval_ids.state, 'approved')

    def test_small_deposit_is_paid_back_by_one_person_who_is_noted(self):
        self._set_limit('payout', 286)
        self._pay_back(self.cashier)
        self.assertEqual((self.deposit.state, self.deposit.posted_alone), ('settled', True))

    def test_deposit_goes_into_savings_by_one_person(self):
        self.deposit.with_user(self.accountant)._refund(self.today, savings_type=self.voluntary)
        self.assertEqual(self.deposit.state, 'settled')


@tagged('post_install', '-at_install')
class TestConsentOnMembershipByTwo(ShuPayoutCommon):
    """Siti's SHU of Rp 300,000 meets a debt of Rp 60,000; the accountant noted the consent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._end_mandatory_savings()
        cls._owe(cls.siti, 60_000, '2025-01-10')
        cls.both = cls._create_role_user('coop_both', 'producer_cooperative.group_coop_accountant')
        cls.both.group_ids += cls.env.ref('producer_cooperative.group_coop_officer')
        cls.siti.with_user(cls.both).shu_set_off_date = '2025-01-10'
        cls.of_siti.payout_method = 'set_off'

    def _set_off(self, user):
        payout = self._fill_payout(self.allocation, 'set_off', user=self.officer)
        payout.with_user(user).action_post()
        return payout

    def test_who_noted_the_consent_does_not_set_off_by_it(self):
        self.assertEqual(self.siti.prepared_by_ids, self.both)
        with self.assertRefused("You wrote consent to set-off of .*Siti yourself"):
            self._set_off(self.both)

    def test_another_one_sets_off_by_it(self):
        self.assertEqual(self._set_off(self.accountant).amount_total, 60_000)

    def test_approved_consent_is_used_by_who_noted_it(self):
        self.siti.with_user(self.both).action_ask_approval()
        self.siti.with_user(self.manager).action_give_approval()
        self.assertEqual(self._set_off(self.both).state, 'posted')

    def test_other_day_of_the_consent_needs_another_approval(self):
        self.siti.with_user(self.both).action_ask_approval()
        self.siti.with_user(self.manager).action_give_approval()
        self.siti.with_user(self.both).shu_set_off_date = '2025-01-09'
        with self.assertRefused("You wrote consent to set-off"):
            self._set_off(self.both)

    def test_limit_leaves_small_set_offs_to_one_person(self):
        self._set_limit('set_off_consent', 60_000)
        self.assertEqual(self._set_off(self.both).state, 'posted')


@tagged('post_install', '-at_install')
class TestOdooPaymentsByTwo(ControlCommon):
    """Odoo's own payments to Siti above Rp 1,000,000."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_limit('payout', 1_000_000)

    def _draft_payment(self, user, **values):
        return self.env['account.payment'].with_user(user).create({
            'payment_type': 'outbound', 'partner_type': 'supplier', 'partner_id': self.siti.partner_id.id,
            'amount': 2_000_000, 'journal_id': self.cash_journal.id, **values,
        })

    def test_who_wrote_a_payment_does_not_confirm_it(self):
        payment = self._draft_payment(self.accountant)
        self.assertEqual(payment.coop_written_by_ids, self.accountant)
        with self.assertRefused("two people are needed to pay Siti"):
            payment.action_post()
        payment.with_user(self.other_accountant).action_post()
        self.assertIn(payment.state, ('in_process', 'paid'))

    def test_who_changed_amount_or_partner_does_not_confirm_it(self):
        for values, change in (
            ({'amount': 1_000}, {'amount': 2_000_000}), ({'partner_id': self.budi.partner_id.id},
             {'partner_id': self.siti.partner_id.id}),
        ):
            with self.subTest(change):
                payment = self._draft_payment(self.accountant, **values).with_user(self.other_accountant)
                payment.write(change)
                self.assertEqual(payment.coop_written_by_ids, self.accountant | self.other_accountant)
                with self.assertRefused("two people are needed to pay Siti"):
                    payment.action_post()

    def test_looking_at_a_draft_is_no_writing(self):
        payment = self._draft_payment(self.accountant).with_user(self.other_accountant)
        payment.write({'amount': 2_000_000, 'memo': "Checked"})
        payment.action_post()
        self.assertEqual(payment.coop_written_by_ids, self.accountant)

    def test_who_wrote_a_payment_is_nobodys_to_choose(self):
        payment = self._draft_payment(self.accountant)
        with self.assertRaises(AccessError):
            payment.write({'coop_written_by_ids': [Command.clear()]})
        with self.assertRaises(AccessError):
            self._draft_payment(self.accountant, coop_written_by_ids=[Command.set(self.officer.ids)])
