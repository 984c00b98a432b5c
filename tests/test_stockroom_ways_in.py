from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_stockroom import StockroomCommon


@tagged('post_install', '-at_install')
class TestStockroomWaysIn(StockroomCommon):
    """A product is either own or consigned, whichever way goods come in or go out."""

    # === RECEIPTS === #

    def test_receipt_by_detailed_operations_only_needs_an_owner(self):
        values = {
            'picking_type_id': self.warehouse.in_type_id.id, 'location_id': self.suppliers.id,
            'location_dest_id': self.stock.id,
        }
        line = {
            'product_id': self.rice.id, 'quantity': 10, 'location_id': self.suppliers.id,
            'location_dest_id': self.stock.id,
        }
        picking = self.env['stock.picking'].create({**values, 'move_line_ids': [Command.create(line)]})
        with self.assertRefused("say whose goods"):
            picking.button_validate()
        picking = self.env['stock.picking'].create({
            **values, 'move_line_ids': [Command.create({**line, 'owner_id': self.siti.partner_id.id})],
        })
        picking.button_validate()
        self.assertEqual(self._stock(), {self.siti.partner_id: 10})
        own = {**line, 'product_id': self.own.id, 'owner_id': self.siti.partner_id.id}
        picking = self.env['stock.picking'].create({**values, 'move_line_ids': [Command.create(own)]})
        with self.assertRefused("cooperative's own product"):
            picking.button_validate()

    def test_receipt_in_three_steps_keeps_its_owner(self):
        self.warehouse.reception_steps = 'three_steps'
        slip = self.env['coop.consignment'].create({
            'membership_id': self.siti.id, 'line_ids': [Command.create({'product_id': self.rice.id, 'gross': 50})],
        })
        slip.action_confirm()
        for _step in range(3):
            picking = self.env['stock.picking'].search([
                ('move_ids.product_id', '=', self.rice.id), ('state', 'not in', ('done', 'cancel')),
            ])
            picking.action_assign()
            self.assertEqual(self._owners_of(picking), {self.siti.partner_id: 50})
            self._do(picking)
        self.assertEqual(self._stock(), {self.siti.partner_id: 50})
        self.assertEqual(self.assertStockExplained(), {self.siti.partner_id: 50})

    def test_quantity_typed_in_on_a_receipt_keeps_the_owner_of_the_slip(self):
        slip = self.env['coop.consignment'].create({
            'membership_id': self.siti.id, 'line_ids': [Command.create({'product_id': self.rice.id, 'gross': 50})],
        })
        slip.action_confirm()
        picking = slip.picking_ids
        picking.do_unreserve()
        picking.move_ids.quantity = 45
        self.assertEqual(self._owners_of(picking), {self.siti.partner_id: 45})

    def test_owner_who_is_no_member_is_refused_on_every_way_in(self):
        stranger = self.env['res.partner'].create({'name': "Stranger"})
        with self.assertRefused("is not a member"):
            self.env['stock.quant'].with_context(inventory_mode=True).create({
                'product_id': self.rice.id, 'location_id': self.stock.id, 'inventory_quantity': 5,
                'owner_id': stranger.id,
            }).action_apply_inventory()
        picking = self._transfer(self.warehouse.in_type_id, self.suppliers, self.stock)
        picking.move_line_ids.owner_id = stranger
        with self.assertRefused("is not a member"):
            picking.button_validate()
        candidate = self.env['coop.membership'].create({
            'partner_id': stranger.id, 'date_applied': self.today,
        })
        self.assertEqual(candidate.state, 'candidate')
        with self.assertRefused("is not a member"):
            picking.button_validate()

    # === COUNTS === #

    def test_product_form_quantity_does_not_bring_members_goods(self):
        with self.assertRefused("say whose goods"):
            self.rice.with_context(inventory_mode=True).qty_available = 5
        self.assertEqual(self._stock(), {})

    def test_less_at_a_count_is_a_write_off_even_for_the_officer(self):
        self._bring(self.siti, 60)
        with self.assertRefused("write it off under"):
            self._count(self.rice, 58, owner=self.siti, user=self.officer)
        self.assertEqual(self._stock(), {self.siti.partner_id: 60})

    def test_goods_are_relocated_by_the_warehouse_and_keep_their_owner(self):
        shelf = self.env['stock.location'].create({'name': "Shelf", 'location_id': self.stock.id})
        self._bring(self.siti, 60)
        quant = self.env['stock.quant'].search([('product_id', '=', self.rice.id), ('location_id', '=', self.stock.id)])
        quant.with_user(self.warehouse_user).move_quants(shelf)
        self.assertEqual(self._stock(location=shelf), {self.siti.partner_id: 60})

    # === INTERNAL TRANSFERS === #

    def test_internal_transfer_moves_goods_and_not_ownership(self):
        shelf = self.env['stock.location'].create({'name': "Shelf", 'location_id': self.warehouse.view_location_id.id})
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        picking = self._transfer(self.warehouse.int_type_id, self.stock, shelf, quantity=10)
        with self.assertRefused("10.0 Units of Rice of Wati more would be reserved"):
            picking.move_line_ids.owner_id = self.wati.partner_id
        picking.action_cancel()
        picking = self._transfer(self.warehouse.int_type_id, self.stock, shelf, quantity=10, owner=self.budi)
        self._do(picking)
        self.assertEqual(self._stock(location=shelf), {self.budi.partner_id: 10})
        self.assertEqual(self.assertStockExplained(), {self.siti.partner_id: 60, self.budi.partner_id: 40})

    # === MANUFACTURING AND KITS === #

    def test_members_goods_are_neither_made_nor_used_up_by_manufacturing(self):
        production = self.env['stock.location'].search([
            ('usage', '=', 'production'), ('company_id', '=', self.company.id),
        ], limit=1)
        self._bring(self.siti, 60)
        for source, destination in ((production, self.stock), (self.stock, production)):
            picking = self._transfer(
                self.warehouse.int_type_id, source, destination, quantity=5, owner=self.siti,
            )
            with self.subTest(source=source.name), self.assertRefused("neither made nor used up"):
                self._do(picking)
        self.assertEqual(self._stock(), {self.siti.partner_id: 60})

    def test_own_products_are_manufactured_as_ever(self):
        production = self.env['stock.location'].search([
            ('usage', '=', 'production'), ('company_id', '=', self.company.id),
        ], limit=1)
        self._do(self._transfer(self.warehouse.int_type_id, production, self.stock, product=self.own))
        self.assertEqual(self.own.qty_available, 10)

    def test_kit_with_members_goods_is_refused(self):
        # What manufacturing does to a kit: the delivery of the sale line is of another product than was sold.
        self._bring(self.siti, 60)
        order = self._sell(1, product=self.own)
        with self.assertRefused("cannot be part of a kit"):
            self._transfer(
                self.warehouse.out_type_id, self.stock, self.customers, quantity=1, sale_line_id=order.order_line.id,
            )

    def test_kit_that_is_sold_for_members_is_refused(self):
        order = self._sell(1)
        with self.assertRefused("nor be one"):
            self._transfer(
                self.warehouse.out_type_id, self.stock, self.customers, product=self.own, quantity=1,
                sale_line_id=order.order_line.id,
            )

    # === WAYS OUT === #

    def test_goods_do_not_leave_to_a_vendor_without_a_return_slip(self):
        self._bring(self.siti, 60)
        picking = self._transfer(self.warehouse.int_type_id, self.stock, self.suppliers, owner=self.siti)
        with self.assertRefused("without a return slip"):
            self._do(picking)

    def test_goods_do_not_vanish_into_a_loss_location(self):
        nowhere = self.rice.with_company(self.company).property_stock_inventory
        self._bring(self.siti, 60)
        picking = self._transfer(self.warehouse.int_type_id, self.stock, nowhere, owner=self.siti)
        for user in (self.warehouse_user, self.officer):
            with self.subTest(user=user.login), self.assertRefused("write it off under"):
                self._do(picking.with_user(user))
        scrap = self.env['stock.scrap'].create({
            'product_id': self.rice.id, 'scrap_qty': 5, 'owner_id': self.siti.partner_id.id,
            'location_id': self.stock.id,
        })
        with self.assertRefused("Write it off under"):
            scrap.do_scrap()
        self.assertEqual(self._stock(), {self.siti.partner_id: 60})

    def test_own_products_are_scrapped_as_ever(self):
        self._count(self.own, 10)
        scrap = self.env['stock.scrap'].create({
            'product_id': self.own.id, 'scrap_qty': 4, 'location_id': self.stock.id,
        })
        scrap.action_validate()
        self.assertEqual(self.own.qty_available, 6)

    def test_write_off_is_not_forged_on_a_move(self):
        self._bring(self.siti, 60)
        nowhere = self.rice.with_company(self.company).property_stock_inventory
        loss = self.env['coop.consignment.loss'].create({
            'reason': "Mice", 'line_ids': [Command.create({'product_id': self.rice.id, 'counted': 50})],
        })
        loss.action_submit()
        move = {
            'product_id': self.rice.id, 'product_uom_qty': 5, 'location_id': self.stock.id,
            'location_dest_id': nowhere.id, 'coop_loss_share_id': loss.share_ids.id,
        }
        with self.assertRefused("ask the warehouse|not rewritten|not allowed", (UserError, AccessError)):
            self.env['stock.move'].with_user(self.warehouse_user).create(move)
        picking = self._transfer(self.warehouse.int_type_id, self.stock, nowhere, owner=self.siti)
        with self.assertRefused("ask the warehouse|not rewritten|not allowed", (UserError, AccessError)):
            picking.move_ids.with_user(self.officer).coop_loss_share_id = loss.share_ids

    # === RETURNS === #

    def test_receipt_is_not_returned_twice(self):
        receipt = self._bring(self.siti, 20).picking_ids
        self._bring(self.siti, 60)
        self._do(self._return(receipt, {self.rice: 20}))
        back = self._return(receipt, {self.rice: 5})
        back.move_ids.quantity = 5
        with self.assertRefused("5.0 Units of Rice of Siti more would come back"):
            self._do(back)
        self.assertEqual(self.assertStockExplained(), {self.siti.partner_id: 60})

    def test_goods_of_others_do_not_go_into_the_return_of_a_receipt(self):
        receipt = self._bring(self.siti, 20).picking_ids
        self._bring(self.budi, 60)
        back = self._return(receipt, {self.rice: 20})
        back.owner_id = False
        back.move_line_ids.owner_id = self.budi.partner_id
        with self.assertRefused("is about the goods of Siti"):
            self._do(back)

    def test_goods_from_a_customer_need_a_delivery(self):
        picking = self._transfer(self.warehouse.in_type_id, self.customers, self.stock, owner=self.siti)
        with self.assertRefused("without having been delivered"):
            self._do(picking)

    def test_only_what_was_delivered_comes_back(self):
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        delivery = self._deliver(self._sell(60))
        self.assertEqual(self._owners_of(delivery), {self.siti.partner_id: 60})
        with self.assertRefused("of Budi more would come back"):
            self._take_back(delivery, 5, owner=self.budi)
        self._take_back(delivery, 5)
        self.assertEqual(self.assertStockExplained(), {self.siti.partner_id: 5, self.budi.partner_id: 40})
