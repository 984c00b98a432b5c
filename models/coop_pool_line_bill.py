from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.models.coop_pool import MONEY_GROUPS


class CoopPoolLine(models.Model):
    """What was billed of one product."""
    _inherit = 'coop.pool.line'

    quantity_billed = fields.Float(
        string="Billed", digits='Product Unit', compute='_compute_billed', compute_sudo=True, groups=MONEY_GROUPS,
        help="On the vendors' posted bills, less credit notes.",
    )
    quantity_overbilled = fields.Float(
        string="Billed Beyond What Came", digits='Product Unit', compute='_compute_billed', compute_sudo=True,
        groups=MONEY_GROUPS, help="What was billed and neither came nor was credited.",
    )

    is_credit_renounced = fields.Boolean(
        string="Vendor Gives No Credit", readonly=True, copy=False, groups=MONEY_GROUPS,
        help="What was billed and did not come is not expected any more: what came bears the whole bill.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        'quantity_received', 'pool_id.purchase_order_ids.order_line.invoice_lines.parent_state',
        'pool_id.purchase_order_ids.order_line.invoice_lines.quantity',
    )
    def _compute_billed(self):
        # sudo (compute_sudo): bills of the pool's own orders, for the roles that may see prices
        for line in self:
            order_lines = line._get_purchase_lines()
            billed = line._round(sum(order_line._coop_get_billed()[0] for order_line in order_lines))
            came = sum(order_line._coop_get_received_quantity() for order_line in order_lines)
            line.quantity_billed = billed
            line.quantity_overbilled = max(line._round(billed - came), 0.0)

    # === BUSINESS METHODS === #

    def _get_open_overbilled(self):
        """Return the products for which the vendor still owes goods or a credit note."""
        return self.filtered(lambda line: line.quantity_overbilled and not line.is_credit_renounced)

    def _check_goods_and_bills_agree(self):
        """Refuse to settle while goods are charged that went back, or billed that did not come.

        :raises UserError: naming the product and what to do first.
        """
        for line in self:
            if line.uom_id.compare(line.quantity_left, 0.0) < 0:
                raise UserError(self.env._(
                    "%(given)s %(unit)s of %(product)s are charged to members, and %(received)s stayed after what went"
                    " back to the vendor. Record first, with “Not Collected”, whose goods they were.",
                    given=line._format(line.quantity_allocated), received=line._format(line.quantity_received),
                    unit=line.uom_id.name, product=line.display_name,
                ))
        for line in self._get_open_overbilled():
            raise UserError(self.env._(
                "The vendor billed %(over)s %(unit)s of %(product)s that did not come. Ask for the goods or for a credit"
                " note first. If the vendor gives neither, the treasurer or the manager says so with “No Credit”; then"
                " the members who got goods bear it.",
                over=line._format(line.quantity_overbilled), unit=line.uom_id.name, product=line.display_name,
            ))
