from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.models.account_move import OWNER_TOKEN

#: What chooses the terms that a line of consigned goods is settled by.
TERMS_FIELDS = {'coop_categ_id', 'coop_corrected_line_id'}


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

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su or self.env.context.get('coop_correction_token') is OWNER_TOKEN:
            return super().create(vals_list)
        # Not refused but dropped: duplicates bring them along. Credit notes keep them as on the invoice.
        context = {
            key: value for key, value in self.env.context.items() if key.removeprefix('default_') not in TERMS_FIELDS
        }
        guarded = self.with_context(context)  # pylint: disable=context-overridden; keys have to go
        return super(AccountMoveLine, guarded).create([self._coop_drop_forged(vals) for vals in vals_list])

    def write(self, vals):
        is_chosen = 'coop_categ_id' in vals and not self.env.su
        if is_chosen and any(line.coop_categ_id.id != (vals['coop_categ_id'] or False) for line in self):
            raise UserError(self.env._("By which terms goods are settled is decided by their product, not by hand."))
        if 'coop_corrected_line_id' in vals and not self.env.su:
            raise UserError(self.env._("Prices are corrected with “Correct Prices” on the invoice."))
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _coop_drop_forged(self, vals):
        """Return ``vals`` without what chooses the terms, unless the line takes it over from the invoice reversed."""
        if not TERMS_FIELDS & vals.keys():
            return vals
        # sudo: the lines of the invoice that is being reversed, only compared
        reversed_lines = self.env['account.move'].sudo().browse(vals.get('move_id')).reversed_entry_id.invoice_line_ids
        return {
            name: value for name, value in vals.items() if name not in TERMS_FIELDS or any(
                line.product_id.id == vals.get('product_id') and line[name].id == (value or False)
                for line in reversed_lines
            )
        }

    def _coop_get_corrections(self):
        """Return the posted lines that correct the price of these ones."""
        return self.search([('coop_corrected_line_id', 'in', self.ids), ('parent_state', '=', 'posted')])
