from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.producer_cooperative.models.stock_move_document import as_moving


class CoopConsignmentReturn(models.Model):
    """The return slip for unsold goods that a member fetches: drafted, made ready by the warehouse, handed over."""
    _name = 'coop.consignment.return'
    _inherit = ['coop.numbered.mixin', 'coop.printed.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Return Slip"
    _order = 'date DESC, id DESC'
    _check_company_auto = True
    _number_prefix = 'TKB/%(range_year)s/'

    _transitions = {
        'draft': ('confirmed', 'cancelled'),
        'confirmed': ('done', 'cancelled'),
        'done': (),
        'cancelled': (),
    }
    _guarded_fields = frozenset({'state', 'lock_version', 'name', 'cancel_reason', 'partner_id', 'print_count'})

    membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Member", required=True, index=True, check_company=True, tracking=True,
        ondelete='restrict', domain="[('state', '!=', 'candidate')]",
    )
    partner_id = fields.Many2one(
        related='membership_id.partner_id', string="Owner", store=True, index=True, related_sudo=True,
    )
    warehouse_id = fields.Many2one(
        comodel_name='stock.warehouse', required=True, check_company=True, tracking=True,
        default=lambda self: self.env['stock.warehouse'].search([('company_id', '=', self.env.company.id)], limit=1),
    )
    date = fields.Date(required=True, default=fields.Date.context_today, copy=False, tracking=True)
    reason = fields.Selection(
        selection=[
            ('unsold', "Not sold in time"), ('wish', "The member wants them back"), ('quality', "Not fit to be sold"),
            ('leaving', "The member leaves"),
        ],
        required=True, default='unsold', tracking=True,
    )
    fetched_by = fields.Char(
        copy=False, help="Who comes for the goods, when it is not the member: somebody of the family, a driver.",
    )
    line_ids = fields.One2many(
        comodel_name='coop.consignment.return.line', inverse_name='return_id', string="Goods", copy=True,
    )
    state = fields.Selection(
        selection=[
            ('draft', "Draft"), ('confirmed', "To Be Fetched"), ('done', "Returned"), ('cancelled', "Cancelled"),
        ],
        default='draft', required=True, readonly=True, copy=False, tracking=True, index=True,
    )
    picking_ids = fields.Many2many(
        comodel_name='stock.picking', string="Transfers", compute='_compute_picking_ids', compute_sudo=True,
    )
    picking_count = fields.Integer(compute='_compute_picking_ids', compute_sudo=True)
    note = fields.Html(string="Remarks")

    # === COMPUTE METHODS === #

    @api.depends('name')
    def _compute_display_name(self):
        for slip in self:
            slip.display_name = slip.name or self.env._("Draft Return Slip")

    @api.depends('line_ids.move_ids.picking_id')
    def _compute_picking_ids(self):
        for slip in self:
            slip.picking_ids = slip.line_ids.move_ids.picking_id
            slip.picking_count = len(slip.picking_ids)

    # === CRUD METHODS === #

    def write(self, vals):
        self.check_access('write')  # whoever may not write is not told to write another slip
        frozen = {'membership_id', 'warehouse_id', 'date', 'line_ids', 'company_id', 'reason'} & vals.keys()
        if frozen and any(slip.state != 'draft' for slip in self):
            raise UserError(self._frozen_error_message())
        return super().write(vals)

    # === ACTIONS === #

    def action_confirm(self):
        """Number the slips and ask the warehouse to hand the goods out.

        :raises UserError: when a slip is empty, its day is still to come, or more is to go back than is free.
        """
        for slip in self:
            slip._queue_up()
            slip._check_complete()
            number = slip._draw_number()
            slip._update_state('confirmed', name=number)
            Picking = as_moving(self.env['stock.picking'])
            picking = Picking.create(slip._prepare_picking_values()).with_env(self.env)
            picking.action_confirm()
            picking.action_assign()

    def action_fill(self):
        """List everything that the members have here and that is free."""
        for slip in self:
            if slip.state != 'draft':
                raise UserError(slip._frozen_error_message())
            slip.line_ids = [Command.clear(), *map(Command.create, slip._prepare_lines())]
            if not slip.line_ids:
                raise UserError(self.env._(
                    "%(member)s has no free goods in %(warehouse)s.",
                    member=slip.partner_id.display_name, warehouse=slip.warehouse_id.name,
                ))

    def action_view_pickings(self):
        """Open the transfers by which the goods are handed out."""
        return self.picking_ids._get_records_action(name=self.env._("Transfers"))

    # === BUSINESS METHODS === #

    @api.model
    def _create_for_unsold(self, unsold):
        """Return draft slips for these unsold goods: one per member, each with what is free of the goods."""
        slips = self.browse()
        for (company, owner), goods in unsold.grouped(lambda row: (row.company_id, row.owner_id)).items():
            membership = self.env['coop.membership']._get_in_force(owner, company)[:1]
            slip = self.new({'membership_id': membership.id, 'company_id': company.id})
            free, wanted = slip._get_free(), {}
            for row in goods:
                key = (row.product_id, row.lot_id)
                wanted[key] = wanted.get(key, 0.0) + row.quantity
            lines = [
                {'product_id': product.id, 'lot_id': lot.id, 'quantity': min(quantity, free.get((product, lot), 0.0))}
                for (product, lot), quantity in wanted.items()
            ]
            lines = [line for line in lines if line['quantity'] > 0]
            if membership and lines:
                slips |= self.create({
                    'membership_id': membership.id, 'company_id': company.id, 'warehouse_id': slip.warehouse_id.id,
                    'line_ids': [Command.create(line) for line in lines],
                })
        return slips

    def _cancel_with_reason(self, reason):
        """Cancel slips whose goods were not handed out, together with their transfers.

        :raises UserError: once goods were handed out.
        """
        for slip in self:
            slip._queue_up()
            if any(move.state == 'done' for move in slip.line_ids.move_ids):
                raise UserError(self.env._(
                    "Goods of %s were handed out. If the member brings them again, write an intake slip.",
                    slip.display_name,
                ))
            slip._update_state('cancelled', cancel_reason=reason)
            slip.picking_ids.action_cancel()

    def _frozen_error_message(self):
        return self.env._("A confirmed return slip is not changed: cancel it and write a new one.")

    def _get_printed(self):
        return self.filtered(lambda slip: slip.state != 'draft')

    def _check_complete(self):
        self.ensure_one()
        if self.state != 'draft':
            raise UserError(self._state_error_message('confirmed'))
        self.company_id._coop_check_day_has_come(self.display_name, self.date)
        if not self.line_ids:
            raise UserError(self.env._("The return slip is empty: add the goods that go back."))
        free = self._get_free()
        for line in self.line_ids:
            line._check_complete(free)

    def _get_free(self):
        self.ensure_one()
        return self.warehouse_id._coop_get_free_goods(self.partner_id)

    def _prepare_lines(self):
        self.ensure_one()
        return [
            {'product_id': product.id, 'lot_id': lot.id, 'quantity': quantity}
            for (product, lot), quantity in self._get_free().items() if product.uom_id.compare(quantity, 0) > 0
        ]

    def _prepare_picking_values(self):
        """Return the transfer that hands the goods to their owner; nobody else's can go into it."""
        self.ensure_one()
        picking_type = self.warehouse_id.out_type_id
        destination = self.partner_id.with_company(self.company_id).property_stock_supplier
        return {
            'picking_type_id': picking_type.id,
            'partner_id': self.partner_id.id,
            'owner_id': self.partner_id.id,
            'origin': self.name,
            'company_id': self.company_id.id,
            'location_id': self.warehouse_id.lot_stock_id.id,
            'location_dest_id': destination.id,
            'move_ids': [
                Command.create(line._prepare_move_values(destination, picking_type)) for line in self.line_ids
            ],
        }

    def _update_done(self):
        """Mark the slips whose transfers are finished as returned, or as cancelled when nothing was handed out."""
        for slip in self.filtered(lambda slip: slip.state == 'confirmed'):
            states = set(slip.line_ids.move_ids.mapped('state'))
            if 'done' in states and states <= {'done', 'cancel'}:
                slip._update_state('done')
            elif states == {'cancel'}:
                slip._update_state('cancelled', cancel_reason=self.env._("The warehouse cancelled the transfer."))
