from odoo import Command, fields
from odoo.tests import Form

from odoo.addons.producer_cooperative.tests.common import CoopCommon


class ConsignmentCommon(CoopCommon):
    """Two members who bring rice, 10 % commission for everybody since 2020, and a customer who buys."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.siti = cls._create_member("Siti")
        cls.budi = cls._create_member("Budi")
        cls.customer = cls.env['res.partner'].create({'name': "Toko Makmur"})
        cls.rice = cls._create_product("Rice", coop_consigned=True)
        cls.own = cls._create_product("Fertiliser")
        cls.agreement = cls._create_agreement(None, commission_rate=10)
        cls.warehouse = cls.env['stock.warehouse'].search([('company_id', '=', cls.company.id)], limit=1)
        cls.stock = cls.warehouse.lot_stock_id
        cls.clearing = cls._account('clearing')
        cls.commission = cls._account('commission')
        cls.proceeds = cls._account('proceeds')
        cls.receivable = cls.customer.property_account_receivable_id
        cls.today = fields.Date.today()

    # === FIXTURES === #

    @classmethod
    def _create_product(cls, name, **values):
        return cls.env['product.product'].create({
            'name': name, 'type': 'consu', 'is_storable': True, 'list_price': 10.0, 'taxes_id': False,
            'supplier_taxes_id': False, **values,
        })

    @classmethod
    def _create_agreement(cls, member, date_from='2020-01-01', **terms):
        """Return an agreement with one term, of one member or (None) for all."""
        return cls.env['coop.consignment.agreement'].create({
            'membership_id': member.id if member else False,
            'term_ids': [Command.create({'date_from': date_from, **terms})],
        })

    @classmethod
    def _bring(cls, member, quantity, product=None):
        """Return a received intake slip."""
        slip = cls.env['coop.consignment'].create({
            'membership_id': member.id,
            'line_ids': [Command.create({'product_id': (product or cls.rice).id, 'gross': quantity})],
        })
        slip.action_confirm()
        slip.picking_ids.button_validate()
        return slip

    @classmethod
    def _sell(cls, quantity, price=10.0, owner=None, product=None):
        """Return a confirmed sales order of one line."""
        order = cls.env['sale.order'].create({
            'partner_id': cls.customer.id,
            'order_line': [Command.create({
                'product_id': (product or cls.rice).id, 'product_uom_qty': quantity, 'price_unit': price,
                'coop_owner_id': owner.partner_id.id if owner else False,
            })],
        })
        order.action_confirm()
        return order

    @classmethod
    def _deliver(cls, order, quantity=None):
        """Deliver what is reserved, or only ``quantity`` of it with a backorder for the rest."""
        picking = order.picking_ids.filtered(
            lambda p: p.state not in ('done', 'cancel') and p.picking_type_code == 'outgoing',
        )
        picking.action_assign()
        if quantity is not None:
            picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        picking._action_done()
        return picking

    @classmethod
    def _invoice(cls, order, quantity=None, price=None, date=None):
        """Return a posted invoice of what is to be invoiced, or of another quantity or price."""
        invoice = order._create_invoices()
        line = invoice.invoice_line_ids
        if quantity is not None:
            line.quantity = quantity
        if price is not None:
            line.price_unit = price
        invoice.invoice_date = date or cls.today
        invoice.action_post()
        return invoice

    @classmethod
    def _credit(cls, invoice, quantity=None, price=None, date=None):
        """Return a posted credit note of an invoice."""
        note = invoice._reverse_moves([{'invoice_date': date or cls.today, 'date': date or cls.today}])
        if quantity is not None:
            note.invoice_line_ids.quantity = quantity
        if price is not None:
            note.invoice_line_ids.price_unit = price
        note.action_post()
        return note

    @classmethod
    def _take_back(cls, picking, quantity, owner=None, refund=True):
        """Return goods from the customer."""
        wizard = Form(cls.env['stock.return.picking'].with_context(active_id=picking.id, active_model='stock.picking'))
        wizard = wizard.save()
        wizard.product_return_moves.quantity = quantity
        if 'to_refund' in wizard.product_return_moves._fields:
            wizard.product_return_moves.to_refund = refund
        back = wizard._create_return()
        if owner:
            back.move_line_ids.owner_id = owner.partner_id
        back.move_ids.picked = True
        back._action_done()
        return back

    @classmethod
    def _sold(cls, member, quantity, price=10.0):
        """Bring, sell, deliver and invoice goods of one member; return the invoice."""
        cls._bring(member, quantity)
        order = cls._sell(quantity, price, owner=member)
        cls._deliver(order)
        return cls._invoice(order)

    @classmethod
    def _compute(cls, member, date=None):
        settlement = cls.env['coop.settlement'].create({'membership_id': member.id, 'date': date or cls.today})
        settlement.action_compute()
        return settlement

    @classmethod
    def _settle(cls, member, date=None):
        """Return a posted settlement."""
        settlement = cls._compute(member, date)
        settlement.action_post()
        return settlement

    @classmethod
    def _compute_all(cls):
        """Return a computed settlement for every member with something due that is not carried forward."""
        dues = cls.env['coop.settlement']._get_due(cls.company, date=cls.today)
        memberships = cls.env['coop.membership'].search([('partner_id', 'in', [
            owner.id for owner, rows in dues.items() if sum(row.due.amount - row.commission for row in rows) >= 0
        ]), ('company_id', '=', cls.company.id)])
        return cls.env['coop.settlement'].union(*(cls._compute(membership) for membership in memberships))

    @classmethod
    def _owe(cls, member, amount, date=None, due=None):
        """Return a posted invoice of the cooperative's own goods to a member."""
        invoice = cls.env['account.move'].create({
            'move_type': 'out_invoice', 'partner_id': member.partner_id.id, 'invoice_date': date or cls.today,
            'invoice_date_due': due or date or cls.today,
            'invoice_line_ids': [Command.create({
                'product_id': cls.own.id, 'quantity': 1, 'price_unit': amount, 'tax_ids': [Command.clear()],
            })],
        })
        invoice.action_post()
        return invoice

    # === ASSERTIONS === #

    def _due(self, member):
        """Return the (quantity, amount) due to a member."""
        rows = self.env['coop.settlement']._get_due(self.company, member.partner_id).get(member.partner_id, [])
        rounding = self.rupiah.rounding
        return float(sum(row.due.quantity for row in rows)), sum(row.due.amount for row in rows) * rounding

    def _owners_of(self, picking):
        return {
            line.owner_id: line.quantity for line in picking.move_line_ids
        }

    def assertClearingExplained(self, date=None):
        explained = self.company._coop_get_clearing_reconciliation(date or self.today)
        self.assertEqual(explained['difference'], 0, explained)
        return explained
