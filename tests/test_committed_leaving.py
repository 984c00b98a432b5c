from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.producer_cooperative.tests.common_committed import CommittedCommon


@tagged('post_install', '-at_install', '-standard', 'committed')
class TestTwoAtOneLeaving(CommittedCommon):
    """Two people at the leaving of one member."""
    cooperative = "Koperasi Dua Pengurus"

    def _prepare_leaving(self, number, saved=100_000, approve=True):
        """Return the ids of a member with voluntary savings and of the leaving."""
        with self._treasurer() as env:
            member_id = self._create_member(env, number)
        self._create_voucher_of(member_id, 'in', saved, post=True)
        with self._treasurer() as env:
            leaving = env['coop.leaving'].create({'membership_id': member_id, 'reason': 'resigned'})
            if approve:
                leaving.action_approve()
            return member_id, leaving.id

    def _owed(self, leaving_id):
        with self._treasurer() as env:
            leaving = env['coop.leaving'].browse(leaving_id)
            return leaving.amount_open, len(leaving._get_entries())

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_one_leaving_is_not_booked_twice(self):
        member_id, leaving_id = self._prepare_leaving('L001')
        with self._treasurer() as env_1, self._treasurer() as env_2:
            self._call(env_1, 'coop.leaving', leaving_id, 'action_post')
            env_1.cr.commit()
            with self.assertRaisesRegex(UserError, "is Posted"):
                self._call(env_2, 'coop.leaving', leaving_id, 'action_post')
        self.assertEqual(self._owed(leaving_id), (100_000, 1))
        self.assertEqual(self._balance_of(member_id), 0)

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_one_leaving_is_not_approved_twice(self):
        __, leaving_id = self._prepare_leaving('L002', approve=False)
        with self._treasurer() as env_1, self._treasurer() as env_2:
            self._call(env_1, 'coop.leaving', leaving_id, 'action_approve')
            env_1.cr.commit()
            with self.assertRaisesRegex(UserError, "is Approved"):
                self._call(env_2, 'coop.leaving', leaving_id, 'action_approve')

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_what_is_withdrawn_at_the_same_time_is_not_returned_again(self):
        member_id, leaving_id = self._prepare_leaving('L003', approve=False)
        voucher_id = self._create_voucher_of(member_id, 'out', 60_000)
        with self._treasurer() as env_1, self._treasurer() as env_2:
            self._call(env_1, 'coop.savings.voucher', voucher_id, 'action_post')
            env_1.cr.commit()
            self._call(env_2, 'coop.leaving', leaving_id, 'action_approve')
            env_2.cr.commit()
            self._call(env_2, 'coop.leaving', leaving_id, 'action_post')
            env_2.cr.commit()
        self.assertEqual(self._owed(leaving_id), (40_000, 1))
        self.assertEqual(self._balance_of(member_id), 0)

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_what_is_returned_is_not_withdrawn_at_the_same_time(self):
        member_id, leaving_id = self._prepare_leaving('L004')
        voucher_id = self._create_voucher_of(member_id, 'out', 60_000)
        with self._treasurer() as env_1, self._treasurer() as env_2:
            self._call(env_1, 'coop.leaving', leaving_id, 'action_post')
            env_1.cr.commit()
            with self.assertRaisesRegex(UserError, "Ask the treasurer to book there what came since"):
                self._call(env_2, 'coop.savings.voucher', voucher_id, 'action_post')
        self.assertEqual((self._owed(leaving_id), self._balance_of(member_id)), ((100_000, 1), 0))

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_one_leaving_is_not_paid_twice(self):
        __, leaving_id = self._prepare_leaving('L005')
        with self._treasurer() as env:
            env['coop.leaving'].browse(leaving_id).action_post()
        wizard_ids = [self._open_payment(leaving_id) for _treasurer in range(2)]
        with self._treasurer() as env_1, self._treasurer() as env_2:
            self._call(env_1, 'account.payment.register', wizard_ids[0], 'action_create_payments')
            env_1.cr.commit()
            with self.assertRaisesRegex(UserError, "paid in the meantime"):
                self._call(env_2, 'account.payment.register', wizard_ids[1], 'action_create_payments')
        self.assertEqual(self._owed(leaving_id), (0, 1))

    def _open_payment(self, leaving_id):
        with self._treasurer() as env:
            action = env['coop.leaving'].browse(leaving_id).action_register_payment()
            journal = env['account.journal'].search([
                ('type', '=', 'cash'), ('company_id', '=', self.company_id),
            ], limit=1)
            return env[action['res_model']].with_context(**action['context']).create({'journal_id': journal.id}).id
