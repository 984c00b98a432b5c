from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_leaving import LeavingCommon


@tagged('post_install', '-at_install')
class TestMembershipLife(LeavingCommon):
    """Applications, categories, suspension, and coming back under a new number."""

    def _apply(self, name="Budi", paid=True, applied='2026-01-02', **values):
        member = self.env['coop.membership'].create({
            'partner_id': self._partner(name).id, 'date_applied': applied, **values,
        })
        if paid:
            self._save(member, {self.principal: 100_000, self.mandatory: 10_000}, date=applied)
        return member

    def _decide(self, members, decision, reason="Decision of the board", user=None, **values):
        wizard = self.env['coop.membership.decision'].with_user(user or self.manager).create({
            'membership_ids': [fields.Command.set(members.ids)], 'decision': decision, 'reason': reason, **values,
        })
        return wizard.action_confirm()

    # === CATEGORIES AND VOTES === #

    def test_only_active_full_members_have_a_vote(self):
        associate = self._create_member("Wati", category='associate')
        suspended = self._create_member("Dewi")
        self._decide(suspended, 'suspend')
        left = self._create_member("Eko")
        self._approve(left)
        candidate = self._apply()
        everybody = self.siti | associate | suspended | left | candidate
        self.assertEqual(everybody.filtered('has_vote'), self.siti)
        self.assertEqual(
            self.env['coop.membership'].search([('has_vote', '=', True), ('id', 'in', everybody.ids)]), self.siti,
        )

    def test_only_the_manager_changes_the_category_of_a_member(self):
        with self.assertRefused("Only this role may do that: Manager"):
            self.siti.with_user(self.officer).category = 'associate'
        self.siti.with_user(self.manager).category = 'associate'
        self.assertEqual((self.siti.has_vote, self.siti.category_date), (False, self.today))
        candidate = self._apply()
        candidate.with_user(self.officer).category = 'associate'
        self.assertFalse(candidate.category_date, "what a candidate applies for has no history")

    def test_category_of_an_earlier_day_is_the_one_before_the_change(self):
        self.siti.write({'category': 'associate', 'category_date': '2026-03-01'})
        category_on = [self.siti._get_category_on(fields.Date.to_date(day)) for day in ('2026-02-28', '2026-03-01')]
        self.assertEqual(category_on, ['full', 'associate'])
        with self.assertRefused("on a day to come", ValidationError):
            self.siti.category_date = fields.Date.add(self.today, days=1)

    # === SUSPENSION === #

    def test_suspension_keeps_since_when_and_why_until_it_ends(self):
        self._decide(self.siti, 'suspend', "Two years in arrears", date='2026-02-01')
        self.assertEqual(
            (self.siti.state, str(self.siti.date_suspended), self.siti.suspend_reason),
            ('suspended', '2026-02-01', "Two years in arrears"),
        )
        self._decide(self.siti, 'reinstate', "Paid")
        self.assertEqual(
            (self.siti.state, self.siti.date_suspended, self.siti.suspend_reason), ('active', False, False),
        )
        self.assertIn("Paid", self.siti.message_ids[0].body)
        self.assertIn("Two years in arrears", self.siti.message_ids[0].body)

    def test_suspending_asks_for_a_reason_and_changes_nothing_before(self):
        action = self.siti.with_user(self.manager).action_suspend()
        self.assertEqual(self.siti.state, 'active')
        wizard = self.env[action['res_model']].with_user(self.manager).with_context(**action['context']).create({
            'reason': "  ",
        })
        with self.assertRefused("Say whom"):
            wizard.action_confirm()
        wizard.reason = "Arrears"
        wizard.action_confirm()
        self.assertEqual(self.siti.state, 'suspended')

    def test_decision_of_a_day_to_come_is_refused(self):
        with self.assertRefused("dated in the future"):
            self._decide(self.siti, 'suspend', date=fields.Date.add(self.today, days=1))

    def test_only_the_manager_suspends_and_reinstates(self):
        with self.assertRefused("Only this role may do that: Manager"):
            self._decide(self.siti, 'suspend', user=self.officer)
        with self.assertRefused("Only this role may do that: Manager"):
            self.siti.with_user(self.officer).action_suspend()
        self._decide(self.siti, 'suspend')
        with self.assertRefused("Only this role may do that: Manager"):
            self._decide(self.siti, 'reinstate', user=self.officer)
        with self.assertRefused("not allowed to", Exception):
            self._decide(self.siti, 'reinstate', user=self.cashier)
        self.assertEqual(self.siti.state, 'suspended')

    # === BULK ADMISSION === #

    def test_bulk_admission_admits_who_can_be_and_names_the_others(self):
        ready, missing, other = self._apply("Budi"), self._apply("Candra", paid=False), self._apply("Dewi")
        action = (ready | missing | other | self.siti).with_user(self.manager).action_admit_selected()
        self.assertEqual((ready | missing | other).mapped('state'), ['active', 'candidate', 'active'])
        self.assertFalse(missing.number or missing.date_joined, "nobody is admitted by half")
        report = self.env[action['res_model']].browse(action['res_id'])
        self.assertEqual(report.admitted_ids, ready | other)
        self.assertEqual(report.line_ids.membership_id, missing)
        self.assertRegex(report.line_ids.message, "Still to be paid in: Principal Savings")
        self.assertEqual(report.other_count, 1)
        self.assertEqual(report.action_close()['tag'], 'soft_reload')

    def test_bulk_admission_of_ready_candidates_only_says_so(self):
        action = self._apply("Budi").with_user(self.manager).action_admit_selected()
        self.assertIn("1 candidates were admitted", action['params']['message'])

    def test_only_the_manager_admits_from_the_list(self):
        with self.assertRefused("Only this role may do that: Manager"):
            self._apply().with_user(self.officer).action_admit_selected()

    # === APPLICATIONS THAT COME TO NOTHING === #

    def test_candidate_without_payments_is_deleted(self):
        candidate = self._apply(paid=False)
        candidate.with_user(self.officer).unlink()
        self.assertFalse(candidate.exists())

    def test_candidate_who_paid_in_is_not_deleted(self):
        with self.assertRefused("has paid in .*110,000.*pay the money back with a savings voucher"):
            self._apply().unlink()

    def test_closed_application_gets_its_money_back_and_stays_on_record(self):
        candidate = self._apply()
        with self.assertRefused("Close the application first"):
            self._save(candidate, {self.principal: 100_000}, direction='out')
        self._decide(candidate, 'reject', "Withdrawn by letter", user=self.officer)
        self.assertEqual((candidate.state, candidate.close_reason), ('rejected', "Withdrawn by letter"))
        with self.assertRefused("is closed; nothing is paid in any more"):
            self._save(candidate, {self.mandatory: 10_000})
        voucher = self._save(candidate, {self.principal: 100_000, self.mandatory: 10_000}, direction='out')
        self.assertEntry(voucher.move_id, [
            (self.principal.account_id, candidate.partner_id, 100_000),
            (self.mandatory.account_id, candidate.partner_id, 10_000), (self.cash, candidate.partner_id, -110_000),
        ])
        self.assertEqual(self._savings(candidate), 0)
        with self.assertRefused("stays on record"):
            candidate.unlink()

    def test_closed_application_is_no_membership(self):
        candidate = self._apply()
        self._decide(candidate, 'reject')
        self.assertFalse(candidate._is_member_on(self.today))
        self.assertFalse(candidate.partner_id.is_coop_member)
        with self.assertRefused("Not Admitted and cannot become Active"):
            candidate._update_state('active')
        with self.assertRefused("never admitted", ValidationError):
            self._leave(candidate)

    def test_closed_application_is_taken_up_again(self):
        candidate = self._apply()
        self._decide(candidate, 'reject')
        with self.assertRefused("application was closed. Take that one up again"):
            self._apply(paid=False)
        candidate.with_user(self.officer).action_reopen()
        candidate.action_admit()
        self.assertEqual((candidate.state, candidate.date_closed, candidate.close_reason), ('active', False, False))

    def test_application_of_a_member_is_not_closed(self):
        with self.assertRefused("is a member already.*recorded as leaving"):
            self._decide(self.siti, 'reject')
        with self.assertRefused("nothing further|cannot become Candidate"):
            self.siti.action_reopen()

    # === COMING BACK === #

    def test_former_member_comes_back_under_a_new_number(self):
        self._post()
        again = self._apply("Siti", applied='2026-05-04')
        self.assertEqual((self._savings(), self._savings(again)), (0, 110_000))
        again.action_admit()
        self.assertNotEqual(again.number, self.siti.number)
        self.assertEqual((self.siti.state, again.state), ('left', 'active'))
        self.assertEqual(self.siti.partner_id.coop_membership_id, again)

    def test_new_application_begins_after_the_day_of_leaving(self):
        self._post()
        with self.assertRefused(r"until 03/10/2026 and can apply again from the day after", ValidationError):
            self._apply("Siti", paid=False, applied='2026-03-10')
        self.assertTrue(self._apply("Siti", paid=False, applied='2026-03-11'))

    def test_new_application_waits_until_the_leaving_is_booked(self):
        leaving = self._approve()
        with self.assertRefused("is not booked yet. Let the treasurer", ValidationError):
            self._apply("Siti", paid=False, applied='2026-05-04')
        leaving.date_accounting = '2026-05-04'
        leaving.action_post()
        with self.assertRefused("until 05/04/2026", ValidationError):
            self._apply("Siti", paid=False, applied='2026-05-04')

    def test_each_membership_has_the_savings_of_its_own_time(self):
        self._save(self.siti, {self.voluntary: 25_000}, date='2026-02-10')
        self._post()
        again = self._apply("Siti", applied='2026-05-04')
        both = self.siti | again
        for day, expected in (
            ('2026-01-31', (110_000, 0)), ('2026-02-28', (135_000, 0)), ('2026-03-10', (0, 0)),
            ('2026-05-03', (0, 0)), ('2026-05-04', (0, 110_000)),
        ):
            balances = both._get_savings_balances(fields.Date.to_date(day))
            with self.subTest(day=day):
                self.assertEqual(tuple(sum(balances[member].values()) for member in both), expected)
        self.assertEqual(self._savings(again), 110_000, "read alone it is the same")

    def test_what_is_older_than_every_application_belongs_to_the_first_membership(self):
        self._save(self.siti, {self.voluntary: 5_000}, date='2025-12-01')
        self._post()
        again = self._apply("Siti", applied='2026-05-04')
        balances = (self.siti | again)._get_savings_balances(fields.Date.to_date('2025-12-31'))
        self.assertEqual([sum(balances[member].values()) for member in (self.siti, again)], [5_000, 0])

    def test_reading_savings_takes_the_same_number_of_queries_for_many(self):
        members = self.siti
        for number in range(4):
            members |= self._create_member(f"Anggota {number}")

        def count(memberships):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            memberships._get_savings_balances()
            return self.env.cr.sql_log_count - before

        count(members)
        alone = count(members[:1])
        self.assertEqual(count(members), alone)
        self._post()
        self._apply("Siti", applied='2026-05-04')
        self.assertLessEqual(count(members) - alone, 2, "one query for the items, one for the days of application")

    def test_arrears_of_the_second_membership_begin_with_it(self):
        self._post()
        again = self._apply("Siti", applied='2026-05-04', date_joined='2026-05-04')
        again.action_admit()
        # May to July: 3 months at 10,000, of which one was paid on applying
        arrears = (self.siti | again)._get_arrears(fields.Date.to_date('2026-07-20'))
        self.assertEqual(arrears, {again: {self.mandatory: 20_000}})

    def test_documents_belong_to_the_membership_of_their_day(self):
        before = self._invoice(self.siti.partner_id, 1_000, date='2026-02-01')
        after = self._invoice(self.siti.partner_id, 1_000, date='2026-03-20')
        leaving = self._post()
        self.assertEqual((before.coop_membership_id, after.coop_membership_id), (self.siti, self.siti.browse()))
        again = self._apply("Siti", applied='2026-05-04', date_joined='2026-05-04')
        again.action_admit()
        later = self._invoice(self.siti.partner_id, 1_000, date='2026-06-01')
        self.assertEqual(later.coop_membership_id, again)
        with self.assertRefused("has applied anew"):
            leaving._cancel_with_reason("x")

    def test_cancelled_leaving_gives_documents_their_member_back(self):
        after = self._invoice(self.siti.partner_id, 1_000, date='2026-03-20')
        leaving = self._approve()
        self.assertFalse(after.coop_membership_id)
        leaving.with_user(self.manager)._cancel_with_reason("Stays after all")
        self.assertEqual(after.coop_membership_id, self.siti)

    def test_voucher_of_the_earlier_membership_is_not_undone_into_the_new_one(self):
        voucher = self._save(self.siti, {self.voluntary: 25_000})
        self._post()
        again = self._apply("Siti", applied='2026-05-04')
        with self.assertRefused("was admitted anew as"):
            voucher._cancel_with_reason("Counted twice")
        self.assertEqual(self._savings(again), 110_000)

    def test_member_who_left_does_not_become_active_again(self):
        self._post()
        for decision in ('suspend', 'reinstate'):
            with self.assertRefused("has left. Whoever comes back applies anew"):
                self._decide(self.siti, decision)
