import io
from unittest.mock import patch

from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.producer_cooperative.tests.common import CoopCommon
from odoo.addons.producer_cooperative.tools.report_xlsx import write_template

NIK = '3513014107800001'


@tagged('post_install', '-at_install')
class TestRegisterImport(CoopCommon):
    """An existing register comes in through Odoo's own import."""

    def _load(self, names, *rows, user=None, model='coop.membership'):
        return self.env[model].with_user(user or self.manager).load(names, [list(row) for row in rows])

    def _problems(self, result):
        return [(message['rows']['from'], message['message']) for message in result['messages']]

    def _assert_nothing_came(self, before):
        self.assertEqual(self.env['coop.membership'].search_count([]), before)

    # === WHAT COMES IN === #

    def test_one_row_makes_the_contact_and_the_member(self):
        result = self._load(
            ['number', 'partner_name', 'identity_number', 'sex', 'birth_date', 'street', 'street2', 'city', 'phone',
             'producer_kind_ids', 'date_joined'],
            ['00007', "Siti Aminah", '3513 0141 0780.0001', 'P', '1980-07-01', "Dusun Krajan", "Desa Sumberejo",
             "Probolinggo", '081234567801', self.env['coop.producer.kind'].search([], limit=1).name, '2015-03-12'],
        )
        self.assertFalse(result['messages'])
        member = self.env['coop.membership'].browse(result['ids'])
        self.assertEqual(
            (member.state, member.number, str(member.date_joined), str(member.date_applied), member.identity_number),
            ('active', '00007', '2015-03-12', '2015-03-12', NIK),
        )
        self.assertEqual(member.sex, 'female')
        self.assertTrue(member.producer_kind_ids)
        partner = member.partner_id
        self.assertEqual(
            (partner.name, partner.street, partner.street2, partner.city, partner.phone, partner.country_id.code),
            ("Siti Aminah", "Dusun Krajan", "Desa Sumberejo", "Probolinggo", '081234567801', 'ID'),
        )
        self.assertFalse(partner.is_company)

    def test_two_women_of_one_name_are_two_members(self):
        result = self._load(
            ['number', 'partner_name', 'date_joined'], ['1', "Siti", '2015-03-12'], ['2', "Siti", '2016-01-04'],
        )
        members = self.env['coop.membership'].browse(result['ids'])
        self.assertEqual(len(members.partner_id), 2)
        self.assertEqual(members.mapped('number'), ['1', '2'])

    def test_existing_contact_that_is_named_becomes_the_member(self):
        partner = self.env['res.partner'].create({'name': "UD Jasa Giling", 'is_company': True})
        result = self._load(['partner_id', 'number', 'date_joined'], ["UD Jasa Giling", '1', '2015-03-12'])
        self.assertEqual(self.env['coop.membership'].browse(result['ids']).partner_id, partner)

    def test_organisation_and_the_ways_registers_write_the_sex(self):
        result = self._load(
            ['number', 'partner_name', 'is_organisation', 'sex', 'date_joined'],
            ['1', "Kelompok Tani", '1', '', '2015-03-12'], ['2', "Budi", '', 'L', '2015-03-12'],
            ['3', "Sri", '', 'perempuan', '2015-03-12'], ['4', "Joko", '', "Male", '2015-03-12'],
            ['5', "Wati", '', 'female', '2015-03-12'],
        )
        members = self.env['coop.membership'].browse(result['ids'])
        self.assertEqual(members.mapped('sex'), [False, 'male', 'female', 'male', 'female'])
        self.assertEqual(members.mapped('is_organisation'), [True, False, False, False, False])

    def test_former_member_comes_in_as_having_left(self):
        names = ['number', 'partner_name', 'date_joined', 'date_left', 'leave_reason']
        result = self._load(
            names, ['1', "Siti", '2015-03-12', '', ''], ['2', "Budi", '2016-01-04', '2024-06-30', "Moved Away"],
            ['3', "Sri", '2016-01-04', '', ''],
        )
        self.assertFalse(result['messages'])
        siti, budi, sri = self.env['coop.membership'].browse(result['ids'])
        self.assertEqual((siti.partner_id.name, budi.partner_id.name, sri.partner_id.name), ("Siti", "Budi", "Sri"))
        self.assertEqual((siti.state, sri.state), ('active', 'active'))
        self.assertEqual(
            (budi.state, str(budi.date_left), budi.leave_reason, str(budi.date_applied)),
            ('left', '2024-06-30', 'moved', '2016-01-04'),
        )

    def test_candidates_come_in_without_number(self):
        result = self._load(['partner_name', 'date_applied'], ["Calon", '2026-01-02'], user=self.officer)
        self.assertEqual(self.env['coop.membership'].browse(result['ids']).state, 'candidate')

    def test_export_of_a_member_finds_the_same_member_again(self):
        siti = self._create_member("Siti")
        self._create_member("Siti")
        for text in (siti.number, str(int(siti.number)), siti.display_name):
            found = self.env['coop.membership'].with_user(self.accountant).name_search(text, operator='=')
            self.assertEqual([member_id for member_id, _name in found], siti.ids, msg=text)

    def test_name_of_two_members_is_found_for_none_of_them(self):
        self._create_member("Siti")
        self._create_member("Siti")
        budi = self._create_member("Budi")
        self.assertFalse(self.env['coop.membership'].name_search("Siti", operator='='))
        self.assertEqual(self.env['coop.membership'].name_search("Budi", operator='=')[0][0], budi.id)
        self.assertEqual(len(self.env['coop.membership'].name_search("Siti")), 2)

    # === NUMBERS === #

    def test_numbers_continue_above_the_highest_and_fill_no_gap(self):
        self._load(
            ['number', 'partner_name', 'date_joined'],
            ['00005', "Siti", '2015-03-12'], ['00120', "Budi", '2015-03-12'], ['A-900', "Sri", '2015-03-12'],
        )
        self.assertEqual(self._create_member("Endang").number, '00121')
        self.assertEqual(self._create_member("Joko").number, '00122')
        # an older number that comes in later changes nothing
        self._load(['number', 'partner_name', 'date_joined'], ['00007', "Wati", '2015-03-12'])
        self.assertEqual(self._create_member("Tini").number, '00123')

    def test_number_as_long_as_an_identity_number_leaves_the_sequence_alone(self):
        before = int(self._create_member("Siti").number)
        self._load(['number', 'partner_name', 'date_joined'], [NIK, "Budi", '2015-03-12'])
        self.assertEqual(int(self._create_member("Endang").number), before + 1)

    # === WHAT IS REFUSED === #

    def test_used_number_is_refused_for_its_row_and_names_who_has_it(self):
        member = self._create_member("Siti")
        before = self.env['coop.membership'].search_count([])
        result = self._load(
            ['number', 'partner_name', 'date_joined'],
            ['00900', "Budi", '2015-03-12'], [member.number, "Sri", '2015-03-12'], ['00901', "Joko", '2015-03-12'],
            ['00901', "Wati", '2015-03-12'],
        )
        self.assertFalse(result['ids'])
        self.assertEqual(self._problems(result), [
            (1, f"The number {member.number} was given to Siti; a number is never used again."),
            (3, "The number 00901 stands in row 3 of the file already."),
        ])
        self._assert_nothing_came(before)
        self.assertFalse(self.env['res.partner'].search([('name', 'in', ("Budi", "Joko"))]))

    def test_number_of_somebody_who_left_is_refused_too(self):
        self._load(
            ['number', 'partner_name', 'date_joined', 'date_left', 'leave_reason'],
            ['00900', "Budi", '2015-03-12', '2020-01-01', 'moved'],
        )
        result = self._load(['number', 'partner_name', 'date_joined'], ['00900', "Sri", '2021-03-12'])
        self.assertIn("was given to Budi", self._problems(result)[0][1])

    def test_identity_number_in_the_register_is_refused_for_its_row(self):
        siti = self._create_member("Siti", identity_number=NIK)
        before = self.env['coop.membership'].search_count([])
        names = ['number', 'partner_name', 'identity_number', 'date_joined']
        result = self._load(
            names, ['901', "Siti A.", '3513-0141-0780-0001', '2015-03-12'],
            ['902', "Budi", '3513014107800002', '2015-03-12'], ['903', "Budi S.", '3513014107800002', '2015-03-12'],
            ['904', "Sri", '123', '2015-03-12'],
        )
        self.assertEqual(self._problems(result), [
            (0, f"{siti.display_name} has this identity number (NIK KTP) and is in the register already."),
            (2, "This identity number (NIK KTP) stands in row 2 of the file already."),
            (3, "An identity number (NIK KTP) has 16 digits; “123” is none."),
        ])
        self._assert_nothing_came(before)

    def test_identity_number_is_unique_among_members_but_not_for_who_left(self):
        siti = self._create_member("Siti", identity_number=NIK)
        values = {'partner_name': "Siti Lagi", 'identity_number': f'{NIK[:8]} {NIK[8:]}'}
        with self.assertRefusedByDatabase('coop.membership', "is in the register already"):
            self.env['coop.membership'].create(values)
        siti._update_state('left', date_left='2026-03-01', leave_reason='resigned')
        self.assertEqual(self.env['coop.membership'].create(values).identity_number, NIK)

    def test_identity_numbers_that_a_spreadsheet_cut_off_are_refused(self):
        names = ['number', 'partner_name', 'identity_number', 'date_joined']
        rows = [[str(900 + n), f"Anggota {n}", f'35130141078{n:04d}0', '2015-03-12'] for n in range(1, 5)]
        result = self._load(names, *rows)
        self.assertEqual([row for row, _message in self._problems(result)], [0, 1, 2, 3])
        self.assertIn("cut off the last digit", self._problems(result)[0][1])
        self.assertTrue(self._load(names, *rows[:3])['ids'])

    def test_second_membership_of_a_contact_is_refused_for_its_row(self):
        member = self._create_member("Siti")
        before = self.env['coop.membership'].search_count([])
        result = self._load(
            ['partner_id/.id', 'number', 'date_joined'], [str(member.partner_id.id), '901', '2015-03-12'],
        )
        self.assertEqual(self._problems(result), [
            (0, self.env['coop.membership']._one_current.get_error_message(self.env, None)),
        ])
        self.env['res.partner'].create({'name': "Budi"})
        result = self._load(
            ['partner_id', 'number', 'date_joined'], ["Budi", '901', '2015-03-12'], ["Budi", '902', '2015-03-12'],
        )
        self.assertEqual(self._problems(result), [
            (1, "Budi stands in row 1 of the file already: one contact, one membership."),
        ])
        self._assert_nothing_came(before)

    def test_row_without_name_or_date_of_joining_is_refused(self):
        result = self._load(
            ['number', 'partner_name', 'date_joined'], ['901', "", '2015-03-12'], ['902', "Siti", ''],
        )
        self.assertEqual([row for row, _message in self._problems(result)], [0, 1])
        self.assertIn("names nobody", self._problems(result)[0][1])
        self.assertIn("no date of joining", self._problems(result)[1][1])

    def test_former_member_without_reason_or_in_the_future_is_refused(self):
        names = ['number', 'partner_name', 'date_joined', 'date_left', 'leave_reason']
        result = self._load(names, ['901', "Siti", '2015-03-12', '2020-01-01', ''])
        self.assertIn("Missing: Reason for Leaving", self._problems(result)[0][1])
        result = self._load(names, ['901', "Siti", '2015-03-12', '2999-01-01', 'moved'])
        self.assertIn("in the future", self._problems(result)[0][1])
        result = self._load(names, ['901', "Siti", '2015-03-12', '2015-03-11', 'moved'])
        self.assertIn("cannot leave before joining", self._problems(result)[0][1])
        self.assertFalse(self.env['coop.membership'].search([('number', '=', '901')]))

    # === WHO MAY === #

    def test_officer_imports_neither_numbers_nor_former_members(self):
        before = self.env['coop.membership'].search_count([])
        for names, row in (
            (['number', 'partner_name', 'date_joined'], ['901', "Siti", '2015-03-12']),
            (['number', 'partner_name', 'date_joined', 'date_left', 'leave_reason'],
             ['901', "Siti", '2015-03-12', '2020-01-01', 'moved']),
        ):
            result = self._load(names, row, user=self.officer)
            self.assertIn("Only this role may do that: Manager", self._problems(result)[0][1])
        self._assert_nothing_came(before)
        with self.assertRefused("Only this role may do that: Manager", AccessError):
            self.env['coop.membership'].with_user(self.officer).create({
                'partner_name': "Siti", 'number': '901', 'date_joined': '2015-03-12', 'date_left': '2020-01-01',
                'leave_reason': 'moved',
            })

    def test_nobody_lets_a_member_leave_by_writing_the_date(self):
        member = self._create_member("Siti")
        for vals in ({'date_left': '2026-03-01'}, {'leave_reason': 'moved'}):
            with self.assertRefused("own buttons", AccessError):
                member.with_user(self.manager).write(vals)
        with self.assertRefused("own buttons", AccessError):
            self.env['coop.membership'].with_user(self.manager).create({
                'partner_name': "Budi", 'state': 'left', 'number': '901', 'date_joined': '2015-03-12',
                'date_left': '2020-01-01', 'leave_reason': 'moved',
            })
        with self.assertRefused("own buttons", AccessError):
            self.env['coop.membership'].with_user(self.manager).create({
                'partner_name': "Budi", 'lock_version': 7, 'number': '901', 'date_joined': '2015-03-12',
                'date_left': '2020-01-01', 'leave_reason': 'moved',
            })

    # === THE FILE TO FILL IN === #

    def _import_file(self, model, user, dryrun=False):
        """Let Odoo's own import read the template and match its columns by their headings."""
        name, headers, rows = self.env[model].with_user(user)._get_import_template()
        wizard = self.env['base_import.import'].with_user(user).create({
            'res_model': model, 'file': write_template(headers, rows, name), 'file_name': 'template.xlsx',
            'file_type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        })
        options = {'has_headers': True, 'advanced': True, 'quoting': '"', 'separator': ''}
        preview = wizard.parse_preview(options)
        self.assertNotIn('error', preview, msg=preview.get('error'))
        columns = [label for label, _kind, _width in headers]
        self.assertEqual(len(preview['matches']), len(columns), msg=preview['matches'])
        names = ['/'.join(preview['matches'][index]) for index in range(len(columns))]
        options = {**preview['options'], **options, 'date_format': '%Y-%m-%d'}
        return names, wizard.execute_import(names, columns, options, dryrun=dryrun)

    def test_template_for_members_comes_in_as_it_is(self):
        names, result = self._import_file('coop.membership', self.manager)
        self.assertEqual(names[:3], ['number', 'partner_name', 'is_organisation'])
        self.assertFalse(result['messages'])
        siti, budi, group = self.env['coop.membership'].browse(result['ids'])
        self.assertEqual((siti.number, siti.identity_number, siti.state), ('00001', NIK, 'active'))
        self.assertEqual((budi.state, budi.leave_reason, str(budi.date_left)), ('left', 'moved', '2024-06-30'))
        self.assertTrue(group.is_organisation)

    def test_trial_run_leaves_nothing(self):
        _names, result = self._import_file('coop.membership', self.manager, dryrun=True)
        self.assertFalse(result['messages'])
        self.assertFalse(self.env['coop.membership'].search([]))
        self.assertFalse(self.env['res.partner'].search([('name', '=', "Kelompok Tani Makmur")]))
        self.assertEqual(self._create_member("Endang").number, '00001')

    def test_template_is_offered_and_keeps_identity_numbers_as_text(self):
        [template] = self.env['coop.membership'].get_import_templates()
        self.assertIn('coop.membership', template['template'])
        name, headers, rows = self.env['coop.membership']._get_import_template()
        sheet = load_workbook(io.BytesIO(write_template(headers, rows, name))).worksheets[0]
        self.assertEqual(sheet.max_row, 4)
        column = [label for label, _kind, _width in headers].index("Identity Number (NIK KTP)") + 1
        self.assertEqual((sheet.cell(2, column).value, sheet.cell(2, column).number_format), (NIK, '@'))

    # === OPENING CAPITAL === #

    def test_lines_of_a_voucher_find_the_member_by_number_alone(self):
        siti = self._create_member("Siti")
        self._create_member("Siti")
        result = self._load(
            ['direction', 'date', 'line_ids/membership_id', 'line_ids/type_id', 'line_ids/amount'],
            ['in', '2026-02-01', siti.number, "Voluntary Savings", '50000'],
            ['', '', str(int(siti.number)), "Mandatory Savings", '10000'],
            user=self.accountant, model='coop.savings.voucher',
        )
        self.assertFalse(result['messages'])
        voucher = self.env['coop.savings.voucher'].browse(result['ids'])
        self.assertEqual(voucher.line_ids.mapped(lambda l: (l.membership_id, l.type_id, l.amount)), [
            (siti, self.voluntary, 50_000), (siti, self.mandatory, 10_000),
        ])
        result = self._load(
            ['direction', 'date', 'line_ids/membership_id', 'line_ids/type_id', 'line_ids/amount'],
            ['in', '2026-02-01', "Siti", "Voluntary Savings", '50000'],
            user=self.accountant, model='coop.savings.voucher',
        )
        self.assertFalse(result['ids'])
        self.assertIn("No matching record", self._problems(result)[0][1])

    def test_template_for_opening_capital_makes_one_draft_that_the_treasurer_posts(self):
        _names, members = self._import_file('coop.membership', self.manager)
        names, result = self._import_file('coop.savings.voucher', self.accountant)
        self.assertEqual(names, [
            'direction', 'date', 'line_ids/membership_id', 'line_ids/type_id', 'line_ids/amount',
        ])
        self.assertFalse(result['messages'])
        voucher = self.env['coop.savings.voucher'].browse(result['ids'])
        self.assertEqual((voucher.direction, voucher.state, len(voucher.line_ids)), ('opening', 'draft', 5))
        voucher.with_user(self.accountant).action_post()
        siti, _budi, group = self.env['coop.membership'].browse(members['ids'])
        earnings = self.company.get_unaffected_earnings_account()
        self.assertEntry(voucher.move_id, [
            (earnings, None, 2_670_000), (self.principal.account_id, siti.partner_id, -100_000),
            (self.mandatory.account_id, siti.partner_id, -1_240_000),
            (self.voluntary.account_id, siti.partner_id, -250_000),
            (self.principal.account_id, group.partner_id, -100_000),
            (self.mandatory.account_id, group.partner_id, -980_000),
        ])

    def test_imported_opening_capital_is_what_the_report_and_the_ledger_say(self):
        self._load(
            ['number', 'partner_name', 'date_joined'], ['00001', "Siti", '2015-03-12'], ['00002', "Siti", '2016-01-04'],
        )
        names = ['direction', 'date', 'line_ids/membership_id', 'line_ids/type_id', 'line_ids/amount']
        result = self._load(
            names, ['opening', '2025-12-31', '00001', "Principal Savings", '100000'],
            ['', '', '2', "Principal Savings", '50000'], ['', '', '2', "Voluntary Savings", '7000'],
            user=self.accountant, model='coop.savings.voucher',
        )
        self.assertFalse(result['messages'])
        self.env['coop.savings.voucher'].browse(result['ids']).with_user(self.accountant).action_post()
        capital = self.env['coop.savings.capital'].with_user(self.accountant).create({'date': '2025-12-31'})
        report = capital._get_report()
        totals = {row.values['type']: row.values['all'] for row in report.tables[0].lines}
        self.assertEqual(totals, {"Principal Savings": 150_000, "Mandatory Savings": 0, "Voluntary Savings": 7_000})
        self.assertEqual((self.principal.balance, self.voluntary.balance), (150_000, 7_000))
        self.assertEqual((self.principal.unowned_balance, self.voluntary.unowned_balance), (0, 0))
        second = self.env['coop.membership'].search([('number', '=', '00002')])
        self.assertEqual(second.savings_balance, 57_000)

    def test_opening_capital_of_an_unknown_number_is_refused_and_nothing_comes(self):
        names = ['direction', 'date', 'line_ids/membership_id', 'line_ids/type_id', 'line_ids/amount']
        result = self._load(
            names, ['opening', '2025-12-31', '00001', "Principal Savings", '100000'],
            user=self.accountant, model='coop.savings.voucher',
        )
        self.assertFalse(result['ids'])
        self.assertIn("No matching record", self._problems(result)[0][1])
        self.assertFalse(self.env['coop.savings.voucher'].search([]))


@tagged('post_install', '-at_install')
class TestReportDownload(HttpCase, CoopCommon):
    """Spreadsheets and templates over HTTP, with the rights of who asks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.officer, cls.warehouse_user):
            user.password = user.login

    def test_officer_downloads_a_report_and_a_template(self):
        wizard = self.env['coop.membership.register'].with_user(self.officer).create({'date': '2026-06-30'})
        action = wizard.action_print_xlsx()
        self.authenticate(self.officer.login, self.officer.login)
        template = self.env['coop.membership'].get_import_templates()[0]['template']
        for url in (action['url'], template):
            response = self.url_open(url)
            self.assertEqual(response.status_code, 200, msg=url)
            self.assertIn('.xlsx', response.headers['Content-Disposition'])
            self.assertTrue(load_workbook(io.BytesIO(response.content)).sheetnames)

    def test_download_works_the_report_out_once(self):
        wizard = self.env['coop.membership.register'].with_user(self.officer).create({'date': '2026-06-30'})
        Register = self.env.registry['coop.membership.register']
        self.authenticate(self.officer.login, self.officer.login)
        with patch.object(Register, '_get_report', autospec=True, side_effect=Register._get_report) as worked_out:
            response = self.url_open(wizard.action_print_xlsx()['url'])
        self.assertEqual((response.status_code, worked_out.call_count), (200, 1))
        self.assertIn('Register%20of%20Members', response.headers['Content-Disposition'])

    def test_warehouse_downloads_nothing(self):
        wizard = self.env['coop.membership.register'].with_user(self.officer).create({'date': '2026-06-30'})
        self.authenticate(self.warehouse_user.login, self.warehouse_user.login)
        for url in (
            wizard.action_print_xlsx()['url'], '/producer_cooperative/import_template/coop.membership',
            '/producer_cooperative/import_template/coop.savings.voucher',
        ):
            with mute_logger('odoo.http'):
                self.assertEqual(self.url_open(url).status_code, 403, msg=url)

    def test_nothing_but_reports_and_templates_is_there(self):
        self.authenticate(self.officer.login, self.officer.login)
        for url in (
            '/producer_cooperative/report/res.users/2', '/producer_cooperative/report/coop.membership.register/999999',
            '/producer_cooperative/report/coop.nothing/1', '/producer_cooperative/import_template/res.users',
        ):
            with mute_logger('odoo.http'):
                self.assertEqual(self.url_open(url).status_code, 404, msg=url)
