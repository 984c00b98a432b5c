from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import format_date

from odoo.addons.producer_cooperative.models.coop_settlement_sold import SCALE
from odoo.addons.producer_cooperative.tools.entitlement import NOTHING, Document, Entitlement, due, earned_by_document
from odoo.addons.producer_cooperative.tools.errors import InputRefusal
from odoo.addons.producer_cooperative.tools.units import from_units, round_half_up, to_decimal, to_units


class DueKey(NamedTuple):
    """What a settlement tells apart: the sale line, and the terms, year and account of its invoices (ids).

    Goods with a net price on the intake slip are told apart by it (rounding units per unit of the product).
    """
    sale_line: int
    term: int
    year: int
    account: int
    net_price: int = 0


@dataclass(slots=True)
class DueRow:
    """What is due on one key; quantities in the product's unit, amounts in whole rounding units."""
    key: DueKey
    due: Entitlement
    before: Entitlement
    commission: int = 0
    commission_before: int = 0


class DueRows(list):
    """What is due to one owner: :class:`DueRow` each, and what the levies of the terms come to."""
    levies = ()


class CoopSettlement(models.Model):
    """What is due: the entitlement to date less what was settled before, and the commission on it."""
    _inherit = 'coop.settlement'

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
        for deduction in values['deductions']:
            del deduction['name']
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
            'net_price': amount(row.key.net_price),
            'quantity': float(row.due.quantity),
            'amount': amount(row.due.amount),
            'commission': amount(row.commission),
            'quantity_before': float(row.before.quantity),
            'amount_before': amount(row.before.amount),
        } for row in rows]
        return {'lines': lines, 'deductions': self._prepare_deductions(rows, debts)}

    def _units_to_amount(self, units):
        return float(from_units(units, self.currency_id.rounding))

    # === BUSINESS METHODS - WHAT IS DUE === #

    @api.model
    def _get_owners_settled_after(self, company, date):
        # sudo: whether a member was settled, for whoever settles
        groups = self.sudo()._read_group([
            ('company_id', '=', company.id), ('state', '=', 'posted'), ('date', '>', date),
        ], ['partner_id'])
        return self.env['res.partner'].union(*(partner for partner, in groups))

    @api.model
    def _get_due(self, company, owners=None, date=None, as_of=False):
        """Return what is due to owners of consigned goods, with the commission on it.

        :param owners: partners; every owner with something due by default.
        :param date: last day whose deliveries and invoices count; all by default.
        :param bool as_of: whether to count only the settlements that were booked by ``date``, for a closing, instead of
            all that are posted.
        :return: ``{partner: DueRows}``, without owners to whom no money is due either way.
        :raises UserError: naming the member and the day when no terms were agreed.
        """
        settled_domain = self._get_settled_domain(company, date if as_of else None)
        if not as_of:
            sale_lines = self._get_open_sale_lines(company, owners)
        else:
            sale_lines = self._find_unsettled_lines(company, owners, settled_domain, date)
            # What was written off after its settlement is owed back, though it is invoiced and settled alike.
            sale_lines |= sale_lines.browse(self._get_losses(company, date))
        entitled = self._get_entitled(company, sale_lines, date)
        settled = self._get_settled(company, sale_lines, settled_domain)
        concerned = self.env['res.partner'].union(*entitled, *settled)
        if owners is not None:
            concerned &= owners
        taken = self._get_taken(company, concerned, settled_domain)
        result, commissions = {}, {}
        for owner in concerned:
            rows = _subtract(entitled.get(owner, {}), settled.get(owner, {}))
            self._add_commissions(rows, taken.get(owner, {}), commissions)
            if any(row.due.amount or row.commission for row in rows):
                result[owner] = rows
        self._add_levies(company, result, settled_domain)
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
    def _get_entitled(self, company, sale_lines, date):
        """Return ``{partner: {DueKey: Entitlement}}`` to date on these sale lines.

        Where a sale counts when the customer has paid, quantity and amount are those that were paid.

        :raises UserError: when no terms were agreed, or more came back to an owner than had been delivered.
        """
        goods = self._get_goods(company, sale_lines, date)
        documents = self._get_documents(company, sale_lines, date)
        owners = self.env['res.partner'].browse(
            dict.fromkeys([owner_id for rows in goods.values() for owner_id, _quantity, _price in rows if owner_id]),
        )
        ties = self._get_ties(company, owners)
        find_term = self._get_term_finder(company, owners, {
            document.key.category for of_line in documents.values() for document, _shares in of_line
        })
        found, entitled = defaultdict(dict), {owner_id: {} for owner_id in owners.ids}
        for sale_line in sale_lines:
            line_id = sale_line.id
            rows, of_line = goods.get(line_id), documents.get(line_id)
            if not rows or not of_line:
                continue
            get_earned = self._get_earned(sale_line, rows, of_line, ties)
            is_partial = any([shares for _document, shares in of_line])
            for invoice, parts in get_earned(None).items():
                terms, made = found[invoice], {}
                for (owner_id, price), part in parts.items():
                    if not owner_id or part == NOTHING:
                        continue
                    term = terms.get(owner_id)
                    if not term:
                        term = terms[owner_id] = find_term(owner_id, invoice, sale_line)
                    term_id, kind, year, account_id = term
                    if is_partial and (counted := get_earned(kind)) is not get_earned(None):
                        part = _scale(part, counted[invoice][owner_id, price].amount, sale_line.product_id.uom_id)
                    key = made.get((term_id, price))
                    if not key:
                        key = made[term_id, price] = DueKey(line_id, term_id, year, account_id, price)
                    by_key = entitled[owner_id]
                    by_key[key] = _add(by_key[key], part) if key in by_key else part
        return {owner: entitled[owner.id] for owner in owners if entitled[owner.id]}

    @api.model
    def _get_term_finder(self, company, owners, category_ids):
        """Return a function ``(owner id, InvoiceKey, sale line) -> (term id, kind, year, account id)``.

        The kind is that of :meth:`_get_earned`.

        :raises UserError: (the function) when no terms were agreed.
        """
        # sudo: only where they stand among each other
        categories = self.env['product.category'].sudo().browse(filter(None, category_ids)).grouped('id')
        get_term = self.env['coop.consignment.agreement']._get_terms(company, owners)
        kinds = {}

        def find_term(owner_id, invoice, sale_line):
            owner = owners.browse(owner_id)
            term = get_term(owner, invoice.day, categories.get(invoice.category)) or self._raise_no_terms(
                owner, invoice.day, sale_line.product_id,
            )
            if term.id not in kinds:
                kinds[term.id] = term.settle_on, term.default_bearer
            return term.id, kinds[term.id], invoice.day.year, invoice.account

        return find_term

    @api.model
    def _get_earned(self, sale_line, rows, documents, ties):
        """Return a function ``kind of terms -> {InvoiceKey: {(owner id, net price): Entitlement}}`` on a sale line.

        The kind says whether sales count when invoiced or paid, and who bears what is never paid; None counts all. Of
        what is paid in part, every owner gets whole steps of the company's rounding unit, the rest with the last part.
        """
        found = {}
        try:
            found[None] = earned_by_document(rows, [document for document, _shares in documents], ties)
        except InputRefusal as refusal:
            if refusal.code != 'returned_more_than_delivered':
                raise
            self._check_goods(sale_line, rows)
            raise

        def get_earned(kind):
            if kind not in found:
                counted = [
                    Document(*document[:3], shares.get(kind, 1)) if shares else document
                    for document, shares in documents
                ]
                all_counts = all(document.paid == 1 for document in counted)
                found[kind] = found[None] if all_counts else earned_by_document(
                    rows, counted, ties, as_paid=True, step=sale_line.company_id._coop_get_rounding_step(),
                )
            return found[kind]

        return get_earned

    @api.model
    def _raise_no_terms(self, owner, day, product):
        raise UserError(self.env._(
            "No consignment terms hold for %(member)s on %(date)s, when %(product)s was invoiced. Write down an"
            " agreement with this member or for these goods, or terms for all members, from that day on or earlier.",
            member=owner.display_name, date=format_date(self.env, day), product=product.display_name,
        ))

    @api.model
    def _get_ties(self, company, partners):
        """Return the sortable key of each owner: the member number, then the id."""
        # sudo: only the order of the numbers is used
        memberships = self.env['coop.membership'].sudo()._get_in_force(partners, company)
        memberships.fetch(['partner_id', 'number'])
        numbers = {membership.partner_id.id: membership.number or '' for membership in memberships}
        return {owner_id: (numbers.get(owner_id, ''), owner_id) for owner_id in (0, *partners.ids)}

    @api.model
    def _get_settled(self, company, sale_lines, settled_domain):
        """Return ``{partner: {DueKey: (Entitlement, commission)}}`` that was settled before on these sale lines."""
        rounding = company.currency_id.rounding
        # sudo: what was settled before has to be known to whoever computes
        groups = self.env['coop.settlement.line'].sudo()._read_group(
            settled_domain & Domain('sale_line_id', 'in', sale_lines.ids),
            ['owner_id', 'sale_line_id', 'term_id', 'year', 'account_id', 'net_price'],
            ['quantity:sum', 'amount:sum', 'commission:sum'],
        )
        settled = {}
        for owner, sale_line, term, year, account, net_price, quantity, amount, commission in groups:
            key = DueKey(sale_line.id, term.id, year, account.id, to_units(net_price or 0.0, rounding))
            before = Entitlement(round((quantity or 0.0) * SCALE), to_units(amount or 0.0, rounding))
            settled.setdefault(owner.sudo(False), {})[key] = before, to_units(commission or 0.0, rounding)
        return settled


def _subtract(entitled, settled):
    """Return the rows where the entitlement to date differs from what was settled, in order of their keys."""
    if not settled:
        return DueRows([DueRow(key, part, NOTHING) for key, part in sorted(entitled.items()) if part != NOTHING])
    rows = DueRows()
    for key in sorted({*entitled, *settled}):
        before, commission = settled.get(key, (NOTHING, 0))
        difference = due(entitled.get(key, NOTHING), before)
        if difference != NOTHING:
            rows.append(DueRow(key, difference, before, commission_before=commission))
    return rows


def _add(entitlement, part):
    return Entitlement(entitlement.quantity + part.quantity, entitlement.amount + part.amount)


def _scale(part, paid, unit):
    """Return the part of an entitlement that was paid; its quantity is rounded as the unit of measure is."""
    if not part.amount:
        return Entitlement(part.quantity, paid)
    step = round(to_decimal(unit.rounding) * SCALE)
    return Entitlement(round_half_up(Fraction(part.quantity * paid, part.amount * step)) * step, paid)
