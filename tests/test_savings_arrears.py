from datetime import date, timedelta

from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common import CoopCommon
from odoo.addons.producer_cooperative.tools.arrears import unpaid_months

#: The day of all random cases; rates and joining lie in the two years before.
TODAY = date(2026, 6, 15)
DAYS = st.integers(-60, 700).map(lambda days: TODAY - timedelta(days=days))
RATES = st.dictionaries(DAYS, st.sampled_from([0, 5_000, 10_000, 12_500]), min_size=0, max_size=4)
PAYMENTS = st.lists(st.sampled_from([-30_000, 2_500, 10_000, 55_000]), max_size=4)


@tagged('post_install', '-at_install')
class TestSavingsArrears(CoopCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Joined in January and paid the first month; the amount rises from April on.
        cls.siti = cls._create_member("Siti", joined='2026-01-20')
        cls.budi = cls._create_member("Budi", joined='2026-05-03')
        cls.mandatory.rate_ids = [Command.create({'date_from': '2026-04-01', 'amount': 15_000})]
        cls.mandatory_journal = cls.company.coop_journal_id

    def _rows(self, *members):
        rows = self.env['coop.savings.arrears'].search([('company_id', '=', self.company.id)], order='month, id')
        return [
            (str(row.month), row.amount, row.ageing)
            for row in rows if not members or row.membership_id in members
        ]

    @freeze_time('2026-06-15 03:00:00')
    def test_payments_cover_the_oldest_month_first(self):
        self._save(self.siti, {self.mandatory: 15_000}, date='2026-06-01')
        # paid 25,000: January and February at 10,000, and half of March; April to June at 15,000
        self.assertEqual(self._rows(self.siti), [
            ('2026-03-01', 5_000, '3'), ('2026-04-01', 15_000, '1'), ('2026-05-01', 15_000, '1'),
            ('2026-06-01', 15_000, '0'),
        ])
        self.assertEqual(self.siti.arrears, 50_000)
        # Budi joined in May at 15,000 and paid 10,000 on admission
        self.assertEqual(self._rows(self.budi), [('2026-05-01', 5_000, '1'), ('2026-06-01', 15_000, '0')])

    @freeze_time('2027-07-01 03:00:00')
    def test_every_age_has_its_place(self):
        # From 2026-01 (paid) on: 2026-02 is 17 months old, 2026-07 12, 2026-08 11, 2027-01 6, 2027-02 5, 2027-04 3,
        # 2027-05 2, 2027-06 1, 2027-07 0.
        ageing = {month: bucket for month, _amount, bucket in self._rows(self.siti)}
        self.assertEqual(ageing['2026-02-01'], '12')
        self.assertEqual(ageing['2026-07-01'], '12')
        self.assertEqual(ageing['2026-08-01'], '6')
        self.assertEqual(ageing['2027-01-01'], '6')
        self.assertEqual(ageing['2027-02-01'], '3')
        self.assertEqual(ageing['2027-04-01'], '3')
        self.assertEqual(ageing['2027-05-01'], '1')
        self.assertEqual(ageing['2027-06-01'], '1')
        self.assertEqual(ageing['2027-07-01'], '0')

    @freeze_time('2026-06-15 03:00:00')
    def test_who_paid_ahead_owes_nothing(self):
        self._save(self.siti, {self.mandatory: 500_000}, date='2026-06-01')
        self.assertFalse(self._rows(self.siti))

    @freeze_time('2026-06-15 03:00:00')
    def test_suspended_members_still_owe_and_those_who_left_do_not(self):
        owed = self._rows(self.siti)
        self.siti._suspend_with_reason("Did not pay")
        self.assertEqual(self._rows(self.siti), owed)
        self.siti._update_state('left', date_left='2026-06-01', leave_reason='moved')
        self.assertFalse(self._rows(self.siti))

    @freeze_time('2026-06-15 03:00:00')
    def test_who_came_back_owes_from_the_new_membership_on(self):
        leaving = self.env['coop.leaving'].create({
            'membership_id': self.siti.id, 'reason': 'moved', 'date': '2026-04-01',
        })
        leaving.with_user(self.manager).action_approve()
        leaving.with_user(self.accountant).action_post()
        self.assertFalse(self._rows(self.siti))
        with freeze_time('2026-06-17 03:00:00'):
            again = self.env['coop.membership'].create({
                'partner_id': self.siti.partner_id.id, 'number': 'A2', 'date_joined': '2026-06-16',
            })
        self.assertFalse(self._rows(again))
        with freeze_time('2026-07-15 03:00:00'):
            self._save(again, {self.mandatory: 20_000}, date='2026-07-01')
            # June and July at 15,000 each; 20,000 paid since; nothing of the first membership counts
            self.assertEqual(self._rows(again), [('2026-07-01', 10_000, '0')])
            self.assertEqual(again.arrears, 10_000)

    @freeze_time('2026-06-15 03:00:00')
    def test_rows_add_up_by_member_and_by_age(self):
        Arrears = self.env['coop.savings.arrears']
        by_member = dict(Arrears._read_group(
            [('company_id', '=', self.company.id)], ['membership_id'], ['amount:sum'],
        ))
        self.assertEqual(by_member, {self.siti: self.siti.arrears, self.budi: self.budi.arrears})
        by_age = dict(Arrears._read_group([('company_id', '=', self.company.id)], ['ageing'], ['amount:sum']))
        self.assertEqual(sum(by_age.values()), self.siti.arrears + self.budi.arrears)

    @freeze_time('2026-06-15 03:00:00')
    def test_rows_keep_their_ids_while_others_pay(self):
        row = self.env['coop.savings.arrears'].search([('membership_id', '=', self.siti.id)], limit=1)
        month = row.month
        self._save(self.budi, {self.mandatory: 5_000}, date='2026-06-10')
        self.env.invalidate_all()
        self.assertEqual((row.exists().membership_id, row.month), (self.siti, month))

    @settings(
        max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck),
    )
    @given(RATES, DAYS, PAYMENTS)
    def _check_case(self, rates, joined, payments):
        with self.env.cr.savepoint() as savepoint:
            self.mandatory.rate_ids.unlink()
            self.mandatory.rate_ids = [
                Command.create({'date_from': day, 'amount': amount}) for day, amount in rates.items()
            ]
            partner = self.env['res.partner'].create({'name': "Random"})
            with freeze_time('2035-01-01 03:00:00'):  # registers bring in members of the past only
                member = self.env['coop.membership'].create({
                    'partner_id': partner.id, 'number': 'R1', 'date_joined': joined,
                })
            for amount in payments:
                self._book(partner, amount)
            expected = unpaid_months(
                [(day, amount) for day, amount in rates.items()], joined, TODAY, sum(payments),
            )
            rows = member._get_arrears_rows()
            self.assertEqual([(row.month, row.amount) for row in rows], expected)
            if joined <= TODAY:
                self.assertEqual(sum(rows.mapped('amount')), member._get_arrears()[member][self.mandatory])
            savepoint.rollback()
        self.env.invalidate_all()

    @freeze_time('2026-06-15 03:00:00')
    def test_the_list_says_what_the_arithmetic_says(self):
        self._check_case()

    def _book(self, partner, amount):
        self.env['account.move'].create({
            'journal_id': self.mandatory_journal.id, 'date': '2026-06-01', 'line_ids': [
                Command.create({'account_id': self.cash_journal.default_account_id.id, 'balance': amount}),
                Command.create({
                    'account_id': self.mandatory.account_id.id, 'partner_id': partner.id, 'balance': -amount,
                }),
            ],
        }).action_post()

    # === PERMISSIONS === #

    @freeze_time('2026-06-15 03:00:00')
    def test_roles_of_the_cooperative_read_arrears_and_the_warehouse_does_not(self):
        for user in (self.officer, self.cashier, self.accountant, self.manager, self.supervisor):
            self.assertTrue(self.env['coop.savings.arrears'].with_user(user).search_count([]))
        with self.assertRefused("", AccessError):
            self.env['coop.savings.arrears'].with_user(self.warehouse_user).search_count([])

    @freeze_time('2026-06-15 03:00:00')
    def test_arrears_of_another_cooperative_are_not_seen(self):
        other = self._create_cooperative("Koperasi Lain")
        self.env['coop.membership'].with_company(other).create({
            'partner_id': self.env['res.partner'].create({'name': "Lain"}).id, 'number': '1',
            'date_joined': '2026-01-01', 'company_id': other.id,
        })
        rows = self.env['coop.savings.arrears'].with_user(self.officer).search([])
        self.assertEqual(rows.company_id, self.company)

    # === REMINDING === #

    def _wizard(self, members=None, user=None, **values):
        action = (members or self.siti | self.budi).with_user(user or self.officer).action_remind_of_arrears()
        return self.env['coop.arrears.remind'].with_user(user or self.officer).with_context(
            **action['context'],
        ).create(values)

    @freeze_time('2026-06-15 03:00:00')
    def test_officer_gets_an_activity_with_the_months(self):
        wizard = self._wizard(user_id=self.officer.id)
        wizard.action_remind()
        activity = self.siti.activity_ids
        self.assertEqual(activity.user_id, self.officer)
        # January was paid: February and March at 10,000, April to June at 15,000
        self.assertIn("65,000", activity.summary)
        self.assertEqual(str(activity.note).count('<li>'), 5)
        self.assertEqual(self.siti.arrears_reminded_on, date(2026, 6, 15))

    @freeze_time('2026-06-15 03:00:00')
    def test_nobody_is_reminded_twice_within_the_days_unless_asked(self):
        self._wizard().action_remind()
        with self.assertRefused("Nobody to remind.*within the last 30 days"):
            self._wizard().action_remind()
        self.assertEqual(self._wizard().recent_ids, self.siti | self.budi)
        self._wizard(again=True).action_remind()
        self.assertEqual(len(self.siti.activity_ids), 2)
        with freeze_time('2026-07-15 03:00:00'):
            self.assertEqual(self._wizard().remind_ids, self.siti | self.budi)

    @freeze_time('2026-06-15 03:00:00')
    def test_one_window_reminds_once(self):
        wizard = self._wizard(again=True)
        wizard.action_remind()
        with self.assertRefused("These members have just been reminded"):
            wizard.action_remind()
        self.assertEqual(len(self.siti.activity_ids), 1)

    @freeze_time('2026-06-15 03:00:00')
    def test_who_owes_nothing_is_not_reminded(self):
        self._save(self.budi, {self.mandatory: 20_000}, date='2026-06-10')
        self.assertEqual(self._wizard().remind_ids, self.siti)
        with self.assertRefused("these members owe nothing"):
            self._wizard(self.budi).action_remind()

    @freeze_time('2026-06-15 03:00:00')
    def test_email_goes_to_those_who_have_one_and_a_letter_is_printed_for_the_others(self):
        self.siti.partner_id.email = 'siti@example.com'
        wizard = self._wizard(method='email')
        self.assertEqual(wizard.without_email_ids, self.budi)
        action = wizard.action_remind()
        self.assertEqual(action['report_name'], 'producer_cooperative.report_coop_arrears_letter')
        self.assertEqual(action['context']['active_ids'], self.budi.ids)
        mail = self.env['mail.mail'].search([('model', '=', 'coop.membership'), ('res_id', '=', self.siti.id)])
        self.assertEqual(mail.recipient_ids, self.siti.partner_id)
        self.assertIn("Koperasi Uji: mandatory savings still to be paid", mail.subject)
        self.assertIn("65,000", mail.body_html)
        self.assertEqual(self.budi.arrears_reminded_on, date(2026, 6, 15))

    @freeze_time('2026-06-15 03:00:00')
    def test_letter_lists_the_months_and_their_sum(self):
        html = self.env['ir.actions.report']._render_qweb_html(
            'producer_cooperative.report_coop_arrears_letter', self.siti.ids,
        )[0].decode()
        for text in ("Siti", "February 2026", "June 2026", "65,000"):
            self.assertIn(text, html)
        self.assertNotIn("January 2026", html)

    @freeze_time('2026-06-15 20:00:00')
    def test_letter_is_dated_with_the_day_where_it_is_printed(self):
        self.officer.tz = 'Asia/Jakarta'  # The 16th began three hours ago.
        html = self.env['ir.actions.report'].with_user(self.officer)._render_qweb_html(
            'producer_cooperative.report_coop_arrears_letter', self.siti.ids,
        )[0].decode()
        self.assertIn("06/16/2026", html)
        self.assertNotIn("06/15/2026", html)

    @freeze_time('2026-06-15 03:00:00')
    def test_day_of_the_reminder_is_not_written_by_hand(self):
        with self.assertRefused("own buttons", AccessError):
            self.siti.with_user(self.manager).arrears_reminded_on = '2026-01-01'

    @freeze_time('2026-06-15 03:00:00')
    def test_selected_rows_remind_their_members_once(self):
        rows = self.env['coop.savings.arrears'].with_user(self.officer).search([('membership_id', '=', self.siti.id)])
        self.assertEqual(rows.action_remind()['context']['default_membership_ids'], self.siti.ids)

    @freeze_time('2026-06-15 03:00:00')
    def test_cashier_reads_arrears_and_does_not_remind(self):
        with self.assertRefused("", AccessError):
            self._wizard(user=self.cashier)

    # === SCALE === #

    @freeze_time('2026-06-15 03:00:00')
    def test_arrears_of_many_take_as_many_queries_as_of_few(self):
        for number in range(30):
            self.env['coop.membership'].create({
                'partner_id': self.env['res.partner'].create({'name': f"N{number}"}).id, 'number': f'N{number:03d}',
                'date_joined': '2026-01-05',
            })
        counts = []
        for limit in (1_000, 2, 1_000):  # the first fills caches
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            members = self.env['coop.savings.arrears'].search([], limit=limit).mapped('membership_id.number')
            counts.append(self.env.cr.sql_log_count - before)
        self.assertGreater(len(members), 30)
        self.assertEqual(*counts[1:])

