from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_amount

from odoo.addons.producer_cooperative.tools.commission import commission_per_unit
from odoo.addons.producer_cooperative.tools.deductions import share_of
from odoo.addons.producer_cooperative.tools.units import to_decimal

#: What a levy may be credited to: what the cooperative passes on, or what it earns.
LEVY_ACCOUNT_TYPES = ('liability_current', 'income', 'income_other')


class CoopConsignmentLevy(models.Model):
    """What is deducted from a member's proceeds for others, or for a service of the cooperative (potongan)."""
    _name = 'coop.consignment.levy'
    _inherit = ['coop.kept.line.mixin']
    _description = "Levy"
    _order = 'term_id, sequence, id'
    _check_company_auto = True

    term_id = fields.Many2one(comodel_name='coop.consignment.term', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='term_id.company_id', store=True)
    currency_id = fields.Many2one(related='term_id.currency_id')
    sequence = fields.Integer(default=10, help="Levies are deducted in this order, while there is something left.")
    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        selection=[('percent', "% of Proceeds"), ('unit', "Per Unit Sold")], required=True, default='percent',
    )
    rate = fields.Float(string="Rate (%)", digits=(5, 2), help="Of the proceeds after commission.")
    fee = fields.Monetary(string="Amount per Unit", help="For every unit of goods sold.")
    account_id = fields.Many2one(
        comodel_name='account.account', required=True, check_company=True, ondelete='restrict',
        domain=f"[('account_type', 'in', {LEVY_ACCOUNT_TYPES})]",
        help="A fund or another liability when the levy is passed on, an income account when the cooperative keeps it.",
    )

    _rate_is_share = models.Constraint('CHECK (rate BETWEEN 0 AND 100)', "A rate is between 0 and 100 %.")
    _fee_not_negative = models.Constraint('CHECK (fee >= 0)', "A levy cannot be negative.")

    # === CONSTRAINT METHODS === #

    @api.constrains('account_id')
    def _check_account(self):
        for levy in self:
            # sudo: which accounts serve which purpose is no secret
            purposes = levy.sudo().company_id.coop_account_ids.filtered(
                lambda mapping, account=levy.account_id: (
                    mapping.account_id == account and not mapping.key.startswith('fund_')
                ),
            )
            savings = self.env['coop.savings.type'].sudo().with_context(active_test=False).search([
                ('company_id', '=', levy.company_id.id), ('account_id', '=', levy.account_id.id),
            ], limit=1)
            if levy.account_id.account_type not in LEVY_ACCOUNT_TYPES:
                raise ValidationError(self.env._(
                    "The levy “%(levy)s” cannot be booked on %(account)s: choose a current liability (a fund, for"
                    " example) or an income account.", levy=levy.name, account=levy.account_id.display_name,
                ))
            if purposes or savings:
                raise ValidationError(self.env._(
                    "The levy “%(levy)s” cannot be booked on %(account)s, which serves “%(purpose)s”. Choose another"
                    " account.", levy=levy.name, account=levy.account_id.display_name,
                    purpose=savings.name or purposes[0]._get_purpose(),
                ))

    @api.constrains('kind', 'rate', 'fee')
    def _check_amount(self):
        for levy in self:
            if not (levy.rate if levy.kind == 'percent' else levy.fee):
                raise ValidationError(self.env._("Say how much the levy “%s” is.", levy.name))

    # === BUSINESS METHODS === #

    def _check_may_change(self):
        self.term_id._check_not_fixed()

    def _get_amount(self, quantity, proceeds):
        """Return the levy on goods that brought these proceeds, in whole rounding units; a multiple of the company's.

        :param quantity: sold, in the products' units.
        :param int proceeds: sales less commission, in whole rounding units.
        """
        self.ensure_one()
        step = self.company_id._coop_get_rounding_step()
        if self.kind == 'percent':
            return share_of(proceeds, to_decimal(self.rate), step)
        return commission_per_unit(quantity, self.term_id._to_units_exact(self.fee), step)

    def _get_label(self):
        """Return the levy in words, for the settlement."""
        self.ensure_one()
        if self.kind == 'unit':
            fee = format_amount(self.env, self.fee, self.currency_id)
            return self.env._("%(levy)s, %(fee)s per unit", levy=self.name, fee=fee)
        return self.env._("%(levy)s, %(rate)s %%", levy=self.name, rate=f"{self.rate:g}")
