from __future__ import annotations

from odoo import fields, models
from odoo.tools import format_amount

from odoo.addons.producer_cooperative.models.coop_shu_allocation import BOOKED_STATES, OPEN_STATES
from odoo.addons.producer_cooperative.tools.obstacle import Obstacle

#: How many years back losses are looked for that nobody decided on.
EARLIER_YEARS = 5


class CoopShuAllocation(models.Model):
    """Losses of earlier years that no meeting decided on: nothing covers them before they are booked."""
    _inherit = 'coop.shu.allocation'

    earlier_losses = fields.Text(
        string="Losses Not Dealt With", compute='_compute_earlier_losses',
        help="Years before this one that ended with a loss and have no posted SHU allocation.",
    )

    # === COMPUTE METHODS === #

    def _compute_earlier_losses(self):
        for allocation in self:
            shown = allocation.state in OPEN_STATES and allocation.date_from and allocation.company_id
            allocation.earlier_losses = shown and "\n".join(map(str, allocation._get_earlier_loss_advice())) or False

    # === BUSINESS METHODS === #

    def _get_advice(self):
        return [*self._get_left_over_advice(), *self._get_earlier_loss_advice(), *super()._get_advice()]

    def _get_left_over_advice(self):
        """Say what earlier years left on the SHU account: not distributed yet, or closed there a second time."""
        self.ensure_one()
        account = self.company_id._find_coop_account('shu')
        # sudo: the sum of one account, for managers without access to journal items
        [(balance,)] = self.env['account.move.line'].sudo()._read_group([
            ('parent_state', '=', 'posted'), ('company_id', '=', self.company_id.id), ('account_id', '=', account.id),
            ('date', '<=', self.date_to), ('move_id', 'not in', self._get_closing_moves().ids),
            ('move_id', 'not in', self._get_entries().ids),
        ], [], ['balance:sum'])
        left = self.currency_id.round(-(balance or 0.0))
        if not account or self.currency_id.is_zero(left):
            return []
        return [Obstacle(
            self.env._(
                "%(amount)s of earlier years stands on %(account)s and is distributed to nobody. Either an allocation"
                " is not posted yet, or a year was closed to it by hand that its allocation had carried over: take"
                " that entry back.", amount=format_amount(self.env, left, self.currency_id),
                account=account.display_name,
            ),
            'account.move.line', [
                ('account_id', '=', account.id), ('date', '<=', self.date_to), ('parent_state', '=', 'posted'),
                ('company_id', '=', self.company_id.id),
            ], blocking=False,
        )]

    def _get_earlier_loss_advice(self):
        self.ensure_one()
        return [Obstacle(
            self.env._(
                "%(year)s ended with a loss of %(amount)s that no SHU allocation has dealt with. Compute and post one"
                " for that year first: until then, no surplus covers that loss.",
                year=self._get_label_of(first, last),
                amount=format_amount(self.env, amount, self.currency_id),
            ),
            'coop.shu.allocation', [('date_from', '<=', last), ('date_to', '>=', first)],
            {'date_from': first, 'date_to': last}, action='coop_shu_allocation_action', blocking=False,
        ) for first, last, amount in self._get_earlier_losses()]

    def _get_earlier_losses(self):
        """Return ``[(first day, last day, loss above zero)]`` of the fiscal years before that nobody decided on.

        The latest one comes first. What an accountant closed to past profit is a loss still: the entry is left out.
        """
        self.ensure_one()
        losses, last = [], fields.Date.subtract(self.date_from, days=1)
        for _year in range(EARLIER_YEARS):
            first = self.company_id.compute_fiscalyear_dates(last)['date_from']
            amount = self.currency_id.round(sum(self._get_amounts_of(first, last).values()))
            if self.currency_id.compare_amounts(amount, 0.0) < 0 and not self._is_period_booked(first, last):
                losses.append((first, last, -amount))
            last = fields.Date.subtract(first, days=1)
        return losses

    def _is_period_booked(self, date_from, date_to):
        """Return whether a posted allocation of the company covers some of these days."""
        self.ensure_one()
        return bool(self.search_count([
            ('company_id', '=', self.company_id.id), ('state', 'in', BOOKED_STATES), ('date_from', '<=', date_to),
            ('date_to', '>=', date_from),
        ], limit=1))
