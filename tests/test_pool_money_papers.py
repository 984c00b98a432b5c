from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.producer_cooperative.tests.test_pool_money_correction import PoolMoneyCommon


@tagged('post_install', '-at_install')
class TestPoolMoneyPapers(PoolMoneyCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.north, cls.south = cls.env['coop.drop.point'].create([
            {'name': "Dusun Krajan", 'sequence': 1}, {'name': "Dusun Tegal", 'sequence': 2},
        ])
        (cls.siti | cls.ani).drop_point_id = cls.north
        cls.budi.drop_point_id = cls.south

    def _html(self, report, records, user=None):
        reports = self.env['ir.actions.report'].with_user(user or self.env.user)
        return reports._render_qweb_html(f'producer_cooperative.{report}', records.ids)[0].decode()

    def test_slips_stand_by_drop_point_in_order_of_number(self):
        pool = self._distributed()
        north, south = pool._get_slips()
        self.assertEqual((north['drop_point'], south['drop_point']), (self.north, self.south))
        self.assertEqual([entry['member'] for entry in north['members']], [self.siti, self.ani])
        self.assertEqual([total['quantity'] for total in north['totals'] + south['totals']], [5, 2])
        self._take_back(pool, self.budi, 2)
        self.assertEqual([slip['drop_point'] for slip in pool._get_slips()], [self.north])

    def test_picking_list_adds_up(self):
        [row] = self._distributed()._get_picking_list()['rows']
        self.assertEqual((row['total'], row['quantities']), (7, {self.north: 5, self.south: 2}))

    def test_picking_list_names_the_lots_that_are_taken(self):
        self.env.user.group_ids |= self.env.ref('stock.group_production_lot')
        lotted = self._create_product("Vaccine", {self.vendor: {1: 10}}, tracking='lot')
        pool = self._create_pool({lotted: {}})
        self._request(pool, {self.siti: 4, self.budi: 2})
        picking = self._order(pool).picking_ids
        picking.move_ids.move_line_ids.unlink()
        picking.move_ids.move_line_ids = [
            Command.create({
                'product_id': lotted.id, 'lot_name': lot, 'quantity': quantity, 'picking_id': picking.id,
                'location_id': picking.location_id.id, 'location_dest_id': picking.location_dest_id.id,
            }) for lot, quantity in (('A1', 3), ('A2', 3))
        ]
        picking.move_ids.picked = True
        picking.button_validate()
        pool.action_distribute()
        pool.sale_order_ids.picking_ids.action_assign()
        rows = pool._get_picking_list()['rows']
        self.assertEqual([(row['lot'], row['total']) for row in rows], [('A1', 3), ('A2', 3)])

    def test_warehouse_prints_papers_without_money(self):
        pool = self._distributed()
        self.env.invalidate_all()
        for report in ('report_coop_pool_slips', 'report_coop_pool_picking_list', 'report_coop_pool_member_slips'):
            html = self._html(report, pool, self.warehouse_user)
            self.assertIn("Dusun Krajan", html, report)
            self.assertNotIn("143", html, report)
        self.assertIn("Siti", self._html('report_coop_pool_slips', pool, self.warehouse_user))
        self.assertIn("thumbprint", self._html('report_coop_pool_slips', pool, self.warehouse_user))
        with self.assertRefused("", AccessError):
            self._html('report_coop_pool_closing', pool, self.warehouse_user)

    def test_papers_of_a_round_that_is_not_distributed_say_so(self):
        pool = self._seed_pool()
        for report in ('report_coop_pool_slips', 'report_coop_pool_picking_list'):
            self.assertIn("distribute the round first", self._html(report, pool))

    def test_closing_report(self):
        pool = self._invoiced(self._distributed(received=9, margin_percent=2.5, cost_ids=self.freight))
        self._bill(pool.purchase_order_ids, quantity=9, price=150)
        pool.action_pass_on_variance()
        html = self._html('report_coop_pool_closing', pool, self.supervisor)
        for text in ("Closing Report of the Round", "Seed", "Variance", "Left Over", "Members saved", "Supervisor"):
            self.assertIn(text, html)
        [row] = pool._get_closing_lines()
        # 9 at 150, 7 handed out at 1,050: 300 left
        self.assertEqual((row['cost_left'], row['price_alone']), (300, 143))
        # a fixed cost of zero: the stock says nothing, and the report says so
        self.assertEqual(row['stock_left'], 2 * self.seed.standard_price)
        self.assertIn("at the value they have in stock today", html)
        self.assertEqual(pool._get_closing_corrections(), [("Variance", 3, 49)])
        [order] = pool._get_closing_orders()
        bill = pool.purchase_order_ids.invoice_ids
        self.assertEqual(
            (order['vendor'], order['order'], order['bills']),
            (self.vendor.display_name, pool.purchase_order_ids.name, bill.name),
        )
        self.assertIn(bill.name, html)

    def test_several_lots_of_one_share_say_how_much_of_each(self):
        lines = self.env['coop.pool']._format_lots({'A': 1.5, 'B': 2})
        self.assertEqual(lines, "A: 1.50, B: 2.00")
        self.assertEqual(self.env['coop.pool']._format_lots({'A': 3}), "A")
        self.assertEqual(self.env['coop.pool']._format_lots({}), "")

    def test_charge_slip_and_deposit_receipt(self):
        pool = self._distributed(cost_ids=self.freight)
        html = self._html('report_coop_pool_charge', pool.charge_ids[0], self.officer)
        self.assertIn("bought alone", html)
        pool = self._seed_pool(deposit_kind='percent', deposit_percent=50)
        pool.action_close()
        pool.action_request_deposits()
        self.assertIn("Not paid yet", self._html('report_coop_pool_deposit', pool.deposit_ids[0], self.cashier))
        deposit = pool.deposit_ids[0]
        deposit.action_pay()
        self.assertIn(deposit.name, self._html('report_coop_pool_deposit', deposit, self.cashier))

    # === WHAT IT BROUGHT === #

    def test_savings_by_member_and_product_add_up_to_the_charges(self):
        lime = self._create_product("Lime", {self.vendor: {1: 10, 5: 8}})
        pool = self._create_pool({self.seed: {}, lime: {}}, margin_percent=2.5, cost_ids=self.freight)
        self._request(pool, {self.siti: 4, self.budi: 2})
        self._request(pool, {self.siti: 3, self.budi: 3}, product=lime)
        picking = self._order(pool).picking_ids
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
        picking.move_ids.picked = True
        picking.button_validate()
        pool.action_distribute()
        self._take_back_all(pool, self.budi, self.seed)
        self.env.flush_all()
        Report = self.env['coop.pool.saving.report'].with_user(self.supervisor)
        for member in (self.siti, self.budi):
            rows = Report.search([('pool_id', '=', pool.id), ('membership_id', '=', member.id)])
            charge = self._charge(pool, member)
            for field in ('amount_total', 'amount_alone', 'saving'):
                difference = self.rupiah.compare_amounts(sum(rows.mapped(field)), charge[field])
                self.assertEqual(difference, 0, (member.display_name, field))
        groups = dict(Report._read_group([('pool_id', '=', pool.id)], ['product_id'], ['amount_alone:sum']))
        # lime alone: 3 at 10 each, twice; seed alone: Siti's 4 at 143
        self.assertEqual((groups[lime], groups[self.seed]), (60, 572))
        self.assertEqual(self.siti.pool_saving, self._charge(pool, self.siti).saving)
        self.assertFalse(self.env['coop.pool.saving.report'].with_user(self.warehouse_user).has_access('read'))

    def test_savings_count_on_the_local_day_of_the_distribution(self):
        pool = self._seed_pool()
        self._receive(self._order(pool).picking_ids, 7)
        # 3 o'clock in the morning of 1 December in Jakarta
        with freeze_time('2026-11-30 20:00:00'):
            pool.with_context(tz='Asia/Jakarta').action_distribute()
        self.env.flush_all()
        rows = self.env['coop.pool.saving.report'].search([('pool_id', '=', pool.id)])
        self.assertEqual({str(row.date) for row in rows}, {'2026-12-01'})

    def _take_back_all(self, pool, member, product):
        share = pool.allocation_ids.filtered(
            lambda share: share.membership_id == member and share.product_id == product,
        )
        pool._take_back(self._charge(pool, member), {share: share.quantity}, 'not_collected', "Did not come")

    # === SCREENS AND SCALE === #

    def test_every_role_opens_the_screens(self):
        pool = self._distributed(cost_ids=self.freight)
        correction = self._take_back(pool, self.siti, 1)
        for user in (self.officer, self.cashier, self.accountant, self.supervisor, self.manager):
            self.assertTrue(Form(pool.with_user(user)), user.login)
            self.assertTrue(Form(correction.with_user(user)), user.login)
            self.assertTrue(Form(pool.charge_ids[0].with_user(user)), user.login)
        self.assertTrue(Form(pool.with_user(self.warehouse_user)))
        other = self._create_cooperative("Koperasi Lain")
        stranger = self._create_role_user('stranger', 'producer_cooperative.group_coop_manager')
        stranger.write({'company_ids': [Command.set(other.ids)], 'company_id': other.id})
        foreign = correction.with_user(stranger).with_context(allowed_company_ids=other.ids)
        self.assertFalse(foreign.has_access('read'))

    def test_distribution_needs_no_query_per_request(self):
        counts = []
        for products in (2, 6):
            goods = [
                self._create_product(f"Goods {products} {number}", {self.vendor: {1: 100 + number}})
                for number in range(products)
            ]
            pool = self._create_pool({product: {} for product in goods})
            for product in goods:
                self._request(pool, {self.siti: 4, self.budi: 2, self.ani: 1}, product=product)
            picking = self._order(pool).picking_ids
            for move in picking.move_ids:
                move.quantity = move.product_uom_qty
            picking.move_ids.picked = True
            picking.button_validate()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            shares = pool.allocation_ids
            rounding = pool._price_shares(shares)
            values = pool._prepare_charge_values(shares, rounding)
            self.env.flush_all()
            counts.append((self.env.cr.sql_log_count - before, len(values)))
        (few, charged), (many, charged_too) = counts
        self.assertEqual((charged, charged_too), (3, 3))
        # 4 products and 12 requests more; what grows is one look-up of price steps and one write per product
        self.assertLessEqual(many - few, 4 * 10)
