from __future__ import annotations

from odoo import fields, models
from odoo.fields import Domain


class CoopShuClosingEntry(models.Model):
    """An entry by which an accountant closed the year, or seems to have; it does not count towards the surplus."""
    _name = 'coop.shu.closing.entry'
    _description = "Closing Entry of an SHU Allocation"
    _order = 'allocation_id, id'
    _check_company_auto = True

    allocation_id = fields.Many2one(
        comodel_name='coop.shu.allocation', required=True, index=True, ondelete='cascade', readonly=True,
    )
    company_id = fields.Many2one(related='allocation_id.company_id', store=True, precompute=True)
    currency_id = fields.Many2one(related='allocation_id.currency_id')
    move_id = fields.Many2one(
        comodel_name='account.move', string="Journal Entry", required=True, readonly=True, index=True,
        ondelete='cascade', check_company=True,
    )
    date = fields.Date(related='move_id.date')
    ref = fields.Char(related='move_id.ref')
    is_closing = fields.Boolean(
        string="Closes the Year",
        help="Ticked: the entry is left out of the surplus, and what it brought to the SHU account counts as carried"
             " over.",
    )
    amount = fields.Monetary(
        string="Taken Out of the Result", readonly=True, help="What the entry takes from income and expenses together.",
    )
    shu_amount = fields.Monetary(string="Brought to the SHU Account", readonly=True)

    _move_uniq = models.Constraint('UNIQUE (allocation_id, move_id)', "The entry is listed already.")

    # === CRUD METHODS === #

    def write(self, vals):
        self.allocation_id._check_may_be_computed()
        res = super().write(vals)
        if 'is_closing' in vals:
            self.allocation_id._reset_computation()
        return res


class CoopShuAllocation(models.Model):
    """Finding the entries that close the year."""
    _inherit = 'coop.shu.allocation'

    def _propose_closing_entries(self):
        """List the entries that look like closing entries, without touching what was ticked before."""
        self.ensure_one()
        proposed = self._find_closing_entries()
        self.closing_ids.filtered(lambda entry: entry.move_id not in proposed).unlink()
        listed = self.closing_ids.move_id
        self.env['coop.shu.closing.entry'].create([
            self._prepare_closing_values(move, is_closing)
            for move, is_closing in proposed.items() if move not in listed
        ])

    def _prepare_closing_values(self, move, is_closing):
        result_lines = move.line_ids.filtered(_is_result)
        shu_account = self.company_id._get_coop_account('shu')
        return {
            'allocation_id': self.id,
            'move_id': move.id,
            'is_closing': is_closing,
            'amount': sum(result_lines.mapped('balance')),
            'shu_amount': -sum(move.line_ids.filtered(lambda line: line.account_id == shu_account).mapped('balance')),
        }

    def _find_closing_entries(self):
        """Return ``{posted entry of the period: whether it is taken for a closing entry}``.

        Proposed is what touches income or expenses and an account where earnings end up, and what brings earnings to
        the SHU account in a second step. It is taken for a closing entry when it touches the SHU account or the
        unaffected earnings, or nothing but results and earnings; a second step only on the last day of the period.
        The opening entry and entries of the cooperative's own documents are none.
        """
        self.ensure_one()
        shu = self.company_id._get_coop_account('shu')
        earnings = self._get_earnings_accounts()
        # sudo: see _get_ledger_surplus
        lines = self.env['account.move.line'].sudo().search(
            self._get_period_domain() & Domain('account_id', 'in', earnings.ids)
            & Domain('move_id', '!=', self.company_id.sudo().account_opening_move_id.id)
            & Domain('move_id.coop_source_id', 'in', [0, False]),
        )
        proposed = {}
        for move in lines.move_id.sorted(lambda move: (move.date, move.id)):
            accounts = move.line_ids.account_id
            to_earnings = accounts & earnings
            is_result = any(_is_result(line) for line in move.line_ids)
            if is_result:
                known = to_earnings.filtered(lambda a: a == shu or a.account_type == 'equity_unaffected')
                pure = all(_is_result(line) or line.account_id in earnings for line in move.line_ids)
                proposed[move] = bool(known or pure)
            elif shu in to_earnings and to_earnings - shu:
                proposed[move] = move.date == self.date_to
        return proposed

    def _get_earnings_accounts(self):
        """Return the equity accounts on which earnings may end up: not capital, not the reserve, not grants."""
        self.ensure_one()
        # sudo: ids of accounts only
        company = self.company_id.sudo()
        shu = company._get_coop_account('shu')
        taken = company.coop_account_ids.account_id - shu
        taken |= self.env['coop.savings.type'].sudo().search([('company_id', '=', company.id)]).account_id
        accounts = self.env['account.account'].sudo().with_company(company).search([
            *self.env['account.account']._check_company_domain(company),
            ('account_type', 'in', ('equity', 'equity_unaffected')),
        ])
        return (accounts - taken) | shu


def _is_result(line):
    return line.account_id.internal_group in ('income', 'expense')
