from odoo import api, fields, models
from odoo.tools import SQL


class CoopSavingsBalance(models.Model):
    """A member's savings of one type, as a row to look at: the amounts are the ledger's and stored nowhere.

    There is a row for every savings type of the company, also where the member has saved nothing. Types that are
    archived stay as long as anything is booked on their account.
    """
    _name = 'coop.savings.balance'
    _description = "Member's Savings by Type"
    _auto = False
    _order = 'membership_id, sequence, type_id'
    _rec_name = 'type_id'

    membership_id = fields.Many2one(comodel_name='coop.membership', string="Member", readonly=True)
    type_id = fields.Many2one(comodel_name='coop.savings.type', string="Savings", readonly=True)
    sequence = fields.Integer(readonly=True)
    company_id = fields.Many2one(comodel_name='res.company', readonly=True)
    company_currency_id = fields.Many2one(related='company_id.currency_id')
    balance = fields.Monetary(compute='_compute_amounts', currency_field='company_currency_id')
    arrears = fields.Monetary(
        compute='_compute_amounts', currency_field='company_currency_id',
        help="What the dated amounts asked for since joining and is not paid yet.",
    )

    _depends = {
        'coop.membership': ['company_id'],
        'coop.savings.type': ['company_id', 'account_id', 'sequence', 'active'],
        'account.move.line': ['account_id', 'company_id', 'parent_state'],
    }

    @property
    def _table_query(self):
        # The types are few and change rarely: 2^20 of them are enough to number the rows.
        return SQL("""
            SELECT m.id::bigint * 1048576 + t.id AS id, m.id AS membership_id, t.id AS type_id, t.sequence, m.company_id
              FROM coop_membership m
              JOIN coop_savings_type t ON t.company_id = m.company_id
             WHERE t.active OR EXISTS (
                       SELECT 1 FROM account_move_line l
                        WHERE l.account_id = t.account_id AND l.company_id = t.company_id AND l.parent_state = 'posted'
                   )
        """)

    # === COMPUTE METHODS === #

    @api.depends_context('uid')
    def _compute_amounts(self):
        memberships = self.membership_id
        balances, arrears = memberships._get_savings_balances(), memberships._get_arrears()
        for row in self:
            row.balance = balances.get(row.membership_id, {}).get(row.type_id, 0.0)
            row.arrears = arrears.get(row.membership_id, {}).get(row.type_id, 0.0)
