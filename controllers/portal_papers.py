import re

from odoo import fields, http
from odoo.http import content_disposition, request

from odoo.addons.producer_cooperative.controllers.portal import ID, CooperativePortal

YEAR = re.compile(r'(19|20)\d\d', re.ASCII)


class CooperativePapersPortal(CooperativePortal):
    """Papers as PDF: those of documents, those on a period, and the list of counter receipts."""

    @http.route(f'/my/papers/<string:kind>/<{ID}:record_id>', type='http', auth='user', website=True, methods=['GET'])
    def portal_my_paper(self, kind, record_id, **kwargs):
        """Return a paper of the user's own; of any other, whether it exists or not, the same page that says no."""
        Paper = request.env['coop.member.paper']
        records = Paper._find(kind, record_id)
        if not records:
            return self._refuse_paper()
        return self._make_pdf(*Paper._render(kind, records))

    @http.route(['/my/receipts', '/my/receipts/page/<int:page>'], type='http', auth='user', website=True, readonly=True)
    def portal_my_receipts(self, page=1, year=None, **kwargs):
        """List what was paid and received at the counter, void receipts included."""
        Paper = request.env['coop.member.paper']
        return self._render_page('portal_my_receipts', 'coop_receipts', self._get_page(
            Paper._get_model('receipt'), Paper._get_domain('receipt'), '/my/receipts', page, year,
        ))

    def _refuse_paper(self):
        return self._refuse(request.env._(
            "This paper is not among yours. Perhaps it was made for somebody else, or is not finished yet. Go back to"
            " the list and open it from there, or ask at the counter.",
        ))

    def _make_pdf(self, content, name):
        return request.make_response(content, [
            ('Content-Type', 'application/pdf'), ('Content-Length', len(content)),
            ('Content-Disposition', content_disposition(name)),
        ])

    def _make_period_pdf(self, model, membership, year):
        """Return one of the cooperative's reports on a period, of one own membership only.

        :param year: the calendar year; the present one, up to today, where there is none.
        """
        today = fields.Date.context_today(request.env.user)
        year = int(year) if YEAR.fullmatch(year or '') else today.year
        start = fields.Date.to_date(f'{year}-01-01')
        end = today if year == today.year else fields.Date.end_of(start, 'year')
        # sudo: the question and the answer concern the given membership alone, which is the user's own
        wizard = request.env[model].sudo().with_company(membership.company_id).create({
            'company_id': membership.company_id.id, 'membership_ids': membership.ids, 'date_from': start,
            'date_to': end,
        })
        report = request.env.ref(wizard._report_action).sudo().with_company(membership.company_id)
        content, _kind = report._render_qweb_pdf(report.report_name, wizard.ids)
        return self._make_pdf(content, f'{wizard._get_report_file_name()}.pdf')
