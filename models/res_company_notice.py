from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    coop_deadline_days = fields.Integer(
        string="Remind of Deadlines (Days Before)", default=2,
        help="How many days before the deadline of a pooled purchase its members are reminded.",
    )

    # === BUSINESS METHODS === #

    def _coop_get_language(self):
        """Return the language in which the cooperative's people read what is noted for them."""
        self.ensure_one()
        lang = self.sudo().partner_id.lang  # sudo: the language of the own company
        return lang if lang in dict(self.env['res.lang'].get_installed()) else self.env.lang or 'en_US'

    def _coop_writes_to_members(self):
        """Whether messages leave for real addresses. For a company that only practises, this must be overridden."""
        self.ensure_one()
        return True
