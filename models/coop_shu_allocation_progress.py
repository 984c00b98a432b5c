import logging

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

#: States in which an allocation works by itself, step by step, until it reaches the next one.
RUNNING_STATES = ('computing', 'posting', 'cancelling')
#: Up to this many members, everything is done at once while the user waits.
AT_ONCE = 500


class CoopShuAllocation(models.Model):
    """Working in steps that are kept: computing, posting and cancelling go on where they were interrupted."""
    _inherit = 'coop.shu.allocation'

    steps_done = fields.Integer(readonly=True, copy=False, export_string_translation=False)
    steps_total = fields.Integer(readonly=True, copy=False, export_string_translation=False)
    progress = fields.Float(compute='_compute_progress', help="How much of the work is done, in per cent.")
    progress_text = fields.Char(string="At Work On", compute='_compute_progress')
    in_background = fields.Boolean(readonly=True, copy=False, export_string_translation=False)
    is_paused = fields.Boolean(
        string="Stopped", readonly=True, copy=False,
        help="Somebody stopped it, or something has to be dealt with first.",
    )
    problem = fields.Text(readonly=True, copy=False, help="What stopped the work that went on in the background.")

    # === COMPUTE METHODS === #

    @api.depends('state', 'steps_done', 'steps_total')
    def _compute_progress(self):
        for allocation in self:
            total = allocation.steps_total
            allocation.progress = 100.0 * min(allocation.steps_done, total) / total if total else 0.0
            allocation.progress_text = allocation._get_progress_text() if allocation.state in RUNNING_STATES else False

    def _get_progress_text(self):
        """Return in words what the step at hand does."""
        self.ensure_one()
        done, total = self.steps_done, self.steps_total
        if self.state == 'computing':
            shares = self.share_ids.filtered(lambda share: share._is_for_members())
            if not done:
                return self.env._("Reading the ledger and finding the members who take part")
            if done <= len(shares):
                return self.env._("Sharing out “%s”", shares[done - 1].name)
            return self.env._("Adding up and comparing with the books")
        if self.state == 'posting':
            return self.env._("Entry %(number)s of %(total)s", number=min(done + 1, total), total=total)
        return self.env._("Reversal %(number)s of %(total)s", number=min(done + 1, total), total=total)

    # === ACTIONS === #

    def action_stop(self):
        """Stop after the step at hand: a computation starts anew the next time, what is booked stays booked.

        :raises UserError: for anybody but the accountant, or when nothing is going on.
        """
        for allocation in self:
            allocation._check_may_direct()
            # sudo: the accountant was checked above; see _check_only_entered
            if allocation.state == 'computing':
                allocation.sudo()._update_state('draft', is_paused=False, problem=False)
            else:
                allocation.sudo().is_paused = True

    def action_go_on(self):
        """Go on with what was stopped or interrupted.

        :raises UserError: for anybody but the accountant, or when nothing is left to go on with.
        """
        for allocation in self:
            allocation._check_may_direct()
            # sudo: the accountant was checked above; see _check_only_entered
            allocation.sudo().write({'is_paused': False, 'problem': False, 'starter_id': self.env.uid})
        self._wake_schedule()

    def _check_may_direct(self):
        self.ensure_one()
        self._check_user_is('producer_cooperative.group_coop_accountant')
        self._queue_up()
        self.invalidate_recordset(['state'])
        if self.state not in RUNNING_STATES:
            raise UserError(self.env._(
                "%s is not at work: there is nothing to stop or to go on with.", self.display_name,
            ))

    # === BUSINESS METHODS - STARTING === #

    def _start(self, state, steps, members, **values):
        """Begin to work through the steps of ``state``.

        For few members, all is done at once, and whatever is refused is undone altogether. For many, the schedule goes
        on in the background, one transaction per step.

        :param int steps: how many there are, as far as known.
        :param int members: how many members there is something to do for.
        """
        self.ensure_one()
        in_background = members > AT_ONCE
        self._update_state(state, **{
            'starter_id': self.env.uid, 'steps_done': 0, 'steps_total': steps, 'is_paused': False, 'problem': False,
            'in_background': in_background, **values,
        })
        if in_background:
            self._wake_schedule()
        while self.state == state and not in_background:
            self._take_step()

    @api.model
    def _wake_schedule(self):
        # sudo: wakes the schedule that goes on with allocations
        self.env.ref('producer_cooperative.coop_shu_allocation_cron').sudo()._trigger()

    # === BUSINESS METHODS - SCHEDULE === #

    @api.model
    def _cron_go_on(self):
        """Go on with every allocation that is at work, until it is done, somebody stops it, or the time is up."""
        allocations = self.search([('state', 'in', RUNNING_STATES), ('is_paused', '=', False)], order='id')
        cron = self.env['ir.cron']
        cron._commit_progress(remaining=sum(max(a.steps_total - a.steps_done, 0) for a in allocations))
        for allocation in allocations:
            if not allocation._starter_may_go_on():
                allocation._stop_without_starter()
                cron._commit_progress()
                continue
            allocation = allocation._as_starter()
            while allocation._go_on():
                if not cron._commit_progress(1):
                    return
            cron._commit_progress()

    def _as_starter(self):
        # sudo: what this user may do was checked when the work was started; see _check_only_entered
        return super()._as_starter().sudo()

    def _interrupt(self, reason):
        self.sudo()._give_up(reason)  # sudo: see _as_starter

    def _go_on(self):
        """Take the next step; what is refused stops the work and is said on the allocation.

        Whoever else works on the allocation at this moment makes the step start over.

        :return: whether there may be another step.
        """
        return self._start_over_on_conflict(self._go_on_once)

    def _go_on_once(self):
        self._queue_up()
        self.invalidate_recordset()
        if self.state not in RUNNING_STATES or self.is_paused:
            return False
        self._take_step_safely()
        return True

    def _take_step(self):
        """Do the next piece of work of the state that the allocation is in, and count it."""
        self.ensure_one()
        self.steps_done += getattr(self, f'_take_step_{self.state}')()

    def _take_step_safely(self):
        try:
            with self.env.cr.savepoint():
                self._take_step()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except (UserError, RedirectWarning) as error:
            self._give_up(error.args[0])
        except Exception:  # pylint: disable=broad-exception-caught; said to the user, who cannot see the log
            _logger.exception("SHU allocation %s cannot go on", self.id)
            self._give_up(self.env._("Something went wrong that is not known beforehand. Try again, or ask for help."))

    def _give_up(self, problem):
        """Say what is in the way. A computation starts anew the next time; what is booked stays and can go on."""
        self.ensure_one()
        self.invalidate_recordset()
        if self.state == 'computing':
            self._update_state('draft', problem=problem)
        else:
            self.write({'is_paused': True, 'problem': problem})
        self.message_post(body=self.env._("Stopped: %s", problem))
