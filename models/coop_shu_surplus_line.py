from __future__ import annotations

from odoo import api, fields, models

#: The parts of the result in the order of the statement of operations, by the type of the account.
SECTION_OF_TYPE = {
    'income': 'turnover', 'expense_direct_cost': 'cost', 'expense': 'operating', 'expense_depreciation': 'operating',
    'income_other': 'other', 'expense_other': 'other',
}
SECTIONS = ('turnover', 'cost', 'operating', 'cooperative', 'other', 'tax')


class CoopShuSurplusLine(models.Model):
    """What one account earned or cost in the period of an allocation, as it was when the surplus was computed.

    Income stands above zero, expenses below: the lines of an allocation add up to its surplus. Each line is made up of
    what was traced to members, to others, and to neither.
    """
    _name = 'coop.shu.surplus.line'
    _description = "Surplus by Account"
    _order = 'allocation_id, sequence, code, id'
    _check_company_auto = True

    allocation_id = fields.Many2one(
        comodel_name='coop.shu.allocation', string="SHU Allocation", required=True, index=True, ondelete='cascade',
        readonly=True,
    )
    company_id = fields.Many2one(related='allocation_id.company_id', store=True, precompute=True)
    currency_id = fields.Many2one(related='allocation_id.currency_id')
    date_to = fields.Date(related='allocation_id.date_to', string="Period", store=True, precompute=True)
    sequence = fields.Integer(readonly=True)
    section = fields.Selection(
        selection=[
            ('turnover', "Income from Business"), ('cost', "Cost of Goods and Services"),
            ('operating', "Operating Expenses"), ('cooperative', "Cooperative Expenses"),
            ('other', "Other Income and Expenses"), ('tax', "Income Tax"),
        ],
        required=True, readonly=True,
    )
    account_id = fields.Many2one(
        comodel_name='account.account', required=True, readonly=True, check_company=True, ondelete='restrict',
        index=True,
    )
    group_id = fields.Many2one(
        comodel_name='account.group', string="Account Group", readonly=True, index='btree_not_null',
        ondelete='set null',
    )
    code = fields.Char(readonly=True, help="The account's code when the surplus was computed.")
    name = fields.Char(string="Account Name", readonly=True, help="The account's name when the surplus was computed.")
    amount = fields.Monetary(readonly=True, help="Income above zero, expenses below.")
    amount_previous = fields.Monetary(
        string="Year Before", readonly=True, help="The same account in the same period of the year before.",
    )
    amount_change = fields.Monetary(string="Change", compute='_compute_amount_change', store=True)
    traced_members = fields.Monetary(
        string="Traced to Members", readonly=True, help="On documents that name a member, or of members' goods.",
    )
    traced_others = fields.Monetary(
        string="Traced to Others", readonly=True, help="On invoices and receipts that name no member.",
    )
    untraced = fields.Monetary(string="Not Traced", readonly=True, help="Split as the rule says.")
    amount_members = fields.Monetary(
        string="With Members", readonly=True, help="Traced to members, and the members' part of what is not traced.",
    )
    amount_others = fields.Monetary(
        string="With Others", readonly=True, help="Traced to others, and their part of what is not traced.",
    )
    amount_now = fields.Monetary(string="In the Ledger Now", compute='_compute_amount_now')
    difference = fields.Monetary(
        string="Booked Since", compute='_compute_amount_now', help="What the ledger has now less what was computed.",
    )

    _account_uniq = models.Constraint(
        'UNIQUE (allocation_id, account_id)', "The account has a figure in this allocation already.",
    )

    # === COMPUTE METHODS === #

    @api.depends('code', 'name')
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.code or ''} {line.name or ''}".strip()

    @api.depends('amount', 'amount_previous')
    def _compute_amount_change(self):
        for line in self:
            line.amount_change = line.amount - line.amount_previous

    def _compute_amount_now(self):
        for allocation, lines in self.grouped('allocation_id').items():
            now = allocation._get_ledger_amounts()
            for line in lines:
                line.amount_now = now.get(line.account_id, 0.0)
                line.difference = line.amount_now - line.amount

    # === ACTIONS === #

    def action_open_items(self):
        """Open the journal items that the figure is the sum of: those that counted when it was computed."""
        self.ensure_one()
        return self._open_items(self.allocation_id._get_counted_domain())

    def action_open_items_members(self):
        """Open the items that were traced to members."""
        return self._open_items_of_side('members')

    def action_open_items_others(self):
        """Open the items that were traced to others."""
        return self._open_items_of_side('others')

    def action_open_items_untraced(self):
        """Open the items that were traced to neither."""
        return self._open_items_of_side('untraced')

    def action_open_items_since(self):
        """Open what was booked on the account since the surplus was computed."""
        self.ensure_one()
        return self._open_items(self.allocation_id._get_since_domain())

    def _open_items_of_side(self, side):
        self.ensure_one()
        allocation = self.allocation_id
        return self._open_items(allocation._get_counted_domain() & allocation._get_side_domain(side))

    def _open_items(self, domain):
        return self.allocation_id._open_items(domain & self._get_account_domain(), self.display_name)

    def _get_account_domain(self):
        return fields.Domain('account_id', '=', self.account_id.id)
