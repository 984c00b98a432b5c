from unittest.mock import patch

from odoo.http import request
from odoo.tests import tagged

from odoo.addons.producer_cooperative.controllers.portal_pool import CooperativePoolPortal
from odoo.addons.producer_cooperative.tests.common_pool import PoolCommon
from odoo.addons.producer_cooperative.tests.common_portal import PortalCommon
from odoo.addons.producer_cooperative.tests.test_portal_pages import PAGES


@tagged('post_install', '-at_install')
class TestPortalReplica(PoolCommon, PortalCommon):
    """What a copy of the database that only reads can answer, and what it must not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pool = cls._create_pool()
        cls._create_portal_user('siti_replica', cls.siti.partner_id)

    def setUp(self):
        super().setUp()
        self._log_in('siti_replica')
        self.url = f'/my/pools/{self.pool.id}'

    def test_pages_that_only_read_are_answered_by_the_copy(self):
        self._request(self.pool, {self.siti: 5})
        # Where a page writes after all, Odoo warns and answers it once more from the main database.
        for page in (*PAGES[1:], self.url, f'{self.url}/figures'):
            with self.subTest(page), self.assertNoLogs('odoo.http', 'WARNING'):
                self.assertEqual(self.url_open(page).status_code, 200)

    def test_page_after_saving_is_answered_by_the_main_database(self):
        seen = []
        render = CooperativePoolPortal._render_pool

        def note_cursor(controller, *args, **kwargs):
            seen.append(request.env.cr.readonly)
            return render(controller, *args, **kwargs)

        with patch.object(CooperativePoolPortal, '_render_pool', note_cursor):
            self.url_open(self.url)
            self.url_open(f'{self.url}?saved=1')
        self.assertEqual(seen, [True, False])
