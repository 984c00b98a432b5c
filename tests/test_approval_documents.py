from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.models.coop_approval import ACTIVITY
from odoo.addons.producer_cooperative.tests.common_control import ControlCommon


@tagged('post_install', '-at_install')
class TestApprovalOfWithdrawals(ControlCommon):
    """Above Rp 5,000,000 two people are needed: one writes, another one posts or approves."""

    def _approval(self, voucher):
        return voucher.sudo().approval_ids.filtered(lambda approval: approval.state == 'waiting')

    def _users_told(self, approval):
        return approval.activity_search([ACTIVITY]).user_id

    # === ONE WRITES, ANOTHER POSTS === #

    def test_cashier_pays_out_alone_up_to_the_limit(self):
        voucher = self._withdraw(5_000_000, self.cashier)
        voucher.action_post()
        self.assertEqual(voucher.state, 'posted')
        self.assertTrue(voucher.posted_alone)
        self.assertEntry(voucher.sudo().move_id, [
            (self.cash, self.siti.partner_id, -5_000_000),
            (self.voluntary.account_id, self.siti.partner_id, 5_000_000),
        ])

    def test_who_wrote_a_large_withdrawal_does_not_post_it(self):
        voucher = self._withdraw(5_000_100, self.cashier)
        self.assertEqual(voucher.approval_status, 'needed')
        with self.assertRefused("You wrote .*Siti yourself. Above .*5,000,000.*two people are needed.*accountant"):
            voucher.action_post()
        self.assertFalse(voucher.sudo().move_id)

    def test_somebody_else_posts_what_was_written(self):
        voucher = self._withdraw(9_000_000, self.officer)
        voucher.with_user(self.cashier).action_post()
        self.assertEqual((voucher.state, voucher.posted_alone), ('posted', False))

    def test_who_changes_an_amount_has_written_the_voucher(self):
        voucher = self._withdraw(9_000_000, self.officer)
        voucher.line_ids.with_user(self.accountant).amount = 9_500_000
        self.assertEqual(voucher.sudo().prepared_by_ids, self.officer | self.accountant)
        with self.assertRefused("two people are needed"):
            voucher.with_user(self.accountant).action_post()
        voucher.with_user(self.other_accountant).action_post()
        self.assertEqual(voucher.state, 'posted')

    def test_who_adds_or_deletes_a_line_has_written_the_voucher(self):
        voucher = self._withdraw(9_000_000, self.officer)
        line = self.env['coop.savings.voucher.line'].with_user(self.accountant).create({
            'voucher_id': voucher.id, 'membership_id': self.budi.id, 'type_id': self.voluntary.id, 'amount': 100,
        })
        self.assertIn(self.accountant, voucher.sudo().prepared_by_ids)
        line.with_user(self.other_accountant).unlink()
        self.assertIn(self.other_accountant, voucher.sudo().prepared_by_ids)

    def test_day_cash_box_and_remark_are_for_whoever_pays(self):
        voucher = self._withdraw(9_000_000, self.officer)
        voucher.with_user(self.accountant).write({'note': "Wedding", 'journal_id': self.bank_journal.id})
        voucher.with_user(self.accountant).action_post()
        self.assertEqual(voucher.state, 'posted')

    def test_large_withdrawal_is_not_made_small_by_several_slips(self):
        for amount in (3_000_000, 2_000_000):
            self._withdraw(amount, self.cashier).action_post()
        third = self._withdraw(100_000, self.cashier)
        with self.assertRefused("two people are needed"):
            third.action_post()
        third.with_user(self.accountant).action_post()
        self.assertEqual(third.state, 'posted')
        other = self._withdraw(100_000, self.cashier, member=self.budi)
        other.action_post()  # another member's savings
        self.assertEqual(other.state, 'posted')

    def test_earlier_date_on_the_paper_does_not_go_around_a_new_limit(self):
        self._set_limit('withdrawal', 1_000_000)
        yesterday = fields.Date.subtract(self.today, days=1)
        voucher = self._withdraw(2_000_000, self.accountant, date=yesterday)
        with self.assertRefused("Above .*1,000,000"):
            voucher.action_post()

    def test_deposits_and_transfers_need_nobody_else(self):
        voucher = self.env['coop.savings.voucher'].with_user(self.cashier).create({
            'direction': 'in', 'journal_id': self.cash_journal.id, 'date': self.today, 'line_ids': [Command.create({
                'membership_id': self.siti.id, 'type_id': self.voluntary.id, 'amount': 90_000_000,
            })],
        })
        voucher.action_post()
        self.assertEqual((voucher.state, voucher.posted_alone), ('posted', False))
        with self.assertRefused("needs nobody's approval"):
            voucher.action_ask_approval()

    # === APPROVALS === #

    def test_asking_gives_an_activity_to_everybody_who_may_approve(self):
        voucher = self._withdraw(9_000_000, self.cashier)
        voucher.action_ask_approval()
        approval = self._approval(voucher)
        self.assertEqual(voucher.approval_status, 'waiting')
        self.assertRecordValues(approval, [{
            'kind': 'withdrawal', 'amount': 9_000_000, 'asked_by_id': self.cashier.id, 'state': 'waiting',
            'prepared_by_ids': self.cashier.ids, 'limit_id': self.company._coop_get_approval_limit('withdrawal').id,
        }])
        told = self._users_told(approval)
        for user in (self.manager, self.other_manager, self.accountant, self.other_accountant):
            self.assertIn(user, told)
        for user in (self.cashier, self.officer, self.supervisor, self.warehouse_user):
            self.assertNotIn(user, told)

    def test_approved_withdrawal_is_posted_by_who_wrote_it(self):
        voucher = self._withdraw(9_000_000, self.cashier)
        voucher.action_ask_approval()
        approval = self._approval(voucher)
        approval.with_user(self.manager).action_approve()
        self.assertEqual((approval.state, approval.decided_by_id), ('approved', self.manager))
        self.assertFalse(self._users_told(approval))
        voucher.action_post()
        self.assertEqual((voucher.state, voucher.posted_alone), ('posted', False))

    def test_change_after_the_approval_needs_another_one(self):
        voucher = self._withdraw(9_000_000, self.cashier)
        voucher.action_ask_approval()
        voucher.with_user(self.manager).action_give_approval()
        voucher.line_ids.amount = 9_900_000
        self.assertEqual(voucher.approval_status, 'needed')
        with self.assertRefused("two people are needed"):
            voucher.action_post()

    def test_change_while_waiting_is_not_approved_unseen(self):
        voucher = self._withdraw(9_000_000, self.cashier)
        voucher.action_ask_approval()
        voucher.line_ids.amount = 19_000_000
        approval = self._approval(voucher)
        self.assertTrue(approval.is_changed)
        with self.assertRefused("was changed after the approval was asked for"):
            approval.with_user(self.manager).action_approve()
        voucher.action_ask_approval()
        self.assertEqual(approval.state, 'withdrawn')
        voucher.with_user(self.manager).action_give_approval()
        voucher.action_post()
        self.assertEqual(voucher.state, 'posted')

    def test_approval_counts_no_more_once_the_approver_writes(self):
        voucher = self._withdraw(9_000_000, self.cashier)
        voucher.action_ask_approval()
        voucher.with_user(self.manager).action_give_approval()
        line = voucher.line_ids.with_user(self.manager)
        line.amount = 9_500_000
        line.amount = 9_000_000  # as it was, by the approver's hand
        with self.assertRefused("two people are needed"):
            voucher.action_post()

    def test_nobody_without_the_role_approves(self):
        voucher = self._withdraw(9_000_000, self.cashier)
        voucher.action_ask_approval()
        for user in (self.officer, self.other_cashier, self.supervisor, self.cashier):
            approval = self._approval(voucher).with_user(user)
            self.assertFalse(approval.may_decide)
            with self.subTest(user=user.login), self.assertRaises(UserError):
                approval.action_approve()
        self.assertEqual(self._approval(voucher).state, 'waiting')
        self.assertTrue(self._approval(voucher).with_user(self.manager).may_decide)

    def test_nobody_approves_an_own_withdrawal(self):
        self.manager.partner_id = self.siti.partner_id
        voucher = self._withdraw(9_000_000, self.cashier)
        voucher.action_ask_approval()
        with self.assertRefused("is about you yourself"):
            voucher.with_user(self.manager).action_give_approval()
        voucher.with_user(self.other_manager).action_give_approval()
        self.assertEqual(voucher.approval_status, 'approved')

    def test_posting_by_somebody_else_closes_what_waits(self):
        voucher = self._withdraw(9_000_000, self.cashier)
        voucher.action_ask_approval()
        approval = self._approval(voucher)
        voucher.with_user(self.accountant).action_post()
        self.assertEqual((approval.state, approval.decided_by_id), ('approved', self.accountant))
        self.assertFalse(self._users_told(approval))

    def test_refusal_keeps_the_draft_and_its_reason(self):
        voucher = self._withdraw(9_000_000, self.cashier)
        voucher.action_ask_approval()
        approval = self._approval(voucher).with_user(self.manager)
        wizard = self.env['coop.document.cancel'].with_user(self.manager).with_context(
            **approval.action_refuse()['context'],
        ).create({'reason': "Ask Siti to come herself"})
        wizard.action_confirm()
        self.assertEqual((approval.state, approval.refuse_reason), ('refused', "Ask Siti to come herself"))
        self.assertEqual((voucher.state, voucher.approval_status), ('draft', 'needed'))
        with self.assertRefused("nothing further can be done"):
            approval.action_approve()

    def test_deleted_draft_leaves_nothing_waiting(self):
        voucher = self._withdraw(9_000_000, self.cashier)
        voucher.action_ask_approval()
        approval = self._approval(voucher)
        voucher.unlink()
        self.assertEqual(approval.state, 'withdrawn')
        with self.assertRefused("was deleted"):
            approval.with_user(self.manager).action_open_document()

    def test_approvals_are_neither_entered_nor_forged_nor_deleted(self):
        voucher = self._withdraw(9_000_000, self.cashier)
        voucher.action_ask_approval()
        approval = self._approval(voucher)
        for user in (self.cashier, self.officer, self.manager, self.accountant):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    self.env['coop.approval'].with_user(user).create({
                        'name': "x", 'company_id': self.company.id, 'kind': 'withdrawal', 'asked_by_id': user.id,
                        'res_model': voucher._name, 'res_id': voucher.id, 'state': 'approved',
                    })
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    approval.with_user(user).write({'state': 'approved', 'decided_by_id': self.manager.id})
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    approval.with_user(user).unlink()
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    voucher.with_user(user).write({'prepared_by_ids': [Command.clear()]})
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    voucher.with_user(user).write({'approval_ids': [Command.clear()]})
        with self.assertRefused("What was asked and decided stays"):
            approval.unlink()

    def test_defaults_in_the_context_forge_no_writer(self):
        voucher = self._withdraw(9_000_000, self.cashier)
        forged = self.env['coop.savings.voucher'].with_user(self.cashier).with_context(
            default_prepared_by_ids=[Command.set(self.officer.ids)], default_posted_alone=True,
        ).create({'direction': 'out', 'journal_id': self.cash_journal.id})
        self.assertEqual(forged.sudo().prepared_by_ids, self.cashier)
        self.assertFalse(forged.posted_alone)
        self.assertEqual(voucher.sudo().prepared_by_ids, self.cashier)

    # === SWITCHED OFF === #

    def test_what_one_person_does_while_it_is_off_is_kept(self):
        self._set_limit('withdrawal', is_required=False)
        voucher = self._withdraw(9_000_000, self.cashier)
        voucher.action_post()
        self.assertTrue(voucher.posted_alone)
        self.assertIn("wrote and posted this alone", "".join(voucher.sudo().message_ids.mapped('body')))
        found = self.env['coop.savings.voucher'].search([('posted_alone', '=', True)])
        self.assertEqual(found, voucher.with_env(self.env))

    # === OTHER MONEY TO MEMBERS === #

    def test_large_advance_is_for_two_people(self):
        values = {'membership_id': self.siti.id, 'journal_id': self.cash_journal.id, 'amount': 6_000_000}
        advance = self.env['coop.settlement.advance'].with_user(self.accountant).create(values)
        with self.assertRefused("two people are needed"):
            advance.action_post()
        advance.with_user(self.other_accountant).action_post()
        self.assertEqual(advance.state, 'posted')

    def test_large_payment_on_odoos_own_screen_is_for_two_people(self):
        values = {
            'payment_type': 'outbound', 'partner_type': 'supplier', 'partner_id': self.siti.partner_id.id,
            'amount': 6_000_000, 'journal_id': self.cash_journal.id,
        }
        payments = self.env['account.payment'].with_user(self.accountant)
        with self.assertRefused("two people are needed to pay"):
            payments.create(values).action_post()
        payment = payments.create(values)
        payment.with_user(self.other_accountant).action_post()
        self.assertIn(payment.state, ('in_process', 'paid'))
        vendor = self.env['res.partner'].create({'name': "Toko Tani"})
        other = payments.create({**values, 'partner_id': vendor.id})
        other.action_post()  # no member
        self.assertIn(other.state, ('in_process', 'paid'))

    def test_bank_account_is_approved_alone_once_two_are_not_required(self):
        account = self.env['res.partner.bank'].with_user(self.manager).create({
            'partner_id': self.siti.partner_id.id, 'acc_number': "0123456789",
        })
        with self.assertRefused("another manager or accountant approves it"):
            account.action_coop_approve()
        self._set_limit('bank_account', is_required=False)
        account.action_coop_approve()
        self.assertEqual(account.coop_approval, 'approved')
        self.assertIn("by who entered it", "".join(self.siti.message_ids.mapped('body')))
