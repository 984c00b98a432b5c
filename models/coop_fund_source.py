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
        accounts = self._get_fund_accounts()
        res = super().write(vals)
        if 'account_id' in vals:
            self._ensure_funds()
            self.env['coop.fund']._drop_unused(accounts)
        return res

    # === BUSINESS METHODS === #

    def _get_fund_accounts(self):
        return self.filtered(lambda mapping: mapping.key in FUND_KEYS).account_id

    def _ensure_funds(self):
        """Make a fund of every fund account among these."""
        for company, mappings in self.filtered(lambda m: m.key in FUND_KEYS and m.account_id).grouped(
            'company_id',
        ).items():
            self.env['coop.fund']._ensure(company, {m.account_id: FUND_KEYS[m.key] for m in mappings})


class CoopShuRuleShare(models.Model):
    """The accounts that a rule credits with a fund share, once the meeting has decided by it."""
    _inherit = 'coop.shu.rule.share'

    # === CRUD METHODS === #

    def write(self, vals):
        accounts = self._get_fund_accounts()
        res = super().write(vals)
        if {'account_id', 'kind'} & vals.keys():
            self.env['coop.fund']._drop_unused(accounts)
        return res

    def unlink(self):
        accounts = self._get_fund_accounts()
        res = super().unlink()
        self.env['coop.fund']._drop_unused(accounts)
        return res

    # === BUSINESS METHODS === #

    def _get_fund_accounts(self):
        return self.filtered(lambda share: share.kind == 'fund').account_id

    def _ensure_funds(self):
        """Make a fund of every account that one of these shares fills, where the meeting decided by the rule.

        Before, the account on a rule may be a mistake, and what stands on it is nobody's to spend.
        """
        funds = self.filtered(lambda share: share.kind == 'fund' and share.account_id and share.rule_id.is_frozen)
        for company, shares in funds.grouped('company_id').items():
            self.env['coop.fund']._ensure(company, {share.account_id: share.fund or 'other' for share in shares})


class CoopShuAllocation(models.Model):
    """With the meeting's approval the rule's fund shares become funds."""
    _inherit = 'coop.shu.allocation'

    # === BUSINESS METHODS === #

    def _update_state(self, target, **values):
        res = super()._update_state(target, **values)
        if target == 'approved':
            for allocation in self:
                allocation._ensure_funds()
        return res

    def _ensure_funds(self):
        """Make the funds that the rule fills, and show again those of them that were archived while they were empty."""
        self.ensure_one()
        shares = self.sudo().rule_id.share_ids  # sudo: funds follow the rule; nobody enters them
        shares._ensure_funds()
        self.env['coop.fund'].sudo().search([  # sudo: see above
            ('company_id', '=', self.company_id.id), ('active', '=', False),
            ('account_id', 'in', shares._get_fund_accounts().ids),
        ]).active = True
