from odoo import api, fields, models

from odoo.addons.producer_cooperative.models.coop_counter_receipt_line import CLAIM_KINDS
from odoo.addons.producer_cooperative.models.res_company_counter import PAPERS


class CoopCounterReceipt(models.Model):
    """The receipt (kuitansi) on paper."""
    _inherit = 'coop.counter.receipt'

    paper = fields.Selection(
        selection=PAPERS, required=True, default=lambda self: self.env.company.coop_counter_paper,
    )
    stamp_duty = fields.Monetary(readonly=True, copy=False, help="The stamp that the receipt bore when it was posted.")
    stamp_due = fields.Monetary(
        string="Stamp (Meterai)", compute='_compute_stamp_due',
        help="Put a stamp of this value on the receipt, and have it signed across.",
    )
    served_today = fields.Char(
        compute='_compute_served_today', help="Receipts of today of the same member.",
    )

    # === COMPUTE METHODS === #

    @api.depends('line_ids.amount_cash', 'line_ids.amount_set_off', 'line_ids.chosen', 'date', 'stamp_duty', 'state')
    def _compute_stamp_due(self):
        Duty = self.env['coop.stamp.duty']
        for receipt in self:
            if receipt.state != 'draft':
                receipt.stamp_due = receipt.stamp_duty
            else:
                receipt.stamp_due = receipt.date and Duty._get_duty(
                    receipt.company_id, receipt.date, receipt._get_stamped_amount(),
                )

    @api.depends('membership_id', 'date')
    def _compute_served_today(self):
        for receipt in self:
            receipt.served_today = False
            if receipt.membership_id and receipt.state == 'draft':
                others = self.search([
                    ('membership_id', '=', receipt.membership_id.id), ('date', '=', receipt.date),
                    ('state', '=', 'posted'), ('id', '!=', receipt._origin.id),
                ], limit=5)
                receipt.served_today = ", ".join(
                    f"{other.name} ({other._format_amount(other.amount_net)})" for other in others
                )

    # === ACTIONS === #

    def action_print(self):
        """Print the receipt on its paper; every print after the first says that it is a copy."""
        self.ensure_one()
        report = self.env.ref(f'producer_cooperative.coop_counter_receipt_{self.paper}_action_report')
        return report.report_action(self, config=False)

    def action_view_entries(self):
        """Open every journal entry that the receipt booked, and the reversals where it is void."""
        self.ensure_one()
        return {
            **self._get_entries()._get_records_action(name=self.env._("Journal Entries")),
            'context': {'create': False},
        }

    # === BUSINESS METHODS === #

    def _get_printed(self):
        return self.filtered(lambda receipt: receipt.state != 'draft')

    def _get_marks(self, prints):
        marks = super()._get_marks(prints)
        if self.state == 'cancelled':
            # sudo: who made the receipt void, for whoever prints it
            marks[0] = self.env._(
                "VOID: %(reason)s (%(user)s, %(time)s)", reason=self.cancel_reason,
                user=self.cancel_user_id.sudo().name, time=fields.Datetime.context_timestamp(
                    self, self.date_cancelled,
                ).strftime('%d-%m-%Y %H:%M'),
            )
        return marks

    def _get_entries(self):
        """Return the journal entries of the receipt, reversals included."""
        self.ensure_one()
        moves = (
            self.voucher_ids.move_id | self.voucher_ids.reversal_move_id | self.payout_ids.move_id
            | self.payout_ids.reversal_move_id | self.payment_ids.move_id | self.set_off_move_ids
            | self.advance_ids.move_id | self.advance_ids.reversal_move_id
            | self.deposit_ids.move_id | self.deposit_ids.reversal_move_id | self.refunded_deposit_ids.refund_move_id
            | self.void_move_ids
        )
        return moves.sorted('id')

    def _format_amount(self, amount):
        return self.currency_id.format(amount)

    def _get_amounts_in_words(self):
        """Return ``[(label, amount, words)]`` of what was received, paid out and set off, in the paper's language."""
        self.ensure_one()
        rows = [
            (self.env._("Received from the member"), self.amount_in),
            (self.env._("Paid out to the member"), self.amount_out),
            (self.env._("Set off against debts"), self.amount_set_off),
        ]
        currency = self.currency_id.with_env(self.env)
        return [(label, amount, currency.amount_to_text(amount)) for label, amount in rows if amount]

    def _get_open_sums(self):
        """Return ``(what the member still owes, what the member is still owed)`` by what the receipt shows."""
        self.ensure_one()
        debts = self.line_ids.filtered(lambda line: line.direction == 'in' and line.kind != 'advance_back')
        return sum(debts.mapped('amount_left')), sum(
            self.line_ids.filtered(lambda line: line.kind in CLAIM_KINDS).mapped('amount_left'),
        )
