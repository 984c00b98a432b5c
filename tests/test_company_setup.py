from odoo import Command, fields
from odoo.exceptions import AccessError, RedirectWarning
from odoo.tests import tagged

from odoo.addons.producer_cooperative.hooks import uninstall_hook
from odoo.addons.producer_cooperative.models.coop_company_account import ACCOUNTS
from odoo.addons.producer_cooperative.tests.common import CoopCommon


@tagged('post_install', '-at_install')
class TestCompanySetup(CoopCommon):

    def _create_company(self, template=None):
        company = self.env['res.company'].create({'name': f"Koperasi {template}"})
        self.env.user.company_ids |= company
        if template:
            self.env['account.chart.template'].try_loading(template, company=company, install_demo=False)
        return company

    def test_indonesian_chart_gets_its_eight_digit_codes(self):
        for key, spec in ACCOUNTS.items():
            account = self._account(key)
            self.assertEqual(account.code, spec.indonesian_code, key)
            self.assertEqual((account.account_type, account.reconcile), (spec.account_type, spec.reconcile), key)

    def test_any_other_chart_gets_free_codes_beside_its_own(self):
        company = self._create_company('generic_coa')
        accounts = company.coop_account_ids.account_id.with_company(company)
        self.assertEqual(len(accounts), len(ACCOUNTS))
        self.assertEqual(len(set(accounts.mapped('code'))), len(ACCOUNTS))
        self.assertEqual({len(account.code) for account in accounts}, {6})
        self.assertTrue(company.coop_journal_id)
        self.assertTrue(company.coop_settlement_journal_id.is_self_billing)

    def test_branch_shares_accounts_and_journals_of_its_main_company(self):
        self.company.write({'child_ids': [Command.create({'name': "Unit Kraksaan"})]})
        branch = self.company.child_ids
        self.env['account.chart.template'].try_loading('id', company=branch, install_demo=False)
        self.assertEqual(branch.coop_account_ids.account_id, self.company.coop_account_ids.account_id)
        self.assertEqual(branch.coop_journal_id, self.company.coop_journal_id)
        self.assertEqual(branch.coop_settlement_journal_id, self.company.coop_settlement_journal_id)
        self.assertFalse(self.env['account.journal'].search([('company_id', '=', branch.id)]))

    def test_creating_the_accounts_again_changes_nothing(self):
        def snapshot():
            return (
                self.env['account.account'].search_count([]), self.env['account.journal'].search_count([]),
                self.env['coop.savings.type'].search_count([]), self.company.coop_account_ids.mapped('account_id.id'),
            )
        before = snapshot()
        self.company._coop_create_accounts()
        self.assertEqual(snapshot(), before)

    def test_account_that_was_chosen_instead_is_kept(self):
        own = self.env['account.account'].create({
            'code': '31999999', 'name': "Cadangan lama", 'account_type': 'equity', 'company_ids': self.company.ids,
        })
        self.company.coop_account_ids.filtered(lambda mapping: mapping.key == 'reserve').account_id = own
        self.company._coop_create_accounts()
        self.assertEqual(self._account('reserve'), own)

    def test_taken_code_makes_way_for_the_next_free_one(self):
        company = self.env['res.company'].create({'name': "Koperasi Tiga", 'coop_is_cooperative': False})
        self.env.user.company_ids |= company
        self.env['account.chart.template'].try_loading('id', company=company, install_demo=False)
        self.assertFalse(company.coop_account_ids.account_id, "a company that is no cooperative is left alone")
        self.env['account.account'].with_company(company).create({
            'code': '31220010', 'name': "Cadangan Umum", 'account_type': 'equity', 'company_ids': company.ids,
        })
        company.coop_is_cooperative = True
        self.assertEqual(company._get_coop_account('reserve').with_company(company).code, '31220011')

    def test_company_without_accounts_is_sent_to_the_set_up(self):
        company = self._create_company()
        with self.assertRefused("no account for “Consignment Clearing” yet", RedirectWarning) as refused:
            company._get_coop_account('clearing')
        self.assertEqual(refused.exception.args[1], self.env.ref('producer_cooperative.coop_setup_action').id)

    def test_set_up_loads_the_chart_and_answers_everything(self):
        company = self._create_company()
        company.country_id = self.env.ref('base.id')
        setup = self.env['coop.setup'].with_context(allowed_company_ids=company.ids).create({
            'vat_status': 'not_registered', 'principal_amount': 50_000, 'mandatory_amount': 5_000,
        })
        setup.action_apply()
        self.assertEqual(company.chart_template, 'id')
        self.assertFalse(company.account_sale_tax_id | company.account_purchase_tax_id)
        self.assertEqual(len(company.coop_account_ids.account_id), len(ACCOUNTS))

    def test_repeated_set_up_writes_no_second_amount(self):
        setup = self.env['coop.setup'].create({
            'vat_status': 'not_registered', 'principal_amount': 100_000, 'mandatory_amount': 12_000,
            'rate_date': '2026-05-01',
        })
        setup.action_apply()
        setup.action_apply()
        self.assertEqual(len(self.principal.rate_ids), 1)
        self.assertEqual(
            self.mandatory.rate_ids.sorted('date_from').mapped(lambda rate: (str(rate.date_from), rate.amount)),
            [('2020-01-01', 10_000), ('2026-05-01', 12_000)],
        )

    def test_registered_cooperative_keeps_its_default_taxes(self):
        company = self._create_company('id')
        self.env['coop.setup'].with_context(allowed_company_ids=company.ids).create({
            'vat_status': 'registered',
        }).action_apply()
        self.assertTrue(company.account_sale_tax_id)

    def test_payment_reaches_the_cash_book_at_once(self):
        partner = self.env['res.partner'].create({'name': "Toko Jaya"})
        invoice = self.env['account.move'].create({
            'move_type': 'out_invoice', 'partner_id': partner.id, 'invoice_date': '2026-03-01',
            'invoice_line_ids': [(0, 0, {'name': "Jasa", 'price_unit': 75_000, 'tax_ids': []})],
        })
        invoice.action_post()
        payment = self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=invoice.ids,
        ).create({'journal_id': self.cash_journal.id, 'payment_date': '2026-03-02'})._create_payments()
        self.assertEqual(payment.state, 'paid')
        self.assertEqual(invoice.payment_state, 'paid')
        self.assertEqual(self._balance(self.cash_journal.default_account_id), 75_000)

    def test_officer_does_not_set_up_the_cooperative(self):
        self.env['coop.setup'].with_user(self.accountant).create({'vat_status': 'not_registered'}).action_apply()
        with self.assertRefused("", AccessError):
            self.env['coop.setup'].with_user(self.officer).create({'vat_status': 'registered'})
        self.assertEqual(self.company.coop_vat_status, 'not_registered')

    def test_unused_accounts_leave_with_the_addon_and_used_ones_stay(self):
        self._create_member("Siti")
        used, unused = self.principal.account_id, self._account('grant')
        odoo_accounts = self.env['account.account'].search_count([('code', '=like', '41%')])
        uninstall_hook(self.env)
        self.assertTrue(used.exists())
        self.assertFalse(unused.exists())
        self.assertEqual(self.env['account.account'].search_count([('code', '=like', '41%')]), odoo_accounts)

    def test_accounts_are_named_in_indonesian_when_the_language_is_there(self):
        self.env['res.lang']._activate_lang('id_ID')
        self.company._coop_create_accounts()
        self.assertEqual(self._account('shu').with_context(lang='id_ID').name, "SHU Belum Dibagi")
        self.assertEqual(self.principal.with_context(lang='id_ID').name, "Simpanan Pokok")
        self.assertEqual(self._account('shu').name, "SHU Not Yet Distributed")


@tagged('post_install', '-at_install')
class TestMembershipStamp(CoopCommon):

    def _invoice(self, partner, date, move_type='out_invoice'):
        move = self.env['account.move'].create({
            'move_type': move_type, 'partner_id': partner.id, 'invoice_date': date, 'date': date,
            'invoice_line_ids': [(0, 0, {'name': "Barang", 'price_unit': 10_000, 'tax_ids': []})],
        })
        move.action_post()
        return move

    def test_documents_carry_the_membership_of_their_day(self):
        member = self._create_member("Siti", joined='2026-02-10')
        contact = self.env['res.partner'].create({'name': "Anak Siti", 'parent_id': member.partner_id.id})
        self.assertFalse(self._invoice(member.partner_id, '2026-02-09').coop_membership_id, "not yet a member")
        for move_type in ('out_invoice', 'out_refund', 'in_invoice', 'in_refund'):
            move = self._invoice(contact, '2026-02-10', move_type)
            self.assertEqual(move.coop_membership_id, member, move_type)

    def test_candidates_and_outsiders_leave_no_stamp(self):
        candidate = self.env['coop.membership'].create({
            'partner_id': self.env['res.partner'].create({'name': "Calon"}).id,
        })
        today = fields.Date.context_today(candidate)
        self.assertFalse(self._invoice(candidate.partner_id, today).coop_membership_id)
        self.assertFalse(self._invoice(self.env['res.partner'].create({'name': "Toko"}), today).coop_membership_id)
