from decimal import Decimal

from odoo import models

from odoo.addons.producer_cooperative.tools.apportion import apportion_by_key
from odoo.addons.producer_cooperative.tools.pooling import part_of
from odoo.addons.producer_cooperative.tools.units import to_decimal


class CoopPool(models.Model):
    """Who bears the shared costs of goods that are not collected, and who once somebody else takes them."""
    _inherit = 'coop.pool'

    # === BUSINESS METHODS - TAKING BACK === #

    def _get_cost_given_back(self, charge, taken, before, is_last):
        """Return the shared costs that a member does not pay any more, in company currency."""
        self.ensure_one()
        if self.not_collected_costs == 'member':
            return 0.0
        units = self._to_units(charge.cost_total)
        if is_last:
            return float(self._from_units(units))
        if not before:
            return 0.0
        return float(self._from_units(part_of(units, to_decimal(taken), to_decimal(before))))

    def _share_cost_anew(self, charge, cost, reason):
        """Let the other members bear the shared costs of goods not collected, in proportion to their goods.

        :return: the corrections; none where nobody else is charged for goods, and the cooperative bears the costs.
        """
        self.ensure_one()
        weights = {
            other: to_decimal(sum(other.allocation_ids.mapped('amount'))) for other in self.charge_ids - charge
        }
        if not any(weights.values()):
            return self.env['coop.pool.correction']
        parts = apportion_by_key(
            self._to_units(cost), weights, {other: other.membership_id._get_rank() for other in weights},
        )
        return self.env['coop.pool.correction']._make('cost_share', reason, [
            {'charge_id': other.id, 'cost_amount': float(self._from_units(part))}
            for other, part in parts.items() if part
        ])

    def _note_cost_freed(self, lines, cost):
        """Write on the rows of a correction which part of the shared costs each product sets free.

        :param lines: values of ``coop.pool.correction.line``.
        :param float cost: the shared costs that the member does not pay any more.
        """
        self.ensure_one()
        weights = {number: -to_decimal(line['amount']) for number, line in enumerate(lines)}
        if not any(weights.values()):
            weights = {number: -to_decimal(line['quantity']) for number, line in enumerate(lines)}
        for number, part in apportion_by_key(self._to_units(cost), weights).items():
            lines[number]['cost_freed'] = float(self._from_units(part))

    # === BUSINESS METHODS - OFFERING AGAIN === #

    def _get_cost_carried(self, line, quantity):
        """Return the shared costs that go with goods offered again: those they bore before they were taken back.

        The goods taken back are the first to go; with the last of them goes what is left of their costs. Goods that
        nobody took from the beginning bear none.

        :param line: the ``coop.pool.line``.
        :param float quantity: that is taken, in the product's unit.
        :return: in company currency, never more than the others and the cooperative bear for goods not collected.
        """
        self.ensure_one()
        freed = self._get_freed()
        whole, cost = freed.get(line, (Decimal(0), 0))
        if not whole or cost <= 0:
            return 0.0
        # Costs that were set free twice, because who took them over did not come either, are borne only once.
        total = sum(part for _quantity, part in freed.values() if part > 0)
        borne = sum(self._get_taken_over().values()) + max(self._to_units(self.amount_costs_borne), 0)
        if total > borne:
            cost = cost * borne // total
        return float(self._from_units(part_of(cost, min(to_decimal(quantity), whole), whole)))

    def _get_freed(self):
        """Return ``{line: (quantity, units)}``: goods taken back and not offered again, and the costs they bore."""
        self.ensure_one()
        freed = {}
        for row in self.correction_ids.line_ids.sorted('id'):
            line = row.allocation_id.line_id
            quantity, cost = freed.get(line, (Decimal(0), 0))
            left = max(quantity - to_decimal(line._round(row.quantity)), Decimal(0))
            freed[line] = left, cost + self._to_units(row.cost_freed)
        return freed

    def _get_taken_over(self):
        """Return ``{charge: units}``: the shared costs that members took over from others, and still bear."""
        self.ensure_one()
        taken = {}
        for charge, corrections in self.correction_ids.filtered(
            lambda correction: correction.kind == 'cost_share',
        ).grouped('charge_id').items():
            units = min(self._to_units(sum(corrections.mapped('cost_amount'))), self._to_units(charge.cost_total))
            if units > 0:
                taken[charge] = units
        return taken

    def _give_cost_back(self, cost, reason):
        """Give back what members took over of the costs that go with the goods now; the rest the cooperative had borne.

        That holds for who takes the goods as well: their costs are in the offer already.

        :return: the corrections.
        """
        self.ensure_one()
        taken = self._get_taken_over()
        amount = min(self._to_units(cost), sum(taken.values()))
        if amount <= 0:
            return self.env['coop.pool.correction']
        parts = apportion_by_key(amount, taken, {other: other.membership_id._get_rank() for other in taken})
        return self.env['coop.pool.correction']._make('cost_share', reason, [
            {'charge_id': other.id, 'cost_amount': -float(self._from_units(part))}
            for other, part in parts.items() if part
        ])
