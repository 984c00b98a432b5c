from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_amount


class CoopShuAllocation(models.Model):
    """Cancelling takes the funds' shares back, which must still be there."""
    _inherit = 'coop.shu.allocation'

    def _check_may_be_cancelled(self):
        super()._check_may_be_cancelled()
        self._check_funds_unspent()

    def _check_funds_unspent(self):
        """Refuse to take back from a fund what was spent of it.

        :raises UserError: naming the fund and what to do.
        """
        self.ensure_one()
        # sudo: sums of the allocation's own entries and of the funds, for whoever may cancel
        allocation_sudo = self.sudo()
        entries = allocation_sudo.meeting_move_ids.filtered(lambda move: move.state == 'posted')
        if not entries:
            return
        spendings = self.env['coop.fund.spending'].sudo().search([  # sudo: names of what was paid of this SHU
            ('allocation_id', '=', self.id), ('state', '=', 'posted'),
        ])
        if spendings:
            raise UserError(self.env._(
                "Persons were paid their parts of %(allocation)s from the funds: %(spendings)s. Cancel that first.",
                allocation=self.display_name, spendings=", ".join(spendings.mapped('name')),
            ))
        funds = self.env['coop.fund']._get_touched(entries, -1)
        self.env['coop.fund'].sudo().union(*funds)._queue_up()  # sudo: only to queue up
        for fund in funds:
            items = entries.line_ids.filtered(lambda line, fund=fund: line.account_id == fund.account_id)
            amount = self.currency_id.round(-sum(items.mapped('balance')))
            held = fund._get_available(fund._get_reversal_day(entries))
            if self.currency_id.compare_amounts(amount, held) > 0:
                raise UserError(self.env._(
                    "%(fund)s got %(amount)s from %(allocation)s and holds %(held)s: some of it is spent. Cancel the"
                    " spendings of the fund first.",
                    fund=fund.name, allocation=self.display_name,
                    amount=format_amount(self.env, amount, self.currency_id),
                    held=format_amount(self.env, max(held, 0.0), self.currency_id),
                ))
