from odoo import models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.tools.allocation import (
    Wish,
    allocate_equal,
    allocate_in_order,
    allocate_proportional,
)


class CoopPoolLine(models.Model):
    """One product on its way from the order to the members' shares."""
    _inherit = 'coop.pool.line'

    # === BUSINESS METHODS - ORDER === #

    def _prepare_purchase_line_values(self):
        """Return the order line, in the unit of the vendor's price list, because Odoo finds no price in another one."""
        self.ensure_one()
        unit, quantity = self.uom_id, self.quantity
        vendor_unit = self._select_seller(self.vendor_id, quantity).product_uom_id
        if vendor_unit != unit:
            in_vendor_unit = vendor_unit.round(unit._compute_quantity(quantity, vendor_unit, round=False))
            if not unit.compare(vendor_unit._compute_quantity(in_vendor_unit, unit, round=False), quantity):
                unit, quantity = vendor_unit, in_vendor_unit
        return {'product_id': self.product_id.id, 'product_qty': quantity, 'product_uom_id': unit.id}

    def _check_ordered_as_proposed(self):
        """Refuse an order whose price is not the one that was proposed.

        :raises UserError: naming the product and both prices.
        """
        for line in self:
            seller = line._select_seller(line.vendor_id, line.quantity)
            order_line = line._get_purchase_lines().filtered(lambda order_line: order_line.state != 'cancel')
            if len(order_line) != 1 or order_line.selected_seller_id != seller:
                raise UserError(self.env._(
                    "%(vendor)s sells %(product)s by the %(unit)s. %(quantity)s %(own_unit)s cannot be ordered at the"
                    " proposed price: order whole %(unit)s.", vendor=line.vendor_id.display_name,
                    product=line.display_name, unit=seller.product_uom_id.name, quantity=line.quantity,
                    own_unit=line.uom_id.name,
                ))

    # === BUSINESS METHODS - RECEIPT === #

    def _compute_shares(self):
        """Return what each request gets of what has come, as ``{request: quantity}``, by the pool's rule.

        Whole steps only, together never more than came, nobody more than asked for with tolerance.
        """
        self.ensure_one()
        requests = {request.membership_id.id: request for request in self.request_ids.sorted('id')}
        received = max(self._to_steps(self.quantity_received), 0)
        if self.pool_id.allocation_rule == 'in_order':
            rows = [row._to_request_row() for row in self.request_ids.row_ids]
            parts = allocate_in_order(rows, received).parts
        else:
            allocate = {'proportional': allocate_proportional, 'equal': allocate_equal}[self.pool_id.allocation_rule]
            wishes = {
                member: Wish(self._to_steps(request.quantity), self._to_steps(request.tolerance))
                for member, request in requests.items()
            }
            ties = {member: request.membership_id._get_rank() for member, request in requests.items()}
            parts = allocate(wishes, received, ties).parts
        return {request: self._from_steps(parts.get(member, 0)) for member, request in requests.items()}
