from odoo import Command, fields
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_stockroom import StockroomCommon


@tagged('post_install', '-at_install')
class TestStockroomReturn(StockroomCommon):
    """Unsold goods go back to their owner by a return slip."""

    def _slip(self, quantity, member=None, product=None, **line):
        return self.env['coop.consignment.return'].with_user(self.officer).create({
            'membership_id': (member or self.siti).id,
            'line_ids': [Command.create({'product_id': (product or self.rice).id, 'quantity': quantity, **line})],
        })

    def test_goods_go_back_to_their_owner_and_nobody_elses_do(self):
        self._bring(self.budi, 40)
        self._bring(self.siti, 60)
        slip = self._slip(20)
        slip.action_confirm()
        picking = slip.picking_ids
        self.assertEqual((slip.state, picking.partner_id), ('confirmed', self.siti.partner_id))
        self.assertEqual(self._owners_of(picking), {self.siti.partner_id: 20})
        self.assertEqual(picking.location_dest_id.usage, 'supplier')
        entries = self.env['account.move'].search_count([])
        self._do(picking)
        self.assertEqual((slip.state, slip.line_ids.returned), ('done', 20))
        self.assertEqual(self.assertStockExplained(), {self.siti.partner_id: 40, self.budi.partner_id: 40})
        self.assertEqual(self.env['account.move'].search_count([]), entries)
        self.assertRegex(slip.name, r'^TKB/\d{4}/')

    def test_other_owners_goods_do_not_go_into_it_by_hand(self):
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        slip = self._slip(20)
        slip.action_confirm()
        with self.assertRefused("was made for TKB/.*, which says what goods and whose"):
            slip.picking_ids.owner_id = self.budi.partner_id
            self._do(slip.picking_ids)
        with self.assertRefused("ask the warehouse for their goods themselves"):
            slip.picking_ids.move_ids.with_user(self.warehouse_user).coop_return_line_id = False
        slip.picking_ids.move_ids.quantity = 70
        self.assertEqual(slip.picking_ids.move_line_ids.owner_id, self.siti.partner_id)
        with self.assertRefused("10.0 Units of Rice of Siti more would be reserved"):
            self._do(slip.picking_ids)

    def test_more_than_is_there_or_free_does_not_go_back(self):
        self._bring(self.siti, 60)
        self._sell(50)
        with self.assertRefused("only 10.0 of Siti are free"):
            self._slip(20).action_confirm()
        with self.assertRefused("only 0.0 of Budi are free"):
            self._slip(1, member=self.budi).action_confirm()
        twice = self._slip(6)
        twice.line_ids = [Command.create({'product_id': self.rice.id, 'quantity': 6})]
        with self.assertRefused("only 4.0 of Siti are free"):
            twice.action_confirm()
        slip = self._slip(10)
        self.assertEqual(slip.line_ids.free, 10)
        slip.action_confirm()
        self._do(slip.picking_ids)
        self.assertEqual(self._stock(), {self.siti.partner_id: 50})

    def test_unsuitable_slips_are_refused(self):
        self._bring(self.siti, 60)
        batik = self._create_product("Batik", coop_consigned=True, tracking='lot')
        for slip, message in (
            (self._slip(0), "Say how much of Rice"),
            (self._slip(1, product=self.own), "cooperative's own product"),
            (self._slip(1, product=batik), "Say which lot of Batik"),
            (self.env['coop.consignment.return'].create({'membership_id': self.siti.id}), "is empty"),
        ):
            with self.subTest(message=message), self.assertRefused(message):
                slip.action_confirm()
        slip = self._slip(1)
        slip.date = fields.Date.add(self.today, days=1)
        with self.assertRefused("still to come"):
            slip.action_confirm()

    def test_confirmed_slip_is_not_changed_and_cancelled_with_its_transfer(self):
        self._bring(self.siti, 60)
        slip = self._slip(20)
        slip.action_confirm()
        with self.assertRefused("is not changed"):
            slip.line_ids.quantity = 30
        with self.assertRefused("is not changed"):
            slip.membership_id = self.budi
        with self.assertRefused("stays; cancel it"):
            slip.unlink()
        slip._cancel_with_reason("Did not come")
        self.assertEqual((slip.state, slip.picking_ids.state), ('cancelled', 'cancel'))
        self._sell(60)
        self.assertEqual(slip.cancel_reason, "Did not come")

    def test_slip_is_not_cancelled_once_goods_were_handed_out(self):
        self._bring(self.siti, 60)
        slip = self._slip(20)
        slip.action_confirm()
        slip.picking_ids.move_ids.quantity = 5
        self._do(slip.picking_ids)
        self.assertEqual((slip.state, slip.line_ids.returned), ('confirmed', 5))
        with self.assertRefused("were handed out"):
            slip._cancel_with_reason("Wrong")
        slip.picking_ids.filtered(lambda p: p.state != 'done').action_cancel()
        self.assertEqual(slip.state, 'done')

    def test_transfer_cancelled_by_the_warehouse_cancels_the_slip(self):
        self._bring(self.siti, 60)
        slip = self._slip(20)
        slip.action_confirm()
        slip.picking_ids.with_user(self.warehouse_user).action_cancel()
        self.assertEqual(slip.state, 'cancelled')

    def test_lots_go_back_lot_by_lot(self):
        batik = self._create_product("Batik", coop_consigned=True, tracking='lot')
        lots = [self._create_lot(name, batik) for name in ('A', 'B')]
        self._bring_lot(self.siti, 3, lots[0], batik)
        self._bring_lot(self.siti, 2, lots[1], batik)
        slip = self._slip(2, product=batik, lot_id=lots[1].id)
        slip.action_confirm()
        self.assertEqual(self._lines_of(slip.picking_ids), {(self.siti.partner_id, lots[1]): 2})
        with self.assertRefused("names lot B of Batik"):
            slip.picking_ids.move_line_ids.lot_id = lots[0]
            self._do(slip.picking_ids)
        self._do(slip.picking_ids)
        self.assertEqual(self._stock(batik), {self.siti.partner_id: 3})

    def test_unsold_goods_become_one_slip_per_member_with_what_is_free(self):
        self._date_back(self._bring(self.siti, 60), 30)
        self._date_back(self._bring(self.budi, 40), 20)
        self._sell(50)
        rows = self.env['coop.consignment.unsold'].with_user(self.officer).search([])
        action = rows.action_make_returns()
        slips = self.env['coop.consignment.return'].search(action['domain'])
        self.assertEqual(
            {slip.partner_id: slip.line_ids.quantity for slip in slips},
            {self.siti.partner_id: 10, self.budi.partner_id: 40},
        )
        slips.action_confirm()
        rows = self.env['coop.consignment.unsold'].search([])
        with self.assertRefused("reserved for deliveries"):
            rows.action_make_returns()

    def test_all_free_goods_are_listed_for_a_member_who_leaves(self):
        corn = self._create_product("Corn", coop_consigned=True)
        self._bring(self.siti, 60)
        self._bring(self.siti, 5, corn)
        slip = self.env['coop.consignment.return'].create({'membership_id': self.siti.id, 'reason': 'leaving'})
        slip.action_fill()
        self.assertEqual(
            {line.product_id: line.quantity for line in slip.line_ids}, {self.rice: 60, corn: 5},
        )

    def test_form_shows_what_is_free(self):
        self._bring(self.siti, 60)
        with Form(self.env['coop.consignment.return'].with_user(self.officer)) as form:
            form.membership_id = self.siti
            with form.line_ids.new() as line:
                line.product_id = self.rice
                self.assertEqual(line.free, 60)
                line.quantity = 10
        self.assertEqual(form.record.line_ids.quantity, 10)

    def test_slip_prints_goods_and_places_for_signatures(self):
        self._bring(self.siti, 60)
        slip = self._slip(20)
        slip.fetched_by = "Ahmad"
        slip.action_confirm()
        html = self.env['ir.actions.report']._render_qweb_html(
            'producer_cooperative.coop_consignment_return_report', slip.ids,
        )[0].decode()
        for text in (slip.name, "Siti", "Rice", "20.00", "Ahmad", "thumbprint"):
            self.assertIn(text, html)

    def test_officer_writes_slips_and_the_others_do_not(self):
        self._bring(self.siti, 60)
        slip = self._slip(20)
        for user in (self.supervisor, self.accountant, self.warehouse_user):
            with self.subTest(user=user.login), self.assertRefused("not allowed", Exception):
                slip.with_user(user).action_confirm()
            self.assertEqual(slip.with_user(user).line_ids.quantity, 20)
        with self.assertRefused("own buttons", Exception):
            slip.state = 'done'
        slip.action_confirm()
        self.assertEqual(slip.state, 'confirmed')
