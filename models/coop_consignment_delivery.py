from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

#: What a line of a joint delivery hands on to the intake slip of its member.
HANDED_ON = (
    'product_id', 'deal', 'sacks', 'sack_tare', 'first_weight', 'first_weight_at', 'second_weight', 'second_weight_at',
    'gross', 'tare', 'refused', 'refused_reason', 'measured', 'grade', 'quality_reason', 'deduction_rate',
    'deduction', 'lot_name', 'asking_price', 'net_price', 'price',
)


class CoopConsignmentDelivery(models.Model):
    """Goods of several members that came on one vehicle: typed in one list, with a slip for each member."""
    _name = 'coop.consignment.delivery'
    _inherit = ['coop.numbered.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Joint Delivery"
    _order = 'date DESC, id DESC'
    _check_company_auto = True
    _number_prefix = 'KRB/%(range_year)s/'

    _transitions = {
        'draft': ('confirmed', 'cancelled'),
        'confirmed': ('cancelled',),
        'cancelled': (),
    }
    _guarded_fields = frozenset({'state', 'lock_version', 'name', 'cancel_reason', 'slip_ids'})

    warehouse_id = fields.Many2one(
        comodel_name='stock.warehouse', required=True, check_company=True, tracking=True,
        default=lambda self: self.env['stock.warehouse'].search([('company_id', '=', self.env.company.id)], limit=1),
    )
    date = fields.Date(required=True, default=fields.Date.context_today, copy=False, tracking=True)
    receipt_mode = fields.Selection(
        selection=[('each', "A receipt for each member"), ('joint', "One receipt with the owners on its lines")],
        string="Receipts", required=True, default='each',
        help="Every member gets an intake slip either way. Goods that are bought outright always have receipts of their"
             " own, by purchase order.",
    )
    vehicle_plate = fields.Char(copy=False)
    driver = fields.Char(copy=False)
    weigher = fields.Char(string="Weighed By", copy=False)
    scale_id = fields.Many2one(
        comodel_name='coop.scale', check_company=True, index='btree_not_null', ondelete='restrict',
    )
    scale_warning = fields.Char(compute='_compute_scale_warning')
    loaded_weight = fields.Float(
        digits='Product Unit', copy=False, help="What the vehicle weighed with all the goods; to compare only.",
    )
    empty_weight = fields.Float(digits='Product Unit', copy=False, help="What it weighed without them.")
    weight_uom_id = fields.Many2one(
        comodel_name='uom.uom', string="Weight Unit", compute='_compute_weights', help="The unit of the scale, or kg.",
    )
    gross_total = fields.Float(
        string="Gross of All Lines", digits='Product Unit', compute='_compute_weights',
        help="Of the goods that are kept by weight; pieces do not count.",
    )
    difference = fields.Float(
        digits='Product Unit', compute='_compute_weights',
        help="What the weighbridge says less the gross of all lines; nothing while the vehicle was not weighed twice.",
    )
    line_ids = fields.One2many(
        comodel_name='coop.consignment.delivery.line', inverse_name='delivery_id', string="Goods", copy=True,
    )
    slip_ids = fields.One2many(
        comodel_name='coop.consignment', inverse_name='delivery_id', string="Intake Slips", readonly=True, copy=False,
    )
    slip_count = fields.Integer(compute='_compute_slip_count')
    has_received = fields.Boolean(compute='_compute_slip_count', help="Goods of a member were received already.")
    has_overridden = fields.Boolean(
        string="Not as Listed", compute='_compute_has_overridden',
        help="Goods with another deduction or price than the quality price list gives.",
    )
    state = fields.Selection(
        selection=[('draft', "Draft"), ('confirmed', "Confirmed"), ('cancelled', "Cancelled")],
        default='draft', required=True, readonly=True, copy=False, tracking=True, index=True,
    )
    note = fields.Html(string="Remarks")

    # === COMPUTE METHODS === #

    @api.depends('name')
    def _compute_display_name(self):
        for delivery in self:
            delivery.display_name = delivery.name or self.env._("Draft Joint Delivery")

    @api.depends('line_ids.is_overridden')
    def _compute_has_overridden(self):
        for delivery in self:
            delivery.has_overridden = any(delivery.line_ids.mapped('is_overridden'))

    @api.depends('slip_ids.state')
    def _compute_slip_count(self):
        for delivery in self:
            delivery.slip_count = len(delivery.slip_ids)
            delivery.has_received = 'received' in delivery.slip_ids.mapped('state')

    @api.depends('loaded_weight', 'empty_weight', 'scale_id.uom_id', 'line_ids.gross', 'line_ids.uom_id')
    def _compute_weights(self):
        kilogram = self.env.ref('uom.product_uom_kgm', raise_if_not_found=False)
        for delivery in self:
            unit = delivery.weight_uom_id = delivery.scale_id.uom_id or kilogram
            delivery.gross_total = round(sum(
                line.uom_id._compute_quantity(line.gross, unit, round=False) for line in delivery.line_ids
                if unit and line.uom_id and line.uom_id._has_common_reference(unit)
            ), 6)
            was_weighed = delivery.loaded_weight and delivery.empty_weight
            delivery.difference = was_weighed and round(
                delivery.loaded_weight - delivery.empty_weight - delivery.gross_total, 6,
            )

    @api.depends('scale_id.calibrated_until', 'scale_id.capacity', 'date')
    def _compute_scale_warning(self):
        for delivery in self:
            day = delivery.date or fields.Date.context_today(delivery)
            delivery.scale_warning = delivery.scale_id._get_warning(day, []) if delivery.scale_id else ""

    # === CRUD METHODS === #

    def write(self, vals):
        frozen = {
            'warehouse_id', 'date', 'receipt_mode', 'line_ids', 'company_id', 'vehicle_plate', 'driver', 'weigher',
            'scale_id', 'loaded_weight', 'empty_weight',
        } & vals.keys()
        if frozen and any(delivery.state != 'draft' for delivery in self):
            raise UserError(self._frozen_error_message())
        return super().write(vals)

    # === ACTIONS === #

    def action_confirm(self):
        """Write an intake slip for each member, confirm them all, and ask the warehouse to receive the goods.

        :raises UserError: when the list is empty, or one of the slips cannot be confirmed: then none is.
        """
        self.check_access('write')
        for delivery in self:
            delivery._queue_up()
            if not delivery.line_ids:
                raise UserError(self.env._("The joint delivery is empty: add the goods of each member."))
            number = delivery._draw_number()
            slips = self.env['coop.consignment'].create(delivery._prepare_slips_values())
            delivery._update_state('confirmed', name=number)
            slips.action_confirm()

    def action_view_slips(self):
        """Open the intake slips of the delivery."""
        return self.slip_ids._get_records_action(name=self.env._("Intake Slips"))

    def action_print_slips(self):
        """Print the slips of all members.

        :raises UserError: for a draft.
        """
        slips = self.slip_ids.filtered(lambda slip: slip.state != 'cancelled')
        if not slips:
            raise UserError(self.env._("Confirm the delivery first: then every member has a slip."))
        return self.env.ref('producer_cooperative.coop_consignment_report_action').report_action(slips)

    # === BUSINESS METHODS === #

    def _cancel_with_reason(self, reason):
        """Cancel the delivery with all of its slips.

        :raises UserError: once goods of any member came in.
        """
        for delivery in self:
            delivery._queue_up()
            received = delivery.slip_ids.filtered(lambda slip: slip.state == 'received')
            if received:
                raise UserError(self.env._(
                    "Goods of %s were received. Return them from the receipt, and cancel the other slips one by one.",
                    received[0].display_name,
                ))
            delivery._update_state('cancelled', cancel_reason=reason)
            delivery.slip_ids.filtered(lambda slip: slip.state in ('draft', 'confirmed'))._cancel_with_reason(reason)

    def _frozen_error_message(self):
        return self.env._("A confirmed joint delivery is not changed: correct or cancel the slips of its members.")

    def _prepare_slips_values(self):
        """Return one slip for each member, in the order in which they stand on the list."""
        self.ensure_one()
        return [{
            'company_id': self.company_id.id,
            'membership_id': membership.id,
            'warehouse_id': self.warehouse_id.id,
            'date': self.date,
            'weigher': self.weigher,
            'scale_id': self.scale_id.id,
            'vehicle_plate': self.vehicle_plate,
            'delivery_id': self.id,
            'line_ids': [Command.create(line._prepare_slip_line_values()) for line in lines],
        } for membership, lines in self.line_ids.grouped('membership_id').items()]
