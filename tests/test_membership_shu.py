from odoo import fields
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_shu import ShuCommon


@tagged('post_install', '-at_install')
class TestMembershipShu(ShuCommon):
    """Who gets SHU: full members, associates as the bylaws say, candidates never, and who left and came back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.siti = cls._create_registered("Siti", '001', capital=300_000)
        cls.wati = cls._create_registered("Wati", '002', capital=100_000, category='associate')
        candidate = cls.env['coop.membership'].create({
            'partner_id': cls.env['res.partner'].create({'name': "Calon"}).id, 'date_applied': '2024-02-01',
        })
        cls._save(candidate, {cls.principal: 100_000}, date='2024-02-01')
        cls.candidate = candidate

    def _rule(self, **values):
        return self._create_rule(('reserve', 60), ('capital', 40), **values)

    # === ASSOCIATES AND CANDIDATES === #

    def test_associates_share_unless_the_bylaws_leave_them_out(self):
        rule = self._rule()
        # 400,000 on 300,000 and 100,000 of capital
        self.assertEqual(self._parts(self._compute(1_000_000)), {'Siti': 300_000, 'Wati': 100_000})
        rule.associates_included = False
        self.assertEqual(self._parts(self._compute()), {'Siti': 400_000})

    def test_what_counts_is_the_category_on_the_last_day_of_the_period(self):
        self._rule(associates_included=False)
        self.wati.write({'category': 'full', 'category_date': '2025-01-15'})
        self.assertEqual(self._parts(self._compute(1_000_000)), {'Siti': 400_000})
        self.wati.category_date = '2024-12-31'
        self.assertEqual(self._parts(self._compute()), {'Siti': 300_000, 'Wati': 100_000})

    def test_candidates_and_closed_applications_get_nothing(self):
        self._rule()
        self.candidate.date_joined = '2024-02-01'
        self.assertNotIn('Calon', self._parts(self._compute(1_000_000)))
        self.candidate._reject_with_reason("Withdrawn")
        self.assertNotIn('Calon', self._parts(self._compute()))

    # === WHO LEFT AND CAME BACK IN ONE YEAR === #

    def _leave_and_come_back(self):
        """Siti leaves on 1 July 2024 with 300,000 and is a member again from 1 October with 120,000."""
        leaving = self.env['coop.leaving'].create({
            'membership_id': self.siti.id, 'reason': 'resigned', 'date': '2024-07-01',
        })
        leaving.action_approve()
        leaving.action_post()
        again = self.env['coop.membership'].create({
            'partner_id': self.siti.partner_id.id, 'date_applied': '2024-10-01', 'date_joined': '2024-10-01',
        })
        self._save(again, {self.principal: 100_000, self.mandatory: 20_000}, date='2024-10-01')
        again.action_admit()
        return again

    def test_capital_at_the_end_counts_in_the_new_membership_only(self):
        self._rule(leavers='included')
        again = self._leave_and_come_back()
        allocation = self._compute(1_000_000)
        # 400,000 on 0 (left, capital returned), 120,000 and 100,000: 218,181.82 and 181,818.18
        self.assertEqual(
            {line.membership_id: line.amount_total for line in allocation.member_line_ids},
            {self.siti: 0, self.wati: 181_818, again: 218_182},
        )

    def test_daily_average_counts_each_membership_in_its_own_time(self):
        self._rule(leavers='included', capital_base='average', associates_included=False)
        again = self._leave_and_come_back()
        allocation = self._compute(1_000_000)
        # 300,000 for 182 days (1 January to 30 June of a leap year) = 54,600,000
        # 120,000 for 92 days (1 October to 31 December) = 11,040,000; 400,000 on 65,640,000
        self.assertEqual(
            {line.membership_id: line.amount_total for line in allocation.member_line_ids},
            {self.siti: 332_724, again: 67_276},
        )

    def test_rule_without_leavers_counts_the_new_membership_only(self):
        self._rule(capital_base='average', associates_included=False)
        again = self._leave_and_come_back()
        allocation = self._compute(1_000_000)
        self.assertEqual(
            {line.membership_id: line.amount_total for line in allocation.member_line_ids}, {again: 400_000},
        )

    def test_purchases_belong_to_the_membership_of_their_day(self):
        self._create_rule(('reserve', 60), ('patronage', 40, 'purchases'), leavers='included')
        again = self._leave_and_come_back()
        self._invoice(self.siti, 30_000, date='2024-03-15')
        self._invoice(self.siti, 50_000, date='2024-08-15')
        self._invoice(self.siti, 10_000, date='2024-11-15')
        allocation = self._compute(1_000_000)
        parts = {line.membership_id: line.amount_total for line in allocation.member_line_ids}
        # 30,000 before leaving, 10,000 after coming back; what was bought in between is no member's
        self.assertEqual((parts[self.siti], parts[again], parts[self.wati]), (300_000, 100_000, 0))

    def test_leaving_tells_what_the_rule_says_of_its_year(self):
        rule = self._create_rule(('reserve', 60), ('capital', 40))
        for leavers, text in (
            ('none', "gets nothing"), ('included', "share like others"), ('prorata', "for the days until the day"),
        ):
            with self.subTest(leavers=leavers):
                rule.leavers = leavers
                leaving = self.env['coop.leaving'].create({
                    'membership_id': self.wati.id, 'reason': 'resigned', 'date': '2024-07-01',
                })
                self.assertIn(text, leaving.coming_line_ids.filtered(lambda line: "year of leaving" in line.name).name)
                leaving.unlink()

    # === HEIRS === #

    def test_shu_of_the_deceased_goes_to_the_heirs_by_the_leaving(self):
        self._create_rule(('reserve', 60), ('capital', 40), leavers='included')
        allocation = self._post(1_000_000)
        heir = self.env['res.partner'].create({'name': "Ani"})
        leaving = self.env['coop.leaving'].create({
            'membership_id': self.siti.id, 'reason': 'deceased', 'date': '2025-04-01',
            'heir_ids': [fields.Command.create({'partner_id': heir.id, 'share': '100'})],
        })
        self.assertEqual(leaving.amount_other, 300_000)
        self.assertTrue(leaving.coming_line_ids)
        leaving.action_approve()
        leaving.action_post()
        former = self._account('former_member')
        entry, handed_over = leaving._get_entries()
        self.assertEntry(entry, [
            (self.mandatory.account_id, self.siti.partner_id, 300_000), (former, self.siti.partner_id, -300_000),
        ])
        self.assertEntry(handed_over, [
            (former, self.siti.partner_id, 300_000), (self.payable, self.siti.partner_id, 300_000),
            (former, heir, -600_000),
        ])
        self.assertEqual(self._line(allocation, self.siti).amount_residual, 0)
        leaving._cancel_with_reason("Mistaken identity")
        self.assertEqual(self._line(allocation, self.siti).amount_residual, 300_000)
