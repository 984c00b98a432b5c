from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL, format_date

from odoo.addons.producer_cooperative.tools.entitlement import Entitlement, due
from odoo.addons.producer_cooperative.tools.units import exact, from_units, round_half_up, to_decimal, to_units


class DueKey(NamedTuple):
    """What a settlement tells apart: the sale line, and the terms, year and account of its invoices (ids)."""
    sale_line: int
    term: int
    year: int
    account: int


@dataclass
class DueRow:
    """What is due on one key; quantities in the product's unit, amounts in whole rounding units."""
    key: DueKey
    due: Entitlement
    before: Entitlement
    commission: int = 0


@dataclass
class Taken:
    """What an owner sold, and what commission was taken, under one term in one year (whole rounding units)."""
    quantity: Fraction = field(default_factory=Fraction)
    amount: int = 0
    commission: int = 0


class CoopSettlement(models.Model):
    """What is due: the entitlement to date less what was settled before, and the commission on it."""
    _inherit = 'coop.settlement'

    # === BUSINESS METHODS - FOR ALL MEMBERS === #

    @api.model
    def _settle_all(self, company, date):
        """Create a computed settlement for every member with something due up to ``date``.

        The sales of all members are looked up together. An open settlement of a member is computed anew. Left out are
        members for whom more was credited back than sold, which is carried forward, those who were settled up to a
        later day already, and owners who were never admitted as members.

        :return: the settlements, one per member.
        :raises UserError: when no terms were agreed for some sale.
        """
        dues = self._get_due(company, date=date)
        owners = self.env['res.partner'].union(*dues)
        memberships = self.env['coop.membership']._get_in_force(owners, company)
        memberships._queue_up()
        member_of = {m.partner_id: m for m in memberships.sorted(lambda m: (m.state != 'left', m.id))}
        dues = {owner: rows for owner, rows in dues.items() if owner in member_of}
        open_ones = self.search([('membership_id', 'in', memberships.ids), ('state', 'in', ('draft', 'computed'))])
        open_of = open_ones.grouped('membership_id')
        debts = self._get_open_debts(company, owners, date)
        settled_later = self._get_owners_settled_after(company, date)
        settlements = self.browse()
        for owner, rows in sorted(dues.items(), key=lambda item: member_of[item[0]].number or ''):
            if owner in settled_later or sum(row.due.amount - row.commission for row in rows) < 0:
                continue
            membership = member_of[owner]
            settlement = open_of.get(membership) or self.create({
                'company_id': company.id, 'membership_id': membership.id, 'date': date,
            })
            settlement.date = date
            settlement._fill(rows, debts)
            settlements |= settlement
        return settlements

    @api.model
    def _get_owners_settled_after(self, company, date):
        # sudo: whether a member was settled, for whoever settles
        groups = self.sudo()._read_group([
            ('company_id', '=', company.id), ('state', '=', 'posted'), ('date', '>', date),
        ], ['partner_id'])
        return self.env['res.partner'].union(*(partner for partner, in groups))

    # === BUSINESS METHODS - ONE SETTLEMENT === #

    def _get_own_due(self):
        self.ensure_one()
        return self._get_due(self.company_id, self.partner_id, self.date).get(self.partner_id, [])

    def _fill(self, rows, debts):
        """Write down what is due, and what is kept back of it.

        :param rows: :class:`DueRow` of the member.
        :param debts: ``{partner: journal items}`` of :meth:`_get_open_debts`.
        """
        self.ensure_one()
        values = self._prepare_computed_values(rows, debts)
        self.check_access('write')
        # sudo: the figures are the document's own; nobody types them in
        self.sudo().write({
            'line_ids': [Command.clear(), *(Command.create(line) for line in values['lines'])],
            'deduction_ids': [Command.clear(), *(Command.create(line) for line in values['deductions'])],
        })
        if self.state == 'draft':
            self._update_state('computed')

    def _check_up_to_date(self):
        """Refuse to post figures that are not those of this moment any more.

        :raises UserError: saying to compute again.
        """
        self.ensure_one()
        self._check_date()
        debts = self._get_open_debts(self.company_id, self.partner_id, self.date)
        values = self._prepare_computed_values(self._get_own_due(), debts)
        stored = {
            'lines': [line._as_values() for line in self.line_ids.sorted('id')],
            'deductions': [line._as_values() for line in self.deduction_ids.sorted('id')],
        }
        if values != stored:
            raise UserError(self.env._(
                "Something was sold, invoiced, returned or paid since %s was computed. Compute it again and look at the"
                " new figures.", self.display_name,
            ))

    def _prepare_computed_values(self, rows, debts):
        """Return the values of the lines and deductions that the rows come to."""
        self.ensure_one()
        amount = self._units_to_amount
        lines = [{
            'sale_line_id': row.key.sale_line,
            'term_id': row.key.term,
            'year': row.key.year,
            'account_id': row.key.account,
            'quantity': float(row.due.quantity),
            'amount': amount(row.due.amount),
            'commission': amount(row.commission),
            'quantity_before': float(row.before.quantity),
            'amount_before': amount(row.before.amount),
        } for row in rows]
        return {'lines': lines, 'deductions': self._prepare_deductions(rows, debts)}

    def _prepare_deductions(self, rows, debts):
        """Return the savings withheld and the debts set off; together they never exceed the proceeds."""
        self.ensure_one()
        left = sum(row.due.amount - row.commission for row in rows)
        by_term = {}
        for row in rows:
            by_term[row.key.term] = by_term.get(row.key.term, 0) + row.due.amount - row.commission
        # sudo: the terms are applied, not shown
        terms = self.env['coop.consignment.term'].sudo()
        proceeds = {terms.browse(term): units for term, units in by_term.items()}
        deductions = []
        for savings_type, share in self._get_savings_shares(proceeds).items():
            units = min(share, left)
            if units > 0:
                left -= units
                deductions.append({
                    'kind': 'savings', 'savings_type_id': savings_type.id, 'debt_line_id': False,
                    'name': savings_type.name, 'amount': self._units_to_amount(units),
                })
        limit = min(self._get_set_off_share(proceeds), left)
        own_debts = debts.get(self.partner_id)
        if limit > 0 and own_debts:
            deductions += [{
                'kind': 'set_off', 'savings_type_id': False, 'debt_line_id': debt.id, 'name': debt.move_name,
                'amount': amount,
            } for debt, amount in self._allocate_set_off(own_debts, self._units_to_amount(limit))]
        return deductions

    def _get_savings_shares(self, proceeds):
        """Return ``{savings type: what is withheld for it}`` in whole rounding units, by the terms of each sale."""
        shares = {}
        for term, units in proceeds.items():
            if term.savings_type_id and term.savings_rate:
                share = exact(to_decimal(term.savings_rate)) / 100 * units
                shares[term.savings_type_id] = shares.get(term.savings_type_id, 0) + share
        return {savings_type: round_half_up(share) for savings_type, share in shares.items()}

    def _get_set_off_share(self, proceeds):
        """Return what may be set off in whole rounding units; nothing where the member had not consented by then."""
        share = sum((
            exact(to_decimal(term.set_off_rate)) / 100 * units for term, units in proceeds.items()
            if term.set_off_consent_date and term.set_off_consent_date <= self.date
        ), Fraction(0))
        return int(share // 1) if share > 0 else 0

    def _units_to_amount(self, units):
        return float(from_units(units, self.currency_id.rounding))

    # === BUSINESS METHODS - WHAT IS DUE === #

    @api.model
    def _get_due(self, company, owners=None, date=None, as_of=False):
        """Return what is due to owners of consigned goods, with the commission on it.

        :param owners: partners; every owner with something due by default.
        :param date: last day whose deliveries and invoices count; all by default.
        :param bool as_of: whether to count only the settlements that were booked by ``date``, for a closing, instead of
            all that are posted.
        :return: ``{partner: [DueRow]}``, without owners to whom no money is due either way.
        :raises UserError: naming the member and the day when no terms were agreed.
        """
        settled_domain = self._get_settled_domain(company, date if as_of else None)
        sale_lines = self._get_open_sale_lines(company, owners, settled_domain, date)
        entitled = self._get_entitled(company, sale_lines, date)
        settled = self._get_settled(company, sale_lines, settled_domain)
        concerned = self.env['res.partner'].union(*entitled, *settled)
        if owners is not None:
            concerned &= owners
        taken = self._get_taken(company, concerned, settled_domain)
        result = {}
        for owner in concerned:
            rows = _subtract(entitled.get(owner, {}), settled.get(owner, {}))
            self._add_commissions(rows, taken.get(owner, {}))
            if any(row.due.amount or row.commission for row in rows):
                result[owner] = rows
        return result

    @api.model
    def _get_settled_domain(self, company, date):
        """Return the domain of the settlement lines that count: posted, or booked and not undone by ``date``."""
        domain = Domain('company_id', '=', company.id)
        if not date:
            return domain & Domain('state', '=', 'posted')
        return domain & Domain('settlement_id.move_id.date', '<=', date) & (
            Domain('state', '=', 'posted')
            | (Domain('state', '=', 'cancelled') & Domain('settlement_id.reversal_move_id.date', '>', date))
        )

    @api.model
    def _get_open_sale_lines(self, company, owners, settled_domain, date):
        """Return the sale lines of owned goods where deliveries or invoices differ from what was settled.

        One query for all members: a line that is delivered, invoiced and settled completely is not looked at again.
        """
        self.env.flush_all()
        # sudo: officers settle what was sold without access to invoices, accountants without access to stock
        StockMoveLine = self.env['stock.move.line'].sudo()
        done = Domain([('state', '=', 'done'), ('company_id', '=', company.id), ('owner_id', '!=', False)])
        booked = Domain([
            ('parent_state', '=', 'posted'), ('company_id', '=', company.id), ('display_type', '=', 'product'),
            ('move_type', 'in', ('out_invoice', 'out_refund', 'out_receipt')),
        ])
        if date:
            booked &= Domain('date', '<=', date)
        only_owners = SQL() if owners is None else SQL(
            """AND move.sale_line_id IN (
                SELECT owned_move.sale_line_id FROM stock_move_line owned
                  JOIN stock_move owned_move ON owned_move.id = owned.move_id
                 WHERE owned.owner_id = ANY(%s) AND owned_move.sale_line_id IS NOT NULL)""", owners.ids,
        )
        rows = self.env.execute_query(SQL(
            """
            WITH delivered AS (
                SELECT move.sale_line_id AS line_id, done.owner_id,
                       SUM(done.quantity_product_uom
                           * CASE WHEN source.usage = 'customer' THEN -1
                                  WHEN target.usage = 'customer' THEN 1 ELSE 0 END) AS quantity
                  FROM stock_move_line done
                  JOIN stock_move move ON move.id = done.move_id
                  JOIN stock_location source ON source.id = move.location_id
                  JOIN stock_location target ON target.id = move.location_dest_id
                 WHERE done.id IN %(done)s AND move.sale_line_id IS NOT NULL
                   AND (move.origin_returned_move_id IS NULL OR move.to_refund) %(only_owners)s
                 GROUP BY move.sale_line_id, done.owner_id
            ), settled AS (
                SELECT sale_line_id AS line_id, owner_id, SUM(quantity) AS quantity, SUM(amount) AS amount
                  FROM coop_settlement_line WHERE id IN %(settled)s
                 GROUP BY sale_line_id, owner_id
            ), invoiced AS (
                SELECT rel.order_line_id AS line_id, -SUM(item.balance) AS amount
                  FROM sale_order_line_invoice_rel rel JOIN account_move_line item ON item.id = rel.invoice_line_id
                 WHERE rel.order_line_id IN (SELECT line_id FROM delivered) AND item.id IN %(booked)s
                 GROUP BY rel.order_line_id
            )
            SELECT delivered.line_id
              FROM delivered
              LEFT JOIN settled ON settled.line_id = delivered.line_id AND settled.owner_id = delivered.owner_id
              LEFT JOIN invoiced ON invoiced.line_id = delivered.line_id
             GROUP BY delivered.line_id
            HAVING BOOL_OR(ABS(delivered.quantity - COALESCE(settled.quantity, 0)) > 0.000001)
                OR COALESCE(SUM(settled.amount), 0) != COALESCE(MAX(invoiced.amount), 0)
             ORDER BY delivered.line_id
            """,
            done=StockMoveLine._search(done).subselect(),
            booked=self.env['account.move.line'].sudo()._search(booked).subselect(),
            settled=self.env['coop.settlement.line'].sudo()._search(settled_domain).subselect(),
            only_owners=only_owners,
        ))
        return self.env['sale.order.line'].sudo().browse(line_id for line_id, in rows)

    @api.model
    def _get_entitled(self, company, sale_lines, date):
        """Return ``{partner: {DueKey: Entitlement}}`` to date on these sale lines."""
        partners = sale_lines.move_ids.move_line_ids.owner_id.sudo(False)
        get_term = self.env['coop.consignment.agreement']._get_terms(company, partners)
        ties = self._get_ties(company, partners)
        entitled = {}
        for sale_line in sale_lines:
            for owner_id, parts in sale_line._coop_get_entitlements(ties, date).items():
                if not owner_id:
                    continue
                owner = self.env['res.partner'].browse(owner_id)
                by_key = entitled.setdefault(owner, {})
                for (day, account_id), part in parts.items():
                    if part.quantity or part.amount:
                        term = get_term(owner, day) or self._raise_no_terms(owner, day)
                        key = DueKey(sale_line.id, term.id, day.year, account_id)
                        by_key[key] = _add(by_key.get(key), part)
        return entitled

    @api.model
    def _raise_no_terms(self, owner, day):
        raise UserError(self.env._(
            "No consignment terms hold for %(member)s on %(date)s. Write down an agreement, or terms for all members.",
            member=owner.display_name, date=format_date(self.env, day),
        ))

    @api.model
    def _get_ties(self, company, partners):
        """Return the sortable key of each owner: the member number, then the id."""
        # sudo: only the order of the numbers is used
        memberships = self.env['coop.membership'].sudo()._get_in_force(partners, company)
        numbers = {membership.partner_id.id: membership.number or '' for membership in memberships}
        return {owner_id: (numbers.get(owner_id, ''), owner_id) for owner_id in (0, *partners.ids)}

    @api.model
    def _get_settled(self, company, sale_lines, settled_domain):
        """Return ``{partner: {DueKey: Entitlement}}`` that was settled before on these sale lines."""
        # sudo: what was settled before has to be known to whoever computes
        groups = self.env['coop.settlement.line'].sudo()._read_group(
            settled_domain & Domain('sale_line_id', 'in', sale_lines.ids),
            ['owner_id', 'sale_line_id', 'term_id', 'year', 'account_id'], ['quantity:sum', 'amount:sum'],
        )
        settled = {}
        for owner, sale_line, term, year, account, quantity, amount in groups:
            key = DueKey(sale_line.id, term.id, year, account.id)
            quantity = exact(to_decimal(sale_line.product_id.uom_id.round(quantity)))
            before = Entitlement(quantity, to_units(amount, company.currency_id.rounding))
            settled.setdefault(owner.sudo(False), {})[key] = before
        return settled

    @api.model
    def _get_taken(self, company, owners, settled_domain):
        """Return ``{partner: {(term id, year): Taken}}``: all that these owners ever settled, for cumulative terms."""
        rounding = company.currency_id.rounding
        # sudo: see _get_settled
        groups = self.env['coop.settlement.line'].sudo()._read_group(
            settled_domain & Domain('owner_id', 'in', owners.ids), ['owner_id', 'term_id', 'year'],
            ['quantity:sum', 'amount:sum', 'commission:sum'],
        )
        taken = {}
        for owner, term, year, quantity, amount, commission in groups:
            taken.setdefault(owner.sudo(False), {})[term.id, year] = Taken(
                exact(to_decimal(round(quantity, 6))), to_units(amount, rounding), to_units(commission, rounding),
            )
        return taken

    @api.model
    def _add_commissions(self, rows, taken):
        """Set the commission on each row: that on all so far in its year under its terms, less what was taken."""
        # sudo: the terms are applied, not shown
        terms = self.env['coop.consignment.term'].sudo()
        for row in rows:
            so_far = taken.setdefault((row.key.term, row.key.year), Taken())
            so_far.quantity += exact(row.due.quantity)
            so_far.amount += row.due.amount
            commission = terms.browse(row.key.term)._get_commission(so_far.quantity, so_far.amount)
            row.commission = commission - so_far.commission
            so_far.commission = commission


def _subtract(entitled, settled):
    """Return the rows where the entitlement to date differs from what was settled, in order of their keys."""
    rows = []
    for key in sorted({*entitled, *settled}):
        before = settled.get(key, Entitlement())
        difference = due(entitled.get(key, Entitlement()), before)
        if difference.quantity or difference.amount:
            rows.append(DueRow(key, difference, before))
    return rows


def _add(entitlement, part):
    if not entitlement:
        return part
    return Entitlement(entitlement.quantity + part.quantity, entitlement.amount + part.amount)
