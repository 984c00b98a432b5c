from odoo import models
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tools import format_amount

from odoo.addons.producer_cooperative.tools.errors import RuleRefusal
from odoo.addons.producer_cooperative.tools.heirs import split_estate
from odoo.addons.producer_cooperative.tools.units import from_units, to_units


class CoopLeaving(models.Model):
    """The entries of a leaving: savings returned, debts set off, what is left handed over to the heirs.

    Each is an entry of its own that balances, belongs to the leaving, and is undone with it.
    """
    _inherit = 'coop.leaving'

    # === BUSINESS METHODS - POSTING === #

    def _post_entries(self):
        self.ensure_one()
        payable = self._return_savings()
        if self._has_heirs():
            self._hand_over()
        elif payable:
            self.payable_line_ids = payable
            self._set_off_debts(payable, self._get_agreed_limit())

    def _return_savings(self):
        """Post Dr each savings account / Cr former members' capital payable; return the item that is owed."""
        self.ensure_one()
        rows = self.line_ids.filtered(lambda row: row.kind == 'savings')
        if not rows:
            return self.env['account.move.line']
        self.move_id = self._post_owned(self._prepare_move_values(rows, self.date_accounting))
        return self._get_returned_items(self.move_id)

    def _prepare_move_values(self, rows, date):
        """Return the entry: Dr each savings account / Cr former members' capital payable, all of the member."""
        self.ensure_one()
        items = [
            {'account_id': row.savings_type_id.account_id.id, 'name': row.name, 'balance': row.amount} for row in rows
        ]
        items.append({
            'account_id': self.company_id._get_coop_account('former_member').id,
            'name': self.env._("%s: savings returned", self.name), 'balance': -sum(rows.mapped('amount')),
        })
        return self._prepare_entry(
            date, self.env._("%s: savings returned", self.name),
            [{**item, 'partner_id': self.partner_id.id} for item in items],
        )

    def _get_returned_items(self, move):
        return move.line_ids.filtered(lambda item: item.account_id.account_type == 'liability_payable')

    def _prepare_entry(self, date, ref, items):
        self.ensure_one()
        return {
            'move_type': 'entry',
            'journal_id': self.company_id._get_coop_journal('coop_journal_id').id,
            'company_id': self.company_id.id,
            'date': date,
            'ref': ref,
            'coop_source_model': self._name,
            'coop_source_id': self.id,
            'line_ids': [Command.create(item) for item in items],
        }

    def _post_owned(self, values):
        move = self.env['account.move'].create(values)
        move._post(soft=False)
        return move

    def _set_off_debts(self, payables, limit):
        """Set the member's debts off against these open payables, both oldest first, at most up to ``limit``."""
        self.ensure_one()
        for payable in payables.filtered(lambda item: item.amount_residual < 0):
            debts = self._get_debts()
            allocations = self._allocate_set_off(debts, min(limit, -payable.amount_residual)) if debts else []
            if not allocations:
                break
            date = self._get_entry_day(payable.union(*(debt for debt, _amount in allocations)))
            ref = self.env._("%s: set off against debts", self.name)
            self._post_set_off(payable, allocations, date, ref)
            limit -= sum(amount for _debt, amount in allocations)

    def _get_entry_day(self, items):
        """Return the first open day on which all these items exist, not before the accounting date."""
        return self._get_open_day(max([self.date_accounting, *items.mapped('date')]))

    # === BUSINESS METHODS - HEIRS === #

    def _hand_over(self):
        """Take the debts from what is open for the deceased, then move the rest to the heirs by their shares.

        Run again it hands over what came since; with nothing new it does nothing.
        """
        self.ensure_one()
        items = self._get_open_items()
        estate = -sum(items.mapped('amount_residual'))
        self._set_off_debts(items, min(estate, self._get_agreed_limit() - self._get_set_off_so_far()))
        items = self._get_open_items()
        total = self.currency_id.round(-sum(items.mapped('amount_residual')))
        if self.currency_id.compare_amounts(total, 0.0) <= 0:
            return
        move = self._post_owned(self._prepare_hand_over_values(items, total))
        taken = move.line_ids.sorted('id')[:len(items)]
        self.env['account.move.line']._reconcile_plan([
            item | line for item, line in zip(items, taken, strict=True)
        ])
        self.payable_line_ids |= move.line_ids - taken
        self._message_log(body=self.env._(
            "Handed over to the heirs: %s", format_amount(self.env, total, self.currency_id),
        ))

    def _get_set_off_so_far(self):
        """Return what this leaving has set off against debts already."""
        self.ensure_one()
        return -sum(self._get_entries().line_ids.filtered(
            lambda item: item.account_id.account_type == 'asset_receivable' and item.balance < 0,
        ).mapped('balance'))

    def _prepare_hand_over_values(self, items, total):
        """Return the entry: each open item of the deceased reversed / Cr former members' payable per heir.

        Parts are whole units of Rp 1 where the amount is, by largest remainder in the order of the heirs.
        """
        self.ensure_one()
        ref = self.env._("%s: handed over to the heirs", self.name)
        taken = [
            {
                'account_id': item.account_id.id, 'partner_id': item.partner_id.id, 'name': item.move_name,
                'balance': -item.amount_residual,
            }
            for item in items
        ]
        account = self.company_id._get_coop_account('former_member')
        given = [
            {'account_id': account.id, 'partner_id': heir.partner_id.id, 'name': ref, 'balance': -part}
            for heir, part in self._share_among_heirs(total) if part
        ]
        return self._prepare_entry(self._get_entry_day(items), ref, taken + given)

    def _get_planned_parts(self):
        """Return ``{heir: part}`` of what is to be paid out, empty while the shares are not the whole."""
        self.ensure_one()
        try:
            return dict(self._share_among_heirs(max(self.amount_payable, 0.0)))
        except (RuleRefusal, ValidationError):
            return {}

    def _share_among_heirs(self, total):
        """Return ``[(heir, part)]``; the parts add up to ``total``, to the last unit."""
        self.ensure_one()
        heirs = self.heir_ids.sorted(lambda heir: (heir.sequence, heir.id))
        unit = 1 if float(total).is_integer() else self.currency_id.rounding
        parts = split_estate(to_units(total, unit), [heir._get_share() for heir in heirs])
        return [(heir, float(from_units(part, unit))) for heir, part in zip(heirs, parts, strict=True)]

    # === BUSINESS METHODS - CANCELLING === #

    def _get_entries(self):
        """Return every entry that the leaving owns, reversals included, in the order they were made."""
        self.ensure_one()
        # sudo: the document's own entries
        return self.env['account.move'].sudo().search([
            ('coop_source_model', '=', self._name), ('coop_source_id', '=', self.id),
        ], order='id')

    def _reverse_entries(self):
        """Reverse all entries on the first open day from today on; debts and payables are open again."""
        self.ensure_one()
        entries = self._get_entries().filtered(lambda move: not move.reversed_entry_id and not move.reversal_move_ids)
        if entries:
            entries._coop_reverse_for(self, self.env._(
                "Cancelled: %(document)s, %(reason)s", document=self.name, reason=self.cancel_reason,
            ))
