import logging
from datetime import datetime, time, timedelta

import pytz
from babel.dates import format_timedelta

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import babel_locale_parse, format_datetime

_logger = logging.getLogger(__name__)

#: The hour of the day, where the cooperative is, at which requests end unless somebody says otherwise.
CLOSING_HOUR = 17
DURATION_DAYS = 7


class CoopPool(models.Model):
    """Until when a pool takes requests, and what happens then by itself."""
    _inherit = 'coop.pool'

    date_cutoff = fields.Datetime(
        string="Requests Until", copy=False, tracking=True, default=lambda self: self._get_cutoff(DURATION_DAYS),
        help="The moment up to which requests are taken. Empty: until somebody closes the pool.",
    )
    duration_days = fields.Integer(
        string="Open For (Days)", default=DURATION_DAYS,
        help="How long a new round from this one takes requests, unless another deadline is given.",
    )
    cutoff_action = fields.Selection(
        selection=[
            ('close', "Close"), ('minimum', "Close If Every Minimum Is Met"),
            ('extend', "Close, or Extend Until the Minimum Is Met"), ('remind', "Only Remind the Responsible"),
        ],
        string="At the Deadline", default='close', required=True, tracking=True,
        help="What the system does when the deadline has passed. A minimum is met when the vendors would deliver every"
             " product that somebody asked for. Whatever cannot be done becomes an activity of the responsible.",
    )
    extension_days = fields.Integer(
        string="Extend By (Days)", default=3, help="How much longer requests are taken when a minimum is not met.",
    )
    extension_limit = fields.Integer(
        string="Extend at Most (Times)", default=1,
        help="How often the deadline moves by itself; then somebody decides.",
    )
    extension_count = fields.Integer(string="Extended (Times)", readonly=True, copy=False)
    is_cutoff_handled = fields.Boolean(
        string="Deadline Dealt With", readonly=True, copy=False, export_string_translation=False,
    )
    is_overdue = fields.Boolean(
        string="Deadline Passed", compute='_compute_is_overdue', search='_search_is_overdue',
        help="The pool is open and its deadline has passed: requests are not taken any more, and somebody decides.",
    )

    time_left = fields.Char(compute='_compute_time_left', help="Until the deadline of an open pool.")

    _extension_positive = models.Constraint(
        'CHECK (extension_days > 0 AND extension_limit >= 0 AND duration_days > 0)',
        "A deadline moves by at least one day, and a round is open for at least one day.",
    )

    # === COMPUTE METHODS === #

    @api.depends('state', 'date_cutoff')
    def _compute_is_overdue(self):
        for pool in self:
            pool.is_overdue = pool.state == 'open' and pool._is_past_cutoff()

    @api.depends('state', 'date_cutoff')
    @api.depends_context('lang')
    def _compute_time_left(self):
        locale = babel_locale_parse(self.env.lang)
        for pool in self:
            runs = pool.state == 'open' and pool.date_cutoff and not pool._is_past_cutoff()
            left = pool.date_cutoff - fields.Datetime.now() if runs else timedelta()
            pool.time_left = runs and self.env._("%s left", format_timedelta(left, threshold=2, locale=locale))

    def _search_is_overdue(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return Domain('state', '=', 'open') & Domain('date_cutoff', '<', fields.Datetime.now())

    # === CRUD METHODS === #

    def write(self, vals):
        res = super().write(vals)
        if {'date_cutoff', 'cutoff_action'} & vals.keys():
            # sudo: a new deadline is dealt with anew, whoever sets it
            self.sudo().filtered('is_cutoff_handled').is_cutoff_handled = False
        return res

    # === ACTIONS === #

    def action_extend(self):
        """Ask until when requests are taken, and why the deadline moves."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Extend %s", self.display_name),
            'res_model': 'coop.pool.extend',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_pool_id': self.id},
        }

    # === BUSINESS METHODS - TIME === #

    @api.model
    def _get_cutoff(self, days):
        """Return the moment that many days from today at which requests end, in UTC."""
        timezone = pytz.timezone(self._get_timezone())
        today = pytz.utc.localize(fields.Datetime.now()).astimezone(timezone).date()
        local = timezone.localize(datetime.combine(today + timedelta(days=days), time(CLOSING_HOUR)))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    def _get_extended_cutoff(self):
        """Return the deadline that is the usual extension later: counted from the present one, or from today."""
        self.ensure_one()
        if self.date_cutoff and not self._is_past_cutoff():
            return self.date_cutoff + timedelta(days=self.extension_days)
        return self._get_cutoff(self.extension_days)

    def _get_timezone(self):
        """Return the time zone that deadlines are said in: the user's, the responsible's, or that of the country."""
        company = self.company_id or self.env.company
        users = self.env.user | self.user_id
        zones = [self.env.context.get('tz'), *users.sudo().mapped('tz'), company.partner_id.tz]  # sudo: time zones only
        return next(filter(None, zones), 'Asia/Jakarta' if company.country_id.code == 'ID' else 'UTC')

    def _format_cutoff(self):
        self.ensure_one()
        return format_datetime(self.env, self.date_cutoff, tz=self._get_timezone(), dt_format='short')

    def _is_past_cutoff(self):
        """Whether the deadline has passed; at the very moment of it requests are still taken."""
        self.ensure_one()
        return bool(self.date_cutoff and self.date_cutoff < fields.Datetime.now())

    # === BUSINESS METHODS - DEADLINE === #

    def _opening_error_message(self):
        message = super()._opening_error_message()
        if message or not self._is_past_cutoff():
            return message
        return self.env._(
            "The deadline of %(pool)s, %(date)s, has passed. Set a new one, or leave it empty.",
            pool=self.display_name, date=self._format_cutoff(),
        )

    def _check_takes_requests(self):
        """Refuse requests outside the time in which the pools take them; queue up first.

        :raises UserError: naming the pool, and its state or its deadline, and what can be done.
        """
        labels = dict(self._fields['state']._description_selection(self.env))
        for pool in self:
            if pool.state != 'open':
                raise UserError(self.env._(
                    "%(pool)s is %(state)s. Requests are made and changed only while a pool is open.",
                    pool=pool.display_name, state=labels[pool.state],
                ))
            if pool._is_past_cutoff():
                raise UserError(self.env._(
                    "%(pool)s took requests until %(date)s only. Extend its deadline, or wait for the next round.",
                    pool=pool.display_name, date=pool._format_cutoff(),
                ))

    def _extend(self, date_cutoff, reason):
        """Move the deadline of open pools and say why in the chatter.

        :param date_cutoff: the new deadline, in UTC.
        :raises UserError: when a pool is not open, or the new deadline is not later.
        """
        self.check_access('write')
        self._queue_up()
        for pool in self:
            if pool.state != 'open':
                raise UserError(self.env._("%s is not open: its deadline does not move.", pool.display_name))
            if date_cutoff <= max(pool.date_cutoff or datetime.min, fields.Datetime.now()):
                raise UserError(self.env._("The new deadline must be later than the old one and than now."))
            pool.sudo().date_cutoff = date_cutoff  # sudo: the right to it was checked, and the reason is said below
            pool.activity_unlink(['mail.mail_activity_data_todo'])
            pool.message_post(body=self.env._(
                "Requests are taken until %(date)s. %(reason)s", date=pool._format_cutoff(), reason=reason,
            ))

    def _extend_after_reopening(self):
        """Give pools that are open again past their deadline a new one."""
        for pool in self:
            pool._extend(pool._get_extended_cutoff(), self.env._("The pool was reopened."))

    # === BUSINESS METHODS - SCHEDULE === #

    @api.model
    def _cron_close_due_pools(self):
        """Deal with the pools whose deadline has passed, each in a transaction of its own.

        A pool that cannot be closed becomes an activity of its responsible and does not hold up the others.
        """
        pools = self.search(self._get_due_domain(), order='date_cutoff, id')
        cron = self.env['ir.cron']
        cron._commit_progress(remaining=len(pools))
        for pool in pools:
            pool._deal_with_cutoff_safely()
            if not cron._commit_progress(1):
                break

    @api.model
    def _get_due_domain(self):
        return (
            Domain('state', '=', 'open') & Domain('date_cutoff', '<', fields.Datetime.now())
            & Domain('is_cutoff_handled', '=', False)
        )

    def _deal_with_cutoff_safely(self):
        """Deal with one pool; what goes wrong is undone, and said in its chatter."""
        self.ensure_one()
        responsible = self.user_id
        pool = self.with_company(self.company_id).with_context(
            lang=responsible.lang or self.company_id.partner_id.lang, tz=responsible.tz,
        )
        try:
            with self.env.cr.savepoint():
                pool._deal_with_cutoff()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            # Somebody entered a request at this very moment; the next run sees it.
            self.env.cr.rollback()
            self.env.ref('producer_cooperative.coop_pool_cron_close').sudo()._trigger()
        except (UserError, RedirectWarning) as error:
            pool._ask_responsible(error.args[0])
        except Exception:  # pylint: disable=broad-exception-caught; one broken pool must not hold up the others
            _logger.exception("%s could not be closed", pool.name)
            pool._ask_responsible(self.env._("It could not be closed by itself. Close it by hand."))

    def _deal_with_cutoff(self):
        """Close the pool, extend it, or leave it to the responsible, as it was set."""
        self.ensure_one()
        self._queue_up()
        if not self.filtered_domain(self._get_due_domain()):
            return
        if self.cutoff_action == 'remind':
            self._ask_responsible(self.env._("The deadline has passed. Close the pool, or extend it."))
        elif self.cutoff_action != 'close' and not self._is_minimum_met():
            self._deal_with_missing_minimum()
        else:
            self.action_close()
            self.message_post(body=self.env._("Closed by itself at the deadline of %s.", self._format_cutoff()))

    def _deal_with_missing_minimum(self):
        self.ensure_one()
        missing = self._explain_missing_minimum()
        if self.cutoff_action == 'extend' and self.extension_count < self.extension_limit:
            self._extend(self._get_extended_cutoff(), missing)
            self.sudo().extension_count += 1  # sudo: counted here only
        else:
            self._ask_responsible(self.env._("%s Close the pool all the same, extend it, or cancel it.", missing))

    def _is_minimum_met(self):
        """Whether the vendors would deliver every product that somebody asked for, and there is one."""
        self.ensure_one()
        begun = self.line_ids.filtered(lambda line: line.uom_id.compare(line.quantity_requested, 0.0) > 0)
        return bool(begun) and all(line.uom_id.compare(line.missing_to_minimum, 0.0) <= 0 for line in begun)

    def _explain_missing_minimum(self):
        self.ensure_one()
        if self._is_empty():
            return self.env._("Nobody has asked for anything.")
        short = self.line_ids.filtered(lambda line: line.uom_id.compare(line.missing_to_minimum, 0.0) > 0)
        return self.env._("The vendor's minimum is not met: %s.", ", ".join(
            self.env._(
                "%(product)s lacks %(missing)s %(unit)s", product=line.display_name,
                missing=line._format(line.missing_to_minimum), unit=line.uom_id.name,
            ) for line in short
        ))

    def _ask_responsible(self, problem):
        """Leave the decision to the responsible; the schedule does not ask again before the deadline changes."""
        self.ensure_one()
        self.sudo().is_cutoff_handled = True  # sudo: set here only
        self.message_post(body=problem)
        self.activity_schedule(
            'mail.mail_activity_data_todo', summary=self.env._("Deadline passed: decide on %s", self.display_name),
            note=problem, user_id=(self.user_id or self.create_uid).id,
        )
