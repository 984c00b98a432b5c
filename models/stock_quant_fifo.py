from odoo import models


class StockQuant(models.Model):
    """Members' goods leave in the order in which they came in, whoever owns them."""
    _inherit = 'stock.quant'

    # === BUSINESS METHODS === #

    def _get_reserve_quantity(
        self, product_id, location_id, quantity, uom_id=None, lot_id=None, package_id=None, owner_id=None, strict=False,
    ):
        """Reserve goods of several members first in, first out, receipt by receipt.

        Odoo keeps one moment for all that an owner has in a place, and would empty the place of whoever came first
        before it looks at anybody else's goods.
        """
        reserved = super()._get_reserve_quantity(
            product_id, location_id, quantity, uom_id=uom_id, lot_id=lot_id, package_id=package_id, owner_id=owner_id,
            strict=strict,
        )
        if strict or owner_id or package_id or not self._coop_goes_by_receipt(product_id, location_id):
            return reserved
        taken = sum(amount for _quant, amount in reserved)
        if product_id.uom_id.compare(taken, 0) <= 0:
            return reserved
        return self._coop_reserve_by_receipt(product_id, location_id, lot_id, taken)

    def _coop_goes_by_receipt(self, product, location):
        return (
            product.coop_consigned and not self.env.context.get('coop_bound_owner_id')
            and location.company_id.coop_is_cooperative
            and self._get_removal_strategy(product, location) == 'fifo'
        )

    def _coop_reserve_by_receipt(self, product, location, lot, quantity):
        """Return ``[(quant, quantity)]`` that add up to ``quantity``, which is known to be free here."""
        quants = self.sudo()._gather(product, location, lot_id=lot)
        free = {}
        for quant in quants:
            available = quant.quantity - quant.reserved_quantity
            if product.uom_id.compare(available, 0) > 0:
                free.setdefault((quant.owner_id.id, quant.lot_id.id or None), []).append([quant, available])
        shares, left = {}, quantity
        is_choice = len(free) > 1 and product.uom_id.compare(quantity, sum(
            available for entries in free.values() for _quant, available in entries
        )) < 0
        layers = self._coop_get_free_layers(product, quants, location.company_id) if is_choice else ()
        for owner, lot_id, layer in layers:
            for entry in free.get((owner, lot_id), ()):
                taken = min(layer, entry[1], left)
                if product.uom_id.compare(taken, 0) > 0:
                    shares[entry[0]] = shares.get(entry[0], 0.0) + taken
                    entry[1] -= taken
                    layer -= taken
                    left -= taken
        for quant, available in (entry for entries in free.values() for entry in entries):
            taken = min(available, left)  # what no receipt explains
            if product.uom_id.compare(taken, 0) > 0:
                shares[quant] = shares.get(quant, 0.0) + taken
                left -= taken
        return [(quant, product.uom_id.round(taken)) for quant, taken in shares.items()]

    def _coop_get_free_layers(self, product, quants, company):
        """Return ``[(owner id, lot id, quantity)]`` as the goods came in, less what is reserved of the oldest."""
        # sudo: quantities of one product, for whoever reserves it
        groups = self.sudo()._read_group([
            ('product_id', '=', product.id), ('owner_id', 'in', quants.owner_id.ids), ('company_id', '=', company.id),
            ('location_id.usage', 'in', ('internal', 'transit')),
        ], ['owner_id', 'lot_id'], ['reserved_quantity:sum'])
        reserved = {(owner.id, lot.id or None): quantity for owner, lot, quantity in groups}
        layers = []
        for owner, lot, quantity in self.env['coop.consignment.unsold'].sudo()._get_layers(
            product, quants.owner_id, company,
        ):
            gone = min(reserved.get((owner, lot), 0.0), quantity)
            if gone:
                reserved[owner, lot] -= gone
            layers.append((owner, lot, quantity - gone))
        return layers
