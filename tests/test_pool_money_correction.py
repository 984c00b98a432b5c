from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_pool import PoolCommon


class PoolMoneyCommon(PoolCommon):
    """Siti, Budi and Ani want 4, 2 and 1 bags of seed; 7 cost 143 each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seed = cls._create_product("Seed", {cls.vendor: {1: 143}})
        cls.income = cls.seed._get_product_accounts()['income']
        cls.freight = [Command.create({'name': "Freight", 'amount': 100})]

    def _seed_pool(self, **values):
        pool = self._create_pool({self.seed: {}}, **values)
        self._request(pool, {self.siti: 4, self.budi: 2, self.ani: 1})
        return pool

    def _distributed(self, received=7, **values):
        return self._run(self._seed_pool(**values), received)

    def _invoiced(self, pool):
        pool.action_create_invoices()
        self._post(pool)
        return pool

    def _post(self, pool):
        drafts = pool.invoice_ids.filtered(lambda move: move.state == 'draft')
        drafts.invoice_date = '2026-11-02'
        drafts.with_user(self.accountant).action_post()
        return drafts

    def _charge(self, pool, member):
        return pool.charge_ids.filtered(lambda charge: charge.membership_id == member)

    def _share(self, pool, member):
        return pool.allocation_ids.filtered(lambda share: share.membership_id == member)

    def _take_back(self, pool, member, quantity, kind='not_collected', user=None):
        share = self._share(pool, member)
        pool = pool.with_user(user) if user else pool
        return pool._take_back(self._charge(pool, member), {share: quantity}, kind, "Did not come")

    def _assertTies(self, pool):
        """Σ charges = cost + margin + shared costs charged = Σ orders; Σ shared costs = charged + borne."""
        for name, amount, expected in (
            ("parts", pool.amount_goods + pool.amount_margin + pool.amount_costs, pool.amount_charged),
            ("orders", sum(pool.charge_ids.order_id.mapped('amount_untaxed')), pool.amount_charged),
            ("costs", pool.amount_costs + pool.amount_costs_borne, sum(pool.cost_ids.mapped('amount_shared'))),
        ):
            self.assertEqual(self.rupiah.compare_amounts(amount, expected), 0, (name, amount, expected))

    def _totals(self, pool):
        return [self._charge(pool, member).amount_total for member in (self.siti, self.budi, self.ani)]


@tagged('post_install', '-at_install')
class TestPoolMoneyCorrection(PoolMoneyCommon):

    # === NOT COLLECTED === #

    def test_goods_not_collected_stay_in_stock_and_are_not_charged(self):
        # distributed: 643, 322, 161 (see the test of charges that do not divide); cost 1,001, margin 25, freight 100
        pool = self._distributed(margin_percent=2.5, cost_ids=self.freight)
        self._take_back(pool, self.budi, 2, user=self.officer)
        # Budi: 292 goods and 1 rounding less, the freight of 29 stays with him
        self.assertEqual(self._totals(pool), [643, 29, 161])
        # 5 of 7 at 1,001 cost 715; 643 + 29 + 161 - 715 - 100 = 18
        self.assertEqual((pool.amount_goods, pool.amount_margin, pool.amount_costs), (715, 18, 100))
        self.assertEqual((pool.line_ids.quantity_allocated, pool.line_ids.quantity_left), (5, 2))
        self._assertTies(pool)
        order = self._charge(pool, self.budi).order_id
        self.assertEqual((order.picking_ids.state, order.amount_untaxed), ('cancel', 29))
        self.assertEqual(self._share(pool, self.budi).amount_alone, 0)

    def test_part_of_the_goods_not_collected(self):
        pool = self._distributed(cost_ids=self.freight)
        self._take_back(pool, self.siti, 1)
        # 143 less; 6 of 1,001 / 7 = 858
        self.assertEqual(self._totals(pool), [4 * 143 + 57 - 143, 286 + 29, 143 + 14])
        self.assertEqual((pool.amount_goods, pool.amount_margin), (858, 0))
        order = self._charge(pool, self.siti).order_id
        self.assertEqual(order.picking_ids.move_ids.product_uom_qty, 3)
        self._receive(order.picking_ids, 3, user=self.warehouse_user)
        self.assertEqual(self._share(pool, self.siti).quantity_waiting, 0)
        with self.assertRefused("0.00 Units of Seed still to collect"):
            self._take_back(pool, self.siti, 1)

    def test_shared_costs_of_goods_not_collected_go_to_the_others(self):
        pool = self._distributed(cost_ids=self.freight, not_collected_costs='others')
        self._take_back(pool, self.budi, 2)
        # freight 57, 29, 14; the 29 by 4 : 1 -> 23.2, 5.8 -> 23, 6
        self.assertEqual([self._charge(pool, member).cost_total for member in (self.siti, self.budi, self.ani)],
                         [80, 0, 20])
        self.assertEqual(self._totals(pool), [652, 0, 163])
        self.assertEqual((pool.amount_costs, pool.amount_costs_borne), (100, 0))
        self.assertIn("Did not come", self._charge(pool, self.siti).order_id.message_ids[0].body)
        self._assertTies(pool)

    def test_shared_costs_of_goods_not_collected_are_borne_by_the_cooperative(self):
        pool = self._distributed(cost_ids=self.freight, not_collected_costs='cooperative')
        self._take_back(pool, self.siti, 2)
        # half of the freight of 57: 28.5 -> 29
        self.assertEqual(self._totals(pool), [286 + 28, 286 + 29, 143 + 14])
        self.assertEqual((pool.amount_costs, pool.amount_costs_borne), (71, 29))
        self._assertTies(pool)

    def test_invoiced_goods_not_collected_are_credited(self):
        pool = self._invoiced(self._distributed(cost_ids=self.freight, not_collected_costs='cooperative'))
        correction = self._take_back(pool, self.budi, 2, user=self.officer)
        credit_note = correction.move_id
        self.assertEqual((credit_note.move_type, credit_note.state), ('out_refund', 'draft'))
        self._post(pool)
        self.assertEntry(credit_note, [
            (self._account('member_receivable'), self.budi.partner_id, -315),
            (self.income, self.budi.partner_id, 286),
            (self.income, self.budi.partner_id, 29),
        ])
        self.assertEqual(self._balance(self._account('member_receivable'), self.budi.partner_id), 0)
        of_budi = pool.invoice_ids.filtered(lambda move: move.partner_id == self.budi.partner_id)
        self.assertEqual(of_budi.mapped('amount_residual'), [0, 0])
        self._bill(pool.purchase_order_ids)
        self._hand_out(pool)
        pool.action_done()
        self.assertEqual((pool.state, pool.amount_charged), ('done', 572 + 57 + 143 + 14))

    def test_draft_invoice_is_made_anew(self):
        pool = self._distributed()
        pool.action_create_invoices()
        correction = self._take_back(pool, self.siti, 1)
        order = self._charge(pool, self.siti).order_id
        self.assertEqual(sorted(order.invoice_ids.mapped('state')), ['cancel', 'draft'])
        self.assertEqual((correction.move_id.move_type, correction.move_id.amount_untaxed), ('out_invoice', 429))
        self.assertEqual(correction.move_id.coop_pool_id, pool)

    def test_tax_is_credited_with_the_goods(self):
        tax = self.env['account.tax'].create({'name': "VAT 11", 'amount': 11, 'type_tax_use': 'sale'})
        self.seed.taxes_id = tax
        pool = self._invoiced(self._distributed(cost_ids=self.freight, not_collected_costs='cooperative'))
        correction = self._take_back(pool, self.budi, 2)
        # 286 and freight 29: 315, VAT 34.65
        self.assertEqual((correction.move_id.amount_untaxed, correction.move_id.amount_total), (315, 349.65))
        self._assertTies(pool)

    def test_goods_brought_back_are_taken_off_the_charge(self):
        pool = self._distributed()
        picking = self._charge(pool, self.siti).order_id.picking_ids
        self._receive(picking, 4, user=self.warehouse_user)
        wizard = Form(self.env['stock.return.picking'].with_context(
            active_id=picking.id, active_ids=picking.ids, active_model='stock.picking',
        )).save()
        wizard.product_return_moves.quantity = 3
        self._receive(wizard._create_return(), 3)
        self.assertEqual(self._share(pool, self.siti).quantity_waiting, 3)
        self._take_back(pool, self.siti, 3, kind='returned')
        self.assertEqual(self._totals(pool), [143, 286, 143])
        self._assertTies(pool)

    def test_cancelled_order_is_recorded_as_not_collected(self):
        pool = self._invoiced(self._distributed())
        pool.charge_ids.order_id.picking_ids.move_ids.picked = False
        self._bill(pool.purchase_order_ids)
        self._charge(pool, self.ani).order_id._action_cancel()
        with self.assertRefused("order of .* Ani was cancelled, and the charge still stands"):
            pool.action_done()
        self._take_back(pool, self.ani, 1)
        self._post(pool)
        self.assertEqual(self._balance(self._account('member_receivable'), self.ani.partner_id), 0)
        self._hand_out(pool)
        pool.action_done()
        self.assertEqual((pool.state, pool.amount_charged), ('done', 858))

    def test_goods_below_the_rounding_unit_are_taken_back(self):
        # 1,001 for 7 are one unit of 1,000: the price rounds down to nothing, Siti's larger part gets the unit
        pool = self._distributed(rounding_unit=1_000)
        self.assertEqual((pool.line_ids.price_charged, self._totals(pool)), (0, [1_000, 0, 0]))
        self._take_back(pool, self.siti, 4)
        self.assertEqual((self._totals(pool), pool.amount_goods, pool.amount_margin), ([0, 0, 0], 0, 0))
        self._assertTies(pool)

    def test_not_collected_is_refused_before_the_distribution_and_when_done(self):
        pool = self._seed_pool()
        self._receive(self._order(pool).picking_ids, 7)
        with self.assertRefused("corrected after the distribution"):
            pool._take_back(pool.charge_ids, {}, 'not_collected', "x")
        pool.action_distribute()
        with self.assertRefused("Say how much"):
            pool._take_back(pool.charge_ids[0], {}, 'not_collected', "x")
        with self.assertRefused("still to collect"):
            self._take_back(pool, self.siti, 5)
        with self.assertRefused("is not on the charge of"):
            pool._take_back(self._charge(pool, self.budi), {self._share(pool, self.siti): 1}, 'not_collected', "x")

    # === OFFERED AGAIN === #

    def test_goods_not_collected_are_offered_again(self):
        pool = self._invoiced(self._distributed(margin_percent=2.5, cost_ids=self.freight))
        self._take_back(pool, self.budi, 2)
        correction = pool.with_user(self.officer)._offer_again(pool.line_ids, self.ani, 2, "Takes Budi's bags")
        # Ani takes two more at 146; 7 of 7 cost 1,001 again
        self.assertEqual(self._totals(pool), [643, 29, 161 + 292])
        self.assertEqual((pool.amount_goods, pool.line_ids.quantity_left), (1_001, 0))
        self.assertEqual((correction.move_id.move_type, correction.move_id.amount_untaxed), ('out_invoice', 292))
        self.assertEqual(sum(self._charge(pool, self.ani).order_id.picking_ids.move_ids.mapped('product_uom_qty')), 3)
        self._assertTies(pool)
        with self.assertRefused("Only 0.00 Units of Seed are left over"):
            pool._offer_again(pool.line_ids, self.siti, 1, "More")

    def test_left_over_is_offered_to_a_member_who_did_not_take_part(self):
        pool = self._distributed(received=9)
        dewi = self._create_member("Dewi")
        pool._offer_again(pool.line_ids, dewi, 2, "Asked at the counter")
        charge = self._charge(pool, dewi)
        self.assertEqual((charge.amount_total, charge.amount_alone, charge.order_id.state), (286, 286, 'sale'))
        self.assertEqual((charge.order_id.picking_ids.move_ids.product_uom_qty, pool.amount_goods), (2, 9 * 143))
        self._assertTies(pool)
        dewi.sudo().write({'state': 'suspended'})
        with self.assertRefused("is Suspended; only active members"):
            pool._offer_again(pool.line_ids, dewi, 1, "More")

    def test_who_takes_goods_later_bears_their_freight_and_the_others_get_it_back(self):
        pool = self._distributed(cost_ids=self.freight, not_collected_costs='others')
        self._take_back(pool, self.budi, 2)
        # freight 57, 29, 14; Budi's 29 by 4 : 1 -> 23 to Siti, 6 to Ani
        dewi = self._create_member("Dewi")
        pool.with_user(self.officer)._offer_again(pool.line_ids, dewi, 1, "Asked at the counter")
        # half of 29 -> 15; given back by 23 : 6 -> 11.9, 3.1 -> 12, 3
        self.assertEqual([self._charge(pool, member).cost_total for member in (self.siti, self.budi, self.ani, dewi)],
                         [68, 0, 17, 15])
        self._assertTies(pool)
        pool.with_user(self.officer)._offer_again(pool.line_ids, self.ani, 1, "The last bag")
        # the 14 that are left, back to 11 and 3; Ani bears her own 14 and these 14
        self.assertEqual([self._charge(pool, member).cost_total for member in (self.siti, self.budi, self.ani, dewi)],
                         [57, 0, 28, 15])
        self.assertEqual((pool.amount_costs, pool.amount_costs_borne), (100, 0))
        self._assertTies(pool)

    def test_freight_that_the_cooperative_bore_goes_with_the_goods(self):
        pool = self._distributed(received=9, cost_ids=self.freight, not_collected_costs='cooperative')
        self._take_back(pool, self.siti, 2)
        self.assertEqual(pool.amount_costs_borne, 29)
        pool._offer_again(pool.line_ids, self.ani, 3, "Takes Siti's bags and one more")
        # Siti's two bags bore 29; the third was left over from the beginning and bears nothing
        self.assertEqual((self._charge(pool, self.ani).cost_total, pool.amount_costs_borne), (14 + 29, 0))
        pool._offer_again(pool.line_ids, self.budi, 1, "The last one")
        self.assertEqual(self._charge(pool, self.budi).cost_total, 29)
        self._assertTies(pool)

    def test_freight_set_free_twice_is_borne_once(self):
        pool = self._distributed(cost_ids=self.freight, not_collected_costs='others')
        self._take_back(pool, self.budi, 2)
        self._take_back(pool, self.siti, 4)
        self.assertEqual(self._charge(pool, self.ani).cost_total, 100)
        pool._offer_again(pool.line_ids, self.budi, 6, "Takes all after all")
        self.assertEqual([self._charge(pool, member).cost_total for member in (self.siti, self.budi, self.ani)],
                         [0, 86, 14])
        self._assertTies(pool)

    def test_product_that_nobody_took_is_offered_again_at_its_price(self):
        lime = self._create_product("Lime", {self.vendor: {1: 10}})
        pool = self._create_pool({self.seed: {}, lime: {}}, margin_percent=10)
        self._request(pool, {self.siti: 4})
        self._request(pool, {self.budi: 3}, product=lime)
        picking = self._order(pool).picking_ids
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
        picking.move_ids.picked = True
        picking.button_validate()
        left = pool.line_ids.filtered(lambda line: line.product_id == lime)
        left.allocation_ids._withdraw("Ill")
        pool.action_distribute()
        # 572 for 4 of seed and 57.2 margin; nothing of lime is charged
        self.assertEqual((left.price_charged, left.cost_charged, pool.amount_charged), (11, 0, 629))
        pool._offer_again(left, self.ani, 2, "Asked at the counter")
        # 2 at 10 and the margin of 1 on each
        self.assertEqual(self._charge(pool, self.ani).amount_total, 22)
        self.assertEqual((left.cost_charged, left.margin_charged), (20, 2))
        self._assertTies(pool)

    # === PRICE, CREDIT NOTES === #

    def test_price_of_one_member_is_corrected_out_of_the_margin(self):
        pool = self._distributed(margin_percent=2.5)
        pool._correct_price(self._charge(pool, self.siti), -20, "Bag torn")
        self.assertEqual((pool.amount_charged, pool.amount_margin, pool.amount_goods), (1_006, 5, 1_001))
        self._assertTies(pool)
        with self.assertRefused("more than that cannot be taken off"):
            pool._correct_price(self._charge(pool, self.ani), -1_000, "Much")
        with self.assertRefused("multiple of Rp"):
            pool._correct_price(self._charge(pool, self.ani), -0.5, "Half")

    def test_price_is_corrected_by_treasurer_or_manager_and_below_cost_by_the_manager_only(self):
        pool = self._distributed(margin_percent=2.5)
        charge = self._charge(pool, self.siti)
        saving = pool.amount_saving
        with self.assertRefused("Only this role may do that", AccessError):
            pool.with_user(self.officer)._correct_price(charge, -20, "Bag torn")
        wizard = self.env['coop.pool.take.back'].with_user(self.officer).create({
            'pool_id': pool.id, 'charge_id': charge.id, 'kind': 'price', 'amount': -20, 'reason': "Bag torn",
        })
        with self.assertRefused("Only this role may do that", AccessError):
            wizard.action_confirm()
        wizard = self.env['coop.pool.take.back'].with_user(self.accountant).create({
            'pool_id': pool.id, 'charge_id': charge.id, 'kind': 'price', 'amount': -20, 'reason': "Bag torn",
        })
        wizard.action_confirm()
        # the margin of 25 bears 20; it is a correction and neither rounding nor saving
        self.assertEqual((pool.amount_margin, charge.price_total, charge.rounding_total), (5, -20, charge.rounding_amount))
        self.assertEqual((charge.correction_amount, pool.amount_saving), (-20, saving))
        with self.assertRefused("margin of .* is .*5.*for the manager to confirm"):
            pool.with_user(self.accountant)._correct_price(charge, -6, "Bag torn")
        pool.with_user(self.manager)._correct_price(charge, -6, "Bag torn")
        self.assertEqual((pool.amount_margin, charge.price_total, pool.amount_saving), (-1, -26, saving))
        self._assertTies(pool)
        self.env.flush_all()
        rows = self.env['coop.pool.saving.report'].search([('pool_id', '=', pool.id)])
        self.assertEqual((sum(rows.mapped('amount_total')), sum(rows.mapped('price_amount'))), (pool.amount_charged, -26))
        self.assertEqual(sum(rows.mapped('saving')), saving)

    def test_window_confirmed_twice_corrects_once(self):
        pool = self._distributed()
        wizard = self.env['coop.pool.take.back'].with_user(self.officer).create({
            'pool_id': pool.id, 'charge_id': self._charge(pool, self.siti).id, 'reason': "Ill",
        })
        wizard.line_ids.quantity = 1
        wizard.action_confirm()
        with self.assertRefused("has been recorded already.*open the window anew"):
            wizard.action_confirm()
        self.assertEqual(self._totals(pool), [429, 286, 143])
        wizard = self.env['coop.pool.hand.over'].with_user(self.officer).create({
            'pool_id': pool.id, 'line_id': pool.line_ids.id, 'membership_id': self.ani.id, 'quantity': 0.5,
        })
        with self.assertRefused("handed out in"):
            wizard.action_confirm()
        wizard.quantity = 1
        wizard.action_confirm()
        with self.assertRefused("has been recorded already"):
            wizard.action_confirm()
        self.assertEqual(self._totals(pool), [429, 286, 286])

    def test_credit_note_written_by_the_accountant_is_taken_into_the_charge(self):
        pool = self._invoiced(self._distributed())
        self._bill(pool.purchase_order_ids)
        invoice = pool.invoice_ids.filtered(lambda move: move.partner_id == self.siti.partner_id)
        credit_note = invoice._reverse_moves([{'invoice_date': '2026-11-03'}])
        credit_note.invoice_line_ids.write({'quantity': 4, 'price_unit': 10})
        credit_note.action_post()
        with self.assertRefused("take the credit notes"):
            pool._check_invoiced_as_charged()
        self._charge(pool, self.siti).with_user(self.officer).action_take_credit_notes()
        self.assertEqual((self._charge(pool, self.siti).amount_total, pool.amount_charged), (532, 961))
        self._assertTies(pool)
        with self.assertRefused("no posted credit note"):
            pool.charge_ids.action_take_credit_notes()
        self._hand_out(pool)
        pool.action_done()
        self.assertEqual((pool.state, pool.amount_margin), ('done', -40))

    # === WHO MAY === #

    def test_who_corrects_charges(self):
        pool = self._distributed()
        for user in (self.cashier, self.supervisor, self.warehouse_user):
            with self.assertRefused("", AccessError):
                self._take_back(pool, self.siti, 1, user=user)
        correction = self._take_back(pool, self.siti, 1, user=self.officer)
        self.assertEqual(correction.user_id, self.officer)
        for user in (self.officer, self.manager, self.accountant):
            with self.assertRefused("", AccessError):
                correction.with_user(user).cost_amount = 1
            with self.assertRefused("", AccessError):
                self.env['coop.pool.correction'].with_user(user).create({
                    'name': "x", 'charge_id': pool.charge_ids[0].id, 'kind': 'price', 'reason': "x",
                })
        self.assertEqual(correction.with_user(self.supervisor).amount_total, -143)
        self.assertFalse(correction.with_user(self.warehouse_user).has_access('read'))
        with self.assertRefused("Corrections stay"):
            correction.sudo().unlink()

    def test_wizards(self):
        pool = self._distributed()
        wizard = Form(self.env['coop.pool.take.back'].with_user(self.officer).with_context(default_pool_id=pool.id))
        wizard.charge_id = self._charge(pool, self.budi)
        wizard.reason = "Moved away"
        self.assertEqual(wizard.line_ids.edit(0).quantity, 2)
        wizard.save().action_confirm()
        self.assertEqual(self._totals(pool), [572, 0, 143])
        wizard = Form(self.env['coop.pool.hand.over'].with_user(self.officer).with_context(default_pool_id=pool.id))
        wizard.line_id = pool.line_ids
        self.assertEqual(wizard.quantity_left, 2)
        wizard.membership_id, wizard.quantity = self.ani, 1
        wizard.save().action_confirm()
        self.assertEqual(self._totals(pool), [572, 0, 286])

    # === WITHDRAWN AFTER THE CLOSING === #

    def test_share_withdrawn_after_the_receipt_goes_to_the_others(self):
        pool = self._seed_pool()
        self._receive(self._order(pool).picking_ids, 5)
        # 5 for 4, 2, 1 -> 3, 1, 1; without Siti 2 and 1
        self.assertEqual([self._share(pool, member).quantity for member in (self.siti, self.budi, self.ani)], [3, 1, 1])
        self._share(pool, self.siti).with_user(self.officer)._withdraw("Ill")
        self.assertEqual([self._share(pool, member).quantity for member in (self.siti, self.budi, self.ani)], [0, 2, 1])
        request = self._share(pool, self.siti).request_id
        self.assertEqual((request.quantity_withdrawn, request.withdraw_reason), (4, "Ill"))
        pool.action_distribute()
        self.assertEqual((len(pool.sale_order_ids), pool.line_ids.quantity_left), (2, 2))
        with self.assertRefused("recorded as not collected"):
            self._share(pool, self.budi)._withdraw("Late")

    def test_share_withdrawn_before_all_goods_came(self):
        pool = self._seed_pool()
        orders = self._order(pool)
        self._receive(orders.picking_ids, 3, backorder=True)
        share = self._share(pool, self.siti)
        with self.assertRefused("", AccessError):
            share.with_user(self.cashier)._withdraw("Ill")
        share.with_user(self.officer)._withdraw("Ill")
        backorder = orders.picking_ids.filtered(lambda picking: picking.state != 'done')
        self._receive(backorder, 4)
        self.assertEqual([self._share(pool, member).quantity for member in (self.siti, self.budi, self.ani)], [0, 2, 1])
        self.assertEqual(pool.line_ids.quantity_left, 4)
