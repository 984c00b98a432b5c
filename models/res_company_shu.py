from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    coop_shu_four_eyes = fields.Boolean(
        string="SHU Needs Two People", default=True, tracking=True,
        help="Whoever computed an SHU allocation cannot approve it. Switching this off is kept in the company's"
             " history.",
    )
