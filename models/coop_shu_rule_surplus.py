from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CoopShuRule(models.Model):
    """What the surplus is, before it is shared: with whom it was earned, and how the income tax is treated."""
    _inherit = 'coop.shu.rule'

    marketing = fields.Boolean(
        string="Selling Members' Goods Is Business with Members", default=True, tracking=True,
        help="Whoever buys them: goods sold for members, and goods that were bought from members alone in the period."
             " Otherwise only the document's own member counts.",
    )
    cost_split = fields.Selection(
        selection=[
            ('turnover', "By Turnover with Members and Others"), ('members', "Borne by Business with Members"),
            ('others', "Borne by Business with Others"),
        ],
        string="Costs That Cannot Be Traced", required=True, default='turnover', tracking=True,
        help="Costs on documents with a member, and those of goods sold to one, are traced. Rent, wages and purchases"
             " from anybody else are split as chosen here.",
    )
    income_split = fields.Selection(
        selection=[
            ('turnover', "By Turnover with Members and Others"), ('members', "Counts as Earned with Members"),
            ('others', "Counts as Earned with Others"),
        ],
        string="Income That Cannot Be Traced", required=True, default='others', tracking=True,
        help="Income that stands on no invoice or receipt: interest, grants, entries by hand.",
    )
    tax_treatment = fields.Selection(
        selection=[
            ('included', "Counts as Booked"), ('booked', "Has to Be Booked First"),
        ],
        string="Income Tax", required=True, default='included', tracking=True,
        help="Counts as booked: what is booked in the period counts like any other expense. Has to be booked first:"
             " the surplus is not computed until the expected tax is booked.",
    )
    tax_account_ids = fields.Many2many(
        comodel_name='account.account', relation='coop_shu_rule_tax_account_rel', string="Income Tax Accounts",
        check_company=True, domain="[('internal_group', '=', 'expense')]",
        compute='_compute_tax_account_ids', store=True, readonly=False, precompute=True,
        help="Expense accounts on which the cooperative's own income tax is booked. The surplus before and after tax is"
             " told apart by them.",
    )

    # === COMPUTE METHODS === #

    @api.depends('company_id')
    def _compute_tax_account_ids(self):
        for rule in self:
            rule.tax_account_ids = rule.tax_account_ids or rule._find_tax_accounts()

    def _find_tax_accounts(self):
        """Return the account of the Indonesian chart for income tax, where the company has it."""
        self.ensure_one()
        account = self.env.ref(
            f'account.{self.company_id.root_id.id}_l10n_id_65110070', raise_if_not_found=False,
        ) if self.company_id else None
        return account or self.env['account.account']

    # === CONSTRAINT METHODS === #

    @api.constrains('tax_account_ids', 'tax_treatment')
    def _check_tax_accounts(self):
        for rule in self:
            wrong = rule.tax_account_ids.filtered(lambda account: account.internal_group != 'expense')
            if wrong:
                raise ValidationError(self.env._(
                    "%s is no expense account: income tax lowers the surplus.", wrong[0].display_name,
                ))
            if rule.tax_treatment == 'booked' and not rule.tax_account_ids:
                raise ValidationError(self.env._(
                    "Say on which account the income tax of %s is booked, or let it count as booked.", rule.name,
                ))
