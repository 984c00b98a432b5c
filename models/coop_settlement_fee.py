from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.producer_cooperative.models.coop_settlement_sold import SCALE
from odoo.addons.producer_cooperative.tools.commission import commission_per_unit
from odoo.addons.producer_cooperative.tools.deductions import net_price_commission
from odoo.addons.producer_cooperative.tools.entitlement import NOTHING, Entitlement
from odoo.addons.producer_cooperative.tools.units import to_units


@dataclass(slots=True)
class Taken:
    """What an owner sold, and what commission was taken, under one term in one year.

    In millionths of the products' units and in whole rounding units.
    """
    quantity: int = 0
    amount: int = 0
    commission: int = 0


class CoopSettlement(models.Model):
    """The commission on what is due."""
    _inherit = 'coop.settlement'

    # === BUSINESS METHODS === #

    @api.model
    def _get_taken(self, company, owners, settled_domain):
        """Return ``{partner: {(term id, year): Taken}}``: all that these owners ever settled, for cumulative terms.

        Goods with a net price on the intake slip are left out: their commission is the rest of each sale.
        """
        rounding = company.currency_id.rounding
        # sudo: see _get_settled
        groups = self.env['coop.settlement.line'].sudo()._read_group(
            settled_domain & Domain('owner_id', 'in', owners.ids) & Domain('net_price', '=', 0),
            ['owner_id', 'term_id', 'year'], ['quantity:sum', 'amount:sum', 'commission:sum'],
        )
        taken = {}
        for owner, term, year, quantity, amount, commission in groups:
            taken.setdefault(owner.sudo(False), {})[term.id, year] = Taken(
                round((quantity or 0.0) * SCALE), to_units(amount or 0.0, rounding),
                to_units(commission or 0.0, rounding),
            )
        return taken

    @api.model
    def _add_commissions(self, rows, taken, commissions):
        """Set the commission on each row: that on all so far in its year under its terms, less what was taken.

        With a net price it is the rest of what the goods of the row were sold for.

        :param commissions: ``{term id: function}`` that was built already; None where the terms name net prices.
        """
        # sudo: the terms are applied, not shown
        terms = self.env['coop.consignment.term'].sudo()
        for row in rows:
            _sale_line, term_id, year, _account, net_price = row.key
            if term_id not in commissions:
                term = terms.browse(term_id)
                commissions[term_id] = None if term.commission_kind == 'net' else term._get_commission_function(SCALE)
            compute = commissions[term_id]
            if net_price or not compute:
                row.commission = self._get_net_commission(row, terms.browse(term_id)) - row.commission_before
            else:
                so_far = taken.get((term_id, year)) or taken.setdefault((term_id, year), Taken())
                quantity, amount = row.due
                so_far.quantity += quantity
                so_far.amount += amount
                commission = compute(so_far.quantity, so_far.amount)
                row.commission = commission - so_far.commission
                so_far.commission = commission
            row.due = _unscale(row.due)
            if row.before is not NOTHING:
                row.before = _unscale(row.before)

    @api.model
    def _get_net_commission(self, row, term):
        """Return the commission to date on goods with a net price, in whole rounding units.

        It is what is left when the member's part is rounded to the company's rounding unit.
        """
        price = Fraction(row.key.net_price)
        if not price:
            product = self.env['sale.order.line'].sudo().browse(row.key.sale_line).product_id  # sudo: see _get_due
            price = term._to_units_exact(term._get_net_price(product))
        quantity = Fraction(row.before.quantity + row.due.quantity, SCALE)
        step = term.company_id._coop_get_rounding_step()
        return net_price_commission(
            row.before.amount + row.due.amount, commission_per_unit(quantity, price, step),
            is_guaranteed=term.net_shortfall == 'cooperative',
        )


def _unscale(entitlement):
    """Return an entitlement with its quantity in the product's unit."""
    quantity, amount = entitlement
    if not quantity:
        return entitlement
    return Entitlement(Fraction(quantity, SCALE) if quantity % SCALE else quantity // SCALE, amount)
