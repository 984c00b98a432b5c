from odoo import http
from odoo.http import request

from odoo.addons.producer_cooperative.controllers.portal import CooperativePortal


class CooperativeSavingsPortal(CooperativePortal):
    """A member's savings: what there is, what is due, and every movement."""

    @http.route(['/my/savings', '/my/savings/page/<int:page>'], type='http', auth='user', website=True, readonly=True)
    def portal_my_savings(self, page=1, year=None, membership=None, savings_type=None, **kwargs):
        """Show balances, arrears and movements, the latest first, with the balance after each."""
        values = self._choose_membership(membership)
        own = values['membership']
        balances = own._get_savings_balances().get(own, {})
        chosen = next((kind for kind in balances if str(kind.id) == savings_type), None)
        domain = [('membership_id', 'in', own.ids)] + ([('type_id', '=', chosen.id)] if chosen else [])
        values |= self._get_page(
            request.env['coop.savings.movement'], domain, '/my/savings', page, year, order='date DESC, id DESC',
            membership=own.id, savings_type=chosen and chosen.id,
        )
        return self._render_page('portal_my_savings', 'coop_savings', {
            **values, 'balances': balances, 'savings_type': chosen,
            'arrears': self._get_missing(own),
            'links': self._get_slip_links(values['records']),
        })

    def _get_missing(self, membership):
        """Return ``{savings type: amount}`` of what is still to be paid in."""
        # sudo: amounts that the bylaws ask of the user's own membership
        arrears = membership.sudo()._get_arrears().get(membership.sudo(), {})
        return {
            kind: amount for kind, amount in arrears.items()
            if membership.currency_id.compare_amounts(amount, 0.0) > 0
        }

    def _get_slip_links(self, movements):
        """Return ``{movement: address}`` of the slips of the vouchers behind these movements."""
        # sudo: which voucher made a movement of the user's own
        sources = {movement: ('coop.savings.voucher', movement.sudo().voucher_id.id) for movement in movements}
        links = request.env['coop.member.paper']._get_links({source for source in sources.values() if source[1]})
        return {movement: links.get(source) for movement, source in sources.items()}
