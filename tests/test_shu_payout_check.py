from odoo import Command
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_shu_payout import ShuPayoutCommon


@tagged('post_install', '-at_install')
class TestShuPayoutChoice(ShuPayoutCommon):
    """What a member chose holds when the payout is posted, whoever wrote its lines."""

    def _typed_payout(self, line, method='cash', amount=None, **values):
        payout = self._draft_payout(self.allocation, method)
        payout.line_ids = [Command.create({'shu_line_id': line.id, 'amount': amount or line.amount_net, **values})]
        return payout

    def test_shu_is_not_paid_another_way_than_the_member_chose(self):
        self.of_siti.payout_method = 'savings'
        payout = self._typed_payout(self.of_siti)
        with self.assertRefused("Siti wants this SHU as “To Voluntary Savings”, and the payout pays it as “In Cash”"):
            payout.action_post()
        self.of_siti.payout_method = 'cash'
        payout.action_post()
        self.assertEqual(self.of_siti.amount_residual, 0)

    def test_choice_that_changed_since_the_payout_was_written_holds(self):
        self.of_siti.payout_method = 'savings'
        payout = self._fill_payout(self.allocation, 'savings')
        self.of_siti.payout_method = 'bank'
        with self.assertRefused("Siti wants this SHU as “Bank Transfer”, and the payout pays it as “To Voluntary"):
            payout.action_post()
        self.assertEqual((payout.state, self.of_siti.amount_residual), ('draft', 300_000))

    def test_line_that_names_no_shu_is_bound_to_the_choice_as_well(self):
        self.of_siti.payout_method = 'bank'
        payout = self._typed_payout(
            self.of_siti, shu_line_id=False, payable_line_id=self.of_siti.payable_line_id.id,
        )
        with self.assertRefused("Siti wants this SHU as “Bank Transfer”"):
            payout.action_post()

    def test_debts_come_before_cash_on_typed_lines_too(self):
        self._end_mandatory_savings()
        self._owe(self.siti, 60_000, '2025-01-10')
        self._consent(self.siti)
        self.of_siti.payout_method = 'set_off'
        payout = self._typed_payout(self.of_siti)
        with self.assertRefused("Siti wants this SHU set off, and still owes the cooperative something"):
            payout.action_post()
        self._pay(self.allocation, 'set_off')
        payout.line_ids.amount = 240_000
        payout.action_post()
        self.assertEqual(self.of_siti.amount_residual, 0)


@tagged('post_install', '-at_install')
class TestShuPayoutByTwo(ShuPayoutCommon):
    """One person alone pays members up to 100,000; Siti's SHU is 300,000, and Budi's 100,000."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_limit('payout', 100_000)

    def test_who_wrote_a_large_payout_does_not_post_it(self):
        payout = self._fill_payout(self.allocation)
        self.assertEqual(payout.prepared_by_ids, self.accountant)
        with self.assertRefused("You wrote .* yourself. Above .*100,000.*, two people are needed"):
            payout.action_post()
        self.assertEqual((payout.state, payout.move_id), ('draft', self.env['account.move']))

    def test_another_user_posts_a_large_payout(self):
        payout = self._fill_payout(self.allocation, user=self.officer)
        payout.with_user(self.accountant).action_post()
        self.assertEqual((payout.prepared_by_ids, payout.poster_id), (self.officer, self.accountant))

    def test_approval_lets_the_writer_post(self):
        payout = self._fill_payout(self.allocation).with_user(self.accountant)
        payout.action_ask_approval()
        payout.with_user(self.manager).action_give_approval()
        payout.action_post()
        self.assertEqual((payout.state, payout.posted_alone), ('posted', False))

    def test_who_changed_an_amount_does_not_post_it(self):
        payout = self._fill_payout(self.allocation, user=self.officer).with_user(self.accountant)
        payout.line_ids[0].amount = 299_000
        with self.assertRefused("You wrote .* yourself"):
            payout.action_post()

    def test_who_changed_the_way_of_payment_does_not_post_it(self):
        payout = self._fill_payout(self.allocation, user=self.officer).with_user(self.accountant)
        self.allocation.member_line_ids.payout_method = 'savings'
        payout.write({'way': 'savings', 'journal_id': False})
        with self.assertRefused("You wrote .* yourself"):
            payout.action_post()

    def test_who_pays_chooses_the_day_and_the_cash_box(self):
        payout = self._draft_payout(self.allocation, user=self.officer)
        payout.action_fill()
        payout.with_user(self.accountant).write({'date': '2025-03-02', 'journal_id': self.cash_journal.id})
        payout.with_user(self.accountant).action_post()
        self.assertEqual(payout.state, 'posted')

    def test_line_taken_off_is_a_change(self):
        payout = self._fill_payout(self.allocation, user=self.officer).with_user(self.accountant)
        payout.line_ids[1].unlink()
        with self.assertRefused("You wrote .* yourself"):
            payout.action_post()

    def test_line_that_names_no_shu_counts_as_well(self):
        payout = self._draft_payout(self.allocation)
        payout.line_ids = [Command.create({
            'shu_line_id': False, 'payable_line_id': self.of_siti.payable_line_id.id, 'amount': 300_000,
        })]
        with self.assertRefused("You wrote .* yourself"):
            payout.action_post()

    def test_one_person_pays_up_to_the_limit(self):
        payout = self._pay(self.allocation, membership_ids=self.budi.ids)
        self.assertEqual((payout.amount_total, payout.state, payout.posted_alone), (100_000, 'posted', True))

    def test_paying_alone_is_kept_where_the_company_allows_it(self):
        self._set_limit('payout', is_required=False)
        payout = self._pay(self.allocation)
        self.assertIn("wrote and posted this alone", "".join(payout.message_ids.mapped('body')))


@tagged('post_install', '-at_install')
class TestShuLeastPayout(ShuPayoutCommon):
    """The rule pays out no less than 150,000."""

    @classmethod
    def _create_rule(cls, *shares, **values):
        return super()._create_rule(*shares, **{'minimum_amount': 150_000, 'minimum_treatment': 'owed', **values})

    def test_less_than_the_least_amount_waits_for_the_next_year(self):
        payout = self._draft_payout(self.allocation)
        notice = payout.action_fill()
        self.assertEqual(payout.line_ids.membership_id, self.siti)
        self.assertIn("Owed less SHU than the rule pays out, which waits for the next year: Budi",
                      notice['params']['message'])
        payout.action_post()
        self._post(600_000, period=('2025-01-01', '2025-12-31'), date='2026-02-01')
        # 40 % of 600,000 = 240,000: 60,000 for Budi; with 100,000 of the year before 160,000
        both = self.env['coop.payout'].create({'journal_id': self.cash_journal.id, 'membership_ids': self.budi.ids})
        both.action_fill()
        self.assertEqual(both.line_ids.mapped('amount'), [100_000, 60_000])

    def test_former_member_waits_for_no_further_year(self):
        self.budi.write({'state': 'left', 'date_left': '2025-02-25', 'leave_reason': 'moved'})
        payout = self._fill_payout(self.allocation)
        self.assertEqual(payout.line_ids.membership_id, self.siti | self.budi)

    def test_less_than_the_least_amount_is_not_paid_on_a_typed_line(self):
        payout = self._draft_payout(self.allocation)
        payout.line_ids = [Command.create({'shu_line_id': self.of_budi.id, 'amount': 100_000})]
        with self.assertRefused("Budi is owed less SHU than the least payout of the rule"):
            payout.action_post()
        self.budi.write({'state': 'left', 'date_left': '2025-02-25', 'leave_reason': 'moved'})
        payout.action_post()
        self.assertEqual(self.of_budi.amount_residual, 0)
