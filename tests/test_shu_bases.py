from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.producer_cooperative.tests.common_consignment import ConsignmentCommon
from odoo.addons.producer_cooperative.tests.common_shu import YEAR, ShuCommon


def read_base(test, share, period=YEAR):
    """Return ``{member's name or None: amount}`` of a base; what is opened behind each number adds up to it."""
    amounts = {}
    for membership_id, amount in test.env.execute_query(SQL(
        "SELECT membership_id, SUM(amount) FROM (%s) base GROUP BY membership_id", share._get_base_sql(*period),
    )):
        membership = test.env['coop.membership'].browse(membership_id or [])
        action = share._get_base_documents_action(membership, *period)
        opened = test.env[action['res_model']].with_user(test.officer).search(action['domain'])
        name = 'quantity' if action['res_model'] == 'coop.shu.base.value' else 'amount'
        test.assertEqual(test.rupiah.compare_amounts(sum(opened.mapped(name)), float(amount)), 0)
        amounts[membership.partner_id.name or None] = float(amount)
    return amounts


@tagged('post_install', '-at_install')
class TestShuBases(ShuCommon):
    """Who did how much business, on every channel."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule(('reserve', 40), ('patronage', 30, 'purchases'), ('patronage', 30, 'deliveries'))
        cls.purchases, cls.deliveries = cls.rule.share_ids[1:]
        cls.siti = cls._create_registered("Siti", '001')
        cls.budi = cls._create_registered("Budi", '002')
        cls.stranger = cls.env['res.partner'].create({'name': "Toko"})

    @classmethod
    def _document(cls, partner, *lines, move_type='out_invoice', date='2024-03-15', **values):
        """Return a posted document with ``(account, amount)`` or ``(account, amount, product)`` lines."""
        move = cls.env['account.move'].create({
            'move_type': move_type, 'partner_id': partner.id, 'invoice_date': date, 'date': date, **values,
            'invoice_line_ids': [Command.create({
                'name': "Goods", 'quantity': 1, 'price_unit': amount, 'account_id': account.id,
                'product_id': product[0].id if product else False, 'tax_ids': [Command.clear()],
            }) for account, amount, *product in lines],
        })
        move.action_post()
        return move

    @classmethod
    def _find_account(cls, account_type):
        return cls.env['account.account'].search([
            *cls.env['account.account']._check_company_domain(cls.company), ('account_type', '=', account_type),
        ], limit=1)

    def test_a_contact_below_a_member_buys_for_the_member(self):
        shop = self.env['res.partner'].create({'name': "Kios", 'parent_id': self.siti.partner_id.id})
        self._document(shop, (self.income, 300_000))
        self.assertEqual(read_base(self, self.purchases), {"Siti": 300_000})

    def test_receipts_of_the_shop_count_and_those_without_a_name_are_nobodys(self):
        self._document(self.siti.partner_id, (self.income, 50_000), move_type='out_receipt')
        self._document(self.stranger, (self.income, 70_000), move_type='out_receipt')
        self.assertEqual(read_base(self, self.purchases), {"Siti": 50_000, None: 70_000})

    def test_credit_notes_lower_purchases_and_refunds_lower_deliveries(self):
        self._invoice(self.siti, 300_000)
        self._invoice(self.siti, 120_000, 'out_refund')
        self._invoice(self.siti, 900_000, 'in_invoice')
        self._invoice(self.siti, 100_000, 'in_refund')
        self.assertEqual(read_base(self, self.purchases), {"Siti": 180_000})
        self.assertEqual(read_base(self, self.deliveries), {"Siti": 800_000})

    def test_drafts_cancelled_documents_and_other_years_do_not_count(self):
        self._invoice(self.siti, 1, post=False)
        self._invoice(self.siti, 2).button_cancel()
        self._invoice(self.siti, 4, date='2023-12-31')
        self._invoice(self.siti, 8, date='2025-01-01')
        self._invoice(self.siti, 16, date='2024-01-01')
        self._invoice(self.siti, 32, date='2024-12-31')
        self.assertEqual(read_base(self, self.purchases), {"Siti": 48})

    def test_business_before_joining_is_business_with_others(self):
        wati = self._create_registered("Wati", '003', joined='2024-07-01')
        self._invoice(wati, 100_000, date='2024-06-30')
        self._invoice(wati, 40_000, date='2024-07-01')
        self.assertEqual(read_base(self, self.purchases), {"Wati": 40_000, None: 100_000})

    def test_taxes_are_no_business(self):
        tax = self.env['account.tax'].create({
            'name': "12 %", 'amount': 12, 'type_tax_use': 'sale', 'company_id': self.company.id,
            'country_id': self.company.country_id.id,
        })
        move = self._invoice(self.siti, 100_000, post=False)
        move.invoice_line_ids.tax_ids = tax
        move.action_post()
        self.assertEqual(move.amount_total, 112_000)
        self.assertEqual(read_base(self, self.purchases), {"Siti": 100_000})

    def test_discounts_lower_purchases(self):
        move = self._invoice(self.siti, 100_000, post=False)
        move.invoice_line_ids.discount = 10
        move.action_post()
        self.assertEqual(read_base(self, self.purchases), {"Siti": 90_000})

    def test_principal_of_a_loan_is_no_business_and_its_interest_is(self):
        loan = self._find_account('asset_current')
        self._document(self.siti.partner_id, (loan, 5_000_000), (self.income, 50_000))
        self._document(self.budi.partner_id, (loan, 2_000_000), move_type='in_invoice')
        self.assertEqual(read_base(self, self.purchases), {"Siti": 50_000})
        self.assertEqual(read_base(self, self.deliveries), {})

    def test_a_down_payment_that_waits_on_a_liability_counts_with_the_final_invoice(self):
        waiting = self._find_account('liability_current')
        self._document(self.siti.partner_id, (waiting, 300_000), date='2023-12-01')
        self._document(self.siti.partner_id, (self.income, 1_000_000), (waiting, -300_000))
        self.assertEqual(read_base(self, self.purchases), {"Siti": 1_000_000})
        self.assertEqual(read_base(self, self.purchases, ('2023-01-01', '2023-12-31')), {})

    def test_a_down_payment_by_odoos_own_wizard_is_not_counted_twice(self):
        product = self.env['product.product'].create({
            'name': "Seed", 'type': 'service', 'list_price': 1_000_000, 'taxes_id': False, 'invoice_policy': 'order',
        })
        order = self.env['sale.order'].create({
            'partner_id': self.siti.partner_id.id,
            'order_line': [Command.create({'product_id': product.id, 'product_uom_qty': 1, 'price_unit': 1_000_000})],
        })
        order.action_confirm()
        wizard = self.env['sale.advance.payment.inv'].with_context(active_model='sale.order', active_ids=order.ids)
        wizard.create({'advance_payment_method': 'percentage', 'amount': 30}).create_invoices()
        wizard.create({'advance_payment_method': 'delivered'}).create_invoices()
        self.assertEqual(len(order.invoice_ids), 2)
        order.invoice_ids.write({'invoice_date': '2024-05-05', 'date': '2024-05-05'})
        order.invoice_ids.action_post()
        self.assertEqual(read_base(self, self.purchases), {"Siti": 1_000_000})

    def test_goods_bought_on_the_stock_account_are_deliveries(self):
        stock = self._find_account('asset_current')
        rice = self.env['product.product'].create({'name': "Rice", 'type': 'consu', 'is_storable': True})
        self._document(self.siti.partner_id, (stock, 400_000, rice), move_type='in_invoice')
        self.assertEqual(read_base(self, self.deliveries), {"Siti": 400_000})

    def test_bills_without_a_product_are_fees_and_no_deliveries(self):
        self._document(self.siti.partner_id, (self.expense, 250_000), move_type='in_invoice')
        self._document(
            self.siti.partner_id, (self.expense, 400_000, self.produce), (self.expense, 15_000), move_type='in_invoice',
        )
        self.assertEqual(read_base(self, self.deliveries), {"Siti": 400_000})

    def test_foreign_currency_counts_as_it_was_booked(self):
        dollar = self.env.ref('base.USD')
        dollar.active = True
        self.env['res.currency.rate'].create({
            'currency_id': dollar.id, 'company_id': self.company.id, 'name': '2024-01-01', 'rate': 1 / 16_000,
        })
        move = self._document(self.siti.partner_id, (self.income, 10), currency_id=dollar.id)
        self.assertEqual(read_base(self, self.purchases), {"Siti": -move.invoice_line_ids.balance})
        self.assertEqual(move.invoice_line_ids.balance, -160_000)

    def test_only_the_products_of_the_categories_below_it_count(self):
        farm = self.env['product.category'].create({'name': "Farm Supplies"})
        seed = self.env['product.category'].create({'name': "Seed", 'parent_id': farm.id})
        other = self.env['product.category'].create({'name': "Snacks"})
        goods = [
            self.env['product.product'].create({'name': category.name, 'type': 'service', 'categ_id': category.id})
            for category in (farm, seed, other)
        ]
        self._document(self.siti.partner_id, *(
            (self.income, amount, product) for amount, product in zip((1_000, 20_000, 300_000), goods, strict=True)
        ), (self.income, 4_000_000))
        self.purchases.category_ids = farm
        self.assertEqual(read_base(self, self.purchases), {"Siti": 21_000})
        self.purchases.category_ids = farm | other
        self.assertEqual(read_base(self, self.purchases), {"Siti": 321_000})
        self.purchases.category_ids = False
        self.assertEqual(read_base(self, self.purchases), {"Siti": 4_321_000})

    def test_entries_without_a_document_are_no_business_of_a_member(self):
        self._book('2024-04-04', [
            (self.cash, self.siti.partner_id, 100_000), (self.income, self.siti.partner_id, -100_000),
        ])
        self.assertEqual(read_base(self, self.purchases), {})

    def test_each_company_counts_its_own(self):
        other = self._create_cooperative("Koperasi Lain")
        self.assertFalse(self.env['coop.shu.business'].with_company(other).search([('company_id', '=', other.id)]))
        self._invoice(self.siti, 10_000)
        self.purchases.rule_id.flush_recordset()
        foreign = self.env['coop.shu.rule'].create({
            'name': "Other", 'date_from': '2000-01-01', 'company_id': other.id, 'share_ids': [
                Command.create({'kind': 'reserve', 'percent': 50}),
                Command.create({'kind': 'patronage', 'percent': 50, 'base': 'purchases'}),
            ],
        })
        self.assertEqual(read_base(self, foreign.share_ids[1]), {})

    def test_the_number_behind_a_members_part_opens_its_documents(self):
        self._invoice(self.siti, 600_000)
        self._invoice(self.siti, 100_000, 'out_refund')
        self._invoice(self.budi, 500_000)
        self._invoice(self.budi, 250_000, 'in_invoice')
        allocation = self._compute(1_000_000)
        part = self._line(allocation, self.siti).part_ids[0]
        action = part.with_user(self.officer).action_open_documents()
        rows = self.env['coop.shu.business'].with_user(self.officer).search(action['domain'])
        self.assertEqual(sum(rows.mapped('amount')), part.numerator)
        self.assertEqual(len(rows), 2)
        opened = rows[0].with_user(self.accountant).action_open_document()
        self.assertEqual((opened['res_model'], opened['res_id']), ('account.move', rows[0].move_id.id))

    def test_staff_see_members_business_and_the_warehouse_does_not(self):
        self._invoice(self.siti, 600_000)
        domain = [('company_id', '=', self.company.id)]
        for user in (self.officer, self.cashier, self.accountant, self.manager, self.supervisor):
            rows = self.env['coop.shu.business'].with_user(user).search(domain)
            self.assertEqual(rows.mapped('amount'), [600_000])
        with self.assertRaises(AccessError):
            self.env['coop.shu.business'].with_user(self.warehouse_user).search(domain)

    def test_the_number_behind_a_capital_part_opens_the_savings(self):
        self.rule.share_ids = [
            Command.clear(), Command.create({'kind': 'reserve', 'percent': 50}),
            Command.create({'kind': 'capital', 'percent': 50}),
        ]
        self._book('2024-05-05', [
            (self.cash, None, 70_000), (self.mandatory.account_id, self.siti.partner_id, -70_000),
        ])
        part = self._line(self._compute(1_000_000), self.siti).part_ids
        action = part.with_user(self.officer).action_open_documents()
        movements = self.env['coop.savings.movement'].with_user(self.officer).with_context(**action['context'])
        rows = movements.search(action['domain'])
        self.assertEqual((sum(rows.mapped('amount')), part.numerator), (70_000, 70_000))
        self.assertFalse(action['context']['coop_shu_counts_days'])

    def test_capital_over_time_opens_every_movement_with_its_days(self):
        self.rule.write({'capital_base': 'average', 'leavers': 'included', 'share_ids': [
            Command.clear(), Command.create({'kind': 'reserve', 'percent': 50}),
            Command.create({'kind': 'capital', 'percent': 50}),
        ]})
        for member, date, amount in (
            (self.siti, '2023-03-03', 70_000), (self.siti, '2024-05-05', 30_000), (self.siti, '2024-11-30', -20_000),
            (self.budi, '2024-02-02', 50_000), (self.budi, '2025-01-05', 90_000),
        ):
            self._book(date, [(self.cash, None, amount), (self.mandatory.account_id, member.partner_id, -amount)])
        self.budi.sudo().write({'state': 'left', 'date_left': '2024-10-01', 'leave_reason': 'resigned'})
        allocation = self._compute(1_000_000)
        # 70,000 × 366 + 30,000 × 241 − 20,000 × 32; 50,000 × 242 days from 2 February to 30 September
        for member, expected, days in (
            (self.siti, 32_210_000, [366, 241, 32]), (self.budi, 12_100_000, [242]),
        ):
            part = self._line(allocation, member).part_ids
            action = part.with_user(self.officer).action_open_documents()
            movements = self.env['coop.savings.movement'].with_user(self.officer).with_context(**action['context'])
            rows = movements.search(action['domain'], order='date')
            self.assertEqual((sum(rows.mapped('shu_amount')), part.numerator), (expected, expected))
            self.assertEqual(rows.mapped('shu_days'), days)


@tagged('post_install', '-at_install')
class TestShuConsignedBases(ConsignmentCommon):
    """Goods that the cooperative sold on a member's behalf."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls.env['coop.shu.rule'].create({
            'name': "Bylaws", 'date_from': '2000-01-01',
            'share_ids': [
                Command.create({'kind': 'reserve', 'percent': 20}),
                *(
                    Command.create({'kind': 'patronage', 'percent': 20, 'base': base})
                    for base in ('purchases', 'deliveries', 'consigned', 'commission')
                ),
            ],
        })
        cls.shares = dict(zip(
            ('purchases', 'deliveries', 'consigned', 'commission'), cls.rule.share_ids[1:], strict=True,
        ))
        cls.year = (fields.Date.start_of(cls.today, 'year'), fields.Date.end_of(cls.today, 'year'))

    def _read(self):
        return {base: read_base(self, share, self.year) for base, share in self.shares.items()}

    def test_a_settlement_counts_once_by_value_and_by_commission(self):
        self._sold(self.siti, 100)
        self._settle(self.siti)
        # 100 sold at 10, 10 % commission; neither the customer's invoice nor the member's bill counts again
        self.assertEqual(self._read(), {
            'purchases': {}, 'deliveries': {}, 'consigned': {"Siti": 1_000}, 'commission': {"Siti": 100},
        })

    def test_a_cancelled_settlement_does_not_count(self):
        self._sold(self.siti, 100)
        self._settle(self.siti)._cancel_with_reason("Wrong day")
        self.assertEqual(self._read()['consigned'], {})

    def test_a_member_who_buys_from_others_and_from_the_cooperative(self):
        self._sold(self.siti, 100)
        self._owe(self.budi, 250)
        self.customer = self.budi.partner_id
        self._bring(self.siti, 10)
        order = self._sell(10, owner=self.siti)
        order.partner_id = self.budi.partner_id
        self._deliver(order)
        self._invoice(order)
        self._settle(self.siti)
        # what Budi bought of Siti's goods is Siti's business: the cooperative earned the commission only
        bases = self._read()
        self.assertEqual(bases['purchases'], {"Budi": 250})
        self.assertEqual(bases['consigned'], {"Siti": 1_100})

    def test_on_principal_basis_too_the_goods_are_the_business_of_who_brought_them(self):
        self.company.coop_consignment_basis = 'principal'
        self.customer = self.budi.partner_id
        self._sold(self.siti, 100)
        self._settle(self.siti)
        self.assertEqual(self._read(), {
            'purchases': {}, 'deliveries': {}, 'consigned': {"Siti": 1_000}, 'commission': {"Siti": 100},
        })

    def test_categories_hold_for_settlements(self):
        self._sold(self.siti, 100)
        self._settle(self.siti)
        self.shares['consigned'].category_ids = self.env['product.category'].create({'name': "Fish"})
        self.shares['commission'].category_ids = self.rice.categ_id
        bases = self._read()
        self.assertEqual((bases['consigned'], bases['commission']), ({}, {"Siti": 100}))
