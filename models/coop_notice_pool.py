import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)


class CoopPool(models.Model):
    """Members are reminded of a round's deadline, and told when it moves or the round is cancelled."""
    _inherit = 'coop.pool'

    _notices = {'distributed': 'pool_charged', 'cancelled': 'pool_cancelled'}

    # === BUSINESS METHODS === #

    @api.model
    def _cron_remind_of_deadlines(self):
        """Write down that members are to be told of deadlines that are near, each member once for each deadline.

        A round that cannot be told of holds up no other.
        """
        now = fields.Datetime.now()
        for company in self.env['res.company'].sudo().search([('coop_is_cooperative', '=', True)]):  # sudo: all of them
            if self.env['coop.notice.kind']._get_channel('pool_deadline', company) == 'off':
                continue
            near = now + timedelta(days=company.coop_deadline_days)
            # sudo: which rounds end soon; the schedule tells the members
            for pool in self.sudo().search([
                ('company_id', '=', company.id), ('state', '=', 'open'), ('date_cutoff', '>', now),
                ('date_cutoff', '<=', near),
            ]):
                try:
                    with self.env.cr.savepoint():
                        pool._queue_notices('pool_deadline', pool._get_occasion())
                except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                    raise
                except Exception:  # pylint: disable=broad-exception-caught; the next hour tries again
                    _logger.exception("Members cannot be reminded of %s", pool.name)

    def _get_occasion(self):
        self.ensure_one()
        return fields.Datetime.to_string(self.date_cutoff) if self.date_cutoff else '-'

    def _extend(self, date_cutoff, reason):
        """Tell those who were told of another deadline, or have asked for something."""
        super()._extend(date_cutoff, reason)
        for pool in self:
            pool._queue_notices('pool_moved', pool._get_occasion())

    def _get_notice_members(self, key):
        """Every active member is reminded; of what changes, those who were told of the round or take part in it."""
        self.ensure_one()
        Membership = self.env['coop.membership']
        if key == 'pool_deadline':
            return Membership.search([('company_id', '=', self.company_id.id), ('state', '=', 'active')])
        told = self.env['coop.notice'].search([('res_model', '=', self._name), ('res_id', '=', self.id)])
        asked = self.request_ids.filtered(lambda request: request.quantity or request.tolerance)
        return told.membership_id | asked.membership_id

    def _get_notice_rows(self, membership, key):
        """Return the deadline and what this member asked for so far."""
        self.ensure_one()
        _ = self.env._
        rows = []
        if key != 'pool_cancelled' and self.date_cutoff:
            rows.append((_("Requests until"), self._format_cutoff()))
        own = self._search_of_member('request_ids', membership).filtered('quantity')
        rows += [(request.product_id.display_name, request.uom_id._coop_format(request.quantity)) for request in own]
        if not own and key != 'pool_cancelled':
            rows.append((_("Your requests"), _("none yet")))
        return rows

    def _get_notice_date(self):
        self.ensure_one()
        return self._format_cutoff() if self.date_cutoff else ""
