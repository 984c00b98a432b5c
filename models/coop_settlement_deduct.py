from fractions import Fraction

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.producer_cooperative.tools.commission import commission_per_unit
from odoo.addons.producer_cooperative.tools.deductions import Wanted, share_of, shares_of, split_proceeds
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
            total, self._get_levies(rows, proceeds),
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

    def _get_levies(self, rows, proceeds):
        """Return what is due for each levy of the terms: that on everything so far less what was levied before.

        So what could not be levied for want of proceeds is made up for, and what was levied on goods that came back is
        not levied again.

        :return: :class:`Wanted` by levy, in the order of deduction.
        """
        self.ensure_one()
        levies = self.env['coop.consignment.levy'].sudo().union(*(term.levy_ids for term in proceeds))
        if not levies:
            return []
        # sudo: see _get_settled
        lines = self.env['coop.settlement.line'].sudo()._read_group(
            self._get_settled_domain(self.company_id, None)
            & Domain([('owner_id', '=', self.partner_id.id), ('term_id', 'in', levies.term_id.ids)]),
            ['term_id'], ['quantity:sum', 'amount:sum', 'commission:sum'],
        )
        rounding = self.currency_id.rounding
        before = {
            term: (to_decimal(round(quantity or 0.0, 6)), to_units(amount or 0.0, rounding) - to_units(fee or 0.0, rounding))
            for term, quantity, amount, fee in lines
        }
        levied = dict(self.env['coop.settlement.deduction'].sudo()._read_group([
            ('levy_id', 'in', levies.ids), ('partner_id', '=', self.partner_id.id),
            ('company_id', '=', self.company_id.id), ('settlement_id.state', '=', 'posted'),
        ], ['levy_id'], ['amount:sum']))
        wanted = []
        for levy in levies.sorted(lambda levy: (levy.sequence, levy.id)):
            quantity, base = before.get(levy.term_id, (0, 0))
            base += proceeds[levy.term_id]
            if levy.kind == 'percent':
                due = share_of(base, to_decimal(levy.rate))
            else:
                quantity = Fraction(quantity) + sum(
                    row.due.quantity for row in rows if row.key.term == levy.term_id.id
                )
                due = commission_per_unit(quantity, levy.term_id._to_units_exact(levy.fee))
            wanted.append(Wanted(levy, due - to_units(levied.get(levy, 0.0), rounding)))
        return wanted

    def _get_savings_shares(self, proceeds):
        """Return ``{savings type: what is withheld for it}`` in whole rounding units, by the terms of each sale."""
        parts = {}
        for term, units in proceeds.items():
            if term.savings_type_id and term.savings_rate:
                parts.setdefault(term.savings_type_id, []).append((units, to_decimal(term.savings_rate)))
        return {savings_type: round_half_up(shares_of(pairs)) for savings_type, pairs in parts.items()}

    def _get_set_off_share(self, proceeds):
        """Return what may be set off in whole rounding units; nothing where the member had not consented by then."""
        share = shares_of(
            (units, to_decimal(term.set_off_rate)) for term, units in proceeds.items()
            if term.set_off_consent_date and term.set_off_consent_date <= self.date
        )
        return int(share // 1) if share > 0 else 0

    def _get_take_home(self, proceeds):
        """Return what is always paid out: the terms' shares of what they brought, or the highest of their amounts."""
        share = shares_of((units, to_decimal(term.take_home_rate)) for term, units in proceeds.items() if units > 0)
        amounts = [to_units(term.take_home_amount, self.currency_id.rounding) for term in proceeds]
        return max(round_half_up(share), *amounts, 0)
