from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CoopPool(models.Model):
    """From the order to the receipt: one purchase order per vendor, and a fair share of what comes."""
    _inherit = 'coop.pool'

    purchase_order_ids = fields.One2many(
        comodel_name='purchase.order', inverse_name='coop_pool_id', string="Purchase Orders", readonly=True,
    )
    purchase_order_count = fields.Integer(compute='_compute_purchase_order_count', compute_sudo=True)
    allocation_ids = fields.One2many(comodel_name='coop.pool.allocation', inverse_name='pool_id', string="Shares")
    receipt_status = fields.Selection(
        selection=[('none', "Nothing Yet"), ('partial', "Partly"), ('full', "All That Is Expected")],
        string="Goods Came", compute='_compute_receipt_status', compute_sudo=True,
    )

    # === COMPUTE METHODS === #

    @api.depends('purchase_order_ids')
    def _compute_purchase_order_count(self):
        for pool in self:
            pool.purchase_order_count = len(pool.purchase_order_ids)

    @api.depends(
        'purchase_order_ids.state', 'purchase_order_ids.order_line.move_ids.state', 'line_ids.quantity_received',
    )
    def _compute_receipt_status(self):
        # sudo (compute_sudo): warehouse staff see how far the receipt is, without access to the order
        for pool in self:
            if pool.purchase_order_ids and not pool._is_more_expected():
                pool.receipt_status = 'full'
            elif any(line.uom_id.compare(line.quantity_received, 0.0) > 0 for line in pool.line_ids):
                pool.receipt_status = 'partial'
            else:
                pool.receipt_status = 'none'

    # === ACTIONS === #

    def action_order(self):
        """Make one request for quotation per vendor, with one line per product so that Odoo finds the price step.

        :raises UserError: when there is nothing to order, a vendor is missing, or Odoo finds another price than was
            proposed.
        """
        self.check_access('write')
        self._queue_up()
        for pool in self:
            lines = pool.line_ids.filtered(lambda line: line.uom_id.compare(line.quantity, 0.0) > 0)
            pool._check_can_be_ordered(lines)
            orders = self.env['purchase.order'].with_company(pool.company_id)._coop_as_pool().create([
                pool._prepare_purchase_order_values(vendor, of_vendor) for vendor,
                of_vendor in lines.grouped('vendor_id').items()
            ]).with_env(pool.env)
            # A new order line carries the price of the vendor's smallest quantity; this finds that of its own.
            orders.order_line._compute_price_unit_and_date_planned_and_name()
            lines._check_ordered_as_proposed()
        self._update_state('ordered')
        return self.action_view_purchase_orders()

    def action_view_purchase_orders(self):
        """Open the pools' purchase orders."""
        return self.purchase_order_ids._get_records_action(name=self.env._("Purchase Orders"))

    def action_view_receipts(self):
        """Open the receipts of the pools' purchase orders."""
        # sudo: only which receipts belong to the pools; the receipts themselves are read with the user's own access
        receipts = self.sudo().purchase_order_ids.picking_ids.sudo(False)
        return receipts._get_records_action(name=self.env._("Receipts"))

    # === BUSINESS METHODS - ORDER === #

    def _check_can_be_ordered(self, lines):
        self.ensure_one()
        if self.state != 'closed':
            raise UserError(self._state_error_message('ordered'))
        if not lines:
            raise UserError(self.env._(
                "%s has nothing to order. Reopen it for more requests, or cancel it.", self.display_name,
            ))
        for line in lines:
            if not line.vendor_id:
                raise UserError(self.env._("Choose the vendor of %s.", line.display_name))
            if not line._select_seller(line.vendor_id, line.quantity):
                raise UserError(self.env._(
                    "%(vendor)s has no price for %(quantity)s %(unit)s of %(product)s. Enter the vendor's price list or"
                    " choose another vendor.", vendor=line.vendor_id.display_name, quantity=line.quantity,
                    unit=line.uom_id.name, product=line.display_name,
                ))

    def _prepare_purchase_order_values(self, vendor, lines):
        """Return one request for quotation: the lines of one vendor, each product once."""
        self.ensure_one()
        return {
            'partner_id': vendor.id,
            'company_id': self.company_id.id,
            'currency_id': vendor.property_purchase_currency_id.id or self.currency_id.id,
            'picking_type_id': self.warehouse_id.in_type_id.id,
            'origin': self.name,
            'coop_pool_id': self.id,
            'order_line': [Command.create(line._prepare_purchase_line_values()) for line in lines],
        }

    # === BUSINESS METHODS - RECEIPT === #

    def _is_more_expected(self):
        """Whether goods of the pool's orders may still come: an order is not confirmed, or a receipt not finished."""
        self.ensure_one()
        orders = self.purchase_order_ids.filtered(lambda order: order.state != 'cancel')
        moves = orders.order_line.move_ids.filtered(lambda move: move._coop_is_receipt())
        return any(order.state != 'purchase' for order in orders) or any(
            move.state not in ('done', 'cancel') for move in moves
        )

    def _update_receipt(self):
        """Share out what has come so far; the pools are received when nothing more is expected.

        For whoever validates or cancels a receipt, a return or an order; pools that do not wait for goods stay as they
        are.
        """
        pools = self.filtered(lambda pool: pool.state in ('ordered', 'received'))
        pools._queue_up()
        pools._reallocate()
        for pool in pools.filtered(lambda pool: pool.state == 'ordered'):
            if not pool._is_more_expected():
                pool._update_state('received')

    def _reallocate(self):
        """Work out each member's share of what has come; shares that were changed by hand keep their change."""
        # sudo: shares are written by the rule, whoever receives the goods
        pools = self.sudo()
        shares = {(share.line_id, share.membership_id): share for share in pools.allocation_ids}
        new_shares = []
        for line in pools.line_ids:
            for request, quantity in line._compute_shares().items():
                share = shares.get((line, request.membership_id))
                if share:
                    share.quantity_computed = quantity
                else:
                    new_shares.append({
                        'line_id': line.id, 'membership_id': request.membership_id.id, 'request_id': request.id,
                        'quantity_computed': quantity,
                    })
        self.env['coop.pool.allocation'].sudo().create(new_shares)
