from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.producer_cooperative.models.coop_shu_allocation import OPEN_STATES, UNDECIDED_STATES

CHANNELS = {
    'out_invoice': 'invoice', 'out_refund': 'credit_note', 'out_receipt': 'receipt', 'in_invoice': 'bill',
    'in_refund': 'bill', 'in_receipt': 'bill',
}


class CoopShuTurnover(models.Model):
    """Income from business, entry by entry, by the way it came in and the member that it names.

    Read from the ledger: each row is the sum of one entry's posted items on accounts of income from business.
    """
    _name = 'coop.shu.turnover'
    _description = "Turnover with Members and Others"
    _auto = False
    _order = 'date DESC, id DESC'
    _rec_name = 'move_id'
    _depends = {
        'account.account': ['account_type'],
        'account.move': [
            'coop_membership_id', 'commercial_partner_id', 'date', 'journal_id', 'move_type', 'name', 'state',
        ],
        'account.move.line': ['account_id', 'balance', 'company_id', 'move_id', 'parent_state'],
    }

    date = fields.Date(readonly=True)
    company_id = fields.Many2one(comodel_name='res.company', readonly=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    move_id = fields.Many2one(comodel_name='account.move', string="Document", readonly=True)
    journal_id = fields.Many2one(comodel_name='account.journal', readonly=True)
    channel = fields.Selection(
        selection=[
            ('invoice', "Invoices"), ('credit_note', "Credit Notes"), ('receipt', "Sales Receipts"),
            ('bill', "Bills"), ('entry', "Other Entries"),
        ],
        readonly=True,
    )
    partner_id = fields.Many2one(comodel_name='res.partner', string="Customer", readonly=True)
    membership_id = fields.Many2one(comodel_name='coop.membership', string="Member", readonly=True)
    amount = fields.Monetary(string="Turnover", readonly=True, help="Untaxed; below zero for what was credited.")
    possible_membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Perhaps", compute='_compute_possible_membership_id',
        search='_search_possible_membership_id',
        help="The customer is or was a member, though not on that day, or has a member's name.",
    )

    # === COMPUTE METHODS === #

    def _compute_possible_membership_id(self):
        without = self.filtered(lambda row: not row.membership_id and row.partner_id)
        (self - without).possible_membership_id = False
        # sudo: names of members, for whoever looks for one that is missing on a document
        found = without.sudo()._find_possible_members()
        for row in without:
            row.possible_membership_id = found.get((row.company_id.id, row.partner_id.id), False)

    def _search_possible_membership_id(self, operator, value):
        if operator not in ('in', 'not in') or set(value) - {False}:
            return NotImplemented
        companies = SQL("SELECT partner_id FROM (%s) possible WHERE company_id IN %s",
                        self._get_possible_sql(), tuple(self.env.companies.ids))
        possible = Domain('membership_id', '=', False) & Domain('partner_id', 'in', companies)
        return possible if operator == 'not in' else ~possible

    # === QUERY === #

    @property
    def _table_query(self):
        cases = SQL(" ").join(SQL("WHEN %s THEN %s", kind, channel) for kind, channel in CHANNELS.items())
        return SQL(
            """
            SELECT move.id, move.id AS move_id, line.company_id, move.date, move.journal_id,
                   move.commercial_partner_id AS partner_id, move.coop_membership_id AS membership_id,
                   CASE move.move_type %(cases)s ELSE 'entry' END AS channel, SUM(-line.balance) AS amount
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
              JOIN account_account account ON account.id = line.account_id
             WHERE line.parent_state = 'posted' AND account.account_type = 'income'
          GROUP BY move.id, line.company_id
            """, cases=cases,
        )

    # === ACTIONS === #

    def action_open_document(self):
        """Open the document."""
        self.ensure_one()
        return self.move_id._get_records_action()

    def action_stamp_again(self):
        """Note on the documents the membership that their customers had on the day, after a register was put right.

        :raises UserError: for documents of a period whose surplus was decided on.
        """
        self.env['coop.shu.allocation']._check_user_is(
            'producer_cooperative.group_coop_accountant', 'producer_cooperative.group_coop_officer',
        )
        allocations = self._get_allocations()
        decided = allocations.filtered(lambda a: a.state not in UNDECIDED_STATES)
        if decided:
            raise UserError(self.env._(
                "The meeting decided on the surplus of %s. Its documents keep their members.",
                decided[0]._get_period_label(),
            ))
        before = {row.move_id: row.membership_id for row in self}
        self.move_id._coop_stamp_membership()
        self.env.flush_all()
        self.invalidate_model()
        changed = sum(1 for row in self if row.membership_id != before[row.move_id])
        if changed:
            allocations._reset_computation()
        return {
            'type': 'ir.actions.client', 'tag': 'display_notification',
            'params': {
                'message': self.env._("%s documents name another member now.", changed),
                'type': 'success' if changed else 'info', 'next': {'type': 'ir.actions.act_window_close'},
            },
        }

    # === BUSINESS METHODS === #

    def _get_allocations(self):
        """Return the allocations of the periods in which these documents are, without cancelled ones."""
        return self.env['coop.shu.allocation'].search([
            ('company_id', 'in', self.company_id.ids), ('state', '!=', 'cancelled'),
            ('date_from', '<=', max(self.mapped('date'))), ('date_to', '>=', min(self.mapped('date'))),
        ]).filtered(lambda allocation: any(
            row.company_id == allocation.company_id and allocation.date_from <= row.date <= allocation.date_to
            for row in self
        )) if self else self.env['coop.shu.allocation']

    def _find_possible_members(self):
        """Return ``{(company id, partner id): membership id}``: the customer's own, else that of a namesake."""
        if not self.partner_id:
            return {}
        rows = self.env.execute_query(SQL(
            """
            SELECT DISTINCT ON (company_id, partner_id) company_id, partner_id, membership_id
              FROM (%s) possible
             WHERE company_id IN %s AND partner_id IN %s
          ORDER BY company_id, partner_id, is_own DESC, state = 'left', membership_id
            """, self._get_possible_sql(), tuple(self.company_id.ids), tuple(self.partner_id.ids),
        ))
        return {(company, partner): membership for company, partner, membership in rows}

    @api.model
    def _get_possible_sql(self):
        """Return a SELECT of customers with memberships of their own, or of somebody with the same name."""
        self.env['res.partner'].flush_model(['name', 'commercial_partner_id'])
        self.env['coop.membership'].flush_model(['partner_id', 'company_id', 'state'])
        # SQL: names are compared without regard to case and blanks, which no domain can
        return SQL("""
            SELECT customer.id AS partner_id, member.id AS membership_id, member.company_id, member.state,
                   TRUE AS is_own
              FROM res_partner customer
              JOIN coop_membership member ON member.partner_id = customer.commercial_partner_id
         UNION ALL
            SELECT customer.id, member.id, member.company_id, member.state, FALSE
              FROM res_partner customer
              JOIN res_partner owner ON lower(trim(owner.name)) = lower(trim(customer.name))
               AND owner.id != customer.commercial_partner_id
              JOIN coop_membership member ON member.partner_id = owner.id
        """)


class CoopShuAllocation(models.Model):
    """Turnover of the period that names no member."""
    _inherit = 'coop.shu.allocation'

    turnover_without_member = fields.Monetary(
        string="Turnover without a Member", compute='_compute_turnover_without_member',
        help="Income from business in the period that names no member: look through it before the meeting.",
    )

    # === COMPUTE METHODS === #

    @api.depends('date_from', 'date_to', 'company_id')
    def _compute_turnover_without_member(self):
        for allocation in self:
            known = allocation.date_from and allocation.date_to and allocation.state in OPEN_STATES
            allocation.turnover_without_member = allocation._get_turnover_without_member() if known else 0.0

    # === ACTIONS === #

    def action_open_turnover(self):
        """Open the turnover of the period that names no member, by the way it came in."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_shu_turnover_action'),
            'domain': self._get_turnover_domain(),
            'context': {'search_default_filter_without': 1, 'search_default_group_by_channel': 1},
        }

    # === BUSINESS METHODS === #

    def _get_turnover_domain(self):
        self.ensure_one()
        return [
            ('company_id', '=', self.company_id.id), ('date', '>=', self.date_from), ('date', '<=', self.date_to),
            ('move_id', 'not in', self._get_closing_moves().ids),
        ]

    def _get_turnover_without_member(self):
        """Return the income from business in the period that names no member, in the company's currency."""
        self.ensure_one()
        # sudo: one sum, for whoever prepares the meeting
        [(balance,)] = self.env['account.move.line'].sudo()._read_group(
            self._get_result_domain() & Domain([
                ('account_id.account_type', '=', 'income'), ('move_id.coop_membership_id', '=', False),
            ]), [], ['balance:sum'],
        )
        return self.currency_id.round(-(balance or 0.0))
