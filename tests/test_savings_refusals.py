from odoo import Command, fields
from odoo.exceptions import RedirectWarning, ValidationError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common import CoopCommon


@tagged('post_install', '-at_install')
class TestSavingsRefusals(CoopCommon):
    """What a voucher refuses, and that the message says what to do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.siti = cls._create_member("Siti")
        cls.today = fields.Date.context_today(cls.siti)

    def _draft(self, amount=5_000, user=None, savings_type=None, **values):
        return self.env['coop.savings.voucher'].with_user(user or self.env.user).create({
            'journal_id': self.cash_journal.id, **values, 'line_ids': [Command.create({
                'membership_id': self.siti.id, 'type_id': (savings_type or self.voluntary).id, 'amount': amount,
            })],
        })

    # === AMOUNTS === #

    def test_negative_amounts_are_refused_and_a_payout_is_proposed(self):
        with self.assertRefused("Siti.*not more than zero.*write a payout", ValidationError):
            self._draft(-5_000)

    def test_zero_amounts_are_refused(self):
        with self.assertRefused("not more than zero.*delete the line", ValidationError):
            self._draft(0)
        draft = self._draft()
        with self.assertRefused("not more than zero", ValidationError):
            draft.line_ids.amount = 0
        self.assertEqual(draft.line_ids.amount, 5_000)

    def test_savings_without_an_amount_of_their_own_have_to_be_given_one(self):
        values = {'journal_id': self.cash_journal.id, 'line_ids': [
            Command.create({'membership_id': self.siti.id, 'type_id': self.voluntary.id}),
        ]}
        with self.assertRefusedByDatabase('coop.savings.voucher.line', "enter what the member pays in or takes out"):
            self.env['coop.savings.voucher'].create(values)

    def test_amounts_below_one_rupiah_are_refused(self):
        with self.assertRefused(r"cannot be right. Enter an amount from Rp.*1\.00 to", ValidationError):
            self._draft(0.5)

    def test_a_slip_of_the_finger_is_refused(self):
        with self.assertRefused(r"cannot be right.*10,000,000,000,000", ValidationError):
            self._draft(10**13 + 1)
        self.assertTrue(self._draft(10**13))

    def test_cash_is_paid_in_whole_rupiah(self):
        with self.assertRefused("no whole multiple of.*Enter what is really paid"):
            self._draft(5_000.5).action_post()

    def test_company_rounds_to_what_it_says(self):
        self.company.coop_rounding_unit = 100
        with self.assertRefused(r"no whole multiple of Rp.*100"):
            self._draft(5_050).action_post()
        voucher = self._draft(5_100)
        voucher.action_post()
        self.assertEqual(voucher.state, 'posted')

    def test_rupiah_round_to_one_and_other_money_to_its_own_unit(self):
        self.assertEqual(self.company.coop_rounding_unit, 1)
        dollars = self.env['res.company'].create({'name': "USD", 'currency_id': self.env.ref('base.USD').id})
        self.assertEqual(dollars.coop_rounding_unit, 0.01)

    # === JOURNAL AND ACCOUNT === #

    def test_voucher_without_a_journal_is_refused(self):
        draft = self._draft()
        draft.journal_id = False
        with self.assertRefused("Choose the cash or bank journal"):
            draft.action_post()

    def test_journal_without_an_account_is_refused(self):
        journal = self.cash_journal.copy({'code': 'CSHX', 'name': "Box"})
        journal.default_account_id = False
        with self.assertRefused("has no account of its own yet. Ask the accountant"):
            self._draft(journal_id=journal.id).action_post()

    def test_savings_type_without_an_account_is_refused(self):
        bare = self.env['coop.savings.type'].create({'name': "Holiday", 'kind': 'voluntary'})
        with self.assertRefused("“Holiday” has no account yet", RedirectWarning):
            self._draft(savings_type=bare).action_post()

    def test_account_of_other_savings_is_not_used_twice(self):
        with self.assertRefusedByDatabase('coop.savings.type', "Choose another account, or create one"):
            self.env['coop.savings.type'].create({
                'name': "Holiday", 'kind': 'voluntary', 'account_id': self.voluntary.account_id.id,
            })

    def test_empty_voucher_is_refused(self):
        with self.assertRefused("add at least one member and amount"):
            self.env['coop.savings.voucher'].create({'journal_id': self.cash_journal.id}).action_post()

    # === PERIOD AND DATE === #

    def test_posting_into_a_locked_period_is_refused(self):
        draft = self._draft(date='2026-01-20')
        self.company.fiscalyear_lock_date = '2026-01-31'
        with self.assertRefused("closed up to 01/31/2026.*Choose a later date, or ask the accountant"):
            draft.action_post()
        self.assertFalse(draft.move_id)
        draft.date = '2026-02-01'
        draft.action_post()
        self.assertEqual(str(draft.move_id.date), '2026-02-01')

    def test_cancelling_into_a_locked_period_is_refused(self):
        voucher = self._save(self.siti, {self.voluntary: 25_000})
        self.company.fiscalyear_lock_date = self.today
        with self.assertRefused("The books are closed up to"):
            voucher._cancel_with_reason("x")
        self.assertEqual(voucher.state, 'posted')

    def test_cashier_does_not_date_back(self):
        yesterday = fields.Date.subtract(self.today, days=1)
        draft = self._draft(user=self.cashier, date=yesterday)
        with self.assertRefused("Cashiers date payments .* or later"):
            draft.action_post()
        draft.with_user(self.accountant).action_post()
        self.assertEqual(draft.state, 'posted')

    def test_cashier_dates_back_as_far_as_the_company_allows(self):
        self.company.coop_backdate_days = 2
        inside = self._draft(user=self.cashier, date=fields.Date.subtract(self.today, days=2))
        inside.action_post()
        self.assertEqual(inside.state, 'posted')
        with self.assertRefused("Cashiers date payments"):
            self._draft(user=self.cashier, date=fields.Date.subtract(self.today, days=3)).action_post()

    def test_negative_days_are_no_setting(self):
        with self.assertRefusedByDatabase('res.company', "A number of days cannot be less than zero"):
            self.company.coop_backdate_days = -1
            self.company.flush_recordset()

    # === MEMBERS === #

    def test_withdrawal_of_several_lines_together_is_covered(self):
        self._save(self.siti, {self.voluntary: 10_000})
        draft = self.env['coop.savings.voucher'].create({
            'direction': 'out', 'journal_id': self.cash_journal.id, 'line_ids': [Command.create({
                'membership_id': self.siti.id, 'type_id': self.voluntary.id, 'amount': 6_000,
            })] * 2,
        })
        with self.assertRefused("10,000.*more than that cannot be taken out"):
            draft.action_post()

    def test_candidate_does_not_save_voluntarily(self):
        candidate = self.env['coop.membership'].create({
            'partner_id': self.env['res.partner'].create({'name': "Calon"}).id,
        })
        with self.assertRefused("Calon is still a candidate"):
            self._save(candidate, {self.voluntary: 5_000})

    def test_who_posted_is_kept_and_not_forged(self):
        draft = self._draft(user=self.cashier)
        with self.assertRefused("own buttons"):
            draft.with_user(self.cashier).poster_id = self.accountant
        draft.with_user(self.cashier).action_post()
        self.assertEqual(draft.poster_id, self.cashier)
        with self.assertRefused("own buttons"):
            draft.line_ids.with_user(self.cashier).create({
                'voucher_id': draft.id, 'membership_id': self.siti.id, 'type_id': self.voluntary.id, 'amount': 1,
                'balance_after': 9,
            })
