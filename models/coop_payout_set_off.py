from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from odoo.addons.producer_cooperative.tools.set_off import set_off_oldest
from odoo.addons.producer_cooperative.tools.units import from_units, to_units


class Claim(NamedTuple):
    """What a member owes the cooperative: a journal item, or mandatory savings of one month.

    ``date`` is the day that it was due, ``units`` the amount in the smallest unit of the currency.
    """
    date: object
    debt: object
    savings_type: object
    units: int


class CoopPayoutSetOff(models.Model):
    """What a member owed, and how much of it a payout settled."""
    _name = 'coop.payout.set.off'
    _description = "Debt That a Payout Settles"
    _order = 'payout_id, id'
    _check_company_auto = True

    payout_id = fields.Many2one(
        comodel_name='coop.payout', required=True, index=True, ondelete='cascade', readonly=True,
    )
    company_id = fields.Many2one(related='payout_id.company_id', store=True, precompute=True)
    currency_id = fields.Many2one(related='payout_id.currency_id')
    partner_id = fields.Many2one(
        comodel_name='res.partner', string="Member", required=True, index=True, readonly=True, ondelete='restrict',
    )
    debt_line_id = fields.Many2one(
        comodel_name='account.move.line', string="Debt", readonly=True, ondelete='restrict', index='btree_not_null',
    )
    savings_type_id = fields.Many2one(
        comodel_name='coop.savings.type', string="Savings", readonly=True, ondelete='restrict', check_company=True,
        index='btree_not_null',
    )
    name = fields.Char(string="Description", required=True, readonly=True)
    date_due = fields.Date(string="Due On", readonly=True)
    amount = fields.Monetary(string="Set Off", readonly=True)

    # === BUSINESS METHODS === #

    def _prepare_item(self):
        """Return the credit that settles the debt, or pays the savings in."""
        self.ensure_one()
        debt = self.debt_line_id
        return {
            'account_id': (debt.account_id or self.savings_type_id.account_id).id,
            'partner_id': (debt.partner_id or self.partner_id).id,
            'name': self.name,
            'balance': -self.amount,
        }


class CoopPayout(models.Model):
    """Payouts that move no money: what members are owed settles what they owe, the oldest first."""
    _inherit = 'coop.payout'

    set_off_ids = fields.One2many(
        comodel_name='coop.payout.set.off', inverse_name='payout_id', string="Debts Settled", readonly=True, copy=False,
    )
    set_off_early = fields.Boolean(
        string="Also Debts Not Due Yet", compute='_compute_set_off_early', store=True, readonly=False, precompute=True,
        tracking=True,
        help="Settle invoices that fall due later as well; tick it only when these members agreed to it in writing.",
    )

    # === COMPUTE METHODS === #

    @api.depends('company_id')
    def _compute_set_off_early(self):
        for payout in self:
            payout.set_off_early = payout.company_id.sudo().coop_set_off_early  # sudo: see _sets_off_early

    # === CRUD METHODS === #

    def write(self, vals):
        res = super().write(vals)
        if {'way', 'date', 'set_off_early'} & vals.keys():
            for payout in self:
                payout._refresh_set_offs()
        return res

    # === BUSINESS METHODS - DEBTS === #

    def _sets_off_early(self, company):
        return self.set_off_early if self else super()._sets_off_early(company)

    def _get_claims(self, partners):
        """Return ``{partner: [Claim]}``: what these members owe on the day of the payout, the oldest first.

        Open invoices that are due, less open credits, and arrears of mandatory savings; of the same day, the savings
        come first. Invoices that fall due later count only where the officer ticked it.
        """
        self.ensure_one()
        claims = defaultdict(list)
        for partner, rows in self._get_savings_claims(partners).items():
            claims[partner] += rows
        rounding = self.currency_id.rounding
        for partner, debts in self._get_open_debts(self.company_id, partners, self.date).items():
            owed = sum(debts.mapped('amount_residual'))
            claims[partner.with_env(self.env)] += [
                Claim(debt.date_maturity or debt.date, debt, None, to_units(amount, rounding))
                for debt, amount in self._allocate_set_off(debts, owed)
            ]
        return {partner: sorted(rows, key=lambda claim: claim.date) for partner, rows in claims.items()}

    def _get_savings_claims(self, partners):
        """Return ``{partner: [Claim]}`` of the months of mandatory savings that are not paid up to the payout's day."""
        self.ensure_one()
        # sudo: arrears of these members, for whoever prepares the payout
        rows = self.env['coop.savings.arrears'].sudo().search([
            ('partner_id', 'in', partners.ids), ('company_id', '=', self.company_id.id), ('month', '<=', self.date),
        ], order='month, id')
        rounding = self.currency_id.rounding
        claims = defaultdict(list)
        for row in rows:
            claims[row.partner_id.with_env(self.env)].append(
                Claim(row.month, None, row.type_id, to_units(row.amount, rounding)),
            )
        return claims

    def _refresh_set_offs(self):
        """Write down anew which debts the payout settles; return ``{partner: what cannot be set off}`` in units."""
        self.ensure_one()
        # sudo: the rows are the payout's own; nobody types them in
        payout = self.sudo()
        payout.set_off_ids.unlink()
        if self.method != 'set_off':
            return {}
        rounding = self.currency_id.rounding
        claims = self._get_claims(self.line_ids.partner_id)
        values, left = [], {}
        for partner, lines in self.line_ids.grouped('partner_id').items():
            own = claims.get(partner, [])
            limit = sum(to_units(amount, rounding) for amount in lines.mapped('amount'))
            parts = set_off_oldest([claim.units for claim in own], limit)
            values += self._prepare_set_offs(partner, [pair for pair in zip(own, parts, strict=True) if pair[1]])
            if limit > sum(parts):
                left[partner] = limit - sum(parts)
        payout.env['coop.payout.set.off'].create(values)
        return left

    def _prepare_set_offs(self, partner, parts):
        """Return the rows of one member: one for each debt, and one for each kind of savings with its months.

        :param parts: ``[(Claim, units)]``
        """
        debts = [{
            'payout_id': self.id, 'partner_id': partner.id, 'debt_line_id': claim.debt.id, 'date_due': claim.date,
            'name': claim.debt.move_name, 'amount': self._from_units(units),
        } for claim, units in parts if claim.debt]
        months = defaultdict(list)
        for claim, units in parts:
            if claim.savings_type:
                months[claim.savings_type].append((claim.date, units))
        return [*debts, *({
            'payout_id': self.id, 'partner_id': partner.id, 'savings_type_id': savings_type.id,
            'date_due': rows[0][0], 'name': self._get_months_label(savings_type, rows[0][0], rows[-1][0]),
            'amount': self._from_units(sum(units for _month, units in rows)),
        } for savings_type, rows in months.items())]

    def _get_months_label(self, savings_type, first, last):
        months = dict.fromkeys(
            format_date(self.env, month, date_format='MMMM yyyy') for month in (first, last)
        )
        return f"{savings_type.name}, {' – '.join(months)}"

    def _from_units(self, units):
        return float(from_units(units, self.currency_id.rounding))

    # === BUSINESS METHODS - CHECKS AND BOOKING === #

    def _check_set_offs(self):
        """Refuse to set off more than a member owes now, or without the member's consent.

        :raises UserError: naming the member and what to do.
        """
        self.ensure_one()
        if self.method != 'set_off':
            return
        for membership in self.line_ids.membership_id:
            self._check_consent(membership)
        left = self._refresh_set_offs()
        by_partner = self.line_ids.grouped('partner_id')
        for partner, units in left.items():
            amount = sum(by_partner[partner].mapped('amount'))
            raise UserError(self.env._(
                "%(member)s owes the cooperative only %(owed)s now, and %(amount)s cannot be set off. Pay less this"
                " way; the rest can be paid in cash, by bank or into savings.",
                member=partner.display_name, amount=format_amount(self.env, amount, self.currency_id),
                owed=format_amount(self.env, amount - self._from_units(units), self.currency_id),
            ))

    def _check_consent(self, membership):
        if not membership.shu_set_off_date:
            raise UserError(membership._consent_error_message())
        if membership.shu_set_off_date > self.date:
            raise UserError(self.env._(
                "%(member)s consented to the set-off on %(date)s only, after the day of the payout.",
                member=membership.display_name, date=format_date(self.env, membership.shu_set_off_date),
            ))

    def _prepare_counter_items(self):
        if self.method != 'set_off':
            return super()._prepare_counter_items()
        return [row._prepare_item() for row in self.set_off_ids.sorted('id')]

    def _get_reconciled_debts(self, items):
        if self.method != 'set_off':
            return super()._get_reconciled_debts(items)
        return [
            row.debt_line_id | item for row, item in zip(self.set_off_ids.sorted('id'), items, strict=True)
            if row.debt_line_id
        ]

    def _get_savings_types_paid(self):
        return super()._get_savings_types_paid() | self.set_off_ids.savings_type_id


class CoopPayoutLine(models.Model):
    """A draft shows which debts it settles, whoever changes its lines."""
    _inherit = 'coop.payout.line'

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._refresh_set_offs()
        return lines

    def write(self, vals):
        payouts = self.payout_id
        res = super().write(vals)
        if {'amount', 'payout_id', 'payable_line_id', 'shu_line_id'} & vals.keys():
            (self | payouts.line_ids)._refresh_set_offs()
        return res

    def unlink(self):
        payouts = self.payout_id
        res = super().unlink()
        payouts.exists().line_ids._refresh_set_offs()
        return res

    # === BUSINESS METHODS === #

    def _refresh_set_offs(self):
        for payout in self.payout_id:
            if payout.method == 'set_off' and payout.state == 'draft':
                payout._refresh_set_offs()
