from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.producer_cooperative.models.coop_cash_movement import DRAWERS


class CoopCashDrawer(models.Model):
    """A drawer as it stands now: what should be in it, who holds it, and when it was counted last.

    One row for each cash journal; cashiers, who do not read journals, find their drawers here.
    """
    _name = 'coop.cash.drawer'
    _description = "Drawer"
    _auto = False
    _order = 'company_id, journal_id'
    _rec_name = 'journal_id'
    _depends = {
        'account.journal': ['type', 'default_account_id', 'company_id', 'active'],
        'account.move.line': ['account_id', 'balance', 'parent_state'],
        'coop.cash.count': ['journal_id', 'date', 'state', 'difference', 'booking_number'],
        'coop.cash.handover': ['journal_id', 'state', 'to_user_id', 'received_on', 'booking_number'],
    }

    journal_id = fields.Many2one(comodel_name='account.journal', string="Cash", readonly=True)
    company_id = fields.Many2one(comodel_name='res.company', readonly=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    balance = fields.Monetary(string="In the Books", readonly=True)
    pending = fields.Monetary(
        string="Difference to Approve", readonly=True, help="Found by counts, and not approved yet.",
    )
    holder_id = fields.Many2one(
        comodel_name='res.users', string="Held By", readonly=True,
        help="Who received the drawer last. Nobody: every cashier of the journal may use it.",
    )
    held_since = fields.Datetime(readonly=True)
    handover_id = fields.Many2one(
        comodel_name='coop.cash.handover', string="Hand-Over to Confirm", readonly=True,
    )
    count_id = fields.Many2one(comodel_name='coop.cash.count', string="Last Count", readonly=True)
    counted_on = fields.Date(readonly=True)

    # === QUERY === #

    @property
    def _table_query(self):
        return SQL("""
            WITH drawer AS (%s), held AS (
                SELECT DISTINCT ON (journal_id) journal_id, to_user_id, received_on
                  FROM coop_cash_handover WHERE state = 'done' ORDER BY journal_id, booking_number DESC
            ), counted AS (
                SELECT DISTINCT ON (journal_id) journal_id, id, date
                  FROM coop_cash_count WHERE state NOT IN ('draft', 'cancelled')
              ORDER BY journal_id, booking_number DESC
            )
            SELECT drawer.id, drawer.id AS journal_id, drawer.company_id, held.to_user_id AS holder_id,
                   held.received_on AS held_since, counted.id AS count_id, counted.date AS counted_on,
                   (SELECT MIN(id) FROM coop_cash_handover
                     WHERE journal_id = drawer.id AND state = 'offered') AS handover_id,
                   (SELECT COALESCE(SUM(l.balance), 0) FROM account_move_line l
                     WHERE l.account_id = drawer.default_account_id AND l.parent_state = 'posted') AS balance,
                   (SELECT COALESCE(SUM(c.difference), 0) FROM coop_cash_count c
                     WHERE c.journal_id = drawer.id AND c.state IN ('counted', 'witnessed')) AS pending
              FROM drawer
              JOIN account_journal j ON j.id = drawer.id AND j.active
         LEFT JOIN held ON held.journal_id = drawer.id
         LEFT JOIN counted ON counted.journal_id = drawer.id
        """, DRAWERS)

    # === COMPUTE METHODS === #

    @api.depends('journal_id')
    def _compute_display_name(self):
        for drawer in self:
            # sudo: the journal's name, which a cashier may not read otherwise
            drawer.display_name = drawer.journal_id.sudo().display_name

    # === ACTIONS === #

    def action_open_days(self):
        """Open the cash book of the drawer."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_cash_day_action')
        return {**action, 'name': self.display_name, 'domain': [('journal_id', '=', self.journal_id.id)], 'context': {}}

    def action_count(self):
        """Open a new count of the drawer."""
        return self._open_new('coop.cash.count', self.env._("Cash Count"))

    def action_hand_over(self):
        """Open the hand-over that waits, or a new one."""
        self.ensure_one()
        if self.handover_id:
            return self.handover_id._get_records_action()
        return self._open_new('coop.cash.handover', self.env._("Cash Hand-Over"))

    # === BUSINESS METHODS === #

    def _open_new(self, model, name):
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': name, 'res_model': model, 'view_mode': 'form',
            'context': {'default_journal_id': self.journal_id.id},
        }
