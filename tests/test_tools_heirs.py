"""Sharing what a deceased member leaves."""

from fractions import Fraction

from odoo.tests import BaseCase, tagged

from odoo.addons.producer_cooperative.tools.errors import RuleRefusal
from odoo.addons.producer_cooperative.tools.heirs import check_whole, parse_share, split_estate


@tagged('post_install', '-at_install')
class TestToolsHeirs(BaseCase):

    def test_a_share_is_read_as_people_write_it(self):
        for text, share in (
            ('25', Fraction(1, 4)), ('33,5', Fraction(67, 200)), ('33.5%', Fraction(67, 200)),
            (' 1 / 3 ', Fraction(1, 3)), ('7/24', Fraction(7, 24)), ('100 %', Fraction(1)),
        ):
            with self.subTest(text=text):
                self.assertEqual(parse_share(text), share)

    def test_anything_else_is_refused(self):
        for text in ('', None, '0', '0/3', '1/0', '4/3', '100,1', '-1', 'half', '1,5/3'):
            with self.subTest(text=text), self.assertRaises(RuleRefusal) as refused:
                parse_share(text)
            self.assertEqual(refused.exception.code, 'not_a_share')

    def test_shares_have_to_be_the_whole(self):
        check_whole([Fraction(1, 8), Fraction(7, 24), Fraction(7, 12)])
        for shares in ([], [Fraction(1, 3)] * 2, [Fraction(1, 3)] * 4):
            with self.assertRaises(RuleRefusal):
                check_whole(shares)

    def test_parts_add_up_for_every_amount(self):
        shares = [Fraction(1, 8), Fraction(7, 24), Fraction(7, 12)]
        for amount in range(200):
            parts = split_estate(amount, shares)
            self.assertEqual(sum(parts), amount)
            for part, share in zip(parts, shares, strict=True):
                self.assertLess(abs(part - amount * share), 1)
