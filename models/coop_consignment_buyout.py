from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.producer_cooperative.models.coop_consignment_reduction import CONSENT_KINDS

ACCOUNTANT = 'producer_cooperative.group_coop_accountant'
#: What the member has agreed to.
NOTED_FIELDS = {'agreed_on', 'agreed_by', 'agreed_kind', 'set_off_consent_date', 'set_off_rate', 'membership_id'}


class CoopConsignmentBuyout(models.Model):
    """Unsold goods that the cooperative buys from a member: they leave the member's stock and come in as its own.

    With the member's consent to the price, and by somebody else than whoever wrote the purchase.
    """
    _name = 'coop.consignment.buyout'
    _inherit = ['coop.numbered.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Purchase from Members' Stock"
    _order = 'date DESC, id DESC'
    _check_company_auto = True
    _number_prefix = 'PBT/%(range_year)s/'

    _transitions = {
        'draft': ('done', 'cancelled'),
        'done': (),
        'cancelled': (),
    }
    _guarded_fields = frozenset({
        'state', 'lock_version', 'name', 'cancel_reason', 'purchase_order_id', 'bill_id', 'move_ids', 'partner_id',
        'noted_by_id',
    })

    currency_id = fields.Many2one(related='company_id.currency_id')
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
    date = fields.Date(
        required=True, default=fields.Date.context_today, copy=False, tracking=True, help="The day of the bill.",
    )
    line_ids = fields.One2many(
        comodel_name='coop.consignment.buyout.line', inverse_name='buyout_id', string="Goods", copy=True,
    )
    amount_total = fields.Monetary(string="Total", compute='_compute_amount_total', store=True)
    agreed_on = fields.Date(
        string="Price Agreed On", copy=False, tracking=True,
        help="The day on which the member agreed to sell at these prices.",
    )
    agreed_by = fields.Char(
        string="Price Agreed By", copy=False, tracking=True, help="The member, or whoever may speak for the member.",
    )
    agreed_kind = fields.Selection(selection=CONSENT_KINDS, string="Price Agreed How", copy=False, tracking=True)
    set_off_consent_date = fields.Date(
        string="Consent Signed On", tracking=True, compute='_compute_set_off_consent', store=True, readonly=False,
        help="Nothing is set off before the member has consented in writing (surat kuasa potong).",
    )
    set_off_rate = fields.Float(
        string="Set-Off (%)", digits=(5, 2), tracking=True, compute='_compute_set_off_consent', store=True,
        readonly=False, help="The share of the bill that may be set off against open invoices, the oldest first.",
    )
    state = fields.Selection(
        selection=[('draft', "Draft"), ('done', "Bought"), ('cancelled', "Cancelled")],
        default='draft', required=True, readonly=True, copy=False, tracking=True, index=True,
    )
    noted_by_id = fields.Many2one(
        comodel_name='res.users', string="Consent Noted By", readonly=True, copy=False,
        default=lambda self: self.env.user,
    )
    move_ids = fields.Many2many(
        comodel_name='stock.move', relation='coop_consignment_buyout_move_rel', string="Stock Moves", readonly=True,
        copy=False,
    )
    purchase_order_id = fields.Many2one(
        comodel_name='purchase.order', readonly=True, copy=False, index='btree_not_null', ondelete='restrict',
    )
    bill_id = fields.Many2one(
        comodel_name='coop.consignment.bill', string="Bill of Goods Bought", readonly=True, copy=False,
        index='btree_not_null', ondelete='restrict',
    )
    note = fields.Html(string="Remarks")

    _rate_is_share = models.Constraint('CHECK (set_off_rate BETWEEN 0 AND 100)', "A rate is between 0 and 100 %.")

    # === COMPUTE METHODS === #

    @api.depends('name')
    def _compute_display_name(self):
        for buyout in self:
            buyout.display_name = buyout.name or self.env._("Draft Purchase from Stock")

    @api.depends('line_ids.amount')
    def _compute_amount_total(self):
        for buyout in self:
            buyout.amount_total = sum(buyout.line_ids.mapped('amount'))

    @api.depends('membership_id', 'company_id', 'date', 'line_ids.product_id')
    def _compute_set_off_consent(self):
        """Propose what the member has signed for such goods; a consent that is noted already stays with its member."""
        for buyout in self:
            if buyout.set_off_consent_date and buyout.membership_id == buyout._origin.membership_id:
                continue
            partner = buyout.membership_id.partner_id
            get_term = self.env['coop.consignment.agreement']._get_terms(buyout.company_id, partner)
            category = buyout.line_ids.product_id[:1].categ_id
            term = get_term(partner, buyout.date or fields.Date.context_today(buyout), category)
            buyout.set_off_consent_date, buyout.set_off_rate = term._get_signed_set_off()

    # === CRUD METHODS === #

    def write(self, vals):
        frozen = {
            'membership_id', 'warehouse_id', 'date', 'line_ids', 'company_id', 'agreed_on', 'agreed_by', 'agreed_kind',
            'set_off_consent_date', 'set_off_rate',
        } & vals.keys()
        if frozen and any(buyout.state != 'draft' for buyout in self):
            raise UserError(self._frozen_error_message())
        res = super().write(vals)
        if NOTED_FIELDS & vals.keys():
            self.sudo().noted_by_id = self.env.uid  # sudo: nobody chooses who is noted
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        done = self.filtered(lambda buyout: buyout.state != 'draft')
        if done:
            raise UserError(self.env._("%s stays as it is.", done[0].display_name))

    # === ACTIONS === #

    def action_fill(self):
        """Write down all goods of the member that lie in the warehouse and are not reserved.

        :raises UserError: when there are none.
        """
        for buyout in self:
            values = buyout._prepare_lines_values()
            if not values:
                raise UserError(self.env._(
                    "%(member)s has no goods in %(warehouse)s that are free to be bought.",
                    member=buyout.membership_id.display_name, warehouse=buyout.warehouse_id.name,
                ))
            buyout.line_ids = [Command.clear(), *map(Command.create, values)]

    def action_confirm(self):
        """Buy the goods: out of the member's stock, in as the cooperative's own, billed and set off; all or nothing.

        :raises AccessError: for anybody but the accountant.
        :raises UserError: when some of the goods are sold, reserved or gone, have no own twin or no price, the
            member's consent is not noted, or whoever wrote the purchase confirms it.
        """
        self._check_user_is(ACCOUNTANT)
        for buyout in self:
            buyout._queue_up()
            buyout.membership_id._queue_up()
            buyout._check_complete()
            number = buyout._draw_number()
            buyout._update_state('done', name=number)
            # sudo: the role was checked; the goods and the order are this document's own
            bill = buyout.sudo()._buy()
            bill.with_env(self.env).action_post()

    def action_open_bill(self):
        """Open the bill of the goods."""
        self.ensure_one()
        return self.bill_id._get_records_action()

    def action_view_moves(self):
        """Open the stock moves by which the goods changed hands."""
        self.ensure_one()
        return self.move_ids._get_records_action(name=self.env._("Stock Moves"))

    # === BUSINESS METHODS === #

    def _cancel_with_reason(self, reason):
        """Drop a draft; goods that were bought go back by a return of their receipt and a credit note."""
        for buyout in self:
            buyout._queue_up()
            buyout._update_state('cancelled', cancel_reason=reason)

    def _state_error_message(self, target):
        if self.state == 'done' and target == 'cancelled':
            return self.env._(
                "%(document)s is done: the goods are the cooperative's. Cancel the bill %(bill)s and return the goods"
                " from the receipt of %(order)s; what goes back to the member for sale is taken in by a new intake"
                " slip.",
                document=self.display_name, bill=self.bill_id.display_name,
                order=self.sudo().purchase_order_id.name,  # sudo: the name of the document's own order
            )
        return super()._state_error_message(target)

    def _frozen_error_message(self):
        return self.env._("Goods that were bought are not changed here any more; write a new purchase.")

    def _check_complete(self):
        self.ensure_one()
        if self.state != 'draft':
            raise UserError(self._state_error_message('done'))
        self.company_id._coop_check_day_has_come(self.display_name, self.date)
        if not self.line_ids:
            raise UserError(self.env._("The purchase is empty: add the goods that are bought."))
        for line in self.line_ids:
            line._check_complete()
        if not (self.agreed_by or "").strip() or not self.agreed_on or not self.agreed_kind:
            raise UserError(self.env._(
                "Note who of %s agreed to sell at these prices, when, and how. Without that the goods stay the"
                " member's.", self.partner_id.display_name,
            ))
        if self.agreed_on > self.date:
            raise UserError(self.env._("The price must be agreed before the goods are bought."))
        if self.env.user in (self.create_uid | self.noted_by_id | self.line_ids.create_uid | self.line_ids.write_uid):
            raise UserError(self.env._(
                "You wrote this purchase, changed its goods or noted the member's consent. Another user than you buys"
                " them.",
            ))

    def _prepare_lines_values(self):
        """Return a line for each product and lot of the member's free goods in the warehouse."""
        self.ensure_one()
        return [
            {'product_id': product.id, 'lot_id': lot.id, 'quantity': quantity}
            for (product, lot), quantity in self.warehouse_id._coop_get_free_goods(self.partner_id).items()
            if product.uom_id.compare(quantity, 0.0) > 0
        ]

    def _buy(self):
        """Move the goods, order and receive their twins; return the draft bill."""
        self.ensure_one()
        place = self.partner_id.with_company(self.company_id).property_stock_supplier
        moves = self.env['stock.move']
        for line in self.line_ids:
            moves |= self.env['stock.picking']._coop_hand_back(
                self.warehouse_id, self.partner_id, line.product_id, line.quantity, line.lot_id,
                {'location_dest_id': place.id, 'origin': self.name, 'coop_buyout_line_id': line.id},
            )
        order = self.env['purchase.order'].with_company(self.company_id).create(self._prepare_order_values())
        order.button_confirm()
        if order.state != 'purchase':
            raise UserError(self.env._(
                "The purchase is above the amount from which on orders need approval. Let somebody who may approve"
                " purchases confirm it.",
            ))
        self._receive(order)
        bill = self.env['coop.consignment.bill'].create({
            'company_id': self.company_id.id, 'partner_id': self.partner_id.id, 'buyout_id': self.id, 'date': self.date,
            'set_off_consent_date': self.set_off_consent_date, 'set_off_rate': self.set_off_rate,
        })
        self.write({
            'purchase_order_id': order.id, 'bill_id': bill.id,
            'move_ids': [Command.set((moves | order.picking_ids.move_ids).ids)],
        })
        return bill

    def _receive(self, order):
        """Receive the twins of the goods at once: they lie in the warehouse already."""
        self.ensure_one()
        for line, order_line in zip(self.line_ids, order.order_line, strict=True):
            moves = order_line.move_ids
            if order_line.product_id.tracking != 'none':
                moves.move_line_ids.lot_id = line._get_twin_lot()
        moves = order.order_line.move_ids
        moves.picked = True
        moves._action_done()

    def _prepare_order_values(self):
        self.ensure_one()
        Order = self.env['purchase.order']
        return {
            **Order._coop_prepare_outright_values(self.company_id, self.partner_id, self.warehouse_id, self.name),
            'coop_buyout_id': self.id,
            'order_line': [
                Command.create(Order._coop_prepare_outright_line_values(line.twin_id, line.quantity, line.price))
                for line in self.line_ids
            ],
        }
