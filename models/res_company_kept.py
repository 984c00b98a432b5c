from odoo import api, models


class ResCompany(models.Model):
    """What a cooperative with members has posted once is not deleted, and neither is who did it.

    It is Odoo's own restrictive audit trail that sees to it. A company that is set up as a cooperative and has no
    member yet works as any other one does.
    """
    _inherit = 'res.company'

    # === COMPUTE METHODS === #

    @api.depends('coop_is_cooperative')
    def _compute_force_restrictive_audit_trail(self):
        super()._compute_force_restrictive_audit_trail()
        in_use = self._coop_filter_in_use()
        for company in self:
            company.force_restrictive_audit_trail |= company in in_use

    # === BUSINESS METHODS === #

    def _coop_filter_in_use(self):
        """Return those of the companies that are cooperatives and have a member or an applicant."""
        cooperatives = self.filtered('coop_is_cooperative')
        # sudo: whether there is anybody, for whoever posts an entry
        groups = self.env['coop.membership'].sudo()._read_group(
            [('company_id', 'in', cooperatives.ids)], ['company_id'],
        )
        return cooperatives.filtered(lambda company: company.id in [found.id for found, in groups])

    def _coop_keeps_trail(self):
        """Whether what was posted once in this company stays."""
        self.ensure_one()
        company = self.sudo()  # sudo: settings of the company, for whoever touches an entry
        return company.coop_is_cooperative and company.restrictive_audit_trail

    @api.model
    def _coop_keep_all_audit_trails(self):
        """Switch the audit trail of every cooperative with members on; to no effect where it is."""
        cooperatives = self.sudo().search([('coop_is_cooperative', '=', True)])
        cooperatives._coop_filter_in_use()._coop_keep_audit_trail()

    def _coop_keep_audit_trail(self):
        # sudo: a setting of the company, whoever registers its members
        self.sudo().filtered(lambda company: not company.restrictive_audit_trail).restrictive_audit_trail = True


class CoopMembership(models.Model):
    """With its first member a company is a cooperative that people have money in."""
    _inherit = 'coop.membership'

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        memberships = super().create(vals_list)
        memberships.company_id._coop_keep_audit_trail()
        return memberships
