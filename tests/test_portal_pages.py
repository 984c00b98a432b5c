from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.producer_cooperative.models.coop_member_paper import PAPERS
from odoo.addons.producer_cooperative.tests.common_counter import CounterCommon
from odoo.addons.producer_cooperative.tests.common_portal import PortalCommon

PAGES = (
    '/my', '/my/membership', '/my/savings', '/my/pools', '/my/goods', '/my/settlements', '/my/shu', '/my/account-sheet',
    '/my/receipts',
)
REPORTS = ('account', 'savings', 'consignment')


@tagged('post_install', '-at_install')
class TestPortalPages(CounterCommon, PortalCommon):
    """Siti's pages: her own figures and papers, and nobody else's by whatever address."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.siti.partner_id.name, cls.budi.partner_id.name = "Siti Rahma", "Budi Hartono"
        cls._create_portal_user('siti_pages', cls.siti.partner_id)

    def setUp(self):
        super().setUp()
        self._log_in('siti_pages')

    def _make_papers(self, member):
        """Return ``{kind: record}`` of papers of a member, one of each kind that goods and the counter make."""
        settlement = self.of_siti if member == self.siti else self.of_budi
        voucher = self._save(member, {self.voluntary: 40_000, self.mandatory: 10_000}, date=self.today)
        receipt = self._serve(member, {('savings', self.voluntary): 15_000})
        payout = self._draft(line_ids=[self._line_values(settlement)])
        payout.action_post()
        back = self.env['coop.consignment.return'].create({
            'membership_id': member.id, 'line_ids': [Command.create({'product_id': self.rice.id, 'quantity': 5})],
        })
        slip = self._bring(member, 100)
        back.action_confirm()
        return {
            'savings': voucher.line_ids[0], 'receipt': receipt, 'payout': payout.line_ids, 'intake': slip,
            'return': back, 'settlement': settlement,
        }

    # === PAGES === #

    def test_pages_show_the_own_figures_and_nobody_elses(self):
        self._make_papers(self.siti)
        self._make_papers(self.budi)
        expected = {
            '/my/membership': ["Siti Rahma"], '/my/savings': ["55,000.00", "Slip"],
            '/my/goods': ["100 Units", "1,005 Units", "Please fetch these goods"],
            '/my/settlements': ["9,045.00", "Paid"], '/my/account-sheet': ["9,045.00", "15,000.00"],
            '/my/receipts': ["You paid", "15,000.00"],
        }
        for url in PAGES:
            with self.subTest(url=url):
                response = self.url_open(url)
                self.assertEqual(response.status_code, 200)
                for text in expected.get(url, ()):
                    self.assertIn(text, response.text)
                for text in ("Budi Hartono", "18,090", "2,010"):
                    self.assertNotIn(text, response.text)

    def test_settlement_names_every_deduction(self):
        page = self.url_open(f'/my/settlements/{self.of_siti.id}').text
        # 1,005 at Rp 10, less 10 %.
        for text in ("10,050.00", "1,005.00", "9,045.00", "1,005 Units"):
            self.assertIn(text, page)
        self.assertPageRefuses(self.url_open(f'/my/settlements/{self.of_budi.id}'), "not among yours", 404)

    def test_cards_are_there_for_members_only_and_need_no_script(self):
        home = self.url_open('/my').text
        for url in PAGES[1:]:
            self.assertIn(f'href="{url}"', home)
        self._create_portal_user('stranger_pages', self.env['res.partner'].create({'name': "Stranger"}))
        self._log_in('stranger_pages')
        home = self.url_open('/my').text
        for url in PAGES[1:]:
            self.assertNotIn(f'href="{url}"', home)

    def test_empty_pages_say_what_to_do(self):
        self._create_portal_user('ani_pages', self._create_member("Ani").partner_id)
        self._log_in('ani_pages')
        for url, text in {
            '/my/pools': "No round takes requests now", '/my/goods': "Bring them to the warehouse",
            '/my/settlements': "Bring goods to the warehouse", '/my/shu': "There is no SHU of yours yet",
            '/my/receipts': "There is no receipt of yours",
        }.items():
            self.assertIn(text, self.url_open(url).text)
        self._create_portal_user('stranger_pages', self.env['res.partner'].create({'name': "Stranger"}))
        self._log_in('stranger_pages')
        for url in PAGES:
            self.assertEqual(self.url_open(url).status_code, 200, url)
        self.assertIn("not registered as a member", self.url_open('/my/savings').text)

    def test_arrears_stand_beside_the_savings(self):
        self.assertNotIn("Still to be paid", self.url_open('/my/savings').text)
        late = self._create_member("Late", joined='2024-01-05')
        owed = late._get_arrears()[late][self.mandatory]
        self._create_portal_user('late_pages', late.partner_id)
        self._log_in('late_pages')
        page = self.url_open('/my/savings').text
        self.assertIn("Still to be paid", page)
        self.assertIn(f"{owed:,.2f}", page)

    def test_lists_are_filtered_by_year_and_turned_over(self):
        ani = self._create_member("Ani", joined='2024-01-05')
        self._create_portal_user('ani_pages', ani.partner_id)
        self._log_in('ani_pages')
        for number in range(25):
            self._save(ani, {self.voluntary: 1_000 + number}, date='2025-03-01')
        first, second = (self.url_open(url).text for url in ('/my/savings?year=2025', '/my/savings/page/2?year=2025'))
        self.assertIn("1,024.00", first)
        self.assertIn("1,001.00", second)
        self.assertNotIn("1,001.00", first)
        self.assertNotIn("1,001.00", self.url_open('/my/savings?year=2024').text)
        for query in ('year=1', 'year=N', f"year={'9' * 5000}", 'year=-1', 'page=x', 'membership=0', 'savings_type=-'):
            self.assertEqual(self.url_open(f"/my/savings?{query}").status_code, 200)
        for url in ('/my/savings/page/999999999', '/my/receipts/page/-1', '/my/account-sheet?year=١٩٩٩'):
            self.assertEqual(self.url_open(url).status_code, 200)

    # === PAPERS === #

    def test_member_gets_the_own_papers_and_nobody_elses(self):
        own, others = self._make_papers(self.siti), self._make_papers(self.budi)
        for kind, record in own.items():
            with self.subTest(kind=kind):
                response = self.url_open(f'/my/papers/{kind}/{record.id}')
                self.assertEqual(response.headers['Content-Type'], 'application/pdf')
                self.assertIn("Siti Rahma", response.text)
                self.assertNotIn("Budi Hartono", response.text)
                self.assertIn('.pdf', response.headers['Content-Disposition'])
                for address in (others[kind].id, 2_000_000_000, f'{others[kind].id}?access_token=1&token=1'):
                    self.assertPageRefuses(self.url_open(f'/my/papers/{kind}/{address}'), "not among yours", 404)

    def test_slip_shows_all_that_the_voucher_says_of_the_member(self):
        both = self.env['coop.savings.voucher'].create({
            'direction': 'in', 'date': self.today, 'journal_id': self.cash_journal.id, 'line_ids': [
                Command.create({'membership_id': member.id, 'type_id': kind.id, 'amount': amount})
                for member, kind, amount in (
                    (self.siti, self.voluntary, 41_000), (self.siti, self.mandatory, 10_000),
                    (self.budi, self.voluntary, 77_000),
                )
            ],
        })
        both.action_post()
        paper = self.url_open(f'/my/papers/savings/{both.line_ids[0].id}').text
        self.assertIn("41,000.00", paper)
        self.assertIn("10,000.00", paper)
        self.assertNotIn("77,000", paper)

    def test_drafts_and_unknown_papers_are_refused(self):
        draft = self._draft_receipt(self.siti, {('savings', self.voluntary): 5_000})
        slip = self.env['coop.consignment'].create({'membership_id': self.siti.id})
        self._sold(self.siti, 10)
        computed = self._compute(self.siti)
        for address in (
            f'receipt/{draft.id}', f'intake/{slip.id}', f'settlement/{computed.id}', 'membership/1', 'receipt/0',
        ):
            self.assertPageRefuses(self.url_open(f'/my/papers/{address}'), "not among yours", 404)
        self.assertEqual(self.url_open('/my/papers/receipt/99999999999').status_code, 404)
        self.assertEqual(self.url_open('/my/papers/receipt/-1').status_code, 404)

    def test_void_receipt_stays_and_says_so(self):
        receipt = self._serve(self.siti, {('savings', self.voluntary): 15_000})
        self._void(receipt)
        self.assertIn("VOID", self.url_open('/my/receipts').text)
        self.assertIn("Wrong member", self.url_open(f'/my/papers/receipt/{receipt.id}').text)

    def test_reports_on_a_year_are_of_the_own_membership_only(self):
        for kind in REPORTS:
            for query in ('', '?year=2025', f'?membership={self.budi.id}', '?year=9999999999', '?year=x&membership=x'):
                response = self.url_open(f'/my/reports/{kind}{query}')
                self.assertEqual(response.headers['Content-Type'], 'application/pdf')
                self.assertIn("Siti Rahma", response.text)
                self.assertNotIn("Budi Hartono", response.text)
        self.assertPageRefuses(self.url_open('/my/reports/register'), "not among yours", 404)

    def test_reports_own_address_prints_no_paper_of_somebody_else(self):
        others = self._make_papers(self.budi)
        records = {PAPERS[kind].model: record for kind, record in others.items()} | {
            'coop.membership': self.budi, 'coop.savings.voucher': others['savings'].voucher_id,
            'coop.payout': others['payout'].payout_id, 'stock.lot': self.env['stock.lot'],
        }
        reports = self.env['ir.actions.report'].search([('report_name', '=like', 'producer_cooperative.%')])
        self.assertGreater(len(reports), 30)
        for report in reports:
            record = records.get(report.model) or self.env[report.model].search([], limit=1)
            for kind in ('html', 'pdf'):
                with mute_logger('odoo.http', 'odoo.addons.base.models.ir_qweb', 'odoo.addons.base.models.ir_rule'):
                    response = self.url_open(
                        f'/report/{kind}/{report.report_name}/{record.id or 1}', allow_redirects=False,
                    )
                self.assertNotIn("Budi Hartono", response.text, report.report_name)

    # === WHO === #

    def test_former_member_reads_the_past_and_asks_for_nothing(self):
        self.siti.sudo().write({'state': 'left', 'date_left': self.today})
        for url in PAGES:
            self.assertEqual(self.url_open(url).status_code, 200, url)
        self.assertIn("100,000.00", self.url_open('/my/savings').text)

    def test_heir_sees_nothing_of_the_deceased(self):
        heir = self.env['res.partner'].create({'name': "Heir"})
        self._create_portal_user('heir_pages', heir)
        papers = self._make_papers(self.siti)
        self._log_in('heir_pages')
        for url in PAGES:
            self.assertNotIn("Siti Rahma", self.url_open(url).text)
        for kind, record in papers.items():
            self.assertEqual(self.url_open(f'/my/papers/{kind}/{record.id}').status_code, 404)

    def test_contact_of_a_member_organisation_reads_the_organisations_pages(self):
        contact = self.env['res.partner'].create({'name': "Dewi", 'parent_id': self.budi.partner_id.id})
        self._create_portal_user('dewi_pages', contact)
        self._log_in('dewi_pages')
        self.assertIn("Budi Hartono", self.url_open('/my/membership').text)
        self.assertIn("18,090.00", self.url_open('/my/settlements').text)

    def test_archived_login_is_sent_away(self):
        self.env['res.users'].search([('login', '=', 'siti_pages')]).active = False
        self.assertIn('/web/login', self.url_open('/my/savings', allow_redirects=False).headers.get('Location', ''))

    def test_member_of_two_cooperatives_reads_those_that_the_login_is_for(self):
        other = self._create_cooperative("Koperasi Lain")
        theirs = self.env['coop.membership'].with_company(other).create({
            'partner_id': self.siti.partner_id.id, 'company_id': other.id,
        })
        self.assertNotIn("Koperasi Lain", self.url_open('/my/membership').text)
        page = self.url_open(f'/my/savings?membership={theirs.id}').text
        self.assertNotIn("Koperasi Lain", page)
        self.assertIn("100,000.00", page)
        self._create_portal_user('both_pages', self.siti.partner_id, self.company | other)
        self._log_in('both_pages')
        self.assertIn("Koperasi Lain", self.url_open('/my/membership').text)
        self.assertIn("100,000.00", self.url_open(f'/my/savings?membership={self.siti.id}').text)
        self.assertNotIn("100,000.00", self.url_open(f'/my/savings?membership={theirs.id}').text)
        for url in PAGES:
            self.assertEqual(self.url_open(url).status_code, 200, url)

    def test_documents_stay_closed_over_rpc(self):
        portal = self.env['res.users'].search([('login', '=', 'siti_pages')])
        for model in ('coop.counter.receipt', 'coop.payout.line', 'coop.savings.voucher.line', 'coop.leaving'):
            self.assertFalse(self.env[model].with_user(portal).has_access('read'), model)
        self.assertFalse(self.env['coop.pool.request'].with_user(portal).has_access('create'))

    def test_visitor_is_sent_to_the_login(self):
        self.authenticate(None, None)
        for url in (*PAGES, '/my/papers/receipt/1', '/my/reports/account', f'/my/settlements/{self.of_siti.id}'):
            self.assertIn('/web/login', self.url_open(url, allow_redirects=False).headers['Location'])

    # === QUERIES === #

    def test_pages_take_as_many_queries_after_a_long_history(self):
        urls = [url for url in PAGES if url != '/my/shu']
        counts = []
        for turn in range(2):
            for number in range(4):
                self._make_history(f"Crop {turn}.{number}")
            counts.append({url: self._count_queries(url) for url in urls})
        self.assertEqual(counts[0], counts[1])

    def test_settlement_takes_as_many_queries_for_many_sales(self):
        counts = []
        for sales in (2, 6):
            for number in range(sales):
                self._sold(self.siti, 10 + number)
            counts.append(self._count_queries(f'/my/settlements/{self._settle(self.siti).id}'))
        self.assertEqual(counts[0], counts[1])

    def _make_history(self, crop):
        self._bring(self.siti, 7, self._create_product(crop, coop_consigned=True))
        self._sold(self.siti, 20)
        self._settle(self.siti)
        self._serve(self.siti, {('savings', self.voluntary): 1_000})
        self._owe(self.siti, 5_000)
