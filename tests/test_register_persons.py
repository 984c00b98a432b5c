from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_leaving import LeavingCommon


@tagged('post_install', '-at_install')
class TestRegisterPersons(LeavingCommon):
    """Who a member is, and who inherits, does not become somebody else unseen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ani, cls.budi, cls.stranger = (cls._partner(name) for name in ("Ani", "Budi", "Orang Lain"))
        cls.bank = cls.env['res.bank'].create({'name': "BRI"})

    def _merge(self, partners, into):
        self.env['base.partner.merge.automatic.wizard']._merge(partners.ids, dst_partner=into, extra_checks=False)
        self.env.invalidate_all()

    def _account_of(self, partner, user=None, **values):
        return self.env['res.partner.bank'].with_user(user or self.officer).create({
            'partner_id': partner.id, 'acc_number': f'555-000-{partner.id:06}', 'bank_id': self.bank.id, **values,
        })

    # === MERGING === #

    def test_heir_who_is_still_to_be_paid_is_not_merged_with_somebody_else(self):
        leaving = self._approve(**self._heirs(Ani='1/2', Budi='1/2'))
        with self.assertRefused("Ani is an heir of .* is not fully paid yet. Merge the contacts after the payment"):
            self._merge(self.ani | self.stranger, self.stranger)
        leaving.with_user(self.accountant).action_post()
        with self.assertRefused("Budi is an heir of"):
            self._merge(self.budi | self.stranger, self.budi)
        self._pay(leaving)
        self.assertEqual(leaving.payment_state, 'paid')
        self._merge(self.ani | self.stranger, self.ani)
        self.assertFalse(self.stranger.exists())

    def test_heir_of_a_draft_or_cancelled_leaving_is_merged(self):
        leaving = self._leave(**self._heirs(Ani='100'))
        self._merge(self.budi | self.ani, self.ani)
        leaving.with_user(self.manager).action_approve()
        leaving.with_user(self.manager)._cancel_with_reason("Keliru")
        self._merge(self.stranger | self.ani, self.ani)
        self.assertEqual(leaving.heir_ids.partner_id, self.ani)

    def test_membership_does_not_pass_to_another_contact_by_merging(self):
        with self.assertRefused("is a member, and membership is not transferable"):
            self._merge(self.siti.partner_id | self.stranger, self.stranger)
        self._merge(self.siti.partner_id | self.stranger, self.siti.partner_id)
        self.assertEqual(self.siti.partner_id.name, "Siti")
        self.assertIn("Contacts merged into the member's: Orang Lain", self.siti.message_ids[0].body)

    # === HEIRS BY NAME === #

    def test_statement_names_who_was_approved_when_the_contact_is_renamed(self):
        leaving = self._approve(**self._heirs(Ani='100'))
        self.assertEqual(leaving.heir_ids._get_statement_name(), "Ani")
        self.ani.name = "Orang Lain"
        self.assertEqual(leaving.heir_ids.approved_name, "Ani")
        html = self.env['ir.actions.report']._render_qweb_html(
            'producer_cooperative.coop_leaving_report', leaving.ids,
        )[0].decode()
        self.assertIn("Orang Lain (approved as Ani)", html)

    def test_approved_name_is_not_written_by_hand(self):
        leaving = self._leave(**self._heirs(Ani='100'))
        with self.assertRefused("document's own buttons", AccessError):
            leaving.heir_ids.with_user(self.officer).write({'approved_name': "Budi"})

    # === BANK ACCOUNTS OF HEIRS === #

    def test_bank_account_of_an_heir_waits_for_approval_until_everything_is_paid(self):
        trusted = self._account_of(self.ani, self.env.user, allow_out_payment=True)
        leaving = self._approve(**self._heirs(Ani='100'))
        self.assertRecordValues(trusted, [{
            'coop_is_member_account': True, 'allow_out_payment': False, 'coop_approval': 'to_approve',
        }])
        entered = self._account_of(self.ani, acc_number='777-888-9990')
        self.assertEqual(entered.coop_approval, 'to_approve')
        entered.with_user(self.manager).action_coop_approve()
        self.assertEqual(entered.coop_approval, 'approved')
        entered.with_user(self.officer).acc_number = '111-222-3334'
        self.assertEqual(entered.coop_approval, 'to_approve')
        self.assertIn("Bank account changed; it waits for approval.", self.siti.message_ids[0].body)
        leaving.with_user(self.accountant).action_post()
        self.assertTrue(entered.coop_is_member_account)
        self._pay(leaving)
        self.assertFalse(entered.coop_is_member_account)

    def test_bank_account_of_an_heir_is_read_by_the_same_roles_as_a_members(self):
        account = self._account_of(self.ani)
        self.assertIn(account, self.env['res.partner.bank'].with_user(self.warehouse_user).search([]))
        self._approve(**self._heirs(Ani='100'))
        for user in (self.officer, self.cashier, self.accountant, self.manager, self.supervisor):
            with self.subTest(user.login):
                self.assertIn(account, self.env['res.partner.bank'].with_user(user).search([]))
        self.assertNotIn(account, self.env['res.partner.bank'].with_user(self.warehouse_user).search([]))

    def test_bank_account_of_a_former_member_waits_for_approval_too(self):
        leaving = self._post()
        account = self._account_of(self.siti.partner_id)
        self.assertEqual(account.coop_approval, 'to_approve')
        self._pay(leaving)
        self.assertEqual(account.coop_approval, 'to_approve')

    # === MEMBERSHIP === #

    def test_membership_does_not_pass_to_another_person(self):
        for user in (self.env.user, self.manager):
            with self.assertRefused("a membership is not transferable. .* correct the contact itself"):
                self.siti.with_user(user).write({'partner_id': self.stranger.id})
        self.siti.with_user(self.manager).write({'partner_id': self.siti.partner_id.id})
        self.siti.partner_id.name = "Siti Aminah"
        self.assertIn("Siti Aminah", self.siti.display_name)

    def test_import_does_not_pass_a_membership_to_another_person(self):
        result = self.env['coop.membership'].with_user(self.manager).load(
            ['.id', 'partner_id/.id'], [[str(self.siti.id), str(self.stranger.id)]],
        )
        self.assertIn("a membership is not transferable", result['messages'][0]['message'])
        self.assertEqual(self.siti.partner_id.name, "Siti")

    def test_candidate_is_somebody_else_only_while_nothing_was_paid_in(self):
        candidate = self.env['coop.membership'].with_user(self.officer).create({
            'partner_id': self.ani.id, 'date_applied': '2026-01-05',
        })
        candidate.write({'partner_id': self.budi.id})
        self.assertEqual(candidate.partner_id, self.budi)
        self._save(candidate, {self.principal: 100_000})
        with self.assertRefused("has paid in: the application stays in this name"):
            candidate.write({'partner_id': self.stranger.id})
