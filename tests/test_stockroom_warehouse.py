from odoo import Command
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_stockroom import StockroomCommon


@tagged('post_install', '-at_install')
class TestStockroomWarehouse(StockroomCommon):
    """Whoever has Odoo's stock group only receives, delivers and returns members' goods, and sees no money."""

    def setUp(self):
        super().setUp()
        self.assertFalse(self.warehouse_user.has_group('producer_cooperative.group_coop_officer'))

    def _open_pickings(self):
        return self.env['stock.picking'].with_user(self.warehouse_user).search([
            ('move_ids.product_id', '=', self.rice.id), ('state', 'not in', ('done', 'cancel', 'draft')),
        ], order='id')

    def _work_through(self, steps):
        """Validate what is open, step by step, as the warehouse."""
        for step in range(steps):
            picking = self._open_pickings()
            with self.subTest(step=step):
                self.assertEqual(len(picking), 1)
                picking.action_assign()
                picking.button_validate()
                self.assertEqual(picking.state, 'done')
        return picking

    def _take_back_as_warehouse(self, picking, quantity):
        wizard = Form(self.env['stock.return.picking'].with_user(self.warehouse_user).with_context(
            active_id=picking.id, active_model='stock.picking')).save()
        wizard.product_return_moves.quantity = quantity
        back = wizard._create_return()
        back.button_validate()
        return back

    def test_receives_and_delivers_in_several_steps_and_takes_back(self):
        self.warehouse.write({'reception_steps': 'two_steps', 'delivery_steps': 'pick_pack_ship'})
        slip = self.env['coop.consignment'].create({
            'membership_id': self.siti.id, 'line_ids': [Command.create({'product_id': self.rice.id, 'gross': 50})],
        })
        slip.action_confirm()
        self._work_through(2)
        self.assertEqual(slip.state, 'received')
        order = self._sell(30, owner=self.siti)
        ship = self._work_through(3)
        self.assertEqual(order.order_line.qty_delivered, 30)
        self.assertEqual(self._take_back_as_warehouse(ship, 10).state, 'done')
        self.assertEqual(order.order_line.qty_delivered, 20)
        self.assertEqual(self.assertStockExplained(), {self.siti.partner_id: 30})

    def test_partial_delivery_with_backorder_is_the_warehouses_own(self):
        self._bring(self.siti, 60)
        order = self._sell(50)
        picking = order.picking_ids.with_user(self.warehouse_user)
        picking.move_ids.quantity = 20
        action = picking.button_validate()
        wizard = Form(self.env[action['res_model']].with_user(self.warehouse_user).with_context(**action['context']))
        wizard.save().process()
        self.assertEqual(order.order_line.qty_delivered, 20)
        self._work_through(1)
        self.assertEqual(order.order_line.qty_delivered, 50)

    def test_hands_out_what_a_return_slip_says(self):
        self._bring(self.siti, 60)
        slip = self.env['coop.consignment.return'].with_user(self.officer).create({
            'membership_id': self.siti.id, 'line_ids': [Command.create({'product_id': self.rice.id, 'quantity': 20})],
        })
        slip.action_confirm()
        self._work_through(1)
        self.assertEqual(slip.state, 'done')
        seen = slip.with_user(self.warehouse_user)
        self.assertEqual((seen.partner_id, seen.line_ids.returned), (self.siti.partner_id, 20))
        with self.assertRefused("not allowed", Exception):
            seen.note = "x"

    def test_sees_quantities_and_ages_and_no_money(self):
        self._bring(self.siti, 60)
        for model in ('coop.consignment.unsold', 'coop.consignment.stock'):
            rows = self.env[model].with_user(self.warehouse_user).search([])
            with self.subTest(model=model):
                self.assertEqual((rows.owner_id, rows.quantity), (self.siti.partner_id, 60))
                self.assertNotIn('asking_price', rows.fields_get())
                with self.assertRefused("access|not allowed", Exception):
                    rows.read(['asking_price'])
        for model in (
            'coop.consignment.reduction', 'coop.consignment.loss', 'coop.consignment.loss.share', 'coop.settlement',
        ):
            with self.subTest(model=model), self.assertRefused("not allowed|access", Exception):
                self.env[model].with_user(self.warehouse_user).search([])
