from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common import CoopCommon

AMOUNTS = st.integers(1, 50).map(lambda thousands: thousands * 1_000)
EVENTS = st.lists(st.one_of(
    st.tuples(st.just('deposit'), st.integers(0, 2), st.integers(0, 2), AMOUNTS),
    st.tuples(st.just('withdraw'), st.integers(0, 2), st.integers(0, 2), AMOUNTS),
    st.tuples(st.just('cancel'), st.integers(0, 20)),
    st.tuples(st.just('own_entry'), st.integers(0, 2), st.integers(0, 2), AMOUNTS),
    st.tuples(st.just('reverse_own_entry'), st.integers(0, 20)),
    st.tuples(st.just('transfer'), st.integers(0, 2), st.integers(0, 2), st.integers(0, 2), AMOUNTS),
    st.tuples(st.just('opening'), st.integers(0, 2), st.integers(0, 2), AMOUNTS, st.sampled_from(
        ('earnings', 'unowned'),
    )),
    st.tuples(st.just('unowned_entry'), st.integers(0, 2), AMOUNTS),
    st.tuples(st.just('import'), st.integers(0, 2), AMOUNTS),
    st.tuples(st.just('leave'), st.integers(0, 2)),
), min_size=4, max_size=14)


@tagged('post_install', '-at_install')
class TestSavingsHistories(CoopCommon):
    """Whatever happens to the savings: the members together, and what belongs to none, are what the ledger shows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.members = [cls._create_member(name) for name in ("Siti", "Budi", "Endang")]
        cls.contact = cls.env['res.partner'].create({'name': "Anak Budi", 'parent_id': cls.members[1].partner_id.id})
        cls.types = (cls.principal, cls.mandatory, cls.voluntary)

    @settings(
        max_examples=20, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(EVENTS)
    def _check_history(self, events):
        with self.env.cr.savepoint() as savepoint:
            self.vouchers, self.entries = [], []
            for name, *arguments in events:
                try:
                    with self.env.cr.savepoint():
                        getattr(self, f'_do_{name}')(*arguments)
                except UserError:
                    continue  # refused: the invariants below say that nothing was half-done
            self._assert_members_own_the_ledger()
            savepoint.rollback()
        self.env.invalidate_all()

    def test_members_together_own_what_the_ledger_shows(self):
        self._check_history()

    def _do_deposit(self, member, savings_type, amount):
        self.vouchers.append(self._save(self.members[member], {self.types[savings_type]: amount}))

    def _do_withdraw(self, member, savings_type, amount):
        self.vouchers.append(self._save(self.members[member], {self.types[savings_type]: amount}, direction='out'))

    def _do_cancel(self, index):
        if self.vouchers:
            self.vouchers[index % len(self.vouchers)]._cancel_with_reason("Random")

    def _do_own_entry(self, member, savings_type, amount):
        partner = self.contact if member == 1 else self.members[member].partner_id
        entry = self.env['account.move'].create({
            'move_type': 'entry', 'journal_id': self.company.coop_journal_id.id, 'date': '2026-03-01',
            'line_ids': [
                (0, 0, {'account_id': self.cash_journal.default_account_id.id, 'balance': amount}),
                (0, 0, {
                    'account_id': self.types[savings_type].account_id.id, 'partner_id': partner.id, 'balance': -amount,
                }),
            ],
        })
        entry.action_post()
        self.entries.append(entry)

    def _do_reverse_own_entry(self, index):
        if self.entries:
            self.entries.pop(index % len(self.entries))._reverse_moves(cancel=True)

    def _do_transfer(self, member, savings_type, into, amount):
        self._post('transfer', member, savings_type, amount, to_type_id=self.types[into].id)

    def _do_opening(self, member, savings_type, amount, counterpart):
        self._post('opening', member, savings_type, amount, voucher={'counterpart': counterpart})

    def _do_unowned_entry(self, savings_type, amount):
        """An accountant books savings and names no member."""
        entry = self.env['account.move'].create({
            'move_type': 'entry', 'journal_id': self.company.coop_journal_id.id, 'date': '2026-03-01',
            'line_ids': [
                (0, 0, {'account_id': self.cash_journal.default_account_id.id, 'balance': amount}),
                (0, 0, {'account_id': self.types[savings_type].account_id.id, 'balance': -amount}),
            ],
        })
        entry.action_post()
        self.entries.append(entry)

    def _do_import(self, member, amount):
        """Opening capital comes in by Odoo's own import and is posted."""
        result = self.env['coop.savings.voucher'].load(
            ['direction', 'line_ids/membership_id/.id', 'line_ids/type_id/.id', 'line_ids/amount'],
            [['Opening Balance', str(self.members[member].id), str(self.voluntary.id), str(amount)]],
        )
        voucher = self.env['coop.savings.voucher'].browse(result['ids'])
        voucher.action_post()
        self.vouchers.append(voucher)

    def _do_leave(self, member):
        """A member leaves: the savings become what the cooperative owes a former member."""
        leaving = self.env['coop.leaving'].create({
            'membership_id': self.members[member].id, 'reason': 'moved', 'date': '2026-04-01',
        })
        leaving.with_user(self.manager).action_approve()
        leaving.with_user(self.accountant).action_post()

    def _post(self, direction, member, savings_type, amount, voucher=None, **line):
        posted = self.env['coop.savings.voucher'].create({
            'direction': direction, 'date': '2026-03-05', **(voucher or {}), 'line_ids': [(0, 0, {
                'membership_id': self.members[member].id, 'type_id': self.types[savings_type].id, 'amount': amount,
                **line,
            })],
        })
        posted.action_post()
        self.vouchers.append(posted)

    def _assert_members_own_the_ledger(self):
        members = self.env['coop.membership'].union(*self.members)
        unowned = self.env['coop.savings.type'].union(*self.types)._get_unowned_balances()
        balances = members._get_savings_balances()
        for savings_type in self.types:
            owned = [balances[member][savings_type] for member in members]
            owned.append(unowned.get(savings_type, 0.0))
            self.assertEqual(sum(owned), -self._balance(savings_type.account_id), savings_type.name)
            savings_type.invalidate_recordset(['balance'])
            self.assertEqual(sum(owned), savings_type.balance, savings_type.name)
        for entry in self.env['coop.savings.voucher'].union(*self.vouchers).move_id:
            self.assertEqual(sum(entry.line_ids.mapped('balance')), 0)
