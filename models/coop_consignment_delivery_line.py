from odoo import fields, models

from odoo.addons.producer_cooperative.models.coop_consignment_delivery import HANDED_ON


class CoopConsignmentDeliveryLine(models.Model):
    """Goods of one member on a joint delivery."""
    _name = 'coop.consignment.delivery.line'
    _inherit = ['coop.kept.line.mixin', 'coop.weighing.mixin']
    _description = "Joint Delivery Line"
    _order = 'delivery_id, sequence, id'
    _check_company_auto = True
    _kept_by = 'delivery_id'

    delivery_id = fields.Many2one(
        comodel_name='coop.consignment.delivery', string="Joint Delivery", required=True, index=True,
        ondelete='cascade',
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(related='delivery_id.company_id', store=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    date = fields.Date(related='delivery_id.date', store=True)
    membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Member", required=True, index=True, check_company=True,
        ondelete='restrict', domain="[('state', '=', 'active')]",
    )
    partner_id = fields.Many2one(related='membership_id.partner_id', string="Owner", store=True, related_sudo=True)

    _weights_not_negative = models.Constraint(
        'CHECK (gross >= 0 AND tare >= 0 AND deduction >= 0 AND refused >= 0 AND sack_tare >= 0'
        ' AND first_weight >= 0 AND second_weight >= 0)',
        "Weights and deductions cannot be negative.",
    )
    _deduction_is_share = models.Constraint(
        'CHECK (deduction_rate >= 0 AND deduction_rate < 100)', "A deduction is at least 0 and less than 100 %.",
    )
    _prices_not_negative = models.Constraint(
        'CHECK (asking_price >= 0 AND net_price >= 0 AND price >= 0)', "Prices cannot be negative.",
    )

    # === BUSINESS METHODS === #

    def _prepare_slip_line_values(self):
        """Return the line of the member's intake slip, with everything as it was typed."""
        self.ensure_one()
        return {
            'sequence': self.sequence,
            **{name: self._fields[name].convert_to_write(self[name], self) for name in HANDED_ON},
        }
