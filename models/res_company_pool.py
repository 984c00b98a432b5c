from odoo import models

from odoo.addons.producer_cooperative.tools.obstacle import Obstacle


class ResCompany(models.Model):
    _inherit = 'res.company'

    # === BUSINESS METHODS - CLOSING === #

    def _coop_get_closing_obstacles(self, date_from, date_to):
        """Hold the closing up for deposits of cancelled rounds, and for drafts of the members' invoices."""
        obstacles = super()._coop_get_closing_obstacles(date_from, date_to)
        # sudo: names of the company's own rounds and drafts, for whoever closes the period
        deposits = self.env['coop.pool.deposit'].sudo().search([
            ('company_id', '=', self.id), ('state', '=', 'paid'), ('pool_id.state', '=', 'cancelled'),
            ('date', '<=', date_to),
        ])
        if deposits:
            obstacles.append(Obstacle(self.env._(
                "Members' deposits of cancelled rounds are to be paid back: %s.", ", ".join(deposits.mapped('name')),
            ), 'coop.pool.deposit', [('id', 'in', deposits.ids)], action='coop_pool_deposit_action'))
        drafts = self.env['account.move'].sudo().search([
            ('company_id', '=', self.id), ('state', '=', 'draft'), ('coop_pool_id', '!=', False),
            '|', ('invoice_date', '=', False), ('invoice_date', '<=', date_to),
        ])
        if drafts:
            pools = ", ".join(drafts.coop_pool_id.mapped('name'))
            obstacles.append(Obstacle(
                self.env._("Invoices and credit notes of pooled purchases are still drafts: %s.", pools),
                'account.move', [('id', 'in', drafts.ids)],
            ))
        return obstacles
