import itertools
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_intake import IntakeCommon


@tagged('post_install', '-at_install')
class TestIntakeCorrection(IntakeCommon):

    def test_less_is_taken_out_of_the_owners_goods(self):
        slip = self._take_in(self.siti, {'gross': 100})
        self._take_in(self.budi, {'gross': 50})
        correction = self._correct(slip, 80)
        self.assertEqual((correction.old_net, correction.difference), (100, -20))
        with self.assertRefused("the goods came in already: ask for approval"):
            correction.with_user(self.officer).action_post()
        self._post(correction)
        line = slip.line_ids
        self.assertEqual((line.gross, line.correction, line.net, line.received), (100, -20, 80, 80))
        self.assertEqual(self._stock_of(self.rice), {self.siti.partner_id: 80, self.budi.partner_id: 50})
        self.assertRecordValues(correction.move_ids, [{
            'state': 'done', 'quantity': 20, 'restrict_partner_id': self.siti.partner_id.id,
        }])
        self.assertEqual(correction.move_ids.move_line_ids.owner_id, self.siti.partner_id)
        self.assertTrue(correction.name)

    def test_more_needs_another_user_and_comes_in_for_the_owner(self):
        slip = self._take_in(self.siti, {'gross': 100})
        correction = self._correct(slip, 130).with_user(self.officer)
        with self.assertRefused("ask for approval"):
            correction.action_post()
        correction.action_request()
        with self.assertRefused("Another user has to approve"):
            correction.action_post()
        correction.with_user(self.manager).action_post()
        self.assertEqual((correction.requested_by_id, correction.approved_by_id), (self.officer, self.manager))
        self.assertEqual(slip.line_ids.net, 130)
        self.assertEqual(self._stock_of(self.rice), {self.siti.partner_id: 130})

    def test_goods_that_are_sold_or_reserved_are_not_taken_off(self):
        slip = self._take_in(self.siti, {'gross': 100})
        self._take_in(self.budi, {'gross': 50})
        self._deliver(self._sell(60, owner=self.siti))
        self._sell(30, owner=self.siti)  # reserved
        correction = self._correct(slip, 80)
        with self.assertRefused("Only 10.0 of the 20.0 kg of Rice of Siti"):
            self._post(correction)
        self.assertEqual(slip.line_ids.net, 100)
        self._post(self._correct(slip, 90))
        self.assertEqual(self._stock_of(self.rice), {self.siti.partner_id: 30, self.budi.partner_id: 50})

    def test_receipt_that_waits_is_changed_itself(self):
        slip = self._write_slip(self.siti, {'gross': 100})
        slip.action_confirm()
        self._correct(slip, 70).action_post()
        self.assertEqual(slip.picking_ids.move_ids.product_uom_qty, 70)
        self._receive(slip)
        self.assertEqual((slip.state, self._stock_of(self.rice)), ('received', {self.siti.partner_id: 70}))

    def test_goods_that_are_still_to_be_put_away_are_corrected_where_they_are(self):
        self.warehouse.reception_steps = 'two_steps'
        slip = self._write_slip(self.siti, {'gross': 10})
        slip.action_confirm()
        self._validate_first(slip)
        self._post(self._correct(slip, 8))
        self.assertEqual(self._stock_of(self.rice), {self.siti.partner_id: 8})
        self._post(self._correct(slip, 12))
        self._receive(slip)
        # 10 received, 2 handed back out of what was to be put away, 4 brought in: 12 on the slip and in the stock
        self.assertEqual((slip.line_ids.net, slip.line_ids.received), (12, 12))
        self.assertEqual(self._stock_of(self.rice), {self.siti.partner_id: 12})
        quants = self.env['stock.quant'].search([
            ('product_id', '=', self.rice.id), ('location_id', '=', self.stock.id)])
        self.assertEqual(sum(quants.mapped('quantity')), 12)

    def test_bought_goods_that_are_still_to_be_put_away_are_corrected_where_they_are(self):
        self.warehouse.reception_steps = 'two_steps'
        slip = self._write_slip(self.siti, {'gross': 10, 'deal': 'buy', 'price': 5000})
        slip.action_confirm()
        self._validate_first(slip)
        self._post(self._correct(slip, 8))
        self.assertEqual(self._stock_of(self.own_rice), {self.nobody: 8})
        self._receive(slip)
        self.assertEqual(self._stock_of(self.own_rice), {self.nobody: 8})
        self.assertEqual(slip.bill_ids.amount_expected, 40_000)  # 8 × 5,000

    def _validate_first(self, slip):
        """Receive goods into the place from which they are put away."""
        picking = slip.picking_ids
        picking.move_ids.picked = True
        picking._action_done()
        self.assertEqual(slip.picking_ids.filtered(lambda p: p.state != 'done').move_ids.product_uom_qty, 10)

    def test_corrections_follow_each_other_and_an_outdated_one_is_refused(self):
        slip = self._take_in(self.siti, {'gross': 100})
        outdated = self._correct(slip, 95)
        self._post(self._correct(slip, 90))
        with self.assertRefused("was corrected to 90"):
            outdated.action_post()
        self._post(self._correct(slip, 85))
        self.assertEqual((slip.line_ids.net, slip.line_ids.correction), (85, -15))
        outdated._cancel_with_reason("Overtaken")
        self.assertEqual(slip.line_ids.net, 85)

    def test_correction_changes_something_and_keeps_something(self):
        slip = self._take_in(self.siti, {'gross': 100})
        with self.assertRefused("Nothing changes"):
            self._correct(slip, 100).action_post()
        with self.assertRefusedByDatabase('coop.consignment.correction', "return the goods to the member"):
            self._correct(slip, 0)
            self.env.flush_all()
        draft = self._write_slip(self.siti, {'gross': 100})
        with self.assertRefused("change the slip itself"):
            self._correct(draft, 90).action_post()

    def test_posted_correction_stays(self):
        slip = self._take_in(self.siti, {'gross': 100})
        correction = self._correct(slip, 90)
        self._post(correction)
        with self.assertRefused("as a draft only"):
            correction.new_net = 80
        with self.assertRefused("nothing further can be done"):
            correction._cancel_with_reason("x")
        with self.assertRefused("cancel it instead"):
            correction.unlink()

    def test_correction_that_is_done_over_the_turn_of_a_second_is_dated_once(self):
        slip = self._take_in(self.siti, {'gross': 100})
        correction = self._correct(slip, 90)
        moments = itertools.count()
        with patch.object(fields.Datetime, 'now', lambda: datetime(2030, 1, 1) + timedelta(seconds=next(moments))):
            self._post(correction)
        taken = slip.line_ids.move_ids.filtered(lambda move: move.location_dest_id.usage != 'internal')
        self.assertEqual(taken.quantity, 10)
        self.assertEqual(taken.move_line_ids.date, taken.date)

    def test_lot_of_the_slip_is_the_one_that_is_corrected(self):
        paddy = self._create_product("Paddy", coop_consigned=True, tracking='lot')
        old = self._take_in(self.siti, {'product_id': paddy.id, 'gross': 10, 'lot_name': "P1"})
        new = self._take_in(self.siti, {'product_id': paddy.id, 'gross': 10, 'lot_name': "P2"})
        self._post(self._correct(new, 6))
        quants = self.env['stock.quant'].search([('product_id', '=', paddy.id), ('location_id', '=', self.stock.id)])
        self.assertEqual(
            {quant.lot_id: quant.quantity for quant in quants},
            {old.line_ids.lot_id: 10, new.line_ids.lot_id: 6},
        )

    def test_unique_piece_is_returned_and_not_corrected(self):
        slip = self._take_in(self.siti, {'product_id': self.batik.id, 'gross': 1})
        with self.assertRefused("is a unique piece"):
            self._correct(slip, 2).action_request()

    # === BOUGHT GOODS === #

    def test_bought_goods_are_corrected_with_their_order_before_the_bill(self):
        slip = self._take_in(self.siti, {'gross': 100, 'deal': 'buy', 'price': 9})
        self._post(self._correct(slip, 80))
        order_line = slip.purchase_order_ids.order_line
        self.assertEqual((order_line.product_qty, order_line.qty_received, order_line.price_unit), (80, 80, 9))
        self.assertEqual(self._stock_of(self.own_rice), {self.nobody: 80})
        self.assertEqual(slip.bill_ids.amount_expected, 720)
        self._post(self._correct(slip, 85))
        self.assertEqual((order_line.product_qty, order_line.qty_received, order_line.price_unit), (85, 85, 9))
        self.assertEqual(self._stock_of(self.own_rice), {self.nobody: 85})
        slip.bill_ids.action_post()
        self.assertEqual(slip.bill_ids.amount_total, 765)
        with self.assertRefused("is billed"):
            self._correct(slip, 70).action_post()

    def test_order_that_waits_is_changed_itself(self):
        slip = self._write_slip(self.siti, {'gross': 100, 'deal': 'buy', 'price': 9})
        slip.action_confirm()
        self._correct(slip, 70).action_post()
        self._receive(slip)
        self.assertEqual(self._stock_of(self.own_rice), {self.nobody: 70})
        self.assertEqual((slip.state, slip.bill_ids.amount_expected), ('received', 630))

    # === PERMISSIONS === #

    def test_warehouse_reads_corrections_and_does_not_write_them(self):
        slip = self._take_in(self.siti, {'gross': 100})
        correction = self._correct(slip, 90)
        self.assertEqual(correction.with_user(self.warehouse_user).new_net, 90)
        with self.assertRefused("Officer", AccessError):
            correction.with_user(self.warehouse_user).action_post()
        with self.assertRefused("own buttons", AccessError):
            correction.with_user(self.officer).state = 'posted'

    def test_whoever_entered_the_weight_does_not_approve_it(self):
        slip = self._take_in(self.siti, {'gross': 100})
        correction = self._correct(slip, 101).with_user(self.officer)
        correction.with_user(self.manager).new_net = 600
        correction.action_request()
        with self.assertRefused("Another user has to approve"):
            correction.with_user(self.manager).action_post()
        self.assertEqual(slip.line_ids.net, 100)

    def _post(self, correction):
        """Have one user ask for a correction, and another one post it."""
        correction.with_user(self.officer).action_request()
        correction.with_user(self.manager).action_post()

    def _correct(self, slip, new_net):
        return self.env['coop.consignment.correction'].create({
            'line_id': slip.line_ids.id, 'new_net': new_net, 'reason': "Typed wrongly",
        })


@tagged('post_install', '-at_install')
class TestIntakeDelivery(IntakeCommon):

    def test_each_member_gets_a_slip_and_a_receipt(self):
        delivery = self._deliver_together()
        delivery.action_confirm()
        siti, budi = delivery.slip_ids.sorted('id')
        self.assertEqual((siti.partner_id, budi.partner_id), (self.siti.partner_id, self.budi.partner_id))
        self.assertEqual(siti.line_ids.mapped('net'), [103.5, 8])
        self.assertEqual((siti.vehicle_plate, siti.state), ("N 1234 AB", 'confirmed'))
        # one of left goods each, and one of what Budi sells outright
        self.assertEqual(len(delivery.slip_ids.picking_ids), 3)
        self._receive(siti)
        self._receive(budi)
        self.assertEqual(self._stock_of(self.rice), {self.siti.partner_id: 111.5, self.budi.partner_id: 40})
        self.assertEqual(self._stock_of(self.own_rice), {self.nobody: 20})

    def test_one_receipt_names_the_owners_on_its_lines(self):
        delivery = self._deliver_together(receipt_mode='joint')
        delivery.action_confirm()
        left = delivery.slip_ids.picking_ids.filtered(lambda picking: picking.product_id == self.rice)
        self.assertEqual(len(left), 1)
        self.assertFalse(left.owner_id)
        left.with_user(self.warehouse_user).button_validate()
        self.assertEqual(self._stock_of(self.rice), {self.siti.partner_id: 111.5, self.budi.partner_id: 40})
        siti, budi = delivery.slip_ids.sorted('id')
        self.assertEqual((siti.state, budi.state), ('received', 'confirmed'))

    def test_slip_of_a_joint_receipt_is_cancelled_alone(self):
        delivery = self._deliver_together(receipt_mode='joint')
        delivery.action_confirm()
        siti, budi = delivery.slip_ids.sorted('id')
        budi._cancel_with_reason("Taken home")
        self._receive(siti)
        self.assertEqual(self._stock_of(self.rice), {self.siti.partner_id: 111.5})

    def test_weighbridge_is_compared_with_the_lines(self):
        delivery = self._deliver_together(loaded_weight=4_200, empty_weight=4_000)
        # 103.5 + 8 + 40 + 20 = 171.5
        self.assertEqual((delivery.gross_total, delivery.difference), (171.5, 28.5))

    def test_pieces_and_other_units_of_weight_do_not_muddle_the_comparison(self):
        # 103.5 + 8 + 40 + 20 = 171.5 kg, 3 pieces do not count, and 0.1 ton are 100 kg
        corn = self._create_product("Corn", coop_consigned=True, uom_id=self.env.ref('uom.product_uom_ton').id)
        delivery = self._deliver_together(loaded_weight=4_200, empty_weight=3_900)
        delivery.line_ids = [
            Command.create({'membership_id': self.siti.id, 'product_id': product.id, 'gross': gross})
            for product, gross in ((self._create_product("Mat", coop_consigned=True), 3), (corn, 0.1))
        ]
        self.assertEqual((delivery.gross_total, delivery.difference), (271.5, 28.5))
        self.assertEqual(delivery.weight_uom_id, self.env.ref('uom.product_uom_kgm'))

    def test_nobody_gets_a_slip_when_one_line_is_wrong(self):
        delivery = self._deliver_together()
        delivery.line_ids[1].tare = 8
        with self.assertRefused("Nothing is left"):
            delivery.action_confirm()
        self.assertEqual((delivery.state, len(delivery.slip_ids)), ('draft', 0))
        with self.assertRefused("is empty"):
            self.env['coop.consignment.delivery'].create({}).action_confirm()

    def test_confirmed_delivery_is_not_changed(self):
        delivery = self._deliver_together()
        with self.assertRefused("Confirm the delivery first"):
            delivery.action_print_slips()
        delivery.action_confirm()
        with self.assertRefused("is not changed"):
            delivery.line_ids[0].gross = 1
        with self.assertRefused("is not changed"):
            delivery.date = '2026-01-01'
        for values in ({'loaded_weight': 1}, {'empty_weight': 1}, {'driver': "Somebody"}):
            with self.subTest(**values), self.assertRefused("is not changed"):
                delivery.write(values)
        delivery._cancel_with_reason("Wrong truck")
        self.assertEqual(set(delivery.slip_ids.mapped('state')), {'cancelled'})

    def test_delivery_with_goods_received_is_not_cancelled(self):
        delivery = self._deliver_together()
        delivery.action_confirm()
        self.assertFalse(delivery.has_received)
        self._receive(delivery.slip_ids.sorted('id')[0])
        self.assertTrue(delivery.has_received)
        with self.assertRefused("were received"):
            delivery._cancel_with_reason("Wrong truck")

    def test_officer_writes_deliveries_and_warehouse_only_reads_quantities(self):
        delivery = self._deliver_together(user=self.officer)
        mine = delivery.with_user(self.warehouse_user)
        self.assertEqual(mine.line_ids.mapped('net'), [103.5, 8, 40, 20])
        with self.assertRefused("access|Access", AccessError):
            mine.line_ids.read(['price'])
        with self.assertRefused("not allowed", AccessError):
            mine.action_confirm()
        delivery.action_confirm()
        self.assertEqual(delivery.state, 'confirmed')

    def _deliver_together(self, user=None, **values):
        Delivery = self.env['coop.consignment.delivery'].with_user(user or self.env.user)
        return Delivery.create({
            'vehicle_plate': "N 1234 AB",
            'line_ids': [Command.create({'product_id': self.rice.id, **line}) for line in (
                {'membership_id': self.siti.id, 'sacks': "52,5 51"}, {'membership_id': self.siti.id, 'gross': 8},
                {'membership_id': self.budi.id, 'gross': 40},
                {'membership_id': self.budi.id, 'gross': 20, 'deal': 'buy', 'price': 9},
            )],
            **values,
        })
