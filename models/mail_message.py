from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: What a note of a document says, and whose it is.
SAID_FIELDS = {'body', 'subject', 'model', 'res_id', 'message_type', 'subtype_id', 'author_id', 'create_uid', 'date'}


class MailMessage(models.Model):
    """What a document of the cooperative noted by itself stays: who did what, and why.

    Odoo lets everybody who may write a document delete its notes. Messages that people write are theirs.
    """
    _inherit = 'mail.message'

    # === CRUD METHODS === #

    def write(self, vals):
        if SAID_FIELDS & vals.keys():
            self._coop_check_notes_stay()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_coop_notes(self):
        self._coop_check_notes_stay()

    # === BUSINESS METHODS === #

    def _get_search_domain_share(self):
        """Leave out what people of the cooperative write to each other on its documents.

        Members read their documents, and all of them read a round; Odoo would let them read what is written below it,
        too. What is written to a member stays readable.
        """
        return super()._get_search_domain_share() & (
            Domain('model', 'not =like', 'coop.%') | Domain('partner_ids', 'in', self.env.user.partner_id.ids)
        )

    def _coop_check_notes_stay(self):
        """Refuse to change or delete what documents of the cooperative noted; a draft takes its notes with it.

        :raises UserError: saying to write a message instead.
        """
        if self.env.su:
            return
        for message in self.sudo():  # sudo: what the message belongs to
            if message.message_type != 'comment' and (message.model or '').startswith('coop.'):
                raise UserError(self.env._(
                    "What a document noted about itself stays. Write a message beside it, if something was wrong.",
                ))
