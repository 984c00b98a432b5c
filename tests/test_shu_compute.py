from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, RedirectWarning, ValidationError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_shu import YEAR, ShuCommon


@tagged('post_install', '-at_install')
class TestShuRule(ShuCommon):

    def test_shares_that_add_up_to_105_are_refused(self):
        with self.assertRefused(r"add up to 105 % and not to 100 % \(difference 5 %\)", ValidationError):
            self._create_rule(
                ('reserve', 25), ('capital', 45), ('fund', 20, 'board'), ('fund', 5, 'staff'), ('fund', 5, 'education'),
                ('fund', 5, 'social'),
            )

    def test_a_thousandth_missing_is_refused(self):
        with self.assertRefused(r"99.999 % and not to 100 % \(difference -0.001 %\)", ValidationError):
            self._create_rule(('reserve', 33.333), ('capital', 66.666))

    def test_rule_without_reserve_is_refused(self):
        with self.assertRefused("nothing to the reserve", ValidationError):
            self._create_rule(('capital', 100))

    def test_accounts_come_from_the_cooperatives_set_up(self):
        rule = self._create_rule(('reserve', 40), ('fund', 20, 'education'), ('capital', 40))
        self.assertEqual(rule.share_ids.mapped('account_id'), self.reserve | self._account('fund_education'))
        self.assertFalse(rule.share_ids[2].account_id)
        self.assertEqual(rule.payable_account_id, self.payable)
        self.assertEqual(rule.share_ids.mapped('name'), ["Reserve", "Education", "Members by Capital"])

    def test_fund_on_an_equity_account_is_refused(self):
        rule = self._create_rule(('reserve', 60), ('fund', 40, 'social'))
        with self.assertRefused("A fund is a liability", ValidationError):
            rule.share_ids[1].account_id = self.reserve

    def test_patronage_without_a_base_is_refused(self):
        with self.assertRefused("by which business", ValidationError):
            self._create_rule(('reserve', 60), ('patronage', 40))

    def test_the_rule_in_force_at_the_end_of_the_period_holds(self):
        old = self._create_rule(('reserve', 100))
        new = self._create_rule(('reserve', 60), ('capital', 40), date_from='2024-07-01')
        self.assertEqual(self._create_allocation().rule_id, new)
        self.assertEqual(self._create_allocation(period=('2023-01-01', '2023-12-31')).rule_id, old)

    def test_change_of_shares_is_kept_in_the_history(self):
        rule = self._create_rule(('reserve', 60), ('capital', 40))
        first, second = rule.share_ids
        rule.share_ids = [(1, first.id, {'percent': 50}), (1, second.id, {'percent': 50})]
        self.assertIn("from Reserve 60 % · Members by Capital 40 % to Reserve 50 % · Members by Capital 50 %",
                      rule.message_ids[0].body)


@tagged('post_install', '-at_install')
class TestShuCompute(ShuCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule(('reserve', 20), ('capital', 40), ('patronage', 40, 'purchases'))
        cls.siti = cls._create_registered("Siti", '001', 300_000)
        cls.budi = cls._create_registered("Budi", '002', 100_000)
        cls._invoice(cls.siti, 1_000_000)

    def test_surplus_is_what_the_ledger_says(self):
        self._book_result(-400_000)
        self._book_result(999, date='2023-12-31')
        self._book_result(999, date='2025-01-01')
        allocation = self._compute()
        self.assertEqual(allocation.surplus, 600_000)
        self.assertEqual(self._shares(allocation), [120_000, 240_000, 240_000])
        self.assertEqual(self._parts(allocation), {"Siti": 180_000 + 240_000, "Budi": 60_000})

    def test_last_fiscal_year_is_the_default_period(self):
        allocation = self.env['coop.shu.allocation'].create({})
        last_year = allocation.create_date.year - 1
        self.assertEqual(str(allocation.date_from), f'{last_year}-01-01')
        self.assertEqual(str(allocation.date_to), f'{last_year}-12-31')
        self.assertEqual(allocation.display_name, f"SHU {last_year}")

    def test_credit_notes_lower_the_patronage(self):
        self._invoice(self.budi, 1_500_000)
        self._invoice(self.budi, 500_000, 'out_refund')
        allocation = self._compute(2_000_000)
        self.assertEqual([line.part_ids[1].numerator for line in allocation.member_line_ids], [1_000_000, 1_000_000])

    def test_more_returned_than_bought_counts_as_nothing_and_is_noted(self):
        self._invoice(self.budi, 5_000, 'out_refund')
        allocation = self._compute(1_000_000)
        self.assertEqual(self._line(allocation, self.budi).part_ids[1].numerator, 0)
        self.assertTrue(any("Budi" in message.body for message in allocation.message_ids))

    def test_goods_sold_to_the_cooperative_are_a_base(self):
        self.rule.share_ids[2].base = 'deliveries'
        self._invoice(self.siti, 700_000, 'in_invoice')
        self._invoice(self.siti, 100_000, 'in_refund')
        self._invoice(self.budi, 200_000, 'in_invoice')
        allocation = self._compute(1_000_000)
        self.assertEqual([line.part_ids[1].numerator for line in allocation.member_line_ids], [600_000, 200_000])
        self.assertEqual([line.patronage_amount for line in allocation.member_line_ids], [300_000, 100_000])

    def test_business_with_others_and_of_other_years_does_not_count(self):
        partner = self.env['res.partner'].create({'name': "Calon"})
        stranger = self.env['coop.membership'].create({'partner_id': partner.id})
        self._invoice(stranger, 9_000_000)
        self._invoice(self.siti, 9_000_000, date='2023-12-31')
        allocation = self._compute(1_000_000)
        self.assertEqual(allocation.share_ids[2].denominator, 1_000_000)
        self.assertNotIn("Calon", self._parts(allocation))

    def test_suspended_members_share_and_candidates_do_not(self):
        self.budi._suspend_with_reason("Arrears")
        candidate = self.env['res.partner'].create({'name': "Calon"})
        self.env['coop.membership'].create({'partner_id': candidate.id})
        self._book('2024-05-01', [(self.cash, None, 100_000), (self.mandatory.account_id, candidate, -100_000)])
        self.assertEqual(set(self._parts(self._compute(1_000_000))), {"Siti", "Budi"})

    def test_member_who_joins_after_the_period_does_not_share(self):
        self._create_registered("Wati", '003', 1_000_000, joined='2025-01-01')
        self.assertEqual(set(self._parts(self._compute(1_000_000))), {"Siti", "Budi"})

    def _leave(self, member, date):
        member.sudo().write({'state': 'left', 'date_left': date, 'leave_reason': 'resigned'})
        self.env.flush_all()

    def test_member_who_left_in_the_period_gets_nothing_unless_the_rule_says_so(self):
        self._leave(self.budi, '2024-06-01')
        allocation = self._compute(1_000_000)
        self.assertEqual(set(self._parts(allocation)), {"Siti"})
        self.rule.leavers = 'included'
        allocation.with_user(self.accountant).action_compute()
        self.assertEqual(set(self._parts(allocation)), {"Siti", "Budi"})

    def test_member_who_left_after_the_period_shares(self):
        self._leave(self.budi, '2025-01-15')
        self.assertEqual(set(self._parts(self._compute(1_000_000))), {"Siti", "Budi"})

    def test_average_capital_of_a_leaver_counts_until_leaving(self):
        self.rule.write({'capital_base': 'average', 'leavers': 'included'})
        self._leave(self.budi, '2024-02-01')
        allocation = self._compute(1_000_000)
        # January has 31 days
        self.assertEqual(self._line(allocation, self.budi).part_ids[0].numerator, 100_000 * 31)
        self.assertEqual(self._line(allocation, self.siti).part_ids[0].numerator, 300_000 * 366)

    def test_capital_of_a_partner_who_rejoined_counts_once(self):
        self.rule.leavers = 'included'
        self._leave(self.budi, '2024-02-01')
        again = self.env['coop.membership'].create({
            'partner_id': self.budi.partner_id.id, 'number': '003', 'date_joined': '2024-09-01',
        })
        allocation = self._compute(1_000_000)
        # it was never returned, so it stays with the membership in whose time it was booked
        self.assertEqual(self._line(allocation, self.budi).part_ids[0].numerator, 100_000)
        self.assertEqual(self._line(allocation, again).part_ids[0].numerator, 0)
        self.assertEqual(allocation.share_ids[1].denominator, 400_000)

    def test_savings_below_zero_are_refused(self):
        self._book('2024-05-01', [
            (self.mandatory.account_id, self.budi.partner_id, 150_000), (self.cash, None, -150_000),
        ])
        allocation = self._create_allocation(1_000_000)
        with self.assertRefused(r"less than nothing in their savings.*002 Budi"):
            allocation.with_user(self.accountant).action_compute()

    def test_pool_without_anything_to_share_it_by_is_refused(self):
        self.rule.share_ids[2].base = 'deliveries'
        allocation = self._create_allocation(1_000_000)
        with self.assertRefused("No member has anything that"):
            allocation.with_user(self.accountant).action_compute()
        self.assertEqual(allocation.state, 'draft')

    def test_equal_remainders_go_to_the_lower_member_number(self):
        self.rule.share_ids = [
            Command.clear(), Command.create({'kind': 'reserve', 'percent': 50}),
            Command.create({'kind': 'capital', 'percent': 50}),
        ]
        self._create_registered("Ten", '10', 100_000)
        self._create_registered("Nine", '9', 100_000)
        # 303 on 3 : 1 : 1 : 1 is 151.5 and three times 50.5, rounded down 301: two are left, to 001 and 002
        self.assertEqual(self._parts(self._compute(606)), {"Siti": 152, "Budi": 51, "Nine": 50, "Ten": 50})

    def test_drafts_of_the_period_hold_up_the_computation(self):
        draft = self._invoice(self.budi, 1_000, post=False)
        allocation = self._create_allocation(1_000_000)
        with self.assertRefused("1 drafts in the period are to be posted or deleted", RedirectWarning):
            allocation.with_user(self.accountant).action_compute()
        draft.action_post()
        allocation.with_user(self.accountant).action_compute()
        self.assertEqual(allocation.state, 'computed')

    def test_closing_obstacles_hold_up_the_computation(self):
        allocation = self._create_allocation(1_000_000)
        with patch.object(
            type(self.company), '_coop_get_closing_obstacles', autospec=True,
            side_effect=lambda company, date_from, date_to: [f"Settle {date_from} to {date_to}"],
        ), self.assertRefused("- Settle 2024-01-01 to 2024-12-31", RedirectWarning):
            allocation.with_user(self.accountant).action_compute()

    def test_missing_rule_is_named(self):
        self.rule.active = False
        allocation = self._create_allocation(1_000_000)
        with self.assertRefused("No rule says how the surplus of 2024 is shared"):
            allocation.with_user(self.accountant).action_compute()

    def test_later_bookings_show_as_a_difference_and_change_nothing(self):
        allocation = self._compute(1_000_000)
        self._book_result(250_000)
        allocation.invalidate_recordset()
        self.assertEqual(allocation.surplus, 1_000_000)
        self.assertEqual((allocation.surplus_now, allocation.difference), (1_250_000, 250_000))
        allocation.with_user(self.accountant).action_compute()
        self.assertEqual((allocation.surplus, allocation.difference), (1_250_000, 0))

    def test_choice_of_payout_survives_a_new_computation(self):
        allocation = self._compute(1_000_000)
        self._line(allocation, self.siti).with_user(self.officer).payout_method = 'savings'
        allocation.with_user(self.accountant).action_compute()
        self.assertEqual(self._line(allocation, self.siti).payout_method, 'savings')

    def test_changed_period_asks_for_a_new_computation(self):
        allocation = self._compute(1_000_000)
        allocation.with_user(self.accountant).date_from = '2024-02-01'
        self.assertEqual(allocation.state, 'draft')

    def test_computed_values_are_not_entered(self):
        allocation = self._compute(1_000_000)
        for values in ({'state': 'approved'}, {'surplus': 1}, {'approved_by_id': self.manager.id}):
            with self.assertRefused("cannot be entered", AccessError):
                allocation.with_user(self.accountant).write(values)
        with self.assertRefused("cannot be entered", AccessError):
            self._line(allocation, self.siti).with_user(self.officer).write({'partner_id': self.budi.partner_id.id})

    def test_context_is_no_way_into_a_later_state(self):
        allocation = self.env['coop.shu.allocation'].with_user(self.accountant).with_context(
            default_state='approved', default_surplus=5,
        ).create({'date_from': YEAR[0], 'date_to': YEAR[1]})
        self.assertEqual((allocation.state, allocation.surplus), ('draft', 0))

    def test_computing_twice_gives_the_same(self):
        allocation = self._compute(777_777)
        before = self._parts(allocation), self._shares(allocation)
        allocation.with_user(self.accountant).action_compute()
        self.assertEqual((self._parts(allocation), self._shares(allocation)), before)
