from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import format_date

from odoo.addons.producer_cooperative.tests.common_consignment import ConsignmentCommon


@tagged('post_install', '-at_install')
class TestConsignmentClosing(ConsignmentCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.next_day = fields.Date.add(cls.today, days=1)

    def test_accrual_books_commission_and_takes_it_back_the_next_day(self):
        self._sold(self.siti, 60)
        self._sold(self.budi, 40)
        accrual = self._accrue()
        self.assertEntry(accrual.move_id, [(self.clearing, None, 100), (self.commission, None, -100)])
        self.assertEntry(accrual.reversal_move_id, [(self.clearing, None, -100), (self.commission, None, 100)])
        self.assertEqual(accrual.move_id.date, self.today)
        self.assertEqual(accrual.reversal_move_id.date, self.next_day)
        self.assertRecordValues(accrual.line_ids.sorted('amount_gross'), [
            {'membership_id': self.budi.id, 'amount_gross': 400, 'amount_commission': 40},
            {'membership_id': self.siti.id, 'amount_gross': 600, 'amount_commission': 60},
        ])

    def test_second_accrual_of_the_same_day_books_only_what_is_new(self):
        self._sold(self.siti, 60)
        self._accrue()
        with self.assertRefused("nothing to accrue"):
            self._accrue()
        self._sold(self.budi, 40)
        self.assertEqual(self._accrue().amount_commission, 40)

    def test_settled_sales_are_not_accrued(self):
        self._sold(self.siti, 60)
        self._settle(self.siti)
        with self.assertRefused("nothing to accrue"):
            self._accrue()

    def test_sales_that_were_settled_after_the_day_are_accrued_on_it(self):
        yesterday = fields.Date.subtract(self.today, days=1)
        self._bring(self.siti, 60)
        order = self._sell(60)
        delivery = self._deliver(order)
        delivery.move_ids.date = yesterday
        self._invoice(order, date=yesterday)
        self._settle(self.siti)
        self.assertEqual(self._accrue(yesterday).amount_commission, 60)
        self.assertClearingExplained(yesterday)
        self.assertClearingExplained()

    def test_clearing_balance_is_what_is_invoiced_less_settled_less_accrued(self):
        self._sold(self.siti, 60)
        self._sold(self.budi, 40)
        self._settle(self.siti)
        self._accrue()
        explained = self.assertClearingExplained()
        self.assertEqual(explained, {
            'ledger': 360, 'invoiced': 1_000, 'settled': 600, 'accrued': 40, 'lost': 0, 'difference': 0,
        })
        self.assertEqual(self.assertClearingExplained(self.next_day)['ledger'], 400)

    def test_cancelled_settlement_is_explained_as_well(self):
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        settlement._cancel_with_reason("Wrong")
        self.assertEqual(self.assertClearingExplained()['settled'], 0)

    def test_somebodys_own_entry_on_clearing_shows_as_difference(self):
        self._sold(self.siti, 60)
        entry = self.env['account.move'].create({'journal_id': self.company.coop_journal_id.id, 'line_ids': [
            (0, 0, {'account_id': self.clearing.id, 'balance': 5}),
            (0, 0, {'account_id': self.commission.id, 'balance': -5}),
        ]})
        entry.action_post()
        self.assertEqual(self.company._coop_get_clearing_reconciliation(self.today)['difference'], -5)
        self._accrue()
        self.assertRegex(self._obstacles()[0], "holds .*5.00.* that no sale, settlement or accrual")

    def test_unsettled_sales_hold_up_the_closing_until_they_are_settled_or_accrued(self):
        self.assertFalse(self._obstacles())
        self._sold(self.siti, 60)
        self.assertRegex(self._obstacles()[0], "neither settled nor accrued.*60.*Siti")
        self._accrue()
        self.assertFalse(self._obstacles())

    def test_open_settlements_hold_up_the_closing(self):
        self._sold(self.siti, 60)
        self._accrue()
        settlement = self._compute(self.siti)
        self.assertRegex(self._obstacles()[0], "not posted yet.*Siti")
        settlement.action_post()
        # the accrual of 60 that the settlement has made superfluous
        self.assertRegex(self._obstacles()[0], "60.* more commission of .*Siti.* is accrued")
        self.assertEqual(self._accrue().amount_commission, -60)
        self.assertFalse(self._obstacles())
        self.assertClearingExplained()

    def test_settling_on_a_day_that_is_accrued_says_to_accrue_it_again(self):
        self._sold(self.siti, 60)
        self._sold(self.budi, 40)
        self._accrue()
        settlement = self._compute(self.siti)
        notice = settlement.action_post()
        self.assertRegex(notice['params']['message'], "accrued already.*Accrue that day again")
        self.assertIn("stands twice", settlement.message_ids[0].body)
        self._accrue()
        self.assertTrue(self._compute(self.budi).action_post())
        self.assertEqual(self._accrue().amount_commission, -40)

    def test_settling_for_an_earlier_day_of_an_accrued_period_says_which_day_to_accrue_again(self):
        yesterday = fields.Date.subtract(self.today, days=1)
        self._bring(self.siti, 60)
        order = self._sell(60)
        self._deliver(order).move_ids.date = yesterday
        self._invoice(order, date=yesterday)
        self._accrue()
        settlement = self._compute(self.siti, yesterday)
        notice = settlement.action_post()
        self.assertIn(format_date(self.env, self.today), notice['params']['message'])
        self.assertEqual(self._accrue().amount_commission, -60)

    def test_run_notes_on_settlements_that_their_commission_is_accrued(self):
        self._sold(self.siti, 60)
        self._accrue()
        run = self.env['coop.settlement.run'].create({'date': self.today})
        run.action_preview()
        run.with_user(self.accountant).action_start()
        run._as_starter()._settle_next()
        self.assertIn("stands twice", "".join(run.settlement_ids.message_ids.mapped('body')))

    def test_nothing_is_settled_advanced_or_accrued_in_a_closed_period(self):
        self._sold(self.siti, 60)
        settlement = self._compute(self.siti)
        accrual = self.env['coop.commission.accrual'].create({'date': self.today})
        accrual.action_compute()
        advance = self.env['coop.settlement.advance'].create({
            'membership_id': self.siti.id, 'amount': 10, 'date': self.today, 'journal_id': self.cash_journal.id,
        })
        run = self.env['coop.settlement.run'].create({'date': self.today})
        run.action_preview()
        self.company.fiscalyear_lock_date = self.today
        for post in (settlement.action_post, accrual.action_post, advance.action_post, run.action_start):
            with self.assertRefused("The books are closed up to"):
                post()
        self.assertEqual([settlement.state, accrual.state, advance.state, run.state],
                         ['computed', 'draft', 'draft', 'previewed'])

    def test_settling_on_a_day_that_is_not_accrued_says_nothing(self):
        self._sold(self.siti, 60)
        self.assertIsNone(self._compute(self.siti).action_post())

    def test_missing_terms_hold_up_the_closing(self):
        self._bring(self.siti, 60)
        self.agreement.unlink()
        order = self._sell(60)
        self._deliver(order)
        self._invoice(order)
        self.assertRegex(self._obstacles()[0], "No consignment terms")

    def test_accountant_accrues_and_the_officer_does_not(self):
        self._sold(self.siti, 60)
        accrual = self.env['coop.commission.accrual'].with_user(self.accountant).create({'date': self.today})
        accrual.action_compute()
        accrual.action_post()
        self.assertEqual(accrual.state, 'posted')
        with self.assertRefused("not allowed", Exception):
            self.env['coop.commission.accrual'].with_user(self.officer).create({'date': self.today})

    def test_accrual_entry_is_not_undone_behind_its_back(self):
        self._sold(self.siti, 60)
        accrual = self._accrue()
        for entry in (accrual.move_id, accrual.reversal_move_id):
            with self.assertRefused("not undone by itself. To correct it, accrue .* again"):
                entry.button_draft()

    def test_levies_that_are_kept_are_accrued_and_those_passed_on_are_not(self):
        kept = self.env['account.account'].create({
            'name': "Jasa Timbang", 'code': '43000099', 'account_type': 'income_other',
        })
        self._create_agreement(self.siti, commission_rate=10, levy_ids=[
            Command.create({'name': "Weighing", 'kind': 'unit', 'fee': 1, 'account_id': kept.id}),
            Command.create({'name': "Village", 'rate': 5, 'account_id': self._account('fund_social').id}),
        ])
        self._sold(self.siti, 60)
        accrual = self._accrue()
        self.assertEntry(accrual.move_id, [
            (self.clearing, None, 120), (self.commission, None, -60), (kept, None, -60),
        ])
        self.assertEntry(accrual.reversal_move_id, [
            (self.clearing, None, -120), (self.commission, None, 60), (kept, None, 60),
        ])
        with self.assertRefused("nothing to accrue"):
            self._accrue()
        settlement = self._settle(self.siti)
        siti = self.siti.partner_id
        self.assertEntry(settlement.move_id, [  # 5 % of 540 = 27
            (self.clearing, siti, 600), (self.commission, siti, -60), (kept, siti, -60),
            (self._account('fund_social'), siti, -27), (self.proceeds, siti, -453),
        ])
        self.assertEqual(settlement.amount_levies, 87)
        accrual = self._accrue()
        self.assertEntry(accrual.move_id, [
            (self.clearing, None, -120), (self.commission, None, 60), (kept, None, 60),
        ])
        self.assertClearingExplained()

    def test_cost_of_goods_is_accrued_on_principal_basis(self):
        self.company.coop_consignment_basis = 'principal'
        cost = self._account('cost_of_goods')
        self._sold(self.siti, 60)
        accrual = self._accrue()
        self.assertEntry(accrual.move_id, [(cost, None, 540), (self.clearing, None, -540)])
        self.assertEntry(accrual.reversal_move_id, [(cost, None, -540), (self.clearing, None, 540)])
        with self.assertRefused("nothing to accrue"):
            self._accrue()
        self.assertClearingExplained()
        self.assertFalse(self._obstacles())

    def test_tiered_commission_is_accrued_as_it_will_be_settled(self):
        self._create_agreement(self.siti, commission_kind='tiered', band_ids=[
            Command.create({'lower': 0, 'rate': 10}), Command.create({'lower': 100, 'rate': 20}),
            Command.create({'lower': 300, 'rate': 30}),
        ])
        self._sold(self.siti, 10)
        self._settle(self.siti)
        self._sold(self.siti, 90)
        # 1,000 so far: 10 + 40 + 210 = 260, of which 10 are settled
        self.assertEqual(self._accrue().amount_commission, 250)
        self.assertEqual(self._settle(self.siti).amount_commission, 250)

    def _accrue(self, date=None):
        accrual = self.env['coop.commission.accrual'].create({'date': date or self.today})
        accrual.action_compute()
        accrual.action_post()
        return accrual

    def _obstacles(self):
        return self.company._coop_get_closing_obstacles(fields.Date.start_of(self.today, 'month'), self.today)
