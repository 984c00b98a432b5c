from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_consignment import ConsignmentCommon


@tagged('post_install', '-at_install')
class TestConsignmentStock(ConsignmentCommon):

    # === PRODUCTS === #

    def test_consigned_product_is_tracked_periodic_and_invoiced_on_delivery(self):
        product = self.env['product.template'].create({'name': "Corn", 'type': 'consu', 'coop_consigned': True})
        self.assertTrue(product.is_storable)
        self.assertEqual(product.invoice_policy, 'delivery')
        product.categ_id = self.env['product.category'].create({
            'name': "Perpetual", 'property_valuation': 'real_time', 'property_cost_method': 'average',
        })
        self.assertEqual(product.valuation, 'periodic')
        with self.assertRefused("delivered quantities", ValidationError):
            product.invoice_policy = 'order'
        with self.assertRefused("inventory is tracked", ValidationError):
            product.is_storable = False

    def test_toggle_on_the_product_form_sets_what_goes_with_it(self):
        with Form(self.env['product.template']) as form:
            form.name = "Corn"
            form.coop_consigned = True
            self.assertTrue(form.is_storable)
            self.assertEqual(form.invoice_policy, 'delivery')

    def test_income_of_consigned_products_is_the_clearing_account(self):
        accounts = self.rice.product_tmpl_id._get_product_accounts()
        income = self.own.product_tmpl_id._get_product_accounts()['income']
        self.assertEqual(accounts['income'], self.clearing)
        self.assertEqual(accounts['downpayment'], income)
        self.assertNotEqual(income, self.clearing)

    def test_flag_is_not_switched_while_there_is_stock(self):
        self._bring(self.siti, 60)
        with self.assertRefused("There is stock of Rice"):
            self.rice.coop_consigned = False
        self._put_own_stock(self.own, 5)
        with self.assertRefused("There is stock of Fertiliser"):
            self.own.coop_consigned = True

    def test_flag_is_not_switched_once_goods_of_members_were_sold(self):
        self._bring(self.siti, 60)
        order = self._sell(60)
        self._deliver(order)
        with self.assertRefused("still under way"):
            self.rice.coop_consigned = False
        self._invoice(order)
        with self.assertRefused("Goods of members were sold as Rice"):
            self.rice.coop_consigned = False
        self.assertEqual(self._due(self.siti), (60, 600))
        self._settle(self.siti)
        with self.assertRefused("Goods of members were sold as Rice"):
            self.rice.product_tmpl_id.with_user(self.officer).coop_consigned = False

    def test_flag_is_switched_again_while_nothing_was_sold(self):
        receipt = self._bring(self.siti, 60).picking_ids
        wizard = Form(self.env['stock.return.picking'].with_context(
            active_id=receipt.id, active_model='stock.picking')).save()
        wizard.product_return_moves.quantity = 60
        back = wizard._create_return()
        back.move_ids.picked = True
        back._action_done()
        self.rice.coop_consigned = False
        self.assertFalse(self.rice.coop_consigned)

    # === RECEIPTS === #

    def test_receipt_without_owner_is_refused(self):
        picking = self._create_receipt(self.rice, 10)
        with self.assertRefused("say whose goods"):
            picking.button_validate()
        self.assertNotEqual(picking.state, 'done')

    def test_receipt_that_staff_make_with_an_owner_counts_the_same(self):
        picking = self._create_receipt(self.rice, 10)
        picking.owner_id = self.siti.partner_id
        picking.button_validate()
        self.assertEqual(picking.state, 'done')
        self._deliver(self._sell(10))
        self.assertEqual(self._stock(self.rice), {})

    def test_goods_of_somebody_who_is_no_member_stay_odoos_business(self):
        picking = self._create_receipt(self.own, 10)
        picking.owner_id = self.customer
        picking.button_validate()
        self.assertEqual(self._stock(self.own), {self.customer: 10})

    def test_own_product_is_not_taken_in_as_a_members(self):
        picking = self._create_receipt(self.own, 10)
        picking.owner_id = self.siti.partner_id
        with self.assertRefused("cooperative's own product"):
            picking.button_validate()

    def test_own_product_is_received_as_ever(self):
        self._create_receipt(self.own, 10).button_validate()
        self.assertEqual(self._stock(self.own), {self.env['res.partner']: 10})

    def test_owner_has_to_be_a_member(self):
        picking = self._create_receipt(self.rice, 10)
        picking.owner_id = self.customer
        with self.assertRefused("is not a member"):
            picking.button_validate()
        picking.owner_id = self.company.partner_id
        with self.assertRefused("say whose goods"):
            picking.button_validate()

    def test_inventory_adjustment_follows_the_same_rule(self):
        with self.assertRefused("say whose goods"):
            self._put_own_stock(self.rice, 5)
        with self.assertRefused("cooperative's own product"):
            self._put_own_stock(self.own, 5, owner=self.siti)
        with self.assertRefused("would come from nowhere"):
            self._put_own_stock(self.rice, 5, owner=self.siti)
        self.assertEqual(self._stock(self.rice), {})

    def test_owner_is_not_taken_off_afterwards(self):
        slip = self._bring(self.siti, 60)
        with self.assertRefused("say whose goods"):
            slip.picking_ids.move_line_ids.owner_id = False

    def test_receiving_books_nothing(self):
        self.rice.standard_price = 8
        moves = self.env['account.move'].search_count([])
        slip = self._bring(self.siti, 60)
        self.assertEqual(self.env['account.move'].search_count([]), moves)
        self.assertEqual(slip.line_ids.move_ids.value, 0)
        self.assertEqual(self.rice.total_value, 0)

    # === INTAKE SLIP === #

    def test_net_is_gross_less_tare_less_deduction(self):
        slip = self.env['coop.consignment'].create({
            'membership_id': self.siti.id,
            'line_ids': [Command.create({'product_id': self.rice.id, 'gross': 52.5, 'tare': 0.5, 'deduction': 2})],
        })
        self.assertEqual(slip.line_ids.net, 50)
        slip.action_confirm()
        self.assertEqual(slip.state, 'confirmed')
        move = slip.picking_ids.move_ids
        self.assertEqual((move.product_uom_qty, move.restrict_partner_id), (50, self.siti.partner_id))
        self.assertEqual(move.move_line_ids.owner_id, self.siti.partner_id)
        slip.picking_ids.button_validate()
        self.assertEqual(slip.state, 'received')
        self.assertEqual(slip.line_ids.received, 50)
        self.assertEqual(self._stock(self.rice), {self.siti.partner_id: 50})

    def test_slip_waits_for_its_backorder(self):
        slip = self.env['coop.consignment'].create({
            'membership_id': self.siti.id, 'line_ids': [Command.create({'product_id': self.rice.id, 'gross': 50})],
        })
        slip.action_confirm()
        picking = slip.picking_ids
        picking.move_ids.quantity = 30
        picking.move_ids.picked = True
        picking._action_done()
        self.assertEqual(slip.state, 'confirmed')
        backorder = slip.picking_ids - picking
        self.assertEqual(backorder.move_ids.restrict_partner_id, self.siti.partner_id)
        backorder.action_cancel()
        self.assertEqual(slip.state, 'received')
        self.assertEqual(slip.line_ids.received, 30)

    def test_more_than_the_slip_says_is_not_received(self):
        slip = self.env['coop.consignment'].create({
            'membership_id': self.siti.id, 'line_ids': [Command.create({'product_id': self.rice.id, 'gross': 50})],
        })
        slip.action_confirm()
        slip.picking_ids.move_ids.quantity = 55
        with self.assertRefused("write a correction slip"):
            slip.picking_ids.button_validate()
        slip.picking_ids.move_ids.quantity = 50
        slip.picking_ids.button_validate()
        self.assertEqual(self._stock(self.rice), {self.siti.partner_id: 50})

    def test_slip_of_unsuitable_goods_or_members_is_refused(self):
        Slip = self.env['coop.consignment']
        line = {'product_id': self.rice.id, 'gross': 1}
        with self.assertRefused("is empty"):
            Slip.create({'membership_id': self.siti.id}).action_confirm()
        with self.assertRefused("own product"):
            Slip.create({
                'membership_id': self.siti.id, 'line_ids': [Command.create({**line, 'product_id': self.own.id})],
            }).action_confirm()
        with self.assertRefused("Nothing is left"):
            Slip.create({
                'membership_id': self.siti.id, 'line_ids': [Command.create({**line, 'tare': 1})],
            }).action_confirm()
        self.siti._suspend_with_reason("Arrears")
        with self.assertRefused("not an active member"):
            Slip.create({'membership_id': self.siti.id, 'line_ids': [Command.create(line)]}).action_confirm()

    def test_confirmed_slip_is_cancelled_with_its_receipt_and_received_one_is_not(self):
        slip = self.env['coop.consignment'].create({
            'membership_id': self.siti.id, 'line_ids': [Command.create({'product_id': self.rice.id, 'gross': 50})],
        })
        slip.action_confirm()
        with self.assertRefused("is not changed"):
            slip.line_ids.gross = 51
        slip._cancel_with_reason("Not brought")
        self.assertEqual(slip.picking_ids.state, 'cancel')
        with self.assertRefused("Return them to the member"):
            self._bring(self.siti, 10)._cancel_with_reason("Not brought")

    def test_goods_go_back_to_the_member(self):
        slip = self._bring(self.siti, 60)
        wizard = Form(self.env['stock.return.picking'].with_context(
            active_id=slip.picking_ids.id, active_model='stock.picking')).save()
        wizard.product_return_moves.quantity = 20
        back = wizard._create_return()
        back.move_ids.picked = True
        back._action_done()
        self.assertEqual(slip.line_ids.received, 40)
        self.assertEqual(self._stock(self.rice), {self.siti.partner_id: 40})

    def test_slip_prints_weights_and_member(self):
        slip = self._bring(self.siti, 60)
        html = self.env['ir.actions.report']._render_qweb_html(
            'producer_cooperative.coop_consignment_report', slip.ids,
        )[0].decode()
        for text in (slip.name, "Siti", "Rice", "60.00"):
            self.assertIn(text, html)

    # === RESERVATION === #

    def test_first_in_goes_first_out_whoever_owns_it(self):
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        delivery = self._deliver(self._sell(80))
        self.assertEqual(self._owners_of(delivery), {self.siti.partner_id: 60, self.budi.partner_id: 20})
        self.assertEqual(self._stock(self.rice), {self.budi.partner_id: 20})

    def test_named_owner_is_the_only_one_whose_goods_go(self):
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        delivery = self._deliver(self._sell(30, owner=self.budi))
        self.assertEqual(self._owners_of(delivery), {self.budi.partner_id: 30})
        self.assertEqual(self._stock(self.rice), {self.siti.partner_id: 60, self.budi.partner_id: 10})

    def test_named_owner_without_enough_goods_takes_nobody_elses(self):
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        order = self._sell(50, owner=self.budi)
        self.assertEqual(self._owners_of(order.picking_ids), {self.budi.partner_id: 40})
        order.picking_ids.move_ids.quantity = 50
        self.assertEqual(order.picking_ids.move_line_ids.owner_id, self.budi.partner_id)
        order.picking_ids.move_ids.picked = True
        with self.assertRefused("Budi has 10"):
            order.picking_ids._action_done()
        self.assertEqual(self._stock(self.rice), {self.siti.partner_id: 60, self.budi.partner_id: 40})

    def test_quantity_that_is_typed_in_keeps_to_the_named_owner(self):
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        picking = self._sell(40, owner=self.budi).picking_ids
        picking.do_unreserve()
        picking.move_ids.quantity = 35
        self.assertEqual(self._owners_of(picking), {self.budi.partner_id: 35})

    def test_other_owners_goods_that_are_picked_by_hand_are_refused(self):
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        picking = self._sell(40, owner=self.budi).picking_ids
        picking.move_line_ids.owner_id = self.siti.partner_id
        picking.move_ids.picked = True
        with self.assertRefused("about the goods of Budi"):
            picking._action_done()

    def test_more_than_all_owners_have_is_not_delivered(self):
        self._bring(self.siti, 60)
        picking = self._sell(80).picking_ids
        picking.move_ids.quantity = 80
        picking.move_ids.picked = True
        with self.assertRefused("say whose goods"):
            picking._action_done()

    def test_owner_travels_through_a_delivery_in_two_steps(self):
        self.warehouse.delivery_steps = 'pick_ship'
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        order = self._sell(30, owner=self.budi)
        for _step in range(2):
            picking = order.picking_ids.filtered(lambda p: p.state not in ('done', 'cancel'))
            picking.action_assign()
            self.assertEqual(self._owners_of(picking), {self.budi.partner_id: 30})
            picking.move_ids.picked = True
            picking._action_done()
        self._invoice(order)
        self.assertEqual(self._due(self.budi), (30, 300))

    def test_owner_of_a_line_is_fixed_once_the_delivery_is_prepared(self):
        self._bring(self.siti, 60)
        order = self._sell(30, owner=self.siti)
        with self.assertRefused("being prepared"):
            order.order_line.coop_owner_id = self.budi.partner_id

    def test_own_products_have_no_owner_on_the_line(self):
        with self.assertRefused("cannot name an owner", ValidationError):
            self._sell(1, owner=self.siti, product=self.own)

    def test_own_products_are_reserved_as_ever(self):
        self._put_own_stock(self.own, 50)
        order = self._sell(30, product=self.own)
        order.picking_ids.move_ids.restrict_partner_id = self.siti.partner_id
        order.picking_ids.do_unreserve()
        order.picking_ids.action_assign()
        self.assertEqual(self._owners_of(order.picking_ids), {self.env['res.partner']: 30})
        order.picking_ids.move_ids.quantity = 20
        self.assertEqual(self._owners_of(order.picking_ids), {self.env['res.partner']: 20})
        order.picking_ids.move_ids.quantity = 60
        self._deliver(order)
        self.assertEqual(self._stock(self.own), {self.env['res.partner']: -10})

    # === SELLING === #

    def test_goods_do_not_leave_for_a_customer_without_a_sale(self):
        self._bring(self.siti, 60)
        picking = self.env['stock.picking'].create({
            'picking_type_id': self.warehouse.out_type_id.id, 'partner_id': self.customer.id,
            'location_id': self.stock.id, 'location_dest_id': self.env.ref('stock.stock_location_customers').id,
            'move_ids': [Command.create({
                'product_id': self.rice.id, 'product_uom_qty': 5, 'location_id': self.stock.id,
                'location_dest_id': self.env.ref('stock.stock_location_customers').id,
            })],
        })
        picking.action_confirm()
        picking.action_assign()
        picking.move_ids.picked = True
        with self.assertRefused("without a sales order"):
            picking._action_done()

    def test_consigned_goods_are_not_invoiced_without_a_sale(self):
        invoice = self.env['account.move'].create({
            'move_type': 'out_invoice', 'partner_id': self.customer.id, 'invoice_date': self.today,
            'invoice_line_ids': [Command.create({'product_id': self.rice.id, 'quantity': 1, 'price_unit': 10})],
        })
        with self.assertRefused("must come from a sales order"):
            invoice.action_post()

    # === PERMISSIONS === #

    def test_warehouse_user_receives_delivers_and_takes_back(self):
        slip = self.env['coop.consignment'].create({
            'membership_id': self.siti.id, 'line_ids': [Command.create({'product_id': self.rice.id, 'gross': 50})],
        })
        slip.action_confirm()
        receipt = slip.picking_ids.with_user(self.warehouse_user)
        receipt.button_validate()
        self.assertEqual(slip.state, 'received')
        order = self._sell(30)
        delivery = order.picking_ids.with_user(self.warehouse_user)
        delivery.button_validate()
        self.assertEqual(delivery.state, 'done')
        wizard = Form(self.env['stock.return.picking'].with_user(self.warehouse_user).with_context(
            active_id=delivery.id, active_model='stock.picking')).save()
        wizard.product_return_moves.quantity = 10
        back = wizard._create_return()
        back.button_validate()
        self.assertEqual(back.state, 'done')
        self.assertEqual(order.order_line.qty_delivered, 20)
        self.assertEqual(self._stock(self.rice), {self.siti.partner_id: 30})

    def test_warehouse_user_sees_quantities_and_no_money(self):
        slip = self._bring(self.siti, 50).with_user(self.warehouse_user)
        self.assertEqual(slip.line_ids.net, 50)
        with self.assertRefused("not allowed|access|Access", Exception):
            slip.line_ids.read(['asking_price'])
        with self.assertRefused("not allowed", Exception):
            slip.paper_number = "1"
        slip.with_user(self.officer).line_ids.read(['asking_price'])

    def test_officer_writes_slips_and_the_supervisor_does_not(self):
        values = {
            'membership_id': self.siti.id, 'line_ids': [Command.create({'product_id': self.rice.id, 'gross': 5})],
        }
        slip = self.env['coop.consignment'].with_user(self.officer).create(values)
        slip.action_confirm()
        self.assertEqual(slip.state, 'confirmed')
        with self.assertRefused("not allowed", Exception):
            self.env['coop.consignment'].with_user(self.supervisor).create(values)

    # === HELPERS === #

    def _create_receipt(self, product, quantity):
        supplier = self.env.ref('stock.stock_location_suppliers')
        picking = self.env['stock.picking'].create({
            'picking_type_id': self.warehouse.in_type_id.id, 'location_id': supplier.id,
            'location_dest_id': self.stock.id,
            'move_ids': [Command.create({
                'product_id': product.id, 'product_uom_qty': quantity, 'location_id': supplier.id,
                'location_dest_id': self.stock.id,
            })],
        })
        picking.action_confirm()
        return picking

    def _put_own_stock(self, product, quantity, owner=None):
        self.env['stock.quant'].with_context(inventory_mode=True).create({
            'product_id': product.id, 'location_id': self.stock.id, 'inventory_quantity': quantity,
            'owner_id': owner.partner_id.id if owner else False,
        }).action_apply_inventory()

    def _stock(self, product):
        """Return ``{owner: quantity}`` in the warehouse."""
        quants = self.env['stock.quant'].search([('product_id', '=', product.id), ('location_id', '=', self.stock.id)])
        return {quant.owner_id: quant.quantity for quant in quants if quant.quantity}
