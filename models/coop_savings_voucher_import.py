from odoo import api, fields, models


class CoopSavingsVoucher(models.Model):
    """Bringing in the capital that members had before."""
    _inherit = 'coop.savings.voucher'

    # === IMPORT === #

    @api.model
    def get_import_templates(self):
        return [{
            'label': self.env._("Import Template for Opening Capital"),
            'template': '/producer_cooperative/import_template/coop.savings.voucher',
        }]

    @api.model
    def _get_import_template(self):
        """Return ``(name, headers, rows)`` of the file to fill in: one voucher, one row per member and savings type."""
        Line = self.env['coop.savings.voucher.line']
        lines = self._fields['line_ids']._description_string(self.env)

        def label(name, model=self):
            return model._fields[name]._description_string(self.env)

        headers = [
            (label('direction'), 'text', 16), (label('date'), 'date', 12),
            (f"{lines}/{label('membership_id', Line)}", 'text', 20), (f"{lines}/{label('type_id', Line)}", 'text', 24),
            (f"{lines}/{label('amount', Line)}", 'amount', 16),
        ]
        day = fields.Date.start_of(fields.Date.context_today(self), 'year')
        kind = dict(self._fields['direction']._description_selection(self.env))['opening']
        types = self.env['coop.savings.type'].search([('company_id', '=', self.env.company.id)]).mapped('name') or ['']
        amounts = [
            ('00001', types[0], 100_000), ('00001', types[-2:][0], 1_240_000), ('00001', types[-1], 250_000),
            ('00003', types[0], 100_000), ('00003', types[-2:][0], 980_000),
        ]
        rows = [
            [kind if not index else '', day if not index else None, *amount] for index, amount in enumerate(amounts)
        ]
        return self.env._("Opening Capital"), headers, rows
