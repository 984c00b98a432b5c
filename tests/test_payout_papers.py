import io

from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_payout import PayoutCommon

LIST = 'producer_cooperative.report_coop_payout'
SLIP = 'producer_cooperative.report_coop_payout_slip'


@tagged('post_install', '-at_install')
class TestPayoutPapers(PayoutCommon):

    def _print(self, report, records, user=None):
        content, _kind = self.env['ir.actions.report'].with_user(user or self.env.user)._render_qweb_pdf(
            report, records.ids,
        )
        return content.decode()

    # === LIST AND SLIPS === #

    def test_list_has_members_settlements_amounts_words_and_room_to_sign(self):
        payout = self._pay(note="Harvest of March")
        html = self._print(LIST, payout, self.cashier)
        for text in (
            payout.name, self.siti.number, "Siti", self.of_siti.name, "9,000", "Budi", self.of_budi.name, "18,000",
            "27,000", "Twenty-Seven Thousand Rupiah", "Harvest of March", "45", "90", "Signature or Thumbprint",
            "Witness", "o_coop_sign",
        ):
            self.assertIn(text, html)
        self.assertNotIn("COPY", html)
        self.assertIn("COPY (print 2)", self._print(LIST, payout))

    def test_list_says_whether_it_counts(self):
        payout = self._fill()
        self.assertIn("DRAFT, NOTHING IS PAID YET", self._print(LIST, payout))
        payout.action_post()
        payout._cancel_with_reason("Counted wrong")
        html = self._print(LIST, payout)
        self.assertIn("VOID: Counted wrong", html)
        self.assertNotIn("COPY", html)  # the draft was no original

    def test_list_as_spreadsheet_has_the_same_rows(self):
        payout = self._pay()
        sheet = load_workbook(io.BytesIO(payout._get_report_xlsx())).worksheets[0]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        self.assertTrue(any(row[:6] == [1, self.siti.number, "Siti", self.of_siti.name, 9_000, 45] for row in rows))

    def test_slip_has_what_was_owed_paid_and_stays_owed(self):
        payout = self._pay()
        html = self._print(SLIP, self._of(payout, self.siti), self.cashier)
        for text in (
            f"{payout.name}-001", self.siti.number, "Siti", self.of_siti.name, "9,045", "9,000", "45",
            "Stays owed to you", "Nine Thousand Rupiah", "signature or thumbprint",
        ):
            self.assertIn(text, html)
        self.assertNotIn("Budi", html)
        self.assertIn("COPY (print 2)", self._print(SLIP, self._of(payout, self.siti)))

    def test_slip_speaks_the_members_language(self):
        self.env['res.lang']._activate_lang('id_ID')
        self.siti.partner_id.lang = 'id_ID'
        payout = self._pay()
        html = self._print(SLIP, payout.line_ids)
        self.assertIn("Sembilan Ribu Rupiah", html)
        self.assertIn("Eighteen Thousand Rupiah", html)

    def test_slips_are_for_posted_payouts(self):
        payout = self._fill()
        with self.assertRefused("Post the payout first"):
            payout.action_print_slips()
        payout.action_post()
        action = payout.with_user(self.cashier).action_print_slips()
        self.assertEqual(action['context']['active_ids'], payout.line_ids.ids)

    def test_paper_keeps_what_was_owed_when_it_was_posted(self):
        payout = self._draft(line_ids=[self._line_values(self.of_siti, 5_000)])
        payout.action_post()
        self._pay()
        self.assertEqual((payout.line_ids.amount_open, payout.line_ids.amount_left), (9_045, 4_045))

    # === NOTES AND COINS === #

    def test_every_envelope_can_be_filled_with_the_notes_that_are_asked_for(self):
        payout = self._fill()
        self.assertEqual(payout._get_envelopes(), {
            self.siti.partner_id: {5_000: 1, 2_000: 2},
            self.budi.partner_id: {10_000: 1, 5_000: 1, 2_000: 1, 1_000: 1},
        })
        table = payout._get_envelope_table()
        needed, worth = table.rows[-2:]
        self.assertEqual(
            [needed.values[note] for note in ('10000', '5000', '2000', '1000')], [1, 2, 3, 1],
        )
        self.assertEqual((needed.values['amount'], worth.values['amount']), (27_000, 27_000))
        self.assertIn("Notes and Coins", self._print(LIST, payout))
        self.assertIn("10.000", payout.with_user(self.cashier).preview)

    def test_transfers_need_no_notes(self):
        self._open_account(self.siti, '0012345678')
        payout = self._fill(self.bank_journal)
        self.assertEqual(payout._get_envelopes(), {})
        self.assertNotIn("Notes and Coins", self._print(LIST, payout))

    # === BANK TRANSFER === #

    def test_only_approved_accounts_are_paid(self):
        self._open_account(self.siti, '0012345678')
        self._open_account(self.budi, '0087654321', approve=False)
        payout = self._draft(self.bank_journal)
        notice = payout.action_fill()
        self.assertEqual(payout.line_ids.membership_id, self.siti)
        self.assertIn("Without an approved bank account, and not on this payout: Budi", notice['params']['message'])

    def test_missing_unapproved_and_foreign_accounts_are_named_when_posting(self):
        account = self._open_account(self.siti, '0012345678')
        waiting = self._open_account(self.budi, '0087654321', approve=False)
        payout = self._draft(self.bank_journal, line_ids=[
            self._line_values(self.of_siti), self._line_values(self.of_budi),
        ])
        with self.assertRefused("No bank account is chosen for: .*Budi"):
            payout.action_post()
        self._of(payout, self.budi).partner_bank_id = waiting
        with self.assertRefused("4321 of .*Budi waits for approval"):
            payout.action_post()
        self._of(payout, self.budi).partner_bank_id = account
        with self.assertRefused("5678 is not one of .*Budi"):
            payout.action_post()
        waiting.with_user(self.manager).action_coop_approve()
        self._of(payout, self.budi).partner_bank_id = waiting
        account.with_user(self.manager).action_coop_withdraw_approval()
        with self.assertRefused("5678 of .*Siti waits for approval"):
            payout.action_post()
        self.assertEqual(payout.state, 'draft')

    def test_transfer_file_has_one_row_for_each_account_with_leading_zeros(self):
        self._open_account(self.siti, '0012-345.678', acc_holder_name="SITI AMINAH")
        self.siti.partner_id.email = 'siti@example.com'
        self._sold(self.siti, 60)
        self._settle(self.siti)
        payout = self._pay(self.bank_journal)
        self.assertEqual(payout._get_transfer_content().decode().splitlines(), [
            "Bank Code,Bank Name,Account Number,Account Holder,Amount,Currency,Reference,E-mail",
            f"BRINIDJA,BRI,0012345678,SITI AMINAH,9585,IDR,{payout.name}-001,siti@example.com",
        ])

    def test_transfer_file_runs_no_formula(self):
        self._open_account(self.siti, '0012345678', acc_holder_name="=HYPERLINK(\"http://x\")")
        payout = self._pay(self.bank_journal)
        self.assertIn("\"'=HYPERLINK(\"\"http://x\"\")\"", payout._get_transfer_content().decode())
        payout.transfer_format = 'xlsx'
        cells = load_workbook(io.BytesIO(payout._get_transfer_content())).worksheets[0][2]
        self.assertEqual([cells[2].value, cells[3].value], ['0012345678', "'=HYPERLINK(\"http://x\")"])
        self.assertEqual({cell.data_type for cell in cells} - {'n'}, {'s'})

    def test_transfer_file_is_attached_and_the_same_every_time(self):
        account = self._open_account(self.siti, '0012345678')
        for kind, separator in (('csv', 'semicolon'), ('xlsx', 'comma')):
            with self.subTest(kind=kind):
                self.company.write({'coop_transfer_format': kind, 'coop_transfer_separator': separator})
                payout = self._pay(self.bank_journal)
                attachment = self.env['ir.attachment'].search([
                    ('res_model', '=', 'coop.payout'), ('res_id', '=', payout.id),
                ])
                self.assertEqual(attachment.name, f"{payout.name.replace('/', '-')}.{kind}")
                content = attachment.raw
                # Whatever changes later, the file stays what was posted.
                self.company.write({'coop_transfer_format': 'csv', 'coop_transfer_separator': 'pipe'})
                self.siti.partner_id.name = "Siti Baru"
                account.with_user(self.officer).acc_number = '999'
                self.assertIn(f'/web/content/{attachment.id}?', payout.action_download_transfer_file()['url'])
                attachment.unlink()
                payout.with_user(self.cashier).action_download_transfer_file()
                again = self.env['ir.attachment'].search([
                    ('res_model', '=', 'coop.payout'), ('res_id', '=', payout.id),
                ])
                self.assertEqual(again.raw, content)
                payout._cancel_with_reason("Again")
                account.with_user(self.officer).acc_number = '0012345678'
                account.with_user(self.manager).action_coop_approve()

    def test_transfer_file_is_made_of_posted_transfers_only(self):
        self._open_account(self.siti, '0012345678')
        payout = self._fill(self.bank_journal)
        with self.assertRefused("Post the payout first"):
            payout.action_download_transfer_file()
        payout.action_post()
        payout._cancel_with_reason("Wrong account")
        with self.assertRefused("posted payouts only"):
            payout.action_download_transfer_file()
        with self.assertRefused("paid in cash"):
            self._fill(membership_ids=self.budi.ids).action_download_transfer_file()
        with self.assertRaises(AccessError):
            payout.with_user(self.warehouse_user).action_download_transfer_file()

    def test_paper_shows_the_last_digits_of_an_account_only(self):
        self._open_account(self.siti, '0012345678')
        payout = self._pay(self.bank_journal)
        for report, records in ((LIST, payout), (SLIP, payout.line_ids)):
            html = self._print(report, records)
            self.assertIn("BRI •••• 5678", html)
            self.assertNotIn("0012345678", html)
