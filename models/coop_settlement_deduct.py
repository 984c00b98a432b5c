from fractions import Fraction

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.producer_cooperative.tools.deductions import Wanted, shares_of, split_proceeds
from odoo.addons.producer_cooperative.tools.units import round_half_up, to_decimal, to_units


class CoopSettlement(models.Model):
    """What is kept back of a member's proceeds: levies, savings and debts, in this order; never more than there is."""
    _inherit = 'coop.settlement'

    # === BUSINESS METHODS === #

    def _prepare_deductions(self, rows, debts):
        """Return the levies, the savings withheld and the debts set off; together they never exceed the proceeds.

        :param rows: :class:`DueRow` of the member.
        :param debts: ``{partner: journal items}`` of :meth:`_get_open_debts`.
        """
        self.ensure_one()
        proceeds = self._get_proceeds_by_term(rows)
        total = sum(proceeds.values())
        own_debts = debts.get(self.partner_id)
        owed = sum(own_debts.mapped('amount_residual')) if own_debts else 0.0
        set_off = min(self._get_set_off_share(proceeds), max(to_units(owed, self.currency_id.rounding), 0))
        split = split_proceeds(
            total, getattr(rows, 'levies', ()),
            [Wanted(savings_type, units) for savings_type, units in self._get_savings_shares(proceeds).items()],
            max(set_off, 0), self._get_take_home(proceeds),
        )
        deductions = [{
            'kind': 'levy', 'savings_type_id': False, 'debt_line_id': False, 'levy_id': levied.key.id,
            'name': levied.key._get_label(), 'amount': self._units_to_amount(levied.amount),
        } for levied in split.levies if levied.amount]
        deductions += [{
            'kind': 'savings', 'savings_type_id': saved.key.id, 'debt_line_id': False, 'name': saved.key.name,
            'amount': self._units_to_amount(saved.amount),
        } for saved in split.savings if saved.amount]
        if split.set_off:
            deductions += [{
                'kind': 'set_off', 'savings_type_id': False, 'debt_line_id': debt.id, 'name': debt.move_name,
                'amount': amount,
            } for debt, amount in self._allocate_set_off(own_debts, self._units_to_amount(split.set_off))]
        return deductions

    @api.model
    def _get_proceeds_by_term(self, rows):
        """Return ``{term: sales less commission}`` in whole rounding units, in order of the terms."""
        by_term = {}
        for row in rows:
            by_term[row.key.term] = by_term.get(row.key.term, 0) + row.due.amount - row.commission
        # sudo: the terms are applied, not shown
        terms = self.env['coop.consignment.term'].sudo().browse(sorted(by_term))
        return {term: by_term[term.id] for term in terms}

    @api.model
    def _add_levies(self, company, dues, settled_domain):
        """Note on what is due how much each levy comes to: that on everything so far less what was levied before.

        So what could not be levied for want of proceeds is made up for, and what was levied on goods that came back is
        not levied again. Two look-ups for all owners.

        :param dues: ``{partner: DueRows}``; their levies become :class:`Wanted`, in the order of deduction.
        """
        # sudo: the terms are applied, not shown
        terms = self.env['coop.consignment.term'].sudo().browse(sorted({
            row.key.term for rows in dues.values() for row in rows
        }))
        levies = terms.levy_ids.sorted(lambda levy: (levy.sequence, levy.id))
        if not levies:
            return
        owners = self.env['res.partner'].union(*dues)
        bases = self._get_levy_bases(company, owners, levies.term_id, settled_domain)
        levied = self._get_levied(company, owners, levies)
        for owner, rows in dues.items():
            by_term = {}
            for row in rows:
                by_term.setdefault(row.key.term, []).append(row)
            wanted = []
            for levy in levies.filtered(lambda levy, by_term=by_term: levy.term_id.id in by_term):
                term_id = levy.term_id.id
                to_date = self._get_levy_to_date(levy, by_term[term_id], bases.get((owner.id, term_id)))
                wanted.append(Wanted(levy, to_date - levied.get((owner.id, levy.id), 0)))
            rows.levies = wanted

    @api.model
    def _get_levy_to_date(self, levy, rows, before):
        quantity, base = before or (0, 0)
        return levy._get_amount(
            Fraction(quantity) + sum(row.due.quantity for row in rows),
            base + sum(row.due.amount - row.commission for row in rows),
        )

    @api.model
    def _get_levy_bases(self, company, owners, terms, settled_domain):
        """Return ``{(owner id, term id): (quantity, proceeds)}`` that were settled before under these terms."""
        rounding = company.currency_id.rounding
        # sudo: what was settled before has to be known to whoever computes
        groups = self.env['coop.settlement.line'].sudo()._read_group(
            settled_domain & Domain([('owner_id', 'in', owners.ids), ('term_id', 'in', terms.ids)]),
            ['owner_id', 'term_id'], ['quantity:sum', 'amount:sum', 'commission:sum'],
        )
        return {
            (owner.id, term.id): (
                to_decimal(round(quantity or 0.0, 6)),
                to_units(amount or 0.0, rounding) - to_units(fee or 0.0, rounding),
            ) for owner, term, quantity, amount, fee in groups
        }

    @api.model
    def _get_levied(self, company, owners, levies):
        """Return ``{(owner id, levy id): what posted settlements deducted}`` in whole rounding units."""
        # sudo: see _get_levy_bases
        groups = self.env['coop.settlement.deduction'].sudo()._read_group([
            ('levy_id', 'in', levies.ids), ('partner_id', 'in', owners.ids), ('company_id', '=', company.id),
            ('settlement_id.state', '=', 'posted'),
        ], ['partner_id', 'levy_id'], ['amount:sum'])
        rounding = company.currency_id.rounding
        return {(owner.id, levy.id): to_units(amount or 0.0, rounding) for owner, levy, amount in groups}

    def _get_savings_shares(self, proceeds):
        """Return ``{savings type: what is withheld for it}`` in whole rounding units, by the terms of each sale."""
        parts = {}
        for term, units in proceeds.items():
            if term.savings_type_id and term.savings_rate:
                parts.setdefault(term.savings_type_id, []).append((units, to_decimal(term.savings_rate)))
        step = self.company_id._coop_get_rounding_step()
        return {savings_type: round_half_up(shares_of(pairs), step) for savings_type, pairs in parts.items()}

    def _get_set_off_share(self, proceeds):
        """Return what may be set off in whole rounding units; nothing where the member had not consented by then."""
        share = shares_of(
            (units, to_decimal(term.set_off_rate)) for term, units in proceeds.items()
            if term.set_off_consent_date and term.set_off_consent_date <= self.date
        )
        step = self.company_id._coop_get_rounding_step()
        return int(share // step) * step if share > 0 else 0

    def _get_take_home(self, proceeds):
        """Return what is always paid out: the terms' shares of what they brought, or the highest of their amounts."""
        share = shares_of((units, to_decimal(term.take_home_rate)) for term, units in proceeds.items() if units > 0)
        amounts = [to_units(term.take_home_amount, self.currency_id.rounding) for term in proceeds]
        return max(round_half_up(share, self.company_id._coop_get_rounding_step()), *amounts, 0)
