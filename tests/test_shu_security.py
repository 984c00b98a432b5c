from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_shu import ShuCommon


@tagged('post_install', '-at_install')
class TestShuSecurity(ShuCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_rule(('reserve', 60), ('capital', 40))
        cls.siti = cls._create_registered("Siti", '001', 300_000)
        cls.budi = cls._create_registered("Budi", '002', 100_000)

    def test_payout_into_savings_takes_no_journal(self):
        allocation = self._post(1_000_000)
        with self.assertRefused("leave the cash or bank journal empty", ValidationError):
            self._draft_payout(allocation, 'savings', self.cashier, journal_id=self.cash_journal.id)
        draft = self._draft_payout(allocation, 'savings', self.cashier)
        self.assertFalse(draft.journal_id)
        with self.assertRefused("leave the cash or bank journal empty", ValidationError):
            draft.journal_id = self.cash_journal

    def test_only_the_accountant_posts_a_payout_into_savings(self):
        allocation = self._post(1_000_000)
        self._line(allocation, self.siti).payout_method = 'savings'
        draft = self._fill_payout(allocation, 'savings', self.cashier)
        for user in (self.cashier, self.officer):
            with self.assertRefused("Only the accountant posts or cancels"):
                draft.with_user(user).action_post()
        draft.with_user(self.accountant).action_post()
        self.assertEqual((draft.state, draft.amount_total), ('posted', 300_000))
        with self.assertRefused("Only the accountant posts or cancels"):
            draft._cancel_with_reason("Wrong choice")

    def test_payout_is_made_from_a_cash_or_bank_journal_only(self):
        allocation = self._post(1_000_000)
        self.miscellaneous.coop_cashier_ids = self.cashier
        with self.assertRefused("through a cash or bank journal only", ValidationError):
            self._draft_payout(allocation, user=self.cashier, journal_id=self.miscellaneous.id)

    def test_choosing_savings_in_the_form_empties_the_journal(self):
        allocation = self._post(1_000_000)
        form = Form(self.env['coop.payout'].with_user(self.cashier).with_context(
            default_shu_allocation_id=allocation.id,
        ))
        self.assertEqual(form.journal_id, self.cash_journal)
        form.way = 'savings'
        self.assertFalse(form.save().journal_id)

    def test_line_is_moved_neither_into_nor_out_of_a_posted_payout(self):
        allocation = self._post(1_000_000)
        posted = self._fill_payout(allocation, membership_ids=self.siti.ids)
        posted.action_post()
        draft = self._fill_payout(allocation, membership_ids=self.budi.ids)
        with self.assertRefused("posted and is not changed"):
            draft.line_ids.payout_id = posted
        with self.assertRefused("posted and is not changed"):
            posted.line_ids.payout_id = draft
        self.assertEqual((posted.amount_total, draft.amount_total), (300_000, 100_000))

    def test_surplus_is_not_computed_before_the_period_is_over(self):
        allocation = self._create_allocation(1_000_000)
        for day in ('2024-06-30', '2024-12-31'):
            with freeze_time(f'{day} 05:00:00'), self.assertRefused("can be computed from 01/01/2025 on"):
                allocation.with_user(self.accountant).action_compute()
        self.assertEqual(allocation.state, 'draft')
        with freeze_time('2025-01-01 05:00:00'):
            allocation.with_user(self.accountant).action_compute()
        self.assertEqual(allocation.state, 'computed')
