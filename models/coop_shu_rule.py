from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.producer_cooperative.tools.errors import RuleRefusal
from odoo.addons.producer_cooperative.tools.shu import check_shares
from odoo.addons.producer_cooperative.tools.units import to_decimal

PERCENT_DIGITS = (6, 3)


class CoopShuRule(models.Model):
    """How the bylaws, or the meeting, want the yearly surplus shared, from a day on (UU 25/1992 art. 45)."""
    _name = 'coop.shu.rule'
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _description = "SHU Rule"
    _order = 'company_id, date_from DESC'
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True, help="Where the rule stands, e.g. the article of the bylaws.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    date_from = fields.Date(
        string="In Force From", required=True, tracking=True,
        default=lambda self: fields.Date.context_today(self).replace(month=1, day=1),
        help="The rule holds for periods that end on or after this day.",
    )
    share_ids = fields.One2many(
        comodel_name='coop.shu.rule.share', inverse_name='rule_id', string="Shares", copy=True,
    )
    percent_total = fields.Float(string="Total (%)", compute='_compute_percent_total', digits=PERCENT_DIGITS)
    surplus_base = fields.Selection(
        selection=[('all', "The Whole Surplus"), ('members', "Only What Business with Members Earned")],
        string="Shared Is", required=True, default='all', tracking=True,
        help="Only what members earned: the surplus from business with others goes to the reserve before anything is"
             " shared.",
    )
    cover_loss_first = fields.Boolean(
        string="Cover Earlier Losses First", default=True, tracking=True,
        help="What stands on the account of accumulated losses is covered before anything is shared.",
    )
    capital_base = fields.Selection(
        selection=[('closing', "Balance on the Last Day"), ('average', "Daily Average")],
        string="Capital Counts By", required=True, default='closing', tracking=True,
        help="Savings of the types that count as capital. The daily average counts from the day of joining.",
    )
    savings_type_ids = fields.Many2many(
        comodel_name='coop.savings.type', relation='coop_shu_rule_savings_type_rel', string="Savings That Are Capital",
        compute='_compute_savings_type_ids', store=True, readonly=False, precompute=True, check_company=True,
        context={'active_test': False}, tracking=True,
        help="Savings that members share by. Unless chosen otherwise, those that count as capital.",
    )
    joiners = fields.Selection(
        selection=[
            ('included', "Share from the Day of Joining"), ('prorata', "Share, Capital by Days of Membership"),
            ('months', "Share after Some Months"), ('none', "Get Nothing in the First Period"),
        ],
        string="Members Who Joined in the Period", required=True, default='included', tracking=True,
        help="Business before joining never counts. By days: capital counts for the days of membership in the period;"
             " the daily average does so in any case.",
    )
    joiner_months = fields.Integer(
        string="Months of Membership", default=3, tracking=True,
        help="How many full months of membership are needed at the end of the period, or at the leaving.",
    )
    leavers = fields.Selection(
        selection=[
            ('none', "Get Nothing"), ('prorata', "Share, Capital by Days of Membership"),
            ('included', "Share Like Others"),
        ],
        string="Members Who Left in the Period", required=True, default='none', tracking=True,
        help="By days: the capital that the member had until leaving counts for the days of membership in the period."
             " Like others: what is left of it on the last day of the period.",
    )
    associates_included = fields.Boolean(
        string="Associates Take Part", default=True, tracking=True,
        help="Whether associates (anggota luar biasa) get SHU. What they are on the last day of the period counts."
             " Candidates never take part.",
    )
    rounding_unit = fields.Monetary(
        required=True, default=1.0, tracking=True, help="Every part is a multiple of this amount, e.g. Rp 1 or Rp 100.",
    )
    rounding_method = fields.Selection(
        selection=[
            ('largest', "Largest Remainder (exact in sum)"), ('floor', "Round Down, the Rest to the Reserve"),
        ],
        string="Rounding", required=True, default='largest', tracking=True,
        help="Largest remainder: units that are left go one each to the largest fractions; of equal ones, to the lower"
             " member number.",
    )
    remainder_to = fields.Selection(
        selection=[('reserve', "The Reserve"), ('share', "Another Share")],
        string="What Rounding Leaves Goes To", required=True, default='reserve', tracking=True,
    )
    minimum_amount = fields.Monetary(
        string="Smallest Payout", tracking=True, help="SHU of a member below this amount is not paid out by itself.",
    )
    minimum_treatment = fields.Selection(
        selection=[
            ('owed', "Stays Owed until Reached with Other Years"), ('reserve', "Goes to the Reserve"),
        ],
        string="Below the Smallest Payout", required=True, default='owed', tracking=True,
    )
    payable_account_id = fields.Many2one(
        comodel_name='account.account', string="Owed to Members On", check_company=True, ondelete='restrict',
        compute='_compute_payable_account_id', store=True, readonly=False, precompute=True, tracking=True,
        domain="[('account_type', '=', 'liability_payable')]",
    )
    note = fields.Html(string="Remarks")

    _date_uniq = models.Constraint(
        'UNIQUE (company_id, date_from)', "There is a rule from this day on already; change that one.",
    )
    _unit_positive = models.Constraint('CHECK (rounding_unit > 0)', "The rounding unit must be more than zero.")
    _unit_not_huge = models.Constraint(
        'CHECK (rounding_unit <= 1000000)',
        "The rounding unit is 1,000,000 at most: what is below it is shared by nobody.",
    )
    _minimum_not_negative = models.Constraint(
        'CHECK (minimum_amount >= 0)', "The smallest payout cannot be less than zero.",
    )
    _minimum_not_huge = models.Constraint(
        'CHECK (minimum_amount <= 1000000000)',
        "The smallest payout is 1,000,000,000 at most: members would never be paid.",
    )
    _months_not_negative = models.Constraint(
        'CHECK (joiner_months BETWEEN 0 AND 120)', "The months of membership are between 0 and 120.",
    )

    # === COMPUTE METHODS === #

    @api.depends('share_ids.percent')
    def _compute_percent_total(self):
        for rule in self:
            rule.percent_total = sum(to_decimal(percent) for percent in rule.share_ids.mapped('percent'))

    @api.depends('company_id')
    def _compute_payable_account_id(self):
        for rule in self:
            rule.payable_account_id = rule.payable_account_id or rule.company_id._find_coop_account('shu_payable')

    @api.depends('company_id')
    def _compute_savings_type_ids(self):
        for rule in self:
            rule.savings_type_ids = rule.savings_type_ids or rule._find_capital_types()

    # === CONSTRAINT METHODS === #

    @api.constrains('name')
    def _check_name(self):
        for rule in self:
            if not rule.name.strip():
                raise ValidationError(self.env._("Say where the rule stands, e.g. the article of the bylaws."))

    @api.constrains('share_ids', 'rounding_method')
    def _check_shares(self):
        """Refuse shares that leave anything out.

        :raises ValidationError: when the shares are not 100 per cent, naming sum and difference, when no part goes to
            the reserve.
        """
        for rule in self:
            try:
                check_shares([to_decimal(share.percent) for share in rule.share_ids])
            except RuleRefusal as refusal:
                raise ValidationError(rule._shares_error_message(refusal)) from None
            if 'reserve' not in rule.share_ids.mapped('kind'):
                raise ValidationError(self.env._(
                    "%s gives nothing to the reserve: the law sets a part aside there before anything is shared.",
                    rule.name,
                ))

    @api.constrains('remainder_to', 'share_ids')
    def _check_remainder(self):
        """Refuse a rule of which nobody knows where the remainder goes.

        :raises ValidationError: unless exactly one share takes it, where it does not go to the reserve.
        """
        for rule in self:
            if rule.remainder_to == 'share' and len(rule.share_ids.filtered('takes_remainder')) != 1:
                raise ValidationError(self.env._(
                    "%s gives what rounding leaves to another share. Tick the one share that takes it.", rule.name,
                ))

    @api.constrains('joiners', 'joiner_months')
    def _check_joiner_months(self):
        for rule in self:
            if rule.joiners == 'months' and not rule.joiner_months:
                raise ValidationError(self.env._(
                    "%s lets members share after some months. Say after how many months.", rule.name,
                ))

    @api.constrains('payable_account_id')
    def _check_payable_account(self):
        for rule in self:
            account = rule.payable_account_id
            if account and account.account_type != 'liability_payable':
                raise ValidationError(self.env._(
                    "%s is no payable account: what is owed to each member must be open until it is paid.",
                    account.display_name,
                ))
            purpose = rule.company_id._get_other_purpose(account, ('shu_payable',))
            if purpose:
                raise ValidationError(self.env._(
                    "%(account)s is there for something else (%(purpose)s). Owe the SHU on an account of its own.",
                    account=account.display_name, purpose=purpose,
                ))

    def _shares_error_message(self, refusal):
        self.ensure_one()
        total, difference = (f'{Decimal(refusal.params[key]).normalize():f}' for key in ('total', 'difference'))
        return self.env._(
            "The shares of %(rule)s add up to %(total)s %% and not to 100 %% (difference %(difference)s %%).",
            rule=self.name, total=total, difference=difference,
        )

    # === BUSINESS METHODS === #

    @api.model
    def _get_in_force(self, company, date):
        """Return the company's rule for a period that ends on ``date``; empty when there is none."""
        return self.search(
            [('company_id', '=', company.id), ('date_from', '<=', date), ('active', '=', True)],
            order='date_from DESC', limit=1,
        )

    def _check_complete(self):
        """Refuse a rule that cannot be carried out yet.

        :raises UserError: when an account is missing or the shares do not hold together.
        """
        self.ensure_one()
        self._check_shares()
        if not self.payable_account_id:
            raise UserError(self.env._("%s does not say on which account SHU is owed to members.", self.name))
        without_account = self.share_ids.filtered(lambda share: not share._is_for_members() and not share.account_id)
        if without_account:
            raise UserError(self.env._(
                "%(rule)s has no account for: %(shares)s.", rule=self.name,
                shares="; ".join(share._get_line_label() for share in without_account),
            ))
        if 'capital' in self.share_ids.mapped('kind') and not self._get_capital_types().account_id:
            raise UserError(self.env._("%s shares by capital and does not say which savings are capital.", self.name))

    def _get_capital_types(self):
        """Return the savings types that count as capital under this rule, archived ones too."""
        self.ensure_one()
        return self.with_context(active_test=False).savings_type_ids or self._find_capital_types()

    def _find_missing_capital_types(self):
        """Return the savings types that count as capital, and not under this rule."""
        self.ensure_one()
        return self._find_capital_types() - self._get_capital_types()

    def _find_newer_capital_types(self):
        """Return those of the missing savings types that were made after the rule."""
        self.ensure_one()
        return self._find_missing_capital_types().filtered(lambda kind: kind.create_date > self.create_date)

    def _find_capital_types(self):
        self.ensure_one()
        return self.env['coop.savings.type'].with_context(active_test=False).search([
            ('company_id', '=', self.company_id.id), ('is_capital', '=', True),
        ])

    def _get_remainder_share(self):
        """Return the share that gets what could not be shared out in whole units: the reserve unless one is named."""
        self.ensure_one()
        named = self.share_ids.filtered('takes_remainder') if self.remainder_to == 'share' else self.share_ids.browse()
        return (named or self.share_ids.filtered(lambda share: share.kind == 'reserve'))[:1]
