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
        message = self._load(row, row)[0]['message']
        self.assertIn("001 Siti has a number for “Milk” from 01/01/2024 to 12/31/2024", message)

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
        self.assertEqual([label for label, _kind, _width in headers], ["Member", "From", "To", "Figure", "Remarks"])
        self.assertEqual([row[0] for row in rows], ['001', '002'])

    def test_rows_without_a_number_are_left_out(self):
        wati = self._create_registered("Wati", '003')
        self.assertFalse(self._load(
            ('001', '2024-01-01', '2024-12-31', ''), ('002', '2024-01-01', '2024-12-31', '7'),
            ('003', '2024-01-01', '2024-12-31', ' '),
        ))
        self.assertEqual(read_base(self, self.milk), {"Budi": 7})
        # Who did something after all is entered later; nought is a number.
        self.assertFalse(self._load(
            ('001', '2024-01-01', '2024-12-31', '5'), ('003', '2024-01-01', '2024-12-31', '0'),
        ))
        self.assertEqual(read_base(self, self.milk), {"Siti": 5, "Budi": 7, "Wati": 0})
        self.assertTrue(wati)

    def test_mistakes_are_told_of_the_row_of_the_file(self):
        messages = self._load(
            ('001', '2024-01-01', '2024-12-31', ''), ('002', '2024-01-01', '2024-12-31', ''),
            ('777', '2024-01-01', '2024-12-31', '7'),
        )
        self.assertIn("777", messages[0]['message'])
        for message in messages:
            self.assertEqual((message['record'], message['rows']), (2, {'from': 2, 'to': 2}))

    def test_list_without_any_number_is_refused(self):
        [message] = self._load(('001', '2024-01-01', '2024-12-31', ''))
        self.assertEqual(message['type'], 'error')
        self.assertIn("No row has a number", message['message'])

    def test_number_of_more_than_one_year_is_refused(self):
        message = self._load(('001', '2020-01-01', '2023-12-31', '5'))[0]['message']
        self.assertIn("001 Siti: 01/01/2020 to 12/31/2023 is more than one fiscal year", message)
        self.assertIn("the last begins on 01/01/2023", message)
        self.assertFalse(self._load(('001', '2023-01-01', '2023-12-31', '5')))

    def test_number_says_that_no_share_goes_by_one(self):
        for base, text in (('purchases', "has a share that goes by a number"), ('imported', "several shares")):
            of_members = self.rule.share_ids.filtered(lambda share: share.kind == 'patronage')
            self.rule.share_ids = [Command.delete(share.id) for share in of_members] + [
                Command.create({'kind': 'patronage', 'percent': 20, 'base': base, 'name': name})
                for name in ("Milk", "Hours")
            ]
            self.assertIn(text, self._load(('001', '2024-01-01', '2024-12-31', '5'))[0]['message'])
            with self.assertRefused(text):
                self._number(self.siti, 5)

    # === ANOTHER RULE === #

    def _copy_rule(self):
        """Let the meeting have changed the bylaws of 2024 after Siti's number was entered, and before Budi's."""
        old = self._number(self.siti, 100)
        rule = self.rule.copy({'date_from': '2024-01-01', 'name': "Bylaws 2024"})
        self.assertEqual(self._number(self.budi, 100).rule_id, rule)
        return old, rule

    def test_numbers_under_another_rule_hold_the_computation_up_until_they_are_moved(self):
        old, rule = self._copy_rule()
        allocation = self._create_allocation(1_000_000)
        self.assertEqual(allocation.rule_id, rule)
        with self.assertRefused("1 numbers .* under another rule than Bylaws 2024.*: 001 Siti. Choose them", Exception):
            allocation.with_user(self.accountant).action_compute()
        [row] = [
            row for row in self.env['coop.shu.todo'].search(
                allocation.with_user(self.accountant).action_open_todo()['domain'],
            ) if row.res_model == 'coop.shu.base.value'
        ]
        action = row.action_open()
        self.assertTrue(row.is_blocking)
        self.assertEqual(self.env[action['res_model']].search(action['domain']), old)
        old.with_user(self.officer).action_move_to_rule()
        self.assertEqual(old.rule_id, rule)
        allocation.with_user(self.accountant).action_compute()
        # 40 % of 1,000,000 by 100 litres each
        self.assertEqual(self._parts(allocation), {"Siti": 200_000, "Budi": 200_000})

    def test_number_that_stands_under_both_rules_is_not_moved_over_the_other(self):
        old, rule = self._copy_rule()
        self._number(self.siti, 70, share_id=rule.share_ids[1].id)
        with self.assertRefused("has a number for “Milk” .* already", ValidationError):
            old.with_user(self.officer).action_move_to_rule()

    def test_number_is_moved_to_the_share_of_the_same_name(self):
        old, rule = self._copy_rule()
        rule.share_ids = [
            Command.update(rule.share_ids[1].id, {'percent': 20, 'name': "Hours"}),
            Command.create({'kind': 'patronage', 'percent': 20, 'base': 'imported', 'name': "Trips"}),
        ]
        with self.assertRefused("has no share by a number that is called “Milk”"):
            old.action_move_to_rule()
        rule.share_ids[2].name = "Milk"
        old.action_move_to_rule()
        self.assertEqual(old.share_id, rule.share_ids[2])

    def test_numbers_of_a_decided_year_are_not_moved(self):
        number = self._number(self.siti, 100)
        self._approve(self._compute(1_000_000))
        later = self._number(self.siti, 7, '2025-01-01', '2025-12-31')
        rule = self.rule.copy({'date_from': '2025-01-01'})
        (number | later).action_move_to_rule()
        self.assertEqual((number.rule_id, later.rule_id), (self.rule, rule))

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
