from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from odoo.addons.producer_cooperative.models.coop_savings_voucher import CASH_DIRECTIONS

#: Purposes whose account always agrees with documents of the cooperative.
DOCUMENT_PURPOSES = {
    'former_member', 'clearing', 'proceeds', 'shu', 'member_receivable', 'pool_deposit', 'member_advance',
    'shu_payable',
}


class CoopSavingsVoucher(models.Model):
    """What has to be in order before a voucher is posted."""
    _inherit = 'coop.savings.voucher'

    # === BUSINESS METHODS - WHO === #

    def _check_may_post(self):
        """Refuse users who may not post this voucher.

        :raises UserError: cashiers post only on the journals that name them; officers post nothing; opening balances
            are the treasurer's.
        """
        self.ensure_one()
        self.check_access('write')
        if self._user_posts_everywhere():
            return
        if self.direction == 'opening':
            raise UserError(self.env._(
                "Opening balances change the books of the past. Ask the treasurer to post them.",
            ))
        self._check_may_post_on(self._get_entry_journal())

    # === BUSINESS METHODS - WHAT === #

    def _check_complete(self):
        """Check everything but the members' own balances.

        :raises UserError: naming what is missing and what to do.
        """
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("The voucher is empty: add at least one member and amount."))
        # sudo: a cashier may not read the journal's configuration
        journal = self._get_entry_journal().sudo()
        if not journal:
            raise UserError(self.env._("Choose the cash or bank journal of the voucher."))
        if self.direction in CASH_DIRECTIONS and not journal.default_account_id:
            raise UserError(self.env._(
                "The journal %s has no account of its own yet. Ask the accountant to choose one in the journal's"
                " settings.", journal.display_name,
            ))
        self._check_date()
        self._check_accounts()
        self._check_not_archived()
        self._check_whole_units()
        if self.direction == 'opening':
            self._check_counterpart()

    def _check_accounts(self):
        for savings_type in self.line_ids.type_id | self.line_ids.to_type_id:
            if not savings_type.account_id:
                self.company_id._raise_set_up_needed(
                    self.env._("The savings type “%s” has no account yet.", savings_type.name),
                )

    def _check_not_archived(self):
        """Let archived savings run out: nothing is paid in, and what is left is paid out by the treasurer.

        Opening balances stay possible: what was booked without a member still has to be given to somebody.
        """
        lines = self.line_ids
        growing = {'in': lines.type_id, 'transfer': lines.to_type_id}.get(self.direction, lines.type_id.browse())
        shrinking = lines.type_id if self.direction in ('out', 'transfer') else lines.type_id.browse()
        for savings_type in growing.filtered(lambda t: not t.active):
            raise UserError(self.env._(
                "%s is archived and takes no more deposits. Choose other savings, or ask the manager to take it out of"
                " the archive.", savings_type.name,
            ))
        for savings_type in shrinking.filtered(lambda t: not t.active):
            if not self._user_posts_everywhere():
                raise UserError(self.env._(
                    "%s is archived. Ask the treasurer to post what is paid out of it.", savings_type.name,
                ))

    def _check_whole_units(self):
        """Refuse cash that nobody can hand over: amounts between two rounding units."""
        if self.direction not in CASH_DIRECTIONS:
            return
        company = self.company_id.sudo()  # sudo: the rounding unit concerns everybody who enters amounts
        for line in self.line_ids:
            if not company._coop_is_whole_amount(line.amount):
                raise UserError(self.env._(
                    "%(member)s, %(savings)s: %(amount)s is no whole multiple of %(unit)s. Enter what is really paid.",
                    member=line.membership_id.display_name, savings=line.type_id.name,
                    amount=format_amount(self.env, line.amount, self.currency_id),
                    unit=format_amount(self.env, company.coop_rounding_unit, self.currency_id),
                ))

    def _check_coins(self):
        """Refuse to pay out in cash what no coin covers; all that a member takes out counts together."""
        self.ensure_one()
        if self.direction != 'out':
            return
        self._check_cash_units({
            membership.display_name: sum(lines.mapped('amount'))
            for membership, lines in self.line_ids.grouped('membership_id').items()
        }, self.journal_id, self.env._("the rest stays in the member's savings."))

    def _check_counterpart(self):
        """Check where an opening balance is to come from.

        :raises UserError: when no account is chosen, or less stands without a member than the voucher gives out.
        """
        if self.counterpart == 'account' and not self.counterpart_account_id:
            raise UserError(self.env._("Choose the account that the opening balance is booked against."))
        if self.counterpart == 'account':
            self._check_counterpart_account()
        if self.counterpart != 'unowned':
            return
        unowned = self.line_ids.type_id._get_unowned_balances(self.counterpart_partner_id)
        for savings_type, lines in self.line_ids.grouped('type_id').items():
            available = unowned.get(savings_type, 0.0)
            if self.currency_id.compare_amounts(sum(lines.mapped('amount')), available) > 0:
                raise UserError(self.env._(
                    "Only %(amount)s of %(savings)s stands in the books without a member; the voucher gives out more.",
                    amount=format_amount(self.env, max(available, 0.0), self.currency_id), savings=savings_type.name,
                ))

    def _check_counterpart_account(self):
        """Refuse an opening balance out of other savings, or out of what the cooperative's documents book.

        :raises UserError: naming the account and what to do instead.
        """
        account = self.counterpart_account_id
        if account in self._get_savings_accounts():
            raise UserError(self.env._(
                "%s is the account of the savings themselves, or of other savings. To move a member's savings, write a"
                " transfer; what belongs to no member yet is booked against the savings without a member.",
                account.display_name,
            ))
        # sudo: which account serves which purpose, for whoever posts the voucher
        purposes = self.company_id.sudo().coop_account_ids.filtered(
            lambda mapping: mapping.key in DOCUMENT_PURPOSES and mapping.account_id == account,
        )
        if purposes:
            raise UserError(self.env._(
                "%s is booked by the cooperative's own documents, and would no longer agree with them. Choose the"
                " account that the savings came from, or unaffected earnings.", account.display_name,
            ))

    def _get_savings_accounts(self):
        # sudo: the accounts of all savings, those of archived types among them
        return self.env['coop.savings.type'].sudo().with_context(active_test=False).search([
            ('company_id', '=', self.company_id.id),
        ]).account_id

    def _balance_error_message(self, membership, savings_type, balance, day):
        values = {
            'member': membership.display_name, 'savings': savings_type.name,
            'balance': format_amount(self.env, balance, membership.currency_id),
        }
        now = membership._get_savings_balances()[membership].get(savings_type, 0.0)
        if membership.currency_id.compare_amounts(now, balance) > 0:
            return self.env._(
                "%(member)s has only %(balance)s in %(savings)s on %(day)s; more than that cannot be taken out on"
                " %(date)s. Date the voucher on the day of the payment.",
                day=format_date(self.env, day), date=format_date(self.env, self.date), **values,
            )
        return self.env._("%(member)s has %(balance)s in %(savings)s; more than that cannot be taken out.", **values)
