from odoo import models

from odoo.addons.producer_cooperative.tools.price_steps import PriceStep, next_step, price_at
from odoo.addons.producer_cooperative.tools.units import to_decimal


class CoopPoolLine(models.Model):
    """What a member would have paid alone: the price that the round is measured by."""
    _inherit = 'coop.pool.line'

    # === BUSINESS METHODS === #

    def _get_alone_values(self, quantity, prices=None):
        """Return what a quantity would have cost alone, as values of a share.

        That is the lowest price of the vendors who really sell this quantity on the day of the order: from their
        minimum on, in full packings, in their unit. Where nobody sells it so, the lowest price that the quantity
        reaches counts, or else that of the first step, and the share says that it is only estimated.

        :param float quantity: in the product's unit.
        :param prices: what ``_get_vendor_prices`` returns, where many quantities are asked for.
        :return: ``{'amount_alone': company currency, 'is_alone_estimated': bool}``
        """
        self.ensure_one()
        line = self.sudo()  # sudo: price lists, for a result that is shown with the charges
        wanted = to_decimal(quantity)
        if prices is None:
            prices = line._get_vendor_prices()
        if not wanted:
            return {'amount_alone': 0.0, 'is_alone_estimated': False}
        selling = [price.price for price in prices if line._sells(price, quantity)]
        if selling:
            return {'amount_alone': float(min(selling) * wanted), 'is_alone_estimated': False}
        # A vendor without a price list, whose quote was chosen, sells at the quoted price.
        steps = [PriceStep(price.minimum, price.price) for price in prices] or line._get_price_steps(line.vendor_id)
        if not steps:
            return {'amount_alone': 0.0, 'is_alone_estimated': True}
        reached = any(step.minimum <= wanted for step in steps)
        price = price_at(steps, wanted) if reached else next_step(steps, wanted).price
        return {'amount_alone': float(price * wanted), 'is_alone_estimated': True}

    def _sells(self, price, quantity):
        """Whether a vendor sells this quantity alone at a price: not less than its minimum, and no packing cut open."""
        self.ensure_one()
        wanted = to_decimal(quantity)
        if price.minimum > wanted or (price.pack and wanted % price.pack):
            return False
        return bool(price.pack) or self._to_vendor_quantity(quantity, price.unit) is not None
