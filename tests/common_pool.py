from odoo import Command

from odoo.addons.producer_cooperative.tests.common import CoopCommon


class PoolCommon(CoopCommon):
    """A cooperative that buys fertilizer for its members: steps 1 → 100, 50 → 90, 100 → 80 at one vendor."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.siti, cls.budi, cls.ani = (cls._create_member(name) for name in ("Siti", "Budi", "Ani"))
        cls.vendor = cls.env['res.partner'].create({'name': "Toko Tani"})
        cls.fertilizer = cls._create_product("Fertilizer", {cls.vendor: {1: 100, 50: 90, 100: 80}})
        cls.env.flush_all()

    @classmethod
    def _create_product(cls, name, steps_by_vendor, **values):
        """Return a storable product with the vendors' price steps ``{vendor: {minimum: price}}``."""
        return cls.env['product.product'].create({
            'name': name, 'type': 'consu', 'is_storable': True, 'weight': 1.0,
            'seller_ids': [
                Command.create({'partner_id': vendor.id, 'min_qty': minimum, 'price': price, 'sequence': sequence})
                for sequence, (vendor, steps) in enumerate(steps_by_vendor.items(), start=1)
                for minimum, price in steps.items()
            ],
            **values,
        })

    @classmethod
    def _create_pool(cls, lines=None, **values):
        """Return an open pool that takes tolerance; ``lines`` is ``{product: line values}``."""
        pool = cls.env['coop.pool'].create({
            'title': "Fertilizer for the wet season", 'allow_tolerance': True,
            'line_ids': [
                Command.create({'product_id': product.id, **line})
                for product, line in (lines or {cls.fertilizer: {}}).items()
            ],
            **values,
        })
        pool.action_open()
        return pool

    @classmethod
    def _request(cls, pool, wishes, product=None):
        """Make requests ``{member: quantity}`` or ``{member: (quantity, tolerance)}`` for the pool's product."""
        for member, wish in wishes.items():
            quantity, tolerance = wish if isinstance(wish, tuple) else (wish, 0)
            pool._set_request(member, product or pool.line_ids[0].product_id, quantity, tolerance)

    @classmethod
    def _order(cls, pool):
        """Close the pool, order and confirm; return the confirmed purchase orders."""
        pool.action_close()
        pool.action_order()
        pool.purchase_order_ids.button_confirm()
        return pool.purchase_order_ids

    @classmethod
    def _receive(cls, picking, quantity, backorder=False, user=None):
        """Validate a receipt with ``quantity`` of its first move."""
        picking = picking.with_user(user) if user else picking
        picking.move_ids[:1].quantity = quantity
        picking.move_ids.picked = True
        without_backorder = [] if backorder else picking.ids
        picking.with_context(skip_backorder=True, picking_ids_not_to_backorder=without_backorder).button_validate()
        return picking

    @classmethod
    def _receive_lots(cls, picking, quantities, backorder=False, user=None):
        """Validate a receipt of tracked goods with ``{lot name: quantity}``."""
        picking = picking.with_user(user) if user else picking
        move = picking.move_ids[:1]
        lots = {lot.name: lot for lot in cls.env['stock.lot'].search([('product_id', '=', move.product_id.id)])}
        move.move_line_ids.unlink()
        for name, quantity in quantities.items():
            known = {'lot_id': lots[name].id} if name in lots else {'lot_name': name}
            move.move_line_ids = [Command.create({**move._prepare_move_line_vals(), 'quantity': quantity, **known})]
        move.picked = True
        without_backorder = [] if backorder else picking.ids
        picking.with_context(skip_backorder=True, picking_ids_not_to_backorder=without_backorder).button_validate()
        return picking

    @classmethod
    def _run(cls, pool, received):
        """Order, receive ``received`` (no backorder) and distribute."""
        orders = cls._order(pool)
        cls._receive(orders.picking_ids, received)
        pool.action_distribute()
        return pool

    @classmethod
    def _hand_out(cls, pool, user=None):
        """Validate every open delivery of the round in full."""
        pickings = pool.sale_order_ids.picking_ids.filtered(lambda picking: picking.state not in ('done', 'cancel'))
        for picking in pickings.with_user(user) if user else pickings:
            for move in picking.move_ids:
                move.quantity = move.product_uom_qty
            picking.move_ids.picked = True
            picking.button_validate()

    @classmethod
    def _bill(cls, order, quantity=None, price=None):
        """Return the posted vendor bill of an order, with another quantity or price than the order's."""
        order.action_create_invoice()
        bill = order.invoice_ids.filtered(lambda move: move.state == 'draft')
        bill.invoice_date = '2026-11-01'
        line = bill.invoice_line_ids[:1]
        if quantity is not None:
            line.quantity = quantity
        if price is not None:
            line.price_unit = price
        bill.action_post()
        return bill

    def _shares(self, pool):
        return [share.quantity for share in pool.allocation_ids.sorted('membership_id')]
