from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    coop_shu_four_eyes = fields.Boolean(related='company_id.coop_shu_four_eyes', readonly=False)
