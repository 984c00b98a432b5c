import re

from odoo.tests import HttpCase, tagged

from odoo.addons.producer_cooperative.tests.common import CoopCommon


@tagged('post_install', '-at_install')
class TestLogin(CoopCommon, HttpCase):

    def test_who_types_name_and_password_gets_to_work(self):
        """As a browser does it, with the device noted, which the logins of other tests leave out."""
        page = self.url_open('/web/login')
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
        response = self.url_open('/web/login', data={
            'login': self.cashier.login, 'password': self.cashier.login, 'csrf_token': token,
        }, timeout=60)
        self.assertEqual(response.status_code, 200)
        self.assertIn('/odoo', response.url)
        self.assertIn('web.assets_web', response.text)
