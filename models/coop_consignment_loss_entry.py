from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command


class CoopConsignmentLoss(models.Model):
    """The entry of a write-off: what the cooperative owes for lost goods, and what comes back for those found again."""
    _inherit = 'coop.consignment.loss'

    # === BUSINESS METHODS === #

    def _post_entry(self):
        """Post the entry, and match what comes back with what the owners were not paid yet; return the entry."""
        self.ensure_one()
        unpaid = self._get_unpaid()
        move = self.env['account.move'].create(self._prepare_move_values())
        move._post(soft=False)
        items = move.line_ids.sorted('id')[:len(unpaid)]
        self.env['account.move.line']._reconcile_plan([
            unpaid_item | item for (unpaid_item, _amount), item in zip(unpaid.items(), items, strict=True)
        ])
        return move

    def _prepare_move_values(self):
        """Return the entry: Dr cooperative expenses / Cr members' proceeds payable, one item per owner.

        For goods that were found again the other way round: Dr members' proceeds payable with what the owner was not
        paid yet, and Dr advances to members with the rest, which the next settlements take back.
        """
        self.ensure_one()
        company, unpaid = self.company_id, self._get_unpaid()
        lost = self.env._("%(document)s: members' goods lost, borne by the cooperative", document=self.name)
        found = self.env._("%(document)s: members' goods found again that were paid for", document=self.name)
        owed, paid = {}, {}
        for share in self.share_ids:
            amounts = paid if share.origin_share_id else owed
            amounts[share.owner_id] = amounts.get(share.owner_id, 0.0) + share.amount
        for item, amount in unpaid.items():
            paid[item.partner_id] += amount
        items = [
            {'account_id': item.account_id.id, 'partner_id': item.partner_id.id, 'name': found, 'balance': amount}
            for item, amount in unpaid.items()
        ]
        for amounts, key, name in ((owed, 'proceeds', lost), (paid, 'member_advance', found)):
            items += [
                {'account_id': company._get_coop_account(key).id, 'partner_id': owner.id, 'name': name,
                 'balance': -amount}
                for owner, amount in amounts.items() if not self.currency_id.is_zero(amount)
            ]
        if not self.currency_id.is_zero(self.amount_total):
            items.append({
                'account_id': company._get_coop_account('cooperative_expense').id,
                'name': lost if self.amount_total > 0 else found, 'balance': self.amount_total,
            })
        return {
            'move_type': 'entry',
            'journal_id': company._get_coop_journal('coop_journal_id').id,
            'company_id': company.id,
            'date': self.date,
            'ref': lost if self.amount_total > 0 else found,
            'coop_source_model': self._name,
            'coop_source_id': self.id,
            'line_ids': [Command.create(item) for item in items],
        }

    def _get_unpaid(self):
        """Return ``{journal item: amount}``: what the owners were not paid yet of what now comes back.

        :raises UserError: naming the write-off that is not booked yet.
        """
        self.ensure_one()
        unpaid = {}
        for origin, shares in self.share_ids.filtered('origin_share_id').grouped('origin_share_id').items():
            entry = origin.loss_id.move_id
            if not entry:
                raise UserError(self.env._(
                    "Goods were found again that %(loss)s wrote off. Book %(loss)s first, then %(document)s.",
                    loss=origin.loss_id.display_name, document=self.display_name,
                ))
            left = -sum(shares.mapped('amount'))
            for item in entry.line_ids.filtered(
                lambda item, owner=origin.owner_id: item.partner_id == owner
                and item.account_type == 'liability_payable' and item.balance < 0,
            ):
                amount = min(left, -item.amount_residual - unpaid.get(item, 0.0))
                if self.currency_id.compare_amounts(amount, 0.0) > 0:
                    unpaid[item] = unpaid.get(item, 0.0) + amount
                    left -= amount
        return unpaid
