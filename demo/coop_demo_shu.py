from datetime import date

from odoo import models
from odoo.fields import Command

from .people import SHU_AT_COUNTER

#: The bylaws: (kind, fund or base, per cent).
SHARES = (
    ('reserve', None, 40), ('capital', None, 15), ('patronage', 'purchases', 10), ('patronage', 'consigned', 15),
    ('fund', 'board', 5), ('fund', 'staff', 5), ('fund', 'education', 5), ('fund', 'social', 5),
)


class CoopDemo(models.AbstractModel):
    _inherit = 'coop.demo'

    def _get_year_steps(self):
        return [*super()._get_year_steps(), '_load_rule']

    def _load_rule(self, year):
        """Write the bylaws' rule down."""
        detail = {'fund': 'fund', 'patronage': 'base'}
        self.env['coop.shu.rule'].create({
            'name': "AD/ART pasal 38", 'date_from': date(year, 1, 1), 'unclaimed_years': 5,
            'share_ids': [
                Command.create({
                    'sequence': sequence, 'kind': kind, 'percent': percent, **({detail[kind]: key} if key else {}),
                })
                for sequence, (kind, key, percent) in enumerate(SHARES, start=1)
            ],
        })

    def _load_meeting(self, today):
        """Share last year's surplus: the treasurer computes, the meeting decides, the treasurer books and pays."""
        super()._load_meeting(today)
        year = today.year - 1
        allocation = self._as('bendahara').env['coop.shu.allocation'].create({
            'date_from': date(year, 1, 1), 'date_to': date(year, 12, 31),
        })
        allocation.action_compute()
        decided = min(date(today.year, 2, 21), today)
        by_manager = allocation.with_env(self._as('ketua').env)
        by_manager.write({'meeting_date': decided, 'meeting_number': f"01/RAT/{today.year}"})
        by_manager.action_approve()
        allocation.action_post()
        self._pay_shu(allocation, min(date(today.year, 3, 5), today))

    def _pay_shu(self, allocation, day):
        """Pay the SHU in cash; who saves voluntarily gets it there, and so does what no coin pays. Some fetch it later.

        The officer writes the payouts, the treasurer posts them.
        """
        _principal, _mandatory, voluntary = self._get_savings_types()
        lines = allocation.member_line_ids
        balances = lines.membership_id._get_savings_balances()
        savers = lines.filtered(lambda line: balances[line.membership_id][voluntary.with_env(allocation.env)] > 0)
        savers.payout_method = 'savings'
        journal = self.env['account.journal'].search(
            [('type', '=', 'cash'), ('company_id', '=', self.env.company.id)], limit=1,
        )
        by_officer = self._as('petugas').env
        cash, saved = by_officer['coop.payout'].create([
            {'shu_allocation_id': allocation.id, 'date': day, **values}
            for values in ({'journal_id': journal.id}, {'way': 'savings'})
        ])
        cash.action_fill()
        later = lines.filtered(lambda line: line.partner_id.name in SHU_AT_COUNTER)
        cash.line_ids.filtered(lambda line: line.shu_line_id in later).unlink()
        cash.with_env(allocation.env).action_post()
        in_coins = (lines - savers - later).filtered('amount_residual')
        in_coins.payout_method = 'savings'
        saved.action_fill()
        saved.with_env(allocation.env).action_post()
        in_coins.with_env(by_officer).membership_id.shu_payout_method = 'cash'  # for the next year
