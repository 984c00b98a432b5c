from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: The drawers: every cash journal by its account. An account that two journals share belongs to the first of them.
DRAWERS = SQL("""
    SELECT DISTINCT ON (default_account_id) id, default_account_id, company_id
      FROM account_journal
     WHERE type = 'cash' AND default_account_id IS NOT NULL
  ORDER BY default_account_id, id
""")


class CoopCashMovement(models.Model):
    """Every posted journal item of a drawer, whoever booked it, with what is in the drawer after it: the cash book.

    In the order of the book: by day, then as the entries were posted.
    """
    _name = 'coop.cash.movement'
    _description = "Cash Book"
    _auto = False
    _order = 'date DESC, booking_number DESC, id DESC'
    _rec_name = 'reference'
    _depends = {
        'account.journal': ['type', 'default_account_id', 'company_id'],
        'account.move': ['name', 'ref', 'coop_source_model', 'coop_source_id', 'coop_booking_number'],
        'account.move.line': [
            'account_id', 'balance', 'company_id', 'date', 'move_id', 'name', 'parent_state', 'partner_id',
        ],
    }

    date = fields.Date(readonly=True)
    journal_id = fields.Many2one(comodel_name='account.journal', string="Cash", readonly=True)
    company_id = fields.Many2one(comodel_name='res.company', readonly=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    partner_id = fields.Many2one(comodel_name='res.partner', string="Member or Partner", readonly=True)
    move_id = fields.Many2one(comodel_name='account.move', string="Journal Entry", readonly=True)
    user_id = fields.Many2one(comodel_name='res.users', string="Booked By", readonly=True)
    source_model = fields.Char(readonly=True, export_string_translation=False)
    booking_number = fields.Integer(readonly=True, export_string_translation=False)
    document = fields.Char(compute='_compute_document', help="The cooperative's document behind the entry.")
    reference = fields.Char(string="Number", readonly=True)
    description = fields.Char(readonly=True)
    amount_in = fields.Monetary(string="In", readonly=True)
    amount_out = fields.Monetary(string="Out", readonly=True)
    amount = fields.Monetary(string="In Less Out", readonly=True)
    balance = fields.Monetary(readonly=True, aggregator=None, help="What is in the drawer after this movement.")

    # === QUERY === #

    @property
    def _table_query(self):
        return SQL("""
            SELECT l.id, l.date, drawer.id AS journal_id, l.company_id, l.partner_id, l.move_id,
                   m.create_uid AS user_id, m.coop_source_model AS source_model,
                   COALESCE(m.coop_booking_number, 0) AS booking_number,
                   COALESCE(NULLIF(m.ref, ''), m.name) AS reference, COALESCE(l.name, m.ref, m.name) AS description,
                   GREATEST(l.balance, 0) AS amount_in, GREATEST(-l.balance, 0) AS amount_out, l.balance AS amount,
                   SUM(l.balance) OVER (
                       PARTITION BY drawer.id ORDER BY l.date, COALESCE(m.coop_booking_number, 0), l.id
                   ) AS balance
              FROM (%s) drawer
              JOIN account_move_line l ON l.account_id = drawer.default_account_id
              JOIN account_move m ON m.id = l.move_id
             WHERE l.parent_state = 'posted' AND l.balance != 0
        """, DRAWERS)

    # === COMPUTE METHODS === #

    @api.depends('source_model')
    @api.depends_context('lang')
    def _compute_document(self):
        for movement in self:
            known = movement.source_model and movement.source_model in self.env
            movement.document = self.env['ir.model']._get(movement.source_model).sudo().name if known else False

    # === ACTIONS === #

    def action_open_source(self):
        """Open the document behind the movement: what the cooperative wrote, else the payment or the entry.

        :raises UserError: when there is nothing that the user may open.
        """
        self.ensure_one()
        move = self.sudo().move_id  # sudo: which document it is; the document itself is opened with the user's rights
        for record in (move._coop_get_source(), move.origin_payment_id, move):
            if record:
                mine = record.with_env(self.env)
                if mine.has_access('read'):
                    return mine._get_records_action()
        raise UserError(self.env._(
            "%s was booked by those who keep the books. Ask the treasurer to show it.", self.reference,
        ))


class CoopCashDay(models.Model):
    """One day of one drawer: what was in it in the morning, what came and went, and what was counted."""
    _name = 'coop.cash.day'
    _description = "Cash by Day"
    _auto = False
    _order = 'date DESC, journal_id'
    _rec_name = 'date'
    _depends = {
        **CoopCashMovement._depends,
        'coop.cash.count': ['journal_id', 'date', 'state', 'amount_counted', 'difference', 'booking_number'],
    }

    date = fields.Date(readonly=True)
    journal_id = fields.Many2one(comodel_name='account.journal', string="Cash", readonly=True)
    company_id = fields.Many2one(comodel_name='res.company', readonly=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    opening = fields.Monetary(string="Opening Balance", readonly=True, aggregator=None)
    amount_in = fields.Monetary(string="In", readonly=True)
    amount_out = fields.Monetary(string="Out", readonly=True)
    closing = fields.Monetary(string="Closing Balance", readonly=True, aggregator=None)
    movement_count = fields.Integer(string="Entries", readonly=True)
    count_id = fields.Many2one(comodel_name='coop.cash.count', string="Cash Count", readonly=True)
    amount_counted = fields.Monetary(string="Counted", readonly=True, aggregator=None)
    is_counted = fields.Boolean(string="Was Counted", readonly=True)
    count_state = fields.Selection(related='count_id.state', string="State of the Count")
    difference = fields.Monetary(
        string="Counted Less Closing", readonly=True, aggregator=None,
        help="Of the last count of the day. Booked differences are in the closing balance already.",
    )

    # === QUERY === #

    @property
    def _table_query(self):
        # A day has a row when something was booked or counted. 2^20 days after 1970 are enough to number the rows.
        return SQL("""
            WITH drawer AS (%s), counted AS (
                SELECT DISTINCT ON (journal_id, date) journal_id, date, id, amount_counted
                  FROM coop_cash_count
                 WHERE state NOT IN ('draft', 'cancelled')
              ORDER BY journal_id, date, booking_number DESC
            ), day AS (
                SELECT drawer.id AS journal_id, l.date, SUM(GREATEST(l.balance, 0)) AS amount_in,
                       SUM(GREATEST(-l.balance, 0)) AS amount_out, COUNT(*) AS movement_count
                  FROM drawer
                  JOIN account_move_line l ON l.account_id = drawer.default_account_id
                 WHERE l.parent_state = 'posted' AND l.balance != 0
              GROUP BY drawer.id, l.date
                 UNION ALL
                SELECT journal_id, date, 0, 0, 0 FROM counted
            ), summed AS (
                SELECT journal_id, date, SUM(amount_in) AS amount_in, SUM(amount_out) AS amount_out,
                       SUM(movement_count)::int AS movement_count
                  FROM day
              GROUP BY journal_id, date
            ), running AS (
                SELECT *, SUM(amount_in - amount_out) OVER (PARTITION BY journal_id ORDER BY date) AS closing
                  FROM summed
            )
            SELECT running.journal_id::bigint * 1048576 + (running.date - DATE '1970-01-01') AS id, running.date,
                   running.journal_id, drawer.company_id, running.closing - running.amount_in + running.amount_out
                   AS opening, running.amount_in, running.amount_out, running.closing, running.movement_count,
                   counted.id AS count_id, counted.amount_counted, counted.id IS NOT NULL AS is_counted,
                   CASE WHEN counted.id IS NOT NULL THEN counted.amount_counted - running.closing END AS difference
              FROM running
              JOIN drawer ON drawer.id = running.journal_id
         LEFT JOIN counted ON counted.journal_id = running.journal_id AND counted.date = running.date
        """, DRAWERS)

    # === COMPUTE METHODS === #

    @api.depends('date', 'journal_id')
    def _compute_display_name(self):
        for day in self:
            # sudo: the journal's name, which a cashier may not read otherwise
            day.display_name = f"{day.journal_id.sudo().display_name} {day.date}"

    # === ACTIONS === #

    def action_open_movements(self):
        """Open the entries of the day."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_cash_movement_action')
        return {
            **action, 'name': self.display_name, 'context': {},
            'domain': [('journal_id', '=', self.journal_id.id), ('date', '=', self.date)],
        }

    def action_print(self):
        """Open the cash book of the day, to print it."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_cash_book_action')
        return {**action, 'context': {
            'default_journal_id': self.journal_id.id, 'default_date_from': self.date, 'default_date_to': self.date,
        }}
