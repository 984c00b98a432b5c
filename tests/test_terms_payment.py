from odoo import Command
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_consignment import ConsignmentCommon


@tagged('post_install', '-at_install')
class TestTermsPayment(ConsignmentCommon):
    """Terms under which a sale counts when the customer has paid."""

    # === FIXTURES === #

    def _pay(self, invoice, amount):
        self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=invoice.ids,
        ).create({
            'journal_id': self.cash_journal.id, 'amount': amount, 'payment_difference_handling': 'open',
        })._create_payments()

    def _write_off(self, invoice):
        receivable = invoice.line_ids.filtered(lambda line: line.account_type == 'asset_receivable')
        expense = self._account('cooperative_expense')
        entry = self.env['account.move'].create({
            'date': self.today, 'journal_id': self.company.coop_journal_id.id, 'line_ids': [
                Command.create({'account_id': expense.id, 'balance': receivable.amount_residual}),
                Command.create({
                    'account_id': receivable.account_id.id, 'partner_id': self.customer.id,
                    'balance': -receivable.amount_residual,
                }),
            ],
        })
        entry.action_post()
        (receivable | entry.line_ids.filtered(lambda line: line.account_id == receivable.account_id)).reconcile()

    def _invoice_ahead(self, member, percentage):
        """Return the unpaid invoice of a down payment on 60 at 10, and the final one that takes it off."""
        self._bring(member, 60)
        order = self._sell(60, owner=member)
        down = self.env['sale.advance.payment.inv'].with_context(active_ids=order.ids).create({
            'advance_payment_method': 'percentage', 'amount': percentage,
        })._create_invoices(order)
        self._deliver(order)
        final = order._create_invoices(final=True)
        for invoice in down, final:
            invoice.invoice_date = self.today
            invoice.action_post()
        return down, final

    # === INVOICES === #

    def test_part_payment_counts_in_part(self):
        self._create_agreement(self.siti, commission_rate=10, settle_on='payment')
        invoice = self._sold(self.siti, 60)
        self.assertEqual(self._due(self.siti), (0, 0))
        self._pay(invoice, 150)
        self.assertEqual(self._due(self.siti), (15, 150))
        settlement = self._settle(self.siti)
        self.assertEqual((settlement.amount_gross, settlement.amount_payable), (150, 135))
        self._pay(invoice, 450)
        self.assertEqual(self._settle(self.siti).amount_gross, 450)
        self.assertEqual(self._balance(self.clearing), 0)
        with self.assertRefused("nothing to settle"):
            self._compute(self.siti)

    def test_credit_note_counts_at_once_even_before_it_is_matched(self):
        self._create_agreement(self.siti, commission_rate=10, settle_on='payment')
        invoice = self._sold(self.siti, 60)
        self._pay(invoice, 600)
        self._credit(invoice, price=1)
        self.assertEqual(self._due(self.siti), (60, 540))

    def test_owners_of_one_line_may_be_settled_differently(self):
        self._create_agreement(self.siti, commission_rate=10, settle_on='payment')
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        order = self._sell(100)
        self._deliver(order)
        invoice = self._invoice(order)
        self._pay(invoice, 500)
        self.assertEqual(self._due(self.siti), (30, 300))
        self.assertEqual(self._due(self.budi), (40, 400))

    def test_payment_that_is_undone_is_owed_back(self):
        self._create_agreement(self.siti, commission_rate=10, settle_on='payment')
        invoice = self._sold(self.siti, 60)
        self._pay(invoice, 600)
        self._settle(self.siti)
        invoice.line_ids.filtered(lambda line: line.account_type == 'asset_receivable').remove_move_reconcile()
        self.assertEqual(self._due(self.siti), (-60, -600))

    def test_uncollectible_invoice_is_borne_as_the_terms_say(self):
        for settle_on, bearer, due in (
            ('invoice', 'cooperative', 600), ('invoice', 'member', 150), ('payment', 'cooperative', 600),
            ('payment', 'member', 150),
        ):
            with self.subTest(settle_on=settle_on, bearer=bearer):
                member = self._create_member(f"Member {settle_on} {bearer}")
                self._create_agreement(member, commission_rate=10, settle_on=settle_on, default_bearer=bearer)
                invoice = self._sold(member, 60)
                self._pay(invoice, 150)
                self._write_off(invoice)
                self.assertEqual(invoice.amount_residual, 0)
                self.assertEqual(self._due(member)[1], due)

    # === DOWN PAYMENTS === #

    def test_down_payment_that_is_not_paid_does_not_count(self):
        for percentage, paid, due in ((100, 0, 0), (40, 360, 360)):
            with self.subTest(percentage=percentage):
                member = self._create_member(f"Member {percentage}")
                self._create_agreement(member, commission_rate=10, settle_on='payment')
                down, final = self._invoice_ahead(member, percentage)
                self.assertEqual(final.amount_total, paid)  # 60 at 10, less the down payment
                if paid:
                    self._pay(final, paid)
                self.assertEqual(self._due(member)[1], due)
                if due:
                    self.assertEqual(self._settle(member).amount_gross, due)
                self._pay(down, 600 - paid)
                self.assertEqual(self._due(member)[1], 600 - due)
                self._settle(member)
                down.line_ids.filtered(lambda line: line.account_type == 'asset_receivable').remove_move_reconcile()
                self.assertEqual(self._due(member)[1], paid - 600)

    def test_down_payment_that_is_paid_in_part_or_credited_counts_so_far(self):
        self._create_agreement(self.siti, commission_rate=10, settle_on='payment')
        down, final = self._invoice_ahead(self.siti, 40)
        self._pay(down, 60)
        self.assertEqual(self._due(self.siti)[1], 60)  # a quarter of the 240 that were taken off
        self._pay(final, 120)
        self.assertEqual(self._due(self.siti)[1], 180)
        self._credit(down, price=120)
        self.assertEqual(self._due(self.siti)[1], 240)  # 60 of the 120 that are left of the down payment: half of 240

    def test_down_payment_that_is_written_off_is_borne_as_the_terms_say(self):
        for bearer, due in (('member', 360), ('cooperative', 600)):
            with self.subTest(bearer=bearer):
                member = self._create_member(f"Member {bearer}")
                self._create_agreement(member, commission_rate=10, settle_on='payment', default_bearer=bearer)
                down, final = self._invoice_ahead(member, 40)
                self._pay(final, 360)
                self._write_off(down)
                self.assertEqual(self._due(member)[1], due)
                self._settle(member)
        explained = self.assertClearingExplained()
        self.assertEqual((explained['ledger'], explained['lost']), (240, 240))
