from odoo import fields, models
from odoo.fields import Command


class CoopConsignmentLossShare(models.Model):
    """One owner's part of what is lost (or, negative, found), worked out when the write-off is handed in."""
    _name = 'coop.consignment.loss.share'
    _inherit = ['coop.unit.sum.mixin']
    _description = "Write-Off Share"
    _order = 'loss_id, id'
    _check_company_auto = True

    _unit_summed = frozenset({'book', 'quantity'})

    line_id = fields.Many2one(
        comodel_name='coop.consignment.loss.line', required=True, index=True, ondelete='cascade', readonly=True,
    )
    loss_id = fields.Many2one(related='line_id.loss_id', store=True, index=True)
    company_id = fields.Many2one(related='line_id.company_id', store=True)
    currency_id = fields.Many2one(related='line_id.currency_id')
    date = fields.Date(related='loss_id.date', store=True)
    state = fields.Selection(related='loss_id.state', store=True)
    bearer = fields.Selection(related='loss_id.bearer', store=True)
    reason = fields.Char(related='loss_id.reason')
    owner_id = fields.Many2one(
        comodel_name='res.partner', required=True, index=True, ondelete='restrict', readonly=True,
    )
    product_id = fields.Many2one(related='line_id.product_id', store=True)
    lot_id = fields.Many2one(related='line_id.lot_id')
    uom_id = fields.Many2one(related='product_id.uom_id', string="Unit")
    book = fields.Float(string="In the Books", digits='Product Unit', readonly=True)
    quantity = fields.Float(
        string="Lost", digits='Product Unit', readonly=True, help="Negative: so much more was found.",
    )
    price = fields.Monetary(string="Per Unit", readonly=True)
    amount = fields.Monetary(readonly=True)
    origin_share_id = fields.Many2one(
        comodel_name='coop.consignment.loss.share', readonly=True, index='btree_not_null', ondelete='restrict',
    )
    origin_loss_id = fields.Many2one(
        related='origin_share_id.loss_id', string="Found Again Of",
        help="The write-off that the owner was paid for these goods with; what was paid comes back.",
    )
    found_share_ids = fields.One2many(
        comodel_name='coop.consignment.loss.share', inverse_name='origin_share_id', string="Found Again",
    )
    move_ids = fields.One2many(comodel_name='stock.move', inverse_name='coop_loss_share_id', string="Stock Moves")

    # === BUSINESS METHODS === #

    def _get_found(self):
        """Return the shares by which goods of this one came in again."""
        return self.found_share_ids.filtered(lambda share: share.state in ('approved', 'done'))

    def _get_missing(self):
        """Return what is lost and did not come in again, in the product's unit."""
        self.ensure_one()
        return self.quantity + sum(self._get_found().mapped('quantity'))

    def _get_amount_of(self, found, lost):
        """Return what was paid for a part of what is still missing; of all of it, whatever did not come back yet."""
        self.ensure_one()
        if not self.uom_id.compare(found, lost):
            return self.currency_id.round(self.amount + sum(self._get_found().mapped('amount')))
        return self.currency_id.round(self.price * found)

    def _prepare_move_values(self):
        """Return the stock move that takes the part out of the owner's goods, or adds it to them."""
        self.ensure_one()
        loss = self.loss_id
        source, destination = loss.location_id, self.product_id.with_company(self.company_id).property_stock_inventory
        if self.quantity < 0:
            source, destination = destination, source
        values = {
            'product_id': self.product_id.id, 'product_uom_id': self.uom_id.id, 'quantity': abs(self.quantity),
            'location_id': source.id, 'location_dest_id': destination.id, 'company_id': self.company_id.id,
            'owner_id': self.owner_id.id, 'lot_id': self.lot_id.id,
        }
        return {
            'origin': loss.name,
            'inventory_name': loss.name,
            'product_id': self.product_id.id,
            'product_uom': self.uom_id.id,
            'product_uom_qty': abs(self.quantity),
            'location_id': source.id,
            'location_dest_id': destination.id,
            'company_id': self.company_id.id,
            'restrict_partner_id': self.owner_id.id,
            'coop_loss_share_id': self.id,
            'is_inventory': True,
            'picked': True,
            'move_line_ids': [Command.create(values)],
        }
