from odoo import api, fields, models
from odoo.exceptions import UserError

OFFICER = 'producer_cooperative.group_coop_officer'


class CoopConsignmentCorrection(models.Model):
    """The correction slip: the only way by which a confirmed weight changes, with its reason and its stock move."""
    _name = 'coop.consignment.correction'
    _inherit = ['coop.document.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Correction Slip"
    _order = 'date DESC, id DESC'
    _check_company_auto = True

    _transitions = {
        'draft': ('requested', 'posted', 'cancelled'),
        'requested': ('posted', 'cancelled'),
        'posted': (),
        'cancelled': (),
    }
    _guarded_fields = frozenset({
        'state', 'lock_version', 'name', 'cancel_reason', 'requested_by_id', 'approved_by_id', 'move_ids',
        'weighed_by_id',
    })

    name = fields.Char(string="Number", readonly=True, copy=False, index='trigram', default="")
    line_id = fields.Many2one(
        comodel_name='coop.consignment.line', string="Goods", required=True, index=True, check_company=True,
        ondelete='restrict', domain="[('state', 'in', ('confirmed', 'received'))]",
    )
    consignment_id = fields.Many2one(related='line_id.consignment_id', store=True, index=True)
    company_id = fields.Many2one(related='line_id.company_id', store=True, index=True)
    partner_id = fields.Many2one(related='line_id.partner_id', store=True, index=True)
    product_id = fields.Many2one(related='line_id.product_id', store=True)
    uom_id = fields.Many2one(related='line_id.uom_id', string="Unit")
    date = fields.Date(required=True, default=fields.Date.context_today, copy=False, tracking=True)
    reason = fields.Char(required=True, tracking=True)
    old_net = fields.Float(
        string="Net Until Now", digits='Product Unit', compute='_compute_old_net', store=True, copy=False,
    )
    new_net = fields.Float(string="Correct Net", digits='Product Unit', required=True, tracking=True)
    difference = fields.Float(digits='Product Unit', compute='_compute_difference', store=True)
    needs_approval = fields.Boolean(compute='_compute_needs_approval', export_string_translation=False)
    state = fields.Selection(
        selection=[
            ('draft', "Draft"), ('requested', "To Approve"), ('posted', "Posted"), ('cancelled', "Cancelled"),
        ],
        default='draft', required=True, readonly=True, copy=False, tracking=True, index=True,
    )
    weighed_by_id = fields.Many2one(
        comodel_name='res.users', string="Net Entered By", readonly=True, copy=False,
        default=lambda self: self.env.user,
    )
    requested_by_id = fields.Many2one(comodel_name='res.users', string="Asked By", readonly=True, copy=False)
    approved_by_id = fields.Many2one(comodel_name='res.users', readonly=True, copy=False)
    move_ids = fields.Many2many(
        comodel_name='stock.move', relation='coop_consignment_correction_move_rel', string="Stock Moves", readonly=True,
        copy=False,
    )
    cancel_reason = fields.Char(string="Reason for Cancelling", readonly=True, copy=False, tracking=True)

    _new_net_positive = models.Constraint(
        'CHECK (new_net > 0)', "The correct net is above zero. To take all of it back, return the goods to the member.",
    )

    # === COMPUTE METHODS === #

    @api.depends('name')
    def _compute_display_name(self):
        for correction in self:
            correction.display_name = correction.name or self.env._("Draft Correction Slip")

    @api.depends('line_id')
    def _compute_old_net(self):
        for correction in self:
            correction.old_net = correction.line_id.net

    @api.depends('old_net', 'new_net', 'line_id')
    def _compute_difference(self):
        for correction in self:
            correction.difference = correction.line_id._round(correction.new_net - correction.old_net) \
                if correction.line_id else 0.0

    @api.depends('difference', 'line_id.received')
    def _compute_needs_approval(self):
        for correction in self:
            correction.needs_approval = correction._needs_two_people()

    # === CRUD METHODS === #

    def write(self, vals):
        if {'line_id', 'new_net', 'date', 'reason'} & vals.keys() and any(doc.state != 'draft' for doc in self):
            raise UserError(self.env._("A correction slip is changed as a draft only: cancel it and write a new one."))
        res = super().write(vals)
        if {'line_id', 'new_net'} & vals.keys():
            self.sudo().weighed_by_id = self.env.uid  # sudo: nobody chooses who is noted
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self.filtered(lambda correction: correction.state != 'draft')
        if used:
            raise UserError(self.env._("%s stays; cancel it instead.", used[0].display_name))

    # === ACTIONS === #

    def action_request(self):
        """Ask another user to approve corrections.

        :raises UserError: when nothing would change, or the goods are billed.
        """
        self._check_user_is(OFFICER)
        for correction in self:
            correction._queue_up()
            correction._check_correctable()
            correction._update_state('requested', requested_by_id=self.env.user.id)
            correction._create_approval()

    def action_post(self):
        """Correct the net of the slip and move the difference in or out, for its owner.

        A weight goes up, and goods that came in go out again, only with another user's approval.

        :raises AccessError: for anybody but officers.
        :raises UserError: when the weight changed meanwhile, what is taken off is sold or not there, the goods were
            billed already, or whoever wrote the correction approves it.
        """
        self._check_user_is(OFFICER)
        for correction in self:
            correction._queue_up()
            correction.consignment_id._queue_up()
            correction.line_id.invalidate_recordset()
            correction._check_correctable()
            correction._check_approved()
            number = correction.name or correction.company_id._next_coop_number(
                'coop.consignment.correction', 'KOR/%(range_year)s/', date=correction.date, gapless=True,
            )
            correction._update_state('posted', name=number, approved_by_id=self.env.user.id)
            moves = correction.line_id._apply_correction(correction.difference, number)
            correction.sudo().move_ids = moves  # sudo: what only this action sets
            correction.consignment_id.message_post(body=self.env._(
                "%(correction)s: the net of %(product)s went from %(old)s to %(new)s %(unit)s: %(reason)s",
                correction=number, product=correction.product_id.display_name, old=correction.old_net,
                new=correction.new_net, unit=correction.uom_id.name, reason=correction.reason,
            ))

    def action_view_moves(self):
        """Open the stock moves of the correction."""
        return self.move_ids._get_records_action(name=self.env._("Stock Moves"))

    # === BUSINESS METHODS === #

    def _is_delicate(self):
        """Whether more weight, or less of goods that came in, is noted; what is still to come may be lowered."""
        self.ensure_one()
        line = self.line_id
        goes_up = line and line.uom_id.compare(self.difference, 0.0) > 0
        return bool(goes_up or (line and not line.uom_id.is_zero(line.received)))

    def _cancel_with_reason(self, reason):
        """Drop corrections that are not posted; a posted one is corrected by another one."""
        for correction in self:
            correction._queue_up()
            correction._update_state('cancelled', cancel_reason=reason)
            correction._withdraw_approvals()

    def _check_correctable(self):
        self.ensure_one()
        line = self.line_id
        self.company_id._coop_check_day_has_come(self.display_name, self.date)
        if line.state not in ('confirmed', 'received'):
            raise UserError(self.env._(
                "%s is not confirmed: change the slip itself.", line.consignment_id.display_name,
            ))
        if line.uom_id.compare(self.old_net, line.net):
            raise UserError(self.env._(
                "The net of %(product)s was corrected to %(net)s meanwhile. Write a new correction slip.",
                product=line.product_id.display_name, net=line.net,
            ))
        if line.uom_id.is_zero(self.difference):
            raise UserError(self.env._("Nothing changes: the net is %s already.", self.old_net))
        if line.goods_product_id.tracking == 'serial':
            raise UserError(self.env._(
                "%s is a unique piece: return it to the member instead of correcting its quantity.",
                line.product_id.display_name,
            ))
        # sudo: whether the goods are billed, for officers
        bills = line.sudo().consignment_id.bill_ids.filtered(lambda bill: bill.state == 'posted')
        if line.deal == 'buy' and bills:
            raise UserError(self.env._(
                "%(product)s is billed (%(bill)s). Let the treasurer cancel the bill, correct the weight, and bill"
                " again.",
                product=line.product_id.display_name, bill=bills[0].display_name,
            ))

    def _check_approved(self):
        """Refuse a correction that nobody else has looked at.

        :raises UserError: saying who may post it.
        """
        self.ensure_one()
        if self.needs_approval and self.state == 'draft':
            raise UserError(self.env._(
                "The weight goes up, or the goods came in already: ask for approval; another user than you posts it.",
            ))
        self._check_two_people()


class CoopConsignmentLine(models.Model):
    """How a corrected weight reaches the stock."""
    _inherit = 'coop.consignment.line'

    # === BUSINESS METHODS === #

    def _apply_correction(self, difference, origin):
        """Change what is still to come, and move what came already in or out; return the moves.

        :param float difference: in the product's unit.
        :raises UserError: when what is taken off is sold, reserved or not there.
        """
        self.ensure_one()
        waiting = self._get_waiting_receipts()
        if self.deal == 'buy':
            return self._correct_bought(difference, waiting, origin)
        return self._correct_left(difference, waiting[:1], origin)

    def _get_waiting_receipts(self):
        """Return the moves that still bring goods from the member; not those that only put away what came."""
        return self.move_ids.filtered(lambda move: move.state not in ('done', 'cancel') and move._is_incoming())

    def _correct_left(self, difference, waiting, origin):
        """Change the receipt that waits as far as it goes, and move the rest."""
        self.ensure_one()
        if waiting:
            change = max(difference, -waiting.product_uom_qty)
            difference = self._round(difference - change)
            if self.uom_id.is_zero(waiting.product_uom_qty + change):
                waiting._action_cancel()
            else:
                waiting.product_uom_qty = self._round(waiting.product_uom_qty + change)
                waiting._action_assign()
                self._put_lots_on_moves()
        if self.uom_id.is_zero(difference):
            return waiting
        return waiting | self._move_difference(difference, origin)

    def _correct_bought(self, difference, waiting, origin):
        """Change the order, and with it the receipt that waits; where all came already, move the difference.

        :raises UserError: while only a part came.
        """
        self.ensure_one()
        if waiting and any(move.state == 'done' for move in self.move_ids):
            raise UserError(self.env._(
                "%s came in part only. Receive the rest or cancel it, then correct the weight.",
                self.product_id.display_name,
            ))
        self._correct_order(difference)
        if waiting:
            self._put_lots_on_moves()
            return waiting
        if self.uom_id.compare(difference, 0.0) < 0:
            return self._move_difference(difference, origin)
        more = self._get_waiting_receipts()
        more.picking_id.action_assign()
        self._put_lots_on_moves()
        more.picked = True
        return more._action_done()

    def _correct_order(self, difference):
        """Let the purchase order ask for the corrected quantity at the same price."""
        self.ensure_one()
        # sudo: the slip's own order; the role was checked by the correction slip
        for order_line in self.sudo().purchase_line_ids[:1]:
            order_line.write({
                'product_qty': self._round(order_line.product_qty + difference), 'price_unit': order_line.price_unit,
            })

    def _move_difference(self, difference, origin):
        """Move a difference of goods that came already, for their owner."""
        self.ensure_one()
        Picking = self.env['stock.picking']
        warehouse, product = self.consignment_id.warehouse_id, self.goods_product_id
        owner = self.partner_id if self.deal == 'consign' else self.env['res.partner']
        place = self.consignment_id._get_source_location()
        values = {'origin': origin, 'coop_consignment_line_id': self.id}
        if self.uom_id.compare(difference, 0.0) > 0:
            return Picking._coop_bring_in(
                warehouse, owner, product, difference, self.lot_id, {**values, 'location_id': place.id},
            )
        if self.deal == 'buy':
            values |= {'purchase_line_id': self.sudo().purchase_line_ids[:1].id, 'to_refund': True}  # sudo: see above
        return self._hand_back(-difference, {**values, 'location_dest_id': place.id})

    def _hand_back(self, quantity, values):
        """Move goods that came already out again: first what is still to be put away, and is reserved for that."""
        self.ensure_one()
        Picking, warehouse = self.env['stock.picking'], self.consignment_id.warehouse_id
        owner = self.partner_id if self.deal == 'consign' else self.env['res.partner']
        goods, moves = (warehouse, owner, self.goods_product_id), self.env['stock.move']
        waiting = self.move_ids.filtered(lambda move: move.state not in ('done', 'cancel'))
        for move in waiting.filtered(lambda move: move.location_id._child_of(warehouse.view_location_id)):
            part = min(quantity, move.product_uom_qty)
            if self.uom_id.compare(part, 0.0) <= 0:
                break
            quantity = self._round(quantity - part)
            move._do_unreserve()
            if self.uom_id.is_zero(move.product_uom_qty - part):
                move._action_cancel()
            else:
                move.product_uom_qty = self._round(move.product_uom_qty - part)
            moves |= Picking._coop_hand_back(*goods, part, self.lot_id, {**values, 'location_id': move.location_id.id})
            if move.state != 'cancel':
                move._action_assign()
        if self.uom_id.compare(quantity, 0.0) > 0:
            moves |= Picking._coop_hand_back(*goods, quantity, self.lot_id, values)
        return moves
