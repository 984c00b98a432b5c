from odoo import fields, models
from odoo.tools import email_normalize, format_date

from odoo.addons.producer_cooperative.models.coop_membership import STAFF_GROUPS
from odoo.addons.producer_cooperative.tools.phone import international_digits

#: Dialling code where neither the member nor the cooperative has a country: Indonesia.
DEFAULT_CODE = 62


class CoopMembership(models.Model):
    """How the member wants to be told, and can be."""
    _inherit = 'coop.membership'

    notice_channel = fields.Selection(
        selection=[('mail', "E-mail"), ('letter', "Letter"), ('chat', "Chat")], string="Is Told By", tracking=True,
        help="How the member wants to be told what was booked. Empty: by e-mail, and by letter without an address.",
    )

    notice_count = fields.Integer(string="Messages to the Member", compute='_compute_notice_count', groups=STAFF_GROUPS)

    # === COMPUTE METHODS === #

    def _compute_notice_count(self):
        readable = self.env['coop.notice'].has_access('read')
        counts = dict(self.env['coop.notice']._read_group(
            [('membership_id', 'in', self.ids)], ['membership_id'], ['__count'],
        )) if readable else {}
        for membership in self:
            membership.notice_count = counts.get(membership._origin, 0)

    # === ACTIONS === #

    def action_view_notices(self):
        """Open what the member was told."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_notice_action')
        return {**action, 'domain': [('membership_id', '=', self.id)], 'context': {}}

    # === BUSINESS METHODS === #

    def _update_state(self, target, **values):
        """Tell candidates that they are admitted; who was a member before and is one again is told of no admission."""
        admitted = self.filtered(lambda membership: membership.state == 'candidate' and target == 'active')
        super()._update_state(target, **values)
        admitted._queue_notices('admission')

    def _get_address(self):
        """Return the one e-mail address of the member; empty where there is none, or more than one."""
        self.ensure_one()
        return email_normalize(self.sudo().partner_id.email or '') or ''  # sudo: the address of a member to be told

    def _get_chat_number(self):
        """Return the member's telephone number in the form that chats want: digits with the country code, or ''."""
        self.ensure_one()
        partner = self.sudo().partner_id  # sudo: the number of a member to be told
        country = partner.country_id or self.company_id.sudo().country_id
        return international_digits(partner.phone or '', country.phone_code or DEFAULT_CODE)

    def _get_notice_way(self, channel):
        """Return how the member can be told, and why not as was wanted.

        :param str channel: ``mail``, ``letter``, ``chat``, or ``own`` for what the member chose.
        :return: ``(mail or letter or chat, reason or False)``; who has died is told by letter, for the family.
        """
        self.ensure_one()
        wanted = channel if channel != 'own' else self.notice_channel or 'mail'
        if self.leave_reason == 'deceased':
            return 'letter', False
        if not self.company_id._coop_writes_to_members():
            return 'letter', self.env._("Nothing is sent to members of this company.")
        if wanted == 'mail' and not self._get_address():
            return 'letter', self.env._("No e-mail address.")
        if wanted == 'chat' and not self._get_chat_number():
            return 'letter', self.env._("No telephone number.")
        return wanted, False

    def _get_notice_language(self):
        """Return the language that the member is written to in: the member's, else the cooperative's."""
        self.ensure_one()
        wanted = self.sudo().partner_id.lang  # sudo: the language only
        installed = dict(self.env['res.lang'].get_installed())
        return wanted if wanted in installed else self.company_id._coop_get_language()

    # === BUSINESS METHODS - ADMISSION === #

    def _get_notice_members(self, key):
        self.ensure_one()
        return self

    def _get_notice_rows(self, membership, key):
        self.ensure_one()
        _ = self.env._
        balances = self._get_savings_balances()[self]
        rows = [(_("Member Number"), self.number), (_("Member since"), self._get_notice_date())]
        return rows + [
            (savings_type.name, self._notice_amount(balance)) for savings_type, balance in balances.items() if balance
        ]

    def _get_notice_date(self):
        self.ensure_one()
        return format_date(self.env, self.date_joined)
