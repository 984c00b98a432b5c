import json
from datetime import timedelta
from unittest import SkipTest

from freezegun import freeze_time

from odoo import fields
from odoo.tests import HttpCase, tagged

from odoo.addons.producer_cooperative.tests.common import CoopCommon


class Client:
    """A program outside of Odoo: it knows an address, a key of one user, and the names of models and methods."""

    def __init__(self, post, key):
        self._post = post
        self._headers = {'Authorization': f'bearer {key}', 'Content-Type': 'application/json'}

    def __call__(self, model, method, ids=(), **arguments):
        """Call a method of some records and return what it returns."""
        body = json.dumps({'ids': list(ids), **arguments} if ids else arguments, default=str)
        answer = self._post(f'/json/2/{model}/{method}', data=body, headers=self._headers, timeout=60)
        if answer.status_code != 200:
            raise RuntimeError(f'{model}.{method}: {answer.status_code} {answer.text[:2000]}')
        return answer.json()

    def make(self, model, **values):
        """Create a record and return its id."""
        return self(model, 'create', vals_list=[values])[0]

    def find(self, model, *domain, field='id'):
        """Return one field of the records that match."""
        return [row[field] for row in self(model, 'search_read', domain=list(domain), fields=[field])]


@tagged('post_install', '-at_install')
class TestOutsideClient(CoopCommon, HttpCase):
    """The cooperative's year over Odoo's external API, by role accounts alone.

    One member pays Rp 100,000 principal and Rp 10,000 mandatory savings, buys 10 sacks at 10,000 with 5 % margin, and
    brings 100 kg of rice that are sold at 10,000 with 10 % commission. The surplus of 105,000 (sacks 105,000 +
    commission 100,000 - bill 100,000) goes 40 % to the reserve and 60 % to the members by capital.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.env['ir.module.module'].sudo().search_count([('name', '=', 'rpc'), ('state', '=', 'installed')]):
            raise SkipTest("Odoo's external API is not installed here: install the module rpc.")
        cls.vendor, cls.customer = cls.env['res.partner'].create([{'name': "Toko Tani"}, {'name': "Penggilingan"}])
        goods = {'type': 'consu', 'is_storable': True, 'taxes_id': False, 'supplier_taxes_id': False}
        cls.fertilizer, cls.rice = cls.env['product.product'].create([
            {**goods, 'name': "Fertilizer", 'seller_ids': [fields.Command.create({
                'partner_id': cls.vendor.id, 'min_qty': 1, 'price': 10_000,
            })]},
            {**goods, 'name': "Rice", 'coop_consigned': True},
        ])
        cls.today = fields.Date.today()
        cls.new_year = cls.today.replace(year=cls.today.year + 1, month=2, day=10)
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)
        for role in ('officer', 'cashier', 'accountant', 'manager', 'supervisor', 'warehouse_user'):
            setattr(self, f'by_{role}', self._log_in(getattr(self, role)))

    def _log_in(self, user):
        """Return a client with a key of this user, who is no administrator."""
        self.assertFalse(user.has_group('base.group_system'))
        # sudo: as the user makes the key in the own preferences, after typing the password
        keys = self.env['res.users.apikeys'].with_user(user).sudo()
        return Client(self.url_open, keys._generate('rpc', "Outside", fields.Datetime.now() + timedelta(hours=8)))

    def test_year_over_the_external_api(self):
        member = self._join()
        self._buy_together(member)
        self._sell_for(member)
        self._settle_and_pay(member)
        with freeze_time(self.new_year):
            self._share_surplus(member)
        self._check_ledger()

    def test_client_without_a_key_and_with_another_role_is_refused(self):
        stranger = Client(self.url_open, 'no-key-at-all')
        with self.assertRaisesRegex(RuntimeError, '401'):
            stranger('coop.membership', 'search', domain=[])
        with self.assertRaisesRegex(RuntimeError, 'coop.savings.voucher'):
            self.by_warehouse_user.make('coop.savings.voucher', direction='in')
        with self.assertRaisesRegex(RuntimeError, 'Only this role may do that'):
            self.by_officer('coop.settlement', 'action_post', [self.env['coop.settlement'].create({
                'membership_id': self._create_member("Budi").id,
            }).id])

    # === THE YEAR === #

    def _join(self):
        partner = self.by_officer.make('res.partner', name="Siti")
        member = self.by_officer.make('coop.membership', partner_id=partner, date_applied=self.today)
        voucher = self.by_cashier.make(
            'coop.savings.voucher', direction='in', date=self.today, journal_id=self.cash_journal.id, line_ids=[
                (0, 0, {'membership_id': member, 'type_id': savings_type.id, 'amount': amount})
                for savings_type, amount in ((self.principal, 100_000), (self.mandatory, 10_000))
            ],
        )
        self.by_cashier('coop.savings.voucher', 'action_post', [voucher])
        self.by_manager('coop.membership', 'action_admit', [member])
        self.assertEqual(self.by_supervisor.find('coop.membership', ('id', '=', member), field='state'), ['active'])
        return member

    def _buy_together(self, member):
        pool = self.by_officer.make(
            'coop.pool', title="Fertilizer", margin_percent=5, line_ids=[(0, 0, {'product_id': self.fertilizer.id})],
        )
        self.by_officer('coop.pool', 'action_open', [pool])
        [line] = self.by_officer.find('coop.pool.line', ('pool_id', '=', pool))
        self.by_officer.make('coop.pool.request', pool_id=pool, line_id=line, membership_id=member, quantity=10)
        for step in ('action_close', 'action_order'):
            self.by_officer('coop.pool', step, [pool])
        orders = self.by_officer.find('purchase.order', ('order_line.product_id', '=', self.fertilizer.id))
        self.by_officer('purchase.order', 'button_confirm', orders)
        self._handle('incoming')
        self.by_officer('coop.pool', 'action_distribute', [pool])
        self._handle('outgoing')
        self.by_accountant('purchase.order', 'action_create_invoice', orders)
        self._post_invoices('in_invoice', ref="TT-1")
        self.by_officer('coop.pool', 'action_create_invoices', [pool])
        self._post_invoices('out_invoice')
        self.by_officer('coop.pool', 'action_done', [pool])

    def _sell_for(self, member):
        self.by_manager.make('coop.consignment.agreement', term_ids=[
            (0, 0, {'date_from': self.today.replace(month=1, day=1), 'commission_rate': 10}),
        ])
        slip = self.by_officer.make('coop.consignment', membership_id=member, date=self.today, line_ids=[
            (0, 0, {'product_id': self.rice.id, 'gross': 100}),
        ])
        self.by_officer('coop.consignment', 'action_confirm', [slip])
        self._handle('incoming')
        sale = self.by_officer.make('sale.order', partner_id=self.customer.id, order_line=[
            (0, 0, {'product_id': self.rice.id, 'product_uom_qty': 100, 'price_unit': 10_000}),
        ])
        self.by_officer('sale.order', 'action_confirm', [sale])
        self._handle('outgoing')
        context = {'active_model': 'sale.order', 'active_ids': [sale], 'active_id': sale}
        wizard = self.by_officer('sale.advance.payment.inv', 'create', vals_list=[{}], context=context)
        self.by_officer('sale.advance.payment.inv', 'create_invoices', wizard, context=context)
        [invoice] = self._post_invoices('out_invoice')
        payment = self.by_accountant('account.payment.register', 'create', vals_list=[{
            'journal_id': self.cash_journal.id, 'payment_date': self.today,
        }], context={'active_model': 'account.move', 'active_ids': [invoice]})
        self.by_accountant('account.payment.register', 'action_create_payments', payment)

    def _settle_and_pay(self, member):
        settlement = self.by_accountant.make('coop.settlement', membership_id=member, date=self.today)
        for step in ('action_compute', 'action_post'):
            self.by_accountant('coop.settlement', step, [settlement])
        self._pay(date=self.today)

    def _share_surplus(self, member):
        self.by_manager.make(
            'coop.shu.rule', name="Bylaws", date_from=self.today.replace(month=1, day=1), share_ids=[
                (0, 0, {'kind': 'reserve', 'percent': 40}), (0, 0, {'kind': 'capital', 'percent': 60}),
            ],
        )
        year = self.today.year
        allocation = self.by_accountant.make(
            'coop.shu.allocation', date_from=f'{year}-01-01', date_to=f'{year}-12-31',
        )
        self.by_accountant('coop.shu.allocation', 'action_compute', [allocation])
        self.by_manager('coop.shu.allocation', 'write', [allocation], vals={
            'meeting_date': self.new_year, 'meeting_number': f'01/RAT/{year + 1}',
        })
        self.by_manager('coop.shu.allocation', 'action_approve', [allocation])
        self.by_accountant('coop.shu.allocation', 'action_post', [allocation])
        self.assertEqual(self.by_supervisor.find('coop.shu.allocation', field='surplus'), [105_000])
        self._pay(date=self.new_year, shu_allocation_id=allocation)
        self.assertEqual(self.by_supervisor.find('coop.shu.allocation', field='state'), ['paid'])

    # === STEPS THAT COME AGAIN === #

    def _handle(self, way):
        """Let the warehouse do what waits for it, incoming or outgoing."""
        pickings = self.by_warehouse_user.find(
            'stock.picking', ('picking_type_code', '=', way), ('state', '=', 'assigned'),
        )
        self.assertTrue(pickings)
        self.by_warehouse_user('stock.picking', 'button_validate', pickings)
        self.assertEqual(
            set(self.by_warehouse_user.find('stock.picking', ('id', 'in', pickings), field='state')), {'done'},
        )

    def _post_invoices(self, move_type, **values):
        """Let the accountant post the drafts; return their ids."""
        drafts = self.by_accountant.find('account.move', ('move_type', '=', move_type), ('state', '=', 'draft'))
        self.by_accountant('account.move', 'write', drafts, vals={'invoice_date': self.today, **values})
        self.by_accountant('account.move', 'action_post', drafts)
        return drafts

    def _pay(self, **values):
        """Pay members in cash: the officer writes who gets what, the accountant posts."""
        payout = self.by_officer.make('coop.payout', journal_id=self.cash_journal.id, **values)
        self.by_officer('coop.payout', 'action_fill', [payout])
        self.by_accountant('coop.payout', 'action_post', [payout])

    # === THE LEDGER === #

    def _check_ledger(self):
        balances = {}
        for item in self.by_supervisor(
            'account.move.line', 'search_read', domain=[('parent_state', '=', 'posted')],
            fields=['account_id', 'balance'],
        ):
            account = item['account_id'][0]
            balances[account] = balances.get(account, 0) + item['balance']
        accounts = self.fertilizer.product_tmpl_id.with_company(self.company).get_product_accounts()
        expected = {
            # 110,000 saved + 1,000,000 from the mill - 900,000 proceeds - 63,000 SHU
            self.cash_journal.default_account_id: 147_000,
            self._account('principal'): -100_000,
            self._account('mandatory'): -10_000,
            self.vendor.with_company(self.company).property_account_payable_id: -100_000,
            self._account('member_receivable'): 105_000,
            self._account('commission'): -100_000,
            accounts['income']: -105_000,
            accounts['expense']: 100_000,
            self.company.get_unaffected_earnings_account(): 105_000,
            self._account('reserve'): -42_000,
        }
        self.assertEqual(
            {account: round(balance, 2) for account, balance in balances.items() if round(balance, 2)},
            {account.id: balance for account, balance in expected.items()},
        )
