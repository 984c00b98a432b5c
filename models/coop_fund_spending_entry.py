from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_amount

from odoo.addons.producer_cooperative.models.coop_shu_allocation import BOOKED_STATES


class CoopFundSpending(models.Model):
    """What has to be in order before a spending is posted, its entry, and the reversal."""
    _inherit = 'coop.fund.spending'

    # === BUSINESS METHODS - CHECKS === #

    def _check_complete(self):
        """Check everything but what the fund holds.

        :raises UserError: naming what is missing and what to do.
        """
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("The spending is empty: say who gets the money or what it is paid for."))
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say what the money is for."))
        journal = self.journal_id.sudo()  # sudo: a cashier may not read the journal's configuration
        if not journal or journal.type not in ('cash', 'bank') or not journal.default_account_id:
            raise UserError(self.env._("Choose a cash or bank journal that has an account of its own."))
        if journal.currency_id and journal.currency_id != self.currency_id:
            raise UserError(self.env._(
                "The journal %(journal)s is kept in %(currency)s. Choose one in the cooperative's own currency.",
                journal=journal.display_name, currency=journal.currency_id.name,
            ))
        self._check_date()
        for line in self.line_ids:
            line._check_complete()
        if self.allocation_id:
            self._check_allocation_is_booked()
            self._check_parts()

    def _check_allocation_is_booked(self):
        self.ensure_one()
        allocation = self.sudo().allocation_id  # sudo: its state, for whoever pays from the fund
        if allocation.state not in BOOKED_STATES:
            raise UserError(self.env._(
                "%s is not booked: the fund has got nothing of it yet.", allocation.display_name,
            ))

    def _check_parts(self):
        """Pay a share to the persons of the rule only, to each no more than the own part, all spendings together.

        A rule that names nobody leaves it to whoever enters the lines.

        :raises UserError: naming who has no part; or the person, the part and what was paid already.
        """
        self.ensure_one()
        # sudo: see _prepare_person_lines
        parts = self.sudo().allocation_id._get_fund_parts(self.fund_id.account_id)
        if not parts:
            return
        paid = self.sudo()._get_paid_of_allocation()
        for partner, lines in self.line_ids.grouped('partner_id').items():
            if partner not in parts:
                raise UserError(self.env._(
                    "“%(line)s” goes to nobody who shares %(fund)s of %(allocation)s; those are %(persons)s. Take the"
                    " line off, or write it on a spending that shares out no SHU.",
                    line=lines[0]._get_label(), fund=self.fund_id.name, allocation=self.allocation_id.display_name,
                    # sudo: the names of the persons, for whoever pays from the fund
                    persons=", ".join(person.sudo().name for person in parts),
                ))
            part, before = parts[partner][0], paid.get(partner, 0.0)
            if self.currency_id.compare_amounts(before + sum(lines.mapped('amount')), part) > 0:
                raise UserError(self.env._(
                    "%(person)s gets %(part)s of %(allocation)s, and got %(paid)s of it before. Take the line off, or"
                    " lower it.",
                    person=partner.display_name, allocation=self.allocation_id.display_name,
                    part=format_amount(self.env, part, self.currency_id),
                    paid=format_amount(self.env, before, self.currency_id),
                ))

    def _get_approval_kind(self):
        return 'fund_spending'

    def _get_approval_content(self):
        self.ensure_one()
        return [
            self.fund_id.id, self.allocation_id.id, self.reason,
            sorted((line.partner_id.id, line.amount, line.tax_percent) for line in self.line_ids),
        ]

    def _get_approval_label(self):
        self.ensure_one()
        return f"{self.display_name}, {self.reason}"

    def _get_beneficiaries(self):
        """Return who is paid; what is shared out to many is no own dealing of those with a small part."""
        self.ensure_one()
        lines = self.line_ids.filtered('partner_id').grouped('partner_id')
        return self._filter_large_parts({partner: sum(of.mapped('amount')) for partner, of in lines.items()})

    # === BUSINESS METHODS - BOOKING === #

    def _post_entry(self):
        """Book the spending; called as superuser, in the name of the user who posts it."""
        self.ensure_one()
        number = self.company_id._next_coop_number(
            'coop.fund.spending', 'BKD/%(range_year)s/', date=self.date, gapless=True,
        )
        move = self.env['account.move'].create({**self._prepare_move_values(), 'ref': number})
        move._post(soft=False)
        self._update_state('posted', name=number, move_id=move.id, poster_id=self.env.uid)

    def _prepare_move_values(self):
        """Return the entry: Dr fund, line by line / Cr income tax withheld / Cr cash or bank."""
        self.ensure_one()
        items = [line._prepare_fund_item() for line in self.line_ids]
        taxed = self.line_ids.filtered(lambda line: not self.currency_id.is_zero(line.amount_tax))
        if taxed:
            account = self.company_id._get_coop_account('tax_withheld')
            items += [line._prepare_tax_item(account) for line in taxed]
        payees = {line.partner_id for line in self.line_ids}
        items.append({
            'account_id': self.journal_id.default_account_id.id,
            'partner_id': payees.pop().id if len(payees) == 1 else False,
            'name': self.reason,
            'balance': -self.amount_net,
        })
        return {
            'move_type': 'entry',
            'journal_id': self.journal_id.id,
            'date': self.date,
            'company_id': self.company_id.id,
            'coop_source_model': self._name,
            'coop_source_id': self.id,
            'line_ids': [Command.create(item) for item in items],
        }

    def _reverse_entry(self):
        self.ensure_one()
        self.reversal_move_id = self.move_id._coop_reverse_for(
            self, self.env._("Cancelled: %(document)s, %(reason)s", document=self.name, reason=self.cancel_reason),
        )
