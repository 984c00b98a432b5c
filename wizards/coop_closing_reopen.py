from odoo import fields, models
from odoo.exceptions import UserError


class CoopClosingReopen(models.TransientModel):
    """Asks why, before a closed period is opened again."""
    _name = 'coop.closing.reopen'
    _description = "Reopen a Period"

    closing_id = fields.Many2one(comodel_name='coop.closing', required=True, readonly=True, ondelete='cascade')
    date_to = fields.Date(related='closing_id.date_to')
    lock_before = fields.Date(related='closing_id.lock_before')
    reason = fields.Char(required=True)

    # === ACTIONS === #

    def action_confirm(self):
        """Open the period again.

        :raises UserError: without a reason, and for whatever :meth:`CoopClosing._cancel_with_reason` refuses.
        """
        self.ensure_one()
        if not self.reason.strip():
            raise UserError(self.env._("Say why %s is opened again.", self.closing_id.display_name))
        self.closing_id.check_access('write')
        self.closing_id._cancel_with_reason(self.reason.strip())
        return {'type': 'ir.actions.act_window_close'}
