from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.producer_cooperative.models.coop_weighing_mixin import MONEY_GROUPS


class CoopConsignmentLine(models.Model):
    """What is asked for the goods now, after the price reductions that the member consented to."""
    _inherit = 'coop.consignment.line'

    price_change_ids = fields.One2many(
        comodel_name='coop.consignment.reduction.line', inverse_name='consignment_line_id', string="Price Reductions",
        groups=MONEY_GROUPS,
    )
    price_now = fields.Monetary(
        string="Asking Price Now", compute='_compute_price_now', store=True, compute_sudo=True, groups=MONEY_GROUPS,
        help="What the member hopes for per unit, after the price reductions that the member consented to.",
    )

    # === COMPUTE METHODS === #

    @api.depends('asking_price', 'price_change_ids.state', 'price_change_ids.price', 'price_change_ids.date')
    def _compute_price_now(self):
        for line in self:
            changes = line.price_change_ids.filtered(lambda change: change.state == 'confirmed')
            last = changes.sorted(lambda change: (change.date, change.reduction_id.confirmed_on, change.id))[-1:]
            line.price_now = last.price if last else line.asking_price

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_price_not_forged(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_price_not_forged(vals)
        return super().write(vals)

    def _check_price_not_forged(self, vals):
        """Refuse a price now that was typed in: it comes from the slip and its price reductions.

        :raises AccessError: saying to write a price reduction.
        """
        if 'price_now' in vals and not self.env.su:
            raise AccessError(self.env._("The price that is asked changes by a price reduction only."))
