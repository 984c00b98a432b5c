from odoo import api, models
from odoo.exceptions import UserError, ValidationError

#: Savings are what the cooperative owes its members, or their capital; nothing else.
SAVINGS_ACCOUNT_TYPES = ('equity', 'liability_current', 'liability_non_current')
#: Purposes of the cooperative's accounts that are savings themselves.
SAVINGS_KEYS = ('principal', 'mandatory', 'voluntary')


class CoopSavingsType(models.Model):
    """Which account may hold savings, and until when it can still be chosen anew."""
    _inherit = 'coop.savings.type'

    # === CONSTRAINT METHODS === #

    @api.constrains('account_id', 'company_id')
    def _check_account(self):
        """Refuse accounts that something else is booked on: whatever stands there would count as members' savings.

        An account that a cooperative has kept its savings on all along may be chosen, entries included.
        """
        for savings_type in self.filtered('account_id'):
            # sudo: what the account is used for, for a manager who does not read the books
            account, company = savings_type.account_id.sudo(), savings_type.company_id
            if account.account_type not in SAVINGS_ACCOUNT_TYPES:
                raise ValidationError(self.env._(
                    "%(account)s cannot hold savings. Choose an equity or liability account that serves nothing else.",
                    account=account.display_name,
                ))
            use = savings_type._get_other_use(account, company)
            if use:
                raise ValidationError(self.env._(
                    "%(account)s is used for “%(use)s”: what is booked there would count as savings. Choose or create"
                    " an account that serves nothing else.", account=account.display_name, use=use,
                ))

    # === CRUD METHODS === #

    def write(self, vals):
        if {'kind', 'account_id', 'company_id'} & vals.keys():
            for savings_type in self.filtered(lambda t: t._is_booked_on()):
                raise UserError(self.env._(
                    "Members have saved in %s: its kind and its account stay. Create another savings type instead.",
                    savings_type.name,
                ))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for savings_type in self:
            if savings_type._is_booked_on():
                raise UserError(self.env._("Members have saved in %s; archive it instead.", savings_type.name))

    # === BUSINESS METHODS === #

    def _is_booked_on(self):
        """Whether a document of the cooperative was ever booked on these savings.

        Entries that stood on the account before do not count: an account that was chosen by mistake is given back by
        choosing another, and nothing is lost by it.
        """
        self.ensure_one()
        if not self.account_id:
            return False
        # sudo: whether there is any; not every role may read journal items
        return bool(self.env['account.move.line'].sudo().search_count([
            ('account_id', '=', self.account_id.id), ('company_id', '=', self.company_id.id),
            ('move_id.coop_source_model', '!=', False),
        ], limit=1))

    def _get_other_use(self, account, company):
        """Return the name of what else ``account`` serves in ``company``, or an empty text."""
        # sudo: names of purposes, journals and taxes of the company
        mapping = self.env['coop.company.account'].sudo().search([
            ('account_id', '=', account.id), ('company_id', '=', company.id), ('key', 'not in', SAVINGS_KEYS),
        ], limit=1)
        if mapping:
            return mapping._get_purpose()
        journal = self.env['account.journal'].sudo().with_context(active_test=False).search([
            '|', ('default_account_id', '=', account.id), ('suspense_account_id', '=', account.id),
        ], limit=1)
        if journal:
            return journal.display_name
        repartition = self.env['account.tax.repartition.line'].sudo().search([('account_id', '=', account.id)], limit=1)
        return repartition.tax_id.display_name or ""


class CoopCompanyAccount(models.Model):
    """The other way round: an account of savings serves no other purpose."""
    _inherit = 'coop.company.account'

    @api.constrains('account_id')
    def _check_account_not_of_savings(self):
        for mapping in self.filtered(lambda m: m.account_id and m.key not in SAVINGS_KEYS):
            # sudo: whether there is such a type, archived ones included
            savings_type = self.env['coop.savings.type'].sudo().with_context(active_test=False).search([
                ('account_id', '=', mapping.account_id.id), ('company_id', '=', mapping.company_id.id),
            ], limit=1)
            if savings_type:
                raise ValidationError(self.env._(
                    "%(account)s holds %(savings)s and cannot serve as “%(purpose)s” too. Choose another account.",
                    account=mapping.account_id.display_name, savings=savings_type.name,
                    purpose=mapping._get_purpose(),
                ))
