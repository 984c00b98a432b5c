from odoo import models

from odoo.addons.producer_cooperative.tools.obstacle import Obstacle


class ResCompany(models.Model):
    """Losses of members' goods that the cooperative bears and has not booked."""
    _inherit = 'res.company'

    # === BUSINESS METHODS - CLOSING === #

    def _coop_get_closing_obstacles(self, date_from, date_to):
        obstacles = super()._coop_get_closing_obstacles(date_from, date_to)
        # sudo: which write-offs are not booked, for whoever closes
        losses = self.env['coop.consignment.loss'].sudo().search([
            ('company_id', '=', self.id), ('state', '=', 'approved'),
            ('date', '>=', date_from), ('date', '<=', date_to),
        ])
        if losses:
            obstacles.append(Obstacle(self.env._(
                "Losses that the cooperative bears are not booked yet: %s.", ", ".join(losses.mapped('name')),
            ), 'coop.consignment.loss', [('id', 'in', losses.ids)], action='coop_consignment_loss_action'))
        return obstacles
