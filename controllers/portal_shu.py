from odoo import http
from odoo.http import content_disposition, request

from odoo.addons.producer_cooperative.controllers.portal import CooperativePortal
from odoo.addons.producer_cooperative.models.coop_shu_allocation import BOOKED_STATES


class CooperativeShuPortal(CooperativePortal):
    """A member's SHU of all years. Record rules show portal users their own parts once they are booked."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if 'coop_shu_count' in counters:
            Line = request.env['coop.shu.member.line']
            values['coop_shu_count'] = Line.search_count(self._get_own_shu_domain()) if Line.has_access('read') else 0
        return values

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
        return request.render('producer_cooperative.portal_my_shu', {
            **self._prepare_portal_layout_values(),
            'page_name': 'coop_shu',
            'lines': lines,
            # sudo: the number of the allocation that the own part belongs to
            'numbers': {line: line.sudo().allocation_id.display_name for line in lines},
        })

    @http.route('/my/shu/<int:line_id>/pdf', type='http', auth='user', website=True, readonly=True)
    def portal_my_shu_pdf(self, line_id, **kwargs):
        """Return the statement of one year as PDF; anybody else's leads back to the own page."""
        line = request.env['coop.shu.member.line'].search([*self._get_own_shu_domain(), ('id', '=', line_id)])
        if not line:
            return request.redirect('/my/shu')
        # sudo: the paper shows the allocation's figures around the part that was found above
        content, _kind = request.env['ir.actions.report'].sudo().with_company(line.company_id)._render_qweb_pdf(
            'producer_cooperative.coop_shu_statement', line.ids,
        )
        return request.make_response(content, [
            ('Content-Type', 'application/pdf'), ('Content-Length', len(content)),
            ('Content-Disposition', content_disposition(f'{line._get_statement_file_name()}.pdf')),
        ])
