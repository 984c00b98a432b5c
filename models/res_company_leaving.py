from odoo import models

from odoo.addons.producer_cooperative.tools.obstacle import Obstacle


class ResCompany(models.Model):
    _inherit = 'res.company'

    def _coop_get_closing_obstacles(self, date_from, date_to):
        """Name the members who left and whose savings are still to be returned in the books."""
        obstacles = super()._coop_get_closing_obstacles(date_from, date_to)
        # sudo: whoever closes the period has to know of all of them
        leavings = self.env['coop.leaving'].sudo().search([
            ('company_id', '=', self.id), ('state', '=', 'approved'), ('date', '<=', date_to),
        ])
        if leavings:
            obstacles.append(Obstacle(self.env._(
                "Approved leavings that are not booked yet: %s", ", ".join(leavings.mapped('display_name')),
            ), 'coop.leaving', [('id', 'in', leavings.ids)], action='coop_leaving_action'))
        return obstacles
