from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.producer_cooperative.tests.common_committed import CommittedCommon


@tagged('post_install', '-at_install', '-standard', 'committed')
class TestTwoTreasurers(CommittedCommon):
    """Two treasurers at the savings of one member."""

    @classmethod
    def _prepare(cls, env):
        cls.member_id = cls._create_member(env, 'K001')

    def _create_voucher(self, direction, amount, post=False):
        return self._create_voucher_of(self.member_id, direction, amount, post)

    def _balance(self):
        return self._balance_of(self.member_id)

    def _post(self, env, voucher_id):
        """Post as a request does: Odoo repeats it when another transaction was in the way."""
        return retrying(env['coop.savings.voucher'].browse(voucher_id).action_post, env)

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_one_balance_is_not_withdrawn_twice(self):
        before = self._balance()
        self._create_voucher('in', 100_000, post=True)
        first, second = (self._create_voucher('out', before + 100_000) for _treasurer in range(2))
        with self._treasurer() as env_1, self._treasurer() as env_2:
            self._post(env_1, first)
            with self.assertRaisesRegex(UserError, "more than that cannot be taken out"):
                self._post(env_2, second)
        self.assertEqual(self._balance(), 0)

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_one_balance_is_not_withdrawn_and_transferred(self):
        before = self._balance()
        self._create_voucher('in', 100_000, post=True)
        payout = self._create_voucher('out', before + 100_000)
        with self._treasurer() as env:
            mandatory = env['coop.savings.type'].search([
                ('kind', '=', 'mandatory'), ('company_id', '=', self.company_id),
            ])
            transfer = env['coop.savings.voucher'].create({'direction': 'transfer', 'line_ids': [Command.create({
                'membership_id': self.member_id, 'type_id': self.voluntary_id, 'to_type_id': mandatory.id, 'amount': 1,
            })]}).id
        with self._treasurer() as env_1, self._treasurer() as env_2:
            self._post(env_1, payout)
            with self.assertRaisesRegex(UserError, "more than that cannot be taken out"):
                self._post(env_2, transfer)
        self.assertEqual(self._balance(), 0)

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_one_deposit_is_not_withdrawn_and_cancelled(self):
        before = self._balance()
        deposit = self._create_voucher('in', 40_000, post=True)
        payout = self._create_voucher('out', before + 40_000)
        with self._treasurer() as env_1, self._treasurer() as env_2:
            self._post(env_1, payout)
            voucher = env_2['coop.savings.voucher'].browse(deposit)
            with self.assertRaisesRegex(UserError, "cancel that payout first"):
                retrying(lambda: voucher._cancel_with_reason("x"), env_2)
            env_2.cr.rollback()  # as a request that ends in an error does
        self.assertEqual(self._balance(), 0)

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_one_voucher_is_not_posted_twice(self):
        before = self._balance()
        voucher_id = self._create_voucher('in', 25_000)
        with self._treasurer() as env_1, self._treasurer() as env_2:
            self._post(env_1, voucher_id)
            with self.assertRaisesRegex(UserError, "is Posted"):
                self._post(env_2, voucher_id)
        self.assertEqual(self._balance(), before + 25_000)
        with self._treasurer() as env:
            self.assertEqual(env['account.move'].search_count([
                ('coop_source_model', '=', 'coop.savings.voucher'), ('coop_source_id', '=', voucher_id),
            ]), 1)

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_savings_without_a_member_are_not_given_out_twice(self):
        with self._treasurer() as env:
            other_id = self._create_member(env, 'K002', name="Budi")
            savings = env['coop.savings.type'].browse(self.voluntary_id).account_id
            env['account.move'].create({
                'journal_id': env.company.coop_journal_id.id, 'line_ids': [
                    Command.create({
                        'account_id': env.company.sudo().get_unaffected_earnings_account().id, 'balance': 90_000,
                    }),
                    Command.create({'account_id': savings.id, 'balance': -90_000}),
                ],
            }).action_post()
            # Of two years: neither the number nor a member makes one of them wait for the other.
            first, second = env['coop.savings.voucher'].create([{
                'direction': 'opening', 'counterpart': 'unowned', 'date': date, 'line_ids': [Command.create({
                    'membership_id': member_id, 'type_id': self.voluntary_id, 'amount': 90_000,
                })],
            } for date, member_id in (('2025-12-31', self.member_id), ('2024-12-31', other_id))]).ids
        with self._treasurer() as env_1, self._treasurer() as env_2:
            self._post(env_1, first)
            with self.assertRaisesRegex(UserError, "stands in the books without a member"):
                self._post(env_2, second)
        self.assertEqual(self._balance_of(other_id), 0)

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_receipts_of_two_treasurers_are_numbered_without_a_gap(self):
        first, second = (self._create_voucher('in', 5_000) for _treasurer in range(2))
        with self._treasurer() as env_1, self._treasurer() as env_2:
            env_1['coop.savings.voucher'].browse(first).action_post()
            env_1.cr.rollback()
            self._post(env_2, second)
        with self._treasurer() as env:
            numbers = env['coop.savings.voucher'].search([
                ('direction', '=', 'in'), ('state', '=', 'posted'), ('company_id', '=', self.company_id),
            ]).mapped(lambda voucher: int(voucher.name.rsplit('/', 1)[1]))
        self.assertEqual(sorted(numbers), list(range(1, len(numbers) + 1)))
