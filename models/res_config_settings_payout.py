from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    coop_cash_unit = fields.Float(related='company_id.coop_cash_unit', readonly=False)
    coop_set_off_early = fields.Boolean(related='company_id.coop_set_off_early', readonly=False)
    coop_transfer_format = fields.Selection(related='company_id.coop_transfer_format', readonly=False)
    coop_transfer_separator = fields.Selection(related='company_id.coop_transfer_separator', readonly=False)
