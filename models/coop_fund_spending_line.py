from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.tools.units import from_units, round_half_up, to_decimal, to_units

#: Income tax is counted in whole units of the currency: rupiah.
TAX_UNIT = 1


class CoopFundSpendingLine(models.Model):
    """What one person gets of a fund, or what is paid for one purpose."""
    _name = 'coop.fund.spending.line'
    _inherit = ['coop.guard.mixin']
    _description = "Fund Spending Line"
    _order = 'spending_id, sequence, id'
    _check_company_auto = True

    spending_id = fields.Many2one(
        comodel_name='coop.fund.spending', required=True, index=True, ondelete='cascade',
    )
    company_id = fields.Many2one(related='spending_id.company_id', store=True, precompute=True)
    currency_id = fields.Many2one(related='spending_id.currency_id')
    state = fields.Selection(related='spending_id.state', store=True)
    date = fields.Date(related='spending_id.date', store=True)
    fund_id = fields.Many2one(related='spending_id.fund_id', store=True, index=True)
    sequence = fields.Integer(default=10)
    partner_id = fields.Many2one(
        comodel_name='res.partner', string="Person or Payee", check_company=True, index='btree_not_null',
        ondelete='restrict',
    )
    name = fields.Char(
        string="For", compute='_compute_name', store=True, readonly=False, precompute=True,
        help="The person's office, or what is paid for.",
    )
    amount = fields.Monetary(required=True, help="What the fund gives, before tax.")
    tax_percent = fields.Float(
        string="Income Tax (%)", digits=(5, 2), help="Withheld from the person and owed to the tax office.",
    )
    amount_tax = fields.Monetary(string="Tax", compute='_compute_amounts', store=True)
    amount_net = fields.Monetary(string="Paid", compute='_compute_amounts', store=True)

    _amount_positive = models.Constraint('CHECK (amount > 0)', "The amount must be more than zero.")
    _amount_not_huge = models.Constraint(
        'CHECK (amount < 1e15)', "No fund holds so much: enter the amount that is paid.",
    )
    _tax_is_share = models.Constraint(
        'CHECK (COALESCE(tax_percent, 0) BETWEEN 0 AND 100)', "Income tax is between 0 and 100 %.",
    )

    # === COMPUTE METHODS === #

    @api.depends('spending_id.reason')
    def _compute_name(self):
        for line in self:
            line.name = line.name or line.spending_id.reason

    @api.depends('amount', 'tax_percent')
    def _compute_amounts(self):
        for line in self:
            line.amount_tax = line._get_tax()
            line.amount_net = line.currency_id.round(line.amount - line.amount_tax)

    def _get_tax(self):
        """Return the tax, rounded half up to whole rupiah."""
        self.ensure_one()
        if not self.tax_percent or not self.currency_id:
            return 0.0
        exact = to_decimal(self.amount) * to_decimal(self.tax_percent) / 100
        return float(from_units(round_half_up(exact), TAX_UNIT))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_spending_is_draft()
        lines.spending_id._keep_writer()
        return lines

    def write(self, vals):
        self._check_spending_is_draft()
        res = super().write(vals)
        self._check_spending_is_draft()  # a line can be moved to another spending
        self.spending_id._keep_writer()
        return res

    def unlink(self):
        self.spending_id._keep_writer()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        self._check_spending_is_draft()

    def _check_spending_is_draft(self):
        if any(spending.state != 'draft' for spending in self.spending_id):
            raise UserError(self.env._("A posted spending is not changed: cancel it and write a new one."))

    # === BUSINESS METHODS === #

    def _check_complete(self):
        """Refuse lines of which nobody would know later who got what.

        :raises UserError: naming the line and what to do.
        """
        self.ensure_one()
        if not self.partner_id and not (self.name or "").strip():
            raise UserError(self.env._("Say on every line who gets the money, or what it is paid for."))
        if self.tax_percent and not self.partner_id:
            raise UserError(self.env._(
                "“%s”: income tax is withheld from a person. Say who, or leave the tax empty.", self.name,
            ))
        if to_units(self.amount, self.currency_id.rounding) <= 0:
            raise UserError(self.env._("“%s”: enter what is paid, or take the line off.", self._get_label()))

    def _get_label(self):
        self.ensure_one()
        # sudo: the name of the payee, for whoever reads the spending
        return ": ".join(filter(None, (self.sudo().partner_id.name, self.name)))

    def _prepare_fund_item(self):
        self.ensure_one()
        return {
            'account_id': self.fund_id.account_id.id, 'partner_id': self.partner_id.id, 'name': self._get_label(),
            'balance': self.amount,
        }

    def _prepare_tax_item(self, account):
        self.ensure_one()
        return {
            'account_id': account.id, 'partner_id': self.partner_id.id,
            'name': self.env._("Income tax of %s", self._get_label()), 'balance': -self.amount_tax,
        }
