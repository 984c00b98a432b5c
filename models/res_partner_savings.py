from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain


class ResPartner(models.Model):
    """Savings that are booked under a contact stay the savings of whose contact it is."""
    _inherit = 'res.partner'

    # === CRUD METHODS === #

    def write(self, vals):
        if not {'parent_id', 'is_company'} & vals.keys():
            return super().write(vals)
        owners = self._coop_get_savings_owners()  # before: Odoo takes posted items along to the new parent
        res = super().write(vals)
        for (partner, company), owner in owners.items():
            if partner._coop_find_memberships(company) != owner:
                partner._coop_raise_savings_would_move(company)
        return res

    # === BUSINESS METHODS === #

    def _coop_get_savings_owners(self):
        """Return ``{(partner, company): membership}`` of those, and contacts below, under whom savings stand.

        The membership is empty where the savings belong to no member. What was booked away again does not count.
        """
        # sudo: whose savings they are, in any company, for whoever changes the contacts
        partners = self.sudo().with_context(active_test=False).search([('id', 'child_of', self.ids)])
        types = self.env['coop.savings.type'].sudo().with_context(active_test=False)
        items = self.env['account.move.line'].sudo()
        if not partners or not items.search_count([('partner_id', 'in', partners.ids)], limit=1):
            return {}
        of_savings = Domain.OR(
            Domain('company_id', '=', company.id) & Domain('account_id', 'in', of_company.account_id.ids)
            for company, of_company in types.search([('account_id', '!=', False)]).grouped('company_id').items()
        )
        groups = items._read_group(
            of_savings & Domain('parent_state', '=', 'posted') & Domain('partner_id', 'in', partners.ids),
            ['partner_id', 'company_id', 'account_id'], ['balance:sum'],
        )
        return {
            (partner, company): partner._coop_find_memberships(company)
            for partner, company, _account, balance in groups if not company.currency_id.is_zero(balance)
        }

    def _coop_find_memberships(self, company):
        """Return the membership that savings under this partner belong to in a company, or an empty recordset."""
        # sudo: see _coop_get_savings_owners
        return self.env['coop.membership'].sudo().search([
            ('partner_id', '=', self.commercial_partner_id.id), ('company_id', '=', company.id),
        ])

    def _coop_raise_savings_would_move(self, company):
        raise UserError(self.env._(
            "Savings in %(company)s are booked under %(partner)s, and would belong to somebody else afterwards. Ask the"
            " treasurer to book them to where they belong first: a transfer or a payout for a member's savings, an"
            " opening voucher for savings without a member.",
            company=company.name, partner=self.display_name,
        ))
