from odoo import models
from odoo.fields import Command


class CoopSelfBilledMixin(models.AbstractModel):
    """A document of the cooperative's own for which it bills itself in a member's name."""
    _name = 'coop.self.billed.mixin'
    _description = "Self-Billed Document"

    # === BUSINESS METHODS === #

    def _prepare_self_billed_values(self, lines, **values):
        """Return the values of the vendor bill: paid at once, of the document's day, partner and number.

        :param lines: the values of the bill's lines.
        :param values: what else the bill says.
        """
        self.ensure_one()
        return {
            'move_type': 'in_invoice',
            'journal_id': self.company_id._get_coop_journal('coop_settlement_journal_id').id,
            'company_id': self.company_id.id,
            'currency_id': self.currency_id.id,
            'partner_id': self.partner_id.id,
            'invoice_date': self.date,
            'date': self.date,
            'ref': self.name,
            'invoice_payment_term_id': False,
            'fiscal_position_id': False,
            'coop_source_model': self._name,
            'coop_source_id': self.id,
            'invoice_line_ids': [Command.create(line) for line in lines],
            **values,
        }
