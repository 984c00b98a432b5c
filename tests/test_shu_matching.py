from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_shu import ShuCommon


@tagged('post_install', '-at_install')
class TestShuMatching(ShuCommon):
    """What members are owed counts as paid by what paid them: 300,000 to Siti, 100,000 to Budi."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_rule(('reserve', 60), ('capital', 40))
        cls.siti = cls._create_registered("Siti", '001', 300_000)
        cls.budi = cls._create_registered("Budi", '002', 100_000)
        cls.allocation = cls._post(1_000_000)
        cls.of_siti, cls.of_budi = cls.allocation.member_line_ids

    # === FIXTURES === #

    def _match(self, member_line, entry, partner=None):
        """Let the accountant match an entry's item on the members' payable with a member's SHU."""
        item = entry.line_ids.filtered(
            lambda line: line.account_id == self.payable and line.balance > 0
            and (not partner or line.partner_id == partner),
        )
        (member_line.payable_line_id | item).with_user(self.accountant).reconcile()

    def _register(self, member_line, **values):
        """Return Odoo's own payment screen for a member's SHU."""
        action = member_line.with_user(self.accountant).action_register_payment()
        return self.env['account.payment.register'].with_user(self.accountant).with_context(
            **action['context'],
        ).create({'journal_id': self.cash_journal.id, **values})

    def _assert_still_owed(self):
        self.assertEqual(self.allocation.member_line_ids.mapped('amount_residual'), [300_000, 100_000])
        self.assertEqual(self.allocation.state, 'posted')

    # === WHAT PAYS NOBODY === #

    def test_shu_is_not_written_off_by_an_entry(self):
        for account in (self.income, self.reserve, self.expense):
            entry = self._book('2025-03-01', [
                (self.payable, self.siti.partner_id, 300_000), (account, None, -300_000),
            ])
            with self.assertRefused("owed on .* is paid, and not written off. Pay it with a payout"):
                self._match(self.of_siti, entry)
        self._assert_still_owed()

    def test_part_of_the_shu_is_not_written_off_beside_a_payment(self):
        entry = self._book('2025-03-01', [
            (self.payable, self.siti.partner_id, 300_000), (self.cash, None, -299_999), (self.income, None, -1),
        ])
        with self.assertRefused("is paid, and not written off"):
            self._match(self.of_siti, entry)
        self._assert_still_owed()

    def test_shu_is_not_moved_to_another_member(self):
        entry = self._book('2025-03-01', [
            (self.payable, self.siti.partner_id, 300_000), (self.payable, self.budi.partner_id, -300_000),
        ])
        with self.assertRefused("is paid, and not written off"):
            self._match(self.of_siti, entry)
        self._assert_still_owed()

    def test_money_in_another_members_name_does_not_pay_the_shu(self):
        for partner, name in ((self.budi.partner_id, "Budi"), (None, "nobody")):
            entry = self._book('2025-03-01', [(self.payable, partner, 100_000), (self.cash, None, -100_000)])
            with self.assertRefused(f"in the name of {name}, and .* is owed to Siti"):
                self._match(self.of_siti, entry)
        self._assert_still_owed()

    def test_plain_reversal_of_the_meetings_entry_does_not_settle_it(self):
        reversal = self.allocation.meeting_move_ids.with_user(self.accountant)._reverse_moves()
        with self.assertRefused("is paid, and not written off"):
            reversal._post(soft=False)
        self._assert_still_owed()

    def test_entry_that_is_not_posted_pays_nothing(self):
        entry = self._book('2025-03-01', [(self.payable, self.siti.partner_id, 300_000), (self.cash, None, -300_000)])
        entry.button_draft()
        with self.assertRefused("is not posted and pays Siti nothing yet"):
            self._match(self.of_siti, entry)
        self._assert_still_owed()

    def test_entry_that_paid_is_not_turned_into_a_write_off(self):
        entry = self._book('2025-03-01', [(self.payable, self.siti.partner_id, 300_000), (self.cash, None, -300_000)])
        self._match(self.of_siti, entry)
        money = entry.line_ids.filtered(lambda line: line.account_id == self.cash).with_user(self.accountant)
        with self.assertRefused("is posted, and its amounts stay"):
            money.account_id = self.income
        entry.with_user(self.accountant).button_draft()
        money.account_id = self.income
        with self.assertRefused("is paid, and not written off"):
            entry.with_user(self.accountant)._post(soft=False)

    def test_settled_shu_of_a_payment_with_a_rest_in_income_is_refused(self):
        payment = self.env['account.payment'].create({
            'payment_type': 'outbound', 'partner_type': 'supplier', 'partner_id': self.siti.partner_id.id,
            'amount': 1_000, 'date': '2025-03-01', 'journal_id': self.cash_journal.id,
            'destination_account_id': self.payable.id, 'write_off_line_vals': [{
                'name': "Rest", 'account_id': self.income.id, 'partner_id': self.siti.partner_id.id,
                'balance': -299_000, 'amount_currency': -299_000, 'currency_id': self.company.currency_id.id,
            }],
        })
        payment.action_post()
        self.assertEqual(sum(payment.move_id.line_ids.mapped('debit')), 300_000)
        with self.assertRefused("is paid, and not written off"):
            self._match(self.of_siti, payment.move_id)
        self._assert_still_owed()

    # === WHAT PAYS === #

    def test_payment_of_the_accountants_own_pays_the_shu(self):
        payment = self.env['account.payment'].create({
            'payment_type': 'outbound', 'partner_type': 'supplier', 'partner_id': self.siti.partner_id.id,
            'amount': 300_000, 'date': '2025-03-01', 'journal_id': self.bank_journal.id,
            'destination_account_id': self.payable.id,
        })
        payment.action_post()
        self._match(self.of_siti, payment.move_id)
        self.assertEqual(self.of_siti.amount_residual, 0)

    def test_bank_statement_with_charges_pays_members_by_name(self):
        statement = self.env['account.bank.statement.line'].with_user(self.accountant).create({
            'journal_id': self.bank_journal.id, 'payment_ref': "SHU", 'amount': -402_500, 'date': '2025-03-01',
        })
        waiting = statement.move_id.line_ids.filtered(
            lambda item: item.account_id == self.bank_journal.suspense_account_id,
        )
        # As the bank's matching screen does it.
        statement.move_id.with_context(force_delete=True, skip_readonly_check=True).write({'line_ids': [
            Command.delete(waiting.id),
            *(Command.create({
                'account_id': account.id, 'partner_id': partner.id, 'balance': amount, 'name': "SHU",
            }) for account, partner, amount in (
                (self.payable, self.siti.partner_id, 300_000), (self.payable, self.budi.partner_id, 100_000),
                (self.expense, self.env['res.partner'], 2_500),
            )),
        ]})
        for line in self.allocation.member_line_ids:
            self._match(line, statement.move_id, line.partner_id)
        self.assertEqual(self.allocation.state, 'paid')

    def test_money_given_to_a_contact_of_the_member_pays_the_member(self):
        wife = self.env['res.partner'].create({'name': "Pak Siti", 'parent_id': self.siti.partner_id.id})
        entry = self._book('2025-03-01', [(self.payable, wife, 300_000), (self.cash, None, -300_000)])
        self._match(self.of_siti, entry)
        self.assertEqual(self.of_siti.amount_residual, 0)

    def test_money_in_another_currency_pays_the_shu(self):
        dollar = self.env.ref('base.USD')
        currency = self.company.currency_id
        dollar = dollar if dollar != currency else self.env.ref('base.EUR')
        dollar.active = True
        self.env['res.currency.rate'].create([
            {'currency_id': dollar.id, 'company_id': self.company.id, 'name': day, 'rate': rate}
            for day, rate in (('2025-01-01', 1 / 15_000), ('2025-03-01', 1 / 16_000))
        ])
        entry = self.env['account.move'].create({
            'journal_id': self.miscellaneous.id, 'date': fields.Date.to_date('2025-03-01'), 'line_ids': [
                Command.create({
                    'account_id': account.id, 'partner_id': self.siti.partner_id.id, 'currency_id': dollar.id,
                    'amount_currency': amount, 'balance': 16_000 * amount,
                }) for account, amount in ((self.payable, 20), (self.cash, -20))
            ],
        })
        entry._post(soft=False)
        # 20 dollars at 16,000 are 320,000: 300,000 are owed, 20,000 stay open
        self._match(self.of_siti, entry)
        self.assertEqual(self.of_siti.amount_residual, 0)

    def test_entry_that_paid_is_reversed_and_the_shu_owed_again(self):
        entry = self._book('2025-03-01', [(self.payable, self.siti.partner_id, 300_000), (self.cash, None, -300_000)])
        self._match(self.of_siti, entry)
        self.assertEqual(self.of_siti.amount_residual, 0)
        entry.with_user(self.accountant)._reverse_moves(cancel=True)
        self._assert_still_owed()

    # === ODOO'S PAYMENT SCREEN === #

    def test_payment_screen_pays_nothing_before_it_was_owed(self):
        with self.assertRefused("of Siti is dated 02/20/2025; the payment cannot be dated before it"):
            self._register(self.of_siti, payment_date='2024-03-02')._create_payments()
        self._assert_still_owed()
        self._register(self.of_siti, payment_date='2025-02-20')._create_payments()
        self.assertEqual(self.of_siti.amount_residual, 0)
