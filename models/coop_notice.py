from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from odoo.addons.producer_cooperative.models.coop_delivery_mixin import (
    ACCOUNTANT,
    FAILED_MAIL_STATES,
    OFFICER,
    plain_text,
)
from odoo.addons.producer_cooperative.models.coop_shu_statement_run import LETTERS_AT_ONCE

#: What has not reached the member yet, and need not any more once the document does not hold.
WAITING_STATES = ('to_send', 'letter', 'chat', 'failed')


class CoopNotice(models.Model):
    """One message to one member about one document: what was booked, or that it does not hold any more.

    It is written down together with what it tells of, so that there is none without the other; the schedule sends it,
    once.
    """
    _name = 'coop.notice'
    _inherit = ['coop.delivery.mixin']
    _description = "Message to a Member"
    _order = 'id DESC'
    _rec_name = 'subject'
    _check_company_auto = True

    company_id = fields.Many2one(comodel_name='res.company', required=True, index=True, readonly=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Member", required=True, readonly=True, index=True, check_company=True,
        ondelete='restrict',
    )
    kind_id = fields.Many2one(
        comodel_name='coop.notice.kind', string="About", required=True, readonly=True, index=True, ondelete='restrict',
    )
    is_correction = fields.Boolean(related='kind_id.is_correction', store=True)
    res_model = fields.Char(string="Kind of Document", required=True, readonly=True)
    res_id = fields.Many2oneReference(string="Document ID", required=True, readonly=True, model_field='res_model')
    reference = fields.Char(string="Document", readonly=True)
    occasion = fields.Char(
        required=True, readonly=True, default='-', help="Tells apart messages of one kind about one document.",
    )
    state = fields.Selection(
        selection=[
            ('to_send', "Waiting"), ('sent', "Sent"), ('letter', "Letter to Print"), ('chat', "Chat to Send"),
            ('printed', "Letter Printed"), ('skipped', "Not Needed"), ('failed', "Failed"),
        ],
        required=True, readonly=True, index=True, default='to_send',
    )
    channel = fields.Selection(
        selection=[('mail', "E-mail"), ('letter', "Letter"), ('chat', "Chat")], string="Way", readonly=True,
    )
    subject = fields.Char(readonly=True)
    body = fields.Html(string="Text", readonly=True, sanitize=False)
    has_returned = fields.Boolean(
        string="Did Not Leave", compute='_compute_has_returned', compute_sudo=True, search='_search_has_returned',
    )

    _once = models.Constraint(
        'UNIQUE (kind_id, res_model, res_id, membership_id, occasion)', "The member is told of this already.",
    )
    _waiting_idx = models.Index("(id) WHERE state = 'to_send'")
    _document_idx = models.Index("(res_model, res_id)")

    # === COMPUTE METHODS === #

    @api.depends('kind_id', 'reference')
    def _compute_display_name(self):
        for notice in self:
            notice.display_name = notice.subject or f"{notice.kind_id.name}: {notice.reference or ''}"

    @api.depends('state', 'mail_id.state')
    def _compute_has_returned(self):
        for notice in self:
            notice.has_returned = notice.state == 'sent' and notice.mail_id.state in FAILED_MAIL_STATES

    def _search_has_returned(self, operator, value):
        if operator != 'in':
            return NotImplemented
        # sudo: what became of the e-mails, which only the administrator reads
        returned = self.sudo().search([('state', '=', 'sent'), ('mail_id.state', 'in', FAILED_MAIL_STATES)])
        return [('id', 'in', returned.ids)]

    # === ACTIONS === #

    def action_retry(self):
        """Send those again that failed, or whose e-mail did not leave.

        :raises UserError: when none of them failed.
        """
        self._check_may_send()
        self._get_returned()._take_back()
        failed = self.filtered(lambda notice: notice.state == 'failed')
        if not failed:
            raise UserError(self.env._("None of these messages failed: there is nothing to try again."))
        failed.sudo().write({'state': 'to_send', 'reason': False})  # sudo: the queue's own; the role was checked
        self._wake_schedule()

    def action_print(self):
        """Print these messages as letters, one after the other in one file; members have them once it is made.

        :raises UserError: for messages that are not written yet, or are not needed any more.
        """
        self._check_may_send()
        # What was written and did not leave as an e-mail can be given as a letter.
        self.filtered(lambda notice: notice.state != 'failed' or not notice.body)._check_is_written()
        return self.env.ref('producer_cooperative.coop_notice_letter_action_report').report_action(self, config=False)

    @api.model
    def action_print_letters(self):
        """Print all letters that wait, up to as many as fit into one pile, sorted by member number.

        :raises UserError: when no letter waits.
        """
        self._check_may_send()
        letters = self.search(
            [('state', '=', 'letter'), ('company_id', '=', self.env.company.id)], order='id', limit=LETTERS_AT_ONCE,
        )
        if not letters:
            raise UserError(self.env._("No letter waits to be printed."))
        return letters.sorted(lambda notice: notice.membership_id.number or '').action_print()

    def action_open_document(self):
        """Open what the message is about.

        :raises UserError: when it is not there any more.
        """
        self.ensure_one()
        document = self._find_documents()
        if not document:
            raise UserError(self.env._("%s is not there any more.", self.reference or self.display_name))
        return document.with_env(self.env)._get_records_action()

    # === BUSINESS METHODS - QUEUE === #

    @api.model
    def _queue(self, key, members_by_document, occasion='-'):
        """Write down that these members are to be told, each once.

        Whoever is to be told that a document does not hold, and was not told of it yet, is told nothing at all.

        :param str key: of the kind.
        :param dict members_by_document: ``{document: memberships}``.
        :param occasion: tells apart messages of this kind about one document; ``{membership: text}`` where it differs.
        :return: the new messages, as superuser.
        """
        # sudo: whoever books something does not need access to what members are told of it
        Notice = self.sudo()
        kind = self.env['coop.notice.kind']._find(key)
        occasions = occasion if isinstance(occasion, dict) else {}
        values_list = []
        for document, members, earlier in self._find_earlier(kind, members_by_document):
            company = document.company_id
            is_off = kind.with_company(company).channel == 'off'
            if kind.is_correction:
                waiting = earlier.filtered(lambda notice: notice.state in WAITING_STATES and not notice.is_correction)
                env = self.with_context(lang=company._coop_get_language()).env
                waiting._skip(env._("%s was changed before the message went out.", document.display_name))
                members -= waiting.membership_id - document._get_notice_informed(key)
            told = earlier.filtered(
                lambda notice: notice.kind_id == kind
                and notice.occasion == occasions.get(notice.membership_id, occasion),
            )
            values_list += [] if is_off else [{
                'company_id': company.id, 'membership_id': member.id, 'kind_id': kind.id,
                'res_model': document._name, 'res_id': document.id, 'occasion': occasions.get(member, occasion),
            } for member in members - told.membership_id]
        notices = Notice.create(values_list)
        if notices:
            self._wake_schedule()
        return notices

    @api.model
    def _find_earlier(self, kind, members_by_document):
        """Return ``[(document, memberships of its company, what they were told of it before)]``, in one look-up.

        What is switched off and corrects nothing is left out: nothing is to be done for it.
        """
        todo = []
        for document, members in members_by_document.items():
            company = document.company_id
            members = members.sudo().filtered(lambda member, company=company: member.company_id == company)
            if members and (kind.is_correction or kind.with_company(company).channel != 'off'):
                todo.append((document, members))
        if not todo:
            return []
        # sudo: see _queue
        earlier = self.sudo().search([
            ('res_model', '=', todo[0][0]._name), ('res_id', 'in', [document.id for document, _members in todo]),
        ])
        by_document = earlier.grouped('res_id')
        return [
            (document, members, by_document.get(document.id, earlier.browse()).filtered(
                lambda notice, ids=frozenset(members.ids): notice.membership_id.id in ids,
            )) for document, members in todo
        ]

    @api.model
    def _wake_schedule(self):
        """Let the schedule send what waits, once this transaction is kept; it is woken once, however many wait."""
        data = self.env.cr.precommit.data
        if not data.get('coop_notice_woken'):
            data['coop_notice_woken'] = True
            # sudo: wakes the schedule that sends the messages
            self.env.ref('producer_cooperative.coop_notice_cron').sudo()._trigger()

    def _skip(self, reason):
        self.write({'state': 'skipped', 'reason': reason, 'done_on': fields.Datetime.now()})

    def _count_print(self):
        """Note that members have these as letters, after they were printed by somebody who writes to members."""
        if any(self.env.user.has_group(group) for group in (OFFICER, ACCOUNTANT)):
            # sudo: the queue notes what was given to whom; the role was checked
            self.sudo().filtered(lambda notice: notice.state in ('letter', 'chat', 'failed'))._note_given('printed')

    # === BUSINESS METHODS - WHAT IT SAYS === #

    def _find_documents(self):
        """Return what the messages are about, as far as it is still there; they are about one kind of document."""
        return self.env[self[0].res_model].browse(set(self.mapped('res_id'))).exists()

    def _get_document(self):
        """Return what the message is about."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id)

    def _get_language(self):
        self.ensure_one()
        return self.membership_id._get_notice_language()

    def _get_rows(self):
        """Return ``[(label, text)]`` of the document, as far as it is this member's."""
        self.ensure_one()
        return self._get_document()._get_notice_rows(self.membership_id, self.kind_id.key)

    def _get_rows_html(self):
        """Return the rows for the text of the message; it reads as well without its tags."""
        return Markup("<ul style=\"padding-left: 1.2em;\">%s</ul>") % Markup().join(
            Markup("<li>%s: <strong>%s</strong></li>") % row for row in self._get_rows()
        )

    def _get_date(self):
        """Return the day that the document bears, as text."""
        self.ensure_one()
        return self._get_document()._get_notice_date()

    def _get_why(self):
        """Return the reason that was given for a correction, or an empty text."""
        self.ensure_one()
        return self._get_document()._get_notice_reason() or ""

    def _get_reference(self):
        self.ensure_one()
        return self._get_document().display_name

    def _format_amount(self, amount):
        return format_amount(self.env, amount, self.currency_id)

    def _get_chat_text(self):
        self.ensure_one()
        return f"{self.subject}\n\n{plain_text(self.body)}"
