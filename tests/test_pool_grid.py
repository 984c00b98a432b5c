from odoo import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.producer_cooperative.tests.common_pool import PoolCommon


@tagged('post_install', '-at_install')
class TestPoolGrid(PoolCommon, HttpCase):
    """The request grid in a browser, by keyboard alone."""

    def test_officer_types_requests_by_keyboard(self):
        dozen = self.env.ref('uom.product_uom_dozen')
        dozen.active = True
        self.fertilizer.uom_ids = [Command.link(dozen.id)]
        pool = self._create_pool({self.fertilizer: {'member_limit': 50}}, arrears_policy='none')
        self.env['coop.pool.paper'].create({'name': 'DP/2026/00007', 'pool_id': pool.id})
        self.start_tour(f'/odoo/coop-pools/{pool.id}/coop-pool-grid', 'coop_pool_grid', login=self.officer.login)
        wishes = {request.membership_id: request.quantity for request in pool.request_ids}
        self.assertEqual(wishes, {self.budi: 12, self.ani: 24})
        self.assertEqual(set(pool.request_ids.mapped('source_ref')), {'DP/2026/00007'})
        self.assertEqual(pool.request_ids.row_ids.user_id, self.officer)
