from odoo import api, fields, models
from odoo.exceptions import UserError


class CoopNumberedMixin(models.AbstractModel):
    """A document that is numbered without gaps by the day that it bears, and stays once it has its number.

    A document has a ``date`` of its own, and names its prefix in ``_number_prefix``.
    """
    _name = 'coop.numbered.mixin'
    _inherit = ['coop.document.mixin']
    _description = "Numbered Document"

    #: Prefix of the company's sequence, which has the code of the model, e.g. ``TTB/%(range_year)s/``.
    _number_prefix: str

    name = fields.Char(string="Number", readonly=True, copy=False, index='trigram', default="")
    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, readonly=True, default=lambda self: self.env.company,
    )
    cancel_reason = fields.Char(string="Reason for Cancelling", readonly=True, copy=False, tracking=True)

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_numbered(self):
        numbered = self.filtered('name')
        if numbered:
            raise UserError(self.env._("%s has a number and stays; cancel it instead.", numbered[0].display_name))

    # === BUSINESS METHODS === #

    def _draw_number(self):
        """Return the number of the document; the next one of the company when it has none yet."""
        self.ensure_one()
        return self.name or self.company_id._next_coop_number(
            self._name, self._number_prefix, date=self.date, gapless=True,
        )
