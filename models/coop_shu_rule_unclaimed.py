from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.producer_cooperative.models.coop_shu_rule_share import ACCOUNT_KEYS

#: Purposes of the accounts that SHU may go to when nobody came for it: the reserve and the funds.
KEPT_KEYS = set().union(*ACCOUNT_KEYS.values())


class CoopShuRule(models.Model):
    """What becomes of SHU that members do not come for."""
    _inherit = 'coop.shu.rule'

    unclaimed_years = fields.Integer(
        string="Unclaimed After (Years)", tracking=True,
        help="SHU that nobody came for within so many years of the meeting may go to the cooperative, when a meeting"
             " decides so. 0: it is owed for ever.",
    )
    unclaimed_account_id = fields.Many2one(
        comodel_name='account.account', string="Unclaimed SHU Goes To", check_company=True, ondelete='restrict',
        compute='_compute_unclaimed_account_id', store=True, readonly=False, precompute=True, tracking=True,
        index='btree_not_null',
        domain="[('account_type', 'in', ('equity', 'liability_current', 'liability_non_current'))]",
        help="The reserve, or a fund.",
    )

    _unclaimed_years_ok = models.Constraint(
        'CHECK (unclaimed_years BETWEEN 0 AND 100)', "The years until SHU is unclaimed are between 0 and 100.",
    )

    # === COMPUTE METHODS === #

    @api.depends('company_id')
    def _compute_unclaimed_account_id(self):
        for rule in self:
            rule.unclaimed_account_id = rule.unclaimed_account_id or rule.company_id._find_coop_account('reserve')

    # === CONSTRAINT METHODS === #

    @api.constrains('unclaimed_account_id')
    def _check_unclaimed_account(self):
        for rule in self:
            self._check_is_kept(rule.company_id, rule.unclaimed_account_id)

    # === BUSINESS METHODS === #

    def _check_term_not_shortened(self, years):
        """Refuse to take time from members whose SHU a meeting decided on; they may get more.

        :raises UserError: naming the term that holds.
        """
        for rule in self.filtered('is_frozen'):
            term = rule.unclaimed_years
            if years and (not term or years < term):
                held = self.env._("%s years", term) if term else self.env._("for ever")
                raise UserError(self.env._(
                    "SHU that was decided by %(rule)s is owed as it was decided (%(term)s). The time may become longer,"
                    " not shorter; copy the rule for coming years.", rule=rule.display_name, term=held,
                ))

    @api.model
    def _check_is_kept(self, company, account):
        """Refuse to give unclaimed SHU to anything but the reserve and the funds: no member gets it, by no way round.

        :raises ValidationError: naming the accounts that it may go to.
        """
        kept = self._get_kept_accounts(company)
        if account and account not in kept:
            raise ValidationError(self.env._(
                "%(account)s is neither a reserve nor a fund of %(company)s. SHU that nobody came for goes to one of"
                " these: %(kept)s.", account=account.display_name, company=company.name,
                kept=", ".join(kept.mapped('display_name')),
            ))

    @api.model
    def _get_kept_accounts(self, company):
        """Return the accounts of the reserve and the funds, by the company's set-up and by its rules."""
        # sudo: which account serves which purpose is no secret; see res.company._find_coop_account
        mappings = company.sudo().coop_account_ids.filtered(lambda mapping: mapping.key in KEPT_KEYS)
        shares = self.env['coop.shu.rule.share'].sudo().search([
            ('company_id', '=', company.id), ('kind', 'in', tuple(ACCOUNT_KEYS)),
        ])
        return (mappings.account_id | shares.account_id).with_env(self.env)
