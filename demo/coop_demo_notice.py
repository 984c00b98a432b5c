from odoo import models

#: Settlements of so many members were handed out on paper already; the other letters wait to be printed.
HANDED_OUT = 5


class CoopDemo(models.AbstractModel):
    """Members are told of their settlements by letter: nothing of the demo leaves the house."""
    _inherit = 'coop.demo'

    # === BUSINESS METHODS - STEPS === #

    def _load_present(self, today):
        super()._load_present(today)
        self._as('ketua').env['coop.notice.kind'].search([]).channel = 'letter'
        settlements = self.env['coop.settlement'].search([
            ('company_id', '=', self.env.company.id), ('state', '=', 'posted'),
        ], order='id')
        notices = self.env['coop.notice']._queue('settlement', {
            settlement: settlement.membership_id for settlement in settlements
        })
        while self.env['coop.notice'].sudo()._send_next():  # sudo: as the schedule does
            pass
        notices.sorted('id')[:HANDED_OUT].with_env(self._as('petugas').env).action_print()
