from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    coop_rounding_unit = fields.Float(related='company_id.coop_rounding_unit', readonly=False)
    coop_backdate_days = fields.Integer(related='company_id.coop_backdate_days', readonly=False)
    coop_reminder_days = fields.Integer(related='company_id.coop_reminder_days', readonly=False)
