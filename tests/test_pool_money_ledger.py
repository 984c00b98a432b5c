from odoo import Command
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.test_pool_money_correction import PoolMoneyCommon


@tagged('post_install', '-at_install')
class TestPoolMoneyLedger(PoolMoneyCommon):
    """Stock and ledger before and after a round."""

    def _category(self, cost_method, valuation):
        return self.env['product.category'].create({
            'name': f"{cost_method} {valuation}", 'property_cost_method': cost_method,
            'property_valuation': valuation,
        })

    def _run_valued(self, cost_method, valuation, **values):
        """Run a round of 10 bags at 143 for 4, 2 and 1, billed, invoiced and handed out; return round and product."""
        product = self._create_product(
            f"Seed {cost_method} {valuation}", {self.vendor: {1: 143}}, standard_price=143,
            categ_id=self._category(cost_method, valuation).id,
        )
        pool = self._create_pool({product: {}}, **values)
        self._request(pool, {self.siti: 4, self.budi: 2, self.ani: 1})
        order = self._order(pool)
        self._receive(order.picking_ids, 10)
        self._bill(order)
        pool.action_distribute()
        return pool, product

    def _hand_out(self, pool):
        pickings = pool.sale_order_ids.picking_ids
        for picking in pickings.filtered(lambda picking: picking.state not in ('done', 'cancel')):
            self._receive(picking, picking.move_ids.product_uom_qty, user=self.warehouse_user)

    def _moved(self, moves, accounts):
        """Return the balances of the posted items of these entries by account."""
        return [
            sum(moves.line_ids.filtered(lambda line, account=account: line.account_id == account).mapped('balance'))
            for account in accounts
        ]

    def test_left_over_goods_stand_in_stock_at_cost(self):
        for cost_method in ('standard', 'fifo', 'average'):
            for valuation in ('periodic', 'real_time'):
                with self.subTest(cost_method=cost_method, valuation=valuation):
                    pool, product = self._run_valued(cost_method, valuation, margin_percent=2.5)
                    self._take_back(pool, self.budi, 2)
                    self._hand_out(pool)
                    self._invoiced(pool)
                    product = product.with_company(self.company)
                    # 10 bought for 1,430: 5 handed out at a cost of 715, 5 left at 715
                    self.assertEqual((product.qty_available, pool.line_ids.quantity_left), (5, 5))
                    self.assertEqual((product.total_value, pool.amount_goods), (715, 715))
                    self.assertEqual(pool._get_closing_lines()[0]['cost_left'], 715)
                    self._assertTies(pool)

    def test_perpetual_ledger_of_a_round(self):
        pool, product = self._run_valued('average', 'real_time', margin_percent=2.5)
        bill = pool.purchase_order_ids.invoice_ids
        accounts = product._get_product_accounts()
        stock, income, expense = accounts['stock_valuation'], accounts['income'], accounts['expense']
        payable = self.vendor.property_account_payable_id
        self.assertEntry(bill, [(stock, self.vendor, 1_430), (payable, self.vendor, -1_430)])
        self._hand_out(pool)
        self._invoiced(pool)
        invoice = pool.invoice_ids.filtered(lambda move: move.partner_id == self.siti.partner_id)
        # 4 at 146 and 2 of rounding; cost of goods 4 x 143
        self.assertEntry(invoice, [
            (self._account('member_receivable'), self.siti.partner_id, 586), (income, self.siti.partner_id, -584),
            (income, self.siti.partner_id, -2), (stock, self.siti.partner_id, -572),
            (expense, self.siti.partner_id, 572),
        ])
        # 7 of 10 handed out: stock 429 left, cost of goods 1,001, income 1,026
        self.assertEqual(
            self._moved(bill | pool.invoice_ids, (stock, expense, income, self._account('member_receivable'))),
            [429, 1_001, -1_026, 1_026],
        )
        self.assertEqual((pool.amount_goods, pool.amount_charged), (1_001, 1_026))

    def test_ledger_with_tax_on_both_sides(self):
        sale_tax = self.env['account.tax'].create({'name': "VAT 12", 'amount': 12, 'type_tax_use': 'sale'})
        purchase_tax = self.env['account.tax'].create({'name': "VAT 12 in", 'amount': 12, 'type_tax_use': 'purchase'})
        self.seed.write({'taxes_id': [Command.set(sale_tax.ids)], 'supplier_taxes_id': [Command.set(purchase_tax.ids)]})
        pool = self._distributed(margin_percent=2.5, cost_ids=self.freight)
        bill = self._bill(pool.purchase_order_ids)
        self._invoiced(pool)
        self.assertEqual((bill.amount_untaxed, bill.amount_tax), (1_001, 120.12))
        # 1,126 before tax: 643 + 322 + 161, VAT 77.16 + 38.64 + 19.32
        self.assertEqual(pool.amount_charged, 1_126)
        self.assertEqual(sorted(pool.invoice_ids.mapped('amount_tax')), [19.32, 38.64, 77.16])
        self.assertEqual(self._balance(self._account('member_receivable')), 1_261.12)
        self._assertTies(pool)

    def test_price_that_does_not_divide_ties_with_every_step(self):
        pool = self._distributed(received=9, margin_percent=3.3, rounding_unit=100, cost_ids=self.freight)
        # 9 came for 1,287 (143 each), 7 are given: 1,001 -> 1,000; with 3.3 % 1,034.033 -> 1,000; price 147.7 -> 100
        self.assertEqual((pool.line_ids.price_charged, pool.amount_goods, pool.amount_margin), (100, 1_000, 0))
        self._assertTies(pool)
        self._take_back(pool, self.siti, 3)
        self._assertTies(pool)
        pool._offer_again(pool.line_ids, self.ani, 5, "Takes the rest")
        self._assertTies(pool)
        self._bill(pool.purchase_order_ids, quantity=9, price=250)
        pool.action_pass_on_variance()
        self._assertTies(pool)
        self.assertEqual((pool.amount_variance, pool.line_ids.quantity_left), (0, 0))
        self._invoiced(pool)
        self.assertEqual(self._balance(self._account('member_receivable')), pool.amount_charged)
        self._hand_out(pool)
        pool.action_done()
