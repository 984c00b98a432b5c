from odoo import api, fields, models


class CoopSavingsMovement(models.Model):
    """How a movement counts for a member's part by capital: the rows behind the number, which add up to it."""
    _inherit = 'coop.savings.movement'

    shu_days = fields.Integer(
        string="Days Held", compute='_compute_shu', aggregator=None,
        help="Days of the period for which the amount counts, while the partner was a member.",
    )
    shu_amount = fields.Float(
        string="Counts As", compute='_compute_shu', digits=(20, 2),
        help="Amount times days, where the rule averages; the amount by days of membership, where it counts those.",
    )

    # === COMPUTE METHODS === #

    @api.depends_context('coop_shu_rule', 'coop_shu_first', 'coop_shu_last')
    def _compute_shu(self):
        context = self.env.context
        rule = self.env['coop.shu.rule'].browse(context.get('coop_shu_rule') or [])
        first, last = (fields.Date.to_date(context.get(key)) for key in ('coop_shu_first', 'coop_shu_last'))
        if not (rule and first and last):
            self.shu_days = self.shu_amount = 0
            return
        for movement in self:
            movement.shu_days, movement.shu_amount = rule._count_capital_movement(movement, first, last)


class CoopShuRule(models.Model):
    """How capital counts, movement by movement."""
    _inherit = 'coop.shu.rule'

    # === BUSINESS METHODS === #

    def _count_capital_movement(self, movement, first, last):
        """Return ``(days, what counts)`` of one movement of savings in the period from ``first`` to ``last``."""
        self.ensure_one()
        membership, day_after = movement.membership_id, fields.Date.add(last, days=1)
        joined, left = membership.date_joined or first, membership.date_left or day_after
        if self.capital_base == 'average':
            held = (min(day_after, left) - max(movement.date, first, joined)).days
            return max(held, 0), movement.amount * max(held, 0)
        if not self._counts_days_of(membership, first, last):
            return (day_after - first).days, movement.amount
        start = max(first, joined) if self.joiners == 'prorata' else first
        end = min(day_after, left) if self.leavers == 'prorata' else day_after
        days = max((end - start).days, 0) if movement.date < end else 0
        return days, movement.amount * days / (day_after - first).days

    def _counts_days_of(self, membership, first, last):
        """Whether the closing balance counts for the days of membership only, because the member joined or left."""
        self.ensure_one()
        return self.capital_base == 'closing' and bool(
            self.joiners == 'prorata' and membership.date_joined and membership.date_joined > first
            or self.leavers == 'prorata' and membership.date_left and membership.date_left <= last,
        )
