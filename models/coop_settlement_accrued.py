from odoo import models
from odoo.tools import format_date


class CoopSettlement(models.Model):
    """Settling on a day whose commission is accrued already."""
    _inherit = 'coop.settlement'

    # === ACTIONS === #

    def action_post(self):
        """Warn where the commission stands in the books twice on the day: settled, and accrued before that."""
        res = super().action_post()
        return self._warn_of_accruals() or res

    # === BUSINESS METHODS === #

    def _warn_of_accruals(self):
        """Note on settlements of days that are accrued what to do, and return it as a notification; else None."""
        # sudo: whether the day is accrued, for whoever settles
        groups = self.env['coop.commission.accrual.line'].sudo()._read_group([
            ('membership_id', 'in', self.membership_id.ids), ('date', 'in', self.mapped('date')),
            ('state', '=', 'posted'),
        ], ['membership_id', 'accrual_id'], ['amount_commission:sum'])
        accrued = {}
        for membership, accrual, amount in groups:
            key = membership.id, accrual.date
            accrued[key] = accrued.get(key, 0.0) + amount
        twice = self.filtered(lambda settlement: not settlement.currency_id.is_zero(
            accrued.get((settlement.membership_id.id, settlement.date), 0.0),
        ))
        for settlement in twice:
            settlement.message_post(body=settlement._get_accrued_message())
        if not twice:
            return None
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'warning', 'sticky': True, 'title': self.env._("Accrue That Day Again"),
                'message': twice[0]._get_accrued_message(), 'next': {'type': 'ir.actions.act_window_close'},
            },
        }

    def _get_accrued_message(self):
        self.ensure_one()
        return self.env._(
            "The commission of %(date)s was accrued already and stands twice in the books of that day now. Accrue that"
            " day again: the accrual takes the difference back.", date=format_date(self.env, self.date),
        )
