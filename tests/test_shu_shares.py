from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_shu_engine import ShuEngineCommon


@tagged('post_install', '-at_install')
class TestShuShareChoices(ShuEngineCommon):
    """What a rule may choose about the shares: what is shared, what comes first, where the rest goes."""

    def _share(self, allocation, kind):
        return allocation.share_ids.filtered(lambda share: share.kind == kind)

    def test_business_with_others_goes_to_the_reserve_where_only_members_surplus_is_shared(self):
        self.rule.surplus_base = 'members'
        allocation = self._create_allocation(1_000_000)
        with patch.object(type(allocation), '_get_surplus_of_members', lambda allocation: 600_000):
            allocation.with_user(self.accountant).action_compute()
        # of 600,000: 240,000 + 120,000 + 180,000 + 60,000; and 400,000 of the others
        self.assertEqual(self._shares(allocation), [640_000, 120_000, 180_000, 60_000])
        self.assertEqual(self._share(allocation, 'reserve').others_amount, 400_000)

    def test_members_surplus_above_the_whole_is_shared_as_far_as_it_reaches(self):
        self.rule.surplus_base = 'members'
        allocation = self._create_allocation(1_000_000)
        with patch.object(type(allocation), '_get_surplus_of_members', lambda allocation: 1_500_000):
            allocation.with_user(self.accountant).action_compute()
        self.assertEqual(self._shares(allocation), [400_000, 200_000, 300_000, 100_000])

    def test_loss_of_business_with_members_leaves_nothing_to_share(self):
        self.rule.surplus_base = 'members'
        allocation = self._create_allocation(1_000_000)
        with patch.object(type(allocation), '_get_surplus_of_members', lambda allocation: -200_000):
            allocation.with_user(self.accountant).action_compute()
        self.assertEqual(self._shares(allocation), [1_000_000, 0, 0, 0])
        self.assertEqual(set(self._parts(allocation).values()), {0})

    def test_earlier_loss_is_covered_before_anything_is_shared(self):
        loss = self._account('accumulated_loss')
        self._book('2023-12-31', [(loss, None, 300_000), (self.cash, None, -300_000)])
        allocation = self._post(1_000_000)
        self.assertEqual(
            [(share.kind, share.amount_booked) for share in allocation.share_ids],
            [('loss_cover', 300_000), ('reserve', 280_000), ('capital', 140_000), ('patronage', 210_000),
             ('fund', 70_000)],
        )
        self.assertEntry(allocation.meeting_move_ids, [
            (self.shu, None, 1_000_000), (loss, None, -300_000), (self.reserve, None, -280_000),
            (self._account('fund_social'), None, -70_000),
            # 140,000 × 3/4 + 210,000 × 6/10 and 140,000 / 4 + 210,000 × 4/10
            (self.payable, self.siti.partner_id, -231_000), (self.payable, self.budi.partner_id, -119_000),
        ])
        self.assertEqual(self._balance(loss), 0)

    def test_surplus_below_the_earlier_loss_goes_there_whole(self):
        loss = self._account('accumulated_loss')
        self._book('2023-12-31', [(loss, None, 3_000_000), (self.cash, None, -3_000_000)])
        allocation = self._post(1_000_000)
        self.assertEqual(self._shares(allocation), [1_000_000, 0, 0, 0, 0])
        self.assertEqual(self._balance(loss), 2_000_000)

    def test_earlier_loss_stays_where_the_rule_does_not_cover_it(self):
        self.rule.cover_loss_first = False
        loss = self._account('accumulated_loss')
        self._book('2023-12-31', [(loss, None, 300_000), (self.cash, None, -300_000)])
        self._post(1_000_000)
        self.assertEqual(self._balance(loss), 300_000)

    def test_earlier_loss_that_was_covered_since_is_not_covered_again(self):
        loss = self._account('accumulated_loss')
        self._book('2023-12-31', [(loss, None, 300_000), (self.cash, None, -300_000)])
        allocation = self._approve(self._compute(1_000_000))
        self._book('2025-01-10', [(loss, None, -1), (self.cash, None, 1)])
        with self.assertRefused("holds .*299,999.*less than"):
            allocation.with_user(self.accountant).action_post()

    def test_what_falls_on_others_goes_to_the_reserve_where_the_whole_cooperative_divides(self):
        self.rule.share_ids[2].denominator_base = 'cooperative'
        buyer = self.env['coop.membership'].create({'partner_id': self.env['res.partner'].create({'name': "Umum"}).id})
        self._invoice(buyer, 3_000_000)
        allocation = self._post(1_000_000)
        # 300,000 × 600,000 / 4,000,000 and × 400,000 / 4,000,000; three quarters fall on others
        self.assertEqual([line.patronage_amount for line in allocation.member_line_ids], [45_000, 30_000])
        self.assertEqual(allocation.share_ids[2].denominator, 4_000_000)
        self.assertEqual(allocation.share_ids[2].others_amount, -225_000)
        self.assertEqual(self._shares(allocation), [625_000, 200_000, 75_000, 100_000])
        self.assertEqual(self._balance(self.reserve), -625_000)
        self.assertEqual(self._balance(self.shu), 0)

    def test_shu_below_the_smallest_payout_goes_to_the_reserve_where_the_rule_says_so(self):
        self.rule.write({'minimum_amount': 200_000, 'minimum_treatment': 'reserve'})
        allocation = self._post(1_000_000)
        self.assertEqual(self._parts(allocation), {"Siti": 330_000, "Budi": 0})
        self.assertEqual(self._line(allocation, self.budi).amount_forgone, 170_000)
        # Budi's 50,000 by capital and 120,000 by purchases
        self.assertEqual(allocation.share_ids.mapped('forgone_amount'), [170_000, -50_000, -120_000, 0])
        self.assertEqual(self._shares(allocation), [570_000, 150_000, 180_000, 100_000])
        self.assertEqual(self._balance(self.payable, self.budi.partner_id), 0)
        self.assertEqual(self._balance(self.shu), 0)

    def test_shu_below_the_smallest_payout_stays_owed_otherwise(self):
        self.rule.write({'minimum_amount': 200_000, 'minimum_treatment': 'owed'})
        allocation = self._post(1_000_000)
        self.assertEqual(self._parts(allocation), {"Siti": 330_000, "Budi": 170_000})
        self.assertEqual(self._balance(self.payable, self.budi.partner_id), -170_000)

    def test_shu_of_exactly_the_smallest_payout_is_owed(self):
        self.rule.write({'minimum_amount': 170_000, 'minimum_treatment': 'reserve'})
        self.assertEqual(self._parts(self._compute(1_000_000)), {"Siti": 330_000, "Budi": 170_000})

    def test_remainder_goes_to_the_share_that_the_rule_names(self):
        self.rule.write({'rounding_unit': 1_000, 'remainder_to': 'share', 'share_ids': [
            Command.update(self.rule.share_ids[3].id, {'takes_remainder': True}),
        ]})
        allocation = self._compute(1_000_123)
        self.assertEqual(allocation.share_ids.mapped('rounding_amount'), [0, 0, 0, 123])
        self.assertEqual(self._shares(allocation), [400_000, 200_000, 300_000, 100_123])

    def test_capital_by_days_of_membership_counts_a_leavers_last_balance(self):
        self.rule.leavers = 'prorata'
        self.budi.sudo().write({'state': 'left', 'date_left': '2024-07-01', 'leave_reason': 'resigned'})
        self._book('2024-07-01', [
            (self.mandatory.account_id, self.budi.partner_id, 100_000), (self.cash, None, -100_000),
        ])
        allocation = self._compute(1_000_000)
        # 182 of 366 days: 100,000 × 182 / 366 = 49,726.78
        self.assertEqual(self._line(allocation, self.budi).part_ids[0].numerator, 49_726.78)
        self.assertEqual(self._line(allocation, self.siti).part_ids[0].numerator, 300_000)
