from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_pool import PoolCommon


@tagged('post_install', '-at_install')
class TestPoolDistribution(PoolCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seed = cls._create_product("Seed", {cls.vendor: {1: 143}})
        cls.income = cls.seed._get_product_accounts()['income']

    def _seed_pool(self, **values):
        """Siti, Budi and Ani want 4, 2 and 1; 7 cost 143 each."""
        pool = self._create_pool({self.seed: {}}, **values)
        self._request(pool, {self.siti: 4, self.budi: 2, self.ani: 1})
        return pool

    def _received(self, quantity=7, **values):
        pool = self._seed_pool(**values)
        self._receive(self._order(pool).picking_ids, quantity)
        return pool

    def _invoices(self, pool):
        pool.action_create_invoices()
        pool.invoice_ids.invoice_date = '2026-11-02'
        return pool.invoice_ids

    def _charges(self, pool):
        return [
            (charge.goods_amount, charge.cost_amount, charge.rounding_amount, charge.amount_total)
            for charge in pool.charge_ids.sorted('membership_id')
        ]

    def test_charges_add_up_where_nothing_divides(self):
        pool = self._seed_pool(margin_percent=2.5, cost_ids=[Command.create({'name': "Freight", 'amount': 100})])
        self._run(pool, 7)
        # 143 x 1.025 = 146.575, down to 146. Cost 7 x 143 = 1,001, with margin 1,026.025 -> 1,026: margin 25.
        # 1,026 by 4:2:1 -> 586.29, 293.14, 146.57 -> 586, 293, 147, so 2, 1, 1 more than 146 each.
        # Freight by value: 57.14, 28.57, 14.29 -> 57, 29, 14.
        self.assertEqual(self._charges(pool), [(584, 57, 2, 643), (292, 29, 1, 322), (146, 14, 1, 161)])
        self.assertEqual(pool.line_ids.price_charged, 146)
        self.assertEqual(
            (pool.amount_goods, pool.amount_margin, pool.amount_costs, pool.amount_charged), (1_001, 25, 100, 1_126),
        )
        self.assertEqual(sum(pool.sale_order_ids.mapped('amount_total')), 1_126)

    def test_members_invoice_books_on_the_pooled_goods_receivable(self):
        term = self.env['account.payment.term'].create({
            'name': "After harvest",
            'line_ids': [Command.create({'value': 'percent', 'value_amount': 100, 'nb_days': 120})],
        })
        pool = self._seed_pool(
            margin_percent=2.5, payment_term_id=term.id, cost_ids=[Command.create({'name': "Freight", 'amount': 100})],
        )
        self._run(pool, 7)
        invoices = self._invoices(pool)
        invoices.with_user(self.accountant).action_post()
        invoice = invoices.filtered(lambda move: move.partner_id == self.siti.partner_id)
        self.assertEntry(invoice, [
            (self._account('member_receivable'), self.siti.partner_id, 643),
            (self.income, self.siti.partner_id, -584),
            (self.income, self.siti.partner_id, -59),
        ])
        self.assertEqual(str(invoice.invoice_date_due), '2027-03-02')
        self.assertEqual(invoice.coop_membership_id, self.siti)
        self.assertEqual(self._balance(self._account('member_receivable')), 1_126)

    def test_credit_note_books_on_the_same_receivable(self):
        pool = self._run(self._seed_pool(), 7)
        invoices = self._invoices(pool)
        invoices.action_post()
        invoices[0]._reverse_moves(cancel=True)
        self.assertEqual(self._balance(self._account('member_receivable'), invoices[0].partner_id), 0)
        self.assertEqual(self._balance(self._account('member_receivable')), 1_001 - invoices[0].amount_total)

    def test_ordinary_invoice_books_on_the_ordinary_receivable(self):
        order = self.env['sale.order'].create({
            'partner_id': self.siti.partner_id.id,
            'order_line': [Command.create({'product_id': self.seed.id, 'price_unit': 200})],
        })
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        self.assertEntry(invoice, [
            (self.siti.partner_id.property_account_receivable_id, self.siti.partner_id, 200),
            (self.income, self.siti.partner_id, -200),
        ])

    def test_bill_for_more_than_came_is_borne_by_what_came_where_the_vendor_gives_no_credit(self):
        # 24 ordered at 2.30, 23 arrive, the vendor gives no credit -> 2.40 each
        twine = self._create_product("Twine", {self.vendor: {1: 2.30}})
        pool = self._create_pool({twine: {}}, rounding_unit=0.01)
        self._request(pool, {self.siti: 10, self.budi: 8, self.ani: 6})
        order = self._order(pool)
        self._receive(order.picking_ids, 23)
        self._bill(order, quantity=24)
        with self.assertRefused("", AccessError):
            pool.with_user(self.officer).action_renounce_credit()
        pool.with_user(self.manager).action_renounce_credit()
        with self.assertRefused("nothing is billed beyond what came"):
            pool.with_user(self.manager).action_renounce_credit()
        pool.action_distribute()
        # 23 for 10, 8, 6: 9.58, 7.67, 5.75 -> 9, 8, 6
        self.assertEqual(pool.line_ids.price_charged, 2.40)
        self.assertEqual(self._charges(pool), [(21.6, 0, 0, 21.6), (19.2, 0, 0, 19.2), (14.4, 0, 0, 14.4)])
        self.assertEqual(pool.amount_charged, 55.2)

    def test_goods_that_did_not_come_are_not_charged_while_the_vendor_owes_them(self):
        twine = self._create_product("Twine", {self.vendor: {1: 2.30}})
        pool = self._create_pool({twine: {}}, rounding_unit=0.01)
        self._request(pool, {self.siti: 10, self.budi: 8, self.ani: 6})
        order = self._order(pool)
        self._receive(order.picking_ids, 23)
        self._bill(order, quantity=24)
        pool.action_distribute()
        # 23 x 2.30; the bag that did not come is the vendor's to credit
        self.assertEqual((pool.line_ids.price_charged, pool.amount_charged), (2.30, 52.90))

    def test_bill_counts_before_the_order(self):
        pool = self._seed_pool()
        order = self._order(pool)
        self._receive(order.picking_ids, 7)
        self._bill(order, price=150)
        pool.action_distribute()
        self.assertEqual((pool.line_ids.price_charged, pool.amount_charged, pool.amount_variance), (150, 1_050, 0))

    def test_bill_that_comes_later_shows_as_variance(self):
        pool = self._run(self._seed_pool(), 7)
        self.assertEqual((pool.amount_charged, pool.amount_variance), (1_001, 0))
        self._bill(pool.purchase_order_ids, price=150)
        self.assertEqual(pool.amount_variance, 49)

    def test_what_nobody_takes_stays_in_stock(self):
        pool = self._run(self._seed_pool(), 10)
        self.assertEqual((pool.line_ids.quantity_left, pool.amount_charged), (3, 1_001))
        for picking in pool.sale_order_ids.picking_ids:
            self._receive(picking, picking.move_ids.product_uom_qty, user=self.warehouse_user)
        self.assertEqual(self.seed.with_company(self.company).qty_available, 3)

    def test_half_kilograms_are_charged_in_whole_rupiah(self):
        kilogram = self.env.ref('uom.product_uom_kgm')
        bran = self._create_product("Bran", {self.vendor: {0: 333}}, uom_id=kilogram.id)
        pool = self._create_pool({bran: {'step': 0.5}})
        self._request(pool, {self.siti: 1.5, self.budi: 1})
        self._run(pool, 2.5)
        # 2.5 x 333 = 832.5 -> 833 by 1.5 : 1 -> 499.8, 333.2 -> 500, 333; goods 499.5 and 333
        self.assertEqual(self._charges(pool), [(499.5, 0, 0.5, 500), (333, 0, 0, 333)])

    def test_shared_costs_by_each_key(self):
        lime = self._create_product("Lime", {self.vendor: {1: 10}}, weight=50)
        for split, expected in (
            # value: Siti 4 x 143 = 572, Budi 100 of 672; quantity 4 and 10; weight 4 and 500; heads 1 and 1
            ('value', [851, 149]), ('quantity', [286, 714]), ('weight', [8, 992]), ('head', [500, 500]),
        ):
            pool = self._create_pool(
                {self.seed: {}, lime: {}},
                cost_ids=[Command.create({'name': "Freight", 'amount': 1_000, 'split': split})],
            )
            self._request(pool, {self.siti: 4}, product=self.seed)
            self._request(pool, {self.budi: 10}, product=lime)
            picking = self._order(pool).picking_ids
            self._receive(picking, picking.move_ids[0].product_uom_qty)
            pool.action_distribute()
            self.assertEqual(pool.charge_ids.sorted('membership_id').mapped('cost_amount'), expected, split)

    def test_cost_that_cannot_be_split_is_refused(self):
        self.seed.weight = 0
        pool = self._received(cost_ids=[Command.create({'name': "Freight", 'amount': 1_000, 'split': 'weight'})])
        with self.assertRefused("Seed has none. Enter its weight"):
            pool.action_distribute()

    def test_cost_is_a_multiple_of_the_rounding_unit(self):
        with self.assertRefused("cannot be shared in multiples", ValidationError):
            self._create_pool(cost_ids=[Command.create({'name': "Freight", 'amount': 99.5})])

    def test_saving_is_what_the_member_would_have_paid_alone(self):
        pool = self._create_pool(cost_ids=[Command.create({'name': "Freight", 'amount': 60, 'split': 'quantity'})])
        self._request(pool, {self.siti: 10, self.budi: 50})
        self._run(pool, 60)
        # 60 at 90. Siti alone: 10 x 100 = 1,000, paid 900 + 10; Budi alone 50 x 90 = 4,500, paid 4,500 + 50
        self.assertEqual(pool.charge_ids.sorted('membership_id').mapped('saving'), [90, -50])
        self.assertEqual(pool.amount_saving, 40)

    def test_saving_is_measured_by_a_price_that_one_member_could_get(self):
        retail = self.env['res.partner'].create({'name': "Toko Eceran"})
        lime = self._create_product("Lime", {self.vendor: {10: 96}, retail: {1: 101}})
        pool = self._create_pool({lime: {}})
        self._request(pool, {self.siti: 1, self.budi: 12})
        self._run(pool, 13)
        # 13 at 96; Siti alone gets one at the retail shop only, Budi 12 at the vendor's
        self.assertEqual(pool.line_ids.vendor_id, self.vendor)
        self.assertEqual(pool.charge_ids.sorted('membership_id').mapped('amount_alone'), [101, 12 * 96])
        self.assertEqual(pool.charge_ids.sorted('membership_id').mapped('saving'), [5, 0])
        self.assertEqual((pool.dearer_count, pool.allocation_ids.mapped('is_alone_estimated')), (0, [False, False]))

    def test_saving_is_marked_as_estimated_where_nobody_sells_so_little(self):
        lime = self._create_product("Lime", {self.vendor: {10: 96}})
        pool = self._create_pool({lime: {}})
        self._request(pool, {self.siti: 1, self.budi: 12})
        self._run(pool, 13)
        shares = pool.allocation_ids.sorted('membership_id')
        self.assertEqual(shares.mapped('amount_alone'), [96, 12 * 96])
        self.assertEqual(shares.mapped('is_alone_estimated'), [True, False])

    def test_vendor_of_sacks_sells_no_part_of_a_sack(self):
        retail = self.env['res.partner'].create({'name': "Toko Eceran"})
        lime = self._create_product("Lime", {self.vendor: {0: 1}, retail: {1: 101}})
        sack = self.env['uom.uom'].create({
            'name': "Sack of 10", 'relative_factor': 10, 'relative_uom_id': lime.uom_id.id,
        })
        lime.seller_ids.filtered(lambda seller: seller.partner_id == self.vendor).write({
            'product_uom_id': sack.id, 'price': 900,
        })
        line = self._create_pool({lime: {}}).line_ids
        self.assertEqual(line._get_alone_values(3), {'amount_alone': 303, 'is_alone_estimated': False})
        self.assertEqual(line._get_alone_values(20), {'amount_alone': 1_800, 'is_alone_estimated': False})

    def test_tax_is_added_to_the_charge(self):
        tax = self.env['account.tax'].create({'name': "VAT 11", 'amount': 11, 'type_tax_use': 'sale'})
        purchase_tax = self.env['account.tax'].create({'name': "VAT 11 in", 'amount': 11, 'type_tax_use': 'purchase'})
        self.seed.write({'taxes_id': [Command.set(tax.ids)], 'supplier_taxes_id': [Command.set(purchase_tax.ids)]})
        pool = self._run(self._seed_pool(cost_ids=[Command.create({'name': "Freight", 'amount': 99})]), 7)
        order = pool.sale_order_ids.filtered(lambda order: order.partner_id == self.ani.partner_id)
        # 143 + 14 (freight 99 by 4:2:1 = 56.57, 28.29, 14.14 -> 57, 28, 14) = 157, VAT 17.27
        self.assertEqual((pool.purchase_order_ids.amount_tax, pool.line_ids.price_charged), (110.11, 143))
        self.assertEqual((order.amount_untaxed, order.amount_total), (157, 174.27))
        self.assertEqual(pool.amount_charged, 1_100)

    def test_tax_that_is_included_in_the_price_is_refused(self):
        tax = self.env['account.tax'].create({
            'name': "VAT included", 'amount': 11, 'type_tax_use': 'sale', 'price_include_override': 'tax_included',
        })
        self.seed.taxes_id = tax
        pool = self._received()
        with self.assertRefused("The prices of a pool are before tax"):
            pool.action_distribute()

    def test_distribution_waits_for_the_goods(self):
        pool = self._seed_pool()
        with self.assertRefused("is not closed yet. Close it first"):
            pool.action_distribute()
        self._order(pool)
        with self.assertRefused("goods are still expected with .*/IN/.* Validate that receipt first"):
            pool.action_distribute()
        self.assertFalse(pool.sale_order_ids)

    def test_second_distribution_is_refused(self):
        pool = self._run(self._seed_pool(), 7)
        with self.assertRefused("was distributed already: see the members' orders"):
            pool.action_distribute()
        self.assertEqual(len(pool.sale_order_ids), 3)

    def test_charge_is_not_changed_after_the_distribution(self):
        pool = self._run(self._seed_pool(), 7)
        for change in (
            lambda: pool.write({'margin_percent': 5}),
            lambda: pool.write({'cost_ids': [Command.create({'name': "Late", 'amount': 1})]}),
            lambda: pool.allocation_ids[0].write({'quantity': 1}),
        ):
            with self.assertRefused("distribut"):
                change()

    def test_pool_is_done_when_everybody_has_invoices_and_bills(self):
        pool = self._run(self._seed_pool(), 7)
        with self.assertRefused("the invoice of Siti is not posted"):
            pool.action_done()
        self._invoices(pool).action_post()
        with self.assertRefused("vendor's bill for Seed is not posted"):
            pool.action_done()
        self._bill(pool.purchase_order_ids)
        self._hand_out(pool)
        pool.action_done()
        self.assertEqual((pool.state, pool.amount_variance), ('done', 0))
        with self.assertRefused("nothing to invoice"):
            pool.action_create_invoices()

    def test_officer_runs_the_pool_and_the_accountant_posts(self):
        pool = self.env['coop.pool'].with_user(self.officer).create({
            'title': "Seeds", 'line_ids': [Command.create({'product_id': self.seed.id})],
            'cost_ids': [Command.create({'name': "Freight", 'amount': 10})],
        })
        pool.action_open()
        pool._set_request(self.siti.with_user(self.officer), self.seed.with_user(self.officer), 4)
        pool.action_close()
        pool.action_order()
        pool.purchase_order_ids.button_confirm()
        self._receive(pool.purchase_order_ids.picking_ids, 4, user=self.warehouse_user)
        pool.action_distribute()
        pool.action_create_invoices()
        with self.assertRefused("", AccessError):
            pool.invoice_ids.action_post()
        pool.invoice_ids.with_user(self.accountant).invoice_date = '2026-11-02'
        pool.invoice_ids.with_user(self.accountant).action_post()
        self.assertEqual(pool.invoice_ids.state, 'posted')

    def test_who_may_not_distribute(self):
        pool = self._received()
        for user in (self.warehouse_user, self.cashier, self.supervisor):
            with self.assertRefused("", AccessError):
                pool.with_user(user).action_distribute()
        pool.with_user(self.manager).action_distribute()
        with self.assertRefused("", AccessError):
            pool.charge_ids[0].with_user(self.officer).goods_amount = 1
        with self.assertRefused("", AccessError):
            pool.charge_ids.with_user(self.warehouse_user).read(['goods_amount'])

    def test_nobody_enters_what_the_pool_works_out(self):
        pool = self._received()
        for record, values in (
            (pool, {'state': 'done'}), (pool, {'name': "PB/1"}), (pool.line_ids, {'price_charged': 1}),
            (pool.line_ids, {'proposed_quantity': 1}), (pool.allocation_ids[0], {'quantity_computed': 9}),
            (pool.allocation_ids[0], {'amount': 9}),
        ):
            with self.assertRefused("", AccessError):
                record.with_user(self.manager).write(values)
        pool.allocation_ids[0].with_user(self.officer).write({'quantity': 3, 'manual_reason': "Needs less"})
        self.assertEqual(pool.allocation_ids[0].quantity, 3)

    def test_every_role_opens_the_screens(self):
        pool = self._run(self._seed_pool(cost_ids=[Command.create({'name': "Freight", 'amount': 99})]), 7)
        self._invoices(pool)
        for user in (self.officer, self.cashier, self.accountant, self.supervisor, self.warehouse_user, self.manager):
            form = Form(pool.with_user(user))
            self.assertEqual(form.state, 'distributed', user.login)
            self.assertEqual(Form(pool.line_ids.with_user(user)).quantity_received, 7, user.login)
        for user in (self.officer, self.supervisor, self.accountant):
            self.assertEqual(Form(pool.charge_ids[0].with_user(user)).amount_total, pool.charge_ids[0].amount_total)
        for record in (pool.sale_order_ids[0], pool.purchase_order_ids, pool.request_ids[0]):
            self.assertTrue(Form(record.with_user(self.officer)))
        self.assertTrue(Form(pool.invoice_ids[0].with_user(self.accountant)))
