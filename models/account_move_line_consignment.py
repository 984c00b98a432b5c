from odoo import api, fields, models
from odoo.exceptions import UserError


class AccountMoveLine(models.Model):
    """What the terms of consigned goods are chosen by, as it was when they were invoiced."""
    _inherit = 'account.move.line'

    coop_categ_id = fields.Many2one(
        comodel_name='product.category', string="Category When Invoiced", compute='_compute_coop_categ_id', store=True,
        precompute=True, readonly=False, copy=True, export_string_translation=False,
    )
    coop_corrected_line_id = fields.Many2one(
        comodel_name='account.move.line', string="Corrects the Price Of", readonly=True, index='btree_not_null',
        ondelete='restrict', check_company=True,
        help="Changes the price of goods that were invoiced before; the quantity is not invoiced or taken back again.",
    )

    # === COMPUTE METHODS === #

    @api.depends('product_id')
    def _compute_coop_categ_id(self):
        """Keep the category that consigned goods were in; a product that moves elsewhere later changes no terms."""
        for line in self:
            product = line.product_id
            line.coop_categ_id = product.categ_id if product.coop_consigned else False

    # === CRUD METHODS === #

    def write(self, vals):
        if 'coop_corrected_line_id' in vals and not self.env.su:
            raise UserError(self.env._("Prices are corrected with “Correct Prices” on the invoice."))
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _coop_get_corrections(self):
        """Return the posted lines that correct the price of these ones."""
        return self.search([('coop_corrected_line_id', 'in', self.ids), ('parent_state', '=', 'posted')])
