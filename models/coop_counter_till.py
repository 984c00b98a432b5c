from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from odoo.addons.producer_cooperative.models.coop_counter_receipt_line import CLAIM_KINDS
from odoo.addons.producer_cooperative.tools.counter import settle_at_till
from odoo.addons.producer_cooperative.tools.units import from_units, to_units


class CoopCounterReceipt(models.Model):
    """What is set off, and what goes over the counter."""
    _inherit = 'coop.counter.receipt'

    amount_given = fields.Monetary(
        string="Money Given", copy=False,
        help="The notes that the member lays on the counter; the screen says how much change to give.",
    )
    amount_change = fields.Monetary(string="Change to Give", compute='_compute_change')
    amount_missing = fields.Monetary(string="Still Missing", compute='_compute_change')

    # === COMPUTE METHODS === #

    @api.depends('amount_given', 'amount_net')
    def _compute_change(self):
        for receipt in self:
            over = receipt.amount_given and receipt.amount_given - receipt.amount_to_receive
            receipt.amount_change, receipt.amount_missing = max(over, 0.0), max(-over, 0.0)

    # === BUSINESS METHODS === #

    def _check_given(self):
        """Refuse to post while the member has laid less on the counter than is received.

        :raises UserError: naming what is missing.
        """
        self.ensure_one()
        if self.currency_id.compare_amounts(self.amount_missing, 0.0) > 0:
            raise UserError(self.env._(
                "%(missing)s is still missing: %(member)s gave %(given)s, and %(due)s is to be received.",
                missing=format_amount(self.env, self.amount_missing, self.currency_id),
                member=self.membership_id.display_name,
                given=format_amount(self.env, self.amount_given, self.currency_id),
                due=format_amount(self.env, self.amount_to_receive, self.currency_id),
            ))

    def _settle(self):
        """Return ``({line: (set off, over the counter)}, till)`` of the chosen lines; see ``tools.counter``."""
        if not self:
            return {}, settle_at_till([], [])
        self.ensure_one()
        chosen = self.line_ids.filtered('chosen')
        debts = chosen.filtered(lambda line: line.kind == 'invoice')
        claims = chosen.filtered(lambda line: line.kind in CLAIM_KINDS)
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
