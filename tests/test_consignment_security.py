from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_consignment import ConsignmentCommon


@tagged('post_install', '-at_install')
class TestConsignmentSecurity(ConsignmentCommon):

    # === DOCUMENTS === #

    def test_partner_of_a_settlement_or_slip_is_not_written(self):
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        slip = self._create_slip(self.budi)
        with self.assertRefused("own buttons", AccessError):
            settlement.with_user(self.accountant).write({'partner_id': self.budi.partner_id.id})
        with self.assertRefused("own buttons", AccessError):
            slip.with_user(self.officer).write({'partner_id': self.siti.partner_id.id})
        self.assertEqual(settlement.partner_id, self.siti.partner_id)

    def test_owner_who_is_no_member_does_not_stop_the_settlements_of_the_others(self):
        self._sold(self.siti, 60)
        self._sold(self.budi, 30)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_move_line SET owner_id = %s WHERE owner_id = %s AND state = 'done'",
            [self.customer.id, self.budi.partner_id.id],
        )
        self.env.invalidate_all()
        run = self.env['coop.settlement.run'].create({'date': self.today})
        run.action_preview()
        self.assertEqual(
            {line.partner_id: (line.state, line.amount_gross) for line in run.line_ids},
            {self.siti.partner_id: ('to_settle', 600), self.customer: ('blocked', 0)},
        )

    def test_lines_do_not_move_into_documents_that_are_finished(self):
        received = self._bring(self.siti, 10)
        draft = self._create_slip(self.siti)
        with self.assertRefused("is not changed"):
            draft.line_ids.with_user(self.officer).write({'consignment_id': received.id})
        self._sold(self.siti, 20)
        self._sold(self.budi, 20)
        posted, computed = self._settle(self.siti), self._compute(self.budi)
        with self.assertRefused("Posted"):
            computed.line_ids.write({'settlement_id': posted.id})
        with self.assertRefused("Posted"):
            self.env['coop.settlement.deduction'].create({
                'settlement_id': computed.id, 'kind': 'savings', 'name': "x",
            }).write({'settlement_id': posted.id})

    def test_bands_do_not_move_into_terms_that_were_settled_with(self):
        self._sold(self.siti, 60)
        self._settle(self.siti)
        tiers = self._create_agreement(
            self.budi, commission_kind='tiered', band_ids=[Command.create({'lower': 0, 'rate': 10})],
        )
        with self.assertRefused("they stay as they are"):
            tiers.term_ids.band_ids.with_user(self.manager).write({'term_id': self.agreement.term_ids.id})

    def test_days_to_come_are_not_booked(self):
        tomorrow = fields.Date.add(self.today, days=1)
        self._sold(self.siti, 60)
        settlement = self._compute(self.siti, tomorrow)
        with self.assertRefused("still to come"):
            settlement.action_post()
        slip = self._create_slip(self.siti)
        slip.date = tomorrow
        with self.assertRefused("still to come"):
            slip.action_confirm()
        settlement.unlink()
        accrual = self.env['coop.commission.accrual'].create({'date': tomorrow})
        accrual.action_compute()
        with self.assertRefused("still to come"):
            accrual.action_post()
        accrual.date = self.today
        accrual.action_compute()
        accrual.action_post()
        self.assertEqual(accrual.state, 'posted')

    # === TRANSFERS === #

    def test_done_transfers_of_members_goods_are_corrected_by_a_return_only(self):
        self._bring(self.budi, 60)
        delivery = self._sold_delivery(self.siti, 60)
        line = delivery.move_line_ids.with_user(self.warehouse_user)
        for values in (
            {'owner_id': self.budi.partner_id.id}, {'owner_id': False}, {'quantity': 30}, {'quantity': 0},
            {'location_dest_id': self.stock.id}, {'quant_id': self._quant(self.budi).id},
        ):
            with self.subTest(values=values), self.assertRefused("Correct it by a return"):
                line.write(values)
        with self.assertRefused("Correct it by a return"):
            delivery.move_ids.with_user(self.warehouse_user).quantity = 30
        with self.assertRefused("Correct it by a return"):
            self.env['stock.move.line'].with_user(self.warehouse_user).create({
                'move_id': delivery.move_ids.id, 'picking_id': delivery.id, 'product_id': self.rice.id,
                'quantity': 5, 'owner_id': self.budi.partner_id.id,
                'location_id': delivery.location_id.id, 'location_dest_id': delivery.location_dest_id.id,
            })
        line.write({'owner_id': self.siti.partner_id.id, 'quantity': 60})  # what it is already
        self.assertEqual(self._owners_of(delivery), {self.siti.partner_id: 60})

    def test_done_transfers_of_own_goods_stay_odoos_business(self):
        supplier = self.env.ref('stock.stock_location_suppliers')
        picking = self.env['stock.picking'].with_user(self.warehouse_user).create({
            'picking_type_id': self.warehouse.in_type_id.id, 'location_id': supplier.id,
            'location_dest_id': self.stock.id,
            'move_ids': [Command.create({
                'product_id': self.own.id, 'product_uom_qty': 10, 'location_id': supplier.id,
                'location_dest_id': self.stock.id,
            })],
        })
        picking.button_validate()
        picking.move_line_ids.quantity = 8
        self.assertEqual(self.own.qty_available, 8)

    def test_what_a_done_move_was_for_is_not_rewritten(self):
        delivery = self._sold_delivery(self.siti, 60)
        other = self._sell(1)
        move = delivery.move_ids.with_user(self.warehouse_user)
        for values in (
            {'restrict_partner_id': self.budi.partner_id.id}, {'sale_line_id': other.order_line.id},
            {'sale_line_id': False}, {'state': 'draft'}, {'location_dest_id': self.stock.id},
        ):
            with self.subTest(values=values), self.assertRefused("is not rewritten"):
                move.write(values)
        receipt = self._bring(self.budi, 5).picking_ids.move_ids.with_user(self.warehouse_user)
        with self.assertRefused("is not rewritten|ask the warehouse for their goods themselves"):
            receipt.coop_consignment_line_id = False
        with self.assertRefused("is not rewritten|ask the warehouse for their goods themselves"):
            move.coop_consignment_line_id = receipt.coop_consignment_line_id

    def test_receipt_of_a_slip_brings_goods_of_the_member_on_the_slip(self):
        slip = self._create_slip(self.budi)
        slip.action_confirm()
        receipt = slip.picking_ids.with_user(self.warehouse_user)
        with self.assertRefused("is not rewritten|ask the warehouse for their goods themselves"):
            receipt.move_ids.coop_consignment_line_id = False
        with self.assertRefused("was made for .*, which says what goods and whose"):
            receipt.owner_id = self.siti.partner_id
            receipt.button_validate()
        with self.assertRefused("was made for .*, which says what goods and whose"):
            receipt.owner_id = False
            receipt.move_ids.restrict_partner_id = self.siti.partner_id
            receipt.move_line_ids.owner_id = self.siti.partner_id
            receipt.button_validate()
        receipt.button_validate()
        self.assertEqual(self._owners_of(slip.picking_ids), {self.budi.partner_id: 10})

    # === STOCK === #

    def test_stock_of_members_goods_is_not_rewritten(self):
        self._bring(self.siti, 60)
        quant = self._quant(self.siti)
        for user in (self.warehouse_user, self.officer):
            for values in ({'owner_id': self.budi.partner_id.id}, {'quantity': 600}):
                with self.subTest(user=user.login, values=values), self.assertRefused("belongs to members"):
                    quant.with_user(user).write(values)
            with self.assertRefused("belongs to members"):
                self.env['stock.quant'].with_user(user).create({
                    'product_id': self.rice.id, 'location_id': self.stock.id, 'quantity': 5,
                    'owner_id': self.budi.partner_id.id,
                })
        self.assertEqual((quant.owner_id, quant.quantity), (self.siti.partner_id, 60))

    def test_counts_of_members_goods_need_somebody_elses_approval(self):
        self._bring(self.siti, 60)
        quant = self._quant(self.siti).with_context(inventory_mode=True)
        for user in (self.warehouse_user, self.officer, self.manager):
            user.group_ids += self.env.ref('stock.group_stock_manager')
            with self.subTest(user=user.login):
                with self.assertRefused("would come from nowhere"):
                    quant.with_user(user).inventory_quantity_auto_apply = 600
                quant.with_user(user).inventory_quantity = 62
                with self.assertRefused("would come from nowhere"):
                    quant.with_user(user).action_apply_inventory()
        self.assertEqual(quant.quantity, 60)

    def test_count_that_agrees_with_the_books_changes_nothing(self):
        self._bring(self.siti, 60)
        quant = self._quant(self.siti).with_context(inventory_mode=True)
        quant.with_user(self.officer).inventory_quantity = 60
        quant.with_user(self.officer).action_apply_inventory()
        self.assertEqual(quant.quantity, 60)

    def test_members_goods_do_not_come_from_nothing(self):
        values = {
            'product_id': self.rice.id, 'location_id': self.stock.id, 'owner_id': self.siti.partner_id.id,
        }
        Quant = self.env['stock.quant'].with_context(inventory_mode=True)
        for user in (self.warehouse_user, self.officer):
            with self.subTest(user=user.login), self.assertRefused("would come from nowhere"):
                Quant.with_user(user).create({**values, 'inventory_quantity_auto_apply': 7})
        nothing = self.rice.with_company(self.company).property_stock_inventory
        picking = self.env['stock.picking'].with_user(self.warehouse_user).create({
            'picking_type_id': self.warehouse.in_type_id.id, 'location_id': nothing.id,
            'location_dest_id': self.stock.id, 'owner_id': self.siti.partner_id.id,
            'move_ids': [Command.create({
                'product_id': self.rice.id, 'product_uom_qty': 10, 'location_id': nothing.id,
                'location_dest_id': self.stock.id,
            })],
        })
        picking.action_confirm()
        for user in (self.warehouse_user, self.officer):
            with self.subTest(user=user.login), self.assertRefused("would come from nowhere"):
                picking.with_user(user).button_validate()
        self.assertFalse(self._quant(self.siti))

    def test_warehouse_counts_own_goods_as_ever(self):
        self.env['stock.quant'].with_user(self.warehouse_user).with_context(inventory_mode=True).create({
            'product_id': self.own.id, 'location_id': self.stock.id, 'inventory_quantity': 7,
        }).action_apply_inventory()
        self.assertEqual(self.own.qty_available, 7)

    def test_members_goods_still_go_back_and_forth_by_the_warehouse(self):
        slip = self._bring(self.siti, 60)
        order = self._sell(60)
        delivery = order.picking_ids.with_user(self.warehouse_user)
        delivery.move_ids.quantity = 40
        delivery.with_context(skip_backorder=True).button_validate()
        (order.picking_ids - delivery).with_user(self.warehouse_user).action_cancel()
        for picking, quantity in ((delivery, 10), (slip.picking_ids, 20)):
            wizard = Form(self.env['stock.return.picking'].with_user(self.warehouse_user).with_context(
                active_id=picking.id, active_model='stock.picking')).save()
            wizard.product_return_moves.quantity = quantity
            wizard._create_return().button_validate()
        self.assertEqual(order.order_line.qty_delivered, 30)
        self.assertEqual(slip.line_ids.received, 40)
        self.assertEqual(self._quant(self.siti).quantity, 10)

    # === TERMS === #

    def test_new_terms_hold_from_the_day_after_what_was_settled(self):
        # 60 x 10 = 600 at 10 %; terms of 5 % from before would pay 30 more
        self._sold(self.siti, 60)
        self.assertEqual(self._settle(self.siti).amount_commission, 60)
        Term = self.env['coop.consignment.term'].with_user(self.manager)
        tomorrow = fields.Date.add(self.today, days=1)
        for day in ('2026-01-01', self.today):
            with self.subTest(day=day), self.assertRefused("New terms may hold from"):
                Term.create({'agreement_id': self.agreement.id, 'date_from': day, 'commission_rate': 5})
        term = Term.create({'agreement_id': self.agreement.id, 'date_from': tomorrow, 'commission_rate': 5})
        with self.assertRefused("New terms may hold from"):
            term.date_from = self.today
        self.assertEqual(self._due(self.siti), (0, 0))

    def test_own_agreement_does_not_reach_back_behind_the_members_settlement(self):
        self._sold(self.siti, 60)
        self._settle(self.siti)
        with self.assertRefused("Sales of .*Siti.* are settled"):
            self._create_agreement(self.siti, commission_rate=5)
        # Nothing of Budi's was settled: his own terms may start whenever.
        agreement = self._create_agreement(self.budi, commission_rate=5)
        with self.assertRefused("New terms may hold from"):
            agreement.with_user(self.manager).membership_id = self.siti
        agreement.active = False
        self._sold(self.budi, 60)
        self._settle(self.budi)
        with self.assertRefused("New terms may hold from"):
            agreement.with_user(self.manager).active = True

    def test_agreement_that_was_settled_with_is_neither_archived_nor_deleted(self):
        self._sold(self.siti, 60)
        self._settle(self.siti)
        agreement = self.agreement.with_user(self.manager)
        with self.assertRefused("was settled with and stays"):
            agreement.active = False
        with self.assertRefused("was settled with and stays"):
            agreement.membership_id = self.siti
        with self.assertRefused("was settled with and stays"):
            agreement.unlink()
        agreement.note = "Looked at in the meeting"
        self.assertTrue(agreement.active)

    def test_entries_that_the_treasurer_posts_are_the_documents_own(self):
        self._create_agreement(self.siti, commission_rate=10, set_off_rate=50, set_off_consent_date='2020-01-01')
        self._owe(self.siti, 50)
        self._sold(self.siti, 60)
        settlement = self._compute(self.siti)
        settlement.with_user(self.accountant).action_post()
        self.assertEqual(
            settlement.move_id.line_ids.filtered(lambda item: item.display_type == 'payment_term').account_id,
            self.proceeds,
        )
        settlement.with_user(self.accountant)._cancel_with_reason("Wrong terms")
        self._sold(self.siti, 10)
        accrual = self.env['coop.commission.accrual'].create({'date': self.today})
        accrual.action_compute()
        accrual.with_user(self.accountant).action_post()
        for document, field_names in (
            (settlement, ('move_id', 'set_off_move_id', 'reversal_move_id', 'set_off_reversal_move_id')),
            (accrual, ('move_id', 'reversal_move_id')),
        ):
            for move in (document[field_name] for field_name in field_names):
                with self.subTest(document=document, move=move.ref):
                    self.assertEqual((move.coop_source_model, move.coop_source_id), (document._name, document.id))
                    with self.assertRefused("undone only there|is not undone by itself"):
                        move.with_user(self.accountant).button_draft()

    def test_entries_posted_before_they_named_their_document_get_it_back(self):
        self._create_agreement(self.siti, commission_rate=10, set_off_rate=50, set_off_consent_date='2020-01-01')
        self._owe(self.siti, 50)
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        moves = settlement.move_id | settlement.set_off_move_id
        moves.write({'coop_source_model': False, 'coop_source_id': False})
        for _update in range(2):
            self.env['account.move']._coop_name_owners()
            self.assertEqual([move._coop_get_source() for move in moves], [settlement] * 2)
        for move in moves.with_user(self.accountant):
            with self.assertRefused("undone only there"):
                move.button_draft()

    # === HELPERS === #

    def _create_slip(self, member):
        return self.env['coop.consignment'].create({
            'membership_id': member.id, 'line_ids': [Command.create({'product_id': self.rice.id, 'gross': 10})],
        })

    def _sold_delivery(self, member, quantity):
        self._bring(member, quantity)
        return self._deliver(self._sell(quantity, owner=member))

    def _quant(self, member):
        return self.env['stock.quant'].search([
            ('product_id', '=', self.rice.id), ('location_id', '=', self.stock.id),
            ('owner_id', '=', member.partner_id.id),
        ])
