from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.models.res_partner_glance import GLANCE_GROUPS
from odoo.addons.producer_cooperative.tests.common_consignment import ConsignmentCommon
from odoo.addons.producer_cooperative.tests.common_pool import PoolCommon
from odoo.addons.producer_cooperative.tests.common_shu import ShuCommon

GLANCE_FIELDS = (
    'coop_currency_id', 'coop_date_joined', 'coop_date_left', 'coop_savings_balance_ids', 'coop_savings',
    'coop_arrears', 'coop_open_debt', 'coop_goods', 'coop_goods_count', 'coop_settlement_count',
    'coop_last_settlement_id', 'coop_last_settlement_date', 'coop_last_settlement_amount', 'coop_shu_total',
    'coop_last_shu_line_id', 'coop_last_shu_year', 'coop_last_shu_amount', 'coop_last_shu_residual',
    'coop_pool_request_count', 'coop_open_pool_request_count', 'coop_other_membership_ids',
)


@tagged('post_install', '-at_install')
class TestGlancePartner(ConsignmentCommon):

    def _book(self, items, date=None):
        """Return a posted plain entry with ``(account, partner or None, balance)`` lines."""
        move = self.env['account.move'].create({
            'journal_id': self.company.coop_journal_id.id, 'date': date or self.today,
            'line_ids': [
                Command.create({'account_id': account.id, 'partner_id': partner and partner.id, 'balance': balance})
                for account, partner, balance in items
            ],
        })
        move.action_post()
        return move

    def _owe(self, partner, amount):
        """Return a posted entry by which the partner owes the cooperative ``amount`` (or has it to the good)."""
        return self._book([
            (partner.property_account_receivable_id, partner, amount),
            (self.cash_journal.default_account_id, None, -amount),
        ])

    def _rows(self, partner):
        self.env.invalidate_all()
        return {row.type_id: (row.balance, row.arrears) for row in partner.coop_savings_balance_ids}

    # === SAVINGS === #

    def test_savings_by_type_are_the_ledgers_also_where_nothing_was_saved(self):
        # principal 100,000 and one month of 10,000 were paid on joining 2026-01-05
        rows = self._rows(self.siti.partner_id)
        months = (self.today.year - 2026) * 12 + self.today.month
        self.assertEqual(rows, {
            self.principal: (100_000, 0), self.mandatory: (10_000, months * 10_000 - 10_000), self.voluntary: (0, 0),
        })
        self.assertEqual(
            {savings_type: balance for savings_type, (balance, _arrears) in rows.items()},
            self.siti._get_savings_balances()[self.siti],
        )

    def test_rows_follow_an_entry_that_the_accountant_makes(self):
        self._book([
            (self.cash_journal.default_account_id, None, 7_000),
            (self.voluntary.account_id, self.siti.partner_id, -7_000),
        ])
        self.assertEqual(self._rows(self.siti.partner_id)[self.voluntary], (7_000, 0))
        self.assertEqual(self._rows(self.budi.partner_id)[self.voluntary], (0, 0))

    def test_archived_savings_type_is_shown_as_long_as_something_is_booked_on_it(self):
        used, unused = self.env['coop.savings.type'].create([
            {'name': name, 'kind': 'voluntary', 'account_id': self.voluntary.account_id.copy({'code': code}).id}
            for name, code in (("Holiday", '28129999'), ("School", '28129998'))
        ])
        self._save(self.siti, {used: 5_000}, date=self.today)
        (used | unused).active = False
        rows = self._rows(self.siti.partner_id)
        self.assertEqual(rows[used], (5_000, 0))
        self.assertNotIn(unused, rows)

    # === DEBTS === #

    def test_open_debts_are_what_is_left_after_open_credits(self):
        self._owe(self.siti.partner_id, 60_000)
        self._owe(self.siti.partner_id, -15_000)
        self._owe(self.budi.partner_id, 1_000)
        self.env.invalidate_all()
        self.assertEqual(self.siti.partner_id.coop_open_debt, 45_000)
        action = self.siti.partner_id.action_view_coop_open_debts()
        items = self.env['account.move.line'].search(action['domain'])
        self.assertEqual(sorted(items.mapped('amount_residual')), [-15_000, 60_000])

    def test_debts_of_a_contact_are_the_members(self):
        contact = self.env['res.partner'].create({'name': "Anak", 'parent_id': self.siti.partner_id.id})
        self._owe(contact, 8_000)
        self.env.invalidate_all()
        self.assertEqual((contact | self.siti.partner_id).mapped('coop_open_debt'), [8_000, 8_000])

    # === GOODS AND SETTLEMENTS === #

    def test_goods_in_stock_are_shown_with_their_quantities(self):
        self._bring(self.siti, 60)
        self._bring(self.siti, 12.5, product=self._create_product(
            "Beans", coop_consigned=True, uom_id=self.env.ref('uom.product_uom_kgm').id,
        ))
        self.env.invalidate_all()
        partner = self.siti.partner_id
        self.assertEqual(partner.coop_goods_count, 2)
        self.assertEqual(sorted(partner.coop_goods.split(", ")), ["12.50 kg", "60 Units"])
        self.assertFalse(self.budi.partner_id.coop_goods)

    def test_last_settlement_is_the_latest_posted_one(self):
        self._sold(self.siti, 60)
        first = self._settle(self.siti)
        self._sold(self.siti, 20)
        draft = self._compute(self.siti)
        self.env.invalidate_all()
        partner = self.siti.partner_id
        # 60 sold at 10, less 10 % commission
        self.assertEqual(
            (partner.coop_last_settlement_id, partner.coop_last_settlement_date, partner.coop_last_settlement_amount),
            (first, first.date, 540),
        )
        draft.action_post()
        self.env.invalidate_all()
        self.assertEqual((partner.coop_last_settlement_id, partner.coop_last_settlement_amount), (draft, 180))
        self.assertFalse(self.budi.partner_id.coop_last_settlement_id)
        self.assertEqual(self.siti.action_open_last_settlement()['res_id'], draft.id)

    # === WHOSE PAGE === #

    def test_contact_below_a_member_shows_what_is_the_members(self):
        contact = self.env['res.partner'].create({'name': "Anak", 'parent_id': self.siti.partner_id.id})
        self._save(self.siti, {self.voluntary: 3_000}, date=self.today)
        self.env.invalidate_all()
        self.assertEqual(contact.coop_membership_id, self.siti)
        self.assertEqual((contact.coop_savings, contact.coop_member_state), (113_000, 'active'))
        self.assertEqual(contact.coop_savings_balance_ids, self.siti.savings_balance_ids)

    def test_partner_without_a_membership_shows_nothing(self):
        for name in GLANCE_FIELDS:
            with self.subTest(name):
                self.assertFalse(self.customer[name])
        self.assertFalse(self.customer.coop_member_state)

    def test_make_a_member_opens_an_application_for_the_main_partner(self):
        contact = self.env['res.partner'].create({'name': "Anak", 'parent_id': self.customer.id})
        action = contact.with_user(self.officer).action_open_coop_membership()
        self.assertEqual(action['context'], {'default_partner_id': self.customer.id})

    def test_members_are_found_by_state(self):
        candidate = self.env['coop.membership'].create({
            'partner_id': self.env['res.partner'].create({'name': "Calon"}).id,
        })
        Partner = self.env['res.partner']
        self.assertEqual(Partner.search([('coop_member_state', '=', 'candidate')]), candidate.partner_id)
        active = Partner.search([('coop_member_state', '=', 'active')])
        self.assertLessEqual((self.siti | self.budi).partner_id, active)
        self.assertFalse(active & (candidate.partner_id | self.customer))
        self.assertFalse(Partner.search([('coop_member_state', '=', 'left')]))
        self.budi._update_state('left', date_left='2026-03-01')
        self.assertEqual(Partner.search([('coop_member_state', '=', 'left')]), self.budi.partner_id)
        again = self.env['coop.membership'].create({'partner_id': self.budi.partner_id.id})
        self.assertFalse(Partner.search([('coop_member_state', '=', 'left')]))
        both = Partner.search([('coop_member_state', 'in', ('candidate', 'left'))])
        self.assertEqual(both, (candidate | again).partner_id)
        self.assertIn(self.customer, Partner.search([('coop_member_state', '=', False)]))
        self.assertNotIn(self.siti.partner_id, Partner.search([('coop_member_state', '=', False)]))

    # === SEVERAL COMPANIES === #

    def test_member_of_two_companies_shows_the_active_one_first_and_the_other_beside_it(self):
        other = self._create_cooperative("Koperasi Lain")
        partner = self.siti.partner_id
        elsewhere = self.env['coop.membership'].with_context(allowed_company_ids=other.ids).create({
            'partner_id': partner.id, 'company_id': other.id, 'number': 'L-7', 'date_joined': '2026-02-01',
        })
        self.supervisor.company_ids |= other
        both = partner.with_user(self.supervisor).with_context(allowed_company_ids=(self.company | other).ids)
        self.assertEqual((both.coop_membership_id, both.coop_other_membership_ids), (self.siti, elsewhere))
        self.assertEqual(both.coop_savings, 110_000)
        there = both.with_context(allowed_company_ids=(other | self.company).ids)
        self.assertEqual((there.coop_member_number, there.coop_other_membership_ids), ('L-7', self.siti))
        self.assertEqual(there.coop_savings, 0)
        # who works in one of the companies only sees that one
        alone = partner.with_user(self.officer)
        self.assertEqual((alone.coop_membership_id, alone.coop_other_membership_ids), (self.siti, self.siti.browse()))

    # === WHO SEES IT === #

    def test_every_field_of_the_glance_is_for_the_cooperatives_roles(self):
        for name in GLANCE_FIELDS:
            with self.subTest(name):
                self.assertEqual(self.env['res.partner']._fields[name].groups, GLANCE_GROUPS)

    def test_roles_read_the_glance_and_others_do_not(self):
        salesman = self._create_role_user('salesman', 'sales_team.group_sale_salesman')
        partner = self.siti.partner_id
        for user in (self.officer, self.cashier, self.accountant, self.manager, self.supervisor):
            with self.subTest(user.login):
                self.assertEqual(partner.with_user(user).read(['coop_savings'])[0]['coop_savings'], 110_000)
                rows = partner.with_user(user).coop_savings_balance_ids
                self.assertEqual(sum(rows.mapped('balance')), 110_000)
        for user in (self.warehouse_user, salesman):
            for name in GLANCE_FIELDS:
                with self.subTest(f'{user.login} {name}'), self.assertRefused(".", AccessError):
                    partner.with_user(user).read([name])
            [seen] = partner.with_user(user).read(['coop_member_number', 'coop_member_state', 'is_coop_member'])
            self.assertEqual((seen['coop_member_number'], seen['coop_member_state']), (self.siti.number, 'active'))

    def test_partner_form_opens_for_every_role(self):
        salesman = self._create_role_user('salesman', 'sales_team.group_sale_salesman')
        for user in (
            self.officer, self.cashier, self.accountant, self.manager, self.supervisor, self.warehouse_user, salesman,
        ):
            with self.subTest(user.login):
                form = Form(self.siti.partner_id.with_user(user), view='base.view_partner_form')
                sees_money = user not in (self.warehouse_user, salesman)
                self.assertEqual('coop_open_debt' in form._view['fields'], sees_money)

    def test_buttons_of_the_page_lead_to_the_members_records(self):
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        self._sold(self.budi, 20)
        self._settle(self.budi)
        partner = self.siti.partner_id
        self.assertEqual(partner.action_open_coop_membership()['res_id'], self.siti.id)
        for method, records in (
            ('action_view_coop_settlements', settlement),
            ('action_view_coop_savings', self.siti._get_savings_types() and None),
            ('action_view_coop_pool_requests', self.env['coop.pool.request']),
            ('action_view_coop_shu', self.env['coop.shu.member.line']),
        ):
            with self.subTest(method):
                action = getattr(partner, method)()
                found = self.env[action['res_model']].search(action['domain'])
                if records is None:
                    self.assertEqual(found.partner_id, partner)
                    self.assertEqual(-sum(found.mapped('balance')), 110_000)
                else:
                    self.assertEqual(found, records)

    # === MANY AT ONCE === #

    def test_reading_many_partners_takes_as_many_queries_as_reading_two(self):
        members = self.env['coop.membership'].create([
            {
                'partner_id': self.env['res.partner'].create({'name': f"Anggota {number}"}).id,
                'number': f'N{number:03}', 'date_joined': '2025-01-05',
            } for number in range(40)
        ])
        for member in members[:3]:
            self._owe(member.partner_id, 1_000)
            self._bring(member, 5)
        names = ['coop_member_number', 'coop_member_state', *GLANCE_FIELDS]

        def queries(partners):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            partners.read(names)
            partners.coop_savings_balance_ids.read(['type_id', 'balance', 'arrears'])
            return self.env.cr.sql_log_count - before

        for user in (self.env.user, self.officer, self.supervisor):
            with self.subTest(user.login):
                partners = self.env['res.partner'].with_user(user).browse(members.partner_id.ids)
                queries(partners[:2])
                self.assertEqual(queries(partners[:2]), queries(partners))
        self.assertEqual(members[0].partner_id.coop_open_debt, 1_000)


@tagged('post_install', '-at_install')
class TestGlanceShu(ShuCommon):

    def test_last_shu_is_that_of_the_latest_posted_year_with_what_is_not_paid_of_it(self):
        self._create_rule(('reserve', 60), ('capital', 40))
        siti = self._create_registered("Siti", '001', 300_000, joined='2023-01-01')
        self._create_registered("Budi", '002', 100_000, joined='2023-01-01')
        # 3/4 of 40 % of 500,000 and of 1,000,000
        self._post(500_000, ('2023-01-01', '2023-12-31'), '2024-02-20')
        self._post(1_000_000)
        self._compute(2_000_000, ('2025-01-01', '2025-12-31'))
        self.env.invalidate_all()
        partner = siti.partner_id
        self.assertEqual((partner.coop_last_shu_year, partner.coop_last_shu_amount), ('2024', 300_000))
        self.assertEqual((partner.coop_last_shu_residual, partner.coop_shu_total), (300_000, 450_000))
        action = partner.action_view_coop_shu()
        self.assertEqual(len(self.env[action['res_model']].search(action['domain'])), 3)
        self.assertEqual(siti.action_open_last_shu()['res_id'], partner.coop_last_shu_line_id.id)


@tagged('post_install', '-at_install')
class TestGlancePool(PoolCommon):

    def test_open_pool_requests_are_those_whose_goods_are_not_handed_over(self):
        done, waiting = self._create_pool(), self._create_pool()
        self._request(done, {self.siti: 10, self.budi: 50})
        self._request(waiting, {self.siti: 5})
        self._run(done, 60)
        self.env.invalidate_all()
        partner = self.siti.partner_id
        self.assertEqual((partner.coop_pool_request_count, partner.coop_open_pool_request_count), (2, 1))
        self.assertEqual(self.budi.partner_id.coop_open_pool_request_count, 0)
        action = partner.action_view_coop_pool_requests()
        self.assertEqual(len(self.env[action['res_model']].search(action['domain'])), 2)
