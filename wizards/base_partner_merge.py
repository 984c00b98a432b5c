from odoo import models
from odoo.exceptions import UserError


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = 'base.partner.merge.automatic.wizard'

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Refuse to merge two members: one of the memberships would be deleted without a trace."""
        # sudo: memberships of any company forbid the merge
        memberships = self.env['coop.membership'].sudo().search([('partner_id', 'in', list(partner_ids))])
        for company, of_company in memberships.grouped('company_id').items():
            if len(of_company.partner_id) > 1:
                raise UserError(self.env._(
                    "%(members)s are both members of %(company)s. Their savings and goods cannot be merged: let one"
                    " of them leave first.",
                    members=" / ".join(of_company.mapped('display_name')), company=company.name,
                ))
        return super()._merge(partner_ids, dst_partner=dst_partner, extra_checks=extra_checks)
