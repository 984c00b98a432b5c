from odoo import api, models


class ResCompany(models.Model):
    """What a cooperative has posted once is not deleted, and neither is who did it: Odoo's own audit trail is on."""
    _inherit = 'res.company'

    # === COMPUTE METHODS === #

    @api.depends('coop_is_cooperative')
    def _compute_force_restrictive_audit_trail(self):
        super()._compute_force_restrictive_audit_trail()
        for company in self:
            company.force_restrictive_audit_trail |= company.coop_is_cooperative

    # === BUSINESS METHODS === #

    def _coop_create_accounts(self):
        super()._coop_create_accounts()
        self._coop_keep_audit_trail()

    @api.model
    def _coop_keep_all_audit_trails(self):
        """Switch the audit trail of every cooperative on; to no effect where it is."""
        self.sudo().search([('coop_is_cooperative', '=', True)])._coop_keep_audit_trail()

    def _coop_keep_audit_trail(self):
        companies = self.filtered(lambda company: company.coop_is_cooperative and not company.restrictive_audit_trail)
        companies.sudo().restrictive_audit_trail = True  # sudo: part of the set-up, whoever loads the chart
