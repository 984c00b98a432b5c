from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_pool import PoolCommon


@tagged('post_install', '-at_install')
class TestPoolLimits(PoolCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Mandatory savings of January are paid; in January nobody is behind.
        cls.startClassPatcher(freeze_time('2026-01-20 03:00:00'))

    def _quantity(self, pool, member):
        return sum(pool.request_ids.filtered(lambda request: request.membership_id == member).mapped('quantity'))

    # === QUANTITY === #

    def test_request_above_the_limit_of_the_product_is_refused(self):
        pool = self._create_pool({self.fertilizer: {'member_limit': 10}})
        self._request(pool, {self.siti: (8, 2)})
        with self.assertRefused("Budi asks for 11.00 Units of Fertilizer, and each member gets at most 10.00"):
            self._request(pool, {self.budi: 11})
        with self.assertRefused("at most 10.00"):
            self._request(pool, {self.siti: (8, 3)})
        with self.assertRefused("at most 10.00"):
            pool.request_ids.quantity = 9
        self.assertEqual((self._quantity(pool, self.siti), self._quantity(pool, self.budi)), (8, 0))

    def test_limit_that_only_warns_takes_the_request_and_says_so(self):
        pool = self._create_pool({self.fertilizer: {'member_limit': 10}}, limit_policy='warn')
        self._request(pool, {self.budi: 11})
        self.assertEqual(self._quantity(pool, self.budi), 11)
        self.assertIn("at most 10.00", pool.member_ids.warning)
        self.assertIn("in spite of arrears or above a limit", self.budi.message_ids[0].body)

    def test_warning_follows_the_limits(self):
        pool = self._create_pool(limit_policy='warn', arrears_policy='none')
        self._request(pool, {self.siti: 10})
        part = pool.member_ids
        self.assertFalse(part.warning)
        # 10 at 100 are 1,000
        pool.limit_value = 950
        self.assertIn("Above the limit", part.warning)
        part._set_limit(1_000, "Large farm")
        self.assertFalse(part.warning)
        part._set_limit(0, "As everybody")
        self.assertIn("Above the limit", part.warning)
        # 50 at 90: Siti's 10 are 900
        self._request(pool, {self.budi: 40})
        self.assertFalse(part.warning)
        pool.line_ids.member_limit = 5
        self.assertIn("at most 5.00", part.warning)

    def test_lowering_is_never_refused(self):
        pool = self._create_pool()
        self._request(pool, {self.siti: 20})
        pool.line_ids.member_limit = 5
        self._request(pool, {self.siti: 12})
        self.siti._suspend_with_reason("Arrears")
        self._request(pool, {self.siti: 6})
        with self.assertRefused("is Suspended; only active members"):
            self._request(pool, {self.siti: 7})
        self._request(pool, {self.siti: 0})
        self.assertFalse(pool.request_ids)

    # === VALUE === #

    def test_value_counts_all_products_at_the_price_of_the_sum(self):
        seed = self._create_product("Seed", {self.vendor: {1: 10}})
        pool = self._create_pool({self.fertilizer: {}, seed: {}}, limit_value=1_000)
        # 9 x 100 + 10 x 10 = 1,000
        self._request(pool, {self.siti: 9})
        self._request(pool, {self.siti: 10}, product=seed)
        with self.assertRefused(r"Siti asks for Rp.1,010.*may ask for Rp.1,000.*ask the chair"):
            self._request(pool, {self.siti: 11}, product=seed)
        with self.assertRefused("may ask for"):
            self._request(pool, {self.siti: (9, 1)})
        # With 41 more the fertilizer reaches the step at 50: 9 x 90 + 19 x 10 = 1,000
        self._request(pool, {self.ani: 8, self.budi: 9})
        pool.member_ids.filtered(lambda member: member.membership_id == self.budi)._set_limit(9_000, "Farms more")
        self._request(pool, {self.budi: 33})
        self.assertEqual(pool.line_ids[0].quantity_requested, 50)
        self._request(pool, {self.siti: 19}, product=seed)
        self.assertEqual(self._quantity(pool, self.siti), 28)

    def test_value_before_the_first_price_step_is_that_of_the_step(self):
        seed = self._create_product("Seed", {self.vendor: {20: 10}})
        pool = self._create_pool({seed: {}}, limit_value=50)
        self._request(pool, {self.siti: 5})
        with self.assertRefused(r"asks for Rp.60"):
            self._request(pool, {self.siti: 6})
        self.assertEqual(pool.member_ids.amount, 50)

    def test_own_limit_goes_before_that_of_the_round_and_is_the_managers(self):
        pool = self._create_pool(limit_value=500)
        self._request(pool, {self.siti: 5})
        member = pool.member_ids
        with self.assertRefused("own buttons", AccessError):
            member.with_user(self.manager).limit_value = 800
        with self.assertRefused("Only this role may do that: Manager", AccessError):
            member.with_user(self.officer)._set_limit(800, "x")
        self.env['coop.pool.set.limit'].with_user(self.manager).create({
            'member_id': member.id, 'limit_value': 800, 'reason': "Farms two hectares more",
        }).action_confirm()
        self.assertIn("Farms two hectares more", pool.message_ids[0].body)
        self._request(pool, {self.siti: 8})
        with self.assertRefused(r"may ask for Rp.800"):
            self._request(pool, {self.siti: 9})
        with self.assertRefused(r"may ask for Rp.500"):
            self._request(pool, {self.budi: 6})

    # === ARREARS === #

    def test_member_behind_with_savings_is_refused_or_warned_of_as_the_round_is_set(self):
        pool = self._create_pool(arrears_policy='refuse', date_cutoff=False)
        self._request(pool, {self.siti: 5})
        with freeze_time('2026-03-20 03:00:00'):
            # February and March at Rp 10,000 each
            with self.assertRefused(r"Budi owes Rp.20,000.* of mandatory savings. Let the member pay at the counter"):
                self._request(pool, {self.budi: 5})
            self._request(pool, {self.siti: 4})
            pool.arrears_policy = 'warn'
            self._request(pool, {self.budi: 5})
            self.assertIn("in spite of arrears", self.budi.message_ids[0].body)
            budi = pool.member_ids.filtered(lambda member: member.membership_id == self.budi)
            self.assertIn("20,000", budi.warning)
            self.assertIn("20,000", budi.request_ids.warning)
            pool.arrears_policy = 'none'
            self._request(pool, {self.ani: 5})
            self.assertFalse(budi.warning)
        self.assertEqual(pool.line_ids.quantity_requested, 14)

    def test_warehouse_does_not_read_who_is_in_arrears(self):
        pool = self._create_pool(arrears_policy='warn', date_cutoff=False)
        with freeze_time('2026-03-20 03:00:00'):
            before = len(self.budi.message_ids)
            pool.with_user(self.officer)._set_requests([
                (member, self.fertilizer, 5, 0) for member in (self.siti, self.budi, self.ani)
            ])
        self.assertEqual(len(self.budi.message_ids), before + 1)
        self.env.invalidate_all()
        messages = self.env['mail.message'].with_user(self.warehouse_user)
        read = messages.search([('model', '=', 'coop.pool'), ('res_id', '=', pool.id)])
        self.assertNotIn("arrears", "".join(read.mapped('body')))
        self.assertFalse(messages.search([('body', 'ilike', "in spite of arrears")]))

    def test_member_with_an_overdue_invoice_is_refused(self):
        invoice = self.env['account.move'].create({
            'move_type': 'out_invoice', 'partner_id': self.budi.partner_id.id, 'invoice_date': '2026-01-06',
            'invoice_date_due': '2026-01-19', 'invoice_payment_term_id': False,
            'invoice_line_ids': [Command.create({'name': "Hoe", 'price_unit': 75_000, 'tax_ids': []})],
        })
        pool = self._create_pool(arrears_policy='refuse', date_cutoff=False)
        self.assertFalse(self.budi._get_pool_debts(), "a draft is no debt")
        invoice.action_post()
        self.assertEqual(self.budi._get_pool_debts(), {self.budi: (0, 75_000)})
        with self.assertRefused(r"Budi owes Rp.75,000.* of overdue invoices"):
            self._request(pool, {self.budi: 5})
        with freeze_time('2026-01-19 03:00:00'):
            self.assertFalse(self.budi._get_pool_debts(), "due today is not overdue")
        self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=invoice.ids,
        ).create({'journal_id': self.cash_journal.id}).action_create_payments()
        self._request(pool, {self.budi: 5})
        self.assertEqual(self._quantity(pool, self.budi), 5)

    # === LEAVING MEMBERS === #

    def test_request_of_a_member_who_left_is_shown_and_withdrawn_with_a_reason(self):
        pool = self._create_pool(date_cutoff=False)
        self._request(pool, {self.siti: (10, 2), self.budi: 50})
        self.siti._suspend_with_reason("Arrears")
        self.assertEqual(pool.inactive_request_count, 1)
        request = self.env['coop.pool.request'].search(pool.action_view_inactive_requests()['domain'])
        self.assertEqual(request.membership_id, self.siti)
        self.assertIn("is Suspended", request.warning)
        wizard = self.env['coop.pool.withdraw'].with_user(self.officer).create({
            'request_ids': request.ids, 'reason': "Left the cooperative",
        })
        wizard.action_confirm()
        self.assertEqual((request.quantity, request.tolerance, request.quantity_withdrawn), (0, 0, 10))
        self.assertEqual(request.withdraw_reason, "Left the cooperative")
        self.assertEqual([(row.quantity_asked, row.quantity) for row in request.row_ids], [(10, 0)])
        self.assertIn("Siti, Fertilizer. Left the cooperative", pool.message_ids[0].body)
        self.assertEqual((pool.inactive_request_count, pool.member_count), (0, 1))
        self.assertEqual(pool.line_ids.quantity_requested, 50)

    def test_only_the_manager_withdraws_after_closing_and_nobody_after_ordering(self):
        pool = self._create_pool(date_cutoff=False)
        self._request(pool, {self.siti: 10, self.budi: 50})
        pool.action_close()
        self.assertEqual(pool.line_ids.quantity, 60)
        request = pool.request_ids.filtered(lambda request: request.membership_id == self.siti)
        with self.assertRefused("Only this role may do that: Manager", AccessError):
            request.with_user(self.officer)._withdraw("Moved away")
        request.with_user(self.manager)._withdraw("Moved away")
        self.assertEqual((pool.line_ids.quantity, pool.line_ids.proposed_quantity), (50, 50))
        pool.action_order()
        with self.assertRefused("requests are not withdrawn any more. Change the member's share"):
            pool.request_ids.with_user(self.manager)._withdraw("Moved away")

    def test_blank_reason_withdraws_nothing(self):
        pool = self._create_pool(date_cutoff=False)
        self._request(pool, {self.siti: 10})
        wizard = self.env['coop.pool.withdraw'].create({'request_ids': pool.request_ids.ids, 'reason': "  "})
        with self.assertRefused("Say why"):
            wizard.action_confirm()
        with self.assertRefused("own buttons", AccessError):
            pool.request_ids.with_user(self.officer).withdraw_reason = "x"
        self.assertEqual(pool.request_ids.quantity, 10)

    def test_member_who_asks_again_after_withdrawing_counts_again(self):
        pool = self._create_pool(date_cutoff=False)
        self._request(pool, {self.siti: 10})
        pool.request_ids._withdraw("Typed for somebody else")
        self._request(pool, {self.siti: 4})
        self.assertEqual((pool.request_ids.quantity, pool.request_ids.withdraw_reason), (4, False))
        self.assertEqual([(row.quantity_asked, row.quantity) for row in pool.request_ids.row_ids], [(10, 0), (4, 4)])
