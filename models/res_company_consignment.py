from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

from odoo.addons.producer_cooperative.tools.units import from_units

#: How many members a closing obstacle names.
MOST_NAMES = 10


class ResCompany(models.Model):
    """Closing a period with consigned goods in it."""
    _inherit = 'res.company'

    # === BUSINESS METHODS - CONSIGNMENT === #

    def _get_coop_clearing_account(self):
        """Return the clearing account of consigned sales; empty while the cooperative is not set up."""
        self.ensure_one()
        # sudo: which account serves which purpose is no secret
        mapping = self.sudo().coop_account_ids.filtered(lambda mapping: mapping.key == 'clearing')
        return mapping.account_id.with_env(self.env)

    def _coop_check_day_has_come(self, document_name, date):
        """Refuse to book goods or sales of a day that nobody has seen yet.

        :raises UserError: naming the document and its day.
        """
        if date > fields.Date.context_today(self):
            raise UserError(self.env._(
                "%(document)s is dated %(date)s, which is still to come. Choose today or an earlier day.",
                document=document_name, date=format_date(self.env, date),
            ))

    def _coop_get_last_settled_day(self, partners=None):
        """Return the latest day of the posted settlements of these partners, or of all members; False when none."""
        self.ensure_one()
        domain = Domain([('company_id', '=', self.id), ('state', '=', 'posted')])
        if partners is not None:
            domain &= Domain('partner_id', 'in', partners.ids)
        # sudo: the day only, for whoever writes down terms
        return self.env['coop.settlement'].sudo()._read_group(domain, [], ['date:max'])[0][0]

    def _coop_get_unaccrued_commissions(self, date):
        """Return the commission earned by the end of ``date`` that is neither settled nor accrued by then.

        :return: ``{membership: (unsettled sales, commission)}`` in the company's currency, members with none left out;
            negative where more was accrued, or credited back, than earned.
        :raises UserError: when no terms were agreed for some sale.
        """
        self.ensure_one()
        rounding = self.currency_id.rounding
        dues = self.env['coop.settlement']._get_due(self, date=date, as_of=True)
        earned = {
            partner: (
                float(from_units(sum(row.due.amount for row in rows), rounding)),
                float(from_units(sum(row.commission for row in rows), rounding)),
            ) for partner, rows in dues.items()
        }
        # sudo: accruals of the company, for whoever prepares its closing
        accrued = {partner: amount for partner, amount in self._coop_get_accrued_groups(date)}
        partners = self.env['res.partner'].union(*earned, *accrued)
        memberships = self.env['coop.membership'].sudo()._get_in_force(partners, self)
        result = {}
        for membership in memberships.sorted(lambda m: (m.number or '', m.state == 'left', -m.id)):
            if membership.partner_id not in partners:
                continue
            partners -= membership.partner_id
            gross, commission = earned.get(membership.partner_id, (0.0, 0.0))
            commission = self.currency_id.round(commission - accrued.get(membership.partner_id, 0.0))
            if not self.currency_id.is_zero(commission):
                result[membership.sudo(False)] = (gross, commission)
        return result

    def _coop_get_accrued_groups(self, date):
        """Return ``[(partner, commission)]`` that is accrued on ``date``; other days' accruals are reversed by then."""
        # sudo: see _coop_get_unaccrued_commissions
        lines = self.env['coop.commission.accrual.line'].sudo().search([
            ('company_id', '=', self.id), ('state', '=', 'posted'), ('date', '=', date),
        ])
        return [
            (partner.sudo(False), sum(of_partner.mapped('amount_commission')))
            for partner, of_partner in lines.grouped(lambda line: line.membership_id.partner_id).items()
        ]

    def _coop_get_clearing_reconciliation(self, date):
        """Explain the balance of the clearing account at the end of ``date``.

        Clearing balance = invoiced on consigned lines - settled - accrued; ``difference`` is what that does not
        explain, somebody's own entry for example.

        :return: ``{'ledger', 'invoiced', 'settled', 'accrued', 'difference'}`` in the company's currency; what is owed
            is positive.
        """
        self.ensure_one()
        account = self._get_coop_account('clearing')
        booked = Domain([
            ('company_id', '=', self.id), ('parent_state', '=', 'posted'), ('account_id', '=', account.id),
            ('date', '<=', date),
        ])
        sold = booked & Domain([
            ('move_type', 'in', ('out_invoice', 'out_refund', 'out_receipt')), ('display_type', '=', 'product'),
        ])
        Settlement = self.env['coop.settlement']
        settled = Settlement._get_settled_domain(self, date) & Domain('account_id', '=', account.id)
        result = {
            'ledger': -self._coop_sum('account.move.line', booked, 'balance'),
            'invoiced': -self._coop_sum('account.move.line', sold, 'balance'),
            'settled': self._coop_sum('coop.settlement.line', settled, 'amount'),
            'accrued': sum(amount for _partner, amount in self._coop_get_accrued_groups(date)),
        }
        result['difference'] = self.currency_id.round(
            result['ledger'] - result['invoiced'] + result['settled'] + result['accrued'],
        )
        return result

    def _coop_sum(self, model, domain, field_name):
        # sudo: sums of the company's own entries, for whoever closes its books
        return self.env[model].sudo()._read_group(domain, [], [f'{field_name}:sum'])[0][0] or 0.0

    # === BUSINESS METHODS - CLOSING === #

    def _coop_get_closing_obstacles(self, date_from, date_to):
        """Name consigned sales that are neither settled nor accrued at the end of the period, and unfinished papers."""
        obstacles = super()._coop_get_closing_obstacles(date_from, date_to)
        obstacles += self._coop_get_commission_obstacles(date_to)
        obstacles += self._coop_get_draft_obstacles(date_from, date_to)
        return obstacles

    def _coop_get_commission_obstacles(self, date):
        try:
            commissions = self._coop_get_unaccrued_commissions(date)
        except UserError as error:
            return [str(error)]
        if not commissions:
            return []
        total = sum(commission for _gross, commission in commissions.values())
        return [self.env._(
            "Consigned sales are neither settled nor accrued at %(date)s: commission of %(amount)s of %(members)s."
            " Settle them, or accrue the commission.",
            date=format_date(self.env, date), amount=format_amount(self.env, total, self.currency_id),
            members=_enumerate(membership.display_name for membership in commissions),
        )]

    def _coop_get_draft_obstacles(self, date_from, date_to):
        # sudo: names of the company's own papers, for whoever closes its books
        drafts = self.env['coop.settlement'].sudo().search([
            ('company_id', '=', self.id), ('state', 'in', ('draft', 'computed')),
            ('date', '>=', date_from), ('date', '<=', date_to),
        ]).filtered(lambda settlement: not settlement.is_carried_forward)
        if not drafts:
            return []
        members = _enumerate(membership.display_name for membership in drafts.membership_id)
        return [self.env._("Settlements are not posted yet: %s.", members)]


def _enumerate(names):
    """Return the first names of a list in one line."""
    names = list(names)
    return ", ".join(names[:MOST_NAMES]) + (" …" if len(names) > MOST_NAMES else "")
