from odoo import fields, http
from odoo.http import request

from odoo.addons.producer_cooperative.controllers.portal import CooperativePortal


class CooperativeGoodsPortal(CooperativePortal):
    """A member's own goods: what is in the warehouse, what was sold, and every slip."""

    @http.route(['/my/goods', '/my/goods/page/<int:page>'], type='http', auth='user', website=True, readonly=True)
    def portal_my_goods(self, page=1, year=None, membership=None, **kwargs):
        """Show the goods by product as of today, what is not sold by receipt, and the slips."""
        values = self._choose_membership(membership)
        own = values['membership']
        Paper = request.env['coop.member.paper']
        values |= self._get_page(
            Paper._get_model('intake'), [*Paper._get_domain('intake'), ('company_id', '=', own.company_id.id)],
            '/my/goods', page, year, membership=own.id,
        )
        return self._render_page('portal_my_goods', 'coop_goods', {
            **values,
            'goods': own._get_goods_today(),
            'unsold': self._get_unsold(own),
            'returns': Paper._get_model('return').search([
                *Paper._get_domain('return'), ('company_id', '=', own.company_id.id), ('state', '=', 'confirmed'),
            ]),
            'today': fields.Date.context_today(request.env.user),
        })

    def _get_unsold(self, membership):
        # sudo: name and asking price of goods that are the member's own
        return request.env['coop.consignment.unsold'].sudo().search([
            ('owner_id', '=', self._get_own_partner().id), ('company_id', '=', membership.company_id.id),
        ])
