from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.producer_cooperative.models.account_move import OWNER_TOKEN

#: What tells whose money an item is.
WHOSE_FIELDS = {'account_id', 'partner_id', 'move_id'}
#: What an item of a posted entry keeps where the entry belongs to a document, or the user keeps no books.
KEPT_FIELDS = WHOSE_FIELDS | {
    'name', 'debit', 'credit', 'balance', 'amount_currency', 'currency_id', 'quantity', 'price_unit', 'discount',
    'product_id', 'product_uom_id', 'display_type',
}
#: What tells how much of members' goods were sold, for how much, and out of which account the members are paid.
SOLD_FIELDS = KEPT_FIELDS - {'name', 'partner_id'}


class AccountMoveLine(models.Model):
    """Keeps the items of posted entries as they were posted.

    Odoo lets everybody who may write journal items, sales people among them, change the account and the partner of a
    posted item. In a cooperative that would move one member's savings or debts to another.
    """
    _inherit = 'account.move.line'

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if not self.env.su:
            posted = lines.filtered(lambda line: line.move_id.state == 'posted')
            # Matching a bank statement adds the items that tell what the money was for.
            matched = posted.filtered('move_id.statement_line_id')
            posted._coop_check_posted_items(posted.move_id, (posted - matched).account_id)
            posted._coop_check_no_members_goods()
        return lines

    def write(self, vals):
        names = KEPT_FIELDS & vals.keys()
        if names and not self.env.su:
            self._coop_check_write(vals, names)
        if 'date_maturity' in vals and not self.env.su:
            self.filtered(lambda line: line.move_id.state == 'posted' and line.move_id._field_will_change(
                line, vals, 'date_maturity',
            )).move_id._check_not_owned()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        if not self.env.su:
            posted = self.filtered(lambda line: line.move_id.state == 'posted')
            accounts = posted.account_id
            if self.env.context.get('coop_unmatch_token') is OWNER_TOKEN:
                # Undoing what a bank statement was matched with takes those items back.
                accounts = posted.filtered(lambda line: not line.move_id.statement_line_id).account_id
            posted._coop_check_posted_items(posted.move_id, accounts)
            posted._coop_check_no_members_goods()

    # === BUSINESS METHODS === #

    def _coop_check_write(self, vals, names):
        """Refuse ``vals`` where they change what posted items keep; see :meth:`_coop_check_posted_items`."""
        target = self.env['account.move'].browse(vals.get('move_id'))
        changed = self._coop_filter_changed(vals, names).filtered(
            lambda line: 'posted' in (line.move_id.state, target.state),
        )
        accounts = self.env['account.account']
        if WHOSE_FIELDS & names:
            accounts |= changed.account_id
            # Matching a bank statement gives the item that waits on the suspense account its real account.
            if not all(line.move_id.statement_line_id for line in changed):
                accounts |= accounts.browse(vals.get('account_id'))
        changed._coop_check_posted_items(changed.move_id | target, accounts)
        changed._coop_filter_changed(vals, SOLD_FIELDS & names)._coop_check_no_members_goods()

    def _coop_filter_changed(self, vals, names):
        """Return those of the items that ``vals`` would change in one of these fields."""
        Move = self.env['account.move']
        return self.filtered(lambda line: any(Move._field_will_change(line, vals, name) for name in names))

    def _coop_check_posted_items(self, moves, accounts):
        """Refuse to change these posted items behind the back of whoever answers for them.

        :param moves: the entries that the items belong to, or go to.
        :param accounts: the accounts that the items leave or go to.
        :raises UserError: when a document owns an entry, or an account is kept by the cooperative.
        :raises AccessError: for users who keep no books.
        """
        if not self:
            return
        moves._check_not_owned()
        # sudo: whether the companies are cooperatives, for whoever touches their entries
        if not any(self.company_id.sudo().mapped('coop_is_cooperative')):
            return
        moves._coop_check_keeps_books(self.env._(
            "%s is posted. Ask the treasurer to correct it.", moves[0].display_name,
        ))
        kept = accounts._coop_filter_kept(self.company_id)
        if kept:
            raise UserError(self.env._(
                "%(entry)s is posted, and %(account)s is kept by the cooperative: what is booked there stays under"
                " whose name it was posted. Reset the entry to draft and correct it, or book a correction.",
                entry=moves[0].display_name, account=kept[0].display_name,
            ))


class AccountAccount(models.Model):
    """Which accounts the cooperative keeps for its members and documents."""
    _inherit = 'account.account'

    def _coop_filter_kept(self, companies):
        """Return those that are the account of a savings type, or of a purpose, of these cooperatives."""
        if not self:
            return self
        domain = Domain('account_id', 'in', self.ids) & Domain('company_id', 'parent_of', companies.ids)
        # sudo: which accounts the cooperative keeps for itself, for whoever writes on an entry
        savings_types = self.env['coop.savings.type'].sudo().with_context(active_test=False).search(domain)
        purposes = self.env['coop.company.account'].sudo().search(domain)
        return self & self.browse((savings_types.account_id | purposes.account_id).ids)
