from odoo import api, fields, models
from odoo.exceptions import UserError

#: What decides whose goods moved, which way, and for which sale; fixed once a move of members' goods is done.
FIXED_WHEN_DONE = frozenset({
    'restrict_partner_id', 'coop_consignment_line_id', 'sale_line_id', 'origin_returned_move_id', 'state', 'product_id',
    'location_id', 'location_dest_id', 'company_id',
})


class StockMove(models.Model):
    """Moves of consigned goods keep to the owner that they are bound to; all other moves are Odoo's own."""
    _inherit = 'stock.move'

    coop_consignment_line_id = fields.Many2one(
        comodel_name='coop.consignment.line', string="Intake Slip Line", readonly=True, index='btree_not_null',
        ondelete='restrict',
    )

    # === CRUD METHODS === #

    def write(self, vals):
        if not self.env.su:
            if 'coop_consignment_line_id' in vals:
                self.filtered(
                    lambda move: move.coop_consignment_line_id.id != (vals['coop_consignment_line_id'] or False),
                )._coop_refuse_rewriting()
            fixed = FIXED_WHEN_DONE & vals.keys()
            if fixed:
                self.filtered(
                    lambda move: move.state == 'done' and move._coop_is_rewritten(fixed, vals),
                )._coop_refuse_rewriting()
        return super().write(vals)

    def _coop_is_rewritten(self, names, vals):
        """Whether writing ``vals`` on a move that is done gives it another value in one of these fields.

        A sales order line that Odoo makes for goods that went along with an order is no rewriting.
        """
        self.ensure_one()
        for name in names:
            field = self._fields[name]
            value = field.convert_to_record(field.convert_to_cache(vals[name], self), self)
            if self[name] == value:
                continue
            # sudo: warehouse staff see no sales; only which order the transfer belongs to
            of_order = name == 'sale_line_id' and not self.sudo().sale_line_id and value
            if not of_order or value.sudo().order_id not in self.sudo().picking_id.reference_ids.sale_ids:
                return True
        return False

    def _coop_refuse_rewriting(self):
        """Refuse to change whose goods these moves are about, and what they were done for.

        :raises UserError: saying to correct it by a return.
        """
        consigned = self.filtered(lambda move: move.product_id.coop_consigned and move.company_id.coop_is_cooperative)
        if consigned:
            raise UserError(self.env._(
                "The transfer of %(product)s (%(transfer)s) says whose goods these are and what they were sold for;"
                " that is not rewritten. Cancel it, or correct it by a return.",
                product=consigned[0].product_id.display_name,
                transfer=consigned[0].picking_id.name or consigned[0].display_name,
            ))

    # === BUSINESS METHODS - RESERVATION === #

    def _coop_get_bound_owner(self):
        """Return the owner whose goods the move must take or bring; empty when any owner's will do."""
        self.ensure_one()
        if not self.product_id.coop_consigned:
            return self.env['res.partner']
        # sudo: whoever moves the goods; only whose they are is read, and the slip says it before anybody else
        slip_line = self.sudo().coop_consignment_line_id
        return slip_line.partner_id.sudo(False) if slip_line else self.restrict_partner_id

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
