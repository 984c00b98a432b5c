from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_control import ControlCommon
from odoo.addons.producer_cooperative.tests.test_control_eyes import EyesMixin


@tagged('post_install', '-at_install')
class TestOwnMoney(ControlCommon):
    """Above the limit nobody posts or approves what is paid to themselves, whoever wrote it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant.partner_id = cls.siti.partner_id

    def test_treasurer_posts_no_large_withdrawal_of_their_own_that_another_wrote(self):
        voucher = self._withdraw(8_000_000, self.officer)
        with self.assertRefused("pays you yourself: somebody else posts it, or approves it first. Ask: .*accountant_2"):
            voucher.with_user(self.accountant).action_post()
        voucher.with_user(self.other_accountant).action_post()
        self.assertEqual((voucher.state, voucher.posted_alone), ('posted', False))

    def test_own_large_withdrawal_is_posted_once_another_has_approved_it(self):
        voucher = self._withdraw(8_000_000, self.officer)
        voucher.action_ask_approval()
        voucher.with_user(self.other_manager).action_give_approval()
        voucher.with_user(self.accountant).action_post()
        self.assertEqual((voucher.state, voucher.sudo().approval_ids.mapped('state')), ('posted', ['approved']))

    def test_own_small_withdrawal_is_posted_as_ever(self):
        voucher = self._withdraw(5_000_000, self.officer)
        voucher.with_user(self.accountant).action_post()
        self.assertEqual(voucher.state, 'posted')

    def test_decoy_beside_the_own_withdrawal_changes_nothing(self):
        voucher = self._withdraw(8_000_000, self.officer)
        voucher.line_ids = [Command.create({
            'membership_id': self.budi.id, 'type_id': self.voluntary.id, 'amount': 100,
        })]
        voucher.action_ask_approval()
        with self.assertRefused("is about you yourself"):
            voucher.with_user(self.accountant).action_give_approval()
        with self.assertRefused("pays you yourself"):
            voucher.with_user(self.accountant).action_post()

    def test_small_part_of_a_large_withdrawal_is_no_own_dealing(self):
        voucher = self._withdraw(1_000_000, self.officer)
        voucher.line_ids = [Command.create({
            'membership_id': self.budi.id, 'type_id': self.voluntary.id, 'amount': 9_000_000,
        })]
        voucher.with_user(self.accountant).action_post()
        self.assertEqual((voucher.state, voucher.posted_alone), ('posted', False))


@tagged('post_install', '-at_install')
class TestSplitting(EyesMixin, ControlCommon):
    """Several papers, several dates and several screens make a large amount no smaller."""

    def _pay(self, amount, member=None):
        payment = self.env['account.payment'].with_user(self.accountant).create({
            'payment_type': 'outbound', 'partner_type': 'supplier', 'amount': amount,
            'partner_id': (member or self.siti).partner_id.id, 'journal_id': self.cash_journal.id,
        })
        payment.action_post()
        return payment

    def test_withdrawals_dated_on_several_days_count_together(self):
        self._fill_drawer(20_000_000)
        self._withdraw(4_900_000, self.accountant).action_post()
        earlier = self._withdraw(4_900_000, self.accountant, date=self.today - timedelta(days=1))
        with self.assertRefused("two people are needed"):
            earlier.action_post()
        of_budi = self._withdraw(4_900_000, self.accountant, self.budi, date=self.today - timedelta(days=1))
        of_budi.action_post()
        self.assertTrue(of_budi.posted_alone)

    def test_payments_on_odoos_own_screens_count_together(self):
        first = self._pay(4_900_000)
        with self.assertRefused("two people are needed to pay .*Siti"):
            self._pay(200_000)
        self._pay(100_000)
        self._pay(4_900_000, self.budi)
        self.assertEqual(first.coop_alone_by_id, self.accountant)
        rows = self._rows('done_alone').filtered(lambda row: row.res_model == 'account.payment')
        self.assertEqual(sorted(rows.mapped('amount')), [100_000, 4_900_000, 4_900_000])
        self.assertEqual(rows.user_id, self.accountant)

    def test_payments_confirmed_at_once_count_together(self):
        payments = self.env['account.payment'].with_user(self.accountant).create([{
            'payment_type': 'outbound', 'partner_type': 'supplier', 'amount': 4_900_000,
            'partner_id': self.siti.partner_id.id, 'journal_id': self.cash_journal.id,
        }] * 2)
        with self.assertRefused("two people are needed"):
            payments.action_post()

    def test_who_confirmed_a_payment_alone_is_nobodys_to_write(self):
        payment = self._pay(100_000)
        for vals in ({'coop_alone_on': False}, {'coop_alone_by_id': self.cashier.id}):
            with self.subTest(vals=vals), self.assertRefused("kept by itself", AccessError):
                payment.write(vals)


@tagged('post_install', '-at_install')
class TestTraces(EyesMixin, ControlCommon):
    """What somebody would like to be forgotten stays."""

    def test_handover_that_did_not_agree_is_not_forgotten_when_it_is_taken_back(self):
        handover = self._hand_over({100_000: 1})
        self.assertEqual(handover.difference, -120_000)
        handover.action_take_back()
        self.assertEqual((handover.amount_ledger, handover.amount_expected, handover.difference), (0, 0, 0))
        row = self._rows('handover_taken_back')
        self.assertEqual(
            (row.kind, row.res_id, row.user_id, row.amount), ('cash', handover.id, self.cashier, -120_000),
        )
        with self.assertRefused("only through the document's own buttons", AccessError):
            handover.taken_back_on = False

    def test_handover_that_agreed_is_taken_back_without_a_word(self):
        self._hand_over({100_000: 2, 20_000: 1}).action_take_back()
        self.assertFalse(self._rows('handover_taken_back'))

    def test_own_dealings_stay_when_the_login_is_archived(self):
        self.officer.partner_id = self.siti.partner_id
        rows = self._rows('own_entry')
        self.assertTrue(rows)
        self.officer.active = False
        self.assertEqual(self._rows('own_entry'), rows)

    def test_bank_account_stays_on_the_list_when_it_is_given_to_a_stranger(self):
        account = self.env['res.partner.bank'].with_user(self.officer).create({
            'acc_number': '9998887777', 'partner_id': self.siti.partner_id.id,
        })
        self.assertEqual(self._rows('bank_changed').membership_id, self.siti)
        account.partner_id = self.env['res.partner'].create({'name': "Stranger"})
        row = self._rows('bank_changed')
        self.assertEqual((row.membership_id, row.user_id, row.res_id), (self.siti, self.officer, account.id))
        with self.assertRefused("only by entering and approving", AccessError):
            account.coop_earlier_holder_ids = False

    def test_exception_to_the_lock_stands_on_the_list(self):
        self.company.fiscalyear_lock_date = '2026-01-31'
        exception = self.env['account.lock_exception'].create({
            'company_id': self.company.id, 'user_id': self.accountant.id, 'fiscalyear_lock_date': False,
            'reason': "Forgotten bill",
        })
        row = self._rows('lock_exception')
        self.assertEqual(
            (row.kind, row.res_id, row.user_id, row.reason),
            ('lock', exception.id, self.env.user, f"{self.accountant.name} – Forgotten bill"),
        )

    def test_nobody_deletes_or_rewrites_what_a_document_noted(self):
        voucher = self._withdraw(100_000, self.cashier)
        voucher.action_post()
        voucher.sudo()._message_log(body="Approved by nobody")
        notes = self.env['mail.message'].sudo().search([
            ('model', '=', voucher._name), ('res_id', '=', voucher.id), ('message_type', '!=', 'comment'),
        ])
        self.assertTrue(notes)
        for user in (self.cashier, self.accountant, self.manager):
            with self.subTest(user=user.login), self.assertRefused("What a document noted about itself stays"):
                notes[:1].with_user(user).unlink()
            with self.subTest(user=user.login), self.assertRefused("What a document noted about itself stays"):
                notes[:1].with_user(user).body = "x"
        comment = voucher.message_post(body="Said", message_type='comment')
        comment.with_user(self.cashier).unlink()
        self.assertFalse(comment.exists())

    def test_draft_takes_its_notes_with_it(self):
        voucher = self._withdraw(100_000, self.cashier)
        voucher.unlink()
        self.assertFalse(voucher.exists())
