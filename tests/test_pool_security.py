from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_pool import PoolCommon


@tagged('post_install', '-at_install')
class TestPoolSecurity(PoolCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax = cls.env['account.tax'].create({'name': "VAT 11", 'amount': 11, 'type_tax_use': 'sale'})

    def _fertilizer_pool(self, **values):
        """Siti and Budi want 10 and 50: 60 at 90 are 900 and 4,500."""
        pool = self._create_pool(**values)
        self._request(pool, {self.siti: 10, self.budi: 50})
        return pool

    def _distributed(self, **values):
        return self._run(self._fertilizer_pool(**values), 60)

    def _order_of(self, pool, member):
        return pool.sale_order_ids.filtered(lambda order: order.partner_id == member.partner_id)

    def _invoice(self, pool):
        pool.action_create_invoices()
        pool.invoice_ids.invoice_date = '2026-11-02'
        return pool.invoice_ids

    # === WHAT MEMBERS ARE CHARGED === #

    def test_nobody_changes_the_price_of_a_members_order(self):
        order = self._order_of(self._distributed(), self.siti)
        for user in (self.officer, self.accountant, self.manager):
            line = order.order_line.with_user(user)
            for values in (
                {'price_unit': 1}, {'product_uom_qty': 1}, {'discount': 99}, {'tax_ids': [Command.set(self.tax.ids)]},
                {'product_id': self.env.ref('producer_cooperative.product_pool_costs').id},
                {'product_uom_id': self.env.ref('uom.product_uom_dozen').id}, {'technical_price_unit': 1},
            ):
                with self.assertRefused("the pool decides the price"):
                    line.write(values)
                with self.assertRefused("the pool decides the price"):
                    order.with_user(user).write({'order_line': [Command.update(line.id, values)]})
        self.assertEqual((order.order_line.price_unit, order.amount_total), (90, 900))

    def test_nobody_adds_removes_or_moves_lines_of_a_members_order(self):
        pool = self._distributed()
        order, other = self._order_of(pool, self.siti), self.env['sale.order'].create({
            'partner_id': self.siti.partner_id.id,
            'order_line': [Command.create({'product_id': self.fertilizer.id, 'price_unit': -500})],
        })
        lines = self.env['sale.order.line'].with_user(self.officer)
        with self.assertRefused("the pool decides the price"):
            lines.create({'order_id': order.id, 'product_id': self.fertilizer.id, 'price_unit': -500})
        with self.assertRefused("the pool decides the price"):
            other.order_line.with_user(self.officer).order_id = order
        with self.assertRefused("the pool decides the price"):
            order.order_line.with_user(self.officer).order_id = other
        self.assertEqual((len(order.order_line), order.amount_total), (1, 900))

    def test_a_cancelled_order_is_not_set_back_to_another_price(self):
        order = self._order_of(self._distributed(), self.siti)
        order._action_cancel()
        order = order.with_user(self.officer)
        order.action_draft()
        with self.assertRefused("the pool decides the price"):
            order.order_line.price_unit = 1
        with self.assertRefused("the pool decides the price"):
            order.action_update_prices()
        with self.assertRefused("the pool decides the price"):
            order.order_line.unlink()
        order.action_confirm()
        self.assertEqual(order.amount_total, 900)

    def test_nobody_passes_a_members_charge_to_another_partner(self):
        order = self._order_of(self._distributed(), self.siti).with_user(self.officer)
        for field in ('partner_id', 'partner_invoice_id', 'partner_shipping_id'):
            with self.assertRefused("who pays for how much"):
                order.write({field: self.budi.partner_id.id})
        self.assertEqual(order.partner_invoice_id, self.siti.partner_id)

    def test_nobody_cancels_a_members_order_while_the_charge_stands(self):
        order = self._order_of(self._distributed(), self.siti)
        for user in (self.officer, self.manager):
            for cancel in (
                lambda order: order.action_cancel(), lambda order: order._action_cancel(),
                lambda order: order.write({'state': 'cancel'}),
            ):
                with self.assertRefused("Record the goods as not collected"):
                    cancel(order.with_user(user))
        self.assertEqual((order.state, order.picking_ids.state), ('sale', 'assigned'))

    def test_warehouse_hands_out_no_more_than_the_share(self):
        pool = self._distributed()
        picking = self._order_of(pool, self.siti).picking_ids
        with self.assertRefused("Siti gets 10.00 Units of Fertilizer .* and 12.00 would be handed out"):
            self._receive(picking, 12, user=self.warehouse_user)
        self._receive(picking, 4, backorder=True, user=self.warehouse_user)
        rest = self._order_of(pool, self.siti).picking_ids - picking
        with self.assertRefused("and 11.00 would be handed out"):
            self._receive(rest, 7, user=self.warehouse_user)
        self._receive(rest, 6, user=self.warehouse_user)
        share = pool.allocation_ids.filtered(lambda share: share.membership_id == self.siti)
        self.assertEqual((share.quantity_collected, share.quantity_waiting), (10, 0))

    def test_pool_is_not_done_while_goods_wait_for_a_member(self):
        pool = self._distributed()
        self._bill(pool.purchase_order_ids)
        self._invoice(pool).action_post()
        self._receive(self._order_of(pool, self.siti).picking_ids, 10, user=self.warehouse_user)
        with self.assertRefused(r"goods wait for .* Budi \(50.00 Units of Fertilizer\). Hand them out, or record them"):
            pool.with_user(self.officer).action_done()
        # Goods that nobody will deliver any more wait all the same: the member is charged for them.
        self._order_of(pool, self.budi).picking_ids.action_cancel()
        with self.assertRefused("goods wait for .* Budi"):
            pool.with_user(self.officer).action_done()
        share = pool.allocation_ids.filtered(lambda share: share.membership_id == self.budi)
        pool._take_back(share.charge_id, {share: 50}, 'not_collected', "Did not come")
        pool.invoice_ids.filtered(lambda move: move.state == 'draft').action_post()
        pool.with_user(self.officer).action_done()
        self.assertEqual((pool.state, pool.line_ids.quantity_left), ('done', 50))

    def test_members_order_is_delivered_and_invoiced_by_its_own_roles(self):
        pool = self._distributed()
        order = self._order_of(pool, self.siti)
        self._receive(order.picking_ids, 10, user=self.warehouse_user)
        self.assertEqual((order.order_line.qty_delivered, order.amount_total), (10, 900))
        pool.with_user(self.officer).action_create_invoices()
        pool.invoice_ids.invoice_date = '2026-11-02'
        pool.invoice_ids.with_user(self.accountant).action_post()
        self.assertEqual(order.invoice_status, 'invoiced')
        self.assertEqual(sum(pool.invoice_ids.mapped('amount_total')), 5_400)

    def test_ordinary_order_is_priced_by_the_officer(self):
        order = self.env['sale.order'].with_user(self.officer).create({
            'partner_id': self.siti.partner_id.id,
            'order_line': [Command.create({'product_id': self.fertilizer.id, 'price_unit': 200})],
        })
        order.action_confirm()
        order.order_line.price_unit = 150
        self.assertEqual(order.amount_untaxed, 150)

    def test_pool_is_not_done_with_invoices_that_are_not_the_charges(self):
        pool = self._distributed()
        self._bill(pool.purchase_order_ids)
        invoices = self._invoice(pool)
        invoice = invoices.filtered(lambda move: move.partner_id == self.siti.partner_id)
        invoice.invoice_line_ids.price_unit = 1
        invoices.action_post()
        # 10 at 1 instead of 90: 4,510 instead of 5,400
        with self.assertRefused("4,510.*5,400.*-.*890"):
            pool.with_user(self.officer).action_done()
        self.assertEqual(pool.state, 'distributed')

    def test_pool_is_not_done_after_a_credit_note(self):
        pool = self._distributed()
        self._bill(pool.purchase_order_ids)
        invoices = self._invoice(pool)
        invoices.action_post()
        credit_note = invoices[0]._reverse_moves([{'invoice_date': '2026-11-03'}])
        credit_note.invoice_line_ids.write({'quantity': 1, 'sale_line_ids': [Command.clear()]})
        credit_note.action_post()
        with self.assertRefused("5,310.*5,400.*-.*90"):
            pool.action_done()

    def test_pool_is_done_with_tax_on_top_of_the_charges(self):
        self.fertilizer.taxes_id = self.tax
        pool = self._distributed()
        self._bill(pool.purchase_order_ids)
        self._invoice(pool).action_post()
        self.assertEqual(sum(pool.invoice_ids.mapped('amount_tax')), 594)
        self._hand_out(pool)
        pool.with_user(self.officer).action_done()
        self.assertEqual(pool.state, 'done')

    def test_nobody_forges_what_the_pool_works_out(self):
        pool = self.env['coop.pool'].create({'title': "Seed"})
        for model, field, values in (
            ('coop.pool.line', 'price_charged', {'pool_id': pool.id, 'product_id': self.fertilizer.id}),
            ('coop.pool.cost', 'amount_shared', {'pool_id': pool.id, 'name': "Freight", 'amount': 10}),
        ):
            Model = self.env[model].with_user(self.officer)
            with self.assertRefused("change only through", AccessError):
                Model.create({**values, field: 5})
            record = Model.with_context(**{f'default_{field}': 5}).create(values)
            self.assertEqual(record[field], 0, field)
            with self.assertRefused("change only through", AccessError):
                record[field] = 5

    def test_whoever_changes_shared_costs_waits_for_whoever_distributes(self):
        pool = self._fertilizer_pool()
        versions = [pool.lock_version]
        cost = self.env['coop.pool.cost'].with_user(self.officer).create({
            'pool_id': pool.id, 'name': "Freight", 'amount': 10,
        })
        versions.append(pool.lock_version)
        cost.amount = 20
        versions.append(pool.lock_version)
        cost.unlink()
        versions.append(pool.lock_version)
        self.assertEqual(len(set(versions)), 4, versions)

    # === WHICH ORDERS ARE THE POOL'S === #

    def test_nobody_gives_an_order_to_a_pool_or_takes_it_away(self):
        pool = self._distributed()
        foreign = self.env['sale.order'].create({'partner_id': self.siti.partner_id.id})
        purchase = self.env['purchase.order'].create({'partner_id': self.vendor.id})
        for user in (self.officer, self.accountant, self.manager):
            for order in (foreign, purchase):
                with self.assertRefused("Only a pooled purchase itself", AccessError):
                    order.with_user(user).coop_pool_id = pool
            for order in (pool.sale_order_ids[0], pool.purchase_order_ids):
                with self.assertRefused("Only a pooled purchase itself", AccessError):
                    order.with_user(user).coop_pool_id = False
        self.assertFalse(foreign.coop_pool_id | purchase.coop_pool_id)

    def test_nobody_makes_an_order_of_a_pool(self):
        pool = self._distributed()
        for model, partner in (('sale.order', self.siti.partner_id), ('purchase.order', self.vendor)):
            orders = self.env[model].with_user(self.officer)
            for forged in (orders, orders.with_context(coop_pool_token=True)):
                with self.assertRefused("Only a pooled purchase itself", AccessError):
                    forged.create({'partner_id': partner.id, 'coop_pool_id': pool.id})
            by_default = orders.with_context(default_coop_pool_id=pool.id).create({'partner_id': partner.id})
            self.assertFalse(by_default.coop_pool_id, model)

    # === HANDING OUT === #

    def test_warehouse_reads_whose_share_is_how_much_and_no_money(self):
        pool = self._distributed()
        number = self.siti.number
        self.env.invalidate_all()
        for record in (pool.request_ids, pool.allocation_ids):
            names = record.with_user(self.warehouse_user).mapped('display_name')
            self.assertIn(f"{number} Siti, Fertilizer", names)
        share = pool.allocation_ids[0].with_user(self.warehouse_user)
        self.assertEqual(share.read(['quantity'])[0]['quantity'], 10)
        for field in ('amount', 'price_unit'):
            with self.assertRefused("", AccessError):
                share.read([field])
        for record in (pool.charge_ids[0], self.siti):
            self.assertFalse(record.with_user(self.warehouse_user).has_access('read'))
        self.assertEqual(
            pool.charge_ids[0].with_user(self.supervisor).display_name, f"{number} Siti, {pool.display_name}",
        )

    def test_share_is_a_multiple_of_what_is_handed_out(self):
        pool = self._fertilizer_pool()
        self._receive(self._order(pool).picking_ids, 60)
        share = pool.allocation_ids.filtered(lambda share: share.membership_id == self.siti).with_user(self.officer)
        with self.assertRefused("handed out in 1.00 Units; 1.50 is not a multiple"):
            share.write({'quantity': 1.5, 'manual_reason': "Has no room"})
        share.write({'quantity': 2, 'manual_reason': "Has no room"})
        self.assertEqual((share.quantity, share.is_manual), (2, True))

    # === DEARER THAN ALONE === #

    def test_pool_tells_how_many_members_pay_more_than_alone(self):
        # Freight 60 by quantity: Siti pays 910 instead of 1,000 alone, Budi 4,550 instead of 4,500
        pool = self._fertilizer_pool(
            cost_ids=[Command.create({'name': "Freight", 'amount': 60, 'split': 'quantity'})],
        )
        self._receive(self._order(pool).picking_ids, 60)
        pool.with_user(self.officer).action_distribute()
        self.assertEqual(pool.dearer_count, 1)
        self.assertIn("1 of 2 members pay more", pool.message_ids[0].body)
        self.assertEqual(Form(pool.with_user(self.officer)).dearer_count, 1)
        self.assertNotIn('dearer_count', pool.with_user(self.warehouse_user).get_view()['arch'])

    def test_pool_that_costs_nobody_more_says_nothing(self):
        pool = self._distributed()
        self.assertEqual(pool.dearer_count, 0)
        self.assertFalse(pool.message_ids.filtered(lambda message: "pay more" in message.body))
