from odoo import api, fields, models
from odoo.tools import SQL


class CoopSavingsMovement(models.Model):
    """Every posted journal item on the account of a savings type, with the membership that it belongs to.

    Read from the ledger, whoever booked it. An item belongs to the membership that its commercial partner had on its
    date: the one applied for last by then, or the first one when the item is older than any. Items of somebody who
    never was a member, or of nobody, have no membership and stay visible as such.
    """
    _name = 'coop.savings.movement'
    _inherit = ['coop.member.ledger.mixin']
    _description = "Savings Movement"
    _auto = False
    _order = 'date, id'
    _rec_name = 'reference'
    _balanced_by = ('company_id', 'type_id', 'partner_id', 'membership_id')
    _depends = {
        'account.move': ['name', 'ref', 'coop_source_model', 'coop_source_id'],
        'account.move.line': [
            'account_id', 'balance', 'company_id', 'date', 'move_id', 'name', 'parent_state', 'partner_id',
        ],
        'coop.membership': ['partner_id', 'company_id', 'date_applied'],
        'coop.savings.type': ['account_id', 'company_id', 'is_capital', 'kind'],
        'coop.savings.voucher': ['name'],
        'res.partner': ['commercial_partner_id'],
    }

    kind = fields.Selection(
        selection=lambda self: self.env['coop.savings.type']._fields['kind']._description_selection(self.env),
        string="Kind of Savings", readonly=True,
    )
    is_capital = fields.Boolean(string="Counts as Capital", readonly=True)
    voucher_id = fields.Many2one(comodel_name='coop.savings.voucher', readonly=True)
    reference = fields.Char(string="Receipt Number", readonly=True)
    amount_in = fields.Monetary(string="In", readonly=True)
    amount_out = fields.Monetary(string="Out", readonly=True)
    amount = fields.Monetary(string="In Less Out", readonly=True)

    # === QUERY === #

    def _select(self):
        return SQL("""
            SELECT line.id,
                   line.date,
                   line.company_id,
                   line.account_id,
                   line.move_id,
                   partner.commercial_partner_id AS partner_id,
                   membership.id AS membership_id,
                   type.id AS type_id,
                   type.kind,
                   type.is_capital,
                   voucher.id AS voucher_id,
                   COALESCE(NULLIF(voucher.name, ''), move.name) AS reference,
                   COALESCE(NULLIF(NULLIF(move.ref, ''), voucher.name), line.name) AS description,
                   GREATEST(-line.balance, 0) AS amount_in,
                   GREATEST(line.balance, 0) AS amount_out,
                   -line.balance AS amount
        """)

    def _from(self):
        return SQL("""
              FROM account_move_line line
              JOIN coop_savings_type type ON type.account_id = line.account_id AND type.company_id = line.company_id
              JOIN account_move move ON move.id = line.move_id
         LEFT JOIN res_partner partner ON partner.id = line.partner_id
         LEFT JOIN (%s) membership
                ON membership.partner_id = partner.commercial_partner_id AND membership.company_id = line.company_id
               AND line.date >= membership.date_from AND line.date < membership.date_to
         LEFT JOIN coop_savings_voucher voucher
                ON voucher.id = move.coop_source_id AND move.coop_source_model = 'coop.savings.voucher'
        """, self._select_membership_spans())

    def _where(self):
        return SQL("WHERE line.parent_state = 'posted'")

    # === BUSINESS METHODS === #

    @api.model
    def _get_balances(self, domain, groupby):
        """Return ``[(*groups, amount)]`` of the movements in ``domain``, amounts in the company's currency."""
        return self._read_group(domain, groupby, ['amount:sum'])

    # === ACTIONS === #

    def action_open_source(self):
        """Open the voucher of the movement, or else its journal entry."""
        self.ensure_one()
        return (self.voucher_id or self.move_id)._get_records_action()
