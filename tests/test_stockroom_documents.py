from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_intake import IntakeCommon
from odoo.addons.producer_cooperative.tests.common_stockroom import StockroomCommon


@tagged('post_install', '-at_install')
class TestStockroomDocuments(IntakeCommon, StockroomCommon):
    """Slips say how much of whose goods moves, and the warehouse moves no more by any way."""

    def _confirmed(self, member, gross, **line):
        slip = self._write_slip(member, {'gross': gross, **line})
        slip.action_confirm()
        return slip

    def _as_warehouse(self, picking):
        return picking.with_user(self.warehouse_user)

    def _validate(self, picking, quantity=None):
        """Validate a transfer as the warehouse does, without a backorder for what is missing."""
        picking = self._as_warehouse(picking)
        if quantity is not None:
            picking.move_ids.quantity = quantity
        picking.with_context(skip_backorder=True, picking_ids_not_to_backorder=picking.ids).button_validate()
        return picking

    # === RECEIPTS === #

    def test_no_more_is_received_than_the_slip_says(self):
        slip = self._confirmed(self.siti, 10)
        with self.assertRefused("says 10.0 kg of Rice, and 500.0 would be received"):
            self._validate(slip.picking_ids, 500)
        self._validate(slip.picking_ids)
        self.assertEqual((slip.state, self._stock()), ('received', {self.siti.partner_id: 10}))

    def test_no_more_is_bought_than_the_slip_says(self):
        slip = self._confirmed(self.siti, 10, deal='buy', price=5000)
        with self.assertRefused("says 10.0 kg of Rice, and 30.0 would be received"):
            self._validate(slip.picking_ids, 30)
        self._validate(slip.picking_ids)
        self.assertEqual(slip.bill_ids.amount_expected, 50_000)  # 10 × 5,000

    def test_goods_that_the_slip_does_not_name_are_not_on_its_bill(self):
        slip = self._confirmed(self.siti, 10, deal='buy', price=5000)
        order = slip.purchase_order_ids
        order.order_line = [Command.create({'product_id': self.own.id, 'product_qty': 3, 'price_unit': 1000})]
        for picking in order.picking_ids:
            self._do(picking)
        self.assertEqual(order.order_line.mapped('qty_received'), [10, 3])
        self.assertEqual(slip.bill_ids.amount_expected, 50_000)  # 10 × 5,000, without 3 × 1,000

    def test_more_after_a_correction_and_in_several_parts_is_received(self):
        slip = self._confirmed(self.siti, 10)
        picking = self._as_warehouse(slip.picking_ids)
        picking.move_ids.quantity = 4
        wizard = picking.button_validate()
        Form(self.env[wizard['res_model']].with_user(self.warehouse_user).with_context(
            **wizard['context'])).save().process()
        rest = slip.picking_ids - picking
        with self.assertRefused("says 10.0 kg of Rice, and 11.0 would be received"):
            self._validate(rest, 7)
        self._validate(rest)
        self.assertEqual((slip.state, self._stock()), ('received', {self.siti.partner_id: 10}))
        self.assertFalse(slip.activity_ids)

    def test_less_than_the_slip_says_is_handed_to_its_officer(self):
        slip = self._confirmed(self.siti, 10)
        self._validate(slip.picking_ids, 4)
        self.assertEqual((slip.state, slip.line_ids.received), ('received', 4))
        self.assertIn("4.0 of 10.0 kg of Rice were received", slip.activity_ids.note)

    def test_transfer_of_a_slip_may_be_split(self):
        slip = self._confirmed(self.siti, 10)
        picking = self._as_warehouse(slip.picking_ids)
        picking.move_ids.quantity = 4
        picking.action_split_transfer()
        self.assertEqual(sorted(slip.picking_ids.move_ids.mapped('product_uom_qty')), [4, 6])

    def test_no_transfer_is_made_a_slips_by_hand(self):
        slip = self._take_in(self.siti, {'gross': 10})
        back = self._return_slip(self.siti, 4)
        self._validate(back.picking_ids)
        forged = {
            'product_id': self.rice.id, 'product_uom_qty': 7, 'location_id': self.suppliers.id,
            'location_dest_id': self.stock.id,
        }
        Move = self.env['stock.move'].with_user(self.warehouse_user)
        for extra in (
            {'coop_consignment_line_id': slip.line_ids.id},
            {'coop_consignment_line_id': slip.line_ids.id, 'location_id': self.stock.id,
             'location_dest_id': self.suppliers.id},
            {'coop_return_line_id': back.line_ids.id, 'location_id': self.stock.id,
             'location_dest_id': self.suppliers.id},
        ):
            with self.subTest(extra=extra), self.assertRefused("ask the warehouse for their goods themselves"):
                Move.create({**forged, **extra})
        with self.assertRefused("ask the warehouse for their goods themselves"):
            Move.with_context(default_coop_return_line_id=back.line_ids.id, coop_moving_token=True).create(forged)
        with self.assertRefused("ask the warehouse for their goods themselves"):
            self._as_warehouse(slip.picking_ids).copy()
        with self.assertRefused("ask the warehouse for their goods themselves"):
            Move.create(forged).coop_consignment_line_id = slip.line_ids
        self.assertEqual(self._stock(), {self.siti.partner_id: 6})

    def test_receipt_of_a_slip_is_returned_by_the_warehouse_as_ever(self):
        slip = self._take_in(self.siti, {'gross': 10})
        wizard = Form(self.env['stock.return.picking'].with_user(self.warehouse_user).with_context(
            active_id=slip.picking_ids.id, active_model='stock.picking')).save()
        wizard.product_return_moves.quantity = 3
        self._validate(wizard._create_return())
        self.assertEqual((slip.line_ids.received, self._stock()), (7, {self.siti.partner_id: 7}))

    # === RETURN SLIPS === #

    def _return_slip(self, member, quantity):
        slip = self.env['coop.consignment.return'].with_user(self.officer).create({
            'membership_id': member.id,
            'line_ids': [Command.create({'product_id': self.rice.id, 'quantity': quantity})],
        })
        slip.action_confirm()
        return slip

    def test_no_more_goes_back_than_the_return_slip_says(self):
        self._take_in(self.siti, {'gross': 10})
        slip = self._return_slip(self.siti, 4)
        with self.assertRefused("says that 4.0 kg of Rice go back to Siti, and no other goods"):
            self._validate(slip.picking_ids, 9)
        self._validate(slip.picking_ids)
        self.assertEqual((slip.state, self._stock()), ('done', {self.siti.partner_id: 6}))

    # === DONE AND DELIVERED === #

    def test_transfer_is_done_by_validating_it(self):
        self._take_in(self.siti, {'gross': 10})
        order = self._sell(2, owner=self.siti)
        move = order.picking_ids.move_ids.with_user(self.warehouse_user)
        with self.assertRefused("is done once it is validated"):
            move.write({'state': 'done'})
        with self.assertRefused("is done once it is validated"):
            move.with_context(coop_moving_token=True).write({'state': 'done'})
        with self.assertRefused("is done once it is validated|done, and decides"):
            move.create({
                'product_id': self.rice.id, 'product_uom_qty': 2, 'location_id': self.stock.id, 'state': 'done',
                'location_dest_id': self.customers.id, 'sale_line_id': order.order_line.id,
            })
        self._validate(order.picking_ids)
        self.assertEqual((order.order_line.qty_delivered, self._stock()), (2, {self.siti.partner_id: 8}))

    def test_delivered_quantity_of_members_goods_is_not_typed(self):
        order = self._sell(2)
        line = order.order_line.with_user(self.officer)
        with self.assertRefused("told by its deliveries"):
            line.qty_delivered = 50
        with self.assertRefused("told by its deliveries"):
            line.write({'qty_delivered_method': 'manual'})
        with self.assertRefused("told by its deliveries"):
            line.create({
                'order_id': order.id, 'product_id': self.rice.id, 'product_uom_qty': 1, 'qty_delivered': 50,
            })
        line.write({'qty_delivered': 0, 'price_unit': 11})
        self.assertEqual(line.qty_delivered, 0)

    def test_sale_names_a_member_as_the_owner(self):
        with self.assertRefused("Toko Makmur is not a member of the cooperative and has no Rice here", UserError):
            self.env['sale.order'].with_user(self.officer).create({
                'partner_id': self.customer.id, 'order_line': [Command.create({
                    'product_id': self.rice.id, 'product_uom_qty': 1, 'coop_owner_id': self.customer.id,
                })],
            })
        self.assertTrue(self._sell(1, owner=self.siti))

    def test_goods_of_members_are_not_ordered_from_vendors(self):
        order = self.env['purchase.order'].create({
            'partner_id': self.customer.id,
            'order_line': [Command.create({'product_id': self.rice.id, 'product_qty': 5, 'price_unit': 1})],
        })
        with self.assertRefused("is sold for members and not bought. Take it in by an intake slip, or buy Rice"):
            order.button_confirm()
        order.order_line.product_id = self.own_rice
        order.button_confirm()
        self.assertEqual(order.state, 'purchase')

    # === OWNERS AND NUMBERS === #

    def test_no_more_of_an_owner_is_reserved_than_there_is(self):
        self._take_in(self.siti, {'gross': 10})
        self._take_in(self.budi, {'gross': 5})
        picking = self._as_warehouse(self._sell(10).picking_ids)
        self.assertEqual(self._owners_of(picking), {self.siti.partner_id: 10})
        with self.assertRefused("5.0 kg of Rice of Budi more would be reserved"):
            picking.with_user(self.officer).move_line_ids.owner_id = self.budi.partner_id
        picking.move_line_ids.quantity = 5
        picking.with_user(self.officer).move_line_ids.owner_id = self.budi.partner_id
        self._validate(picking)
        self.assertEqual(self._stock(), {self.siti.partner_id: 10})

    def test_number_on_a_slip_stays(self):
        slip = self._take_in(self.siti, {'product_id': self.batik.id, 'gross': 1, 'lot_name': "BTK-004"})
        lot = slip.line_ids.lot_id.with_user(self.warehouse_user)
        with self.assertRefused("carries the number BTK-004"):
            lot.name = "BTK-005"
        lot.note = "Seen"
        other = self._create_lot("BTK-006", self.batik).with_user(self.warehouse_user)
        other.name = "BTK-007"
        self.assertEqual((lot.name, other.name), ("BTK-004", "BTK-007"))

    def test_piece_is_on_one_line_of_a_slip(self):
        piece = {'product_id': self.batik.id, 'gross': 1, 'lot_name': "BTK-004"}
        slip = self._write_slip(self.siti, piece, piece)
        with self.assertRefused("BTK-004 is on two lines of the slip"):
            slip.action_confirm()
        slip.line_ids[1].lot_name = "BTK-005"
        slip.action_confirm()
        self._receive(slip)
        self.assertEqual(self._stock_of(self.batik), {self.siti.partner_id: 2})

    def test_whoever_may_not_write_slips_is_not_told_how_to_correct_them(self):
        slip = self._take_in(self.siti, {'gross': 10})
        back = self._return_slip(self.siti, 1)
        for user in (self.warehouse_user, self.supervisor):
            with self.assertRefused("not allowed", AccessError):
                slip.with_user(user).date = '2020-01-01'
            with self.assertRefused("not allowed", AccessError):
                slip.line_ids.with_user(user).gross = 5
            with self.assertRefused("not allowed", AccessError):
                back.with_user(user).date = '2020-01-01'
        with self.assertRefused("write a correction slip"):
            slip.line_ids.with_user(self.officer).gross = 5
