from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common import CoopCommon


@tagged('post_install', '-at_install')
class TestSecurity(CoopCommon):
    """What the menus do not offer is refused over RPC as well."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.siti = cls._create_member("Siti")
        cls.voucher = cls._save(cls.siti, {cls.voluntary: 25_000})
        cls.today = fields.Date.context_today(cls.siti)

    # === ENTRIES === #

    def test_officer_does_not_post_a_bill_by_writing_its_state(self):
        bill = self.env['account.move'].with_user(self.officer).create({
            'move_type': 'in_invoice', 'partner_id': self.siti.partner_id.id, 'invoice_date': self.today,
            'invoice_line_ids': [(0, 0, {'name': "x", 'price_unit': 5_000, 'tax_ids': []})],
        })
        with self.assertRefused("Ask the treasurer", AccessError):
            bill.write({'state': 'posted'})
        self.assertEqual(bill.state, 'draft')

    def test_nobody_claims_an_entry_for_a_document(self):
        values = {
            'move_type': 'in_invoice', 'partner_id': self.siti.partner_id.id, 'invoice_date': self.today,
            'invoice_line_ids': [(0, 0, {'name': "x", 'price_unit': 5_000, 'tax_ids': []})],
        }
        source = {'coop_source_model': 'coop.savings.voucher', 'coop_source_id': self.voucher.id}
        moves = self.env['account.move'].with_user(self.accountant)
        for forged in (
            moves.create({**values, **source, 'coop_membership_id': self.siti.id}),
            moves.with_context(**{f'default_{name}': value for name, value in source.items()}).create(values),
        ):
            self.assertFalse(forged.coop_source_id)
            self.assertFalse(forged.coop_membership_id)

    def test_nobody_frees_an_owned_entry_or_moves_its_stamp(self):
        move = self.voucher.move_id.with_user(self.accountant)
        for vals in ({'coop_source_id': False}, {'coop_membership_id': self.siti.id}, {'coop_pool_id': False}):
            with self.assertRefused("own documents write these", AccessError):
                move.write(vals)

    # === MEMBERS === #

    def test_officer_does_not_admit_through_defaults_in_the_context(self):
        partner = self.env['res.partner'].create({'name': "Gelap"})
        memberships = self.env['coop.membership'].with_user(self.officer)
        with self.assertRefused("Only this role may do that: Manager"):
            memberships.with_context(default_number='0099', default_date_joined='2025-01-01').create({
                'partner_id': partner.id,
            })
        self.assertFalse(self.env['coop.membership'].search([('partner_id', '=', partner.id)]))

    def test_officer_does_not_change_when_a_member_joined(self):
        with self.assertRefused("Only this role may do that: Manager"):
            self.siti.with_user(self.officer).date_joined = self.today
        self.siti.with_user(self.manager).date_joined = '2026-01-04'
        self.assertEqual(str(self.siti.date_joined), '2026-01-04')

    def test_officer_enters_a_new_persons_application(self):
        partner = self.env['res.partner'].with_user(self.officer).create({'name': "Calon"})
        member = self.env['coop.membership'].with_user(self.officer).create({'partner_id': partner.id})
        self.assertEqual(member.state, 'candidate')

    # === SAVINGS === #

    def test_savings_that_are_in_use_keep_kind_and_account(self):
        for user in (self.manager, self.accountant):
            for vals in ({'kind': 'voluntary'}, {'account_id': False}):
                with self.assertRefused("its kind and its account stay"):
                    self.principal.with_user(user).write(vals)
        with self.assertRefused("archive it instead"):
            self.voluntary.with_user(self.manager).unlink()

    def test_draft_line_is_not_moved_into_a_posted_voucher(self):
        draft = self.env['coop.savings.voucher'].create({
            'journal_id': self.cash_journal.id,
            'line_ids': [(0, 0, {'membership_id': self.siti.id, 'type_id': self.voluntary.id, 'amount': 5_000_000})],
        })
        with self.assertRefused("A posted voucher is not changed"):
            draft.line_ids.with_user(self.officer).voucher_id = self.voucher
        self.assertEqual(self.voucher.amount_total, 25_000)

    def test_what_is_worked_out_is_not_written(self):
        with self.assertRefused("own buttons", AccessError):
            self.voucher.with_user(self.officer).write({'amount_total': 1})
        with self.assertRefused("own buttons", AccessError):
            self.env['coop.savings.voucher.line'].with_user(self.officer).create({
                'voucher_id': self.voucher.id, 'membership_id': self.siti.id, 'type_id': self.voluntary.id,
                'amount': 1, 'date': '2020-01-01',
            })

    def test_voucher_is_not_dated_in_the_future(self):
        with self.assertRefused("is in the future. Post it on the day"):
            self._save(self.siti, {self.voluntary: 50_000}, date=fields.Date.add(self.today, days=1))

    def test_voucher_goes_through_cash_or_bank_only(self):
        with self.assertRefused("cash or bank journal only"):
            self.env['coop.savings.voucher'].create({'journal_id': self._find_journal('sale').id})

    def test_cashier_cancels_the_vouchers_of_today_only(self):
        with self.assertRefused("Ask the treasurer to cancel it"):
            self.voucher.with_user(self.cashier)._cancel_with_reason("x")
        today = self._save(self.siti, {self.voluntary: 5_000}, date=self.today)
        today.with_user(self.cashier)._cancel_with_reason("Counted twice")
        self.assertEqual(today.state, 'cancelled')

    def test_blank_reason_cancels_nothing(self):
        wizard = self.env['coop.document.cancel'].create({
            'document_model': self.voucher._name, 'document_id': self.voucher.id, 'reason': "  ",
        })
        with self.assertRefused("Say why"):
            wizard.action_confirm()
        self.assertEqual(self.voucher.state, 'posted')

    # === SET-UP === #

    def test_account_of_another_type_is_not_chosen(self):
        mapping = self.company.coop_account_ids.filtered(lambda m: m.key == 'clearing')
        with self.assertRefused("of another type"):
            mapping.with_user(self.accountant).account_id = self.bank_journal.default_account_id

    def test_clearing_account_stays_while_it_holds_a_balance(self):
        mapping = self.company.coop_account_ids.filtered(lambda m: m.key == 'clearing')
        other = mapping.account_id.copy({'code': '28139999'})
        self.env['account.move'].create({
            'journal_id': self.company.coop_journal_id.id, 'date': '2026-02-01', 'line_ids': [
                (0, 0, {'account_id': mapping.account_id.id, 'balance': -500}),
                (0, 0, {'account_id': self.bank_journal.default_account_id.id, 'balance': 500}),
            ],
        }).action_post()
        with self.assertRefused("still holds a balance"):
            mapping.with_user(self.accountant).account_id = other
        self.assertNotEqual(mapping.account_id, other)

    def test_treasurer_sets_up_the_own_companies_only(self):
        other = self._create_cooperative("Koperasi Lain")
        with self.assertRefused("companies only that you work in", AccessError):
            self.env['coop.setup'].with_user(self.accountant).create({
                'company_id': other.id, 'vat_status': 'registered', 'principal_amount': 999,
            })
        self.assertEqual(other.coop_vat_status, 'not_registered')

    def test_treasurer_names_the_cashiers(self):
        setup = self.env['coop.setup'].with_user(self.accountant).create({
            'vat_status': 'not_registered', 'cashier_ids': [(6, 0, (self.cashier | self.officer).ids)],
        })
        setup.action_apply()
        self.assertEqual(self.cash_journal.coop_cashier_ids, self.cashier | self.officer)
