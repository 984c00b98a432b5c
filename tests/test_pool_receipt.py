from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_pool import PoolCommon


@tagged('post_install', '-at_install')
class TestPoolReceipt(PoolCommon):

    def _ordered(self, wishes=None, **values):
        pool = self._create_pool(**values)
        self._request(pool, wishes or {self.siti: 30, self.budi: 20, self.ani: 10})
        self._order(pool)
        return pool

    def test_warehouse_receives_short_and_everybody_gets_a_fair_share(self):
        pool = self._ordered()
        self._receive(pool.purchase_order_ids.picking_ids, 50, user=self.warehouse_user)
        self.assertEqual(self._shares(pool), [25, 17, 8])
        self.assertEqual((pool.state, pool.receipt_status), ('received', 'full'))
        self.assertEqual((pool.line_ids.quantity_received, pool.line_ids.quantity_left), (50, 0))
        with self.assertRefused("", AccessError):
            pool.allocation_ids[0].with_user(self.warehouse_user).quantity = 30
        self.assertEqual(pool.allocation_ids.with_user(self.warehouse_user)[0].quantity, 25)

    def test_equal_shares(self):
        pool = self._ordered(allocation_rule='equal')
        self._receive(pool.purchase_order_ids.picking_ids, 50)
        self.assertEqual(self._shares(pool), [20, 20, 10])

    def test_changing_the_rule_shares_anew(self):
        pool = self._ordered()
        self._receive(pool.purchase_order_ids.picking_ids, 50)
        pool.allocation_rule = 'equal'
        self.assertEqual(self._shares(pool), [20, 20, 10])

    def test_first_come_first_served(self):
        # one case of 5: 17:00 A 2(3), 18:00 B 2(0), 19:00 A raises to 4(1) -> A 3, B 2
        pool = self._create_pool({self.fertilizer: {'pack': 5}}, allocation_rule='in_order')
        for hour, member, wish in ((17, self.siti, (2, 3)), (18, self.budi, 2), (19, self.siti, (4, 1))):
            with freeze_time(f'2026-11-01 {hour}:00:00'):
                self._request(pool, {member: wish})
        orders = self._order(pool)
        self.assertEqual(orders.order_line.product_qty, 5)
        self._receive(orders.picking_ids, 5)
        self.assertEqual(self._shares(pool), [3, 2])

    def test_partial_receipt_is_shared_out_and_more_is_awaited(self):
        pool = self._ordered()
        self._receive(pool.purchase_order_ids.picking_ids, 24, backorder=True)
        self.assertEqual((pool.state, pool.receipt_status), ('ordered', 'partial'))
        self.assertEqual(self._shares(pool), [12, 8, 4])
        with self.assertRefused("goods are still expected with .*/IN/"):
            pool.action_distribute()
        backorder = pool.purchase_order_ids.picking_ids.filtered(lambda picking: picking.state != 'done')
        self._receive(backorder, 26, user=self.warehouse_user)
        self.assertEqual((pool.state, pool.receipt_status), ('received', 'full'))
        self.assertEqual(self._shares(pool), [25, 17, 8])

    def test_cancelling_the_backorder_ends_the_waiting(self):
        pool = self._ordered()
        self._receive(pool.purchase_order_ids.picking_ids, 50, backorder=True)
        backorder = pool.purchase_order_ids.picking_ids.filtered(lambda picking: picking.state != 'done')
        backorder.with_user(self.warehouse_user).action_cancel()
        self.assertEqual(pool.state, 'received')
        self.assertEqual(self._shares(pool), [25, 17, 8])

    def test_more_than_ordered_goes_to_tolerance_then_to_stock(self):
        pool = self._ordered({self.siti: (30, 2), self.budi: (20, 1)})
        self._receive(pool.purchase_order_ids.picking_ids, 56)
        # 50 asked for, tolerance 3, 3 are left over
        self.assertEqual(self._shares(pool), [32, 21])
        self.assertEqual(pool.line_ids.quantity_left, 3)

    def test_goods_that_go_back_are_shared_out_no_more(self):
        pool = self._ordered()
        picking = self._receive(pool.purchase_order_ids.picking_ids, 60)
        self.assertEqual(self._shares(pool), [30, 20, 10])
        wizard = Form(self.env['stock.return.picking'].with_context(
            active_id=picking.id, active_ids=picking.ids, active_model='stock.picking',
        )).save()
        wizard.product_return_moves.quantity = 10
        back = wizard._create_return()
        self.assertEqual(self._shares(pool), [30, 20, 10], "nothing went back yet")
        self._receive(back, 10)
        self.assertEqual(pool.line_ids.quantity_received, 50)
        self.assertEqual(self._shares(pool), [25, 17, 8])
        self.assertEqual(pool.state, 'received')

    def test_share_changed_by_hand_stays_when_more_comes(self):
        pool = self._ordered()
        self._receive(pool.purchase_order_ids.picking_ids, 24, backorder=True)
        share = pool.allocation_ids.filtered(lambda share: share.membership_id == self.ani)
        share.with_user(self.officer).write({'quantity': 10, 'manual_reason': "Replants a flooded field"})
        backorder = pool.purchase_order_ids.picking_ids.filtered(lambda picking: picking.state != 'done')
        self._receive(backorder, 26)
        self.assertEqual((share.quantity_computed, share.quantity, share.is_manual), (8, 10, True))
        self.assertEqual(self._shares(pool), [25, 17, 10])
        with self.assertRefused("are given to members, and 50.00 came"):
            pool.action_distribute()
        share.with_user(self.officer).action_reset()
        self.assertEqual((share.quantity, share.is_manual), (8, False))

    def test_received_pool_without_goods_can_only_be_cancelled(self):
        pool = self._ordered()
        pool.purchase_order_ids.picking_ids.action_cancel()
        self.assertEqual(pool.state, 'received')
        with self.assertRefused("nothing to distribute"):
            pool.action_distribute()
        pool._cancel_with_reason("Prices fell")
        self.assertEqual(pool.state, 'cancelled')

    def test_pool_with_goods_is_not_cancelled(self):
        pool = self._ordered()
        self._receive(pool.purchase_order_ids.picking_ids, 50)
        with self.assertRefused("Fertilizer has come"):
            pool._cancel_with_reason("Prices fell")
