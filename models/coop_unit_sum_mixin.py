from odoo import models
from odoo.tools import SQL


class CoopUnitSumMixin(models.AbstractModel):
    """Quantities are added up within one unit only: kilograms and pieces together say nothing.

    A model has its unit in ``uom_id``, and names the quantities in ``_unit_summed``. Where a group holds several
    units, its sums are empty.
    """
    _name = 'coop.unit.sum.mixin'
    _description = "Quantities in Units"

    _unit_summed: frozenset[str] = frozenset()

    def _read_group_select(self, aggregate_spec, query):
        select = super()._read_group_select(aggregate_spec, query)
        name, _separator, function = aggregate_spec.partition(':')
        if name not in self._unit_summed or function != 'sum':
            return select
        unit = self._field_to_sql(self._table, 'uom_id', query)
        return SQL("CASE WHEN MIN(%(unit)s) = MAX(%(unit)s) THEN %(sum)s END", unit=unit, sum=select)
