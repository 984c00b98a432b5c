from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command


class CoopPoolCharge(models.Model):
    """Credit notes that were written outside the round, taken into the charge."""
    _inherit = 'coop.pool.charge'

    # === ACTIONS === #

    def action_take_credit_notes(self):
        """Lower these charges by posted credit notes that no correction carries yet; the margin bears them.

        The members' orders follow, so that Odoo does not offer the credited quantities for invoicing again.

        :raises UserError: when there is no such credit note.
        """
        corrections = self.env['coop.pool.correction']
        for charge in self:
            charge.pool_id._check_may_correct()
            if charge.currency_id.compare_amounts(charge._get_amount_invoiced(), charge.amount_total) < 0:
                for note in charge._get_foreign_credit_notes():
                    corrections |= charge._take_credit_note(note)
        if not corrections:
            raise UserError(self.env._("There is no posted credit note that the charges do not know of."))
        for pool in corrections.pool_id:
            pool._check_charges_tie()

    # === BUSINESS METHODS === #

    def _get_amount_invoiced(self):
        """Return what the member's posted invoices for the round come to before tax, less credit notes."""
        self.ensure_one()
        return sum(self._get_posted_invoices().mapped('amount_untaxed_signed'))

    def _get_posted_invoices(self):
        self.ensure_one()
        # sudo: the round's own invoices of the member
        return self.sudo().pool_id.invoice_ids.filtered(
            lambda move: move.state == 'posted' and move.commercial_partner_id == self.membership_id.partner_id
            and move.is_sale_document(include_receipts=True),
        )

    def _get_foreign_credit_notes(self):
        self.ensure_one()
        return self._get_posted_invoices().filtered(lambda move: move.move_type == 'out_refund') - (
            self.sudo().correction_ids.move_id
        )

    def _take_credit_note(self, note):
        """Return the correction for a credit note; its lines become lines of the member's order, credited already."""
        self.ensure_one()
        amount = note.amount_untaxed_signed
        # sudo: see coop.pool.correction._make; the order's lines are made from the credit note, not from the correction
        correction = self.env['coop.pool.correction'].sudo().create({
            'name': self.company_id._next_coop_number('coop.pool.correction', 'KPB/%(range_year)s/', gapless=True),
            'charge_id': self.id, 'kind': 'credit_note', 'reason': note.ref or note.name, 'price_amount': amount,
            'move_id': note.id,
        })
        for line in note.invoice_line_ids.filtered(lambda line: line.display_type == 'product'):
            order_line = self.env['sale.order.line'].sudo().with_context(sale_no_log_for_new_lines=True).create({
                'order_id': self.order_id.id,
                'product_id': self.env.ref('producer_cooperative.product_pool_costs').id,
                'name': f"{correction.name}: {note.name}, {line.name or ''}",
                'product_uom_qty': -line.quantity,
                'price_unit': line.price_unit * (1 - line.discount / 100),
                'tax_ids': [Command.set(line.tax_ids.ids)],
            })
            line.sale_line_ids = order_line
        self.pool_id._add_to_margin(amount)
        self._check_orders_come_to_charges()
        self.pool_id._note_corrections(correction)
        return correction.sudo(False)
