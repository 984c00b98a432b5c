from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

#: Who reads prices and amounts of pools; warehouse staff read quantities only.
MONEY_GROUPS = (
    'producer_cooperative.group_coop_officer,producer_cooperative.group_coop_cashier,'
    'producer_cooperative.group_coop_supervisor'
)
#: What decides on the charge; frozen once members have been charged.
CHARGE_FIELDS = {'allocation_rule', 'margin_percent', 'rounding_unit', 'payment_term_id', 'warehouse_id'}


class CoopPool(models.Model):
    """One round of pooled buying (pengadaan bersama): requests, one order per vendor, a fair share for each."""
    _name = 'coop.pool'
    _inherit = ['coop.document.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Pooled Purchase"
    _order = 'id DESC'
    _rec_names_search = ['name', 'title']
    _check_company_auto = True

    _transitions = {
        'draft': ('open', 'cancelled'),
        'open': ('closed', 'cancelled'),
        'closed': ('open', 'ordered', 'cancelled'),
        'ordered': ('received', 'cancelled'),
        'received': ('distributed', 'cancelled'),
        'distributed': ('done',),
        'done': (),
        'cancelled': (),
    }
    _guarded_fields = frozenset({
        'state', 'lock_version', 'name', 'date_closed', 'cancel_reason', 'extension_count', 'is_cutoff_handled',
    })

    name = fields.Char(string="Number", readonly=True, copy=False, index='trigram', default="")
    title = fields.Char(
        required=True, tracking=True, help="What the round is about, e.g. fertilizer for the wet season.",
    )
    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, readonly=True, default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    user_id = fields.Many2one(
        comodel_name='res.users', string="Responsible", default=lambda self: self.env.user, tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    state = fields.Selection(
        selection=[
            ('draft', "Draft"), ('open', "Open"), ('closed', "Closed"), ('ordered', "Ordered"),
            ('received', "Received"), ('distributed', "Distributed"), ('done', "Done"), ('cancelled', "Cancelled"),
        ],
        default='draft', required=True, readonly=True, copy=False, tracking=True, index=True,
    )
    date_closed = fields.Datetime(string="Closed On", readonly=True, copy=False)
    warehouse_id = fields.Many2one(
        comodel_name='stock.warehouse', string="Received At", check_company=True, required=True,
        compute='_compute_warehouse_id', store=True, readonly=False, precompute=True,
        help="The warehouse that receives the goods. Where each member gets them is the member's drop point.",
    )
    allow_tolerance = fields.Boolean(
        tracking=True,
        help="Members may say how much more they would take. It fills a case that was begun; it never opens one.",
    )
    allocation_rule = fields.Selection(
        selection=[
            ('proportional', "In Proportion to Requests"), ('in_order', "In Order of Request"),
            ('equal', "Equal Shares"),
        ],
        default='proportional', required=True, tracking=True,
        help="Who gets what when less or more comes than was asked for.",
    )
    margin_percent = fields.Float(
        string="Margin (%)", digits='Discount', groups=MONEY_GROUPS,
        help="The cooperative's margin on the cost of the goods.",
    )
    rounding_unit = fields.Float(
        default=1.0, digits=0, groups=MONEY_GROUPS,
        help="Unit prices are rounded down to this amount, charges are whole multiples of it.",
    )
    payment_term_id = fields.Many2one(
        comodel_name='account.payment.term', string="Members Pay", check_company=True, groups=MONEY_GROUPS,
        help="For example after the harvest (yarnen). Empty: the member's own payment terms.",
    )
    line_ids = fields.One2many(comodel_name='coop.pool.line', inverse_name='pool_id', string="Products", copy=True)
    request_ids = fields.One2many(comodel_name='coop.pool.request', inverse_name='pool_id', string="Requests")
    member_ids = fields.One2many(comodel_name='coop.pool.member', inverse_name='pool_id', string="Participants")
    cancel_reason = fields.Char(string="Reason for Cancelling", readonly=True, copy=False, tracking=True)
    note = fields.Html(string="Remarks")
    member_count = fields.Integer(string="Members", compute='_compute_member_count', compute_sudo=True)
    is_shown_to_member = fields.Boolean(
        compute='_compute_is_shown_to_member', search='_search_is_shown_to_member', export_string_translation=False,
        help="The user is a member who may take part in the pool, or took part in it.",
    )

    _rounding_unit_positive = models.Constraint(
        'CHECK (rounding_unit > 0)', "The rounding unit must be more than zero.",
    )
    _margin_not_negative = models.Constraint('CHECK (margin_percent >= 0)', "The margin cannot be negative.")

    # === COMPUTE METHODS === #

    @api.depends('name', 'title')
    def _compute_display_name(self):
        for pool in self:
            pool.display_name = " ".join(part for part in (pool.name, pool.title) if part)

    @api.depends('company_id')
    def _compute_warehouse_id(self):
        for pool in self:
            if pool.warehouse_id.company_id != pool.company_id:
                pool.warehouse_id = self.env['stock.warehouse'].search(
                    self.env['stock.warehouse']._check_company_domain(pool.company_id), limit=1,
                )

    @api.depends('request_ids.membership_id', 'request_ids.quantity', 'request_ids.tolerance')
    def _compute_member_count(self):
        # sudo (compute_sudo): only how many take part, for members who see their own requests
        counts = dict(self.env['coop.pool.request']._read_group(
            [('pool_id', 'in', self.ids), '|', ('quantity', '>', 0), ('tolerance', '>', 0)],
            ['pool_id'], ['membership_id:count_distinct'],
        ))
        for pool in self:
            pool.member_count = counts.get(pool._origin, 0)

    @api.depends('state', 'company_id', 'request_ids.membership_id')
    @api.depends_context('uid')
    def _compute_is_shown_to_member(self):
        # sudo: which of these pools; the domain holds the user's own only
        shown = self.sudo().search(Domain('id', 'in', self.ids) & self._get_shown_to_member_domain())
        for pool in self:
            pool.is_shown_to_member = pool._origin in shown

    def _search_is_shown_to_member(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return self._get_shown_to_member_domain()

    @api.model
    def _get_shown_to_member_domain(self):
        """Return which pools a member sees: open ones of the own cooperatives, and those of own requests."""
        # sudo: the user's own memberships and requests
        memberships = self.env.user.sudo().partner_id.commercial_partner_id.coop_membership_ids
        active = memberships.filtered(lambda membership: membership.state == 'active')
        requests = self.env['coop.pool.request'].sudo().search([('membership_id', 'in', memberships.ids)])
        # Ids and no path through the requests: rules are checked as superuser, and the requests of others, once read
        # for that, would stay in the cache for the member.
        return (
            (Domain('state', '=', 'open') & Domain('company_id', 'in', active.company_id.ids))
            | Domain('id', 'in', requests.pool_id.ids)
        )

    # === CONSTRAINT METHODS === #

    @api.constrains('rounding_unit', 'company_id')
    def _check_rounding_unit(self):
        for pool in self:
            if pool.currency_id.is_zero(pool.rounding_unit):
                raise ValidationError(self.env._(
                    "The rounding unit cannot be smaller than what %s knows.", pool.currency_id.name,
                ))
        self.cost_ids._check_amount()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        pools = super().create(vals_list)
        for pool in pools.filtered(lambda pool: not (pool.name or pool.is_template)):
            # sudo: numbers are drawn, never typed
            pool.sudo().name = pool.company_id._next_coop_number('coop.pool', 'PB/%(range_year)s/')
        return pools

    def write(self, vals):
        if CHARGE_FIELDS & vals.keys():
            self._check_not_charged()
        res = super().write(vals)
        if 'allocation_rule' in vals:
            self.filtered(lambda pool: pool.state in ('ordered', 'received'))._reallocate()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_opened(self):
        for pool in self:
            if pool.state != 'draft':
                raise UserError(self.env._(
                    "%s was open to members and stays; it can only be cancelled.", pool.display_name,
                ))

    # === ACTIONS === #

    def action_open(self):
        """Open the pools for requests.

        :raises UserError: when a pool offers no product, or its deadline has passed.
        """
        self.check_access('write')
        for pool in self:
            problem = pool._opening_error_message()
            if problem:
                raise UserError(problem)
        self._update_state('open')

    def action_close(self):
        """Close the pools for requests: fill cases and propose vendor, quantity and price step for each product.

        Requests that another user is entering at this moment either count or are refused, never lost.

        :raises UserError: when nobody asked for anything, or no vendor has a price for what was asked for.
        """
        self.check_access('write')
        self._queue_up()
        for pool in self:
            if pool.state == 'open' and pool._is_empty():
                raise UserError(self.env._(
                    "Nobody has asked for anything in %s yet. Enter the requests first, or cancel it.",
                    pool.display_name,
                ))
        self._update_state('closed', date_closed=fields.Datetime.now())
        self.line_ids._propose()

    def action_reopen(self):
        """Take requests again; what was proposed is worked out anew at the next closing."""
        self.check_access('write')
        self._queue_up()
        for pool in self:
            if pool.state != 'closed':
                raise UserError(pool._state_error_message('open'))
        self._update_state('open', date_closed=False)
        self.filtered(lambda pool: pool._is_past_cutoff())._extend_after_reopening()

    def _cancel_with_reason(self, reason):
        """Cancel the pools and the requests for quotation they made.

        :raises UserError: when a purchase order is confirmed or goods have come.
        """
        self._queue_up()
        for pool in self:
            pool._check_can_be_cancelled()
        drafts = self.purchase_order_ids.filtered(lambda order: order.state in ('draft', 'sent', 'to approve'))
        self._update_state('cancelled', cancel_reason=reason)
        drafts.button_cancel()

    def _check_can_be_cancelled(self):
        self.ensure_one()
        confirmed = self.purchase_order_ids.filtered(lambda order: order.state == 'purchase')
        came = self.line_ids.filtered(lambda line: line.uom_id.compare(line.quantity_received, 0.0) > 0)
        if came:
            raise UserError(self.env._(
                "%(pool)s cannot be cancelled: %(product)s has come. Return it to the vendor first, or distribute it.",
                pool=self.display_name, product=came[0].display_name,
            ))
        if confirmed and self.state == 'ordered':
            raise UserError(self.env._(
                "%(pool)s cannot be cancelled: %(order)s is confirmed. Cancel that order with the vendor first.",
                pool=self.display_name, order=confirmed[0].display_name,
            ))

    # === BUSINESS METHODS === #

    def _opening_error_message(self):
        """Return what still stands in the way of taking requests, or an empty text.

        For a room to ask for more, it must override this method.
        """
        self.ensure_one()
        if not self.line_ids:
            return self.env._("%s offers nothing yet: add at least one product.", self.display_name)
        return ""

    def _is_empty(self):
        """Whether nobody asks for anything; tolerance alone orders nothing."""
        self.ensure_one()
        return not any(line.uom_id.compare(line.quantity_requested, 0.0) > 0 for line in self.line_ids)

    def _check_not_charged(self):
        for pool in self:
            if pool.state in ('distributed', 'done'):
                raise UserError(self.env._(
                    "%s has been distributed: what decides on the members' charges is not changed any more.",
                    pool.display_name,
                ))
