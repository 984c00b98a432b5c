import random

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_stockroom import StockroomCommon


@tagged('post_install', '-at_install')
class TestStockroomHistory(StockroomCommon):
    """Whatever happens, every owner has here what came in less what went out."""

    def test_stock_is_explained_after_every_step_of_random_histories(self):
        for seed in (1, 2, 3):
            with self.subTest(seed=seed):
                self._live(random.Random(seed), 14)

    def _live(self, chance, steps):
        self.members = [self.siti, self.budi, self.wati]
        self.deliveries, self.slips = [], []
        refused = 0
        for _step in range(steps):
            step = chance.choice([
                self._step_bring, self._step_bring, self._step_sell, self._step_sell, self._step_take_back,
                self._step_return_receipt, self._step_return_slip, self._step_loss, self._step_count,
            ])
            try:
                with self.env.cr.savepoint():
                    step(chance)
            except UserError:
                refused += 1
                self.env.invalidate_all()
            stock = self.assertStockExplained()
            unsold = dict(self.env['coop.consignment.unsold']._read_group(
                [('product_id', '=', self.rice.id)], ['owner_id'], ['quantity:sum'],
            ))
            self.assertEqual(
                {owner: round(quantity, 2) for owner, quantity in unsold.items()},
                {owner: round(quantity, 2) for owner, quantity in stock.items()}, step.__name__,
            )
        self.assertLess(refused, steps)

    def _step_bring(self, chance):
        self.slips.append(self._bring(chance.choice(self.members), chance.randint(1, 50)))

    def _step_sell(self, chance):
        order = self._sell(chance.randint(1, 60), owner=chance.choice([None, *self.members]))
        if order.order_line.move_ids.move_line_ids:
            self.deliveries.append(self._deliver(order))

    def _step_take_back(self, chance):
        if self.deliveries:
            self._take_back(chance.choice(self.deliveries), chance.randint(1, 20))

    def _step_return_receipt(self, chance):
        if self.slips:
            receipt = chance.choice(self.slips).picking_ids.sorted('id')[0]
            self._do(self._return(receipt, {self.rice: chance.randint(1, 10)}))

    def _step_return_slip(self, chance):
        slip = self.env['coop.consignment.return'].create({
            'membership_id': chance.choice(self.members).id,
            'line_ids': [Command.create({'product_id': self.rice.id, 'quantity': chance.randint(1, 10)})],
        })
        slip.action_confirm()
        self._do(slip.picking_ids)

    def _step_loss(self, chance):
        loss = self.env['coop.consignment.loss'].with_user(self.officer).create({
            'kind': 'scrap', 'reason': "Mice",
            'line_ids': [Command.create({'product_id': self.rice.id, 'spoilt': chance.randint(1, 300) / 100})],
        })
        loss.action_submit()
        loss.with_user(self.manager).action_approve()

    def _step_count(self, chance):
        self._find(chance.choice(self.members), chance.randint(1, 60))
