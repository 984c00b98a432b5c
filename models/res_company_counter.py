from odoo import fields, models

#: Papers that receipts of the counter are printed on.
PAPERS = [
    ('a4', "A4"), ('half', "Half Letter"), ('roll80', "Receipt Roll, 80 mm"), ('roll58', "Receipt Roll, 58 mm"),
]


class ResCompany(models.Model):
    """How the cooperative's counter prints."""
    _inherit = 'res.company'

    coop_counter_paper = fields.Selection(
        selection=PAPERS, string="Paper of Receipts", required=True, default='half',
        help="What a receipt of the counter is printed on, unless somebody chooses other paper.",
    )
