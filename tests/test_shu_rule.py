from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_shu import ShuCommon


@tagged('post_install', '-at_install')
class TestShuRuleChoices(ShuCommon):
    """Who shares, and by what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule(('reserve', 50), ('capital', 50))
        cls.siti = cls._create_registered("Siti", '001', 300_000)

    def _leave(self, member, date):
        member.sudo().write({'state': 'left', 'date_left': date, 'leave_reason': 'resigned'})
        self.env.flush_all()

    def test_who_joined_in_the_period_shares_as_the_rule_says(self):
        self._create_registered("First Day", '002', 100_000, joined='2024-01-01')
        self._create_registered("In Time", '003', 100_000, joined='2024-10-01')
        self._create_registered("Late", '004', 100_000, joined='2024-10-02')
        everybody = {"Siti", "First Day", "In Time", "Late"}
        for joiners, expected in (
            ('included', everybody), ('prorata', everybody), ('months', everybody - {"Late"}),
            ('none', {"Siti", "First Day"}),
        ):
            self.rule.write({'joiners': joiners, 'joiner_months': 3})
            with self.subTest(joiners=joiners):
                self.assertEqual(set(self._parts(self._compute(1_000_000))), expected)

    def test_capital_of_who_joined_counts_by_days_of_membership(self):
        self.rule.joiners = 'prorata'
        joined = self._create_registered("Budi", '002', 300_000, joined='2024-07-01')
        allocation = self._compute(1_000_000)
        # 184 of 366 days: 300,000 × 184 / 366 = 150,819.67
        self.assertEqual(self._line(allocation, joined).part_ids.numerator, 150_819.67)
        self.assertEqual(self._line(allocation, self.siti).part_ids.numerator, 300_000)
        # 500,000 × 300,000 / 450,819.67 = 332,727.27 and 167,272.73
        self.assertEqual(self._parts(allocation), {"Siti": 332_727, "Budi": 167_273})

    def test_capital_of_who_left_counts_by_days_of_membership(self):
        self.rule.leavers = 'prorata'
        budi = self._create_registered("Budi", '002', 300_000)
        self._leave(budi, '2024-07-01')
        self._book('2024-07-01', [(self.mandatory.account_id, budi.partner_id, 300_000), (self.cash, None, -300_000)])
        allocation = self._compute(1_000_000)
        # the 300,000 of 30 June for 182 of 366 days: 149,180.33
        part = self._line(allocation, budi).part_ids
        self.assertEqual(part.numerator, 149_180.33)
        action = part.with_user(self.officer).action_open_documents()
        movements = self.env['coop.savings.movement'].with_user(self.officer).with_context(**action['context'])
        rows = movements.search(action['domain'], order='date')
        self.assertEqual(rows.mapped('amount'), [300_000, -300_000])
        self.assertEqual(rows.mapped('shu_days'), [182, 0])
        self.assertEqual(self.rupiah.round(sum(rows.mapped('shu_amount'))), 149_180.33)
        self.rule.leavers = 'included'
        allocation.with_user(self.accountant).action_compute()
        self.assertEqual(self._line(allocation, budi).part_ids.numerator, 0)

    def test_months_of_membership_of_a_leaver_end_with_the_leaving(self):
        self.rule.write({'joiners': 'months', 'joiner_months': 3, 'leavers': 'included'})
        short = self._create_registered("Short", '002', joined='2024-05-01')
        long = self._create_registered("Long", '003', joined='2024-05-01')
        self._leave(short, '2024-07-31')
        self._leave(long, '2024-08-01')
        self.assertEqual(set(self._parts(self._compute(1_000_000))), {"Siti", "Long"})

    def test_associates_take_part_where_the_rule_lets_them(self):
        self._create_registered("Always", '002', category='associate')
        self._create_registered("Full Then", '003', category='associate', category_date='2025-01-01')
        self._create_registered("Associate Then", '004', category='full', category_date='2025-01-01')
        self.rule.associates_included = False
        self.assertEqual(set(self._parts(self._compute(1_000_000))), {"Siti", "Full Then"})

    def test_members_come_in_the_order_of_their_numbers(self):
        for number in ('10', '9', 'A-2', '0100'):
            self._create_registered(number, number)
        self.assertEqual(
            self._compute(1_000_000).member_line_ids.mapped('membership_id.number'), ['001', '9', '10', '0100', 'A-2'],
        )

    def test_savings_chosen_on_the_rule_are_the_capital(self):
        self.assertEqual(self.rule.savings_type_ids, self.principal | self.mandatory)
        self._book('2024-02-02', [
            (self.cash, None, 900_000), (self.voluntary.account_id, self.siti.partner_id, -900_000),
        ])
        allocation = self._compute(1_000_000)
        self.assertEqual(self._line(allocation, self.siti).part_ids.numerator, 300_000)
        self.rule.savings_type_ids = self.mandatory | self.voluntary
        allocation.with_user(self.accountant).action_compute()
        self.assertEqual(self._line(allocation, self.siti).part_ids.numerator, 1_200_000)
        self.rule.savings_type_ids = self.voluntary
        allocation.with_user(self.accountant).action_compute()
        self.assertEqual(self._line(allocation, self.siti).part_ids.numerator, 900_000)

    def test_other_cooperatives_savings_are_no_capital_here(self):
        other = self._create_cooperative("Koperasi Lain")
        foreign = self.env['coop.savings.type'].search([('company_id', '=', other.id)], limit=1)
        with self.assertRefused("belongs to another company"):
            self.rule.savings_type_ids = foreign


@tagged('post_install', '-at_install')
class TestShuRuleKept(ShuCommon):
    """Rules are checked, copied, previewed, and stay once a meeting decided by them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule(
            ('reserve', 40), ('capital', 20), ('patronage', 30, 'purchases'), ('fund', 10, 'social'),
        )
        cls.siti = cls._create_registered("Siti", '001', 300_000)
        cls.budi = cls._create_registered("Budi", '002', 100_000)
        cls._invoice(cls.siti, 1_000_000)

    # === CHECKS === #

    def test_every_refusal_names_the_line(self):
        social = self.rule.share_ids[3]
        for values, message in (
            ({'percent': 0}, "Line 4, “Social”.*more than 0 and at most 100"),
            ({'percent': 101}, "Line 4, “Social”.*more than 0 and at most 100"),
            ({'account_id': self.reserve.id}, "Line 4, “Social”.*A fund is a liability"),
            ({'kind': 'patronage', 'base': False}, "Line 4.*by which business"),
            ({'account_id': self.voluntary.account_id.id}, "Line 4, “Social”.*Voluntary"),
            ({'account_id': self._account('clearing').id},
             r"Line 4, “Social”: .* is there for something else \(Consignment Clearing\)..*its own"),
            ({'account_id': self._account('tax_withheld').id}, r"something else \(Income Tax Withheld\)"),
            ({'kind': 'reserve', 'account_id': self.shu.id}, r"something else \(SHU Not Yet Distributed\)"),
        ):
            with self.subTest(values=values), self.assertRefused(message, ValidationError):
                social.write(values)

    def test_shu_is_owed_on_an_account_of_its_own(self):
        with self.assertRefused(
            r"is there for something else \(Members' Proceeds Payable\). Owe the SHU on an account of its own",
            ValidationError,
        ):
            self.rule.payable_account_id = self._account('proceeds')

    def test_accounts_that_are_missing_are_named_before_anything_is_computed(self):
        self.rule.share_ids[3].account_id = False
        self.rule.share_ids[0].account_id = False
        allocation = self._create_allocation(1_000_000)
        with self.assertRefused("has no account for: Line 1, “Reserve”; Line 4, “Social”"):
            allocation.with_user(self.accountant).action_compute()

    def test_a_rule_needs_months_where_it_counts_months(self):
        with self.assertRefused("how many months", ValidationError):
            self.rule.write({'joiners': 'months', 'joiner_months': 0})

    def test_the_remainder_goes_to_one_share_of_the_cooperative(self):
        social = self.rule.share_ids[3]
        with self.assertRefused("Tick the one share", ValidationError):
            self.rule.remainder_to = 'share'
        self.rule.write({'remainder_to': 'share', 'share_ids': [Command.update(social.id, {'takes_remainder': True})]})
        self.assertEqual(self.rule._get_remainder_share(), social)
        with self.assertRefused("cannot take what rounding leaves", ValidationError):
            self.rule.share_ids[1].takes_remainder = True
        self.rule.remainder_to = 'reserve'
        self.assertEqual(self.rule._get_remainder_share(), self.rule.share_ids[0])

    def test_members_by_capital_alone_is_pointed_out(self):
        self.assertFalse(self.rule.is_capital_only)
        self.assertTrue(self._create_rule(('reserve', 50), ('capital', 50), date_from='2030-01-01').is_capital_only)

    def test_a_rule_begun_on_the_screen_has_shares_to_start_from(self):
        rules = self.env['coop.shu.rule'].with_user(self.manager)
        with Form(rules.with_context(coop_common_shares=True)) as form:
            form.name = "New Bylaws"
            form.date_from = '2031-01-01'
        rule = form.save()
        self.assertEqual(
            rule.share_ids.mapped('name'),
            [
                "Reserve", "Members by Capital", "Purchases from the Cooperative", "Board", "Staff", "Education",
                "Social",
            ],
        )
        self.assertEqual(sum(rule.share_ids.mapped('percent')), 100)
        self.assertEqual(len(rule.share_ids.account_id), 5)
        self.assertFalse(rules.default_get(['share_ids']))

    # === HISTORY === #

    def test_changes_of_a_line_are_kept_in_the_history(self):
        purchases = self.rule.share_ids[2]
        category = self.env['product.category'].create({'name': "Farm"})
        self.rule.with_user(self.manager).share_ids = [
            Command.update(purchases.id, {
                'denominator_base': 'cooperative', 'category_ids': [Command.link(category.id)],
            }),
        ]
        self.assertIn("Members Who Share → The Whole Cooperative", self.rule.message_ids[0].body)
        self.assertIn("– → Farm", self.rule.message_ids[0].body)

    def test_lines_changed_by_themselves_are_kept_in_the_history_too(self):
        self.rule.share_ids[3].with_user(self.manager).account_id = self._account('fund_education')
        self.assertIn("“Social” changed", self.rule.message_ids[0].body)

    # === FROZEN === #

    def test_a_rule_that_the_meeting_decided_by_stays(self):
        allocation = self._approve(self._compute(1_000_000))
        rule, share = self.rule.with_user(self.manager), self.rule.share_ids[3].with_user(self.manager)
        self.assertTrue(rule.is_frozen)
        for change in (
            lambda: rule.write({'rounding_unit': 100}),
            lambda: rule.write({'share_ids': [Command.update(share.id, {'percent': 5})]}),
            lambda: share.write({'account_id': self._account('fund_education').id}),
            lambda: share.create({'rule_id': rule.id, 'kind': 'reserve', 'percent': 1}),
            share.unlink,
        ):
            with self.assertRefused(r"goes by Bylaws.*Copy the rule for a new year"):
                change()
        with self.assertRefused("Archive it instead"):
            rule.unlink()
        rule.write({'active': False, 'note': "Until 2024"})
        self.assertEqual(allocation.state, 'approved')

    def test_a_cancelled_allocation_frees_its_rule(self):
        allocation = self._approve(self._compute(1_000_000))
        allocation.with_user(self.manager)._cancel_with_reason("Wrong rule")
        self.rule.with_user(self.manager).rounding_unit = 100
        self.assertEqual(self.rule.rounding_unit, 100)

    def test_a_changed_rule_asks_for_a_new_computation(self):
        allocation = self._compute(1_000_000)
        self.rule.with_user(self.manager).note = "Read in the meeting"
        self.assertEqual(allocation.state, 'computed')
        self.rule.with_user(self.manager).rounding_unit = 100
        self.assertEqual(allocation.state, 'draft')
        allocation.with_user(self.accountant).action_compute()
        self.rule.share_ids[0].with_user(self.manager).name = "Dana Cadangan"
        self.assertEqual(allocation.state, 'draft')

    # === COPY === #

    def test_copy_for_a_new_year_begins_where_no_rule_begins(self):
        year = fields.Date.today().year
        self._create_rule(('reserve', 100), date_from=f'{year + 1}-01-01')
        self.rule.write({'joiners': 'months', 'joiner_months': 6, 'minimum_amount': 5_000})
        self.rule.share_ids[2].category_ids = self.env['product.category'].create({'name': "Farm"})
        action = self.rule.with_user(self.manager).action_copy_for_new_year()
        new = self.env['coop.shu.rule'].browse(action['res_id'])
        self.assertEqual(str(new.date_from), f'{year}-01-01')
        self.assertEqual(
            new.share_ids.mapped(lambda share: (share.name, share.percent, share.account_id, share.category_ids)),
            self.rule.share_ids.mapped(lambda share: (share.name, share.percent, share.account_id, share.category_ids)),
        )
        self.assertEqual((new.joiners, new.joiner_months, new.minimum_amount), ('months', 6, 5_000))
        self.assertEqual(new.savings_type_ids, self.rule.savings_type_ids)
        self.assertIn("Copied from Bylaws, from 01/01/2000", new.message_ids[0].body)
        again = self.rule.copy()
        self.assertEqual(str(again.date_from), f'{year + 2}-01-01')

    def test_savings_made_after_the_rule_are_named_and_come_with_its_copy(self):
        # one is newer than the rule; the other was left out when the rule was made
        newer, left_out = self.env['coop.savings.type'].create([
            {'name': name, 'kind': 'mandatory', 'is_capital': True, 'withdrawable': 'on_leaving',
             'account_id': self.mandatory.account_id.copy({'code': code}).id}
            for name, code in (("Harvest Savings", '31119998'), ("Building Savings", '31119999'))
        ])
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE coop_savings_type SET create_date = create_date + interval '1 day' WHERE id = %s", [newer.id],
        )
        self.env.invalidate_all()
        advice = self._create_allocation(1_000_000)._get_capital_advice()
        self.assertIn("Harvest Savings, Building Savings count as capital and are not among the savings", advice[0])
        self.assertFalse(advice[0].blocking)
        self.assertEqual(self.rule.copy().savings_type_ids, self.rule.savings_type_ids | newer)
        self.rule.savings_type_ids |= newer | left_out
        self.assertFalse(self._create_allocation()._get_capital_advice())

    def test_a_copied_rule_may_be_changed_while_the_old_one_stays(self):
        self._approve(self._compute(1_000_000))
        new = self.rule.with_user(self.manager).copy()
        first, second = new.share_ids[:2]
        new.share_ids = [Command.update(first.id, {'percent': 30}), Command.update(second.id, {'percent': 30})]
        self.assertEqual((new.share_ids.mapped('percent'), self.rule.share_ids[0].percent), ([30, 30, 30, 10], 40))

    def test_names_of_blanks_and_numbers_that_are_slips_of_the_pen_are_refused(self):
        with self.assertRefused("Say where the rule stands", ValidationError):
            self.rule.name = "  "
        with self.assertRefused("Line 1, .* has no name", ValidationError):
            self.rule.share_ids[0].name = " "
        for values, message in (
            ({'rounding_unit': 1_000_001}, "1,000,000 at most"), ({'minimum_amount': 1_000_000_001}, "at most"),
            ({'joiner_months': 121}, "between 0 and 120"), ({'unclaimed_years': 101}, "between 0 and 100"),
        ):
            with self.subTest(**values), self.assertRefusedByDatabase('coop.shu.rule', message):
                self.rule.write(values)
                self.rule.flush_recordset()

    def test_a_line_changed_by_itself_still_has_to_add_up(self):
        with self.assertRefused("add up to 90 % and not to 100 %", ValidationError):
            self.rule.share_ids[0].percent = 30
        with self.assertRefused("add up to 90 % and not to 100 %", ValidationError):
            self.rule.share_ids[3].unlink()

    def test_a_rule_holds_until_the_next_one(self):
        new = self._create_rule(('reserve', 60), ('capital', 40), date_from='2024-07-01')
        self.rule.invalidate_recordset()
        self.assertEqual((str(self.rule.date_until), new.date_until), ('2024-06-30', False))

    # === PREVIEW === #

    def _preview(self, rule=None, user=None, **values):
        preview = self.env['coop.shu.preview'].with_user(user or self.manager).create({
            'rule_id': (rule or self.rule).id, 'date_from': '2024-01-01', 'date_to': '2024-12-31', **values,
        })
        preview.action_work_out()
        return preview

    def test_preview_gives_what_the_computation_gives_and_keeps_nothing(self):
        self._create_allocation(1_000_003)
        counts = [self.env[model].search_count([]) for model in (
            'coop.shu.allocation', 'coop.shu.member.line', 'account.move',
        )]
        preview = self._preview()
        self.assertEqual((preview.surplus, preview.member_count, preview.problem), (1_000_003, 2, False))
        shares = [(share.name, share.amount) for share in preview.share_ids]
        members = {member.membership_id.partner_id.name: member.amount_total for member in preview.member_ids}
        self.assertEqual(counts, [self.env[model].search_count([]) for model in (
            'coop.shu.allocation', 'coop.shu.member.line', 'account.move',
        )])
        allocation = self._compute()
        self.assertEqual(shares, [(share.name, share.amount_booked) for share in allocation.share_ids])
        self.assertEqual(members, self._parts(allocation))
        self.assertEqual(preview.member_total, allocation.member_total)

    def test_preview_compares_with_what_was_posted(self):
        self._post(1_000_000)
        other = self._create_rule(('reserve', 50), ('patronage', 50, 'purchases'), date_from='2025-01-01')
        preview = self._preview(other)
        # posted: Siti 150,000 + 300,000, Budi 50,000
        self.assertEqual(
            [(m.membership_id.number, m.amount_total, m.amount_before, m.difference) for m in preview.member_ids],
            [('001', 500_000, 450_000, 50_000), ('002', 0, 50_000, -50_000)],
        )
        self.assertTrue(preview.has_before)

    def test_preview_says_what_stands_in_the_way(self):
        self._create_allocation(1_000_000)
        self.rule.share_ids[2].base = 'deliveries'
        preview = self._preview()
        self.assertIn("No member has anything that", preview.problem)
        self.assertFalse(preview.share_ids or preview.member_ids)

    def test_preview_of_a_loss_shows_how_it_is_covered(self):
        self._book_result(-2_000_000)
        preview = self._preview()
        self.assertTrue(preview.is_loss)
        shares = [(share.name, share.amount) for share in preview.share_ids]
        self.assertEqual(shares, [("Accumulated Loss", -1_000_000)])

    def test_preview_opens_from_the_rule_with_last_years_figures(self):
        action = self.rule.with_user(self.manager).action_preview()
        preview = self.env['coop.shu.preview'].browse(action['res_id'])
        self.assertEqual(preview.date_to.year, fields.Date.today().year - 1)

    def test_managers_and_accountants_preview_and_officers_do_not(self):
        self._create_allocation(1_000_000)
        for user in (self.manager, self.accountant):
            self.assertEqual(self._preview(user=user).member_count, 2)
        for user in (self.officer, self.cashier, self.supervisor):
            with self.assertRaises(AccessError):
                self._preview(user=user)

    def test_another_cooperatives_rule_is_not_previewed(self):
        other = self.env['res.company'].create({'name': "Koperasi Lain"})
        stranger = self._create_role_user('stranger', 'producer_cooperative.group_coop_manager')
        stranger.write({'company_ids': [Command.set(other.ids)], 'company_id': other.id})
        self.env.invalidate_all()
        with self.assertRefused("unauthorized or invalid companies", AccessError):
            self._preview(user=stranger)

    def test_managers_write_rules_and_others_do_not(self):
        self.rule.with_user(self.manager).rounding_unit = 100
        for user in (self.officer, self.cashier, self.accountant, self.supervisor):
            self.assertEqual(self.rule.with_user(user).rounding_unit, 100)
            with self.assertRaises(AccessError):
                self.rule.with_user(user).rounding_unit = 1
