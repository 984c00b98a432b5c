from odoo import fields, models
from odoo.exceptions import UserError


class CoopPoolHandOver(models.TransientModel):
    """Asks which member takes goods of a round that are left over."""
    _name = 'coop.pool.hand.over'
    _inherit = ['coop.once.mixin']
    _description = "Offer Goods Again"

    pool_id = fields.Many2one(comodel_name='coop.pool', required=True, readonly=True)
    company_id = fields.Many2one(related='pool_id.company_id')
    line_id = fields.Many2one(
        comodel_name='coop.pool.line', string="Product", required=True, domain="[('pool_id', '=', pool_id)]",
    )
    quantity_left = fields.Float(related='line_id.quantity_left')
    uom_id = fields.Many2one(related='line_id.uom_id')
    currency_id = fields.Many2one(related='pool_id.currency_id')
    price_charged = fields.Float(related='line_id.price_charged', string="Unit Price")
    membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Member", required=True,
        domain="[('state', '=', 'active'), ('company_id', '=', company_id)]",
    )
    quantity = fields.Float(digits='Product Unit', required=True)
    reason = fields.Char()

    def action_confirm(self):
        """Charge the member for the goods and order them.

        :raises UserError: as for ``coop.pool._offer_again``, and when the same window is used twice.
        """
        self.ensure_one()
        if self.line_id.pool_id != self.pool_id:
            raise UserError(self.env._(
                "%(pool)s does not offer %(product)s.",
                pool=self.pool_id.display_name, product=self.line_id.display_name,
            ))
        self._confirm_once(self.pool_id)
        reason = (self.reason or "").strip() or self.env._("Taken over from what was left")
        self.pool_id._offer_again(self.line_id, self.membership_id, self.quantity, reason)
        return {'type': 'ir.actions.act_window_close'}
