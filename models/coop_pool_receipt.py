from odoo import api, fields, models


class CoopPool(models.Model):
    """From the receipt to the shares: what came is shared out anew after every receipt, return and rejection."""
    _inherit = 'coop.pool'

    allocation_ids = fields.One2many(comodel_name='coop.pool.allocation', inverse_name='pool_id', string="Shares")
    receipt_status = fields.Selection(
        selection=[('none', "Nothing Yet"), ('partial', "Partly"), ('full', "All That Is Expected")],
        string="Goods Came", compute='_compute_receipt_status', compute_sudo=True,
    )
    overallocated_count = fields.Integer(
        string="Products Given Beyond What Came", compute='_compute_overallocated_count',
        help="Products of which more is given to members than came, because shares were changed by hand, or goods went"
             " back to the vendor.",
    )

    # === COMPUTE METHODS === #

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

    @api.depends('state', 'line_ids.is_overallocated')
    def _compute_overallocated_count(self):
        for pool in self:
            waiting = pool.state in ('ordered', 'received', 'distributed')
            pool.overallocated_count = waiting and len(pool.line_ids.filtered('is_overallocated'))

    # === ACTIONS === #

    def action_view_receipts(self):
        """Open the receipts of the pools' purchase orders."""
        # sudo: only which receipts belong to the pools; the receipts themselves are read with the user's own access
        found = self.sudo().line_ids._get_goods_moves()
        receipts = self.sudo().purchase_order_ids.picking_ids
        for moves in found.values():
            receipts |= moves.picking_id
        return receipts.sudo(False)._get_records_action(name=self.env._("Receipts"))

    def action_view_allocations(self):
        """Open the members' shares."""
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_pool_allocation_action')
        return {**action, 'domain': [('pool_id', 'in', self.ids)], 'context': {
            'group_by': 'line_id', 'coop_hide_pool': len(self) == 1,
        }}

    def action_reset_shares(self):
        """Give all members what the pools' rule gives; changes by hand are dropped."""
        self.check_access('write')
        self.allocation_ids.action_reset()

    # === BUSINESS METHODS === #

    def _is_more_expected(self):
        """Whether goods of the pool's orders may still come: an order is not confirmed, or a receipt not finished.

        Goods at the input of the warehouse are still expected in the stock.
        """
        self.ensure_one()
        orders = self.purchase_order_ids.filtered(lambda order: order.state != 'cancel')
        if any(order.state != 'purchase' for order in orders):
            return True
        return any(
            move.state not in ('done', 'cancel') and move._coop_brings_goods()
            for moves in self.line_ids._get_goods_moves().values() for move in moves
        )

    def _update_receipt(self):
        """Share out what has come so far; the pools are received when nothing more is expected.

        For whoever validates or cancels a receipt, a return or an order; pools that do not wait for goods stay as they
        are.
        """
        pools = self.filtered(lambda pool: pool.state in ('ordered', 'received'))
        pools._queue_up()
        pools.line_ids._forget_received()
        pools._reallocate()
        for pool in pools.filtered(lambda pool: pool.state == 'ordered'):
            if not pool._is_more_expected():
                pool._update_state('received')
        # sudo: the round follows its goods, whoever sends them back to the vendor
        distributed = self.sudo().filtered(lambda pool: pool.state == 'distributed')
        distributed.line_ids._forget_received()
        distributed._note_impossible_shares()
        self._remind_of_bills()

    def _reallocate(self):
        """Work out each member's share of what has come; shares that were changed by hand keep their change.

        What a member lets go by hand goes to those who are still short.
        """
        # sudo: shares are written by the rule, whoever receives the goods
        pools = self.sudo()
        shares = {(share.line_id, share.membership_id): share for share in pools.allocation_ids}
        received = pools.line_ids._get_received()
        new_shares = []
        for line in pools.line_ids:
            for request, quantity in line._share_out(sum(received[line].values())).items():
                share = shares.get((line, request.membership_id))
                if not share:
                    new_shares.append({
                        'line_id': line.id, 'membership_id': request.membership_id.id, 'request_id': request.id,
                        'quantity_computed': quantity,
                    })
                elif line.uom_id.compare(share.quantity_computed, quantity):
                    share.quantity_computed = quantity
        self.env['coop.pool.allocation'].sudo().create(new_shares)
        pools.line_ids._share_lots(received)
        pools._note_impossible_shares()

    def _note_impossible_shares(self):
        """Say in the chatter, once for each product, that more is given to members than came or stayed."""
        for line in self.line_ids:
            impossible = line.uom_id.compare(line.quantity_left, 0.0) < 0
            if impossible and not line.is_overallocated:
                line.pool_id.message_post(body=line._describe_impossible_shares())
            if line.is_overallocated != impossible:
                line.is_overallocated = impossible


class CoopPoolLine(models.Model):
    _inherit = 'coop.pool.line'

    def _describe_impossible_shares(self):
        """Say that more is given to members than came, and what to do about it."""
        self.ensure_one()
        amounts = {
            'given': self._format(self.quantity_allocated), 'unit': self.uom_id.name, 'product': self.display_name,
            'received': self._format(self.quantity_received),
        }
        if self.pool_id.state == 'distributed':
            return self.env._(
                "%(given)s %(unit)s of %(product)s are charged to members, and %(received)s stayed after what went back"
                " to the vendor. Record with “Not Collected” whose goods they were.", **amounts,
            )
        return self.env._(
            "%(given)s %(unit)s of %(product)s are given to members by hand, and %(received)s came. Lower somebody's"
            " share.", **amounts,
        )
