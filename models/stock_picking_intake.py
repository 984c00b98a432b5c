from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.producer_cooperative.models.stock_move_document import as_moving


class StockPicking(models.Model):
    """Transfers that a paper of the intake makes and finishes at once, because the goods need no hand any more."""
    _inherit = 'stock.picking'

    # === BUSINESS METHODS === #

    @api.model
    def _coop_hand_back(self, warehouse, owner, product, quantity, lot, values):
        """Take goods of one owner out of a warehouse, back to where they came from; return the finished move.

        :param owner: whose goods they are; empty for the cooperative's own.
        :param float quantity: in the product's unit.
        :param lot: the only lot that they may be of; empty for any.
        :param dict values: of the move: ``location_dest_id``, ``origin`` and what links it to its paper; with
            ``location_id``, goods are taken from that place only.
        :raises UserError: when there is less of them than that, or what is there is reserved for customers.
        """
        place = self.env['stock.location'].browse(values.get('location_id')) or warehouse.view_location_id
        lines = self._coop_pick(warehouse, owner, product, quantity, lot, place)
        return self._coop_transfer({
            'product_id': product.id, 'product_uom': product.uom_id.id, 'product_uom_qty': quantity,
            'location_id': warehouse.lot_stock_id.id, 'company_id': warehouse.company_id.id,
            'restrict_partner_id': owner.id, **values,
        }, warehouse.in_type_id.return_picking_type_id or warehouse.out_type_id, lines)

    @api.model
    def _coop_bring_in(self, warehouse, owner, product, quantity, lot, values):
        """Bring goods of one owner into a warehouse at once; return the finished move. Parameters as above, and
        ``location_id`` among the values."""
        stock = warehouse.lot_stock_id
        return self._coop_transfer({
            'product_id': product.id, 'product_uom': product.uom_id.id, 'product_uom_qty': quantity,
            'location_dest_id': stock.id, 'company_id': warehouse.company_id.id, 'restrict_partner_id': owner.id,
            **values,
        }, warehouse.in_type_id, [{
            'location_dest_id': stock.id, 'lot_id': lot.id, 'owner_id': owner.id, 'quantity': quantity,
        }])

    @api.model
    def _coop_transfer(self, values, picking_type, lines):
        picking = as_moving(self).create({
            'picking_type_id': picking_type.id, 'location_id': values['location_id'],
            'location_dest_id': values['location_dest_id'], 'company_id': values['company_id'],
            'partner_id': values['restrict_partner_id'], 'origin': values.get('origin'),
            'move_ids': [Command.create({**values, 'picking_type_id': picking_type.id})],
        }).with_env(self.env)
        move = picking.move_ids
        move._action_confirm(merge=False)
        move.move_line_ids.unlink()
        move.write({'move_line_ids': [Command.create({
            'picking_id': picking.id, 'product_id': move.product_id.id, 'product_uom_id': move.product_uom.id,
            'location_id': values['location_id'], 'location_dest_id': values['location_dest_id'],
            'company_id': values['company_id'], **line,
        }) for line in lines]})
        move.picked = True
        move._action_done()
        return move

    @api.model
    def _coop_pick(self, warehouse, owner, product, quantity, lot, place):
        """Return the move lines that take a quantity of one owner's free goods at a place, the oldest first."""
        # sudo: the quantities of exactly the goods that are taken
        quants = self.env['stock.quant'].sudo().search([
            ('product_id', '=', product.id), ('owner_id', '=', owner.id), *([('lot_id', '=', lot.id)] if lot else []),
            ('location_id', 'child_of', place.id), ('location_id.usage', '=', 'internal'),
        ], order='in_date, id')
        unit, left, lines = product.uom_id, quantity, []
        for quant in quants:
            free = min(unit.round(quant.quantity - quant.reserved_quantity), left)
            if unit.compare(free, 0.0) > 0:
                lines.append({
                    'location_id': quant.location_id.id, 'lot_id': quant.lot_id.id, 'package_id': quant.package_id.id,
                    'owner_id': owner.id, 'quantity': free,
                })
                left = unit.round(left - free)
        if unit.compare(left, 0.0) > 0:
            raise UserError(self.env._(
                "Only %(free)s of the %(quantity)s %(unit)s of %(product)s of %(owner)s can be taken from"
                " %(warehouse)s: the rest is sold, reserved for customers, or not there any more.",
                free=unit.round(quantity - left), quantity=quantity, unit=unit.name, product=product.display_name,
                owner=owner.display_name or warehouse.company_id.name, warehouse=warehouse.name,
            ))
        return lines
