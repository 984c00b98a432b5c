from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.models import coop_pool_allocation as allocation
from odoo.addons.producer_cooperative.models.coop_pool import MONEY_GROUPS
from odoo.addons.producer_cooperative.models.coop_pool_order_mixin import POOL_TOKEN
from odoo.addons.producer_cooperative.tools.pooling import part_of
from odoo.addons.producer_cooperative.tools.units import to_decimal


class CoopPoolAllocation(models.Model):
    """A share after the distribution: what was delivered of it, what is taken back, which variance it bears."""
    _inherit = 'coop.pool.allocation'

    adjustment_amount = fields.Monetary(
        string="Variance Passed On", readonly=True, groups=f'{MONEY_GROUPS},base.group_portal',
    )
    quantity_collected = fields.Float(
        string="Collected", digits='Product Unit', compute='_compute_quantity_collected', compute_sudo=True,
        help="What the member was handed out, less what came back.",
    )
    quantity_waiting = fields.Float(
        string="To Collect", digits='Product Unit', compute='_compute_quantity_collected', compute_sudo=True,
    )

    # === COMPUTE METHODS === #

    @api.depends('quantity', 'charge_id.order_id.order_line.qty_delivered')
    def _compute_quantity_collected(self):
        # sudo (compute_sudo): quantities of the pool's own orders, for warehouse staff who hand them out
        for share in self:
            order_line = share.charge_id.order_id.order_line.filtered(
                lambda line, share=share: line.product_id == share.product_id and not line.display_type,
            )
            share.quantity_collected = sum(order_line.mapped('qty_delivered'))
            waiting = share.quantity - share.quantity_collected if share.charge_id else 0.0
            share.quantity_waiting = share.uom_id.round(max(waiting, 0.0)) if share.uom_id else waiting

    # === ACTIONS === #

    def action_withdraw(self):
        """Ask why these shares are withdrawn or refused."""
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Withdraw"), 'res_model': 'coop.pool.share.withdraw',
            'view_mode': 'form', 'target': 'new', 'context': {'default_allocation_ids': self.ids},
        }

    # === BUSINESS METHODS === #

    def _withdraw(self, reason):
        """Take shares out of a round that is ordered or received; the goods go to the others by the round's rule.

        What nobody takes stays in the cooperative's stock.

        :param str reason: why, for the auditors.
        :raises UserError: when the round is not ordered yet, or distributed already.
        """
        pools = self.pool_id
        pools.check_access('write')
        pools._queue_up()
        for pool in pools:
            if pool.state in ('distributed', 'done'):
                raise UserError(self.env._(
                    "%s has been distributed: goods that a member does not take are recorded as not collected.",
                    pool.display_name,
                ))
        for share in self:
            share._check_may_be_changed()
            share.request_id._withdraw_late(reason)
            share.sudo().is_manual = False  # sudo: the share goes back to the rule, which gives it nothing
        pools._reallocate()

    def _as_pool(self):
        """Return these shares for the pool that corrects them after the distribution."""
        return self.with_context(coop_pool_token=POOL_TOKEN)

    def _write_by_hand(self, vals):
        if self.env.context.get('coop_pool_token') is POOL_TOKEN:
            # Past what is asked of a change by hand, and past the lots, which deliveries took already.
            # Called by write. pylint: disable-next=super-method-mismatch
            return super(allocation.CoopPoolAllocation, self).write(vals)
        return super()._write_by_hand(vals)

    def _check_can_be_taken_back(self, charge, quantity):
        """Refuse to take back what is not the member's, or was handed out and did not come back.

        :raises UserError: naming the product and how much can be taken back.
        """
        self.ensure_one()
        if self.charge_id != charge:
            raise UserError(self.env._(
                "%(product)s is not on the charge of %(member)s.", product=self.product_id.display_name,
                member=charge.membership_id.display_name,
            ))
        self._check_handed_out(quantity)
        if quantity < 0 or self.uom_id.compare(quantity, self.quantity_waiting) > 0:
            raise UserError(self.env._(
                "%(member)s has %(waiting)s %(unit)s of %(product)s still to collect; not more than that is taken back."
                " What was handed out already is returned through the delivery first.",
                member=self.membership_id.display_name, waiting=self.line_id._format(self.quantity_waiting),
                unit=self.uom_id.name, product=self.product_id.display_name,
            ))

    def _prepare_take_back_values(self, quantity):
        """Return the row of a correction that takes a quantity back, with the variance that was passed on for it."""
        self.ensure_one()
        left = self.uom_id.round(self.quantity - quantity)
        pool = self.pool_id
        adjustment = part_of(
            pool._to_units(self.adjustment_amount), to_decimal(quantity), to_decimal(self.quantity),
        )
        return {
            'allocation_id': self.id,
            'quantity': -quantity,
            'price_unit': self.price_unit,
            'amount': self.currency_id.round(self.price_unit * left) - self.amount,
            'adjustment_amount': -float(pool._from_units(adjustment)),
        }
