from odoo import api, fields, models
from odoo.exceptions import UserError


class CoopConsignmentReturnLine(models.Model):
    """One kind of goods that goes back to its owner."""
    _name = 'coop.consignment.return.line'
    _inherit = ['coop.kept.line.mixin']
    _description = "Return Slip Line"
    _order = 'return_id, sequence, id'
    _check_company_auto = True
    _kept_by = 'return_id'

    return_id = fields.Many2one(
        comodel_name='coop.consignment.return', string="Return Slip", required=True, index=True, ondelete='cascade',
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(related='return_id.company_id', store=True)
    partner_id = fields.Many2one(related='return_id.partner_id', store=True, index=True)
    state = fields.Selection(related='return_id.state', store=True)
    product_id = fields.Many2one(
        comodel_name='product.product', required=True, index=True, check_company=True, ondelete='restrict',
        domain="[('coop_consigned', '=', True)]",
    )
    tracking = fields.Selection(related='product_id.tracking')
    lot_id = fields.Many2one(
        comodel_name='stock.lot', check_company=True, ondelete='restrict', index='btree_not_null',
        domain="[('product_id', '=', product_id)]",
    )
    uom_id = fields.Many2one(related='product_id.uom_id', string="Unit")
    quantity = fields.Float(digits='Product Unit', required=True)
    free = fields.Float(
        digits='Product Unit', compute='_compute_free', help="What the member has here and nobody has reserved.",
    )
    move_ids = fields.One2many(comodel_name='stock.move', inverse_name='coop_return_line_id', string="Stock Moves")
    returned = fields.Float(digits='Product Unit', compute='_compute_returned', help="What was handed out.")

    _quantity_not_negative = models.Constraint('CHECK (quantity >= 0)', "Quantities cannot be negative.")

    # === COMPUTE METHODS === #

    @api.depends('product_id', 'lot_id', 'return_id.membership_id', 'return_id.warehouse_id', 'state')
    def _compute_free(self):
        for slip, lines in self.grouped('return_id').items():
            free = slip._get_free() if slip else {}
            for line in lines:
                line.free = free.get((line.product_id._origin, line.lot_id._origin), 0.0)

    @api.depends('move_ids.state', 'move_ids.quantity')
    def _compute_returned(self):
        for line in self:
            # sudo: quantities of the slip's own goods, for everybody who may read the slip
            done = line.sudo().move_ids.filtered(lambda move: move.state == 'done')
            line.returned = sum(
                move_line.quantity_product_uom if move.location_dest_id.usage == 'supplier'
                else -move_line.quantity_product_uom
                for move in done for move_line in move.move_line_ids
            )

    # === BUSINESS METHODS === #

    def _check_complete(self, free):
        """Check a line, and take it off ``free``, which the next line finds.

        :raises UserError: naming the product, the member and what is free.
        """
        self.ensure_one()
        product = self.product_id
        if not product.coop_consigned:
            raise UserError(self.env._(
                "%s is the cooperative's own product: no member gets it back.", product.display_name,
            ))
        if self.uom_id.compare(self.quantity, 0) <= 0:
            raise UserError(self.env._("Say how much of %s goes back.", product.display_name))
        if product.tracking != 'none' and not self.lot_id:
            raise UserError(self.env._("Say which lot of %s goes back.", product.display_name))
        left = free.get((product, self.lot_id), 0.0) - self.quantity
        if self.uom_id.compare(left, 0) < 0:
            raise UserError(self.env._(
                "%(quantity)s %(unit)s of %(product)s should go back, but only %(free)s of %(member)s are free in"
                " %(warehouse)s: the rest is reserved for deliveries, or not there. Lower the quantity, or free the"
                " goods from their delivery first.",
                quantity=self.quantity, unit=self.uom_id.name, product=product.display_name,
                free=max(0.0, self.uom_id.round(left + self.quantity)), member=self.partner_id.display_name,
                warehouse=self.return_id.warehouse_id.name,
            ))
        free[product, self.lot_id] = left

    def _prepare_move_values(self, destination, picking_type):
        """Return the stock move that hands the goods to their owner."""
        self.ensure_one()
        return {
            'product_id': self.product_id.id,
            'product_uom': self.uom_id.id,
            'product_uom_qty': self.quantity,
            'location_id': self.return_id.warehouse_id.lot_stock_id.id,
            'location_dest_id': destination.id,
            'picking_type_id': picking_type.id,
            'company_id': self.company_id.id,
            'restrict_partner_id': self.partner_id.id,
            'coop_return_line_id': self.id,
        }

    def _check_not_above_slip(self, moves):
        """Refuse to hand out other goods than a line says, or more of them.

        :param moves: what was just done.
        :raises UserError: saying to write another return slip.
        """
        for line in self:
            of_line = moves.filtered(lambda move, line=line: move.coop_return_line_id.id == line.id)
            if of_line.product_id != line.product_id or line.uom_id.compare(line.returned, line.quantity) > 0:
                raise UserError(self.env._(
                    "%(slip)s says that %(quantity)s %(unit)s of %(product)s go back to %(member)s, and no other goods."
                    " Hand out that much; write another return slip for the rest.",
                    slip=line.return_id.display_name, quantity=line.quantity, unit=line.uom_id.name,
                    product=line.product_id.display_name, member=line.partner_id.display_name,
                ))
