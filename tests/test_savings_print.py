from odoo import Command
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common import CoopCommon

VOUCHER = 'producer_cooperative.report_coop_savings_voucher'
SLIP = 'producer_cooperative.report_coop_savings_slip'


@tagged('post_install', '-at_install')
class TestSavingsPrint(CoopCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.siti = cls._create_member("Siti", number='00012')
        cls.budi = cls._create_member("Budi", number='00015')
        cls.voucher = cls.env['coop.savings.voucher'].create({
            'date': '2026-03-02', 'journal_id': cls.cash_journal.id, 'note': "Market day", 'line_ids': [
                Command.create({'membership_id': member.id, 'type_id': savings_type.id, 'amount': amount})
                for member, savings_type, amount in (
                    (cls.siti, cls.mandatory, 10_000), (cls.budi, cls.mandatory, 10_000),
                    (cls.siti, cls.voluntary, 25_000),
                )
            ],
        })

    def _print(self, report, records, user=None):
        content, _kind = self.env['ir.actions.report'].with_user(user or self.env.user)._render_qweb_pdf(
            report, records.ids,
        )
        return content.decode()

    def test_slip_has_number_member_amounts_total_words_and_balance(self):
        self._save(self.siti, {self.voluntary: 5_000}, date='2026-02-01')
        self.voucher.action_post()
        siti_lines = self.voucher.line_ids.filtered(lambda line: line.membership_id == self.siti)
        html = self._print(SLIP, siti_lines)
        for text in (
            f"{self.voucher.name}-001", "00012", "Siti", "Mandatory Savings", "Voluntary Savings", "10,000", "25,000",
            "35,000", "Thirty-Five Thousand Rupiah", "30,000", "signature or thumbprint", "03/02/2026",
        ):
            self.assertIn(text, html)
        self.assertNotIn("Budi", html)
        self.assertNotIn("COPY", html)

    def test_one_slip_for_each_member_of_the_voucher(self):
        self.voucher.action_post()
        action = self.voucher.with_user(self.cashier).action_print_slips()
        self.assertEqual(action['context']['active_ids'], self.voucher.line_ids.ids)
        html = self._print(SLIP, self.voucher.line_ids)
        self.assertEqual(html.count("page-break-inside"), 2)
        self.assertIn(f"{self.voucher.name}-002", html)

    def test_slip_of_one_line_shows_all_that_the_member_has_on_the_voucher(self):
        self.voucher.action_post()
        action = self.voucher.line_ids[0].with_user(self.cashier).action_print_slip()
        self.assertEqual(action['context']['active_ids'], (self.voucher.line_ids[0] | self.voucher.line_ids[2]).ids)

    def test_slip_speaks_the_members_language(self):
        self.env['res.lang']._activate_lang('id_ID')
        self.siti.partner_id.lang = 'id_ID'
        self.voucher.action_post()
        html = self._print(SLIP, self.voucher.line_ids)
        self.assertIn("Tiga Puluh Lima Ribu Rupiah", html)
        self.assertIn("Ten Thousand Rupiah", html)

    def test_balance_on_the_slip_stays_what_it_was(self):
        self.voucher.action_post()
        line = self.voucher.line_ids[2]
        self.assertEqual(line.balance_after, 25_000)
        self._save(self.siti, {self.voluntary: 5_000})
        self.assertEqual(line.balance_after, 25_000)

    def test_slip_of_a_voucher_from_before_balances_were_kept_shows_none(self):
        self.voucher.action_post()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE coop_savings_voucher_line SET balance_after = NULL WHERE voucher_id = %s", [self.voucher.id],
        )
        self.env.invalidate_all()
        html = self._print(SLIP, self.voucher.line_ids)
        self.assertIn("Thirty-Five Thousand Rupiah", html)
        self.assertNotIn("Balance After", html)
        self.assertNotIn("0.00", html.replace("000.00", ""))

    def test_balance_of_nothing_is_shown_as_such(self):
        self._save(self.siti, {self.voluntary: 25_000})
        payout = self._save(self.siti, {self.voluntary: 25_000}, direction='out')
        self.assertEqual(payout.line_ids._get_with_balance(), payout.line_ids)
        self.assertIn("Balance After", self._print(SLIP, payout.line_ids))

    def test_balance_after_a_transfer_is_that_of_the_savings_it_goes_into(self):
        self.voucher.action_post()
        transfer = self.env['coop.savings.voucher'].create({
            'direction': 'transfer', 'line_ids': [Command.create({
                'membership_id': self.siti.id, 'type_id': self.voluntary.id, 'to_type_id': self.mandatory.id,
                'amount': 5_000,
            })],
        })
        transfer.action_post()
        # 10,000 on admission, 10,000 by the voucher, 5,000 transferred
        self.assertEqual(transfer.line_ids.balance_after, 25_000)
        self.assertIn("Savings Transfer", self._print(SLIP, transfer.line_ids))

    def test_reprint_says_copy_and_prints_are_counted(self):
        self.voucher.action_post()
        for report, records in ((VOUCHER, self.voucher), (SLIP, self.voucher.line_ids)):
            self.assertNotIn("COPY", self._print(report, records))
            self.assertEqual(set(records.mapped('print_count')), {1})
            self.assertIn("COPY", self._print(report, records, self.supervisor))
            self.assertEqual(set(records.mapped('print_count')), {2})

    def test_draft_is_no_receipt(self):
        with self.assertRefused("Post the voucher first"):
            self.voucher.action_print_slips()
        with self.assertRefused("Post the voucher first"):
            self.voucher.line_ids[0].action_print_slip()
        self.assertIn("DRAFT, NOT A RECEIPT", self._print(VOUCHER, self.voucher))
        self.assertEqual(self.voucher.print_count, 0)

    def test_cancelled_voucher_prints_as_void_with_the_reason(self):
        self.voucher.action_post()
        self.voucher._cancel_with_reason("Counted twice")
        for report, records in ((VOUCHER, self.voucher), (SLIP, self.voucher.line_ids)):
            html = self._print(report, records)
            self.assertIn("VOID", html)
            self.assertIn("Counted twice", html)

    def test_voucher_names_cash_box_cashier_and_remark(self):
        self.voucher.with_user(self.accountant).action_post()
        html = self._print(VOUCHER, self.voucher)
        for text in (self.cash_journal.name, self.accountant.name, "Market day", "Forty-Five Thousand Rupiah"):
            self.assertIn(text, html)

    def test_cashier_and_officer_print(self):
        self.voucher.action_post()
        for user in (self.cashier, self.officer):
            self.assertIn("Siti", self._print(SLIP, self.voucher.line_ids, user))
            self.assertIn("Siti", self._print(VOUCHER, self.voucher, user))
