from decimal import Decimal

from odoo import api, fields, models

from odoo.addons.producer_cooperative.models.coop_pool import MONEY_GROUPS
from odoo.addons.producer_cooperative.tools.price_steps import next_step, price_at
from odoo.addons.producer_cooperative.tools.units import to_decimal


class CoopPoolLine(models.Model):
    """What an open pool shows of a product at a glance."""
    _inherit = 'coop.pool.line'

    amount_committed = fields.Monetary(
        string="Committed", compute='_compute_committed', compute_sudo=True, groups=MONEY_GROUPS,
        help="What is asked for, at the best vendor price for the sum; before the first price step, at that step's.",
    )
    missing_to_step = fields.Float(
        string="Missing to Next Step", digits='Product Unit', compute='_compute_committed', compute_sudo=True,
        groups=MONEY_GROUPS, help="How much more must be asked for until the next price step is reached.",
    )
    step_progress = fields.Float(
        string="To the Next Step (%)", compute='_compute_committed', compute_sudo=True, groups=MONEY_GROUPS,
        help="What is asked for, of what the next price step needs. 100 at the last step.",
    )
    member_count = fields.Integer(string="Members", compute='_compute_member_count', compute_sudo=True)

    # === COMPUTE METHODS === #

    @api.depends('quantity_requested', 'price_current', 'next_step_quantity', 'next_step_price')
    def _compute_committed(self):
        # sudo (compute_sudo): the vendors' price lists, for the roles that may see prices
        for line in self:
            asked, step = line.quantity_requested, line.next_step_quantity
            line.amount_committed = (line.price_current or (asked and line.next_step_price)) * asked
            line.missing_to_step = line._round(max(step - asked, 0.0)) if step else 0.0
            line.step_progress = 100.0 * asked / step if step else (100.0 if line.price_current else 0.0)

    @api.depends('request_ids.quantity', 'request_ids.tolerance')
    def _compute_member_count(self):
        # sudo (compute_sudo): only how many take part, for members who see their own requests
        counts = dict(self.env['coop.pool.request']._read_group(
            [('line_id', 'in', self._origin.ids), '|', ('quantity', '>', 0), ('tolerance', '>', 0)],
            ['line_id'], ['__count'],
        ))
        for line in self:
            line.member_count = counts.get(line._origin, 0)

    # === BUSINESS METHODS === #

    def _get_estimated_price(self, quantity):
        """Return the best vendor price per unit when ``quantity`` is bought; before the first step, that step's.

        In company currency, not rounded; 0 where no vendor has a price today.
        """
        self.ensure_one()
        steps = self.sudo()._get_price_steps()  # sudo: prices decide on limits, also for those who may not read them
        if any(step.minimum <= to_decimal(quantity) for step in steps):
            return float(price_at(steps, quantity))
        first = next_step(steps, quantity)
        return float(first.price if first else Decimal(0))
