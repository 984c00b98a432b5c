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
        self._coop_check_savings_stay(partner_ids, dst_partner)
        res = super()._merge(partner_ids, dst_partner=dst_partner, extra_checks=extra_checks)
        self._coop_review_bank_accounts(partner_ids)
        return res

    def _coop_check_savings_stay(self, partner_ids, dst_partner):
        """Refuse a merge after which savings under one of the partners would belong to another member, or to none.

        :raises UserError: naming the partner.
        """
        partners = self.env['res.partner'].browse(partner_ids).exists()
        if len(partners) < 2:
            return
        # As Odoo chooses, where nobody chose
        kept = dst_partner if dst_partner in partners else self._get_ordered_partner(partners.ids)[-1]
        for (partner, company), owner in partners._coop_get_savings_owners().items():
            after = kept._coop_find_memberships(company)
            if kept == kept.commercial_partner_id:
                # The memberships of the others become those of the partner that is kept.
                for merged in partners:
                    after |= merged._coop_find_memberships(company).filtered(lambda m, p=merged: m.partner_id == p)
            if after != owner:
                partner._coop_raise_savings_would_move(company)

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
