from odoo import fields, models
from odoo.exceptions import UserError


class CoopPoolShareWithdraw(models.TransientModel):
    """Asks why shares are withdrawn between the order and the distribution."""
    _name = 'coop.pool.share.withdraw'
    _inherit = ['coop.once.mixin']
    _description = "Withdraw Shares"

    allocation_ids = fields.Many2many(
        comodel_name='coop.pool.allocation', string="Shares", required=True, readonly=True,
    )
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Withdraw the shares; the others' shares follow.

        :raises UserError: as for ``coop.pool.allocation._withdraw``, and when the same window is used twice.
        """
        self.ensure_one()
        if not self.reason.strip():
            raise UserError(self.env._("Say why."))
        self._confirm_once(self.allocation_ids.pool_id)
        self.allocation_ids._withdraw(self.reason.strip())
        return {'type': 'ir.actions.act_window_close'}
