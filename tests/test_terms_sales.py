from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_consignment import ConsignmentCommon


@tagged('post_install', '-at_install')
class TestTermsSales(ConsignmentCommon):

    # === PRICE CORRECTIONS === #

    def test_price_correction_makes_a_credit_note_and_reopens_no_quantity(self):
        invoice = self._sold(self.siti, 60)
        sale_line = invoice.invoice_line_ids.sale_line_ids
        note = self._correct_price(invoice, 9)
        self.assertEntry(note, [(self.receivable, self.customer, -60), (self.clearing, self.customer, 60)])
        self.assertEqual(note.move_type, 'out_refund')
        self.assertEqual(invoice.amount_residual, 540)
        self.assertEqual((sale_line.qty_invoiced, sale_line.qty_to_invoice), (60, 0))
        self.assertEqual(self._due(self.siti), (60, 540))
        self._settle(self.siti)
        self.assertEqual(self._balance(self.clearing), 0)

    def test_higher_price_makes_a_further_invoice(self):
        invoice = self._sold(self.siti, 60)
        self._settle(self.siti)
        further = self._correct_price(invoice, 11)
        self.assertEntry(further, [(self.receivable, self.customer, 60), (self.clearing, self.customer, -60)])
        self.assertEqual(invoice.invoice_line_ids.sale_line_ids.qty_invoiced, 60)
        self.assertEqual(self._due(self.siti), (0, 60))

    def test_second_correction_starts_from_the_corrected_price(self):
        invoice = self._sold(self.siti, 60)
        self._correct_price(invoice, 9)
        wizard = self._open_correction(invoice)
        self.assertEqual((wizard.line_ids.price, wizard.line_ids.quantity), (9, 60))
        self._correct_price(invoice, 10)
        self.assertEqual(self._due(self.siti), (60, 600))

    def test_second_window_does_not_correct_the_old_price_once_more(self):
        invoice = self._sold(self.siti, 60)
        stale = self._open_correction(invoice)
        stale.line_ids.price_new = 8
        self._correct_price(invoice, 8)
        with self.assertRefused("was corrected or credited since this window was opened"):
            stale.action_confirm()
        self.assertEqual(sum(invoice.reversal_move_ids.mapped('amount_untaxed')), 120)  # 60 x (10 - 8), once
        self.assertEqual(self._due(self.siti), (60, 480))

    def test_prices_are_not_corrected_before_the_invoice_or_on_another_one(self):
        invoice, other = self._sold(self.siti, 60), self._sold(self.budi, 40)
        early = self._open_correction(invoice, date=fields.Date.subtract(self.today, days=1))
        early.line_ids.price_new = 8
        with self.assertRefused("cannot be corrected on an earlier day"):
            early.action_confirm()
        foreign = self._open_correction(invoice)
        foreign.line_ids.write({'price_new': 8, 'move_line_id': other.invoice_line_ids.id})
        with self.assertRefused("Only goods of"):
            foreign.action_confirm()
        self.assertEqual(self._due(self.budi), (40, 400))

    def test_correction_starts_from_the_price_that_a_plain_credit_note_left(self):
        invoice = self._sold(self.siti, 100, price=7_000)
        self._credit(invoice, price=500)
        correction = self._open_correction(invoice)
        self.assertEqual((correction.line_ids.quantity, correction.line_ids.price), (100, 6_500))
        self._correct_price(invoice, 6_400)
        self.assertEqual(self._due(self.siti), (100, 640_000))  # 700,000 - 50,000 - 10,000
        self.assertEqual(self._open_correction(invoice).line_ids.price, 6_400)

    def test_correction_keeps_a_line_that_a_discounted_credit_note_made_cheaper(self):
        invoice = self._sold(self.siti, 100, price=7_000)
        note = invoice._reverse_moves([{'invoice_date': self.today, 'date': self.today}])
        note.invoice_line_ids.discount = 90
        note.action_post()
        self.assertEqual(self._open_correction(invoice).line_ids.price, 6_300)

    def test_correction_offers_what_is_left_after_goods_were_credited(self):
        invoice = self._sold(self.siti, 100, price=7_000)
        self._credit(invoice, quantity=40)
        self._credit(invoice, quantity=60, price=500)
        correction = self._open_correction(invoice)
        self.assertEqual((correction.line_ids.quantity, correction.line_ids.price), (60, 6_500))
        self._credit(invoice, quantity=10, price=6_500)  # goods, at the price in force
        correction = self._open_correction(invoice)
        self.assertEqual((correction.line_ids.quantity, correction.line_ids.price), (50, 6_500))

    def test_correction_follows_the_terms_of_the_invoice_that_it_corrects(self):
        agreement = self._create_agreement(self.siti, commission_rate=10)
        agreement.term_ids = [Command.create({'date_from': '2026-06-01', 'commission_rate': 50})]
        self._bring(self.siti, 60)
        order = self._sell(60)
        self._deliver(order)
        invoice = self._invoice(order, date='2026-05-31')
        self._correct_price(invoice, 11, date='2026-06-15')
        self.assertEqual(self._settle(self.siti).amount_commission, 66)

    def test_correction_without_reason_change_or_posted_invoice_is_refused(self):
        invoice = self._sold(self.siti, 60)
        with self.assertRefused("No price changes"):
            self._correct_price(invoice, 10)
        with self.assertRefused("cannot be negative"):
            self._correct_price(invoice, -1)
        with self.assertRefused("Say why"):
            self._correct_price(invoice, 9, reason=" ")
        with self.assertRefused("not allowed", Exception):
            self._open_correction(invoice.with_user(self.officer))

    def test_accountant_corrects_prices(self):
        invoice = self._sold(self.siti, 60)
        self._correct_price(invoice.with_user(self.accountant), 9)
        self.assertEqual(self._due(self.siti), (60, 540))

    # === CREDIT NOTES === #

    def test_plain_credit_note_of_a_price_is_settled_correctly(self):
        invoice = self._sold(self.siti, 60)
        self._credit(invoice, price=1)
        self.assertEqual(self._due(self.siti), (60, 540))

    def test_refund_over_two_invoices(self):
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        order = self._sell(100)
        delivery = self._deliver(order)
        self._invoice(order, quantity=60)
        self._invoice(order)
        self._settle(self.siti)
        self._take_back(delivery, 50, owner=self.siti)
        note = order._create_invoices(final=True)
        note.invoice_date = self.today
        note.action_post()
        self.assertEqual(note.move_type, 'out_refund')
        self.assertEqual(self._due(self.siti), (-50, -500))
        self.assertEqual(self._due(self.budi), (40, 400))
        self._settle(self.budi)
        self.assertEqual(self._balance(self.clearing), 500)  # Siti owes it back
        self.assertClearingExplained()

    def test_goods_that_came_back_before_the_settlement_are_not_settled(self):
        self._bring(self.siti, 60)
        order = self._sell(60)
        delivery = self._deliver(order)
        invoice = self._invoice(order)
        self._take_back(delivery, 10)
        self._credit(invoice, quantity=10)
        self.assertEqual(self._due(self.siti), (50, 500))

    def test_eighty_percent_of_goods_sold_and_refunded_later(self):
        # 80 % of 1,000; 100 sold, paid with 80 and refunded: 800 - 80 = 720
        self._create_agreement(self.siti, commission_rate=20)
        self._bring(self.siti, 10)
        order = self._sell(10)
        delivery = self._deliver(order)
        refunded = self._invoice(order)
        self.assertEqual(self._settle(self.siti).amount_payable, 80)
        self._take_back(delivery, 10)
        self._credit(refunded)
        self._sold(self.siti, 100)
        self.assertEqual(self._settle(self.siti).amount_payable, 720)
        self.assertEqual(self._balance(self.clearing), 0)

    def test_eighty_percent_of_goods_refunded_before_anything_was_paid(self):
        self._create_agreement(self.siti, commission_rate=20)
        self._bring(self.siti, 10)
        order = self._sell(10)
        delivery = self._deliver(order)
        invoice = self._invoice(order)
        self._take_back(delivery, 10)
        self._credit(invoice)
        self._sold(self.siti, 100)
        self.assertEqual(self._settle(self.siti).amount_payable, 800)

    # === DISCOUNTS === #

    def test_percentage_off_the_order_is_borne_by_every_line(self):
        self._bring(self.siti, 60)
        order = self._sell(60)
        self._discount(order, discount_type='so_discount', discount_percentage=0.1)
        self.assertEqual(order.order_line.mapped('discount'), [10])
        self._deliver(order)
        self._invoice(order)
        self.assertEqual(self._due(self.siti), (60, 540))

    def test_amount_off_the_order_is_shared_to_the_last_cent(self):
        self._bring(self.siti, 3)
        self._bring(self.budi, 7)
        order = self.env['sale.order'].create({'partner_id': self.customer.id, 'order_line': [
            Command.create({
                'product_id': self.rice.id, 'product_uom_qty': quantity, 'price_unit': 10,
                'coop_owner_id': member.partner_id.id,
            }) for member, quantity in ((self.siti, 3), (self.budi, 7))
        ]})
        self._discount(order, discount_type='amount', discount_amount=10.01)
        self.assertEqual(len(order.order_line), 2)
        self.assertEqual(order.amount_untaxed, 89.99)
        order.action_confirm()
        self._deliver(order)
        self._invoice(order)
        # 10.01 on 30 / 70: 3.003 and 7.007, the cent that is left to the larger remainder
        self.assertEqual((self._due(self.siti)[1], self._due(self.budi)[1]), (27, 62.99))
        with self.assertRefused("whole order"):
            self._discount(order, discount_type='amount', discount_amount=1_000)

    def test_orders_of_own_goods_keep_their_discount_line(self):
        order = self._sell(1, product=self.own)
        self._discount(order, discount_type='amount', discount_amount=1)
        self.assertEqual(len(order.order_line), 2)

    # === DOWN PAYMENTS === #

    def test_down_payment_does_not_touch_the_clearing_account(self):
        self._bring(self.siti, 60)
        order = self._sell(60)
        wizard = self.env['sale.advance.payment.inv'].with_context(active_ids=order.ids).create({
            'advance_payment_method': 'fixed', 'fixed_amount': 200,
        })
        down = wizard._create_invoices(order)
        down.invoice_date = self.today
        down.action_post()
        self.assertNotIn(self.clearing, down.line_ids.account_id)
        self.assertEqual(self._due(self.siti), (0, 0))
        self._deliver(order)
        final = order._create_invoices(final=True)
        final.invoice_date = self.today
        final.action_post()
        self.assertEqual(final.amount_total, 400)
        self.assertEqual(self._balance(self.clearing), -600)
        self.assertEqual(self._due(self.siti), (60, 600))
        self._settle(self.siti)
        self.assertEqual(self._balance(self.clearing), 0)
        self.assertClearingExplained()

    # === NET PRICE === #

    def test_member_gets_the_net_price_and_the_cooperative_the_rest(self):
        self._create_agreement(self.siti, commission_kind='net', price_ids=[
            Command.create({'product_id': self.rice.id, 'net_price': 8}),
        ])
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        self.assertEqual((settlement.amount_commission, settlement.amount_payable), (120, 480))
        self._sold(self.siti, 10, price=12)
        self.assertEqual(self._settle(self.siti).amount_commission, 40)

    def test_sale_below_the_net_price_is_borne_as_the_terms_say(self):
        for shortfall, payable in (('member', 420), ('cooperative', 480)):
            with self.subTest(shortfall=shortfall):
                member = self._create_member(f"Member {shortfall}")
                self._create_agreement(member, commission_kind='net', net_shortfall=shortfall, price_ids=[
                    Command.create({'product_id': self.rice.id, 'net_price': 8}),
                ])
                self._sold(member, 60, price=7)
                settlement = self._settle(member)
                self.assertEqual(settlement.amount_payable, payable)
                self.assertEqual(settlement.amount_commission, 420 - payable)

    def test_product_without_a_net_price_is_named(self):
        self._create_agreement(self.siti, commission_kind='net')
        self._sold(self.siti, 60)
        with self.assertRefused("no net price of Rice"):
            self._compute(self.siti)

    def test_net_price_of_the_intake_slip_goes_first_and_first_in_first_out(self):
        for quantity, price in ((10, 8), (10, 6)):
            slip = self.env['coop.consignment'].create({
                'membership_id': self.siti.id,
                'line_ids': [Command.create({'product_id': self.rice.id, 'gross': quantity, 'net_price': price})],
            })
            slip.action_confirm()
            slip.picking_ids.button_validate()
        order = self._sell(15, owner=self.siti)
        self._deliver(order)
        self._invoice(order)
        settlement = self._settle(self.siti)
        # 10 x 8 + 5 x 6 = 110 of 150
        self.assertEqual((settlement.amount_commission, settlement.amount_payable), (40, 110))
        self.assertEqual(self._due(self.siti), (0, 0))
        order = self._sell(5, owner=self.siti)
        self._deliver(order)
        self._invoice(order)
        self.assertEqual(self._settle(self.siti).amount_payable, 30)

    # === FOREIGN CURRENCY === #

    def test_net_price_of_the_intake_slip_stays_on_goods_that_go_through_transit(self):
        slip = self.env['coop.consignment'].create({
            'membership_id': self.siti.id,
            'line_ids': [Command.create({'product_id': self.rice.id, 'gross': 10, 'net_price': 8})],
        })
        slip.action_confirm()
        slip.picking_ids.button_validate()
        transit = self.company.internal_transit_location_id
        for source, target in ((self.stock, transit), (transit, self.stock)):
            picking = self.env['stock.picking'].create({
                'picking_type_id': self.warehouse.int_type_id.id, 'location_id': source.id,
                'location_dest_id': target.id, 'owner_id': self.siti.partner_id.id,
                'move_ids': [Command.create({
                    'product_id': self.rice.id, 'product_uom_qty': 10, 'location_id': source.id,
                    'location_dest_id': target.id, 'restrict_partner_id': self.siti.partner_id.id,
                })],
            })
            picking.action_confirm()
            picking.action_assign()
            picking.button_validate()
            self.assertEqual(picking.state, 'done')
        order = self._sell(10, owner=self.siti)
        self._deliver(order)
        self._invoice(order)
        self.assertEqual(self._settle(self.siti).amount_payable, 80)  # 10 x 8, and not 100 less 10 %

    def test_invoice_in_a_foreign_currency_counts_as_it_was_posted(self):
        dollar = self.env.ref('base.USD')
        dollar.active = True
        self.env['res.currency.rate'].create({
            'currency_id': dollar.id, 'name': '2020-01-01', 'company_id': self.company.id, 'rate': 1 / 16_000,
        })
        self._bring(self.siti, 60)
        order = self._sell(60)
        self._deliver(order)
        invoice = order._create_invoices()
        invoice.currency_id = dollar
        invoice.invoice_date = self.today
        invoice.action_post()
        self.assertEqual(self._due(self.siti), (60, 600 * 16_000))
        self.assertEqual(self._settle(self.siti).amount_commission, 960_000)
        self.assertEqual(self._balance(self.clearing), 0)

    # === FIXTURES === #

    def _open_correction(self, invoice, **values):
        action = invoice.action_coop_correct_prices()
        return invoice.env[action['res_model']].with_context(**action['context']).create({
            'reason': "Moisture", **values,
        })

    def _correct_price(self, invoice, price, reason="Moisture", date=None):
        wizard = self._open_correction(invoice, reason=reason, date=date or self.today)
        wizard.line_ids.price_new = price
        action = wizard.action_confirm()
        return self.env['account.move'].browse(action['res_id'])

    def _discount(self, order, **values):
        self.env['sale.order.discount'].create({'sale_order_id': order.id, **values}).action_apply_discount()
