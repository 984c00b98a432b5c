from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_intake import IntakeCommon


@tagged('post_install', '-at_install')
class TestIntakeOutright(IntakeCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.payable = cls.siti.partner_id.property_account_payable_id
        cls.member_receivable = cls.siti.partner_id.property_account_receivable_id
        cls.expense = cls.own_rice.product_tmpl_id._get_product_accounts()['expense']

    # === TWINS === #

    def test_twin_is_the_cooperatives_own_in_the_same_unit_and_category(self):
        twin = self.own_rice
        self.assertFalse(twin.coop_consigned)
        self.assertEqual((twin.uom_id, twin.categ_id), (self.rice.uom_id, self.rice.categ_id))
        with self.assertRefused("has the twin"):
            self.rice.action_create_coop_twin()
        with self.assertRefused("needs no twin"):
            self.own.action_create_coop_twin()

    def test_officer_and_board_create_the_twin_and_the_others_do_not(self):
        for user in (self.accountant, self.supervisor, self.warehouse_user):
            with self.subTest(user=user.login), self.assertRefused("Only this role may do that", AccessError):
                self.batik.with_user(user).action_create_coop_twin()
        self.batik.with_user(self.officer).action_create_coop_twin()
        twin = self.batik._coop_get_twin()
        self.assertEqual((twin.coop_consigned, twin.uom_id, twin.tracking), (False, self.batik.uom_id, 'serial'))
        corn = self._create_product("Corn", coop_consigned=True)
        corn.product_tmpl_id.with_user(self.manager).action_create_coop_twin()
        self.assertTrue(corn._coop_get_twin())
        for user in (self.officer, self.manager):
            with self.subTest(user=user.login), self.assertRefused("not allowed", AccessError):
                corn.product_tmpl_id.with_user(user).name = "Maize"

    def test_twin_of_another_companys_product_is_not_created(self):
        other = self.env['res.company'].create({'name': "Other"})
        corn = self._create_product("Corn", coop_consigned=True, company_id=other.id)
        with self.assertRefused("Other|not allowed|access", AccessError):
            corn.with_user(self.officer).action_create_coop_twin()
        self.assertFalse(corn.product_tmpl_id.coop_twin_id)

    def test_twin_of_another_unit_or_a_consigned_one_is_refused(self):
        with self.assertRefused("sold for members itself", ValidationError):
            self.rice.product_tmpl_id.coop_twin_id = self.batik.product_tmpl_id
        with self.assertRefused("Both need the same unit", ValidationError):
            self.rice.product_tmpl_id.coop_twin_id = self.own.product_tmpl_id
        with self.assertRefused("Both need the same unit", ValidationError):
            self.own_rice.uom_id = self.own.uom_id
        with self.assertRefused("sold for members itself", ValidationError):
            self.own_rice.coop_consigned = True
        with self.assertRefused("needs no twin", ValidationError):
            self.rice.coop_consigned = False

    def test_goods_without_twin_or_price_are_not_bought(self):
        with self.assertRefused("has no own twin"):
            values = {'product_id': self.batik.id, 'gross': 1, 'deal': 'buy', 'price': 9}
            self._write_slip(self.siti, values).action_confirm()
        with self.assertRefused("at which price"):
            self._write_slip(self.siti, {'gross': 1, 'deal': 'buy'}).action_confirm()

    # === ORDER, RECEIPT AND BILL === #

    def test_bought_goods_are_ordered_received_and_billed_through_the_same_weighing(self):
        slip = self._write_slip(
            self.siti, {'sacks': "52,5 51", 'sack_tare': 0.25, 'deal': 'buy', 'price': 9}, {'gross': 40},
        )
        slip.action_confirm()
        bought, left = slip.line_ids
        order = slip.purchase_order_ids
        # 103.5 − 2 × 0.25 = 103
        self.assertRecordValues(order, [{
            'state': 'purchase', 'partner_id': self.siti.partner_id.id, 'amount_total': 927,
        }])
        self.assertRecordValues(order.order_line, [{
            'product_id': self.own_rice.id, 'product_qty': 103, 'price_unit': 9, 'tax_ids': [],
        }])
        self.assertFalse(self.own_rice.seller_ids)
        self.assertEqual(slip.picking_count, 2)
        self._receive(slip)
        self.assertEqual((slip.state, bought.received, left.received), ('received', 103, 40))
        self.assertEqual(self._stock_of(self.own_rice), {self.nobody: 103})
        self.assertEqual(self._stock_of(self.rice), {self.siti.partner_id: 40})
        bill = slip.bill_ids
        self.assertEqual((bill.state, bill.amount_expected), ('draft', 927))
        bill.action_post()
        self.assertTrue(bill.move_id.journal_id.is_self_billing)
        self.assertEqual(bill.move_id.coop_membership_id, self.siti)
        self.assertEntry(bill.move_id, [
            (self.expense, self.siti.partner_id, 927), (self.payable, self.siti.partner_id, -927),
        ])
        self.assertEqual(order.order_line.qty_invoiced, 103)
        self.assertFalse(bill.set_off_move_id)
        self.assertEqual(bill.amount_open, 927)

    def test_bill_shows_the_goods_to_everybody_who_may_read_it(self):
        slip = self._take_in(self.siti, {'gross': 10, 'deal': 'buy', 'price': 9}, {'gross': 5})
        for user in (self.officer, self.accountant, self.manager, self.supervisor):
            with self.subTest(user=user.login):
                goods = slip.bill_ids.with_user(user).purchase_line_ids
                self.assertEqual((goods.product_id, goods.qty_received, goods.price_unit), (self.own_rice, 10, 9))

    def test_slip_is_billed_once(self):
        slip = self._take_in(self.siti, {'gross': 10, 'deal': 'buy', 'price': 9})
        slip.bill_ids.action_post()
        with self.assertRefused("not billed yet"):
            slip.action_create_bill()
        with self.assertRefused("Posted"):
            slip.bill_ids.action_post()

    def test_only_what_came_is_billed(self):
        slip = self._write_slip(self.siti, {'gross': 10, 'deal': 'buy', 'price': 9})
        slip.action_confirm()
        picking = slip.picking_ids
        picking.move_ids.quantity = 6
        picking.move_ids.picked = True
        picking._action_done()
        self.assertFalse(slip.bill_ids)
        (slip.picking_ids - picking).action_cancel()
        self.assertEqual(slip.state, 'received')
        slip.bill_ids.action_post()
        self.assertEqual(slip.bill_ids.amount_total, 54)

    def test_set_off_needs_consent_and_takes_the_oldest_debts_first(self):
        older = self._owe(self.siti, 300, date='2026-02-01')
        newer = self._owe(self.siti, 500, date='2026-03-01')
        bill = self._take_in(self.siti, {'gross': 100, 'deal': 'buy', 'price': 10}).bill_ids
        bill.set_off_rate = 50
        with self.assertRefused("Note the day on which Siti consented"):
            bill.action_post()
        bill.set_off_consent_date = fields.Date.add(self.today, days=1)
        with self.assertRefused("on .* only"):
            bill.action_post()
        bill.set_off_consent_date = '2026-01-10'
        bill.action_post()
        partner = self.siti.partner_id
        # 50 % of 1,000: 300 of the older invoice and 200 of the newer one
        self.assertEntry(bill.move_id, [(self.expense, partner, 1_000), (self.payable, partner, -1_000)])
        self.assertEntry(bill.set_off_move_id, [
            (self.payable, partner, 500), (self.member_receivable, partner, -300),
            (self.member_receivable, partner, -200),
        ])
        self.assertEqual((older.amount_residual, newer.amount_residual), (0, 300))
        self.assertEqual((bill.amount_set_off, bill.amount_open), (500, 500))

    def test_consent_comes_from_the_terms_in_force(self):
        self._create_agreement(self.siti, set_off_rate=40, set_off_consent_date='2026-01-10')
        bill = self._take_in(self.siti, {'gross': 100, 'deal': 'buy', 'price': 10}).bill_ids
        self.assertEqual((bill.set_off_rate, str(bill.set_off_consent_date)), (40, '2026-01-10'))

    def test_consent_of_the_terms_for_all_members_is_nobodys_signature(self):
        self.agreement.term_ids.write({
            'set_off_rate': 40, 'set_off_consent_date': '2026-01-10', 'set_off_consent_ref': "RAT 10-01-2026",
        })
        bill = self._take_in(self.siti, {'gross': 100, 'deal': 'buy', 'price': 10}).bill_ids
        self.assertEqual((bill.set_off_rate, bill.set_off_consent_date), (0, False))
        empty = self.env['coop.consignment.buyout'].new({})
        self.assertEqual((empty.set_off_rate, empty.set_off_consent_date), (0, False))
        buyout = self._buy_out()
        self.assertEqual((buyout.set_off_rate, buyout.set_off_consent_date), (0, False))

    def test_set_off_is_never_more_than_the_debts(self):
        self._owe(self.siti, 120, date='2026-02-01')
        bill = self._take_in(self.siti, {'gross': 100, 'deal': 'buy', 'price': 10}).bill_ids
        bill.write({'set_off_rate': 100, 'set_off_consent_date': '2026-01-10'})
        bill.action_post()
        self.assertEqual((bill.amount_set_off, bill.amount_open), (120, 880))

    def test_cancelling_opens_the_debts_again_and_the_goods_can_be_billed_anew(self):
        invoice = self._owe(self.siti, 300, date='2026-02-01')
        slip = self._take_in(self.siti, {'gross': 100, 'deal': 'buy', 'price': 10})
        bill = slip.bill_ids
        bill.write({'set_off_rate': 100, 'set_off_consent_date': '2026-01-10'})
        bill.action_post()
        with self.assertRefused("undone only there"):
            bill.move_id.button_draft()
        bill._cancel_with_reason("Wrong price")
        partner = self.siti.partner_id
        self.assertEntry(bill.reversal_move_id, [(self.expense, partner, -1_000), (self.payable, partner, 1_000)])
        self.assertEntry(bill.set_off_reversal_move_id, [
            (self.payable, partner, -300), (self.member_receivable, partner, 300),
        ])
        self.assertEqual(invoice.amount_residual, 300)
        self.assertEqual(self._balance(self.payable, partner), 0)
        slip.action_create_bill()
        again = slip.bill_ids.filtered(lambda bill: bill.state == 'draft')
        again.action_post()
        self.assertEqual(again.amount_total, 1_000)

    def test_paid_bill_is_not_cancelled(self):
        bill = self._take_in(self.siti, {'gross': 100, 'deal': 'buy', 'price': 10}).bill_ids
        bill.action_post()
        self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=bill.move_id.ids,
        ).create({'journal_id': self.cash_journal.id})._create_payments()
        with self.assertRefused("Undo the payment first"):
            bill._cancel_with_reason("Wrong price")

    def test_second_payment_window_does_not_pay_a_bill_again(self):
        bill = self._take_in(self.siti, {'gross': 100, 'deal': 'buy', 'price': 10}).bill_ids
        bill.action_post()
        first, second = (self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=bill.move_id.ids,
        ).create({'journal_id': self.cash_journal.id}) for __ in range(2))
        first._create_payments()
        with self.assertRefused("Nothing is owed on this any more"):
            second._create_payments()

    def test_credit_for_goods_that_went_back_lowers_what_is_owed(self):
        bill = self._take_in(self.siti, {'gross': 100, 'deal': 'buy', 'price': 10}).bill_ids
        bill.action_post()
        credit = self.env['account.move'].create({
            'move_type': 'in_refund', 'partner_id': self.siti.partner_id.id, 'invoice_date': bill.date,
            'invoice_line_ids': [Command.create({
                'name': "Wet goods", 'price_unit': 400, 'account_id': self.expense.id, 'tax_ids': [Command.clear()],
            })],
        })
        credit.action_post()
        items = (bill.move_id | credit).line_ids.filtered(lambda item: item.account_id == self.payable)
        items.with_user(self.accountant).reconcile()
        # 100 kg at 10, less 400
        self.assertEqual(bill.move_id.amount_residual, 600)

    def test_cancelled_slip_calls_its_order_off(self):
        slip = self._write_slip(self.siti, {'gross': 100, 'deal': 'buy', 'price': 10}, {'gross': 5})
        slip.action_confirm()
        slip._cancel_with_reason("Not brought")
        self.assertEqual(slip.purchase_order_ids.state, 'cancel')
        self.assertEqual(set(slip.line_ids.move_ids.mapped('state')), {'cancel'})

    def test_own_product_may_be_bought_directly(self):
        slip = self._take_in(self.siti, {'product_id': self.own.id, 'gross': 10, 'deal': 'buy', 'price': 9})
        self.assertEqual(self._stock_of(self.own), {self.nobody: 10})
        self.assertEqual(slip.bill_ids.amount_expected, 90)

    # === UNSOLD GOODS BOUGHT === #

    def test_unsold_goods_change_hands_and_are_billed(self):
        self._take_in(self.siti, {'gross': 100})
        self._take_in(self.budi, {'gross': 30})
        self._owe(self.siti, 50, date='2026-02-01')
        buyout = self._buy_out({'quantity': 60, 'price': 9}, set_off_rate=100, set_off_consent_date='2026-01-10')
        self._confirm(buyout)
        partner = self.siti.partner_id
        self.assertEqual(self._stock_of(self.rice), {partner: 40, self.budi.partner_id: 30})
        self.assertEqual(self._stock_of(self.own_rice), {self.nobody: 60})
        out = buyout.move_ids.filtered(lambda move: move.product_id == self.rice)
        self.assertEqual((out.state, out.move_line_ids.owner_id), ('done', partner))
        bill = buyout.bill_id
        self.assertEqual(buyout.purchase_order_id.order_line.qty_invoiced, 60)
        self.assertEntry(bill.move_id, [(self.expense, partner, 540), (self.payable, partner, -540)])
        self.assertEntry(bill.set_off_move_id, [(self.payable, partner, 50), (self.member_receivable, partner, -50)])
        self.assertEqual(self._due(self.siti), (0, 0))
        self.assertClearingExplained()

    def test_whoever_notes_the_consent_does_not_buy_the_goods(self):
        self._take_in(self.siti, {'gross': 100})
        buyout = self._buy_out({'quantity': 60, 'price': 9})
        buyout.with_user(self.accountant).write({'set_off_rate': 100, 'set_off_consent_date': '2026-01-10'})
        with self.assertRefused("noted the member's consent"):
            buyout.with_user(self.accountant).action_confirm()
        self.assertEqual(buyout.state, 'draft')

    def test_consent_of_the_goods_category_is_proposed_and_a_noted_one_stays(self):
        agreement = self._create_agreement(self.siti, set_off_rate=40, set_off_consent_date='2026-01-10')
        agreement.categ_id = self.rice.categ_id
        self._take_in(self.siti, {'gross': 100})
        buyout = self._buy_out({'quantity': 60, 'price': 9})
        self.assertEqual((buyout.set_off_consent_date, buyout.set_off_rate), (fields.Date.to_date('2026-01-10'), 40))
        buyout.set_off_rate = 20
        buyout.date = fields.Date.subtract(buyout.date, days=1)
        self.assertEqual(buyout.set_off_rate, 20)

    def test_goods_that_are_sold_or_gone_are_not_bought_and_nothing_happens(self):
        self._take_in(self.siti, {'gross': 100})
        self._sell(70, owner=self.siti)  # reserved
        buyout = self._buy_out({'quantity': 20, 'price': 9}, {'quantity': 20, 'price': 9})
        with self.assertRefused("Only 10.0 of the 20.0 kg"):
            self._confirm(buyout)
        self.assertEqual(buyout.state, 'draft')
        self.assertEqual(self._stock_of(self.rice), {self.siti.partner_id: 100})
        self.assertEqual(self._stock_of(self.own_rice), {})
        orders = self.env['purchase.order'].search([('partner_id', '=', self.siti.partner_id.id)])
        self.assertFalse(buyout.purchase_order_id | orders)

    def test_free_goods_are_filled_in(self):
        self._take_in(self.siti, {'gross': 100})
        self._sell(70, owner=self.siti)
        buyout = self._buy_out()
        with self.assertRefused("is empty"):
            self._confirm(buyout)
        buyout.action_fill()
        self.assertRecordValues(buyout.line_ids, [{'product_id': self.rice.id, 'quantity': 30}])
        with self.assertRefused("at which price"):
            self._confirm(buyout)
        other = self._buy_out(membership_id=self.budi.id)
        with self.assertRefused("has no goods"):
            other.action_fill()

    def test_unique_pieces_keep_their_number_when_they_are_bought(self):
        self.batik.product_tmpl_id.action_create_coop_twin()
        self._take_in(self.siti, {'product_id': self.batik.id, 'gross': 1, 'lot_name': "BTK-1"})
        buyout = self._buy_out()
        buyout.action_fill()
        buyout.line_ids.price = 400
        self._confirm(buyout)
        twin = self.batik._coop_get_twin()
        quant = self.env['stock.quant'].search([('product_id', '=', twin.id), ('location_id', '=', self.stock.id)])
        self.assertRecordValues(quant, [{'quantity': 1, 'owner_id': False}])
        self.assertEqual(quant.lot_id.name, "BTK-1")

    def test_goods_are_not_bought_before_the_member_agreed_to_the_price(self):
        self._take_in(self.siti, {'gross': 100})
        for missing in ('agreed_by', 'agreed_on', 'agreed_kind'):
            buyout = self._buy_out({'quantity': 60, 'price': 9}, **{missing: False})
            with self.subTest(missing=missing), self.assertRefused("Note who of Siti agreed to sell"):
                self._confirm(buyout)
        buyout = self._buy_out({'quantity': 60, 'price': 9}, agreed_on=fields.Date.add(self.today, days=1))
        with self.assertRefused("must be agreed before"):
            self._confirm(buyout)
        self.assertEqual(self._stock_of(self.rice), {self.siti.partner_id: 100})

    def test_nobody_buys_what_they_wrote_down_themselves(self):
        self._take_in(self.siti, {'gross': 100})
        own = self._buy_out({'quantity': 60, 'price': 9}, user=self.accountant)
        with self.assertRefused("Another user than you"):
            self._confirm(own)
        changed = self._buy_out({'quantity': 60, 'price': 9})
        changed.line_ids.with_user(self.accountant).price = 1
        with self.assertRefused("Another user than you"):
            self._confirm(changed)
        self.assertEqual(self._stock_of(self.rice), {self.siti.partner_id: 100})

    def test_purchase_that_is_done_stays(self):
        self._take_in(self.siti, {'gross': 100})
        buyout = self._buy_out({'quantity': 60, 'price': 9})
        self._confirm(buyout)
        with self.assertRefused("write a new purchase"):
            buyout.line_ids.price = 8
        with self.assertRefused("the goods are the cooperative's"):
            buyout._cancel_with_reason("Wrong")

    # === POINT OF SALE === #

    def test_consigned_goods_are_kept_out_of_the_point_of_sale(self):
        template = type(self.env['product.template'])
        with patch.object(template, '_coop_is_in_pos', lambda product: True):
            with self.assertRefused("point of sale does not say whose", ValidationError):
                self._create_product("Corn", coop_consigned=True)
            with self.assertRefused("point of sale does not say whose", ValidationError):
                self.own.coop_consigned = True
            self.assertTrue(self._create_product("Soap"))
        self.assertFalse(self.rice.product_tmpl_id._coop_is_in_pos())

    # === PERMISSIONS === #

    def test_accountant_posts_bills_and_the_officer_does_not(self):
        bill = self._take_in(self.siti, {'gross': 100, 'deal': 'buy', 'price': 10}).bill_ids
        with self.assertRefused("Accountant", AccessError):
            bill.with_user(self.officer).action_post()
        with self.assertRefused("own buttons", AccessError):
            bill.with_user(self.accountant).partner_id = self.budi.partner_id
        bill.with_user(self.accountant).action_post()
        self.assertEqual(bill.state, 'posted')
        with self.assertRefused("Accountant", AccessError):
            bill.with_user(self.officer)._cancel_with_reason("Wrong")
        bill.with_user(self.accountant)._cancel_with_reason("Wrong")
        self.assertEqual(bill.state, 'cancelled')

    def test_accountant_buys_members_stock_and_the_officer_prepares_it(self):
        self._take_in(self.siti, {'gross': 100})
        buyout = self.env['coop.consignment.buyout'].with_user(self.officer).create({
            'membership_id': self.siti.id, 'agreed_by': "Siti", 'agreed_on': self.today, 'agreed_kind': 'signed',
            'line_ids': [Command.create({'product_id': self.rice.id, 'quantity': 10, 'price': 9})],
        })
        with self.assertRefused("Accountant", AccessError):
            buyout.action_confirm()
        with self.assertRefused("own buttons", AccessError):
            buyout.bill_id = 1
        buyout.with_user(self.accountant).action_confirm()
        self.assertEqual(buyout.bill_id.amount_total, 90)

    # === HELPERS === #

    def _confirm(self, buyout):
        buyout.with_user(self.accountant).action_confirm()

    def _buy_out(self, *lines, user=None, **values):
        """Return a purchase that an officer wrote, to which Siti has agreed."""
        return self.env['coop.consignment.buyout'].with_user(user or self.officer).create({
            'membership_id': self.siti.id, 'agreed_by': "Siti", 'agreed_on': self.today, 'agreed_kind': 'signed',
            'line_ids': [Command.create({'product_id': self.rice.id, **line}) for line in lines], **values,
        })
