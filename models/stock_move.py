from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.models.account_move import OWNER_TOKEN

#: What decides whose goods moved, which way, and for which sale; fixed once a move of members' goods is done.
FIXED_WHEN_DONE = frozenset({
    'restrict_partner_id', 'coop_consignment_line_id', 'coop_return_line_id', 'sale_line_id', 'origin_returned_move_id',
    'state', 'to_refund', 'product_id', 'location_id', 'location_dest_id', 'company_id', 'date',
})
#: What a document of ours put on its moves; nobody else does.
OF_DOCUMENTS = ('coop_consignment_line_id', 'coop_return_line_id', 'coop_loss_share_id')


class StockMove(models.Model):
    """Moves of consigned goods keep to the owner that they are bound to; all other moves are Odoo's own."""
    _inherit = 'stock.move'

    coop_consignment_line_id = fields.Many2one(
        comodel_name='coop.consignment.line', string="Intake Slip Line", readonly=True, index='btree_not_null',
        ondelete='restrict',
    )
    coop_return_line_id = fields.Many2one(
        comodel_name='coop.consignment.return.line', string="Return Slip Line", readonly=True, index='btree_not_null',
        ondelete='restrict',
    )
    coop_loss_share_id = fields.Many2one(
        comodel_name='coop.consignment.loss.share', string="Write-Off", readonly=True, index='btree_not_null',
        ondelete='restrict', copy=False,
    )

    # === CRUD METHODS === #

    def write(self, vals):
        if not self.env.su:
            fixed = FIXED_WHEN_DONE & vals.keys()
            if self._coop_is_moving() or self.env.context.get('coop_done_token') is OWNER_TOKEN:
                fixed -= {'date'}
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
        """Return the owner whose goods the move must take or bring; empty when any owner's will do.

        The slip or the sales order that the move was made for says it before anybody else.
        """
        self.ensure_one()
        if not self.product_id.coop_consigned:
            return self.env['res.partner']
        return self._coop_get_named_owner() or self.restrict_partner_id

    def _coop_get_named_owner(self):
        """Return the owner whom the order or slip of the move names, whatever the move itself says."""
        self.ensure_one()
        # sudo: whoever moves the goods; only whose they are is read
        move = self.sudo()
        owner = move.coop_consignment_line_id.partner_id or move.coop_return_line_id.partner_id
        if not owner and move.sale_line_id.product_id == move.product_id:
            owner = move.sale_line_id.coop_owner_id
        return owner.sudo(False)

    def _update_reserved_quantity_vals(
        self, need, location_id, lot_id=None, package_id=None, owner_id=None, strict=True,
    ):
        # sudo: which lot the return slip names, whoever hands it out
        lot_id = lot_id or self.sudo().coop_return_line_id.lot_id.sudo(False)
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

    # === BUSINESS METHODS - CONFIRMED, DONE AND CANCELLED === #

    def _action_confirm(self, merge=True, merge_into=False, create_proc=True):
        self._coop_check_not_a_kit()
        moves = super()._action_confirm(merge=merge, merge_into=merge_into, create_proc=create_proc)
        moves._coop_check_not_a_kit()  # what was a kit is its components now
        return moves

    def _action_done(self, cancel_backorder=False):
        slips, returns = self._coop_get_consignments(), self._coop_get_returns()
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        moves._coop_check_not_a_kit()
        moves._coop_check_returned()
        slips._update_received()
        returns._update_done()
        return moves

    def _action_cancel(self):
        slips, returns = self._coop_get_consignments(), self._coop_get_returns()
        res = super()._action_cancel()
        slips._update_received()
        returns._update_done()
        return res

    def _coop_get_returns(self):
        # sudo: whoever validates the transfer moves the return slip on; only its state is written
        return self.sudo().coop_return_line_id.return_id

    def _coop_check_not_a_kit(self):
        """Refuse kits with members' goods, and kits that are sold for members.

        The owner of a part would never be paid: a sale is settled with the owners of the product that was sold.

        :raises UserError: naming both products.
        """
        for move in self:
            # sudo: warehouse staff see no sales; only which product was sold
            sold = move.sudo().sale_line_id.product_id
            if not sold or sold == move.product_id or not move.company_id.coop_is_cooperative:
                continue
            if sold.coop_consigned or move.product_id.coop_consigned:
                raise UserError(self.env._(
                    "%(kit)s was sold and %(part)s is delivered for it. Goods that are sold for members cannot be"
                    " part of a kit, nor be one: sell them on a line of their own.",
                    kit=sold.display_name, part=move.product_id.display_name,
                ))

    def _coop_get_consignments(self):
        # sudo: whoever validates the transfer moves the slip on; only its state is written
        return self.sudo().coop_consignment_line_id.consignment_id

    def _coop_check_returned(self):
        """Refuse a return by which more came back to an owner than had gone out of that owner's goods.

        :raises UserError: naming the owner and the product.
        """
        self._coop_check_origins()
        returns = self.filtered(
            lambda move: move.product_id.coop_consigned and move.location_id.usage == 'customer',
        )
        # sudo: warehouse staff see no sales; only quantities of the goods that they just moved are compared
        for line in returns.sudo().sale_line_id:
            line._coop_check_deliveries()

    def _coop_check_origins(self):
        """Refuse returns of more of an owner's goods than the transfer that they undo had moved."""
        consigned = self.filtered(
            lambda move: move.product_id.coop_consigned and move.origin_returned_move_id
            and move.company_id.coop_is_cooperative,
        )
        # sudo: quantities of exactly the goods that were moved
        for origin in consigned.origin_returned_move_id.sudo():
            moved = origin._coop_get_moved()
            done = origin.returned_move_ids.filtered(lambda move: move.state == 'done')
            # Goods that are exchanged come back and go again, both by returning the same delivery.
            side = origin.location_id._coop_get_side()
            again = done.filtered(lambda move, side=side: move.location_dest_id._coop_get_side() != side)
            back = (done - again)._coop_get_moved()
            for key, quantity in again._coop_get_moved().items():
                back[key] = back.get(key, 0.0) - quantity
            for (owner, lot), quantity in back.items():
                missing = quantity - moved.get((owner, lot), 0.0)
                if origin.product_id.uom_id.compare(missing, 0) > 0:
                    raise UserError(self.env._(
                        "%(missing)s %(unit)s of %(product)s of %(owner)s more would come back than %(transfer)s had"
                        " moved. Say on the return whose goods really came back.",
                        missing=origin.product_id.uom_id.round(missing), unit=origin.product_id.uom_id.name,
                        product=origin.product_id.display_name, owner=owner.display_name or self.env._("nobody"),
                        transfer=origin.picking_id.name or origin.display_name,
                    ))

    def _coop_get_moved(self):
        """Return ``{(owner, lot): quantity}`` of these moves in the product's unit."""
        moved = {}
        for line in self.move_line_ids:
            key = (line.owner_id, line.lot_id)
            moved[key] = moved.get(key, 0.0) + line.quantity_product_uom
        return moved

    @api.model
    def _prepare_merge_moves_distinct_fields(self):
        return [*super()._prepare_merge_moves_distinct_fields(), *OF_DOCUMENTS]
