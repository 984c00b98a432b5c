from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from odoo.addons.producer_cooperative.tools.allocation import append_change


class CoopPoolRequest(models.Model):
    """What one member asks for of one product of a pool."""
    _name = 'coop.pool.request'
    _description = "Pool Request"
    _order = 'pool_id DESC, line_id, id'
    _check_company_auto = True

    pool_id = fields.Many2one(
        comodel_name='coop.pool', required=True, index=True, ondelete='cascade', help="By default that of the product.",
    )
    line_id = fields.Many2one(
        comodel_name='coop.pool.line', string="Product", required=True, index=True, check_company=True,
        ondelete='restrict', domain="[('pool_id', '=', pool_id)]",
    )
    company_id = fields.Many2one(related='pool_id.company_id', store=True)
    pool_state = fields.Selection(related='pool_id.state', string="Pool State")
    product_id = fields.Many2one(related='line_id.product_id', string="Requested Product", store=True, index=True)
    uom_id = fields.Many2one(related='line_id.uom_id', string="Unit")
    membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Member", required=True, index=True, check_company=True,
        ondelete='restrict', domain="[('state', '=', 'active')]",
    )
    member_id = fields.Many2one(
        comodel_name='coop.pool.member', string="Participant", readonly=True, index='btree_not_null', copy=False,
        ondelete='restrict', help="The member's part in the pool, which comes with the first request.",
    )
    drop_point_id = fields.Many2one(related='member_id.drop_point_id', store=True)
    quantity = fields.Float(digits='Product Unit', required=True, help="In the product's unit.")
    tolerance = fields.Float(digits='Product Unit', help="How much more the member would take, in the product's unit.")
    row_ids = fields.One2many(
        comodel_name='coop.pool.request.row', inverse_name='request_id', string="History", readonly=True,
    )

    _member_uniq = models.Constraint(
        'UNIQUE (line_id, membership_id)', "This member has asked for this product already; change that request.",
    )
    _not_negative = models.Constraint(
        'CHECK (quantity >= 0 AND tolerance >= 0)', "Nobody can ask for less than nothing.",
    )

    # === COMPUTE METHODS === #

    @api.depends('membership_id', 'line_id')
    def _compute_display_name(self):
        # sudo: name and number of the member, for the hand-out list of warehouse staff, who see no membership
        for request in self.sudo():
            parts = (request.membership_id.display_name, request.line_id.display_name)
            request.display_name = ", ".join(part for part in parts if part)

    # === CONSTRAINT METHODS === #

    @api.constrains('pool_id', 'line_id')
    def _check_line_of_pool(self):
        for request in self:
            if request.line_id.pool_id != request.pool_id:
                raise ValidationError(self.env._(
                    "%(pool)s does not offer %(product)s.",
                    pool=request.pool_id.display_name, product=request.line_id.display_name,
                ))

    @api.constrains('quantity', 'tolerance', 'line_id')
    def _check_quantities(self):
        for request in self:
            line, step = request.line_id, request.line_id.step
            for quantity in (request.quantity, request.tolerance):
                if request.uom_id.compare(line._from_steps(line._to_steps(quantity)), quantity):
                    raise ValidationError(self.env._(
                        "%(product)s is handed out in %(step)s %(unit)s; %(quantity)s is not a multiple of it.",
                        product=line.display_name, step=step, unit=request.uom_id.name, quantity=quantity,
                    ))
            if request.tolerance and not request.pool_id.allow_tolerance:
                raise ValidationError(self.env._("%s takes no tolerance.", request.pool_id.display_name))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = self.env['coop.pool.line'].browse([vals['line_id'] for vals in vals_list if vals.get('line_id')])
        for vals in vals_list:
            if vals.get('line_id'):
                vals.setdefault('pool_id', lines.browse(vals['line_id']).pool_id.id)
        requests = super().create(vals_list)
        requests._link_members()
        requests._check_pool_is_open()
        requests._check_members_are_active()
        requests._update_rows()
        return requests

    def write(self, vals):
        if {'pool_id', 'line_id', 'membership_id'} & vals.keys():
            raise UserError(self.env._("A request keeps its member and product: take it back and make another one."))
        self._check_pool_is_open()
        self._check_members_are_active()
        res = super().write(vals)
        if {'quantity', 'tolerance'} & vals.keys():
            self._update_rows()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self._check_pool_is_open()

    # === BUSINESS METHODS === #

    def _check_pool_is_open(self):
        """Queue up for the pools, then refuse requests that come too late.

        :raises UserError: naming the pool and its state.
        """
        # sudo: members may request, and so make the pool's closing wait, without writing the pool itself
        pools = self.pool_id.sudo()
        pools._queue_up()
        pools._check_takes_requests()

    def _link_members(self):
        """Give each request its member's part in the pool, which is made with the first request."""
        # sudo: the part follows the request, whoever may make one
        Member = self.env['coop.pool.member'].sudo()
        keys = {(request.pool_id.id, request.membership_id.id) for request in self}
        members = {
            (member.pool_id.id, member.membership_id.id): member for member in Member.search([
                ('pool_id', 'in', self.pool_id.ids), ('membership_id', 'in', self.membership_id.ids),
            ])
        }
        missing = sorted(keys - members.keys())
        members.update(zip(missing, Member.create([
            {'pool_id': pool, 'membership_id': membership} for pool, membership in missing
        ]), strict=True))
        for request in self.sudo():
            request.member_id = members[request.pool_id.id, request.membership_id.id]

    def _check_members_are_active(self):
        labels = dict(self.env['coop.membership']._fields['state']._description_selection(self.env))
        for membership in self.membership_id:
            if membership.state != 'active':
                raise UserError(self.env._(
                    "%(member)s is %(state)s; only active members take part in pooled purchases.",
                    member=membership.display_name, state=labels[membership.state],
                ))

    def _update_rows(self):
        """Keep the place in the queue: an increase is a row with its own time, a decrease is taken from the newest."""
        now = fields.Datetime.now()
        for request in self:
            before = [row._to_request_row() for row in request.row_ids]
            line = request.line_id
            after = append_change(
                before, request.membership_id.id, now, line._to_steps(request.quantity),
                line._to_steps(request.tolerance),
            )
            # sudo: the history is written by this method only, also for the members' own requests
            request.sudo().row_ids = request._prepare_row_commands(before, after)

    def _prepare_row_commands(self, before, after):
        self.ensure_one()
        kept = {row.id: row for row in after if row.id}
        commands = [Command.delete(row.id) for row in before if row.id not in kept]
        for row in after:
            values = {
                'quantity': self.line_id._from_steps(row.quantity),
                'tolerance': self.line_id._from_steps(row.tolerance),
            }
            if row.id is None:
                commands.append(Command.create({**values, 'date': row.at}))
            elif row not in before:
                commands.append(Command.update(row.id, values))
        return commands
