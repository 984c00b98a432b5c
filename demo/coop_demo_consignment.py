from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.fields import Command

PADDY_PRICE, BATIK_PRICE = 6_800, 425_000
#: Unhusked rice that members brought: gross weight, weight of the sacks, deduction for moisture, in kg.
PADDY = {
    "Siti Aminah": (1_240, 12, 28), "Budi Santoso": (1_860, 18, 42), "Ahmad Fauzi": (1_435, 14, 21),
    "Slamet Riyadi": (1_090, 11, 29), "Suparman": (1_720, 17, 53), "Rukmini": (760, 8, 2),
    "Agus Salim": (1_515, 15, 0), "Lasmi": (640, 6, 14), "Kelompok Tani Sido Mulyo": (2_450, 24, 26),
}
#: Pieces of hand-drawn batik that members brought.
BATIK = {
    "Endang Lestari": 8, "Nur Hasanah": 6, "Wahyuni": 7, "Dewi Rahayu": 5, "Kartini": 4, "Sri Wahyuningsih": 6,
    "Ratna Sari": 4,
}
#: The mill takes 12,000 kg in two deliveries, each invoiced; the boutique 36 pieces, of which 2 come back.
PADDY_DELIVERIES = (7_500, 4_500)
BATIK_SOLD, BATIK_RETURNED = 36, 2
PADDY_COMMISSION, BATIK_COMMISSION, SET_OFF = 5, 12, 50


class CoopDemo(models.AbstractModel):
    _inherit = 'coop.demo'

    def _get_year_steps(self):
        return [*super()._get_year_steps(), '_load_agreements', '_load_paddy', '_load_batik', '_load_settlements']

    def _load_present(self, today):
        super()._load_present(today)
        self._load_goods_of_today(today)

    def _load_agreements(self, year):
        """Agree on 5 % for everybody and on 12 % with the batik makers; half may be set off against debts.

        The members' meeting resolved so for everybody; each batik maker has signed for the own goods.
        """
        consent = {'date_from': date(year, 1, 1), 'set_off_rate': SET_OFF, 'set_off_consent_date': date(year, 1, 20)}
        members = {member.partner_id.name: member for member in self._get_members()}
        self._as('ketua').env['coop.consignment.agreement'].create([
            {'term_ids': [Command.create({
                **consent, 'commission_rate': PADDY_COMMISSION,
                'set_off_consent_ref': f"Keputusan RAT 20 Januari {year}",
            })]},
            *({
                'membership_id': members[name].id,
                'term_ids': [Command.create({**consent, 'commission_rate': BATIK_COMMISSION})],
            } for name in BATIK),
        ])

    def _load_paddy(self, year):
        """Take in the harvest, sell it to a mill in two deliveries with an invoice each."""
        paddy = self._create_consigned("Gabah kering giling", 'GKG', 'uom.product_uom_kgm', PADDY_PRICE)
        for day, names in ((4, list(PADDY)[:5]), (11, list(PADDY)[5:])):
            for name in names:
                gross, tare, deduction = PADDY[name]
                self._take_in(name, date(year, 7, day), {
                    'product_id': paddy.id, 'gross': gross, 'tare': tare, 'deduction': deduction, 'grade': "A",
                })
        order = self._sell(paddy, sum(PADDY_DELIVERIES), PADDY_PRICE, "Penggilingan Padi Sri Rejeki", date(year, 7, 18))
        for quantity, day in zip(PADDY_DELIVERIES, (date(year, 7, 20), date(year, 8, 3)), strict=True):
            self._deliver(order, day, quantity)
            self._pay(self._invoice(order, day), day + relativedelta(days=10))

    def _load_batik(self, year):
        """Take in batik, sell it to a boutique, take two pieces back with a credit note."""
        batik = self._create_consigned("Batik tulis Probolinggo", 'BATIK', 'uom.product_uom_unit', BATIK_PRICE)
        for name, pieces in BATIK.items():
            self._take_in(name, date(year, 8, 14), {
                'product_id': batik.id, 'gross': pieces, 'asking_price': BATIK_PRICE,
            })
        order = self._sell(batik, BATIK_SOLD, BATIK_PRICE, "Butik Nusantara Surabaya", date(year, 8, 20))
        self._deliver(order, date(year, 8, 22))
        invoice = self._invoice(order, date(year, 8, 22))
        self._take_back(order, date(year, 9, 5), BATIK_RETURNED)
        note = order._create_invoices(final=True)
        note.write({'invoice_date': date(year, 9, 5), 'date': date(year, 9, 5)})
        note._post(soft=False)
        receivable = (invoice | note).line_ids.filtered(lambda line: line.account_type == 'asset_receivable')
        receivable.reconcile()
        self._pay(invoice, date(year, 9, 12))

    def _load_settlements(self, year):
        """Settle with everybody whose goods were sold, and pay by bank what is left after set-off."""
        day = date(year, 9, 30)
        run = self._as('bendahara').env['coop.settlement.run'].create({'company_id': self.env.company.id, 'date': day})
        run.action_preview()
        run.action_start()
        while run._settle_next():
            pass
        bills = run.line_ids.settlement_id.move_id.filtered(lambda bill: bill.amount_residual)
        self._pay(bills.with_env(self.env), day + relativedelta(days=5))

    def _load_goods_of_today(self, today):
        """Leave goods that wait for the warehouse, and an order that waits for its delivery."""
        paddy = self.env['product.product'].search([
            ('default_code', '=', 'GKG'), ('company_id', '=', self.env.company.id),
        ])
        slip = self._create_slip("Budi Santoso", today, {
            'product_id': paddy.id, 'gross': 925, 'tare': 9, 'deduction': 16,
        })
        slip.action_confirm()
        self._sell(paddy, 200, PADDY_PRICE + 150, "Penggilingan Padi Sri Rejeki", today)

    # === TOOLING === #

    def _create_consigned(self, name, code, unit, price):
        return self.env['product.product'].create({
            'name': name, 'default_code': code, 'type': 'consu', 'is_storable': True, 'uom_id': self.env.ref(unit).id,
            'company_id': self.env.company.id, 'list_price': price, 'taxes_id': [], 'supplier_taxes_id': [],
            'invoice_policy': 'delivery', 'coop_consigned': True,
        })

    def _create_slip(self, name, day, line):
        member = self._get_members().filtered(lambda member: member.partner_id.name == name)
        return self._as('petugas').env['coop.consignment'].create({
            'membership_id': member.id, 'date': day, 'weigher': "Parto", 'line_ids': [Command.create(line)],
        })

    def _take_in(self, name, day, line):
        slip = self._create_slip(name, day, line)
        slip.action_confirm()
        self._receive(slip.picking_ids, day)

    def _sell(self, product, quantity, price, customer_name, day):
        """Return a confirmed order of a customer who is no member."""
        customer = self._get_customer(customer_name)
        order = self._as('petugas').env['sale.order'].create({
            'partner_id': customer.id,
            'order_line': [Command.create({
                'product_id': product.id, 'product_uom_qty': quantity, 'price_unit': price,
            })],
        })
        order.action_confirm()
        order = order.with_env(self.env)
        self._set_back(day, orders=order)
        return order

    def _get_customer(self, name):
        """Return the customer of this name, who is created the first time."""
        return self.env['res.partner'].search([
            ('name', '=', name), ('is_company', '=', True),
        ], limit=1) or self._create_partner(name=name, is_company=True)

    def _deliver(self, order, day, quantity=None):
        """Let the warehouse deliver, in part with a backorder where a quantity is given."""
        picking = order.picking_ids.filtered(lambda p: p.state not in ('done', 'cancel'))
        picking = picking.with_env(self._as('gudang').env)
        if quantity is not None:
            picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        self._set_back(day, pickings=picking.with_env(self.env))

    def _take_back(self, order, day, quantity):
        """Take goods back from a customer; each piece returns to the owner it came from."""
        delivery = order.picking_ids.filtered(lambda p: p.state == 'done')
        wizard = self._as('gudang').env['stock.return.picking'].create({'picking_id': delivery.id})
        wizard.product_return_moves.quantity = quantity
        wizard.product_return_moves.to_refund = True
        self._receive(wizard._create_return(), day)

    def _invoice(self, order, day):
        invoice = order._create_invoices()
        invoice.write({'invoice_date': day, 'date': day})
        invoice._post(soft=False)
        return invoice
