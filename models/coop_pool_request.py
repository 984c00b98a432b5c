from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.producer_cooperative.models.coop_pool import MONEY_GROUPS
from odoo.addons.producer_cooperative.models.coop_pool_request_row import SOURCES
from odoo.addons.producer_cooperative.tools.allocation import append_change

#: Proof, in the context, that a pool itself has checked its requests. A Python object and not a value: nobody can send
#: it over RPC.
CHECKED_TOKEN = object()
#: What a request says that was not withdrawn.
WITHDRAWN_NOTHING = {'withdraw_reason': False, 'quantity_withdrawn': 0.0}


class CoopPoolRequest(models.Model):
    """What one member asks for of one product of a pool."""
    _name = 'coop.pool.request'
    _inherit = ['coop.guard.mixin']
    _description = "Pool Request"
    _order = 'pool_id DESC, line_id, id'
    _check_company_auto = True

    _guarded_fields = frozenset({'member_id', 'row_ids', 'withdraw_reason', 'quantity_withdrawn'})

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
    entry_uom_id = fields.Many2one(
        comodel_name='uom.uom', string="Entered In", store=False,
        help="The unit that quantity and tolerance are typed in, when it is not the product's: they are converted.",
    )
    source = fields.Selection(
        selection=SOURCES, default=lambda self: 'portal' if self.env.user._is_portal() else 'counter', required=True,
        help="How the member asked, at last.",
    )
    source_ref = fields.Char(string="Paper Number", help="Number of the signed order list, or of another paper.")
    row_ids = fields.One2many(
        comodel_name='coop.pool.request.row', inverse_name='request_id', string="History", readonly=True,
    )
    warning = fields.Char(related='member_id.warning', groups=MONEY_GROUPS)
    withdraw_reason = fields.Char(string="Withdrawn Because", readonly=True, copy=False)
    quantity_withdrawn = fields.Float(string="Withdrawn", digits='Product Unit', readonly=True, copy=False)

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
            problem = request.line_id._get_quantity_problem(request.quantity, request.tolerance)
            if problem:
                raise ValidationError(problem)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = self.env['coop.pool.line'].browse([vals['line_id'] for vals in vals_list if vals.get('line_id')])
        for vals in vals_list:
            line = lines.browse(vals.get('line_id'))
            if line:
                vals.setdefault('pool_id', line.pool_id.id)
            self._convert_entry(vals, line)
        if not self._is_checked():
            self._check_new(vals_list)
        requests = super().create(vals_list)
        requests._link_members()
        if not self._is_checked():
            requests._check_pool_is_open()
            requests._check_changes({})
            requests._update_rows()
        return requests

    def write(self, vals):
        if {'pool_id', 'line_id', 'membership_id'} & vals.keys():
            raise UserError(self.env._("A request keeps its member and product: take it back and make another one."))
        if vals.get('entry_uom_id'):
            for request in self:
                request.write(request._convert_entry({**vals}, request.line_id))
            return True
        if not {'quantity', 'tolerance'} & vals.keys() or self._is_checked():
            return super().write(vals)
        before = {(request.membership_id, request.line_id): (request.quantity, request.tolerance) for request in self}
        self._check_pool_is_open()
        res = super().write(vals)
        self._check_changes(before)
        # sudo: whoever asks again is not withdrawn any more
        self.sudo().filtered(lambda request: request.withdraw_reason and (request.quantity or request.tolerance)).write(
            WITHDRAWN_NOTHING,
        )
        self._update_rows()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self._check_pool_is_open()

    # === ACTIONS === #

    def action_withdraw(self):
        """Ask why these requests do not count any more."""
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Withdraw Requests"),
            'res_model': 'coop.pool.withdraw',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_request_ids': self.ids},
        }

    # === BUSINESS METHODS - CHECKS === #

    def _as_checked(self):
        """Return these requests for a caller that checks pool, members and quantities, and updates the rows itself."""
        return self.with_context(coop_pool_request_token=CHECKED_TOKEN)

    def _is_checked(self):
        return self.env.context.get('coop_pool_request_token') is CHECKED_TOKEN

    def _check_new(self, vals_list):
        """Refuse new requests that the database would refuse less clearly, and those that ask for nothing.

        :raises UserError: naming the product, the member or the round.
        """
        self.check_access('create')
        lines = self.env['coop.pool.line'].browse({vals['line_id'] for vals in vals_list if vals.get('line_id')})
        known = {(request.line_id.id, request.membership_id.id): request for request in self.search([
            ('line_id', 'in', lines.ids), ('membership_id', 'in', [vals.get('membership_id') for vals in vals_list]),
        ])}
        for vals in vals_list:
            line = lines.browse(vals.get('line_id') or False)
            pool = self.env['coop.pool'].browse(vals.get('pool_id'))
            if line and line.pool_id != pool:
                raise UserError(pool._get_not_offered_message(line.product_id))
            problem = line and line._get_quantity_problem(vals.get('quantity') or 0.0, vals.get('tolerance') or 0.0)
            if problem:
                raise UserError(problem)
            if (vals.get('line_id'), vals.get('membership_id')) in known:
                raise UserError(self.env._(
                    "%s has been asked for already; change that request.",
                    known[vals['line_id'], vals['membership_id']].display_name,
                ))
            if line and not vals.get('quantity') and not vals.get('tolerance'):
                raise UserError(self.env._("Say how much of %s the member asks for.", line.display_name))

    def _check_pool_is_open(self):
        """Queue up for the pools, then refuse requests that come too late.

        :raises UserError: naming the pool and its state.
        """
        # sudo: members may request, and so make the pool's closing wait, without writing the pool itself
        pools = self.pool_id.sudo()
        pools._queue_up()
        pools._check_takes_requests()

    def _check_changes(self, before):
        """Refuse what these requests, as they are now, may not ask for.

        :param before: ``{(membership, line): (quantity, tolerance)}`` until now; nothing for what is not in it.
        :raises UserError: with every problem found, one line each.
        """
        for pool, requests in self.grouped('pool_id').items():
            refused, warned = pool._get_request_problems({
                (request.membership_id, request.line_id): (request.quantity, request.tolerance) for request in requests
            }, before)
            pool._raise_problems(refused)
            pool._note_warnings(warned)

    def _convert_entry(self, vals, line):
        """Convert quantity and tolerance from the unit they were typed in to the product's, and return ``vals``."""
        unit = self.env['uom.uom'].browse(vals.pop('entry_uom_id', False) or False)
        for name in ('quantity', 'tolerance') if unit and line else ():
            if vals.get(name):
                vals[name] = line._convert_request(vals[name], unit)
        return vals

    # === BUSINESS METHODS - PARTS AND ROWS === #

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

    def _update_rows(self):
        """Keep the place in the queue: an increase is a row with its own time, a decrease is taken from the newest.

        Rows that do not count any more stay readable, with nothing left of them.
        """
        now = fields.Datetime.now()
        # sudo: the history is written by this method only, also for the members' own requests
        Row = self.env['coop.pool.request.row'].sudo()
        new_rows = []
        for request in self.sudo():
            before = [row._to_request_row() for row in request.row_ids if row.quantity or row.tolerance]
            line = request.line_id
            after = append_change(
                before, request.membership_id.id, now, line._to_steps(request.quantity),
                line._to_steps(request.tolerance),
            )
            request._reduce_rows(before, after)
            new_rows += [request._prepare_row_values(row) for row in after if row.id is None]
        Row.create(new_rows)

    def _reduce_rows(self, before, after):
        """Write on the rows what is left of them."""
        self.ensure_one()
        left = {row.id: row for row in after if row.id}
        for row in before:
            kept = left.get(row.id)
            if kept != row:
                self.row_ids.browse(row.id).write({
                    'quantity': self.line_id._from_steps(kept.quantity if kept else 0),
                    'tolerance': self.line_id._from_steps(kept.tolerance if kept else 0),
                })

    def _prepare_row_values(self, row):
        self.ensure_one()
        quantity, tolerance = self.line_id._from_steps(row.quantity), self.line_id._from_steps(row.tolerance)
        return {
            'request_id': self.id, 'date': row.at, 'quantity': quantity, 'tolerance': tolerance,
            'quantity_asked': quantity, 'tolerance_asked': tolerance, 'source': self.source,
            'source_ref': self.source_ref, 'user_id': self.env.uid,
        }

    # === BUSINESS METHODS - WITHDRAWING === #

    def _withdraw(self, reason):
        """Let these requests count no more and say why in the chatter; what was asked for stays readable.

        While the pool is open officers do that, between closing and ordering only the manager; what is ordered is then
        proposed anew.

        :raises UserError: once the pool is ordered: what the member does not take is changed in the shares.
        """
        self.check_access('write')
        pools = self.pool_id
        pools._queue_up()
        for pool in pools:
            pool._check_may_withdraw()
        for request in self.filtered(lambda request: request.quantity or request.tolerance):
            request._set_withdrawn(reason)
        self._update_rows()
        for pool, requests in self.grouped('pool_id').items():
            pool.message_post(body=self.env._(
                "Withdrawn: %(requests)s. %(reason)s",
                requests="; ".join(requests.mapped('display_name')), reason=reason,
            ))
        self.line_id.filtered(lambda line: line.pool_id.state == 'closed')._propose()

    def _set_withdrawn(self, reason):
        """Take back what the request asks for and keep what it was; the caller checks who may and updates the rows."""
        self.ensure_one()
        # sudo: written by withdrawing only
        self.sudo()._as_checked().write({
            'quantity_withdrawn': self.quantity, 'withdraw_reason': reason, 'quantity': 0.0, 'tolerance': 0.0,
        })
