from odoo import Command
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_fund import FundCommon


@tagged('post_install', '-at_install')
class TestShuFundSource(FundCommon):
    """Which accounts are funds, and who is paid an SHU's share from one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.school = cls._account('fund_social').copy({'code': '28149999', 'name': "Dana Sekolah"})

    # === FIXTURES === #

    @classmethod
    def _school_fund(cls):
        return cls.env['coop.fund'].with_context(active_test=False).search([('account_id', '=', cls.school.id)])

    def _give_to_school(self):
        """Let the rule give the social share to a fund on an account of its own; return the share."""
        share = self.rule.share_ids.filtered(lambda share: share.fund == 'social')
        share.write({'fund': False, 'name': "School", 'account_id': self.school.id})
        return share

    def _take_from_school(self):
        """Return a plain entry that takes more from the account than stands on it."""
        return self._book('2025-03-01', [(self.school, None, 5_000), (self.cash, None, -5_000)])

    # === FUNDS THERE ARE === #

    def test_account_that_only_a_rule_names_becomes_a_fund_when_the_meeting_decides(self):
        self._give_to_school()
        self.assertFalse(self._school_fund())
        allocation = self._compute(1_000_000)
        self.assertFalse(self._school_fund())
        self._approve(allocation)
        fund = self._school_fund()
        self.assertEqual((fund.kind, fund.name), ('other', "Dana Sekolah"))
        allocation.with_user(self.accountant).action_post()
        self.assertEqual(fund.balance, 100_000)

    def test_wrong_account_on_a_rule_holds_nothing_up(self):
        share = self._give_to_school()
        self._take_from_school()
        share.account_id = self._account('fund_social')
        self._take_from_school()
        self.assertEqual(self._balance(self.school), 10_000)

    def test_fund_goes_with_its_last_share_unless_it_was_spent_from(self):
        share = self._give_to_school()
        allocation = self._post(1_000_000)
        fund = self._school_fund()
        with self.assertRefused("would hold .*never spent below zero"):
            self._book('2025-03-01', [(self.school, None, 100_001), (self.cash, None, -100_001)])
        allocation.with_user(self.accountant)._cancel_with_reason("Wrong rule")
        self.assertTrue(fund.exists())
        share.account_id = self._account('fund_social')
        self.assertFalse(fund.exists())
        self._take_from_school()
        self._book('2025-03-01', [(self.cash, None, 5_000), (self.school, None, -5_000)])
        # Once more, and spent from: whoever was paid stays in its books.
        share.account_id = self.school
        again = self._post()
        fund = self._school_fund()
        spending = self._spend(fund, (None, "Books", 1_000))
        spending.with_user(self.accountant)._cancel_with_reason("Not paid")
        again.with_user(self.accountant)._cancel_with_reason("Wrong rule")
        share.account_id = self._account('fund_social')
        self.assertTrue(fund.exists())

    def test_update_takes_away_funds_that_no_rule_and_no_purpose_makes(self):
        self.env['coop.fund']._ensure(self.company, {self.school: 'other'})
        self.env['coop.fund']._ensure_all()
        self.assertFalse(self._school_fund())
        self.assertEqual(self.env['coop.fund'].search_count([('company_id', '=', self.company.id)]), 5)

    def test_archived_fund_holds_nothing_up_unless_it_was_used(self):
        self.env['coop.fund']._ensure(self.company, {self.school: 'other'})
        fund = self._school_fund()
        with self.assertRefused("never spent below zero"):
            self._take_from_school()
        fund.with_user(self.accountant).active = False
        self._take_from_school()

    def test_archived_fund_that_a_rule_fills_is_shown_again(self):
        self.social.with_user(self.accountant).active = False
        self._approve(self._compute(1_000_000))
        self.assertTrue(self.social.active)

    def test_account_that_is_no_purposes_any_more_is_no_fund(self):
        fund = self._find_fund('fund_area')
        mapping = self.env['coop.company.account'].search([
            ('company_id', '=', self.company.id), ('key', '=', 'fund_area'),
        ])
        mapping.account_id = self.school
        self.assertFalse(fund.exists())
        self.assertEqual(self._school_fund().kind, 'area')

    # === PERSONS === #

    def test_share_of_an_shu_is_paid_to_the_persons_of_the_rule_only(self):
        allocation = self._post(1_000_000)
        for partner in (self.siti.partner_id, None):
            spending = self._draft_spending(self.board, (partner, "Work", 50_000), allocation_id=allocation.id)
            with self.assertRefused(
                "Work” goes to nobody who shares Board Fund .* those are Pak Ketua, Bu Sekretaris, Pak Bendahara",
            ):
                spending.with_user(self.accountant).action_post()
        self.assertEqual(spending.state, 'draft')
        spending.allocation_id = False
        spending.with_user(self.accountant).action_post()
        self.assertEqual(spending.state, 'posted')

    def test_share_without_persons_is_paid_as_the_lines_say(self):
        allocation = self._post(1_000_000)
        spending = self._spend(self.social, (self.siti.partner_id, "Flood", 60_000), allocation_id=allocation.id)
        self.assertEqual((spending.state, spending.allocation_id), ('posted', allocation))
        with self.assertRefused("never spent below zero"):
            self._spend(self.social, (self.siti.partner_id, "Flood", 40_001), allocation_id=allocation.id)

    def test_rule_may_name_persons_after_the_allocation_was_cancelled(self):
        allocation = self._post(1_000_000)
        allocation.with_user(self.accountant)._cancel_with_reason("Persons are missing")
        share = self.rule.share_ids.filtered(lambda share: share.fund == 'social')
        share.person_ids = [Command.create({'partner_id': self.chair.id, 'role': "Chair", 'percent': 100})]
        allocation = self._post()
        spending = self._draft_spending(self.social, allocation_id=allocation.id)
        spending.action_share_out()
        self.assertEqual(spending.line_ids.mapped('amount'), [100_000])
