from datetime import date, datetime, time

from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.fields import Command

#: Price per sack by the number of sacks, in rupiah.
PRICE_STEPS = {1: 155_000, 50: 148_000, 100: 141_000}
#: Sacks that members asked for, and how many more they would take.
WISHES = {
    "Siti Aminah": (8, 0), "Budi Santoso": (12, 2), "Sumiati": (6, 0), "Ahmad Fauzi": (10, 1), "Slamet Riyadi": (9, 0),
    "Joko Susilo": (7, 0), "Suparman": (11, 1), "Hadi Pranoto": (8, 0), "Rukmini": (5, 0), "Mulyono": (10, 0),
    "Agus Salim": (10, 0),
}
#: 96 sacks at 148,000 are 14,208,000; 100 at 141,000 are 14,100,000: the higher step is cheaper. 94 arrive.
RECEIVED = 94
#: What else the open round offers: name, vendor's steps in rupiah, values of the pooled product, wishes.
ALSO_OFFERED = (
    ("Benih padi Ciherang 5 kg", {20: 62_500, 60: 58_000}, {'member_limit': 10},
     {"Siti Aminah": (3, 0), "Budi Santoso": (4, 0), "Ahmad Fauzi": (5, 0)}),
    ("Herbisida 1 liter", {1: 71_000, 24: 66_500}, {'pack': 12},
     {"Siti Aminah": (3, 1), "Sumiati": (4, 0), "Slamet Riyadi": (6, 2)}),
)
PAID_IN_CASH = ("Sumiati", "Joko Susilo", "Mulyono")
FREIGHT = 470_000
INPUT_CATEGORY = "Sarana produksi"


class CoopDemo(models.AbstractModel):
    _inherit = 'coop.demo'

    def _get_year_steps(self):
        return [*super()._get_year_steps(), '_load_pool']

    def _load_present(self, today):
        super()._load_present(today)
        self._load_open_pool(today)

    def _load_pool(self, year):
        """Buy fertilizer together: three price steps, one order, received short, to be paid after the harvest."""
        self._create_drop_points()
        pool = self._create_pool("Pupuk NPK musim tanam", self._create_fertilizer(), WISHES, opened=date(year, 3, 2))
        self._order_pool(pool, date(year, 3, 10))
        self._receive(pool.purchase_order_ids.picking_ids, date(year, 3, 18), quantity=RECEIVED)
        self._bill_vendor(pool, date(year, 3, 20))
        pool.action_distribute()
        pool.charge_ids.sudo().date = date(year, 3, 24)
        self._set_back(date(year, 3, 24), orders=pool.sale_order_ids)
        for picking in pool.sale_order_ids.picking_ids:
            self._receive(picking, date(year, 3, 24))
        self._invoice_members(pool, date(year, 3, 24))
        pool.action_done()

    def _load_open_pool(self, today):
        """Leave a pool open that members can still join."""
        wishes = dict(list(WISHES.items())[:5])
        pool = self._create_pool(
            "Pupuk NPK musim berikut", self._get_fertilizer(), wishes, opened=today - relativedelta(days=4),
        )
        pool.write({'date_cutoff': pool._get_cutoff(10), 'cutoff_action': 'extend', 'limit_value': 7_500_000})
        self._offer_more(pool)

    def _offer_more(self, pool):
        """Add products to the open round: one that lacks something to the vendor's minimum, one that comes in cases."""
        members = {member.partner_id.name: member.with_env(pool.env) for member in self._get_members()}
        vendor = self._get_fertilizer().seller_ids.partner_id
        for name, steps, values, wishes in ALSO_OFFERED:
            product = self.env['product.product'].create({
                'name': name, 'type': 'consu', 'is_storable': True, 'company_id': self.env.company.id,
                'categ_id': self._get_input_category().id, 'list_price': max(steps.values()),
                'taxes_id': [], 'supplier_taxes_id': [],
                'seller_ids': [
                    Command.create({'partner_id': vendor.id, 'min_qty': minimum, 'price': price})
                    for minimum, price in steps.items()
                ],
            })
            pool.line_ids = [Command.create({'product_id': product.id, **values})]
            pool._set_requests([
                (members[member], product.with_env(pool.env), *wish) for member, wish in wishes.items()
            ])

    def _create_drop_points(self):
        """Give every village a drop point, and every member the one of the own village."""
        for village, members in self._get_members().grouped('city').items():
            members.drop_point_id = self.env['coop.drop.point'].create({
                'name': f"Balai Desa {village}", 'hamlet': village, 'responsible_id': members[0].partner_id.id,
            })

    def _create_fertilizer(self):
        vendor = self._create_partner(name="CV Tani Jaya Abadi", is_company=True, city="Probolinggo")
        return self.env['product.product'].create({
            'name': "Pupuk NPK 25 kg", 'default_code': 'NPK25', 'type': 'consu', 'is_storable': True, 'weight': 25,
            'company_id': self.env.company.id, 'list_price': 160_000, 'categ_id': self._get_input_category().id,
            'taxes_id': [], 'supplier_taxes_id': [],
            'seller_ids': [
                Command.create({'partner_id': vendor.id, 'min_qty': minimum, 'price': price})
                for minimum, price in PRICE_STEPS.items()
            ],
        })

    def _get_input_category(self):
        """Return the category of farm inputs: at average cost, what is left over stands in stock at what it cost."""
        Category = self.env['product.category']
        name = self._get_input_category_name()
        category = Category.search([('name', '=', name)], limit=1)
        category = category or Category.create({'name': name})
        category.property_cost_method = 'average'
        return category

    def _get_input_category_name(self):
        return INPUT_CATEGORY

    def _get_fertilizer(self):
        return self.env['product.product'].search([
            ('default_code', '=', 'NPK25'), ('company_id', '=', self.env.company.id),
        ], limit=1)

    def _get_harvest_term(self):
        """Return the payment term for payment after the harvest (yarnen)."""
        values = {'name': "Yarnen (bayar panen)", 'company_id': self.env.company.id}
        PaymentTerm = self.env['account.payment.term']
        domain = [(name, '=', value) for name, value in values.items()]
        return PaymentTerm.search(domain, limit=1) or PaymentTerm.create({
            **values, 'line_ids': [Command.create({'value': 'percent', 'value_amount': 100, 'nb_days': 150})],
        })

    def _create_pool(self, title, product, wishes, opened):
        members = {member.partner_id.name: member for member in self._get_members()}
        # The number is that of the year in which the round was opened.
        pool = self._as('petugas').with_context(ir_sequence_date=opened).env['coop.pool'].create({
            'title': title, 'allow_tolerance': True, 'margin_percent': 4, 'rounding_unit': 100,
            'payment_term_id': self._get_harvest_term().id,
            'line_ids': [Command.create({'product_id': product.id})],
            'cost_ids': [Command.create({'name': "Ongkos angkut", 'amount': FREIGHT, 'split': 'quantity'})],
        })
        pool.action_open()
        for name, (quantity, tolerance) in wishes.items():
            pool._set_request(members[name].with_env(pool.env), product.with_env(pool.env), quantity, tolerance)
        pool.request_ids.row_ids.sudo().write({'date': datetime.combine(opened, time(3))})
        return pool.with_env(self.env)

    def _order_pool(self, pool, day):
        pool = pool.with_env(self._as('petugas').env)
        pool.action_close()
        pool.line_ids.action_take_advice()
        pool.action_order()
        pool.purchase_order_ids.button_confirm()
        closed = datetime.combine(day, time(5))
        pool.sudo().write({'date_cutoff': closed, 'date_closed': closed})
        self._set_back(day, orders=pool.purchase_order_ids.with_env(self.env))

    def _bill_vendor(self, pool, day):
        order = pool.purchase_order_ids
        order.action_create_invoice()
        bill = order.invoice_ids
        bill.write({'invoice_date': day, 'date': day, 'ref': f"TJA-{day:%y%m}-017"})
        freight = self.env['account.move'].create({
            'move_type': 'in_invoice', 'invoice_date': day, 'date': day, 'ref': f"ANGKUT-{day:%y%m}",
            'partner_id': self._create_partner(name="Ekspedisi Maron", is_company=True).id,
            'invoice_line_ids': [Command.create({
                'name': "Ongkos angkut pupuk", 'price_unit': FREIGHT, 'account_id': self._get_account('65110090').id,
                'tax_ids': [Command.clear()],
            })],
        })
        (bill | freight)._post(soft=False)
        self._pay(bill | freight, day)

    def _invoice_members(self, pool, day):
        pool.action_create_invoices()
        invoices = pool.invoice_ids
        invoices.write({'invoice_date': day, 'date': day})
        invoices._post(soft=False)
        paid = invoices.filtered(lambda invoice: invoice.partner_id.name in PAID_IN_CASH)
        self._pay(paid, date(day.year, 7, 25), kind='cash')
