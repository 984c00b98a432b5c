from odoo import api, fields, models


class StockMove(models.Model):
    """Moves of consigned goods keep to the owner that they are bound to; all other moves are Odoo's own."""
    _inherit = 'stock.move'

    coop_consignment_line_id = fields.Many2one(
        comodel_name='coop.consignment.line', string="Intake Slip Line", readonly=True, index='btree_not_null',
        ondelete='restrict',
    )

    # === BUSINESS METHODS - RESERVATION === #

    def _coop_get_bound_owner(self):
        """Return the owner whose goods the move must take or bring; empty when any owner's will do."""
        self.ensure_one()
        return self.restrict_partner_id if self.product_id.coop_consigned else self.env['res.partner']

    def _update_reserved_quantity_vals(
        self, need, location_id, lot_id=None, package_id=None, owner_id=None, strict=True,
    ):
        return super()._update_reserved_quantity_vals(
            need, location_id, lot_id=lot_id, package_id=package_id, owner_id=owner_id or self._coop_get_bound_owner(),
            strict=strict,
        )

    def _get_available_quantity(
        self, location_id, lot_id=None, package_id=None, owner_id=None, strict=False, allow_negative=False,
    ):
        return super()._get_available_quantity(
            location_id, lot_id=lot_id, package_id=package_id, owner_id=owner_id or self._coop_get_bound_owner(),
            strict=strict, allow_negative=allow_negative,
        )

    def _set_quantity_done_prepare_vals(self, qty):
        owner = self._coop_get_bound_owner()
        if owner:
            self = self.with_context(coop_bound_owner_id=owner.id)
        return super()._set_quantity_done_prepare_vals(qty)

    def _prepare_move_line_vals(self, quantity=None, reserved_quant=None):
        vals = super()._prepare_move_line_vals(quantity=quantity, reserved_quant=reserved_quant)
        owner = self._coop_get_bound_owner()
        if owner and not reserved_quant:
            vals['owner_id'] = owner.id
        return vals

    def _prepare_procurement_values(self):
        values = super()._prepare_procurement_values()
        owner = self._coop_get_bound_owner()
        if owner:
            values['restrict_partner_id'] = owner.id
        return values

    # === BUSINESS METHODS - DONE AND CANCELLED === #

    def _action_done(self, cancel_backorder=False):
        slips = self._coop_get_consignments()
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        moves._coop_check_returned()
        slips._update_received()
        return moves

    def _action_cancel(self):
        slips = self._coop_get_consignments()
        res = super()._action_cancel()
        slips._update_received()
        return res

    def _coop_get_consignments(self):
        # sudo: whoever validates the transfer moves the slip on; only its state is written
        return self.sudo().coop_consignment_line_id.consignment_id

    def _coop_check_returned(self):
        """Refuse a return by which more came back to an owner than had gone out of that owner's goods."""
        returns = self.filtered(
            lambda move: move.product_id.coop_consigned and move.location_id.usage == 'customer' and move.to_refund,
        )
        # sudo: warehouse staff see no sales; only quantities of the goods that they just moved are compared
        for line in returns.sudo().sale_line_id:
            line._coop_check_deliveries()

    @api.model
    def _prepare_merge_moves_distinct_fields(self):
        return [*super()._prepare_merge_moves_distinct_fields(), 'coop_consignment_line_id']
