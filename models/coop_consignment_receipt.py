from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from odoo.addons.producer_cooperative.models.stock_move_document import as_moving


class CoopConsignment(models.Model):
    """How the goods of a slip come in: left ones by a receipt with their owner, bought ones by a purchase order."""
    _inherit = 'coop.consignment'

    purchase_order_ids = fields.One2many(
        comodel_name='purchase.order', inverse_name='coop_consignment_id', string="Purchase Orders", readonly=True,
        groups='purchase.group_purchase_user,account.group_account_readonly,account.group_account_invoice',
    )
    bill_ids = fields.One2many(
        comodel_name='coop.consignment.bill', inverse_name='consignment_id', string="Bills of Goods Bought",
        readonly=True,
        groups='producer_cooperative.group_coop_officer,producer_cooperative.group_coop_accountant,'
               'producer_cooperative.group_coop_supervisor',
    )
    bill_count = fields.Integer(compute='_compute_bill_count', compute_sudo=True)
    has_bought = fields.Boolean(compute='_compute_has_deals')
    has_left = fields.Boolean(compute='_compute_has_deals')

    # === COMPUTE METHODS === #

    def _compute_bill_count(self):
        for slip in self:
            slip.bill_count = len(slip.bill_ids)

    @api.depends('line_ids.deal')
    def _compute_has_deals(self):
        for slip in self:
            deals = slip.line_ids.mapped('deal')
            slip.has_bought, slip.has_left = 'buy' in deals, 'consign' in deals

    # === ACTIONS === #

    def action_receive(self):
        """Receive what the confirmed ones of these slips say, exactly as they say it, by their waiting receipts.

        The other slips of a joint receipt go on waiting. Whoever receives less, or other lots, does so on the receipt.

        :raises AccessError: for anybody but warehouse staff.
        :raises UserError: when nothing waits to be received, or the warehouse began to note something else.
        """
        if not self.env.user.has_group('stock.group_stock_user'):
            raise AccessError(self.env._("The warehouse receives goods: ask somebody who may use Inventory."))
        self._queue_up()
        self.invalidate_recordset()
        slips = self.filtered(lambda slip: slip.state == 'confirmed')
        if not slips:
            raise UserError(self.env._("None of these slips waits to be received: choose confirmed ones."))
        moves = self.env['stock.move']
        for slip in slips:
            waiting = slip.line_ids._get_waiting_receipts()
            if not waiting:
                raise UserError(self.env._(
                    "The goods of %s came in already and wait to be put away: open its receipts to do that.",
                    slip.display_name,
                ))
            slip.line_ids._plan_as_written(waiting)
            moves |= waiting
        moves.picked = True
        return moves.picking_id.with_context(skip_backorder=True).button_validate()

    def action_view_bills(self):
        """Open the bills of the goods that were bought outright."""
        return self.bill_ids._get_records_action(name=self.env._("Bills of Goods Bought"))

    def action_create_bill(self):
        """Draft a bill for what was bought, received and not billed yet, after one that was cancelled for example.

        :raises UserError: when there is nothing to bill.
        """
        self.ensure_one()
        self._check_user_is(
            'producer_cooperative.group_coop_officer', 'producer_cooperative.group_coop_accountant',
        )
        self._queue_up()
        self.invalidate_recordset()
        bill = self._create_bill()
        if not bill:
            raise UserError(self.env._(
                "%s has no bought goods that were received and are not billed yet.", self.display_name,
            ))
        return bill._get_records_action()

    # === BUSINESS METHODS === #

    def _ask_for_goods(self):
        """Ask the warehouse to receive what the confirmed slips say.

        Slips of a joint delivery share one receipt for the goods that are left for sale, where it was set up so.
        """
        def get_key(slip):
            return slip.delivery_id if slip.delivery_id.receipt_mode == 'joint' else slip

        for slips in self.grouped(get_key).values():
            lines = slips.line_ids._filter_to_receive('consign')
            if lines:
                slips._receive_left(lines)
        for slip in self:
            lines = slip.line_ids._filter_to_receive('buy')
            if lines:
                slip._order_bought(lines)
            if not slip.line_ids.move_ids and not slip.sudo().purchase_order_ids:
                slip._update_state('received')  # all of it was refused: nothing will come

    def _receive_left(self, lines):
        picking = as_moving(self.env['stock.picking']).create(self._prepare_picking_values(lines)).with_env(self.env)
        picking.action_confirm()
        picking.action_assign()
        lines._put_lots_on_moves()

    def _prepare_picking_values(self, lines):
        """Return the receipt of goods left for sale; owner and restriction keep them apart from everybody else's."""
        picking_type = self.warehouse_id.in_type_id
        partner = self.partner_id if len(self) == 1 else self.env['res.partner']
        return {
            'picking_type_id': picking_type.id,
            'partner_id': partner.id,
            'owner_id': partner.id,
            'origin': ", ".join(self.mapped('name')),
            'company_id': self.company_id.id,
            'location_id': self[0]._get_source_location().id,
            'location_dest_id': picking_type.default_location_dest_id.id,
            'move_ids': [
                Command.create(line._prepare_move_values(line.consignment_id._get_source_location(), picking_type))
                for line in lines
            ],
        }

    def _get_source_location(self):
        """Return the place that members' goods come from, in the stock's eyes."""
        self.ensure_one()
        return self.partner_id.with_company(self.company_id).property_stock_supplier

    def _order_bought(self, lines):
        """Order the goods that are bought outright at the prices of the slip; the receipt waits in the warehouse."""
        self.ensure_one()
        order = self.env['purchase.order'].with_company(self.company_id).create(self._prepare_order_values(lines))
        order.button_confirm()
        lines._put_lots_on_moves()

    def _prepare_order_values(self, lines):
        self.ensure_one()
        values = self.env['purchase.order']._coop_prepare_outright_values(
            self.company_id, self.partner_id, self.warehouse_id, self.name,
        )
        return {
            **values,
            'coop_consignment_id': self.id,
            'order_line': [Command.create(line._prepare_order_line_values()) for line in lines],
        }

    def _call_goods_off(self):
        """Cancel the transfers and orders of cancelled slips; a joint receipt goes on with the other members' goods."""
        for slip in self:
            # sudo: the slip's own orders, which nobody has received anything of
            orders = slip.sudo().purchase_order_ids.filtered(lambda order: order.state != 'cancel')
            orders.button_unlock()
            orders.button_cancel()
            slip.line_ids.move_ids.filtered(lambda move: move.state not in ('done', 'cancel'))._action_cancel()

    def _update_received(self):
        open_slips = self.filtered(lambda slip: slip.state == 'confirmed')
        super()._update_received()
        for slip in open_slips.filtered(lambda slip: slip.state == 'received'):
            slip._note_missing()
        for slip in self.filtered(lambda slip: slip.state in ('confirmed', 'received')):
            moves = slip.line_ids.filtered(lambda line: line.deal == 'buy').move_ids
            states = set(moves.mapped('state'))
            if 'done' in states and states <= {'done', 'cancel'} and not slip.sudo().bill_ids:
                slip._create_bill()

    def _note_missing(self):
        """Note on the slip what it says and the warehouse did not take in, and ask an officer to correct the weight."""
        self.ensure_one()
        for line in self.line_ids.filtered(lambda line: line.uom_id.compare(line.received, line.net) < 0):
            # sudo: whoever receives the goods; the note goes to the officer who keeps the slip
            self.sudo().activity_schedule(
                'mail.mail_activity_data_todo', user_id=self.create_uid.id,
                summary=self.env._("Less was received than the slip says"),
                note=self.env._(
                    "%(received)s of %(net)s %(unit)s of %(product)s were received, and nothing more will come. If less"
                    " was brought, write a correction slip; otherwise look for the rest in the warehouse.",
                    received=line._round(line.received), net=line.net, unit=line.uom_id.name,
                    product=line.product_id.display_name,
                ),
            )

    def _create_bill(self):
        """Return a draft bill for what was bought and received; none where nothing is left to be billed."""
        self.ensure_one()
        # sudo: whoever receives the last goods has the bill drafted; the accountant posts it
        slip = self.sudo()
        is_open = any(bill.state == 'draft' for bill in slip.bill_ids)
        if is_open or not slip.purchase_order_ids._coop_get_unbilled():
            return slip.bill_ids.browse()
        return slip.env['coop.consignment.bill'].create({
            'company_id': slip.company_id.id, 'partner_id': slip.partner_id.id, 'consignment_id': slip.id,
        }).sudo(False)


class CoopConsignmentLine(models.Model):
    """What a line asks of the warehouse."""
    _inherit = 'coop.consignment.line'

    # === BUSINESS METHODS === #

    def _plan_as_written(self, waiting):
        """Let the waiting receipts bring what they ask for.

        :raises UserError: where the warehouse noted another quantity: nobody writes over what was counted.
        """
        for move in waiting:
            if not move.product_uom.compare(move.quantity, move.product_uom_qty):
                continue
            if move.picked:
                raise UserError(self.env._(
                    "%(quantity)s instead of %(demand)s %(unit)s of %(product)s are noted on %(receipt)s. Finish that"
                    " receipt itself.",
                    quantity=move.quantity, demand=move.product_uom_qty, unit=move.product_uom.name,
                    product=move.product_id.display_name, receipt=move.picking_id.name,
                ))
            move.quantity = move.product_uom_qty
        self._put_lots_on_moves()

    def _filter_to_receive(self, deal):
        return self.filtered(lambda line: line.deal == deal and line.uom_id.compare(line.net, 0.0) > 0)

    def _put_lots_on_moves(self):
        """Name the lots on the transfers that wait, so that the warehouse need not type them again."""
        for line in self.filtered('lot_id'):
            waiting = line.move_ids.filtered(lambda move: move.state not in ('done', 'cancel'))
            waiting.move_line_ids.write({'lot_id': line.lot_id.id})

    def _prepare_order_line_values(self):
        self.ensure_one()
        # sudo: whoever confirms writes down the price that the slip agrees on
        return {
            **self.env['purchase.order']._coop_prepare_outright_line_values(
                self.goods_product_id, self.net, self.sudo().price,
            ),
            'coop_consignment_line_id': self.id,
        }

    def _check_not_above_net(self, moves):
        """Refuse to receive other goods than a line says, another lot, or more of them.

        :param moves: what was just done.
        :raises UserError: saying to write a correction slip.
        """
        for line in self:
            of_line = moves.filtered(lambda move, line=line: move.coop_consignment_line_id.id == line.id)
            if of_line.product_id != line.goods_product_id:
                raise UserError(self.env._(
                    "%(slip)s is about %(product)s and nothing else. Write another intake slip for the other goods.",
                    slip=line.consignment_id.display_name, product=line.goods_product_id.display_name,
                ))
            # A lot is one member's: with another one on the line, the goods would become somebody else's.
            if line.lot_id and of_line.move_line_ids.lot_id - line.lot_id:
                raise UserError(self.env._(
                    "%(slip)s names lot %(lot)s of %(product)s of %(owner)s, and no other. Receive that one; if the"
                    " number on the slip is wrong, cancel the slip and write a new one.",
                    slip=line.consignment_id.display_name, lot=line.lot_id.name,
                    product=line.goods_product_id.display_name, owner=line.partner_id.display_name,
                ))
            if line.uom_id.compare(line.received, line.net) > 0:
                raise UserError(self.env._(
                    "%(slip)s says %(net)s %(unit)s of %(product)s, and %(received)s would be received. Receive what"
                    " the slip says. If more was weighed, write a correction slip, which another user approves.",
                    slip=line.consignment_id.display_name, net=line.net, unit=line.uom_id.name,
                    product=line.product_id.display_name, received=line._round(line.received),
                ))
