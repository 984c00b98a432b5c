from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

#: Who sees what goods are to fetch; warehouse staff see quantities only.
MONEY_GROUPS = (
    'producer_cooperative.group_coop_officer,producer_cooperative.group_coop_accountant,'
    'producer_cooperative.group_coop_supervisor,base.group_portal'
)
#: What a slip keeps from its confirmation on: the member took the same paper home.
FROZEN = frozenset({
    'membership_id', 'non_member_id', 'warehouse_id', 'date', 'line_ids', 'company_id', 'scale_id', 'weigher',
    'vehicle_plate', 'delivery_id',
})


class CoopConsignment(models.Model):
    """The intake slip (tanda terima barang) for goods that a member hands over to be sold."""
    _name = 'coop.consignment'
    _inherit = ['coop.numbered.mixin', 'coop.printed.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Intake Slip"
    _order = 'date DESC, id DESC'
    _check_company_auto = True
    _number_prefix = 'TTB/%(range_year)s/'

    _transitions = {
        'draft': ('confirmed', 'cancelled'),
        'confirmed': ('received', 'cancelled'),
        'received': (),
        'cancelled': (),
    }
    _guarded_fields = frozenset({'state', 'lock_version', 'name', 'cancel_reason', 'partner_id', 'print_count'})

    currency_id = fields.Many2one(related='company_id.currency_id')
    membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Member", index=True, check_company=True, tracking=True,
        ondelete='restrict', domain="[('state', '=', 'active')]",
    )
    has_overridden = fields.Boolean(
        string="Not as Listed", compute='_compute_has_overridden',
        help="Goods with another deduction or price than the quality price list gives.",
    )
    takes_non_members = fields.Boolean(related='company_id.coop_buys_from_non_members')
    non_member_id = fields.Many2one(
        comodel_name='res.partner', string="Not a Member", index='btree_not_null', check_company=True, tracking=True,
        ondelete='restrict', domain="[('is_coop_member', '=', False), ('parent_id', '=', False)]",
        help="Goods of somebody who is no member are only bought outright, where the settings allow it.",
    )
    partner_id = fields.Many2one(
        comodel_name='res.partner', string="Owner", compute='_compute_partner_id', store=True, index=True,
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
    scale_id = fields.Many2one(
        comodel_name='coop.scale', check_company=True, index='btree_not_null', ondelete='restrict',
        tracking=True,
    )
    scale_warning = fields.Char(compute='_compute_scale_warning')
    vehicle_plate = fields.Char(copy=False)
    delivery_id = fields.Many2one(
        comodel_name='coop.consignment.delivery', string="Joint Delivery", readonly=True, copy=False,
        index='btree_not_null', ondelete='restrict',
    )
    is_half_weighed = fields.Boolean(
        string="Waiting for Second Weighing", compute='_compute_is_half_weighed', search='_search_is_half_weighed',
    )
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
    note = fields.Html(string="Remarks")

    # === COMPUTE METHODS === #

    @api.depends('name')
    def _compute_display_name(self):
        for slip in self:
            slip.display_name = slip.name or self.env._("Draft Intake Slip")

    @api.depends('membership_id.partner_id', 'non_member_id')
    def _compute_partner_id(self):
        for slip in self:
            slip.partner_id = slip.membership_id.partner_id or slip.non_member_id

    @api.depends(
        'scale_id.calibrated_until', 'scale_id.capacity', 'date', 'line_ids.gross', 'line_ids.sacks',
        'line_ids.first_weight',
    )
    def _compute_scale_warning(self):
        for slip in self:
            day = slip.date or fields.Date.context_today(slip)
            slip.scale_warning = slip.scale_id._get_warning(day, slip.line_ids._get_loads()) if slip.scale_id else ""

    @api.depends('line_ids.is_overridden')
    def _compute_has_overridden(self):
        for slip in self:
            slip.has_overridden = any(slip.line_ids.mapped('is_overridden'))

    @api.depends('line_ids.first_weight', 'line_ids.second_weight')
    def _compute_is_half_weighed(self):
        for slip in self:
            slip.is_half_weighed = any(bool(line.first_weight) != bool(line.second_weight) for line in slip.line_ids)

    def _search_is_half_weighed(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return [('line_ids', 'any', [
            '|', '&', ('first_weight', '!=', 0), ('second_weight', '=', 0),
            '&', ('first_weight', '=', 0), ('second_weight', '!=', 0),
        ])]

    @api.depends('line_ids.move_ids.picking_id')
    def _compute_picking_ids(self):
        for slip in self:
            slip.picking_ids = slip.line_ids.move_ids.picking_id
            slip.picking_count = len(slip.picking_ids)

    # === CRUD METHODS === #

    def write(self, vals):
        self.check_access('write')  # whoever may not write is not told to write a correction slip
        frozen = FROZEN & vals.keys()
        if frozen and any(slip.state != 'draft' for slip in self):
            raise UserError(self._frozen_error_message())
        return super().write(vals)

    # === ACTIONS === #

    def action_confirm(self):
        """Number the slips and ask the warehouse to receive the goods, with their owner on every line.

        :raises UserError: when the member delivers nothing any more, the day is still to come, or a line is wrong.
        """
        for slip in self:
            slip._queue_up()
            slip.membership_id.sudo()._queue_up()  # sudo: only to queue up, behind a leaving of the member
            slip._check_complete()
            slip._note_overridden()
            slip.line_ids._assign_lots()
            number = slip._draw_number()
            slip._update_state('confirmed', name=number)
        self._ask_for_goods()

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
            slip._call_goods_off()

    def _frozen_error_message(self):
        return self.env._(
            "A confirmed intake slip is not changed: write a correction slip for the weight, or cancel it and write a"
            " new one.",
        )

    def _get_printed(self):
        return self.filtered(lambda slip: slip.state != 'draft') if self._is_print_for_member() else self.browse()

    def _check_complete(self):
        self.ensure_one()
        if self.state != 'draft':
            raise UserError(self._state_error_message('confirmed'))
        self.company_id._coop_check_day_has_come(self.display_name, self.date)
        self._check_giver()
        if not self.line_ids:
            raise UserError(self.env._("The intake slip is empty: add the goods that were brought."))
        for line in self.line_ids:
            line._check_goods()
        self._check_agreement()

    def _note_overridden(self):
        """Write into the history which goods do not follow the quality price list, and why; no prices."""
        self.ensure_one()
        for line in self.line_ids:
            if line.is_overridden:
                self.message_post(body=self.env._(
                    "%(product)s (%(measured)s) is not taken in as the quality price list says: %(reason)s",
                    product=line.product_id.display_name, measured=line.measured or line.grade or "–",
                    reason=line.quality_reason,
                ))
            elif line.quality_reason:
                line.quality_reason = False  # the list was followed in the end

    def _check_giver(self):
        """Refuse goods of somebody who may not bring any.

        :raises UserError: saying who may.
        """
        self.ensure_one()
        member, guest = self.membership_id, self.non_member_id
        if bool(member) == bool(guest):
            raise UserError(self.env._("Say whose goods these are: one member."))
        if member and member.state != 'active':
            raise UserError(self.env._(
                "%s is not an active member and delivers nothing.", member.display_name,
            ))
        if not guest:
            return
        if not self.company_id.coop_buys_from_non_members:
            raise UserError(self.env._(
                "%s is not a member of the cooperative. Goods are taken in from members; admit this person, or let the"
                " settings allow to buy from others.", guest.display_name,
            ))
        if any(line.deal != 'buy' for line in self.line_ids):
            raise UserError(self.env._(
                "%s is not a member: goods can be bought outright, but not left for sale, because only members are"
                " settled with.", guest.display_name,
            ))

    def _check_agreement(self):
        """Refuse goods that are left for sale while no terms are agreed: nobody could say what they will bring.

        :raises UserError: naming the member and the day.
        """
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: line.deal == 'consign')
        if not lines:
            return
        get_term = self.env['coop.consignment.agreement']._get_terms(self.company_id, self.partner_id)
        for line in lines:
            if not get_term(self.partner_id, self.date, line.product_id.categ_id):
                raise UserError(self.env._(
                    "No consignment terms are in force on %(date)s for %(product)s of %(member)s. Write down an"
                    " agreement first (Consignment → Agreements).", date=format_date(self.env, self.date),
                    product=line.product_id.display_name, member=self.membership_id.display_name,
                ))

    def _update_received(self):
        """Mark the slips whose transfers are finished as received, once anything came in."""
        for slip in self.filtered(lambda slip: slip.state == 'confirmed'):
            states = set(slip.line_ids.move_ids.mapped('state'))
            if 'done' in states and states <= {'done', 'cancel'}:
                slip._update_state('received')
