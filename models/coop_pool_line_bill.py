from odoo import api, fields, models

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
