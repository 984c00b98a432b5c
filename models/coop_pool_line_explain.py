from odoo import models
from odoo.tools import format_amount, formatLang


class CoopPoolLine(models.Model):
    """Why a proposal is what it is, in words for those who answer for it."""
    _inherit = 'coop.pool.line'

    # === BUSINESS METHODS === #

    def _explain_nothing(self, fill):
        """Say why a vendor sells nothing for this sum."""
        self.ensure_one()
        missing = max(fill.missing, fill.missing_for_case)
        return self.env._(
            "Nothing to order: %(missing)s %(unit)s more must be asked for.",
            missing=self._format(missing), unit=self.uom_id.name,
        )

    def _explain_offer(self, offer, best):
        """Say why an offer was chosen, or why not.

        :param dict offer: values of the offer; ``best`` likewise, or none.
        """
        self.ensure_one()
        unit = self.uom_id.name
        if offer is best:
            return self.env._("Chosen: it serves most of what was asked for and costs least in all.")
        difference = offer['amount_total'] - best['amount_total'] if best else 0.0
        if offer['quantity_excess'] and difference < 0:
            return self.env._(
                "%(difference)s cheaper in all, but %(excess)s %(unit)s would go to the cooperative's stock.",
                difference=self._format_money(-difference), excess=self._format(offer['quantity_excess']), unit=unit,
            )
        if offer['quantity_excess']:
            return self.env._(
                "%(excess)s %(unit)s would go to the cooperative's stock.",
                excess=self._format(offer['quantity_excess']), unit=unit,
            )
        if self.uom_id.compare(offer['quantity_unserved'], best['quantity_unserved']) > 0:
            return self.env._(
                "Leaves %(unserved)s %(unit)s of what was asked for unserved.",
                unserved=self._format(offer['quantity_unserved']), unit=unit,
            )
        if self.currency_id.is_zero(difference):
            return self.env._("Costs the same; the first in the price list was taken.")
        return self.env._("%s dearer in all.", self._format_money(difference))

    def _explain(self, offers, best, advised):
        """Say how the quantity came about, what each vendor asks for it, and whether ordering more costs less."""
        self.ensure_one()
        if not offers:
            return self.env._("Nobody asked for it.")
        unit = self.uom_id.name
        texts = [self.env._(
            "Asked for %(asked)s %(unit)s (+ %(tolerance)s), ordered %(ordered)s.",
            asked=self._format(self.quantity_requested), tolerance=self._format(self.tolerance_total),
            ordered=self._format(best.quantity), unit=unit,
        )]
        for offer in offers:
            texts.append(self.env._(
                "%(vendor)s: %(quantity)s %(unit)s at %(price)s each, %(total)s in all. %(reason)s",
                vendor=offer.vendor_id.display_name, quantity=self._format(offer.quantity), unit=unit,
                price=self._format_money(offer.price_unit), total=self._format_money(offer.amount_total),
                reason=offer.reason,
            ) if offer.quantity else self.env._(
                "%(vendor)s: %(reason)s", vendor=offer.vendor_id.display_name, reason=offer.reason,
            ))
        if self.uom_id.compare(best.quantity, self.quantity_requested) > 0:
            texts.append(self.env._("The members' tolerance takes the excess."))
        if advised:
            texts.append(self.env._(
                "Advice: order %(best)s %(unit)s for %(total)s. The excess of %(excess)s would go to the cooperative's"
                " stock.", best=self._format(advised.quantity), total=self._format_money(advised.amount_total),
                excess=self._format(advised.quantity_excess), unit=unit,
            ))
        return "\n".join(texts)

    def _format(self, quantity):
        return formatLang(self.env, float(quantity), dp='Product Unit')

    def _format_money(self, amount):
        return format_amount(self.env, float(amount), self.currency_id)
