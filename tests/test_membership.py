from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common import CoopCommon


@tagged('post_install', '-at_install')
class TestMembership(CoopCommon):

    def _apply(self, name="Siti", **values):
        partner = self.env['res.partner'].create({'name': name})
        return self.env['coop.membership'].create({'partner_id': partner.id, 'date_applied': '2026-01-02', **values})

    # === ADMISSION === #

    def test_admission_names_the_savings_that_are_missing(self):
        member = self._apply()
        self._save(member, {self.principal: 40_000})
        with self.assertRefused(r"Principal Savings Rp\s60,000.*Mandatory Savings Rp\s10,000"):
            member.action_admit()
        self.assertEqual(member.state, 'candidate')
        self.assertFalse(member.number)

    def test_member_is_admitted_with_a_number_once_everything_is_paid(self):
        member = self._apply()
        self._save(member, {self.principal: 100_000, self.mandatory: 10_000})
        member.with_user(self.manager).action_admit()
        self.assertEqual(member.state, 'active')
        self.assertTrue(member.number)
        self.assertEqual(member.date_joined, fields.Date.context_today(member))

    def test_admitting_twice_changes_nothing(self):
        member = self._create_member("Siti")
        number, joined = member.number, member.date_joined
        member.action_admit()
        self.assertEqual((member.number, member.date_joined), (number, joined))

    def test_numbers_of_an_imported_register_are_passed_over(self):
        first = self._create_member("Siti")
        imported = self._apply("Budi", number=f'{int(first.number) + 1:05d}', date_joined='2019-03-01')
        self.assertEqual(imported.state, 'active')
        self.assertEqual(self._create_member("Endang").number, f'{int(first.number) + 2:05d}')

    def test_candidate_may_not_pay_voluntary_savings(self):
        with self.assertRefused("open to members only"):
            self._save(self._apply(), {self.voluntary: 50_000})

    def test_only_the_manager_admits(self):
        member = self._apply()
        self._save(member, {self.principal: 100_000, self.mandatory: 10_000})
        for user in (self.officer, self.accountant):
            with self.assertRefused("Only this role may do that: Manager"):
                member.with_user(user).action_admit()
        with self.assertRefused("Only this role may do that: Manager"):
            self.env['coop.membership'].with_user(self.officer).create({
                'partner_id': self.env['res.partner'].create({'name': "Gelap"}).id, 'number': '9',
                'date_joined': '2020-01-01',
            })
        with self.assertRefused("own buttons"):
            member.with_user(self.manager).write({'state': 'active'})
        with self.assertRefused("own buttons"):
            member.with_user(self.officer).with_context(default_state='active').create({
                'partner_id': self.env['res.partner'].create({'name': "Gelap"}).id, 'state': 'active',
            })
        self.assertEqual(member.state, 'candidate')

    # === WHAT IS REFUSED === #

    def test_second_membership_of_one_partner_is_refused(self):
        member = self._create_member("Siti")
        with self.assertRefusedByDatabase('coop.membership', "already has a membership"):
            self.env['coop.membership'].create({'partner_id': member.partner_id.id})

    def test_number_is_never_used_twice(self):
        member = self._create_member("Siti")
        with self.assertRefusedByDatabase('coop.membership', "never used again"):
            self._apply("Budi", number=member.number, date_joined='2026-01-05')

    def test_contact_below_a_company_does_not_become_a_member(self):
        group = self.env['res.partner'].create({'name': "Kelompok Tani", 'is_company': True})
        contact = self.env['res.partner'].create({'name': "Budi", 'parent_id': group.id})
        with self.assertRefused("Make Kelompok Tani the member instead", ValidationError):
            self.env['coop.membership'].create({'partner_id': contact.id})

    def test_members_partner_gets_no_parent(self):
        member = self._create_member("Siti")
        parent = self.env['res.partner'].create({'name': "CV Maju", 'is_company': True})
        with self.assertRefused("must stand alone", ValidationError):
            member.partner_id.parent_id = parent

    def test_two_members_are_not_merged(self):
        siti, budi = self._create_member("Siti"), self._create_member("Budi")
        with self.assertRefused("cannot be merged"):
            self.env['base.partner.merge.automatic.wizard']._merge(
                (siti | budi).partner_id.ids, dst_partner=siti.partner_id, extra_checks=False,
            )
        self.assertTrue(budi.exists())

    def test_admitted_member_stays_in_the_register(self):
        member = self._create_member("Siti")
        with self.assertRefused("stays in the register"):
            member.unlink()
        self._apply("Budi").unlink()

    def test_state_changes_only_along_the_allowed_ways(self):
        with self.assertRefused("is Candidate and cannot become Suspended"):
            self._apply()._suspend_with_reason("Arrears")

    def test_identity_number_has_16_digits(self):
        with self.assertRefused("16 digits", ValidationError):
            self._apply(identity_number='123')

    # === MEMBERS AND PARTNERS === #

    def test_contacts_of_a_member_count_for_the_member(self):
        member = self._create_member("Kelompok Tani")
        contact = self.env['res.partner'].create({'name': "Pak Budi", 'parent_id': member.partner_id.id})
        self.assertTrue(contact.is_coop_member)
        self.assertEqual(contact.coop_member_number, member.number)
        found = self.env['res.partner'].search([('is_coop_member', '=', True)])
        self.assertLessEqual(contact | member.partner_id, found)
        outsider = self.env['res.partner'].create({'name': "Toko Jaya"})
        self.assertNotIn(outsider, found)
        self.assertIn(outsider, self.env['res.partner'].search([('is_coop_member', '=', False)]))

    def test_savings_booked_on_a_contact_belong_to_the_member(self):
        member = self._create_member("Kelompok Tani")
        contact = self.env['res.partner'].create({'name': "Pak Budi", 'parent_id': member.partner_id.id})
        self.env['account.move'].create({
            'move_type': 'entry', 'journal_id': self.company.coop_journal_id.id, 'date': '2026-02-01',
            'line_ids': [
                (0, 0, {'account_id': self.cash_journal.default_account_id.id, 'balance': 7_000}),
                (0, 0, {'account_id': self.voluntary.account_id.id, 'partner_id': contact.id, 'balance': -7_000}),
            ],
        }).action_post()
        self.assertEqual(member._get_savings_balances()[member][self.voluntary], 7_000)
        self.assertEqual(self.voluntary.balance, 7_000)

    def test_membership_of_another_company_is_invisible(self):
        member = self._create_member("Siti")
        other = self._create_cooperative("Koperasi Lain")
        self.officer.write({'company_ids': [(4, other.id)]})
        elsewhere = self.env['coop.membership'].with_user(self.officer).with_context(allowed_company_ids=other.ids)
        self.assertFalse(elsewhere.search([('id', '=', member.id)]))
        self.assertFalse(member.partner_id.with_context(allowed_company_ids=other.ids).is_coop_member)

    # === ARREARS === #

    def test_arrears_are_what_the_rates_required_less_what_was_paid(self):
        member = self._create_member("Siti", joined='2026-01-05')
        self._save(member, {self.mandatory: 15_000})
        # January to April: 4 months at 10,000 = 40,000; paid 10,000 on joining and 15,000 since
        arrears = member._get_arrears(date=fields.Date.to_date('2026-04-20'))
        self.assertEqual(arrears[member][self.mandatory], 15_000)

    def test_arrears_follow_the_amount_that_the_meeting_changed(self):
        self.mandatory.rate_ids = [(0, 0, {'date_from': '2026-03-01', 'amount': 20_000})]
        member = self._create_member("Siti", joined='2026-01-05')
        # January and February at 10,000, March and April at 20,000 = 60,000; paid 10,000
        arrears = member._get_arrears(date=fields.Date.to_date('2026-04-20'))
        self.assertEqual(arrears[member][self.mandatory], 50_000)

    def test_voucher_is_filled_with_everybodys_arrears(self):
        siti = self._create_member("Siti", joined='2026-01-05')
        self._create_member("Budi", joined='2026-04-01')
        voucher = self.env['coop.savings.voucher'].create({'date': '2026-04-20', 'journal_id': self.cash_journal.id})
        voucher.action_fill_with_arrears()
        self.assertEqual(
            [(line.membership_id, line.type_id, line.amount) for line in voucher.line_ids],
            [(siti, self.mandatory, 30_000)],
        )
        voucher.action_fill_with_arrears()
        self.assertEqual(len(voucher.line_ids), 1, "filling again adds nobody twice")

    # === PERSONAL DATA === #

    def test_identity_number_is_for_officers_only(self):
        member = self._create_member("Siti", identity_number='3513014101660001')
        self.assertEqual(member.with_user(self.officer).identity_number, '3513014101660001')
        self.assertEqual(member.with_user(self.supervisor).identity_number, '3513014101660001')
        for user in (self.cashier, self.accountant):
            self.assertNotIn('identity_number', member.with_user(user).fields_get())

    def test_supervisor_reads_and_changes_nothing(self):
        member = self._create_member("Siti")
        self.assertEqual(member.with_user(self.supervisor).number, member.number)
        with self.assertRefused("not allowed to modify", Exception):
            member.with_user(self.supervisor).note = "x"

    def test_warehouse_does_not_see_members_savings(self):
        member = self._create_member("Siti")
        with self.assertRefused("not allowed to access", Exception):
            member.with_user(self.warehouse_user).read(['savings_balance'])
