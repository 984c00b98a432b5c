from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_pool import PoolCommon


@tagged('post_install', '-at_install')
class TestPoolQuote(PoolCommon):
    """Several vendors are asked first; as alternatives of each other where Odoo's purchase agreements are installed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wholesaler, cls.newcomer = cls.env['res.partner'].create([{'name': "Grosir"}, {'name': "Baru"}])
        cls.seed = cls._create_product("Seed", {cls.vendor: {1: 20}})

    def _asked(self, vendors=None):
        """Return a closed pool that wants 60 of fertilizer and 30 of seed, and asked these vendors for prices."""
        pool = self._create_pool({self.fertilizer: {}, self.seed: {}})
        self._request(pool, {self.siti: 40, self.budi: 20}, product=self.fertilizer)
        self._request(pool, {self.siti: 30}, product=self.seed)
        pool.action_close()
        wizard = self.env['coop.pool.ask.vendors'].with_user(self.officer).create({'pool_id': pool.id})
        self.assertEqual((wizard.vendor_ids, wizard.line_ids), (self.vendor, pool.line_ids))
        wizard.vendor_ids = vendors or (self.vendor | self.wholesaler | self.newcomer)
        wizard.action_ask()
        return pool

    def _quote(self, pool, vendor, prices):
        """Type a vendor's prices ``{product: price}`` into its request."""
        quote = pool.quote_ids.filtered(lambda order: order.partner_id == vendor)
        for line in quote.order_line.filtered(lambda line: line.product_id in prices):
            line.with_user(self.officer).price_unit = prices[line.product_id]
        return quote

    def test_each_vendor_gets_a_request_with_one_line_per_product_and_no_price(self):
        pool = self._asked()
        self.assertEqual((pool.state, pool.quote_count, pool.purchase_order_count), ('closed', 3, 0))
        for quote in pool.quote_ids:
            self.assertEqual(
                [(line.product_id, line.product_qty, line.price_unit) for line in quote.order_line],
                [(self.fertilizer, 60, 0), (self.seed, 30, 0)],
            )
        with self.assertRefused("Nobody has quoted yet"):
            pool.action_take_best()
        with self.assertRefused("was asked already"):
            pool._ask_vendors(self.vendor, pool.line_ids)

    def test_the_best_quote_for_each_product_is_proposed_and_ordered(self):
        pool = self._asked()
        won = self._quote(pool, self.wholesaler, {self.fertilizer: 85, self.seed: 19})
        second = self._quote(pool, self.newcomer, {self.fertilizer: 88, self.seed: 15})
        lost = pool.quote_ids - won - second
        pool.with_user(self.officer).action_take_best()
        self.assertEqual(pool.state, 'closed', "nothing is confirmed")
        by_product = {line.product_id: line for line in pool.line_ids}
        self.assertEqual(by_product[self.fertilizer].vendor_id, self.wholesaler)
        self.assertEqual(by_product[self.seed].vendor_id, self.newcomer)
        # the vendor that has not answered yet is still compared by its price list: 60 x 90
        listed = by_product[self.fertilizer].offer_ids.filtered(lambda offer: offer.vendor_id == self.vendor)
        self.assertEqual([(offer.source, offer.amount_total) for offer in listed], [('price_list', 5_400)])
        pool.with_user(self.officer).action_order()
        self.assertEqual(pool.purchase_order_ids, won | second)
        self.assertEqual([(line.product_id, line.product_qty, line.price_unit) for line in won.order_line],
                         [(self.fertilizer, 60, 85)])
        self.assertEqual([(line.product_id, line.product_qty, line.price_unit) for line in second.order_line],
                         [(self.seed, 30, 15)])
        self._confirm(pool)
        self.assertEqual((won.state, second.state, lost.state), ('purchase', 'purchase', 'cancel'))
        self._receive(won.picking_ids, 60)
        self.assertEqual(by_product[self.fertilizer].quantity_received, 60)

    def _confirm(self, pool):
        """Confirm the orders of a pool; where requests are alternatives, cancel the others as Odoo asks."""
        for order in pool.purchase_order_ids:
            action = order.button_confirm()
            if pool._has_alternatives() and isinstance(action, dict) and order.state != 'purchase':
                self.env[action['res_model']].with_context(**action['context']).create({}).action_cancel_alternatives()

    def test_quote_takes_the_place_of_the_vendors_price_list(self):
        pool = self._asked()
        self._quote(pool, self.vendor, {self.fertilizer: 95})
        pool.action_take_best()
        line = pool.line_ids[0]
        self.assertEqual((line.offer_id.source, line.amount_expected), ('quote', 5_700))

    def test_price_list_and_quote_of_one_vendor_make_one_order(self):
        pool = self._asked(self.vendor)
        quote = self._quote(pool, self.vendor, {self.fertilizer: 70})
        pool.action_take_best()
        # seed was not quoted: its price list counts, and both go to the one vendor
        self.assertEqual([line.offer_id.source for line in pool.line_ids], ['quote', 'price_list'])
        pool.action_order()
        self.assertEqual(pool.purchase_order_ids, quote)
        self.assertEqual([(line.product_id, line.price_subtotal) for line in quote.order_line],
                         [(self.fertilizer, 4_200), (self.seed, 600)])

    def test_quoted_price_holds_for_the_quantity_that_is_ordered(self):
        pool = self._asked()
        quote = self._quote(pool, self.wholesaler, {self.fertilizer: 85})
        quote.order_line[0].product_qty = 50
        pool.action_take_best()
        pool.action_order()
        self.assertEqual((quote.order_line[0].product_qty, quote.order_line[0].price_subtotal), (60, 5_100))

    def test_quote_for_more_than_is_asked_for_is_not_taken_by_itself(self):
        pool = self._asked()
        quote = self._quote(pool, self.wholesaler, {self.fertilizer: 20})
        quote.order_line[0].product_qty = 100
        pool.action_take_best()
        line = pool.line_ids[0]
        # 60 x 90 = 5,400 are ordered; 100 x 20 = 2,000 are advised, with 40 for the stock
        self.assertEqual((line.vendor_id, line.quantity), (self.vendor, 60))
        self.assertEqual((line.advised_offer_id.vendor_id, line.advised_quantity, line.advised_saving),
                         (self.wholesaler, 100, 3_400))
        with self.assertRefused("ask the chair or the board"):
            line.with_user(self.officer).action_take_advice()
        line.with_user(self.manager).action_take_advice()
        pool.action_order()
        self.assertEqual(quote.order_line[0].price_subtotal, 2_000)

    def test_request_for_prices_is_not_confirmed_past_the_pool(self):
        pool = self._asked()
        quote = self._quote(pool, self.wholesaler, {self.fertilizer: 85})
        with self.assertRefused("Choose this vendor there, and order from the pool"):
            quote.button_confirm()

    def test_nobody_makes_an_order_a_quote_of_a_pool(self):
        pool = self._asked()
        with self.assertRefused("Only a pooled purchase itself", AccessError):
            self.env['purchase.order'].with_user(self.officer).create({
                'partner_id': self.vendor.id, 'coop_quote_pool_id': pool.id,
            })
        order = self.env['purchase.order'].with_user(self.officer).with_context(
            default_coop_quote_pool_id=pool.id,
        ).create({'partner_id': self.vendor.id})
        self.assertFalse(order.coop_quote_pool_id)

    def test_product_without_price_list_is_closed_once_it_is_quoted(self):
        hoe = self._create_product("Hoe", {})
        pool = self._create_pool({hoe: {}})
        self._request(pool, {self.siti: 2})
        with self.assertRefused("Hoe has no vendor with a price"):
            pool.action_close()
        pool._ask_vendors(self.newcomer, pool.line_ids)
        self._quote(pool, self.newcomer, {hoe: 50_000})
        pool.action_close()
        self.assertEqual((pool.line_ids.vendor_id, pool.line_ids.amount_expected), (self.newcomer, 100_000))
        orders = self._order_closed(pool)
        self._receive(orders.picking_ids, 2)
        self.assertEqual(self._shares(pool), [2])

    def _order_closed(self, pool):
        pool.action_order()
        self._confirm(pool)
        return pool.purchase_order_ids

    def test_member_alone_would_pay_a_price_list_and_the_quoted_price_where_there_is_none(self):
        pool = self._asked()
        self._quote(pool, self.newcomer, {self.fertilizer: 80})
        pool.action_take_best()
        self._order_closed(pool)
        # Toko Tani sells 40 to anybody, at 100; the quote is for the sum
        self.assertEqual(
            pool.line_ids[0]._get_alone_values(40), {'amount_alone': 4_000, 'is_alone_estimated': False},
        )
        self.fertilizer.seller_ids.unlink()
        self.assertEqual(pool.line_ids[0]._get_alone_values(40), {'amount_alone': 3_200, 'is_alone_estimated': True})

    def test_requests_that_nobody_won_are_cancelled(self):
        pool = self._asked()
        pool.action_order()  # by the price lists, nobody has quoted
        self.assertEqual(set(pool.quote_ids.mapped('state')), {'cancel'})
        self.assertIn("Another vendor was chosen", "".join(pool.quote_ids[0].message_ids.mapped('body')))

    def test_cancelling_the_pool_cancels_what_was_asked(self):
        pool = self._asked()
        pool._cancel_with_reason("Prices fell")
        self.assertEqual(set(pool.quote_ids.mapped('state')), {'cancel'})

    def test_vendors_are_not_asked_once_it_is_ordered(self):
        pool = self._asked()
        pool.action_order()
        with self.assertRefused("while requests come in or before the order"):
            pool.action_ask_vendors()
