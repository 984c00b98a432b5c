from odoo import api, models


class CoopPoolRequest(models.Model):
    """Requests after the order: withdrawn with the share, or made for goods that are offered again."""
    _inherit = 'coop.pool.request'

    # === BUSINESS METHODS === #

    def _withdraw_late(self, reason):
        """Let these requests count no more after the order, and say why in the chatter; the caller checks who may."""
        for request in self.filtered(lambda request: request.quantity or request.tolerance):
            quantity = request.line_id._format(request.quantity)
            request._set_withdrawn(reason)
            request.pool_id.message_post(body=self.env._(
                "%(request)s: %(quantity)s %(unit)s withdrawn. %(reason)s", request=request.display_name,
                quantity=request.line_id._format(quantity), unit=request.uom_id.name, reason=reason,
            ))
        self._update_rows()

    @api.model
    def _get_or_create_for_offer(self, line, membership):
        """Return the member's request for a product, an empty one where goods are offered after the distribution."""
        request = line.request_ids.filtered(lambda request: request.membership_id == membership)
        if request:
            return request
        # sudo: the pool's own change after the closing; the access to the pool was checked
        return self.sudo()._as_checked().create({
            'line_id': line.id, 'membership_id': membership.id, 'quantity': 0.0,
        })
