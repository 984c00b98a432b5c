import logging

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

#: How many messages are written in one transaction.
BATCH_SIZE = 100


class CoopNotice(models.Model):
    """Sending what waits: in batches, each kept at once, so that an interruption sends nothing twice."""
    _inherit = 'coop.notice'

    # === BUSINESS METHODS - SCHEDULE === #

    @api.model
    def _cron_send(self):
        """Write what waits until nothing is left or the time is up; e-mails go into Odoo's own queue."""
        self.env['coop.pool']._remind_of_deadlines()
        cron = self.env['ir.cron']
        cron._commit_progress(remaining=self.search_count([('state', '=', 'to_send')]))
        while processed := self._send_next():
            if not cron._commit_progress(processed):
                return

    @api.model
    def _send_next(self):
        """Write the next batch; e-mail and note of it are kept together or not at all.

        :return: how many were dealt with; 0 when none is left, or others are at work on them.
        """
        try:
            waiting = self.search([('state', '=', 'to_send')], order='id', limit=BATCH_SIZE)
            # Whoever is at work on some at this moment keeps them; they are found again, or are done.
            notices = waiting.try_lock_for_update(limit=BATCH_SIZE)
            for notice in notices:
                notice.with_company(notice.company_id)._send_safely()
            self.env.flush_all()
            return len(notices)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            self.env.cr.rollback()
            self.env.invalidate_all()
            self._wake_schedule()
            return 0

    # === BUSINESS METHODS - ONE MESSAGE === #

    def _send_safely(self):
        """Give one member the message; what goes wrong is undone, and said on it."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                values = self._send()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except (UserError, RedirectWarning) as error:
            values = {'state': 'failed', 'reason': error.args[0]}
        except Exception:  # pylint: disable=broad-exception-caught; one broken message must not hold up the others
            _logger.exception("The message %s could not be sent", self.id)
            values = {'state': 'failed', 'reason': self.env._("It could not be written. Check the text of its kind.")}
        self.write({'done_on': fields.Datetime.now(), **values})

    def _send(self):
        """Write the message, and queue the e-mail or leave it to be printed or sent in a chat.

        :return: what the message notes about it.
        """
        self.ensure_one()
        if not self._get_document():
            return {'state': 'skipped', 'reason': self.env._("The document is not there any more.")}
        channel = self.kind_id.channel
        if channel == 'off':
            return {'state': 'skipped', 'reason': self.env._("Messages of this kind were switched off.")}
        self.reference = self._get_reference()
        way, reason = self.membership_id._get_notice_way(channel)
        values = {'channel': way, 'reason': reason, **self._render()}
        if way != 'mail':
            return {**values, 'state': way}
        address = self.membership_id._get_address()
        mail = self._queue_mail(address)
        return {**values, 'state': 'sent', 'email': address, 'mail_id': mail.id}

    def _render(self):
        """Return subject and text in the member's language."""
        template = self.kind_id.template_id
        subject = template._render_field('subject', self.ids, compute_lang=True)[self.id]
        body = template._render_field('body_html', self.ids, compute_lang=True)[self.id]
        return {'subject': subject, 'body': body}

    def _queue_mail(self, address):
        """Put the e-mail into Odoo's queue, to this one address and nobody else."""
        mail_id = self.kind_id.template_id.send_mail(
            self.id, email_layout_xmlid='mail.mail_notification_light',
            email_values={'email_to': address, 'recipient_ids': [], 'email_cc': False},
        )
        return self.env['mail.mail'].browse(mail_id)
