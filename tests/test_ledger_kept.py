from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common import CoopCommon


@tagged('post_install', '-at_install')
class TestLedgerKept(CoopCommon):
    """What was posted once is neither deleted nor quietly changed, whatever is sent along."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.siti = cls._create_member("Siti")
        cls.cash = cls.cash_journal.default_account_id
        cls.expense = cls.env['account.account'].search([
            ('company_ids', 'in', cls.company.id), ('account_type', '=', 'expense'),
        ], limit=1)

    def _book_cash(self, amount=777_000):
        move = self.env['account.move'].with_user(self.accountant).create({
            'journal_id': self.cash_journal.id, 'line_ids': [
                Command.create({'account_id': self.cash.id, 'balance': -amount}),
                Command.create({'account_id': self.expense.id, 'balance': amount}),
            ],
        })
        move.action_post()
        return move

    def _oversee(self, record):
        return self.env['coop.oversight'].with_user(self.supervisor).search([
            ('res_model', '=', record._name), ('res_id', '=', record.id),
        ]).mapped('what')

    def _item(self, move, account=None):
        return move.line_ids.filtered(lambda line: line.account_id == (account or self.cash))

    def test_treasurer_deletes_no_entry_that_was_posted_once(self):
        move = self._book_cash()
        with self.assertRefused("never deleted"):
            move.with_context(force_delete=True).unlink()
        move.button_draft()
        self.assertEqual(self._oversee(move), ['reset'])
        for context in ({}, {'force_delete': True}):
            with self.subTest(context=context), self.assertRefused("never deleted|audit trail"):
                move.with_context(**context).unlink()
        move.button_cancel()
        self.assertEqual(move.state, 'cancel')
        self.assertEqual(self._oversee(move), ['reset'])

    def test_draft_that_was_never_posted_is_deleted(self):
        move = self.env['account.move'].with_user(self.accountant).create({'journal_id': self.cash_journal.id})
        move.unlink()
        self.assertFalse(move.exists())

    def test_treasurer_changes_no_amount_of_a_posted_entry_by_a_context(self):
        move = self._book_cash()
        item = self._item(move).with_context(check_move_validity=False)
        for vals in ({'credit': 1}, {'balance': -1}, {'amount_currency': -1}):
            with self.subTest(vals=vals), self.assertRefused("its amounts stay"):
                item.write(vals)
        with self.assertRefused("its amounts stay"):
            move.with_context(skip_readonly_check=True).line_ids = [
                Command.update(line.id, {'balance': line.balance / 777_000}) for line in move.line_ids
            ]
        with self.assertRefused("its amounts stay"):
            self._item(move, self.expense).with_context(force_delete=True, check_move_validity=False).unlink()
        self.assertEntry(move, [(self.cash, None, -777_000), (self.expense, None, 777_000)])

    def test_cash_leaves_no_posted_entry_for_another_account(self):
        move = self._book_cash()
        other = self.expense.copy({'code': '69999999'})
        with self.assertRefused("its amounts stay"):
            self._item(move).account_id = other
        with self.assertRefused("its amounts stay"):
            self._item(move, self.expense).account_id = self.cash
        self._item(move, self.expense).account_id = other
        self.assertEqual(sorted(move.line_ids.account_id.ids), sorted((self.cash | other).ids))

    def test_posted_entry_keeps_day_journal_and_number(self):
        move = self._book_cash().with_context(skip_readonly_check=True)
        for vals in ({'date': '2026-01-31'}, {'journal_id': self.bank_journal.id}, {'name': 'CSH1/2026/09999'}):
            with self.subTest(vals=vals), self.assertRefused("its day, journal and number stay"):
                move.write(vals)

    def test_statement_line_that_is_deleted_stays_as_cancelled_entry(self):
        line = self.env['account.bank.statement.line'].with_user(self.accountant).create({
            'journal_id': self.cash_journal.id, 'payment_ref': "Petrol", 'amount': -600_000,
        })
        move = line.move_id
        self.assertEqual(move.state, 'posted')
        with self.assertRefused("enter the right one"):
            line.amount = -100_000
        line.unlink()
        self.assertEqual(move.state, 'cancel')
        self.assertEqual(self._oversee(move), ['reset'])

    def test_payment_that_was_posted_is_cancelled_and_not_deleted(self):
        vendor = self.env['res.partner'].create({'name': "Toko Tani"})
        payment = self.env['account.payment'].with_user(self.accountant).create({
            'payment_type': 'outbound', 'partner_type': 'supplier', 'partner_id': vendor.id, 'amount': 4_000,
            'journal_id': self.cash_journal.id,
        })
        payment.action_post()
        move = payment.move_id
        with self.assertRefused("never deleted|audit trail"):
            payment.unlink()
        payment.action_draft()
        payment.action_cancel()
        self.assertEqual((payment.state, payment.move_id, move.state), ('canceled', move, 'cancel'))
        self.assertEqual(self._oversee(move), ['reset'])

    def test_audit_trail_of_a_cooperative_stays_on(self):
        self.assertTrue(self.company.restrictive_audit_trail)
        with self.assertRefused("audit trail", ValidationError):
            self.company.restrictive_audit_trail = False

    def test_company_without_members_works_as_any_other(self):
        company = self.env['res.company'].create({'name': "Toko"})
        self.env['account.chart.template'].try_loading('generic_coa', company, install_demo=False)
        self.assertTrue(company.coop_is_cooperative)
        self.assertFalse(company.restrictive_audit_trail)
        journal = self.env['account.journal'].search([
            ('company_id', '=', company.id), ('type', '=', 'general'),
        ], limit=1)
        first, second = self.env['account.account'].search([('company_ids', 'in', company.id)], limit=2)
        move = self.env['account.move'].create({
            'journal_id': journal.id, 'line_ids': [
                Command.create({'account_id': first.id, 'balance': -1_000}),
                Command.create({'account_id': second.id, 'balance': 1_000}),
            ],
        })
        move.action_post()
        move.button_draft()
        move.unlink()
        self.assertFalse(move.exists())
