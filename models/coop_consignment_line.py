from odoo import api, fields, models
from odoo.exceptions import UserError


class CoopConsignmentLine(models.Model):
    """One kind of goods on an intake slip: what was weighed, what was taken off, what counts."""
    _name = 'coop.consignment.line'
    _inherit = ['coop.kept.line.mixin', 'coop.weighing.mixin', 'coop.unit.sum.mixin']
    _description = "Intake Slip Line"
    _order = 'consignment_id, sequence, id'
    _check_company_auto = True
    _kept_by = 'consignment_id'

    _unit_summed = frozenset({'gross', 'tare', 'refused', 'deduction', 'deducted', 'correction', 'net'})

    consignment_id = fields.Many2one(
        comodel_name='coop.consignment', string="Intake Slip", required=True, index=True, ondelete='cascade',
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(related='consignment_id.company_id', store=True)
    currency_id = fields.Many2one(related='consignment_id.currency_id')
    partner_id = fields.Many2one(related='consignment_id.partner_id', store=True, index=True)
    date = fields.Date(related='consignment_id.date', store=True)
    state = fields.Selection(related='consignment_id.state', store=True, index=True)
    description = fields.Char(help="What tells the piece apart, e.g. its motif.")
    lot_id = fields.Many2one(
        comodel_name='stock.lot', string="Existing Lot", check_company=True, index='btree_not_null',
        ondelete='restrict', copy=False, domain="[('product_id', '=', goods_product_id)]",
    )
    move_ids = fields.One2many(comodel_name='stock.move', inverse_name='coop_consignment_line_id', string="Stock Moves")
    purchase_line_ids = fields.One2many(
        comodel_name='purchase.order.line', inverse_name='coop_consignment_line_id', string="Purchase Lines",
        groups='purchase.group_purchase_user,account.group_account_readonly,account.group_account_invoice',
    )
    received = fields.Float(digits='Product Unit', compute='_compute_received', help="What the warehouse took in.")
    correction_ids = fields.One2many(
        comodel_name='coop.consignment.correction', inverse_name='line_id', string="Corrections",
    )
    correction = fields.Float(
        digits='Product Unit', compute='_compute_correction', store=True,
        help="What correction slips added to the confirmed net, or took off.",
    )

    _weights_not_negative = models.Constraint(
        'CHECK (gross >= 0 AND tare >= 0 AND deduction >= 0 AND refused >= 0 AND sack_tare >= 0'
        ' AND first_weight >= 0 AND second_weight >= 0)',
        "Weights and deductions cannot be negative.",
    )
    _deduction_is_share = models.Constraint(
        'CHECK (deduction_rate >= 0 AND deduction_rate < 100)', "A deduction is at least 0 and less than 100 %.",
    )
    _prices_not_negative = models.Constraint(
        'CHECK (asking_price >= 0 AND net_price >= 0 AND price >= 0)', "Prices cannot be negative.",
    )

    # === COMPUTE METHODS === #

    @api.depends('product_id', 'consignment_id.name')
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.consignment_id.display_name}: {line.product_id.display_name}"

    @api.depends('state', 'quality_reason')
    def _compute_is_overridden(self):
        super()._compute_is_overridden()
        # Once a slip is confirmed its reasons say so, whatever becomes of the list.
        for line in self.filtered(lambda line: line.state and line.state != 'draft'):
            line.is_overridden = bool(line.quality_reason)

    @api.depends('correction')
    def _compute_net(self):
        super()._compute_net()
        for line in self:
            line.net = line._round(line.net + line.correction)

    @api.depends('correction_ids.state', 'correction_ids.difference')
    def _compute_correction(self):
        for line in self:
            posted = line.correction_ids.filtered(lambda correction: correction.state == 'posted')
            line.correction = line._round(sum(posted.mapped('difference')))

    @api.depends('move_ids.state', 'move_ids.quantity')
    def _compute_received(self):
        for line in self:
            received = 0.0
            # sudo: quantities of the slip's own goods, for everybody who may read the slip
            for move in line.sudo().move_ids.filtered(lambda move: move.state == 'done'):
                quantity = move.product_uom._compute_quantity(move.quantity, line.uom_id, rounding_method='HALF-UP')
                received += quantity if move._is_incoming() else -quantity if move._is_outgoing() else 0.0
            line.received = received

    # === ACTIONS === #

    def action_correct(self):
        """Open a new correction slip for the confirmed weight of the line."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Correct a Weight"),
            'res_model': 'coop.consignment.correction',
            'view_mode': 'form',
            'context': {'default_line_id': self.id},
        }

    # === BUSINESS METHODS === #

    def _get_loads(self):
        """Return ``[(weight, unit)]`` of what lay on the scale at once, for goods that are sold by weight."""
        loads = []
        for line in self:
            weights = line._read_sacks() or [line.first_weight or line.gross]
            loads += [(float(weight), line.uom_id) for weight in weights if line.uom_id]
        return loads

    def _assign_lots(self):
        """Give the lines of tracked products their lots: the chosen one, the one of that name, or a new one.

        :raises UserError: where a unique piece is in stock, or was brought, already.
        """
        for line in self:
            product = line.goods_product_id
            if product.tracking == 'none' or line._is_refused_whole():
                continue
            lot = line.lot_id or line._find_lot() or self.env['stock.lot'].create(line._prepare_lot_values())
            line._check_lot(lot)
            line.write({'lot_id': lot.id, 'lot_name': lot.name})

    def _find_lot(self):
        self.ensure_one()
        return self.env['stock.lot'].search([
            ('product_id', '=', self.goods_product_id.id), ('name', '=', (self.lot_name or "").strip()),
            ('company_id', 'in', [False, self.company_id.id]),
        ], limit=1) if (self.lot_name or "").strip() else self.env['stock.lot']

    def _check_lot(self, lot):
        self.ensure_one()
        if lot.product_id != self.goods_product_id:
            raise UserError(self.env._(
                "%(lot)s is a lot of %(other)s and not of %(product)s. Choose another one.", lot=lot.name,
                other=lot.product_id.display_name, product=self.goods_product_id.display_name,
            ))
        if lot.product_id.tracking != 'serial':
            return
        twice = self.consignment_id.line_ids.filtered(
            lambda line: line != self and line.lot_id == lot and not line._is_refused_whole(),
        )
        if twice:
            raise UserError(self.env._(
                "%(lot)s is on two lines of the slip, and there is one piece of %(product)s with that number. Give the"
                " other one a number of its own.", lot=lot.name, product=lot.product_id.display_name,
            ))
        # sudo: whether the same piece is here already, whoever brought it; one that went back may come again
        awaited = self.sudo().search_count([
            ('lot_id', '=', lot.id), ('id', '!=', self.id), ('state', '=', 'confirmed'),
        ], limit=1)
        if awaited or lot.sudo().product_qty > 0:
            raise UserError(self.env._(
                "The piece %(lot)s of %(product)s is here, or on its way, already. Give this one another number.",
                lot=lot.name, product=lot.product_id.display_name,
            ))

    def _prepare_lot_values(self):
        self.ensure_one()
        name = (self.lot_name or "").strip() or self.company_id._next_coop_number(
            'coop.consignment.lot', 'T%(range_y)s', date=self.date,
        )
        return {'name': name, 'product_id': self.goods_product_id.id, 'company_id': self.company_id.id}

    def _prepare_move_values(self, source, picking_type):
        """Return the stock move that brings the net quantity in for its owner."""
        self.ensure_one()
        return {
            'product_id': self.product_id.id,
            'product_uom': self.uom_id.id,
            'product_uom_qty': self.net,
            'location_id': source.id,
            'location_dest_id': picking_type.default_location_dest_id.id,
            'picking_type_id': picking_type.id,
            'company_id': self.company_id.id,
            'restrict_partner_id': self.partner_id.id,
            'coop_consignment_line_id': self.id,
        }
