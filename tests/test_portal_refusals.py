from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.producer_cooperative.tests.common_pool import PoolCommon
from odoo.addons.producer_cooperative.tests.common_portal import PortalCommon

#: Addresses with an id or a page in them.
ADDRESSES = (
    '/my/pools/{}', '/my/pools/{}/figures', '/my/pools/page/{}', '/my/savings/page/{}', '/my/goods/page/{}',
    '/my/settlements/{}', '/my/settlements/page/{}', '/my/shu/{}/pdf', '/my/receipts/page/{}', '/my/papers/receipt/{}',
    '/my/papers/shu/{}', '/my/papers/nothing/{}',
)
LISTS = ('/my/savings', '/my/pools', '/my/goods', '/my/settlements', '/my/shu', '/my/account-sheet', '/my/receipts')
NO_IDS = ('0', '-1', '2147483647', '2147483648', '9223372036854775808', 'x', '1.5', '1;2', '%D9%A1', '')
QUERIES = (
    'year=x', 'year=', 'year=2025&year=2026', 'year=%00', 'year=-1', 'page=x', 'membership=2', 'membership=%00',
    'savings_type=x', "sortby=x'", 'date_begin=x&date_end=x', 'access_token=x', 'records=1', 'domain=[]', 'status=500',
)


@tagged('post_install', '-at_install')
class TestPortalRefusals(PoolCommon, PortalCommon):
    """What somebody tries who wants other people's money or data, or who changes what is not theirs to change."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pool = cls._create_pool()
        cls.line = cls.pool.line_ids
        cls.user = cls._create_portal_user('siti_refused', cls.siti.partner_id)
        cls.url = f'/my/pools/{cls.pool.id}'

    def setUp(self):
        super().setUp()
        self._log_in('siti_refused')

    def _send(self, form, **kwargs):
        return self.url_open(self.url, data={**self._get_form(self.url), **form}, **kwargs)

    def _wish(self):
        self.env.invalidate_all()
        request = self.pool.request_ids.filtered(lambda request: request.membership_id == self.siti)
        return request.quantity, request.tolerance

    def _save_address(self, **values):
        """Send the form of the address page with other values; return what it answers."""
        form = self._get_form('/my/account')
        partner = self.env['res.users'].browse(self.session.uid).partner_id
        state = self.env['res.country.state'].search([('country_id.code', '=', 'ID')], limit=1)
        response = self.url_open('/my/address/submit', data={
            **form, 'partner_id': partner.id, 'address_type': 'billing', 'use_delivery_as_billing': 'true',
            'callback': '/my', 'required_fields': 'name,email', 'name': partner.name, 'email': 'siti@coop.example',
            'phone': '08123', 'street': "Jl. Baru", 'city': "Maron", 'zip': '67276', 'state_id': state.id,
            'country_id': state.country_id.id, **values,
        })
        self.env.invalidate_all()
        return response

    # === ADDRESSES === #

    def test_what_is_no_id_shows_nothing_and_breaks_nothing(self):
        for address in ADDRESSES:
            for text in NO_IDS:
                self.assertIn(self.url_open(address.format(text)).status_code, (200, 404), address.format(text))

    def test_what_a_page_does_not_know_changes_nothing(self):
        for url in (*LISTS, self.url):
            for query in QUERIES:
                self.assertEqual(self.url_open(f'{url}?{query}').status_code, 200, f'{url}?{query}')

    # === REQUESTS === #

    def test_file_instead_of_an_answer_is_no_answer(self):
        self._send({f'quantity-{self.line.id}': '5'})
        for name in (f'quantity-{self.line.id}', f'tolerance-{self.line.id}', 'note', 'version'):
            response = self._send({}, files={name: ('x.txt', b'7')})
            self.assertIn(response.status_code, (200, 422), name)
            self.assertEqual(self._wish(), (5, 0), name)

    def test_letters_that_no_database_keeps_break_nothing(self):
        self.assertEqual(self._send({f'quantity-{self.line.id}': '5', 'note': "my\0neighbour"}).status_code, 200)
        self.assertEqual(self.pool.member_ids.note, "my neighbour")
        self.assertEqual(self._send({f'quantity-{self.line.id}': '6\0'}).status_code, 422)
        self.assertEqual(self._wish(), (5, 0))

    def test_tolerance_alone_is_not_passed_over(self):
        self.assertIn("Your requests are saved", self._send({f'tolerance-{self.line.id}': '3'}).text)
        self.assertEqual(self._wish(), (0, 3))

    # === NAMES === #

    def test_member_changes_the_own_address_and_not_the_own_name(self):
        self.assertIn('redirectUrl', self._save_address().text)
        self.assertEqual(self.siti.partner_id.street, "Jl. Baru")
        name = self.siti.partner_id.name
        for values in ({'name': "Somebody Else"}, {'company_name': "PT Palsu"}):
            self.assertIn("stands in the register of members", self._save_address(street="Elsewhere", **values).text)
        self.assertEqual((self.siti.partner_id.name, self.siti.partner_id.street), (name, "Jl. Baru"))
        self.assertFalse(self.siti.partner_id.company_name)
        page = self.url_open('/my/account').text
        self.assertIn("Ask at the counter if it has to be changed", page)

    def test_member_changes_the_own_name_by_no_other_way(self):
        partner = self.siti.partner_id
        for values in ({'name': "Somebody Else"}, {'company_name': "PT Palsu"}):
            with self.assertRefused("stands in the register of members", UserError):
                partner.with_user(self.user).sudo().write(values)
        with self.assertRefused("stands in the register of members", UserError):
            self.user.with_user(self.user).write({'name': "Somebody Else"})
        self.user.with_user(self.user).write({'email': 'siti@coop.example'})
        partner.with_user(self.officer).write({'name': "Siti Aminah"})
        self.assertEqual(partner.name, "Siti Aminah")

    def test_contact_of_a_member_organisation_does_not_rename_it(self):
        group = self._create_member("Kelompok Tani")
        group.partner_id.is_company = True
        contact = self.env['res.partner'].create({'name': "Dewi", 'parent_id': group.partner_id.id})
        self._create_portal_user('dewi_refused', contact)
        self._log_in('dewi_refused')
        self.assertIn("stands in the register", self._save_address(company_name="Kelompok Lain").text)
        self.assertEqual(group.partner_id.name, "Kelompok Tani")
        self.assertIn('redirectUrl', self._save_address(name="Dewi Rahayu", company_name="Kelompok Tani").text)
        self.assertEqual((contact.name, group.partner_id.name), ("Dewi Rahayu", "Kelompok Tani"))

    def test_others_change_their_name_as_ever(self):
        stranger = self.env['res.partner'].create({'name': "Stranger"})
        self._create_portal_user('stranger_refused', stranger)
        self._log_in('stranger_refused')
        self.assertIn('redirectUrl', self._save_address(name="Somebody").text)
        self.assertEqual(stranger.name, "Somebody")

    def test_member_who_closes_the_own_login_stays_in_the_books(self):
        self.user.with_user(self.user).sudo()._deactivate_portal_user()  # as the page does
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(self.user.active)
        self.assertTrue(self.siti.partner_id.active)
        with self.assertRefused("is a member", ValidationError):
            self.siti.partner_id.action_archive()

    # === WHAT OTHERS WRITE === #

    def test_members_read_and_follow_no_conversation_of_the_cooperative(self):
        partner = self.siti.partner_id
        Message = self.env['mail.message'].with_user(self.user)
        for record in (self.pool, self.siti, self.env['coop.drop.point'].create({'name': "Village Hall"})):
            record.message_post(body="Budi asks for a delay", message_type='comment', subtype_xmlid='mail.mt_comment')
            self.assertFalse(Message.search([('model', '=', record._name), ('res_id', '=', record.id)]), record._name)
            self.assertFalse(record.with_user(self.user).message_subscribe(partner.ids))
            self.assertNotIn(partner, record.message_partner_ids)
        self.siti.message_post(
            body="Come to the counter", message_type='comment', subtype_xmlid='mail.mt_comment',
            partner_ids=partner.ids,
        )
        self.assertIn("Come to the counter", Message.search([('model', '=', 'coop.membership')]).body)

    # === OVER RPC === #

    def test_fields_about_others_stay_closed_over_rpc(self):
        place = self.env['coop.drop.point'].create({'name': "Village Hall", 'responsible_id': self.budi.partner_id.id})
        for record, names in (
            (place, ('responsible_id', 'phone', 'member_count')),
            (self.env['coop.settlement.line'], ('sale_line_id',)),
            (self.pool, ('margin_percent', 'charge_ids', 'sale_order_ids', 'cost_ids', 'amount_saving')),
            (self.siti, ('identity_number', 'birth_date', 'sex', 'card_code')),
        ):
            self.assertFalse(record.with_user(self.user).fields_get(names), record._name)
            self.assertEqual(record.with_user(self.officer).fields_get(names).keys(), set(names), record._name)
        for query in ({'domain': [('identity_number', '!=', False)]}, {'domain': [], 'order': 'identity_number'}):
            with self.assertRefused("identity_number", AccessError):
                self.siti.with_user(self.user).search(**query)
        self.assertTrue(place.with_user(self.user).read(['name', 'hamlet']))

    def test_no_document_is_written_over_rpc(self):
        self._request(self.pool, {self.siti: 5})
        own = (self.pool, self.line, self.pool.request_ids, self.pool.member_ids, self.siti, self.voluntary)
        for record in own:
            for operation in ('create', 'write', 'unlink'):
                self.assertFalse(record.with_user(self.user).has_access(operation), (record._name, operation))
        with mute_logger('odoo.addons.base.models.ir_model'), self.assertRefused(".", AccessError):
            self.env['coop.pool.request'].with_user(self.user).create({
                'pool_id': self.pool.id, 'line_id': self.line.id, 'membership_id': self.siti.id, 'quantity': 5,
            })

    def test_member_of_another_cooperative_reads_nothing_of_this_one(self):
        other = self._create_cooperative("Koperasi Lain")
        theirs = self.env['coop.membership'].with_company(other).create({
            'partner_id': self.env['res.partner'].create({'name': "Tetangga"}).id, 'company_id': other.id,
        })
        user = self._create_portal_user('tetangga_refused', theirs.partner_id, other)
        self._request(self.pool, {self.siti: 5})
        for model in ('coop.pool', 'coop.pool.line', 'coop.pool.request', 'coop.savings.movement', 'coop.drop.point'):
            found = self.env[model].with_user(user).with_context(allowed_company_ids=other.ids).search([])
            self.assertFalse(found.filtered(lambda record: record.company_id != other), model)
        memberships = self.env['coop.membership'].with_user(user).with_context(allowed_company_ids=other.ids)
        self.assertEqual(memberships.search([]), theirs)
        self._log_in('tetangga_refused')
        self.assertPageRefuses(self.url_open(self.url), "This round is not open to you", 404)
        self.assertNotIn(self.pool.title, self.url_open('/my/pools').text)
