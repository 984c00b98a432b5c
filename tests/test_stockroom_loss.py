from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_stockroom import LossCommon


@tagged('post_install', '-at_install')
class TestStockroomLoss(LossCommon):
    """Shrinkage at a count and spoilt goods: shared over the owners, approved, and borne by somebody."""

    # === SHRINKAGE === #

    def test_shrinkage_is_shared_by_what_everybody_has(self):
        # 30 / 20 / 10 in the books, 57 counted: 3 are missing, 1.50 / 1.00 / 0.50
        for member, quantity in ((self.siti, 30), (self.budi, 20), (self.wati, 10)):
            self._bring(member, quantity)
        loss = self._loss(57)
        self.assertEqual(loss.line_ids.book, 60)
        loss.action_submit()
        expected = {self.siti.partner_id: 1.5, self.budi.partner_id: 1.0, self.wati.partner_id: 0.5}
        self.assertEqual((self._shares(loss), loss.state), (expected, 'submitted'))
        self.assertEqual(self.assertStockExplained()[self.siti.partner_id], 30)  # nothing moves before the approval
        entries = self.env['account.move'].search_count([])
        loss.with_user(self.manager).action_approve()
        self.assertEqual((loss.state, loss.approved_by_id), ('done', self.manager))
        self.assertEqual(self.assertStockExplained(), {
            self.siti.partner_id: 28.5, self.budi.partner_id: 19.0, self.wati.partner_id: 9.5,
        })
        self.assertEqual(self.env['account.move'].search_count([]), entries)
        moves = loss.share_ids.move_ids
        self.assertEqual(set(moves.mapped('state')), {'done'})
        self.assertEqual(set(moves.location_dest_id.mapped('usage')), {'inventory'})
        self.assertEqual(moves.mapped('value'), [0, 0, 0])

    def test_remainders_go_to_the_lower_member_number(self):
        # 0.10 missing of 10 / 10 / 10: hundredths 10 over 3 are 3.33 each, the odd one is the first member's
        for member in (self.wati, self.budi, self.siti):
            self._bring(member, 10)
        loss = self._loss(29.9)
        loss.action_submit()
        self.assertEqual(self._shares(loss), {
            self.siti.partner_id: 0.04, self.budi.partner_id: 0.03, self.wati.partner_id: 0.03,
        })

    def test_everything_may_be_gone(self):
        self._bring(self.siti, 30)
        self._bring(self.budi, 20)
        loss = self._loss(0)
        loss.action_submit()
        loss.with_user(self.accountant).action_approve()
        self.assertEqual(self.assertStockExplained(), {})

    def test_goods_of_one_member_that_lie_apart_are_that_members_loss(self):
        self._bring(self.siti, 30)
        self._bring(self.budi, 20)
        loss = self._loss(18, owner_id=self.budi.partner_id.id)
        loss.action_submit()
        self.assertEqual(self._shares(loss), {self.budi.partner_id: 2})

    def test_lots_are_counted_one_by_one(self):
        batik = self._create_product("Batik", coop_consigned=True, tracking='lot')
        lots = [self._create_lot(name, batik) for name in ('A', 'B')]
        self._bring_lot(self.siti, 3, lots[0], batik)
        self._bring_lot(self.budi, 2, lots[1], batik)
        with self.assertRefused("Say which lot of Batik"):
            self._loss(1, product_id=batik.id).action_submit()
        loss = self._loss(1, product_id=batik.id, lot_id=lots[1].id)
        loss.action_submit()
        loss.with_user(self.manager).action_approve()
        self.assertEqual(self._stock(batik), {self.siti.partner_id: 3, self.budi.partner_id: 1})

    def test_all_goods_at_a_place_are_listed_for_the_count(self):
        corn = self._create_product("Corn", coop_consigned=True)
        self._bring(self.siti, 30)
        self._bring(self.budi, 20)
        self._bring(self.budi, 5, corn)
        loss = self.env['coop.consignment.loss'].with_user(self.officer).create({'reason': "Yearly count"})
        loss.action_fill()
        self.assertEqual(
            {line.product_id: (line.book, line.counted) for line in loss.line_ids}, {self.rice: (50, 50), corn: (5, 5)},
        )
        with self.assertRefused("Nothing is lost"):
            loss.action_submit()
        loss.line_ids.filtered(lambda line: line.product_id == corn).counted = 4
        loss.action_submit()
        self.assertEqual(self._shares(loss), {self.budi.partner_id: 1})

    def test_wrong_counts_are_refused(self):
        self._bring(self.siti, 30)
        for loss, message in (
            (self._loss(spoilt=31), "Only 30.0 Units of Rice are in the books"),
            (self._loss(30), "Nothing is lost"),
            (self._loss(1, product_id=self.own.id), "cooperative's own product"),
        ):
            with self.subTest(message=message), self.assertRefused(message):
                loss.action_submit()
        loss = self._loss(20)
        loss.reason = " "
        with self.assertRefused("Say why"):
            loss.action_submit()
        loss.write({'reason': "Mice", 'date': fields.Date.add(self.today, days=1)})
        with self.assertRefused("still to come"):
            loss.action_submit()
        twice = self._loss(20)
        twice.line_ids = [Command.create({'product_id': self.rice.id, 'counted': 20})]
        with self.assertRefused("listed twice"):
            twice.action_submit()
        with self.assertRefused("is empty|Add the goods"):
            twice.copy({'line_ids': False}).action_submit()

    # === APPROVAL === #

    def test_nobody_approves_what_they_handed_in(self):
        self._bring(self.siti, 30)
        loss = self.env['coop.consignment.loss'].with_user(self.manager).create({
            'reason': "Mice", 'line_ids': [Command.create({'product_id': self.rice.id, 'counted': 28})],
        })
        loss.action_submit()
        with self.assertRefused("Somebody else than"):
            loss.action_approve()
        with self.assertRefused("Only this role", AccessError):
            loss.with_user(self.officer).action_approve()
        for user in (self.supervisor, self.warehouse_user):
            with self.subTest(user=user.login), self.assertRefused("not allowed|Only this role", AccessError):
                loss.with_user(user).action_approve()
        loss.with_user(self.accountant).action_approve()
        self.assertEqual(loss.state, 'done')

    def test_reopening_and_handing_in_again_does_not_make_it_somebody_elses(self):
        self._bring(self.siti, 30)
        loss = self._loss(28)
        loss.action_submit()
        loss.with_user(self.manager).action_reopen()
        loss.with_user(self.manager).action_submit()
        with self.assertRefused("Somebody else than"):
            loss.with_user(self.manager).action_approve()

    def test_goods_that_moved_since_are_counted_again(self):
        self._bring(self.siti, 30)
        loss = self._loss(28)
        loss.action_submit()
        self._bring(self.budi, 20)
        with self.assertRefused("Goods came in or went out since"):
            loss.with_user(self.manager).action_approve()
        loss.with_user(self.manager).action_reopen()
        loss.line_ids.counted = 45
        loss.action_submit()
        self.assertEqual(self._shares(loss), {self.siti.partner_id: 3, self.budi.partner_id: 2})

    def test_what_was_handed_in_is_not_changed(self):
        self._bring(self.siti, 30)
        loss = self._loss(28)
        loss.action_submit()
        with self.assertRefused("is not changed"):
            loss.line_ids.counted = 10
        with self.assertRefused("is not changed"):
            loss.bearer = 'cooperative'
        with self.assertRefused("not allowed", AccessError):
            loss.share_ids.quantity = 1
        with self.assertRefused("own buttons", AccessError):
            loss.approved_by_id = self.manager
        loss._cancel_with_reason("Found behind the door")
        self.assertEqual(loss.state, 'cancelled')

    def test_approved_write_off_is_not_cancelled(self):
        self._bring(self.siti, 30)
        loss = self._loss(28)
        loss.action_submit()
        loss.with_user(self.manager).action_approve()
        with self.assertRefused("out of the books"):
            loss._cancel_with_reason("Found")
        with self.assertRefused("stays; cancel it"):
            loss.unlink()

    def test_goods_promised_to_a_customer_are_lost_all_the_same(self):
        self._bring(self.siti, 30)
        order = self._sell(30)
        loss = self._loss(25)
        loss.action_submit()
        loss.with_user(self.manager).action_approve()
        self.assertEqual(self.assertStockExplained(), {self.siti.partner_id: 25})
        self.assertEqual(sum(order.picking_ids.move_line_ids.mapped('quantity')), 25)

    # === WHO BEARS IT === #

    def test_cooperative_owes_the_agreed_price_for_what_it_bears(self):
        # 10 spoilt of 30 / 20: 6 of Siti at the net price of 8,000, 4 of Budi at the asking price of 9,000
        self._bring_at(self.siti, 30, net_price=8_000, asking_price=12_000)
        self._bring_at(self.budi, 20, asking_price=9_000)
        loss = self._loss(spoilt=10, bearer='cooperative')
        loss.action_submit()
        self.assertEqual(loss.amount_total, 84_000)
        loss.with_user(self.manager).action_approve()
        self.assertEqual((loss.state, loss.move_id.id), ('approved', False))
        self.assertEqual(self.assertStockExplained(), {self.siti.partner_id: 24, self.budi.partner_id: 16})
        with self.assertRefused("Only this role", AccessError):
            loss.with_user(self.manager).action_book()
        loss.with_user(self.accountant).action_book()
        self.assertEqual(loss.state, 'done')
        self.assertEntry(loss.move_id, [
            (self.expense, None, 84_000),
            (self.proceeds, self.siti.partner_id, -48_000),
            (self.proceeds, self.budi.partner_id, -36_000),
        ])
        self.assertEqual(self._balance(self.clearing), 0)
        with self.assertRefused("undone only there"):
            loss.move_id.with_user(self.accountant).button_draft()

    def test_price_on_the_line_is_for_owners_without_an_agreed_one(self):
        # 10 spoilt of 30 / 20: 6 of Siti at the agreed 12,000 and 4 of Budi, who agreed on none, at 5,000
        self._bring_at(self.siti, 30, asking_price=12_000)
        self._bring(self.budi, 20)
        loss = self._loss(spoilt=10, bearer='cooperative', price=5_000)
        loss.action_submit()
        self.assertEqual(
            {share.owner_id: share.amount for share in loss.share_ids},
            {self.siti.partner_id: 72_000, self.budi.partner_id: 20_000},
        )

    def test_reduced_price_is_what_is_owed(self):
        slip = self._bring_at(self.siti, 30, asking_price=12_000)
        self.env['coop.consignment.reduction'].create({
            'membership_id': self.siti.id, 'consent_by': "Siti", 'consent_date': self.today, 'consent_kind': 'phone',
            'line_ids': [Command.create({'consignment_line_id': slip.line_ids.id, 'price': 10_000})],
        }).with_user(self.manager).action_confirm()
        loss = self._loss(spoilt=3, bearer='cooperative')
        loss.action_submit()
        self.assertEqual(loss.amount_total, 30_000)

    def test_without_any_price_the_officer_is_asked_for_one(self):
        self._bring(self.siti, 30)
        with self.assertRefused("No price of Rice was agreed with Siti"):
            self._loss(spoilt=3, bearer='cooperative').action_submit()

    def test_members_bear_it_and_nothing_is_booked(self):
        self._bring_at(self.siti, 30, asking_price=12_000)
        loss = self._loss(spoilt=3)
        loss.action_submit()
        loss.with_user(self.manager).action_approve()
        self.assertEqual((loss.state, loss.amount_total, loss.move_id.id), ('done', 0, False))
        with self.assertRefused("nothing further"):
            loss.with_user(self.accountant).action_book()

    def test_period_is_not_closed_before_the_loss_is_booked(self):
        self._bring_at(self.siti, 30, asking_price=12_000)
        loss = self._loss(spoilt=3, bearer='cooperative')
        loss.action_submit()
        loss.with_user(self.manager).action_approve()
        obstacles = self.company._coop_get_closing_obstacles(self.today, self.today)
        self.assertIn(loss.name, " ".join(obstacles))
        loss.with_user(self.accountant).action_book()
        self.assertNotIn(loss.name, " ".join(self.company._coop_get_closing_obstacles(self.today, self.today)))

    # === SCREEN AND PAPER === #

    def test_form_shows_what_should_be_there(self):
        self._bring(self.siti, 30)
        with Form(self.env['coop.consignment.loss'].with_user(self.officer)) as form:
            form.reason = "Mice"
            with form.line_ids.new() as line:
                line.product_id = self.rice
                self.assertEqual(line.book, 30)
                line.counted = 28
        form.record.action_submit()
        self.assertEqual(form.record.share_ids.quantity, 2)

    def test_paper_says_whose_goods_and_who_approved(self):
        self._bring(self.siti, 30)
        loss = self._loss(28)
        loss.action_submit()
        loss.with_user(self.manager).action_approve()
        html = self.env['ir.actions.report']._render_qweb_html(
            'producer_cooperative.coop_consignment_loss_report', loss.ids,
        )[0].decode()
        for text in (loss.name, "Siti", "Mice", "2.00", self.manager.name):
            self.assertIn(text, html)

    def test_paper_adds_up_what_the_owners_get_and_later_prints_are_copies(self):
        # 10 spoilt of 30 / 20: 6 of Siti at 8,000 and 4 of Budi at 9,000 are 84,000
        self._bring_at(self.siti, 30, net_price=8_000)
        self._bring_at(self.budi, 20, asking_price=9_000)
        loss = self._loss(spoilt=10, bearer='cooperative')
        loss.action_submit()
        loss.with_user(self.manager).action_approve()
        report = self.env['ir.actions.report'].with_context(force_report_rendering=False)
        name = 'producer_cooperative.coop_consignment_loss_report'
        html = report._render_qweb_html(name, loss.ids)[0].decode()
        self.assertIn("84,000.00", html)
        self.assertNotIn("COPY", html)
        report._render_qweb_pdf(name, loss.ids)
        self.assertEqual(loss.print_count, 1)
        self.assertIn("COPY", report._render_qweb_html(name, loss.ids)[0].decode())

    def test_paper_is_offered_once_the_write_off_is_handed_in(self):
        self._bring(self.siti, 30)
        loss = self._loss(spoilt=3)
        report = self.env.ref('producer_cooperative.coop_consignment_loss_report_action')
        self.assertFalse(report.get_valid_action_reports(loss._name, loss.ids))
        loss.action_submit()
        self.assertEqual(report.get_valid_action_reports(loss._name, loss.ids), report.ids)
