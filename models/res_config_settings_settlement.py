from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    coop_consignment_basis = fields.Selection(
        related='company_id.coop_consignment_basis', readonly=False, required=True,
    )
    coop_commission_tax_id = fields.Many2one(related='company_id.coop_commission_tax_id', readonly=False)
    coop_commission_journal_id = fields.Many2one(related='company_id.coop_commission_journal_id', readonly=False)
    coop_settlement_minimum = fields.Monetary(
        related='company_id.coop_settlement_minimum', readonly=False, currency_field='currency_id',
    )
