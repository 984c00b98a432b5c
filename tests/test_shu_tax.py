from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_shu import ShuCommon


@tagged('post_install', '-at_install')
class TestShuTax(ShuCommon):
    """A surplus of 1,000,000, of which 40 % by capital: Siti has 300,000 of it and Budi 100,000."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_rule(('reserve', 60), ('capital', 40))
        cls.siti = cls._create_registered("Siti", '001', 300_000)
        cls.budi = cls._create_registered("Budi", '002', 100_000)
        cls.withheld = cls._account('tax_withheld')

    def _tax(self, rate=10, **values):
        return self.env['coop.shu.tax'].create({
            'name': "PPh final", 'rate': rate, 'date_from': '2025-01-01', **values,
        })

    def _amounts(self, allocation):
        return [(line.amount_tax, line.amount_net) for line in allocation.member_line_ids]

    def test_without_a_tax_nothing_is_withheld(self):
        allocation = self._post(1_000_000)
        self.assertEqual(self._amounts(allocation), [(0, 300_000), (0, 100_000)])
        self.assertFalse(allocation.tax_id)

    def test_tax_is_withheld_from_each_member_in_the_meetings_entry(self):
        self._tax()
        allocation = self._post(1_000_000)
        siti, budi = self.siti.partner_id, self.budi.partner_id
        self.assertEntry(allocation.meeting_move_ids, [
            (self.shu, None, 1_000_000), (self.reserve, None, -600_000),
            (self.payable, siti, -270_000), (self.withheld, siti, -30_000),
            (self.payable, budi, -90_000), (self.withheld, budi, -10_000),
        ])
        self.assertEqual(allocation.tax_total, 40_000)
        self.assertEqual(allocation.member_line_ids.mapped('amount_residual'), [270_000, 90_000])
        self.assertEqual(allocation.member_line_ids.mapped('amount_paid'), [0, 0])

    def test_proposal_shows_the_tax_before_it_is_booked(self):
        self._tax()
        allocation = self._compute(1_000_000)
        self.assertEqual(self._amounts(allocation), [(30_000, 270_000), (10_000, 90_000)])

    def test_tax_of_the_day_of_the_meeting_counts(self):
        self._tax(date_from='2020-01-01', date_to='2025-02-19')
        self._tax(20, date_from='2025-03-01')
        allocation = self._post(1_000_000, date='2025-02-20')
        self.assertEqual(self._amounts(allocation), [(0, 300_000), (0, 100_000)])
        allocation._cancel_with_reason("Again")
        later = self._post(period=('2024-01-01', '2024-12-31'), date='2025-03-01')
        self.assertEqual(self._amounts(later), [(60_000, 240_000), (20_000, 80_000)])

    def test_who_gets_no_more_than_the_limit_is_exempt(self):
        self._tax(amount_exempt=100_000)
        allocation = self._compute(1_000_000)
        self.assertEqual(self._amounts(allocation), [(30_000, 270_000), (0, 100_000)])

    def test_only_what_is_above_the_limit_is_taxed_where_the_tax_says_so(self):
        self._tax(amount_exempt=100_000, taxed_part='excess')
        allocation = self._compute(1_000_000)
        self.assertEqual(self._amounts(allocation), [(20_000, 280_000), (0, 100_000)])

    def test_tax_is_rounded_down_to_whole_rupiah(self):
        # 1.5 % of 300,000 = 4,500; of 99,999 = 1,499.985. A surplus of 999,997 gives 399,999: 299,999 and 100,000.
        self._tax(1.5)
        allocation = self._compute(999_997)
        self.assertEqual(
            [(line.amount_total, line.amount_tax) for line in allocation.member_line_ids],
            [(299_999, 4_499), (100_000, 1_500)],
        )

    def test_reversal_takes_the_tax_back(self):
        self._tax()
        allocation = self._post(1_000_000)
        allocation._cancel_with_reason("Wrong rule")
        self.assertEqual((self._balance(self.withheld), self._balance(self.payable)), (0, 0))

    def test_two_taxes_do_not_hold_at_once(self):
        self._tax(date_from='2024-01-01')
        with self.assertRefused(
            "PPh final, from 01/01/2024 holds already. End it before 01/01/2025, when PPh final begins",
            ValidationError,
        ):
            self._tax(date_from='2025-01-01')

    def test_tax_that_the_meeting_decided_with_is_what_is_booked(self):
        tax = self._tax()
        allocation = self._approve(self._compute(1_000_000))
        for values in ({'rate': 20}, {'amount_exempt': 300_000}, {'date_from': '2025-12-01'}):
            with self.assertRefused(
                "SHU 2024 withholds PPh final, from 01/01/2025, which therefore stays as it is. Enter its last day",
            ):
                tax.with_user(self.accountant).write(values)
        # What is entered after the approval is for later meetings, even where it reaches back.
        tax.with_user(self.accountant).write({'date_to': '2025-02-01', 'active': False})
        self._tax(20, date_from='2025-02-02')
        allocation.with_user(self.accountant).action_post()
        self.assertEqual(allocation.tax_id, tax)
        self.assertEqual(self._amounts(allocation), [(30_000, 270_000), (10_000, 90_000)])

    def test_new_tax_asks_for_a_new_computation_of_what_nobody_decided_on(self):
        allocation = self._compute(1_000_000)
        tax = self._tax()
        self.assertEqual(allocation.state, 'draft')
        allocation.with_user(self.accountant).action_compute()
        self.assertEqual(allocation.tax_total, 40_000)
        tax.rate = 5
        self.assertEqual(allocation.state, 'draft')

    def test_tax_by_the_day_of_the_meeting_is_said_at_the_approval(self):
        self._tax(date_from='2025-01-01', date_to='2025-12-31')
        allocation = self._compute(1_000_000)
        self.assertFalse(allocation.tax_id)  # today is after 2025
        self._approve(allocation)
        self.assertEqual(self._amounts(allocation), [(30_000, 270_000), (10_000, 90_000)])
        self.assertTrue(any(
            "Tax withheld by the day of the meeting: PPh final, from 01/01/2025" in (message.body or '')
            for message in allocation.message_ids
        ))

    def test_tax_without_account_and_on_a_wrong_account_is_refused(self):
        tax = self._tax()
        with self.assertRefused("is no current liability", ValidationError):
            tax.account_id = self.reserve
        for key in ('fund_board', 'clearing'):
            with self.assertRefused("is there for something else", ValidationError):
                tax.account_id = self._account(key)
        with self.assertRefused(r"is there for something else \(Voluntary", ValidationError):
            tax.account_id = self.env['coop.savings.type'].search([
                ('company_id', '=', self.company.id), ('kind', '=', 'voluntary'),
            ], limit=1).account_id
        tax.account_id = False
        with self.assertRefused("PPh final has no account yet"):
            self._compute(1_000_000)

    def test_impossible_rates_are_refused(self):
        for rate in (0, 100, -1):
            with self.assertRefusedByDatabase('coop.shu.tax', "more than 0 and below 100"):
                self._tax(rate)

    def test_accountant_enters_the_tax_and_the_officer_reads_it(self):
        with Form(self.env['coop.shu.tax'].with_user(self.accountant)) as form:
            form.name = "PPh final"
            form.rate = 10
        self.assertEqual(form.record.account_id, self.withheld)
        self.assertEqual(form.record.with_user(self.officer).rate, 10)
        with self.assertRefused("You are not allowed to modify 'Tax Withheld From SHU'", AccessError):
            form.record.with_user(self.officer).rate = 5
        with self.assertRefused("You are not allowed to access 'Tax Withheld From SHU'", AccessError):
            self.env['coop.shu.tax'].with_user(self.warehouse_user).search([])

    def test_tax_of_another_company_is_not_seen(self):
        tax = self._tax()
        other = self.env['res.company'].create({'name': "Another"})
        stranger = self._create_role_user('stranger', 'producer_cooperative.group_coop_accountant')
        stranger.write({'company_ids': [Command.set(other.ids)], 'company_id': other.id})
        self.assertFalse(self.env['coop.shu.tax'].with_user(stranger).with_context(
            allowed_company_ids=other.ids,
        ).search([('id', '=', tax.id)]))
