from datetime import date

from odoo import models
from odoo.fields import Command

HONORARIUM, ELECTRICITY, MEETING = 250_000, 65_000, 600_000
#: Income from others than members: tractor hire, by month.
TRACTOR_HIRE = {3: 1_500_000, 7: 1_800_000, 11: 1_200_000}


class CoopDemo(models.AbstractModel):
    _inherit = 'coop.demo'

    def _get_year_steps(self):
        return [*super()._get_year_steps(), '_load_expenses', '_load_tractor_hire']

    def _load_expenses(self, year):
        """Pay honorarium and electricity month by month, and the meeting's cost in December."""
        bank = self._get_journal('bank')
        for month in range(1, 13):
            self._post_entry(date(year, month, 25), "Honor petugas dan listrik", [
                (self._get_account('61100010'), HONORARIUM), (self._get_account('63110080'), ELECTRICITY),
                (bank.default_account_id, -HONORARIUM - ELECTRICITY),
            ], journal=bank)
        self._post_entry(date(year, 12, 15), "Persiapan RAT dan pendidikan anggota", [
            (self.env.company._get_coop_account('cooperative_expense'), MEETING), (bank.default_account_id, -MEETING),
        ], journal=bank)

    def _load_tractor_hire(self, year):
        """Hire out the cooperative's tractor to somebody who is no member."""
        customer = self._create_partner(name="Kebun Percobaan Maron", is_company=True)
        for month, amount in TRACTOR_HIRE.items():
            invoice = self.env['account.move'].create({
                'move_type': 'out_invoice', 'partner_id': customer.id,
                'invoice_date': date(year, month, 14), 'date': date(year, month, 14),
                'invoice_line_ids': [Command.create({
                    'name': "Sewa traktor", 'price_unit': amount, 'tax_ids': [Command.clear()],
                    'account_id': self._get_account('41000010').id,
                })],
            })
            invoice._post(soft=False)
            self._pay(invoice, date(year, month, 21))
