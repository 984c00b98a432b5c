from odoo import api, fields, models
from odoo.tools import float_compare, float_round, format_amount, format_date

from odoo.addons.producer_cooperative.tools.obstacle import Obstacle
from odoo.addons.producer_cooperative.tools.units import exact, round_half_up, to_decimal


class ResCompany(models.Model):
    """What a company decides about savings, and what its closing asks of them."""
    _inherit = 'res.company'

    coop_rounding_unit = fields.Float(
        string="Rounding Unit", compute='_compute_coop_rounding_unit', store=True, readonly=False, digits=0,
        help="Savings are paid, and commissions and deductions rounded, in whole multiples of this amount: Rp 1 for the"
             " rupiah, whose sen are no longer used.",
    )
    coop_backdate_days = fields.Integer(
        string="Cashiers Date Back", default=0,
        help="How many days back a cashier may date a voucher. 0: today only. The treasurer may date back further.",
    )
    coop_reminder_days = fields.Integer(
        string="Days Between Reminders", default=30,
        help="Nobody is reminded of arrears again within this many days, unless asked for.",
    )

    _coop_rounding_unit_positive = models.Constraint(
        'CHECK (coop_rounding_unit > 0)', "The rounding unit must be more than zero.",
    )
    _coop_backdate_days_positive = models.Constraint(
        'CHECK (coop_backdate_days >= 0 AND coop_reminder_days >= 0)', "A number of days cannot be less than zero.",
    )

    # === COMPUTE METHODS === #

    @api.depends('currency_id')
    def _compute_coop_rounding_unit(self):
        for company in self:
            currency = company.currency_id
            company.coop_rounding_unit = 1.0 if currency.name == 'IDR' else currency.rounding or 0.01

    # === BUSINESS METHODS === #

    def _coop_get_rounding_step(self):
        """Return how many of the currency's rounding units make the company's own: 100 for Rp 1 in sen."""
        self.ensure_one()
        # sudo: how the company rounds is no secret
        units = exact(to_decimal(self.sudo().coop_rounding_unit)) / exact(to_decimal(self.currency_id.rounding))
        return max(round_half_up(units), 1)

    def _coop_is_whole_amount(self, amount):
        """Whether ``amount`` is a whole multiple of the company's rounding unit."""
        self.ensure_one()
        rounded = float_round(amount, precision_rounding=self.coop_rounding_unit)
        return not float_compare(amount, rounded, precision_rounding=min(self.currency_id.rounding, 0.01))

    # === BUSINESS METHODS - CLOSING === #

    def _coop_get_closing_obstacles(self, date_from, date_to):
        """Name savings that belong to no member at the end of the period, and vouchers that are still drafts."""
        obstacles = super()._coop_get_closing_obstacles(date_from, date_to)
        # sudo: totals of the company's own savings accounts, for whoever closes its books
        savings_types = self.env['coop.savings.type'].sudo().with_context(active_test=False).search(
            [('company_id', '=', self.id)],
        )
        for savings_type, amount in savings_types._get_unowned_balances(date=date_to).items():
            if not self.currency_id.is_zero(amount):
                obstacles.append(Obstacle(self.env._(
                    "%(amount)s of %(savings)s belongs to no member at %(date)s. Open Savings > Without a Member and"
                    " say whose it is.",
                    amount=format_amount(self.env, amount, self.currency_id), savings=savings_type.name,
                    date=format_date(self.env, date_to),
                ), 'account.move.line', [
                    ('coop_is_unowned', '=', True), ('account_id', '=', savings_type.account_id.id),
                    ('date', '<=', date_to),
                ], action='account_move_line_action_unowned'))
        # sudo: how many, for whoever closes the books
        domain = [
            ('company_id', '=', self.id), ('state', '=', 'draft'), ('date', '>=', date_from), ('date', '<=', date_to),
        ]
        drafts = self.env['coop.savings.voucher'].sudo().search_count(domain)
        if drafts:
            obstacles.append(Obstacle(
                self.env._("%s savings vouchers are still drafts: post or delete them.", drafts),
                'coop.savings.voucher', domain, action='coop_savings_voucher_action',
            ))
        return obstacles
