from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, new_test_user, tagged

from odoo.addons.producer_cooperative.tests.common import CoopCommon


@tagged('post_install', '-at_install')
class TestFirstSteps(CoopCommon):
    """From the installed addon to the first member, and back again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new = cls.env['res.company'].create({
            'name': "Koperasi Baru", 'country_id': cls.env.ref('base.id').id,
            'currency_id': cls.env.ref('base.IDR').id,
        })
        cls.env.user.company_ids |= cls.new
        cls.env['account.chart.template'].try_loading('id', company=cls.new, install_demo=False)
        for user in (cls.accountant, cls.manager, cls.officer):
            user.company_ids |= cls.new

    def _step(self, key, user=None, company=None):
        step = self.env.ref(f'producer_cooperative.coop_setup_step_{key}').with_user(user or self.manager)
        step = step.with_context(allowed_company_ids=(company or self.new).ids)
        step.invalidate_recordset()
        return step

    def _answer(self, key, **answers):
        action = self._step(key).action_take()
        setup = self.env['coop.setup'].with_user(self.manager).with_context(
            allowed_company_ids=self.new.ids, **action['context'],
        ).create(answers)
        setup.action_apply()
        return setup

    def _open_count(self):
        tile = self.env.ref('producer_cooperative.coop_dashboard_tile_first_steps').with_user(self.manager)
        tile = tile.with_context(allowed_company_ids=self.new.ids)
        tile.invalidate_recordset()
        return tile.count

    def test_accounts_stand_after_the_chart_and_go_back_and_forth(self):
        step = self._step('accounts')
        self.assertTrue(step.is_done and step.may_undo)
        step.action_undo()
        self.assertFalse(self._step('accounts').is_done)
        self.assertFalse(self.new.coop_account_ids.account_id)
        self._answer('accounts')
        self.assertTrue(self._step('accounts').is_done)
        principal = self.env['coop.savings.type'].search([('kind', '=', 'principal'), ('company_id', '=', self.new.id)])
        self.assertEqual(principal.account_id, self.new._get_coop_account('principal'))

    def test_manager_chooses_another_account_in_the_window(self):
        action = self._step('accounts').action_take()
        setup = self.env['coop.setup'].with_user(self.manager).with_context(
            allowed_company_ids=self.new.ids, **action['context'],
        )
        mapping = self.new.coop_account_ids.filtered(lambda mapping: mapping.key == 'principal')
        other = mapping.account_id.with_company(self.new).copy({'code': '31110099', 'name': "Pokok Lama"})
        # The window names the accounts that stay as well, in its own way.
        kept = [[4, kept.id] for kept in self.new.coop_account_ids - mapping]
        setup.create({'account_ids': [*kept, [1, mapping.id, {'account_id': other.id}]]}).action_apply()
        self.assertEqual(mapping.account_id, other)

    def test_vat_is_answered_alone_and_taken_back(self):
        tax = self.new.account_sale_tax_id
        self.assertTrue(tax)
        self._answer('vat', vat_status='not_registered')
        self.assertEqual((self.new.coop_vat_status, self.new.account_sale_tax_id.id), ('not_registered', False))
        self.assertFalse(self._step('payments').is_done, "only what was asked is carried out")
        self._step('vat').action_undo()
        self.assertEqual((self.new.coop_vat_status, self.new.account_sale_tax_id), (False, tax))

    def test_vat_comes_back_on_products_that_lost_it(self):
        tax = self.new.account_sale_tax_id
        product = self.env['product.template'].create({'name': "Beras", 'taxes_id': [Command.set(tax.ids)]})
        self._answer('vat', vat_status='not_registered', clear_product_taxes=True)
        # Odoo gives products the taxes of other companies too, which stay.
        self.assertNotIn(tax, product.taxes_id)
        self._step('vat').action_undo()
        self.assertIn(tax, product.taxes_id)

    def test_cashiers_are_named_and_unnamed(self):
        journals = self.env['account.journal'].search([
            ('company_id', '=', self.new.id), ('type', 'in', ('cash', 'bank')),
        ])
        before = journals.inbound_payment_method_line_ids.payment_account_id
        self._answer('payments', cashier_ids=[Command.set(self.accountant.ids)])
        self.assertEqual(self._step('payments').status, f"Cashiers: {self.accountant.name}")
        self._step('payments').action_undo()
        self.assertFalse(journals.exists().coop_cashier_ids)
        self.assertEqual(journals.exists().inbound_payment_method_line_ids.payment_account_id, before)

    def test_usual_answers_are_proposed(self):
        def proposed(key):
            action = self._step(key).action_take()
            setup = self.env['coop.setup'].with_user(self.manager).with_context(
                allowed_company_ids=self.new.ids, **action['context'],
            )
            return Form(setup, view='producer_cooperative.coop_setup_view_form').save()
        self.assertEqual(proposed('vat').vat_status, 'not_registered')
        savings = proposed('savings')
        self.assertEqual((savings.principal_amount, savings.mandatory_amount), (100_000, 20_000))
        savings.action_apply()
        self.new.coop_vat_status = 'registered'
        self.assertEqual(proposed('vat').vat_status, 'registered', "what was answered stands")
        self._answer('savings', principal_amount=70_000, mandatory_amount=20_000, rate_date=fields.Date.today())
        self.assertEqual(proposed('savings').principal_amount, 70_000)

    def test_question_that_is_not_answered_stays_open(self):
        for key, answers, refusal in (
            ('identity', {'coop_nib': "9120001234567"}, "Enter the legal entity number"),
            ('vat', {'vat_status': False}, "registered for VAT"),
            ('payments', {}, "at least one cashier"),
            ('savings', {'principal_amount': 50_000, 'mandatory_amount': 0}, "once and what every month"),
        ):
            with self.subTest(key=key), self.assertRefused(refusal):
                self._answer(key, **answers)
            self.assertFalse(self._step(key).is_done)
        self.assertFalse(self.new.coop_nib)

    def test_books_in_another_currency_are_said(self):
        self.assertNotIn("kept in", self._step('accounts').status)
        self.new.currency_id = self.env.ref('base.USD')
        self.assertIn("They are kept in USD", self._step('accounts').status)

    def test_journal_made_by_the_step_goes_and_one_made_by_hand_stays(self):
        cash = self.env['account.journal'].search([('company_id', '=', self.new.id), ('type', '=', 'cash')])
        cash.unlink()
        self._answer('payments', cashier_ids=[Command.set(self.accountant.ids)])
        made = self.env['account.journal'].search([('company_id', '=', self.new.id), ('type', '=', 'cash')])
        by_hand = self.env['account.journal'].create({
            'type': 'bank', 'name': "Bank Desa", 'code': "BDES", 'company_id': self.new.id,
        })
        self.assertEqual(made.coop_cashier_ids, self.accountant)
        self._step('payments').action_undo()
        self.assertFalse(made.exists())
        self.assertTrue(by_hand.exists())

    def test_set_up_of_another_company_or_with_its_journal_is_refused(self):
        Setup = self.env['coop.setup'].with_user(self.manager)
        with self.assertRefused("companies only that you work in", AccessError):
            Setup.with_context(allowed_company_ids=self.company.ids).create({'company_id': self.new.id})
        cashiers = self.cash_journal.coop_cashier_ids
        with self.assertRefused("company"):
            Setup.with_context(allowed_company_ids=self.new.ids).create({
                'company_id': self.new.id, 'part': 'payments', 'cash_journal_id': self.cash_journal.id,
                'cashier_ids': [Command.set(self.officer.ids)],
            }).action_apply()
        self.assertEqual(self.cash_journal.coop_cashier_ids, cashiers)

    def test_amounts_are_entered_and_taken_back(self):
        self._answer('savings', principal_amount=50_000, mandatory_amount=5_000, rate_date='2026-01-01')
        self.assertIn("50,000", self._step('savings').status)
        self._step('savings').action_undo()
        self.assertFalse(self._step('savings').is_done)

    def test_amounts_that_members_paid_by_stay(self):
        self._create_member("Siti")
        step = self._step('savings', company=self.company)
        self.assertTrue(step.is_done)
        with self.assertRefused("is booked on these savings"):
            step.action_undo()
        self.assertTrue(self.principal.rate_ids)

    def test_vat_that_an_invoice_rests_on_stays(self):
        self.env['account.move'].create({
            'move_type': 'out_invoice', 'partner_id': self.env['res.partner'].create({'name': "Toko"}).id,
            'invoice_date': '2026-03-01',
            'invoice_line_ids': [Command.create({'name': "Jasa", 'price_unit': 1_000, 'tax_ids': []})],
        }).action_post()
        with self.assertRefused("is posted by this answer"):
            self._step('vat', company=self.company).action_undo()
        self.assertEqual(self.company.coop_vat_status, 'not_registered')

    def test_accounts_with_entries_stay(self):
        self._create_member("Siti")
        with self.assertRefused("the accounts stay"):
            self._step('accounts', company=self.company).action_undo()

    def test_payments_with_entries_stay(self):
        self._create_member("Siti")
        with self.assertRefused("booked in cash or bank already"):
            self._step('payments', company=self.company).action_undo()
        self.assertEqual(self.cash_journal.coop_cashier_ids, self.cashier)

    def test_rule_and_agreement_are_proposed_and_taken_back(self):
        rule_action = self._step('rule').action_take()
        rule = self.env['coop.shu.rule'].browse(rule_action['res_id'])
        self.assertEqual((rule.company_id, rule.percent_total), (self.new, 100))
        self.assertEqual(self._step('rule').action_take()['res_id'], rule.id, "a second click makes no second rule")
        agreement = self.env['coop.consignment.agreement'].browse(self._step('agreement').action_take()['res_id'])
        self.assertEqual((agreement.company_id, agreement.term_ids.commission_rate), (self.new, 5))
        with self.assertRefused("Undo it first"):
            self._step('accounts').action_undo()
        for key in ('rule', 'agreement'):
            self._step(key).action_undo()
            self.assertFalse(self._step(key).is_done)
        self.assertFalse(rule.exists() or agreement.exists())

    def test_rule_that_was_written_by_hand_is_not_undone_here(self):
        self.env['coop.shu.rule'].create({
            'name': "AD/ART", 'company_id': self.new.id, 'share_ids': [
                Command.create({'kind': 'reserve', 'percent': 100}),
            ],
        })
        with self.assertRefused("written down by hand"):
            self._step('rule').action_undo()

    def _import(self, rows):
        result = self.env['coop.membership'].with_user(self.manager).with_context(
            allowed_company_ids=self.new.ids, tracking_disable=True,
        ).load(['number', 'partner_name', 'date_joined'], rows)
        self.assertFalse(result['messages'], result['messages'])
        return self.env['coop.membership'].browse(result['ids'])

    def test_wrong_register_is_taken_back_and_the_right_one_comes_in(self):
        members = self._import([['00001', "Siti", '2020-01-05'], ['00002', "Budi", '2020-01-05']])
        contacts = members.partner_id
        self.assertTrue(self._step('members').may_undo)
        self._step('members').action_undo()
        self.assertFalse(members.exists() or contacts.exists())
        again = self._import([['00001', "Siti Aminah", '2020-01-05']])
        self.assertEqual(again.number, '00001')

    def test_each_import_is_taken_back_on_its_own_the_last_one_first(self):
        right = self._import([['00001', "Siti", '2020-01-05']])
        wrong = self._import([['00002', "Budi", '2020-01-05'], ['00003', "Tono", '2020-01-05']])
        self.assertIn("the last import brought 2", self._step('members').status)
        self._step('members').action_undo()
        self.assertFalse(wrong.exists())
        self.assertTrue(right.exists() and right.partner_id.exists())
        self._step('members').action_undo()
        self.assertFalse(right.exists())

    def test_register_with_entries_stays(self):
        members = self._import([['00001', "Siti", '2020-01-05']])
        self.env['account.move'].create({
            'journal_id': self.new.coop_journal_id.id, 'line_ids': [
                Command.create({
                    'account_id': self.new._get_coop_account('voluntary').id, 'balance': amount,
                    'partner_id': members.partner_id.id,
                }) for amount in (5_000, -5_000)
            ],
        }).action_post()
        with self.assertRefused("in the name of Siti: the register stays"):
            self._step('members').action_undo()
        self.assertTrue(members.exists())

    def test_members_who_were_not_imported_stay(self):
        self._create_member("Siti")
        with self.assertRefused("were not imported"):
            self._step('members', company=self.company).action_undo()
        with self.assertRefused("was admitted and stays"):
            self.env['coop.membership'].search([('company_id', '=', self.company.id)]).unlink()

    def test_overview_counts_the_steps_that_are_left(self):
        self.assertEqual(self._open_count(), 7)  # all but the accounts, which came with the chart
        self._answer('vat', vat_status='not_registered')
        self.assertEqual(self._open_count(), 6)
        self._step('vat').action_undo()
        self.assertEqual(self._open_count(), 7)

    def test_officer_takes_and_undoes_no_step(self):
        for action in ('action_take', 'action_undo'):
            with self.assertRefused("", AccessError):
                getattr(self._step('vat', self.officer), action)()
        self.assertTrue(self._step('accounts', self.accountant).is_done)
        administrator = new_test_user(
            self.env, login='administrator', groups='base.group_system', company_id=self.new.id,
        )
        self.assertTrue(self._step('accounts', administrator).is_done, "who may set up reads the steps")


@tagged('post_install', '-at_install')
class TestFirstStepsTour(CoopCommon, HttpCase):

    def test_manager_sets_the_cooperative_up_on_the_screen(self):
        new = self.env['res.company'].create({
            'name': "Koperasi Baru", 'country_id': self.env.ref('base.id').id,
            'currency_id': self.env.ref('base.IDR').id,
        })
        self.env.user.company_ids |= new
        self.env['account.chart.template'].try_loading('id', company=new, install_demo=False)
        self.manager.write({'company_ids': [Command.set(new.ids)], 'company_id': new.id})
        self.cashier.company_ids |= new
        self.start_tour('/odoo/coop-first-steps', 'coop_first_steps', login=self.manager.login, timeout=180)
        journals = self.env['account.journal'].search([('company_id', '=', new.id), ('type', '=', 'cash')])
        self.assertEqual(new.coop_legal_number, "AHU-0001234.AH.01.29.TAHUN 2023")
        self.assertEqual(new.coop_vat_status, 'not_registered')
        self.assertEqual(journals.coop_cashier_ids, self.cashier)
        savings = self.env['coop.savings.type'].search([('company_id', '=', new.id), ('kind', '=', 'principal')])
        self.assertEqual(savings.amount, 100_000)
