from odoo import fields, models


class CoopPoolAllocationLot(models.Model):
    """Which lot a member's share comes from; worked out with the shares, the oldest lot first."""
    _name = 'coop.pool.allocation.lot'
    _description = "Pool Allocation by Lot"
    _order = 'allocation_id, id'
    _check_company_auto = True

    allocation_id = fields.Many2one(
        comodel_name='coop.pool.allocation', string="Share", required=True, readonly=True, index=True,
        ondelete='cascade',
    )
    line_id = fields.Many2one(related='allocation_id.line_id', store=True, index=True)
    pool_id = fields.Many2one(related='allocation_id.pool_id', store=True, index=True)
    company_id = fields.Many2one(related='allocation_id.company_id', store=True)
    product_id = fields.Many2one(related='allocation_id.product_id', store=True)
    membership_id = fields.Many2one(related='allocation_id.membership_id', store=True, index=True)
    uom_id = fields.Many2one(related='allocation_id.uom_id', string="Unit")
    lot_id = fields.Many2one(
        comodel_name='stock.lot', required=True, readonly=True, index=True, check_company=True, ondelete='restrict',
    )
    quantity = fields.Float(digits='Product Unit', required=True, readonly=True, help="In the product's unit.")

    _lot_uniq = models.Constraint('UNIQUE (allocation_id, lot_id)', "A share takes from each lot once.")
    _positive = models.Constraint('CHECK (quantity > 0)', "A share takes something from each of its lots.")
