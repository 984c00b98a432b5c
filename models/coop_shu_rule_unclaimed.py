from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: Where SHU may go that nobody came for: to the reserve or to a fund.
UNCLAIMED_ACCOUNT_TYPES = ('equity', 'liability_current', 'liability_non_current')


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
        'CHECK (unclaimed_years >= 0)', "The years until SHU is unclaimed cannot be below zero.",
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
            account = rule.unclaimed_account_id
            if account and account.account_type not in UNCLAIMED_ACCOUNT_TYPES:
                raise ValidationError(self.env._(
                    "%s is neither a reserve nor a fund: SHU that nobody came for goes to equity or to a liability.",
                    account.display_name,
                ))
