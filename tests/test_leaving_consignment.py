from odoo import Command
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_consignment import ConsignmentCommon


@tagged('post_install', '-at_install')
class TestLeavingConsignment(ConsignmentCommon):
    """Leaving with goods in the warehouse, and what they bring afterwards."""

    def _leave(self, **values):
        leaving = self.env['coop.leaving'].create({'membership_id': self.siti.id, 'reason': 'resigned', **values})
        leaving.with_user(self.manager).action_approve()
        leaving.with_user(self.accountant).action_post()
        return leaving

    def test_leaving_with_goods_in_stock_warns_and_is_allowed(self):
        self._bring(self.siti, 40)
        leaving = self.env['coop.leaving'].create({'membership_id': self.siti.id, 'reason': 'resigned'})
        self.assertTrue(leaving.has_goods)
        goods = leaving.goods_line_ids
        self.assertEqual((goods.product_id, goods.quantity, goods.uom_id), (self.rice, 40, self.rice.uom_id))
        leaving.with_user(self.manager).action_approve()
        leaving.with_user(self.accountant).action_post()
        self.assertEqual(self.siti.state, 'left')

    def test_proceeds_of_goods_sold_later_stay_payable_to_the_member(self):
        self._sold(self.siti, 10)
        leaving = self._leave()
        settlement = self._settle(self.siti)
        # 10 at 10.00 less 10 % commission
        self.assertEqual(settlement.amount_payable, 90)
        self.assertEqual(leaving.amount_open, 110_000)

    def test_savings_are_not_withheld_from_who_has_left(self):
        self.agreement.term_ids.write({'savings_type_id': self.voluntary.id, 'savings_rate': 20})
        self._sold(self.siti, 10)
        self._leave()
        settlement = self._settle(self.siti)
        self.assertEqual((settlement.amount_withheld, settlement.amount_payable), (0, 90))

    def test_proceeds_that_come_later_are_handed_over_to_the_heirs(self):
        self._sold(self.siti, 10)
        heirs = self.env['res.partner'].create([{'name': "Ani"}, {'name': "Bayu"}])
        leaving = self._leave(reason='deceased', heir_ids=[
            (0, 0, {'partner_id': heir.id, 'share': '1/2'}) for heir in heirs
        ])
        before = leaving._get_entries()
        settlement = self._settle(self.siti)
        leaving.with_user(self.accountant).action_hand_over()
        former = self._account('former_member')
        self.assertEntry(leaving._get_entries() - before, [
            (self.proceeds, self.siti.partner_id, 90), (former, heirs[0], -45), (former, heirs[1], -45),
        ])
        self.assertEqual(settlement.amount_open, 0)
        self.assertEqual(leaving.amount_due, 110_090)

    def test_nobody_leaves_while_goods_on_a_slip_are_awaited(self):
        slip = self.env['coop.consignment'].create({
            'membership_id': self.siti.id, 'line_ids': [Command.create({'product_id': self.rice.id, 'gross': 50})],
        })
        slip.action_confirm()
        leaving = self.env['coop.leaving'].create({'membership_id': self.siti.id, 'reason': 'resigned'})
        self.assertIn(slip.name, leaving.coming_line_ids.name)
        with self.assertRefused(f"Goods of .*Siti.* on {slip.name} are not received yet"):
            leaving.with_user(self.manager).action_approve()
        slip.picking_ids.button_validate()
        leaving.with_user(self.manager).action_approve()
        leaving.with_user(self.accountant).action_post()
        self.assertEqual(self.siti.state, 'left')

    def test_open_settlement_is_shown_before_the_approval(self):
        self._sold(self.siti, 10)
        self._compute(self.siti)
        leaving = self.env['coop.leaving'].create({'membership_id': self.siti.id, 'reason': 'moved'})
        self.assertEqual(leaving.coming_line_ids.mapped('amount'), [90])
        self.assertTrue(leaving.with_user(self.officer).coming_line_ids.name)
