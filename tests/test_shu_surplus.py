from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_shu import YEAR, ShuCommon


class ShuSurplusCommon(ShuCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule(('reserve', 60), ('capital', 40))
        cls.siti = cls._create_registered("Siti", '001', 300_000)
        cls.budi = cls._create_registered("Budi", '002', 100_000)
        cls.stranger = cls.env['res.partner'].create({'name': "Toko Maju"})
        cls.cost, cls.interest, cls.cooperative, cls.income_tax = (
            cls.env['account.account'].search([
                *cls.env['account.account']._check_company_domain(cls.company), ('code', '=', code),
            ])
            for code in ('51000010', '81100010', '68000010', '65110070')
        )
        cls.rent = cls.expense
        if cls.rent in (cls.cooperative, cls.income_tax):
            raise AssertionError("The tests need an expense account of their own.")

    @classmethod
    def _sell(cls, partner, amount, move_type='out_invoice', date='2024-03-15', product=None, account=None):
        """Return a posted document with one line, to or from anybody."""
        account = account or (cls.income if move_type.startswith('out') else cls.cost)
        move = cls.env['account.move'].create({
            'move_type': move_type, 'partner_id': partner and partner.id, 'invoice_date': date, 'date': date,
            'invoice_line_ids': [Command.create({
                'name': "Goods", 'quantity': 1, 'price_unit': amount, 'account_id': account.id,
                'product_id': product and product.id, 'tax_ids': [Command.clear()],
            })],
        })
        move.action_post()
        return move

    @classmethod
    def _spend(cls, account, amount, date='2024-06-30'):
        return cls._book(date, [(account, None, amount), (cls.cash, None, -amount)])

    def _figure(self, allocation, account):
        return allocation.surplus_line_ids.filtered(lambda line: line.account_id == account)

    def _items(self, action):
        """Return the journal items that an action opens."""
        self.assertEqual(action['res_model'], 'account.move.line')
        return self.env['account.move.line'].search(action['domain'])

    def _assert_opens(self, action, amount):
        """Assert that the items that a figure opens sum up to it exactly."""
        self.assertEqual(self.rupiah.round(-sum(self._items(action).mapped('balance'))), self.rupiah.round(amount))


@tagged('post_install', '-at_install')
class TestShuSurplus(ShuSurplusCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._sell(cls.siti.partner_id, 600_000)
        cls._sell(cls.stranger, 400_000)
        cls._spend(cls.cost, 300_000)
        cls._spend(cls.rent, 100_000.33)
        cls._spend(cls.cooperative, 20_000)
        cls._spend(cls.income_tax, 5_000)
        cls._book_result(700_000, date='2023-07-01')
        cls._book('2024-07-01', [(cls.cash, None, 10_000), (cls.interest, None, -10_000)])

    def test_every_account_has_a_figure_in_its_section(self):
        allocation = self._compute()
        # 1,000,000 − 300,000 − 100,000.33 − 20,000 + 10,000 − 5,000
        self.assertEqual(self.rupiah.round(allocation.surplus), 584_999.67)
        self.assertEqual(
            [(line.account_id, line.section, line.amount, line.amount_previous) for line in allocation.surplus_line_ids],
            [
                (self.income, 'turnover', 1_000_000, 700_000), (self.cost, 'cost', -300_000, 0),
                (self.rent, 'operating', -100_000.33, 0), (self.cooperative, 'cooperative', -20_000, 0),
                (self.interest, 'other', 10_000, 0), (self.income_tax, 'tax', -5_000, 0),
            ],
        )
        self.assertEqual(allocation.surplus_previous, 700_000)
        self.assertEqual((allocation.surplus_before_tax, allocation.income_tax), (589_999.67, -5_000))

    def test_each_figure_opens_the_items_that_it_is_the_sum_of(self):
        allocation = self._compute()
        self._book_result(50_000)
        self._spend(self.rent, 7_000)
        allocation.invalidate_recordset()
        for line in allocation.surplus_line_ids:
            with self.subTest(account=line.name):
                self._assert_opens(line.action_open_items(), line.amount)
                self._assert_opens(line.action_open_items_members(), line.traced_members)
                self._assert_opens(line.action_open_items_others(), line.traced_others)
                self._assert_opens(line.action_open_items_untraced(), line.untraced)
                self.assertEqual(
                    self.rupiah.round(line.traced_members + line.traced_others + line.untraced), line.amount,
                )
                self.assertEqual(self.rupiah.round(line.amount_members + line.amount_others), line.amount)
        self.assertEqual(
            [self._figure(allocation, account).difference for account in (self.income, self.rent, self.cost)],
            [50_000, -7_000, 0],
        )
        self._assert_opens(self._figure(allocation, self.rent).action_open_items_since(), -7_000)

    def test_what_is_booked_since_opens_from_the_difference(self):
        allocation = self._compute()
        later = self._book_result(50_000, date='2024-02-01')
        self._book_result(9_000, date='2025-01-01')
        allocation.invalidate_recordset()
        self.assertEqual(allocation.difference, 50_000)
        self.assertEqual(self._items(allocation.action_open_booked_since()).move_id, later)
        self._assert_opens(allocation.action_open_booked_since(), 50_000)

    def test_draft_that_is_posted_later_counts_as_booked_since(self):
        draft = self._invoice(self.siti, 1_000, post=False)
        draft.date = draft.invoice_date = '2025-03-01'
        allocation = self._compute()
        draft.date = draft.invoice_date = '2024-03-01'
        draft.action_post()
        allocation.invalidate_recordset()
        self.assertEqual(allocation.difference, 1_000)
        self.assertEqual(self._items(allocation.action_open_booked_since()).move_id, draft)

    def test_entry_that_is_taken_back_shows_among_what_happened_since(self):
        entry = self._spend(self.rent, 3_000)
        allocation = self._compute()
        entry.button_draft()
        allocation.invalidate_recordset()
        self.assertEqual(allocation.difference, 3_000)
        self.assertEqual(self._items(allocation.action_open_booked_since()).move_id, entry)

    def test_computing_again_takes_later_bookings_in(self):
        allocation = self._compute()
        self._book_result(50_000)
        allocation.with_user(self.accountant).action_compute()
        self.assertEqual(allocation.difference, 0)
        self.assertFalse(self._items(allocation.action_open_booked_since()))
        self.assertEqual(self._figure(allocation, self.income).amount, 1_050_000)

    def test_closing_entry_leaves_every_figure_as_it_was(self):
        before = {line.account_id: line.amount for line in self._compute().surplus_line_ids}
        self._book(YEAR[1], [
            (self.income, None, 1_000_000), (self.interest, None, 10_000), (self.cost, None, -300_000),
            (self.rent, None, -100_000.33), (self.cooperative, None, -20_000), (self.income_tax, None, -5_000),
            (self.shu, None, -584_999.67),
        ])
        allocation = self._compute()
        self.assertEqual({line.account_id: line.amount for line in allocation.surplus_line_ids}, before)
        self.assertEqual(self.rupiah.round(allocation.surplus), 584_999.67)
        for line in allocation.surplus_line_ids:
            self._assert_opens(line.action_open_items(), line.amount)

    def test_closing_entry_of_the_year_before_does_not_wipe_the_comparison(self):
        self._book('2023-12-31', [(self.income, None, 700_000), (self.unaffected, None, -700_000)])
        self.assertEqual(self._compute().surplus_previous, 700_000)

    def test_account_that_was_only_used_the_year_before_has_a_figure_of_zero(self):
        self._book('2023-05-01', [(self._account('rounding'), None, 40), (self.cash, None, -40)])
        line = self._figure(self._compute(), self._account('rounding'))
        self.assertEqual((line.amount, line.amount_previous, line.amount_change), (0, -40, 40))

    def test_figures_stay_when_the_account_is_renamed(self):
        allocation = self._compute()
        self.rent.name = "Anything else"
        self.assertNotIn("Anything else", allocation.surplus_line_ids.mapped('name'))


@tagged('post_install', '-at_install')
class TestShuSurplusSplit(ShuSurplusCommon):

    def _split(self, **rule):
        self.rule.write(rule)
        allocation = self._compute()
        return allocation.surplus_members, allocation.surplus_others

    def test_costs_that_cannot_be_traced_go_by_turnover(self):
        self._sell(self.siti.partner_id, 700_000)
        self._sell(self.siti.partner_id, 100_000, 'out_refund')
        self._sell(self.stranger, 400_000)
        self._spend(self.rent, 300_000)
        # with members 600,000 of 1,000,000: 600,000 − 180,000; with others 400,000 − 120,000
        self.assertEqual(self._split(), (420_000, 280_000))

    def test_costs_that_cannot_be_traced_are_borne_by_whom_the_rule_names(self):
        self._sell(self.siti.partner_id, 600_000)
        self._sell(self.stranger, 400_000)
        self._spend(self.rent, 300_000)
        self.assertEqual(self._split(cost_split='members'), (300_000, 400_000))
        self.assertEqual(self._split(cost_split='others'), (600_000, 100_000))

    def test_income_without_a_document_is_not_the_members_unless_the_rule_says_so(self):
        self._sell(self.siti.partner_id, 600_000)
        self._sell(self.stranger, 200_000)
        self._book('2024-07-01', [(self.cash, None, 10_000), (self.interest, None, -10_000)])
        self.assertEqual(self._split(), (600_000, 210_000))
        self.assertEqual(self._split(income_split='turnover'), (607_500, 202_500))
        self.assertEqual(self._split(income_split='members'), (610_000, 200_000))

    def test_costs_on_documents_with_a_member_are_traced(self):
        self._sell(self.siti.partner_id, 600_000)
        self._sell(self.stranger, 400_000)
        self._sell(self.budi.partner_id, 50_000, 'in_invoice')
        self._sell(self.stranger, 100_000, 'in_invoice')
        # the stranger's bill is a cost of both: 60,000 and 40,000
        self.assertEqual(self._split(), (600_000 - 50_000 - 60_000, 400_000 - 40_000))

    def test_selling_members_goods_is_business_with_members_whoever_buys_them(self):
        milk = self.env['product.product'].create({'name': "Milk", 'type': 'consu'})
        fodder = self.env['product.product'].create({'name': "Fodder", 'type': 'consu'})
        self._sell(self.siti.partner_id, 700_000, 'in_invoice', product=milk)
        self._sell(self.stranger, 1_000_000, product=milk)
        self._sell(self.stranger, 200_000, 'in_invoice', product=fodder)
        self._sell(self.stranger, 250_000, product=fodder)
        # turnover 1,000,000 to 250,000: of the fodder's 200,000 the members bear four fifths
        self.assertEqual(self._split(), (1_000_000 - 700_000 - 160_000, 250_000 - 40_000))
        self.assertEqual(self._split(marketing=False), (-700_000, 1_250_000 - 200_000))

    def test_goods_that_were_bought_from_members_and_others_are_told_apart_by_the_buyer(self):
        rice = self.env['product.product'].create({'name': "Rice", 'type': 'consu'})
        self._sell(self.siti.partner_id, 300_000, 'in_invoice', product=rice)
        self._sell(self.stranger, 300_000, 'in_invoice', product=rice)
        self._sell(self.budi.partner_id, 400_000, product=rice)
        self._sell(self.stranger, 600_000, product=rice)
        allocation = self._compute()
        self.assertEqual(self._figure(allocation, self.cost).untraced, -600_000)
        self.assertEqual((allocation.surplus_members, allocation.surplus_others), (160_000, 240_000))
        for line in allocation.surplus_line_ids:
            self._assert_opens(line.action_open_items_members(), line.traced_members)
            self._assert_opens(line.action_open_items_untraced(), line.untraced)

    def test_consigned_goods_are_the_members_business(self):
        coffee = self.env['product.product'].create({
            'name': "Coffee", 'type': 'consu', 'is_storable': True, 'invoice_policy': 'delivery', 'coop_consigned': True,
        })
        self._book('2024-07-01', [(self.cash, None, 100_000), (self.income, None, -100_000)]).line_ids.product_id = coffee
        self.assertEqual(self._split(), (100_000, 0))

    def test_cents_of_a_split_are_not_lost(self):
        self._sell(self.siti.partner_id, 200)
        self._sell(self.stranger, 100)
        self._spend(self.rent, 1)
        allocation = self._compute()
        line = self._figure(allocation, self.rent)
        self.assertEqual((line.amount_members, line.amount_others), (-0.67, -0.33))
        self.assertEqual((allocation.surplus_members, allocation.surplus_others), (199.33, 99.67))

    def test_no_more_is_shared_than_there_is(self):
        self._sell(self.siti.partner_id, 600_000)
        self._sell(self.stranger, 400_000)
        self._spend(self.rent, 900_000)
        self.rule.cost_split = 'others'
        allocation = self._compute()
        self.assertEqual((allocation.surplus_members, allocation.surplus_others), (600_000, -500_000))
        self.assertEqual(allocation._get_surplus_of_members(), 100_000)
        self.rule.cost_split = 'members'
        allocation.with_user(self.accountant).action_compute()
        self.assertEqual(allocation.surplus_members, -300_000)
        self.assertEqual(allocation._get_surplus_of_members(), 0)

    def test_tax_account_has_to_be_an_expense(self):
        with self.assertRefused("is no expense account", ValidationError):
            self.rule.tax_account_ids = self.income
        with self.assertRefused("on which account the income tax", ValidationError):
            self.rule.write({'tax_account_ids': [Command.clear()], 'tax_treatment': 'booked'})
