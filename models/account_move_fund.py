from odoo import models


class AccountMove(models.Model):
    """Keeps the funds above zero, whoever books on their accounts."""
    _inherit = 'account.move'

    # === BUSINESS METHODS === #

    def _post(self, soft=True):
        taken = self._coop_queue_up_at_funds(1)
        posted = super()._post(soft=soft)
        for fund, date in taken.items():
            fund._check_not_below_zero(date)
        return posted

    def button_draft(self):
        posted = self.filtered(lambda move: move.state == 'posted')
        brought = posted._coop_queue_up_at_funds(-1)
        res = super().button_draft()
        for fund, date in brought.items():
            fund._check_not_below_zero(date)
        return res

    def _coop_queue_up_at_funds(self, side):
        """Queue up at the funds that these entries change, and return them as ``coop.fund._get_touched`` does."""
        touched = self.env['coop.fund']._get_touched(self, side)
        self.env['coop.fund'].sudo().union(*touched)._queue_up()  # sudo: only to queue up
        return touched
