from odoo import http
from odoo.http import request

from odoo.addons.producer_cooperative.controllers.portal import CooperativePortal
from odoo.addons.producer_cooperative.models.coop_shu_allocation import BOOKED_STATES


class CooperativeShuPortal(CooperativePortal):
    """A member's SHU of all years. Record rules show portal users their own parts once they are booked."""

    def _get_own_shu_domain(self):
        partner = request.env.user.partner_id.commercial_partner_id
        return [('partner_id', '=', partner.id), ('state', 'in', BOOKED_STATES)]

    def _prepare_membership_values(self, memberships):
        lines = request.env['coop.shu.member.line'].search(self._get_own_shu_domain())
        return {
            **super()._prepare_membership_values(memberships),
            'shu_by_membership': lines.grouped('membership_id'),
        }

    @http.route('/my/shu', type='http', auth='user', website=True, readonly=True)
    def portal_my_shu(self, **kwargs):
        """Show the SHU of every year with what it follows from; the same number of queries for any number of years."""
        lines = request.env['coop.shu.member.line'].search(self._get_own_shu_domain())
        return self._render_page('portal_my_shu', 'coop_shu', {
            'lines': lines,
            # sudo: the number of the allocation that the own part belongs to
            'numbers': {line: line.sudo().allocation_id.display_name for line in lines},
        })
