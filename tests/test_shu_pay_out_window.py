from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_shu import ShuCommon


@tagged('post_install', '-at_install')
class TestShuPayOutWindow(ShuCommon):

    def test_window_that_is_confirmed_twice_writes_its_vouchers_once(self):
        self._create_rule(('reserve', 60), ('capital', 40))
        self._create_registered("Siti", '001', 300_000)
        allocation = self._post(1_000_000)
        wizard = self.env['coop.shu.pay.out'].with_user(self.accountant).create({'allocation_id': allocation.id})
        wizard.action_confirm()
        with self.assertRefused("This has been recorded already. To record something more, open the window anew"):
            wizard.action_confirm()
        self.assertEqual(allocation.member_line_ids.payout_line_ids.mapped('amount'), [400_000])

    def test_window_of_a_day_before_the_meeting_names_that_day(self):
        self._create_rule(('reserve', 60), ('capital', 40))
        self._create_registered("Siti", '001', 300_000)
        allocation = self._post(1_000_000)
        Wizard = self.env['coop.shu.pay.out'].with_user(self.accountant)
        with self.assertRefused("owed from 02/20/2025 on, the day of the members' meeting"):
            Wizard.create({'allocation_id': allocation.id, 'date': '2025-02-19'}).action_confirm()
        drafts = [('payable_line_id', 'in', allocation.member_line_ids.payable_line_id.ids)]
        self.assertFalse(self.env['coop.payout.line'].search(drafts))
        Wizard.create({'allocation_id': allocation.id, 'date': '2025-02-20'}).action_confirm()
        self.assertEqual(self.env['coop.payout.line'].search(drafts).mapped('amount'), [400_000])
