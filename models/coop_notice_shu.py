from odoo import models
from odoo.tools import format_date


class CoopShuAllocation(models.Model):
    """Members get their statements by themselves where that is set so, and are told when the SHU is taken back."""
    _inherit = 'coop.shu.allocation'

    _notices = {'cancelled': 'shu_cancelled'}

    # === BUSINESS METHODS === #

    def _finish_posting(self):
        super()._finish_posting()
        self._start_statement_run()

    def _start_statement_run(self):
        """Start the sending of statements where members are told of their SHU, and anybody gets some."""
        self.ensure_one()
        # sudo: which sendings there are, whoever posts
        runs = self.env['coop.shu.statement.run'].sudo().search_count([('allocation_id', '=', self.id)], limit=1)
        channel = self.env['coop.notice.kind']._get_channel('shu', self.company_id)
        if channel == 'off' or runs or self.is_loss or not self.member_line_ids.filtered('amount_total'):
            return
        self.env['coop.shu.statement.run'].create({'allocation_id': self.id, 'with_pdf': False}).action_start()

    def _get_notice_members(self, key):
        """Those who were given the statement that does not hold any more."""
        self.ensure_one()
        return self.member_line_ids.filtered('statement_sent_on').membership_id

    def _get_notice_rows(self, membership, key):
        self.ensure_one()
        line = self.member_line_ids.filtered(lambda line: line.membership_id == membership)
        amount = self._notice_amount(sum(line.mapped('amount_total')))
        return [
            (self.env._("SHU"), self._get_period_label()),
            (self.env._("Your part, which does not hold any more"), amount),
        ]

    def _get_notice_date(self):
        self.ensure_one()
        return format_date(self.env, self.meeting_date)


class CoopShuLapse(models.Model):
    """Members are told when their unclaimed SHU goes to the cooperative, and when they are owed it again."""
    _inherit = 'coop.shu.lapse'

    _notices = {'posted': 'shu_lapsed'}

    # === BUSINESS METHODS === #

    def _restore(self, lines, reason):
        super()._restore(lines, reason)
        # sudo: whose SHU it is, whoever books it
        lapse, by_member = self.sudo(), lines.sudo().grouped('membership_id')
        self.env['coop.notice']._queue('shu_owed_again', {lapse: lines.sudo().membership_id}, {
            membership: ",".join(map(str, of_member.ids)) for membership, of_member in by_member.items()
        })

    def _get_notice_members(self, key):
        """Return whose SHU is booked; who was paid meanwhile is not concerned."""
        self.ensure_one()
        return self.line_ids.filtered(lambda line: not self.currency_id.is_zero(line.amount)).membership_id

    def _get_notice_rows(self, membership, key):
        self.ensure_one()
        _ = self.env._
        lines = self.line_ids.filtered(
            lambda line: line.membership_id == membership and line.is_restored == (key == 'shu_owed_again'),
        )
        rows = [
            (f"{_('SHU')} {line.member_line_id.allocation_id._get_period_label()}", self._notice_amount(line.amount))
            for line in lines if line.amount
        ]
        return [*rows, (_("Decided by the members' meeting"), (
            f"{self.meeting_number or ''}, {format_date(self.env, self.meeting_date)}"
        ))]
