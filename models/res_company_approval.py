from datetime import UTC, datetime, time

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.producer_cooperative.models.coop_approval import LIMIT_KINDS

#: Limits that a cooperative in rupiah starts with. Where none is named, and in other currencies, two people are needed
#: always.
FIRST_LIMITS = {'withdrawal': 5_000_000.0, 'payout': 5_000_000.0, 'pool_allocation': 1_000_000.0}


class ResCompany(models.Model):
    """For what the cooperative wants two pairs of eyes."""
    _inherit = 'res.company'

    # === BUSINESS METHODS === #

    def _coop_get_approval_limit(self, kind, date=None):
        """Return the limit in force for a kind of dealings, as superuser; empty where none was ever set.

        :param str kind: key of ``LIMIT_KINDS``.
        :param date: the day; today by default.
        """
        self.ensure_one()
        # sudo: the limits concern everybody who writes or posts something
        return self.env['coop.approval.limit'].sudo().search(
            Domain([
                ('company_id', '=', self.id), ('kind', '=', kind), ('state', '=', 'confirmed'),
                ('date_from', '<=', date or fields.Date.context_today(self)),
            ]), order='date_from DESC, confirmed_on DESC, id DESC', limit=1,
        )

    def _coop_needs_two_people(self, kind, amount=None):
        """Whether one person alone may not do this today.

        :param str kind: a kind of ``coop.approval``; what no limit can be set for always needs two.
        :param amount: in the company's currency; None for what has no amount.
        """
        self.ensure_one()
        limit = self._coop_get_approval_limit(kind) if kind in LIMIT_KINDS else None
        return limit._needs_two(amount) if limit else True

    def _coop_get_alone_domain(self, date, path=None):
        """Return the domain of what one person alone wrote and posted today, or dated on the same day.

        Both days count: neither several papers nor several dates make a large amount small.

        :param date: the day on the paper.
        :param str path: the field that leads to the document; none for the document itself.
        """
        prefix = f'{path}.' if path else ''
        return Domain(f'{prefix}posted_alone', '=', True) & (
            Domain(f'{prefix}date', '=', date) | Domain(f'{prefix}alone_on', '>=', self._coop_get_midnight())
        )

    def _coop_get_midnight(self):
        """Return when the user's day began, in UTC."""
        start = self.env.tz.localize(datetime.combine(fields.Date.context_today(self), time.min))
        return start.astimezone(UTC).replace(tzinfo=None)

    def _coop_get_paid_alone(self, partners, date, besides):
        """Return what one person alone paid these partners today or on a day: payouts, advances, deposits, payments.

        :param date: the day on the paper that asks.
        :param besides: the document that asks, which does not count.
        """
        self.ensure_one()
        today = Domain('posted_alone', '=', True) & Domain('alone_on', '>=', self._coop_get_midnight())
        members = Domain('membership_id.partner_id', 'in', partners.ids)
        domains = {
            'coop.settlement.advance': self._coop_get_alone_domain(date) & members
            & Domain([('state', '=', 'posted'), ('direction', '=', 'out')]),
            'coop.pool.deposit': today & members,
            'account.payment': Domain([
                ('coop_alone_on', '>=', self._coop_get_midnight()), ('state', 'not in', ('canceled', 'rejected')),
                ('partner_id.commercial_partner_id', 'in', partners.commercial_partner_id.ids),
            ]),
        }
        Payout = self.env['coop.payout']
        is_payout = besides._name == Payout._name
        total = Payout._get_paid_alone(self, partners, date, besides if is_payout else Payout)
        for model, domain in domains.items():
            if model == besides._name:
                domain &= Domain('id', 'not in', besides.ids)
            # sudo: sums of what was paid, for whoever posts
            records = self.env[model].sudo().search(domain & Domain('company_id', '=', self.id))
            if model == 'account.payment':
                total += sum(payment._coop_get_company_amount() for payment in records)
            else:
                total += sum(records.mapped('amount_refunded' if model == 'coop.pool.deposit' else 'amount'))
        return total

    def _coop_create_accounts(self):
        super()._coop_create_accounts()
        self._coop_create_approval_limits()

    @api.model
    def _coop_create_all_approval_limits(self):
        """Give every cooperative its first limits; to no effect where it has them."""
        self.sudo().search([])._coop_create_approval_limits()  # pylint: disable=no-search-all; on every update

    def _coop_create_approval_limits(self):
        """Give these cooperatives a first limit for each kind that has none. Idempotent."""
        Limit = self.env['coop.approval.limit'].sudo()  # sudo: part of the set-up, whoever loads the chart
        for company in self.filtered(lambda company: company.coop_is_cooperative and company.chart_template):
            existing = set(Limit.search([('company_id', '=', company.id)]).mapped('kind'))
            amounts = FIRST_LIMITS if company.currency_id.name == 'IDR' else {}
            Limit.create([{
                'company_id': company.id, 'kind': kind, 'date_from': '2000-01-01', 'amount': amounts.get(kind, 0.0),
                'reason': self.env._("Set when the cooperative was set up."), 'state': 'confirmed',
                'confirmed_on': fields.Datetime.now(),
            } for kind in LIMIT_KINDS if kind not in existing])
