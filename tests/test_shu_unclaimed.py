from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_shu import ShuCommon


class UnclaimedCommon(ShuCommon):
    """SHU of 2019, decided on 20 February 2020 and owed for five years: 300,000 for Siti and 100,000 for Budi."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule(('reserve', 60), ('capital', 40), unclaimed_years=5)
        cls.siti = cls._create_registered("Siti", '001', 300_000, '2018-01-01')
        cls.budi = cls._create_registered("Budi", '002', 100_000, '2018-01-01')
        cls.allocation = cls._post(1_000_000, ('2019-01-01', '2019-12-31'), '2020-02-20')
        cls.of_siti, cls.of_budi = cls.allocation.member_line_ids

    @classmethod
    def _unclaimed(cls):
        cls.env.flush_all()
        return cls.env['coop.shu.unclaimed'].search([('company_id', '=', cls.company.id)])

    @classmethod
    def _propose(cls, **values):
        lapse = cls.env['coop.shu.lapse'].with_user(cls.accountant).create({
            'date': '2025-03-01', 'meeting_date': '2025-02-25', 'meeting_number': '04/RAT/2025', **values,
        })
        lapse.action_fill()
        return lapse

    @classmethod
    def _book_unclaimed(cls, **values):
        lapse = cls._propose(**values)
        lapse.with_user(cls.manager).action_approve()
        lapse.action_post()
        return lapse


@tagged('post_install', '-at_install')
class TestShuUnclaimed(UnclaimedCommon):

    # === THE LIST === #

    @freeze_time('2024-08-20 05:00:00')
    def test_list_shows_age_and_end_of_the_term(self):
        rows = self._unclaimed()
        self.assertEqual(
            [(row.membership_id, row.amount, row.age, row.ageing, row.is_over) for row in rows],
            [(self.siti, 300_000, 4, '3', False), (self.budi, 100_000, 4, '3', False)],
        )
        self.assertEqual({str(row.date_lapse) for row in rows}, {'2025-02-20'})

    def test_term_is_over_on_its_last_day(self):
        for day, is_over in (('2025-02-19', False), ('2025-02-20', True)):
            with freeze_time(f'{day} 05:00:00'):
                self.env.invalidate_all()
                self.assertEqual(self._unclaimed().mapped('is_over'), [is_over, is_over], day)

    def test_who_is_paid_is_not_on_the_list(self):
        self._pay(self.allocation, membership_ids=self.siti.ids)
        self.assertEqual(self._unclaimed().membership_id, self.budi)

    def test_without_a_term_nothing_is_ever_over(self):
        self.env.cr.execute("UPDATE coop_shu_rule SET unclaimed_years = 0 WHERE id = %s", [self.rule.id])
        self.env.invalidate_all()
        self.assertEqual(self._unclaimed().mapped('is_over'), [False, False])
        with self.assertRefused("There is no SHU whose term is over"):
            self._propose()
        with self.assertRefused("The term of none of these is over"):
            self._unclaimed().action_propose()

    def test_members_are_paid_out_from_the_list(self):
        action = self._unclaimed()[1:].with_user(self.officer).action_pay_out()
        self.assertEqual(action['context']['default_member_line_ids'], self.of_budi.ids)

    # === REMINDING === #

    def _remind(self, method, **values):
        action = self._unclaimed().with_user(self.officer).action_remind()
        return self.env['coop.shu.remind'].with_user(self.officer).with_context(**action['context']).create({
            'method': method, **values,
        })

    def test_officer_is_asked_to_call_the_members(self):
        wizard = self._remind('activity')
        wizard.action_remind()
        activity = self.siti.activity_ids
        self.assertIn("300,000", activity.summary)
        self.assertEqual(activity.user_id, self.officer)
        self.assertTrue(self.siti.shu_reminded_on)
        with self.assertRefused("have just been reminded"):
            wizard.action_remind()
        with self.assertRefused("Nobody to remind"):
            self._remind('letter').action_remind()

    def test_members_get_mail_and_a_letter_if_they_have_none(self):
        self.siti.partner_id.email = 'siti@example.com'
        action = self._remind('email').action_remind()
        self.assertEqual(action['report_name'], 'producer_cooperative.report_coop_shu_unclaimed_letter')
        mail = self.env['mail.mail'].search([('model', '=', 'coop.membership'), ('res_id', '=', self.siti.id)])
        self.assertIn("300,000", mail.body_html)
        self.assertIn("SHU 2019", mail.body_html)
        self.assertFalse(self.env['mail.mail'].search([
            ('model', '=', 'coop.membership'), ('res_id', '=', self.budi.id),
        ]))

    def test_letter_says_since_when_how_much_and_until_when(self):
        html, _type = self.env['ir.actions.report'].with_user(self.officer)._render_qweb_html(
            'producer_cooperative.report_coop_shu_unclaimed_letter', self.siti.ids,
        )
        for text in ("Siti", "2019", "02/20/2020", "02/20/2025", "300,000"):
            self.assertIn(text, html.decode())

    # === THE DECISION === #

    def test_unclaimed_shu_goes_to_the_reserve(self):
        lapse = self._book_unclaimed()
        self.assertEntry(lapse.move_id, [
            (self.payable, self.siti.partner_id, 300_000), (self.payable, self.budi.partner_id, 100_000),
            (self.reserve, None, -400_000),
        ])
        self.assertEqual(lapse.name, 'SHT/2025/00001')
        self.assertEqual(self.of_siti.amount_lapsed, 300_000)
        self.assertEqual([amount for _label, amount in self.of_siti._get_statement_totals()], [300_000, 0, 300_000, 0])
        self.assertEqual((self.of_siti.amount_residual, self.of_siti.amount_paid), (0, 0))
        self.assertEqual(
            self.of_siti.payable_line_id.matched_debit_ids.debit_move_id.partner_id, self.siti.partner_id,
        )
        self.assertFalse(self._unclaimed())
        self.assertEqual(self.allocation.state, 'posted')  # nobody was paid

    def test_nothing_is_booked_before_the_meeting_decided(self):
        lapse = self._propose()
        lapse.with_user(self.manager).action_approve()
        lapse.date = '2025-02-24'
        with self.assertRefused("decided on 02/25/2025; it cannot be booked on 02/24/2025"):
            lapse.action_post()
        self.assertEqual(self.of_siti.amount_residual, 300_000)

    def test_term_that_a_meeting_decided_under_becomes_longer_and_not_shorter(self):
        rule = self.rule.with_user(self.manager)
        with self.assertRefused(r"owed as it was decided \(5 years\)"):
            rule.unclaimed_years = 1
        rule.unclaimed_years = 7
        rule.unclaimed_years = 0
        with self.assertRefused(r"owed as it was decided \(for ever\)"):
            rule.unclaimed_years = 50

    def test_unclaimed_shu_goes_to_the_fund_that_the_rule_names(self):
        social = self._account('fund_social')
        lapse = self._propose()
        lapse.line_ids[0].account_id = social
        lapse.with_user(self.manager).action_approve()
        lapse.action_post()
        self.assertEntry(lapse.move_id, [
            (self.payable, self.siti.partner_id, 300_000), (self.payable, self.budi.partner_id, 100_000),
            (social, None, -300_000), (self.reserve, None, -100_000),
        ])

    def test_what_was_paid_in_part_goes_in_part(self):
        payout = self._fill_payout(self.allocation, membership_ids=self.siti.ids)
        payout.line_ids.amount = 200_000
        payout.action_post()
        lapse = self._book_unclaimed()
        self.assertEqual(lapse.line_ids.mapped('amount'), [100_000, 100_000])
        self.assertEqual((self.of_siti.amount_paid, self.of_siti.amount_lapsed), (200_000, 100_000))

    def test_who_comes_between_decision_and_booking_is_left_out(self):
        lapse = self._propose()
        lapse.with_user(self.manager).action_approve()
        self._pay(self.allocation, membership_ids=self.siti.ids)
        lapse.action_post()
        self.assertEntry(lapse.move_id, [
            (self.payable, self.budi.partner_id, 100_000), (self.reserve, None, -100_000),
        ])
        self.assertTrue(any("Paid since the proposal" in message.body for message in lapse.message_ids))

    def test_nothing_left_is_not_booked(self):
        lapse = self._propose()
        lapse.with_user(self.manager).action_approve()
        self._pay(self.allocation)
        with self.assertRefused("everybody on .* was paid meanwhile"):
            lapse.action_post()

    def test_decision_needs_a_meeting_and_another_user(self):
        lapse = self._propose(meeting_number=False)
        with self.assertRefused("Only this role may do that: Manager"):
            lapse.action_approve()
        with self.assertRefused("Enter the date of the members' meeting and the number"):
            lapse.with_user(self.manager).action_approve()
        lapse.meeting_number = '1'
        lapse.sudo().prepared_by_ids = self.manager
        with self.assertRefused("somebody else has to approve it"):
            lapse.with_user(self.manager).action_approve()
        self.assertEqual(lapse.state, 'draft')
        with self.assertRefused("is Proposed and cannot become Posted"):
            lapse.action_post()

    def test_term_has_to_be_over_on_the_day_of_the_meeting(self):
        lapse = self._propose(meeting_date='2025-02-19')
        with self.assertRefused("is not over on the day of the meeting"):
            lapse.with_user(self.manager).action_approve()
        lapse.meeting_date = '2999-01-01'
        with self.assertRefused("is still to come"):
            lapse.with_user(self.manager).action_approve()

    def test_manager_approves_and_does_not_book(self):
        lapse = self._propose()
        lapse.with_user(self.manager).action_approve()
        with self.assertRefused("Only this role may do that: Accountant"):
            lapse.with_user(self.manager).action_post()
        with self.assertRefused("Only this role may do that: Accountant", AccessError):
            lapse.with_user(self.officer).action_post()

    def test_what_was_decided_is_not_changed(self):
        lapse = self._propose()
        lapse.with_user(self.manager).action_approve()
        with self.assertRefused("What the meeting decided stays"):
            lapse.meeting_number = '9'
        with self.assertRefused("What the meeting decided stays"):
            lapse.line_ids[0].account_id = self._account('fund_social')
        with self.assertRefused("What the meeting decided stays"):
            lapse.line_ids[0].unlink()
        with self.assertRefused("it can only be cancelled"):
            lapse.unlink()
        with self.assertRefused("own buttons", AccessError):
            lapse.state = 'posted'

    def test_same_shu_stands_on_one_proposal_only(self):
        self._propose()
        with self.assertRefused("is not proposed already"):
            self._propose()
        with self.assertRefused("All of these stand on another proposal already"):
            self._unclaimed().with_user(self.accountant).action_propose()

    def test_booking_in_a_locked_period_is_refused(self):
        lapse = self._propose()
        lapse.with_user(self.manager).action_approve()
        self.company.fiscalyear_lock_date = '2025-03-31'
        with self.assertRefused("The books are closed up to"):
            lapse.action_post()

    def test_unclaimed_shu_goes_to_the_reserve_or_a_fund_only(self):
        line = self._propose().line_ids[0]
        for account in (self.income, self.voluntary.account_id, self._account('clearing'), self.shu):
            with self.assertRefused(
                "is neither a reserve nor a fund of .* goes to one of these: .*Cooperative Reserve", ValidationError,
            ):
                line.account_id = account
            with self.assertRefused("is neither a reserve nor a fund", ValidationError):
                self.rule.unclaimed_account_id = account

    def test_unclaimed_shu_goes_to_a_fund_of_the_bylaws_too(self):
        own = self._account('fund_social').copy({'code': '28149999'})
        self.allocation._cancel_with_reason("Another rule")
        rule = self._create_rule(('reserve', 60), ('fund', 5, 'area'), ('capital', 35), date_from='2018-01-01')
        rule.share_ids[1].account_id = own
        rule.unclaimed_account_id = own
        self.assertEqual(rule.unclaimed_account_id, own)

    def test_who_changes_a_proposal_does_not_approve_it(self):
        lapse = self._propose()
        self.assertEqual(lapse.prepared_by_ids, self.accountant)
        self.manager.group_ids += self.accountant.group_ids  # managers alone change nothing
        line = lapse.with_user(self.manager).line_ids[0]
        for change in (
            lambda: line.write({'account_id': self._account('fund_social').id}), line.unlink,
            lambda: lapse.with_user(self.manager).write({'date': '2025-03-02'}),
        ):
            with self.subTest(), self.assertRefused("wrote or changed .*somebody else has to approve it"):
                change()
                lapse.with_user(self.manager).action_approve()
        lapse.with_user(self.manager).meeting_number = '05/RAT/2025'  # whoever approves enters the decision
        lapse.with_user(self.manager).action_approve()
        self.assertEqual(lapse.state, 'approved')

    # === WHO COMES LATER === #

    def test_member_who_comes_later_is_owed_and_paid(self):
        lapse = self._book_unclaimed()
        lapse.line_ids[0].action_restore()
        self.assertEntry(lapse.restore_move_ids, [
            (self.payable, self.siti.partner_id, -300_000), (self.reserve, None, 300_000),
        ])
        self.assertEqual((self.of_siti.amount_residual, self.of_siti.amount_lapsed), (300_000, 0))
        self.assertEqual((lapse.amount_restored, self.allocation.state), (300_000, 'posted'))
        with self.assertRefused("is owed already; pay it out"):
            lapse.line_ids[0].action_restore()
        payout = self._pay(self.allocation)
        self.assertEntry(payout.move_id, [
            (self.payable, self.siti.partner_id, 300_000), (self.cash, self.siti.partner_id, -300_000),
        ])
        self.assertEqual((self.of_siti.amount_paid, self.allocation.state), (300_000, 'paid'))

    def test_who_came_is_not_proposed_again_before_a_new_term(self):
        with freeze_time('2025-04-10 05:00:00'):
            self._book_unclaimed().line_ids[0].action_restore()
            self.env.flush_all()
            self.env.invalidate_all()
            row = self._unclaimed()
            self.assertEqual((row.membership_id, str(row.date_lapse), row.is_over), (self.siti, '2030-04-10', False))
            with self.assertRefused("There is no SHU whose term is over"):
                self._propose(date='2025-04-10', meeting_date='2025-04-10')
        with freeze_time('2030-04-11 05:00:00'):
            self.env.invalidate_all()
            again = self._propose(date='2030-04-11', meeting_date='2030-04-11')
            self.assertEqual(again.line_ids.membership_id, self.siti)
            again.with_user(self.manager).action_approve()
            self.assertEqual(again.state, 'approved')

    def test_cancelled_decision_begins_no_new_term(self):
        self._book_unclaimed()._cancel_with_reason("Objection")
        self.env.invalidate_all()
        self.assertEqual({str(row.date_lapse) for row in self._unclaimed()}, {'2025-02-20'})

    def test_only_the_accountant_takes_back_for_a_member(self):
        lapse = self._book_unclaimed()
        for user in (self.cashier, self.manager):
            with self.assertRefused("Only this role may do that: Accountant", AccessError):
                lapse.line_ids[0].with_user(user).action_restore()

    def test_cancelled_decision_owes_everybody_again(self):
        lapse = self._book_unclaimed()
        with self.assertRefused("Only this role may do that: Accountant"):
            lapse.with_user(self.manager)._cancel_with_reason("Objection")
        lapse.line_ids[0].action_restore()
        lapse._cancel_with_reason("Objection of the agency")
        self.assertEqual(self._balance(self.payable), -400_000)
        self.assertEqual(self._balance(self.reserve), -600_000)
        self.assertEqual(self.allocation.member_line_ids.mapped('amount_residual'), [300_000, 100_000])
        self.assertEqual(self.allocation.member_line_ids.mapped('amount_lapsed'), [0, 0])
        self.assertEqual((lapse.state, self.allocation.state), ('cancelled', 'posted'))

    def test_allocation_is_not_cancelled_while_unclaimed_shu_is_booked(self):
        lapse = self._book_unclaimed()
        with self.assertRefused(f"Cancel {lapse.name} first"):
            self.allocation._cancel_with_reason("Wrong")
        with self.assertRefused("undone only there"):
            lapse.move_id.button_draft()

    def test_accountant_writes_the_proposal_in_its_form(self):
        with Form(self.env['coop.shu.lapse'].with_user(self.accountant)) as form, form.line_ids.new() as line:
            line.member_line_id = self.of_budi
            self.assertEqual(line.amount, 100_000)
        self.assertEqual(form.record.amount_total, 100_000)
        self.assertEqual(form.record.line_ids.account_id, self.reserve)
