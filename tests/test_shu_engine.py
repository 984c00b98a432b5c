import random
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.producer_cooperative.models import coop_shu_allocation_post as posting
from odoo.addons.producer_cooperative.models import coop_shu_allocation_progress as progress
from odoo.addons.producer_cooperative.models.account_move import OWNER_TOKEN
from odoo.addons.producer_cooperative.tests.common_shu import MEETING, ShuCommon
from odoo.addons.producer_cooperative.tools.apportion import apportion_floor, apportion_with_rest
from odoo.addons.producer_cooperative.tools.shu import number_key
from odoo.addons.producer_cooperative.tools.units import to_units


class ShuEngineCommon(ShuCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule(
            ('reserve', 40), ('capital', 20), ('patronage', 30, 'purchases'), ('fund', 10, 'social'),
        )
        cls.siti = cls._create_registered("Siti", '001', 300_000)
        cls.budi = cls._create_registered("Budi", '002', 100_000)
        cls._invoice(cls.siti, 600_000)
        cls._invoice(cls.budi, 400_000)

    def _ledger(self):
        """Return ``{(account, partner): balance}`` of everything posted."""
        groups = self.env['account.move.line']._read_group(
            [('parent_state', '=', 'posted'), ('company_id', '=', self.company.id)], ['account_id', 'partner_id'],
            ['balance:sum'],
        )
        return {(account, partner): round(balance, 2) for account, partner, balance in groups if round(balance, 2)}

    def _in_background(self):
        return patch.object(progress, 'AT_ONCE', 0)

    def _work(self, allocation, steps=99):
        """Let the schedule take some steps; return whether there is more to do."""
        allocation = allocation._as_starter()
        return all(allocation._go_on() for _step in range(steps))

    def _share(self, allocation, kind):
        return allocation.share_ids.filtered(lambda share: share.kind == kind)


@tagged('post_install', '-at_install')
class TestShuSteps(ShuEngineCommon):

    def _begin(self, surplus=1_000_000):
        allocation = self._create_allocation(surplus)
        with self._in_background():
            allocation.with_user(self.accountant).action_compute()
        return allocation

    def _begin_posting(self, allocation):
        allocation = self._approve(allocation)
        with self._in_background():
            allocation.with_user(self.accountant).action_post()
        return allocation

    def test_few_members_are_computed_at_once(self):
        allocation = self._compute(1_000_000)
        self.assertEqual(allocation.state, 'computed')
        self.assertFalse(allocation.in_background)
        self.assertEqual(allocation.progress, 100)

    def test_many_members_are_computed_in_the_background(self):
        allocation = self._begin()
        self.assertEqual((allocation.state, allocation.progress), ('computing', 0))
        self.assertIn("Reading the ledger", allocation.progress_text)
        self._work(allocation, 2)
        self.assertEqual((allocation.state, allocation.progress), ('computing', 50))
        self.assertEqual(allocation.progress_text, "Sharing out “Purchases from the Cooperative”")
        self.assertFalse(self._work(allocation))
        self.assertEqual((allocation.state, allocation.progress), ('computed', 100))
        self.assertFalse(allocation.progress_text)
        self.assertEqual(allocation.computed_by_id, self.accountant)
        # 200,000 × 3/4 + 300,000 × 6/10, and the rest
        self.assertEqual(self._parts(allocation), {"Siti": 330_000, "Budi": 170_000})

    def test_background_and_at_once_come_to_the_same(self):
        self.rule.rounding_unit = 100
        at_once = self._compute(1_234_567.89)
        in_background = self._begin(None)
        self._work(in_background)
        self.assertEqual(self._parts(at_once), self._parts(in_background))
        self.assertEqual(self._shares(at_once), self._shares(in_background))

    def test_schedule_finds_what_is_to_be_done(self):
        allocation = self._begin()
        with self.enter_registry_test_mode():
            self.env.ref('producer_cooperative.coop_shu_allocation_cron').method_direct_trigger()
        self.assertEqual(allocation.state, 'computed')

    def test_stopped_computation_starts_anew(self):
        allocation = self._begin()
        self._work(allocation, 2)
        allocation.with_user(self.accountant).action_stop()
        self.assertEqual(allocation.state, 'draft')
        self.assertFalse(self._work(allocation))
        allocation.with_user(self.accountant).action_compute()
        self.assertEqual(self._parts(allocation), {"Siti": 330_000, "Budi": 170_000})

    def test_only_the_accountant_stops_and_goes_on(self):
        allocation = self._begin()
        for user in (self.manager, self.officer):
            for action in ('action_stop', 'action_go_on'):
                with self.assertRefused("", AccessError):
                    getattr(allocation.with_user(user), action)()
        self.assertEqual(allocation.state, 'computing')
        allocation.with_user(self.accountant).action_stop()
        with self.assertRefused("nothing to stop or to go on with"):
            allocation.with_user(self.accountant).action_go_on()

    def test_allocation_at_work_is_neither_computed_again_nor_changed_nor_approved(self):
        allocation = self._begin()
        with self.assertRefused("is being computed"):
            allocation.with_user(self.accountant).action_compute()
        with self.assertRefused("is being computed"):
            allocation.with_user(self.accountant).date_to = '2024-11-30'
        with self.assertRefused("is Being Computed and cannot become Approved"):
            allocation.with_user(self.manager).action_approve()
        with self.assertRefused("can only be cancelled"):
            allocation.with_user(self.accountant).unlink()

    def test_what_is_refused_in_the_background_is_said(self):
        allocation = self._begin()
        self._book('2024-05-01', [
            (self.mandatory.account_id, self.budi.partner_id, 150_000), (self.cash, None, -150_000),
        ])
        self.assertFalse(self._work(allocation))
        self.assertEqual(allocation.state, 'draft')
        self.assertIn("less than nothing in their savings", allocation.problem)
        self.assertIn("002 Budi", allocation.message_ids[0].body)

    @mute_logger('odoo.addons.producer_cooperative.models.coop_shu_allocation_progress')
    def test_unforeseen_failure_is_said_as_well(self):
        allocation = self._begin()
        with patch.object(type(allocation), '_total_member_lines', side_effect=ZeroDivisionError):
            self.assertFalse(self._work(allocation))
        self.assertEqual(allocation.state, 'draft')
        self.assertIn("Try again", allocation.problem)

    def test_booking_between_first_and_last_step_is_found_and_holds_up_the_approval(self):
        allocation = self._begin()
        self._work(allocation, 2)
        self._invoice(self.budi, 50_000)
        self.assertFalse(self._work(allocation))
        self.assertEqual(allocation.state, 'computed')
        self.assertIn("1,050,000", allocation.changed_meanwhile)
        self.assertNotIn("Purchases", allocation.changed_meanwhile)  # read after the booking
        allocation.write({'meeting_date': MEETING, 'meeting_number': '1'})
        with self.assertRefused("the books changed. Compute it again"):
            allocation.with_user(self.manager).action_approve()
        allocation.with_user(self.accountant).action_compute()
        self.assertFalse(allocation.changed_meanwhile)
        self.assertEqual(allocation.surplus, 1_050_000)
        allocation.with_user(self.manager).action_approve()

    def test_changed_base_of_a_member_is_found_as_well(self):
        allocation = self._begin()
        self._work(allocation, 2)
        self._book('2024-12-01', [(self.cash, None, 1_000), (self.mandatory.account_id, self.budi.partner_id, -1_000)])
        self._work(allocation)
        self.assertIn("“Members by Capital” changed for 1 members", allocation.changed_meanwhile)

    def test_choices_of_payment_survive_in_the_background(self):
        allocation = self._compute(1_000_000)
        self._line(allocation, self.budi).with_user(self.officer).payout_method = 'savings'
        with self._in_background():
            allocation.with_user(self.accountant).action_compute()
        self._work(allocation)
        self.assertEqual(allocation.member_line_ids.mapped('payout_method'), ['cash', 'savings'])

    # === POSTING === #

    def test_many_members_are_booked_in_the_background(self):
        wati = self._create_registered("Wati", '003', 100_000)
        allocation = self._compute(1_000_000)
        with patch.object(posting, 'MEMBERS_PER_ENTRY', 2):
            self._begin_posting(allocation)
            self.assertEqual((allocation.state, allocation.progress_text), ('posting', "Entry 1 of 3"))
            self.assertEqual(allocation.name, 'SHU/2024/00001')
            self._work(allocation, 2)
            self.assertEqual(len(allocation.meeting_move_ids), 1)
            self.assertEqual(allocation.progress, 200 / 3)
            self.assertFalse(self._work(allocation))
        self.assertEqual((allocation.state, allocation.progress), ('posted', 100))
        self.assertEqual(self._balance(self.shu), 0)
        for line in allocation.member_line_ids:
            self.assertEqual(-line.payable_line_id.balance, line.amount_total)
            self.assertEqual(line.amount_residual, line.amount_total)
            self.assertEqual(line.meeting_move_id, line.payable_line_id.move_id)
        self.assertEqual(self._line(allocation, wati).meeting_move_id, allocation.meeting_move_ids.sorted('id')[1])

    def test_stopped_posting_goes_on_and_books_everybody_once(self):
        self._create_registered("Wati", '003', 100_000)
        allocation = self._compute(1_000_000)
        with patch.object(posting, 'MEMBERS_PER_ENTRY', 1):
            self._begin_posting(allocation)
            self._work(allocation, 2)
            allocation.with_user(self.accountant).action_stop()
            self.assertFalse(self._work(allocation))
            self.assertEqual((allocation.state, allocation.is_paused), ('posting', True))
            self.assertEqual(len(allocation.meeting_move_ids), 1)
            allocation.with_user(self.accountant).action_go_on()
            self._work(allocation)
        self.assertEqual(allocation.state, 'posted')
        self.assertEqual(len(allocation.meeting_move_ids), 3)
        self.assertEqual(self._balance(self.shu), 0)
        self.assertEqual(-self._balance(self.payable), sum(allocation.member_line_ids.mapped('amount_total')))

    def test_posting_that_is_held_up_says_why_and_goes_on_afterwards(self):
        allocation = self._compute(1_000_000)
        self._begin_posting(allocation)
        self._work(allocation, 1)
        journal, self.company.coop_journal_id = self.company.coop_journal_id, False
        self.assertFalse(self._work(allocation))
        self.assertTrue(allocation.is_paused)
        self.assertIn("Set up the cooperative", allocation.problem)
        self.company.coop_journal_id = journal
        allocation.with_user(self.accountant).action_go_on()
        self.assertFalse(allocation.problem)
        self._work(allocation)
        self.assertEqual(allocation.state, 'posted')

    def test_member_paid_while_others_are_still_being_booked_stays_paid(self):
        allocation = self._compute(1_000_000)
        with patch.object(posting, 'MEMBERS_PER_ENTRY', 1):
            self._begin_posting(allocation)
            self._work(allocation, 2)
            item = self._line(allocation, self.siti).payable_line_id
            payment = self._book('2025-03-01', [
                (self.payable, self.siti.partner_id, 330_000), (self.cash, None, -330_000),
            ])
            (item | payment.line_ids.filtered(lambda line: line.account_id == self.payable)).reconcile()
            self.assertEqual(self._line(allocation, self.siti).amount_paid, 330_000)
            self.assertEqual(allocation.state, 'posting')
            self._work(allocation)
        self.assertEqual(allocation.state, 'posted')
        self.assertEqual(allocation.amount_unpaid, 170_000)

    # === CANCELLING === #

    def test_cancelling_in_the_middle_of_posting_reverses_what_is_there(self):
        allocation = self._compute(1_000_000)
        before = self._ledger()
        with patch.object(posting, 'MEMBERS_PER_ENTRY', 1):
            self._begin_posting(allocation)
            self._work(allocation, 2)
        self.assertNotEqual(self._ledger(), before)
        with self.assertRefused("Only this role may do that: Accountant"):
            allocation.with_user(self.manager)._cancel_with_reason("Wrong rule")
        allocation.with_user(self.accountant)._cancel_with_reason("Wrong rule")
        self.assertEqual(allocation.state, 'cancelled')
        self.assertEqual(len(allocation.reversal_move_ids), 2)
        self.assertEqual(self._ledger(), before)

    def test_many_entries_are_reversed_in_the_background(self):
        allocation = self._compute(1_000_000)
        before = self._ledger()
        with patch.object(posting, 'MEMBERS_PER_ENTRY', 1):
            self._begin_posting(allocation)
            self._work(allocation)
        with self._in_background():
            allocation.with_user(self.accountant)._cancel_with_reason("Wrong rule")
        self.assertEqual((allocation.state, allocation.progress_text), ('cancelling', "Reversal 2 of 3"))
        with self.assertRefused("is being cancelled already"):
            allocation.with_user(self.accountant)._cancel_with_reason("Again")
        self.assertEqual(len(allocation.reversal_move_ids), 1)
        self._work(allocation, 1)
        self.assertEqual(len(allocation.reversal_move_ids), 2)
        self._work(allocation)
        self.assertEqual(allocation.state, 'cancelled')
        self.assertEqual(self._ledger(), before)
        self.assertEqual(set(allocation.member_line_ids.mapped('amount_residual')), {0})
        self.assertEqual(set(allocation.member_line_ids.mapped('amount_paid')), {0})

    def test_cancelling_stops_where_somebody_was_paid_in_the_meantime(self):
        allocation = self._compute(1_000_000)
        with patch.object(posting, 'MEMBERS_PER_ENTRY', 1):
            self._begin_posting(allocation)
            self._work(allocation)
        with self._in_background():
            allocation.with_user(self.accountant)._cancel_with_reason("Wrong rule")
        item = self._line(allocation, self.budi).payable_line_id
        payment = self._book('2025-03-01', [
            (self.payable, self.budi.partner_id, 170_000), (self.cash, None, -170_000),
        ])
        paid = item | payment.line_ids.filtered(lambda line: line.account_id == self.payable)
        # As by somebody who began before the cancelling did.
        paid.with_context(coop_owner_token=OWNER_TOKEN).reconcile()
        self.assertFalse(self._work(allocation))
        self.assertEqual((allocation.state, allocation.is_paused), ('cancelling', True))
        self.assertIn("Members were paid", allocation.problem)
        self.assertEqual(item.matched_debit_ids.debit_move_id.move_id, payment)
        payment.button_draft()
        paid.remove_move_reconcile()
        allocation.with_user(self.accountant).action_go_on()
        self._work(allocation)
        self.assertFalse(allocation.problem)
        self.assertEqual(allocation.state, 'cancelled')

    def test_period_stays_taken_until_everything_is_reversed(self):
        allocation = self._post(1_000_000)
        with self._in_background():
            allocation.with_user(self.accountant)._cancel_with_reason("Wrong rule")
        second = self._compute()
        with self.assertRefused("allocated already"):
            self._approve(second)
        self._work(allocation)
        self._approve(second)
        self.assertEqual(second.state, 'approved')

    def test_cost_of_a_step_does_not_grow_with_the_members(self):
        def count(allocation):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._work(allocation)
            self.assertEqual(allocation.state, 'computed')
            return self.env.cr.sql_log_count - before

        count(self._begin())
        few = count(self._begin(None))
        for number in range(10, 40):
            self._create_registered(f"M{number}", f'{number:03}', 1_000 * number)
        self.assertLessEqual(count(self._begin(None)), few + 2)


@tagged('post_install', '-at_install')
class TestShuShareChoices(ShuEngineCommon):

    def test_business_with_others_goes_to_the_reserve_where_only_members_surplus_is_shared(self):
        self.rule.surplus_base = 'members'
        allocation = self._create_allocation(1_000_000)
        with patch.object(type(allocation), '_get_surplus_of_members', lambda allocation: 600_000, create=True):
            allocation.with_user(self.accountant).action_compute()
        # of 600,000: 240,000 + 120,000 + 180,000 + 60,000; and 400,000 of the others
        self.assertEqual(self._shares(allocation), [640_000, 120_000, 180_000, 60_000])
        self.assertEqual(self._share(allocation, 'reserve').others_amount, 400_000)

    def test_members_surplus_above_the_whole_is_shared_as_far_as_it_reaches(self):
        self.rule.surplus_base = 'members'
        allocation = self._create_allocation(1_000_000)
        with patch.object(type(allocation), '_get_surplus_of_members', lambda allocation: 1_500_000, create=True):
            allocation.with_user(self.accountant).action_compute()
        self.assertEqual(self._shares(allocation), [400_000, 200_000, 300_000, 100_000])

    def test_loss_of_business_with_members_leaves_nothing_to_share(self):
        self.rule.surplus_base = 'members'
        allocation = self._create_allocation(1_000_000)
        with patch.object(type(allocation), '_get_surplus_of_members', lambda allocation: -200_000, create=True):
            allocation.with_user(self.accountant).action_compute()
        self.assertEqual(self._shares(allocation), [1_000_000, 0, 0, 0])
        self.assertEqual(set(self._parts(allocation).values()), {0})

    def test_earlier_loss_is_covered_before_anything_is_shared(self):
        loss = self._account('accumulated_loss')
        self._book('2023-12-31', [(loss, None, 300_000), (self.cash, None, -300_000)])
        allocation = self._post(1_000_000)
        self.assertEqual(
            [(share.kind, share.amount_booked) for share in allocation.share_ids],
            [('loss_cover', 300_000), ('reserve', 280_000), ('capital', 140_000), ('patronage', 210_000),
             ('fund', 70_000)],
        )
        self.assertEntry(allocation.meeting_move_ids, [
            (self.shu, None, 1_000_000), (loss, None, -300_000), (self.reserve, None, -280_000),
            (self._account('fund_social'), None, -70_000),
            # 140,000 × 3/4 + 210,000 × 6/10 and 140,000 / 4 + 210,000 × 4/10
            (self.payable, self.siti.partner_id, -231_000), (self.payable, self.budi.partner_id, -119_000),
        ])
        self.assertEqual(self._balance(loss), 0)

    def test_surplus_below_the_earlier_loss_goes_there_whole(self):
        loss = self._account('accumulated_loss')
        self._book('2023-12-31', [(loss, None, 3_000_000), (self.cash, None, -3_000_000)])
        allocation = self._post(1_000_000)
        self.assertEqual(self._shares(allocation), [1_000_000, 0, 0, 0, 0])
        self.assertEqual(self._balance(loss), 2_000_000)

    def test_earlier_loss_stays_where_the_rule_does_not_cover_it(self):
        self.rule.cover_loss_first = False
        loss = self._account('accumulated_loss')
        self._book('2023-12-31', [(loss, None, 300_000), (self.cash, None, -300_000)])
        self._post(1_000_000)
        self.assertEqual(self._balance(loss), 300_000)

    def test_earlier_loss_that_was_covered_since_is_not_covered_again(self):
        loss = self._account('accumulated_loss')
        self._book('2023-12-31', [(loss, None, 300_000), (self.cash, None, -300_000)])
        allocation = self._approve(self._compute(1_000_000))
        self._book('2025-01-10', [(loss, None, -1), (self.cash, None, 1)])
        with self.assertRefused("holds .*299,999.*less than"):
            allocation.with_user(self.accountant).action_post()

    def test_what_falls_on_others_goes_to_the_reserve_where_the_whole_cooperative_divides(self):
        self.rule.share_ids[2].denominator_base = 'cooperative'
        buyer = self.env['coop.membership'].create({'partner_id': self.env['res.partner'].create({'name': "Umum"}).id})
        self._invoice(buyer, 3_000_000)
        allocation = self._post(1_000_000)
        # 300,000 × 600,000 / 4,000,000 and × 400,000 / 4,000,000; three quarters fall on others
        self.assertEqual([line.patronage_amount for line in allocation.member_line_ids], [45_000, 30_000])
        self.assertEqual(allocation.share_ids[2].denominator, 4_000_000)
        self.assertEqual(allocation.share_ids[2].others_amount, -225_000)
        self.assertEqual(self._shares(allocation), [625_000, 200_000, 75_000, 100_000])
        self.assertEqual(self._balance(self.reserve), -625_000)
        self.assertEqual(self._balance(self.shu), 0)

    def test_shu_below_the_smallest_payout_goes_to_the_reserve_where_the_rule_says_so(self):
        self.rule.write({'minimum_amount': 200_000, 'minimum_treatment': 'reserve'})
        allocation = self._post(1_000_000)
        self.assertEqual(self._parts(allocation), {"Siti": 330_000, "Budi": 0})
        self.assertEqual(self._line(allocation, self.budi).amount_forgone, 170_000)
        # Budi's 50,000 by capital and 120,000 by purchases
        self.assertEqual(allocation.share_ids.mapped('forgone_amount'), [170_000, -50_000, -120_000, 0])
        self.assertEqual(self._shares(allocation), [570_000, 150_000, 180_000, 100_000])
        self.assertEqual(self._balance(self.payable, self.budi.partner_id), 0)
        self.assertEqual(self._balance(self.shu), 0)

    def test_shu_below_the_smallest_payout_stays_owed_otherwise(self):
        self.rule.write({'minimum_amount': 200_000, 'minimum_treatment': 'owed'})
        allocation = self._post(1_000_000)
        self.assertEqual(self._parts(allocation), {"Siti": 330_000, "Budi": 170_000})
        self.assertEqual(self._balance(self.payable, self.budi.partner_id), -170_000)

    def test_shu_of_exactly_the_smallest_payout_is_owed(self):
        self.rule.write({'minimum_amount': 170_000, 'minimum_treatment': 'reserve'})
        self.assertEqual(self._parts(self._compute(1_000_000)), {"Siti": 330_000, "Budi": 170_000})

    def test_remainder_goes_to_the_share_that_the_rule_names(self):
        self.rule.write({'rounding_unit': 1_000, 'remainder_to': 'share', 'share_ids': [
            Command.update(self.rule.share_ids[3].id, {'takes_remainder': True}),
        ]})
        allocation = self._compute(1_000_123)
        self.assertEqual(allocation.share_ids.mapped('rounding_amount'), [0, 0, 0, 123])
        self.assertEqual(self._shares(allocation), [400_000, 200_000, 300_000, 100_123])

    def test_capital_by_days_of_membership_counts_a_leavers_last_balance(self):
        self.rule.leavers = 'prorata'
        self.budi.sudo().write({'state': 'left', 'date_left': '2024-07-01', 'leave_reason': 'resigned'})
        self._book('2024-07-01', [
            (self.mandatory.account_id, self.budi.partner_id, 100_000), (self.cash, None, -100_000),
        ])
        allocation = self._compute(1_000_000)
        # 182 of 366 days: 100,000 × 182 / 366 = 49,726.78
        self.assertEqual(self._line(allocation, self.budi).part_ids[0].numerator, 49_726.78)
        self.assertEqual(self._line(allocation, self.siti).part_ids[0].numerator, 300_000)


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
                ties = [number_key(part.line_id.membership_id.number) for part in parts]
                expected = apportion_with_rest(pool, bases, rest, ties)
            self.assertEqual([to_units(part.amount, unit) for part in parts], expected)

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
                eligible = allocation._get_eligible_memberships()
                self.assertEqual(allocation.member_line_ids.membership_id, eligible)
                self.assertEqual(
                    allocation.member_line_ids.mapped('membership_id.number'),
                    sorted(eligible.mapped('number'), key=number_key),
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

    def _ledger(self):
        groups = self.env['account.move.line']._read_group(
            [('parent_state', '=', 'posted'), ('company_id', '=', self.company.id)], ['account_id', 'partner_id'],
            ['balance:sum'],
        )
        return {(account, partner): round(balance, 2) for account, partner, balance in groups if round(balance, 2)}

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
            allocation.member_line_ids.sorted('id').mapped('membership_id.number'), sorted(numbers, key=number_key),
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
                set(allocation._get_eligible_memberships().ids),
            )
