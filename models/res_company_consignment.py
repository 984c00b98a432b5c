from odoo import fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

from odoo.addons.producer_cooperative.tools.obstacle import Obstacle
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

    def _coop_get_unaccrued(self, date):
        """Return what is earned on members' goods by the end of ``date`` and neither settled nor accrued by then.

        On agent basis that is the commission, and levies that the cooperative keeps; on principal basis the members'
        part, which is a cost and therefore negative. What customers never paid and the members bear is taken off the
        expense that it was written off to.

        :return: ``{(membership, account): (unsettled sales, amount)}`` in the company's currency, amounts to be
            credited positive, without what comes to nothing; negative commission where more was accrued, or credited
            back, than earned.
        :raises UserError: when no terms were agreed for some sale.
        :raises RedirectWarning: when the cooperative has no account for some of it.
        """
        self.ensure_one()
        earned = {}
        for partner, rows in self.env['coop.settlement']._get_due(self, date=date, as_of=True).items():
            for account, (gross, amount) in self._coop_get_earned(rows).items():
                earned[partner, account] = gross, amount
        for partner, account, amount in self._coop_get_lost(date):
            gross, so_far = earned.get((partner, account), (0.0, 0.0))
            earned[partner, account] = gross, self.currency_id.round(so_far + amount)
        accrued = self._coop_get_accrued(date)
        partners = self.env['res.partner'].union(*(partner for partner, _account in {*earned, *accrued}))
        # sudo: accruals of the company, for whoever prepares its closing
        memberships = self.env['coop.membership'].sudo()._get_in_force(partners, self)
        member_of = {}
        for membership in memberships.sorted(lambda m: (m.number or '', m.state == 'left', -m.id)):
            member_of.setdefault(membership.partner_id.sudo(False), membership.sudo(False))
        accounts_of = {}
        for partner, account in {**earned, **accrued}:
            accounts_of.setdefault(partner, []).append(account)
        result = {}
        for partner, membership in member_of.items():
            for account in accounts_of.get(partner, ()):
                gross, amount = earned.get((partner, account), (0.0, 0.0))
                amount = self.currency_id.round(amount - accrued.get((partner, account), 0.0))
                if not self.currency_id.is_zero(amount):
                    result[membership, account] = gross, amount
        return result

    def _coop_get_earned(self, rows):
        """Return ``{account: (sales, what is to be credited)}`` for what is due on these rows.

        :param rows: :class:`DueRow` of one member.
        """
        self.ensure_one()
        # sudo: accounts and terms are applied, not shown
        Account, Term = self.env['account.account'].sudo(), self.env['coop.consignment.term'].sudo()
        earned = {}

        def add(account, gross, units):
            so_far = earned.get(account, (0, 0))
            earned[account] = so_far[0] + gross, so_far[1] + units

        by_term = {}
        for row in rows:
            if Account.browse(row.key.account).internal_group == 'income':
                add(self._get_coop_account('cost_of_goods'), row.due.amount, row.commission - row.due.amount)
            else:
                add(self._get_coop_account('commission'), row.due.amount, row.commission)
            quantity, proceeds = by_term.get(row.key.term, (0, 0))
            by_term[row.key.term] = quantity + row.due.quantity, proceeds + row.due.amount - row.commission
        for term_id, (quantity, proceeds) in by_term.items():
            for levy in Term.browse(term_id).levy_ids:
                if levy.account_id.internal_group == 'income':
                    add(levy.account_id.with_env(self.env), 0, levy._get_amount(quantity, proceeds))
        rounding = self.currency_id.rounding
        return {
            account: tuple(float(from_units(units, rounding)) for units in figures)
            for account, figures in earned.items()
        }

    def _coop_get_lost(self, date):
        """Return ``[(partner, expense account, amount)]`` that was written off by ``date`` and members bear."""
        self.ensure_one()
        rounding = self.currency_id.rounding
        return [
            (partner, account, float(from_units(units, rounding)))
            for partner, accounts in self.env['coop.settlement']._get_lost(self, date).items()
            for account, units in accounts.items() if units
        ]

    def _coop_get_accrued(self, date):
        """Return ``{(partner, account): amount}`` that is accrued on ``date``; others' reversals are booked by then."""
        # sudo: see _coop_get_unaccrued
        lines = self.env['coop.commission.accrual.line'].sudo().search([
            ('company_id', '=', self.id), ('state', '=', 'posted'), ('date', '=', date),
        ])
        accrued = {}
        for line in lines:
            key = line.membership_id.partner_id.sudo(False), line.account_id.with_env(self.env)
            accrued[key] = accrued.get(key, 0.0) + line.amount_commission
        return accrued

    def _coop_get_clearing_reconciliation(self, date):
        """Explain the balance of the clearing account at the end of ``date``.

        Clearing balance = invoiced on consigned lines - settled - accrued; ``difference`` is what that does not
        explain, somebody's own entry for example. ``lost`` is what customers never paid and members bear: nobody will
        be settled with it; an accrual takes it off the expense that it was written off to.

        :return: ``{'ledger', 'invoiced', 'settled', 'accrued', 'lost', 'difference'}`` in the company's currency; what
            is owed is positive.
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
            'accrued': sum(self._coop_get_accrued(date).values()),
            'lost': self.currency_id.round(sum(amount for _partner, _account, amount in self._coop_get_lost(date))),
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
        obstacles += self._coop_get_clearing_obstacles(date_to)
        obstacles += self._coop_get_draft_obstacles(date_from, date_to)
        return obstacles

    def _coop_get_commission_obstacles(self, date):
        try:
            unaccrued = self._coop_get_unaccrued(date)
        except (UserError, RedirectWarning) as error:
            return [error.args[0]]
        if not unaccrued:
            return []
        losses = {(partner, account) for partner, account, _amount in self._coop_get_lost(date)}
        lost = {key: figures for key, figures in unaccrued.items() if (key[0].partner_id, key[1]) in losses}
        obstacles = self._coop_get_lost_obstacles(date, lost) if lost else []
        unaccrued = {key: figures for key, figures in unaccrued.items() if key not in lost}
        if not unaccrued:
            return obstacles
        total = sum(amount for _gross, amount in unaccrued.values())
        members = dict.fromkeys(membership for membership, _account in unaccrued)
        if total < 0 and self.coop_consignment_basis == 'agent':
            return obstacles + [Obstacle(self.env._(
                "%(amount)s more commission of %(members)s is accrued at %(date)s than is earned and not settled."
                " Accrue that day again: the accrual takes the difference back.",
                date=format_date(self.env, date), amount=format_amount(self.env, -total, self.currency_id),
                members=_enumerate(membership.display_name for membership in members),
            ), 'coop.commission.accrual', [], {'date': date}, action='coop_commission_accrual_action')]
        return obstacles + [Obstacle(self.env._(
            "Consigned sales are neither settled nor accrued at %(date)s: commission of %(amount)s of %(members)s."
            " Settle them, or accrue the commission.",
            date=format_date(self.env, date), amount=format_amount(self.env, total, self.currency_id),
            members=_enumerate(membership.display_name for membership in members),
        ), 'coop.commission.accrual', [], {'date': date}, action='coop_commission_accrual_action')]

    def _coop_get_clearing_obstacles(self, date):
        if not self._get_coop_clearing_account():
            return []
        try:
            difference = self._coop_get_clearing_reconciliation(date)['difference']
        except (UserError, RedirectWarning):
            return []  # named by the commission's obstacles
        if self.currency_id.is_zero(difference):
            return []
        account = self._get_coop_clearing_account()
        return [Obstacle(self.env._(
            "The clearing account %(account)s holds %(amount)s at %(date)s that no sale, settlement or accrual of"
            " members' goods explains. Look there for entries that were booked by hand.",
            account=account.display_name, date=format_date(self.env, date),
            amount=format_amount(self.env, difference, self.currency_id),
        ), 'account.move.line', [
            ('account_id', '=', account.id), ('date', '<=', date), ('parent_state', '=', 'posted'),
        ])]

    def _coop_get_lost_obstacles(self, date, lost):
        total = sum(amount for _gross, amount in lost.values())
        return [Obstacle(self.env._(
            "%(amount)s that customers never paid is borne by %(members)s, and stands on the clearing account and among"
            " the expenses at %(date)s. Accrue that day: the accrual takes it off both.",
            date=format_date(self.env, date), amount=format_amount(self.env, total, self.currency_id),
            members=_enumerate(membership.display_name for membership in dict.fromkeys(key[0] for key in lost)),
        ), 'coop.commission.accrual', [], {'date': date}, action='coop_commission_accrual_action')]

    def _coop_get_draft_obstacles(self, date_from, date_to):
        # sudo: names of the company's own papers, for whoever closes its books
        drafts = self.env['coop.settlement'].sudo().search([
            ('company_id', '=', self.id), ('state', 'in', ('draft', 'computed')),
            ('date', '>=', date_from), ('date', '<=', date_to),
        ]).filtered(lambda settlement: not settlement.is_carried_forward)
        if not drafts:
            return []
        members = _enumerate(membership.display_name for membership in drafts.membership_id)
        return [Obstacle(
            self.env._("Settlements are not posted yet: %s.", members), 'coop.settlement', [('id', 'in', drafts.ids)],
            action='coop_settlement_action',
        )]


def _enumerate(names):
    """Return the first names of a list in one line."""
    names = list(names)
    return ", ".join(names[:MOST_NAMES]) + (" …" if len(names) > MOST_NAMES else "")
