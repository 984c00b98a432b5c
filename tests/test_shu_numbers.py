from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_shu import ShuCommon
from odoo.addons.producer_cooperative.tests.test_shu_bases import read_base


@tagged('post_install', '-at_install')
class TestShuNumbers(ShuCommon):
    """Numbers entered per member: litres, hours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule(('reserve', 60), ('patronage', 40, 'imported'))
        cls.milk = cls.rule.share_ids[1]
        cls.milk.write({'name': "Milk", 'unit_name': "litres"})
        cls.siti = cls._create_registered("Siti", '001')
        cls.budi = cls._create_registered("Budi", '002')

    def _load(self, *rows, columns=('membership_id', 'date_from', 'date_to', 'quantity'), user=None):
        """Import rows as Odoo's import screen does; return its messages."""
        values = self.env['coop.shu.base.value'].with_user(user or self.officer)
        return values.load(list(columns), [list(row) for row in rows])['messages']

    def _number(self, member, quantity, date_from='2024-01-01', date_to='2024-12-31', **values):
        return self.env['coop.shu.base.value'].create({
            'membership_id': member.id, 'quantity': quantity, 'date_from': date_from, 'date_to': date_to, **values,
        })

    def test_imported_litres_share_the_surplus(self):
        self.assertFalse(self._load(
            ('001', '2024-01-01', '2024-12-31', '1250.75'), ('002', '2024-01-01', '2024-12-31', '3752.25'),
        ))
        self.assertEqual(read_base(self, self.milk), {"Siti": 1_250.75, "Budi": 3_752.25})
        allocation = self._compute(1_000_000)
        # 400,000 × 1,250.75 / 5,003 = 100,000 and 400,000 × 3,752.25 / 5,003 = 300,000
        self.assertEqual(self._parts(allocation), {"Siti": 100_000, "Budi": 300_000})
        part = self._line(allocation, self.siti).part_ids
        self.assertEqual((part.numerator, part.denominator), (1_250.75, 5_003))
        action = part.with_user(self.officer).action_open_documents()
        rows = self.env[action['res_model']].search(action['domain'])
        self.assertEqual(rows.mapped('quantity'), [1_250.75])

    def test_the_share_is_filled_in_where_the_rule_in_force_has_one(self):
        self.assertEqual(self._number(self.siti, 5).share_id, self.milk)
        self.rule.share_ids = [
            Command.update(self.milk.id, {'percent': 20}),
            Command.create({'kind': 'patronage', 'percent': 20, 'base': 'imported', 'name': "Hours"}),
        ]
        messages = self._load(('002', '2024-01-01', '2024-12-31', '5'))
        self.assertIn("Share", messages[0]['message'])

    def test_parts_of_a_year_add_up(self):
        self._number(self.siti, 10, '2024-01-01', '2024-06-30')
        self._number(self.siti, 20, '2024-07-01', '2024-12-31')
        self._number(self.siti, 400, '2025-01-01', '2025-12-31')
        self.assertEqual(read_base(self, self.milk), {"Siti": 30})

    def test_unknown_members_are_refused_and_nothing_is_imported(self):
        messages = self._load(('001', '2024-01-01', '2024-12-31', '5'), ('777', '2024-01-01', '2024-12-31', '5'))
        self.assertEqual(messages[0]['type'], 'error')
        self.assertIn("777", messages[0]['message'])
        self.assertFalse(self.env['coop.shu.base.value'].search([('rule_id', '=', self.rule.id)]))

    def test_numbers_below_zero_are_refused(self):
        messages = self._load(('001', '2024-01-01', '2024-12-31', '-5'))
        self.assertIn("001 Siti: -5.0 is below zero", messages[0]['message'])

    def test_the_same_list_twice_is_refused(self):
        row = ('001', '2024-01-01', '2024-12-31', '5')
        self.assertFalse(self._load(row))
        self.assertIn("001 Siti has a number for “Milk” from 01/01/2024 to 12/31/2024", self._load(row)[0]['message'])
        self.assertIn("001 Siti has", self._load(('001', '2024-12-01', '2025-01-31', '5'))[0]['message'])

    def test_the_same_member_twice_in_one_list_is_refused(self):
        row = ('001', '2024-01-01', '2024-12-31', '5')
        self.assertIn("001 Siti has a number for “Milk” from 01/01/2024 to 12/31/2024", self._load(row, row)[0]['message'])

    def test_two_people_at_once_are_stopped_by_the_database(self):
        first = self._number(self.siti, 5)
        self.env.flush_all()
        with self.assertRefusedByDatabase('coop.shu.base.value', "has a number for this share and period already"):
            self.env.cr.execute(
                "INSERT INTO coop_shu_base_value (membership_id, share_id, date_from, date_to, quantity)"
                " SELECT membership_id, share_id, date_from, date_to, 7 FROM coop_shu_base_value WHERE id = %s",
                [first.id],
            )

    def test_candidates_and_other_shares_are_refused(self):
        candidate = self.env['coop.membership'].create({
            'partner_id': self.env['res.partner'].create({'name': "Calon"}).id,
        })
        with self.assertRefused("is a candidate", ValidationError):
            self._number(candidate, 5)
        with self.assertRefused("does not go by a number", ValidationError):
            self._number(self.siti, 5, share_id=self.rule.share_ids[0].id)

    def test_numbers_of_an_approved_year_stay(self):
        number = self._number(self.siti, 5)
        allocation = self._approve(self._compute(1_000_000))
        for change in (
            lambda: number.write({'quantity': 6}), number.unlink, lambda: self._number(self.budi, 5),
        ):
            with self.assertRefused("the numbers that it goes by stay"):
                change()
        later = self._number(self.siti, 7, '2025-01-01', '2025-12-31')
        later.quantity = 8
        with self.assertRefused("the numbers that it goes by stay"):
            later.write({'membership_id': self.budi.id, 'date_from': '2024-01-01', 'date_to': '2024-12-31'})
        self.assertEqual(allocation.state, 'approved')

    def test_a_changed_number_asks_for_a_new_computation(self):
        number = self._number(self.siti, 5)
        self._number(self.budi, 5)
        allocation = self._compute(1_000_000)
        number.with_user(self.officer).quantity = 15
        self.assertEqual(allocation.state, 'draft')
        allocation.with_user(self.accountant).action_compute()
        self.assertEqual(self._parts(allocation), {"Siti": 300_000, "Budi": 100_000})

    def test_the_file_to_fill_in_names_every_member(self):
        [template] = self.env['coop.shu.base.value'].get_import_templates()
        self.assertEqual(template['template'], '/producer_cooperative/import_template/coop.shu.base.value')
        _name, headers, rows = self.env['coop.shu.base.value']._get_import_template()
        self.assertEqual([label for label, _kind, _width in headers], ["Member", "From", "To", "Number", "Remarks"])
        self.assertEqual([row[0] for row in rows], ['001', '002'])

    def test_company_and_rule_of_a_number_follow_its_share(self):
        number = self._number(self.siti, 5).with_user(self.officer)
        other = self._create_cooperative("Koperasi Lain")
        for values in ({'company_id': other.id}, {'rule_id': False}):
            with self.assertRefused("change only through", AccessError):
                number.write(values)
        self.assertEqual((number.company_id, number.rule_id), (self.company, self.rule))

    def test_officers_and_accountants_enter_numbers_and_others_do_not(self):
        for user in (self.officer, self.accountant):
            number = self._number(self.siti, 5).with_user(user)
            number.quantity = 6
            number.unlink()
        for user in (self.cashier, self.supervisor):
            number = self._number(self.siti, 5)
            self.assertEqual(number.with_user(user).quantity, 5)
            with self.assertRaises(AccessError):
                number.with_user(user).quantity = 6
            number.unlink()
        with self.assertRaises(AccessError):
            self._number(self.siti, 5).with_user(self.warehouse_user).read(['quantity'])
