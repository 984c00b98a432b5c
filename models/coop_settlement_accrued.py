from odoo import models
from odoo.tools import format_date


class CoopSettlement(models.Model):
    """Settling for days of a period whose commission is accrued already."""
    _inherit = 'coop.settlement'

    # === ACTIONS === #

    def action_post(self):
        """Warn where the commission stands in the books twice: settled, and accrued before that."""
        res = super().action_post()
        return self._warn_of_accruals() or res

    # === BUSINESS METHODS === #

    def _post_checked(self):
        res = super()._post_checked()
        for settlement, day in self._get_accrued_days().items():
            settlement.message_post(body=settlement._get_accrued_message(day))
        return res

    def _get_accrued_days(self):
        """Return ``{settlement: day on which commission of the member is accrued although it is settled by then}``."""
        if not self:
            return {}
        # sudo: whether the day is accrued, for whoever settles
        groups = self.env['coop.commission.accrual.line'].sudo()._read_group([
            ('membership_id', 'in', self.membership_id.ids), ('date', '>=', min(self.mapped('date'))),
            ('state', '=', 'posted'),
        ], ['membership_id', 'date:day'], ['amount_commission:sum'], order='date:day')
        days = {}
        for settlement in self:
            for membership, day, amount in groups:
                # the sum of a day that was accrued again after an earlier settlement is what still stands
                is_own = membership.id == settlement.membership_id.id and day >= settlement.date
                if is_own and not settlement.currency_id.is_zero(amount):
                    days.setdefault(settlement, day)
        return days

    def _warn_of_accruals(self):
        """Return a notification of what to do for days that are accrued; else None."""
        for settlement, day in self._get_accrued_days().items():
            return {
                'type': 'ir.actions.client',
                'tag': 'display_notification',
                'params': {
                    'type': 'warning', 'sticky': True, 'title': self.env._("Accrue That Day Again"),
                    'message': settlement._get_accrued_message(day), 'next': {'type': 'ir.actions.act_window_close'},
                },
            }
        return None

    def _get_accrued_message(self, day):
        self.ensure_one()
        return self.env._(
            "The commission of %(date)s was accrued already and stands twice in the books of that day now. Accrue that"
            " day again: the accrual takes the difference back.", date=format_date(self.env, day),
        )
