from odoo import api, fields, models


class AccountMoveLine(models.Model):
    """What the terms of consigned goods are chosen by, as it was when they were invoiced."""
    _inherit = 'account.move.line'

    coop_categ_id = fields.Many2one(
        comodel_name='product.category', string="Category When Invoiced", compute='_compute_coop_categ_id', store=True,
        precompute=True, readonly=False, copy=True, export_string_translation=False,
    )
    coop_is_price_correction = fields.Boolean(
        string="Price Correction", readonly=True, copy=False,
        help="Changes the price of goods that were invoiced before; the quantity is not invoiced or taken back again.",
    )

    # === COMPUTE METHODS === #

    @api.depends('product_id')
    def _compute_coop_categ_id(self):
        """Keep the category that consigned goods were in; a product that moves elsewhere later changes no terms."""
        for line in self:
            product = line.product_id
            line.coop_categ_id = product.categ_id if product.coop_consigned else False
