import base64

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.producer_cooperative.models import coop_shu_statement_run, coop_shu_statement_run_send
from odoo.addons.producer_cooperative.tests.common_shu import ShuCommon


@tagged('post_install', '-at_install')
class TestShuSending(ShuCommon):
    """Statements by e-mail and as letters: nobody twice, nobody forgotten."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_rule(('reserve', 60), ('capital', 40))
        cls.siti = cls._create_registered("Siti", '001', 300_000)
        cls.budi = cls._create_registered("Budi", '002', 100_000)
        cls.wati = cls._create_registered("Wati", '003')
        cls.siti.partner_id.email = "siti@example.com"
        cls.company.email = "koperasi@example.com"
        cls.allocation = cls._post(1_000_000)

    def _run(self, user=None, **values):
        """Return a run that is started; its batches are carried out by ``_work``."""
        run = self.env['coop.shu.statement.run'].with_user(user or self.officer).create({
            'allocation_id': self.allocation.id, 'with_pdf': False, **values,
        })
        run.action_start()
        return run

    def _work(self, run):
        while run._as_starter()._send_next():
            pass
        run.invalidate_recordset()
        return run

    def _states(self, run):
        return {line.membership_id.partner_id.name: line.state for line in run.line_ids}

    def _mails(self, run):
        return run.sudo().line_ids.mail_id

    # === WHO GETS WHAT === #

    def test_members_with_address_are_written_to_and_the_others_get_letters(self):
        run = self._work(self._run())
        self.assertEqual(self._states(run), {"Siti": 'sent', "Budi": 'letter'})
        self.assertEqual((run.state, run.sent_count, run.letter_count, run.progress), ('done', 1, 1, 100))
        self.assertTrue(any("1 e-mails sent, 1 letters to print, 0 failed" in m.body for m in run.message_ids))
        mail = self._mails(run)
        self.assertEqual((mail.email_to, mail.state), ("siti@example.com", 'outgoing'))
        for text in ("Siti", "400,000", "300,000", "your SHU 2024"):
            self.assertIn(text, mail.body_html + mail.subject)
        self.assertNotIn("Budi", mail.body_html)
        self.assertTrue(self._line(self.allocation, self.siti).statement_sent_on)
        self.assertFalse(self._line(self.allocation, self.budi).statement_sent_on)

    def test_members_who_get_nothing_are_written_to_on_request(self):
        self.assertEqual(set(self._states(self._run(with_empty=True))), {"Siti", "Budi", "Wati"})

    def test_deceased_members_get_no_email(self):
        self.siti.leave_reason = 'deceased'
        self.assertEqual(self._states(self._work(self._run()))["Siti"], 'letter')

    def test_message_stands_in_the_email_and_the_pdf_is_attached(self):
        run = self._work(self._run(with_pdf=True, message="Paid from Monday on"))
        mail = self._mails(run)
        self.assertIn("Paid from Monday on", mail.body_html)
        self.assertEqual(mail.attachment_ids.name, "SHU 2024 001.pdf")
        self.assertIn(b"300,000", base64.b64decode(mail.attachment_ids.datas))  # tests render HTML instead of PDF

    def test_email_is_in_the_members_language(self):
        self.env['res.lang']._activate_lang('id_ID')
        self.siti.partner_id.lang = 'id_ID'
        self.assertIn("300.000", self._mails(self._work(self._run())).body_html)

    # === NOBODY TWICE === #

    def test_second_run_writes_to_nobody_twice(self):
        self._work(self._run())
        second = self._work(self._run())
        self.assertEqual(self._states(second), {"Budi": 'letter'})
        second.action_print_letters()
        with self.assertRefused("was given the statement .* already"):
            self._run()
        again = self._work(self._run(again=True))
        self.assertEqual(self._states(again), {"Siti": 'sent', "Budi": 'letter'})

    def test_two_runs_at_once_write_to_nobody_twice(self):
        first, second = self._run(), self._run(user=self.accountant)
        self._work(first)
        self._work(second)
        self.assertEqual(self._states(first)["Siti"], 'sent')
        self.assertEqual(self._states(second)["Siti"], 'skipped')
        self.assertEqual(len(self._mails(first) | self._mails(second)), 1)

    def test_run_goes_on_where_it_was_stopped(self):
        self.budi.partner_id.email = "budi@example.com"
        self.patch(coop_shu_statement_run_send, 'BATCH_SIZE', 1)
        run = self._run()
        self.assertEqual(run._as_starter()._send_next(), 1)
        run.action_stop()
        self.assertEqual(run._as_starter()._send_next(), 0)
        self.assertEqual((run.state, run.progress), ('stopped', 50))
        run.action_start()
        self._work(run)
        self.assertEqual(self._states(run), {"Siti": 'sent', "Budi": 'sent'})
        self.assertEqual(len(self._mails(run)), 2)

    def test_one_that_fails_does_not_hold_up_the_others(self):
        self.budi.partner_id.email = "budi@example.com"
        model = type(self.env['coop.shu.statement.run'])
        queue_mail = model._queue_mail

        def fail_for_siti(run, member_line, address):
            if address == "siti@example.com":
                raise ValueError("broken")
            return queue_mail(run, member_line, address)

        self.patch(model, '_queue_mail', fail_for_siti)
        with mute_logger('odoo.addons.producer_cooperative.models.coop_shu_statement_run_send'):
            run = self._work(self._run())
        self.assertEqual(self._states(run), {"Siti": 'failed', "Budi": 'sent'})
        self.assertFalse(self._line(self.allocation, self.siti).statement_sent_on)
        self.patch(model, '_queue_mail', queue_mail)
        run.action_retry()
        self._work(run)
        self.assertEqual(self._states(run), {"Siti": 'sent', "Budi": 'sent'})
        with self.assertRefused("Nothing failed"):
            run.action_retry()

    def test_email_that_did_not_leave_counts_as_failed_and_is_sent_again(self):
        self.budi.partner_id.email = "budi@example.com"
        run = self._work(self._run())
        lost = run.sudo().line_ids[0].mail_id
        for state in ('exception', 'cancel'):
            lost.write({'state': state, 'failure_reason': "Mailbox full"})
            run.invalidate_recordset()
            self.assertEqual((run.sent_count, run.failed_count, run.progress), (1, 1, 100), state)
        run.action_retry()
        self.assertEqual((run.line_ids[0].state, lost.state), ('to_send', 'cancel'))
        self._work(run)
        self.assertEqual((run.sent_count, run.failed_count), (2, 0))
        self.assertNotEqual(run.sudo().line_ids[0].mail_id, lost)
        self.assertTrue(all(self.allocation.member_line_ids.filtered('amount_total').mapped('statement_sent_on')))

    def test_new_run_reaches_members_whose_email_did_not_leave(self):
        self.budi.partner_id.email = "budi@example.com"
        first = self._work(self._run())
        lost = first.sudo().line_ids[0].mail_id
        lost.write({'state': 'exception', 'failure_reason': "Mailbox full"})
        second = self._work(self._run(user=self.accountant))
        self.assertEqual(self._states(second), {"Siti": 'sent'})
        first.invalidate_recordset()
        self.assertEqual(self._states(first), {"Siti": 'failed', "Budi": 'sent'})
        self.assertEqual(first.line_ids[0].reason, "Mailbox full")
        with self.assertRefused("was given the statement .* already"):
            self._run()

    def test_member_whom_another_email_reached_is_not_written_to_again(self):
        first = self._work(self._run())
        self._work(self._run(again=True))
        self._mails(first).write({'state': 'exception', 'failure_reason': "Mailbox full"})
        first.action_retry()
        self._work(first)
        self.assertEqual(self._states(first), {"Siti": 'skipped', "Budi": 'letter'})

    # === LETTERS === #

    def test_letters_are_printed_in_piles_and_once(self):
        self.siti.partner_id.email = False
        self.patch(coop_shu_statement_run, 'LETTERS_AT_ONCE', 1)
        run = self._work(self._run())
        first = run.action_print_letters()
        self.assertEqual(first['context']['active_ids'], self._line(self.allocation, self.siti).ids)
        second = run.action_print_letters()
        self.assertEqual(second['context']['active_ids'], self._line(self.allocation, self.budi).ids)
        with self.assertRefused("No letter is left"):
            run.action_print_letters()
        self.assertEqual(self._states(run), {"Siti": 'printed', "Budi": 'printed'})
        self.assertTrue(all(self.allocation.member_line_ids.filtered('amount_total').mapped('statement_sent_on')))
        again = run.line_ids[0].with_user(self.officer).action_print()
        self.assertEqual(again['context']['active_ids'], run.line_ids[0].member_line_id.ids)

    def test_supervisor_gives_nobody_a_statement(self):
        self.siti.partner_id.write({'email': False, 'phone': "081234567890"})
        run = self._work(self._run())
        line = run.line_ids.filtered(lambda line: line.membership_id == self.siti)
        for action in ('action_print', 'action_open_chat'):
            with self.assertRefused("Only this role may do that", AccessError):
                getattr(line.with_user(self.supervisor), action)()
        self.assertEqual((line.state, line.member_line_id.statement_sent_on), ('letter', False))

    def test_letter_of_somebody_who_waits_is_not_printed(self):
        run = self._run()
        with self.assertRefused("has not come to"):
            run.line_ids[0].with_user(self.officer).action_print()

    # === REFUSALS AND ACCESS === #

    def test_nothing_is_sent_before_the_shu_is_booked(self):
        self.allocation._cancel_with_reason("Wrong rule")
        self.allocation = self._compute()
        with self.assertRefused("is not posted"):
            self._run()

    def test_nothing_goes_out_any_more_once_the_shu_is_cancelled(self):
        run = self._run()
        self.allocation._cancel_with_reason("Wrong rule")
        self._work(run)
        self.assertEqual((run.state, self._states(run)), ('stopped', {"Siti": 'to_send', "Budi": 'to_send'}))
        self.assertIn("was cancelled, so no more statements of it go out", run.message_ids[0].body)
        self.assertFalse(self._mails(run))
        with self.assertRefused("SHU/2024/00001 was cancelled.*Make a run for the allocation that takes its place"):
            run.action_start()

    def test_letters_of_cancelled_shu_are_not_printed(self):
        run = self._work(self._run())
        self.allocation._cancel_with_reason("Wrong rule")
        for action in (run.action_print_letters, run.line_ids.action_print):
            with self.assertRefused("was cancelled, so no more statements of it go out"):
                action()

    def test_started_run_keeps_its_settings_and_stays(self):
        run = self._run()
        with self.assertRefused("was started with these settings"):
            run.message = "Other"
        with self.assertRefused("was started and stays"):
            run.unlink()
        with self.assertRefused("own buttons", AccessError):
            run.with_user(self.officer).state = 'done'

    def test_officer_and_accountant_send_and_others_do_not(self):
        self.assertEqual(self._run(user=self.accountant).state, 'running')
        run = self.env['coop.shu.statement.run'].create({'allocation_id': self.allocation.id})
        for user in (self.supervisor, self.cashier, self.warehouse_user):
            with self.assertRefused("Only this role may do that", AccessError):
                run.with_user(user).action_start()
        self.assertTrue(Form(run.with_user(self.supervisor)).id)
        with self.assertRefused("You are not allowed to create", AccessError):
            run.line_ids.with_user(self.officer).create({'run_id': run.id})

    def test_schedule_goes_on_with_runs(self):
        run = self._run()
        self.patch(type(self.env['ir.cron']), '_commit_progress', lambda *args, **kwargs: 100)
        self.env['coop.shu.statement.run']._cron_send()
        run.invalidate_recordset()
        self.assertEqual(run.state, 'done')
