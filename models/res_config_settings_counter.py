from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    coop_counter_paper = fields.Selection(related='company_id.coop_counter_paper', readonly=False)
