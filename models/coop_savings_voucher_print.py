from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CoopSavingsVoucher(models.Model):
    """The voucher on paper."""
    _name = 'coop.savings.voucher'
    _inherit = ['coop.savings.voucher', 'coop.printed.mixin']

    # === ACTIONS === #

    def action_print_slips(self):
        """Print one receipt slip for each member of these vouchers.

        :raises UserError: when nothing is posted yet: a slip is a receipt.
        """
        lines = self.filtered(lambda voucher: voucher.state != 'draft').line_ids
        if not lines:
            raise UserError(self.env._("Post the voucher first: a slip is a receipt for money that was booked."))
        return self.env.ref('producer_cooperative.coop_savings_slip_action_report').report_action(lines)

    # === BUSINESS METHODS === #

    def _get_printed(self):
        return self.filtered(lambda voucher: voucher.state != 'draft')

    def _get_slip_numbers(self):
        """Return ``{membership: number of the slip}``: the voucher's number and the member's place on it."""
        self.ensure_one()
        return {
            membership: f"{self.display_name}-{place:03d}"
            for place, membership in enumerate(self.line_ids.membership_id, start=1)
        }


class CoopSavingsVoucherLine(models.Model):
    """The slip that a member takes home."""
    _name = 'coop.savings.voucher.line'
    _inherit = ['coop.savings.voucher.line', 'coop.printed.mixin']

    # === ACTIONS === #

    def action_print_slip(self):
        """Print the slips of the members of these lines, with all that each has on the voucher.

        :raises UserError: for a draft.
        """
        whole = self.voucher_id.line_ids.filtered(lambda line: line.membership_id in self.membership_id)
        if any(voucher.state == 'draft' for voucher in self.voucher_id):
            raise UserError(self.env._("Post the voucher first: a slip is a receipt for money that was booked."))
        return self.env.ref('producer_cooperative.coop_savings_slip_action_report').report_action(whole)

    # === BUSINESS METHODS === #

    def _get_printed(self):
        return self.filtered(lambda line: line.voucher_id.state != 'draft')

    def _get_with_balance(self):
        """Return the lines whose balance was kept at posting; older vouchers have none, which is not zero."""
        if not self.ids:
            return self
        self.flush_recordset(['balance_after'])
        rows = self.env.execute_query(SQL(
            "SELECT id FROM %(table)s WHERE id IN %(ids)s AND balance_after IS NOT NULL",
            table=SQL.identifier(self._table), ids=tuple(self.ids),
        ))
        return self.browse(line_id for line_id, in rows)

    def _get_slips(self):
        """Return ``[(voucher, membership, lines, number)]``: one slip for each member of each voucher."""
        slips = []
        for voucher, lines in self.grouped('voucher_id').items():
            numbers = voucher._get_slip_numbers()
            slips += [
                (voucher, membership, of_member, numbers[membership])
                for membership, of_member in lines.grouped('membership_id').items()
            ]
        return slips
