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
        res = super()._merge(partner_ids, dst_partner=dst_partner, extra_checks=extra_checks)
        self._coop_review_bank_accounts(partner_ids)
        return res

    def _coop_review_bank_accounts(self, partner_ids):
        """Let bank accounts that came to a member by merging wait for approval: Odoo moves them by SQL."""
        # sudo: accounts of whoever is left of the merged partners
        accounts = self.env['res.partner.bank'].sudo().with_context(active_test=False).search([
            ('partner_id', 'in', list(partner_ids)),
        ])
        self.env.add_to_compute(accounts._fields['coop_is_member_account'], accounts)
        self.env['res.partner.bank']._coop_untrust_new_members(
            accounts.filtered('coop_is_member_account').partner_id.commercial_partner_id,
        )
