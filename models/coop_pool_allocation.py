from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import formatLang

from odoo.addons.producer_cooperative.models.coop_pool import MONEY_GROUPS


class CoopPoolAllocation(models.Model):
    """What one member gets of one product: worked out by the pool's rule, and what it was changed to by hand."""
    _name = 'coop.pool.allocation'
    _description = "Pool Allocation"
    _order = 'pool_id DESC, line_id, membership_id, id'
    _check_company_auto = True

    line_id = fields.Many2one(
        comodel_name='coop.pool.line', string="Pooled Product", required=True, readonly=True, index=True,
        ondelete='cascade',
    )
    pool_id = fields.Many2one(related='line_id.pool_id', store=True, index=True)
    company_id = fields.Many2one(related='line_id.company_id', store=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    pool_state = fields.Selection(related='pool_id.state', string="Pool State")
    product_id = fields.Many2one(related='line_id.product_id', store=True, index=True)
    uom_id = fields.Many2one(related='line_id.uom_id', string="Unit")
    membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Member", required=True, readonly=True, index=True, check_company=True,
        ondelete='restrict',
    )
    request_id = fields.Many2one(
        comodel_name='coop.pool.request', required=True, readonly=True, index=True, ondelete='restrict',
    )
    quantity_requested = fields.Float(related='request_id.quantity', string="Asked For")
    tolerance = fields.Float(related='request_id.tolerance')
    quantity_computed = fields.Float(
        string="Computed", digits='Product Unit', readonly=True, help="By the pool's rule, from what came.",
    )
    quantity = fields.Float(
        string="Gets", digits='Product Unit', compute='_compute_quantity', store=True, readonly=False,
        help="What the member gets; a change by hand is kept when more goods come.",
    )
    is_manual = fields.Boolean(string="Changed by Hand", readonly=True)
    quantity_difference = fields.Float(
        string="Difference", digits='Product Unit', compute='_compute_quantity_difference',
        help="What the member gets more (or less) than by the pool's rule.",
    )
    manual_reason = fields.Char(
        string="Reason", groups='base.group_user', help="Why the member gets another share than by the pool's rule.",
    )
    manual_user_id = fields.Many2one(
        comodel_name='res.users', string="Changed By", readonly=True, groups='base.group_user',
    )
    manual_date = fields.Datetime(string="Changed On", readonly=True, groups='base.group_user')
    lot_ids = fields.One2many(
        comodel_name='coop.pool.allocation.lot', inverse_name='allocation_id', string="Lots", readonly=True,
    )
    lots_text = fields.Char(string="From Lots", compute='_compute_lots_text')
    charge_id = fields.Many2one(
        comodel_name='coop.pool.charge', readonly=True, index='btree_not_null', ondelete='set null',
    )
    price_unit = fields.Float(
        string="Unit Price", min_display_digits='Product Price', readonly=True,
        groups=f'{MONEY_GROUPS},base.group_portal',
    )
    amount = fields.Monetary(readonly=True, groups=f'{MONEY_GROUPS},base.group_portal')
    amount_alone = fields.Monetary(
        string="Bought Alone", readonly=True, groups=f'{MONEY_GROUPS},base.group_portal',
        help="What the cheapest vendor who sells this member's quantity alone asks for it.",
    )
    is_alone_estimated = fields.Boolean(
        string="Estimated", readonly=True, groups=f'{MONEY_GROUPS},base.group_portal',
        help="No vendor sells this quantity alone; what it would have cost is taken from the nearest price.",
    )

    _member_uniq = models.Constraint('UNIQUE (line_id, membership_id)', "A member has one share of each product.")
    _not_negative = models.Constraint('CHECK (quantity >= 0)', "Nobody can get less than nothing.")

    # === COMPUTE METHODS === #

    @api.depends('quantity_computed', 'is_manual')
    def _compute_quantity(self):
        for allocation in self:
            allocation.quantity = allocation.quantity if allocation.is_manual else allocation.quantity_computed

    @api.depends('quantity', 'quantity_computed')
    def _compute_quantity_difference(self):
        for allocation in self:
            allocation.quantity_difference = allocation.quantity - allocation.quantity_computed

    @api.depends('lot_ids.lot_id', 'lot_ids.quantity')
    def _compute_lots_text(self):
        for allocation in self:
            allocation.lots_text = ", ".join(
                f"{share.lot_id.name}: {formatLang(self.env, share.quantity, dp='Product Unit')}"
                for share in allocation.lot_ids
            )

    @api.depends('membership_id', 'line_id')
    def _compute_display_name(self):
        # sudo: name and number of the member, for the hand-out list of warehouse staff, who see no membership
        for allocation in self.sudo():
            allocation.display_name = f"{allocation.membership_id.display_name}, {allocation.line_id.display_name}"

    # === CRUD METHODS === #

    def write(self, vals):
        if vals.keys() - {'quantity', 'manual_reason'} and not self.env.su:
            raise AccessError(self.env._("Only what a member gets is changed by hand; the rest is worked out."))
        if {'quantity', 'manual_reason'} & vals.keys():
            return self._write_by_hand(vals)
        return super().write(vals)

    def _write_by_hand(self, vals):
        """Change what members get, keep who did it, when and why, and say so in the chatter.

        :raises UserError: when shares are not changed now, no reason is given, or the quantity cannot be handed out.
        """
        self.check_access('write')
        # sudo: whoever receives or distributes at this moment waits
        self.pool_id.sudo()._queue_up()
        for allocation in self:
            allocation._check_may_be_changed()
            quantity, before = vals.get('quantity', allocation.quantity), allocation.quantity
            allocation._check_handed_out(quantity)
            is_manual = bool(allocation.uom_id.compare(quantity, allocation.quantity_computed))
            reason = (vals.get('manual_reason', allocation.manual_reason) or '').strip()
            if is_manual and not reason and not self.env.su:
                raise UserError(self.env._(
                    "Say why %(member)s gets another share of %(product)s than by the pool's rule: it is kept with the"
                    " pool.", member=allocation.membership_id.display_name, product=allocation.line_id.display_name,
                ))
            super(CoopPoolAllocation, allocation).write({  # pylint: disable=super-method-mismatch; a part of write
                'quantity': quantity, 'is_manual': is_manual, 'manual_reason': is_manual and reason,
                'manual_user_id': is_manual and self.env.uid, 'manual_date': is_manual and fields.Datetime.now(),
            })
            if allocation.uom_id.compare(before, quantity):
                allocation._note_change(before)
        # sudo: the shares of the others and the lots follow by the rule; they are never entered
        self.pool_id.sudo()._reallocate()
        return True

    def _note_change(self, before):
        self.ensure_one()
        self.pool_id.message_post(body=self.env._(
            "%(member)s gets %(after)s %(unit)s of %(product)s instead of %(before)s; by the rule it would be"
            " %(computed)s. Reason: %(reason)s",
            member=self.membership_id.display_name, after=self.line_id._format(self.quantity),
            before=self.line_id._format(before), unit=self.uom_id.name, product=self.line_id.display_name,
            computed=self.line_id._format(self.quantity_computed), reason=self.manual_reason or "–",
        ))

    # === ACTIONS === #

    def action_reset(self):
        """Go back to what the pool's rule gives."""
        for allocation in self.filtered('is_manual'):
            allocation.write({'quantity': allocation.quantity_computed})

    # === BUSINESS METHODS === #

    def _check_may_be_changed(self):
        self.ensure_one()
        if self.pool_id.state not in ('ordered', 'received'):
            raise UserError(self.env._(
                "%s: shares are changed only between the receipt and the distribution.", self.pool_id.display_name,
            ))

    def _check_handed_out(self, quantity):
        """Refuse a quantity that cannot be handed out.

        :raises UserError: naming the product and the step it is handed out in.
        """
        self.ensure_one()
        problem = self.line_id._get_step_problem(quantity)
        if problem:
            raise UserError(problem)

    def _prepare_sale_line_values(self):
        """Return the line of the member's order for this share."""
        self.ensure_one()
        return {
            'product_id': self.product_id.id,
            'product_uom_id': self.uom_id.id,
            'product_uom_qty': self.quantity,
            'price_unit': self.price_unit,
            'discount': 0.0,
        }
