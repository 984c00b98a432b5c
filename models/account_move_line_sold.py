from odoo import models
from odoo.exceptions import UserError


class AccountMoveLine(models.Model):
    """Invoice lines of members' goods: one line, one sale, its goods, its customer, and the clearing account."""
    _inherit = 'account.move.line'

    # === BUSINESS METHODS === #

    def _coop_is_of_members_goods(self):
        """Whether members are, or would be, paid by this line: its goods are consigned, or those of a sale it names."""
        self.ensure_one()
        move = self.move_id
        # sudo: whether the company is a cooperative, and what was sold, for whoever writes on the invoice
        if not move.is_sale_document(include_receipts=True) or not move.company_id.sudo().coop_is_cooperative:
            return False
        is_of_goods = self.display_type == 'product' and self.product_id.coop_consigned
        return is_of_goods or any(self.sudo().sale_line_ids.product_id.mapped('coop_consigned'))  # sudo: see above

    def _coop_check_no_members_goods(self):
        """Refuse to change these posted items where they tell what members are paid.

        :raises UserError: naming the document.
        """
        for line in self:
            if line._coop_is_of_members_goods():
                raise UserError(self.env._(
                    "%(document)s is posted, and decides what members are paid for %(product)s. Correct the price with"
                    " “Correct Prices”, make a credit note, or reset the document to draft.",
                    document=line.move_id.display_name, product=line.product_id.display_name,
                ))

    def _coop_check_sold(self):
        """Refuse lines of members' goods by which the wrong people would be paid, or nobody.

        :raises UserError: naming the document, the goods and what to do.
        """
        for line in self:
            if not line.move_id._coop_is_line_sold(line):
                raise UserError(self.env._(
                    "%(product)s is sold for members. %(document)s must come from a sales order (or, for a credit"
                    " note, from the invoice that it corrects), so that the owners get their money.",
                    product=line.product_id.display_name, document=line.move_id.display_name,
                ))
            line._coop_check_sale()
            line._coop_check_sold_account()

    def _coop_check_sale(self):
        """Refuse more sales than one on a line, other goods than were sold, and another customer."""
        self.ensure_one()
        sale_line = self.sudo().sale_line_ids  # sudo: accountants without sales rights post invoices
        document = self.move_id.display_name
        if len(sale_line) > 1:
            raise UserError(self.env._(
                "A line of %(document)s invoices several sales at once (%(orders)s), and each of them would be paid to"
                " its members. Delete the line and invoice each order with a line of its own.",
                document=document, orders=", ".join(sale_line.order_id.mapped('name')),
            ))
        if sale_line and (self.display_type != 'product' or self.product_id != sale_line.product_id):
            raise UserError(self.env._(
                "%(document)s invoices %(product)s for %(order)s, which sold %(sold)s for members there. Delete the"
                " line and invoice the order again.",
                document=document, product=self.product_id.display_name or self.name or "-",
                order=sale_line.order_id.name, sold=sale_line.product_id.display_name,
            ))
        # What was invoiced to somebody is credited to the same, whoever the order names by now.
        origin = self.coop_corrected_line_id.move_id.sudo()  # sudo: only whom it was for
        if not origin and self.move_id.move_type == 'out_refund':
            origin = self.move_id.reversed_entry_id.sudo()  # sudo: see above
        order = sale_line.order_id
        customers = (origin.partner_id or order.partner_invoice_id | order.partner_id).commercial_partner_id
        if sale_line and self.move_id.partner_id.commercial_partner_id not in customers:
            raise UserError(self.env._(
                "%(document)s is for %(partner)s, but %(order)s sold members' goods to %(customer)s. Set the customer"
                " back, or change the invoice address on the order.",
                document=document, partner=self.move_id.partner_id.display_name, order=order.name,
                customer=customers[:1].display_name,
            ))

    def _coop_check_sold_account(self):
        """Refuse accounts that the settlement must not debit when it pays the members.

        That is every account but clearing and, on principal basis, revenue that the cooperative keeps for nothing else.
        What is taken back, or corrected, may go where the sale was booked.
        """
        self.ensure_one()
        company = self.company_id
        clearing = company._get_coop_account('clearing')
        is_principal = company.coop_consignment_basis == 'principal'
        account = self.account_id
        if account == clearing or (
            is_principal and account.internal_group == 'income' and not account._coop_filter_kept(company)
        ):
            return
        if self.balance > 0 or self.coop_corrected_line_id:
            # sudo: only where the same sale was booked before
            before = self.sudo().sale_line_ids.invoice_lines.filtered(lambda line: line.move_id.state == 'posted')
            if account in before.account_id:
                return
        values = {
            'document': self.move_id.display_name, 'product': self.product_id.display_name,
            'account': account.display_name, 'clearing': clearing.display_name,
        }
        if is_principal:
            raise UserError(self.env._(
                "%(document)s books %(product)s, which is sold for members, on %(account)s. Choose an income account"
                " that the cooperative keeps for nothing else, or %(clearing)s.", **values,
            ))
        raise UserError(self.env._(
            "%(document)s books %(product)s, which is sold for members, on %(account)s. Choose %(clearing)s as the"
            " account of the line: from there the members are paid.", **values,
        ))
