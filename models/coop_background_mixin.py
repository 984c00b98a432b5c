import logging
import time

from odoo import fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

#: How often a step starts over when somebody else was in the way, before it is left to the next turn of the schedule.
ATTEMPTS = 5


class CoopBackgroundMixin(models.AbstractModel):
    """Long work that the schedule goes on with step by step, each kept at once, in the name of whoever started it."""
    _name = 'coop.background.mixin'
    _description = "Work in the Background"

    #: Who may do the work; one of these groups is enough.
    _starter_roles: tuple[str, ...] = ()

    starter_id = fields.Many2one(
        comodel_name='res.users', string="Started By", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict',
    )

    # === BUSINESS METHODS === #

    def _as_starter(self):
        """Return the record for the user who started the work, in whose name everything is done."""
        self.ensure_one()
        starter = self.starter_id
        return self.with_user(starter).with_company(self.company_id).with_context(
            lang=starter.lang, tz=starter.tz, allowed_company_ids=self.company_id.ids,
        )

    def _starter_may_go_on(self):
        """Whether the user who started the work may still do it, here."""
        self.ensure_one()
        starter = self.starter_id
        return starter._is_superuser() or (
            starter.active and self.company_id in starter.company_ids
            and any(starter.has_group(role) for role in self._starter_roles)
        )

    def _stop_without_starter(self):
        """Stop the work of somebody who may not do it any more, and say so; others' work is not held up by it."""
        self.ensure_one()
        self._queue_up()
        starter = self.with_context(lang=self.starter_id.lang)
        starter._interrupt(starter.env._(
            "%s started this and may not do it any more. Whoever may can go on with it.", self.starter_id.name,
        ))

    def _interrupt(self, reason):
        """Stop until somebody goes on; for a model without the state "stopped", it must override this method."""
        self.ensure_one()
        self._update_state('stopped')
        self.message_post(body=reason)

    def _start_over_on_conflict(self, step):
        """Take a step; whoever else works on the same records at this moment makes it start over.

        :param step: a function without arguments that does a piece of the work.
        :return: what the step returns; 0 when others were in the way every time.
        """
        self.ensure_one()
        for attempt in range(ATTEMPTS):
            try:
                result = step()
                self.env.flush_all()
                self.env.invalidate_all()
                return result
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
                self.env.invalidate_all()
                time.sleep(0.1 * 2 ** attempt)
        _logger.info("%s goes on later: somebody else is working on the same records", self)
        return 0
