from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command


class CoopPayout(models.Model):
    """What has to be in order before a payout is posted, its entry, and the reversal."""
    _inherit = 'coop.payout'

    # === BUSINESS METHODS - CHECKS === #

    def _check_complete(self):
        """Check everything but what is open.

        :raises UserError: naming what is missing and what to do.
        """
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("The payout is empty: fill it with the members to be paid."))
        self._check_journal()
        if self.way == 'money':
            self._check_journal_pays()
        self._check_date()
        self._check_amounts()

    def _check_journal_pays(self):
        """Refuse a journal that no money can be paid from."""
        self.ensure_one()
        journal = self.journal_id.sudo()  # sudo: a cashier may not read the journal's configuration
        if not journal:
            raise UserError(self.env._("Choose the cash or bank journal that the members are paid from."))
        if not journal.default_account_id:
            raise UserError(self.env._(
                "The journal %s has no account of its own yet. Ask the accountant to choose one in the journal's"
                " settings.", journal.display_name,
            ))
        if journal.currency_id and journal.currency_id != self.currency_id:
            raise UserError(self.env._(
                "The journal %(journal)s is kept in %(currency)s. Choose one in the cooperative's own currency.",
                journal=journal.display_name, currency=journal.currency_id.name,
            ))

    def _check_amounts(self):
        """Refuse lines that pay nothing."""
        for line in self.line_ids:
            if self.currency_id.compare_amounts(line.amount, 0.0) <= 0:
                raise UserError(self.env._(
                    "%(member)s, %(document)s: enter what is paid, or take the line off the payout.",
                    member=line._get_member_name(), document=line.reference,
                ))

    def _check_cash_amounts(self):
        """Refuse cash that nobody can hand over; what is owed at all comes first, see :meth:`action_post`."""
        self.ensure_one()
        if self.method != 'cash':
            return
        self._check_cash_units({
            lines[0]._get_member_name(): sum(lines.mapped('amount'))
            for lines in self.line_ids.grouped('partner_id').values()
        }, self.journal_id, self.env._("the rest stays owed to the member."))

    # === BUSINESS METHODS - BOOKING === #

    def _post_entry(self):
        """Book and reconcile the payout; called as superuser."""
        self.ensure_one()
        number = self._draw_number()
        move = self.env['account.move'].create({**self._prepare_move_values(), 'ref': number})
        move._post(soft=False)
        self._update_state('posted', name=number, move_id=move.id, poster_id=self.env.uid)
        items = move.line_ids.sorted('id')
        paid, others = items[:len(self.line_ids)], items[len(self.line_ids):]
        self.env['account.move.line']._reconcile_plan([
            *(line.payable_line_id | item for line, item in zip(self.line_ids, paid, strict=True)),
            *self._get_reconciled_debts(others),
        ])
        self._attach_transfer_file()

    def _draw_number(self):
        self.ensure_one()
        return self.company_id._next_coop_number('coop.payout', 'BPA/%(range_year)s/', date=self.date, gapless=True)

    def _prepare_move_values(self):
        """Return the entry: Dr what is owed, bill by bill, under each member's name / Cr what it is paid from.

        That is cash or bank, the members' voluntary savings, or what the members owe.
        """
        self.ensure_one()
        items = [line._prepare_item() for line in self.line_ids] + self._prepare_counter_items()
        return {
            'move_type': 'entry',
            'journal_id': self._get_entry_journal().id,
            'date': self.date,
            'company_id': self.company_id.id,
            'coop_source_model': self._name,
            'coop_source_id': self.id,
            'line_ids': [Command.create(item) for item in items],
        }

    def _prepare_counter_items(self):
        """Return the credits of the entry."""
        self.ensure_one()
        partners = self.line_ids.partner_id
        return [{
            'account_id': self.journal_id.default_account_id.id,
            'partner_id': partners.id if len(partners) == 1 else False,
            'name': self.note or self.env._("Payout to members"),
            'balance': -self.amount_total,
        }]

    def _get_reconciled_debts(self, items):
        """Return the journal items to be reconciled with these credits of the entry, pair by pair."""
        return []

    def _reverse_entry(self):
        self.ensure_one()
        self.reversal_move_id = self.move_id._coop_reverse_for(
            self, self.env._("Cancelled: %(document)s, %(reason)s", document=self.name, reason=self.cancel_reason),
        )
