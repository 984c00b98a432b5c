from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.producer_cooperative.tests.common_committed import CommittedCommon


@tagged('post_install', '-at_install', '-standard', 'committed')
class TestTwoTreasurersAndOnePayable(CommittedCommon):
    """Two treasurers with payouts of the same bill."""
    cooperative = "Koperasi Bayar Sekali"

    @classmethod
    def _prepare(cls, env):
        """Owe a member Rp 9,000, and write two payouts of it."""
        company = env['res.company'].browse(cls.company_id)
        member = env['coop.membership'].browse(cls._create_member(env, '00001'))
        cash = env['account.journal'].search([('type', '=', 'cash'), ('company_id', '=', company.id)], limit=1)
        cls.proceeds_id = company._get_coop_account('proceeds').id
        cls.partner_id = member.partner_id.id
        move = env['account.move'].create({
            'journal_id': company.coop_journal_id.id, 'date': fields.Date.today(),
            'coop_source_model': 'coop.settlement', 'coop_source_id': 0,
            'line_ids': [
                (0, 0, {'account_id': account_id, 'partner_id': cls.partner_id, 'balance': balance})
                for account_id, balance in ((cls.proceeds_id, -9_000), (cash.default_account_id.id, 9_000))
            ],
        })
        move.action_post()
        cls.payout_ids = []
        for _number in range(2):
            payout = env['coop.payout'].create({'journal_id': cash.id, 'membership_ids': member.ids})
            payout.action_fill()
            cls.payout_ids.append(payout.id)

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_two_treasurers_pay_a_member_once(self):
        first, second = self.payout_ids
        with self._treasurer() as here, self._treasurer() as there:
            # Both see the bill open; one posts and commits, then the other, whose view is from before.
            self.assertEqual(there['coop.payout'].browse(second).line_ids.amount_open, 9_000)
            self._call(here, 'coop.payout', first, 'action_post')
            here.cr.commit()
            with self.assertRaisesRegex(UserError, "is owed nothing"):
                self._call(there, 'coop.payout', second, 'action_post')
            there.cr.rollback()
        with self._treasurer() as env:
            payouts = env['coop.payout'].browse(self.payout_ids)
            self.assertEqual(payouts.mapped('state'), ['posted', 'draft'])
            items = env['account.move.line'].search([
                ('account_id', '=', self.proceeds_id), ('partner_id', '=', self.partner_id),
            ])
            self.assertEqual(sum(items.mapped('balance')), 0)
