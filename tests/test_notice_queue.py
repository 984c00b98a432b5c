from urllib.parse import unquote

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.producer_cooperative.tests.common_counter import CounterCommon
from odoo.addons.producer_cooperative.tests.common_notice import NoticeMixin


@tagged('post_install', '-at_install')
class TestNoticeQueue(NoticeMixin, CounterCommon):
    """What members are told: to the right address, once, in their language, on the way that they chose."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.siti.partner_id.write({'email': "siti@example.com", 'phone': "0812-3456 7890"})
        cls.company.email = "koperasi@example.com"

    def _pay_in(self, *members, amount=20_000):
        voucher = self.env['coop.savings.voucher'].create({
            'date': self.today, 'journal_id': self.cash_journal.id, 'line_ids': [
                Command.create({'membership_id': member.id, 'type_id': self.voluntary.id, 'amount': amount + number})
                for number, member in enumerate(members)
            ],
        })
        voucher.action_post()
        return voucher

    def _mail(self, notice):
        return notice.sudo().mail_id

    # === WHICH, TO WHOM, WHICH WAY === #

    def test_only_corrections_are_sent_before_anybody_chooses(self):
        voucher = self._pay_in(self.siti)
        self.assertFalse(self._notices())
        voucher._cancel_with_reason("Typing mistake")
        self.assertEqual(self._notices().kind_id.key, 'receipt_void')

    def test_every_kind_has_a_text_in_the_members_language_and_only_corrections_are_on_from_the_start(self):
        kinds = self.env['coop.notice.kind'].search([])
        for kind in kinds:
            with self.subTest(key=kind.key):
                self.assertEqual(kind.default_channel, 'own' if kind.is_correction else 'off')
                self.assertTrue(kind.template_id.lang and kind.description)
        keys = set(kinds.mapped('key'))
        for name, model in self.env.registry.items():
            self.assertLessEqual(set(getattr(model, '_notices', {}).values()), keys, name)

    def test_each_member_is_told_the_own_lines_only(self):
        self._turn_on('receipt')
        self._pay_in(self.siti, self.budi)
        of_siti, of_budi = self._send().sorted(lambda notice: notice.membership_id != self.siti)
        self.assertEqual((of_siti.state, of_siti.channel, of_siti.email), ('sent', 'mail', "siti@example.com"))
        self.assertEqual((of_budi.state, of_budi.channel, of_budi.reason), ('letter', 'letter', "No e-mail address."))
        mail = self._mail(of_siti)
        self.assertEqual((mail.email_to, mail.email_cc, len(mail.recipient_ids), mail.state), (
            "siti@example.com", False, 0, 'outgoing',
        ))
        self.assertIn("20,000", mail.body_html)
        for text in ("20,001", "Budi"):
            self.assertNotIn(text, mail.body_html + mail.subject)
        self.assertIn("20,001", of_budi.body)
        self.assertNotIn("Siti", of_budi.body)

    def test_copies_that_somebody_wrote_into_the_template_go_to_nobody(self):
        self._turn_on('receipt')
        self.env.ref('producer_cooperative.mail_template_coop_notice_receipt').write({
            'email_cc': "somebody@example.com", 'partner_to': str(self.budi.partner_id.id),
        })
        self._pay_in(self.siti)
        mail = self._mail(self._send())
        self.assertEqual((mail.email_to, mail.email_cc, mail.recipient_ids.ids), ("siti@example.com", False, []))

    def test_two_addresses_in_one_field_are_no_address(self):
        self._turn_on('receipt', channel='mail')
        self.siti.partner_id.email = "siti@example.com, budi@example.com"
        self._pay_in(self.siti)
        self.assertEqual(self._send().state, 'letter')

    def test_address_of_the_moment_of_sending_counts(self):
        self._turn_on('receipt')
        self._pay_in(self.siti)
        self.siti.partner_id.email = "new@example.com"
        self.assertEqual(self._mail(self._send()).email_to, "new@example.com")

    def test_member_chooses_the_way_and_the_cooperative_may_decide_otherwise(self):
        self._turn_on('receipt')
        for own, channel, way in (
            (False, 'own', 'sent'), ('letter', 'own', 'letter'), ('chat', 'own', 'chat'), ('letter', 'mail', 'sent'),
            ('mail', 'letter', 'letter'), (False, 'chat', 'chat'),
        ):
            self.siti.notice_channel = own
            self._turn_on('receipt', channel=channel)
            self._pay_in(self.siti)
            self.assertEqual(self._send()[-1].state, way, (own, channel))

    def test_reason_is_noted_in_the_language_of_the_cooperative(self):
        self.env['res.lang']._activate_lang('id_ID')
        self.company.partner_id.lang = 'id_ID'
        self._turn_on('receipt', channel='mail')
        self.siti.partner_id.email = False
        self._pay_in(self.siti)
        # The schedule itself runs in no language.
        self.env['coop.notice'].with_context(lang=None)._send_next()
        self.assertEqual(self._notices(member=self.siti).reason, "Tidak ada alamat surel.")

    def test_who_has_died_gets_a_letter_for_the_family(self):
        self._turn_on('receipt')
        self._pay_in(self.siti)
        self.siti.sudo().leave_reason = 'deceased'
        self.assertEqual(self._send().state, 'letter')

    def test_company_that_writes_to_nobody_has_letters_only(self):
        self._turn_on('receipt', channel='mail')
        self.patch(type(self.env['res.company']), '_coop_writes_to_members', lambda company: False)
        self._pay_in(self.siti)
        self.assertEqual(self._send().state, 'letter')

    def test_kinds_are_chosen_for_each_company(self):
        other = self._create_cooperative("Koperasi Lain")
        self._turn_on('receipt')
        Kind = self.env['coop.notice.kind']
        channels = [Kind._get_channel('receipt', company) for company in (self.company, other)]
        self.assertEqual(channels, ['own', 'off'])

    def test_members_of_another_company_are_never_told(self):
        other = self._create_cooperative("Koperasi Lain")
        stranger = self.env['coop.membership'].sudo().create({
            'partner_id': self.env['res.partner'].create({'name': "Other", 'email': "other@example.com"}).id,
            'company_id': other.id, 'number': 'X1', 'date_joined': '2020-01-01',
        })
        voucher = self._pay_in(self.siti)
        self._turn_on('receipt')
        self.assertFalse(self.env['coop.notice']._queue('receipt', {voucher: stranger}))

    def test_text_is_in_the_members_language_and_reads_without_tags(self):
        self.env['res.lang']._activate_lang('id_ID')
        self._turn_on('receipt', channel='chat')
        self.siti.partner_id.lang = 'id_ID'
        self._pay_in(self.siti)
        notice = self._send()
        self.assertIn("20.000", notice.body)
        text = notice._get_chat_text()
        self.assertIn("20.000", text)
        self.assertNotIn("<", text)

    # === ONCE === #

    def test_nothing_is_sent_twice(self):
        self._turn_on('receipt')
        voucher = self._pay_in(self.siti)
        first = self._send()
        self.assertFalse(self.env['coop.notice']._queue('receipt', {voucher: self.siti}))
        self.assertFalse(self.env['coop.notice']._send_next())
        self.assertEqual(self._send(), first)
        with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            first.sudo().copy()
        self.env['coop.notice'].flush_model()

    def test_what_was_cancelled_before_the_message_went_out_is_told_of_not_at_all(self):
        self._turn_on('receipt')
        voucher = self._pay_in(self.siti, self.budi)
        self._send()  # Siti has the e-mail, Budi's letter is not printed yet
        voucher._cancel_with_reason("Typing mistake")
        notices = self._send()
        self.assertEqual(
            [(notice.membership_id, notice.kind_id.key, notice.state) for notice in notices],
            [(self.siti, 'receipt', 'sent'), (self.budi, 'receipt', 'skipped'), (self.siti, 'receipt_void', 'sent')],
        )
        self.assertIn("was changed before the message went out", notices[1].reason)
        self.assertIn("Typing mistake", notices[2].body)
        with self.assertRefused("is not needed: .* was changed before"):
            notices[1].with_user(self.officer).action_print()

    def test_one_that_fails_does_not_hold_up_the_others_and_is_tried_again(self):
        self._turn_on('receipt')
        model = type(self.env['coop.notice'])
        render = model._render

        def fail_for_siti(notices):
            if self.siti in notices.membership_id:
                raise ValueError("broken")
            return render(notices)

        self.patch(model, '_render', fail_for_siti)
        self._pay_in(self.siti, self.budi)
        with mute_logger('odoo.addons.producer_cooperative.models.coop_notice_send'):
            of_siti, of_budi = self._send()
        self.assertEqual((of_siti.state, of_budi.state), ('failed', 'letter'))
        self.assertIn("It could not be written", of_siti.reason)
        self.patch(model, '_render', render)
        with self.assertRefused("None of these messages failed"):
            of_budi.with_user(self.officer).action_retry()
        of_siti.with_user(self.officer).action_retry()
        self._send()
        self.assertEqual(of_siti.state, 'sent')

    def test_email_that_did_not_leave_is_found_and_sent_again(self):
        self._turn_on('receipt')
        self._pay_in(self.siti)
        notice = self._send()
        lost = self._mail(notice)
        lost.write({'state': 'exception', 'failure_reason': "Mailbox full"})
        self.assertEqual(self.env['coop.notice'].search([('has_returned', '=', True)]), notice)
        notice.with_user(self.officer).action_retry()
        self.assertEqual((notice.state, lost.state), ('to_send', 'cancel'))
        self._send()
        self.assertEqual(notice.state, 'sent')
        self.assertNotEqual(self._mail(notice), lost)
        self.assertFalse(notice.has_returned)

    def test_message_takes_no_more_queries_when_many_members_stand_on_the_paper(self):
        self._turn_on('receipt', channel='mail')
        members = self.siti.union(*(self._create_member(f"Member {number}") for number in range(8)))
        members.partner_id.email = "member@example.com"
        counts = []
        for of_paper in (members[:2], members[:2], members):  # the first fills Odoo's own caches
            self._pay_in(*of_paper)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._send()
            counts.append((self.env.cr.sql_log_count - before) / len(of_paper))
        self.assertLessEqual(counts[2], counts[1])

    # === LETTERS AND CHATS === #

    def test_all_letters_are_one_file_and_each_is_printed_once(self):
        self._turn_on('receipt', channel='letter')
        self._pay_in(self.budi, self.siti)
        notices = self._send()
        Notice = self.env['coop.notice'].with_user(self.officer)
        action = Notice.action_print_letters()
        self.assertEqual(action['context']['active_ids'], self._notices(member=self.siti).ids + self._notices(
            member=self.budi).ids)
        self.assertEqual(set(notices.mapped('state')), {'letter'}, "nothing is printed yet")
        report = 'producer_cooperative.report_coop_notice_letter'
        Report = self.env['ir.actions.report']
        Report.with_user(self.supervisor)._render_qweb_pdf(report, notices.ids)
        self.assertEqual(set(notices.mapped('state')), {'letter'}, "who only looks gives nobody a letter")
        Report.with_user(self.officer)._render_qweb_pdf(report, notices.ids)
        self.assertEqual(set(notices.mapped('state')), {'printed'})
        with self.assertRefused("No letter waits"):
            Notice.action_print_letters()
        html = self.env['ir.actions.report']._render_qweb_html(
            'producer_cooperative.report_coop_notice_letter', notices.ids,
        )[0].decode()
        for text in ("20,000", "20,001", "Siti", "Budi", "Koperasi Uji"):
            self.assertIn(text, html)

    def test_chat_opens_with_the_number_in_international_form_and_the_text(self):
        self._turn_on('receipt', channel='chat')
        self._pay_in(self.siti, self.budi)
        of_siti, of_budi = self._send()
        self.assertEqual((of_siti.state, of_budi.state, of_budi.reason), ('chat', 'letter', "No telephone number."))
        action = of_siti.with_user(self.officer).action_open_chat()
        address, text = action['url'].split('?text=')
        self.assertEqual(address, "https://wa.me/6281234567890")
        self.assertIn("20,000", unquote(text))
        self.assertEqual((of_siti.state, of_siti.reason), ('sent', f"Chat opened by {self.officer.name}."))
        with self.assertRefused("has no telephone number that a chat can be opened with"):
            of_budi.with_user(self.officer).action_open_chat()

    # === ACCESS === #

    def test_officer_and_accountant_send_and_others_do_not(self):
        self._turn_on('receipt', channel='letter')
        self._pay_in(self.siti)
        notice = self._send()
        for user in (self.officer, self.accountant):
            self.assertTrue(notice.with_user(user).action_print())
        for user in (self.supervisor, self.cashier, self.warehouse_user):
            for action in ('action_print', 'action_open_chat', 'action_retry'):
                with self.assertRefused("Only this role may do that", AccessError):
                    getattr(notice.with_user(user), action)()
        self.assertEqual(notice.state, 'letter')
        self.assertTrue(notice.with_user(self.supervisor).body)
        for user in (self.cashier, self.warehouse_user):
            with self.assertRefused("", AccessError):
                notice.with_user(user).read(['body'])
        for user in (self.officer, self.accountant, self.manager):
            with self.assertRefused("", AccessError):
                notice.with_user(user).write({'state': 'sent'})
            with self.assertRefused("", AccessError):
                notice.with_user(user).unlink()

    def test_manager_chooses_the_ways_and_nothing_else_of_a_kind(self):
        kind = self.env['coop.notice.kind']._find('receipt').with_user(self.manager).sudo(False)
        kind.channel = 'chat'
        self.assertEqual(kind.channel, 'chat')
        with self.assertRefused("", AccessError):
            kind.key = 'other'
        for user in (self.officer, self.accountant, self.supervisor):
            with self.assertRefused("", AccessError):
                kind.with_user(user).channel = 'off'

    def test_cashier_posts_what_members_are_told_of(self):
        self._turn_on('receipt')
        receipt = self._serve(self.siti, {('savings', self.voluntary): 50_000})
        notice = self._send()
        self.assertEqual((notice.res_model, notice.res_id), ('coop.counter.receipt', receipt.id))
        self._void(receipt)
        self.assertEqual(self._send().mapped('kind_id.key'), ['receipt', 'receipt_void'])
