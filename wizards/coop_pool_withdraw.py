from odoo import fields, models
from odoo.exceptions import UserError


class CoopPoolWithdraw(models.TransientModel):
    """Asks why requests do not count any more."""
    _name = 'coop.pool.withdraw'
    _description = "Withdraw Requests"

    request_ids = fields.Many2many(comodel_name='coop.pool.request', required=True)
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Withdraw the requests."""
        self.ensure_one()
        if not self.reason.strip():
            raise UserError(self.env._("Say why the requests are withdrawn."))
        self.request_ids._withdraw(self.reason.strip())
        return {'type': 'ir.actions.act_window_close'}
