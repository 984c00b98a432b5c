from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_shu import MEETING, ShuCommon


@tagged('post_install', '-at_install')
class TestShuApproval(ShuCommon):
    """A surplus of 1,000,000, of which 40 % by capital: Siti has 300,000 of it and Budi 100,000."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule(('reserve', 60), ('capital', 40))
        cls.siti = cls._create_registered("Siti", '001', 300_000)
        cls.budi = cls._create_registered("Budi", '002', 100_000)

    def _ready(self):
        """Return a computed allocation with the meeting's date and number."""
        allocation = self._compute(1_000_000)
        allocation.with_user(self.manager).write({'meeting_date': MEETING, 'meeting_number': '01/RAT/2025'})
        return allocation

    # === THE RULE IN FORCE === #

    def test_rule_of_another_year_is_refused(self):
        later = self._create_rule(('reserve', 20), ('capital', 80), date_from='2025-01-01')
        allocation = self._create_allocation(1_000_000)
        self.assertEqual(allocation.rule_id, self.rule)
        allocation.with_user(self.accountant).rule_id = later
        with self.assertRefused(
            "On 12/31/2024, the last day of the period, Bylaws, from 01/01/2000 is in force and not Bylaws, from"
            " 01/01/2025. Choose that one and compute again",
        ):
            allocation.with_user(self.accountant).action_compute()
        allocation.with_user(self.accountant).rule_id = self.rule
        allocation.with_user(self.accountant).action_compute()
        self.assertEqual(allocation.state, 'computed')

    def test_archived_rule_is_refused(self):
        allocation = self._create_allocation(1_000_000)
        self.rule.active = False
        with self.assertRefused("Bylaws, from 01/01/2000 is not in force on 12/31/2024.*enter the rule of that time"):
            allocation.with_user(self.accountant).with_context(active_test=False).action_compute()

    def test_rule_that_came_into_force_since_holds_up_the_approval(self):
        allocation = self._ready()
        self._create_rule(('reserve', 20), ('capital', 80), date_from='2024-01-01')
        with self.assertRefused("Bylaws, from 01/01/2024 is in force and not Bylaws, from 01/01/2000"):
            allocation.with_user(self.manager).action_approve()

    def test_any_rule_can_be_previewed(self):
        later = self._create_rule(('reserve', 20), ('capital', 80), date_from='2025-01-01')
        self._book_result(1_000_000)
        preview = self.env['coop.shu.preview'].with_user(self.manager).create({
            'rule_id': later.id, 'date_from': '2024-01-01', 'date_to': '2024-12-31',
        })
        preview.action_work_out()
        self.assertFalse(preview.problem)
        # 80 % of 1,000,000, three quarters and one quarter
        self.assertEqual(preview.member_ids.mapped('amount_total'), [600_000, 200_000])

    # === BOOKED OTHERWISE SINCE === #

    def _save_more(self):
        """Book 1,000 of capital for Budi in the year that was computed."""
        self._book('2024-12-01', [(self.cash, None, 1_000), (self.mandatory.account_id, self.budi.partner_id, -1_000)])

    def test_numbers_booked_otherwise_since_are_not_approved_unawares(self):
        allocation = self._ready()
        self._save_more()
        with self.assertRefused("1 of the numbers that members share by were booked otherwise. Compute it again."):
            allocation.with_user(self.manager).action_approve()
        allocation.with_user(self.accountant).action_compute()
        allocation.with_user(self.manager).action_approve()
        # 400,000 × 101,000 / 401,000 = 100,748.13; the remainders are .87 and .13
        self.assertEqual(self._parts(allocation), {"Siti": 299_252, "Budi": 100_748})

    def test_who_was_registered_since_is_not_left_out_unawares(self):
        allocation = self._ready()
        self._create_registered("Wati", '003', joined='2024-03-01')
        with self.assertRefused("1 of the numbers that members share by"):
            allocation.with_user(self.manager).action_approve()
        allocation.with_user(self.accountant).action_compute()
        allocation.with_user(self.manager).action_approve()
        self.assertEqual(len(allocation.member_line_ids), 3)

    def test_period_that_is_shared_already_is_not_computed_again(self):
        self._approve(self._compute(1_000_000))
        other = self._create_allocation(period=('2024-06-01', '2025-05-31'))
        with self.assertRefused("allocated already, by .*Cancel that allocation first"):
            other.with_user(self.accountant).action_compute()

    def test_meeting_may_have_decided_on_figures_that_something_was_booked_after(self):
        allocation = self._ready()
        self._save_more()
        action = allocation.with_user(self.manager).action_compare()
        self.assertEqual((allocation.changed_numbers, action['params']['type']), (1, 'warning'))
        allocation.with_user(self.manager).action_approve()
        self.assertEqual(allocation.state, 'approved')
        self.assertTrue(any(
            "Approved as computed, although 1 of the numbers" in (message.body or '')
            for message in allocation.message_ids
        ))
        self.assertEqual(self._parts(allocation), {"Siti": 300_000, "Budi": 100_000})

    def test_comparison_finds_nothing_where_nothing_was_booked(self):
        allocation = self._ready()
        action = allocation.with_user(self.accountant).action_compare()
        self.assertEqual((allocation.changed_numbers, action['params']['type']), (0, 'success'))

    def test_new_computation_forgets_the_difference(self):
        allocation = self._ready()
        self._save_more()
        allocation.with_user(self.accountant).action_compare()
        allocation.with_user(self.accountant).action_compute()
        self.assertEqual(allocation.changed_numbers, 0)

    def test_only_accountant_and_manager_compare(self):
        allocation = self._ready()
        with self.assertRefused("Only this role may do that: .*Treasurer / Manager", AccessError):
            allocation.with_user(self.officer).action_compare()
        draft = self._create_allocation(period=('2023-01-01', '2023-12-31'))
        with self.assertRefused("is not computed; there is nothing to compare"):
            draft.with_user(self.accountant).action_compare()
