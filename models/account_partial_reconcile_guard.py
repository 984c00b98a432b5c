from odoo import models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.models.account_move import OWNER_TOKEN

#: What a match is about; changed, it would be another one.
MATCH_FIELDS = {'debit_move_id', 'credit_move_id', 'amount', 'debit_amount_currency', 'credit_amount_currency'}


class AccountPartialReconcile(models.Model):
    """Keeps together what the cooperative's documents matched, and what they were paid with.

    A settlement whose bill is taken apart from the voucher that paid it looks unpaid, and would be paid a second time.
    """
    _inherit = 'account.partial.reconcile'

    # === CRUD METHODS === #

    def write(self, vals):
        if MATCH_FIELDS & vals.keys():
            self._coop_check_not_bound()
        return super().write(vals)

    def unlink(self):
        self._coop_check_not_bound()
        return super().unlink()

    # === BUSINESS METHODS === #

    def _coop_check_not_bound(self):
        """Refuse to take apart what belongs to a document of the cooperative behind the back of whoever answers for it.

        What the document itself made is undone there. What somebody else paid it with is undone by taking the payment
        back, so that no payment stays behind that pays nothing.

        :raises UserError: naming the document, or the payment, that has to be cancelled instead.
        """
        if self.env.context.get('coop_owner_token') is OWNER_TOKEN:
            return
        is_undone_whole = self.env.context.get('coop_unmatch_token') is OWNER_TOKEN
        # sudo: who owns the entries, for whoever takes a match apart
        for partial in self.sudo():
            moves = (partial.debit_move_id | partial.credit_move_id).move_id.sorted('id')
            owned = moves.filtered(lambda move: move._coop_get_source() is not None)
            others = moves - owned
            # An entry that is open for correction, or cancelled, pays nothing any more.
            if not owned or (others and (is_undone_whole or others.state != 'posted')):
                continue
            if others and (owned.is_invoice() or not others.is_invoice(include_receipts=True)):
                raise UserError(self.env._(
                    "%(document)s was paid with %(payment)s. Cancel %(payment)s, or undo the reconciliation of the bank"
                    " statement, instead of taking the two apart: else the same would be paid twice.",
                    document=owned._coop_get_source().display_name, payment=others.display_name,
                ))
            owned[-1]._check_not_owned()  # the younger one was matched with the older one


class AccountMove(models.Model):
    """Entries of nobody's document take their matches with them when they are undone as a whole."""
    _inherit = 'account.move'

    def unlink(self):
        return super(AccountMove, self._coop_unmatching()).unlink()

    def _reverse_moves(self, default_values_list=None, cancel=False):
        if not cancel:
            return super()._reverse_moves(default_values_list=default_values_list, cancel=cancel)
        undone = super(AccountMove, self._coop_unmatching())._reverse_moves(
            default_values_list=default_values_list, cancel=cancel,
        )
        return undone.with_env(self.env)

    def _coop_unmatching(self):
        """Return these entries free to be taken apart from entries of the cooperative's documents."""
        return self.with_context(coop_unmatch_token=OWNER_TOKEN)


class AccountBankStatementLine(models.Model):
    """A line of a bank statement that is opened again pays nothing any more."""
    _inherit = 'account.bank.statement.line'

    def action_undo_reconciliation(self):
        unmatching = self.with_context(coop_unmatch_token=OWNER_TOKEN)
        return super(AccountBankStatementLine, unmatching).action_undo_reconciliation()
