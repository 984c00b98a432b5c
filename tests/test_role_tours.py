from odoo import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.producer_cooperative.tests.common_consignment import ConsignmentCommon
from odoo.addons.producer_cooperative.tests.common_pool import PoolCommon
from odoo.addons.producer_cooperative.tests.common_shu import ShuCommon


@tagged('post_install', '-at_install')
class TestPoolTour(PoolCommon, HttpCase):

    def test_officer_opens_a_round_takes_requests_and_closes_it(self):
        pool = self.env['coop.pool'].with_user(self.officer).create({
            'title': "Fertilizer for the wet season", 'line_ids': [Command.create({'product_id': self.fertilizer.id})],
        })
        self.assertEqual(int(self.siti.number), 1)
        self.start_tour('/odoo/coop-pools', 'coop_officer_round', login=self.officer.login, timeout=180)
        self.assertEqual((pool.state, pool.request_ids.quantity), ('closed', 12))
        self.assertEqual(pool.request_ids.membership_id, self.siti)


@tagged('post_install', '-at_install')
class TestConsignmentTours(ConsignmentCommon, HttpCase):

    def test_accountant_posts_a_voucher_of_the_officer(self):
        voucher = self.env['coop.savings.voucher'].with_user(self.officer).create({
            'date': self.today, 'journal_id': self.cash_journal.id, 'line_ids': [Command.create({
                'membership_id': self.siti.id, 'type_id': self.voluntary.id, 'amount': 50_000,
            })],
        })
        self.start_tour('/odoo/coop-vouchers', 'coop_accountant_vouchers', login=self.accountant.login, timeout=180)
        self.assertEqual((voucher.state, voucher.poster_id), ('posted', self.accountant))
        self.assertEqual(self._balance(self.voluntary.account_id, self.siti.partner_id), -50_000)

    def test_accountant_posts_a_settlement_run(self):
        """Rp 1,000 and 2,000 of sales at 10 % commission: 900 and 1,800 are owed."""
        self._sold(self.siti, 100)
        self._sold(self.budi, 200)
        self.start_tour(
            '/odoo/coop-settlement-runs', 'coop_accountant_settlement_run', login=self.accountant.login, timeout=180,
        )
        run = self.env['coop.settlement.run'].search([])
        self.assertEqual((run.state, run.starter_id), ('running', self.accountant))
        while run._as_starter()._settle_next():
            pass
        run.invalidate_recordset()
        self.assertEqual(run.state, 'done')
        self.assertEqual(self._balance(self.proceeds, self.siti.partner_id), -900)
        self.assertEqual(self._balance(self.proceeds, self.budi.partner_id), -1_800)

    def test_warehouse_receives_goods_of_a_member(self):
        slip = self.env['coop.consignment'].with_user(self.officer).create({
            'membership_id': self.siti.id, 'line_ids': [Command.create({'product_id': self.rice.id, 'gross': 100})],
        })
        slip.action_confirm()
        self.start_tour(
            '/odoo/coop-intake-receive', 'coop_warehouse_receives', login=self.warehouse_user.login, timeout=180,
        )
        self.assertEqual((slip.state, slip.line_ids.received), ('received', 100))
        self.assertEqual(slip.picking_ids.move_ids.move_line_ids.owner_id, self.siti.partner_id)


@tagged('post_install', '-at_install')
class TestShuTour(ShuCommon, HttpCase):

    def test_manager_approves_the_shu(self):
        self._create_rule(('reserve', 60), ('capital', 40))
        self._create_registered("Siti", '001', 300_000)
        allocation = self._compute(1_000_000)
        allocation.with_user(self.manager).meeting_date = '2025-02-01'
        self.start_tour('/odoo/coop-shu', 'coop_manager_approves_shu', login=self.manager.login, timeout=180)
        self.assertEqual((allocation.state, allocation.approved_by_id), ('approved', self.manager))
        self.assertEqual(allocation.meeting_number, "01/RAT/2025")
