from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.tools.allocation import (
    Wish,
    allocate_equal,
    allocate_in_order,
    allocate_proportional,
)
from odoo.addons.producer_cooperative.tools.units import to_decimal


class CoopPoolLine(models.Model):
    """One product on its way from the order to the members' shares."""
    _inherit = 'coop.pool.line'

    reject_move_ids = fields.One2many(
        comodel_name='stock.move', inverse_name='coop_pool_line_id', string="Rejected", readonly=True,
    )
    is_overallocated = fields.Boolean(
        string="Given Beyond What Came", readonly=True, copy=False,
        help="Members are given more than came, because shares were changed by hand.",
    )

    # === BUSINESS METHODS - ORDER === #

    def _check_can_be_ordered(self):
        """Refuse a choice that no vendor's price stands for.

        :raises UserError: saying which vendor has no price for what, or which unit to order in.
        """
        self.ensure_one()
        if not self.vendor_id:
            raise UserError(self.env._("Choose the vendor of %s.", self.display_name))
        # sudo: the chosen offer and the vendors' price lists, for officers who order by them
        line = self.sudo()
        if line.offer_id and line.offer_id.vendor_id == self.vendor_id:
            return
        reached = [
            price for price in line._get_vendor_prices()
            if price.vendor == line.vendor_id and price.minimum <= to_decimal(line.quantity)
        ]
        if reached:
            raise UserError(self.env._(
                "%(vendor)s sells %(product)s by the %(unit)s. %(quantity)s %(own_unit)s cannot be ordered at the"
                " proposed price: order whole %(unit)s.", vendor=self.vendor_id.display_name,
                product=self.display_name, unit=reached[0].unit.name, quantity=self._format(self.quantity),
                own_unit=self.uom_id.name,
            ))
        raise UserError(self.env._(
            "%(vendor)s has no price for %(quantity)s %(unit)s of %(product)s. Enter the vendor's price list or"
            " choose another vendor.", vendor=self.vendor_id.display_name,
            quantity=self._format(self.quantity), unit=self.uom_id.name, product=self.display_name,
        ))

    def _prepare_purchase_line_values(self):
        """Return the order line, in the unit of the vendor's price list, because Odoo finds no price in another one."""
        self.ensure_one()
        offer = self.sudo().offer_id  # sudo: the chosen offer, for officers who order by it
        return {
            'product_id': self.product_id.id, 'product_qty': offer.vendor_quantity,
            'product_uom_id': offer.vendor_uom_id.id,
        }

    def _check_ordered_as_proposed(self):
        """Refuse an order that does not come to what was proposed, because a price list changed in between.

        :raises UserError: naming the product and both amounts.
        """
        for line in self:
            # sudo: the chosen offer, for officers who order by it
            offer = line.sudo().offer_id
            order_line = line._get_purchase_lines().with_company(line.company_id).filtered(
                lambda order_line: order_line.state != 'cancel',
            )
            amount = sum(line.currency_id.round(line._to_company(
                order_line.price_subtotal, order_line.currency_id,
            )) for order_line in order_line)
            as_listed = offer.source == 'quote' or order_line.selected_seller_id == offer.seller_id.sudo(False)
            if len(order_line) != 1 or not as_listed or line.currency_id.compare_amounts(amount, offer.amount_total):
                raise UserError(self.env._(
                    "%(product)s was proposed at %(proposed)s from %(vendor)s, and the order comes to %(ordered)s: the"
                    " price list changed meanwhile. Propose again, then order.", product=line.display_name,
                    proposed=line._format_money(offer.amount_total), vendor=line.vendor_id.display_name,
                    ordered=line._format_money(amount),
                ))

    # === BUSINESS METHODS - RECEIPT === #

    def _get_goods_moves(self):
        """Return the stock moves that bring these products, put them away, take them back or reject them.

        :return: ``{line: moves}``, read in a number of queries that depends only on the steps of the receipt.
        """
        belongs = {
            move: line for line in self for move in line._get_purchase_lines().move_ids | line.reject_move_ids
        }
        following = list(belongs)
        while following:
            moves, following = following, []
            for move in moves:
                for next_move in move._coop_get_following_moves():
                    if next_move not in belongs:
                        belongs[next_move] = belongs[move]
                        following.append(next_move)
        found = {line: [] for line in self}
        for move, line in belongs.items():
            found[line].append(move.id)
        return {line: self.env['stock.move'].browse(ids) for line, ids in found.items()}

    def _forget_received(self):
        """Read anew what came: moves that follow a receipt are not among what the received quantity depends on."""
        self.invalidate_recordset(['quantity_received'])
        self.modified(['quantity_received'])

    def _get_received(self):
        """Return what of these products is in the stock by their receipts, as ``{line: {lot: quantity}}``.

        Counted where the goods physically are: what stands at the input of a warehouse that receives in several steps
        has not come yet; what went back to the vendor or was scrapped from a receipt has left. In the product's unit;
        the oldest lot comes first; goods that are not tracked count under an empty lot.
        """
        found = self._get_goods_moves()
        moves = self.env['stock.move'].browse(move.id for moves in found.values() for move in moves)
        moves.move_line_ids.fetch(['move_id', 'state', 'date', 'lot_id', 'location_id', 'location_dest_id',
                                   'quantity_product_uom'])
        received = {}
        for line, of_line in found.items():
            lots = received[line] = {}
            done = of_line.move_line_ids.filtered(lambda move_line: move_line.state == 'done')
            for move_line in done.sorted(lambda move_line: (move_line.date, move_line.id)):
                change = move_line._coop_get_stock_change()
                if change or move_line.lot_id in lots:
                    lots[move_line.lot_id] = line._round(lots.get(move_line.lot_id, 0.0) + change)
        return received

    def _compute_shares(self, received, requests=None):
        """Return what each request gets of what has come, as ``{request: quantity}``, by the pool's rule.

        Whole steps only, together never more than came, nobody more than asked for with tolerance.

        :param float received: what has come, in the product's unit.
        :param requests: those that are served, by default all of the product.
        """
        self.ensure_one()
        served = self.request_ids if requests is None else requests
        requests = {request.membership_id.id: request for request in served.sorted('id')}
        count = max(self._to_steps(received), 0)
        if self.pool_id.allocation_rule == 'in_order':
            rows = [row._to_request_row() for row in served.row_ids]
            parts = allocate_in_order(rows, count).parts
        else:
            allocate = {'proportional': allocate_proportional, 'equal': allocate_equal}[self.pool_id.allocation_rule]
            wishes = {
                member: Wish(self._to_steps(request.quantity), self._to_steps(request.tolerance))
                for member, request in requests.items()
            }
            ties = {member: request.membership_id._get_rank() for member, request in requests.items()}
            parts = allocate(wishes, count, ties).parts
        return {request: self._from_steps(parts.get(member, 0)) for member, request in requests.items()}

    def _share_out(self, received):
        """Return what each request gets by the pool's rule, with what members let go by hand shared over the others.

        A share that was changed by hand keeps its change; what it gets by the rule stays beside it. Nobody gets less
        because another let something go.

        :param float received: what has come, in the product's unit.
        """
        self.ensure_one()
        parts = self._compute_shares(received)
        by_hand = {share.request_id: share.quantity for share in self.allocation_ids if share.is_manual}
        others = self.request_ids.filtered(lambda request: request not in by_hand)
        given = sum(parts[request] for request in others)
        free = self._to_steps(max(self._round(received - sum(by_hand.values()) - given), 0.0))
        if not by_hand or not others or not free:
            return parts
        if self.pool_id.allocation_rule == 'proportional':
            # In proportion to what each still lacks: by the whole wishes, rounding might take a unit from somebody.
            more = self._compute_more_in_proportion({request: parts[request] for request in others}, free)
        else:
            more = self._compute_shares(self._round(given + self._from_steps(free)), others)
        return {**parts, **more}

    def _compute_more_in_proportion(self, parts, free):
        """Return the parts with ``free`` steps more, shared in proportion to what is still lacking."""
        self.ensure_one()
        wishes = {}
        for request, part in parts.items():
            asked, more, has = (self._to_steps(each) for each in (request.quantity, request.tolerance, part))
            wishes[request.id] = Wish(max(asked - has, 0), max(more - max(has - asked, 0), 0))
        ties = {request.id: request.membership_id._get_rank() for request in parts}
        added = allocate_proportional(wishes, free, ties).parts
        return {
            request: self._from_steps(self._to_steps(part) + added.get(request.id, 0))
            for request, part in parts.items()
        }
