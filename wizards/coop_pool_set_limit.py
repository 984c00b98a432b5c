from odoo import fields, models
from odoo.exceptions import UserError


class CoopPoolSetLimit(models.TransientModel):
    """Asks for one member's own limit in a pool, and why it differs."""
    _name = 'coop.pool.set.limit'
    _description = "Limit of a Member"

    member_id = fields.Many2one(comodel_name='coop.pool.member', required=True, readonly=True, ondelete='cascade')
    currency_id = fields.Many2one(related='member_id.currency_id')
    limit_value = fields.Monetary(string="Own Limit", help="Zero: the limit of the round.")
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Set the limit."""
        self.ensure_one()
        if self.currency_id.compare_amounts(self.limit_value, 0.0) < 0:
            raise UserError(self.env._("A limit cannot be negative."))
        if not self.reason.strip():
            raise UserError(self.env._("Say why this member has another limit."))
        self.member_id._set_limit(self.limit_value, self.reason.strip())
        return {'type': 'ir.actions.act_window_close'}
