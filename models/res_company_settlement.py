from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_amount


class ResCompany(models.Model):
    """How a company sells its members' goods, and settles with them."""
    _inherit = 'res.company'

    coop_consignment_basis = fields.Selection(
        selection=[
            ('agent', "Agent: only the commission is revenue"),
            ('principal', "Principal: the whole sale is revenue, the members' part is cost of goods"),
        ],
        string="Members' Goods Are Sold As", default='agent', required=True,
        help="On agent basis sales of members' goods go to a clearing account until they are settled. On principal"
             " basis they are the cooperative's own revenue, and settlements book the members' part as cost of goods.",
    )
    coop_commission_tax_id = fields.Many2one(
        comodel_name='account.tax', string="Tax on the Commission", check_company=True, ondelete='set null',
        domain="[('type_tax_use', '=', 'sale')]",
        help="Only for cooperatives that are registered for VAT: the commission is invoiced with this tax, and the"
             " invoice is paid by the settlement. Left empty, the commission is a line of the settlement's bill.",
    )
    coop_commission_journal_id = fields.Many2one(
        comodel_name='account.journal', string="Commission Journal", check_company=True, ondelete='set null',
        domain="[('type', '=', 'sale')]",
        help="The invoices of the commission are numbered here; the first sales journal when left empty.",
    )
    coop_settlement_minimum = fields.Monetary(
        string="Least Payout", default=0.0,
        help="A settlement run pays out no less than this; smaller results are carried forward to the next run.",
    )

    _coop_settlement_minimum_positive = models.Constraint(
        'CHECK (coop_settlement_minimum >= 0)', "The least payout cannot be negative.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains('coop_commission_tax_id', 'coop_vat_status')
    def _check_coop_commission_tax(self):
        for company in self.filtered('coop_commission_tax_id'):
            if company.coop_vat_status != 'registered':
                raise ValidationError(self.env._(
                    "%s is not registered for VAT and charges none on the commission. Remove the tax on the commission,"
                    " or correct the VAT status in the set-up.", company.name,
                ))
            if company.coop_commission_tax_id.type_tax_use != 'sale':
                raise ValidationError(self.env._("The tax on the commission has to be a tax on sales."))

    # === CRUD METHODS === #

    def write(self, vals):
        if vals.get('coop_consignment_basis') == 'agent':
            self.filtered(lambda company: company.coop_consignment_basis == 'principal')._coop_check_no_own_sales()
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _coop_check_no_own_sales(self):
        """Refuse to go back to agent basis once members' goods were sold as the cooperative's own.

        :raises UserError: naming the company.
        """
        for company in self:
            # sudo: whether there are any, for whoever changes the settings
            if self.env['account.move.line'].sudo().search_count([
                ('company_id', '=', company.id), ('parent_state', '=', 'posted'), ('display_type', '=', 'product'),
                ('move_type', 'in', ('out_invoice', 'out_refund', 'out_receipt')),
                ('product_id.coop_consigned', '=', True), ('account_id.internal_group', '=', 'income'),
            ], limit=1):
                raise UserError(self.env._(
                    "%s has booked sales of members' goods as its own revenue; they stay there. It remains on principal"
                    " basis.", company.name,
                ))

    def _coop_get_tax_rounding(self):
        """Return Odoo's rounding of invoices to the company's rounding unit, the difference taken by the tax."""
        self.ensure_one()
        Rounding = self.env['account.cash.rounding'].sudo()  # sudo: only how the company rounds
        values = {'rounding': self.coop_rounding_unit, 'strategy': 'biggest_tax', 'rounding_method': 'HALF-UP'}
        found = Rounding.search([(name, '=', value) for name, value in values.items()], limit=1)
        return found or Rounding.create({
            **values, 'name': self.env._("Tax to whole %s", format_amount(
                self.env, self.coop_rounding_unit, self.currency_id,
            )),
        })
