from ast import literal_eval

from odoo import Command
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_stockroom import StockroomCommon


@tagged('post_install', '-at_install')
class TestStockroomChoice(StockroomCommon):
    """Whose goods move is said by orders, slips and officers; the warehouse moves them."""

    def _direct(self, member, quantity, product=None, user=None):
        """Return a receipt that the warehouse makes without a slip."""
        picking = self._transfer(
            self.warehouse.in_type_id, self.suppliers, self.stock, product=product, quantity=quantity, owner=member,
        )
        picking.move_line_ids.owner_id = member.partner_id
        return picking.with_user(user or self.warehouse_user)

    # === WHAT AN OPEN TRANSFER IS FOR === #

    def test_open_delivery_stays_with_its_order_product_and_owner(self):
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        other = self._sell(10)
        named = self._sell(30, owner=self.budi).picking_ids.move_ids
        named.picking_id.do_unreserve()
        first_in = self._sell(5).picking_ids.move_ids
        corn = self._create_product("Corn", coop_consigned=True)
        siti = self.siti.partner_id.id
        for move, user, values in (
            (named, self.warehouse_user, {'sale_line_id': other.order_line.id}),
            (named, self.officer, {'sale_line_id': other.order_line.id, 'restrict_partner_id': siti}),
            (named, self.officer, {'sale_line_id': False}),
            (named, self.warehouse_user, {'product_id': corn.id}),
            (named, self.officer, {'restrict_partner_id': siti}),
            (first_in, self.warehouse_user, {'restrict_partner_id': self.budi.partner_id.id}),
        ):
            with self.subTest(user=user.login, values=values), self.assertRefused("says what goods and whose"):
                move.with_user(user).write(values)
        first_in.with_user(self.officer).restrict_partner_id = self.budi.partner_id
        named.with_user(self.warehouse_user).restrict_partner_id = self.budi.partner_id
        named.picking_id.with_user(self.warehouse_user).action_assign()
        self.assertEqual(self._owners_of(named.picking_id), {self.budi.partner_id: 30})

    def test_open_receipt_stays_with_its_slip(self):
        slip = self.env['coop.consignment'].create({
            'membership_id': self.siti.id, 'line_ids': [Command.create({'product_id': self.rice.id, 'gross': 50})],
        })
        slip.action_confirm()
        with self.assertRefused("was made for TTB/.*, which says what goods and whose"):
            slip.picking_ids.move_ids.with_user(self.warehouse_user).restrict_partner_id = self.budi.partner_id

    # === FIRST IN, FIRST OUT === #

    def test_warehouse_does_not_choose_whose_goods_are_sold(self):
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        budis = self.env['stock.quant'].search([
            ('product_id', '=', self.rice.id), ('owner_id', '=', self.budi.partner_id.id),
            ('location_id', '=', self.stock.id),
        ])
        line = {'product_id': self.rice.id, 'quantity': 5, 'location_id': self.stock.id,
                'location_dest_id': self.customers.id}

        def add(picking, **values):
            picking.move_line_ids.unlink()
            picking.env['stock.move.line'].create({
                **line, 'move_id': picking.move_ids.id, 'picking_id': picking.id, **values,
            })
        ways = {
            'owner': lambda picking: picking.move_line_ids.write({'owner_id': self.budi.partner_id.id}),
            'pick from': lambda picking: picking.move_line_ids.write({'quant_id': budis.id}),
            'another line': lambda picking: add(picking, owner_id=self.budi.partner_id.id),
            'another line from a quant': lambda picking: add(picking, quant_id=budis.id),
        }
        for name, way in ways.items():
            picking = self._sell(5).picking_ids
            with self.subTest(way=name), self.assertRefused("does not choose whose goods are sold"):
                way(picking.with_user(self.warehouse_user))
            picking.action_cancel()
        picking = self._sell(5).picking_ids.with_user(self.warehouse_user)
        picking.owner_id = self.budi.partner_id
        with self.assertRefused("says what goods and whose"):
            picking.button_validate()

    def test_officer_chooses_whose_goods_are_sold(self):
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        order = self._sell(5)
        order.picking_ids.with_user(self.officer).move_line_ids.owner_id = self.budi.partner_id
        order.picking_ids.with_user(self.warehouse_user).button_validate()
        self.assertEqual(self._stock(), {self.siti.partner_id: 60, self.budi.partner_id: 35})

    def test_warehouse_goes_on_reserving_typing_and_splitting(self):
        self.warehouse.delivery_steps = 'pick_ship'
        self._date_back(self._bring(self.siti, 60), 30)
        self._date_back(self._bring(self.budi, 40), 20)
        order = self._sell(80)
        pick = order.picking_ids.with_user(self.warehouse_user)
        pick.do_unreserve()
        pick.move_ids.quantity = 70
        self.assertEqual(self._owners_of(pick), {self.siti.partner_id: 60, self.budi.partner_id: 10})
        pick.move_ids.quantity = 20
        pick.move_ids.quantity = 65
        self._do(pick)
        ship = order.picking_ids.filtered(lambda p: p.picking_type_code == 'outgoing').with_user(self.warehouse_user)
        ship.action_assign()
        ship.move_ids.quantity = 62
        ship.action_split_transfer()
        ship.action_put_in_pack()
        self._do(ship)
        self.assertEqual(order.order_line.qty_delivered, 62)
        self.assertEqual(self._owners_of(ship), {self.siti.partner_id: 60, self.budi.partner_id: 2})
        self.assertStockExplained()

    def test_piece_that_the_customer_takes_is_chosen_by_its_number(self):
        batik = self._create_product("Batik", coop_consigned=True, tracking='serial')
        first, second = (self._create_lot(name, batik) for name in ('S1', 'S2'))
        self._date_back(self._bring_lot(self.siti, 1, first, batik), 30)
        self._bring_lot(self.budi, 1, second, batik)
        picking = self._sell(1, product=batik).picking_ids.with_user(self.warehouse_user)
        picking.move_line_ids.quant_id = self.env['stock.quant'].search([
            ('lot_id', '=', second.id), ('location_id', '=', self.stock.id),
        ])
        picking.button_validate()
        self.assertEqual(self._stock(batik), {self.siti.partner_id: 1})

    def test_whose_goods_came_back_is_said_by_the_warehouse(self):
        self._date_back(self._bring(self.siti, 60), 30)
        self._date_back(self._bring(self.budi, 40), 20)
        back = self._return(self._deliver(self._sell(80)), {self.rice: 15}).with_user(self.warehouse_user)
        back.owner_id = self.budi.partner_id
        back.button_validate()
        self.assertEqual(self._stock(), {self.budi.partner_id: 35})

    # === RECEIPTS === #

    def test_lot_of_a_slip_is_the_lot_that_comes_in(self):
        batik = self._create_product("Batik", coop_consigned=True, tracking='serial')
        delivery = self.env['coop.consignment.delivery'].create({
            'receipt_mode': 'joint', 'line_ids': [
                Command.create({
                    'membership_id': member.id, 'product_id': batik.id, 'gross': 1, 'lot_name': name,
                }) for member, name in ((self.siti, "DEAR"), (self.budi, "CHEAP"))
            ],
        })
        delivery.action_confirm()
        receipt = delivery.slip_ids.picking_ids.with_user(self.warehouse_user)
        dear, cheap = receipt.move_line_ids.sorted(lambda line: line.lot_id.name != "DEAR")
        lots = dear.lot_id, cheap.lot_id
        dear.lot_id, cheap.lot_id = lots[1], lots[0]
        with self.assertRefused("names lot .* of Batik of .*, and no other"):
            receipt.button_validate()
        dear.lot_id, cheap.lot_id = lots
        receipt.button_validate()
        self.assertEqual(self._lines_of(receipt), {
            (self.siti.partner_id, lots[0]): 1, (self.budi.partner_id, lots[1]): 1,
        })

    def test_goods_received_without_a_slip_are_listed_for_officers(self):
        self._bring(self.budi, 10)
        direct = self._direct(self.siti, 5)
        direct.button_validate()
        action = self.env.ref('producer_cooperative.stock_move_line_action_direct')
        domain = [('company_id', '=', self.company.id), *literal_eval(action.domain)]
        lines = self.env['stock.move.line'].with_user(self.officer).search(domain)
        self.assertEqual(lines, direct.move_line_ids)
        self._do(self._return(direct, {self.rice: 5}))
        self.assertEqual(self.env['stock.move.line'].search(domain), direct.move_line_ids)

    def test_who_has_left_brings_nothing_without_a_slip_from_before(self):
        slip = self.env['coop.consignment'].create({
            'membership_id': self.siti.id, 'line_ids': [Command.create({'product_id': self.rice.id, 'gross': 50})],
        })
        slip.action_confirm()
        early = self._direct(self.siti, 20)
        early.button_validate()
        home = self._return(early, {self.rice: 20})
        self._do(home)
        self.siti._suspend_with_reason("Arrears")
        with self.assertRefused("Siti is not an active member of the cooperative and brings no Rice any more"):
            self._direct(self.siti, 5).button_validate()
        slip.picking_ids.with_user(self.warehouse_user).button_validate()
        self._do(self._return(home, {self.rice: 20}))
        self.assertEqual(self._stock(), {self.siti.partner_id: 70})

    # === OWN GOODS === #

    def test_own_goods_do_not_become_a_members_on_their_way(self):
        self._count(self.own, 10)
        shelf = self.env['stock.location'].create({'name': "Shelf", 'location_id': self.warehouse.view_location_id.id})
        order = self._sell(4, product=self.own)
        moved = self._transfer(self.warehouse.int_type_id, self.stock, shelf, product=self.own, quantity=4)
        for picking in (moved, order.picking_ids):
            picking.move_line_ids.owner_id = self.siti.partner_id
            with self.subTest(to=picking.location_dest_id.name), self.assertRefused("do not become a member's"):
                self._do(picking.with_user(self.warehouse_user))
            picking.move_line_ids.owner_id = False
            self._do(picking.with_user(self.warehouse_user))
        self.assertEqual(self._stock(self.own, self.warehouse.view_location_id), {self.env['res.partner']: 6})

    def test_goods_for_repair_of_who_becomes_a_member_leave_and_come_back(self):
        picking = self._transfer(self.warehouse.in_type_id, self.suppliers, self.stock, product=self.own, quantity=3)
        picking.move_line_ids.owner_id = self.customer
        self._do(picking)
        dewi = self._create_member("Dewi")
        self.env['stock.quant'].search([('owner_id', '=', self.customer.id)]).owner_id = dewi.partner_id
        away = self._transfer(
            self.warehouse.out_type_id, self.stock, self.customers, product=self.own, quantity=3, owner=dewi,
        )
        away.move_line_ids.owner_id = dewi.partner_id
        self._do(away)
        back = self._return(away, {self.own: 3})
        back.move_line_ids.owner_id = dewi.partner_id
        self._do(back)
        self.assertEqual(self._stock(self.own), {dewi.partner_id: 3})

    # === ON THE WAY === #

    def test_goods_between_two_warehouses_still_are_the_members(self):
        self._bring(self.siti, 60)
        transit = self.company.internal_transit_location_id
        self._do(self._transfer(self.warehouse.int_type_id, self.stock, transit, quantity=25, owner=self.siti))
        row = self.env['coop.consignment.stock'].search([('owner_id', '=', self.siti.partner_id.id)])
        self.assertEqual((row.quantity, row.free), (60, 60))
        self._do(self._transfer(self.warehouse.int_type_id, self.stock, transit, quantity=35, owner=self.siti))
        self.assertEqual((self.siti.consigned_product_count, self.rice.product_tmpl_id.coop_owner_count), (1, 1))
        leaving = self.env['coop.leaving'].create({'membership_id': self.siti.id, 'reason': 'resigned'})
        self.assertEqual(leaving.goods_line_ids.quantity, 60)
