"""What holds after any history of intakes, sales, invoices, credit notes, payments, returns and settlements."""

import random

from odoo import Command
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_consignment import ConsignmentCommon

SEEDS = (1, 2, 3)
STEPS = 16


@tagged('post_install', '-at_install')
class TestTermsProperties(ConsignmentCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rina = cls._create_member("Rina")
        cls.members = cls.siti | cls.budi | cls.rina
        cls._create_agreement(cls.budi, commission_rate=7.5, settle_on='payment')
        cls._create_agreement(
            cls.rina, commission_kind='tiered', savings_type_id=cls.voluntary.id, savings_rate=10, set_off_rate=50,
            set_off_consent_date='2020-01-01', take_home_rate=30,
            band_ids=[Command.create({'lower': lower, 'rate': rate}) for lower, rate in ((0, 10), (300, 20))],
            levy_ids=[Command.create({
                'name': "Village", 'kind': 'unit', 'fee': 0.3, 'account_id': cls._account('fund_social').id,
            })],
        )

    def test_random_histories(self):
        for seed in SEEDS:
            with self.subTest(seed=seed), self.env.cr.savepoint() as savepoint:
                self._live(random.Random(seed))
                self._check_second_run_is_empty()
                savepoint.rollback()
                self.env.invalidate_all()

    # === A HISTORY === #

    def _live(self, chance):
        self.stock_of = dict.fromkeys(self.members, 0)
        self.sales = []
        for member in self.members:
            self._step_bring(chance, member)
            self._step_sell(chance, member)
            self._step_invoice(chance, member)
        for _step in range(STEPS):
            step = chance.choice((
                self._step_bring, self._step_sell, self._step_sell, self._step_invoice, self._step_invoice,
                self._step_lower_price, self._step_return, self._step_pay, self._step_owe, self._step_settle,
                self._step_settle, self._step_settle, self._step_cancel,
            ))
            for member in chance.sample(list(self.members), len(self.members)):
                if step(chance, member):
                    break
            self._check_books()
        for member in self.members:
            self._step_settle(chance, member)
        self._check_books()
        self.assertTrue(self._get_posted())

    # === ITS STEPS: EACH SAYS WHETHER THERE WAS SOMETHING TO DO === #

    def _step_bring(self, chance, member):
        quantity = chance.randint(5, 30)
        self._bring(member, quantity)
        self.stock_of[member] += quantity
        return True

    def _step_sell(self, chance, member):
        if self.stock_of[member] < 1:
            return False
        quantity = chance.randint(1, self.stock_of[member])
        order = self._sell(quantity, price=chance.choice((9.99, 10, 33.335)), owner=member)
        delivery = self._deliver(order)
        self.stock_of[member] -= quantity
        self.sales.append({'member': member, 'order': order, 'delivery': delivery, 'invoices': [], 'back': 0})
        return True

    def _step_invoice(self, chance, member):
        for sale in self.sales:
            line = sale['order'].order_line
            if sale['member'] == member and line.qty_to_invoice > 0:
                quantity = chance.randint(1, int(line.qty_to_invoice))
                sale['invoices'].append(self._invoice(sale['order'], quantity=quantity))
                return True
        return False

    def _step_lower_price(self, chance, member):
        invoices = [invoice for sale in self.sales if sale['member'] == member for invoice in sale['invoices']]
        if not invoices:
            return False
        wizard = self.env['coop.price.correction'].create({
            'move_id': chance.choice(invoices).id, 'reason': "Moisture", 'date': self.today,
        })
        for line in wizard.line_ids:
            line.price_new = round(line.price * chance.choice((0.5, 0.9, 1.1)), 2)
        if wizard.line_ids:
            wizard.action_confirm()
        return bool(wizard.line_ids)

    def _step_return(self, chance, member):
        for sale in self.sales:
            whole = sale['invoices'] and sale['invoices'][0]
            if sale['member'] == member and whole and not sale['back'] and whole.amount_residual == whole.amount_total:
                quantity = chance.randint(1, int(whole.invoice_line_ids.quantity))
                self._take_back(sale['delivery'], quantity, owner=member)
                if chance.random() < 0.7:
                    self._credit(whole, quantity=quantity)
                sale['back'] = quantity
                self.stock_of[member] += quantity
                return True
        return False

    def _step_pay(self, chance, member):
        for sale in self.sales:
            for invoice in sale['invoices']:
                if sale['member'] == member and invoice.amount_residual > 1:
                    self.env['account.payment.register'].with_context(
                        active_model='account.move', active_ids=invoice.ids,
                    ).create({
                        'journal_id': self.cash_journal.id, 'payment_difference_handling': 'open',
                        'amount': round(invoice.amount_residual * chance.choice((0.25, 0.5, 1)), 2),
                    })._create_payments()
                    return True
        return False

    def _step_owe(self, chance, member):
        return bool(self._owe(member, chance.randint(10, 200)))

    def _step_settle(self, chance, member):
        Settlement = self.env['coop.settlement']
        if not Settlement._get_due(self.company, member.partner_id, self.today).get(member.partner_id):
            return False
        settlement = Settlement.search([('membership_id', '=', member.id), ('state', 'in', ('draft', 'computed'))])
        settlement = settlement or Settlement.create({'membership_id': member.id, 'date': self.today})
        settlement.action_compute()
        if settlement.is_carried_forward:
            settlement.unlink()
            return True
        settlement.action_post()
        self._check_nobody_got_too_much(member)
        return True

    def _step_cancel(self, chance, member):
        settlements = self.env['coop.settlement'].search([
            ('membership_id', '=', member.id), ('state', '=', 'posted'),
        ])
        if settlements:
            settlements[0]._cancel_with_reason("Wrong")
        return bool(settlements)

    # === WHAT HOLDS === #

    def _check_books(self):
        explained = self.assertClearingExplained()
        by_hand = self._sum_invoices() - sum(self._get_posted().mapped('amount_gross'))
        self.assertAlmostEqual(explained['ledger'], by_hand, 2)
        for member in self.members:
            quants = self.env['stock.quant'].search([
                ('owner_id', '=', member.partner_id.id), ('location_id.usage', '=', 'internal'),
                ('product_id', '=', self.rice.id),
            ])
            self.assertEqual(sum(quants.mapped('quantity')), self.stock_of[member])

    def _check_nobody_got_too_much(self, member):
        settlements = self._get_posted().filtered(lambda settlement: settlement.membership_id == member)
        gross = sum(settlements.mapped('amount_gross'))
        paid_out = sum(settlements.mapped('amount_payable'))
        kept = sum(settlements.mapped('amount_commission')) + sum(settlements.deduction_ids.mapped('amount'))
        self.assertLessEqual(round(gross - self._sum_invoices(member), 2), 0)
        self.assertAlmostEqual(paid_out, gross - kept, 2)
        self.assertTrue(all(settlement.amount_payable >= 0 for settlement in settlements))
        for settlement in settlements.filtered('set_off_move_id'):
            least = 0.3 * settlement.amount_proceeds - settlement.amount_levies
            self.assertGreaterEqual(round(settlement.amount_payable - least, 2), 0)
        owed = self.env['account.move.line'].search([
            ('partner_id', '=', member.partner_id.id), ('account_id', '=', self.proceeds.id),
            ('parent_state', '=', 'posted'),
        ])
        self.assertAlmostEqual(-sum(owed.mapped('balance')), paid_out, 2)

    def _check_second_run_is_empty(self):
        dues = self.env['coop.settlement']._get_due(self.company)
        for rows in dues.values():  # what is left is to be given back, and waits for the next sale
            self.assertLess(sum(row.due.amount - row.commission for row in rows), 0)
        self.assertFalse(self._compute_all())

    def _get_posted(self):
        return self.env['coop.settlement'].search([
            ('membership_id', 'in', self.members.ids), ('state', '=', 'posted'),
        ])

    def _sum_invoices(self, member=None):
        """Return what was posted on the clearing account by sales, of one member's goods or of all."""
        items = self.env['account.move.line'].search([
            ('product_id', '=', self.rice.id), ('parent_state', '=', 'posted'), ('display_type', '=', 'product'),
        ])
        if member:
            items = items.filtered(lambda item: item.sale_line_ids.coop_owner_id == member.partner_id)
        return -sum(items.mapped('balance'))
