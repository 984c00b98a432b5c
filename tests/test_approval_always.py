from odoo import Command
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_stockroom import StockroomCommon
from odoo.addons.producer_cooperative.tests.test_pool_money_correction import PoolMoneyCommon


@tagged('post_install', '-at_install')
class TestApprovalOfDueDates(PoolMoneyCommon):
    """Moved due dates stand in the list of approvals, and with the managers."""

    def setUp(self):
        super().setUp()
        season = self.env['coop.season'].create({'name': "Wet season", 'date_end': '2027-03-31'})
        self.invoices = self._invoiced(self._distributed(season_id=season.id)).invoice_ids
        self.change = self.env['coop.due.change'].with_user(self.officer).create({
            'season_id': season.id, 'date_due': '2027-08-31', 'reason': "Drought",
        })
        self.change.action_request()
        self.approval = self.change._get_waiting_approval()

    def test_managers_find_it_among_their_activities_and_approve_it_in_the_list(self):
        self.assertEqual((self.approval.kind, self.approval.state), ('due_change', 'waiting'))
        self.assertEqual(self.approval.activity_ids.user_id, self.manager)
        with self.assertRefused("You may not approve"):
            self.approval.with_user(self.accountant).action_approve()
        self.approval.with_user(self.manager).action_approve()
        self.assertEqual((self.change.state, self.change.approved_by_id), ('approved', self.manager))
        self.assertEqual({str(invoice.invoice_date_due) for invoice in self.invoices}, {'2027-08-31'})
        self.assertFalse(self.approval.activity_ids)

    def test_own_button_closes_what_waits(self):
        self.change.with_user(self.manager).action_approve()
        self.assertEqual((self.approval.state, self.approval.decided_by_id), ('approved', self.manager))
        self.assertFalse(self.approval.activity_ids)

    def test_refused_one_is_a_draft_again_and_can_be_asked_for_anew(self):
        self.approval.with_user(self.manager)._cancel_with_reason("Too late")
        self.assertEqual((self.approval.state, self.change.state), ('refused', 'draft'))
        self.change.action_request()
        self.assertEqual(self.change.approval_ids.mapped('state').count('waiting'), 1)

    def test_what_is_taken_back_waits_for_nobody(self):
        self.change.action_back_to_draft()
        self.assertEqual((self.approval.state, len(self.approval.activity_ids)), ('withdrawn', 0))


@tagged('post_install', '-at_install')
class TestApprovalOfGoods(StockroomCommon):
    """Write-offs, price reductions and purchases from members' stock stand in the list of approvals."""

    def _loss(self):
        self._bring(self.siti, 100)
        loss = self.env['coop.consignment.loss'].with_user(self.officer).create({
            'reason': "Mice", 'bearer': 'owner', 'line_ids': [Command.create({
                'product_id': self.rice.id, 'counted': 90,
            })],
        })
        loss.action_submit()
        return loss

    def test_write_off_is_approved_in_the_list(self):
        loss = self._loss()
        approval = loss._get_waiting_approval()
        self.assertLessEqual(self.manager | self.accountant, approval.activity_ids.user_id)
        self.assertNotIn(self.officer, approval.activity_ids.user_id)
        approval.with_user(self.accountant).action_approve()
        self.assertEqual((loss.state, loss.approved_by_id), ('done', self.accountant))

    def test_refused_write_off_is_open_again(self):
        loss = self._loss()
        loss._get_waiting_approval().with_user(self.manager)._cancel_with_reason("Count again")
        self.assertEqual(loss.state, 'draft')
        loss.action_submit()
        loss.with_user(self.manager).action_approve()
        self.assertEqual(sorted(loss.approval_ids.mapped('state')), ['approved', 'refused'])

    def test_price_reduction_is_asked_for_and_lowered_by_somebody_else(self):
        slip = self.env['coop.consignment'].create({
            'membership_id': self.siti.id,
            'line_ids': [Command.create({'product_id': self.rice.id, 'gross': 60, 'asking_price': 12_000})],
        })
        slip.action_confirm()
        slip.picking_ids.button_validate()
        reduction = self.env['coop.consignment.reduction'].with_user(self.officer).create({
            'membership_id': self.siti.id, 'consent_by': "Siti", 'consent_date': self.today, 'consent_kind': 'signed',
            'line_ids': [Command.create({'consignment_line_id': slip.line_ids.id, 'price': 10_000})],
        })
        self.assertEqual(reduction.approval_status, 'needed')
        reduction.action_ask_approval()
        approval = reduction._get_waiting_approval()
        with self.assertRefused("You wrote or changed .* yourself"):
            approval.with_user(self.officer).action_approve()
        reduction.line_ids.price = 9_000
        with self.assertRefused("was changed after the approval was asked for"):
            approval.with_user(self.manager).action_approve()
        reduction.action_ask_approval()
        reduction._get_waiting_approval().with_user(self.manager).action_approve()
        self.assertEqual((reduction.state, reduction.confirmed_by_id), ('confirmed', self.manager))
        self.assertEqual(slip.line_ids.price_now, 9_000)

    def test_purchase_is_asked_for_and_made_by_the_treasurer(self):
        self._bring(self.siti, 100)
        self.rice.action_create_coop_twin()
        buyout = self.env['coop.consignment.buyout'].with_user(self.officer).create({
            'membership_id': self.siti.id, 'agreed_by': "Siti", 'agreed_on': self.today, 'agreed_kind': 'signed',
            'line_ids': [Command.create({'product_id': self.rice.id, 'quantity': 10, 'price': 9})],
        })
        buyout.action_ask_approval()
        approval = buyout._get_waiting_approval()
        self.assertEqual((approval.kind, approval.amount), ('buyout', 90))
        with self.assertRefused("You may not approve"):
            approval.with_user(self.manager).action_approve()
        approval.with_user(self.accountant).action_approve()
        self.assertEqual((buyout.state, buyout.bill_id.amount_total), ('done', 90))
