from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.producer_cooperative.tests.common_pool import PoolCommon


@tagged('post_install', '-at_install')
class TestPoolVendor(PoolCommon):
    """Vendors are compared for the sum of all requests, and Odoo's order comes to what was proposed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wholesaler = cls.env['res.partner'].create({'name': "Grosir"})
        cls.dollar = cls.env.ref('base.USD')
        cls.dollar.active = True
        cls.kilogram = cls.env.ref('uom.product_uom_kgm')

    def _create_sack(self, content):
        return self.env['uom.uom'].create({
            'name': f"Sack of {content} kg", 'relative_factor': content, 'relative_uom_id': self.kilogram.id,
        })

    def _add_price(self, product, vendor, price, **values):
        product.seller_ids = [Command.create({'partner_id': vendor.id, 'price': price, **values})]

    def _set_rate(self, date, rupiah):
        self.env['res.currency.rate'].create({
            'name': date, 'currency_id': self.dollar.id, 'company_id': self.company.id,
            'inverse_company_rate': rupiah,
        })

    def _close(self, product, wishes, line=None, **values):
        pool = self._create_pool({product: line or {}}, **values)
        self._request(pool, wishes)
        pool.action_close()
        return pool

    def _assert_ordered_as_proposed(self, pool):
        """Order, and assert that every order line came to the chosen offer; return the order lines."""
        pool.action_order()
        for line in pool.line_ids.filtered('quantity'):
            order_line = line._get_purchase_lines()
            self.assertEqual(len(order_line), 1)
            self.assertEqual(order_line.selected_seller_id, line.offer_id.seller_id)
            amount = order_line.currency_id._convert(
                order_line.price_subtotal, self.rupiah, self.company, order_line.date_order,
            )
            self.assertEqual(amount, line.offer_id.amount_total)
            self.assertEqual(line.amount_expected, line.offer_id.amount_total)
        return pool.purchase_order_ids.order_line

    # === CASES AND PRICE STEPS, ON REAL DOCUMENTS === #

    def test_cases_of_four_on_real_orders(self):
        product = self._create_product("Jar", {self.vendor: {1: 10}})
        cases = [(0, 2, 0), (0, 5, 0), (2, 2, 1), (4, 2, 1), (4, 4, 1), (5, 3, 2), (5, 4, 2)]
        for quantity, tolerance, packs in cases:
            with self.subTest(quantity=quantity, tolerance=tolerance):
                # somebody asks for another product: a round with tolerances only is empty
                pool = self._create_pool({product: {'pack': 4}, self.fertilizer: {}})
                self._request(pool, {self.siti: (quantity, tolerance)}, product)
                self._request(pool, {self.budi: 1}, self.fertilizer)
                pool.action_close()
                self.assertEqual(pool.line_ids[0].quantity, packs * 4)
                ordered = self._assert_ordered_as_proposed(pool).filtered(lambda line: line.product_id == product)
                self.assertEqual(sum(ordered.mapped('product_qty')), packs * 4)

    def test_round_with_tolerances_only_is_empty(self):
        pool = self._create_pool()
        self._request(pool, {self.siti: (0, 5)})
        with self.assertRefused("Nobody has asked for anything"):
            pool.action_close()

    def test_seven_packs_of_one_point_three(self):
        product = self._create_product("Spice", {self.vendor: {0: 10}}, uom_id=self.kilogram.id)
        pool = self._close(product, {self.siti: 5.2, self.budi: 3.9}, {'pack': 1.3, 'step': 0.1})
        # 9.1 are 7 packs of 1.3; a float division gives 6
        self.assertEqual((pool.line_ids.cases, pool.line_ids.quantity), (7, 9.1))
        self.assertEqual(self._assert_ordered_as_proposed(pool).product_qty, 9.1)

    def test_price_steps_on_real_orders(self):
        # 1 → 100, 50 → 90, 100 → 80: (need, ordered, price, advised)
        for need, price, advised in ((49, 100, 50), (88, 90, 0), (89, 90, 100), (95, 90, 100), (100, 80, 0)):
            with self.subTest(need=need):
                pool = self._close(self.fertilizer, {self.siti: need})
                line = pool.line_ids
                self.assertEqual((line.quantity, line.price_expected, line.advised_quantity), (need, price, advised))
                order_line = self._assert_ordered_as_proposed(pool)
                self.assertEqual((order_line.product_qty, order_line.price_unit), (need, price))

    def test_advice_taken_is_ordered_at_its_price(self):
        pool = self._close(self.fertilizer, {self.siti: 95})
        pool.line_ids.with_user(self.manager).action_take_advice()
        self.assertEqual(pool.line_ids.offer_id.quantity_excess, 5)
        # 100 x 80 = 8,000, and 95 x 90 = 8,550
        self.assertEqual(self._assert_ordered_as_proposed(pool).price_subtotal, 8_000)
        self.assertIn("Costs less in all", pool.message_ids.filtered('body')[0].body)

    def test_advice_may_be_another_vendors(self):
        seed = self._create_product("Seed", {self.vendor: {1: 100}, self.wholesaler: {100: 80}})
        pool = self._close(seed, {self.siti: 95})
        line = pool.line_ids
        # 95 x 100 = 9,500 from one, 100 x 80 = 8,000 from the other, who sells no fewer
        self.assertEqual((line.vendor_id, line.advised_offer_id.vendor_id, line.advised_saving),
                         (self.vendor, self.wholesaler, 1_500))
        line.action_take_advice()
        self.assertEqual((line.vendor_id, line.quantity), (self.wholesaler, 100))
        self._assert_ordered_as_proposed(pool)

    # === COMPARING VENDORS === #

    def test_every_offer_is_kept_with_the_reason_why_it_was_not_chosen(self):
        late, far = self.env['res.partner'].create([{'name': "Besok"}, {'name': "Jauh"}])
        seed = self._create_product("Seed", {self.vendor: {1: 100}, self.wholesaler: {1: 110, 60: 85}, far: {200: 50}})
        self._add_price(seed, late, 10, date_start='2999-01-01')
        pool = self._close(seed, {self.siti: 40, self.budi: 30})
        found = {
            offer.vendor_id: (offer.quantity, offer.amount_total, offer.is_chosen, offer.reason)
            for offer in pool.offer_ids if not offer.quantity_excess
        }
        # 70 x 85 = 5,950; 70 x 100 = 7,000
        self.assertEqual(found[self.wholesaler][:3], (70, 5_950, True))
        self.assertEqual(found[self.vendor][:3], (70, 7_000, False))
        self.assertIn("dearer in all", found[self.vendor][3])
        self.assertEqual(found[far][:3], (0, 0, False))
        self.assertIn("130.00 Units more must be asked for", found[far][3])
        self.assertEqual(found[late][:3], (0, 0, False))
        self.assertIn("hold from", found[late][3])
        self.assertEqual(pool.offer_ids[0].vendor_id, self.wholesaler, "the chosen one comes first")
        for name in ("Grosir", "Toko Tani", "Jauh", "Besok"):
            self.assertIn(name, pool.line_ids.explanation)

    def test_vendor_who_serves_all_is_preferred_to_a_cheaper_one_who_does_not(self):
        sack = self._create_sack(50)
        urea = self._create_product("Urea", {self.vendor: {1: 10}}, uom_id=self.kilogram.id)
        self._add_price(urea, self.wholesaler, 400, product_uom_id=sack.id)  # 8 per kg
        pool = self._close(urea, {self.siti: 95})
        line = pool.line_ids
        self.assertEqual((line.vendor_id, line.quantity), (self.vendor, 95))
        half = line.offer_ids.filtered(lambda offer: offer.vendor_id == self.wholesaler)
        self.assertEqual((half.quantity, half.quantity_unserved, half.amount_total), (50, 45, 400))
        self.assertIn("45.00 kg of what was asked for unserved", half.reason)
        pool = self._close(urea, {self.siti: (95, 5)})
        # two sacks are filled now: 800 against 950
        self.assertEqual((pool.line_ids.vendor_id, pool.line_ids.quantity), (self.wholesaler, 100))
        self.assertEqual(self._assert_ordered_as_proposed(pool).product_uom_id, sack)

    def test_vendors_in_several_units_are_compared_in_the_products_unit(self):
        small, large = self._create_sack(25), self._create_sack(40)
        urea = self._create_product("Urea", {}, uom_id=self.kilogram.id)
        self._add_price(urea, self.vendor, 240, product_uom_id=small.id)  # 9.60 per kg
        self._add_price(urea, self.wholesaler, 372, product_uom_id=large.id)  # 9.30 per kg
        pool = self._close(urea, {self.siti: 130, self.budi: 70})
        line = pool.line_ids
        self.assertEqual((line.vendor_id, line.quantity, line.amount_expected), (self.wholesaler, 200, 1_860))
        order_line = self._assert_ordered_as_proposed(pool)
        self.assertEqual((order_line.product_uom_id, order_line.product_qty, order_line.price_unit), (large, 5, 372))

    def test_price_steps_count_in_the_vendors_unit(self):
        sack = self._create_sack(50)
        urea = self._create_product("Urea", {}, uom_id=self.kilogram.id)
        self._add_price(urea, self.vendor, 500, product_uom_id=sack.id)
        self._add_price(urea, self.vendor, 450, product_uom_id=sack.id, min_qty=3)
        for need, sacks, price in ((100, 2, 500), (150, 3, 450)):
            with self.subTest(need=need):
                pool = self._close(urea, {self.siti: need})
                order_line = self._assert_ordered_as_proposed(pool)
                self.assertEqual((order_line.product_qty, order_line.price_unit), (sacks, price))

    def test_one_vendor_with_prices_by_the_kilogram_and_by_the_sack(self):
        sack = self._create_sack(50)
        urea = self._create_product("Urea", {self.vendor: {0: 10}}, uom_id=self.kilogram.id)
        self._add_price(urea, self.vendor, 400, product_uom_id=sack.id)
        for need, tolerance, unit, quantity in ((95, 0, self.kilogram, 95), (95, 5, sack, 2)):
            with self.subTest(need=need, tolerance=tolerance):
                pool = self._close(urea, {self.siti: (need, tolerance)})
                order_line = self._assert_ordered_as_proposed(pool)
                self.assertEqual((order_line.product_uom_id, order_line.product_qty), (unit, quantity))

    def test_goods_sold_by_the_ton_are_not_packed(self):
        urea = self._create_product("Urea", {}, uom_id=self.kilogram.id)
        self._add_price(urea, self.vendor, 8_000, product_uom_id=self.env.ref('uom.product_uom_ton').id)
        pool = self._close(urea, {self.siti: 900, self.budi: 650})
        order_line = self._assert_ordered_as_proposed(pool)
        self.assertEqual((order_line.product_qty, order_line.price_subtotal), (1.55, 12_400))

    def test_price_in_a_unit_of_another_kind_is_left_out(self):
        urea = self._create_product("Urea", {self.vendor: {1: 10}}, uom_id=self.kilogram.id)
        self._add_price(urea, self.wholesaler, 1, product_uom_id=self.env.ref('uom.product_uom_dozen').id)
        pool = self._close(urea, {self.siti: 5})
        self.assertEqual(pool.line_ids.vendor_id, self.vendor)
        self.assertIn("cannot be converted into kg", pool.offer_ids.filtered(
            lambda offer: offer.vendor_id == self.wholesaler,
        ).reason)

    def test_discount_is_taken_off(self):
        seed = self._create_product("Seed", {self.vendor: {1: 90}})
        self._add_price(seed, self.wholesaler, 100, discount=12.5)
        pool = self._close(seed, {self.siti: 8})
        # 100 less 12.5 % are 87.50; 8 of them 700 against 720
        self.assertEqual((pool.line_ids.vendor_id, pool.line_ids.amount_expected), (self.wholesaler, 700))
        order_line = self._assert_ordered_as_proposed(pool)
        self.assertEqual((order_line.price_unit, order_line.discount, order_line.price_subtotal), (100, 12.5, 700))

    # === CURRENCIES AND DATES === #

    def test_price_in_dollars_is_compared_at_the_rate_of_the_day_and_ordered_in_dollars(self):
        self._set_rate('2026-01-01', 16_000)
        seed = self._create_product("Seed", {self.vendor: {1: 17_000}})
        self._add_price(seed, self.wholesaler, 1.05, currency_id=self.dollar.id)
        pool = self._close(seed, {self.siti: 10})
        line = pool.line_ids
        # 1.05 x 16,000 = 16,800
        self.assertEqual((line.vendor_id, line.price_expected), (self.wholesaler, 16_800))
        self.assertEqual(line.amount_expected, 168_000)
        order_line = self._assert_ordered_as_proposed(pool)
        self.assertEqual((order_line.currency_id, order_line.price_unit, order_line.price_subtotal),
                         (self.dollar, 1.05, 10.5))

    def test_vendors_own_purchase_currency_is_that_of_the_order(self):
        self._set_rate('2026-01-01', 16_000)
        self.vendor.property_purchase_currency_id = self.dollar
        seed = self._create_product("Seed", {self.vendor: {1: 20_100}})
        pool = self._close(seed, {self.siti: 100})
        # 20,100 / 16,000 = 1.25625, which an order rounds to 1.26; 126 dollars are 2,016,000
        self.assertEqual((pool.line_ids.amount_expected, pool.offer_ids[0].vendor_price), (2_016_000, 1.26))
        self.assertEqual(self._assert_ordered_as_proposed(pool).price_subtotal, 126)

    def test_one_vendor_with_prices_in_two_currencies_gets_two_orders(self):
        self._set_rate('2026-01-01', 16_000)
        seed = self._create_product("Seed", {self.vendor: {1: 100}})
        lamp = self._create_product("Lamp", {})
        self._add_price(lamp, self.vendor, 3, currency_id=self.dollar.id)
        pool = self._create_pool({seed: {}, lamp: {}})
        for product in (seed, lamp):
            self._request(pool, {self.siti: 2}, product=product)
        pool.action_close()
        self._assert_ordered_as_proposed(pool)
        self.assertEqual(pool.purchase_order_ids.currency_id, self.rupiah | self.dollar)
        self.assertEqual(pool.purchase_order_ids.partner_id, self.vendor)

    def test_prices_and_rates_of_the_planned_day_of_the_order_count(self):
        self._set_rate('2026-01-01', 16_000)
        self._set_rate('2027-02-01', 15_000)
        seed = self._create_product("Seed", {self.vendor: {1: 100}})
        self._add_price(seed, self.wholesaler, 90, date_start='2027-01-01', date_end='2027-02-28')
        self._add_price(seed, self.vendor, 0.005, currency_id=self.dollar.id, date_start='2027-03-01')
        pool = self._close(seed, {self.siti: 10})
        self.assertEqual(pool.line_ids.vendor_id, self.vendor)
        pool = self._close(seed, {self.siti: 10}, date_order='2027-02-10')
        self.assertEqual((pool.line_ids.vendor_id, pool.line_ids.amount_expected), (self.wholesaler, 900))
        self._assert_ordered_as_proposed(pool)
        self.assertEqual(pool.purchase_order_ids.date_order.date(), fields.Date.to_date('2027-02-10'))

    @freeze_time('2026-11-02 20:30:00')  # 3 November, 3.30 in the morning in Jakarta
    def test_prices_of_the_users_day_hold_before_seven_in_the_morning(self):
        self.env.user.tz = 'Asia/Jakarta'
        seed = self._create_product("Seed", {})
        self._add_price(seed, self.vendor, 100, date_end='2026-11-02')
        self._add_price(seed, self.vendor, 110, date_start='2026-11-03')
        pool = self._close(seed.with_context(tz='Asia/Jakarta'), {self.siti: 10})
        pool = pool.with_context(tz='Asia/Jakarta')
        self.assertEqual(pool.line_ids.price_expected, 110)
        self.assertEqual(self._assert_ordered_as_proposed(pool).price_unit, 110)

    def test_price_list_that_changed_after_the_closing_is_not_ordered_from(self):
        pool = self._close(self.fertilizer, {self.siti: 60})
        self.fertilizer.seller_ids.filtered(lambda seller: seller.min_qty == 50).price = 95
        with self.assertRefused("price list changed meanwhile. Propose again"):
            pool.action_order()
        pool.with_user(self.officer).action_propose_again()
        self.assertEqual(pool.line_ids.amount_expected, 5_700)
        self.assertEqual(self._assert_ordered_as_proposed(pool).price_unit, 95)

    def test_tax_included_in_the_vendors_price_is_no_cost_of_the_comparison(self):
        tax = self.env['account.tax'].create({
            'name': "VAT 10 included", 'amount': 10, 'type_tax_use': 'purchase',
            'price_include_override': 'tax_included',
        })
        seed = self._create_product("Seed", {self.vendor: {1: 110}}, supplier_taxes_id=[Command.set(tax.ids)])
        pool = self._close(seed, {self.siti: 7})
        self.assertEqual(pool.line_ids.amount_expected, 700)
        self._assert_ordered_as_proposed(pool)

    # === MINIMUM ORDER VALUE === #

    def test_vendors_minimum_order_value_is_warned_of(self):
        self.vendor.coop_minimum_order_value = 10_000
        pool = self._close(self.fertilizer, {self.siti: 60})
        # 60 x 90 = 5,400
        self.assertIn("Toko Tani delivers from", pool.with_user(self.officer).minimum_value_warning)
        self.assertIn("4,600", pool.minimum_value_warning)
        pool.action_order()
        self.assertEqual(pool.state, 'ordered')
        self.assertFalse(pool.minimum_value_warning)

    def test_pool_that_refuses_is_not_closed_below_the_vendors_minimum_order_value(self):
        self.vendor.coop_minimum_order_value = 10_000
        pool = self._create_pool(minimum_value_policy='refuse')
        self._request(pool, {self.siti: 60})
        with self.assertRefused("Toko Tani delivers from"):
            pool.with_user(self.officer).action_close()
        self.assertEqual(pool.state, 'open')
        self._request(pool, {self.budi: 70})
        pool.with_user(self.officer).action_close()  # 130 x 80 = 10,400
        pool.line_ids.quantity = 60
        with self.assertRefused("Toko Tani delivers from"):
            pool.with_user(self.officer).action_order()

    def test_minimum_order_value_counts_all_products_of_the_vendor(self):
        self.vendor.coop_minimum_order_value = 6_000
        lime = self._create_product("Lime", {self.vendor: {1: 10}})
        pool = self._create_pool({self.fertilizer: {}, lime: {}}, minimum_value_policy='refuse')
        self._request(pool, {self.siti: 60}, product=self.fertilizer)
        self._request(pool, {self.siti: 60}, product=lime)
        pool.action_close()  # 5,400 + 600
        self.assertFalse(pool.minimum_value_warning)

    # === OVERRULING === #

    def test_another_offer_is_chosen_with_a_reason(self):
        seed = self._create_product("Seed", {self.vendor: {1: 100}, self.wholesaler: {1: 95}})
        pool = self._close(seed, {self.siti: 10}).with_user(self.officer)
        offer = pool.offer_ids.filtered(lambda offer: offer.vendor_id == self.vendor)
        action = offer.action_choose()
        wizard = self.env['coop.pool.overrule'].with_user(self.officer).with_context(**action['context']).create({})
        with self.assertRefused("Say why Seed is not ordered as proposed"):
            wizard.action_overrule()
        wizard.reason = "Delivers three days earlier"
        wizard.action_overrule()
        line = pool.line_ids
        self.assertEqual((line.vendor_id, line.offer_id, line.overrule_reason),
                         (self.vendor, offer, "Delivers three days earlier"))
        self.assertEqual((offer.is_chosen, pool.offer_ids.filtered('is_chosen')), (True, offer))
        self.assertNotIn("100", pool.message_ids[0].body, "no amounts where everybody reads")
        self._assert_ordered_as_proposed(pool.with_user(self.env.user))

    def test_vendor_without_a_price_is_not_chosen(self):
        pool = self._close(self.fertilizer, {self.siti: 60})
        stranger = self.env['res.partner'].create({'name': "Saudara"})
        wizard = self.env['coop.pool.overrule'].with_user(self.officer).create({
            'line_id': pool.line_ids.id, 'vendor_id': stranger.id, 'quantity': 60, 'reason': "Is a relative",
        })
        with self.assertRefused("Saudara has no price for"):
            wizard.action_overrule()
        self.assertEqual((pool.line_ids.vendor_id, pool.line_ids.price_expected), (self.vendor, 90))
        # Nothing is ordered at no price: that is a choice of its own.
        wizard.quantity = 0
        wizard.action_overrule()
        self.assertEqual(pool.line_ids.quantity, 0)

    def test_offer_of_nothing_is_not_chosen(self):
        far = self.env['res.partner'].create({'name': "Jauh"})
        seed = self._create_product("Seed", {self.vendor: {1: 100}, far: {200: 50}})
        pool = self._close(seed, {self.siti: 10})
        with self.assertRefused("Jauh cannot deliver Seed: Nothing to order"):
            pool.offer_ids.filtered(lambda offer: offer.vendor_id == far and not offer.quantity).action_choose()

    def test_only_the_board_chooses_an_offer_that_fills_the_stock(self):
        pool = self._close(self.fertilizer, {self.siti: 95})
        wizard = self.env['coop.pool.overrule'].create({
            'line_id': pool.line_ids.id, 'vendor_id': self.vendor.id, 'quantity': 100, 'reason': "Cheaper in all",
        })
        with self.assertRefused("ask the chair or the board"):
            wizard.with_user(self.officer).action_overrule()
        wizard.with_user(self.manager).action_overrule()
        self.assertEqual(pool.line_ids.offer_id.amount_total, 8_000)

    def test_closing_again_drops_what_was_overruled(self):
        pool = self._close(self.fertilizer, {self.siti: 60})
        pool.line_ids.write({'quantity': 50, 'overrule_reason': "One has died"})
        pool.action_reopen()
        pool.action_close()
        self.assertEqual((pool.line_ids.quantity, pool.line_ids.overrule_reason, len(pool.offer_ids)), (60, False, 1))

    def test_nobody_writes_offers(self):
        pool = self._close(self.fertilizer, {self.siti: 60})
        from_officer = pool.offer_ids.with_user(self.manager)
        self.assertEqual(from_officer[0].amount_total, 5_400)
        self.assertEqual(pool.offer_ids.with_user(self.supervisor)[0].amount_total, 5_400)
        for operation in ('create', 'write', 'unlink'):
            self.assertFalse(from_officer.has_access(operation))
        member = new_test_user(self.env, login='siti', groups='base.group_portal')
        for user in (self.warehouse_user, member):
            self.assertFalse(pool.offer_ids.with_user(user).has_access('read'))
        with self.assertRefused("change only through", AccessError):
            pool.line_ids.with_user(self.manager).write({'offer_id': False})

    def test_offer_names_its_quantity_in_full(self):
        pool = self._create_pool()
        offer = self.env['coop.pool.offer'].new({
            'line_id': pool.line_ids.id, 'vendor_id': self.vendor.id, 'quantity': 1_234_567,
        })
        self.assertEqual(offer.display_name, "Toko Tani, 1,234,567.00 Units")
