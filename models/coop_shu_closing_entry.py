from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_amount, format_date


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
        if not self.env.su and vals.keys() - {'is_closing'}:
            raise AccessError(self.env._(
                "Entries are found in the ledger; only whether they close the year is ticked.",
            ))
        self.allocation_id._check_may_be_computed()
        res = super().write(vals)
        if 'is_closing' in vals:
            self.allocation_id._reset_computation()
        return res

    # === BUSINESS METHODS === #

    def _describe(self):
        """Return number, day and amount of every entry in one line."""
        return "; ".join(
            f"{entry.move_id.name} ({format_date(self.env, entry.date)},"
            f" {format_amount(self.env, entry.amount or entry.shu_amount, entry.currency_id)})"
            for entry in self
        )


class CoopShuAllocation(models.Model):
    """Finding the entries that close the year."""
    _inherit = 'coop.shu.allocation'

    closing_text = fields.Text(
        string="Entries with Past Profit", compute='_compute_closing_text',
        help="Entries that touch results and past profit: which are left out of the surplus, and which count.",
    )

    # === COMPUTE METHODS === #

    @api.depends('closing_ids.is_closing')
    def _compute_closing_text(self):
        for allocation in self:
            # sudo: number, day and amount, for the manager who approves and may not read journal entries
            entries = allocation.sudo().closing_ids
            left_out = entries.filtered('is_closing')
            allocation.closing_text = "\n".join(filter(None, (
                left_out and self.env._("Left out of the surplus, as closing the year: %s", left_out._describe()),
                entries - left_out and self.env._(
                    "Counted, though past profit is touched as well: %s", (entries - left_out)._describe(),
                ),
            )))

    # === BUSINESS METHODS === #

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


def _is_result(line):
    return line.account_id.internal_group in ('income', 'expense')
