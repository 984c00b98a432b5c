from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_consignment import ConsignmentCommon


@tagged('post_install', '-at_install')
class TestLedgerGuard(ConsignmentCommon):
    """What is posted stays under whose name it was posted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.voucher = cls._save(cls.siti, {cls.voluntary: 25_000})
        cls.invoice = cls._owe(cls.siti, 50)

    def _items(self, move, account=None, user=None):
        lines = move.line_ids.filtered(lambda line: not account or line.account_id == account)
        return lines.with_user(user or self.accountant)

    def _book(self, account, partner=None):
        """Post an accountant's own entry over an account."""
        move = self.env['account.move'].create({
            'journal_id': self.company.coop_journal_id.id, 'date': '2026-02-01', 'line_ids': [
                Command.create({'account_id': self.cash_journal.default_account_id.id, 'balance': 70_000}),
                Command.create({
                    'account_id': account.id, 'balance': -70_000, 'partner_id': partner.id if partner else False,
                }),
            ],
        })
        move.action_post()
        return move

    # === ITEMS === #

    def test_officer_moves_no_posted_item_to_savings_or_to_another_partner(self):
        income = self.invoice.invoice_line_ids.account_id
        receivable = self.invoice.line_ids.filtered(lambda line: line.display_type == 'payment_term').account_id
        savings = self.voluntary.account_id
        self.env.flush_all()
        for account, vals in (
            (income, {'account_id': savings.id, 'partner_id': self.budi.partner_id.id}),
            (income, {'account_id': self.clearing.id}),
            (income, {'price_unit': 1}),
            (receivable, {'partner_id': self.budi.partner_id.id}),
        ):
            item = self._items(self.invoice, account, self.officer)
            with self.subTest(vals=vals), self.assertRefused("is posted. Ask the treasurer to correct it", AccessError):
                item.write(vals)
            with self.subTest(vals=vals, through="entry"), self.assertRefused("Ask the treasurer", AccessError):
                self.invoice.with_user(self.officer).with_context(skip_readonly_check=True).write({
                    'line_ids': [Command.update(item.id, vals)],
                })
        with self.assertRefused("Ask the treasurer", AccessError):
            self.invoice.with_user(self.officer).with_context(skip_readonly_check=True).partner_id = (
                self.budi.partner_id
            )

    def test_officer_adds_and_moves_no_items_into_a_posted_entry(self):
        savings = self.voluntary.account_id
        pair = [
            {'move_id': self.invoice.id, 'account_id': savings.id, 'balance': sign * 1_000, 'partner_id': partner.id,
             'display_type': 'product', 'quantity': 1, 'price_unit': sign * 1_000, 'tax_ids': False}
            for sign, partner in ((1, self.siti.partner_id), (-1, self.budi.partner_id))
        ]
        with self.assertRefused("Ask the treasurer", AccessError):
            self.env['account.move.line'].with_user(self.officer).create(pair)
        with self.assertRefused("kept by the cooperative|its amounts stay"):
            self.env['account.move.line'].with_user(self.accountant).create(pair)

    def test_nobody_rewrites_the_items_of_an_entry_that_a_document_owns(self):
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        item = self._items(self.voucher.move_id, self.voluntary.account_id)
        commission = self._items(settlement.move_id, self.commission)
        for line, vals in (
            (item, {'partner_id': self.budi.partner_id.id}), (item, {'name': "Something else"}),
            (item, {'account_id': self.mandatory.account_id.id}),
            (commission, {'account_id': self.voluntary.account_id.id}),
        ):
            with self.subTest(vals=vals), self.assertRefused("open .* and cancel it"):
                line.write(vals)
        with self.assertRefused("open .* and cancel it"):
            commission.with_user(self.officer).account_id = self.voluntary.account_id
        for vals in ({'ref': "Something else"}, {'date': '2026-03-01'}):
            with self.subTest(vals=vals), self.assertRefused("open .* and cancel it"):
                self.voucher.move_id.with_user(self.accountant).with_context(skip_readonly_check=True).write(vals)
        with self.assertRefused("open .* and cancel it"):
            item.with_context(force_delete=True).unlink()

    def test_treasurer_moves_no_posted_item_to_or_from_what_the_cooperative_keeps(self):
        savings = self.voluntary.account_id
        own = self._book(savings, self.siti.partner_id)
        for vals in ({'partner_id': self.budi.partner_id.id}, {'account_id': self.bank_journal.default_account_id.id}):
            with self.subTest(vals=vals), self.assertRefused("kept by the cooperative.*Reset the entry to draft"):
                self._items(own, savings).write(vals)
        income = self.invoice.invoice_line_ids.account_id
        for account in (savings, self.clearing):
            with self.assertRefused("kept by the cooperative"):
                self._items(self.invoice, income).account_id = account

    def test_treasurer_corrects_other_posted_items_and_drafts_as_ever(self):
        income = self.invoice.invoice_line_ids.account_id
        other = income.copy({'code': '41999999'})
        self._items(self.invoice, income).account_id = other
        self.assertEqual(self.invoice.invoice_line_ids.account_id, other)
        own = self._book(self.voluntary.account_id, self.siti.partner_id).with_user(self.accountant)
        own.button_draft()
        self._items(own, self.voluntary.account_id).partner_id = self.budi.partner_id
        own.action_post()
        self.assertEqual(self._items(own, self.voluntary.account_id).partner_id, self.budi.partner_id)
        own.ref = "Seen by the auditor"
        self.assertEqual(own.ref, "Seen by the auditor")

    def test_statement_is_matched_with_savings(self):
        statement = self.env['account.bank.statement.line'].with_user(self.accountant).create({
            'journal_id': self.bank_journal.id, 'payment_ref': "Savings of Siti", 'amount': 5_000,
            'partner_id': self.siti.partner_id.id,
        })
        waiting = statement.move_id.line_ids.filtered(
            lambda line: line.account_id == self.bank_journal.suspense_account_id,
        )
        before = self.siti._get_savings_balances()[self.siti][self.voluntary]
        waiting.account_id = self.voluntary.account_id
        self.assertEqual(self.siti._get_savings_balances()[self.siti][self.voluntary], before + 5_000)
        with self.assertRefused("kept by the cooperative"):
            waiting.partner_id = self.budi.partner_id

    def test_treasurer_reconciles_items_of_owned_entries(self):
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        payments = self.env['account.payment.register'].with_user(self.accountant).with_context(
            active_model='account.move', active_ids=settlement.move_id.ids,
        ).create({'journal_id': self.bank_journal.id})._create_payments()
        payable = self._items(settlement.move_id, self.proceeds)
        self.assertTrue(payable.reconciled)
        payments.action_cancel()
        self.assertFalse(payable.reconciled)

    # === ENTRIES === #

    def test_officer_lets_no_entry_post_itself(self):
        values = {
            'move_type': 'in_refund', 'partner_id': self.siti.partner_id.id, 'invoice_date': self.today,
            'invoice_line_ids': [Command.create({'name': "x", 'price_unit': 5_000, 'tax_ids': []})],
        }
        moves = self.env['account.move'].with_user(self.officer)
        with self.assertRefused("post themselves. Ask the treasurer", AccessError):
            moves.create({**values, 'auto_post': 'at_date'})
        with self.assertRefused("post themselves", AccessError):
            moves.with_context(default_auto_post='monthly').create(values)
        self.env['ir.default'].with_user(self.officer).set('account.move', 'auto_post', 'at_date', user_id=True)
        with self.assertRefused("post themselves", AccessError):
            moves.create(values)
        draft = moves.create({**values, 'auto_post': 'no'})
        with self.assertRefused("post themselves", AccessError):
            draft.auto_post = 'at_date'
        draft.with_user(self.accountant).auto_post = 'at_date'
        self.assertEqual(draft.auto_post, 'at_date')

    def test_officer_takes_no_posted_entry_back(self):
        invoice = self.invoice.with_user(self.officer)
        with self.assertRefused("Ask the treasurer to take it back", AccessError):
            invoice.button_draft()
        for state in ('draft', 'cancel'):
            with self.assertRefused("Ask the treasurer to take it back", AccessError):
                invoice.state = state
        draft = self.invoice.copy().with_user(self.officer)
        draft.button_cancel()
        self.assertEqual(draft.state, 'cancel')
        self.invoice.with_user(self.accountant).button_draft()
        self.assertEqual(self.invoice.state, 'draft')
