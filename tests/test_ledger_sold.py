from odoo import Command
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_consignment import ConsignmentCommon


@tagged('post_install', '-at_install')
class TestLedgerSold(ConsignmentCommon):
    """An invoice of members' goods is posted only when it pays whom it should, out of what it should."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for member in (cls.siti, cls.budi):
            cls._bring(member, 100)
        cls.of_siti, cls.of_budi = cls._sell(60, owner=cls.siti), cls._sell(40, owner=cls.budi)
        for order in (cls.of_siti, cls.of_budi):
            cls._deliver(order)
        cls.revenue = cls.env['account.account'].create({
            'name': "Penjualan", 'code': '41000099', 'account_type': 'income',
        })

    def _draft(self, order, user=None):
        invoice = order.with_user(user or self.officer)._create_invoices()
        invoice.invoice_date = self.today
        return invoice

    def _post(self, move):
        move.with_user(self.accountant).action_post()

    def _note(self, order, price, **values):
        """Return a credit note that somebody wrote by hand for goods of an order."""
        return self.env['account.move'].create({
            'move_type': 'out_refund', 'partner_id': self.customer.id, 'invoice_date': self.today,
            'invoice_line_ids': [Command.create({
                'product_id': order.order_line.product_id.id, 'quantity': 1, 'price_unit': price, 'tax_ids': False,
                'sale_line_ids': [Command.set(order.order_line.ids)],
            })], **values,
        })

    # === ACCOUNTS === #

    def test_members_are_not_paid_out_of_savings_or_advances(self):
        accounts = self.voluntary.account_id | self._account('member_advance') | self.revenue
        for account in accounts:
            draft = self._draft(self.of_siti)
            draft.invoice_line_ids.account_id = account
            with self.subTest(account=account.name), self.assertRefused("Choose .*Clearing.* as the account"):
                self._post(draft)
            with self.subTest(account=account.name, by="state"), self.assertRefused("Choose .*Clearing"):
                draft.with_user(self.accountant).state = 'posted'
            draft.unlink()

    def test_on_principal_basis_sales_are_booked_on_any_revenue_but_the_cooperatives_own(self):
        self.company.coop_consignment_basis = 'principal'
        draft = self._draft(self.of_siti)
        for account in (self.voluntary.account_id, self.commission):
            draft.invoice_line_ids.account_id = account
            with self.subTest(account=account.name), self.assertRefused("Choose an income account"):
                self._post(draft)
        draft.invoice_line_ids.account_id = self.revenue
        self._post(draft)
        self.assertEqual(self._due(self.siti), (60, 600))

    def test_credit_note_goes_where_its_sale_was_booked_whatever_is_chosen_by_now(self):
        invoice = self._draft(self.of_siti)
        self._post(invoice)
        before, other = self.clearing, self.clearing.copy({'code': '28139999'})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE coop_company_account SET account_id = %s WHERE account_id = %s AND key = 'clearing'",
            [other.id, before.id],
        )
        self.env.invalidate_all()
        of_budi = self._draft(self.of_budi)
        of_budi.invoice_line_ids.account_id = before
        with self.assertRefused("Choose 28139999"):
            self._post(of_budi)
        note = self._credit(invoice)
        self.assertEqual(note.invoice_line_ids.account_id, before)
        self.assertEqual(self._due(self.siti), (0, 0))

    def test_settlement_pays_nothing_out_of_an_account_kept_for_something_else(self):
        invoice = self._draft(self.of_siti)
        self._post(invoice)
        savings = self.voluntary.account_id
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET account_id = %s WHERE id = %s", [savings.id, invoice.invoice_line_ids.id],
        )
        self.env.invalidate_all()
        settlement = self._compute(self.siti)
        with self.assertRefused(f"{self.of_siti.name} is invoiced on .*Voluntary.*not paid out of it"):
            settlement.action_post()

    # === SALES === #

    def test_one_line_pays_for_one_sale(self):
        draft = self._draft(self.of_siti)
        draft.invoice_line_ids.sale_line_ids = [Command.link(self.of_budi.order_line.id)]
        with self.assertRefused("invoices several sales at once .*Delete the line"):
            self._post(draft)
        draft.invoice_line_ids.sale_line_ids = [Command.unlink(self.of_budi.order_line.id)]
        self._post(draft)
        self.assertEqual((self._due(self.siti), self._due(self.budi)), ((60, 600), (0, 0)))

    def test_line_invoices_the_goods_of_its_sale(self):
        coffee = self._create_product("Coffee", coop_consigned=True)
        draft = self._draft(self.of_siti)
        for product in (coffee, self.own):
            draft.invoice_line_ids.product_id = product
            with self.subTest(product=product.name), self.assertRefused("which sold Rice for members there"):
                self._post(draft)

    def test_revenue_of_the_cooperative_is_given_to_no_sale_of_members(self):
        own = self.env['account.move'].with_user(self.officer).create({
            'move_type': 'out_invoice', 'partner_id': self.customer.id, 'invoice_date': self.today,
            'invoice_line_ids': [Command.create({
                'product_id': self.own.id, 'price_unit': 700_000, 'tax_ids': False,
                'sale_line_ids': [Command.set(self.of_siti.order_line.ids)],
            })],
        })
        with self.assertRefused("which sold Rice for members there"):
            self._post(own)

    def test_invoice_goes_to_the_customer_of_the_order(self):
        other = self.env['res.partner'].create({'name': "Somebody else"})
        draft = self._draft(self.of_siti)
        draft.partner_id = other
        with self.assertRefused("is for Somebody else, but .*change the invoice address on the order"):
            self._post(draft)
        self.of_siti.partner_invoice_id = other
        self._post(draft)
        # The address of the order changes back: what was invoiced to the other is credited to the other.
        self.of_siti.partner_invoice_id = self.customer
        self._credit(draft)
        self.assertEqual(self._due(self.siti), (0, 0))

    def test_invoice_goes_to_any_address_of_the_customer(self):
        draft = self._draft(self.of_siti)
        draft.partner_id = self.env['res.partner'].create({
            'name': "Accounts", 'parent_id': self.customer.id, 'type': 'invoice',
        })
        self._post(draft)
        self.assertEqual(self._due(self.siti), (60, 600))

    # === CREDIT NOTES === #

    def test_credit_note_is_made_for_the_invoice_that_sold_the_goods(self):
        of_siti, of_budi = self._draft(self.of_siti), self._draft(self.of_budi)
        self._post(of_siti | of_budi)
        other = self.env['res.partner'].create({'name': "Somebody else"})
        stranger = self._owe(self.siti, 50)
        for note in (
            self._note(self.of_siti, 5, reversed_entry_id=of_budi.id),
            self._note(self.of_siti, 5, reversed_entry_id=stranger.id),
            self._note(self.of_siti, 5, reversed_entry_id=of_siti.id, partner_id=other.id),
        ):
            with self.assertRefused("did not sell these Rice to .*one for each"):
                self._post(note)
        self._post(self._note(self.of_siti, 5, reversed_entry_id=of_siti.id))
        self._post(self._note(self.of_budi, 5))
        # 600 and 400, less 5 each
        self.assertEqual((self._due(self.siti)[1], self._due(self.budi)[1]), (595, 395))

    # === WHAT ODOO DOES === #

    def test_one_invoice_of_two_orders(self):
        orders = self.of_siti | self.of_budi
        invoice = orders.with_user(self.officer)._create_invoices()
        self.assertEqual(len(invoice), 1)
        self._post(invoice)
        self.assertEqual((self._due(self.siti), self._due(self.budi)), ((60, 600), (40, 400)))

    def test_invoice_is_reversed_and_made_anew(self):
        invoice = self._draft(self.of_siti)
        self._post(invoice)
        wizard = self.env['account.move.reversal'].with_user(self.accountant).with_context(
            active_model='account.move', active_ids=invoice.ids,
        ).create({'journal_id': invoice.journal_id.id, 'reason': "Wrong price"})
        anew = self.env['account.move'].browse(wizard.modify_moves()['res_id'])
        anew.invoice_date = self.today
        anew.invoice_line_ids.price_unit = 9
        self._post(anew)
        self.assertEqual(self._due(self.siti), (60, 540))

    def test_down_payment_discount_and_note_stand_beside_members_goods(self):
        self._bring(self.siti, 10)
        order = self._sell(10, owner=self.siti)
        context = {'active_model': 'sale.order', 'active_ids': order.ids, 'active_id': order.id}
        Advance = self.env['sale.advance.payment.inv'].with_user(self.officer).with_context(**context)
        Advance.create({'advance_payment_method': 'percentage', 'amount': 30}).create_invoices()
        self._post(order.invoice_ids)
        self.env['sale.order.discount'].with_user(self.officer).with_context(**context).create({
            'sale_order_id': order.id, 'discount_type': 'so_discount', 'discount_percentage': 0.1,
        }).action_apply_discount()
        order.order_line = [
            Command.create({'display_type': 'line_note', 'name': "Fragile"}),
            Command.create({'display_type': 'line_section', 'name': "Rice"}),
        ]
        self._deliver(order)
        Advance.create({'advance_payment_method': 'delivered'}).create_invoices()
        final = order.invoice_ids.filtered(lambda move: move.state == 'draft')
        self._post(final)
        # 10 at 10, less 10 %
        self.assertEqual(self._due(self.siti), (10, 90))
        self.env['account.move.reversal'].with_user(self.accountant).with_context(
            active_model='account.move', active_ids=final.ids,
        ).create({'journal_id': final.journal_id.id}).modify_moves()
        self.assertEqual(self._due(self.siti)[1], 0)
