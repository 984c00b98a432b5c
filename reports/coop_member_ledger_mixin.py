from odoo import fields, models
from odoo.tools import SQL


class CoopMemberLedgerMixin(models.AbstractModel):
    """Posted journal items between members and the cooperative, each with the membership that it belongs to.

    Read from the ledger, whoever booked it. Amounts are in the company's currency, positive in favour of the member.
    """
    _name = 'coop.member.ledger.mixin'
    _description = "Journal Items of Members"

    #: The columns that a running balance is kept by.
    _balanced_by = ()

    date = fields.Date(readonly=True)
    company_id = fields.Many2one(comodel_name='res.company', readonly=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    membership_id = fields.Many2one(comodel_name='coop.membership', string="Member", readonly=True)
    membership_state = fields.Selection(related='membership_id.state', string="Member's State")
    partner_id = fields.Many2one(comodel_name='res.partner', string="Contact", readonly=True)
    type_id = fields.Many2one(comodel_name='coop.savings.type', string="Savings", readonly=True)
    account_id = fields.Many2one(comodel_name='account.account', readonly=True)
    move_id = fields.Many2one(comodel_name='account.move', string="Journal Entry", readonly=True)
    description = fields.Char(readonly=True)
    balance = fields.Monetary(
        compute='_compute_balance', aggregator=None,
        help="What the member has of this kind after this entry; below zero, what the member owes.",
    )

    # === COMPUTE METHODS === #

    def _compute_balance(self):
        balances = self._get_running_balances()
        for entry in self:
            entry.balance = balances.get(entry.id, 0.0)

    # === QUERY === #

    @property
    def _table_query(self):
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    def _select_membership_spans(self):
        """Return the days that belong to each membership of a partner: from its application to the next one."""
        return SQL("""
            SELECT id, partner_id, company_id,
                   CASE WHEN LAG(id) OVER spans IS NULL THEN '-infinity' ELSE date_applied END AS date_from,
                   COALESCE(LEAD(date_applied) OVER spans, 'infinity') AS date_to
              FROM coop_membership
            WINDOW spans AS (PARTITION BY partner_id, company_id ORDER BY date_applied, id)
        """)

    # === BUSINESS METHODS === #

    def _get_running_balances(self):
        """Return ``{id: balance}`` after each of these items, in the order of the book (date, then item)."""
        if not self.ids:
            return {}
        self.fetch(['partner_id'])
        rows = self.env.execute_query(SQL(
            """
            SELECT id, balance
              FROM (
                SELECT id, SUM(amount) OVER (PARTITION BY %(columns)s ORDER BY date, id) AS balance
                  FROM %(table)s entry
                 WHERE partner_id IN %(partners)s %(nobody)s
              ) book
             WHERE id IN %(ids)s
            """,
            columns=SQL(", ").join(SQL.identifier(column) for column in self._balanced_by), table=self._table_sql,
            partners=tuple(self.partner_id.ids) or (0,), ids=tuple(self.ids),
            nobody=SQL() if all(entry.partner_id for entry in self) else SQL("OR partner_id IS NULL"),
        ))
        return {entry_id: float(balance) for entry_id, balance in rows}
