from odoo import fields, http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.producer_cooperative.controllers.portal_papers import CooperativePapersPortal

#: Reports on a period that members print by themselves, by the word for it in an address.
REPORTS = {
    'account': 'coop.member.sheet', 'savings': 'coop.savings.book', 'consignment': 'coop.consignment.statement',
}


class CooperativeAccountPortal(CooperativePapersPortal):
    """The account sheet: everything between the member and the cooperative, year by year."""

    @http.route('/my/account-sheet', type='http', auth='user', website=True, readonly=True)
    def portal_my_account_sheet(self, year=None, membership=None, **kwargs):
        """Show one year: what was brought forward, each entry with its balance, and what is owed at the end."""
        values = self._choose_membership(membership)
        own = values['membership']
        years = self._get_sheet_years(own)
        chosen = self._choose_year(years, year) or years[0]
        start = fields.Date.to_date(f'{chosen}-01-01')
        sheet = own._get_member_sheet(start, fields.Date.end_of(start, 'year')).get(own)
        return self._render_page('portal_my_account_sheet', 'coop_account', {
            **values, 'sheet': sheet, 'year': chosen, 'years': years, 'url': '/my/account-sheet',
            'keep': {'membership': own.id} if len(values['memberships']) > 1 else {},
            **self._prepare_sheet_texts(sheet.rows if sheet else []),
        })

    def _get_sheet_years(self, membership):
        """Return the years that have entries, the present one first."""
        # sudo: the years only, of the user's own membership
        groups = request.env['coop.member.entry'].sudo()._read_group(
            [('partner_id', '=', membership.sudo().partner_id.id), ('company_id', '=', membership.company_id.id)],
            ['date:year'],
        ) if membership else []
        today = fields.Date.context_today(request.env.user)
        return sorted({today.year, *(start.year for start, in groups)}, reverse=True)

    def _prepare_sheet_texts(self, rows):
        """Return what each entry was about and the addresses of the papers behind them, a fixed number of queries."""
        entries = request.env['coop.member.entry'].sudo().browse(row.entry.id for row in rows)  # sudo: the own sheet
        links = request.env['coop.member.paper']._get_links({
            (entry.source_model, entry.source_id) for entry in entries if entry.source_model
        })
        invoices = request.env['account.move'].search(Domain('id', 'in', entries.move_id.ids) & Domain(
            'move_type', 'in', ('out_invoice', 'out_refund'),
        ))
        addresses = {move.id: f'/my/invoices/{move.id}' for move in invoices}
        return {
            'entries': {entry.id: entry for entry in entries},
            'texts': request.env['coop.member.sheet']._get_texts(entries),
            'links': {
                entry.id: links.get((entry.source_model, entry.source_id)) or addresses.get(entry.move_id.id)
                for entry in entries
            },
        }

    @http.route('/my/reports/<string:kind>', type='http', auth='user', website=True, methods=['GET'])
    def portal_my_report(self, kind, year=None, membership=None, **kwargs):
        """Return the account sheet, the savings book or the statement of consigned goods of one year as PDF."""
        own = self._choose_membership(membership)['membership']
        if kind not in REPORTS or not own:
            return self._refuse_paper()
        return self._make_period_pdf(REPORTS[kind], own, year)
