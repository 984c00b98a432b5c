from __future__ import annotations

from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class AccountSpec(NamedTuple):
    """How an account of the cooperative is created when the company has none for the purpose.

    ``indonesian_code`` is its code in the 8-digit Indonesian chart; in any other chart, and when the code is taken
    there, the next free code beside accounts of the same type is used.
    """
    name: object
    account_type: str
    indonesian_code: str
    reconcile: bool = False


#: The accounts of a producer cooperative by purpose (names and types as usual under SAK EP for cooperatives).
ACCOUNTS = {
    'principal': AccountSpec(_lt("Principal Savings"), 'equity', '31110010'),
    'mandatory': AccountSpec(_lt("Mandatory Savings"), 'equity', '31110020'),
    'voluntary': AccountSpec(_lt("Voluntary Savings"), 'liability_current', '28120010'),
    'grant': AccountSpec(_lt("Grants"), 'equity', '31120010'),
    'participation': AccountSpec(_lt("Equity Participation"), 'equity', '31120020'),
    'reserve': AccountSpec(_lt("Cooperative Reserve"), 'equity', '31220010'),
    'shu': AccountSpec(_lt("SHU Not Yet Distributed"), 'equity', '31520010'),
    'accumulated_loss': AccountSpec(_lt("Accumulated Loss"), 'equity', '31520020'),
    'former_member': AccountSpec(_lt("Former Members' Capital Payable"), 'liability_payable', '21110010', True),
    'clearing': AccountSpec(_lt("Consignment Clearing"), 'liability_current', '28130010'),
    'proceeds': AccountSpec(_lt("Members' Proceeds Payable"), 'liability_payable', '21110020', True),
    'member_receivable': AccountSpec(_lt("Members' Pooled Goods Receivable"), 'asset_receivable', '11220010', True),
    'pool_deposit': AccountSpec(_lt("Deposits for Pooled Purchases"), 'liability_current', '28130020'),
    'member_advance': AccountSpec(_lt("Advances to Members"), 'asset_current', '11220020'),
    'shu_payable': AccountSpec(_lt("SHU Payable to Members"), 'liability_payable', '21110030', True),
    'fund_board': AccountSpec(_lt("Board Fund"), 'liability_current', '28140010'),
    'fund_staff': AccountSpec(_lt("Staff Fund"), 'liability_current', '28140020'),
    'fund_education': AccountSpec(_lt("Education Fund"), 'liability_current', '28140030'),
    'fund_social': AccountSpec(_lt("Social Fund"), 'liability_current', '28140040'),
    'fund_area': AccountSpec(_lt("Working Area Fund"), 'liability_current', '28140050'),
    'commission': AccountSpec(_lt("Consignment Commission from Members"), 'income', '43000010'),
    'cost_of_goods': AccountSpec(_lt("Cost of Members' Goods Sold"), 'expense_direct_cost', '51000100'),
    'cooperative_expense': AccountSpec(_lt("Cooperative Expenses"), 'expense', '68000010'),
    'cash_difference': AccountSpec(_lt("Cooperative Cash Difference"), 'expense', '69110010'),
    'rounding': AccountSpec(_lt("Cooperative Rounding"), 'expense', '69110020'),
    'tax_withheld': AccountSpec(_lt("Income Tax Withheld"), 'liability_current', '21220010'),
    'tax_prepaid': AccountSpec(_lt("Income Tax Withheld by Others"), 'asset_current', '11520010'),
}


class CoopCompanyAccount(models.Model):
    """Which account of the chart a company uses for one purpose of the cooperative."""
    _name = 'coop.company.account'
    _description = "Cooperative Account"
    _order = 'company_id, sequence, id'
    _rec_name = 'key'
    _check_company_auto = True

    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, readonly=True, ondelete='cascade',
        default=lambda self: self.env.company,
    )
    sequence = fields.Integer(readonly=True)
    key = fields.Selection(selection='_selection_key', string="Purpose", required=True, readonly=True)
    account_id = fields.Many2one(
        comodel_name='account.account', check_company=True, ondelete='set null',
        domain="[('account_type', '=', required_account_type)]",
    )
    required_account_type = fields.Char(compute='_compute_required_account_type', export_string_translation=False)

    _key_uniq = models.Constraint('UNIQUE (company_id, key)', "Each purpose has one account per company.")

    # === COMPUTE METHODS === #

    @api.depends('key')
    def _compute_required_account_type(self):
        for mapping in self:
            mapping.required_account_type = ACCOUNTS[mapping.key].account_type if mapping.key else False

    # === SELECTION METHODS === #

    @api.model
    def _selection_key(self):
        return [(key, spec.name._translate(self.env.lang or 'en_US')) for key, spec in ACCOUNTS.items()]

    # === CONSTRAINT METHODS === #

    @api.constrains('account_id')
    def _check_account(self):
        for mapping in self.filtered('account_id'):
            if mapping.account_id.account_type != ACCOUNTS[mapping.key].account_type:
                raise ValidationError(self.env._(
                    "%(account)s is of another type than “%(purpose)s” needs.",
                    account=mapping.account_id.display_name, purpose=mapping._get_purpose(),
                ))
            if ACCOUNTS[mapping.key].reconcile and not mapping.account_id.reconcile:
                raise ValidationError(self.env._(
                    "%(account)s must allow reconciliation to serve as “%(purpose)s”.",
                    account=mapping.account_id.display_name, purpose=mapping._get_purpose(),
                ))

    # === CRUD METHODS === #

    def write(self, vals):
        if 'account_id' in vals:
            self._check_not_in_balance(vals['account_id'])
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _check_not_in_balance(self, account_id):
        """Refuse to change an account in the middle of what is booked over it.

        :raises UserError: while the clearing account or the SHU account is not at zero.
        """
        in_between = self.filtered(lambda mapping: mapping.key in ('clearing', 'shu') and mapping.account_id)
        for mapping in in_between.filtered(lambda mapping: mapping.account_id.id != account_id):
            # sudo: the balance of one account of the company, for whoever sets it up
            [(balance,)] = self.env['account.move.line'].sudo()._read_group([
                ('account_id', '=', mapping.account_id.id), ('company_id', '=', mapping.company_id.id),
                ('parent_state', '=', 'posted'),
            ], [], ['balance:sum'])
            if not mapping.company_id.currency_id.is_zero(balance or 0.0):
                raise UserError(self.env._(
                    "%(account)s still holds a balance; settle or distribute it before “%(purpose)s” moves elsewhere.",
                    account=mapping.account_id.display_name, purpose=mapping._get_purpose(),
                ))

    def _get_purpose(self):
        """Return the purpose in the user's language."""
        self.ensure_one()
        return dict(self._fields['key']._description_selection(self.env))[self.key]
