from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

#: States of memberships that are over, the weightier first: they are a partner's state only where no other is.
PAST_STATES = ('left', 'rejected')


class ResPartner(models.Model):
    _inherit = 'res.partner'

    coop_membership_ids = fields.One2many(
        comodel_name='coop.membership', inverse_name='partner_id', string="Memberships",
    )
    coop_membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Membership", compute='_compute_coop_membership',
        search='_search_coop_membership_id', help="Current or last membership of the active company.",
    )
    is_coop_member = fields.Boolean(
        string="Cooperative Member", compute='_compute_coop_membership', search='_search_is_coop_member',
        help="Admitted and not left. Contacts of a member count for the member.",
    )
    coop_member_number = fields.Char(
        string="Member Number", compute='_compute_coop_membership', search='_search_coop_member_number',
    )
    coop_member_state = fields.Selection(
        selection=lambda self: self.env['coop.membership']._fields['state']._description_selection(self.env),
        string="Membership State", compute='_compute_coop_membership', search='_search_coop_member_state',
        help="Where the current or last membership of the active company stands.",
    )

    # === COMPUTE METHODS === #

    @api.depends('commercial_partner_id.coop_membership_ids.state', 'commercial_partner_id.coop_membership_ids.number')
    @api.depends_context('company')
    def _compute_coop_membership(self):
        # sudo: only the number, the state and the id, for every user who may read the partner
        memberships = self.env['coop.membership'].sudo().search([
            ('partner_id', 'in', self.commercial_partner_id.ids), ('company_id', '=', self.env.company.id),
        ], order='id')
        current = {}
        for membership in memberships.sorted(lambda m: (m.state != 'rejected', m.state != 'left', m.id)):
            current[membership.partner_id.id] = membership
        for partner in self:
            membership = current.get(partner.commercial_partner_id._origin.id, self.env['coop.membership'])
            partner.coop_membership_id = membership.id
            partner.coop_member_number = membership.number
            partner.coop_member_state = membership.state
            partner.is_coop_member = membership.state in ('active', 'suspended')

    def _search_coop_membership(self, domain):
        memberships = self.env['coop.membership'].sudo()._search([('company_id', '=', self.env.company.id), *domain])
        return [('commercial_partner_id.coop_membership_ids', 'in', memberships)]

    def _search_coop_membership_id(self, operator, value):
        if operator not in ('in', 'any', 'ilike', '='):
            return NotImplemented
        if operator in ('in', '=') and (not value or False in value):
            return NotImplemented
        field = 'display_name' if operator == 'ilike' else 'id'
        return self._search_coop_membership([(field, operator, value)])

    def _search_is_coop_member(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return self._search_coop_membership([('state', 'in', ('active', 'suspended'))])

    def _search_coop_member_number(self, operator, value):
        if operator not in ('in', 'ilike', '=ilike', '=like', 'like'):
            return NotImplemented
        return self._search_coop_membership([('number', operator, value)])

    def _search_coop_member_state(self, operator, value):
        if operator != 'in':
            return NotImplemented
        domain = Domain(self._search_coop_membership([('state', 'in', [s for s in value if s not in PAST_STATES])]))
        for rank, state in enumerate(PAST_STATES):
            # Partners who came back are not among those who left.
            if state in value:
                past = Domain(self._search_coop_membership([('state', '=', state)]))
                domain |= past & ~Domain(self._search_coop_membership([('state', 'not in', PAST_STATES[rank:])]))
        if False in value:
            domain |= ~Domain(self._search_coop_membership([]))
        return domain

    # === CONSTRAINT METHODS === #

    @api.constrains('parent_id')
    def _check_parent_of_member(self):
        for partner in self:
            # sudo: a membership of another company forbids it just as well
            if partner.commercial_partner_id != partner and partner.sudo().coop_membership_ids:
                raise ValidationError(self.env._(
                    "%(partner)s is a member of a cooperative and must stand alone: savings and goods are kept under"
                    " the member's own name, not under %(parent)s.",
                    partner=partner.display_name, parent=partner.parent_id.display_name,
                ))

    @api.constrains('active')
    def _check_member_is_not_archived(self):
        self.filtered(lambda partner: not partner.active)._coop_check_may_be_archived()

    def _coop_check_may_be_archived(self):
        """Refuse to archive the contact of somebody who is a member.

        :raises ValidationError: naming the member.
        """
        # sudo: a membership of another company forbids it just as well
        members = self.sudo().coop_membership_ids.filtered(
            lambda membership: membership.state in ('active', 'suspended'),
        )
        if members:
            raise ValidationError(self.env._(
                "%s is a member: the contact is needed for savings, goods and payments. Record that the member leaves,"
                " or suspend the member, instead of archiving the contact.", members[0].display_name,
            ))

    # === ACTIONS === #

    def action_open_coop_membership(self):
        """Open the partner's membership of the active company, or a new application."""
        self.ensure_one()
        if self.coop_membership_id:
            return self.coop_membership_id._get_records_action()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'coop.membership',
            'view_mode': 'form',
            'context': {'default_partner_id': self.commercial_partner_id.id},
        }
