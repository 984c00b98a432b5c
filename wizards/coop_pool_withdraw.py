from odoo import fields, models
from odoo.exceptions import UserError


class CoopPoolWithdraw(models.TransientModel):
    """Asks why requests are withdrawn after the closing."""
    _name = 'coop.pool.withdraw'
    _description = "Withdraw Requests"

    request_ids = fields.Many2many(comodel_name='coop.pool.request', required=True, readonly=True, string="Requests")
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Withdraw the requests; the others' shares follow.

        :raises UserError: as for ``coop.pool.request._withdraw``.
        """
        self.ensure_one()
        if not self.reason.strip():
            raise UserError(self.env._("Say why."))
        self.request_ids._withdraw(self.reason.strip())
        return {'type': 'ir.actions.act_window_close'}
