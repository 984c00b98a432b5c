from odoo import api, fields, models
from odoo.exceptions import UserError


class CoopPoolExtend(models.TransientModel):
    """Asks until when an open pool takes requests, and why its deadline moves."""
    _name = 'coop.pool.extend'
    _description = "Extend a Pooled Purchase"

    pool_id = fields.Many2one(comodel_name='coop.pool', required=True, readonly=True, ondelete='cascade')
    date_before = fields.Datetime(related='pool_id.date_cutoff', string="Until Now")
    date_cutoff = fields.Datetime(
        string="New Deadline", required=True, compute='_compute_date_cutoff', store=True, readonly=False,
        precompute=True,
    )
    reason = fields.Char(required=True)

    @api.depends('pool_id')
    def _compute_date_cutoff(self):
        for wizard in self:
            wizard.date_cutoff = wizard.pool_id._get_extended_cutoff() if wizard.pool_id else False

    def action_confirm(self):
        """Move the deadline."""
        self.ensure_one()
        if not self.reason.strip():
            raise UserError(self.env._("Say why the deadline moves; the members see it."))
        self.pool_id._extend(self.date_cutoff, self.reason.strip())
        return {'type': 'ir.actions.act_window_close'}
