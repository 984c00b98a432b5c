from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_pool import PoolCommon


@tagged('post_install', '-at_install')
class TestPoolBatch(PoolCommon):
    """Many requests at once: one check, one place in the queue."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kilogram, cls.gram = cls.env.ref('uom.product_uom_kgm'), cls.env.ref('uom.product_uom_gram')
        cls.sack = cls.env['uom.uom'].create({
            'name': "Sack", 'relative_factor': 50, 'relative_uom_id': cls.kilogram.id,
        })
        cls.urea = cls._create_product("Urea", {cls.vendor: {1: 8_000}}, uom_id=cls.kilogram.id)

    def _urea_pool(self, **values):
        return self._create_pool({self.urea: {}, self.fertilizer: {}}, arrears_policy='none', **values)

    def _wishes(self, pool):
        return {
            (request.membership_id.partner_id.name, request.product_id.name): (request.quantity, request.tolerance)
            for request in pool.request_ids
        }

    def test_batch_makes_changes_and_takes_back(self):
        pool = self._urea_pool()
        pool._set_requests([(self.siti, self.urea, 25, 5), (self.budi, self.urea, 10, 0), (self.ani, self.urea, 1, 0)])
        requests = pool._set_requests([
            (self.siti, self.urea, 30, 5), (self.siti, self.fertilizer, 2, 0), (self.budi, self.urea, 0, 0),
            (self.ani, self.urea, 1, 0),
        ], source='paper', source_ref='DP/1')
        self.assertEqual(self._wishes(pool), {
            ("Siti", "Urea"): (30, 5), ("Siti", "Fertilizer"): (2, 0), ("Ani", "Urea"): (1, 0),
        })
        self.assertEqual(requests, pool.request_ids)
        siti = pool.request_ids.filtered(lambda request: request.quantity == 30)
        self.assertEqual(
            [(row.quantity, row.tolerance, row.source, row.source_ref, row.user_id) for row in siti.row_ids],
            [(25, 5, 'counter', False, self.env.user), (5, 0, 'paper', 'DP/1', self.env.user)],
        )
        self.assertEqual(pool.member_ids.membership_id, self.siti | self.budi | self.ani)

    def test_batch_with_a_problem_changes_nothing_and_names_every_problem(self):
        pool = self._urea_pool(allow_tolerance=False)
        self.budi._suspend_with_reason("Arrears")
        seed = self._create_product("Seed", {})
        with self.assertRefused(
            r"(?s)does not offer Seed. It offers: Urea, Fertilizer.*not a multiple.*Budi is Suspended",
        ):
            pool._set_requests([
                (self.siti, self.urea, 25, 0), (self.siti, seed, 1, 0), (self.ani, self.urea, 1.5, 0),
                (self.budi, self.urea, 3, 0),
            ])
        self.assertFalse(pool.request_ids)

    def test_refused_states_name_the_member_and_what_holds(self):
        pool = self._urea_pool()
        rini = self.env['coop.membership'].create({'partner_id': self.env['res.partner'].create({'name': "Rini"}).id})
        self.budi._suspend_with_reason("Arrears")
        self.ani._update_state('left', date_left='2026-11-01')
        for member, state in ((rini, "Candidate"), (self.budi, "Suspended"), (self.ani, "Left")):
            with self.assertRefused(f"is {state}; only active members take part"):
                pool._set_requests([(self.siti, self.urea, 1, 0), (member, self.urea, 2, 0)])
        self.assertFalse(pool.request_ids)

    # === UNITS === #

    def test_request_in_another_unit_is_converted_exactly(self):
        pool = self._urea_pool()
        pool._set_requests([
            (self.siti, self.urea, 2, 1, self.sack), (self.budi, self.urea, 3_000, 0, self.gram),
            (self.ani, self.urea, 7, 0, self.kilogram),
        ])
        self.assertEqual(set(self._wishes(pool).values()), {(100, 50), (3, 0), (7, 0)})

    def test_unit_that_does_not_convert_is_refused(self):
        pool = self._urea_pool()
        litre = self.env.ref('uom.product_uom_litre')
        with self.assertRefused("Urea is asked for in kg, or in a unit that converts to it; L does not"):
            pool._set_requests([(self.siti, self.urea, 2, 0, litre)])
        with self.assertRefused("L does not"):
            self.env['coop.pool.request'].create({
                'line_id': pool.line_ids[0].id, 'membership_id': self.siti.id, 'quantity': 2, 'entry_uom_id': litre.id,
            })

    def test_quantity_that_the_own_unit_cannot_say_is_refused(self):
        pool = self._urea_pool()
        # 1 g is 0.001 kg, which two digits would make 0; 1,500 g are no multiple of 1 kg
        with self.assertRefused("no whole quantity in kg: ask for it in kg"):
            pool._set_requests([(self.siti, self.urea, 1, 0, self.gram)])
        with self.assertRefused("handed out in 1.00 kg; 1.50 is not a multiple"):
            pool._set_requests([(self.siti, self.urea, 1_500, 0, self.gram)])
        self.assertFalse(pool.request_ids)

    def test_single_request_is_typed_in_another_unit(self):
        pool = self._urea_pool()
        request = self.env['coop.pool.request'].with_user(self.officer).create({
            'line_id': pool.line_ids[0].id, 'membership_id': self.siti.id, 'quantity': 2, 'tolerance': 1,
            'entry_uom_id': self.sack.id,
        })
        self.assertEqual((request.quantity, request.tolerance), (100, 50))
        request.write({'quantity': 3, 'entry_uom_id': self.sack.id})
        self.assertEqual((request.quantity, request.tolerance), (150, 50))
        self.assertEqual([row.quantity for row in request.row_ids], [100, 50])

    # === GRID === #

    def _cell(self, pool, member, quantity, tolerance=0, line=None, **values):
        return {
            'membership_id': member.id, 'line_id': (line or pool.line_ids[0]).id, 'quantity': quantity,
            'tolerance': tolerance, **values,
        }

    def test_grid_shows_members_by_number_with_what_they_ask_for(self):
        pool = self._urea_pool()
        self._request(pool, {self.budi: (5, 1)})
        self.ani.drop_point_id = self.env['coop.drop.point'].create({'name': "Krajan"})
        grid = pool.with_user(self.officer).get_request_grid()
        self.assertEqual([row['name'] for row in grid['members']], ["Siti", "Budi", "Ani"])
        self.assertEqual(grid['members'][1]['cells'][0]['saved'], (5, 1))
        self.assertEqual(grid['drop_points'], [{'id': self.ani.drop_point_id.id, 'name': "Krajan"}])
        self.assertEqual([product['asked'] for product in grid['products']], [5, 0])
        self.assertFalse(grid['pool']['refusal'])

    def test_grid_saves_what_is_right_and_gives_back_what_is_wrong(self):
        pool = self._urea_pool()
        self.env['coop.pool.paper'].create({'name': 'DP/2026/00001', 'pool_id': pool.id})
        self.budi._suspend_with_reason("Arrears")
        result = pool.with_user(self.officer).save_request_grid([
            self._cell(pool, self.siti, 2, uom_id=self.sack.id, before=[0, 0]),
            self._cell(pool, self.budi, 3, before=[0, 0]),
            self._cell(pool, self.ani, 1.5, before=[0, 0]),
            self._cell(pool, self.ani, 4, line=pool.line_ids[1], before=[0, 0]),
        ], 'paper', ' DP/2026/00001 ')
        self.assertEqual(self._wishes(pool), {("Siti", "Urea"): (100, 0), ("Ani", "Fertilizer"): (4, 0)})
        self.assertEqual([cell['quantity'] for cell in result['saved']], [100, 4])
        messages = {cell['membership_id']: cell['message'] for cell in result['refused']}
        self.assertIn("is Suspended", messages[self.budi.id])
        self.assertIn("not a multiple", messages[self.ani.id])
        self.assertEqual([product['asked'] for product in result['products']], [100, 4])
        self.assertIn("is Suspended", result['warnings'][self.budi.id])
        row = pool.request_ids.row_ids[0]
        self.assertEqual((row.source, row.source_ref, row.user_id), ('paper', 'DP/2026/00001', self.officer))

    def test_grid_does_not_overwrite_what_somebody_else_entered_meanwhile(self):
        pool = self._urea_pool()
        self._request(pool, {self.siti: 7}, product=self.urea)
        result = pool.save_request_grid([self._cell(pool, self.siti, 9, before=[0, 0])])
        self.assertIn("Somebody else has entered 7.00 meanwhile", result['refused'][0]['message'])
        self.assertEqual(pool.line_ids[0].quantity_requested, 7)
        again = result['refused'][0]
        result = pool.save_request_grid([self._cell(pool, self.siti, 9, before=again['before'])])
        self.assertEqual((len(result['saved']), pool.line_ids[0].quantity_requested), (1, 9))

    def test_grid_refuses_paper_without_number_and_strangers(self):
        pool = self._urea_pool()
        with self.assertRefused("Enter the number that is printed on the paper list"):
            pool.save_request_grid([self._cell(pool, self.siti, 9)], 'paper', " ")
        self.env['coop.pool.paper'].create({'name': 'DP/2026/00002', 'pool_id': self._create_pool().id})
        for number in ('NONE-999', 'DP/2026/00002'):  # the second is a list of another round
            with self.assertRefused(f"No paper list of .* has the number {number}"):
                pool.save_request_grid([self._cell(pool, self.siti, 9)], 'paper', number)
        with self.assertRefused("Say how the members asked"):
            pool.save_request_grid([self._cell(pool, self.siti, 9)], 'rumour')
        foreign = self._create_pool().line_ids
        result = pool.save_request_grid([self._cell(pool, self.siti, 9, line=foreign)])
        self.assertIn("is gone. Reload the grid", result['refused'][0]['message'])
        pool._cancel_with_reason("Empty")
        with self.assertRefused("is Cancelled"):
            pool.save_request_grid([self._cell(pool, self.siti, 9)])
        self.assertIn("is Cancelled", pool.get_request_grid()['pool']['refusal'])

    def test_grid_is_for_officers(self):
        pool = self._urea_pool()
        for user in (self.supervisor, self.cashier, self.warehouse_user):
            with self.assertRefused("", AccessError):
                pool.with_user(user).get_request_grid()
            with self.assertRefused("", AccessError):
                pool.with_user(user).save_request_grid([self._cell(pool, self.siti.with_user(user), 9)])
        pool.with_user(self.officer).save_request_grid([self._cell(pool, self.siti, 9)])
        self.assertEqual(pool.line_ids[0].quantity_requested, 9)

    # === HOW MANY QUERIES === #

    def _count_queries(self, action):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        action()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_batch_costs_the_same_for_3_members_as_for_30(self):
        few = self.siti | self.budi | self.ani
        many = few.union(*(self._create_member(f"Member {number}") for number in range(27)))
        pools = [self._urea_pool(limit_value=9_000_000).with_user(self.officer) for _round in range(3)]

        def count(pool, members, quantity):
            cells = [self._cell(pool, member, quantity, line=line) for member in members for line in pool.line_ids]
            return self._count_queries(lambda: pool.save_request_grid(cells))
        for pool in pools:
            pool.arrears_policy = 'warn'
        for quantity in (3, 5, 4, 0):
            count(pools[0], few, quantity)
            self.assertEqual(count(pools[1], few, quantity), count(pools[2], many, quantity), quantity)

    def test_grid_and_glance_cost_the_same_for_more_members_and_products(self):
        def fill(pool, members):
            pool._set_requests([
                (member, line.product_id, 3, 1) for member in members for line in pool.line_ids
            ])
            return pool
        few = self.siti | self.budi | self.ani
        many = few.union(*(self._create_member(f"Member {number}") for number in range(12)))
        products = [self._create_product(f"Product {number}", {self.vendor: {1: 9, 50: 8}}) for number in range(8)]
        small = fill(self._urea_pool(), few)
        large = fill(self._create_pool(dict.fromkeys(products, {}), arrears_policy='none'), many)
        names = ['amount_committed', 'next_steps_saving', 'short_line_count', 'member_count', 'inactive_request_count']
        line_names = [
            'quantity_requested', 'tolerance_total', 'cases', 'missing_to_case', 'missing_to_minimum', 'price_current',
            'next_step_quantity', 'next_step_price', 'next_step_saving', 'amount_committed', 'member_count',
        ]

        def look(pool):
            pool = pool.with_user(self.officer)
            pool.get_request_grid()
            pool.read(names)
            pool.line_ids.read(line_names)
            pool.member_ids.read(['amount', 'warning'])
        self._count_queries(lambda: look(small))
        self.assertEqual(self._count_queries(lambda: look(small)), self._count_queries(lambda: look(large)))

    def test_rows_of_one_moment_are_served_in_the_order_they_were_typed(self):
        pool = self._urea_pool(allocation_rule='in_order')
        with freeze_time('2026-11-20 03:00:00'):
            pool._set_requests([(self.budi, self.urea, 2, 0), (self.siti, self.urea, 2, 0)])
        rows = pool.request_ids.row_ids.sorted()
        self.assertEqual(rows.request_id.membership_id, self.budi | self.siti)
        self.assertEqual(rows.mapped('date'), [rows[0].date] * 2)

    def test_drop_point_comes_with_the_member_and_may_differ_for_one_pool(self):
        krajan, kidul = self.env['coop.drop.point'].create([{'name': "Krajan"}, {'name': "Kidul"}])
        (self.siti | self.budi).drop_point_id = krajan
        pool = self._urea_pool()
        self._request(pool, {self.siti: 5, self.budi: 5})
        siti = pool.member_ids.filtered(lambda member: member.membership_id == self.siti).with_user(self.officer)
        self.assertEqual(pool.member_ids.drop_point_id, krajan)
        siti.drop_point_id = kidul
        self._request(pool, {self.siti: 8})
        self.assertEqual((siti.drop_point_id, self.siti.drop_point_id), (kidul, krajan))
        self.assertEqual(siti.request_ids.drop_point_id, kidul)
        self.assertEqual(krajan.member_count, 2)
        siti.write({'drop_point_id': False})
        self.assertFalse(siti.request_ids.drop_point_id)

    def test_officers_keep_drop_points_and_the_manager_deletes_them(self):
        points = self.env['coop.drop.point']
        point = points.with_user(self.officer).create({'name': "Krajan"})
        point.hamlet = "Krajan"
        for user in (self.supervisor, self.cashier, self.warehouse_user):
            self.assertEqual(points.with_user(user).search([('id', '=', point.id)]).name, "Krajan")
            with self.assertRefused("", AccessError):
                point.with_user(user).hamlet = "Kidul"
            with self.assertRefused("", AccessError):
                points.with_user(user).create({'name': "Kidul"})
        with self.assertRefused("", AccessError):
            point.unlink()
        with self.assertRefusedByDatabase('coop.drop.point', "drop point of this name already"):
            point.copy({'name': "Krajan"})
            self.env.flush_all()
        point.with_user(self.manager).unlink()
        self.assertFalse(point.exists())

    def test_request_in_a_pool_of_another_company_is_refused(self):
        other = self._create_cooperative("Koperasi Lain")
        pool = self._urea_pool()
        stranger = self.env['coop.membership'].with_company(other).create({
            'partner_id': self.env['res.partner'].create({'name': "Jauh"}).id, 'company_id': other.id,
            'number': 'X1', 'date_joined': '2026-01-05',
        })
        with self.assertRefused("", Exception):
            pool._set_requests([(stranger, self.urea, 2, 0)])
        result = pool.save_request_grid([self._cell(pool, stranger, 2)])
        self.assertIn("is gone", result['refused'][0]['message'])
        self.assertFalse(pool.request_ids)
        self.assertFalse(self.env['coop.drop.point'].with_user(self.officer).search([('company_id', '=', other.id)]))

    def test_values_of_a_participant_are_read_by_officers_and_not_by_the_warehouse(self):
        pool = self._urea_pool()
        self._request(pool, {self.siti: 5}, product=self.urea)
        self.assertEqual(pool.member_ids.with_user(self.officer).amount, 40_000)
        seen = pool.member_ids.with_user(self.warehouse_user)
        self.assertIn("Siti", seen.display_name)
        for field in ('amount', 'warning', 'limit_value'):
            with self.assertRefused("", AccessError):
                seen.read([field])
        with self.assertRefused("", AccessError):
            pool.with_user(self.warehouse_user).read(['amount_committed'])
        for user in (self.warehouse_user, self.supervisor, self.cashier):
            with self.assertRefused("", AccessError):
                pool.member_ids.with_user(user).note = "x"
        pool.member_ids.with_user(self.officer).note = "The neighbour fetches it"
        self.assertEqual(seen.note, "The neighbour fetches it")

    def test_wishes_of_others_are_hidden_on_the_portal(self):
        pool = self._urea_pool()
        self._request(pool, {self.siti: 5, self.budi: 3}, product=self.urea)
        user = self.env['res.users'].create({
            'name': "Siti", 'login': 'siti_portal', 'partner_id': self.siti.partner_id.id,
            'group_ids': [Command.set(self.env.ref('base.group_portal').ids)],
            'company_id': self.company.id, 'company_ids': [Command.set(self.company.ids)],
        })
        self.env.invalidate_all()
        members = self.env['coop.pool.member'].with_user(user).search([])
        self.assertEqual(members.membership_id, self.siti)
        with self.assertRefused("", AccessError):
            pool.member_ids.filtered(lambda member: member.membership_id == self.budi).with_user(user).read(['note'])
        with self.assertRefused("", AccessError):
            self.env['coop.pool.paper'].with_user(user).search([])
