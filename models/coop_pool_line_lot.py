from odoo import api, models
from odoo.exceptions import ValidationError

from odoo.addons.producer_cooperative.tools.lots import share_lots
from odoo.addons.producer_cooperative.tools.units import from_units, to_units


class CoopPoolLine(models.Model):
    """Lots of one product: shared out to the members in their order, the oldest first."""
    _inherit = 'coop.pool.line'

    # === CONSTRAINT METHODS === #

    @api.constrains('product_id', 'step')
    def _check_serials_are_whole(self):
        for line in self:
            if line.product_id.tracking == 'serial' and line.step % 1:
                raise ValidationError(self.env._(
                    "%s has serial numbers: it is handed out in whole units only.", line.display_name,
                ))

    # === BUSINESS METHODS === #

    def _share_lots(self, received):
        """Write which lot each share comes from.

        Members are served in the order of their requests where the pool's rule is that, otherwise by member number.
        What nobody gets stays in the newest lots.

        :param received: ``{line: {lot: quantity}}``, the oldest lot first.
        """
        tracked = self.filtered(lambda line: line.product_id.tracking != 'none')
        # sudo: worked out from shares and receipts, whoever receives the goods
        tracked.sudo().allocation_ids.lot_ids.unlink()
        digits = self.env['decimal.precision'].precision_get('Product Unit')
        unit = f'{10 ** -digits:.{digits}f}'
        values_list = []
        for line in tracked.sudo():
            lots = {lot: max(to_units(held, unit), 0) for lot, held in received[line].items() if lot}
            parts = {share: to_units(share.quantity, unit) for share in line._get_shares_in_order()}
            values_list += [
                {'allocation_id': share.id, 'lot_id': lot.id, 'quantity': float(from_units(count, unit))}
                for (share, lot), count in share_lots(parts, lots).items()
            ]
        self.env['coop.pool.allocation.lot'].sudo().create(values_list)

    def _get_shares_in_order(self):
        """Return the members' shares in the order in which they are served."""
        self.ensure_one()
        if self.pool_id.allocation_rule == 'in_order':
            return self.allocation_ids.sorted(lambda share: min(
                ((row.date, row.id) for row in share.request_id.row_ids if row.quantity or row.tolerance),
                default=(share.create_date, 0),
            ))
        return self.allocation_ids.sorted(lambda share: share.membership_id._get_rank())
