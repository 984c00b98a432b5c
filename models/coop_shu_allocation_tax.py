from __future__ import annotations

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import format_amount, format_date

from odoo.addons.producer_cooperative.models.coop_shu_allocation import ACCOUNTANT
from odoo.addons.producer_cooperative.tools.obstacle import Obstacle
from odoo.addons.producer_cooperative.tools.shu_surplus import expected_tax
from odoo.addons.producer_cooperative.tools.units import from_units, to_decimal, to_units


class CoopShuAllocation(models.Model):
    """The cooperative's own income tax: SHU is what is left after it (UU 25/1992 art. 45)."""
    _inherit = 'coop.shu.allocation'

    tax_treatment = fields.Selection(related='rule_id.tax_treatment', string="Income Tax of the Rule")
    tax_expected = fields.Monetary(
        string="Expected Income Tax", copy=False, tracking=True,
        help="Above zero. Where the rule wants the income tax booked first, this much has to stand on the rule's tax"
             " accounts in the period.",
    )
    tax_none = fields.Boolean(string="No Income Tax Is Due", copy=False, tracking=True)
    tax_booked = fields.Monetary(
        string="Booked Income Tax", compute='_compute_tax_booked',
        help="What stands on the rule's tax accounts in the period now.",
    )

    _tax_expected_positive = models.Constraint('CHECK (tax_expected >= 0)', "Expected tax cannot be below zero.")

    # === COMPUTE METHODS === #

    def _compute_tax_booked(self):
        for allocation in self:
            known = allocation.date_from and allocation.date_to and allocation.rule_id.tax_account_ids
            allocation.tax_booked = allocation._get_tax_booked() if known else 0.0

    # === CRUD METHODS === #

    def write(self, vals):
        if {'tax_expected', 'tax_none'} & vals.keys():
            self._check_may_be_computed()
        return super().write(vals)

    # === ACTIONS === #

    def action_propose_tax(self):
        """Enter the tax that the rule's rate comes to on the surplus before tax as it is now."""
        for allocation in self:
            allocation._check_user_is(ACCOUNTANT)
            allocation._check_may_be_computed()
            unit = allocation.rule_id.rounding_unit or allocation.currency_id.rounding
            before_tax = to_decimal(allocation._get_ledger_surplus() + allocation._get_tax_booked())
            units = int(before_tax / to_decimal(unit))
            tax = expected_tax(units, to_decimal(allocation.rule_id.tax_rate))
            if not allocation.rule_id.tax_rate and before_tax > 0:
                raise UserError(allocation.env._(
                    "No rate of income tax is entered for %s, so nothing can be proposed. Enter the rate on the SHU"
                    " rule, or enter here what the tax comes to.", allocation.display_name,
                ))
            allocation.write({'tax_expected': float(from_units(tax, unit)), 'tax_none': not tax})

    def action_book_tax(self):
        """Book what is expected and not booked yet: Dr income tax / Cr income tax owed, on the last day.

        :raises AccessError: for anybody but the accountant.
        :raises UserError: when nothing is to be booked, an account is missing, or the books are locked on that day.
        """
        for allocation in self:
            allocation._check_user_is(ACCOUNTANT)
            allocation._queue_up()
            allocation._check_may_be_computed()
            allocation._check_period_is_over()
            move = self.env['account.move'].create(allocation._prepare_tax_values())
            move._post(soft=False)
            allocation._reset_computation()
            allocation.message_post(body=self.env._(
                "Income tax of %(amount)s booked: %(entry)s",
                amount=format_amount(self.env, move.amount_total, allocation.currency_id), entry=move.name,
            ))

    # === BUSINESS METHODS === #

    def _get_tax_booked(self):
        """Return what stands on the rule's tax accounts in the period, in the company's currency; debit positive."""
        self.ensure_one()
        # sudo: one sum, for managers without access to the journal items
        [(balance,)] = self.env['account.move.line'].sudo()._read_group(
            self._get_result_domain() & Domain('account_id', 'in', self.rule_id.tax_account_ids.ids), [],
            ['balance:sum'],
        )
        return self.currency_id.round(balance or 0.0)

    def _prepare_tax_values(self):
        """Return the entry of the tax that is not booked yet; the other way round where too much is booked."""
        self.ensure_one()
        rule, journal = self.rule_id, self.company_id._get_coop_journal('coop_journal_id')
        if not rule:
            raise UserError(self.env._("Choose the SHU rule of %s first: it names the accounts.", self.display_name))
        amount = self.currency_id.round(self.tax_expected - self._get_tax_booked())
        if self.currency_id.is_zero(amount):
            raise UserError(self.env._("The expected income tax is booked already; nothing is left to book."))
        if not rule.tax_account_ids or not rule.tax_payable_account_id:
            raise UserError(self.env._(
                "%s does not say on which accounts the income tax is booked and owed. Enter them on the rule first.",
                rule.display_name,
            ))
        if self.company_id._get_first_open_day(self.date_to, journal) != self.date_to:
            raise UserError(self.env._(
                "The books are locked on %s: the tax of the period has to be booked before they are.",
                format_date(self.env, self.date_to),
            ))
        name = self.env._("Income tax %s", self._get_period_label())
        return {
            'move_type': 'entry', 'journal_id': journal.id, 'company_id': self.company_id.id, 'date': self.date_to,
            'ref': name,
            'line_ids': [
                Command.create({'account_id': account.id, 'name': name, 'balance': balance})
                for account, balance in ((rule.tax_account_ids[0], amount), (rule.tax_payable_account_id, -amount))
            ],
        }

    def _get_tax_obstacles(self):
        """Return what is missing before the surplus is one after tax, where the rule wants that."""
        obstacles = super()._get_tax_obstacles()
        if self.rule_id.tax_treatment != 'booked':
            return obstacles
        booked, unit = self._get_tax_booked(), self.currency_id.rounding
        if self.currency_id.is_zero(self.tax_expected) and not self.tax_none:
            obstacles.append(Obstacle(
                self.env._("Enter the expected income tax on the allocation, or tick that none is due."),
                'coop.shu.allocation',
            ))
        elif to_units(booked, unit) != to_units(self.tax_expected, unit):
            obstacles.append(Obstacle(self.env._(
                "Income tax of %(expected)s is expected and %(booked)s is booked. Book the difference.",
                expected=format_amount(self.env, self.tax_expected, self.currency_id),
                booked=format_amount(self.env, booked, self.currency_id),
            ), 'coop.shu.allocation'))
        return obstacles
