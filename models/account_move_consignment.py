from odoo import api, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """Invoices of consigned goods, and the bills of settlements."""
    _inherit = 'account.move'

    def _coop_get_term_account(self):
        if self.coop_source_model == 'coop.settlement' and self.is_purchase_document():
            return self.company_id._get_coop_account('proceeds')
        return super()._coop_get_term_account()

    @api.model
    def _coop_name_owners(self):
        """Name settlements and accruals as the owners of entries that were posted before entries named any."""
        for model, names in (
            ('coop.settlement', (
                'move_id', 'set_off_move_id', 'reversal_move_id', 'set_off_reversal_move_id', 'commission_move_id',
                'commission_reversal_move_id',
            )),
            ('coop.commission.accrual', ('move_id', 'reversal_move_id')),
        ):
            for name in names:
                documents = self.env[model].search([
                    (name, '!=', False), (f'{name}.coop_source_id', 'in', [0, False]),
                ])
                for document in documents:
                    document[name].write({'coop_source_model': model, 'coop_source_id': document.id})

    def _reverse_moves(self, default_values_list=None, cancel=False):
        # A credit note of a settlement's bill would undo it as well, bit by bit.
        self.filtered(lambda move: move.coop_source_model == 'coop.settlement')._check_not_owned()
        return super()._reverse_moves(default_values_list=default_values_list, cancel=cancel)

    def _post(self, soft=True):
        self._coop_check_consigned_lines()
        return super()._post(soft=soft)

    def _coop_check_consigned_lines(self):
        """Refuse invoices of consigned goods that come from no sales order: nobody would ever be paid for them.

        :raises UserError: naming the document and the product.
        :raises RedirectWarning: when the cooperative has no clearing account yet.
        """
        sales = self.filtered(lambda move: move.is_sale_document(include_receipts=True))
        for move in sales.filtered('company_id.coop_is_cooperative'):
            lines = move.invoice_line_ids.filtered(
                lambda line: line.display_type == 'product' and line.product_id.coop_consigned,
            )
            if lines:
                move.company_id._get_coop_account('clearing')
            for line in lines:
                if not move._coop_is_line_sold(line):
                    raise UserError(self.env._(
                        "%(product)s is sold for members. %(document)s must come from a sales order (or, for a credit"
                        " note, from the invoice that it corrects), so that the owners get their money.",
                        product=line.product_id.display_name, document=move.display_name,
                    ))

    def _coop_is_line_sold(self, line):
        """Whether an invoice line of consigned goods comes from a sale; for a room that sells otherwise to override."""
        return bool(line.sudo().sale_line_ids)  # sudo: accountants without sales rights post invoices
