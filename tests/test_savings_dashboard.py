from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common import CoopCommon


@tagged('post_install', '-at_install')
class TestSavingsDashboard(CoopCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.env['coop.membership'])
        cls.siti = cls._create_member("Siti", joined=cls.today)

    def _shown(self, user):
        """Return ``{key: tile}`` of the tiles that the overview shows to a user."""
        tiles = self.env['coop.dashboard.tile'].with_user(user).search([('is_shown', '=', True)])
        return {tile.key: tile for tile in tiles}

    def _book_unowned(self, amount):
        self.env['account.move'].create({
            'journal_id': self.company.coop_journal_id.id, 'line_ids': [
                Command.create({'account_id': self.cash_journal.default_account_id.id, 'balance': amount}),
                Command.create({'account_id': self.voluntary.account_id.id, 'balance': -amount}),
            ],
        }).action_post()

    def test_drafts_candidates_and_arrears_are_counted_in_the_active_company(self):
        self.env['coop.savings.voucher'].create({'journal_id': self.cash_journal.id, 'line_ids': [Command.create({
            'membership_id': self.siti.id, 'type_id': self.voluntary.id, 'amount': 5_000,
        })]})
        self.env['coop.membership'].create({'partner_id': self.env['res.partner'].create({'name': "Calon"}).id})
        joined = fields.Date.subtract(self.today, months=2)
        behind = self._create_member("Budi", joined=joined)
        self.env['coop.membership'].create({
            'partner_id': self.env['res.partner'].create({'name': "Lain"}).id,
            'company_id': self._create_cooperative("Koperasi Lain").id,
        })
        shown = self._shown(self.officer)
        self.assertEqual((shown['vouchers'].count, shown['vouchers'].amount), (1, 5_000))
        self.assertEqual((shown['candidates'].count, shown['candidates'].has_amount), (1, False))
        # Budi owes two months of 10,000; one member, though two months
        self.assertEqual((shown['arrears'].count, shown['arrears'].amount), (1, 20_000))
        self.assertEqual(behind.arrears, 20_000)

    def test_savings_without_a_member_warn_treasurer_and_manager_only_while_there_are_any(self):
        self.assertNotIn('unowned', self._shown(self.accountant))
        self._book_unowned(30_000)
        tile = self._shown(self.accountant)['unowned']
        self.assertEqual((tile.count, tile.amount, tile.is_warning), (1, 30_000, True))
        for user in (self.supervisor, self.manager):
            with self.subTest(user=user.login):
                seen = self._shown(user)['unowned']
                self.assertEqual((seen.count, seen.amount), (1, 30_000))
        with self.assertRefused("30,000.* belong to no member.*ask the treasurer"):
            self._shown(self.manager)['unowned'].action_open()
        self.assertNotIn('unowned', self._shown(self.officer))
        self.assertNotIn('unowned', self._shown(self.cashier))

    def test_each_role_sees_only_what_it_can_open(self):
        self._book_unowned(30_000)
        for user in (self.officer, self.cashier, self.accountant, self.manager, self.supervisor):
            for tile in self._shown(user).values():
                if tile.key == 'unowned' and user == self.manager:
                    continue  # told whom to ask
                action = tile.action_open()
                self.env[action['res_model']].with_user(user).search_count(action['domain'])
            self.assertIn('arrears', self._shown(user))
        self.assertNotIn('candidates', self._shown(self.cashier))

    def test_empty_tiles_are_left_out(self):
        shown = self._shown(self.manager)
        self.assertNotIn('pool_open', shown)
        self.env['coop.pool'].create({'title': "Fertiliser"})._update_state('open')
        self.assertEqual(self._shown(self.manager)['pool_open'].count, 1)

    def test_every_tile_can_be_worked_out(self):
        for tile in self.env['coop.dashboard.tile'].search([]):
            with self.subTest(tile=tile.key):
                count, _amount = tile._get_figures()
                self.assertGreaterEqual(count, 0)
                self.assertTrue(tile.action_open()['res_model'])

    def test_overview_takes_the_same_queries_however_much_there_is(self):
        def count_queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env['coop.dashboard.tile'].search([('is_shown', '=', True)]).read(['count', 'amount', 'name'])
            return self.env.cr.sql_log_count - before
        count_queries()
        few = count_queries()
        self._book_unowned(1_000)
        first = count_queries()
        for amount in range(20):
            self._book_unowned(1_000 + amount)
            self.env['coop.savings.voucher'].create({'journal_id': self.cash_journal.id})
            self.env['coop.membership'].create({
                'partner_id': self.env['res.partner'].create({'name': f"N{amount}"}).id,
            })
        self.assertEqual(count_queries(), first)
        self.assertLess(few, 100)  # some forty tiles, two queries each

    def test_manager_arranges_tiles_and_the_officer_does_not(self):
        tile = self.env.ref('producer_cooperative.coop_dashboard_tile_vouchers')
        tile.with_user(self.manager).sequence = 5
        with self.assertRefused("", AccessError):
            tile.with_user(self.officer).sequence = 6
        self.assertEqual(tile.sequence, 5)
