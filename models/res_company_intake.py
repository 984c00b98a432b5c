from odoo import fields, models


class ResCompany(models.Model):
    """Whose goods the cooperative takes in."""
    _inherit = 'res.company'

    coop_buys_from_non_members = fields.Boolean(
        string="Buy Goods from Others",
        help="Intake slips may name somebody who is no member. Such goods are bought outright; only members leave goods"
             " for sale.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    coop_buys_from_non_members = fields.Boolean(related='company_id.coop_buys_from_non_members', readonly=False)
