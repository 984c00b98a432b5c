from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.producer_cooperative.tests.common_pool import PoolCommon


@tagged('post_install', '-at_install')
class TestPoolGoods(PoolCommon):
    """Goods are counted where they are; everything here is done by people with Odoo's stock group only."""

    def _ordered(self, wishes=None, lines=None, **values):
        pool = self._create_pool(lines, **values)
        self._request(pool, wishes or {self.siti: 30, self.budi: 20, self.ani: 10})
        self._order(pool)
        return pool

    def _waiting(self, pool):
        """Return the transfers of a pool that are not done, by the warehouse's own list of its receipts."""
        action = pool.with_user(self.warehouse_user).action_view_receipts()
        domain = action.get('domain') or [('id', '=', action['res_id'])]
        pickings = self.env['stock.picking'].with_user(self.warehouse_user).search(domain)
        return pickings.filtered(lambda picking: picking.state not in ('done', 'cancel'))

    def _send_back(self, picking, quantity):
        wizard = Form(self.env['stock.return.picking'].with_user(self.warehouse_user).with_context(
            active_id=picking.id, active_ids=picking.ids, active_model='stock.picking',
        )).save()
        wizard.product_return_moves.quantity = quantity
        return self._receive(wizard._create_return(), quantity, user=self.warehouse_user)

    def _scrap(self, picking, quantity):
        scrap = self.env['stock.scrap'].with_user(self.warehouse_user).create({
            'product_id': picking.move_ids[0].product_id.id, 'scrap_qty': quantity, 'picking_id': picking.id,
            'location_id': picking.location_dest_id.id,
        })
        scrap.action_validate()
        self.assertEqual(scrap.state, 'done')
        return scrap

    # === SHARING OUT, ON REAL DOCUMENTS === #

    def test_three_wishes_in_order_of_request(self):
        # pack 3, wishes 3(2), 1(3), 1(0): two cases; 6 → 4, 1, 1; 4 → 3, 1, 0; 1 → 1, 0, 0; 0 → 0, 0, 0
        for came, shares in ((6, [4, 1, 1]), (4, [3, 1, 0]), (1, [1, 0, 0]), (0, [0, 0, 0])):
            with self.subTest(came=came):
                pool = self._create_pool({self.fertilizer: {'pack': 3}}, allocation_rule='in_order')
                for hour, member, wish in ((17, self.siti, (3, 2)), (18, self.budi, (1, 3)), (19, self.ani, 1)):
                    with freeze_time(f'2026-11-01 {hour}:00:00'):
                        self._request(pool, {member: wish})
                orders = self._order(pool)
                self.assertEqual(orders.order_line.product_qty, 6)
                if came:
                    self._receive(orders.picking_ids, came, user=self.warehouse_user)
                else:
                    orders.picking_ids.with_user(self.warehouse_user).action_cancel()
                    pool._reallocate()
                self.assertEqual(self._shares(pool), shares)
                self.assertEqual(pool.line_ids.quantity_received, came)

    def test_lowered_request_loses_its_newest_place_in_the_queue(self):
        # 17:00 Siti 2(2), 17:30 Budi 2, 18:00 Siti 4(2), 19:00 Siti 2(1): Siti keeps the row of 17:00
        pool = self._create_pool(allocation_rule='in_order')
        for time, member, wish in (('17:00', self.siti, (2, 2)), ('17:30', self.budi, 2), ('18:00', self.siti, (4, 2)),
                                   ('19:00', self.siti, (2, 1))):
            with freeze_time(f'2026-11-01 {time}:00'):
                self._request(pool, {member: wish})
        rows = pool.request_ids[0].row_ids.filtered(lambda row: row.quantity or row.tolerance)
        self.assertEqual([(row.date.hour, row.quantity, row.tolerance) for row in rows], [(17, 2, 1)])
        orders = self._order(pool)
        self._receive(orders.picking_ids, 3, user=self.warehouse_user)
        self.assertEqual(self._shares(pool)[:2], [2, 1])

    def test_extras_go_to_tolerance_in_proportion(self):
        pool = self._ordered({self.siti: (30, 4), self.budi: (20, 2)})
        self._receive(pool.purchase_order_ids.picking_ids, 53, user=self.warehouse_user)
        # 3 more than 50, shared 4 : 2
        self.assertEqual(self._shares(pool), [32, 21])

    # === SEVERAL STEPS === #

    def test_goods_at_the_input_have_not_come_yet(self):
        warehouse = self.env['stock.warehouse'].search([('company_id', '=', self.company.id)], limit=1)
        warehouse.reception_steps = 'two_steps'
        pool = self._ordered()
        self._receive(self._waiting(pool), 50)
        self.assertEqual((pool.line_ids.quantity_received, pool.state, pool.receipt_status), (0, 'ordered', 'none'))
        self.assertEqual(sum(pool.allocation_ids.mapped('quantity')), 0)
        self._receive(self._waiting(pool), 24, backorder=True)
        self.assertEqual((pool.line_ids.quantity_received, pool.state), (24, 'ordered'))
        self.assertEqual(self._shares(pool), [12, 8, 4])
        self._receive(self._waiting(pool), 26)
        self.assertEqual((pool.line_ids.quantity_received, pool.state, pool.receipt_status), (50, 'received', 'full'))
        self.assertEqual(self._shares(pool), [25, 17, 8])

    def test_goods_are_received_in_three_steps(self):
        warehouse = self.env['stock.warehouse'].search([('company_id', '=', self.company.id)], limit=1)
        warehouse.reception_steps = 'three_steps'
        pool = self._ordered()
        for expected in ('ordered', 'ordered', 'received'):
            self._receive(self._waiting(pool), 60)
            self.assertEqual(pool.state, expected)
        self.assertEqual(self._shares(pool), [30, 20, 10])

    def test_goods_thrown_away_at_the_input_never_come(self):
        warehouse = self.env['stock.warehouse'].search([('company_id', '=', self.company.id)], limit=1)
        warehouse.reception_steps = 'two_steps'
        pool = self._ordered()
        receipt = self._receive(self._waiting(pool), 60)
        self._scrap(receipt, 10)
        self._receive(self._waiting(pool), 50)
        self.assertEqual((pool.line_ids.quantity_received, pool.state), (50, 'received'))
        self.assertEqual(self._shares(pool), [25, 17, 8])

    # === REJECTED GOODS === #

    def test_goods_scrapped_from_the_receipt_are_shared_out_no_more(self):
        pool = self._ordered()
        receipt = self._receive(self._waiting(pool), 60)
        self._scrap(receipt, 10)
        self.assertEqual((pool.line_ids.quantity_received, pool.line_ids.reject_move_ids.quantity), (50, 10))
        self.assertEqual(pool._get_rejected(), {pool.line_ids: 10})
        self.assertEqual(self._shares(pool), [25, 17, 8])
        # the vendor is owed all 60 until it credits them: 60 x 90 borne by the 50 that are left
        self.assertEqual(pool.line_ids.cost_total, 5_400)

    def test_goods_sent_back_are_shared_out_no_more_and_come_again(self):
        pool = self._ordered()
        receipt = self._receive(self._waiting(pool), 60)
        back = self._send_back(receipt, 10)
        self.assertEqual((pool.line_ids.quantity_received, self._shares(pool)), (50, [25, 17, 8]))
        again = self._send_back(back, 6)
        self.assertEqual(again.state, 'done')
        self.assertEqual((pool.line_ids.quantity_received, self._shares(pool)), (56, [28, 19, 9]))
        self.assertEqual(pool._get_rejected(), {pool.line_ids: 4})

    def test_own_stock_scrapped_after_the_distribution_does_not_touch_the_members(self):
        pool = self._ordered({self.siti: 30, self.budi: 20})
        receipt = self._receive(self._waiting(pool), 56)
        pool.action_distribute()
        cost, charged = pool.line_ids.cost_variance, pool.amount_charged
        self._scrap(receipt, 6)
        self.assertEqual((pool.line_ids.quantity_received, pool.line_ids.quantity_left), (56, 6))
        self.assertEqual((pool.line_ids.cost_variance, pool.amount_charged), (cost, charged))

    def test_scrap_of_another_product_touches_nothing(self):
        pool = self._ordered()
        receipt = self._receive(self._waiting(pool), 60)
        other = self._create_product("Twine", {})
        self.env['stock.quant']._update_available_quantity(other, receipt.location_dest_id, 5)
        scrap = self.env['stock.scrap'].create({
            'product_id': other.id, 'scrap_qty': 2, 'location_id': receipt.location_dest_id.id,
        })
        scrap.action_validate()
        self.assertFalse(scrap.move_ids.coop_pool_line_id)
        self.assertEqual(pool.line_ids.quantity_received, 60)

    # === SHARES CHANGED BY HAND === #

    def test_change_by_hand_needs_a_reason_and_is_kept_with_who_and_when(self):
        pool = self._ordered()
        self._receive(self._waiting(pool), 50)
        share = pool.allocation_ids.filtered(lambda share: share.membership_id == self.ani).with_user(self.officer)
        with self.assertRefused("Say why .*Ani gets another share of Fertilizer"):
            share.quantity = 6
        with self.assertRefused("Say why"):
            share.write({'quantity': 6, 'manual_reason': "  "})
        with freeze_time('2026-11-20 08:00:00'):
            share.write({'quantity': 6, 'manual_reason': "Has no room"})
        self.assertEqual(
            (share.quantity_computed, share.quantity, share.quantity_difference, share.manual_reason,
             share.manual_user_id, share.manual_date.day),
            (8, 6, -2, "Has no room", self.officer, 20),
        )
        self.assertIn("gets 6.00 Units of Fertilizer instead of 8.00; by the rule it would be 8.00. Reason: Has no"
                      " room",
                      pool.message_ids[0].body)
        # Ani's 2 go to Siti and Budi, who lack 5 and 3: 1.25, 0.75 -> 1, 1
        self.assertEqual((self._shares(pool), pool.line_ids.quantity_left), ([26, 18, 6], 0))
        pool.with_user(self.officer).action_reset_shares()
        self.assertEqual((share.quantity, share.is_manual, share.manual_reason, share.manual_user_id.ids),
                         (8, False, False, []))
        self.assertEqual(self._shares(pool), [25, 17, 8])

    def test_what_is_let_go_by_hand_goes_to_those_still_short(self):
        # 50 for 30, 20, 10; Siti takes 10
        for rule, before, expected in (
            ('proportional', [25, 17, 8], [10, 20, 10]),
            ('in_order', [30, 20, 0], [10, 20, 10]),
            ('equal', [20, 20, 10], [10, 20, 10]),
        ):
            with self.subTest(rule=rule):
                pool = self._ordered(allocation_rule=rule)
                self._receive(self._waiting(pool), 50)
                self.assertEqual(self._shares(pool), before)
                siti = pool.allocation_ids.filtered(lambda share: share.membership_id == self.siti)
                siti.with_user(self.officer).write({'quantity': 10, 'manual_reason': "Field is flooded"})
                self.assertEqual((self._shares(pool), pool.line_ids.quantity_left), (expected, 10))
                pool.with_user(self.officer).action_reset_shares()
                self.assertEqual(self._shares(pool), before)

    def test_what_is_let_go_serves_a_little_more_of_what_is_lacking(self):
        pool = self._ordered()
        self._receive(self._waiting(pool), 18)
        # 18 for 30, 20, 10: 9, 6, 3; Budi lets go 4: 21 and 7 are lacking, 3 and 1 more
        self.assertEqual(self._shares(pool), [9, 6, 3])
        budi = pool.allocation_ids.filtered(lambda share: share.membership_id == self.budi)
        budi.with_user(self.officer).write({'quantity': 2, 'manual_reason': "Takes less"})
        self.assertEqual((self._shares(pool), pool.line_ids.quantity_left), ([12, 2, 4], 0))

    def test_share_that_has_become_impossible_is_flagged_until_somebodys_is_lowered(self):
        pool = self._ordered()
        receipt = self._receive(self._waiting(pool), 60)
        share = pool.allocation_ids.filtered(lambda share: share.membership_id == self.ani)
        impossible = [('line_ids.is_overallocated', '=', True)]
        share.with_user(self.officer).write({'quantity': 12, 'manual_reason': "Replants a flooded field"})
        self.assertEqual((pool.overallocated_count, pool.search(impossible)), (1, pool))
        with self.assertRefused("are given to members, and 60.00 came"):
            pool.action_distribute()
        siti = pool.allocation_ids.filtered(lambda share: share.membership_id == self.siti)
        siti.with_user(self.officer).write({'quantity': 28, 'manual_reason': "Gives 2 to Ani"})
        self.assertEqual((pool.overallocated_count, pool.line_ids.quantity_left), (0, 0))
        self._send_back(receipt, 10)
        # by the rule 25, 17, 8; by hand 28 and 12 are kept: 57 of 50
        self.assertEqual((self._shares(pool), pool.overallocated_count), ([28, 17, 12], 1))
        self.assertIn("57.00 Units of Fertilizer are given to members by hand, and 50.00 came",
                      "".join(pool.message_ids.mapped('body')))
        pool.action_reset_shares()
        self.assertEqual((self._shares(pool), pool.overallocated_count), ([25, 17, 8], 0))
        pool.action_distribute()
        self.assertEqual(pool.state, 'distributed')

    def test_warehouse_sees_shares_and_changes_none(self):
        pool = self._ordered()
        self._receive(self._waiting(pool), 50)
        share = pool.allocation_ids.with_user(self.warehouse_user)[0]
        self.assertEqual((share.quantity, share.manual_reason), (25, False))
        with self.assertRefused("", AccessError):
            share.write({'quantity': 20, 'manual_reason': "Mine"})
        for record, field in (
            (pool, 'minimum_value_warning'), (pool, 'overbilled_count'), (pool.line_ids, 'price_expected'),
            (pool.line_ids, 'amount_expected'), (pool.line_ids, 'quantity_billed'), (pool.line_ids, 'offer_id'),
            (pool.line_ids, 'offer_ids'), (share, 'amount'), (share, 'price_unit'),
        ):
            with self.subTest(field=field), self.assertRefused("", AccessError):
                record.with_user(self.warehouse_user).read([field])

    # === BILLS === #

    def test_bill_beyond_what_came_is_shown_and_followed_up(self):
        pool = self._ordered()
        self._receive(self._waiting(pool), 50)
        order = pool.purchase_order_ids
        bill = self._bill(order, quantity=60)
        self.assertEqual((bill.state, pool.overbilled_count), ('posted', 1))
        line = pool.line_ids.with_user(self.officer)
        self.assertEqual((line.quantity_billed, line.quantity_overbilled), (60, 10))
        self.assertEqual((len(pool.activity_ids), pool.activity_ids.user_id), (1, pool.user_id))
        self.assertIn("Fertilizer", pool.activity_ids.note)
        self._credit(bill, 10)
        self.assertEqual((pool.overbilled_count, pool.line_ids.quantity_billed, len(pool.activity_ids)), (0, 50, 0))

    def _credit(self, bill, quantity):
        wizard = self.env['account.move.reversal'].with_context(
            active_model='account.move', active_ids=bill.ids,
        ).create({'reason': "Did not come", 'journal_id': bill.journal_id.id})
        credit_note = self.env['account.move'].browse(wizard.reverse_moves()['res_id'])
        credit_note.invoice_line_ids.quantity = quantity
        credit_note.invoice_date = '2026-11-02'
        credit_note.action_post()

    def test_bill_before_the_goods_is_no_longer_followed_up_once_they_come(self):
        pool = self._ordered()
        self.fertilizer.purchase_method = 'purchase'
        self._bill(pool.purchase_order_ids, quantity=60)
        self.assertEqual((pool.overbilled_count, len(pool.activity_ids)), (1, 1))
        self._receive(self._waiting(pool), 60)
        self.assertEqual((pool.overbilled_count, len(pool.activity_ids)), (0, 0))

    def test_bill_taken_back_is_no_longer_followed_up(self):
        pool = self._ordered()
        self._receive(self._waiting(pool), 50)
        bill = self._bill(pool.purchase_order_ids, quantity=60)
        bill.button_draft()
        self.assertEqual((pool.overbilled_count, len(pool.activity_ids)), (0, 0))

    def test_goods_returned_after_the_bill_are_followed_up(self):
        pool = self._ordered()
        receipt = self._receive(self._waiting(pool), 60)
        self._bill(pool.purchase_order_ids)
        self.assertEqual(pool.overbilled_count, 0)
        self._send_back(receipt, 10)
        self.assertEqual((pool.line_ids.quantity_overbilled, len(pool.activity_ids)), (10, 1))

    def test_supervisor_sees_what_was_billed_and_offered(self):
        pool = self._ordered()
        self._receive(self._waiting(pool), 50)
        self._bill(pool.purchase_order_ids, quantity=60)
        line = pool.line_ids.with_user(self.supervisor)
        self.assertEqual((line.quantity_overbilled, line.offer_ids[0].vendor_id.name), (10, "Toko Tani"))

    # === A PRODUCT THAT IS NOT THE POOL'S === #

    def test_products_added_to_the_order_do_not_touch_the_shares(self):
        pool = self._ordered()
        twine = self._create_product("Twine", {self.vendor: {1: 5}})
        pool.purchase_order_ids.order_line = [Command.create({'product_id': twine.id, 'product_qty': 3})]
        receipt = self._waiting(pool)
        receipt.move_ids.filtered(lambda move: move.product_id == self.fertilizer).quantity = 50
        receipt.move_ids.picked = True
        receipt.with_context(skip_backorder=True, picking_ids_not_to_backorder=receipt.ids).button_validate()
        self.assertEqual((pool.line_ids.quantity_received, self._shares(pool)), (50, [25, 17, 8]))
