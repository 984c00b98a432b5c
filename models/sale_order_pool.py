from odoo import api, models
from odoo.exceptions import UserError

#: Who is charged and who gets the goods, on the order of a pool.
CHARGED_FIELDS = {
    'partner_id', 'partner_invoice_id', 'partner_shipping_id', 'pricelist_id', 'currency_id', 'company_id',
}
#: What decides on the amount, on its lines.
PRICED_FIELDS = {
    'order_id', 'product_id', 'product_uom_id', 'product_uom_qty', 'price_unit', 'technical_price_unit', 'discount',
    'tax_ids', 'display_type', 'is_downpayment',
}


class SaleOrder(models.Model):
    _name = 'sale.order'
    _inherit = ['sale.order', 'coop.pool.order.mixin']

    # === CRUD METHODS === #

    def write(self, vals):
        if CHARGED_FIELDS & vals.keys():
            self._coop_check_not_of_pool()
        if vals.get('state') == 'cancel':
            self._coop_check_charge_stands()
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _prepare_invoice(self):
        values = {**super()._prepare_invoice(), 'coop_pool_id': self.coop_pool_id.id}
        season = self.sudo().coop_pool_id.season_id  # sudo: only the day, for whoever invoices the pool's own order
        if season:
            values.update({'invoice_payment_term_id': False, 'invoice_date_due': season.date_end})
        return values

    def _get_invoice_grouping_keys(self):
        return [*super()._get_invoice_grouping_keys(), 'coop_pool_id']

    def _coop_check_not_of_pool(self):
        """Refuse to change what a pool charges its members, in whatever state the order is.

        :raises UserError: naming the order and its pool.
        """
        if self._coop_is_pool():
            return
        # sudo: only whether a pool made the order, also for warehouse staff who add goods to a delivery
        for order in self.sudo():
            if order.coop_pool_id:
                raise UserError(self.env._(
                    "%(order)s belongs to %(pool)s: the pool decides the price, who pays for how much and who gets the"
                    " goods. Its lines are not changed.", order=order.name, pool=order.coop_pool_id.display_name,
                ))

    def _coop_check_charge_stands(self):
        """Refuse to cancel what a member is charged: only the pool takes goods and charge back together.

        :raises UserError: naming the order and what to do instead.
        """
        if self._coop_is_pool():
            return
        # sudo: see _coop_check_not_of_pool
        for order in self.sudo().filtered('coop_pool_id'):
            raise UserError(self.env._(
                "%(order)s is not cancelled: %(pool)s charges %(member)s for it. Record the goods as not collected in"
                " the round; that takes the charge back with them.", order=order.name,
                pool=order.coop_pool_id.display_name, member=order.partner_id.display_name,
            ))


class SaleOrderLine(models.Model):
    _inherit = 'sale.order.line'

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.order_id._coop_check_not_of_pool()
        return lines

    def write(self, vals):
        if not PRICED_FIELDS & vals.keys():
            return super().write(vals)
        self.order_id._coop_check_not_of_pool()
        res = super().write(vals)
        self.order_id._coop_check_not_of_pool()  # a line can be moved to another order
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_of_pool(self):
        self.order_id._coop_check_not_of_pool()

    # === BUSINESS METHODS === #

    def _coop_lower_deliveries(self):
        """Deliver no more than what is ordered now: what is still to be handed out beyond that is taken off."""
        for line in self:
            open_moves = line.move_ids.filtered(lambda move: move.state not in ('done', 'cancel'))
            waiting = line.product_uom_qty - line.qty_delivered
            # Several steps (pick, then ship) carry the same goods: each step is lowered for itself.
            for moves in open_moves.grouped('location_dest_id').values():
                line._coop_lower_moves(moves, max(waiting, 0.0))

    def _coop_lower_moves(self, moves, waiting):
        self.ensure_one()
        unit = self.product_uom_id
        excess = sum(move.product_uom._compute_quantity(move.product_uom_qty, unit) for move in moves) - waiting
        for move in moves.sorted('id', reverse=True):
            if unit.compare(excess, 0.0) <= 0:
                break
            demand = move.product_uom._compute_quantity(move.product_uom_qty, unit)
            if unit.compare(demand, excess) <= 0:
                move._action_cancel()
                excess -= demand
            else:
                move.product_uom_qty = unit._compute_quantity(demand - excess, move.product_uom)
                excess = 0.0
