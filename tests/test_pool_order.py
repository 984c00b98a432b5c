from odoo import Command
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_pool import PoolCommon


@tagged('post_install', '-at_install')
class TestPoolOrder(PoolCommon):

    def _create_sack(self, content):
        kilogram = self.env.ref('uom.product_uom_kgm')
        return kilogram, self.env['uom.uom'].create({
            'name': f"Sack of {content} kg", 'relative_factor': content, 'relative_uom_id': kilogram.id,
        })

    def test_need_of_95_is_advised_to_order_100_for_8000(self):
        pool = self._create_pool()
        self._request(pool, {self.siti: 50, self.budi: 45})
        pool.action_close()
        line = pool.line_ids
        self.assertEqual((line.vendor_id, line.quantity, line.price_expected), (self.vendor, 95, 90))
        # 95 x 90 = 8,550; 100 x 80 = 8,000
        self.assertEqual((line.advised_quantity, line.advised_saving), (100, 550))
        self.assertIn("cooperative's stock", line.explanation)
        line.action_take_advice()
        pool.action_order()
        order_line = pool.purchase_order_ids.order_line
        self.assertEqual((order_line.product_qty, order_line.price_unit, order_line.price_subtotal), (100, 80, 8_000))

    def test_tolerance_that_covers_the_next_step_is_used(self):
        pool = self._create_pool()
        self._request(pool, {self.siti: (50, 5), self.budi: 45})
        pool.action_close()
        line = pool.line_ids
        self.assertEqual((line.quantity, line.price_expected, line.advised_quantity), (100, 80, 0))
        self.assertIn("tolerance takes the excess", line.explanation)

    def test_need_of_88_is_ordered_as_it_is(self):
        pool = self._create_pool()
        self._request(pool, {self.siti: 88})
        pool.action_close()
        # 88 x 90 = 7,920 is less than 100 x 80
        self.assertEqual((pool.line_ids.quantity, pool.line_ids.advised_quantity), (88, 0))

    def test_cases_are_filled_by_tolerance(self):
        pool = self._create_pool({self.fertilizer: {'pack': 4}})
        self._request(pool, {self.siti: (3, 2), self.budi: (2, 2)})
        pool.action_close()
        self.assertEqual(pool.line_ids.quantity, 8)  # 5(4) -> 2 cases

    def test_every_vendor_is_asked_for_the_sum(self):
        # Odoo's own choice stops at the first vendor of the list
        cheap = self.env['res.partner'].create({'name': "Grosir"})
        seed = self._create_product("Seed", {self.vendor: {1: 100}, cheap: {1: 110, 60: 85}})
        pool = self._create_pool({seed: {}})
        self._request(pool, {self.siti: 40, self.budi: 30})
        pool.action_close()
        self.assertEqual((pool.line_ids.vendor_id, pool.line_ids.price_expected), (cheap, 85))
        self.assertIn("Toko Tani", pool.line_ids.explanation)

    def test_one_order_per_vendor_with_one_line_per_product(self):
        other = self.env['res.partner'].create({'name': "Grosir"})
        seed = self._create_product("Seed", {other: {1: 20}})
        lime = self._create_product("Lime", {self.vendor: {1: 7}})
        pool = self._create_pool({self.fertilizer: {}, seed: {}, lime: {}})
        for product in (self.fertilizer, seed, lime):
            self._request(pool, {self.siti: 3, self.budi: 4}, product=product)
        self._order(pool)
        orders = pool.purchase_order_ids.sorted('partner_id')
        self.assertEqual(orders.partner_id, self.vendor | other)
        for order, products in ((orders.filtered(lambda o: o.partner_id == self.vendor), self.fertilizer | lime),
                                (orders.filtered(lambda o: o.partner_id == other), seed)):
            self.assertEqual(order.order_line.product_id, products)
            self.assertEqual(order.order_line.mapped('product_qty'), [7.0] * len(products))
        self.assertEqual(pool.state, 'ordered')
        self.assertEqual(pool.purchase_order_count, 2)

    def test_vendor_that_sells_by_the_sack_gets_sacks(self):
        kilogram, sack = self._create_sack(50)
        urea = self._create_product("Urea", {}, uom_id=kilogram.id)
        urea.seller_ids = [Command.create({'partner_id': self.vendor.id, 'product_uom_id': sack.id, 'price': 400_000})]
        pool = self._create_pool({urea: {}})
        self.assertEqual(pool.line_ids.pack, 50)
        self._request(pool, {self.siti: 70, self.budi: (25, 5)})
        self._order(pool)
        line = pool.purchase_order_ids.order_line
        self.assertEqual((line.product_uom_id, line.product_qty, line.price_subtotal), (sack, 2, 800_000))
        self._receive(pool.purchase_order_ids.picking_ids, pool.purchase_order_ids.picking_ids.move_ids.product_uom_qty)
        self.assertEqual(pool.line_ids.quantity_received, 100)

    def test_sacks_that_are_not_full_are_refused(self):
        kilogram, sack = self._create_sack(30)
        urea = self._create_product("Urea", {}, uom_id=kilogram.id)
        urea.seller_ids = [Command.create({'partner_id': self.vendor.id, 'product_uom_id': sack.id, 'price': 400_000})]
        pool = self._create_pool({urea: {}})
        self._request(pool, {self.siti: 70})
        pool.action_close()
        self.assertEqual((pool.line_ids.quantity, pool.line_ids.offer_ids.quantity_unserved), (60, 10))
        pool.line_ids.quantity = 70
        with self.assertRefused("order whole Sack"):
            pool.action_order()

    def test_vendors_minimum_is_filled_by_tolerance_or_nothing_is_ordered(self):
        seed = self._create_product("Seed", {self.vendor: {20: 10}})
        pool = self._create_pool({seed: {}})
        self._request(pool, {self.siti: (15, 4)})
        self.assertEqual(pool.line_ids.missing_to_minimum, 1)
        pool.action_close()
        self.assertEqual(pool.line_ids.quantity, 0)
        self.assertIn("1.00", pool.line_ids.explanation)
        with self.assertRefused("nothing to order"):
            pool.action_order()
        pool.action_reopen()
        self._request(pool, {self.siti: (15, 5)})
        pool.action_close()
        self.assertEqual(pool.line_ids.quantity, 20)

    def test_empty_pool_is_not_closed(self):
        pool = self._create_pool()
        with self.assertRefused("Nobody has asked"):
            pool.action_close()
        self.assertEqual(pool.state, 'open')

    def test_pool_without_products_is_not_opened(self):
        pool = self.env['coop.pool'].create({'title': "Nothing"})
        with self.assertRefused("offers nothing"):
            pool.action_open()

    def test_product_without_vendor_is_not_closed(self):
        pool = self._create_pool({self._create_product("Hoe", {}): {}})
        self._request(pool, {self.siti: 2})
        with self.assertRefused("Hoe has no vendor with a price"):
            pool.action_close()

    def test_proposal_may_be_overruled_until_ordering(self):
        other = self.env['res.partner'].create({'name': "Grosir"})
        self.fertilizer.seller_ids = [Command.create({'partner_id': other.id, 'min_qty': 1, 'price': 95})]
        pool = self._create_pool()
        self._request(pool, {self.siti: 60})
        with self.assertRefused("decided between closing and ordering"):
            pool.line_ids.quantity = 50
        pool.action_close()
        line = pool.line_ids
        self.assertEqual(line.vendor_id, self.vendor)
        with self.assertRefused("Say why Fertilizer is not ordered as proposed"):
            line.with_user(self.officer).write({'vendor_id': other.id, 'quantity': 50})
        line.with_user(self.officer).write({
            'vendor_id': other.id, 'quantity': 50, 'overrule_reason': "Delivers to the village",
        })
        self.assertEqual((line.proposed_vendor_id, line.proposed_quantity), (self.vendor, 60))
        self.assertEqual((line.offer_id.vendor_id, line.offer_id.amount_total, line.is_overruled), (other, 4_750, True))
        self.assertIn("50.00 Units from Grosir instead of 60.00 from Toko Tani. Reason: Delivers to the village",
                      pool.message_ids[0].body)
        pool.with_user(self.officer).action_order()
        order_line = pool.purchase_order_ids.order_line
        self.assertEqual((order_line.partner_id, order_line.product_qty, order_line.price_unit), (other, 50, 95))
        with self.assertRefused("decided between closing and ordering"):
            line.quantity = 70

    def test_only_the_board_buys_for_the_own_stock(self):
        pool = self._create_pool()
        self._request(pool, {self.siti: (60, 5)})
        pool.action_close()
        line = pool.line_ids
        because = {'overrule_reason': "Seeds for the school garden"}
        line.with_user(self.officer).write({'quantity': 65, **because})
        with self.assertRefused("ask the chair or the board"):
            line.with_user(self.officer).write({'quantity': 66, **because})
        line.with_user(self.manager).write({'quantity': 66, **because})
        self.assertEqual(line.quantity, 66)

    def test_vendor_without_a_price_is_not_ordered_from(self):
        pool = self._create_pool()
        self._request(pool, {self.siti: 60})
        pool.action_close()
        pool.line_ids.vendor_id = self.env['res.partner'].create({'name': "Nobody"})
        with self.assertRefused("Nobody has no price for"):
            pool.action_order()

    def test_cancelling_cancels_the_requests_for_quotation(self):
        pool = self._create_pool()
        self._request(pool, {self.siti: 60})
        pool.action_close()
        pool.action_order()
        pool._cancel_with_reason("Prices fell")
        self.assertEqual((pool.state, pool.purchase_order_ids.state), ('cancelled', 'cancel'))

    def test_pool_with_a_confirmed_order_is_not_cancelled(self):
        pool = self._create_pool()
        self._request(pool, {self.siti: 60})
        self._order(pool)
        with self.assertRefused("is confirmed. Cancel that order"):
            pool._cancel_with_reason("Prices fell")
        pool.purchase_order_ids.button_cancel()
        pool._cancel_with_reason("Prices fell")
        self.assertEqual(pool.state, 'cancelled')
