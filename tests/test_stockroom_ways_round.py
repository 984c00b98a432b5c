from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_stockroom import StockroomCommon


@tagged('post_install', '-at_install')
class TestStockroomWaysRound(StockroomCommon):
    """Goods reach customers out of the warehouse, and come back into it, for the sale that they were delivered for."""

    def _sell_by_hand(self, order, source=None, owner=None, quantity=10):
        """Return a transfer that the warehouse makes for a sale, with the owner typed in."""
        picking = self._transfer(
            self.warehouse.out_type_id, source or self.stock, self.customers, quantity=quantity,
            sale_line_id=order.order_line.id,
        )
        if not picking.move_line_ids:
            picking.move_ids.quantity = quantity
        picking.move_line_ids.owner_id = owner.partner_id
        return picking.with_user(self.warehouse_user)

    def _create_transit(self, member):
        """Return a place between companies with 10 of a member's goods."""
        transit = self.env['stock.location'].create({
            'name': "Between companies", 'usage': 'transit', 'company_id': False,
        })
        self.env['stock.quant'].create({
            'product_id': self.rice.id, 'location_id': transit.id, 'quantity': 10,
            'owner_id': member.partner_id.id,
        })
        return transit

    # === TO CUSTOMERS === #

    def test_goods_that_never_were_in_the_warehouse_are_not_delivered(self):
        order = self._sell(10)
        transit = self._create_transit(self.budi)
        nowhere = self.rice.with_company(self.company).property_stock_inventory
        for source in (self.suppliers, transit, nowhere):
            with self.subTest(source=source.name), self.assertRefused("without ever having been in the|comes back"):
                self._do(self._sell_by_hand(order, source, self.budi))
        self.assertEqual(order.order_line.qty_delivered, 0)

    def test_goods_do_not_go_to_a_transit_between_companies_without_a_sale(self):
        transit = self._create_transit(self.siti)
        self._bring(self.siti, 10)
        with self.assertRefused("without a sales order for it"):
            self._do(self._transfer(self.warehouse.out_type_id, self.stock, transit, owner=self.siti))
        with self.assertRefused("without having been delivered"):
            self._do(self._transfer(self.warehouse.in_type_id, transit, self.stock, owner=self.siti))
        self.assertEqual(self._stock(), {self.siti.partner_id: 10})

    def test_lines_of_a_transfer_go_its_way(self):
        # Delivered would be 0 by the transfer, and Siti's stock 10 less by its line.
        self._bring(self.siti, 10)
        order = self._sell(10)
        picking = order.picking_ids
        picking.move_ids.location_dest_id = self.stock
        picking.move_line_ids.location_dest_id = self.customers
        with self.assertRefused("the transfer says another way"):
            self._do(picking)
        self.assertEqual(self._stock(), {self.siti.partner_id: 10})

    # === ORDERS IN FORCE === #

    def test_goods_are_delivered_on_confirmed_orders_only(self):
        self._bring(self.siti, 30)
        quotation = self._sell(10)
        quotation._action_cancel()
        with self.assertRefused("which is not a confirmed order"):
            self._do(self._sell_by_hand(quotation, owner=self.siti))
        quotation.action_draft()
        with self.assertRefused("which is not a confirmed order"):
            self._do(self._sell_by_hand(quotation, owner=self.siti))
        quotation.action_confirm()
        self._do(self._sell_by_hand(quotation, owner=self.siti))
        self.assertEqual(quotation.order_line.qty_delivered, 10)

    def test_order_with_delivered_goods_that_are_not_invoiced_is_not_cancelled(self):
        self._bring(self.siti, 30)
        order = self._sell(10)
        delivery = self._deliver(order)
        with self.assertRefused("10.0 Units of Rice were delivered on .* and not invoiced"):
            order.with_user(self.officer).action_cancel()
        self._take_back(delivery, 10)
        order.with_user(self.officer).action_cancel()
        self.assertEqual((order.state, self._stock()), ('cancel', {self.siti.partner_id: 30}))

    def test_order_whose_goods_were_invoiced_is_cancelled_as_ever(self):
        self._bring(self.siti, 30)
        order = self._sell(10)
        self._deliver(order)
        self._invoice(order)
        order.with_user(self.officer).action_cancel()
        # 10 at 10.00
        self.assertEqual((order.state, self._due(self.siti)), ('cancel', (10, 100)))

    # === BACK FROM CUSTOMERS === #

    def test_goods_come_back_into_the_warehouse_and_nowhere_else(self):
        self._bring(self.siti, 30)
        order = self._sell(10)
        delivery = self._deliver(order)
        nowhere = self.rice.with_company(self.company).property_stock_inventory
        for destination in (self.suppliers, nowhere):
            back = self._return(delivery, {self.rice: 10})
            back.location_dest_id = destination
            back.move_ids.location_dest_id = destination
            back.move_line_ids.location_dest_id = destination
            with self.subTest(to=destination.name), self.assertRefused("take it into the warehouse first"):
                self._do(back.with_user(self.warehouse_user))
            by_hand = self._transfer(
                self.warehouse.in_type_id, self.customers, destination, owner=self.siti, to_refund=True,
                sale_line_id=order.order_line.id,
            )
            with self.subTest(by_hand=destination.name), self.assertRefused("take it into the warehouse first"):
                self._do(by_hand.with_user(self.warehouse_user))
        self.assertEqual((order.order_line.qty_delivered, self._stock()), (10, {self.siti.partner_id: 20}))

    def test_nothing_comes_back_by_naming_another_transfer(self):
        receipt = self._bring(self.siti, 30).picking_ids
        order, other = self._sell(10), self._sell(10)
        delivery = self._deliver(order)
        self._deliver(other)
        for values in (
            {'origin_returned_move_id': receipt.move_ids.id},
            {'origin_returned_move_id': receipt.move_ids.id, 'sale_line_id': order.order_line.id},
            {'origin_returned_move_id': delivery.move_ids.id},
            {'origin_returned_move_id': delivery.move_ids.id, 'sale_line_id': other.order_line.id},
        ):
            back = self._transfer(
                self.warehouse.in_type_id, self.customers, self.stock, owner=self.siti, to_refund=True, **values,
            )
            with self.subTest(values=values), self.assertRefused("without having been delivered"):
                self._do(back.with_user(self.warehouse_user))
        self.assertEqual(self._stock(), {self.siti.partner_id: 10})
        self._take_back(delivery, 10)
        self.assertEqual(self._stock(), {self.siti.partner_id: 20})

    def test_goods_do_not_go_home_by_naming_their_delivery(self):
        self._bring(self.siti, 30)
        delivery = self._deliver(self._sell(10))
        home = self._transfer(
            self.warehouse.out_type_id, self.stock, self.suppliers, owner=self.siti,
            origin_returned_move_id=delivery.move_ids.id,
        )
        with self.assertRefused("without a return slip"):
            self._do(home.with_user(self.warehouse_user))

    def test_everything_that_was_delivered_may_be_exchanged(self):
        self._bring(self.siti, 40)
        order = self._sell(30)
        delivery = self._deliver(order)
        wizard = Form(self.env['stock.return.picking'].with_context(
            active_id=delivery.id, active_model='stock.picking')).save()
        wizard.product_return_moves.quantity = 30
        self._do(self.env['stock.picking'].browse(wizard.action_create_exchanges()['res_id']))
        again = order.picking_ids.filtered(lambda p: p.state not in ('done', 'cancel'))
        again.action_assign()
        self._do(again)
        self.assertEqual((order.order_line.qty_delivered, self._stock()), (30, {self.siti.partner_id: 10}))
        with self.assertRefused("more would come back|more came back"):
            self._take_back(delivery, 31, owner=self.siti)
