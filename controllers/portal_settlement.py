from odoo import http
from odoo.http import request

from odoo.addons.producer_cooperative.controllers.portal import ID, CooperativePortal


class CooperativeSettlementPortal(CooperativePortal):
    """The settlements of what was sold of a member's goods."""

    @http.route(
        ['/my/settlements', '/my/settlements/page/<int:page>'], type='http', auth='user', website=True, readonly=True,
    )
    def portal_my_settlements(self, page=1, year=None, **kwargs):
        """List the member's settlements, cancelled ones included."""
        Paper = request.env['coop.member.paper']
        return self._render_page('portal_my_settlements', 'coop_settlements', self._get_page(
            Paper._get_model('settlement'), Paper._get_domain('settlement'), '/my/settlements', page, year,
        ))

    @http.route(f'/my/settlements/<{ID}:settlement_id>', type='http', auth='user', website=True, readonly=True)
    def portal_my_settlement(self, settlement_id, **kwargs):
        """Show one settlement: what was sold, and every deduction by name."""
        settlement = request.env['coop.member.paper']._find('settlement', settlement_id)
        if not settlement:
            return self._refuse(request.env._(
                "This settlement is not among yours. Open it from the list of your settlements.",
            ), '/my/settlements')
        return self._render_page('portal_my_settlement', 'coop_settlements', {'settlement': settlement})
