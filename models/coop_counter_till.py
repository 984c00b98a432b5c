from odoo import models

from odoo.addons.producer_cooperative.tools.counter import settle_at_till
from odoo.addons.producer_cooperative.tools.units import from_units, to_units


class CoopCounterReceipt(models.Model):
    """What is set off, and what goes over the counter."""
    _inherit = 'coop.counter.receipt'

    # === BUSINESS METHODS === #

    def _settle(self):
        """Return ``({line: (set off, over the counter)}, till)`` of the chosen lines; see ``tools.counter``."""
        if not self:
            return {}, settle_at_till([], [])
        self.ensure_one()
        chosen = self.line_ids.filtered('chosen')
        debts = chosen.filtered(lambda line: line.kind == 'invoice')
        claims = chosen.filtered(lambda line: line.kind == 'payable')
        others = chosen - debts - claims
        till = settle_at_till(
            debts._to_units(), claims._to_units(),
            fixed_in=sum(others.filtered(lambda line: line.direction == 'in')._to_units()),
            fixed_out=sum(others.filtered(lambda line: line.direction == 'out')._to_units()),
            unit=self._get_cash_unit(), set_off=self.set_off,
        )
        settled = {line: (0.0, line.amount) for line in others}
        for lines, set_off, cash in (
            (debts, till.debts_set_off, till.debts_cash), (claims, till.claims_set_off, till.claims_cash),
        ):
            for line, off, over in zip(lines, set_off, cash, strict=True):
                settled[line] = (self._from_units(off), self._from_units(over))
        return settled, till

    def _get_cash_unit(self):
        """Return the smallest amount that can be handed over, in units of the currency; over a bank any can."""
        # sudo: the journal's type and the company's smallest coin, for whoever serves at the counter
        journal, company = self.journal_id.sudo(), self.company_id.sudo()
        if journal.type != 'cash' or not company:
            return 1
        return max(to_units(company.coop_cash_unit, company.currency_id.rounding), 1)

    def _from_units(self, units):
        return float(from_units(units, self.company_id.currency_id.rounding or 0.01))
