from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_pool import PoolCommon
from odoo.addons.producer_cooperative.tests.common_portal import PortalCommon


@tagged('post_install', '-at_install')
class TestPortalBrowser(PoolCommon, PortalCommon):
    """The member's pages on a telephone."""

    browser_size = '390x844'
    touch_enabled = True

    def test_member_asks_for_goods_on_a_telephone(self):
        pool = self._create_pool()
        self._create_portal_user('siti_phone', self.siti.partner_id)
        self.start_tour('/my', 'coop_portal_request', login='siti_phone')
        request = pool.request_ids
        self.assertEqual((request.membership_id, request.quantity, request.tolerance), (self.siti, 70, 5))
        self.assertEqual(request.source, 'portal')
