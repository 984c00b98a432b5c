from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.producer_cooperative.tests.common_shu import MEETING, YEAR, ShuCommon

MODELS = (
    'coop.shu.rule', 'coop.shu.rule.share', 'coop.shu.allocation', 'coop.shu.allocation.share', 'coop.shu.member.line',
    'coop.shu.member.part', 'coop.shu.tax', 'coop.shu.unclaimed', 'coop.shu.lapse', 'coop.shu.lapse.line',
)


@tagged('post_install', '-at_install')
class TestShuAccess(ShuCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule(('reserve', 60), ('capital', 40))
        cls.siti = cls._create_registered("Siti", '001', 300_000)
        cls.budi = cls._create_registered("Budi", '002', 100_000)
        cls._book_result(1_000_000)
        cls.both = cls._create_role_user('both', 'producer_cooperative.group_coop_manager')
        cls.both.group_ids += cls.env.ref('producer_cooperative.group_coop_accountant')

    def test_accountant_computes_and_posts_and_does_not_approve(self):
        allocation = self.env['coop.shu.allocation'].with_user(self.accountant).create({
            'date_from': YEAR[0], 'date_to': YEAR[1], 'meeting_date': MEETING, 'meeting_number': '1',
        })
        allocation.action_compute()
        with self.assertRefused("Only this role may do that: Manager"):
            allocation.action_approve()
        allocation.with_user(self.manager).action_approve()
        allocation.action_post()
        self.assertEqual(allocation.state, 'posted')
        self.assertEqual((allocation.computed_by_id, allocation.approved_by_id), (self.accountant, self.manager))

    def test_manager_approves_and_neither_computes_nor_posts(self):
        allocation = self._create_allocation()
        with self.assertRefused("Only this role may do that: Accountant"):
            allocation.with_user(self.manager).action_compute()
        allocation = self._approve(self._compute())
        with self.assertRefused("Only this role may do that: Accountant"):
            allocation.with_user(self.manager).action_post()
        self.assertEqual(allocation.state, 'approved')

    def test_manager_cancels_an_approval_and_not_a_posted_allocation(self):
        allocation = self._approve(self._compute())
        allocation.with_user(self.manager)._cancel_with_reason("Rule was wrong")
        self.assertEqual(allocation.state, 'cancelled')
        posted = self._post()
        with self.assertRefused("Only this role may do that: Accountant"):
            posted.with_user(self.manager)._cancel_with_reason("Rule was wrong")

    def test_whoever_computed_does_not_approve(self):
        allocation = self._create_allocation()
        allocation.with_user(self.both).action_compute()
        allocation.with_user(self.both).write({'meeting_date': MEETING, 'meeting_number': '1'})
        with self.assertRefused("somebody else has to approve it"):
            allocation.with_user(self.both).action_approve()
        self.assertEqual(allocation.state, 'computed')
        allocation.with_user(self.manager).action_approve()
        self.assertEqual(allocation.approved_by_id, self.manager)

    def test_nobody_approves_beforehand_what_the_meeting_decides(self):
        allocation = self._create_allocation()
        allocation.with_user(self.both).action_compute()
        with self.assertRefused("is approved by its own button"):
            allocation.with_user(self.both).action_ask_approval()
        self.assertFalse(allocation.with_user(self.both).approval_status)

    def test_one_person_alone_is_kept_in_the_history_where_it_is_allowed(self):
        self._set_limit('shu_approval', is_required=False)
        allocation = self._create_allocation()
        allocation.with_user(self.both).action_compute()
        allocation.with_user(self.both).write({'meeting_date': MEETING, 'meeting_number': '1'})
        allocation.with_user(self.both).action_approve()
        self.assertEqual((allocation.state, allocation.posted_alone), ('approved', True))
        self.assertTrue(any("wrote and posted this alone" in m.body for m in allocation.message_ids))
        row = self.env['coop.oversight'].with_user(self.supervisor).search([('what', '=', 'done_alone')])
        self.assertEqual((row.res_model, row.res_id, row.user_id), (allocation._name, allocation.id, self.both))

    def test_what_two_approve_is_not_done_alone(self):
        self._set_limit('shu_approval', is_required=False)
        self.assertFalse(self._approve(self._compute()).posted_alone)

    def test_approval_needs_date_and_number_of_a_meeting_after_the_period(self):
        allocation = self._compute()
        with self.assertRefused("Enter the date of the members' meeting and the number"):
            allocation.with_user(self.manager).action_approve()
        for date in ('2024-12-31', '2999-01-01'):
            allocation.write({'meeting_date': date, 'meeting_number': '1'})
            with self.assertRefused("cannot have decided"):
                allocation.with_user(self.manager).action_approve()

    def test_draft_is_neither_approved_nor_posted(self):
        allocation = self._create_allocation()
        allocation.write({'meeting_date': MEETING, 'meeting_number': '1'})
        with self.assertRefused("is Draft and cannot become Approved"):
            allocation.with_user(self.manager).action_approve()
        with self.assertRefused("is Draft and cannot become Posted"):
            allocation.with_user(self.accountant).action_post()

    def test_officer_and_supervisor_read_and_change_nothing(self):
        allocation = self._compute()
        for user in (self.officer, self.supervisor):
            self.assertEqual(allocation.with_user(user).surplus, 1_000_000)
            self.assertEqual(allocation.with_user(user).difference, 0)
            with self.assertRefused("Only this role may do that", AccessError):
                allocation.with_user(user).action_compute()
            with self.assertRefused("You are not allowed to modify 'SHU Rule'", AccessError):
                self.rule.with_user(user).name = "Mine"
        with self.assertRefused("You are not allowed to modify", AccessError):
            self._line(allocation, self.siti).with_user(self.supervisor).payout_method = 'savings'

    def test_manager_changes_the_rule_and_the_accountant_does_not(self):
        self.rule.with_user(self.manager).name = "Bylaws 2025"
        self.assertEqual(self.rule.name, "Bylaws 2025")
        with self.assertRefused("You are not allowed to modify 'SHU Rule'", AccessError):
            self.rule.with_user(self.accountant).name = "Mine"

    def test_warehouse_sees_nothing_of_the_shu(self):
        for model in MODELS:
            self.assertFalse(self.env[model].with_user(self.warehouse_user).has_access('read'), model)

    def test_member_reads_the_own_part_once_it_is_booked(self):
        portal = new_test_user(
            self.env, login='siti', groups='base.group_portal', company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.siti.partner_id.user_ids = portal
        lines = self.env['coop.shu.member.line'].with_user(portal)
        allocation = self._approve(self._compute())
        self.assertFalse(lines.search([]))
        allocation.action_post()
        self.assertEqual(lines.search([]).membership_id, self.siti.with_user(portal))
        own = lines.search([])
        self.assertEqual(own.amount_total, 300_000)
        self.assertEqual((own.part_ids.numerator, own.part_ids.pool_amount), (300_000, 400_000))
        self.assertIn("SHU/2024/00001", own.display_name)
        foreign = self._line(allocation, self.budi).with_user(portal)
        with self.assertRefused("top-secret records", AccessError):
            foreign.read(['amount_total'])
        with self.assertRefused("You are not allowed to modify", AccessError):
            own.payout_method = 'savings'
        self.assertFalse(self.env['coop.shu.allocation'].with_user(portal).has_access('read'))

    def test_other_companies_see_nothing(self):
        allocation = self._post()
        other = self._create_cooperative("Koperasi Lain")
        stranger = new_test_user(
            self.env, login='stranger', groups='producer_cooperative.group_coop_accountant', company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for model in MODELS:
            records = self.env[model].with_user(stranger).with_context(allowed_company_ids=other.ids)
            self.assertFalse(records.search([('company_id', '=', self.company.id)]), model)
        with self.assertRefused("top-secret records", AccessError):
            records.env['coop.shu.allocation'].browse(allocation.id)._cancel_with_reason("Mine")

    def test_every_role_opens_the_screens(self):
        allocation = self._post()
        for user in (self.officer, self.cashier, self.accountant, self.manager, self.supervisor):
            for model in (
                'coop.shu.rule', 'coop.shu.allocation', 'coop.shu.member.line', 'coop.shu.tax', 'coop.shu.lapse',
            ):
                for view_type in ('list', 'form', 'search'):
                    self.env[model].with_user(user).get_view(view_type=view_type)
            for record in (allocation, allocation.member_line_ids[0], self.rule):
                self.assertTrue(Form(record.with_user(user)).id)
            self.assertTrue(Form(self.siti.with_user(user)).shu_total)
        self.assertEqual(self.siti.with_user(self.cashier).shu_total, 300_000)

    def test_accountant_writes_the_allocation_in_its_form(self):
        with Form(self.env['coop.shu.allocation'].with_user(self.accountant)) as form:
            form.date_from, form.date_to = YEAR
            self.assertEqual(form.rule_id, self.rule)
        form.record.action_compute()
        with Form(form.record.with_user(self.manager)) as edited:
            edited.meeting_date = MEETING
            edited.meeting_number = '1'
        form.record.with_user(self.manager).action_approve()
        self.assertEqual(form.record.state, 'approved')

    def test_manager_writes_the_rule_in_its_form(self):
        with Form(self.env['coop.shu.rule'].with_user(self.manager)) as form:
            form.name = "New bylaws"
            form.date_from = '2026-01-01'
            for kind, percent in (('reserve', 40), ('fund', 10), ('capital', 20), ('patronage', 30)):
                with form.share_ids.new() as share:
                    share.kind = kind
                    if kind == 'fund':
                        share.fund = 'social'
                    if kind == 'patronage':
                        share.base = 'purchases'
                    share.percent = percent
        self.assertEqual(
            form.record.share_ids.mapped('name'),
            ["Reserve", "Social", "Members by Capital", "Purchases from the Cooperative"],
        )
        self.assertEqual(form.record.share_ids[1].account_id, self._account('fund_social'))
