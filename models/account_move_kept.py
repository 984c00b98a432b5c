from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.producer_cooperative.models.account_move import OWNER_TOKEN

#: How much an item of a posted entry is about.
COUNTED_FIELDS = {
    'debit', 'credit', 'balance', 'amount_currency', 'currency_id', 'quantity', 'price_unit', 'discount',
}
#: When, where and under which number an entry is posted.
DATED_FIELDS = {'date', 'journal_id', 'name'}


class AccountMove(models.Model):
    """Nothing that was posted once is deleted: it is cancelled, and what it was stays."""
    _inherit = 'account.move'

    # === CRUD METHODS === #

    def write(self, vals):
        names = set() if self.env.su else DATED_FIELDS & vals.keys()
        for move in self if names else ():
            if move.state == 'posted' and move.company_id._coop_keeps_trail() and any(
                self._field_will_change(move, vals, name) for name in names
            ):
                move._check_not_owned()
                raise UserError(self.env._(
                    "%s is posted, and its day, journal and number stay. Reverse it, or reset it to draft and correct"
                    " it: the supervisors see that it was taken back.", move.display_name,
                ))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_once_posted(self):
        for move in self:
            if move.coop_booking_number and move.company_id._coop_keeps_trail():
                raise UserError(self.env._(
                    "%s was posted once, and what was posted is never deleted. Cancel it instead: its number stays, and"
                    " the supervisors see that it was taken back.", move.display_name,
                ))


class AccountMoveLine(models.Model):
    """Items of posted entries keep their amounts, and cash and bank stay where they were posted.

    Odoo takes a switch in the context for leave to change or delete items of a posted entry, one by one and out of
    balance; anybody may send a context.
    """
    _inherit = 'account.move.line'

    # === CRUD METHODS === #

    def write(self, vals):
        if not self.env.su:
            posted = self.filtered(lambda line: line.move_id.state == 'posted')
            if COUNTED_FIELDS & vals.keys():
                changed = posted._coop_filter_changed(vals, COUNTED_FIELDS & vals.keys())
                changed._coop_filter_not_matching()._coop_check_stays()
            if {'account_id', 'move_id'} & vals.keys():
                changed = posted._coop_filter_changed(vals, {'account_id', 'move_id'} & vals.keys())
                changed._coop_filter_on_liquidity(vals.get('account_id'))._coop_check_stays()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted_items(self):
        # Undoing what a bank statement was matched with takes all of its items back and makes them anew.
        if not self.env.su and self.env.context.get('coop_unmatch_token') is not OWNER_TOKEN:
            posted = self.filtered(lambda line: line.move_id.state == 'posted')
            posted._coop_filter_not_matching()._coop_check_stays()

    # === BUSINESS METHODS === #

    def _coop_filter_not_matching(self):
        """Return the items without those that tell what a line of a bank statement was for: matching writes them."""
        return self.filtered(
            lambda line: not line.move_id.statement_line_id
            or line.account_id == line.move_id.journal_id.default_account_id,
        )

    def _coop_filter_on_liquidity(self, target_id):
        """Return the items that are on the account of a cash or bank journal, or would go there unmatched."""
        accounts = self.account_id | self.account_id.browse(target_id)
        # sudo: which accounts are cash and bank, for whoever touches an entry
        liquidity = self.env['account.journal'].sudo().with_context(active_test=False).search(
            Domain('type', 'in', ('cash', 'bank')) & Domain('default_account_id', 'in', accounts.ids),
        ).default_account_id
        return self.filtered(lambda line: line.account_id.id in liquidity.ids or (
            target_id in liquidity.ids and not line.move_id.statement_line_id
        ))

    def _coop_check_stays(self):
        """Refuse to change these items of posted entries of cooperatives.

        :raises UserError: saying how a posted entry is corrected.
        """
        for line in self:
            if not line.company_id._coop_keeps_trail():
                continue
            line.move_id._check_not_owned()
            line.move_id._coop_check_keeps_books(self.env._(
                "%s is posted. Ask the treasurer to correct it.", line.move_id.display_name,
            ))
            if line.move_id.statement_line_id:
                raise UserError(self.env._(
                    "%s is posted, and its amounts stay. Delete the line of the statement, which stays as cancelled,"
                    " and enter the right one.", line.move_id.display_name,
                ))
            raise UserError(self.env._(
                "%s is posted, and its amounts stay. Reverse it, or reset it to draft and correct it: the supervisors"
                " see that it was taken back.", line.move_id.display_name,
            ))


class AccountPayment(models.Model):
    """A payment that was reset and is then cancelled keeps its entry: Odoo would delete it."""
    _inherit = 'account.payment'

    # === ACTIONS === #

    def action_cancel(self):
        once_posted = self.filtered(
            lambda payment: payment.move_id.state == 'draft' and payment.move_id.coop_booking_number
            and payment.company_id._coop_keeps_trail(),
        )
        once_posted.move_id.button_cancel()
        once_posted.state = 'canceled'
        others = self - once_posted
        return super(AccountPayment, others).action_cancel() if others else None
