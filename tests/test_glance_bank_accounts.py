from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.models.res_partner_bank import APPROVAL_ACTIVITY
from odoo.addons.producer_cooperative.tests.common import CoopCommon


@tagged('post_install', '-at_install')
class TestGlanceBankAccounts(CoopCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.siti = cls._create_member("Siti")
        cls.budi = cls._create_member("Budi")
        cls.vendor = cls.env['res.partner'].create({'name': "Toko Jaya"})
        cls.bank = cls.env['res.bank'].create({'name': "BRI"})
        cls.other_bank = cls.env['res.bank'].create({'name': "BNI"})
        cls.company._coop_pay_directly(cls.bank_journal | cls.cash_journal)

    def _enter(self, user=None, member=None, **values):
        return self.env['res.partner.bank'].with_user(user or self.officer).create({
            'partner_id': (member or self.siti).partner_id.id, 'acc_number': '123-456-7890', 'bank_id': self.bank.id,
            **values,
        })

    def _approved(self, **values):
        account = self._enter(**values)
        account.with_user(self.manager).action_coop_approve()
        return account

    def _log_of(self, member=None):
        """Return what the membership's chatter says, newest first."""
        return self.env['mail.message'].search([
            ('model', '=', 'coop.membership'), ('res_id', '=', (member or self.siti).id),
        ], order='id DESC')

    def _reminded(self, account):
        return account.sudo().activity_search([APPROVAL_ACTIVITY]).user_id

    def _pay(self, account=None, partner=None, user=None, journal=None, amount=5_000):
        return self.env['account.payment'].with_user(user or self.accountant).create({
            'payment_type': 'outbound', 'partner_type': 'supplier', 'amount': amount,
            'partner_id': (partner or self.siti.partner_id).id, 'journal_id': (journal or self.bank_journal).id,
            **({'partner_bank_id': account.id} if account else {}),
        })

    # === ENTERING AND APPROVING === #

    def test_new_account_of_a_member_waits_for_approval(self):
        account = self._enter()
        self.assertRecordValues(account, [{
            'coop_is_member_account': True, 'allow_out_payment': False, 'coop_approval': 'to_approve',
            'coop_changed_by_id': self.officer.id, 'coop_approved_by_id': False,
        }])
        self.assertTrue(account.coop_changed_on)

    def test_manager_or_accountant_approves_what_somebody_else_entered(self):
        for user in (self.manager, self.accountant):
            with self.subTest(user.login):
                account = self._enter(acc_number=f'99887766{user.id}')
                account.with_user(user).action_coop_approve()
                self.assertRecordValues(account, [{
                    'allow_out_payment': True, 'coop_approval': 'approved', 'coop_approved_by_id': user.id,
                }])
                self.assertTrue(account.coop_approved_on)

    def test_nobody_approves_the_own_entry(self):
        account = self._enter(self.manager)
        with self.assertRefused("another manager or accountant approves it. Ask: .*accountant"):
            account.with_user(self.manager).action_coop_approve()
        self.assertFalse(account.allow_out_payment)
        self.assertFalse(account.with_user(self.manager).coop_may_approve)
        self.assertTrue(account.with_user(self.accountant).coop_may_approve)

    def test_only_managers_and_accountants_approve(self):
        account = self._enter()
        for user in (self.officer, self.cashier, self.supervisor):
            with self.subTest(user.login), self.assertRefused("approved by a manager or an accountant. Ask: .*manager"):
                account.with_user(user).action_coop_approve()
        self.assertFalse(account.allow_out_payment)

    def test_trust_is_not_written_past_the_approval(self):
        admin = self._create_role_user('admin', 'base.group_system')
        account = self._enter(self.manager)
        with self.assertRefused(".", AccessError):
            account.with_user(admin).write({'allow_out_payment': True})
        for records in (
            account.with_user(self.manager), account.with_user(self.manager).sudo(), account.with_user(admin).sudo(),
        ):
            with self.subTest(f'{records.env.user.login} {records.env.su}'), self.assertRefused("anager or a"):
                records.write({'allow_out_payment': True})
        self.assertFalse(account.allow_out_payment)
        account.with_user(self.accountant).sudo().write({'allow_out_payment': True})
        self.assertEqual((account.coop_approval, account.coop_approved_by_id), ('approved', self.accountant))

    def test_account_is_not_trusted_in_the_act_of_entering_it(self):
        self.manager.group_ids |= self.env.ref('account.group_validate_bank_account')
        Bank = self.env['res.partner.bank'].with_user(self.manager)
        partner = self.siti.partner_id
        forged = {'coop_approved_by_id': self.accountant.id, 'coop_changed_by_id': self.officer.id}
        accounts = [
            Bank.create({'partner_id': partner.id, 'acc_number': '1000001', 'allow_out_payment': True, **forged}),
            Bank.sudo().create({'partner_id': partner.id, 'acc_number': '1000002', 'allow_out_payment': True}),
            Bank.with_context(
                default_partner_id=partner.id, default_allow_out_payment=True,
                default_coop_approved_by_id=self.accountant.id,
            ).create({'acc_number': '1000003'}),
        ]
        partner.with_user(self.manager).write({
            'bank_ids': [Command.create({'acc_number': '1000004', 'allow_out_payment': True})],
        })
        imported = Bank.load(
            ['partner_id/.id', 'acc_number', 'allow_out_payment'], [[str(partner.id), '1000005', 'True']],
        )
        accounts += [partner.bank_ids.filtered(lambda account: account.acc_number == '1000004')]
        accounts += [Bank.browse(imported['ids'])]
        for account in accounts:
            with self.subTest(account.acc_number):
                self.assertRecordValues(account, [{
                    'allow_out_payment': False, 'coop_approval': 'to_approve', 'coop_approved_by_id': False,
                    'coop_changed_by_id': self.manager.id,
                }])

    def test_stamps_are_not_written(self):
        account = self._enter(self.manager)
        for vals in ({'coop_changed_by_id': self.officer.id}, {'coop_approved_by_id': self.accountant.id}):
            for records in (account.with_user(self.manager), account.with_user(self.manager).sudo()):
                with self.assertRefused("only by entering and approving", AccessError):
                    records.write(vals)

    def test_approving_twice_changes_nothing(self):
        account = self._approved()
        account.with_user(self.accountant).action_coop_approve()
        self.assertEqual(account.coop_approved_by_id, self.manager)

    # === CHANGES === #

    def test_changed_account_waits_for_approval_again(self):
        for values in (
            {'acc_number': '5550001111'}, {'sanitized_acc_number': '5550002222'}, {'acc_holder_name': "Somebody"},
            {'bank_id': self.other_bank.id}, {'partner_id': self.budi.partner_id.id}, {'clearing_number': '77'},
            {'acc_number': '5550003333', 'allow_out_payment': False},
        ):
            with self.subTest(str(values)), self.env.cr.savepoint() as savepoint:
                account = self._approved()
                account.with_user(self.officer).write(values)
                self.assertRecordValues(account, [{
                    'allow_out_payment': False, 'coop_approval': 'to_approve', 'coop_approved_by_id': False,
                    'coop_changed_by_id': self.officer.id,
                }])
                savepoint.rollback()
                self.env.invalidate_all()

    def test_change_that_is_none_keeps_the_approval(self):
        account = self._approved()
        account.with_user(self.officer).write({'acc_number': '123-456-7890', 'note': "Branch Kraksaan", 'sequence': 3})
        self.assertEqual((account.coop_approval, account.coop_changed_by_id), ('approved', self.officer))
        account.with_user(self.officer).write({'acc_number': '1234567890'})  # the same number without dashes
        self.assertEqual(account.coop_approval, 'approved')

    def test_who_changed_an_account_last_does_not_approve_it(self):
        account = self._enter()
        account.with_user(self.manager).write({'acc_number': '5550001111'})
        with self.assertRefused("yourself"):
            account.with_user(self.manager).action_coop_approve()
        with self.assertRefused("yourself"):
            account.with_user(self.manager).write({'allow_out_payment': True})
        account.with_user(self.accountant).action_coop_approve()
        self.assertEqual(account.coop_approval, 'approved')

    def test_number_and_trust_written_together_leave_no_trust(self):
        account = self._enter()
        account.with_user(self.manager).write({'acc_number': '5550001111', 'allow_out_payment': True})
        self.assertEqual((account.acc_number, account.coop_approval), ('5550001111', 'to_approve'))

    def test_account_that_is_taken_back_into_use_waits_for_approval(self):
        account = self._approved()
        account.with_user(self.officer).action_archive()
        account.with_user(self.officer).action_unarchive()
        self.assertEqual(account.coop_approval, 'to_approve')

    def test_approval_is_withdrawn_by_who_may_give_it(self):
        account = self._approved()
        with self.assertRefused("approved by a manager or an accountant"):
            account.with_user(self.officer).action_coop_withdraw_approval()
        account.with_user(self.accountant).action_coop_withdraw_approval()
        self.assertEqual(account.coop_approval, 'to_approve')
        self.assertIn("•••• 7890 withdrawn", self._log_of()[0].body)
        self.assertTrue(self._reminded(account))

    # === BECOMING A MEMBER === #

    def test_account_trusted_before_the_membership_waits_for_approval(self):
        account = self.env['res.partner.bank'].create({
            'partner_id': self.vendor.id, 'acc_number': '42424242', 'allow_out_payment': True,
        })
        self.assertTrue(account.allow_out_payment)
        self.env['coop.membership'].with_user(self.officer).create({'partner_id': self.vendor.id})
        self.assertRecordValues(account, [{'allow_out_payment': False, 'coop_approval': 'to_approve'}])
        self.assertIn(self.manager, self._reminded(account))

    def test_account_that_comes_to_a_member_by_merging_waits_for_approval(self):
        account = self.env['res.partner.bank'].create({
            'partner_id': self.vendor.id, 'acc_number': '42424242', 'allow_out_payment': True,
        })
        self.env['base.partner.merge.automatic.wizard']._merge(
            (self.vendor | self.siti.partner_id).ids, dst_partner=self.siti.partner_id, extra_checks=False,
        )
        self.env.invalidate_all()
        self.assertRecordValues(account, [{
            'partner_id': self.siti.partner_id.id, 'coop_is_member_account': True, 'allow_out_payment': False,
            'coop_approval': 'to_approve',
        }])

    def test_account_of_a_contact_that_moves_below_a_member_is_not_paid_to(self):
        account = self.env['res.partner.bank'].create({
            'partner_id': self.vendor.id, 'acc_number': '42424242', 'allow_out_payment': True,
        })
        self.vendor.parent_id = self.siti.partner_id
        self.assertEqual(account.coop_approval, 'to_approve')
        with self.assertRefused("waits for approval"):
            self._pay(account, self.vendor).action_post()

    def test_accounts_of_others_follow_odoos_rule_alone(self):
        self.env.user.group_ids |= self.env.ref('account.group_validate_bank_account')
        account = self.env['res.partner.bank'].create({
            'partner_id': self.vendor.id, 'acc_number': '42424242', 'allow_out_payment': True,
        })
        self.assertRecordValues(account, [{
            'allow_out_payment': True, 'coop_is_member_account': False, 'coop_approval': False,
        }])
        self.assertTrue(account.lock_trust_fields)
        self.assertFalse(self._reminded(account))
        self._pay(account, self.vendor).action_post()
        untrusted = self._enter(acc_number='777888', partner_id=self.vendor.id)
        self._pay(untrusted, self.vendor).action_post()
        admin = self._create_role_user('admin', 'base.group_system')
        with self.assertRefused("has been trusted"):
            account.with_user(admin).write({'acc_number': '1'})
        for records in (untrusted.with_user(admin), untrusted.with_user(admin)):
            records.allow_out_payment = not records.allow_out_payment
        self.assertFalse(untrusted.allow_out_payment)

    # === THE LOG === #

    def test_membership_remembers_what_changed_with_masked_numbers(self):
        account = self._enter()
        self.assertIn("Bank account •••• 7890, BRI, Siti entered", self._log_of()[0].body)
        account.with_user(self.manager).action_coop_approve()
        self.assertIn("•••• 7890 approved", self._log_of()[0].body)
        self.assertEqual(self._log_of()[0].author_id, self.manager.partner_id)
        account.with_user(self.officer).write({'acc_number': '5550001111', 'bank_id': self.other_bank.id})
        message = self._log_of()[0]
        self.assertEqual(message.author_id, self.officer.partner_id)
        for text in ("Account Number: •••• 7890 → •••• 1111", "Bank: BRI → BNI"):
            self.assertIn(text, message.body)
        account.with_user(self.officer).unlink()
        self.assertFalse(account.active)
        self.assertIn("•••• 1111 archived", self._log_of()[0].body)

    def test_whole_number_is_neither_in_the_membership_nor_in_the_partners_chatter(self):
        account = self._approved()
        account.with_user(self.officer).with_context(tracking_disable=False).write({'acc_number': '5550001111'})
        account.with_user(self.officer).with_context(tracking_disable=False).unlink()
        messages = self.env['mail.message'].search([
            '|', '&', ('model', '=', 'res.partner'), ('res_id', '=', self.siti.partner_id.id),
            '&', ('model', '=', 'coop.membership'), ('res_id', '=', self.siti.id),
        ])
        texts = " ".join(messages.mapped(lambda message: message.body or ""))
        tracked = messages.sudo().tracking_value_ids
        texts += " ".join(filter(None, tracked.mapped('new_value_char') + tracked.mapped('old_value_char')))
        for number in ('123-456-7890', '1234567890', '5550001111'):
            self.assertNotIn(number, texts)

    def test_short_numbers_are_hidden_whole(self):
        self.assertEqual(self._enter(acc_number='123456').coop_masked_number, "••••")
        self.assertEqual(self._enter(acc_number='1234567').coop_masked_number, "•••• 4567")

    def test_change_of_the_holder_is_written_in_both_memberships(self):
        account = self._enter()
        account.with_user(self.officer).partner_id = self.budi.partner_id
        for member in (self.siti, self.budi):
            self.assertIn("Siti → Budi", self._log_of(member)[0].body)

    # === REMINDERS === #

    def test_managers_and_accountants_are_reminded_once_and_no_longer_after_the_approval(self):
        account = self._enter()
        self.assertEqual(self._reminded(account) & (self.manager | self.accountant), self.manager | self.accountant)
        self.assertNotIn(self.officer, self._reminded(account))
        account.with_user(self.officer).write({'acc_number': '5550001111'})
        activities = account.sudo().activity_search([APPROVAL_ACTIVITY])
        self.assertEqual(len(activities), len(activities.user_id))
        self.assertNotIn('5550001111', " ".join(activities.mapped('summary')))
        account.with_user(self.manager).write({'acc_number': '5550002222'})
        self.assertNotIn(self.manager, self._reminded(account))
        account.with_user(self.accountant).action_coop_approve()
        self.assertFalse(self._reminded(account))

    def test_managers_of_other_companies_are_not_reminded(self):
        other = self._create_cooperative("Koperasi Lain")
        stranger = self._create_role_user('stranger', 'producer_cooperative.group_coop_manager')
        stranger.write({'company_id': other.id, 'company_ids': [Command.set(other.ids)]})
        self.assertNotIn(stranger, self._reminded(self._enter()))

    # === PAYMENTS === #

    def test_payment_to_an_account_that_waits_is_refused(self):
        account = self._enter()
        payment = self._pay(account)
        with self.assertRefused("•••• 7890 of Siti waits for approval.*Ask: .*manager"):
            payment.action_post()
        with self.assertRefused("waits for approval"):
            payment.write({'state': 'paid'})
        with self.assertRefused("waits for approval"):
            payment.action_validate()
        self.assertEqual(payment.state, 'draft')
        account.with_user(self.manager).action_coop_approve()
        payment.action_post()
        self.assertIn(payment.state, ('in_process', 'paid'))

    def test_payment_is_refused_whoever_posts_it(self):
        account = self._enter()
        with self.assertRefused("waits for approval"):
            self._pay(account).sudo().action_post()
        with self.assertRefused("waits for approval|without having a journal entry"):
            self.env['account.payment'].with_user(self.accountant).create({
                'payment_type': 'outbound', 'partner_type': 'supplier', 'amount': 5_000, 'state': 'paid',
                'partner_id': self.siti.partner_id.id, 'journal_id': self.bank_journal.id,
                'partner_bank_id': account.id,
            })

    def test_entry_of_a_payment_is_not_posted_either(self):
        account = self._approved()
        payment = self._pay(account)
        payment.action_post()
        payment.action_draft()
        account.with_user(self.officer).write({'acc_number': '5550001111'})
        self.assertTrue(payment.move_id)
        with self.assertRefused("waits for approval"):
            payment.move_id.action_post()

    def test_posted_payment_is_not_redirected_to_an_account_that_waits(self):
        payment = self._pay(self._approved())
        payment.action_post()
        waiting = self._enter(acc_number='5550001111')
        with self.assertRefused("waits for approval"):
            payment.partner_bank_id = waiting

    def test_register_payment_of_a_members_bill_is_refused(self):
        account = self._enter()
        bill = self.env['account.move'].create({
            'move_type': 'in_invoice', 'partner_id': self.siti.partner_id.id, 'invoice_date': '2026-03-01',
            'partner_bank_id': account.id,
            'invoice_line_ids': [Command.create({'name': "Paddy", 'price_unit': 5_000, 'tax_ids': []})],
        })
        bill.action_post()
        wizard = self.env['account.payment.register'].with_user(self.accountant).with_context(
            active_model='account.move', active_ids=bill.ids,
        ).create({'journal_id': self.bank_journal.id})
        with self.assertRefused("waits for approval"):
            wizard.action_create_payments()
        self.assertEqual(bill.payment_state, 'not_paid')

    def test_cash_and_money_coming_in_need_no_account(self):
        self._enter()
        cash = self._pay(journal=self.cash_journal)
        cash.action_post()
        self.assertIn(cash.state, ('in_process', 'paid'))
        receipt = self.env['account.payment'].with_user(self.accountant).create({
            'payment_type': 'inbound', 'partner_type': 'customer', 'amount': 5_000,
            'partner_id': self.siti.partner_id.id, 'journal_id': self.bank_journal.id,
        })
        receipt.action_post()
        self.assertIn(receipt.state, ('in_process', 'paid'))

    # === WHO SEES THEM === #

    def test_who_reads_members_accounts_and_who_does_not(self):
        account = self._enter()
        of_vendor = self._enter(acc_number='777888', partner_id=self.vendor.id)
        salesman = self._create_role_user('salesman', 'sales_team.group_sale_salesman')
        contacts = self._create_role_user('contacts', 'base.group_partner_manager')
        billing = self._create_role_user('billing', 'account.group_account_invoice')
        Bank = self.env['res.partner.bank']
        for user in (self.officer, self.cashier, self.accountant, self.manager, self.supervisor, billing):
            with self.subTest(user.login):
                self.assertIn(account, Bank.with_user(user).search([]))
                self.assertEqual(account.with_user(user).read(['acc_number'])[0]['acc_number'], '123-456-7890')
        for user in (self.warehouse_user, salesman, contacts):
            with self.subTest(user.login):
                self.assertNotIn(account, Bank.with_user(user).search([]))
                self.assertIn(of_vendor, Bank.with_user(user).search([]))
                self.assertFalse(self.siti.partner_id.with_user(user).bank_ids)
                found = self.env['res.partner'].with_user(user).search([('bank_ids.acc_number', '=', '1234567890')])
                self.assertFalse(found)
                with self.assertRefused(".", AccessError):
                    account.with_user(user).read(['acc_number'])
        with self.assertRefused(".", AccessError):
            self._enter(contacts, acc_number='3131313')

    def test_other_cooperatives_roles_do_not_see_the_account(self):
        account = self._enter()
        other = self._create_cooperative("Koperasi Lain")
        for role in ('officer', 'accountant', 'manager', 'supervisor'):
            stranger = self._create_role_user(f'other_{role}', f'producer_cooperative.group_coop_{role}')
            stranger.write({'company_id': other.id, 'company_ids': [Command.set(other.ids)]})
            with self.subTest(role):
                there = self.env['res.partner.bank'].with_user(stranger).with_context(allowed_company_ids=other.ids)
                self.assertNotIn(account, there.search([]))
                with self.assertRefused(".", AccessError):
                    there.browse(account.id).action_coop_approve()
        self.assertEqual(account.coop_approval, 'to_approve')

    def test_company_that_is_a_member_itself_keeps_its_own_bank_journal(self):
        self.env['coop.membership'].create({'partner_id': self.company.partner_id.id})
        own = self.env['res.partner.bank'].create({
            'partner_id': self.company.partner_id.id, 'acc_number': '6060606060',
        })
        self.bank_journal.bank_account_id = own
        billing = self._create_role_user('billing', 'account.group_account_invoice')
        self.assertEqual(own.with_user(billing).acc_number, '6060606060')
        self.assertEqual(own.with_user(self.warehouse_user).acc_number, '6060606060')

    def test_portal_member_reaches_no_account(self):
        account = self._enter()
        portal = self.env['res.users'].with_context(no_reset_password=True).create({
            'name': "Siti", 'login': 'siti_portal', 'partner_id': self.siti.partner_id.id,
            'group_ids': [Command.set(self.env.ref('base.group_portal').ids)],
            'company_id': self.company.id, 'company_ids': [Command.set(self.company.ids)],
        })
        with self.assertRefused(".", AccessError):
            account.with_user(portal).read(['acc_number'])
        self.assertFalse(self.siti.with_user(portal).bank_account_ids)

    # === SCREENS === #

    def test_membership_lists_its_accounts(self):
        account = self._enter()
        contact = self.env['res.partner'].create({'name': "Anak", 'parent_id': self.siti.partner_id.id})
        below = self._enter(acc_number='777888', partner_id=contact.id)
        self.assertEqual(self.siti.with_user(self.cashier).bank_account_ids, account | below)
        self.assertFalse(self.budi.bank_account_ids)
        self.assertTrue(below.coop_is_member_account)

    def test_accounts_to_approve_are_found(self):
        waiting, approved = self._enter(), self._approved(acc_number='5550001111')
        of_vendor = self._enter(acc_number='777888', partner_id=self.vendor.id)
        Bank = self.env['res.partner.bank'].with_user(self.manager)
        mine = [('id', 'in', (waiting | approved | of_vendor).ids)]
        self.assertEqual(Bank.search([*mine, ('coop_approval', '=', 'to_approve')]), waiting)
        self.assertEqual(Bank.search([*mine, ('coop_approval', '=', 'approved')]), approved)
        self.assertEqual(Bank.search([*mine, ('coop_approval', '=', False)]), of_vendor)
        self.assertEqual(Bank.search([*mine, ('coop_approval', '!=', 'approved')]), waiting | of_vendor)

    def test_officer_enters_an_account_in_the_form(self):
        action = self.siti.with_user(self.officer).action_add_bank_account()
        form = Form(
            self.env['res.partner.bank'].with_user(self.officer).with_context(**action['context']),
            view='account.view_partner_bank_form_inherit_account',
        )
        form.acc_number = '9090909090'
        form.bank_id = self.bank
        account = form.save()
        self.assertEqual((account.partner_id, account.coop_approval), (self.siti.partner_id, 'to_approve'))
        with Form(account, view='account.view_partner_bank_form_inherit_account') as form:
            form.acc_number = '9090909091'
        self.assertEqual(account.acc_number, '9090909091')

    def test_officer_changes_an_approved_account_in_the_form(self):
        account = self._approved()
        with Form(account.with_user(self.officer), view='account.view_partner_bank_form_inherit_account') as form:
            form.acc_number = '9090909091'
        self.assertEqual((account.acc_number, account.coop_approval), ('9090909091', 'to_approve'))

    def test_cashier_and_supervisor_change_no_account(self):
        account = self._enter()
        for user in (self.cashier, self.supervisor, self.warehouse_user):
            with self.subTest(user.login):
                with self.assertRefused(".", AccessError):
                    self._enter(user, acc_number='3131313')
                with self.assertRefused(".", AccessError):
                    account.with_user(user).write({'acc_number': '1'})
                with self.assertRefused(".", AccessError):
                    account.with_user(user).unlink()
        self.assertTrue(issubclass(AccessError, UserError))
        self.assertEqual(account.acc_number, '123-456-7890')
