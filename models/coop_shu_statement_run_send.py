import base64
import logging

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from odoo.addons.producer_cooperative.models.coop_payout_shu import BOOKED_STATES

_logger = logging.getLogger(__name__)

#: How many members are written to in one transaction; a PDF for each takes longer.
BATCH_SIZE = 100
BATCH_SIZE_PDF = 10


class CoopShuStatementRun(models.Model):
    """Sending the statements in batches, each in a transaction of its own."""
    _inherit = 'coop.shu.statement.run'

    # === BUSINESS METHODS - SCHEDULE === #

    @api.model
    def _cron_send(self):
        """Go on with every run that was started, until all is sent, somebody stops it, or the time is up."""
        runs = self.search([('state', '=', 'running')], order='id')
        cron = self.env['ir.cron']
        cron._commit_progress(remaining=self.env['coop.shu.statement.run.line'].search_count([
            ('run_id', 'in', runs.ids), ('state', '=', 'to_send'),
        ]))
        for run in runs:
            if not run._starter_may_go_on():
                run._stop_without_starter()
                cron._commit_progress()
                continue
            run = run._as_starter()
            while processed := run._send_next():
                if not cron._commit_progress(processed):
                    return
            cron._commit_progress()

    def _send_next(self):
        """Send the next batch; finish the run when there is nothing left.

        :return: how many members were dealt with; 0 when the run is not running any more.
        """
        return self._start_over_on_conflict(self._send_batch)

    # === BUSINESS METHODS - ONE BATCH === #

    def _send_batch(self):
        self.ensure_one()
        self._queue_up()
        self.invalidate_recordset(['state'])
        if self.state != 'running':
            return 0
        self.allocation_id.invalidate_recordset(['state'])
        if self.allocation_id.state not in BOOKED_STATES:
            self._interrupt(self._not_booked_message())
            return 0
        lines = self.env['coop.shu.statement.run.line'].search(
            [('run_id', '=', self.id), ('state', '=', 'to_send')], order='id',
            limit=BATCH_SIZE_PDF if self.with_pdf else BATCH_SIZE,
        )
        if not lines:
            self._finish()
            return 0
        self._lock_member_lines(lines.member_line_id)
        for line in lines:
            self._send_safely(line)
        return len(lines)

    def _lock_member_lines(self, member_lines):
        """Keep other runs from writing to the same members until this batch is kept."""
        member_lines.flush_recordset()
        self.env.cr.execute(SQL(
            "SELECT id FROM coop_shu_member_line WHERE id IN %s ORDER BY id FOR UPDATE", tuple(member_lines.ids),
        ))
        member_lines.invalidate_recordset(['statement_sent_on'])

    def _send_safely(self, line):
        """Give one member the statement; what goes wrong is undone, and said on the line."""
        try:
            with self.env.cr.savepoint():
                values = self._send_statement(line)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except (UserError, RedirectWarning) as error:
            values = {'state': 'failed', 'reason': error.args[0]}
        except Exception:  # pylint: disable=broad-exception-caught; one broken address must not hold up the others
            _logger.exception("%s cannot write to %s", self.name, line.membership_id.id)
            values = {'state': 'failed', 'reason': self.env._("It could not be sent. Print the statement by hand.")}
        line.sudo().write({'done_on': fields.Datetime.now(), **values})  # sudo: the run says what happened

    def _send_statement(self, line):
        """Queue the member's e-mail, or leave a letter to be printed.

        :return: what the line says about it.
        """
        # sudo: the member's own statement and address, for whoever may start a run
        member_line = line.member_line_id.sudo()
        if not self.again and member_line.statement_sent_on:
            return {'state': 'skipped'}
        membership = line.sudo().membership_id
        way, reason = membership._get_notice_way(self._get_channel())
        if way != 'mail':
            return {'state': way, 'reason': reason}
        address = membership._get_address()
        mail = self._queue_mail(member_line, address)
        member_line.statement_sent_on = fields.Datetime.now()
        return {'state': 'sent', 'email': address, 'mail_id': mail.id}

    def _get_channel(self):
        """Return how members get their statements; where they are not sent by themselves, as each member chose."""
        channel = self.env['coop.notice.kind']._get_channel('shu', self.company_id)
        return 'own' if channel == 'off' else channel

    def _queue_mail(self, member_line, address):
        template = self.env.ref('producer_cooperative.mail_template_coop_shu_statement').sudo()
        language = member_line._get_statement_language()
        values = {'email_to': address, 'recipient_ids': []}
        if self.with_pdf:
            # sudo: the paper is the member's own, whatever the user may read
            content, _kind = self.env['ir.actions.report'].sudo().with_context(lang=language)._render_qweb_pdf(
                'producer_cooperative.coop_shu_statement', member_line.ids,
            )
            values['attachments'] = [(f'{member_line._get_statement_file_name()}.pdf', base64.b64encode(content))]
        mail_id = template.with_context(coop_shu_message=self.message or '').send_mail(
            member_line.id, email_values=values, email_layout_xmlid='mail.mail_notification_light',
        )
        return self.env['mail.mail'].sudo().browse(mail_id)  # sudo: the e-mail that was just queued

    def _finish(self):
        """Say what the run has come to."""
        self.ensure_one()
        self._update_state('done')
        self.message_post(body=self.env._(
            "%(sent)s e-mails sent, %(letters)s letters to print, %(failed)s failed.",
            sent=self.sent_count, letters=self.letter_count + self.printed_count, failed=self.failed_count,
        ))
