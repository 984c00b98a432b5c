from odoo import models


class AccountJournal(models.Model):
    _inherit = 'account.journal'

    # === BUSINESS METHODS - WHO === #

    def _coop_get_last_handovers(self):
        """Leave a practice drawer to its cashiers: who played a role while the company was filled holds nothing."""
        last = super()._coop_get_last_handovers()
        return {
            journal_id: handover for journal_id, handover in last.items()
            if handover.to_user_id.active or not handover.company_id.coop_is_practice
        }
