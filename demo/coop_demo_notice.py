from odoo import models

#: Settlements of so many members were handed out on paper already; the other letters wait to be printed.
HANDED_OUT = 5


class CoopDemo(models.AbstractModel):
    """Members are told of their settlements by letter: nothing of the demo leaves the house."""
    _inherit = 'coop.demo'

    # === BUSINESS METHODS - STEPS === #

    def _load_present(self, today):
        super()._load_present(today)
        self._as('ketua').env['coop.notice.kind'].search([('company_channel', '!=', 'letter')]).channel = 'letter'
        settlements = self.env['coop.settlement'].search([
            ('company_id', '=', self.env.company.id), ('state', '=', 'posted'),
        ], order='id')
        notices = self.env['coop.notice']._queue('settlement', {
            settlement: settlement.membership_id for settlement in settlements
        })
        # One by one: what waits in another company of the database is not the loader's to send.
        for notice in notices.filtered(lambda notice: notice.state == 'to_send'):
            notice.with_company(notice.company_id)._send_safely()
        notices.sorted('id')[:HANDED_OUT].with_env(self._as('petugas').env).action_print()
