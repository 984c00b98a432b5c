from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.producer_cooperative.tests.common_committed import CommittedCommon


@tagged('post_install', '-at_install', '-standard', 'committed')
class TestTwoAtOneDrawer(CommittedCommon):
    """Two people at one drawer, on connections of their own."""
    cooperative = "Koperasi Satu Laci"

    @classmethod
    def _prepare(cls, env):
        cls.member_id = cls._create_member(env, 'L001')
        cash = env['account.journal'].search([('type', '=', 'cash'), ('company_id', '=', cls.company_id)], limit=1)
        cls.cash_id, cls.account_id = cash.id, cash.default_account_id.id
        cls.user_ids = {}
        for login, group in (
            ('giver', 'cashier'), ('receiver', 'cashier'), ('chair', 'manager'), ('board', 'manager'),
            ('watcher', 'supervisor'),
        ):
            cls.user_ids[login] = env['res.users'].with_context(no_reset_password=True).create({
                'name': login, 'login': f'satu_laci_{login}', 'company_id': cls.company_id,
                'company_ids': [Command.set([cls.company_id])],
                'group_ids': [Command.set(env.ref(f'producer_cooperative.group_coop_{group}').ids)],
            }).id
        cash.coop_cashier_ids = [Command.set([cls.user_ids['giver'], cls.user_ids['receiver']])]

    def _env_of(self, env, login):
        return env(user=self.user_ids[login], su=False)

    def _create_handover(self, env, giver, receiver):
        expected = env['account.journal'].browse(self.cash_id)._coop_get_cash_balance()
        return self._env_of(env, giver)['coop.cash.handover'].create({
            'journal_id': self.cash_id, 'from_user_id': self.user_ids[giver], 'to_user_id': self.user_ids[receiver],
            'note_ids': [Command.create({'value': 100, 'quantity': int(expected // 100)})],
        })

    def _create_deposit(self, env, login):
        return self._env_of(env, login)['coop.savings.voucher'].create({
            'journal_id': self.cash_id, 'line_ids': [Command.create({
                'membership_id': self.member_id, 'type_id': self.voluntary_id, 'amount': 10_000,
            })],
        })

    def _let_giver_hold(self):
        with self._treasurer() as env:
            if env['account.journal'].browse(self.cash_id)._coop_get_holder().id != self.user_ids['giver']:
                handover = self._create_handover(env, 'receiver', 'giver')
                handover.action_hand_over()
                handover.with_user(self.user_ids['giver']).action_receive()

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_difference_is_booked_once_when_two_approve_it_at_once(self):
        with self._treasurer() as env:
            count = env['coop.cash.count'].create({'journal_id': self.cash_id, 'note_ids': [
                Command.create({'value': 500, 'quantity': 7}),
            ]})
            count.action_sign()
            count.with_user(self.user_ids['watcher']).action_witness()
            count_id = count.id
        with self._treasurer() as here, self._treasurer() as there:
            self.assertEqual(there['coop.cash.count'].browse(count_id).state, 'witnessed')
            self._call(self._env_of(here, 'chair'), 'coop.cash.count', count_id, 'action_give_approval')
            here.cr.commit()
            with self.assertRaises(UserError):
                self._call(self._env_of(there, 'board'), 'coop.cash.count', count_id, 'action_give_approval')
            there.cr.rollback()
        with self._treasurer() as env:
            moves = env['account.move'].search([
                ('coop_source_model', '=', 'coop.cash.count'), ('coop_source_id', '=', count_id),
            ])
            self.assertEqual(len(moves), 1)

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_nothing_is_booked_behind_a_hand_over(self):
        self._let_giver_hold()
        with self._treasurer() as env:
            voucher_id = self._create_deposit(env, 'giver').id
            handover_id = self._create_handover(env, 'giver', 'receiver').id
        with self._treasurer() as here, self._treasurer() as there:
            self._call(self._env_of(here, 'giver'), 'coop.cash.handover', handover_id, 'action_hand_over')
            here.cr.commit()
            with self.assertRaisesRegex(UserError, "Nothing is booked on it"):
                self._call(self._env_of(there, 'giver'), 'coop.savings.voucher', voucher_id, 'action_post')
            there.cr.rollback()
        with self._treasurer() as here, self._treasurer() as there:
            self._call(self._env_of(here, 'receiver'), 'coop.cash.handover', handover_id, 'action_receive')
            here.cr.commit()
            with self.assertRaisesRegex(UserError, "holds the drawer"):
                self._call(self._env_of(there, 'giver'), 'coop.savings.voucher', voucher_id, 'action_post')
            there.cr.rollback()

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_what_is_booked_first_is_counted_in_the_hand_over(self):
        self._let_giver_hold()
        with self._treasurer() as env:
            voucher_id = self._create_deposit(env, 'giver').id
            handover_id = self._create_handover(env, 'giver', 'receiver').id
        with self._treasurer() as here, self._treasurer() as there:
            self._call(self._env_of(here, 'giver'), 'coop.savings.voucher', voucher_id, 'action_post')
            here.cr.commit()
            # The other window was opened before: what it hands over is compared with the books as they are now.
            self._call(self._env_of(there, 'giver'), 'coop.cash.handover', handover_id, 'action_hand_over')
            there.cr.commit()
        with self._treasurer() as env:
            handover = env['coop.cash.handover'].browse(handover_id)
            self.assertEqual(handover.difference, -10_000)
            handover.with_user(self.user_ids['giver']).action_take_back()
