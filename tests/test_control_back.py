from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_payout import PayoutCommon
from odoo.addons.producer_cooperative.tests.common_pool import PoolCommon


@tagged('post_install', '-at_install')
class TestWayBack(PayoutCommon):
    """One way back for what moved money: a reversal from the document, with its reason, in an open period."""

    def _documents(self):
        """Return posted documents of each kind that books with members, each with who cancels it."""
        advance = self.env['coop.settlement.advance'].create({
            'membership_id': self.siti.id, 'amount': 1_000, 'date': self.today, 'journal_id': self.cash_journal.id,
        })
        advance.action_post()
        payout = self._draft(self.cash_journal)
        payout.line_ids = [self._line_values(self.of_budi)]
        payout.action_post()
        return [self._save(self.siti, {self.voluntary: 50_000}, date=self.today), advance, payout, self.of_siti]

    def test_both_papers_are_kept_with_the_reason(self):
        for document in self._documents():
            entry, number = document.move_id, document.name
            before = {line.account_id: 0.0 for line in entry.line_ids}
            document.with_user(self.accountant)._cancel_with_reason("Written twice")
            reversal = document.reversal_move_id
            self.assertEqual((document.state, document.name, document.cancel_reason), (
                'cancelled', number, "Written twice",
            ))
            self.assertEqual((entry.state, reversal.state), ('posted', 'posted'), document)
            self.assertEqual(reversal.reversed_entry_id, entry)
            self.assertIn("Written twice", reversal.ref)
            for line in (entry | reversal).line_ids:
                before[line.account_id] += line.balance
            self.assertFalse([account.code for account, balance in before.items() if not self.rupiah.is_zero(balance)])
            self.assertEqual(self.env['coop.oversight'].search([
                ('what', '=', 'cancelled'), ('res_model', '=', document._name), ('res_id', '=', document.id),
            ]).reason, "Written twice")

    def test_nothing_is_reversed_into_a_closed_period(self):
        documents = self._documents()
        self.company.fiscalyear_lock_date = self.today
        for document in documents:
            try:
                with self.env.cr.savepoint():
                    document.with_user(self.accountant)._cancel_with_reason("Late")
            except Exception as error:  # pylint: disable=broad-exception-caught; its words are what is tested
                self.assertIn("closed up to", str(error), document)
                continue
            self.assertGreater(document.reversal_move_id.date, self.today, document)
            self.assertEqual(document.move_id.state, 'posted')

    def test_reason_is_asked_of_everybody(self):
        for document in self._documents():
            action = document.with_user(self.accountant).action_cancel()
            wizard = self.env['coop.document.cancel'].with_user(self.accountant).with_context(
                **action['context'],
            ).create({'reason': " "})
            with self.assertRefused("Say why"):
                wizard.action_confirm()

    def test_cancelled_document_is_not_cancelled_again(self):
        for document in self._documents():
            document.with_user(self.accountant)._cancel_with_reason("Once")
            with self.assertRefused("nothing further can be done"):
                document.with_user(self.accountant)._cancel_with_reason("Twice")


@tagged('post_install', '-at_install')
class TestDueDateBack(PoolCommon):
    """An approved move of due dates is taken back by the chair: what is still open is due as before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.season = cls.env['coop.season'].create({'name': "Wet season", 'date_end': '2027-03-31'})
        cls.pool = cls._create_pool(season_id=cls.season.id)
        cls._request(cls.pool, {cls.siti: 10, cls.budi: 50})
        cls._run(cls.pool, 60)
        cls._hand_out(cls.pool)
        cls.pool.action_create_invoices()
        cls.pool.invoice_ids.invoice_date = '2026-11-02'
        cls.pool.invoice_ids.action_post()
        cls.change = cls._move('2027-08-31')

    @classmethod
    def _move(cls, date):
        change = cls.env['coop.due.change'].with_user(cls.officer).create({
            'season_id': cls.season.id, 'date_due': date, 'reason': "Drought",
        })
        change.action_request()
        change.with_user(cls.manager).action_approve()
        return change.with_env(cls.env)

    def _due(self):
        items = self.pool.invoice_ids.line_ids.filtered(lambda line: line.display_type == 'payment_term')
        return {str(date) for date in items.mapped('date_maturity')}

    def test_due_dates_go_back_and_the_paper_stays(self):
        self.assertEqual(self._due(), {'2027-08-31'})
        self.change.with_user(self.manager)._cancel_with_reason("It rained after all")
        self.assertEqual(self._due(), {'2027-03-31'})
        self.assertEqual({str(move.invoice_date_due) for move in self.pool.invoice_ids}, {'2027-03-31'})
        self.assertEqual((self.change.state, len(self.change.line_ids)), ('cancelled', 2))
        self.assertEqual(self.change.cancel_reason, "It rained after all")

    def test_only_the_chair_takes_it_back(self):
        for user in (self.officer, self.accountant):
            with self.assertRaises(AccessError):
                self.change.with_user(user)._cancel_with_reason("x")
        self.assertEqual(self._due(), {'2027-08-31'})

    def test_later_move_is_taken_back_first(self):
        later = self._move('2027-12-31')
        with self.assertRefused("moved the same invoices again"):
            self.change.with_user(self.manager)._cancel_with_reason("x")
        later.with_user(self.manager)._cancel_with_reason("x")
        self.assertEqual(self._due(), {'2027-08-31'})
        self.change.with_user(self.manager)._cancel_with_reason("y")
        self.assertEqual(self._due(), {'2027-03-31'})

    def test_what_was_paid_meanwhile_is_left_alone(self):
        invoice = self.pool.invoice_ids[0]
        self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=invoice.ids,
        ).create({'journal_id': self.cash_journal.id, 'payment_date': fields.Date.today()})._create_payments()
        self.change.with_user(self.manager)._cancel_with_reason("x")
        self.assertEqual(self._due(), {'2027-08-31', '2027-03-31'})
