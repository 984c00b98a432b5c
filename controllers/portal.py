from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal


class CooperativePortal(CustomerPortal):
    """A member's own page. Record rules show portal users their own memberships and nobody else's."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if 'coop_membership_count' in counters:
            Membership = request.env['coop.membership']
            values['coop_membership_count'] = (
                Membership.search_count(self._get_own_memberships_domain()) if Membership.has_access('read') else 0
            )
        return values

    def _get_own_memberships_domain(self):
        return [('partner_id', '=', request.env.user.partner_id.commercial_partner_id.id)]

    @http.route('/my/membership', type='http', auth='user', website=True, readonly=True)
    def portal_my_membership(self, **kwargs):
        """Show the memberships of the user's commercial partner with their savings."""
        memberships = request.env['coop.membership'].search(self._get_own_memberships_domain())
        return request.render('producer_cooperative.portal_my_membership', {
            **self._prepare_portal_layout_values(),
            **self._prepare_membership_values(memberships),
        })

    def _prepare_membership_values(self, memberships):
        """Return what the page shows; for a room to show more, it must override this method."""
        return {
            'page_name': 'coop_membership',
            'memberships': memberships,
            'balances': memberships._get_savings_balances(),
        }
