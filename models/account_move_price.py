from odoo import api, fields, models


class AccountMove(models.Model):
    """Correcting the prices of members' goods on a posted invoice."""
    _inherit = 'account.move'

    coop_has_consigned_lines = fields.Boolean(
        compute='_compute_coop_has_consigned_lines', export_string_translation=False,
    )

    # === COMPUTE METHODS === #

    @api.depends('invoice_line_ids.product_id.coop_consigned')
    def _compute_coop_has_consigned_lines(self):
        for move in self:
            move.coop_has_consigned_lines = any(move.invoice_line_ids.mapped('product_id.coop_consigned'))

    # === ACTIONS === #

    def action_coop_correct_prices(self):
        """Ask for new prices of the goods that were sold for members."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Correct Prices"),
            'res_model': 'coop.price.correction',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_move_id': self.id},
        }
