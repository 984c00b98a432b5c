from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_counter import CounterCommon

RECEIPT = 'producer_cooperative.report_coop_counter_receipt_%s'
CARD = 'producer_cooperative.report_coop_membership_card'


@tagged('post_install', '-at_install')
class TestCounterPapers(CounterCommon):

    def _print(self, receipt, paper='half', user=None):
        content, _kind = self.env['ir.actions.report'].with_user(user or self.cashier)._render_qweb_pdf(
            RECEIPT % paper, receipt.ids,
        )
        return content.decode()

    # === THE RECEIPT === #

    def test_receipt_has_number_member_amounts_words_and_room_to_sign(self):
        self._owe(self.siti, 60_000)
        receipt = self._serve(self.siti, {
            'invoice': 60_000, 'payable': 9_045, ('savings', self.voluntary): 40_000,
        }, note="Market day")
        html = self._print(receipt)
        for text in (
            receipt.name, self.siti.number, "Siti", "60,000", "9,000", "40,000", "balance now", self.of_siti.name,
            "One Hundred Thousand Rupiah", "Nine Thousand Rupiah", "signature or thumbprint", "Market day",
            "Stays owed to you", self.cashier.name, "91,000",
        ):
            self.assertIn(text, html)
        self.assertNotIn("COPY", html)
        self.assertNotIn("Stamp", html)

    def test_every_paper_prints_and_counts_as_one_original(self):
        receipt = self._serve(self.siti)
        for number, paper in enumerate(('a4', 'half', 'roll80', 'roll58')):
            html = self._print(receipt, paper)
            self.assertIn(receipt.name, html)
            self.assertEqual(receipt.print_count, number + 1)
            self.assertEqual(f"COPY (print {number + 1})" in html, number > 0)

    def test_button_prints_on_the_chosen_paper(self):
        receipt = self._serve(self.siti)
        self.assertEqual(receipt.action_print()['report_name'], RECEIPT % 'half')
        receipt.with_user(self.cashier).paper = 'roll58'
        self.assertEqual(receipt.action_print()['report_name'], RECEIPT % 'roll58')
        self.company.coop_counter_paper = 'a4'
        self.assertEqual(self._draft_receipt(self.budi).paper, 'a4')

    def test_draft_and_void_say_so(self):
        draft = self._draft_receipt(self.siti)
        self.assertIn("DRAFT, NOTHING IS PAID YET", self._print(draft))
        draft.with_user(self.cashier).action_post()
        self.assertNotIn("COPY", self._print(draft))  # the draft was no original
        self._void(draft, reason="Paid the wrong member")
        html = self._print(draft)
        self.assertIn("VOID: Paid the wrong member", html)
        self.assertIn("COPY (print 2)", html)
        self.assertIn(draft.name, html)

    def test_receipt_with_set_off_carries_the_consent(self):
        self._owe(self.budi, 10_000)
        html = self._print(self._serve(self.budi, set_off=True, consent_signed=True))
        self.assertIn("I consent that", html)
        self.assertIn("Set off, no money moved", html)

    # === STAMP DUTY === #

    def test_stamp_is_due_above_the_limit_and_savings_do_not_count(self):
        self._owe(self.siti, 6_000_000)
        exact = self._draft_receipt(self.siti, {'invoice': 5_000_000, ('savings', self.voluntary): 900_000})
        self.assertEqual(exact.stamp_due, 0)
        above = self._draft_receipt(self.siti, {'invoice': 5_000_100})
        self.assertEqual(above.stamp_due, 10_000)
        above.with_user(self.cashier).action_post()
        html = self._print(above)
        self.assertIn("Stamp", html)
        self.assertIn("10,000", html)

    def test_debts_set_off_count_for_the_stamp_once(self):
        self.env['coop.stamp.duty'].create({
            'date_from': '2026-01-01', 'limit': 15_000, 'amount': 3_000, 'company_id': self.company.id,
        })
        self._owe(self.budi, 15_000)
        # 15,000 set off and 3,000 handed over are 18,000; the set-off alone is not above the limit.
        receipt = self._draft_receipt(self.budi, set_off=True, consent_signed=True)
        self.assertEqual((receipt._get_stamped_amount(), receipt.stamp_due), (18_000, 3_000))
        self.assertEqual(self._draft_receipt(self.siti).stamp_due, 0)

    def test_stamp_that_was_due_stays_when_the_law_changes(self):
        self._owe(self.siti, 6_000_000)
        receipt = self._serve(self.siti, {'invoice': 6_000_000})
        self.env['coop.stamp.duty'].with_user(self.accountant).create({
            'date_from': self.today, 'limit': 5_000_000, 'amount': 0,
        })
        receipt.invalidate_recordset()
        self.assertEqual(receipt.stamp_due, 10_000)
        with self.assertRefused("", AccessError):
            self.env['coop.stamp.duty'].with_user(self.cashier).create({
                'date_from': '2026-02-01', 'limit': 1, 'amount': 1,
            })

    # === THE CARD === #

    def test_card_has_a_barcode_of_its_own_and_a_new_card_another(self):
        self.siti.with_user(self.officer).action_print_card()
        code = self.siti.card_code
        self.assertRegex(code, r'^KA\d{10}$')
        self.siti.with_user(self.cashier).action_print_card()
        self.assertEqual(self.siti.card_code, code)
        html = self.env['ir.actions.report']._render_qweb_html(CARD, self.siti.ids)[0].decode()
        for text in (code, "Siti", self.siti.number, "<svg"):
            self.assertIn(text, html)
        self.siti.with_user(self.cashier).action_renew_card()
        self.assertNotEqual(self.siti.card_code, code)
        self.assertFalse(self._find(code))

    def test_card_codes_are_not_typed_in(self):
        for user in (self.officer, self.manager):
            with self.assertRefused("own buttons", AccessError):
                self.siti.with_user(user).write({'card_code': 'KA1'})
        candidate = self.env['coop.membership'].create({
            'partner_id': self.env['res.partner'].create({'name': "Calon"}).id,
        })
        with self.assertRefused("gets no card"):
            candidate.action_print_card()
        with self.assertRefused("", AccessError):
            self.siti.with_user(self.supervisor).action_print_card()

    # === FINDING A MEMBER === #

    def test_member_is_found_by_number_name_phone_and_card(self):
        self.siti.partner_id.phone = '+62 812-3456-7890'
        self.siti.action_print_card()
        for text in (self.siti.number, str(int(self.siti.number)), "sit", '081234567890', '3456 7890',
                     self.siti.card_code, self.siti.card_code.lower()):
            self.assertIn(self.siti, self._find(text), text)
        self.assertEqual(self._find(self.siti.card_code), self.siti)
        self.assertNotIn(self.budi, self._find('081234567890'))
        self.assertFalse(self._find('0899999'))

    def _find(self, text):
        """Return the members that the cashier's search offers."""
        Membership = self.env['coop.membership'].with_user(self.cashier).with_context(coop_counter_search=True)
        return self.env['coop.membership'].browse([member_id for member_id, _name in Membership.name_search(text)])

    def test_member_has_the_counter_and_its_receipts_at_hand(self):
        self._serve(self.siti)
        self._draft_receipt(self.siti, {('savings', self.voluntary): 1_000})
        self.assertEqual(self.siti.counter_receipt_count, 1)
        action = self.siti.with_user(self.cashier).action_open_counter()
        self.assertEqual(action['context']['default_membership_id'], self.siti.id)
        self.assertEqual(
            self.env['coop.counter.receipt'].search(self.siti.action_view_counter_receipts()['domain']),
            self.env['coop.counter.receipt'].search([('membership_id', '=', self.siti.id)]),
        )

    def test_drafts_of_days_that_are_over_are_dropped(self):
        old, new = self._draft_receipt(self.siti), self._draft_receipt(self.siti)
        posted = self._serve(self.budi)
        old.date = '2026-01-10'
        self.env['coop.counter.receipt']._gc_drafts()
        self.assertFalse(old.exists())
        self.assertTrue(new.exists() and posted.exists())
