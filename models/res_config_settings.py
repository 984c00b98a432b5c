from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    coop_is_cooperative = fields.Boolean(related='company_id.coop_is_cooperative', readonly=False)
    coop_vat_status = fields.Selection(related='company_id.coop_vat_status', readonly=False)
    coop_settlement_journal_id = fields.Many2one(related='company_id.coop_settlement_journal_id', readonly=False)
    coop_journal_id = fields.Many2one(related='company_id.coop_journal_id', readonly=False)
