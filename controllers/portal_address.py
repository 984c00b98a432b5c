from odoo.http import request

from odoo.addons.producer_cooperative.controllers.portal import CooperativePortal


class CooperativeAddressPortal(CooperativePortal):
    """The page where members say how to reach them; what the register calls them is not theirs to change."""

    def _validate_address_values(self, address_values, partner_sudo, *args, **kwargs):
        invalid, missing, messages = super()._validate_address_values(address_values, partner_sudo, *args, **kwargs)
        changed = partner_sudo._coop_get_changed_names(address_values) if partner_sudo else set()
        if partner_sudo != partner_sudo.commercial_partner_id:
            changed -= {'name'}  # a contact of a member has a name of its own
        if changed and partner_sudo.commercial_partner_id._coop_is_registered():
            invalid |= changed
            messages.append(request.env['res.partner']._coop_get_name_problem())
        return invalid, missing, messages
