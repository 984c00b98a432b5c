from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.tools.units import floor_to, from_units, to_units

#: What defines the offer, and until when it is changed.
OFFER_FIELDS = {'product_id', 'pack', 'minimum_packs', 'step'}
#: What may be overruled between closing and ordering.
PROPOSAL_FIELDS = {'vendor_id', 'quantity'}


class CoopPoolLine(models.Model):
    """One product of a pooled purchase. All quantities are in the product's unit."""
    _name = 'coop.pool.line'
    _inherit = ['coop.guard.mixin']
    _description = "Pooled Product"
    _order = 'pool_id, sequence, id'
    _rec_name = 'product_id'
    _check_company_auto = True

    # What only closing and distributing write.
    _guarded_fields = frozenset({
        'proposed_vendor_id', 'proposed_quantity', 'advised_quantity', 'advised_saving', 'explanation', 'offer_id',
        'advised_offer_id', 'is_overallocated', 'cost_charged', 'margin_charged', 'price_charged', 'cost_basis',
        'quantity_basis', 'is_credit_renounced',
    })

    pool_id = fields.Many2one(comodel_name='coop.pool', required=True, index=True, ondelete='cascade')
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(related='pool_id.company_id', store=True)
    currency_id = fields.Many2one(related='pool_id.currency_id')
    pool_state = fields.Selection(related='pool_id.state', string="Pool State")
    product_id = fields.Many2one(
        comodel_name='product.product', required=True, index=True, check_company=True, ondelete='restrict',
        domain="[('type', '=', 'consu'), ('purchase_ok', '=', True), ('sale_ok', '=', True)]",
    )
    uom_id = fields.Many2one(related='product_id.uom_id', string="Unit")
    step = fields.Float(
        string="Handed Out In", default=1.0, digits='Product Unit', required=True,
        help="Smallest quantity that is handed out, in the product's unit: 1 for whole pieces, 0.5 for half kilograms.",
    )
    pack = fields.Float(
        string="Case", digits='Product Unit', compute='_compute_pack', store=True, readonly=False, precompute=True,
        help="Content of the vendor's case in the product's unit. Empty for goods that are not packed. A vendor who"
             " sells in a packing of another content is asked for full packings of that.",
    )
    minimum_packs = fields.Float(
        string="Minimum", digits='Product Unit',
        help="The least the vendor sells: in cases, or in the product's unit for goods that are not packed.",
    )
    request_ids = fields.One2many(comodel_name='coop.pool.request', inverse_name='line_id', string="Requests")
    allocation_ids = fields.One2many(comodel_name='coop.pool.allocation', inverse_name='line_id', string="Allocations")
    quantity_requested = fields.Float(
        string="Asked For", digits='Product Unit', compute='_compute_requested', compute_sudo=True,
    )
    tolerance_total = fields.Float(
        string="Tolerance", digits='Product Unit', compute='_compute_requested', compute_sudo=True,
        help="How much more the members would take together.",
    )
    quantity = fields.Float(
        string="To Order", digits='Product Unit', copy=False,
        help="Proposed at the closing; may be overruled until the order is made.",
    )
    quantity_received = fields.Float(
        string="Received", digits='Product Unit', compute='_compute_quantity_received', compute_sudo=True,
        help="What reached the stock, less what went back to the vendor or was rejected, read from the stock moves.",
    )
    quantity_allocated = fields.Float(
        string="Allocated", digits='Product Unit', compute='_compute_quantity_allocated', compute_sudo=True,
    )
    quantity_left = fields.Float(
        string="Left Over", digits='Product Unit', compute='_compute_quantity_left', compute_sudo=True,
        help="What no member takes; it stays in the cooperative's stock.",
    )

    _product_uniq = models.Constraint('UNIQUE (pool_id, product_id)', "A pool offers each product once.")
    _step_positive = models.Constraint('CHECK (step > 0)', "What is handed out must be more than zero.")
    _quantities_not_negative = models.Constraint(
        'CHECK (pack >= 0 AND minimum_packs >= 0 AND quantity >= 0)', "Quantities cannot be negative.",
    )

    # === COMPUTE METHODS === #

    @api.depends('product_id')
    def _compute_pack(self):
        for line in self:
            units = line.product_id.sudo().seller_ids.product_uom_id  # sudo: the content of the vendor's unit, no price
            packed = len(units) == 1 and line._is_packing(units)
            line.pack = float(line._get_content(units)) if packed else 0.0

    @api.depends('request_ids.quantity', 'request_ids.tolerance')
    def _compute_requested(self):
        # sudo (compute_sudo): sums only, for members who see their own requests
        groups = self.env['coop.pool.request']._read_group(
            [('line_id', 'in', self._origin.ids)], ['line_id'], ['quantity:sum', 'tolerance:sum'],
        )
        sums = {line.id: (quantity, tolerance) for line, quantity, tolerance in groups}
        for line in self:
            quantity, tolerance = sums.get(line._origin.id, (0.0, 0.0))
            line.quantity_requested = line._round(quantity)
            line.tolerance_total = line._round(tolerance)

    @api.depends(
        'pool_id.purchase_order_ids.order_line.move_ids.state',
        'pool_id.purchase_order_ids.order_line.move_ids.quantity',
        'reject_move_ids.state',
    )
    def _compute_quantity_received(self):
        # sudo (compute_sudo): warehouse staff and supervisors see what came without access to the order
        received = self._get_received()
        for line in self:
            line.quantity_received = line._round(sum(received[line].values()))

    @api.depends('allocation_ids.quantity')
    def _compute_quantity_allocated(self):
        # sudo (compute_sudo): the sum only
        sums = {line.id: quantity for line, quantity in self.env['coop.pool.allocation']._read_group(
            [('line_id', 'in', self._origin.ids)], ['line_id'], ['quantity:sum'],
        )}
        for line in self:
            line.quantity_allocated = line._round(sums.get(line._origin.id, 0.0))

    @api.depends('quantity_received', 'quantity_allocated')
    def _compute_quantity_left(self):
        for line in self:
            line.quantity_left = line._round(line.quantity_received - line.quantity_allocated)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_offer_is_open()
        return lines

    def write(self, vals):
        if OFFER_FIELDS & vals.keys():
            self._check_offer_is_open()
        if {'product_id', 'step'} & vals.keys() and self.request_ids:
            raise UserError(self.env._(
                "Members have asked for %s already; offer another product beside it.",
                self.request_ids.line_id[0].display_name,
            ))
        if PROPOSAL_FIELDS & vals.keys():
            self._check_may_be_overruled(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_requested(self):
        self._check_offer_is_open()
        if self.request_ids:
            raise UserError(self.env._(
                "Members have asked for %s; it cannot be taken out of the pool.",
                self.request_ids.line_id[0].display_name,
            ))

    # === BUSINESS METHODS === #

    def _check_offer_is_open(self):
        for pool in self.pool_id:
            if pool.state not in ('draft', 'open'):
                raise UserError(self.env._(
                    "%s is closed: the products it offers are not changed any more.", pool.display_name,
                ))

    def _round(self, quantity):
        return self.uom_id.round(quantity) if self.uom_id else quantity

    def _to_steps(self, quantity):
        """Count a quantity in whole steps that are handed out; what does not fill a step is left out."""
        self.ensure_one()
        return to_units(floor_to(self._round(quantity), self.step), self.step)

    def _from_steps(self, count):
        """Say a count of steps as a quantity in the product's unit."""
        self.ensure_one()
        return float(from_units(count, self.step))

    def _get_purchase_lines(self):
        """Return the lines of the pool's purchase orders that bring this product."""
        self.ensure_one()
        return self.pool_id.purchase_order_ids.order_line.filtered(lambda line: line.product_id == self.product_id)
