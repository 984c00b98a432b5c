from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    coop_deadline_days = fields.Integer(related='company_id.coop_deadline_days', readonly=False)
