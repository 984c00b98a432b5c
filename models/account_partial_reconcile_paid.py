from odoo import api, models
from odoo.exceptions import UserError

#: What tells how much money an entry takes out, and whom for.
PAYING_FIELDS = {'account_id', 'partner_id', 'debit', 'credit', 'balance', 'amount_currency'}
#: Accounts on which no money waits, whatever a payment method names.
RESULT_GROUPS = {'income', 'expense', 'equity'}


class AccountPartialReconcile(models.Model):
    """Keeps members from counting as paid by what brought them no money.

    What the cooperative owes on its documents is paid with money (a payment, a line of a bank statement, an entry that
    takes it from cash or bank) or settled by a document of the cooperative. Matched with anything else it would read
    "paid" in the member's statement, and could never be claimed again.
    """
    _inherit = 'account.partial.reconcile'

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._coop_check_pays()
        return partials

    # === BUSINESS METHODS === #

    def _coop_check_pays(self):
        """Refuse to match what a member is owed with what does not pay that member.

        :raises UserError: naming the document, and the entry that is somebody else's, not posted, or no money.
        """
        paid_models = set(self.env['coop.payout']._get_paid_models())
        # sudo: whom the entries pay, for whoever matches them
        for partial in self.sudo():
            owed, paying = partial.credit_move_id, partial.debit_move_id
            if owed.move_id.coop_source_model not in paid_models or owed.account_type != 'liability_payable':
                continue
            if paying.partner_id.commercial_partner_id != owed.partner_id.commercial_partner_id:
                raise UserError(self.env._(
                    "%(entry)s is in the name of %(payee)s, and %(document)s is owed to %(member)s: the two are not"
                    " matched. Match it with what %(payee)s is owed, or reset it to draft and correct the name.",
                    payee=paying.partner_id.display_name or self.env._("nobody"), **partial._coop_get_names(),
                ))
            # Goods bought outright that went back to the seller are credited as any vendor's.
            if paying.move_id.coop_source_id or (
                owed.move_id.coop_source_model == 'coop.consignment.bill' and paying.move_id.move_type == 'in_refund'
            ):
                continue
            if paying.parent_state != 'posted':
                raise UserError(self.env._(
                    "%(entry)s is not posted and pays %(member)s nothing yet. Post it before it is matched with"
                    " %(document)s.", **partial._coop_get_names(),
                ))
            if not paying.move_id._coop_pays_with_money():
                raise UserError(self.env._(
                    "%(entry)s takes less money from cash or bank than it takes off the debts: what %(member)s is owed"
                    " on %(document)s is paid, and not written off. Pay it with a payout, on the payment screen or"
                    " from the bank statement; if nothing is owed, cancel the document that owes it.",
                    **partial._coop_get_names(),
                ))

    def _coop_get_names(self):
        """Return whom and what the match is about, for messages."""
        self.ensure_one()
        owed = self.credit_move_id
        return {
            'document': owed.move_id.display_name, 'member': owed.partner_id.display_name,
            'entry': self.debit_move_id.move_id.display_name,
        }


class AccountMove(models.Model):
    """Entries that paid a member still do when they are posted again."""
    _inherit = 'account.move'

    # === BUSINESS METHODS === #

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        # Resetting an entry to draft leaves its matches, and it may have been changed since.
        posted._coop_check_matches()
        return posted

    def _coop_check_matches(self):
        """Check once more what these entries were matched with before, where nobody's document answers for them."""
        # sudo: what the entries were matched with, for whoever posts or corrects them
        items = self.sudo().filtered(lambda move: not move.coop_source_id).line_ids
        items.filtered(
            lambda item: item.account_type == 'liability_payable' and item.debit,
        ).matched_credit_ids._coop_check_pays()

    def _coop_pays_with_money(self):
        """Whether at least as much money leaves cash and bank by this entry as it takes off debts.

        Bank charges and whatever else is paid along with the debts may take more.
        """
        self.ensure_one()
        # A payment's money waits on an account of its own until the bank's statement has it.
        waiting = self.origin_payment_id._get_valid_liquidity_accounts() if self.origin_payment_id else []
        paid = settled = 0.0
        for item in self.line_ids:
            if item.account_type in ('asset_cash', 'liability_credit_card') or (
                item.account_id in waiting and item.account_id.internal_group not in RESULT_GROUPS
            ):
                paid -= item.balance
            elif item.account_type == 'liability_payable' and item.balance > 0:
                settled += item.balance
        return self.company_currency_id.compare_amounts(paid, settled) >= 0


class AccountMoveLine(models.Model):
    """Items that paid a member still do when they are changed."""
    _inherit = 'account.move.line'

    # === CRUD METHODS === #

    def write(self, vals):
        res = super().write(vals)
        if PAYING_FIELDS & vals.keys():
            self.move_id.filtered(lambda move: move.state == 'posted')._coop_check_matches()
        return res
