import re
import secrets

from markupsafe import Markup
from reportlab.graphics import renderSVG
from reportlab.graphics.barcode import createBarcodeDrawing

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.producer_cooperative.models.coop_membership import STAFF_GROUPS

#: Beginning of the code on a card, which tells it from member numbers; then so many digits at random.
CARD_PREFIX = 'KA'
CARD_DIGITS = 10
#: Fewer digits than these are no telephone number.
PHONE_DIGITS = 5


class CoopMembership(models.Model):
    """The member's card, and finding a member by card or telephone."""
    _inherit = 'coop.membership'

    card_code = fields.Char(
        readonly=True, copy=False, groups=STAFF_GROUPS,
        help="The barcode on the member's card. It says nothing about the member; a new card gets another code, so that"
             " a lost one opens nothing.",
    )
    card_date = fields.Date(string="Card Issued On", readonly=True, copy=False, groups=STAFF_GROUPS)

    _card_code_uniq = models.Constraint('UNIQUE (card_code)', "This card code is in use.")

    # === CRUD METHODS === #

    @api.model
    def name_search(self, name='', domain=None, operator='ilike', limit=100):
        """At the counter, find the member by the card that was scanned, and by the telephone as well."""
        text = (name or '').strip()
        if not text or operator not in ('=', 'ilike') or not self.env.context.get('coop_counter_search'):
            return super().name_search(name, domain, operator, limit)
        domain = Domain(domain or Domain.TRUE)
        card = self.search(domain & Domain('card_code', '=', text.upper()), limit=1)
        if card:
            return [(card.id, card.display_name)]
        found = super().name_search(name, domain, operator, limit)
        by_phone = self._find_by_phone(text, domain, limit) - self.browse([member_id for member_id, _name in found])
        return (found + [(member.id, member.display_name) for member in by_phone])[:limit or None]

    # === ACTIONS === #

    def action_print_card(self):
        """Print the cards of these members; who has none yet gets one.

        :raises UserError: for somebody who is no member.
        """
        self._check_gets_card()
        self.filtered(lambda member: not member.card_code)._issue_card()
        return self.env.ref('producer_cooperative.coop_membership_card_action_report').report_action(self, config=False)

    def action_renew_card(self):
        """Print a new card with another code; the old card opens nothing any more."""
        self._check_gets_card()
        self._issue_card()
        for member in self.sudo():  # sudo: what was done, for cashiers who write nothing else on a membership
            member.message_post(body=self.env._("A new member card was issued; the old one is no longer valid."))
        return self.action_print_card()

    # === BUSINESS METHODS === #

    def _is_guarded(self, name):
        return name in ('card_code', 'card_date') or super()._is_guarded(name)

    def _check_gets_card(self):
        self.check_access('read')
        self._check_user_is(
            'producer_cooperative.group_coop_officer', 'producer_cooperative.group_coop_cashier',
        )
        for member in self:
            if member.state not in ('active', 'suspended'):
                raise UserError(self.env._("%s is no member and gets no card.", member.display_name))

    def _issue_card(self):
        # sudo: codes are drawn, never typed, by the roles that _check_gets_card lets through
        for member in self.sudo():
            member.write({'card_code': self._draw_card_code(), 'card_date': fields.Date.context_today(self)})

    @api.model
    def _draw_card_code(self):
        """Return a code that no card has."""
        while True:
            code = CARD_PREFIX + ''.join(secrets.choice('0123456789') for _digit in range(CARD_DIGITS))
            # sudo: cards of all companies, only to keep the code unique
            if not self.sudo().search_count([('card_code', '=', code)], limit=1):
                return code

    @api.model
    def _find_by_phone(self, text, domain, limit):
        """Return members whose telephone number has these digits; +62 and a leading 0 are the same."""
        digits = re.sub(r'\D', '', text)
        if len(digits) < PHONE_DIGITS or re.search(r'[A-Za-z]', text):
            return self.browse()
        digits = re.sub(r'^(62|0)+', '', digits)
        self.env['res.partner'].flush_model(['phone'])
        query = self._search(domain, limit=limit)
        query.add_where(SQL(
            "%s IN (SELECT id FROM res_partner WHERE regexp_replace(phone, '\\D', '', 'g') LIKE %s)",
            SQL.identifier(self._table, 'partner_id'), f'%{digits}%',
        ))
        return self.browse(query)

    def _get_card_barcode_svg(self):
        """Return the card's code as a Code 128 barcode; drawn as lines, so that it needs no picture library."""
        self.ensure_one()
        # sudo: the code of a card that is being printed
        drawing = createBarcodeDrawing(
            'Code128', value=self.sudo().card_code, barWidth=1.0, barHeight=36, quiet=False, humanReadable=False,
        )
        svg = renderSVG.drawToString(drawing)
        return Markup(svg[svg.index('<svg'):])  # bars and numbers only, the library escapes the rest
