from odoo.tests import HttpCase, tagged

from odoo.addons.producer_cooperative.tests.common_counter import CounterCommon


@tagged('post_install', '-at_install')
class TestCounterBrowser(CounterCommon, HttpCase):
    """The counter in a browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._owe(cls.siti, 60_000)

    def _receipts(self):
        return self.env['coop.counter.receipt'].search([('state', '=', 'posted')])

    def test_six_actions_from_the_search_to_the_paper_by_keyboard(self):
        self.assertEqual(int(self.siti.number), 1)
        self.start_tour('/odoo/coop-counter', 'coop_counter_keyboard', login=self.cashier.login, timeout=240)
        receipt = self._receipts()
        self.assertEqual((receipt.membership_id, receipt.poster_id), (self.siti, self.cashier))
        self.assertEqual((receipt.amount_in, receipt.amount_out), (60_000, 9_000))
        self.assertEqual(receipt.print_count, 1)

    def test_double_click_on_post_pays_once(self):
        self.start_tour('/odoo/coop-counter', 'coop_counter_double_click', login=self.cashier.login)
        receipt = self._receipts()
        self.assertEqual(len(receipt), 1)
        self.assertEqual(len(receipt.payment_ids), 1)
        self.assertEqual(self.invoice.amount_residual, 0)

    def test_browser_that_closed_after_the_posting_shows_what_was_posted(self):
        self.siti.card_code = 'KA0000000001'
        receipt = self._serve(self.siti)
        self.start_tour('/odoo/coop-counter', 'coop_counter_after_crash', login=self.cashier.login)
        self.assertEqual(self._receipts(), receipt)

    def test_receipt_is_printed_over_http_and_the_second_paper_is_a_copy(self):
        receipt = self._serve(self.siti)
        self.authenticate(self.cashier.login, self.cashier.login)
        for number in (1, 2):
            response = self.url_open(
                f'/report/pdf/producer_cooperative.report_coop_counter_receipt_half/{receipt.id}',
            )
            self.assertEqual(response.status_code, 200)
            self.assertEqual(receipt.print_count, number)
        self.assertEqual(self._receipts(), receipt)
