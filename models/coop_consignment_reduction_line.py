from odoo import fields, models
from odoo.exceptions import UserError


class CoopConsignmentReductionLine(models.Model):
    """The lower asking price of what one intake slip line brought."""
    _name = 'coop.consignment.reduction.line'
    _inherit = ['coop.kept.line.mixin', 'coop.guard.mixin']
    _description = "Price Reduction Line"
    _order = 'reduction_id, id'
    _check_company_auto = True
    _kept_by = 'reduction_id'

    _guarded_fields = frozenset({'price_before'})

    reduction_id = fields.Many2one(
        comodel_name='coop.consignment.reduction', string="Price Reduction", required=True, index=True,
        ondelete='cascade',
    )
    company_id = fields.Many2one(related='reduction_id.company_id', store=True)
    currency_id = fields.Many2one(related='reduction_id.currency_id')
    partner_id = fields.Many2one(related='reduction_id.partner_id', store=True, index=True)
    date = fields.Date(related='reduction_id.date', store=True)
    state = fields.Selection(related='reduction_id.state', store=True)
    consignment_line_id = fields.Many2one(
        comodel_name='coop.consignment.line', string="Intake", required=True, index=True, ondelete='restrict',
        check_company=True, domain="[('partner_id', '=', partner_id), ('state', '=', 'received')]",
    )
    product_id = fields.Many2one(related='consignment_line_id.product_id')
    uom_id = fields.Many2one(related='product_id.uom_id', string="Unit")
    price_now = fields.Monetary(related='consignment_line_id.price_now', string="Asking Price Now")
    price_before = fields.Monetary(readonly=True, copy=False)
    price = fields.Monetary(string="New Asking Price")

    _once_per_reduction = models.Constraint(
        'UNIQUE (reduction_id, consignment_line_id)', "Each intake slip line is listed once.",
    )

    # === BUSINESS METHODS === #

    def _check_complete(self):
        """Check a line before its price is lowered.

        :raises UserError: naming the product and what is wrong.
        """
        self.ensure_one()
        product = self.product_id.display_name
        if self.consignment_line_id.partner_id != self.reduction_id.partner_id:
            raise UserError(self.env._(
                "%(product)s of %(slip)s belongs to %(owner)s, not to %(member)s.",
                product=product, slip=self.consignment_line_id.consignment_id.display_name,
                owner=self.consignment_line_id.partner_id.display_name,
                member=self.reduction_id.partner_id.display_name,
            ))
        if self.currency_id.compare_amounts(self.price, 0) <= 0:
            raise UserError(self.env._("Say what is asked for %s from now on.", product))
        if self.currency_id.compare_amounts(self.price, self.price_now) >= 0:
            raise UserError(self.env._("The new price of %s is not lower than the one that is asked now.", product))
