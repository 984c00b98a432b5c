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

    def _get_paper(self, receipt):
        """Return the answer of the server that the cashier asks for the paper."""
        self.authenticate(self.cashier.login, self.cashier.login)
        return self.url_open(f'/report/pdf/producer_cooperative.report_coop_counter_receipt_half/{receipt.id}')

    def test_six_actions_from_the_search_to_the_paper_by_keyboard(self):
        self.assertEqual(int(self.siti.number), 1)
        self._get_paper(self._serve(self.budi))  # the first paper of a server takes its time
        self.start_tour('/odoo/coop-counter', 'coop_counter_keyboard', login=self.cashier.login, timeout=240)
        receipt = self._receipts().filtered(lambda receipt: receipt.membership_id == self.siti)
        self.assertEqual(receipt.poster_id, self.cashier)
        self.assertEqual((receipt.amount_in, receipt.amount_out), (25_000, 9_000))
        self.assertEqual((receipt.print_count, self.invoice.amount_residual), (1, 35_000))

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
        for number in (1, 2):
            self.assertEqual(self._get_paper(receipt).status_code, 200)
            self.assertEqual(receipt.print_count, number)
        self.assertEqual(self._receipts(), receipt)
