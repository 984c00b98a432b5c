from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.test_pool_money_correction import PoolMoneyCommon


@tagged('post_install', '-at_install')
class TestPoolMoneyVariance(PoolMoneyCommon):

    def _freight_bill(self, amount, post=True):
        bill = self.env['account.move'].create({
            'move_type': 'in_invoice', 'partner_id': self.vendor.id, 'invoice_date': '2026-11-01',
            'invoice_line_ids': [Command.create({'name': "Freight", 'price_unit': amount, 'tax_ids': []})],
        })
        if post:
            bill.action_post()
        return bill

    def test_dearer_bill_is_passed_on_by_supplementary_invoices(self):
        pool = self._invoiced(self._distributed(margin_percent=2.5))
        self._bill(pool.purchase_order_ids, price=150)
        # 7 x 7 = 49 more, by 4 : 2 : 1 -> 28, 14, 7
        self.assertEqual((pool.amount_variance, pool.has_variance), (49, True))
        with self.assertRefused("bills differ by .*49"):
            pool.action_done()
        pool.with_user(self.accountant).action_pass_on_variance()
        self.assertEqual([charge.correction_amount for charge in pool.charge_ids.sorted('membership_id')], [28, 14, 7])
        self.assertEqual((pool.amount_variance, pool.amount_goods, pool.amount_margin), (0, 1_050, 25))
        self._assertTies(pool)
        supplements = self._post(pool)
        self.assertEqual(set(supplements.mapped('move_type')), {'out_invoice'})
        self.assertEntry(supplements.filtered(lambda move: move.partner_id == self.siti.partner_id), [
            (self._account('member_receivable'), self.siti.partner_id, 28),
            (self.income, self.siti.partner_id, -28),
        ])
        with self.assertRefused("has no variance"):
            pool.action_pass_on_variance()
        self._hand_out(pool)
        pool.action_done()
        self.assertEqual((pool.state, pool.amount_charged), ('done', 1_075))

    def test_cheaper_bill_is_passed_on_by_credit_notes(self):
        pool = self._invoiced(self._distributed())
        self._bill(pool.purchase_order_ids, price=140)
        pool.with_user(self.officer).action_pass_on_variance()
        # 21 less: 12, 6, 3
        notes = self._post(pool)
        self.assertEqual(set(notes.mapped('move_type')), {'out_refund'})
        self.assertEntry(notes.filtered(lambda move: move.partner_id == self.budi.partner_id), [
            (self._account('member_receivable'), self.budi.partner_id, -6),
            (self.income, self.budi.partner_id, 6),
        ])
        self.assertEqual(self._balance(self._account('member_receivable')), 980)
        self.assertEqual((pool.amount_variance, pool.amount_charged), (0, 980))
        self._assertTies(pool)

    def test_variance_that_does_not_divide_is_passed_on_to_the_rupiah(self):
        pool = self._distributed()
        self._bill(pool.purchase_order_ids, price=150.33)
        # 7 x 150.33 = 1,052.31, 51.31 more; 51 by 4 : 2 : 1 -> 29.14, 14.57, 7.29 -> 29, 15, 7
        self.assertEqual(pool.amount_variance, 51.31)
        pool.action_pass_on_variance()
        self.assertEqual([charge.correction_amount for charge in pool.charge_ids.sorted('membership_id')], [29, 15, 7])
        self.assertEqual((pool.amount_variance, pool.amount_goods, pool.amount_margin), (0, 1_052.31, -0.31))
        self._assertTies(pool)

    def test_small_parts_of_a_variance_stay_with_the_cooperative(self):
        pool = self._distributed(variance_threshold=10)
        self._bill(pool.purchase_order_ids, price=150)
        pool.action_pass_on_variance()
        self.assertEqual([charge.correction_amount for charge in pool.charge_ids.sorted('membership_id')], [28, 14, 0])
        self.assertEqual((pool.amount_variance, pool.amount_margin), (0, -7))
        self._assertTies(pool)

    def test_variance_can_be_kept(self):
        pool = self._invoiced(self._distributed())
        self._bill(pool.purchase_order_ids, price=150)
        pool.action_keep_variance()
        self.assertEqual((pool.amount_variance, pool.amount_margin, pool.amount_charged), (0, -49, 1_001))
        self.assertFalse(pool.correction_ids)
        self._hand_out(pool)
        pool.action_done()

    def test_freight_bill_differs_from_what_was_shared(self):
        pool = self._distributed(cost_ids=[Command.create({'name': "Freight", 'amount': 100, 'split': 'head'})])
        bill = self._freight_bill(160, post=False)
        cost = pool.cost_ids
        cost.with_user(self.accountant).bill_line_ids = bill.invoice_line_ids
        self.assertEqual((cost.amount_actual, cost.variance), (0, 0), "not posted yet")
        bill.action_post()
        self.assertEqual((cost.amount_actual, cost.variance, pool.amount_variance), (160, 60, 60))
        pool.action_pass_on_variance()
        self.assertEqual([charge.cost_total for charge in pool.charge_ids.sorted('membership_id')], [54, 53, 53])
        self.assertEqual((cost.variance, cost.amount_shared), (0, 160))
        self.assertEqual((pool.amount_costs, pool.amount_costs_borne), (160, 0))
        self._assertTies(pool)

    def test_freight_variance_that_is_kept_is_borne_by_the_cooperative(self):
        pool = self._distributed(cost_ids=self.freight)
        pool.cost_ids.bill_line_ids = self._freight_bill(160).invoice_line_ids
        pool.action_keep_variance()
        self.assertEqual((pool.amount_costs, pool.amount_costs_borne, pool.amount_variance), (100, 60, 0))
        self._assertTies(pool)

    def test_freight_variance_of_goods_that_nobody_collected_is_kept(self):
        pool = self._distributed(cost_ids=self.freight)
        for member, quantity in ((self.siti, 4), (self.budi, 2), (self.ani, 1)):
            self._take_back(pool, member, quantity)
        pool.cost_ids.bill_line_ids = self._freight_bill(160).invoice_line_ids
        pool.action_keep_variance()
        self.assertEqual((pool.amount_costs, pool.amount_costs_borne, pool.amount_variance), (100, 60, 0))
        self._assertTies(pool)

    def test_only_lines_of_vendors_bills_are_linked(self):
        pool = self._invoiced(self._distributed(cost_ids=self.freight))
        with self.assertRefused("not a line of a vendor's bill", ValidationError):
            pool.cost_ids.bill_line_ids = pool.invoice_ids[0].invoice_line_ids
        with self.assertRefused("change only through", AccessError):
            pool.cost_ids.with_user(self.officer).amount_shared = 1
        with self.assertRefused("has been distributed"):
            pool.cost_ids.with_user(self.officer).amount = 1

    def test_one_freight_bill_is_not_passed_on_twice(self):
        line = self._freight_bill(160).invoice_line_ids
        first = self._distributed(cost_ids=self.freight)
        second = self._distributed(cost_ids=self.freight)
        first.cost_ids.bill_line_ids = line
        message = "asks for .*160.* and .*320.* of it would be passed on.*Part of the Bill"
        with self.assertRefused(message, ValidationError):
            second.cost_ids.with_user(self.officer).bill_line_ids = line
        first.cost_ids.with_user(self.accountant).bill_amount = 110
        with self.assertRefused("Part of the Bill", ValidationError):
            second.cost_ids.write({'bill_line_ids': line.ids, 'bill_amount': 51})
        second.cost_ids.write({'bill_line_ids': line.ids, 'bill_amount': 50})
        # 110 and 50 of 160; each round had shared 100
        self.assertEqual((first.cost_ids.variance, second.cost_ids.variance), (10, -50))
        first.action_pass_on_variance()
        second.action_pass_on_variance()
        self.assertEqual((first.amount_costs, second.amount_costs), (110, 50))
        self._assertTies(first)
        self._assertTies(second)
        with self.assertRefused("Part of the Bill", ValidationError):
            first.cost_ids.bill_amount = 0
        with self.assertRefused("Part of the Bill", ValidationError):
            first.cost_ids.bill_amount = -10

    def test_bill_lowered_after_its_line_was_shared_out_is_noticed(self):
        bill = self._freight_bill(160)
        first = self._distributed(cost_ids=self.freight)
        second = self._distributed(cost_ids=self.freight)
        first.cost_ids.write({'bill_line_ids': bill.invoice_line_ids.ids, 'bill_amount': 110})
        second.cost_ids.write({'bill_line_ids': bill.invoice_line_ids.ids, 'bill_amount': 50})
        bill.button_draft()
        bill.invoice_line_ids.price_unit = 140
        bill.action_post()
        with self.assertRefused("Part of the Bill", ValidationError):
            first.action_pass_on_variance()

    def test_part_of_a_bill_with_several_lines_is_taken_from_all_of_them(self):
        lines = (self._freight_bill(160) | self._freight_bill(80)).invoice_line_ids
        pool = self._distributed(cost_ids=self.freight)
        pool.cost_ids.write({'bill_line_ids': lines.ids, 'bill_amount': 120})
        self.assertEqual(pool.cost_ids.amount_actual, 120)
        self.assertEqual(list(pool.cost_ids._get_claims().values()), [80, 40])

    def test_goods_taken_back_give_back_their_variance(self):
        pool = self._distributed()
        self._bill(pool.purchase_order_ids, price=150)
        pool.action_pass_on_variance()
        self._take_back(pool, self.siti, 2)
        # Siti: 4 x 143 + 28; 2 taken back: 286 and half of 28
        self.assertEqual(self._charge(pool, self.siti).amount_total, 572 + 28 - 286 - 14)
        self.assertEqual((pool.amount_goods, pool.amount_margin, pool.amount_variance), (750, 0, 0))
        self._assertTies(pool)

    def test_goods_that_were_billed_and_never_came_are_not_passed_on(self):
        pool = self._invoiced(self._distributed(received=5))
        order = pool.purchase_order_ids
        bill = self._bill(order, quantity=7, price=150)
        # 5 came: 5 x 150 - 5 x 143 = 35 more; the 2 that did not come are the vendor's to credit
        self.assertEqual((pool.overbilled_count, pool.line_ids.cost_total, pool.amount_variance), (1, 750, 35))
        for action in ('action_pass_on_variance', 'action_keep_variance', 'action_done'):
            with self.assertRefused("billed 2.00 Units of Seed that did not come.*credit note"):
                getattr(pool.with_user(self.officer), action)()
        self._credit(bill, 2)
        self.assertEqual((pool.overbilled_count, pool.amount_variance), (0, 35))
        pool.action_pass_on_variance()
        self._post(pool)
        self.assertEqual((pool.amount_variance, pool.amount_charged), (0, 750))
        self._hand_out(pool)
        pool.action_done()
        self.assertEqual(pool.state, 'done')

    def test_credit_note_that_comes_after_all_is_passed_on(self):
        pool = self._invoiced(self._distributed(received=5))
        bill = self._bill(pool.purchase_order_ids, quantity=7)
        pool.with_user(self.accountant).action_renounce_credit()
        # 7 x 143 for 5: 286 more
        self.assertEqual((pool.overbilled_count, pool.amount_variance, len(pool.activity_ids)), (0, 286, 0))
        pool.action_pass_on_variance()
        self._post(pool)
        self.assertEqual((pool.amount_charged, pool.has_variance), (1_001, False))
        self._credit(bill, 2)
        self.assertEqual((pool.amount_variance, pool.line_ids.is_credit_renounced), (-286, False))
        pool.action_pass_on_variance()
        self._post(pool)
        self.assertEqual((pool.amount_charged, pool.amount_variance), (715, 0))
        self._assertTies(pool)
        self._hand_out(pool)
        pool.action_done()

    def test_goods_returned_to_the_vendor_after_the_distribution_cost_the_members_nothing(self):
        # 9 came and were billed at 1,287; 7 handed out at 1,001; 3 go back: one of them is a member's
        pool = self._invoiced(self._distributed(received=9))
        bill = self._bill(pool.purchase_order_ids, quantity=9)
        self._send_back(pool.purchase_order_ids.picking_ids, 3)
        line = pool.line_ids
        self.assertEqual((line.quantity_left, pool.overallocated_count), (-1, 1))
        self.assertIn("7.00 Units of Seed are charged to members, and 6.00 stayed",
                      "".join(pool.message_ids.mapped('body')))
        # what stayed costs 6 x 143, never more
        self.assertEqual((line.cost_total, line.cost_variance), (858, -143))
        for action in ('action_pass_on_variance', 'action_done'):
            with self.assertRefused("7.00 Units of Seed are charged to members, and 6.00 stayed"):
                getattr(pool, action)()
        self._take_back(pool, self.ani, 1)
        self._post(pool)
        self.assertEqual((line.quantity_left, pool.overallocated_count, pool.amount_variance), (0, 0, 0))
        with self.assertRefused("billed 3.00 Units of Seed that did not come"):
            pool.action_done()
        self._credit(bill, 3)
        self.assertEqual((pool.amount_variance, pool.amount_charged), (0, 858))
        self._hand_out(pool)
        pool.action_done()
        self.assertEqual(pool.state, 'done')

    def _credit(self, bill, quantity):
        credit_note = bill._reverse_moves([{'invoice_date': '2026-11-02'}])
        credit_note.invoice_line_ids.quantity = quantity
        credit_note.action_post()

    def _send_back(self, picking, quantity):
        wizard = Form(self.env['stock.return.picking'].with_context(
            active_id=picking.id, active_ids=picking.ids, active_model='stock.picking',
        )).save()
        wizard.product_return_moves.quantity = quantity
        return self._receive(wizard._create_return(), quantity, user=self.warehouse_user)

    def test_bill_for_more_than_came_is_shown(self):
        twine = self._create_product("Twine", {self.vendor: {1: 2.30}})
        pool = self._create_pool({twine: {}}, rounding_unit=0.01)
        self._request(pool, {self.siti: 10, self.budi: 8, self.ani: 6})
        order = self._order(pool)
        self._receive(order.picking_ids, 23)
        pool.action_distribute()
        self.assertFalse(pool.overbilled_count)
        self._bill(order, quantity=24)
        self.assertEqual((pool.overbilled_count, pool.line_ids.quantity_overbilled), (1, 1))
        self.assertEqual(pool.amount_variance, 0)
        pool.with_user(self.accountant).action_renounce_credit()
        # 24 ordered at 2.30, 23 arrive, no credit -> 2.40 each: 23 x 0.10 more, charged at 2.30 before
        self.assertEqual((pool.line_ids.price_charged, pool.amount_variance), (2.30, 2.30))
        pool.action_pass_on_variance()
        self.assertEqual([charge.amount_total for charge in pool.charge_ids.sorted('membership_id')],
                         [round(quantity * 2.40, 2) for quantity in (9, 8, 6)])
        self._assertTies(pool)

    def test_who_settles_a_variance(self):
        pool = self._distributed()
        self._bill(pool.purchase_order_ids, price=150)
        for user in (self.cashier, self.supervisor, self.warehouse_user):
            with self.assertRefused("", AccessError):
                pool.with_user(user).action_pass_on_variance()
            with self.assertRefused("", AccessError):
                pool.with_user(user).action_keep_variance()
        pool.with_user(self.accountant).action_keep_variance()

    def test_shared_costs_of_the_published_examples(self):
        # 2,100 on 12,000 / 9,000 -> 1,200 / 900; 4,000 on 10,000 / 30,000 -> 1,000 / 3,000; 100 by head
        for price, wishes, amount, split, expected in (
            (3_000, (4, 3), 2_100, 'value', [1_200, 900]), (1_000, (10, 30), 4_000, 'value', [1_000, 3_000]),
            (1_000, (10, 30), 4_000, 'quantity', [1_000, 3_000]), (1_000, (10, 30), 4_000, 'weight', [1_000, 3_000]),
        ):
            goods = self._create_product(f"Goods {price} {split}", {self.vendor: {1: price}})
            pool = self._create_pool(
                {goods: {}}, cost_ids=[Command.create({'name': "Freight", 'amount': amount, 'split': split})],
            )
            self._request(pool, dict(zip((self.siti, self.budi), wishes, strict=True)))
            self._run(pool, sum(wishes))
            self.assertEqual(pool.charge_ids.sorted('membership_id').mapped('cost_amount'), expected, split)
            self._assertTies(pool)
        # 100.00 over 3 -> 33.34, 33.33, 33.33
        goods = self._create_product("Goods", {self.vendor: {1: 10}})
        pool = self._create_pool({goods: {}}, rounding_unit=0.01, cost_ids=[
            Command.create({'name': "Freight", 'amount': 100, 'split': 'head'}),
        ])
        self._request(pool, {self.siti: 1, self.budi: 2, self.ani: 3})
        self._run(pool, 6)
        self.assertEqual(pool.charge_ids.sorted('membership_id').mapped('cost_amount'), [33.34, 33.33, 33.33])
