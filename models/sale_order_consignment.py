from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """Orders of members' goods stand as long as somebody is to be paid by them."""
    _inherit = 'sale.order'

    # === CRUD METHODS === #

    def write(self, vals):
        if vals.get('state') in ('draft', 'sent', 'cancel'):
            self.filtered(lambda order: order.state == 'sale')._coop_check_nothing_to_invoice()
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _coop_check_nothing_to_invoice(self):
        """Refuse to give up orders whose goods are with the customer and not invoiced: nobody would ever be paid.

        :raises UserError: naming the goods and what to do first.
        """
        # sudo: what was delivered and invoiced of the order's own lines, for whoever cancels it
        for line in self.sudo().order_line:
            if not line.product_id.coop_consigned or not line.company_id.coop_is_cooperative:
                continue
            open_quantity = line.qty_delivered - line.qty_invoiced_posted
            if line.product_uom_id.compare(open_quantity, 0.0) > 0:
                raise UserError(self.env._(
                    "%(quantity)s %(unit)s of %(product)s were delivered on %(order)s and not invoiced. Invoice them,"
                    " or take the goods back, before you cancel the order: otherwise their owners are never paid.",
                    quantity=line.product_uom_id.round(open_quantity), unit=line.product_uom_id.name,
                    product=line.product_id.display_name, order=line.order_id.name,
                ))
