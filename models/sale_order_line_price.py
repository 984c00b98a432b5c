from odoo import api, models


class SaleOrderLine(models.Model):
    """Corrections of a price: they change what was invoiced in money, and never in quantity."""
    _inherit = 'sale.order.line'

    # === COMPUTE METHODS === #

    @api.depends('invoice_lines.coop_corrected_line_id')
    def _compute_qty_invoiced(self):
        return super()._compute_qty_invoiced()

    @api.depends('invoice_lines.coop_corrected_line_id')
    def _compute_qty_invoiced_posted(self):
        super()._compute_qty_invoiced_posted()
        for line in self:
            posted = line._coop_get_price_corrections().filtered(lambda item: item.parent_state == 'posted')
            for item in posted:
                quantity = item.product_uom_id._compute_quantity(item.quantity, line.product_uom_id)
                line.qty_invoiced_posted += quantity * item.move_id.direction_sign

    # === BUSINESS METHODS === #

    def _prepare_qty_invoiced(self):
        """Leave corrections of the price out of the invoiced quantity: the goods are not to be invoiced again."""
        quantities = super()._prepare_qty_invoiced()
        for line in self:
            for item in line._coop_get_price_corrections().filtered(lambda item: item.parent_state != 'cancel'):
                quantity = item.product_uom_id._compute_quantity(item.quantity, line.product_uom_id)
                quantities[line] += quantity * item.move_id.direction_sign
        return quantities

    def _coop_get_price_corrections(self):
        self.ensure_one()
        return self._get_invoice_lines().filtered('coop_corrected_line_id')
