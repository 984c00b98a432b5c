from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common import CoopCommon

MEMBERS = st.integers(0, 2)
AMOUNTS = st.integers(1, 60).map(lambda thousands: thousands * 1_000 + 45)
EVENTS = st.lists(st.one_of(
    st.tuples(st.just('invoice'), MEMBERS, AMOUNTS),
    st.tuples(st.just('claim'), MEMBERS, AMOUNTS),
    st.tuples(st.just('serve'), MEMBERS, st.integers(0, 63), st.booleans(), st.integers(1, 4)),
    st.tuples(st.just('serve'), MEMBERS, st.integers(0, 63), st.booleans(), st.integers(1, 4)),
    st.tuples(st.just('void'), st.integers(0, 9)),
), min_size=5, max_size=10)


@tagged('post_install', '-at_install')
class TestCounterDays(CoopCommon):
    """Days at the counter at random: receipts add up to the cash, and voids leave no trace in the balances."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_limit('set_off_consent', is_required=False)
        cls.today = fields.Date.context_today(cls.env.user)
        cls.members = [cls._create_member(name) for name in ("Siti", "Budi", "Endang")]
        cls.cash = cls.cash_journal.default_account_id
        cls.proceeds = cls._account('proceeds')
        cls.product = cls.env['product.product'].create({'name': "Fertiliser", 'taxes_id': False})

    @settings(
        max_examples=8, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck),
    )
    @given(EVENTS)
    def _check_days(self, events):
        with self.env.cr.savepoint() as savepoint:
            self.receipts = self.env['coop.counter.receipt']
            self.booked, start = {}, self._balance(self.cash)
            for name, *arguments in events:
                getattr(self, f'_do_{name}')(*arguments)
            self._assert_receipts_are_the_cash(start)
            self._assert_numbers_have_no_gap()
            self._assert_voids_leave_no_trace(start)
            savepoint.rollback()
        self.env.invalidate_all()

    def test_receipts_are_the_cash_and_voids_leave_no_trace(self):
        self._check_days()

    # === EVENTS === #

    def _do_invoice(self, member, amount):
        invoice = self.env['account.move'].create({
            'move_type': 'out_invoice', 'partner_id': self.members[member].partner_id.id, 'invoice_date': self.today,
            'invoice_date_due': self.today,
            'invoice_line_ids': [Command.create({'product_id': self.product.id, 'price_unit': amount, 'quantity': 1})],
        })
        invoice.action_post()
        self._note(invoice)

    def _do_claim(self, member, amount):
        """Owe a member the proceeds of a settlement, by the entry alone."""
        move = self.env['account.move'].create({
            'journal_id': self.company.coop_journal_id.id, 'date': self.today,
            'coop_source_model': 'coop.settlement', 'coop_source_id': 0,
            'line_ids': [
                Command.create({
                    'account_id': self.proceeds.id, 'partner_id': self.members[member].partner_id.id,
                    'balance': -amount,
                }),
                Command.create({'account_id': self._account('clearing').id, 'balance': amount}),
            ],
        })
        move.action_post()
        self._note(move)

    def _do_serve(self, member, choice, set_off, part):
        """Serve a member: each due thing or not, by the bits of ``choice``, in whole or in part."""
        receipt = self.env['coop.counter.receipt'].with_user(self.cashier).create({
            'membership_id': self.members[member].id, 'set_off': set_off, 'consent_signed': set_off,
        })
        receipt.action_refresh()
        for place, line in enumerate(receipt.line_ids):
            chosen = bool(choice >> place % 6 & 1)
            amount = line.amount_open // part or (5_000 if line.kind == 'savings' else 0)
            line.write({'chosen': chosen and amount > 0, 'amount': amount if chosen else 0})
        self.env.flush_all()
        try:
            with self.env.cr.savepoint():
                receipt.action_post()
        except UserError:
            self.env.invalidate_all()
            return  # refused: the invariants below say that nothing was half-done
        self.receipts |= receipt.with_env(self.env)

    def _do_void(self, place):
        if place < len(self.receipts) and self.receipts[place].state == 'posted':
            try:
                with self.env.cr.savepoint():
                    self.receipts[place].with_user(self.cashier)._cancel_with_reason("At random")
            except UserError:
                self.env.invalidate_all()

    # === INVARIANTS === #

    def _note(self, move):
        """Remember what was booked outside the counter."""
        for line in move.line_ids:
            key = line.account_id, line.partner_id
            self.booked[key] = self.booked.get(key, 0) + line.balance

    def _assert_receipts_are_the_cash(self, start):
        posted = self.receipts.filtered(lambda receipt: receipt.state == 'posted')
        self.assertEqual(sum(posted.mapped('amount_net')), self._balance(self.cash) - start)
        for receipt in self.receipts:
            moved = sum(
                receipt._get_entries().line_ids.filtered(lambda item: item.account_id == self.cash).mapped('balance'),
            )
            self.assertEqual(moved, receipt.amount_net if receipt.state == 'posted' else 0)
            self.assertEqual((receipt.amount_in % 100, receipt.amount_out % 100), (0, 0))

    def _assert_numbers_have_no_gap(self):
        numbers = sorted(int(receipt.name.rsplit('/', 1)[1]) for receipt in self.receipts)
        self.assertEqual(numbers, list(range(1, len(numbers) + 1)))

    def _assert_voids_leave_no_trace(self, start):
        """Make everything void, the last first: the books are as if the counter had been closed."""
        for receipt in self.receipts.sorted('id', reverse=True).filtered(lambda receipt: receipt.state == 'posted'):
            receipt.with_user(self.accountant)._cancel_with_reason("The day never was")
        self.assertEqual(self._balance(self.cash), start)
        for member in self.members:
            for account in (self.proceeds, member.partner_id.property_account_receivable_id):
                self.assertEqual(
                    self._balance(account, member.partner_id), self.booked.get((account, member.partner_id), 0),
                )
                items = self.env['account.move.line'].search([
                    ('account_id', '=', account.id), ('partner_id', '=', member.partner_id.id),
                    ('parent_state', '=', 'posted'),
                ])
                self.assertEqual(
                    sum(items.filtered('amount_residual').mapped('amount_residual')),
                    self.booked.get((account, member.partner_id), 0),
                )
                opened = items.filtered(lambda item: item.amount_residual)
                for receipt in self.receipts:
                    self.assertFalse(opened.move_id & receipt._get_entries())
            self.assertEqual(
                member._get_savings_balances()[member],
                {self.principal: 100_000, self.mandatory: 10_000, self.voluntary: 0},
            )
