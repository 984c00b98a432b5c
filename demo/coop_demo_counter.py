from __future__ import annotations

from typing import NamedTuple

from odoo import models
from odoo.fields import Command

from odoo.addons.producer_cooperative.tools.cash import count_notes

from . import people

HONEY_PRICE, HONEY_CODE = 45_250, 'MADU'
#: Jars of honey that members brought, all sold today.
HONEY = {"Mulyono": 20, "Agus Salim": 12}
#: What members bought of the cooperative's own goods and have not paid.
DEBTS = {
    "Ahmad Fauzi": 85_000, "Rukmini": 40_000, "Agus Salim": 90_500, "Bambang Irawan": 150_000, "Tukimin": 63_450,
}
#: What members did for the cooperative and sent a bill for.
BILLS = {"Lasmi": 175_000, "UD Jasa Giling Barokah": 210_000}
#: Advances that the officer has granted.
ADVANCES = {"Suparman": 300_000, "Dewi Rahayu": 150_000}


class Visit(NamedTuple):
    """What a member settles: ``{kind or kind of savings: amount}``, None for all that is due; nothing for the usual."""
    name: str
    settles: dict[str, float | None] | None = None
    set_off: bool = False
    given: float = 0
    is_void: bool = False


VISITS = (
    Visit("Siti Aminah", {'mandatory': 20_000, 'voluntary': 50_000}, given=100_000),
    Visit("Budi Santoso", {'withdrawal': 200_000}),
    Visit("Sumiati", {'payable': None}),
    Visit("Ahmad Fauzi", {'invoice': None, 'mandatory': 20_000}, given=150_000),
    Visit("Slamet Riyadi", {'mandatory': 40_000}),
    Visit("Endang Lestari", {'withdrawal': 250_000}),
    Visit("Nur Hasanah", {'mandatory': 20_000}),
    Visit("Wahyuni", {'withdrawal': 100_000, 'mandatory': 20_000}),
    Visit("Joko Susilo", {'payable': None, 'mandatory': 20_000}),
    Visit("Suparman", {'advance': None}),
    Visit("Dewi Rahayu", {'advance': None}),
    Visit("Hadi Pranoto", {'mandatory': 20_000}),
    Visit("Rukmini", {'payable': None, 'invoice': None}, set_off=True),
    Visit("Mulyono", {'payable': None, 'voluntary': 25_000}),
    Visit("Kartini", {'voluntary': 15_000}),
    Visit("Agus Salim", {'payable': None, 'invoice': None}, set_off=True),
    Visit("Sri Wahyuningsih", {'mandatory': 20_000, 'voluntary': 10_000}),
    Visit("Bambang Irawan", {'invoice': 75_000}),
    Visit("Lasmi", {'bill': None}),
    Visit("Yusuf Hidayat", {'withdrawal': 50_000}),
    Visit("Ratna Sari", {'voluntary': 200_000}, is_void=True),
    Visit("Ratna Sari", {'voluntary': 20_000}),
    Visit("Tukimin", {'invoice': None}, given=70_000),
    Visit("Kelompok Tani Sido Mulyo", {'withdrawal': 300_000}),
    Visit("UD Jasa Giling Barokah", {'bill': None, 'mandatory': 20_000}),
    Visit("Dewi Rahayu", {'advance_back': 50_000}),
    *(Visit(person.name) for person in (*people.CANDIDATES, *people.NEWCOMERS)),
)


class CoopDemo(models.AbstractModel):
    """A day at the counter: the cashier serves thirty people, every kind of business, and counts the drawer."""
    _inherit = 'coop.demo'

    # === BUSINESS METHODS - STEPS === #

    def _load_present(self, today):
        super()._load_present(today)
        self._load_what_is_due(today)
        self._open_drawer()
        for visit in VISITS:
            self._serve(visit)
        self._save_what_no_coin_pays(today)
        self._count_drawer(today)

    def _load_what_is_due(self, today):
        """Let there be something to settle: honey sold, goods owed, bills, advances, newcomers."""
        self.env['coop.membership'].create([
            self._prepare_membership_values(person, 200 + index, None, applied=today)
            for index, person in enumerate(people.NEWCOMERS)
        ])
        members = self._get_by_name()
        self._load_honey(today)
        self.env['account.move'].create([
            *(self._prepare_invoice_values(members[name], 'out_invoice', amount, "Pupuk kandang", '41000010', today)
              for name, amount in DEBTS.items()),
            *(self._prepare_invoice_values(members[name], 'in_invoice', amount, "Ongkos angkut", '65110090', today)
              for name, amount in BILLS.items()),
        ])._post(soft=False)
        self._as('petugas').env['coop.settlement.advance'].create([
            {'membership_id': members[name].id, 'date': today, 'amount': amount, 'note': "Upah panen"}
            for name, amount in ADVANCES.items()
        ])

    def _load_honey(self, today):
        """Take in honey, sell it to a shop, and settle with those who brought it."""
        honey = self._create_consigned("Madu hutan 650 ml", HONEY_CODE, 'uom.product_uom_unit', HONEY_PRICE)
        for name, jars in HONEY.items():
            self._take_in(name, today, {'product_id': honey.id, 'gross': jars, 'asking_price': HONEY_PRICE})
        order = self._sell(honey, sum(HONEY.values()), HONEY_PRICE, "Toko Oleh-oleh Kraksaan", today)
        self._deliver(order, today)
        self._invoice(order, today)
        run = self._as('bendahara').env['coop.settlement.run'].create({
            'company_id': self.env.company.id, 'date': today,
        })
        run.action_preview()
        run.action_start()
        while run._settle_next():
            pass

    def _open_drawer(self):
        """Let the chair approve what was found missing, and the treasurer hand the drawer over to the cashier."""
        waiting = self.env['coop.approval'].search([
            ('company_id', '=', self.env.company.id), ('kind', '=', 'cash_difference'), ('state', '=', 'waiting'),
        ])
        waiting.with_env(self._as('ketua').env).action_approve()
        treasurer, cashier = self._as('bendahara').env, self._as('kasir').env
        handover = treasurer['coop.cash.handover'].create({
            'journal_id': self._get_journal('cash').id, 'from_user_id': treasurer.uid, 'to_user_id': cashier.uid,
            'note_ids': self._prepare_notes(),
        })
        handover.action_hand_over()
        handover.with_env(cashier).action_receive()

    def _serve(self, visit):
        """Serve one member: choose, let somebody approve what one person may not do alone, post, and make void."""
        receipt = self._as('kasir').env['coop.counter.receipt'].create({
            'membership_id': self._get_by_name()[visit.name].id, 'set_off': visit.set_off,
            'consent_signed': visit.set_off, 'amount_given': visit.given,
        })
        receipt.action_refresh()
        if visit.settles is not None:
            for line in receipt.line_ids:
                kind = line.savings_type_id.kind if line.kind == 'savings' else line.kind
                chosen = kind in visit.settles
                line.write({
                    'chosen': chosen, 'amount': (visit.settles[kind] or line.amount_open) if chosen else 0,
                })
        if receipt.approval_status == 'needed':
            receipt.action_ask_approval()
            receipt.with_env(self._as('ketua').env).action_give_approval()
        receipt.action_post()
        if visit.is_void:
            receipt._cancel_with_reason("Salah ketik, seharusnya 20.000")

    def _save_what_no_coin_pays(self, today):
        """Put what is left of the SHU that was fetched at the counter into voluntary savings."""
        lines = self.env['coop.shu.member.line'].search([
            ('partner_id.name', 'in', people.SHU_AT_COUNTER), ('company_id', '=', self.env.company.id),
        ]).filtered('amount_residual')
        if not lines:
            return
        lines.payout_method = 'savings'
        saved = self._as('petugas').env['coop.payout'].create({
            'shu_allocation_id': lines.allocation_id.id, 'date': today, 'way': 'savings',
        })
        saved.action_fill()
        saved.with_env(self._as('bendahara').env).action_post()
        lines.membership_id.shu_payout_method = 'cash'  # for the next year

    def _count_drawer(self, today):
        """Count the drawer in the evening: it holds what the books say."""
        count = self._as('kasir').env['coop.cash.count'].create({
            'journal_id': self._get_journal('cash').id, 'date': today, 'note_ids': self._prepare_notes(),
        })
        count.action_sign()
        count.with_env(self._as('pengawas').env).action_witness()

    # === TOOLING === #

    def _get_by_name(self):
        """Return ``{name: membership}``, candidates included."""
        memberships = self.env['coop.membership'].search([('company_id', '=', self.env.company.id)])
        return {membership.partner_id.name: membership for membership in memberships}

    def _prepare_invoice_values(self, member, move_type, amount, name, code, day):
        return {
            'move_type': move_type, 'partner_id': member.partner_id.id, 'invoice_date': day, 'date': day,
            'invoice_date_due': day, 'invoice_payment_term_id': False, 'ref': f"{name} {member.number}",
            'invoice_line_ids': [Command.create({
                'name': name, 'price_unit': amount, 'account_id': self._get_account(code).id,
                'tax_ids': [Command.clear()],
            })],
        }

    def _prepare_notes(self):
        """Return the notes and coins that make up what the books say is in the drawer."""
        notes, _rest = count_notes(int(self._get_journal('cash')._coop_get_cash_balance()))
        return [Command.create({'value': note, 'quantity': number}) for note, number in notes.items()]
