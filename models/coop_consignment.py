from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

#: Who sees what goods are to fetch; warehouse staff see quantities only.
MONEY_GROUPS = (
    'producer_cooperative.group_coop_officer,producer_cooperative.group_coop_accountant,'
    'producer_cooperative.group_coop_supervisor,base.group_portal'
)


class CoopConsignment(models.Model):
    """The intake slip (tanda terima barang) for goods that a member hands over to be sold."""
    _name = 'coop.consignment'
    _inherit = ['coop.document.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Intake Slip"
    _order = 'date DESC, id DESC'
    _check_company_auto = True

    _transitions = {
        'draft': ('confirmed', 'cancelled'),
        'confirmed': ('received', 'cancelled'),
        'received': (),
        'cancelled': (),
    }
    _guarded_fields = frozenset({'state', 'lock_version', 'name', 'cancel_reason', 'partner_id'})

    name = fields.Char(string="Number", readonly=True, copy=False, index='trigram', default="")
    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, readonly=True, default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Member", required=True, index=True, check_company=True, tracking=True,
        ondelete='restrict', domain="[('state', '=', 'active')]",
    )
    partner_id = fields.Many2one(
        related='membership_id.partner_id', string="Owner", store=True, index=True, related_sudo=True,
    )
    warehouse_id = fields.Many2one(
        comodel_name='stock.warehouse', required=True, check_company=True, tracking=True,
        default=lambda self: self.env['stock.warehouse'].search([('company_id', '=', self.env.company.id)], limit=1),
    )
    date = fields.Date(required=True, default=fields.Date.context_today, copy=False, tracking=True)
    paper_number = fields.Char(
        string="Paper Slip", copy=False,
        help="Number of the slip that was written by hand, during a power cut for example.",
    )
    weigher = fields.Char(string="Weighed By", copy=False)
    line_ids = fields.One2many(comodel_name='coop.consignment.line', inverse_name='consignment_id', copy=True)
    state = fields.Selection(
        selection=[
            ('draft', "Draft"), ('confirmed', "Confirmed"), ('received', "Received"), ('cancelled', "Cancelled"),
        ],
        default='draft', required=True, readonly=True, copy=False, tracking=True, index=True,
    )
    picking_ids = fields.Many2many(
        comodel_name='stock.picking', string="Receipts", compute='_compute_picking_ids', compute_sudo=True,
    )
    picking_count = fields.Integer(compute='_compute_picking_ids', compute_sudo=True)
    cancel_reason = fields.Char(string="Reason for Cancelling", readonly=True, copy=False, tracking=True)
    note = fields.Html(string="Remarks")

    # === COMPUTE METHODS === #

    @api.depends('name')
    def _compute_display_name(self):
        for slip in self:
            slip.display_name = slip.name or self.env._("Draft Intake Slip")

    @api.depends('line_ids.move_ids.picking_id')
    def _compute_picking_ids(self):
        for slip in self:
            slip.picking_ids = slip.line_ids.move_ids.picking_id
            slip.picking_count = len(slip.picking_ids)

    # === CRUD METHODS === #

    def write(self, vals):
        frozen = {'membership_id', 'warehouse_id', 'date', 'line_ids', 'company_id'} & vals.keys()
        if frozen and any(slip.state != 'draft' for slip in self):
            raise UserError(self._frozen_error_message())
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_numbered(self):
        numbered = self.filtered('name')
        if numbered:
            raise UserError(self.env._("%s has a number and stays; cancel it instead.", numbered[0].display_name))

    # === ACTIONS === #

    def action_confirm(self):
        """Number the slips and ask the warehouse to receive the goods, with their owner on every line.

        :raises UserError: when the member delivers nothing any more, the day is still to come, or a line is wrong.
        """
        for slip in self:
            slip._queue_up()
            slip._check_complete()
            number = slip.name or slip.company_id._next_coop_number(
                'coop.consignment', 'TTB/%(range_year)s/', date=slip.date, gapless=True,
            )
            slip._update_state('confirmed', name=number)
            picking = self.env['stock.picking'].create(slip._prepare_picking_values())
            picking.action_confirm()
            picking.action_assign()

    def action_view_pickings(self):
        """Open the transfers that bring the goods in."""
        return self.picking_ids._get_records_action(name=self.env._("Receipts"))

    # === BUSINESS METHODS === #

    def _cancel_with_reason(self, reason):
        """Cancel slips whose goods were not received, together with their transfers.

        :raises UserError: once goods came in: they go back to the member by a return of the receipt.
        """
        for slip in self:
            slip._queue_up()
            if any(move.state == 'done' for move in slip.line_ids.move_ids):
                raise UserError(self.env._(
                    "Goods of %s were received. Return them to the member from the receipt.", slip.display_name,
                ))
            slip._update_state('cancelled', cancel_reason=reason)
            slip.picking_ids.action_cancel()

    def _frozen_error_message(self):
        return self.env._("A confirmed intake slip is not changed: cancel it and write a new one.")

    def _check_complete(self):
        self.ensure_one()
        if self.state != 'draft':
            raise UserError(self._state_error_message('confirmed'))
        self.company_id._coop_check_day_has_come(self.display_name, self.date)
        if self.membership_id.state != 'active':
            raise UserError(self.env._(
                "%s is not an active member and delivers nothing.", self.membership_id.display_name,
            ))
        if not self.line_ids:
            raise UserError(self.env._("The intake slip is empty: add the goods that were brought."))
        for line in self.line_ids:
            line._check_complete()

    def _prepare_picking_values(self):
        """Return the receipt of the slip's goods; owner and restriction keep them apart from everybody else's."""
        self.ensure_one()
        picking_type = self.warehouse_id.in_type_id
        source = self.partner_id.with_company(self.company_id).property_stock_supplier
        return {
            'picking_type_id': picking_type.id,
            'partner_id': self.partner_id.id,
            'owner_id': self.partner_id.id,
            'origin': self.name,
            'company_id': self.company_id.id,
            'location_id': source.id,
            'location_dest_id': picking_type.default_location_dest_id.id,
            'move_ids': [Command.create(line._prepare_move_values(source, picking_type)) for line in self.line_ids],
        }

    def _update_received(self):
        """Mark the slips whose transfers are finished as received, once anything came in."""
        for slip in self.filtered(lambda slip: slip.state == 'confirmed'):
            states = set(slip.line_ids.move_ids.mapped('state'))
            if 'done' in states and states <= {'done', 'cancel'}:
                slip._update_state('received')
