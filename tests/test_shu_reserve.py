from unittest.mock import patch

from odoo import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.producer_cooperative.models import coop_shu_allocation_post as posting
from odoo.addons.producer_cooperative.models import coop_shu_allocation_progress as progress
from odoo.addons.producer_cooperative.tests.common_shu import ShuCommon

NEXT_YEAR = ('2025-01-01', '2025-12-31')
NEXT_MEETING = '2026-02-20'


class ShuReserveCommon(ShuCommon):
    """60 per cent of every surplus to the reserve and 40 to the members by capital: Siti 3/4, Budi 1/4."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule(('reserve', 60), ('capital', 40))
        cls.siti = cls._create_registered("Siti", '001', 300_000)
        cls.budi = cls._create_registered("Budi", '002', 100_000)
        cls.loss = cls._account('accumulated_loss')

    @classmethod
    def _post_next(cls, surplus):
        return cls._post(surplus, NEXT_YEAR, NEXT_MEETING)

    def _cancel(self, allocation):
        allocation.with_user(self.accountant)._cancel_with_reason("Wrong rule")


@tagged('post_install', '-at_install')
class TestShuReserve(ShuReserveCommon):

    # === CANCELLING WHAT WAS USED SINCE === #

    def test_surplus_whose_reserve_a_later_loss_used_is_not_cancelled(self):
        # 600,000 came from 2024, the loss of 2025 took 500,000 of it.
        first = self._post(1_000_000)
        second = self._post_next(-500_000)
        self.assertEqual(self._balance(self.reserve), -100_000)
        with self.assertRefused(r"holds .*100,000.*less than the .*600,000.*Cancel SHU/2025/00001 first"):
            self._cancel(first)
        self.assertEqual(first.state, 'posted')
        self._cancel(second)
        self._cancel(first)
        self.assertEqual((first.state, self._balance(self.reserve)), ('cancelled', 0))

    def test_loss_that_a_later_surplus_covered_is_not_cancelled(self):
        first = self._post(-300_000)
        second = self._post_next(1_000_000)
        self.assertEqual(self._balance(self.loss), 0)
        with self.assertRefused(r"holds .*0.00.*less than the .*300,000.*Cancel SHU/2025/00001 first"):
            self._cancel(first)
        self._cancel(second)
        self._cancel(first)
        self.assertEqual((first.state, self._balance(self.loss)), ('cancelled', 0))

    def test_loss_draws_on_no_reserve_that_came_after_its_meeting(self):
        self._book_result(-500_000, date='2023-06-30')
        self._post(1_000_000)  # decided on 20 February 2025: 600,000 in the reserve from then on
        loss = self._compute(period=('2023-01-01', '2023-12-31'))
        self.assertEqual(loss.loss_from_reserve, 500_000)
        with self.assertRefused("From the meeting of 02/20/2024 onwards, .* holds .*0.00 at the least"):
            self._approve(loss, '2024-02-20')
        loss.with_user(self.accountant).loss_from_reserve = 0
        self._approve(loss, '2024-02-20')
        self.assertEqual(loss.loss_carried, 500_000)

    def test_year_that_is_closed_by_hand_once_more_is_seen(self):
        first = self._post(1_000_000)
        self.assertEqual((first.amount_not_carried, first.amount_not_distributed), (0, 0))
        self._book(first.date_to, [(self.income, None, 1_000_000), (self._account('shu'), None, -1_000_000)])
        first.invalidate_recordset()
        self.assertEqual((first.amount_not_carried, first.amount_not_distributed), (-1_000_000, 1_000_000))
        second = self._create_allocation(period=NEXT_YEAR)
        self.assertTrue(any(
            "1,000,000.00 of earlier years stands on" in str(advice) for advice in second._get_advice()
        ))

    def test_reserve_that_was_spent_by_hand_is_named_as_such(self):
        allocation = self._post(1_000_000)
        self._book('2025-03-01', [(self.reserve, None, 1), (self.cash, None, -1)])
        with self.assertRefused("599,999.*less than.*600,000.*Correct the entries that used it first"):
            self._cancel(allocation)

    def test_cancelling_a_surplus_brings_the_earlier_loss_back(self):
        self._book('2023-12-31', [(self.loss, None, 300_000), (self.cash, None, -300_000)])
        allocation = self._post(1_000_000)
        self._cancel(allocation)
        self.assertEqual(self._balance(self.loss), 300_000)

    def test_reserve_that_a_loss_used_is_not_given_back_to_who_comes_late(self):
        # 600,000 by the surplus of 2024 and 300,000 that Siti did not come for; the loss of 2025 takes all of it.
        self.rule.unclaimed_years = 1
        allocation = self._post(1_000_000)
        lapse = self.env['coop.shu.lapse'].with_user(self.accountant).create({
            'date': '2026-04-01', 'meeting_date': '2026-03-25', 'meeting_number': '05',
            'line_ids': [Command.create({'member_line_id': self._line(allocation, self.siti).id})],
        })
        lapse.with_user(self.manager).action_approve()
        lapse.action_post()
        self._post(-900_000, NEXT_YEAR, '2026-04-20')
        with self.assertRefused("holds .*0.00.*less than the .*300,000.*Fill the reserve first"):
            lapse.line_ids.action_restore()
        with self.assertRefused("holds .*0.00.*less than the .*300,000.*Fill the reserve first"):
            lapse._cancel_with_reason("Objection")
        self._book('2026-05-01', [(self.cash, None, 300_000), (self.reserve, None, -300_000)])
        lapse.line_ids.action_restore()
        self.assertEqual(self._balance(self.reserve), 0)

    # === CANCELLING IN THE BACKGROUND === #

    def _begin_cancelling(self, allocation):
        with patch.object(progress, 'AT_ONCE', 0):
            self._cancel(allocation)

    def _post_one_by_one(self, surplus):
        with patch.object(posting, 'MEMBERS_PER_ENTRY', 1):
            return self._post(surplus)

    def test_reserve_and_funds_are_taken_back_before_anything_else_and_at_once(self):
        allocation = self._post_one_by_one(1_000_000)
        self._begin_cancelling(allocation)
        self.assertEqual((allocation.state, allocation.steps_done, allocation.steps_total), ('cancelling', 1, 3))
        self.assertEqual(self._balance(self.reserve), 0)
        self.assertEqual(allocation.reversal_move_ids.reversed_entry_id, allocation.meeting_move_ids.sorted('id')[0])

    def test_nobody_is_paid_from_what_is_being_cancelled(self):
        allocation = self._post_one_by_one(1_000_000)
        self._begin_cancelling(allocation)
        item = self._line(allocation, self.budi).payable_line_id
        payment = self._book('2025-03-01', [
            (self.payable, self.budi.partner_id, 100_000), (self.cash, None, -100_000),
        ])
        with self.assertRefused("SHU/2024/00001 is being cancelled; nobody is paid from it"):
            (item | payment.line_ids.filtered(lambda line: line.account_id == self.payable)).reconcile()
        with self.assertRefused("is not booked to its end"):
            self.env['account.payment.register'].with_context(
                active_model='account.move.line', active_ids=item.ids,
            ).create({'journal_id': self.cash_journal.id}).action_create_payments()
        allocation = allocation._as_starter()
        while allocation._go_on():
            pass
        self.assertEqual((allocation.state, allocation.problem), ('cancelled', False))

    def test_two_surpluses_in_the_background_do_not_cover_the_same_loss(self):
        self._book('2023-12-31', [(self.loss, None, 300_000), (self.cash, None, -300_000)])
        first = self._approve(self._compute(1_000_000))
        second = self._approve(self._compute(1_000_000, NEXT_YEAR), NEXT_MEETING)
        with patch.object(progress, 'AT_ONCE', 0):
            for allocation in (first, second):
                allocation.with_user(self.accountant).action_post()
        for allocation in (first._as_starter(), second._as_starter()):
            while allocation._go_on():
                pass
        self.assertEqual((first.state, second.state, second.is_paused), ('posted', 'posting', True))
        self.assertRegex(second.problem, "holds .*0.00 at the least, and .*300,000")
        self.assertEqual(self._balance(self.loss), 0)
        self._cancel(second)
        self.assertEqual(second.state, 'cancelled')

    # === A LOSS === #

    def test_loss_draws_on_the_reserve_that_the_rule_fills(self):
        own = self.reserve.copy({'name': "Reserve of the Bylaws"})
        self.rule.share_ids[0].account_id = own
        self._post(1_000_000)
        allocation = self._compute(-1_000_000, NEXT_YEAR)
        self.assertEqual((allocation.reserve_balance, allocation.loss_from_reserve), (600_000, 600_000))
        self._approve(allocation, NEXT_MEETING).with_user(self.accountant).action_post()
        self.assertEntry(allocation.meeting_move_ids, [
            (own, None, 600_000), (self.loss, None, 400_000), (self.shu, None, -1_000_000),
        ])

    def test_loss_draws_on_every_reserve_of_the_rule_in_turn(self):
        own = self.reserve.copy({'name': "Reserve for Bad Years"})
        self.rule.share_ids = [
            Command.update(self.rule.share_ids[0].id, {'percent': 40}),
            Command.create({'kind': 'reserve', 'percent': 20, 'account_id': own.id, 'sequence': 9}),
        ]
        self._post(1_000_000)
        allocation = self._post_next(-500_000)
        self.assertEntry(allocation.meeting_move_ids, [
            (self.reserve, None, 400_000), (own, None, 100_000), (self.shu, None, -500_000),
        ])

    def test_whoever_changed_what_the_reserve_gives_does_not_approve(self):
        self._post(1_000_000)
        allocation = self._compute(-500_000, NEXT_YEAR)
        allocation.with_user(self.manager).loss_from_reserve = 100_000
        with self.assertRefused("wrote or changed .* yourself, and somebody else has to approve it"):
            self._approve(allocation, NEXT_MEETING)
        other = new_test_user(
            self.env, login='coop_manager_2', groups='producer_cooperative.group_coop_manager',
            company_id=self.company.id, company_ids=[Command.set(self.company.ids)],
        )
        allocation.with_user(other).write({'meeting_date': NEXT_MEETING, 'meeting_number': '2'})
        allocation.with_user(other).action_approve()
        self.assertEqual(allocation.approved_by_id, other)

    def test_computing_anew_proposes_anew_and_forgets_who_changed_it(self):
        self._post(1_000_000)
        allocation = self._compute(-500_000, NEXT_YEAR)
        allocation.with_user(self.manager).loss_from_reserve = 100_000
        allocation.with_user(self.accountant).action_compute()
        self.assertEqual((allocation.loss_from_reserve, allocation.loss_set_by_id), (500_000, self.env['res.users']))
        self.assertEqual(self._approve(allocation, NEXT_MEETING).state, 'approved')

    # === A LOSS THAT NOBODY DECIDED ON === #

    def _advice(self, allocation):
        return [str(obstacle) for obstacle in allocation._get_advice() if obstacle.model == 'coop.shu.allocation']

    def test_earlier_loss_without_an_allocation_is_named(self):
        self._book_result(-700_000, date='2023-05-05')
        self._book_result(250_000, date='2022-05-05')
        allocation = self._compute(1_000_000)
        named = "2023 ended with a loss of .*700,000.* that no SHU allocation has dealt with"
        self.assertRegex("\n".join(self._advice(allocation)), named)
        self.assertNotIn("2022", "\n".join(self._advice(allocation)))
        for reader in (self.manager, self.accountant, self.supervisor):
            allocation.invalidate_recordset()
            self.assertRegex(allocation.with_user(reader).earlier_losses, named)
        row = self.env['coop.shu.todo'].search(allocation.action_open_todo()['domain']).filtered(
            lambda row: "2023" in row.name,
        )
        self.assertEqual(row.action_open()['context']['default_date_to'], '2023-12-31')

    def test_earlier_loss_that_was_dealt_with_is_not_named(self):
        self._post(-700_000, ('2023-01-01', '2023-12-31'), '2024-02-20')
        allocation = self._compute(1_000_000)
        self.assertFalse(allocation.earlier_losses)
        self.assertEqual([text for text in self._advice(allocation) if "loss" in text], [])

    def test_earlier_loss_that_an_accountant_closed_to_past_profit_is_named_still(self):
        self._book_result(-700_000, date='2023-05-05')
        self._book('2023-12-31', [(self.unaffected, None, 700_000), (self.expense, None, -700_000)])
        self.assertIn("700,000", self._compute(1_000_000).earlier_losses)
