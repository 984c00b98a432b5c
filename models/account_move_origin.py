from odoo import models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.models.account_move import OWNER_TOKEN


class AccountMove(models.Model):
    """Which invoice a credit note corrects decides by which terms it is settled: it stays as it was posted."""
    _inherit = 'account.move'

    # === CRUD METHODS === #

    def write(self, vals):
        is_owner = self.env.su or self.env.context.get('coop_owner_token') is OWNER_TOKEN
        if 'reversed_entry_id' in vals and not is_owner:
            for move in self.filtered(lambda move: move.state == 'posted' and move.company_id.coop_is_cooperative):
                if move.reversed_entry_id.id != (vals['reversed_entry_id'] or False):
                    raise UserError(self.env._(
                        "%s is posted: what it corrects is not rewritten. Make the credit note from the invoice that"
                        " it is about.", move.display_name,
                    ))
        return super().write(vals)
