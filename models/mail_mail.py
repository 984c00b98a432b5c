from odoo import models


class MailMail(models.Model):
    """Nothing leaves from a company that is for practice, whoever wrote it and whomever it is for."""
    _inherit = 'mail.mail'

    # === BUSINESS METHODS === #

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        held = self._coop_filter_practice()
        if held:
            reason = self.env._("Written in a practice company: nothing leaves it.")
            held.write({'state': 'cancel', 'failure_reason': reason})
            # sudo: what people are told on the screen about mails that were held here
            self.env['mail.notification'].sudo().search([('mail_mail_id', 'in', held.ids)]).write({
                'notification_status': 'canceled', 'failure_reason': reason,
            })
        return super(MailMail, self - held).send(
            auto_commit=auto_commit, raise_exception=raise_exception, post_send_callback=post_send_callback,
        )

    def _coop_filter_practice(self):
        """Return the mails that a practice company's documents write; users' own, as for a new password, never are."""
        # sudo: only which companies are for practice
        practice = self.env['res.company'].sudo().with_context(active_test=False).search([
            ('coop_is_practice', '=', True),
        ])
        held = self.browse()
        if not practice:
            return held
        for model, mails in self.grouped('model').items():
            if model == 'res.users':
                continue
            held |= mails.filtered(lambda mail: mail.record_company_id in practice)
            if model in self.env and 'company_id' in self.env[model]._fields:
                # sudo: only which company the documents are of
                documents = self.env[model].sudo().browse(mails.mapped('res_id')).exists()
                ids = set(documents.filtered(lambda document: document.company_id in practice).ids)
                held |= mails.filtered(lambda mail, ids=ids: mail.res_id in ids)
        return held
