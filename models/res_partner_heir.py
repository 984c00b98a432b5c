from odoo import fields, models

from odoo.addons.producer_cooperative.models.coop_membership import STAFF_GROUPS


class ResPartner(models.Model):
    """What a partner inherits from members who died."""
    _inherit = 'res.partner'

    coop_heir_ids = fields.One2many(
        comodel_name='coop.leaving.heir', inverse_name='partner_id', string="Heir Of", groups=STAFF_GROUPS,
    )

    # === BUSINESS METHODS === #

    def _coop_get_concerned_memberships(self):
        """Return, as superuser, the memberships whose money may go to these partners, of whichever company.

        They are the partners' own, and those that they inherit from as long as not everything is paid.
        """
        # sudo: which memberships there are, whoever asks; callers take the companies, or write into the chatter
        partners = self.sudo() | self.sudo().commercial_partner_id
        inherited = partners.coop_heir_ids.filtered('is_waiting').leaving_id.membership_id
        return partners.commercial_partner_id.coop_membership_ids | inherited
