from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.producer_cooperative.tests.common_pool import PoolCommon
from odoo.addons.producer_cooperative.tests.common_portal import PortalCommon


@tagged('post_install', '-at_install')
class TestPortalRequests(PoolCommon, PortalCommon):
    """A member asks for goods on the own page, and nobody asks for anything else there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pool = cls._create_pool()
        cls.line = cls.pool.line_ids
        cls.user = cls._create_portal_user('siti_pool', cls.siti.partner_id)

    def setUp(self):
        super().setUp()
        self._log_in('siti_pool')
        self.url = f'/my/pools/{self.pool.id}'

    def _fill(self, quantity, tolerance='', line=None, **values):
        """Return the form as the page has it now, filled in."""
        line = line or self.line
        return {
            **self._get_form(self.url), f'quantity-{line.id}': quantity, f'tolerance-{line.id}': tolerance, **values,
        }

    def _send(self, form):
        return self.url_open(self.url, data=form)

    def _wish(self, member=None):
        self.env.invalidate_all()
        request = self.pool.request_ids.filtered(lambda request: request.membership_id == (member or self.siti))
        return request.quantity, request.tolerance

    def assertRefusedPage(self, form, text):
        """Assert that a form changes nothing and that the page says why."""
        before = self._wish()
        response = self._send(form)
        self.assertPageRefuses(response, text, 422)
        self.assertIn("Nothing was saved.", response.text)
        self.assertEqual(self._wish(), before)

    # === ASKING === #

    def test_member_asks_and_sees_price_step_and_sum(self):
        self._request(self.pool, {self.budi: 45})
        page = self.url_open(self.url).text
        # 45 at the first step of Rp 100; the step of 50 at Rp 90 lacks 5.
        for text in ("Rp\N{NO-BREAK SPACE}100.00", "5 Units more, and it is Rp\N{NO-BREAK SPACE}90.00", "45 Units"):
            self.assertIn(text, page)
        self.assertNotIn("Budi", page)
        response = self._send(self._fill('10', '2', note="My neighbour fetches it"))
        self.assertEqual(response.status_code, 200)
        self.assertIn("Your requests are saved", response.text)
        self.assertEqual(self._wish(), (10, 2))
        request = self.pool.request_ids.filtered(lambda request: request.membership_id == self.siti)
        self.assertEqual(request.source, 'portal')
        self.assertEqual(request.row_ids.user_id, self.user)
        self.assertEqual(request.member_id.note, "My neighbour fetches it")
        self.assertIn("55 Units", response.text)
        self.assertIn("Rp\N{NO-BREAK SPACE}900.00", response.text)

    def test_comma_and_point_begin_a_fraction(self):
        self.pool.line_ids.unlink()
        self.pool.line_ids = [Command.create({'product_id': self.fertilizer.id, 'step': 0.5})]
        for text in ('2,5', '2.5'):
            self.assertEqual(self._send(self._fill(text, line=self.pool.line_ids)).status_code, 200)
            self.assertEqual(self._wish(), (2.5, 0))

    def test_zero_takes_the_request_back(self):
        self._send(self._fill('10'))
        self.assertIn("Your requests are saved", self._send(self._fill('0')).text)
        self.assertEqual(self._wish(), (0, 0))

    def test_figures_of_an_open_page_follow_the_others(self):
        figures = self.url_open(f'{self.url}/figures').json()
        self.assertEqual(figures['figures'][str(self.line.id)]['asked'], "0 Units")
        self._request(self.pool, {self.budi: 60})
        figures = self.url_open(f'{self.url}/figures').json()
        self.assertTrue(figures['is_open'])
        self.assertEqual(figures['figures'][str(self.line.id)]['asked'], "60 Units")
        self.assertIn("90.00", figures['figures'][str(self.line.id)]['price'])
        self.pool.action_close()
        closed = self.url_open(f'{self.url}/figures').json()
        self.assertEqual(closed, {'is_open': False, 'time_left': "", 'figures': {}})

    def test_after_the_distribution_the_member_sees_share_and_charge(self):
        self._request(self.pool, {self.siti: 10, self.budi: 40})
        self._run(self.pool, 50)
        charge = self.env['coop.pool.charge'].search([('membership_id', '=', self.siti.id)])
        page = self.url_open(self.url).text
        for text in ("You get", "10 Units", "What You Pay", f'/my/papers/charge/{charge.id}'):
            self.assertIn(text, page)
        self.assertNotIn("40 Units", page)
        self.assertIn("Fertilizer for the wet season", self.url_open('/my/pools').text)
        self.assertIn("10", self.url_open(f'/my/papers/charge/{charge.id}').text)
        others = self.env['coop.pool.charge'].search([('membership_id', '=', self.budi.id)])
        self.assertPageRefuses(self.url_open(f'/my/papers/charge/{others.id}'), "not among yours", 404)
        for paper in ('slips', 'member_slips', 'picking_list', 'closing'):
            for kind in ('html', 'pdf', 'text'):
                url = f'/report/{kind}/producer_cooperative.report_coop_pool_{paper}/{self.pool.id}'
                with mute_logger('odoo.http'):
                    answer = self.url_open(url)
                self.assertNotEqual(answer.status_code, 200)
                self.assertNotIn("Budi", answer.text)

    def test_deposit_is_asked_for_and_its_receipt_is_the_members_own(self):
        self.pool.write({'deposit_kind': 'percent', 'deposit_percent': 50})
        self._request(self.pool, {self.siti: 10, self.budi: 40})
        self.pool.action_close()
        self.pool.action_request_deposits()
        deposits = self.pool.deposit_ids.grouped('membership_id')
        own, others = deposits[self.siti], deposits[self.budi]
        self.assertIn("Please pay a deposit of", self.url_open(self.url).text)
        self.assertPageRefuses(self.url_open(f'/my/papers/deposit/{own.id}'), "not among yours", 404)
        (own | others).journal_id = self.cash_journal
        (own | others).with_user(self.cashier).action_pay()
        page = self.url_open(self.url).text
        self.assertIn("Deposit paid", page)
        # 10 of 50 at Rp 90, half of it.
        self.assertIn("450.00", page)
        self.assertNotIn("1,800.00", page)
        paper = self.url_open(f'/my/papers/deposit/{own.id}')
        self.assertEqual(paper.headers['Content-Type'], 'application/pdf')
        self.assertIn("Siti", paper.text)
        self.assertPageRefuses(self.url_open(f'/my/papers/deposit/{others.id}'), "not among yours", 404)

    # === REFUSALS === #

    def test_what_is_no_quantity_is_refused(self):
        for text in ('-1', '-0', 'NaN', 'nan', 'Infinity', '-inf', '1e400', '1e3', '0x10', '٣', 'ten', '1 000', '½'):
            with self.subTest(text=text):
                self.assertRefusedPage(self._fill(text), "is no quantity of Fertilizer")
                self.assertRefusedPage(self._fill('1', text), "is no quantity of Fertilizer")

    def test_what_may_mean_thousands_is_not_guessed(self):
        self.assertRefusedPage(self._fill('1.000'), "may mean two quantities")
        self.assertRefusedPage(self._fill('1,250'), "may mean two quantities")

    def test_absurd_and_broken_quantities_are_refused(self):
        self.assertRefusedPage(self._fill('99999999999'), "too much to be meant")
        self.assertRefusedPage(self._fill('9' * 5_000), "is no quantity of Fertilizer")
        self.assertRefusedPage(self._fill('0.5'), "is handed out in")

    def test_tolerance_is_refused_where_the_round_takes_none(self):
        self.pool.allow_tolerance = False
        self.assertRefusedPage(self._fill('1', '1'), "takes no tolerance")

    def test_script_in_free_text_stays_text(self):
        script = '<script>alert("x")</script>'
        page = self._send(self._fill('5', note=script)).text
        self.assertIn("&lt;script&gt;alert", page)
        self.assertNotIn("<script>alert", page)
        refused = self._send(self._fill(script))
        self.assertEqual(refused.status_code, 422)
        self.assertNotIn("<script>alert", refused.text)
        self.assertRefusedPage(self._fill('6', note="x" * 201), "The remark is too long")

    def test_same_form_sent_twice_asks_once(self):
        form = self._fill('10')
        for _turn in range(2):
            self.assertEqual(self._send(form).status_code, 200)
        self.assertEqual(self._wish(), (10, 0))
        self.assertEqual(len(self.pool.request_ids.row_ids), 1)

    def test_old_form_does_not_undo_what_the_officer_changed_since(self):
        form = self._fill('10')
        self._request(self.pool, {self.siti: 25})
        self.assertRefusedPage(form, "were changed after you opened the page")
        self.assertIn('value="25"', self.url_open(self.url).text)
        self.assertEqual(self._send(self._fill('10')).status_code, 200)
        self.assertEqual(self._wish(), (10, 0))

    def test_form_sent_again_does_not_bring_back_what_was_taken_back(self):
        form = self._fill('10')
        self._send(form)
        self._send(self._fill('0'))
        self.assertRefusedPage(form, "were changed after you opened the page")

    def test_form_without_the_version_changes_nothing_once_there_is_a_request(self):
        self._send(self._fill('10'))
        form = self._fill('20')
        del form['version']
        self.assertRefusedPage(form, "were changed after you opened the page")

    def test_request_after_the_closing_is_refused(self):
        self._request(self.pool, {self.budi: 60, self.siti: 1})
        form = self._fill('10')
        self.pool.action_close()
        self.assertRefusedPage(form, "takes no requests any more")
        self.assertNotIn("Save My Requests", self.url_open(self.url).text)

    def test_request_after_the_deadline_is_refused(self):
        form = self._fill('10')
        self.pool.date_cutoff = fields.Datetime.subtract(fields.Datetime.now(), minutes=1)
        self.assertRefusedPage(form, "takes no requests any more")
        self.assertIn("The deadline has passed", self.url_open(self.url).text)

    def test_product_of_another_round_is_refused(self):
        other = self._create_pool()
        self.assertRefusedPage(self._fill('10', line=other.line_ids), "not offered any more")
        self.assertRefusedPage({**self._fill('1'), 'quantity-9999999999': '1'}, "not offered any more")
        self.assertFalse(other.request_ids)

    def test_form_without_csrf_token_is_refused(self):
        form = self._fill('10')
        for token in (None, '', 'x' * 40):
            response = self._send({**form, 'csrf_token': token} if token is not None else {
                name: value for name, value in form.items() if name != 'csrf_token'
            })
            self.assertEqual(response.status_code, 400)
            self.assertIn("Session expired", response.text)
        self.assertEqual(self._wish(), (0, 0))

    def test_link_with_quantities_changes_nothing(self):
        form = self._fill('10')
        query = '&'.join(f'{name}={value}' for name, value in form.items())
        self.assertEqual(self.url_open(f'{self.url}?{query}').status_code, 200)
        self.assertEqual(self._wish(), (0, 0))

    def test_only_active_members_ask(self):
        form = self._fill('10')
        self.siti.sudo().state = 'suspended'
        self.assertPageRefuses(self._send(form), "This round is not open to you", 404)
        self.assertEqual(self._wish(), (0, 0))
        self.siti.sudo().state = 'active'
        self._send(form)
        form = self._fill('20')
        self.siti.sudo().state = 'suspended'
        self.assertRefusedPage(form, "is Suspended; only active members take part")

    def test_member_in_arrears_reads_why_the_round_takes_no_request(self):
        self.pool.arrears_policy = 'refuse'
        self.assertTrue(self.siti.arrears)
        self.assertRefusedPage(self._fill('10'), "of mandatory savings")

    def test_stranger_sees_no_round(self):
        self._create_portal_user('stranger_pool', self.env['res.partner'].create({'name': "Stranger"}))
        form = self._fill('10')
        self._log_in('stranger_pool')
        self.assertPageRefuses(self.url_open(self.url), "This round is not open to you", 404)
        self.assertEqual(self.url_open(f'{self.url}/figures').json()['figures'], {})
        self.assertIn(self._send(form).status_code, (400, 404))
        self.assertFalse(self.pool.request_ids)

    def test_rounds_of_another_cooperative_and_drafts_are_not_shown(self):
        draft = self._create_pool()
        draft.sudo().write({'state': 'draft'})
        other = self._create_cooperative("Koperasi Lain")
        foreign = self.env['coop.pool'].with_company(other).create({
            'title': "Elsewhere", 'company_id': other.id,
            'line_ids': [Command.create({'product_id': self.fertilizer.id})],
        })
        foreign.action_open()
        for pool_id in (draft.id, foreign.id, 2_000_000_000):
            for response in (
                self.url_open(f'/my/pools/{pool_id}'),
                self.url_open(f'/my/pools/{pool_id}', data=self._fill('1')),
            ):
                self.assertPageRefuses(response, "This round is not open to you", 404)
        self.assertEqual(self.url_open('/my/pools/99999999999999').status_code, 404)
        self.assertNotIn("Elsewhere", self.url_open('/my/pools').text)

    def test_contact_of_a_member_organisation_asks_for_the_organisation(self):
        group = self._create_member("Kelompok Tani")
        contact = self.env['res.partner'].create({'name': "Dewi", 'parent_id': group.partner_id.id})
        self._create_portal_user('dewi_pool', contact)
        self._log_in('dewi_pool')
        self.assertIn("Your requests are saved", self._send(self._fill('7')).text)
        self.assertEqual(self._wish(group), (7, 0))

    def test_visitor_is_sent_to_the_login(self):
        self.authenticate(None, None)
        for url in ('/my/pools', self.url, f'{self.url}/figures'):
            self.assertIn('/web/login', self.url_open(url, allow_redirects=False).headers['Location'])

    # === QUERIES === #

    def test_pages_take_as_many_queries_for_many_members(self):
        self._request(self.pool, {self.budi: 10, self.siti: 1})
        urls = ('/my', '/my/pools', self.url, f'{self.url}/figures')
        few = [self._count_queries(url) for url in urls]
        for number in range(12):
            self._request(self.pool, {self._create_member(f"Member {number}"): 3})
        self.assertEqual([self._count_queries(url) for url in urls], few)

    def test_round_takes_as_many_queries_for_many_products(self):
        counts = []
        for _turn in range(2):
            for _number in range(4):
                product = self.fertilizer.product_tmpl_id.copy({'name': "Seed"}).product_variant_id
                self.pool.line_ids = [Command.create({'product_id': product.id})]
            self._request(self.pool, {self.budi: 3}, product)
            counts.append([self._count_queries(url) for url in ('/my/pools', self.url, f'{self.url}/figures')])
        self.assertEqual(counts[0], counts[1])

    def test_list_takes_as_many_queries_for_many_rounds(self):
        counts = []
        for _turn in range(2):
            for _number in range(4):
                pool = self._create_pool()
                self._request(pool, {self.siti: 10, self.budi: 10})
                self._run(pool, 20)
            counts.append(self._count_queries('/my/pools'))
        self.assertEqual(counts[0], counts[1])
