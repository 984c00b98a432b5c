from odoo import models
from odoo.fields import Command


class CoopSavingsVoucher(models.Model):
    """The journal entry of a voucher, and its reversal."""
    _inherit = 'coop.savings.voucher'

    # === BUSINESS METHODS === #

    def _prepare_move_values(self):
        """Return the entry.

        Receipt: Dr cash / Cr each member's savings account. Payout: the other way round. Transfer: per member Dr the
        savings taken from / Cr the savings given to. Opening balance: Dr the counterpart / Cr each member's savings.
        """
        self.ensure_one()
        prepare = {
            'in': self._prepare_cash_items, 'out': self._prepare_cash_items, 'transfer': self._prepare_transfer_items,
            'opening': self._prepare_opening_items,
        }
        return {
            'move_type': 'entry',
            'journal_id': self._get_entry_journal().id,
            'date': self.date,
            'company_id': self.company_id.id,
            'coop_source_model': self._name,
            'coop_source_id': self.id,
            'line_ids': [Command.create(values) for values in prepare[self.direction]()],
        }

    def _prepare_cash_items(self):
        sign = 1 if self.direction == 'in' else -1
        partners = self.line_ids.membership_id.partner_id
        return [
            {
                'account_id': self.journal_id.sudo().default_account_id.id,  # sudo: cashiers read no accounts
                'partner_id': partners.id if len(partners) == 1 else False,
                'name': self.note or self.env._("Savings"),
                'balance': sign * self.amount_total,
            },
            *(line._prepare_item_values(line.type_id, -sign) for line in self.line_ids),
        ]

    def _prepare_transfer_items(self):
        return [
            line._prepare_item_values(savings_type, sign)
            for line in self.line_ids for savings_type, sign in ((line.type_id, 1), (line.to_type_id, -1))
        ]

    def _prepare_opening_items(self):
        name = self.note or self.env._("Opening balance of savings")
        partner = self.counterpart_partner_id if self.counterpart == 'unowned' else self.env['res.partner']
        if self.counterpart == 'unowned':
            amounts = {
                savings_type.account_id: sum(lines.mapped('amount'))
                for savings_type, lines in self.line_ids.grouped('type_id').items()
            }
        else:
            amounts = {self._get_counterpart_account(): self.amount_total}
        return [
            *(
                {'account_id': account.id, 'partner_id': partner.id, 'name': name, 'balance': amount}
                for account, amount in amounts.items()
            ),
            *(line._prepare_item_values(line.type_id, -1) for line in self.line_ids),
        ]

    def _get_counterpart_account(self):
        """Return the account that an opening balance is booked against."""
        self.ensure_one()
        if self.counterpart == 'account':
            return self.counterpart_account_id
        # sudo: Odoo creates the account of unaffected earnings when the company has none yet
        return self.company_id.sudo().get_unaffected_earnings_account()

    def _reverse_entry(self):
        """Return the posted reversal of the voucher's entry, as of today or the first open day."""
        self.ensure_one()
        # sudo: see action_post
        return self.move_id.sudo()._coop_reverse_for(self, self.env._(
            "Cancelled: %(voucher)s, %(reason)s", voucher=self.name, reason=self.cancel_reason,
        ))
