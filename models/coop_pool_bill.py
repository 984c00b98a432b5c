from odoo import api, fields, models

from odoo.addons.producer_cooperative.models.coop_pool import MONEY_GROUPS

OVERBILLED_ACTIVITY = 'producer_cooperative.mail_activity_type_pool_overbilled'


class CoopPool(models.Model):
    """Vendors' bills beside what came: a bill for more is shown and followed up, never hidden."""
    _inherit = 'coop.pool'

    overbilled_count = fields.Integer(
        string="Products Billed Beyond What Came", compute='_compute_overbilled_count', groups=MONEY_GROUPS,
    )

    # === COMPUTE METHODS === #

    @api.depends('line_ids.quantity_overbilled')
    def _compute_overbilled_count(self):
        for pool in self:
            pool.overbilled_count = len(pool.line_ids.filtered('quantity_overbilled'))

    # === BUSINESS METHODS === #

    def _remind_of_bills(self):
        """Ask whoever is responsible to take up with the vendor what was billed and did not come.

        The reminder goes when the goods come or a credit note is posted.
        """
        # sudo: bills and receipts are posted by people with no other access to the pool
        for pool in self.sudo():
            over = pool.line_ids.filtered('quantity_overbilled')
            if not over:
                pool.activity_unlink([OVERBILLED_ACTIVITY])
            elif not pool.activity_search([OVERBILLED_ACTIVITY]):
                pool.activity_schedule(
                    OVERBILLED_ACTIVITY, user_id=pool.user_id.id or self.env.uid,
                    note=self.env._(
                        "Billed beyond what came: %s. Ask the vendor for the goods or for a credit note.",
                        ", ".join(over.mapped('display_name')),
                    ),
                )


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


class AccountMove(models.Model):
    _inherit = 'account.move'

    # === BUSINESS METHODS === #

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        posted._coop_update_billed_pools()
        return posted

    def button_draft(self):
        res = super().button_draft()
        self._coop_update_billed_pools()
        return res

    def _coop_update_billed_pools(self):
        """Tell the pools that a vendor's bill for their goods was posted or taken back."""
        bills = self.filtered(lambda move: move.is_purchase_document(include_receipts=True))
        # sudo: which pools the bills belong to, for whoever posts them
        bills.sudo().invoice_line_ids.purchase_line_id.order_id.coop_pool_id._remind_of_bills()
