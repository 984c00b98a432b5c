from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_consignment import ConsignmentCommon


@tagged('post_install', '-at_install')
class TestConsignmentUnpaid(ConsignmentCommon):
    """What customers never pay, where the terms have the member bear it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.expense = cls.env['account.account'].create({
            'name': "Piutang Tak Tertagih", 'code': '65000099', 'account_type': 'expense',
        })

    def test_loss_of_the_member_leaves_clearing_and_the_expense_of_the_cooperative(self):
        invoice = self._sold_unpaid(self.siti, 'payment')
        self._settle(self.siti)
        self._write_off(invoice)
        self.assertEqual(self._due(self.siti), (0, 0))
        explained = self.assertClearingExplained()
        self.assertEqual((explained['ledger'], explained['lost']), (1_100_000, 1_100_000))
        self.assertRegex(self._obstacles()[0], "1,100,000.*never paid.*Siti.*Accrue that day")
        accrual = self._accrue()
        self.assertEntry(accrual.move_id, [(self.clearing, None, 1_100_000), (self.expense, None, -1_100_000)])
        self.assertEntry(accrual.reversal_move_id, [
            (self.clearing, None, -1_100_000), (self.expense, None, 1_100_000),
        ])
        self.assertFalse(self._obstacles())
        explained = self.assertClearingExplained()
        self.assertEqual((explained['ledger'], explained['accrued']), (0, 1_100_000))

    def test_loss_after_the_settlement_is_carried_forward_and_no_expense(self):
        invoice = self._sold_unpaid(self.siti, 'invoice')
        self._settle(self.siti)
        self._write_off(invoice)
        # 1,100,000 are due back, with the commission of 110,000 on them
        accrual = self._accrue()
        self.assertEntry(accrual.move_id, [
            (self.clearing, None, 990_000), (self.commission, None, 110_000), (self.expense, None, -1_100_000),
        ])
        self.assertClearingExplained()

    def test_loss_is_borne_by_each_member_as_the_terms_say(self):
        self._create_agreement(self.siti, commission_rate=10, settle_on='payment', default_bearer='member')
        self._create_agreement(self.budi, commission_rate=10, settle_on='payment')
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        order = self._sell(100, price=1_000)
        self._deliver(order)
        invoice = self._invoice(order)
        self._pay(invoice, 50_000)
        self._write_off(invoice)
        # half is lost: 30,000 of Siti's 60,000; Budi gets his 40,000 all the same
        self.assertEqual((self._due(self.siti)[1], self._due(self.budi)[1]), (30_000, 40_000))
        self._settle(self.siti)
        self._settle(self.budi)
        self.assertEntry(self._accrue().move_id, [(self.clearing, None, 30_000), (self.expense, None, -30_000)])
        self.assertEqual(self.assertClearingExplained()['ledger'], 0)

    def test_fee_of_the_bank_is_all_that_the_member_loses_of_a_payment_by_journal_entry(self):
        self._create_agreement(self.siti, commission_rate=10, default_bearer='member')
        invoice = self._sold(self.siti, 100, price=10_000)
        receivable = invoice.line_ids.filtered(lambda line: line.account_type == 'asset_receivable')
        entry = self.env['account.move'].create({'date': self.today, 'line_ids': [
            Command.create({'account_id': account.id, 'partner_id': self.customer.id, 'balance': balance})
            for account, balance in (
                (self.cash_journal.default_account_id, 993_500), (self.expense, 6_500),
                (receivable.account_id, -1_000_000),
            )
        ]})
        entry.action_post()
        (receivable | entry.line_ids.filtered(lambda line: line.account_id == receivable.account_id)).reconcile()
        self.assertEqual(self._due(self.siti), (99.35, 993_500))

    def test_write_off_that_is_taken_back_is_accrued_no_more(self):
        invoice = self._sold_unpaid(self.siti, 'payment')
        self._settle(self.siti)
        self._write_off(invoice)
        self._accrue()
        invoice.line_ids.filtered(lambda line: line.account_type == 'asset_receivable').remove_move_reconcile()
        # nothing counts as paid any more: 1,000,000 with 100,000 of commission is owed back, and nothing is lost
        self.assertEntry(self._accrue().move_id, [
            (self.clearing, None, -1_200_000), (self.commission, None, 100_000), (self.expense, None, 1_100_000),
        ])
        self.assertClearingExplained()

    def test_on_principal_basis_the_loss_is_not_on_clearing(self):
        self.company.coop_consignment_basis = 'principal'
        invoice = self._sold_unpaid(self.siti, 'payment')
        self._settle(self.siti)
        self._write_off(invoice)
        self.assertEqual(self.assertClearingExplained()['lost'], 0)
        with self.assertRefused("nothing to accrue"):
            self._accrue()
        self.assertFalse(self._obstacles())

    def _sold_unpaid(self, member, settle_on):
        """Return an invoice over 2,100,000 of which 1,000,000 were paid; the member bears the rest."""
        self._create_agreement(member, commission_rate=10, settle_on=settle_on, default_bearer='member')
        invoice = self._sold(member, 300, price=7_000)
        self._pay(invoice, 1_000_000)
        return invoice

    def _pay(self, invoice, amount):
        self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=invoice.ids,
        ).create({'amount': amount}).action_create_payments()

    def _write_off(self, invoice):
        receivable = invoice.line_ids.filtered(lambda line: line.account_type == 'asset_receivable')
        open_amount = invoice.amount_residual
        entry = self.env['account.move'].create({'date': self.today, 'line_ids': [
            Command.create({
                'account_id': receivable.account_id.id, 'partner_id': self.customer.id, 'balance': -open_amount,
            }),
            Command.create({'account_id': self.expense.id, 'balance': open_amount}),
        ]})
        entry.action_post()
        (receivable | entry.line_ids.filtered(lambda line: line.account_id == receivable.account_id)).reconcile()

    def _accrue(self):
        accrual = self.env['coop.commission.accrual'].create({'date': self.today})
        accrual.action_compute()
        accrual.action_post()
        return accrual

    def _obstacles(self):
        return self.company._coop_get_closing_obstacles(fields.Date.start_of(self.today, 'month'), self.today)
