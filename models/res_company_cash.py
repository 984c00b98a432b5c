from odoo import models
from odoo.fields import Domain

from odoo.addons.producer_cooperative.tools.obstacle import Obstacle


class ResCompany(models.Model):
    """What has to be done with the cash before a period is closed."""
    _inherit = 'res.company'

    # === BUSINESS METHODS - CLOSING === #

    def _coop_get_closing_obstacles(self, date_from, date_to):
        """Name counts that are not witnessed or approved, and hand-overs that wait."""
        obstacles = super()._coop_get_closing_obstacles(date_from, date_to)
        own = Domain('company_id', '=', self.id)
        # sudo: how many, for whoever closes the books
        counts, handovers = self.env['coop.cash.count'].sudo(), self.env['coop.cash.handover'].sudo()
        domain = own & Domain('state', 'in', ('draft', 'counted', 'witnessed')) & Domain('date', '<=', date_to)
        number = counts.search_count(domain)
        if number:
            obstacles.append(Obstacle(
                self.env._("%s cash counts are not finished: let them be signed, witnessed and approved.", number),
                'coop.cash.count', list(domain), action='coop_cash_count_action',
            ))
        domain = own & Domain('state', '=', 'offered')
        number = handovers.search_count(domain)
        if number:
            obstacles.append(Obstacle(
                self.env._("%s cash hand-overs wait for the receiver to confirm them.", number),
                'coop.cash.handover', list(domain), action='coop_cash_handover_action',
            ))
        return obstacles

    def _coop_get_closing_advice(self, date_from, date_to):
        """Return what is better done before the period is closed, and does not hold it up: drawers to be counted.

        :return: list of :class:`tools.obstacle.Obstacle`.
        """
        return super()._coop_get_closing_advice(date_from, date_to) + [
            Obstacle(
                self.env._("The cash of %s was not counted after its last entry of the period.", journal.display_name),
                'coop.cash.count', [('journal_id', '=', journal.id)], {'journal_id': journal.id},
                action='coop_cash_count_action', blocking=False, key=f'cash/{journal.id}',
            ) for journal in self._coop_get_uncounted_drawers(date_from, date_to)
        ]

    def _coop_get_uncounted_drawers(self, date_from, date_to):
        """Return the cash journals with entries in the period after which nobody has counted, as superuser."""
        self.ensure_one()
        drawers = self.env['account.journal'].sudo()  # sudo: which drawers there are, for whoever closes the books
        # sudo: see above
        days = self.env['coop.cash.day'].sudo().search([
            ('company_id', '=', self.id), ('date', '>=', date_from), ('date', '<=', date_to),
        ])
        for journal, of_journal in days.grouped('journal_id').items():
            booked = max((day.date for day in of_journal if day.movement_count), default=None)
            counted = max((day.date for day in of_journal if day.is_counted), default=None)
            if booked and (not counted or counted < booked):
                drawers |= journal
        return drawers
