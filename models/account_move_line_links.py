from odoo import api, models
from odoo.exceptions import UserError


class AccountMoveLine(models.Model):
    """Which sale a posted line belongs to decides which member is paid for it: it stays as it was posted."""
    _inherit = 'account.move.line'

    # === CRUD METHODS === #

    def write(self, vals):
        if 'sale_line_ids' not in vals or self.env.su:
            return super().write(vals)
        # sudo: accountants see no sales; only whose goods were sold
        before = {line: line.sudo().sale_line_ids for line in self if line.sudo().move_id.state == 'posted'}
        res = super().write(vals)
        for line, sale_lines in before.items():
            if line.sudo().sale_line_ids != sale_lines:  # sudo: see above
                line._coop_check_not_linked(sale_lines | line.sudo().sale_line_ids)
        return res

    # === BUSINESS METHODS === #

    def _coop_check_not_linked(self, sale_lines):
        """Refuse to take these posted lines from, or give them to, sales of members' goods.

        :raises UserError: naming the invoice, when the goods are members' or a document of ours owns the entry.
        """
        for line in self.sudo():  # sudo: whoever writes on the sale or the invoice; only what was sold is read
            if line.company_id.coop_is_cooperative:
                line.with_env(self.env).move_id._check_not_owned()
                if (line.product_id | sale_lines.sudo().product_id).filtered('coop_consigned'):
                    raise UserError(self.env._(
                        "%(invoice)s is posted, and decides which members are paid for which sale. Correct it by a"
                        " credit note and another invoice from the right order.", invoice=line.move_id.display_name,
                    ))


class SaleOrderLine(models.Model):
    """The same, from the side of the sale."""
    _inherit = 'sale.order.line'

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if not self.env.su:
            for line, vals in zip(lines, vals_list, strict=True):
                if vals.get('invoice_lines'):
                    line._coop_check_invoice_lines(line.invoice_lines)
        return lines

    def write(self, vals):
        if 'invoice_lines' not in vals or self.env.su:
            return super().write(vals)
        before = {line: line.sudo().invoice_lines for line in self}  # sudo: only compared
        res = super().write(vals)
        for line, items in before.items():
            now = line.sudo().invoice_lines  # sudo: only compared
            line._coop_check_invoice_lines((items | now) - (items & now))
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_invoiced_for_members(self):
        for line in self.filtered('product_id.coop_consigned'):
            line._coop_check_invoice_lines(line.sudo().invoice_lines)  # sudo: only whether they are posted

    # === BUSINESS METHODS === #

    def _coop_check_invoice_lines(self, items):
        posted = items.sudo().filtered(lambda item: item.move_id.state == 'posted')  # sudo: see above
        posted.with_env(self.env)._coop_check_not_linked(self)
