from odoo import fields, models
from odoo.exceptions import UserError


class CoopPoolOverrule(models.TransientModel):
    """Ask for another vendor or quantity than the proposed one, and why."""
    _name = 'coop.pool.overrule'
    _description = "Overrule the Proposal of a Pool"

    line_id = fields.Many2one(comodel_name='coop.pool.line', string="Product", required=True, readonly=True)
    explanation = fields.Text(related='line_id.explanation')
    uom_id = fields.Many2one(related='line_id.uom_id', string="Unit")
    proposed_vendor_id = fields.Many2one(related='line_id.proposed_vendor_id')
    proposed_quantity = fields.Float(related='line_id.proposed_quantity')
    vendor_id = fields.Many2one(comodel_name='res.partner', required=True)
    quantity = fields.Float(digits='Product Unit', required=True, help="In the product's unit.")
    reason = fields.Char(help="Kept with the pool, for the members' meeting and the supervisors.")

    # === ACTIONS === #

    def action_overrule(self):
        """Order this quantity from this vendor, as long as the proposal may be overruled.

        :raises UserError: without a reason or a price of that vendor, or when the user may not order that much.
        """
        self.ensure_one()
        line, reason = self.line_id, (self.reason or '').strip()
        if not reason and line._is_choice_of_its_own(self.vendor_id, self.quantity):
            raise UserError(self.env._(
                "Say why %s is not ordered as proposed: it is kept with the pool.", line.display_name,
            ))
        line.write({'vendor_id': self.vendor_id.id, 'quantity': self.quantity, 'overrule_reason': reason})
        if not line.uom_id.is_zero(self.quantity):
            line._check_can_be_ordered()
        return {'type': 'ir.actions.act_window_close'}
