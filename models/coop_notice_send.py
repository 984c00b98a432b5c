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
            groups = notices.grouped(lambda notice: (notice.company_id, notice.kind_id, notice.res_model))
            for (company, _kind, _model), together in groups.items():
                # What is noted is read by officers; the message itself is in the member's language.
                lang = company._coop_get_language()
                together.with_company(company).with_context(lang=lang)._send_safely()
            self.env.flush_all()
            return len(notices)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            self.env.cr.rollback()
            self.env.invalidate_all()
            self._wake_schedule()
            return 0

    # === BUSINESS METHODS - MESSAGES OF ONE COMPANY, ABOUT ONE KIND OF DOCUMENT === #

    def _send_safely(self):
        """Give members these messages, all together; where that fails one by one, so that one holds up no others.

        What goes wrong is undone, and said on the message.
        """
        try:
            with self.env.cr.savepoint():
                self._send()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # pylint: disable=broad-exception-caught; found out below whose fault it is
            if len(self) > 1:
                _logger.info("Messages are written one by one: %s", error)
                for notice in self:
                    notice._send_safely()
            else:
                self._note_failure(error)

    def _note_failure(self, error):
        """Say on the message why it could not be sent."""
        self.ensure_one()
        if isinstance(error, (UserError, RedirectWarning)):
            reason = error.args[0]
        else:
            _logger.error("The message %s could not be sent", self.id, exc_info=error)
            reason = self.env._("It could not be written. Check the text of its kind.")
        self.write({'state': 'failed', 'reason': reason, 'done_on': fields.Datetime.now()})

    def _send(self):
        """Write the messages, and queue the e-mails or leave them to be printed or sent in a chat."""
        documents = set(self._find_documents())
        gone = self.filtered(lambda notice: notice._get_document() not in documents)
        gone._skip(self.env._("The document is not there any more."))
        notices, channel = self - gone, self.kind_id.channel
        if channel == 'off':
            notices._skip(self.env._("Messages of this kind were switched off."))
            return
        if not notices:
            return
        texts = notices._render()
        for notice in notices:
            way, reason = notice.membership_id._get_notice_way(channel)
            notice.write({
                'reference': notice._get_reference(), 'channel': way, 'reason': reason, **texts[notice],
                'state': 'sent' if way == 'mail' else way, 'done_on': fields.Datetime.now(),
                'email': way == 'mail' and notice.membership_id._get_address(),
            })
        notices.filtered(lambda notice: notice.channel == 'mail')._queue_mails()

    def _render(self):
        """Return ``{message: {'subject': …, 'body': …}}``, each in the member's language."""
        template = self.kind_id.template_id
        subjects = template._render_field('subject', self.ids, compute_lang=True)
        bodies = template._render_field('body_html', self.ids, compute_lang=True)
        return {notice: {'subject': subjects[notice.id], 'body': bodies[notice.id]} for notice in self}

    def _queue_mails(self):
        """Put the e-mails into Odoo's queue, each to its one address and nobody else."""
        if not self:
            return
        written = Written({
            'subject': {notice.id: notice.subject for notice in self},
            'body_html': {notice.id: notice.body for notice in self},
        })
        mails = self.kind_id.template_id.with_context(coop_written=written).send_mail_batch(
            self.ids, email_layout_xmlid='mail.mail_notification_light',
            email_values={'email_to': False, 'recipient_ids': [], 'email_cc': False},
        )
        for notice, mail in zip(self, mails.with_env(self.env), strict=True):
            mail.email_to = notice.email
            notice.mail_id = mail


class Written(dict):
    """What is written already, ``{field of the template: {id of the message: text}}``; it cannot come from outside."""


class MailTemplate(models.Model):
    """Texts of messages are worked out once, for the message and for its e-mail."""
    _inherit = 'mail.template'

    # === BUSINESS METHODS === #

    def _render_field(self, field, res_ids, *args, **kwargs):
        written = self.env.context.get('coop_written')
        if isinstance(written, Written) and written.get(field, {}).keys() >= set(res_ids):
            return {res_id: written[field][res_id] for res_id in res_ids}
        return super()._render_field(field, res_ids, *args, **kwargs)
