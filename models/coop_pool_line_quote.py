from odoo import models

from odoo.addons.producer_cooperative.models.coop_pool_line_price import VendorPrice
from odoo.addons.producer_cooperative.tools.units import to_decimal


class CoopPoolLine(models.Model):
    """What vendors quoted for one product."""
    _inherit = 'coop.pool.line'

    # === BUSINESS METHODS === #

    def _get_quotes(self):
        """Return the lines of open requests for quotation on which a vendor quoted a price for these products."""
        # sudo: the pool's own requests, for whoever looks at the cases and prices of an open pool
        quotes = self.pool_id.sudo()._get_open_quotes().order_line
        return quotes.filtered(
            lambda quote: quote.product_id in self.product_id and quote.price_unit > 0 and quote.product_qty > 0
            and quote.product_uom_id._has_common_reference(quote.product_id.uom_id),
        )

    def _get_quantity_to_quote(self):
        """Return what vendors are asked for: what is to be ordered, or while requests come in, what they come to."""
        self.ensure_one()
        return self.quantity if self.pool_id.state == 'closed' else self.quantity_requested

    def _prepare_quote_line_values(self, vendor):
        """Return the line of a request for quotation, in the vendor's own unit where the price list names one."""
        self.ensure_one()
        quantity = self._get_quantity_to_quote() or self.quantity_requested
        unit = self._get_sellers().filtered(
            lambda seller: seller.partner_id == vendor and self._is_price_usable(seller),
        )[:1].product_uom_id or self.uom_id
        in_vendor_unit = self._to_vendor_quantity(quantity, unit)
        if in_vendor_unit is None:
            unit, in_vendor_unit = self.uom_id, quantity
        return {
            'product_id': self.product_id.id, 'product_qty': in_vendor_unit, 'product_uom_id': unit.id,
            'price_unit': 0.0,
        }

    def _prepare_quoted_price(self, quote):
        """Return what a vendor quoted; it holds from the quoted quantity on."""
        self.ensure_one()
        unit, order = quote.product_uom_id, quote.order_id
        content = self._get_content(unit)
        price = self._get_untaxed(
            quote.price_unit * (1 - quote.discount / 100), 1.0, order.currency_id, order.partner_id,
        )
        price = to_decimal(self._to_company(price, order.currency_id)) / content
        return VendorPrice(
            vendor=order.partner_id.sudo(False), seller=self.env['product.supplierinfo'], quote=quote, unit=unit,
            content=content, minimum=to_decimal(quote.product_qty) * content, price=price,
            pack=self._get_vendor_pack(unit), rank=(float(price), 0, 0),
        )
