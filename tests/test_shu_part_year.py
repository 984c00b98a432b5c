from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_shu import ShuCommon

FIRST_HALF, SECOND_HALF = ('2024-01-01', '2024-06-30'), ('2024-07-01', '2024-12-31')


@tagged('post_install', '-at_install')
class TestShuPartYear(ShuCommon):
    """A surplus may be shared for a part of the year; a loss is one of the whole year."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule(('reserve', 60), ('capital', 40))
        cls.siti = cls._create_registered("Siti", '001', 300_000)

    def test_loss_of_a_part_of_the_year_is_not_computed(self):
        for period in (FIRST_HALF, ('2024-04-01', '2024-06-30'), SECOND_HALF):
            allocation = self._create_allocation(-500_000, period)
            with self.subTest(period=period), self.assertRefused(
                "500,000.00 was lost, but the rest .* Let the period last from 01/01/2024 to 12/31/2024",
            ):
                allocation.with_user(self.accountant).action_compute()
            self.assertEqual((allocation.state, allocation.surplus, len(allocation.share_ids)), ('draft', 0, 0))
            self._book_result(500_000, date=period[1])

    def test_loss_of_the_whole_year_is_computed(self):
        self._book_result(-800_000, date='2024-03-31')
        self._book_result(300_000, date='2024-10-31')
        self.assertEqual(self._compute().surplus, -500_000)

    def test_loss_of_what_is_left_of_a_year_is_computed_once_the_rest_was_shared(self):
        self._post(1_000_000, FIRST_HALF, '2024-07-20')
        loss = self._create_allocation(-400_000, SECOND_HALF)
        part = self._create_allocation(period=('2024-10-01', '2024-12-31'))
        with self.assertRefused("Let the period last from 07/01/2024 to 12/31/2024"):
            part.with_user(self.accountant).action_compute()
        loss.with_user(self.accountant).action_compute()
        self.assertEqual((loss.surplus, loss.loss_from_reserve), (-400_000, 400_000))

    def test_loss_before_a_part_that_was_shared_is_computed(self):
        self._post(1_000_000, SECOND_HALF, '2025-02-20')
        loss = self._compute(-400_000, FIRST_HALF)
        self.assertEqual(loss.surplus, -400_000)

    def test_surplus_of_a_part_of_the_year_is_computed(self):
        self.assertEqual(self._compute(1_000_000, FIRST_HALF).surplus, 1_000_000)

    def test_period_that_can_only_be_a_slip_of_the_pen_is_refused(self):
        for first, last, message in (
            ('2024-01-01', '2025-12-31', None), ('2024-01-01', '2026-01-01', "is longer than two years"),
            ('0024-01-01', '0024-12-31', "between the years 1945 and 2200"),
            ('2024-01-01', '9999-12-31', "between the years 1945 and 2200"),
        ):
            with self.subTest(first=first, last=last):
                if not message:
                    self.assertTrue(self._create_allocation(period=(first, last)).id)
                    continue
                with self.assertRefused(message, ValidationError):
                    self._create_allocation(period=(first, last))

    def test_what_is_posted_says_that_it_is(self):
        allocation = self._post(1_000_000)
        with self.assertRefused("is posted already. To correct it, cancel it"):
            allocation.with_user(self.accountant).action_post()
        with self.assertRefused("is posted already. To correct it, cancel it"):
            allocation.with_user(self.manager).action_approve()
