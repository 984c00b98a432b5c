from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_pool import PoolCommon


@tagged('post_install', '-at_install')
class TestPoolRequests(PoolCommon):

    def _rows(self, request):
        rows = request.row_ids.sorted().filtered(lambda row: row.quantity or row.tolerance)
        return [(row.date.hour, row.quantity, row.tolerance) for row in rows]

    def test_raising_appends_a_row_and_lowering_takes_from_the_newest(self):
        pool = self._create_pool()
        for hour, wish in ((17, (2, 2)), (18, (4, 2)), (19, (2, 1))):
            with freeze_time(f'2026-11-01 {hour}:00:00'):
                self._request(pool, {self.siti: wish})
            if hour == 18:
                self.assertEqual(self._rows(pool.request_ids), [(17, 2, 2), (18, 2, 0)])
        self.assertEqual(self._rows(pool.request_ids), [(17, 2, 1)])

    def test_request_for_nothing_is_taken_back(self):
        pool = self._create_pool()
        self._request(pool, {self.siti: 2})
        self._request(pool, {self.siti: 0})
        self.assertFalse(pool.request_ids)

    def test_open_pool_sums_up_live(self):
        pool = self._create_pool({self.fertilizer: {'pack': 12}})
        self._request(pool, {self.siti: (50, 2), self.budi: 40})
        line = pool.line_ids
        # 90 and tolerance 2: 7 cases of 12 are 84, the 8th has 6 and lacks 4 with the tolerance of 2
        self.assertEqual((line.quantity_requested, line.tolerance_total), (90, 2))
        self.assertEqual((line.cases, line.missing_to_case), (7, 4))
        # 90 reach the step at 50; at 100 each would cost 10 less
        self.assertEqual((line.price_current, line.next_step_quantity, line.next_step_saving), (90, 100, 900))
        self.assertEqual(pool.member_count, 2)

    def test_only_active_members_request(self):
        pool = self._create_pool()
        rini = self.env['res.partner'].create({'name': "Rini"})
        candidate = self.env['coop.membership'].create({'partner_id': rini.id})
        self.budi._suspend_with_reason("Arrears")
        self.ani._update_state('left', date_left='2026-11-01')
        for member, state in ((candidate, "Candidate"), (self.budi, "Suspended"), (self.ani, "Left")):
            with self.assertRefused(f"is {state}; only active members"):
                self._request(pool, {member: 2})
        self.assertFalse(pool.request_ids)

    def test_closed_pool_takes_no_requests(self):
        pool = self._create_pool()
        self._request(pool, {self.siti: 2})
        pool.action_close()
        with self.assertRefused("is Closed. Requests are made and changed only while a pool is open"):
            self._request(pool, {self.budi: 2})
        with self.assertRefused("is Closed"):
            pool.request_ids.quantity = 5
        with self.assertRefused("is Closed"):
            pool.request_ids.unlink()
        self.env.invalidate_all()
        self.assertEqual(pool.request_ids.mapped('quantity'), [2])
        pool.action_reopen()
        self._request(pool, {self.budi: 2})
        self.assertEqual(len(pool.request_ids), 2)

    def test_no_request_after_the_deadline(self):
        with freeze_time('2026-10-20 03:00:00'):
            pool = self._create_pool(date_cutoff='2026-10-31 10:00:00')
        with freeze_time('2026-10-31 10:00:00'):
            self._request(pool, {self.siti: 2})
        with freeze_time('2026-10-31 10:00:01'), self.assertRefused("took requests until.*Extend its deadline"):
            self._request(pool, {self.budi: 2})

    def test_product_that_the_pool_does_not_offer_is_refused(self):
        pool = self._create_pool()
        seed = self._create_product("Seed", {self.vendor: {1: 10}})
        with self.assertRefused("does not offer Seed"):
            self._request(pool, {self.siti: 2}, product=seed)
        other = self._create_pool({seed: {}})
        with self.assertRefused("does not offer Seed. It offers: Fertilizer"):
            self.env['coop.pool.request'].create({
                'pool_id': pool.id, 'line_id': other.line_ids.id, 'membership_id': self.siti.id, 'quantity': 1,
            })

    def test_request_is_a_multiple_of_what_is_handed_out(self):
        pool = self._create_pool({self.fertilizer: {'step': 0.5}})
        self._request(pool, {self.siti: 2.5})
        with self.assertRefused("handed out in 0.50 Units; 2.25 is not a multiple"):
            self._request(pool, {self.budi: 2.25})
        with self.assertRefused("not a multiple", ValidationError):
            pool.request_ids.quantity = 2.25

    def test_tolerance_is_refused_where_the_pool_takes_none(self):
        pool = self._create_pool(allow_tolerance=False)
        with self.assertRefused("takes no tolerance: ask for the full quantity"):
            self._request(pool, {self.siti: (2, 1)})
        self._request(pool, {self.siti: 2})
        self.assertEqual(pool.line_ids.tolerance_total, 0)

    def test_offer_that_somebody_asked_for_stays(self):
        pool = self._create_pool()
        self._request(pool, {self.siti: 2})
        with self.assertRefused("asked for Fertilizer"):
            pool.line_ids.step = 0.5
        with self.assertRefused("asked for Fertilizer"):
            pool.line_ids.unlink()

    def test_officer_enters_pool_and_requests_on_the_screen(self):
        with Form(self.env['coop.pool'].with_user(self.officer)) as form:
            form.title = "Seeds"
            with form.line_ids.new() as line:
                line.product_id = self.fertilizer
        pool = form.save()
        pool.action_open()
        with Form(pool) as form, form.request_ids.new() as request:
            request.membership_id = self.siti
            request.line_id = pool.line_ids
            request.quantity = 3
        self.assertEqual(pool.line_ids.quantity_requested, 3)
        self.assertTrue(pool.name.startswith("PB/"))

    def test_warehouse_reads_quantities_and_no_money(self):
        pool = self._create_pool()
        self._request(pool, {self.siti: 2})
        seen = pool.with_user(self.warehouse_user)
        self.assertEqual(seen.line_ids.quantity_requested, 2)
        lines = seen.line_ids
        for record, field in ((seen, 'margin_percent'), (lines, 'price_current'), (lines, 'explanation')):
            with self.assertRefused("", AccessError):
                record.read([field])
        with self.assertRefused("", AccessError):
            seen.title = "Mine"
        with self.assertRefused("", AccessError):
            seen.request_ids.quantity = 5
        Form(seen)
        self.assertEqual(pool.line_ids.with_user(self.officer).price_current, 100)

    def test_supervisor_reads_and_changes_nothing(self):
        pool = self._create_pool().with_user(self.supervisor)
        self.assertEqual(pool.line_ids.next_step_price, 100)
        with self.assertRefused("", AccessError):
            pool.action_close()
        with self.assertRefused("", AccessError):
            pool._set_request(self.siti.with_user(self.supervisor), self.fertilizer, 2)

    def test_member_reads_open_pools_and_own_requests_on_the_portal(self):
        pool = self._create_pool()
        self._request(pool, {self.siti: 2, self.budi: 3})
        draft = self.env['coop.pool'].create({'title': "Not yet"})
        user = self.env['res.users'].create({
            'name': "Siti", 'login': 'siti_portal', 'partner_id': self.siti.partner_id.id,
            'group_ids': [(6, 0, self.env.ref('base.group_portal').ids)],
            'company_id': self.company.id, 'company_ids': [(6, 0, self.company.ids)],
        })
        self.env.invalidate_all()
        seen = self.env['coop.pool'].with_user(user).search([])
        self.assertEqual(seen, pool)
        self.assertNotIn(draft, seen)
        self.assertEqual(seen.line_ids.quantity_requested, 5)
        self.assertEqual(seen.request_ids.membership_id, self.siti)
        of_others = self.env['coop.pool.request'].search([('membership_id', '=', self.budi.id)])
        with self.assertRefused("", AccessError):
            of_others.with_user(user).read(['quantity'])
        with self.assertRefused("", AccessError):
            of_others.row_ids.with_user(user).read(['quantity'])
        with self.assertRefused("", AccessError):
            seen.line_ids.read(['price_current'])
        self.siti._suspend_with_reason("Arrears")
        pool.action_close()
        self.assertIn(pool, self.env['coop.pool'].with_user(user).search([]), "took part in it")
