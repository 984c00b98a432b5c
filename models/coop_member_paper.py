from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval, time

from odoo.addons.producer_cooperative.models.coop_shu_allocation import BOOKED_STATES


class Paper(NamedTuple):
    """A kind of paper: the model that it prints, its report, the way to whose it is, and when it may be handed out.

    ``together`` names the document of which one paper holds all that concerns the member.
    """
    model: str
    report: str
    partner: str
    domain: list
    together: str = ''


#: Every paper that a member may hold, by the word for it in an address.
PAPERS = {
    'receipt': Paper('coop.counter.receipt', 'report_coop_counter_receipt_a4', 'membership_id.partner_id', [
        ('state', '!=', 'draft'),
    ]),
    'savings': Paper('coop.savings.voucher.line', 'report_coop_savings_slip', 'membership_id.partner_id', [
        ('voucher_id.state', '!=', 'draft'),
    ], 'voucher_id'),
    'payout': Paper('coop.payout.line', 'report_coop_payout_slip', 'partner_id', [
        ('payout_id.state', '!=', 'draft'),
    ], 'payout_id'),
    'charge': Paper('coop.pool.charge', 'report_coop_pool_charge', 'membership_id.partner_id', []),
    'deposit': Paper('coop.pool.deposit', 'report_coop_pool_deposit', 'membership_id.partner_id', [
        ('state', 'in', ('paid', 'settled')),
    ]),
    'intake': Paper('coop.consignment', 'coop_consignment_report', 'partner_id', [('state', '!=', 'draft')]),
    'return': Paper('coop.consignment.return', 'coop_consignment_return_report', 'partner_id', [
        ('state', '!=', 'draft'),
    ]),
    'settlement': Paper('coop.settlement', 'coop_settlement_report', 'partner_id', [
        ('state', 'in', ('posted', 'cancelled')),
    ]),
    'shu': Paper('coop.shu.member.line', 'coop_shu_statement', 'partner_id', [('state', 'in', BOOKED_STATES)]),
    'leaving': Paper('coop.leaving', 'coop_leaving_report', 'partner_id', [('state', '=', 'posted')]),
}


class CoopMemberPaper(models.AbstractModel):
    """The papers that members fetch by themselves: their own, in the cooperatives that they may see, and no drafts."""
    _name = 'coop.member.paper'
    _description = "Papers of a Member"

    # === BUSINESS METHODS === #

    @api.model
    def _get_domain(self, kind):
        """Return which records of a kind of paper are the user's own and may be handed out."""
        paper = PAPERS[kind]
        user = self.env.user.sudo()  # sudo: the user's own contact and companies
        return (
            Domain(paper.partner, '=', user.partner_id.commercial_partner_id.id)
            & Domain('company_id', 'in', user._get_company_ids()) & Domain(paper.domain)
        )

    @api.model
    def _get_model(self, kind):
        # sudo: members have no access to the documents; callers search by _get_domain, the user's own only
        return self.env[PAPERS[kind].model].sudo()

    @api.model
    def _find(self, kind, record_id):
        """Return the user's own records that one paper prints, with superuser rights; empty when there are none."""
        paper = PAPERS.get(kind)
        if not paper:
            return None
        domain = self._get_domain(kind)
        found = self._get_model(kind).search(domain & Domain('id', '=', record_id))
        if paper.together and found:
            return found.search(domain & Domain(paper.together, '=', found[paper.together].id))
        return found

    @api.model
    def _render(self, kind, records):
        """Return the paper of records that :meth:`_find` found, as the content of a PDF file, and its name."""
        report = self.env['ir.actions.report'].sudo()._get_report(f'producer_cooperative.{PAPERS[kind].report}')
        # sudo: the report reads what the member has no access to; the records were found among the user's own
        content, _kind = report.with_company(records.company_id)._render_qweb_pdf(report.report_name, records.ids)
        name = records[:1].display_name
        if report.print_report_name:
            name = safe_eval(report.print_report_name, {'object': records[:1], 'time': time})
        return content, f"{(name or '').replace('/', '-')}.pdf"

    @api.model
    def _get_links(self, sources):
        """Return ``{(model, id): address}`` of the user's own papers among documents; one query for each model.

        :param sources: pairs ``(model, id)`` of documents, as entries name what made them.
        """
        links, by_model = {}, {}
        for model, record_id in sources:
            by_model.setdefault(model, set()).add(record_id)
        for kind, paper in PAPERS.items():
            records = self._get_model(kind)
            model = records._fields[paper.together].comodel_name if paper.together else paper.model
            if model not in by_model:
                continue
            domain = self._get_domain(kind) & Domain(paper.together or 'id', 'in', by_model[model])
            for record in records.search(domain, order='id DESC'):
                document = record[paper.together] if paper.together else record
                links[model, document.id] = f'/my/papers/{kind}/{record.id}'
        return links
