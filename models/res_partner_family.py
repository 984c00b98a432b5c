from odoo import models
from odoo.exceptions import ValidationError


class ResPartner(models.Model):
    """What one partner owes does not become a member's debt by putting the one below the other."""
    _inherit = 'res.partner'

    # === CRUD METHODS === #

    def write(self, vals):
        if not {'parent_id', 'is_company'} & vals.keys():
            return super().write(vals)
        # sudo: contacts below these ones that the user may not see count all the same
        family = self.sudo().with_context(active_test=False).search([('id', 'child_of', self.ids)])
        before = {partner: partner.commercial_partner_id for partner in family}
        # Looked for beforehand: Odoo moves the entries to the new parent. Savings have a rule of their own.
        # sudo: entries, and accounts of savings, that the user does not see
        savings = self.env['coop.savings.type'].sudo().with_context(active_test=False).search([
            ('account_id', '!=', False),
        ]).account_id
        booked = family.browse(partner.id for partner, in self.env['account.move.line'].sudo()._read_group([
            ('partner_id', 'in', family.ids), ('parent_state', '=', 'posted'), ('account_id', 'not in', savings.ids),
        ], ['partner_id']))
        res = super().write(vals)
        for partner in booked:
            if partner.commercial_partner_id != before[partner]:
                partner._coop_check_not_below_member()
        return res

    # === BUSINESS METHODS === #

    def _coop_check_not_below_member(self):
        """Refuse a contact with posted entries of its own under a member: they would count as the member's.

        :raises ValidationError: naming both.
        """
        self.ensure_one()
        # sudo: a membership of another company forbids it just as well
        member = self.sudo().commercial_partner_id
        if member != self and member.coop_membership_ids:
            raise ValidationError(self.env._(
                "%(partner)s has entries in the books already and cannot become a contact of %(member)s: what"
                " %(partner)s owes would be taken from the member's money. Create another contact for the member.",
                partner=self.name or self.display_name, member=member.display_name,
            ))
