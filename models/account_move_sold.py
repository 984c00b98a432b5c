from odoo import models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """Invoices and credit notes of members' goods: posted, they decide which members are paid, and how much."""
    _inherit = 'account.move'

    # === CRUD METHODS === #

    def write(self, vals):
        # Whatever way an invoice is posted, it ends here.
        if vals.get('state') == 'posted':
            self.filtered(lambda move: move.state != 'posted')._coop_check_consigned_lines()
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _coop_check_consigned_lines(self):
        """Refuse invoices of members' goods that would pay nobody, somebody else, or out of somebody else's money.

        :raises UserError: naming the document and what is wrong with it.
        :raises RedirectWarning: when the cooperative has no clearing account yet.
        """
        for move in self.filtered(lambda move: move.is_sale_document(include_receipts=True)):
            lines = move.line_ids.filtered(lambda line: line._coop_is_of_members_goods())
            if lines:
                move.company_id._get_coop_account('clearing')
                move._coop_check_origin(lines)
                lines._coop_check_sold()

    def _coop_check_origin(self, lines):
        """Refuse a credit note of members' goods in the name of an invoice on which they were not sold.

        The terms of the day of that invoice hold for it.
        """
        self.ensure_one()
        origin = self.reversed_entry_id.sudo()  # sudo: only whom it was for and what it sold
        if self.move_type != 'out_refund' or not origin:
            return
        is_foreign = origin.partner_id.commercial_partner_id != self.partner_id.commercial_partner_id
        for line in lines:
            # sudo: accountants without sales rights post invoices
            if is_foreign or line.sudo().sale_line_ids - origin.invoice_line_ids.sale_line_ids:
                raise UserError(self.env._(
                    "%(document)s is a credit note for %(invoice)s, which did not sell these %(product)s to"
                    " %(partner)s. Open the invoice that did and make the credit note from there, one for each.",
                    document=self.display_name, invoice=origin.display_name, product=line.product_id.display_name,
                    partner=self.partner_id.display_name,
                ))

    def _coop_is_line_sold(self, line):
        """Whether an invoice line of consigned goods comes from a sale; for a room that sells otherwise to override."""
        return bool(line.sudo().sale_line_ids)  # sudo: accountants without sales rights post invoices
