from odoo import models


class AccountMoveLine(models.Model):
    _inherit = 'account.move.line'

    def _compute_account_id(self):
        """Book what members owe, and what is owed to them, on the cooperative's own accounts where it says so."""
        super()._compute_account_id()
        for move, lines in self.filtered(lambda line: line.display_type == 'payment_term').grouped('move_id').items():
            account = move._coop_get_term_account()
            if account:
                lines.account_id = account
