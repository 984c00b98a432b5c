from odoo import fields, models
from odoo.tools import SQL


class CoopFundMovement(models.Model):
    """Every posted journal item of a fund, whoever booked it, with what the fund holds after it."""
    _name = 'coop.fund.movement'
    _description = "Fund Movement"
    _auto = False
    _order = 'date DESC, id DESC'
    _rec_name = 'description'
    _depends = {
        'account.move': ['name', 'ref', 'coop_source_model', 'coop_source_id'],
        'account.move.line': [
            'account_id', 'balance', 'company_id', 'date', 'move_id', 'name', 'parent_state', 'partner_id',
        ],
        'coop.fund': ['account_id', 'company_id'],
    }

    date = fields.Date(readonly=True)
    fund_id = fields.Many2one(comodel_name='coop.fund', readonly=True)
    company_id = fields.Many2one(comodel_name='res.company', readonly=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    partner_id = fields.Many2one(comodel_name='res.partner', string="Person", readonly=True)
    move_id = fields.Many2one(comodel_name='account.move', string="Journal Entry", readonly=True)
    spending_id = fields.Many2one(comodel_name='coop.fund.spending', readonly=True)
    allocation_id = fields.Many2one(comodel_name='coop.shu.allocation', string="SHU Allocation", readonly=True)
    reference = fields.Char(string="Number", readonly=True)
    description = fields.Char(readonly=True)
    amount_in = fields.Monetary(string="In", readonly=True)
    amount_out = fields.Monetary(string="Out", readonly=True)
    amount = fields.Monetary(string="In Less Out", readonly=True)
    balance = fields.Monetary(
        readonly=True, aggregator=None, help="What the fund holds after this movement.",
    )

    # === QUERY === #

    @property
    def _table_query(self):
        # The balance runs in the order in which the items stand in the ledger: by day, then as they were booked.
        return SQL("""
            SELECT l.id, l.date, f.id AS fund_id, f.company_id, l.partner_id, l.move_id,
                   CASE WHEN m.coop_source_model = 'coop.fund.spending' THEN m.coop_source_id END AS spending_id,
                   CASE WHEN m.coop_source_model = 'coop.shu.allocation' THEN m.coop_source_id END AS allocation_id,
                   COALESCE(NULLIF(m.ref, ''), m.name) AS reference, COALESCE(l.name, m.ref, m.name) AS description,
                   GREATEST(-l.balance, 0) AS amount_in, GREATEST(l.balance, 0) AS amount_out, -l.balance AS amount,
                   SUM(-l.balance) OVER (PARTITION BY f.id ORDER BY l.date, l.id) AS balance
              FROM coop_fund f
              JOIN account_move_line l ON l.account_id = f.account_id AND l.company_id = f.company_id
              JOIN account_move m ON m.id = l.move_id
             WHERE l.parent_state = 'posted' AND l.balance != 0
        """)

    # === ACTIONS === #

    def action_open_source(self):
        """Open the document behind the movement: the spending, the allocation, else the journal entry."""
        self.ensure_one()
        return (self.spending_id or self.allocation_id or self.move_id)._get_records_action()
