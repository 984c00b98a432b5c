from urllib.parse import quote

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

#: Who writes to members.
OFFICER = 'producer_cooperative.group_coop_officer'
ACCOUNTANT = 'producer_cooperative.group_coop_accountant'
#: States of an e-mail that was queued and will not leave by itself.
FAILED_MAIL_STATES = ('exception', 'cancel')


def plain_text(html):
    """Return a message as it can be written in a chat: without tags, one line for each row of a list."""
    rows = str(html or '').replace('<li>', '<br/>- ')
    return html2plaintext(rows, include_references=False).replace('\N{ZERO WIDTH NO-BREAK SPACE}', '').strip()


class CoopDeliveryMixin(models.AbstractModel):
    """Something that one member is told: by e-mail, by a letter, or in a chat; how it went out, or why not.

    A model has a ``state`` of its own with the keys ``to_send``, ``sent``, ``letter``, ``chat``, ``printed``,
    ``skipped`` and ``failed``, and the member in ``membership_id``.
    """
    _name = 'coop.delivery.mixin'
    _description = "Delivery to a Member"

    email = fields.Char(readonly=True, help="Where it was sent.")
    mail_id = fields.Many2one(
        comodel_name='mail.mail', string="E-mail", readonly=True, copy=False, index='btree_not_null',
        ondelete='set null', groups='base.group_system',
    )
    mail_state = fields.Selection(
        related='mail_id.state', string="Delivery", help="Empty once the e-mail has left and was cleared away.",
    )
    reason = fields.Char(readonly=True, help="What went wrong, or why it went another way.")
    done_on = fields.Datetime(string="On", readonly=True)

    # === ACTIONS === #

    def action_open_chat(self):
        """Open a chat with the member, with the text in it, and note that the member was written to.

        :raises AccessError: for roles that do not write to members.
        :raises UserError: when nothing is to be sent in a chat, or the member has no telephone number.
        """
        self.ensure_one()
        self._check_may_send()
        if not self.membership_id.company_id._coop_writes_to_members():
            raise UserError(self.env._("Nothing is sent to members of this company."))
        self._check_is_written()
        number = self.membership_id._get_chat_number()
        if not number:
            raise UserError(self.env._(
                "%s has no telephone number that a chat can be opened with. Correct it on the contact, or print the"
                " letter.", self.membership_id.display_name,
            ))
        text = self.sudo()._get_chat_text()  # sudo: what the member is told of the own matters
        if self.state in ('chat', 'letter'):
            # sudo: the delivery notes what was done; the role was checked above
            self.sudo()._note_given('sent', reason=self.env._("Chat opened by %s.", self.env.user.name))
        return {'type': 'ir.actions.act_url', 'url': f'https://wa.me/{number}?text={quote(text)}', 'target': 'new'}

    # === BUSINESS METHODS === #

    def _check_may_send(self):
        """Refuse those who do not write to members, and what the user does not see.

        :raises AccessError: naming the roles.
        """
        self.env['coop.document.mixin']._check_user_is(OFFICER, ACCOUNTANT)
        self.check_access('read')

    def _check_is_written(self):
        """Refuse to give out what does not say anything, or says what is not needed any more.

        :raises UserError: saying for each state what comes next.
        """
        for delivery in self:
            name = delivery.membership_id.display_name
            if delivery.state == 'to_send':
                raise UserError(self.env._("The message to %s is written in a moment. Look again then.", name))
            if delivery.state == 'skipped':
                raise UserError(self.env._(
                    "The message to %(member)s is not needed: %(why)s", member=name, why=delivery.reason,
                ))
            if delivery.state == 'failed':
                raise UserError(self.env._(
                    "The message to %s could not be sent. Read the reason, mend it, and send it again first.", name,
                ))

    def _note_given(self, state, **values):
        """Note how the member was reached."""
        self.write({'state': state, 'done_on': fields.Datetime.now(), **values})

    def _get_chat_text(self):
        """Return what is written in the chat, in the member's language. Each model must override this method."""
        raise NotImplementedError

    def _get_returned(self):
        """Return those, as superuser, whose e-mail was queued and did not leave."""
        # sudo: what became of the e-mails, which only the administrator reads
        return self.sudo().filtered(
            lambda delivery: delivery.state == 'sent' and delivery.mail_id.state in FAILED_MAIL_STATES,
        )

    def _take_back(self):
        """Note of these, whose e-mail did not leave, that the member was not reached by it.

        The e-mail itself is cancelled: sent later by hand, it would come beside the next one.
        """
        for delivery in self:
            delivery.write({
                'state': 'failed', 'done_on': fields.Datetime.now(),
                'reason': delivery.mail_id.failure_reason or self.env._(
                    "The e-mail did not leave. Check the address.",
                ),
            })
        self.mail_id.write({'state': 'cancel'})
