from odoo import Command
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_payout import PayoutCommon
from odoo.addons.producer_cooperative.tests.common_pool import PoolCommon


def _set_limit(env, company, kind, amount=0.0, is_required=True):
    limit = env['coop.approval.limit'].create({
        'company_id': company.id, 'kind': kind, 'amount': amount, 'is_required': is_required, 'reason': "Test",
    })
    limit._update_state('confirmed', confirmed_on=limit.create_date)
    return limit


@tagged('post_install', '-at_install')
class TestApprovalOfPayouts(PayoutCommon):
    """Siti is owed Rp 9,045 and Budi Rp 18,090; above Rp 10,000 two people pay."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        _set_limit(cls.env, cls.company, 'payout', 10_000)
        cls.other_accountant = cls._create_role_user('accountant_2', 'producer_cooperative.group_coop_accountant')

    def test_who_filled_a_large_payout_does_not_post_it(self):
        payout = self._fill(user=self.accountant)  # 9,000 + 18,000 in coins of Rp 100
        self.assertEqual(payout.amount_total, 27_000)
        with self.assertRefused("You wrote Draft Payout, 2 members yourself"):
            payout.action_post()
        payout.with_user(self.other_accountant).action_post()
        self.assertEqual((payout.state, payout.posted_alone), ('posted', False))

    def test_small_payouts_of_one_day_add_up(self):
        first = self._draft(user=self.accountant)
        first.line_ids = [self._line_values(self.of_budi, 9_000)]
        first.action_post()
        self.assertTrue(first.posted_alone)
        second = self._draft(user=self.accountant)
        second.line_ids = [self._line_values(self.of_budi, 2_000)]
        with self.assertRefused("two people are needed"):
            second.action_post()

    def test_other_bank_account_after_the_approval_needs_another_one(self):
        first = self._open_account(self.budi, "1111111111")
        other = self._open_account(self.budi, "2222222222")
        payout = self._fill(journal=self.bank_journal, user=self.accountant, membership_ids=self.budi.ids)
        payout.line_ids.partner_bank_id = first
        payout.action_ask_approval()
        payout.with_user(self.manager).action_give_approval()
        payout.line_ids.partner_bank_id = other
        with self.assertRefused("two people are needed"):
            payout.action_post()
        payout.line_ids.partner_bank_id = first
        payout.action_post()
        self.assertEqual(payout.state, 'posted')


@tagged('post_install', '-at_install')
class TestApprovalOfConsents(PayoutCommon):
    """Who noted a consent to set-off does not set off by it alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chair_and_treasurer = cls._create_role_user(
            'both', 'producer_cooperative.group_coop_accountant,producer_cooperative.group_coop_manager',
        )
        cls.ani = cls._create_member("Ani")
        cls.agreement_of_ani = cls.env['coop.consignment.agreement'].with_user(cls.chair_and_treasurer).create({
            'membership_id': cls.ani.id, 'term_ids': [Command.create({
                'date_from': '2020-01-01', 'commission_rate': 10, 'set_off_rate': 50,
                'set_off_consent_date': '2026-01-05', 'set_off_consent_ref': "Folder 3",
            })],
        })
        cls.debt = cls.env['account.move'].create({
            'move_type': 'out_invoice', 'partner_id': cls.ani.partner_id.id, 'invoice_date': '2026-01-10',
            'invoice_line_ids': [Command.create({'name': "Seeds", 'price_unit': 3_000, 'tax_ids': []})],
        })
        cls.debt.action_post()
        cls._sold(cls.ani, 1_000)

    def test_noter_of_the_consent_does_not_post_the_set_off(self):
        settlement = self._compute(self.ani).with_user(self.chair_and_treasurer)
        self.assertEqual(settlement.amount_set_off, 3_000)
        with self.assertRefused("You wrote consent to set-off of Ani|You wrote consent to set-off of .*Ani"):
            settlement.action_post()
        settlement.with_user(self.accountant).action_post()
        self.assertEqual(settlement.state, 'posted')

    def test_approved_consent_is_used_by_who_noted_it(self):
        term = self.agreement_of_ani.term_ids
        term.action_ask_approval()
        self.assertEqual(term.approval_status, 'waiting')
        term.with_user(self.manager).action_give_approval()
        settlement = self._compute(self.ani).with_user(self.chair_and_treasurer)
        settlement.action_post()
        self.assertEqual(settlement.state, 'posted')

    def test_small_set_off_is_for_one_person_where_the_limit_says_so(self):
        _set_limit(self.env, self.company, 'set_off_consent', 3_000)
        settlement = self._compute(self.ani).with_user(self.chair_and_treasurer)
        settlement.action_post()
        self.assertEqual(settlement.state, 'posted')


@tagged('post_install', '-at_install')
class TestApprovalOfShares(PoolCommon):
    """Siti and Budi ask for 60 and 40 of fertilizer at Rp 80; 50 came, so 30 and 20 by the rule."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        _set_limit(cls.env, cls.company, 'pool_allocation', 500)
        cls.pool = cls._create_pool()
        cls._request(cls.pool, {cls.siti: 60, cls.budi: 40})
        orders = cls._order(cls.pool)
        cls._receive(orders.picking_ids, 50)
        cls.of_siti = cls.pool.allocation_ids.filtered(lambda share: share.membership_id == cls.siti)

    def _change(self, quantity, user):
        self.of_siti.with_user(user).write({'quantity': quantity, 'manual_reason': "Asked for less"})

    def test_who_changed_a_share_does_not_hand_out_by_it(self):
        self._change(20, self.officer)  # 10 less, at Rp 80: Rp 800
        with self.assertRefused("You changed what .*Siti gets of Fertilizer by hand"):
            self.pool.with_user(self.officer).action_distribute()
        self.pool.with_user(self.manager).action_distribute()
        self.assertEqual(self.pool.state, 'distributed')

    def test_approved_share_is_handed_out_by_who_changed_it(self):
        self._change(20, self.officer)
        share = self.of_siti.with_user(self.officer)
        self.assertEqual(share.approval_status, 'needed')
        share.action_ask_approval()
        share.with_user(self.manager).action_give_approval()
        self.assertEqual(share.approval_status, 'approved')
        self.pool.with_user(self.officer).action_distribute()
        self.assertEqual(self.pool.state, 'distributed')

    def test_other_quantity_after_the_approval_needs_another_one(self):
        self._change(20, self.officer)
        share = self.of_siti.with_user(self.officer)
        share.action_ask_approval()
        share.with_user(self.manager).action_give_approval()
        self._change(10, self.officer)
        with self.assertRefused("You changed what"):
            self.pool.with_user(self.officer).action_distribute()

    def test_small_change_and_the_rule_itself_need_nobody(self):
        self._change(25, self.officer)  # 5 less, at Rp 80: Rp 400
        self.pool.with_user(self.officer).action_distribute()
        self.assertEqual(self.pool.state, 'distributed')

    def test_share_that_is_reset_is_nobodys(self):
        self._change(20, self.officer)
        self.of_siti.with_user(self.officer).action_reset()
        self.assertFalse(self.of_siti.sudo().prepared_by_ids)
        self.pool.with_user(self.officer).action_distribute()
        self.assertEqual(self.pool.state, 'distributed')
