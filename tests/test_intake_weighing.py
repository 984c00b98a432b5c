from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_intake import IntakeCommon


@tagged('post_install', '-at_install')
class TestIntakeWeighing(IntakeCommon):

    # === SACKS === #

    def test_sacks_in_a_row_make_the_gross_and_the_tare(self):
        slip = self._take_in(self.siti, {'sacks': "52,5 51 49,8", 'sack_tare': 0.2})
        # 52.5 + 51 + 49.8 = 153.3; 3 × 0.2 = 0.6
        self.assertRecordValues(slip.line_ids, [{
            'sack_count': 3, 'gross': 153.3, 'tare': 0.6, 'net': 152.7, 'received': 152.7, 'sacks': "52,5 51 49,8",
        }])
        self.assertEqual(self._stock_of(self.rice), {self.siti.partner_id: 152.7})

    def test_form_adds_the_sacks_up_while_they_are_typed(self):
        with Form(self.env['coop.consignment']) as form:
            form.membership_id = self.siti
            with form.line_ids.new() as line:
                line.product_id = self.rice
                line.sacks = "2x50 48,5"
                self.assertEqual((line.gross, line.net), (148.5, 148.5))

    def test_sacks_that_cannot_be_read_are_refused(self):
        for sacks, named in (("52,5 lima", "lima"), ("1.240", "1.240"), ("50 0", "0"), ("50,125", "50,125")):
            with self.subTest(sacks=sacks), self.assertRefused(f"“{named}” is no weight of a sack"):
                self._write_slip(self.siti, {'sacks': sacks})

    def test_gross_that_contradicts_the_sacks_is_refused(self):
        slip = self._write_slip(self.siti, {'sacks': "50 50"})
        slip.line_ids.gross = 200
        with self.assertRefused("the scale said 100"):
            slip.action_confirm()

    # === WEIGHBRIDGE === #

    def test_two_weighings_make_the_gross_and_note_their_times(self):
        slip = self._write_slip(self.siti, {'first_weight': 4_210}, vehicle_plate="N 1234 AB")
        self.assertTrue(slip.is_half_weighed)
        self.assertIn(slip, self.env['coop.consignment'].search([('is_half_weighed', '=', True)]))
        with self.assertRefused("weighed once only"):
            slip.action_confirm()
        slip.line_ids.second_weight = 2_970
        slip.action_confirm()
        self.assertRecordValues(slip.line_ids, [{'gross': 1_240, 'net': 1_240}])
        self.assertTrue(slip.line_ids.first_weight_at and slip.line_ids.second_weight_at)
        self.assertFalse(slip.is_half_weighed)
        self.assertNotIn(slip, self.env['coop.consignment'].search([('is_half_weighed', '=', True)]))

    def test_sacks_and_two_weighings_exclude_each_other(self):
        slip = self._write_slip(self.siti, {'sacks': "50", 'first_weight': 100, 'second_weight': 50})
        with self.assertRefused("either in sacks or in and out"):
            slip.action_confirm()

    # === DEDUCTIONS === #

    def test_deduction_is_by_quantity_in_per_cent_or_both(self):
        by_quantity, by_rate, both = self._write_slip(
            self.siti, {'gross': 150, 'tare': 2, 'deduction': 3}, {'gross': 150.3, 'deduction_rate': 2.5},
            {'gross': 100, 'deduction': 1, 'deduction_rate': 2},
        ).line_ids
        # 2.5 % of 150.3 = 3.7575, rounded to 3.76
        self.assertEqual((by_quantity.deducted, by_quantity.net), (3, 145))
        self.assertEqual((by_rate.deducted, by_rate.net), (3.76, 146.54))
        self.assertEqual((both.deducted, both.net), (3, 97))
        by_rate.deduction_rate = 0
        self.assertEqual(by_rate.net, 150.3)

    def test_nothing_left_is_refused(self):
        for line in ({'gross': 0}, {'gross': 1, 'tare': 1}, {'gross': 10, 'deduction': 11}):
            with self.subTest(line=line), self.assertRefused("Nothing is left of Rice"):
                self._write_slip(self.siti, line).action_confirm()

    def test_weights_below_zero_are_refused(self):
        for name in ('gross', 'tare', 'deduction', 'refused', 'sack_tare', 'first_weight'):
            with self.subTest(name=name), self.assertRefusedByDatabase('coop.consignment.line', "cannot be negative"):
                self._write_slip(self.siti, {'gross': 10, name: -1})
                self.env.flush_all()
        with self.assertRefusedByDatabase('coop.consignment.line', "less than 100"):
            self._write_slip(self.siti, {'gross': 10, 'deduction_rate': 100})
            self.env.flush_all()

    # === REFUSED GOODS === #

    def test_refused_goods_are_named_and_never_received(self):
        slip = self._write_slip(self.siti, {'gross': 100, 'refused': 20})
        with self.assertRefused("Say why 20"):
            slip.action_confirm()
        slip.line_ids.refused_reason = "Mouldy"
        slip.action_confirm()
        self._receive(slip)
        self.assertEqual(self._stock_of(self.rice), {self.siti.partner_id: 80})
        self.assertIn("Mouldy", self._print(slip))

    def test_slip_on_which_everything_is_refused_asks_for_no_goods(self):
        slip = self._write_slip(self.siti, {'gross': 100, 'refused': 100, 'refused_reason': "Mouldy"})
        slip.action_confirm()
        self.assertEqual((slip.state, slip.picking_count), ('received', 0))
        self.assertEqual(self._stock_of(self.rice), {})

    # === WHO AND WHAT === #

    def test_only_members_bring_goods_unless_the_company_buys_from_others(self):
        slip = self.env['coop.consignment'].create({
            'non_member_id': self.customer.id,
            'line_ids': [Command.create({'product_id': self.rice.id, 'gross': 10})],
        })
        with self.assertRefused("Toko Makmur is not a member"):
            slip.action_confirm()
        self.company.coop_buys_from_non_members = True
        with self.assertRefused("not left for sale"):
            slip.action_confirm()
        slip.line_ids.write({'deal': 'buy', 'price': 9})
        slip.action_confirm()
        self._receive(slip)
        self.assertEqual(self._stock_of(self.own_rice), {self.nobody: 10})
        self.assertEqual(slip.bill_ids.partner_id, self.customer)

    def test_slip_names_exactly_one_giver(self):
        slip = self._write_slip(self.siti, {'gross': 10}, non_member_id=self.customer.id)
        with self.assertRefused("Say whose goods"):
            slip.action_confirm()

    def test_goods_are_not_left_without_terms_in_force(self):
        slip = self._write_slip(self.siti, {'gross': 10}, date='2019-12-31')
        with self.assertRefused("No consignment terms are in force"):
            slip.action_confirm()
        slip.date = '2020-01-01'
        slip.action_confirm()
        self.assertEqual(slip.state, 'confirmed')

    # === SCALES === #

    def test_scale_out_of_calibration_or_too_small_is_warned_about(self):
        self.assertFalse(self._write_slip(self.siti, {'gross': 1}).scale_warning)
        self.assertFalse(self.env['coop.consignment.delivery'].create({}).scale_warning)
        scale = self.env['coop.scale'].create({'name': "Platform", 'capacity': 100})
        slip = self._write_slip(self.siti, {'sacks': "60 60"}, scale_id=scale.id)
        self.assertIn("no calibration", slip.scale_warning)
        self.assertTrue(scale.is_overdue)
        scale.calibrated_until = fields.Date.add(self.today, days=-1)
        self.assertIn("ended on", slip.scale_warning)
        self.assertIn(scale, self.env['coop.scale'].search([('is_overdue', '=', True)]))
        scale.calibrated_until = self.today
        self.assertFalse(slip.scale_warning)
        self.assertNotIn(scale, self.env['coop.scale'].search([('is_overdue', '=', True)]))
        slip.line_ids.sacks = "60 101"
        self.assertIn("weighs up to 100", slip.scale_warning)
        slip.action_confirm()  # a warning, no refusal
        with self.assertRefused("is not changed"):
            slip.scale_id = False

    # === LOTS AND PIECES === #

    def test_lots_are_chosen_named_or_drawn(self):
        paddy = self._create_product("Paddy", coop_consigned=True, tracking='lot')
        slip = self._take_in(
            self.siti, {'product_id': paddy.id, 'gross': 10, 'lot_name': "PANEN-1"},
            {'product_id': paddy.id, 'gross': 5},
        )
        named, drawn = slip.line_ids
        self.assertEqual(named.lot_id.name, "PANEN-1")
        self.assertTrue(drawn.lot_id.name and drawn.lot_id != named.lot_id)
        again = self._take_in(self.siti, {'product_id': paddy.id, 'gross': 7, 'lot_name': "PANEN-1"})
        self.assertEqual(again.line_ids.lot_id, named.lot_id)
        self.assertEqual(again.picking_ids.move_line_ids.lot_id, named.lot_id)
        quant = self.env['stock.quant'].search([('lot_id', '=', named.lot_id.id), ('location_id', '=', self.stock.id)])
        self.assertRecordValues(quant, [{'quantity': 17, 'owner_id': self.siti.partner_id.id}])
        wrong = self._write_slip(self.siti, {'gross': 1, 'product_id': self.batik.id, 'lot_id': named.lot_id.id})
        with self.assertRefused("is a lot of Paddy"):
            wrong.action_confirm()

    def test_many_pieces_are_added_at_once_each_with_its_price_and_number(self):
        slip = self._write_slip(self.siti)
        self._add_pieces(slip, prices="425.000 375.000 2x250000", first_number="BTK-009", description="Mangrove")
        slip.action_confirm()
        self._receive(slip)
        self.assertEqual(
            [(line.lot_id.name, line.asking_price, line.net, line.description) for line in slip.line_ids],
            [("BTK-009", 425_000, 1, "Mangrove"), ("BTK-010", 375_000, 1, "Mangrove"),
             ("BTK-011", 250_000, 1, "Mangrove"), ("BTK-012", 250_000, 1, "Mangrove")],
        )
        self.assertEqual(self._stock_of(self.batik), {self.siti.partner_id: 4})

    def test_pieces_without_numbers_draw_them(self):
        slip = self._write_slip(self.siti)
        self._add_pieces(slip, count=3)
        slip.action_confirm()
        self.assertEqual(len(set(slip.line_ids.mapped('lot_name'))), 3)

    def test_pieces_that_do_not_add_up_are_refused(self):
        slip = self._write_slip(self.siti)
        with self.assertRefused("how many pieces"):
            self._add_pieces(slip)
        with self.assertRefused("is no price"):
            self._add_pieces(slip, prices="mahal")
        with self.assertRefused("need 3 prices"):
            self._add_pieces(slip, prices="100 200", count=3)

    def test_unique_pieces_do_not_share_a_line_or_a_number(self):
        with self.assertRefused("is a unique piece"):
            self._write_slip(self.siti, {'product_id': self.batik.id, 'gross': 2}).action_confirm()
        piece = {'product_id': self.batik.id, 'gross': 1, 'lot_name': "BTK-1"}
        self._write_slip(self.siti, piece).action_confirm()
        with self.assertRefused("here, or on its way, already"):
            self._write_slip(self.budi, piece).action_confirm()

    def test_labels_show_barcode_member_and_price(self):
        slip = self._write_slip(self.siti)
        self._add_pieces(slip, prices="425.000", first_number="BTK-001")
        slip.action_confirm()
        action = slip.with_user(self.officer).action_print_labels()
        self.assertEqual(action['context']['active_ids'], slip.line_ids.lot_id.ids)
        html = self.env['ir.actions.report']._render_qweb_html(
            'producer_cooperative.report_coop_label', slip.line_ids.lot_id.ids,
        )[0].decode()
        for text in ("BTK-001", "Siti", self.siti.number, "Batik", "425", "<svg"):
            self.assertIn(text, html)
        with self.assertRefused("lot or serial number"):
            self._take_in(self.siti, {'gross': 5}).action_print_labels()

    # === PAPER === #

    def test_slip_shows_sacks_price_and_whether_it_is_the_original(self):
        slip = self._write_slip(self.siti, {'sacks': "52,5 51", 'net_price': 9, 'grade': "A"})
        self.assertIn("DRAFT, NOT A RECEIPT", self._print(slip))
        slip.action_confirm()
        html = self._print(slip)
        for text in ("52,5 51", "2</t> sacks" if "</t>" in html else "2", slip.name, "Siti", "103.50", "9.00"):
            self.assertIn(text, html)
        self.assertNotIn("COPY", html)
        slip._count_print()
        self.assertIn("COPY", self._print(slip))
        slip._cancel_with_reason("Not brought")
        self.assertIn("VOID", self._print(slip))

    def test_printing_a_slip_counts(self):
        slip = self._take_in(self.siti, {'gross': 5})
        report = self.env['ir.actions.report'].with_context(force_report_rendering=False)
        report._render_qweb_pdf('producer_cooperative.coop_consignment_report', slip.ids)
        self.assertEqual(slip.print_count, 1)

    def test_slip_shows_what_is_asked_for_pieces(self):
        slip = self._write_slip(self.siti, {'product_id': self.batik.id, 'gross': 1, 'asking_price': 425})
        slip.action_confirm()
        html = self._print(slip)
        self.assertIn("425.00", html)
        self.assertIn("(asked)", html)

    def test_prints_of_those_who_only_look_are_no_originals_and_do_not_count(self):
        slip = self._take_in(self.siti, {'gross': 5})
        report = self.env['ir.actions.report'].with_context(force_report_rendering=False)
        name = 'producer_cooperative.coop_consignment_report'
        for user in (self.warehouse_user, self.supervisor):
            with self.subTest(user=user.login):
                report.with_user(user)._render_qweb_pdf(name, slip.ids)
                self.assertEqual(slip.print_count, 0)
                html = report.with_user(user)._render_qweb_html(name, slip.ids)[0].decode()
                self.assertIn("NOT FOR THE MEMBER", html)
        report.with_user(self.officer)._render_qweb_pdf(name, slip.ids)
        self.assertEqual(slip.print_count, 1)

    # === PERMISSIONS === #

    def test_warehouse_prints_and_receives_without_seeing_money(self):
        slip = self._write_slip(self.siti, {'gross': 5, 'net_price': 777}, {'gross': 3, 'deal': 'buy', 'price': 888})
        slip.action_confirm()
        mine = slip.with_user(self.warehouse_user)
        html = self.env['ir.actions.report'].with_user(self.warehouse_user)._render_qweb_html(
            'producer_cooperative.coop_consignment_report', slip.ids,
        )[0].decode()
        self.assertIn(slip.name, html)
        self.assertNotIn("777", html)
        self.assertNotIn("888", html)
        for name in ('net_price', 'price', 'asking_price'):
            with self.subTest(name=name), self.assertRefused("access|Access", AccessError):
                mine.line_ids.read([name])
        with self.assertRefused("access|Access", AccessError):
            self.env['coop.quality.price'].with_user(self.warehouse_user).search([])
        with self.assertRefused("access|Access", AccessError):
            self.env['coop.consignment.bill'].with_user(self.warehouse_user).search([])
        for picking in slip.picking_ids.with_user(self.warehouse_user):
            picking.button_validate()
        self.assertEqual(slip.state, 'received')
        self.assertEqual(self._stock_of(self.rice), {self.siti.partner_id: 5})
        self.assertEqual(self._stock_of(self.own_rice), {self.nobody: 3})
        self.assertEqual(slip.bill_ids.state, 'draft')

    def test_officer_writes_slips_in_every_way(self):
        slip = self._write_slip(self.siti).with_user(self.officer)
        self._add_pieces(slip, prices="100", first_number="B-1")
        slip.line_ids.create({
            'consignment_id': slip.id, 'product_id': self.rice.id, 'sacks': "50", 'deal': 'buy', 'price': 9,
        })
        slip.action_confirm()
        self.assertEqual((slip.state, slip.picking_count), ('confirmed', 2))

    def test_prices_are_not_negative(self):
        with self.assertRefusedByDatabase('coop.consignment.line', "Prices cannot be negative"):
            self._write_slip(self.siti, {'gross': 5, 'net_price': -1})
            self.env.flush_all()

    # === HELPERS === #

    def _add_pieces(self, slip, **values):
        slip.env['coop.consignment.pieces'].create({
            'consignment_id': slip.id, 'product_id': self.batik.id, **values,
        }).action_add()

    def _print(self, slip):
        return self.env['ir.actions.report']._render_qweb_html(
            'producer_cooperative.coop_consignment_report', slip.ids,
        )[0].decode()


@tagged('post_install', '-at_install')
class TestIntakeQuality(IntakeCommon):

    MOISTURE = (
        {'lower': 0, 'upper': 14, 'grade': "A"}, {'lower': 14, 'upper': 16, 'deduction_rate': 2.5, 'grade': "B"},
        {'lower': 16, 'upper': 20, 'deduction_rate': 6, 'grade': "C"},
    )

    # === LISTS === #

    def test_gap_is_refused_and_named(self):
        with self.assertRefused("no band covers 14 up to 15", ValidationError):
            self._create_quality_list([{'lower': 0, 'upper': 14}, {'lower': 15, 'upper': 16}])

    def test_overlap_is_refused_and_named(self):
        with self.assertRefused("two bands cover 13 up to 14", ValidationError):
            self._create_quality_list([{'lower': 0, 'upper': 14}, {'lower': 13, 'upper': 16}])
        with self.assertRefused("two bands cover 0 up to", ValidationError):
            self._create_quality_list([{'lower': 0, 'upper': 14}, {'lower': 0, 'upper': 16}])

    def test_empty_band_and_band_after_the_open_end_are_refused(self):
        with self.assertRefused("band from 14 to 14 is empty", ValidationError):
            self._create_quality_list([{'lower': 14, 'upper': 14}])
        with self.assertRefused("follows one without an end", ValidationError):
            self._create_quality_list([{'lower': 0}, {'lower': 14, 'upper': 16}])
        with self.assertRefused("is empty: add the qualities", ValidationError):
            self._create_quality_list([])

    def test_bands_are_moved_together_and_checked_together(self):
        price_list = self._create_quality_list(self.MOISTURE)
        first, second, _third = price_list.band_ids
        price_list.write({'band_ids': [
            Command.update(first.id, {'upper': 13}), Command.update(second.id, {'lower': 13}),
        ]})
        self.assertEqual((first.upper, second.lower), (13, 13))
        with self.assertRefused("no band covers", ValidationError):
            price_list.write({'band_ids': [Command.update(first.id, {'upper': 12})]})
        with self.assertRefused("no band covers", ValidationError):
            first.upper = 12
        with self.assertRefused("no band covers", ValidationError):
            second.unlink()

    def test_only_one_list_holds_on_a_day(self):
        price_list = self._create_quality_list(self.MOISTURE)
        with self.assertRefused("only one list of a product holds", ValidationError):
            self._create_quality_list(self.MOISTURE, date_from='2026-01-01')
        price_list.date_to = '2025-12-31'
        newer = self._create_quality_list(self.MOISTURE, date_from='2026-01-01')
        with self.assertRefused("only one list of a product holds", ValidationError):
            price_list.date_to = '2026-01-01'
        found = self.env['coop.quality.price']._get_in_force(self.company, self.rice, fields.Date.to_date('2026-01-01'))
        self.assertEqual(found, {self.rice: newer})

    def test_grades_are_named_once(self):
        with self.assertRefused("Name the grade", ValidationError):
            self._create_quality_list([{'price': 9}], basis='grade', result='price')
        with self.assertRefused("names the grade", ValidationError):
            self._create_quality_list([{'grade': "A"}, {'grade': "a "}], basis='grade', result='price')
        with self.assertRefused("Say what is measured", ValidationError):
            self._create_quality_list([{'lower': 0}], measure="")

    # === ON THE SLIP === #

    def test_measured_value_proposes_deduction_and_grade(self):
        self._create_quality_list(self.MOISTURE)
        slip = self._take_in(self.siti, {'gross': 100, 'measured': "14"}, {'gross': 100, 'measured': "13,99"})
        worse, better = slip.line_ids
        # 14 belongs to the band that begins there: 2.5 % of 100
        self.assertEqual((worse.deduction_rate, worse.grade, worse.net), (2.5, "B", 97.5))
        self.assertEqual((better.deduction_rate, better.grade, better.net), (0, "A", 100))
        self.assertEqual(self._stock_of(self.rice), {self.siti.partner_id: 197.5})

    def test_better_measurement_takes_the_deduction_off_again(self):
        self._create_quality_list(self.MOISTURE)
        line = self._write_slip(self.siti, {'gross': 100, 'measured': "17"}).line_ids
        self.assertEqual(line.net, 94)
        line.measured = "12"
        self.assertEqual((line.net, line.grade), (100, "A"))

    def test_proposal_is_overruled_with_a_reason_that_stays(self):
        self._create_quality_list(self.MOISTURE)
        slip = self._write_slip(self.siti, {'gross': 100, 'measured': "17", 'deduction_rate': 1}, {
            'gross': 50, 'measured': "12", 'quality_reason': "Not needed",
        })
        line, listed = slip.line_ids
        self.assertEqual((line.net, line.is_overridden, listed.is_overridden), (99, True, False))
        for reason in (False, " "):
            line.quality_reason = reason
            with self.subTest(reason=reason), self.assertRefused("Rice are not what the quality price list"):
                slip.action_confirm()
        line.quality_reason = "Meter was wet"
        slip.with_user(self.officer).action_confirm()
        self.assertEqual((line.is_overridden, listed.is_overridden, listed.quality_reason), (True, False, False))
        self.assertTrue(any("Meter was wet" in (body or "") for body in slip.message_ids.mapped('body')))
        self.assertIn(slip, self.env['coop.consignment'].search([('line_ids.quality_reason', '!=', False)]))

    def test_other_price_than_the_listed_one_needs_a_reason(self):
        self._create_quality_list([{'grade': "A", 'price': 12}], basis='grade', result='price')
        slip = self._write_slip(self.siti, {'gross': 5, 'grade': "A", 'deal': 'buy'})
        self.assertFalse(slip.has_overridden)
        slip.line_ids.price = 15
        self.assertTrue(slip.has_overridden)
        with self.assertRefused("Say why"):
            slip.action_confirm()
        slip.line_ids.quality_reason = "Old customer"
        slip.action_confirm()
        self.assertEqual(slip.purchase_order_ids.order_line.price_unit, 15)
        self.assertFalse(any("15" in (body or "") for body in slip.message_ids.mapped('body')))

    def test_list_of_the_day_of_the_slip_holds(self):
        self._create_quality_list(self.MOISTURE, date_to='2025-12-31')
        self._create_quality_list([{'lower': 0, 'deduction_rate': 1}], date_from='2026-01-01')
        older, newer = (
            self._write_slip(self.siti, {'gross': 100, 'measured': "17"}, date=day).line_ids
            for day in ('2025-12-31', '2026-01-01')
        )
        self.assertEqual((older.net, newer.net), (94, 99))

    def test_goods_that_were_not_measured_or_are_beyond_the_list_are_refused(self):
        self._create_quality_list(self.MOISTURE)
        with self.assertRefused("Measure Rice first: the list in force goes by Moisture"):
            self._write_slip(self.siti, {'gross': 100}).action_confirm()
        with self.assertRefused("from 0 up to, not including, 20"):
            self._write_slip(self.siti, {'gross': 100, 'measured': "20"})
        with self.assertRefused("is no number for Moisture"):
            self._write_slip(self.siti, {'gross': 100, 'measured': "basah"})

    def test_grade_proposes_the_price_of_bought_goods(self):
        prices = [{'grade': "A", 'price': 12}, {'grade': "B", 'price': 10}]
        price_list = self._create_quality_list(prices, basis='grade', result='price')
        slip = self._write_slip(
            self.siti, {'gross': 5, 'grade': "a", 'deal': 'buy'}, {'gross': 5, 'grade': "B"},
        )
        bought, left = slip.line_ids
        self.assertEqual((bought.price, bought.net_price), (12, 0))
        self.assertEqual((left.price, left.net_price), (0, 0))
        price_list.is_net_price = True
        left.grade = "A"
        self.assertEqual((left.price, left.net_price), (0, 12))
        left.grade = "Z"
        with self.assertRefused("Choose one of these: A, B"):
            slip.action_confirm()

    # === PERMISSIONS === #

    def test_board_sets_the_lists_and_officers_do_not(self):
        price_list = self._create_quality_list(self.MOISTURE)
        price_list.with_user(self.manager).band_ids[2].deduction_rate = 7
        self.assertEqual(price_list.band_ids[2].deduction_rate, 7)
        with self.assertRefused("not allowed", AccessError):
            price_list.with_user(self.officer).date_to = '2030-01-01'
        line = self.env['coop.consignment'].with_user(self.officer).create({
            'membership_id': self.siti.id,
            'line_ids': [Command.create({'product_id': self.rice.id, 'gross': 100, 'measured': "17"})],
        }).line_ids
        self.assertEqual(line.net, 93)
