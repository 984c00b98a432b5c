from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from odoo.addons.producer_cooperative.models.coop_shu_base_value import UNDECIDED_STATES

RATE_DIGITS = (6, 3)
#: What stays once a meeting decided on SHU that the tax is withheld from.
FROZEN_FIELDS = {'name', 'company_id', 'rate', 'amount_exempt', 'taxed_part', 'date_from'}
#: What makes it another tax for SHU that is computed and not decided on.
FIGURE_FIELDS = FROZEN_FIELDS | {'active', 'date_to'}


class CoopShuTax(models.Model):
    """A tax that is withheld from the members' SHU, from a day on; without one, nothing is withheld.

    SHU that members of a cooperative in Indonesia get has not been taxed since November 2020 (UU 11/2020); before that,
    10 % were final.
    """
    _name = 'coop.shu.tax'
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _description = "Tax Withheld From SHU"
    _order = 'company_id, date_from DESC'
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True, help="As it stands on the members' statements.")
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    rate = fields.Float(string="Rate (%)", required=True, digits=RATE_DIGITS, tracking=True)
    date_from = fields.Date(
        string="From", required=True, default=fields.Date.context_today, tracking=True,
        help="The tax is withheld from SHU that meetings decide on from this day on.",
    )
    date_to = fields.Date(string="To", tracking=True, help="The last day; leave empty while no end is known.")
    amount_exempt = fields.Monetary(
        string="Exempt Up To", tracking=True, help="A member whose SHU of the year is not higher pays no tax.",
    )
    taxed_part = fields.Selection(
        selection=[('whole', "The Whole SHU"), ('excess', "Only What Is Above")],
        string="Above That, Taxed Is", required=True, default='whole', tracking=True,
    )
    account_id = fields.Many2one(
        comodel_name='account.account', check_company=True, ondelete='restrict', index='btree_not_null',
        compute='_compute_account_id', store=True, readonly=False, precompute=True, tracking=True,
        domain="[('account_type', '=', 'liability_current')]",
        help="Where the tax is owed to the tax office until it is paid.",
    )

    _rate_ok = models.Constraint('CHECK (rate > 0 AND rate < 100)', "The rate is more than 0 and below 100 per cent.")
    _exempt_ok = models.Constraint('CHECK (amount_exempt >= 0)', "The exempt amount cannot be below zero.")
    _dates_ok = models.Constraint('CHECK (date_to >= date_from)', "The tax ends before it begins.")

    # === COMPUTE METHODS === #

    @api.depends('name', 'date_from')
    def _compute_display_name(self):
        """Tell taxes apart that follow each other under the same name."""
        for tax in self:
            tax.display_name = self.env._(
                "%(name)s, from %(date)s", name=tax.name, date=format_date(self.env, tax.date_from),
            ) if tax.name and tax.date_from else tax.name

    @api.depends('company_id')
    def _compute_account_id(self):
        for tax in self:
            tax.account_id = tax.account_id or tax.company_id._find_coop_account('tax_withheld')

    # === CONSTRAINT METHODS === #

    @api.constrains('name')
    def _check_name(self):
        for tax in self:
            if not tax.name.strip():
                raise ValidationError(self.env._("Name the tax: members read it on their statements."))

    @api.constrains('account_id')
    def _check_account(self):
        """Refuse accounts where the tax would be somebody's money and not owed to the tax office.

        :raises ValidationError: for no current liability, or an account of members' savings, of a fund, or of another
            purpose; naming it.
        """
        for tax in self:
            if tax.account_id and tax.account_id.account_type != 'liability_current':
                raise ValidationError(self.env._(
                    "%s is no current liability: tax that is withheld is owed to the tax office.",
                    tax.account_id.display_name,
                ))
            tax._check_account_is_free()

    def _check_account_is_free(self):
        self.ensure_one()
        account, company = self.account_id, self.company_id
        savings_type = self.env['coop.savings.type'].with_context(active_test=False).search([
            ('company_id', '=', company.id), ('account_id', '=', account.id),
        ], limit=1)
        purpose = savings_type.name or company._get_other_purpose(account, ('tax_withheld',))
        if not purpose and account in self.env['coop.shu.rule']._get_kept_accounts(company):
            purpose = self.env._("a share of the surplus")
        if account and purpose:
            raise ValidationError(self.env._(
                "%(account)s is there for something else (%(purpose)s). Tax that is withheld is owed to the tax office,"
                " on an account of its own.", account=account.display_name, purpose=purpose,
            ))

    @api.constrains('date_from', 'date_to', 'company_id', 'active')
    def _check_one_at_a_time(self):
        for tax in self.filtered('active'):
            others = self._get_overlapping_domain(tax.company_id, tax.date_from, tax.date_to)
            other = self.search(others & Domain('id', '!=', tax.id), limit=1)
            if other:
                raise ValidationError(self.env._(
                    "%(other)s holds already. End it before %(date)s, when %(tax)s begins.", other=other.display_name,
                    date=format_date(self.env, tax.date_from), tax=tax.name,
                ))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        taxes = super().create(vals_list)
        taxes._reset_computations()
        return taxes

    def write(self, vals):
        if FROZEN_FIELDS & vals.keys():
            self._check_not_decided()
        companies = self.company_id
        res = super().write(vals)
        if FIGURE_FIELDS & vals.keys():
            self._reset_computations(companies | self.company_id)
        return res

    # === BUSINESS METHODS === #

    def _check_not_decided(self):
        """Refuse to change a tax that is withheld from SHU which a meeting decided on, or which is being computed.

        :raises UserError: naming the allocation and what to do.
        """
        # sudo: which allocations withhold the tax, whoever changes it
        allocation = self.env['coop.shu.allocation'].sudo().search([
            ('tax_id', 'in', self.ids), ('state', 'not in', UNDECIDED_STATES),
        ], limit=1)
        if allocation:
            raise UserError(self.env._(
                "%(allocation)s withholds %(tax)s, which therefore stays as it is. Enter its last day, and make a new"
                " tax for meetings after it.", allocation=allocation.display_name, tax=allocation.tax_id.display_name,
            ))

    def _reset_computations(self, companies=None):
        """Ask for a new computation of SHU that nobody decided on: others are to see what is withheld now."""
        # sudo: see _check_not_decided
        self.env['coop.shu.allocation'].sudo().search([
            ('company_id', 'in', (companies or self.company_id).ids), ('state', '=', 'computed'),
        ])._reset_computation()

    @api.model
    def _get_overlapping_domain(self, company, date_from, date_to):
        domain = Domain('company_id', '=', company.id) & (
            Domain('date_to', '=', False) | Domain('date_to', '>=', date_from)
        )
        return domain & Domain('date_from', '<=', date_to) if date_to else domain

    @api.model
    def _get_in_force(self, company, date):
        """Return the tax that is withheld from what is decided on ``date``; empty when there is none."""
        # sudo: which tax holds is no secret, whoever computes
        return self.sudo().search(self._get_overlapping_domain(company, date, date), limit=1).with_env(self.env)

    def _get_tax_sql(self, amount):
        """Return the tax on an amount of money as SQL, rounded down to the company's rounding unit.

        :param SQL amount: a numeric expression, one member's SHU of one year.
        """
        if not self:
            return SQL("0")
        self.ensure_one()
        company = self.company_id
        unit = company._coop_get_rounding_step() * company.currency_id.rounding
        return SQL(
            "CASE WHEN %(amount)s <= %(exempt)s THEN 0"
            " ELSE FLOOR((%(amount)s - %(allowance)s) * %(rate)s / 100 / %(unit)s) * %(unit)s END",
            amount=amount, exempt=self._to_numeric(self.amount_exempt), rate=self._to_numeric(self.rate),
            allowance=self._to_numeric(self.amount_exempt if self.taxed_part == 'excess' else 0.0),
            unit=self._to_numeric(unit),
        )

    @api.model
    def _to_numeric(self, number):
        """Return a number as an exact numeric: money is not counted in binary fractions."""
        return SQL("%s::numeric", f'{number:.6f}')


class CoopShuAllocation(models.Model):
    """Withholding tax from the members' SHU when it is booked."""
    _inherit = 'coop.shu.allocation'

    tax_id = fields.Many2one(
        comodel_name='coop.shu.tax', string="Tax Withheld", readonly=True, copy=False, ondelete='restrict',
        index='btree_not_null', check_company=True,
    )
    tax_account_id = fields.Many2one(
        comodel_name='account.account', readonly=True, copy=False, ondelete='restrict',
    )
    tax_total = fields.Monetary(string="Tax Withheld from Members", compute='_compute_tax_total')

    # === COMPUTE METHODS === #

    def _compute_tax_total(self):
        totals = dict(self.env['coop.shu.member.line']._read_group(
            [('allocation_id', 'in', self.ids)], ['allocation_id'], ['amount_tax:sum'],
        ))
        for allocation in self:
            allocation.tax_total = totals.get(allocation, 0.0)

    # === BUSINESS METHODS === #

    def _get_member_total_columns(self):
        """Add what is withheld from every member's SHU, by the tax on the meeting's day or, before it, of today."""
        self._choose_tax()
        amount = SQL("(total.amount - total.forgone)")
        tax = self.tax_id._get_tax_sql(amount)
        return {
            **super()._get_member_total_columns(), 'amount_tax': tax, 'amount_net': SQL("%s - %s", amount, tax),
        }

    def _approve(self):
        """Withhold by the tax on the day of the meeting, and keep it: who posts books what was approved."""
        self._freeze_tax()
        return super()._approve()

    def _choose_tax(self):
        """Take the tax on the day of the meeting; before the meeting, that of today.

        :raises UserError: when the tax has no account.
        """
        self.ensure_one()
        tax = self.env['coop.shu.tax']._get_in_force(
            self.company_id, self.meeting_date or fields.Date.context_today(self),
        )
        if tax and not tax.account_id:
            raise UserError(self.env._("%s has no account yet. Choose one under SHU / Settings / SHU Tax.", tax.name))
        self.write({'tax_id': tax.id, 'tax_account_id': tax.account_id.id})

    def _freeze_tax(self):
        """Write down once more what is withheld, and keep it: the day of the meeting may bring another tax."""
        self.ensure_one()
        before = self.tax_id
        self._choose_tax()
        if not before and not self.tax_id:
            return
        if before != self.tax_id:
            none = self.env._("none")
            self._message_log(body=self.env._(
                "Tax withheld by the day of the meeting: %(now)s; computed with: %(before)s",
                now=self.tax_id.display_name or none, before=before.display_name or none,
            ))
        lines = self.env['coop.shu.member.line']
        lines.flush_model(['amount_total', 'amount_tax', 'amount_net', 'allocation_id'])
        # One statement for all members, whose amounts are stored already.
        self.env.execute_query(SQL(
            "UPDATE coop_shu_member_line SET amount_tax = %(tax)s, amount_net = amount_total - %(tax)s"
            " WHERE allocation_id = %(allocation)s RETURNING id",
            tax=self.tax_id._get_tax_sql(SQL("amount_total")), allocation=self.id,
        ))
        lines.invalidate_model(['amount_tax', 'amount_net'])

    def _prepare_member_items(self, member_line):
        """Add what is withheld, under the member's name: the tax office wants to know from whom."""
        items = super()._prepare_member_items(member_line)
        if not self.currency_id.is_zero(member_line.amount_tax):
            name = self.env._("SHU %(period)s: %(tax)s", period=self._get_period_label(), tax=self.tax_id.name)
            items.append(self._prepare_item(
                self.tax_account_id, name, -member_line.amount_tax, member_line.partner_id,
            ))
        return items


class CoopShuMemberLine(models.Model):
    """What is withheld from a member's SHU, and what is owed to the member."""
    _inherit = 'coop.shu.member.line'

    amount_tax = fields.Monetary(string="Tax Withheld", readonly=True, help="Withheld for the tax office.")
    amount_net = fields.Monetary(
        string="Owed to the Member", compute='_compute_amount_net', store=True, help="SHU less the tax withheld.",
    )

    # === COMPUTE METHODS === #

    @api.depends('amount_total', 'amount_tax')
    def _compute_amount_net(self):
        for line in self:
            line.amount_net = line.amount_total - line.amount_tax
