from odoo import fields, http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

#: Rows on a page, as many as a phone scrolls through.
ROWS = 20
#: An id in an address: no larger than the database's ids, so that a larger one is simply not found.
ID = 'int(max=2147483647)'


class CooperativePortal(CustomerPortal):
    """A member's own pages. Record rules show portal users their own memberships and nobody else's."""

    # === HOME === #

    @http.route()
    def home(self, **kw):
        """Show the cards of the cooperative to whoever is, was or wants to be a member; they need no script."""
        response = super().home(**kw)
        response.qcontext.update(self._prepare_coop_home_values())
        return response

    def _prepare_coop_home_values(self):
        """Return what the home page shows to members; for a room to show more, it must override this method."""
        return {'coop_memberships': self._get_own_memberships()}

    # === MEMBERSHIP === #

    @http.route('/my/membership', type='http', auth='user', website=True, readonly=True)
    def portal_my_membership(self, **kwargs):
        """Show the memberships of the user's commercial partner with their savings."""
        memberships = self._get_own_memberships()
        values = self._prepare_membership_values(memberships)
        return self._render_page('portal_my_membership', 'coop_membership', values)

    def _prepare_membership_values(self, memberships):
        """Return what the page shows; for a room to show more, it must override this method."""
        return {'memberships': memberships, 'balances': memberships._get_savings_balances()}

    # === TOOLS === #

    def _get_own_partner(self):
        return request.env.user.partner_id.commercial_partner_id

    def _get_own_memberships_domain(self):
        return [('partner_id', '=', self._get_own_partner().id)]

    def _get_own_memberships(self):
        """Return the user's own memberships: current ones first, then the latest."""
        Membership = request.env['coop.membership']
        if not Membership.has_access('read'):
            return Membership
        return Membership.search(self._get_own_memberships_domain(), order='id DESC').sorted(
            lambda membership: membership.state in ('left', 'candidate'),
        )

    def _choose_membership(self, membership=None):
        """Return the user's own memberships and the chosen one of them; another one's id chooses nothing."""
        memberships = self._get_own_memberships()
        chosen = memberships.filtered(lambda own: str(own.id) == membership)
        return {'memberships': memberships, 'membership': chosen or memberships[:1]}

    def _render_page(self, template, page_name, values, status=200):
        return request.render(f'producer_cooperative.{template}', {
            **self._prepare_portal_layout_values(), 'page_name': page_name,
            'quantity_text': request.env['coop.membership']._format_quantity, **values,
        }, status=status)

    def _refuse(self, message, back='/my', status=404):
        """Return a page that says why something is not shown or done, and where to go on."""
        return self._render_page('portal_refused', 'coop_refused', {'message': message, 'back': back}, status)

    def _choose_year(self, years, year):
        return next((own for own in years if str(own) == year), None)

    def _get_page(self, records, domain, url, page=1, year=None, date_field='date', order=None, **keep):
        """Return one page of a list, the years that it has, and the pager; three queries however long the list is.

        A report on a year that stands beside the list is on the chosen year, or on the latest one.

        :param records: the model to search, with the rights to search it.
        :param str year: the year to show, as the address has it; anything else shows all years.
        :param keep: what the pager's addresses keep beside the year.
        """
        years = sorted({
            start.year for start, in records._read_group(domain, [f'{date_field}:year']) if start
        }, reverse=True)
        chosen = self._choose_year(years, year)
        domain = Domain(domain)
        if chosen:
            start = fields.Date.to_date(f'{chosen}-01-01')
            domain &= Domain(date_field, '>=', start) & Domain(date_field, '<', fields.Date.add(start, years=1))
        keep = {name: value for name, value in {**keep, 'year': chosen}.items() if value}
        pages = pager(url=url, total=records.search_count(domain), page=page, step=ROWS, url_args=keep)
        return {
            'records': records.search(domain, order=order, limit=ROWS, offset=pages['offset']),
            'years': years, 'year': chosen, 'report_year': chosen or years[0] if years else "", 'pager': pages,
            'url': url, 'keep': keep,
        }
