from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.producer_cooperative.tests.common import CoopCommon


@tagged('post_install', '-at_install')
class TestPortal(CoopCommon, HttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.siti = cls._create_member("Siti Rahma")
        cls.budi = cls._create_member("Budi Hartono")
        cls._save(cls.siti, {cls.voluntary: 123_000})
        cls._save(cls.budi, {cls.voluntary: 456_000})
        new_test_user(
            cls.env, login='siti_portal', groups='base.group_portal', partner_id=cls.siti.partner_id.id,
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)],
        )

    def test_member_sees_the_own_savings_and_nobody_elses(self):
        self.authenticate('siti_portal', 'siti_portal')
        page = self.url_open('/my/membership').text
        self.assertIn(self.siti.number, page)
        self.assertIn("123,000.00", page)
        self.assertNotIn("Budi Hartono", page)
        self.assertNotIn("456,000.00", page)

    def test_portal_user_reads_no_other_membership_over_rpc(self):
        portal_user = self.env['res.users'].search([('login', '=', 'siti_portal')])
        found = self.env['coop.membership'].with_user(portal_user).search([])
        self.assertEqual(found, self.siti)
        with self.assertRefused("doesn't have 'read' access", AccessError):
            self.budi.with_user(portal_user).read(['number'])

    def test_totals_of_the_cooperative_are_not_the_members(self):
        portal_user = self.env['res.users'].search([('login', '=', 'siti_portal')])
        savings_type = self.voluntary.with_user(portal_user)
        self.assertTrue(savings_type.read(['name']))
        for name in ('balance', 'unowned_balance', 'members_balance'):
            with self.assertRefused(".", AccessError):
                savings_type.read([name])
            self.assertTrue(self.voluntary.with_user(self.cashier).read([name]))

    def test_visitor_is_sent_to_the_login(self):
        response = self.url_open('/my/membership', allow_redirects=False)
        self.assertIn('/web/login', response.headers['Location'])
