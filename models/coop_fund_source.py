from odoo import api, models

from odoo.addons.producer_cooperative.models.coop_fund import FUND_KEYS


class CoopCompanyAccount(models.Model):
    """The accounts of the company's purposes that are funds."""
    _inherit = 'coop.company.account'

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        mappings = super().create(vals_list)
        mappings._ensure_funds()
        return mappings

    def write(self, vals):
        res = super().write(vals)
        if 'account_id' in vals:
            self._ensure_funds()
        return res

    # === BUSINESS METHODS === #

    def _ensure_funds(self):
        """Make a fund of every fund account among these."""
        for company, mappings in self.filtered(lambda m: m.key in FUND_KEYS and m.account_id).grouped(
            'company_id',
        ).items():
            self.env['coop.fund']._ensure(company, {m.account_id: FUND_KEYS[m.key] for m in mappings})


class CoopShuRuleShare(models.Model):
    """The accounts that a rule credits with a fund share."""
    _inherit = 'coop.shu.rule.share'

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        shares = super().create(vals_list)
        shares._ensure_funds()
        return shares

    def write(self, vals):
        res = super().write(vals)
        if {'account_id', 'kind', 'fund'} & vals.keys():
            self._ensure_funds()
        return res

    # === BUSINESS METHODS === #

    def _ensure_funds(self):
        """Make a fund of every account that one of these shares fills."""
        funds = self.filtered(lambda share: share.kind == 'fund' and share.account_id)
        for company, shares in funds.grouped('company_id').items():
            self.env['coop.fund']._ensure(company, {share.account_id: share.fund or 'other' for share in shares})
