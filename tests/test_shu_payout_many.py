from odoo import Command
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_shu_payout import ShuPayoutCommon


@tagged('post_install', '-at_install')
class TestShuPayoutToMany(ShuPayoutCommon):
    """What the entry of a payout to thousands of members costs, and what it spares."""

    @classmethod
    def _create_distribution(cls, **values):
        """Return the analytic distribution of a model that applies where ``values`` do."""
        plan = cls.env['account.analytic.plan'].create({'name': "Villages"})
        account = cls.env['account.analytic.account'].create({'name': "Upper Village", 'plan_id': plan.id})
        distribution = {str(account.id): 100.0}
        cls.env['account.analytic.distribution.model'].create({'analytic_distribution': distribution, **values})
        return distribution

    def test_payout_costs_the_same_for_3_members_as_for_30(self):
        for number in range(3, 40):
            self._create_registered(f"Member {number}", f'{number:03d}', 100_000)
        self.allocation._cancel_with_reason("Again")
        allocation = self._post()
        everybody = allocation.member_line_ids.membership_id

        def count(members):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            payout = self._pay(allocation, membership_ids=[Command.set(members.ids)])
            self.env.flush_all()
            self.assertEqual(payout.member_count, len(members))
            return self.env.cr.sql_log_count - before

        count(everybody[:3])
        few = count(everybody[3:6])
        self.assertLessEqual(count(everybody[6:36]), few + 2)

    def test_member_with_an_analytic_model_keeps_it_on_the_payout(self):
        distribution = self._create_distribution(partner_id=self.siti.partner_id.id)
        items = self._pay(self.allocation).sudo().move_id.line_ids
        found = {item.partner_id.name: item.analytic_distribution for item in items}
        self.assertEqual(found, {"Siti": distribution, "Budi": False, False: False})
        self.assertEqual(sum(items.analytic_line_ids.mapped('amount')), -300_000)

    def test_analytic_distribution_of_a_posted_payout_is_followed_by_its_analytic_items(self):
        items = self._pay(self.allocation).sudo().move_id.line_ids
        self.assertFalse(items.analytic_line_ids)
        item = items.filtered(lambda item: item.partner_id == self.siti.partner_id)
        distribution = self._create_distribution()
        item.analytic_distribution = distribution
        self.assertEqual(item.analytic_line_ids.mapped('amount'), [-300_000])
        item.analytic_distribution = False
        self.assertFalse(item.analytic_line_ids)
