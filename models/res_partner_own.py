from odoo import models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    """What members may not change about themselves, by their own pages or past them: how the register calls them."""
    _inherit = 'res.partner'

    # === CRUD METHODS === #

    def write(self, vals):
        if not vals.get('active', True):
            # Beforehand: where a member closes the own account, Odoo goes on after a refusal with what is written.
            self._coop_check_may_be_archived()
        if {'name', 'company_name'} & vals.keys() and not self.env.user._is_internal():
            self._coop_check_keeps_name(vals)
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _coop_is_registered(self):
        """Return whether the contact stands in a register of members, or has applied."""
        return bool(self.sudo().coop_membership_ids)  # sudo: whether there is one, of any company

    def _coop_check_keeps_name(self, values):
        """Refuse to give a registered member another name.

        :raises UserError: saying who changes it.
        """
        for partner in self.filtered(lambda partner: partner._coop_is_registered()):
            if partner._coop_get_changed_names(values):
                raise UserError(partner._coop_get_name_problem())

    def _coop_get_changed_names(self, values):
        """Return which of the fields that make up the name get another content."""
        self.ensure_one()
        return {
            name for name, kept in (
                ('name', (self.name,)), ('company_name', (self.company_name, self.commercial_company_name)),
            ) if name in values and (values[name] or "").strip() not in {(text or "").strip() for text in kept}
        }

    def _coop_get_name_problem(self):
        return self.env._(
            "Your name stands in the register of members and on all papers. Ask at the counter if it has to be"
            " changed: an officer does that.",
        )
