from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_counter import CounterCommon


@tagged('post_install', '-at_install')
class TestCounterApproval(CounterCommon):
    """Above Rp 10,000 two people pay at the counter. Siti is owed Rp 9,045, Budi Rp 18,090; both saved Rp 70,000."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_limit('payout', 10_000)
        cls._set_limit('withdrawal', 10_000)
        cls.other_cashier = cls._create_role_user('cashier_2', 'producer_cooperative.group_coop_cashier')
        cls.cash_journal.coop_cashier_ids |= cls.other_cashier
        for member in (cls.siti, cls.budi):
            cls._save(member, {cls.voluntary: 70_000}, date=cls.today)

    def _post(self, receipt, user=None):
        receipt.with_user(user or self.cashier).action_post()

    # === SOMEBODY ELSE POSTS === #

    def test_small_receipt_is_posted_by_who_wrote_it(self):
        receipt = self._serve(self.siti)
        self.assertEqual((receipt.state, receipt.posted_alone), ('posted', True))
        self.assertTrue(receipt.payout_ids.posted_alone)

    def test_who_wrote_a_large_payout_does_not_post_it(self):
        receipt = self._draft_receipt(self.budi)
        self.assertEqual(receipt.with_user(self.cashier).approval_status, 'needed')
        with self.assertRefused("You wrote .*Above .*10,000.*, two people are needed.*press “Ask for Approval”"):
            self._post(receipt)
        self.assertFalse(receipt.payout_ids)
        self._post(receipt, self.other_cashier)
        self.assertEqual((receipt.state, receipt.posted_alone, receipt.poster_id), (
            'posted', False, self.other_cashier,
        ))
        payout = receipt.payout_ids
        self.assertEqual((payout.state, payout.posted_alone, payout.prepared_by_ids), ('posted', False, self.cashier))
        self.assertFalse(payout.approval_ids)

    def test_large_withdrawal_is_for_two_people(self):
        receipt = self._draft_receipt(self.siti, {'withdrawal': 20_000})
        with self.assertRefused("two people are needed"):
            self._post(receipt)
        self._post(receipt, self.other_cashier)
        self.assertEqual((receipt.voucher_ids.state, receipt.voucher_ids.prepared_by_ids), ('posted', self.cashier))

    def test_large_savings_and_invoices_paid_in_need_one_person(self):
        self._owe(self.siti, 60_000)
        receipt = self._serve(self.siti, {'invoice': 60_000, ('savings', self.voluntary): 90_000})
        self.assertEqual((receipt.state, receipt.posted_alone), ('posted', False))

    # === APPROVAL === #

    def test_approval_is_asked_once_and_the_writer_posts(self):
        receipt = self._draft_receipt(self.budi, {'payable': 18_000, 'withdrawal': 20_000})
        mine = receipt.with_user(self.cashier)
        mine.action_ask_approval()
        self.assertEqual(mine.approval_status, 'waiting')
        approval = receipt.approval_ids
        self.assertEqual((approval.kind, approval.amount, len(approval)), ('payout', 18_000, 1))
        self.assertIn(self.manager, approval.sudo().activity_ids.user_id)
        self.assertNotIn(self.cashier, approval.sudo().activity_ids.user_id)
        with self.assertRefused("two people are needed"):
            self._post(receipt)
        receipt.with_user(self.manager).action_give_approval()
        self.assertFalse(approval.sudo().activity_ids)
        self.assertEqual(mine.approval_status, 'approved')
        self._post(receipt)
        self.assertEqual((receipt.state, receipt.posted_alone), ('posted', False))
        self.assertEqual((receipt.payout_ids.posted_alone, receipt.voucher_ids.posted_alone), (False, False))
        self.assertEqual(self.env['coop.approval'].search_count([('company_id', '=', self.company.id)]), 1)

    def test_other_amount_after_the_approval_needs_another_one(self):
        receipt = self._draft_receipt(self.budi, {'withdrawal': 20_000})
        receipt.with_user(self.cashier).action_ask_approval()
        receipt.with_user(self.manager).action_give_approval()
        line = self._line(receipt, 'withdrawal')
        line.with_user(self.cashier).amount = 30_000
        with self.assertRefused("two people are needed"):
            self._post(receipt)
        line.with_user(self.cashier).amount = 20_000
        self._post(receipt)
        self.assertEqual(receipt.amount_out, 20_000)

    def test_cashier_and_member_approve_nothing_of_their_own(self):
        receipt = self._draft_receipt(self.budi)
        receipt.with_user(self.cashier).action_ask_approval()
        with self.assertRefused("You may not approve"):
            receipt.with_user(self.cashier).action_give_approval()
        self.manager.partner_id = self.budi.partner_id
        with self.assertRefused("about you yourself"):
            receipt.with_user(self.manager).action_give_approval()

    def test_small_receipt_needs_nobodys_approval(self):
        receipt = self._draft_receipt(self.siti)
        with self.assertRefused("needs nobody's approval"):
            receipt.with_user(self.cashier).action_ask_approval()

    # === NO WAY ROUND === #

    def test_several_receipts_of_one_day_add_up(self):
        self._serve(self.siti, {'withdrawal': 8_000})
        with self.assertRefused("two people are needed"):
            self._serve(self.siti, {'withdrawal': 3_000})
        self._serve(self.siti, {'withdrawal': 2_000})
        self._serve(self.budi, {'payable': 9_000})
        with self.assertRefused("two people are needed"):
            self._serve(self.budi, {'payable': 3_000})

    def test_slips_of_the_rooms_and_receipts_add_up(self):
        self._serve(self.siti, {'withdrawal': 8_000})
        slip = self.env['coop.savings.voucher'].with_user(self.cashier).create({
            'direction': 'out', 'date': self.today, 'journal_id': self.cash_journal.id,
            'line_ids': [Command.create({
                'membership_id': self.siti.id, 'type_id': self.voluntary.id, 'amount': 3_000,
            })],
        })
        with self.assertRefused("two people are needed"):
            slip.action_post()
        slip.line_ids.amount = 2_000
        slip.action_post()
        with self.assertRefused("two people are needed"):
            self._serve(self.siti, {'withdrawal': 1_000})

    def test_line_taken_off_makes_who_took_it_off_a_writer(self):
        receipt = self._draft_receipt(self.budi)
        self._line(receipt, 'savings')[:1].with_user(self.other_cashier).unlink()
        with self.assertRefused("two people are needed"):
            self._post(receipt, self.other_cashier)

    def test_nobody_notes_the_writers_or_the_receipt_of_a_slip(self):
        receipt = self._draft_receipt(self.budi)
        with self.assertRefused("only through the document's own buttons", AccessError):
            receipt.with_user(self.cashier).prepared_by_ids = self.manager
        slip = self.env['coop.savings.voucher'].with_user(self.cashier).create({'direction': 'out'})
        with self.assertRefused("only through the document's own buttons", AccessError):
            slip.counter_receipt_id = receipt

    # === CONSENT TO SET-OFF === #

    def test_consent_noted_on_the_receipt_is_for_two_people(self):
        self._set_limit('set_off_consent')
        self._set_limit('payout', 5_000_000)
        self._owe(self.budi, 10_000)
        receipt = self._draft_receipt(self.budi, set_off=True, consent_signed=True)
        with self.assertRefused("Two people are needed for this"):
            self._post(receipt)
        receipt.with_user(self.cashier).action_ask_approval()
        self.assertEqual(receipt.approval_ids.kind, 'set_off_consent')
        receipt.with_user(self.manager).action_give_approval()
        self._post(receipt)
        self.assertEqual(receipt.amount_set_off, 10_000)
