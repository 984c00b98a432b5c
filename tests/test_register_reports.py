import io
from datetime import date

from openpyxl import load_workbook

from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common import CoopCommon


@tagged('post_install', '-at_install')
class TestRegisterReports(CoopCommon):
    """An imported register: three women, two men, a group and one person of whom the sex was never written down."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        kind = cls.env['coop.producer.kind'].search([], limit=1)
        cls.siti = cls._register("Siti", '1', '2015-03-12', sex='female', identity_number='3513014107800001',
                                 birth_place="Probolinggo", birth_date='1980-07-01', occupation="Petani",
                                 street="Dusun Krajan RT 2", street2="Desa Sumberejo", city="Probolinggo")
        cls.endang = cls._register("Endang", '2', '2025-06-30', sex='female', producer_kind_ids=kind.ids)
        cls.budi = cls._register("Budi", '3', '2016-01-04', sex='male', date_left='2025-07-01', leave_reason='moved')
        cls.joko = cls._register("Joko", '4', '2025-07-01', sex='male', date_left='2025-12-31', leave_reason='deceased')
        cls.group = cls._register("Kelompok Tani", '10', '2018-08-17', is_organisation=True)
        cls.tidak = cls._register("Tidak Tercatat", '9', '2026-01-01')
        # came back after two months
        cls.wati_before = cls._register("Wati", '7', '2020-01-01', sex='female', date_left='2025-08-01',
                                        leave_reason='resigned')
        cls.wati = cls.env['coop.membership'].create({
            'partner_id': cls.wati_before.partner_id.id, 'number': '8', 'date_joined': '2025-10-01', 'sex': 'female',
        })

    @classmethod
    def _register(cls, name, number, joined, **values):
        return cls.env['coop.membership'].create({
            'partner_name': name, 'number': number, 'date_joined': joined, **values,
        })

    def _rows(self, table, kind=None):
        return [row.values for row in table.rows if not kind or row.kind == kind]

    def _html(self, wizard):
        report = self.env.ref(wizard._report_action).with_env(wizard.env)
        return report._render_qweb_html(report.report_name, wizard.ids)[0].decode()

    # === REGISTER === #

    def _get_register(self, day='2026-06-30', scope='all', user=None, **values):
        wizards = self.env['coop.membership.register'].with_user(user or self.officer)
        return wizards.create({'date': day, 'scope': scope, **values})

    def test_register_has_the_columns_of_the_agency(self):
        table = self._get_register()._get_report().tables[0]
        self.assertEqual([column.label for column in table.columns], [
            "No.", "Member Number", "Name", "NIK KTP", "Place and Date of Birth", "Sex", "Occupation", "Address",
            "Date In", "Signature", "Chair's Signature", "Date Out", "Reason Out", "Remarks",
        ])
        first = self._rows(table)[0]
        self.assertEqual(first, {
            'serial': 1, 'number': '1', 'name': "Siti", 'identity_number': '3513014107800001',
            'birth': "Probolinggo, 07/01/1980", 'sex': "Female", 'occupation': "Petani",
            'address': "Dusun Krajan RT 2, Desa Sumberejo, Probolinggo", 'date_joined': date(2015, 3, 12),
            'date_left': None, 'leave_reason': '', 'remarks': '',
        })

    def test_register_follows_the_numbers_and_not_their_spelling(self):
        rows = self._rows(self._get_register()._get_report().tables[0])
        self.assertEqual([row['number'] for row in rows], ['1', '2', '3', '4', '7', '8', '9', '10'])
        self.assertEqual([row['serial'] for row in rows], list(range(1, 9)))

    def test_register_knows_who_was_a_member_on_the_day(self):
        def names(day, scope):
            return [row['name'] for row in self._rows(self._get_register(day, scope)._get_report().tables[0])]
        self.assertEqual(names('2025-06-30', 'members'), ["Siti", "Endang", "Budi", "Wati", "Kelompok Tani"])
        # Budi leaves on 1 July and Joko joins
        self.assertEqual(names('2025-07-01', 'members'), ["Siti", "Endang", "Joko", "Wati", "Kelompok Tani"])
        self.assertEqual(names('2025-07-01', 'left'), ["Budi"])
        self.assertEqual(names('2025-06-30', 'left'), [])
        self.assertEqual(names('2025-06-29', 'all'), ["Siti", "Budi", "Wati", "Kelompok Tani"])

    def test_who_left_later_had_not_left_yet(self):
        row = next(row for row in self._rows(self._get_register('2025-06-30')._get_report().tables[0])
                   if row['name'] == "Budi")
        self.assertEqual((row['date_left'], row['leave_reason']), (None, ''))
        row = next(row for row in self._rows(self._get_register('2025-07-01')._get_report().tables[0])
                   if row['name'] == "Budi")
        self.assertEqual((row['date_left'], row['leave_reason']), (date(2025, 7, 1), "Moved Away"))

    def test_women_men_and_organisations_are_counted_apart(self):
        rows = self._rows(self._get_register('2026-06-30')._get_report().tables[1])
        # members: Siti, Endang, Wati; no man; the group; one not stated. Left: Wati's first time, Budi, Joko
        self.assertEqual(
            rows[0], {'label': "Members", 'women': 3, 'men': 0, 'organisations': 1, 'unknown': 1, 'all': 5},
        )
        self.assertEqual(
            rows[1], {'label': "Former members", 'women': 1, 'men': 2, 'organisations': 0, 'unknown': 0, 'all': 3},
        )
        self.assertEqual((rows[2]['women'], rows[2]['all']), (1, 1))

    def test_associates_are_remarked_and_counted_apart(self):
        self.endang.with_user(self.manager).write({'category': 'associate', 'category_date': '2026-03-01'})
        for day, remark, labels in (
            ('2026-02-28', '', []), ('2026-03-01', "Associate", ["of whom: Full Member", "of whom: Associate"]),
        ):
            register, count = self._get_register(day)._get_report().tables
            row = next(row for row in self._rows(register) if row['name'] == "Endang")
            self.assertEqual(row['remarks'], remark)
            self.assertEqual([row['label'] for row in self._rows(count)[2:]][:-1], labels)

    def test_applications_that_were_closed_stand_in_no_register(self):
        candidate = self.env['coop.membership'].create({'partner_name': "Batal", 'date_applied': '2026-01-02'})
        candidate._reject_with_reason("Lives elsewhere")
        self.assertNotIn("Batal", self._html(self._get_register()))

    def test_identity_numbers_are_for_those_who_need_to_know(self):
        for user in (self.officer, self.manager, self.supervisor):
            self.assertIn('3513014107800001', self._html(self._get_register(user=user)))
        for user in (self.cashier, self.accountant):
            wizard = self._get_register(user=user)
            self.assertNotIn('3513014107800001', self._html(wizard))
            self.assertNotIn(b'3513014107800001', wizard._get_report_xlsx())
            counts = self._rows(wizard._get_report().tables[1])[0]
            self.assertEqual((counts['women'], counts['all']), (3, 5))

    def test_copy_for_everybody_leaves_personal_data_out(self):
        html = self._html(self._get_register(with_personal_data=False))
        self.assertNotIn('3513014107800001', html)
        self.assertIn("Dusun Krajan", html)

    def test_register_is_a_spreadsheet_with_a_sheet_for_the_count(self):
        book = load_workbook(io.BytesIO(self._get_register()._get_report_xlsx()))
        self.assertEqual(book.sheetnames, ["Register", "Summary"])
        [siti] = [row for row in book["Register"].iter_rows(values_only=True) if row[2] == "Siti"]
        self.assertEqual((siti[0], siti[1], siti[3], siti[8].date()), (1, '1', '3513014107800001', date(2015, 3, 12)))

    def test_every_printed_page_has_the_headings(self):
        self.env['coop.membership'].create([
            {'partner_name': f"Anggota {number}", 'number': str(number), 'date_joined': '2019-01-01'}
            for number in range(100, 150)
        ])
        wizard = self._get_register()
        report = wizard._get_report_data()
        pages = wizard._get_report_pages(report, wizard._format_report(report))
        rows = [row for page in pages for part in page if part.table == 0 for row in range(part.first, part.last)]
        self.assertEqual(rows, list(range(58)))
        # 58 rows with room for a signature do not fit on two pages
        self.assertGreater(len(pages), 2)
        self.assertEqual(self._html(wizard).count("Place and Date of Birth"), sum(
            1 for page in pages for part in page if part.table == 0
        ))

    # === MOVEMENT === #

    def _get_movement(self, start, end):
        wizard = self.env['coop.membership.movement'].with_user(self.officer).create({
            'date_from': start, 'date_to': end,
        })
        rows = self._rows(wizard._get_report().tables[0])
        return wizard, {row['label']: row for row in rows}

    def test_start_and_in_less_out_is_end(self):
        _wizard, rows = self._get_movement('2025-07-01', '2025-12-31')
        # at the start Siti, Endang, Budi, Wati and the group; in Joko and Wati again; out Budi, Wati, Joko
        self.assertEqual(
            [(label, row['women'], row['men'], row['organisations'], row['all']) for label, row in rows.items()],
            [
                ("Members on 06/30/2025", 3, 1, 1, 5), ("In: admitted", 1, 1, 0, 2), ("Out: Resigned", 1, 0, 0, 1),
                ("Out: Deceased", 0, 1, 0, 1), ("Out: Expelled", 0, 0, 0, 0), ("Out: Moved Away", 0, 1, 0, 1),
                ("Members on 12/31/2025", 3, 0, 1, 4),
            ],
        )

    def test_movement_ties_for_every_period(self):
        days = ['2014-12-31', '2015-03-12', '2025-06-30', '2025-07-01', '2025-08-01', '2025-10-01', '2025-12-31',
                '2026-01-01', '2026-12-31']
        for index, start in enumerate(days):
            for end in days[index:]:
                _wizard, rows = self._get_movement(start, end)
                for column in ('women', 'men', 'organisations', 'unknown', 'all'):
                    numbers = [row[column] for row in rows.values()]
                    with self.subTest(start=start, end=end, column=column):
                        self.assertEqual(numbers[0] + numbers[1] - sum(numbers[2:-1]), numbers[-1])

    def test_movement_ends_with_the_members_of_the_register(self):
        for day in ('2025-06-30', '2025-07-01', '2025-09-30', '2026-06-30'):
            _wizard, rows = self._get_movement('2025-01-01', day)
            register = self._get_register(day, 'members')._get_report().tables[0]
            self.assertEqual([*rows.values()][-1]['all'], len(register.rows), msg=day)

    def test_movement_names_who_came_and_who_went(self):
        wizard, _rows = self._get_movement('2025-07-01', '2025-12-31')
        _summary, joined, left = wizard._get_report().tables
        self.assertEqual([row['name'] for row in self._rows(joined)], ["Joko", "Wati"])
        self.assertEqual(
            [(row['name'], row['date_left'], row['leave_reason']) for row in self._rows(left)],
            [("Budi", date(2025, 7, 1), "Moved Away"), ("Joko", date(2025, 12, 31), "Deceased"),
             ("Wati", date(2025, 8, 1), "Resigned")],
        )
        self.assertIn("Deceased", self._html(wizard))
        self.assertEqual(
            load_workbook(io.BytesIO(wizard._get_report_xlsx())).sheetnames, ["Summary", "In", "Out"],
        )
        wizard.with_names = False
        self.assertEqual(len(wizard._get_report().tables), 1)

    def test_movement_of_a_period_that_ends_before_it_begins_is_refused(self):
        with self.assertRefused("ends before it begins"):
            self._get_movement('2025-07-01', '2025-06-30')

    # === FILTERS === #

    def test_officer_groups_members_by_village_and_by_sex(self):
        members = self.env['coop.membership'].with_user(self.officer)
        self.assertIn(("Desa Sumberejo", 1), members._read_group([], ['street2'], ['__count']))
        self.assertIn(('female', 4), members._read_group([], ['sex'], ['__count']))
        self.assertIn((True, 1), members._read_group([], ['is_organisation'], ['__count']))

    def test_every_filter_of_the_register_finds_its_members(self):
        view = self.env['coop.membership'].with_user(self.officer).get_view(
            self.env.ref('producer_cooperative.coop_membership_view_search').id, 'search',
        )
        for name, domain, expected in (
            ('filter_organisations', [('is_organisation', '=', True)], self.group),
            ('filter_sex_unknown', [('sex', '=', False), ('is_organisation', '=', False)], self.tidak),
            ('filter_old', [('birth_date', '<=', 'today -40y')], self.siti),
            ('filter_no_identity', [('identity_number', 'in', (False, '')), ('number', '=', '9')], self.tidak),
        ):
            self.assertIn(f'name="{name}"', view['arch'])
            self.assertEqual(self.env['coop.membership'].with_user(self.officer).search(domain).ids, expected.ids)
