import re

from odoo import Command
from odoo.tests import HttpCase, new_test_user

#: What a page of the portal shows of a form that was filled in before.
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


class PortalCommon(HttpCase):
    """Members with a login of their own, who read pages and send forms as a browser does."""

    @classmethod
    def _create_portal_user(cls, login, partner, companies=None):
        companies = companies or cls.company
        return new_test_user(
            cls.env, login=login, groups='base.group_portal', name=partner.name, partner_id=partner.id,
            company_id=companies[:1].id, company_ids=[Command.set(companies.ids)],
        )

    def url_open(self, *args, timeout=60, **kwargs):
        """Open a page; the first one of a server builds what all pages need, which takes its time."""
        return super().url_open(*args, timeout=timeout, **kwargs)

    def _log_in(self, login):
        self.authenticate(login, login)

    def _get_form(self, url):
        """Return the hidden inputs of a page's form, as the browser sends them back."""
        return dict(HIDDEN.findall(self.url_open(url).text))

    def _count_queries(self, url):
        """Return how many queries a page takes once everything about the user and the registry is known."""
        self.url_open(url)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self.assertEqual(self.url_open(url).status_code, 200)
        return self.cr.sql_log_count - before

    def assertPageRefuses(self, response, text, status):
        """Assert that a page says no: with its status, in words, and with the way back."""
        self.assertEqual(response.status_code, status)
        self.assertIn(text, response.text)
        self.assertIn("/my", response.text)
