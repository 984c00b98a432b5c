from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.models.coop_consignment import MONEY_GROUPS


class CoopConsignmentLine(models.Model):
    """One kind of goods on an intake slip: what was weighed, what was taken off, what counts."""
    _name = 'coop.consignment.line'
    _description = "Intake Slip Line"
    _order = 'consignment_id, sequence, id'
    _check_company_auto = True

    consignment_id = fields.Many2one(
        comodel_name='coop.consignment', string="Intake Slip", required=True, index=True, ondelete='cascade',
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(related='consignment_id.company_id', store=True)
    currency_id = fields.Many2one(related='consignment_id.currency_id')
    partner_id = fields.Many2one(related='consignment_id.partner_id', store=True, index=True)
    date = fields.Date(related='consignment_id.date', store=True)
    state = fields.Selection(related='consignment_id.state', store=True, index=True)
    product_id = fields.Many2one(
        comodel_name='product.product', required=True, index=True, check_company=True, ondelete='restrict',
        domain="[('coop_consigned', '=', True)]",
    )
    uom_id = fields.Many2one(related='product_id.uom_id', string="Unit")
    gross = fields.Float(digits='Product Unit', required=True, help="As it lay on the scale, or as it was counted.")
    tare = fields.Float(digits='Product Unit', help="Weight of sacks, crates and baskets.")
    deduction = fields.Float(digits='Product Unit', help="Taken off for moisture, dirt or quality (rafaksi).")
    net = fields.Float(
        digits='Product Unit', compute='_compute_net', store=True, help="What counts: gross less tare less deduction.",
    )
    grade = fields.Char()
    asking_price = fields.Monetary(
        groups=MONEY_GROUPS, help="What the member hopes for per unit; it binds nobody.",
    )
    net_price = fields.Monetary(
        groups=MONEY_GROUPS,
        help="What the member gets for every unit sold, whatever the customer pays (harga titip); empty where the"
             " agreement's commission holds.",
    )
    move_ids = fields.One2many(comodel_name='stock.move', inverse_name='coop_consignment_line_id', string="Stock Moves")
    received = fields.Float(digits='Product Unit', compute='_compute_received', help="What the warehouse took in.")

    _weights_not_negative = models.Constraint(
        'CHECK (gross >= 0 AND tare >= 0 AND deduction >= 0)', "Weights and deductions cannot be negative.",
    )

    _prices_not_negative = models.Constraint(
        'CHECK (asking_price >= 0 AND net_price >= 0)', "Prices cannot be negative.",
    )

    # === COMPUTE METHODS === #

    @api.depends('gross', 'tare', 'deduction', 'product_id')
    def _compute_net(self):
        for line in self:
            net = line.gross - line.tare - line.deduction
            line.net = line.uom_id.round(net) if line.uom_id else net

    @api.depends('move_ids.state', 'move_ids.quantity')
    def _compute_received(self):
        for line in self:
            received = 0.0
            # sudo: quantities of the slip's own goods, for everybody who may read the slip
            for move in line.sudo().move_ids.filtered(lambda move: move.state == 'done'):
                quantity = move.product_uom._compute_quantity(move.quantity, line.uom_id, rounding_method='HALF-UP')
                received += quantity if move._is_incoming() else -quantity if move._is_outgoing() else 0.0
            line.received = received

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_slip_is_draft()
        return lines

    def write(self, vals):
        self._check_slip_is_draft()
        res = super().write(vals)
        self._check_slip_is_draft()  # the slip may be another one now
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_confirmed(self):
        self._check_slip_is_draft()

    def _check_slip_is_draft(self):
        if any(slip.state != 'draft' for slip in self.consignment_id):
            raise UserError(self.consignment_id._frozen_error_message())

    # === BUSINESS METHODS === #

    def _check_complete(self):
        """Check a line before its goods are asked for.

        :raises UserError: naming the product and what is wrong.
        """
        self.ensure_one()
        if not self.product_id.coop_consigned:
            raise UserError(self.env._(
                "%s is the cooperative's own product; only products that are sold for members are taken in here.",
                self.product_id.display_name,
            ))
        if self.uom_id.compare(self.net, 0.0) <= 0:
            raise UserError(self.env._(
                "Nothing is left of %s after tare and deduction: check the weights.", self.product_id.display_name,
            ))

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
