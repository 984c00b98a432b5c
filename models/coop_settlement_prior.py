from odoo import api, fields, models
from odoo.fields import Domain


class Advances(dict):
    """What members hold in advances, looked up for many at once; a type of its own, which nobody can send over RPC."""


class CoopSettlementDeduction(models.Model):
    _inherit = 'coop.settlement.deduction'

    kind = fields.Selection(
        selection_add=[('tax', "Tax on the Commission"), ('advance', "Advance Taken Back")],
        ondelete={'tax': 'cascade', 'advance': 'cascade'},
    )

    # === BUSINESS METHODS === #

    def _get_label(self):
        if self.kind == 'advance':
            return self.env._("Advances paid before")
        return super()._get_label()


class CoopSettlement(models.Model):
    """What comes off the proceeds before savings are withheld and debts set off.

    In this order, each only as far as something is left: the tax on the commission, levies, advances, savings, debts.
    An advance is the member's own money, paid before the sale; whatever share the terms keep for the member, the
    advance has been part of it.
    """
    _inherit = 'coop.settlement'

    # === BUSINESS METHODS === #

    def _prepare_deductions(self, rows, debts):
        deductions = super()._prepare_deductions(rows, debts)
        proceeds = self._units_to_amount(sum(row.due.amount - row.commission for row in rows))
        if self.currency_id.compare_amounts(proceeds, 0.0) < 0:
            return deductions
        tax = self._get_commission_tax(rows)
        first = [self._prepare_deduction('tax', self._get_tax_label(), tax)] if tax else []
        first += [values for values in deductions if values['kind'] == 'levy']
        later = [values for values in deductions if values['kind'] != 'levy']
        levied = sum(values['amount'] for values in first)
        advance = min(self._get_open_advance(), self.currency_id.round(proceeds - levied))
        if self.currency_id.compare_amounts(advance, 0.0) > 0:
            first.append(self._prepare_deduction('advance', self.env._("Advances paid before"), advance))
        if len(first) == len(deductions) - len(later):
            return deductions
        return self._cap_deductions(first + later, proceeds)

    def _prepare_deduction(self, kind, name, amount):
        return {
            'kind': kind, 'savings_type_id': False, 'debt_line_id': False, 'name': name,
            'amount': self.currency_id.round(amount),
        }

    def _cap_deductions(self, deductions, proceeds):
        """Take the deductions off the proceeds one by one, none further than to zero; the tax is due in any case."""
        left = self.currency_id.round(proceeds)
        capped = []
        for values in deductions:
            is_tax = values['kind'] == 'tax'
            amount = values['amount'] if is_tax else self.currency_id.round(min(values['amount'], left))
            if is_tax or self.currency_id.compare_amounts(amount, 0.0) > 0:
                capped.append({**values, 'amount': amount})
                left = self.currency_id.round(left - amount)
        return capped

    def _get_tax_label(self):
        # sudo: the name of the tax, for the member's paper
        return self.env._("%s on the commission", self.company_id.sudo().coop_commission_tax_id.name)

    def _get_open_advance(self):
        """Return what was paid to the member ahead of sales and not taken back yet, up to the settlement's day."""
        self.ensure_one()
        advances = self.env.context.get('coop_advances')
        if not isinstance(advances, Advances):
            advances = self._get_open_advances(self.company_id, self.partner_id, self.date)
        return advances.get(self.partner_id, 0.0)

    @api.model
    def _get_open_advances(self, company, partners, date):
        """Return ``{partner: what can be taken back}`` on ``date``.

        What is booked after that day counts where it lowers the balance: nothing is taken back twice.
        """
        until = self._get_advance_balances(company, partners, date)
        if not until:
            return {}
        now = self._get_advance_balances(company, partners)
        return {partner: max(min(amount, now.get(partner, 0.0)), 0.0) for partner, amount in until.items()}

    @api.model
    def _get_advance_balances(self, company, partners, date=None):
        """Return ``{partner: balance}`` of the account of advances to members, as posted; what they hold is positive.

        :param date: only what is booked until that day.
        """
        # sudo: which account serves which purpose, and a member's own balance, for whoever settles
        account = company.sudo().coop_account_ids.filtered(lambda mapping: mapping.key == 'member_advance').account_id
        if not account:
            return {}
        domain = Domain([
            ('account_id', '=', account.id), ('company_id', '=', company.id), ('parent_state', '=', 'posted'),
            ('partner_id', 'in', partners.ids),
        ])
        if date:
            domain &= Domain('date', '<=', date)
        groups = self.env['account.move.line'].sudo()._read_group(domain, ['partner_id'], ['balance:sum'])
        return {partner.sudo(False): company.currency_id.round(balance) for partner, balance in groups}
