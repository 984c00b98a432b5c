import json

from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.producer_cooperative.tests.common import CoopCommon


@tagged('post_install', '-at_install')
class TestDashboard(CoopCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.env['coop.membership'])
        cls.siti = cls._create_member("Siti", joined=cls.today.replace(day=1))

    def _shown(self, user):
        """Return ``{key: tile}`` of the tiles that the overview shows to a user."""
        tiles = self.env['coop.dashboard.tile'].with_user(user).search([('is_shown', '=', True)])
        return {tile.key: tile for tile in tiles}

    def _months(self, key, user=None):
        """Return the amounts that a graph shows, the running month last."""
        tile = self.env.ref(f'producer_cooperative.coop_dashboard_tile_{key}').with_user(user or self.supervisor)
        values = json.loads(tile.graph_data)[0]['values']
        return [point.get('y', point.get('value')) for point in values]

    def _bank_account(self, partner, number):
        return self.env['res.partner.bank'].create({'partner_id': partner.id, 'acc_number': number})

    def test_capital_grows_month_by_month_and_leaves_out_what_is_no_capital(self):
        earlier = self.today.replace(day=1) - relativedelta(months=2)
        self._create_member("Budi", joined=earlier)
        self._save(self.siti, {self.voluntary: 75_000}, date=self.today)
        # Budi and Siti paid 100,000 + 10,000 each on joining; voluntary savings are no capital
        self.assertEqual(self._months('capital'), [0.0] * 21 + [110_000, 110_000, 220_000])
        tile = self._shown(self.manager)['capital']
        self.assertEqual((tile.amount, tile.currency_id), (220_000, self.rupiah))
        action = tile.action_open()
        model = self.env[action['res_model']].with_user(self.manager)
        self.assertEqual(sum(model.search(action['domain']).mapped('amount')), 220_000)

    def test_turnover_is_shown_in_the_month_it_was_booked(self):
        self.assertNotIn('turnover', self._shown(self.manager), "an empty graph says nothing")
        invoice = self.env['account.move'].create({
            'move_type': 'out_invoice', 'partner_id': self.siti.partner_id.id, 'invoice_date': self.today,
            'invoice_line_ids': [Command.create({'name': "Jasa", 'price_unit': 40_000, 'tax_ids': []})],
        })
        invoice.action_post()
        self.assertEqual(self._months('turnover'), [0.0] * 23 + [40_000])
        self.assertEqual(self._shown(self.officer)['turnover'].amount, 40_000)

    def test_graphs_are_for_those_who_lead_and_keep_the_books(self):
        self.assertIn('capital', self._shown(self.officer))
        self.assertNotIn('capital', self._shown(self.cashier))
        self.assertNotIn('capital', self._shown(self.warehouse_user))
        tile = self.env.ref('producer_cooperative.coop_dashboard_tile_capital').with_user(self.cashier)
        self.assertEqual((tile.amount, json.loads(tile.graph_data)[0]['values']), (0, []))

    def test_bank_account_waits_for_treasurer_and_manager_of_its_company(self):
        self._bank_account(self.siti.partner_id, "0123456789")
        other = self._create_cooperative("Koperasi Lain")
        stranger = self.env['res.partner'].create({'name': "Lain"})
        self.env['coop.membership'].create({'partner_id': stranger.id, 'company_id': other.id})
        self._bank_account(stranger, "9876543210")
        shown = self._shown(self.accountant)['bank_accounts']
        self.assertEqual((shown.count, shown.is_mine), (1, True))
        action = shown.action_open()
        accounts = self.env['res.partner.bank'].with_user(self.accountant).search(action['domain'])
        self.assertEqual(accounts.partner_id, self.siti.partner_id)
        self.assertNotIn('bank_accounts', self._shown(self.officer))

    def test_tile_says_whose_turn_it_is(self):
        self.env['coop.membership'].create({'partner_id': self.env['res.partner'].create({'name': "Calon"}).id})
        for_manager, for_officer = self._shown(self.manager)['candidates'], self._shown(self.officer)['candidates']
        self.assertTrue(for_manager.is_mine)
        self.assertEqual((for_officer.is_mine, for_officer.responsible_names), (False, "Manager"))
        mine = self.env['coop.dashboard.tile'].with_user(self.manager).search([('is_mine', '=', True)])
        self.assertIn('candidates', mine.mapped('key'))
        self.assertNotIn('receipts', mine.mapped('key'), "a role that another one brings along is not meant")

    def test_round_near_its_deadline_is_urgent(self):
        pool = self.env['coop.pool'].create({'title': "Pupuk"})
        pool._update_state('open')
        pool.date_cutoff = fields.Datetime.now() + relativedelta(days=5)
        self.assertNotIn('pool_deadline', self._shown(self.officer))
        pool.date_cutoff = fields.Datetime.now() + relativedelta(days=2)
        tile = self._shown(self.officer)['pool_deadline']
        self.assertEqual((tile.count, tile.is_warning, tile.is_mine), (1, True, True))
        self.assertEqual(self.env['coop.pool'].search(tile.action_open()['domain']), pool)

    def test_finding_is_shown_to_whom_it_is_handed_only(self):
        tile = self.env.ref('producer_cooperative.coop_dashboard_tile_findings')
        self.env['coop.finding'].with_user(self.supervisor).create({
            'name': "Kwitansi tanpa tanda tangan", 'finding': "No. 7", 'responsible_id': self.officer.id,
        }).action_hand_out()
        self.assertEqual(tile.with_user(self.officer).count, 1)
        self.assertEqual(tile.with_user(self.manager).count, 0)

    def test_click_opens_as_many_as_were_counted(self):
        """Each tile's list, for each role, with something in the tiles of savings, members, rounds and warnings."""
        self._create_member("Budi", joined=self.today.replace(day=1) - relativedelta(months=2))
        self.env['coop.membership'].create({'partner_id': self.env['res.partner'].create({'name': "Calon"}).id})
        self.env['coop.savings.voucher'].create({'journal_id': self.cash_journal.id})
        self.env['coop.pool'].create({'title': "Pupuk", 'date_cutoff': fields.Datetime.now()})._update_state('open')
        self._bank_account(self.siti.partner_id, "0123456789")
        seen = set()
        for user in (self.officer, self.cashier, self.accountant, self.manager, self.supervisor, self.warehouse_user):
            for key, tile in self._shown(user).items():
                action = tile.action_open()
                self.assertFalse([name for name in action['context'] if name.startswith('search_default_filter')], key)
                if tile.hide_count or key == 'first_steps':
                    continue  # the steps that are done stand beside those that are left
                model = self.env[action['res_model']].with_user(user)
                groups = [name for name in action['context'] if name.startswith('search_default_group')]
                opened = (
                    len(model._read_group(action['domain'], ['membership_id'])) if groups
                    else model.search_count(action['domain'])
                )
                self.assertEqual(tile.count, opened, f"{key} of {user.login}")
                seen.add(key)
        self.assertLessEqual({'arrears', 'candidates', 'vouchers', 'pool_open', 'pool_deadline', 'bank_accounts'}, seen)

    def test_what_a_tile_counts_is_fixed(self):
        tile = self.env.ref('producer_cooperative.coop_dashboard_tile_unowned')
        for values in ({'domain': "[]"}, {'key': 'capital'}, {'amount_field': 'debit'}):
            with self.subTest(values=values), self.assertRefused("counts and opens is fixed"):
                tile.with_user(self.manager).write(values)
        self.assertEqual(tile.domain, "[('coop_is_unowned', '=', True)]")
        tile.with_user(self.manager).write({'name': "Tanpa Pemilik", 'active': False})
        self.assertFalse(tile.active)

    def test_warehouse_is_called_by_its_name(self):
        tile = self.env.ref('producer_cooperative.coop_dashboard_tile_receipts').with_user(self.officer)
        self.assertEqual(tile.responsible_names, "Warehouse")

    def test_last_year_waits_for_its_surplus_once_something_was_booked(self):
        self.assertNotIn('shu_todo', self._shown(self.accountant))
        day = self.company._coop_get_last_year()['date_to']
        entry = self.env['account.move'].create({
            'journal_id': self.company.coop_journal_id.id, 'date': day, 'line_ids': [
                Command.create({'account_id': self.cash_journal.default_account_id.id, 'balance': 9_000}),
                Command.create({'account_id': self._account('commission').id, 'balance': -9_000}),
            ],
        })
        entry.action_post()
        tile = self._shown(self.accountant)['shu_todo']
        self.assertEqual((tile.count, tile.is_mine), (1, True))
        self.assertNotIn('shu_todo', self._shown(self.officer))

    def test_warehouse_sees_goods_and_no_money(self):
        shown = self._shown(self.warehouse_user)
        self.assertFalse([tile.key for tile in shown.values() if tile.has_amount])
        self.assertFalse({'candidates', 'vouchers', 'arrears', 'approvals'} & set(shown))
        portal = new_test_user(self.env, login='coop_portal', groups='base.group_portal')
        with self.assertRefused("", AccessError):
            self._shown(portal)

    def test_overview_of_another_company_shows_its_own_figures(self):
        other = self._create_cooperative("Koperasi Lain")
        there = self.env['coop.dashboard.tile'].with_context(allowed_company_ids=other.ids)
        there.invalidate_model()
        self.assertEqual(there.search([('key', '=', 'capital')]).amount, 0)
        self.assertEqual(self._shown(self.manager)['capital'].amount, 110_000)

    def test_overview_takes_the_same_queries_for_few_and_many_members(self):
        def count_queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            tiles = self.env['coop.dashboard.tile'].with_user(self.supervisor).search([('is_shown', '=', True)])
            tiles.read(['count', 'amount', 'graph_data', 'responsible_names', 'is_mine'])
            return self.env.cr.sql_log_count - before
        self._bank_account(self.siti.partner_id, "0123456700")
        count_queries()
        few = count_queries()
        for number in range(15):
            member = self._create_member(f"Anggota {number}", joined=self.today)
            self._bank_account(member.partner_id, f"01234567{number + 10}")
        count_queries()
        self.assertEqual(count_queries(), few)
