from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from odoo.addons.producer_cooperative.tests.common_pool import PoolCommon


@tagged('post_install', '-at_install')
class TestPoolLots(PoolCommon):
    """Tracked goods are shared out lot by lot, the oldest first, and handed out so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.serum = cls._create_product("Serum", {cls.vendor: {1: 100}}, tracking='lot')

    def _ordered(self, wishes=None, product=None, **values):
        pool = self._create_pool({product or self.serum: {}}, **values)
        self._request(pool, wishes or {self.siti: 30, self.budi: 20, self.ani: 10})
        self._order(pool)
        return pool

    def _lots(self, pool):
        """Return what each member gets of which lot."""
        return [
            (share.membership_id.partner_id.name, share.lot_id.name, share.quantity)
            for share in pool.allocation_ids.lot_ids.sorted(lambda share: (share.membership_id.number, share.lot_id.id))
        ]

    def _left(self, pool):
        """Return what is left over of each lot."""
        received = pool.line_ids._get_received()[pool.line_ids]
        by_lot = pool.allocation_ids.lot_ids.grouped('lot_id')
        return {
            lot.name: held - sum(share.quantity for share in by_lot.get(lot, ())) for lot, held in received.items()
        }

    def test_members_are_served_from_the_oldest_lot_by_member_number(self):
        pool = self._ordered()
        self._receive_lots(pool.purchase_order_ids.picking_ids, {'L1': 35, 'L2': 25}, user=self.warehouse_user)
        self.assertEqual(self._lots(pool), [
            ("Siti", 'L1', 30), ("Budi", 'L1', 5), ("Budi", 'L2', 15), ("Ani", 'L2', 10),
        ])
        self.assertEqual(pool.allocation_ids.with_user(self.warehouse_user)[1].lots_text, "L1: 5.00, L2: 15.00")

    def test_whoever_took_everything_back_queues_up_anew_for_lots(self):
        pool = self._create_pool({self.serum: {}}, allocation_rule='in_order')
        self._request(pool, {self.siti: 3})
        self._request(pool, {self.budi: 3})
        request = pool.request_ids.filtered(lambda request: request.membership_id == self.siti)
        request.quantity = 0
        request.quantity = 3
        self._receive_lots(self._order(pool).picking_ids, {'L1': 3, 'L2': 3})
        self.assertEqual(self._lots(pool), [("Siti", 'L2', 3), ("Budi", 'L1', 3)])

    def test_lots_follow_every_delivery_and_every_change(self):
        pool = self._ordered()
        self._receive_lots(pool.purchase_order_ids.picking_ids, {'L1': 24}, backorder=True)
        self.assertEqual(self._lots(pool), [("Siti", 'L1', 12), ("Budi", 'L1', 8), ("Ani", 'L1', 4)])
        backorder = pool.purchase_order_ids.picking_ids.filtered(lambda picking: picking.state != 'done')
        self._receive_lots(backorder, {'L1': 6, 'L2': 32})
        # 62 came for 60: 30 of L1, 32 of L2
        self.assertEqual(self._lots(pool), [("Siti", 'L1', 30), ("Budi", 'L2', 20), ("Ani", 'L2', 10)])
        self.assertEqual(self._left(pool), {'L1': 0, 'L2': 2})
        siti = pool.allocation_ids.filtered(lambda share: share.membership_id == self.siti)
        siti.with_user(self.officer).write({'quantity': 28, 'manual_reason': "Has no room"})
        self.assertEqual(self._lots(pool), [
            ("Siti", 'L1', 28), ("Budi", 'L1', 2), ("Budi", 'L2', 18), ("Ani", 'L2', 10),
        ])
        self.assertEqual(self._left(pool), {'L1': 0, 'L2': 4})

    def test_who_asked_first_gets_the_oldest_lot_under_that_rule(self):
        pool = self._create_pool({self.serum: {}}, allocation_rule='in_order')
        for hour, member in ((8, self.ani), (9, self.siti)):
            with freeze_time(f'2026-11-01 {hour}:00:00'):
                self._request(pool, {member: 10})
        self._receive_lots(self._order(pool).picking_ids, {'L1': 12, 'L2': 8})
        self.assertEqual(self._lots(pool), [("Siti", 'L1', 2), ("Siti", 'L2', 8), ("Ani", 'L1', 10)])

    def test_members_are_handed_the_lots_that_were_shared_out_to_them(self):
        pool = self._create_pool({self.serum: {}}, allocation_rule='in_order')
        for hour, member in ((8, self.ani), (9, self.siti)):
            with freeze_time(f'2026-11-01 {hour}:00:00'):
                self._request(pool, {member: 10})
        self._receive_lots(self._order(pool).picking_ids, {'L1': 12, 'L2': 8})
        pool.action_distribute()
        handed_out = {
            order.partner_id.name: {
                line.lot_id.name: line.quantity for line in order.picking_ids.move_line_ids
            } for order in pool.sale_order_ids
        }
        self.assertEqual(handed_out, {"Siti": {'L1': 2, 'L2': 8}, "Ani": {'L1': 10}})
        self.assertEqual(set(pool.sale_order_ids.picking_ids.mapped('state')), {'assigned'})

    def test_serial_numbers_are_shared_out_one_each(self):
        sprayer = self._create_product("Sprayer", {self.vendor: {1: 500}}, tracking='serial')
        pool = self._ordered({self.siti: 2, self.budi: 1}, product=sprayer)
        self._receive_lots(pool.purchase_order_ids.picking_ids, {'S1': 1, 'S2': 1})
        self.assertEqual(self._lots(pool), [("Siti", 'S1', 1), ("Budi", 'S2', 1)])

    def test_serial_numbers_are_handed_out_whole(self):
        sprayer = self._create_product("Sprayer", {self.vendor: {1: 500}}, tracking='serial')
        with self.assertRefused("Sprayer has serial numbers", ValidationError):
            self._create_pool({sprayer: {'step': 0.5}})

    def test_goods_that_are_not_tracked_have_no_lots(self):
        pool = self._ordered(product=self.fertilizer)
        self._receive(pool.purchase_order_ids.picking_ids, 60)
        self.assertFalse(pool.allocation_ids.lot_ids)
