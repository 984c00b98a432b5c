from odoo import Command
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_stockroom import StockroomCommon


@tagged('post_install', '-at_install')
class TestStockroomValuation(StockroomCommon):
    """Members' goods are worth nothing in the cooperative's books, beside own goods that are."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.perpetual = cls.env['product.category'].create({
            'name': "Perpetual", 'property_valuation': 'real_time', 'property_cost_method': 'average',
        })

    def test_receiving_changes_no_valuation_whatever_the_category_says(self):
        for method in ('standard', 'average', 'fifo'):
            with self.subTest(method=method):
                category = self.env['product.category'].create({
                    'name': method, 'property_valuation': 'real_time', 'property_cost_method': method,
                })
                product = self._create_product(f"Rice {method}", coop_consigned=True, categ_id=category.id)
                product.standard_price = 8
                entries = self.env['account.move'].search([])
                move = self._bring(self.siti, 60, product).line_ids.move_ids
                self.assertEqual((move.value, product.total_value), (0, 0))
                self.assertFalse(move.is_in)
                self.assertEqual(self.env['account.move'].search([]), entries)

    def test_selling_books_the_clearing_account_and_no_cost_of_goods(self):
        self.rice.categ_id = self.perpetual
        self.rice.standard_price = 8
        self._bring(self.siti, 60)
        entries = self.env['account.move'].search([])
        order = self._sell(60)
        delivery = self._deliver(order)
        self.assertEqual(self.env['account.move'].search([]), entries)
        self.assertEqual(delivery.move_ids.value, 0)
        self.assertEntry(self._invoice(order), [
            (self.receivable, self.customer, 600),
            (self.clearing, self.customer, -600),
        ])

    def test_returning_books_nothing_either(self):
        self.rice.categ_id = self.perpetual
        slip = self._bring(self.siti, 60)
        order = self._sell(60)
        delivery = self._deliver(order)
        self._invoice(order)
        entries = self.env['account.move'].search([])
        self._take_back(delivery, 20)
        back = self._do(self._return(slip.picking_ids, {self.rice: 20}))
        self.assertEqual(self.env['account.move'].search([]), entries)
        self.assertEqual(back.move_ids.value, 0)

    def test_mixed_warehouse_values_own_goods_only(self):
        self.own.categ_id = self.rice.categ_id = self.perpetual
        self.own.standard_price = 5
        self._count(self.own, 100)
        before = (self.own.total_value, self.own.standard_price)
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        self._deliver(self._sell(80))
        self._deliver(self._sell(30, product=self.own))
        self.assertEqual(before, (500, 5))
        self.assertEqual((self.own.total_value, self.own.standard_price), (350, 5))
        self.assertEqual((self.rice.total_value, self.rice.standard_price), (0, 0))
        quants = self.env['stock.quant'].search([
            ('product_id', 'in', (self.own | self.rice).ids), ('location_id', '=', self.stock.id),
        ])
        self.assertEqual({quant.product_id: quant.value for quant in quants if quant.quantity}, {
            self.own: 350, self.rice: 0,
        })

    def test_invoice_of_own_and_members_goods_books_cost_of_the_own_ones_only(self):
        self.own.categ_id = self.rice.categ_id = self.perpetual
        self.own.standard_price = 5
        self.rice.standard_price = 8
        self._count(self.own, 100)
        self._bring(self.siti, 60)
        order = self.env['sale.order'].create({
            'partner_id': self.customer.id,
            'order_line': [
                Command.create({'product_id': product.id, 'product_uom_qty': 10, 'price_unit': 10})
                for product in (self.rice, self.own)
            ],
        })
        order.action_confirm()
        self._deliver(order)
        invoice = self._invoice(order)
        income = self.own.product_tmpl_id.get_product_accounts()['income']
        sold = invoice.line_ids.filtered(lambda line: line.display_type == 'product')
        self.assertEqual(
            {(line.product_id, line.account_id, line.balance) for line in sold},
            {(self.rice, self.clearing, -100), (self.own, income, -100)},
        )
        costs = invoice.line_ids.filtered(lambda line: line.display_type == 'cogs')
        self.assertEqual(costs.product_id, self.own)
        self.assertEqual(sum(costs.filtered(lambda line: line.balance > 0).mapped('balance')), 50)

    def test_closing_of_the_stock_valuation_leaves_members_goods_out(self):
        self.rice.categ_id = self.env['product.category'].create({
            'name': "FIFO", 'property_valuation': 'real_time', 'property_cost_method': 'fifo',
        })
        self.own.standard_price = 5
        self._count(self.own, 100)
        without_rice = self._get_closing()
        self.assertEqual(sum(balance for _code, balance in without_rice if balance > 0), 500)
        self.rice.standard_price = 8
        self._bring(self.siti, 60)
        self.assertEqual(self._get_closing(), without_rice)
        self._deliver(self._sell(60))
        self.assertEqual(self._get_closing(), without_rice)

    def _get_closing(self):
        """Return what the closing entry of the stock valuation would book, and take it back."""
        with self.env.cr.savepoint() as savepoint:
            self.company.action_close_stock_valuation()
            move = self.env['account.move'].search([], order='id DESC', limit=1)
            items = sorted((line.account_id.code, line.balance) for line in move.line_ids)
            savepoint.rollback()
        self.env.invalidate_all()
        return items
