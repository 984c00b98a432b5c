from odoo import api, fields, models
from odoo.exceptions import UserError


class CoopConsignmentBuyoutLine(models.Model):
    """Goods of the member that are bought, and at which price."""
    _name = 'coop.consignment.buyout.line'
    _inherit = ['coop.kept.line.mixin']
    _description = "Purchase from Members' Stock Line"
    _order = 'buyout_id, id'
    _check_company_auto = True
    _kept_by = 'buyout_id'

    buyout_id = fields.Many2one(
        comodel_name='coop.consignment.buyout', string="Purchase", required=True, index=True, ondelete='cascade',
    )
    company_id = fields.Many2one(related='buyout_id.company_id', store=True)
    currency_id = fields.Many2one(related='buyout_id.currency_id')
    product_id = fields.Many2one(
        comodel_name='product.product', required=True, index=True, check_company=True, ondelete='restrict',
        domain="[('coop_consigned', '=', True)]",
    )
    twin_id = fields.Many2one(comodel_name='product.product', string="Bought As", compute='_compute_twin_id')
    uom_id = fields.Many2one(related='product_id.uom_id', string="Unit")
    lot_id = fields.Many2one(
        comodel_name='stock.lot', string="Lot/Serial", check_company=True, index='btree_not_null',
        ondelete='restrict', domain="[('product_id', '=', product_id)]",
    )
    quantity = fields.Float(digits='Product Unit', required=True)
    price = fields.Monetary(help="What the cooperative pays for each unit.")
    amount = fields.Monetary(compute='_compute_amount', store=True)

    _values_not_negative = models.Constraint(
        'CHECK (quantity >= 0 AND price >= 0)', "Quantities and prices cannot be negative.",
    )

    # === COMPUTE METHODS === #

    @api.depends('product_id')
    def _compute_twin_id(self):
        for line in self:
            line.twin_id = line.product_id._coop_get_twin() if line.product_id else False

    @api.depends('quantity', 'price')
    def _compute_amount(self):
        for line in self:
            line.amount = line.currency_id.round(line.quantity * line.price)

    # === BUSINESS METHODS === #

    def _check_complete(self):
        """Check a line before the goods are bought.

        :raises UserError: naming the product and what is missing.
        """
        self.ensure_one()
        product = self.product_id.display_name
        if not self.product_id.coop_consigned:
            raise UserError(self.env._("%s is the cooperative's own already.", product))
        self.product_id._coop_check_can_be_bought()
        if self.uom_id.compare(self.quantity, 0.0) <= 0:
            raise UserError(self.env._("Say how much of %s is bought.", product))
        if self.currency_id.compare_amounts(self.price, 0.0) <= 0:
            raise UserError(self.env._("Say at which price per unit %s is bought.", product))
        if self.twin_id.tracking != 'none' and not self.lot_id:
            raise UserError(self.env._("Say which lot of %s is bought.", product))
        if self.twin_id.tracking == 'serial' and self.uom_id.compare(self.quantity, 1.0):
            raise UserError(self.env._("%s is a unique piece: write each on a line of its own.", product))

    def _get_twin_lot(self):
        """Return the lot of the twin that bears the name of the member's lot."""
        self.ensure_one()
        Lot = self.env['stock.lot']
        name = self.lot_id.name
        return Lot.search([
            ('product_id', '=', self.twin_id.id), ('name', '=', name),
            ('company_id', 'in', [False, self.company_id.id]),
        ], limit=1) or Lot.create({'name': name, 'product_id': self.twin_id.id, 'company_id': self.company_id.id})
