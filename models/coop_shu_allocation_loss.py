from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from odoo.addons.producer_cooperative.models.coop_shu_allocation import ACCOUNTANT, DECIDED_STATES, MANAGER


class CoopShuAllocation(models.Model):
    """How a loss is covered: the reserve first, the rest is carried forward; members' savings are not touched."""
    _inherit = 'coop.shu.allocation'

    loss_from_reserve = fields.Monetary(
        string="Drawn from the Reserve", compute='_compute_loss_from_reserve', inverse='_inverse_loss_from_reserve',
        readonly=False,
        help="How much of the loss the reserve covers. As much as there is, unless the meeting wants less.",
    )
    loss_carried = fields.Monetary(
        string="Carried to Later Years", compute='_compute_loss_from_reserve',
        help="Goes to the account of accumulated losses, for later years to cover.",
    )
    reserve_balance = fields.Monetary(string="In the Reserve Now", compute='_compute_reserve_balance')
    loss_set_by_id = fields.Many2one(
        comodel_name='res.users', string="Changed By", readonly=True, copy=False,
        help="Who wanted another amount drawn from the reserve than was proposed; somebody else approves that.",
    )

    # === COMPUTE METHODS === #

    @api.depends('is_loss', 'share_ids.amount', 'share_ids.kind')
    def _compute_loss_from_reserve(self):
        for allocation in self:
            shares = allocation.share_ids if allocation.is_loss else allocation.share_ids.browse()
            drawn = shares.filtered(lambda share: share.kind == 'reserve')
            allocation.loss_from_reserve = -sum(drawn.mapped('amount'))
            allocation.loss_carried = -sum((shares - drawn).mapped('amount'))

    @api.depends('is_loss', 'company_id', 'rule_id')
    def _compute_reserve_balance(self):
        for allocation in self:
            held = allocation._get_reserves_held() if allocation.is_loss else {}
            allocation.reserve_balance = sum(held.values())

    def _inverse_loss_from_reserve(self):
        """Draw as much as the meeting wants.

        :raises AccessError: for anybody but accountant and manager.
        :raises UserError: for more than there is in the reserve, or than was lost, and once the meeting decided.
        """
        for allocation in self:
            allocation._check_user_is(ACCOUNTANT, MANAGER)
            if allocation.state != 'computed' or not allocation.is_loss:
                raise UserError(self.env._("Only a loss that is computed and not decided on draws on the reserve."))
            drawn = allocation.currency_id.round(allocation.loss_from_reserve)
            before = -sum(allocation.share_ids.filtered(lambda share: share.kind == 'reserve').mapped('amount'))
            if not allocation.currency_id.compare_amounts(drawn, before):
                continue
            allocation._check_drawn(drawn)
            # sudo: the role and the amount were checked; the shares are nobody's to write
            allocation.sudo()._update_loss_shares(drawn)
            allocation.sudo().loss_set_by_id = self.env.user  # sudo: see above

    # === BUSINESS METHODS === #

    def _check_drawn(self, drawn):
        self.ensure_one()
        most = self._get_most_drawn()
        if self.currency_id.compare_amounts(drawn, 0.0) < 0 or self.currency_id.compare_amounts(drawn, most) > 0:
            raise UserError(self.env._(
                "Between 0 and %(most)s can be drawn from the reserve: it holds %(balance)s, and %(loss)s was lost.",
                most=format_amount(self.env, most, self.currency_id),
                balance=format_amount(self.env, self.reserve_balance, self.currency_id),
                loss=format_amount(self.env, -self.surplus, self.currency_id),
            ))

    def _get_most_drawn(self):
        """Return what the reserve can cover of the loss: no more than it holds, and nothing of an overdrawn one."""
        self.ensure_one()
        held = self.currency_id.round(sum(self._get_reserves_held().values()))
        return min(held, -self.surplus)

    def _get_reserves_held(self):
        """Return ``{account: what it holds}`` of the reserves that the rule fills, in their order; never below zero."""
        self.ensure_one()
        reserves = self.rule_id.share_ids.filtered(lambda share: share.kind == 'reserve').account_id
        return {
            account: max(self._get_account_balance(account), 0.0)
            for account in reserves or self.company_id._find_coop_account('reserve')
        }

    def _freeze_computation(self):
        super()._freeze_computation()
        if self.is_loss:
            self._check_loss_of_whole_year()

    def _check_loss_of_whole_year(self):
        """Refuse to cover the loss of a part of the fiscal year while the rest of the year may make up for it.

        A surplus may be shared for a part of the year. What is left of that year is a loss of its own afterwards.

        :raises UserError: naming the period to compute instead.
        """
        self.ensure_one()
        first, last = self._get_undecided_stretch()
        if self.date_from <= first and self.date_to >= last:
            return
        raise UserError(self.env._(
            "From %(start)s to %(end)s, %(loss)s was lost, but the rest of the fiscal year may make up for it: a loss"
            " is carried over, and drawn from the reserve, once for the year. Let the period last from %(first)s to"
            " %(last)s, and compute it when that is over.",
            start=format_date(self.env, self.date_from), end=format_date(self.env, self.date_to),
            loss=format_amount(self.env, -self.surplus, self.currency_id),
            first=format_date(self.env, min(first, self.date_from)),
            last=format_date(self.env, max(last, self.date_to)),
        ))

    def _get_undecided_stretch(self):
        """Return first and last day of what no other allocation shares of the fiscal years, next to this period."""
        self.ensure_one()
        first = self.company_id.compute_fiscalyear_dates(self.date_from)['date_from']
        last = self.company_id.compute_fiscalyear_dates(self.date_to)['date_to']
        decided = self.search([
            ('id', '!=', self.id), ('company_id', '=', self.company_id.id), ('state', 'in', DECIDED_STATES),
            ('date_to', '>=', first), ('date_from', '<=', last),
        ])
        before = decided.filtered(lambda other: other.date_to < self.date_from).mapped('date_to')
        after = decided.filtered(lambda other: other.date_from > self.date_to).mapped('date_from')
        return (
            max([first, *(fields.Date.add(day, days=1) for day in before)]),
            min([last, *(fields.Date.subtract(day, days=1) for day in after)]),
        )

    def _prepare_computation_values(self):
        return {**super()._prepare_computation_values(), 'loss_set_by_id': False}

    def _get_preparers(self):
        """Return also who changed what is drawn from the reserve."""
        return super()._get_preparers() | self.loss_set_by_id

    def _update_loss_shares(self, drawn):
        self.ensure_one()
        self.share_ids.unlink()
        Share = self.env['coop.shu.allocation.share']
        Share.create([{'allocation_id': self.id, **values} for values in self._prepare_loss_values(drawn)])
        self.invalidate_recordset(['share_ids'])

    def _prepare_loss_values(self, drawn=None):
        """Return how the loss is covered: from the reserve up to its balance, the rest is carried forward.

        :param drawn: what the reserve covers; as much as it can by default.
        """
        self.ensure_one()
        left = self._get_most_drawn() if drawn is None else drawn
        carried = self.currency_id.round(-self.surplus - left)
        values = []
        for account, held in self._get_reserves_held().items():
            part = min(held, left)
            left = self.currency_id.round(left - part)
            values.append({
                'kind': 'reserve', 'name': self.env._("Drawn from the Reserve"), 'amount': -part,
                'account_id': account.id,
            })
        values.append({
            'kind': 'loss', 'name': self.env._("Accumulated Loss"), 'amount': -carried,
            'account_id': self.company_id._get_coop_account('accumulated_loss').id,
        })
        return [line for line in values if not self.currency_id.is_zero(line['amount'])]
