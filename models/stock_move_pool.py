from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang


class StockMove(models.Model):
    """The pool follows its goods from the vendor to the stock, back to the vendor, and to the scrap."""
    _inherit = 'stock.move'

    coop_pool_line_id = fields.Many2one(
        comodel_name='coop.pool.line', string="Rejected From", readonly=True, copy=False, index='btree_not_null',
        ondelete='set null',
        help="The pooled product whose goods were scrapped from a receipt before members got them.",
    )

    # === BUSINESS METHODS === #

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        done = (self | moves).exists()
        done._coop_mark_rejected()
        done._coop_update_pools()
        done._coop_check_within_shares()
        return moves

    def _action_cancel(self):
        pools = self._coop_get_pools()
        res = super()._action_cancel()
        pools._update_receipt()
        return res

    def _action_assign(self, force_qty=False):
        self._coop_reserve_shared_lots()
        return super()._action_assign(force_qty)

    # === BUSINESS METHODS - RECEIPT === #

    def _coop_update_pools(self):
        """Tell the pools whose goods came, went back or were put away."""
        self._coop_get_pools()._update_receipt()

    def _coop_get_pools(self):
        """Return the pools whose goods these moves are about."""
        # sudo: warehouse staff receive the goods of a pool without any other access to it
        moves = self.sudo()
        return moves._coop_get_purchase_lines().order_id.coop_pool_id | moves.coop_pool_line_id.pool_id

    def _coop_get_purchase_lines(self):
        """Return the purchase order lines that the goods of these moves came by, looking back along their way."""
        found, seen, moves = self.purchase_line_id, self, self
        while moves:
            unknown = moves.filtered(lambda move: not move.purchase_line_id)
            moves = (unknown.move_orig_ids | unknown.origin_returned_move_id) - seen
            seen |= moves
            found |= moves.purchase_line_id
        return found

    def _coop_get_following_moves(self):
        """Return the moves that put the goods away, and those that take them back; not the deliveries to customers."""
        self.ensure_one()
        put_away = self.move_dest_ids.filtered(
            lambda move: move.product_id == self.product_id and not move.sale_line_id
            and move.location_dest_id.usage in ('internal', 'transit'),
        )
        return put_away | self.returned_move_ids.filtered(lambda move: move.product_id == self.product_id)

    def _coop_brings_goods(self):
        """Whether the move brings goods nearer to the stock, and not back to the vendor."""
        self.ensure_one()
        if self.origin_returned_move_id and self.location_id.usage == 'internal':
            return False
        return not self.location_id._coop_is_stock() and self.location_dest_id.usage == 'internal'

    def _coop_mark_rejected(self):
        """Keep which pooled product scrapped goods belong to, as long as the members have not got theirs.

        What is scrapped later is the cooperative's own stock.
        """
        # sudo: whoever scraps; the scrap is only linked to the pool whose receipt it was made from
        for move in self.sudo().filtered(lambda move: move.scrap_id.picking_id and move.state == 'done'):
            pools = move.scrap_id.picking_id.move_ids._coop_get_purchase_lines().order_id.coop_pool_id
            waiting = pools.filtered(lambda pool: pool.state in ('ordered', 'received'))
            lines = waiting.line_ids.filtered(lambda line, move=move: line.product_id == move.product_id)
            move.coop_pool_line_id = lines[:1]

    def _coop_is_receipt(self):
        """Whether the move brings goods from outside into the company's stock."""
        self.ensure_one()
        return self.location_id.usage != 'internal' and self.location_dest_id.usage == 'internal'

    def _coop_get_received_quantity(self):
        """Return what the move brought from the vendor, negative for what went back, in the product's unit.

        0 until it is done, and for moves within the company.
        """
        self.ensure_one()
        if self.state != 'done':
            return 0.0
        quantity = self.product_uom._compute_quantity(self.quantity, self.product_id.uom_id, rounding_method='HALF-UP')
        if self._coop_is_receipt():
            return quantity
        left_stock = self.location_id.usage == 'internal' and self.location_dest_id.usage != 'internal'
        return -quantity if left_stock else 0.0

    # === BUSINESS METHODS - HANDING OUT === #

    def _coop_check_within_shares(self):
        """Refuse to hand out more of a pool's goods than the member's share: the rest is somebody else's.

        :raises UserError: naming the member, the product and both quantities.
        """
        # sudo: the member's share on the pool's own order, for warehouse staff who read no orders
        for line in self.sudo().sale_line_id.filtered(lambda line: line.order_id.coop_pool_id):
            if line.product_uom_id.compare(line.qty_delivered, line.product_uom_qty) > 0:
                share, given = (
                    formatLang(self.env, quantity, dp='Product Unit')
                    for quantity in (line.product_uom_qty, line.qty_delivered)
                )
                raise UserError(self.env._(
                    "%(member)s gets %(share)s %(unit)s of %(product)s in %(pool)s, and %(given)s would be handed out."
                    " Lower the quantity. What is left over is offered again in the round first.",
                    member=line.order_id.partner_id.display_name, share=share, unit=line.product_uom_id.name,
                    product=line.product_id.display_name, pool=line.order_id.coop_pool_id.display_name, given=given,
                ))

    def _coop_reserve_shared_lots(self):
        """Reserve for each member the lots that the pool shared out to that member.

        Where a lot is not there any more, Odoo's own reservation takes another.
        """
        moves = self.filtered(
            lambda move: move.sale_line_id and move.has_tracking != 'none' and not move.move_orig_ids
            and not move.picked and move.state in ('confirmed', 'waiting', 'partially_available'),
        )
        # sudo: which lots the pool gave the member, whoever hands the goods out
        shares = moves.sudo().sale_line_id._coop_get_lot_shares()
        for move in moves:
            for lot, quantity in shares.get(move.sudo().sale_line_id, {}).items():
                missing = move.product_qty - sum(move.move_line_ids.mapped('quantity_product_uom'))
                taken = sum(
                    line.quantity_product_uom for line in move.sudo().sale_line_id.move_ids.move_line_ids
                    if line.lot_id == lot and line.location_dest_id.usage != 'internal'
                )
                need = min(missing, move.product_id.uom_id.round(quantity - taken))
                if move.product_id.uom_id.compare(need, 0.0) > 0:
                    move._update_reserved_quantity(need, move.location_id, lot_id=lot, strict=False)
