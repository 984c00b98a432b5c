from odoo import fields, models


class CoopShuAllocationShare(models.Model):
    """Shares of several years side by side."""
    _inherit = 'coop.shu.allocation.share'

    date_to = fields.Date(related='allocation_id.date_to', string="Period", store=True, index=True)
    state = fields.Selection(related='allocation_id.state', store=True, index=True)
