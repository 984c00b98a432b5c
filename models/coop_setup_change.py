from odoo import api, fields, models


class CoopSetupChange(models.Model):
    """What stood before a step of the set-up was taken, so that the step can be taken back."""
    _name = 'coop.setup.change'
    _description = "Step of the Set-Up"
    _rec_name = 'key'

    company_id = fields.Many2one(comodel_name='res.company', required=True, readonly=True, ondelete='cascade')
    key = fields.Char(required=True, readonly=True, export_string_translation=False)
    before = fields.Json(readonly=True, export_string_translation=False)

    _key_uniq = models.Constraint('UNIQUE (company_id, key)', "A step of the set-up is noted once for each company.")

    # === BUSINESS METHODS === #

    @api.model
    def _remember(self, company, key, before):
        """Note what stands now, unless an earlier time the step was taken is noted: undoing leads back to before it."""
        # sudo: the program's own note of what stood there; nobody writes it by hand, and only an undo reads it
        if not self._find(company, key):
            self.sudo().create({'company_id': company.id, 'key': key, 'before': before})

    @api.model
    def _add(self, company, key, name, value):
        """Add something that a step made to the list of this name in its note."""
        self._remember(company, key, {})
        change = self._find(company, key)
        before = change.before or {}
        change.before = {**before, name: [*before.get(name, []), value]}

    @api.model
    def _find(self, company, key):
        # sudo: see _remember
        return self.sudo().search([('company_id', '=', company.id), ('key', '=', key)])
