from odoo import models
from odoo.fields import Command
from odoo.tools import format_amount


class CoopLeaving(models.Model):
    """What comes for a former member after the leaving was booked."""
    _inherit = 'coop.leaving'

    # === BUSINESS METHODS === #

    def _book_what_came_since(self):
        """Return savings that stand on the former member, set debts off, and hand over to heirs what is theirs.

        Run again with nothing new it does nothing.
        """
        self.ensure_one()
        payable = self._return_later_savings()
        if self._has_heirs():
            self._hand_over()
        elif payable:
            limit = self._get_agreed_limit() - self._get_set_off_so_far()
            self._note_set_off(min(limit, -payable.balance))
            self.payable_line_ids |= payable
            self._set_off_debts(payable, limit)

    def _return_later_savings(self):
        """Post the savings that came after the booking like those before; return the item that is owed."""
        self.ensure_one()
        self._check_not_overdrawn()
        later = [row for row in self._prepare_savings_rows() if row['kind'] == 'savings']
        if not later:
            return self.env['account.move.line']
        # The entry would count for the new membership of somebody who came back.
        self.membership_id._check_not_succeeded()
        date = self._get_open_day(max(self.date_accounting, self.membership_id._get_last_savings_day()))
        self.company_id._coop_check_day_has_come(self.display_name, date)
        before = self.line_ids
        self.line_ids = [Command.create(row) for row in later]
        move = self._post_owned(self._prepare_move_values(self.line_ids - before, date))
        self.move_id = self.move_id or move
        payable = self._get_returned_items(move)
        self._message_log(body=self.env._(
            "Booked what came since: %s", format_amount(self.env, -payable.balance, self.currency_id),
        ))
        return payable

    def _note_set_off(self, limit):
        """Write down which debts are set off now, beside what was set off before.

        :param limit: the most that is set off, in the company's currency.
        """
        self.ensure_one()
        rows = {row.move_line_id: row for row in self.line_ids if row.kind == 'debt'}
        for values in self._prepare_debt_rows(limit):
            row = rows.get(self.env['account.move.line'].browse(values['move_line_id']))
            if row:
                row.amount_set_off += values['amount_set_off']
            else:
                self.line_ids = [Command.create(values)]

    def _get_return_days(self):
        """Return the days on which savings were returned by these leavings."""
        accounts = self.membership_id._get_savings_types().account_id
        entries = self.env['account.move'].concat(*(leaving._get_entries() for leaving in self))
        return entries.filtered(lambda move: move.line_ids.account_id & accounts).mapped('date')
