from odoo import fields, models

from odoo.addons.producer_cooperative.models.coop_settlement_sold import DECIMALS


class CoopSettlementLine(models.Model):
    """What is due to a member for one sale line: the entitlement to date less what was settled before.

    A sale line is split where its invoices fall under different terms, years or accounts.
    """
    _name = 'coop.settlement.line'
    _inherit = ['coop.kept.line.mixin']
    _description = "Settlement Line"
    _order = 'settlement_id, id'
    _check_company_auto = True

    settlement_id = fields.Many2one(comodel_name='coop.settlement', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='settlement_id.company_id', store=True)
    currency_id = fields.Many2one(related='settlement_id.currency_id')
    state = fields.Selection(related='settlement_id.state', store=True, index=True)
    date = fields.Date(related='settlement_id.date', store=True)
    owner_id = fields.Many2one(related='settlement_id.partner_id', store=True, index=True)
    sale_line_id = fields.Many2one(
        comodel_name='sale.order.line', required=True, readonly=True, index=True, ondelete='restrict',
        groups='base.group_user',
    )
    order_name = fields.Char(related='sale_line_id.order_id.name', string="Sales Order")
    product_id = fields.Many2one(related='sale_line_id.product_id', store=True, index=True)
    uom_id = fields.Many2one(related='product_id.uom_id', string="Unit")
    term_id = fields.Many2one(
        comodel_name='coop.consignment.term', string="Terms", required=True, readonly=True, index=True,
        ondelete='restrict',
    )
    year = fields.Integer(readonly=True, required=True, help="Calendar year of the invoices, for tiered commissions.")
    account_id = fields.Many2one(
        comodel_name='account.account', string="Credited Account", required=True, readonly=True, ondelete='restrict',
        check_company=True, help="The account that the sale was credited to, and that the settlement debits.",
    )
    net_price = fields.Monetary(
        readonly=True, aggregator=None, help="What the member gets per unit, as the intake slip says; 0 without one.",
    )
    # As exact as what was invoiced, maybe in another unit than the product's: 0.83 sacks of 62.5 kg are 51.875 kg.
    quantity = fields.Float(
        string="Quantity Due", digits=(16, DECIMALS), min_display_digits='Product Unit', readonly=True,
    )
    amount = fields.Monetary(string="Sales", readonly=True, aggregator='sum')
    commission = fields.Monetary(readonly=True, aggregator='sum')
    quantity_before = fields.Float(
        string="Settled Before", digits=(16, DECIMALS), min_display_digits='Product Unit', readonly=True,
    )
    amount_before = fields.Monetary(string="Amount Settled Before", readonly=True)

    # === BUSINESS METHODS === #

    def _check_may_change(self):
        self.settlement_id._check_is_open()

    def _is_own_sale(self):
        """Whether the sale was booked as the cooperative's own revenue (principal basis), not on a clearing account.

        The account tells, and not the setting of the day: a sale is settled as it was booked.
        """
        self.ensure_one()
        return self.account_id.internal_group == 'income'

    def _as_values(self):
        """Return the line as the computation would create it, to see whether it still holds."""
        self.ensure_one()
        return {
            'sale_line_id': self.sale_line_id.id,
            'term_id': self.term_id.id,
            'year': self.year,
            'account_id': self.account_id.id,
            'net_price': self.net_price,
            'quantity': self.quantity,
            'amount': self.amount,
            'commission': self.commission,
            'quantity_before': self.quantity_before,
            'amount_before': self.amount_before,
        }
