import random

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_shu import ShuCommon
from odoo.addons.producer_cooperative.tools.apportion import apportion_floor, apportion_with_rest
from odoo.addons.producer_cooperative.tools.ordering import natural_key
from odoo.addons.producer_cooperative.tools.units import to_units


@tagged('post_install', '-at_install')
class TestShuProperties(ShuCommon):
    """Random cooperatives: whatever they look like, everything adds up and the arithmetic is that of ``tools``."""

    def _build(self, generator, members):
        created = []
        for number in generator.sample(range(1, 10 * members), members):
            capital = generator.choice([0, generator.randint(1, 9_999_999), 100_000])
            created.append(self._create_registered(
                f"M{number}", generator.choice([f'{number}', f'{number:04}', f'A-{number}']), capital,
                joined=generator.choice(['2020-01-01', '2024-03-05']),
            ))
        for member in created:
            for _document in range(generator.randint(0, 2)):
                self._invoice(member, generator.randint(1, 999_999) + generator.choice([0, 0.25]))
        stranger = self.env['coop.membership'].create({
            'partner_id': self.env['res.partner'].create({'name': "Calon"}).id,
        })
        self._invoice(stranger, generator.randint(1, 999_999))
        for member in generator.sample(created, 2):
            member.sudo().write({'state': 'left', 'date_left': '2024-06-01', 'leave_reason': 'resigned'})
        return created, stranger

    def _choose(self, generator):
        return {
            'rounding_method': generator.choice(['largest', 'floor']),
            'rounding_unit': generator.choice([1, 50, 100]),
            'capital_base': generator.choice(['closing', 'average']),
            'leavers': generator.choice(['none', 'included', 'prorata']),
            'joiners': generator.choice(['included', 'none', 'months', 'prorata']),
            'minimum_amount': generator.choice([0, 5_000]),
            'minimum_treatment': generator.choice(['owed', 'reserve']),
        }

    def _check_against_tools(self, allocation):
        """Every part is what ``tools`` come to, from the numbers that the member reads on the statement."""
        rule, unit = allocation.rule_id, allocation.rule_id.rounding_unit
        for share in allocation.share_ids.filtered(lambda share: share._is_for_members()):
            parts = allocation.member_line_ids.part_ids.filtered(lambda part, share=share: part.share_id == share)
            bases = [to_units(part.numerator, 0.01) for part in parts]
            rest = to_units(share.denominator, 0.01) - sum(bases)
            pool = to_units(share.amount, unit)
            if not pool:
                self.assertFalse(any(parts.mapped('amount')))
                continue
            if rule.rounding_method == 'floor':
                expected, _left = apportion_floor(pool, bases, total=sum(bases) + rest)
            else:
                ties = [natural_key(part.line_id.membership_id.number) for part in parts]
                expected = apportion_with_rest(pool, bases, rest, ties)
            self.assertEqual([to_units(part.amount, unit) for part in parts], expected)

    def _get_eligible(self, allocation):
        """Return who takes part, worked out member by member."""
        rule, day_after = allocation.rule_id, fields.Date.add(allocation.date_to, days=1)

        def is_long_enough(member):
            end = min(day_after, member.date_left or day_after)
            return member.date_joined + relativedelta(months=rule.joiner_months) <= end

        members = self.env['coop.membership'].search(allocation._get_eligible_domain())
        if rule.joiners == 'months':
            members = members.filtered(is_long_enough)
        return members.sorted(lambda member: natural_key(member.number))

    def _check_sums(self, allocation):
        self.assertEqual(self.rupiah.compare_amounts(sum(self._shares(allocation)), allocation.surplus), 0)
        pools = allocation.share_ids.filtered(lambda share: share._is_for_members())
        self.assertEqual(
            self.rupiah.round(sum(self._parts(allocation).values())),
            self.rupiah.round(sum(pools.mapped('amount_booked'))),
        )
        for line in allocation.member_line_ids:
            self.assertEqual(line.capital_amount + line.patronage_amount - line.amount_forgone, line.amount_total)

    def test_random_cooperatives_add_up_and_are_booked_and_undone_exactly(self):
        generator = random.Random(6)
        rule = self._create_rule(
            ('reserve', 35), ('capital', 22.5), ('patronage', 30, 'purchases'), ('fund', 12.5, 'social'),
        )
        members, stranger = self._build(generator, 9)
        for turn in range(8):
            values = self._choose(generator)
            rule.write(values)
            rule.share_ids[2].denominator_base = generator.choice(['members', 'cooperative'])
            self._book_result(generator.randint(1, 9_999_999) + generator.choice([0, 0.37]), date='2024-06-30')
            before = self._ledger()
            with self.subTest(turn=turn, **values, denominator=rule.share_ids[2].denominator_base):
                allocation = self._compute()
                self._check_sums(allocation)
                self._check_against_tools(allocation)
                eligible = self._get_eligible(allocation)
                self.assertEqual(allocation.member_line_ids.membership_id, eligible)
                self.assertEqual(
                    allocation.member_line_ids.mapped('membership_id.number'),
                    sorted(eligible.mapped('number'), key=natural_key),
                )
                self.assertNotIn(stranger, allocation.member_line_ids.membership_id)
                if values['leavers'] == 'none':
                    self.assertFalse(any(member.date_left for member in allocation.member_line_ids.membership_id))
                self._approve(allocation).with_user(self.accountant).action_post()
                for move in allocation._get_entries():
                    self.assertEqual(self.rupiah.round(sum(move.line_ids.mapped('balance'))), 0)
                self.assertEqual(self.rupiah.round(self._balance(self.shu)), 0)
                self.assertEqual(
                    self.rupiah.round(-self._balance(self.payable)),
                    self.rupiah.round(sum(self._parts(allocation).values())),
                )
                allocation.with_user(self.accountant)._cancel_with_reason("Once more")
                self.assertEqual(self._ledger(), before)
        self.assertTrue(members)

    def test_order_of_creation_does_not_matter(self):
        generator = random.Random(7)
        figures = [(f'{number:03}', generator.randint(1, 9) * 10_000) for number in range(1, 13)]
        self._create_rule(('reserve', 50), ('capital', 50))
        results = []
        for _turn in range(2):
            with self.env.cr.savepoint() as savepoint:
                generator.shuffle(figures)
                for number, capital in figures:
                    self._create_registered(f"M{number}", number, capital)
                allocation = self._compute(777_777)
                results.append({line.membership_id.number: line.amount_total for line in allocation.member_line_ids})
                savepoint.rollback()
                self.env.invalidate_all()
        self.assertEqual(len(results[0]), 12)
        self.assertEqual(results[0], results[1])

    def test_member_numbers_are_put_in_order_as_everywhere(self):
        self._create_rule(('reserve', 50), ('capital', 50))
        numbers = ['10', '0009', 'A-2', 'A-010', 'B1', 'A', '1A', '1A2', '1', '100000000000000000001', 'a', 'Ä']
        for number in numbers:
            self._create_registered(number, number, 1_000)
        allocation = self._compute(1_000)
        self.assertEqual(
            allocation.member_line_ids.sorted('id').mapped('membership_id.number'), sorted(numbers, key=natural_key),
        )

    def test_members_for_some_months_are_those_that_the_calendar_says(self):
        rule = self._create_rule(('reserve', 50), ('capital', 50), joiners='months', joiner_months=3)
        for number, joined in enumerate((
            '2024-09-30', '2024-10-01', '2024-10-02', '2024-09-29', '2024-11-30', '2024-08-31',
        ), start=1):
            self._create_registered(f"M{number}", f'{number:03}', 1_000, joined=joined)
        for months in (1, 2, 3, 4):
            rule.joiner_months = months
            allocation = self._create_allocation()
            self.assertEqual(
                {row[0] for row in self.env.execute_query(allocation._get_eligible_sql())},
                set(self._get_eligible(allocation).ids),
            )
