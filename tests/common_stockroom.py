from odoo import Command, fields
from odoo.tests import Form

from odoo.addons.producer_cooperative.tests.common_consignment import ConsignmentCommon


class StockroomCommon(ConsignmentCommon):
    """A third member, and the warehouse's own ways of moving goods."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wati = cls._create_member("Wati")
        cls.suppliers = cls.env.ref('stock.stock_location_suppliers')
        cls.customers = cls.env.ref('stock.stock_location_customers')

    # === FIXTURES === #

    def _transfer(self, picking_type, source, destination, product=None, quantity=10, owner=None, **move_values):
        """Return a confirmed transfer that somebody made by hand."""
        picking = self.env['stock.picking'].create({
            'picking_type_id': picking_type.id, 'location_id': source.id, 'location_dest_id': destination.id,
            'owner_id': owner.partner_id.id if owner else False,
            'move_ids': [Command.create({
                'product_id': (product or self.rice).id, 'product_uom_qty': quantity, 'location_id': source.id,
                'location_dest_id': destination.id, **move_values,
            })],
        })
        picking.action_confirm()
        picking.action_assign()
        return picking

    def _count(self, product, quantity, owner=None, location=None, user=None):
        """Count a product at a place, and apply the count."""
        Quant = self.env['stock.quant'].with_user(user) if user else self.env['stock.quant']
        Quant.with_context(inventory_mode=True).create({
            'product_id': product.id, 'location_id': (location or self.stock).id, 'inventory_quantity': quantity,
            'owner_id': owner.partner_id.id if owner else False,
        }).action_apply_inventory()

    def _find(self, member, quantity, product=None):
        """Let more of a member's goods be found at a count, approved by somebody else."""
        product = product or self.rice
        found = self.env['coop.consignment.loss'].with_user(self.officer).create({
            'reason': "Behind the door", 'line_ids': [Command.create({
                'product_id': product.id, 'owner_id': member.partner_id.id,
                'counted': self._stock(product).get(member.partner_id, 0) + quantity,
            })],
        })
        found.action_submit()
        found.with_user(self.manager).action_approve()
        return found

    def _return(self, picking, quantities):
        """Return goods of a transfer, ``{product: quantity}``; the transfer that brings them is not done yet."""
        wizard = Form(self.env['stock.return.picking'].with_context(
            active_id=picking.id, active_model='stock.picking')).save()
        for line in wizard.product_return_moves:
            line.quantity = quantities.get(line.product_id, 0)
        return wizard._create_return()

    def _do(self, picking):
        picking.move_ids.picked = True
        picking._action_done()
        return picking

    def _bring_lot(self, member, quantity, lot, product):
        """Bring goods into a lot."""
        slip = self.env['coop.consignment'].create({
            'membership_id': member.id,
            'line_ids': [Command.create({'product_id': product.id, 'gross': quantity, 'lot_id': lot.id})],
        })
        slip.action_confirm()
        slip.picking_ids.button_validate()
        return slip

    def _create_lot(self, name, product):
        return self.env['stock.lot'].create({'name': name, 'product_id': product.id, 'company_id': self.company.id})

    def _date_back(self, slip, days):
        """Let goods have come in so many days ago."""
        day = fields.Date.subtract(self.today, days=days)
        self.env.flush_all()
        self.env.cr.execute("UPDATE coop_consignment SET date = %s WHERE id = %s", [day, slip.id])
        self.env.cr.execute("UPDATE coop_consignment_line SET date = %s WHERE consignment_id = %s", [day, slip.id])
        self.env.cr.execute(
            "UPDATE stock_move_line SET date = %s WHERE id IN %s",
            [day, tuple(slip.line_ids.move_ids.move_line_ids.ids)],
        )
        self.env.invalidate_all()

    # === ASSERTIONS === #

    def _stock(self, product=None, location=None):
        """Return ``{owner: quantity}`` at a place."""
        quants = self.env['stock.quant'].search([
            ('product_id', '=', (product or self.rice).id), ('location_id', 'child_of', (location or self.stock).id),
        ])
        stock = {}
        for quant in quants.filtered('quantity'):
            stock[quant.owner_id] = stock.get(quant.owner_id, 0.0) + quant.quantity
        return stock

    def _lines_of(self, picking):
        """Return ``{(owner, lot): quantity}`` of a transfer."""
        lines = {}
        for line in picking.move_line_ids:
            key = (line.owner_id, line.lot_id)
            lines[key] = lines.get(key, 0.0) + line.quantity
        return lines

    def assertStockExplained(self, product=None):
        """Assert that every owner has here what came in less what went out, and that nobody owns less than nothing."""
        product = product or self.rice
        inside = ('internal', 'transit')
        expected = {}
        for line in self.env['stock.move.line'].search([('product_id', '=', product.id), ('state', '=', 'done')]):
            change = (line.location_dest_id.usage in inside) - (line.location_id.usage in inside)
            expected[line.owner_id] = expected.get(line.owner_id, 0.0) + change * line.quantity_product_uom
        quants = self.env['stock.quant'].search([
            ('product_id', '=', product.id), ('location_id.usage', 'in', inside),
        ])
        found = {}
        for quant in quants:
            self.assertGreaterEqual(quant.quantity, 0)
            found[quant.owner_id] = found.get(quant.owner_id, 0.0) + quant.quantity
        self.assertNotIn(self.env['res.partner'], {owner for owner, quantity in found.items() if quantity})
        for owner in {*expected, *found}:
            self.assertAlmostEqual(found.get(owner, 0.0), expected.get(owner, 0.0), 4, owner.name)
        return {owner: quantity for owner, quantity in found.items() if quantity}


class LossCommon(StockroomCommon):
    """Counts of members' goods, handed in by an officer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.expense = cls._account('cooperative_expense')

    def _loss(self, counted=None, spoilt=None, bearer='owner', **line):
        values = {'product_id': self.rice.id, **line}
        values.update({'counted': counted} if spoilt is None else {'spoilt': spoilt})
        return self.env['coop.consignment.loss'].with_user(self.officer).create({
            'kind': 'count' if spoilt is None else 'scrap', 'reason': "Mice", 'bearer': bearer,
            'line_ids': [Command.create(values)],
        })

    def _shares(self, loss):
        return {share.owner_id: share.quantity for share in loss.share_ids}

    def _bring_at(self, member, quantity, **prices):
        slip = self.env['coop.consignment'].create({
            'membership_id': member.id,
            'line_ids': [Command.create({'product_id': self.rice.id, 'gross': quantity, **prices})],
        })
        slip.action_confirm()
        slip.picking_ids.button_validate()
        return slip
