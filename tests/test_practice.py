from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.producer_cooperative.tests.common import CoopCommon

#: What a company has of its own; none of it may come or go elsewhere while somebody practises.
BOOKS = (
    'account.move', 'account.move.line', 'account.account', 'account.journal', 'account.payment', 'stock.picking',
    'stock.move', 'stock.quant', 'product.template', 'sale.order', 'purchase.order', 'coop.membership',
    'coop.savings.voucher', 'coop.pool', 'coop.consignment', 'coop.settlement', 'coop.shu.allocation', 'coop.shu.rule',
)


@tagged('post_install', '-at_install')
class TestPractice(CoopCommon):

    def _open(self, user=None):
        action = self.env['coop.practice'].with_user(user or self.manager).action_open()
        return self.env['coop.practice'].browse(action['res_id'])

    def _count(self, company):
        def domain(model):
            name = 'company_ids' if 'company_ids' in self.env[model]._fields else 'company_id'
            return [(name, 'in', company.ids)]
        env = self.env(su=True, context={**self.env.context, 'active_test': False})
        return {model: env[model].search_count(domain(model)) for model in BOOKS}

    def _numbers(self):
        """Return the next number of each sequence that all companies share."""
        sequences = self.env['ir.sequence'].search([('company_id', '=', False), ('code', '!=', False)])
        sequences.invalidate_recordset(['number_next_actual'])
        return {sequence.code: sequence.number_next_actual for sequence in sequences}

    def test_only_managers_and_administrators_make_or_reset_it(self):
        practice = self._open()
        for user in (self.officer, self.cashier, self.accountant, self.supervisor, self.warehouse_user):
            for name in ('action_open', 'action_start', 'action_stop'):
                with self.subTest(user=user.login, action=name), self.assertRefused("", AccessError):
                    getattr(practice.with_user(user), name)()
        self.assertEqual(practice.state, 'draft')
        self.assertEqual(self._open(), practice, "one for each company")

    def test_nothing_of_it_is_written_by_hand(self):
        practice = self._open()
        with self.assertRefused("", AccessError):
            practice.with_user(self.manager).practice_company_id = self.company
        with self.assertRefused("decided when it is made"):
            self.company.with_user(self.env.ref('base.user_admin')).coop_is_practice = True

    def test_real_company_is_never_retired_or_filled(self):
        practice = self._open()
        practice.sudo().practice_company_id = self.company
        with self.assertRefused("is no practice company and stays"):
            self.company._coop_retire_practice()
        with self.assertRefused("is no practice company and stays as it is"):
            practice._get_loader()
        self.assertTrue(self.company.active)

    def test_practice_company_is_filled_for_those_who_work_here_and_touches_nothing_else(self):
        self._create_member("Siti")
        before, numbers_before = self._count(self.company), self._numbers()
        last_partner = self.env['res.partner'].search([], order='id DESC', limit=1).id
        practice = self._open()
        practice.with_user(self.manager).action_start()
        self.assertEqual((practice.state, practice.starter_id), ('running', self.manager))
        with self.assertRefused(""):
            practice.with_user(self.manager).action_start()
        self.assertEqual(practice.progress, 0)
        while practice._take_step():
            self.assertFalse(self.manager.company_ids - self.company, "nobody is let in before all is there")
        self.assertEqual((practice.state, practice.problem, practice.progress), ('done', False, 100))

        company = practice.practice_company_id
        self.assertTrue(company.coop_is_practice)
        self.assertIn("PRACTICE", company.name)
        self.assertEqual(self._count(self.company), before)
        self.assertEqual(self._numbers(), numbers_before, "no number of a real order is used up")
        self.assertTrue(self.env['sale.order'].search_count([('company_id', '=', company.id)]))
        for user in (self.officer, self.cashier, self.accountant, self.manager, self.supervisor, self.warehouse_user):
            self.assertIn(company, user.company_ids, user.login)
            self.assertEqual(user.company_id, self.company, "everybody still begins in the real company")
        self.assertIn(self.cashier, self.env['account.journal'].search([
            ('type', '=', 'cash'), ('company_id', '=', company.id),
        ]).coop_cashier_ids)
        players = self.env['res.users'].with_context(active_test=False).search([('login', '=like', 'latihan.%')])
        self.assertTrue(players)
        self.assertFalse(players.filtered('active'), "nobody logs in as one of its people")
        self.assertEqual(players.partner_id.company_id, company, "no contact of the real company is called like them")
        self.assertEqual(len(players.partner_id.filtered('company_id')), len(players))

        partners = self.env['res.partner'].with_context(active_test=False).search([('id', '>', last_partner)])
        people = partners - players.partner_id - self.env['res.company'].search([]).partner_id
        self.assertTrue(people)
        self.assertFalse(people.filtered(lambda partner: partner.company_id != company), "contacts stay in it")
        self.assertFalse(people.filtered('email'), "nothing is sent to anybody")
        self.assertEqual(self.env['coop.shu.allocation'].search([('company_id', '=', company.id)]).state, 'paid')
        self.assertEqual(
            self.env['coop.membership'].search_count([('company_id', '=', company.id), ('state', '=', 'active')]), 24,
        )
        within = practice.with_user(self.manager).with_context(allowed_company_ids=company.ids)
        within.invalidate_recordset()
        seen = within.web_read({'company_id': {'fields': {'display_name': {}}}, 'practice_company_id': {}})
        self.assertEqual(seen[0]['company_id']['display_name'], self.company.name)
        self.assertEqual(within.action_open()['res_id'], practice.id)
        self.assertEqual(within.display_name, self.company.name)
        practice.invalidate_recordset()
        journals = self.env['account.journal'].search([('company_id', '=', company.id)])
        self.assertFalse(list(filter(None, journals.alias_id.mapped('alias_name'))), "no bill comes in by e-mail")
        self._check_cashier_works(company)
        self._check_papers(company)
        self._check_reset(practice)

    def _check_cashier_works(self, company):
        cashier = self.env(user=self.cashier, context={'allowed_company_ids': company.ids, 'tz': 'Asia/Jakarta'})
        member = cashier['coop.membership'].search([('state', '=', 'active')], limit=1)
        savings_type = cashier['coop.savings.type'].search([('kind', '=', 'voluntary')], limit=1)
        voucher = cashier['coop.savings.voucher'].create({'line_ids': [Command.create({
            'membership_id': member.id, 'type_id': savings_type.id, 'amount': 50_000,
        })]})
        voucher.action_post()
        self.assertEqual((voucher.state, voucher.company_id), ('posted', company), "nobody else holds the drawer")

    def _check_papers(self, company):
        voucher = self.env['coop.savings.voucher'].search([('company_id', '=', company.id)], limit=1)
        real = self.env['coop.savings.voucher'].search([('company_id', '=', self.company.id)], limit=1)
        Report = self.env['ir.actions.report']
        for name, tried, kept in (
            ('report_coop_savings_voucher', voucher, real),
            ('report_coop_savings_slip', voucher.line_ids, real.line_ids),
        ):
            html, _type = Report._render_qweb_html(f'producer_cooperative.{name}', tried.ids)
            self.assertEqual(html.decode().count("PRACTICE – not a real document"), 1, name)
            html, _type = Report._render_qweb_html(f'producer_cooperative.{name}', kept.ids)
            self.assertNotIn("PRACTICE", html.decode(), name)
        self.assertTrue(company._coop_get_practice_mark())
        self.assertFalse(self.company._coop_get_practice_mark())

    def _check_reset(self, practice):
        first = practice.practice_company_id
        self.manager.company_id = first
        tried = self.env['coop.membership'].search([('company_id', '=', first.id), ('state', '=', 'active')], limit=1)
        real = self._create_member("Budi")
        reminder, kept = (
            member.activity_schedule('mail.mail_activity_data_todo', user_id=self.manager.id)
            for member in (tried, real)
        )
        notice = self.env['coop.notice'].search([('company_id', '=', first.id)], limit=1)
        notice.write({'state': 'to_send'})
        before, tried_before = self._count(self.company), self._count(first)

        practice.with_user(self.manager).action_start()
        practice._take_step()
        self.assertNotEqual(practice.practice_company_id, first)
        self.assertFalse(first.active)
        self.assertFalse(first.partner_id.active, "nor does it stand among the contacts")
        self.assertFalse(first.user_ids, "nobody can choose it any more")
        self.assertEqual(self.manager.company_id, self.company)
        with self.assertRefused("", AccessError):
            tried.with_user(self.manager).with_context(allowed_company_ids=self.company.ids).read(['number'])
        self.assertEqual((self._count(self.company), self._count(first)), (before, tried_before), "archived, as it was")
        self.assertFalse(reminder.exists())
        self.assertTrue(kept.exists(), "reminders of the real company stay")
        self.assertEqual((notice.state, notice.reason), ('skipped', "The practice company was put away."))
        self.assertIn("was put away: archived", practice.message_ids[0].body)
        self.assertTrue(practice._take_step(), practice.problem)
        practice.with_user(self.manager).action_stop()
        self.assertEqual(practice.state, 'stopped')
        self.assertFalse(practice._take_step(), "what was stopped does not go on")
        for time in ("second", "third"):
            practice.with_user(self.manager).action_start()
            practice._take_step()
            practice._take_step()
            self.assertEqual((practice.state, practice.problem, practice.steps_done), ('running', False, 2), time)
            practice.with_user(self.manager).action_stop()

    def _mail(self, document):
        return self.env['mail.mail'].create({
            'model': document._name, 'res_id': document.id, 'email_to': "siti@anggota.example", 'body_html': "Pupuk",
        })

    def test_no_mail_leaves_a_practice_company(self):
        practice = self.env['res.company'].create({'name': "Latihan", 'coop_is_practice': True})
        tried, real = self.env['res.partner'].create([
            {'name': "Siti", 'company_id': company.id} for company in (practice, self.company)
        ])
        shared = self.env['res.partner'].create({'name': "Toko"})
        held, kept, noted = (self._mail(partner) for partner in (tried, real, shared))
        noted.record_company_id = practice
        self.manager.write({'company_ids': [Command.link(practice.id)], 'company_id': practice.id})
        password = self._mail(self.manager)
        (held | kept | noted | password).send()
        self.assertEqual((held | noted).mapped('state'), ['cancel', 'cancel'])
        self.assertIn("practice company", held.failure_reason)
        self.assertEqual(kept.state, 'outgoing', "left to the mail server, which tests have none of")
        self.assertEqual(password.state, 'outgoing', "a user's own mail is no document of the practice company")

    def test_what_is_noted_on_the_way_is_for_who_began_it(self):
        practice = self._open()
        self.manager.lang = 'en_US'
        practice.with_user(self.manager).action_start()
        langs = []

        def note(practice):
            langs.append(practice.env.context.get('lang'))
            return False
        self.patch(type(self.env['coop.practice']), '_take_step', note)
        self.patch(type(self.env['ir.cron']), '_commit_progress', lambda *args, **kwargs: 1)
        self.env['coop.practice'].with_context(lang=None)._cron_go_on()
        self.assertEqual(langs, ['en_US'])

    def test_what_goes_wrong_is_said_and_can_be_begun_anew(self):
        practice = self._open()
        practice.with_user(self.manager).action_start()
        reason = "No."

        def refuse(practice):
            raise UserError(reason)
        self.patch(type(self.env['coop.practice']), '_make_company', refuse)
        with mute_logger('odoo.addons.producer_cooperative.models.coop_practice'):
            self.assertFalse(practice._take_step())
        self.assertEqual((practice.state, practice.problem), ('stopped', reason))
        self.assertFalse(practice.practice_company_id)
        practice.with_user(self.manager).action_start()
        self.assertEqual((practice.state, practice.problem), ('running', False))


@tagged('post_install', '-at_install')
class TestPracticeSession(HttpCase):

    def test_web_client_is_told_which_companies_are_for_practice(self):
        company = self.env['res.company'].create({'name': "Latihan", 'coop_is_practice': True})
        admin = self.env.ref('base.user_admin')
        admin.company_ids = [Command.link(company.id)]
        self.authenticate('admin', 'admin')
        info = self.make_jsonrpc_request('/web/session/get_session_info', {})
        self.assertEqual(info['coop_practice_company_ids'], company.ids)
