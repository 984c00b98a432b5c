from odoo import Command
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_stockroom import StockroomCommon


@tagged('post_install', '-at_install')
class TestStockroomSelling(StockroomCommon):
    """Selling members' goods through ordinary sales orders."""

    # === FIRST IN, FIRST OUT === #

    def test_goods_go_out_receipt_by_receipt_and_not_owner_by_owner(self):
        # Siti 60, Budi 40, Siti 30: of 110, the first 60 are Siti's, then 40 of Budi, then 10 of Siti
        self._date_back(self._bring(self.siti, 60), 30)
        self._date_back(self._bring(self.budi, 40), 20)
        self._date_back(self._bring(self.siti, 30), 10)
        order = self._sell(70)
        self.assertEqual(self._owners_of(order.picking_ids), {self.siti.partner_id: 60, self.budi.partner_id: 10})
        # what is reserved counts as gone: the next 40 are 30 of Budi and 10 of Siti
        other = self._sell(40)
        self.assertEqual(self._owners_of(other.picking_ids), {self.budi.partner_id: 30, self.siti.partner_id: 10})
        self._deliver(order)
        self._deliver(other)
        self.assertEqual(self.assertStockExplained(), {self.siti.partner_id: 20})

    def test_quantity_typed_in_goes_receipt_by_receipt_too(self):
        self._date_back(self._bring(self.siti, 60), 30)
        self._date_back(self._bring(self.budi, 40), 20)
        self._date_back(self._bring(self.siti, 30), 10)
        picking = self._sell(110).picking_ids
        picking.do_unreserve()
        picking.move_ids.quantity = 80
        self.assertEqual(self._owners_of(picking), {self.siti.partner_id: 60, self.budi.partner_id: 20})

    def test_goods_that_came_back_take_their_old_place(self):
        self._date_back(self._bring(self.siti, 60), 30)
        self._date_back(self._bring(self.budi, 40), 20)
        delivery = self._deliver(self._sell(60))
        self._take_back(delivery, 25)
        self.assertEqual(self._owners_of(self._sell(30).picking_ids), {
            self.siti.partner_id: 25, self.budi.partner_id: 5,
        })

    def test_another_removal_strategy_is_the_warehouses_choice(self):
        self.stock.removal_strategy_id = self.env.ref('stock.removal_lifo')
        self._date_back(self._bring(self.siti, 60), 30)
        self._bring(self.budi, 40)
        self.env['stock.quant'].search([('owner_id', '=', self.siti.partner_id.id)]).in_date = '2026-01-01'
        self.assertEqual(self._owners_of(self._sell(40).picking_ids), {self.budi.partner_id: 40})

    def test_goods_in_two_places_are_all_found(self):
        shelf = self.env['stock.location'].create({'name': "Shelf", 'location_id': self.stock.id})
        self._date_back(self._bring(self.siti, 60), 30)
        self._date_back(self._bring(self.budi, 40), 20)
        self.env['stock.quant'].search([
            ('owner_id', '=', self.siti.partner_id.id), ('location_id', '=', self.stock.id),
        ]).move_quants(shelf)
        picking = self._sell(90).picking_ids
        self.assertEqual(self._owners_of(picking), {self.siti.partner_id: 60, self.budi.partner_id: 30})
        self._do(picking)
        self.assertStockExplained()

    # === NAMED OWNER, ALL WAYS === #

    def test_named_owner_holds_on_every_way_to_set_quantities(self):
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        ways = {
            'reserve': lambda picking: picking.action_assign(),
            'move quantity': lambda picking: picking.move_ids.write({'quantity': 30}),
            'quantity in steps': lambda picking: [
                picking.move_ids.write({'quantity': quantity}) for quantity in (10, 35, 5, 30)
            ],
            'line without owner': lambda picking: self.env['stock.move.line'].create({
                'move_id': picking.move_ids.id, 'picking_id': picking.id, 'product_id': self.rice.id, 'quantity': 30,
                'location_id': picking.location_id.id, 'location_dest_id': picking.location_dest_id.id,
            }),
        }
        for name, way in ways.items():
            with self.subTest(way=name), self.env.cr.savepoint() as savepoint:
                picking = self._sell(30, owner=self.budi).picking_ids
                picking.do_unreserve()
                way(picking)
                picking.with_context(skip_backorder=True).button_validate()
                self.assertEqual(picking.state, 'done')
                self.assertEqual(self._owners_of(picking), {self.budi.partner_id: 30})
                savepoint.rollback()
                self.env.invalidate_all()

    def test_named_owner_is_not_replaced_on_the_delivery(self):
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        quant = self.env['stock.quant'].search([
            ('product_id', '=', self.rice.id), ('owner_id', '=', self.siti.partner_id.id),
            ('location_id', '=', self.stock.id),
        ])
        ways = {
            'owner of the line': lambda picking: picking.move_line_ids.write({'owner_id': self.siti.partner_id.id}),
            'pick from': lambda picking: picking.move_line_ids.write({'quant_id': quant.id}),
            'assign owner': lambda picking: picking.write({'owner_id': self.siti.partner_id.id}),
            'restriction of the move': lambda picking: (
                picking.move_ids.write({'restrict_partner_id': self.siti.partner_id.id}),
                picking.move_line_ids.write({'owner_id': self.siti.partner_id.id}),
            ),
            'another line from a quant': lambda picking: self.env['stock.move.line'].create({
                'move_id': picking.move_ids.id, 'picking_id': picking.id, 'product_id': self.rice.id, 'quantity': 5,
                'quant_id': quant.id, 'location_id': picking.location_id.id,
                'location_dest_id': picking.location_dest_id.id,
            }),
        }
        for name, way in ways.items():
            with self.subTest(way=name), self.assertRefused("about the goods of Budi"):
                picking = self._sell(30, owner=self.budi).picking_ids
                self.assertEqual(self._owners_of(picking), {self.budi.partner_id: 30})
                way(picking)
                self._do(picking)
        self.assertEqual(self._stock(), {self.siti.partner_id: 60, self.budi.partner_id: 40})

    def test_restriction_changed_on_a_delivery_reserves_the_named_owner_again(self):
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        picking = self._sell(30, owner=self.budi).picking_ids
        picking.move_ids.restrict_partner_id = self.siti.partner_id
        picking.do_unreserve()
        picking.action_assign()
        self.assertEqual(self._owners_of(picking), {self.budi.partner_id: 30})

    def test_owner_changed_on_an_open_delivery_is_who_is_paid(self):
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        order = self._sell(30)
        order.picking_ids.move_line_ids.owner_id = self.budi.partner_id
        self._do(order.picking_ids)
        self._invoice(order)
        self.assertEqual(self._due(self.budi), (30, 300))
        self.assertEqual(self._due(self.siti), (0, 0))

    def test_owner_assigned_to_an_open_delivery_takes_only_those_goods(self):
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        order = self._sell(30)
        order.picking_ids.owner_id = self.budi.partner_id
        self._do(order.picking_ids)
        self.assertEqual(self._owners_of(order.picking_ids), {self.budi.partner_id: 30})

    # === STEPS === #

    def test_three_steps_take_the_named_owner_and_first_in_first_out(self):
        self.warehouse.delivery_steps = 'pick_pack_ship'
        self._date_back(self._bring(self.siti, 60), 30)
        self._date_back(self._bring(self.budi, 40), 20)
        for owner, quantity, expected in (
            (self.budi, 10, {self.budi.partner_id: 10}),
            (None, 80, {self.siti.partner_id: 60, self.budi.partner_id: 20}),
        ):
            order = self._sell(quantity, owner=owner)
            for step in range(3):
                picking = order.picking_ids.filtered(lambda p: p.state not in ('done', 'cancel'))
                picking.action_assign()
                with self.subTest(owner=owner, step=step):
                    self.assertEqual(self._owners_of(picking), expected)
                self._do(picking)
            self.assertEqual(order.order_line.qty_delivered, quantity)
        self.assertEqual(self.assertStockExplained()[self.budi.partner_id], 10)

    def test_partial_pick_then_ship_with_backorders_keeps_owners(self):
        self.warehouse.delivery_steps = 'pick_ship'
        self._date_back(self._bring(self.siti, 60), 30)
        self._date_back(self._bring(self.budi, 40), 20)
        order = self._sell(100)
        pick = order.picking_ids
        pick.move_ids.quantity = 70
        self._do(pick)
        ship = order.picking_ids.filtered(lambda p: p.picking_type_code == 'outgoing')
        ship.action_assign()
        self.assertEqual(self._owners_of(ship), {self.siti.partner_id: 60, self.budi.partner_id: 10})
        ship.move_ids.quantity = 50
        self._do(ship)
        for picking in order.picking_ids.filtered(lambda p: p.state not in ('done', 'cancel')).sorted('id'):
            picking.action_assign()
            self._do(picking)
        for picking in order.picking_ids.filtered(lambda p: p.state not in ('done', 'cancel')).sorted('id'):
            picking.action_assign()
            self._do(picking)
        self.assertEqual(order.order_line.qty_delivered, 100)
        self._invoice(order)
        self.assertEqual((self._due(self.siti), self._due(self.budi)), ((60, 600), (40, 400)))
        self.assertStockExplained()

    def test_quantity_typed_in_on_the_last_step_keeps_to_the_named_owner(self):
        self.warehouse.delivery_steps = 'pick_ship'
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        others = self._sell(60, owner=self.siti)
        self._do(others.picking_ids)
        order = self._sell(30, owner=self.budi)
        self._do(order.picking_ids)
        ship = order.picking_ids.filtered(lambda p: p.picking_type_code == 'outgoing')
        ship.move_ids.quantity = 40  # Siti's goods of the other order wait beside them
        self.assertEqual(ship.move_line_ids.owner_id, self.budi.partner_id)
        with self.assertRefused("Budi has 10"):
            self._do(ship)

    # === LOTS === #

    def test_lots_of_several_members_fill_one_delivery_oldest_first(self):
        batik = self._create_product("Batik", coop_consigned=True, tracking='lot')
        lots = [self._create_lot(name, batik) for name in ('A', 'B', 'C')]
        self._date_back(self._bring_lot(self.siti, 3, lots[0], batik), 30)
        self._date_back(self._bring_lot(self.budi, 2, lots[1], batik), 20)
        self._date_back(self._bring_lot(self.siti, 4, lots[2], batik), 10)
        order = self._sell(6, product=batik)
        self.assertEqual(self._lines_of(order.picking_ids), {
            (self.siti.partner_id, lots[0]): 3, (self.budi.partner_id, lots[1]): 2, (self.siti.partner_id, lots[2]): 1,
        })
        self._deliver(order)
        self.assertEqual(self.assertStockExplained(batik)[self.siti.partner_id], 3)

    def test_named_owners_lots_only(self):
        batik = self._create_product("Batik", coop_consigned=True, tracking='lot')
        lots = [self._create_lot(name, batik) for name in ('A', 'B')]
        self._bring_lot(self.siti, 3, lots[0], batik)
        self._bring_lot(self.budi, 2, lots[1], batik)
        order = self._sell(3, owner=self.budi, product=batik)
        self.assertEqual(self._lines_of(order.picking_ids), {(self.budi.partner_id, lots[1]): 2})

    def test_serial_numbers_are_unique_pieces_of_one_member(self):
        batik = self._create_product("Batik", coop_consigned=True, tracking='serial')
        first, second = (self._create_lot(name, batik) for name in ('S1', 'S2'))
        self._date_back(self._bring_lot(self.siti, 1, first, batik), 30)
        self._date_back(self._bring_lot(self.budi, 1, second, batik), 20)
        order = self._sell(1, product=batik)
        self.assertEqual(self._lines_of(order.picking_ids), {(self.siti.partner_id, first): 1})
        with self.assertRefused("1.0 Units of Batik of Siti more would be reserved"):
            order.picking_ids.move_line_ids.lot_id = second

    def test_dozens_are_sold_of_pieces_of_several_members(self):
        self._date_back(self._bring(self.siti, 20), 30)
        self._date_back(self._bring(self.budi, 30), 20)
        dozen = self.env.ref('uom.product_uom_dozen')
        order = self.env['sale.order'].create({
            'partner_id': self.customer.id,
            'order_line': [Command.create({
                'product_id': self.rice.id, 'product_uom_qty': 3, 'product_uom_id': dozen.id, 'price_unit': 120,
            })],
        })
        order.action_confirm()
        moved = order.picking_ids.move_line_ids
        self.assertEqual(
            {line.owner_id: line.quantity_product_uom for line in moved},
            {self.siti.partner_id: 20, self.budi.partner_id: 16},
        )

    # === PARTIAL, BACKORDER, BY HAND === #

    def test_backorder_goes_on_where_the_first_delivery_stopped(self):
        self._date_back(self._bring(self.siti, 60), 30)
        self._date_back(self._bring(self.budi, 40), 20)
        order = self._sell(90)
        self._deliver(order, 50)
        backorder = order.picking_ids.filtered(lambda p: p.state not in ('done', 'cancel'))
        backorder.action_assign()
        self.assertEqual(self._owners_of(backorder), {self.siti.partner_id: 10, self.budi.partner_id: 30})
        self._do(backorder)
        self._invoice(order)
        self.assertEqual((self._due(self.siti), self._due(self.budi)), ((60, 600), (30, 300)))

    def test_backorder_of_a_named_owner_waits_for_that_owner(self):
        self._bring(self.siti, 60)
        self._bring(self.budi, 20)
        order = self._sell(50, owner=self.budi)
        self._deliver(order)
        backorder = order.picking_ids.filtered(lambda p: p.state not in ('done', 'cancel'))
        backorder.action_assign()
        self.assertFalse(backorder.move_line_ids)
        self._bring(self.budi, 30)
        backorder.action_assign()
        self.assertEqual(self._owners_of(backorder), {self.budi.partner_id: 30})

    def test_more_ordered_later_comes_from_the_named_owner(self):
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        order = self._sell(10, owner=self.budi)
        order.order_line.product_uom_qty = 25
        order.picking_ids.action_assign()
        self.assertEqual(self._owners_of(order.picking_ids), {self.budi.partner_id: 25})
        order.order_line.product_uom_qty = 15
        self.assertEqual(sum(order.picking_ids.move_line_ids.mapped('quantity')), 15)
        self.assertEqual(order.picking_ids.move_line_ids.owner_id, self.budi.partner_id)

    def test_lines_of_two_named_owners_stay_apart_in_one_order(self):
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        order = self.env['sale.order'].create({
            'partner_id': self.customer.id,
            'order_line': [
                Command.create({
                    'product_id': self.rice.id, 'product_uom_qty': quantity, 'price_unit': price,
                    'coop_owner_id': member.partner_id.id,
                }) for member, quantity, price in ((self.siti, 30, 10), (self.budi, 20, 12))
            ],
        })
        order.action_confirm()
        self._deliver(order)
        self._invoice(order)
        self.assertEqual((self._due(self.siti), self._due(self.budi)), ((30, 300), (20, 240)))

    # === RETURNS === #

    def test_partial_return_of_several_owners_goods_goes_to_who_is_named(self):
        self._date_back(self._bring(self.siti, 60), 30)
        self._date_back(self._bring(self.budi, 40), 20)
        order = self._sell(80)
        delivery = self._deliver(order)
        self._invoice(order)
        self._take_back(delivery, 15, owner=self.budi)
        self.assertEqual(self.assertStockExplained(), {self.budi.partner_id: 35})
        with self.assertRefused("5.0 Units of Rice of Budi more would come back"):
            self._take_back(delivery, 10, owner=self.budi)
        self._take_back(delivery, 60)  # nobody named: in the order of the delivery
        self.assertEqual(self._stock(), {self.siti.partner_id: 60, self.budi.partner_id: 35})

    def test_full_return_gives_every_owner_back_what_went_out(self):
        self._date_back(self._bring(self.siti, 60), 30)
        self._date_back(self._bring(self.budi, 40), 20)
        delivery = self._deliver(self._sell(80))
        wizard = Form(self.env['stock.return.picking'].with_context(
            active_id=delivery.id, active_model='stock.picking')).save()
        back = self.env['stock.picking'].browse(wizard.action_create_returns_all()['res_id'])
        self.assertEqual(self._owners_of(back), {self.siti.partner_id: 60, self.budi.partner_id: 20})
        self._do(back)
        self.assertEqual(self._stock(), {self.siti.partner_id: 60, self.budi.partner_id: 40})

    def test_return_of_a_named_owners_goods_is_not_booked_for_another(self):
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        delivery = self._deliver(self._sell(30, owner=self.budi))
        with self.assertRefused("about the goods of Budi"):
            self._take_back(delivery, 10, owner=self.siti)
        self._take_back(delivery, 10)
        self.assertEqual(self._stock(), {self.siti.partner_id: 60, self.budi.partner_id: 20})

    def test_more_than_was_delivered_does_not_come_back(self):
        self._bring(self.siti, 60)
        delivery = self._deliver(self._sell(30))
        with self.assertRefused("10.0 Units of Rice of Siti more would come back"):
            self._take_back(delivery, 40, owner=self.siti)
        with self.assertRefused("say whose goods these are"):
            self._take_back(delivery, 40)

    def test_lot_that_was_not_delivered_does_not_come_back(self):
        batik = self._create_product("Batik", coop_consigned=True, tracking='lot')
        lots = [self._create_lot(name, batik) for name in ('A', 'B')]
        self._date_back(self._bring_lot(self.siti, 3, lots[0], batik), 30)
        self._bring_lot(self.siti, 2, lots[1], batik)
        back = self._return(self._deliver(self._sell(3, product=batik)), {batik: 1})
        back.move_line_ids.lot_id = lots[1]
        with self.assertRefused("more would come back"):
            self._do(back)

    def test_exchange_delivers_the_named_owners_goods_again(self):
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        order = self._sell(30, owner=self.budi)
        delivery = self._deliver(order)
        wizard = Form(self.env['stock.return.picking'].with_context(
            active_id=delivery.id, active_model='stock.picking')).save()
        wizard.product_return_moves.quantity = 10
        back = self.env['stock.picking'].browse(wizard.action_create_exchanges()['res_id'])
        self._do(back)
        again = order.picking_ids.filtered(lambda p: p.state not in ('done', 'cancel'))
        again.action_assign()
        self.assertEqual(self._owners_of(again), {self.budi.partner_id: 10})
        self._do(again)
        self._invoice(order)
        self.assertEqual(self._due(self.budi), (30, 300))
        self.assertEqual(self._stock(), {self.siti.partner_id: 60, self.budi.partner_id: 10})

    def test_return_through_two_steps_comes_back_to_its_owner(self):
        self.warehouse.delivery_steps = 'pick_ship'
        self._date_back(self._bring(self.siti, 60), 30)
        self._date_back(self._bring(self.budi, 40), 20)
        order = self._sell(80)
        for _step in range(2):
            picking = order.picking_ids.filtered(lambda p: p.state not in ('done', 'cancel'))
            picking.action_assign()
            self._do(picking)
        back = self._return(picking, {self.rice: 70})
        self.assertEqual(self._owners_of(back), {self.siti.partner_id: 60, self.budi.partner_id: 10})
        self._do(back)
        self.assertEqual(order.order_line.qty_delivered, 10)
        self._invoice(order)
        self.assertEqual(self._due(self.budi), (10, 100))
        self.assertEqual(self.assertStockExplained()[self.siti.partner_id], 60)

    # === AVAILABILITY === #

    def test_sale_line_shows_what_every_owner_has(self):
        slip = self._bring(self.siti, 60)
        slip.line_ids.sudo().invalidate_recordset()
        self._date_back(slip, 30)
        self._bring(self.budi, 40)
        self._sell(45)
        order = self.env['sale.order'].create({
            'partner_id': self.customer.id,
            'order_line': [Command.create({'product_id': self.rice.id, 'product_uom_qty': 10, 'price_unit': 10})],
        })
        action = order.order_line.with_user(self.officer).action_view_coop_stock()
        Stock = self.env[action['res_model']].with_user(self.officer).with_context(**action['context'])
        rows = Stock.search(action['domain'])
        self.assertEqual(
            [(row.owner_id, row.quantity, row.reserved, row.free, row.age) for row in rows],
            [(self.siti.partner_id, 60, 45, 15, 30), (self.budi.partner_id, 40, 0, 40, 0)],
        )
        rows[1].action_sell_from()
        self.assertEqual(order.order_line.coop_owner_id, self.budi.partner_id)
        order.action_confirm()
        self.assertEqual(self._owners_of(order.picking_ids), {self.budi.partner_id: 10})
        with self.assertRefused("being prepared"):
            rows[0].action_sell_from()
        with self.assertRefused("Open this list from a sales order line"):
            rows[0].with_context(coop_sale_line_id=False).action_sell_from()

    def test_asking_price_of_what_goes_out_next_is_shown_to_sellers_and_not_to_the_warehouse(self):
        slip = self.env['coop.consignment'].create({
            'membership_id': self.siti.id,
            'line_ids': [Command.create({'product_id': self.rice.id, 'gross': 60, 'asking_price': 12})],
        })
        slip.action_confirm()
        slip.picking_ids.button_validate()
        row = self.env['coop.consignment.stock'].search([('owner_id', '=', self.siti.partner_id.id)])
        self.assertEqual(row.with_user(self.officer).asking_price, 12)
        self.assertEqual(row.with_user(self.warehouse_user).free, 60)
        with self.assertRefused("access|not allowed", Exception):
            row.with_user(self.warehouse_user).read(['asking_price'])

    def test_product_opens_its_owners(self):
        self._bring(self.siti, 60)
        action = self.rice.product_tmpl_id.action_view_coop_owners()
        self.assertEqual(self.env[action['res_model']].search(action['domain']).owner_id, self.siti.partner_id)
        action = self.rice.product_tmpl_id.action_view_coop_unsold()
        self.assertEqual(self.env[action['res_model']].search(action['domain']).quantity, 60)
