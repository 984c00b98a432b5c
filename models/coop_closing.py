from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.producer_cooperative.models.coop_closing_item import ACCOUNTANT, MANAGER
from odoo.addons.producer_cooperative.tools.obstacle import Obstacle


class CoopClosing(models.Model):
    """The checklist of a month or a year: what is open, who did what about it, and the lock of the books at its end.

    What is found comes from the same place as the list before the SHU is computed
    (``res.company._coop_get_closing_obstacles`` and ``_coop_get_closing_advice``); tasks that no ledger tells are
    added.
    """
    _name = 'coop.closing'
    _inherit = ['coop.document.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Closing Checklist"
    _order = 'date_to DESC, period, id DESC'
    _check_company_auto = True

    _transitions = {'open': ('closed',), 'closed': ('open',)}
    _guarded_fields = frozenset({
        'state', 'lock_version', 'closed_by_id', 'closed_on', 'lock_before', 'reopen_count', 'reopen_reason',
        'reopened_by_id', 'reopened_on', 'refreshed_on',
    })

    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, readonly=True, default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    period = fields.Selection(
        selection=[('month', "Month"), ('year', "Year")], default='month', required=True, tracking=True,
    )
    day = fields.Date(
        string="A Day in the Period", required=True, copy=False,
        default=lambda self: fields.Date.context_today(self) - relativedelta(months=1),
        help="The month, or the fiscal year, of this day is closed.",
    )
    date_from = fields.Date(string="From", compute='_compute_dates', store=True, precompute=True)
    date_to = fields.Date(string="To", compute='_compute_dates', store=True, precompute=True, index=True)
    state = fields.Selection(
        selection=[('open', "Open"), ('closed', "Closed")], default='open', required=True, readonly=True, copy=False,
        tracking=True, index=True,
    )
    item_ids = fields.One2many(
        comodel_name='coop.closing.item', inverse_name='closing_id', string="Lines", copy=False,
    )
    open_count = fields.Integer(string="Open", compute='_compute_counts')
    blocking_count = fields.Integer(string="Open, to Be Done First", compute='_compute_counts')
    done_count = fields.Integer(string="Done", compute='_compute_counts')
    refreshed_on = fields.Datetime(string="Looked Up On", readonly=True, copy=False)
    closed_by_id = fields.Many2one(comodel_name='res.users', readonly=True, copy=False, tracking=True)
    closed_on = fields.Datetime(readonly=True, copy=False)
    lock_before = fields.Date(string="Locked Up To Before", readonly=True, copy=False)
    reopen_count = fields.Integer(string="Times Reopened", readonly=True, copy=False)
    reopen_reason = fields.Char(string="Reason for Reopening", readonly=True, copy=False, tracking=True)
    reopened_by_id = fields.Many2one(comodel_name='res.users', readonly=True, copy=False)
    reopened_on = fields.Datetime(readonly=True, copy=False)

    _period_uniq = models.Constraint(
        'UNIQUE (company_id, period, date_from)', "There is a checklist for this period already. Open that one.",
    )

    # === COMPUTE METHODS === #

    @api.depends('period', 'date_from', 'date_to')
    def _compute_display_name(self):
        for closing in self:
            closing.display_name = closing._get_period_label() or self.env._("New Closing Checklist")

    @api.depends('period', 'day', 'company_id')
    def _compute_dates(self):
        for closing in self:
            if not closing.day or not closing.company_id:
                closing.date_from = closing.date_to = False
            elif closing.period == 'year':
                # sudo: when the fiscal year ends, for whoever prepares its closing
                year = closing.company_id.sudo().compute_fiscalyear_dates(closing.day)
                closing.date_from, closing.date_to = year['date_from'], year['date_to']
            else:
                closing.date_from = fields.Date.start_of(closing.day, 'month')
                closing.date_to = fields.Date.end_of(closing.day, 'month')

    @api.depends('item_ids.state', 'item_ids.is_blocking')
    def _compute_counts(self):
        for closing in self:
            open_items = closing.item_ids.filtered(lambda item: item.state == 'open')
            closing.open_count = len(open_items)
            closing.blocking_count = len(open_items.filtered('is_blocking'))
            closing.done_count = len(closing.item_ids) - len(open_items)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        closings = super().create(vals_list)
        for closing in closings:
            closing._check_user_is(ACCOUNTANT, MANAGER)
            closing._refresh()
        return closings

    def write(self, vals):
        if {'period', 'day', 'company_id'} & vals.keys() and self.item_ids:
            raise UserError(self.env._(
                "A checklist keeps its period. Delete it while it is open, or make another one.",
            ))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for closing in self:
            if closing.state == 'closed' or closing.reopen_count:
                raise UserError(self.env._("%s was closed; it stays.", closing.display_name))

    # === ACTIONS === #

    def action_refresh(self):
        """Look up anew what is open in the books."""
        for closing in self:
            closing.check_access('read')
            closing._check_is_open()
            closing._check_user_is(
                'producer_cooperative.group_coop_officer', 'producer_cooperative.group_coop_cashier', ACCOUNTANT,
            )
            closing._refresh()

    def action_close(self):
        """Close the period: lock the books up to its last day.

        :raises AccessError: for anybody but the treasurer.
        :raises UserError: before the period is over, while something has to be done first, while an earlier
            checklist is open, and, by Odoo itself, while drafts or lines of bank statements are in the way.
        """
        self._check_user_is(ACCOUNTANT)
        for closing in self:
            closing._queue_up()
            closing._check_is_open()
            closing._check_is_over()
            closing._check_earlier_closed()
            closing._refresh()
            closing._check_nothing_in_the_way()
            # sudo: the treasurer was checked; the lock date only moves forward here
            company = closing.company_id.sudo()
            before = company.fiscalyear_lock_date
            closing._update_state(
                'closed', closed_by_id=self.env.uid, closed_on=fields.Datetime.now(), lock_before=before,
            )
            if not before or before < closing.date_to:
                company.fiscalyear_lock_date = closing.date_to
            closing._message_log(body=self.env._(
                "Closed; the books are locked up to %s.", format_date(self.env, company.fiscalyear_lock_date),
            ))

    def action_reopen(self):
        """Ask for the reason, then open the period again."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Reopen: %s", self.display_name),
            'res_model': 'coop.closing.reopen', 'view_mode': 'form', 'target': 'new',
            'context': {'default_closing_id': self.id},
        }

    def action_open_items(self):
        """Open the lines, to filter and group them."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_closing_item_action')
        return {**action, 'name': self.display_name, 'domain': [('closing_id', '=', self.id)]}

    # === BUSINESS METHODS === #

    def _cancel_with_reason(self, reason):
        """Open a closed period again: the lock goes back to where it was; who did it and why stays in the chatter.

        :raises AccessError: for anybody but the manager: whoever closes is not who reopens.
        :raises UserError: while a later period is closed, or the books are locked for good.
        """
        self._check_user_is(MANAGER)
        for closing in self:
            closing._queue_up()
            closing._check_latest()
            closing._update_state(
                'open', reopen_count=closing.reopen_count + 1, reopen_reason=reason, closed_by_id=False,
                closed_on=False, reopened_by_id=self.env.uid, reopened_on=fields.Datetime.now(),
            )
            # sudo: the manager was checked; the lock goes back no further than where it was before the closing
            closing.company_id.sudo().fiscalyear_lock_date = closing.lock_before
            closing._message_log(body=self.env._(
                "Reopened by %(user)s; the books are locked up to %(date)s now. Reason: %(reason)s",
                user=self.env.user.name, reason=reason,
                date=format_date(self.env, closing.lock_before) if closing.lock_before else "–",
            ))

    def _get_period_label(self):
        self.ensure_one()
        if not self.date_to:
            return ""
        if self.period == 'month':
            return self.env._("Closing of %s", format_date(self.env, self.date_to, date_format='MMMM yyyy'))
        if (self.date_from.day, self.date_from.month, self.date_to.month) == (1, 1, 12):
            return self.env._("Closing of %s", self.date_to.year)
        return self.env._(
            "Closing of %(start)s to %(end)s", start=format_date(self.env, self.date_from),
            end=format_date(self.env, self.date_to),
        )

    # === BUSINESS METHODS - CHECKS === #

    def _check_is_open(self):
        for closing in self:
            if closing.state != 'open':
                raise UserError(self.env._(
                    "%s is closed. The chair reopens it, with a reason, where something has to be corrected.",
                    closing.display_name,
                ))

    def _check_is_over(self):
        self.ensure_one()
        if self.date_to >= fields.Date.context_today(self):
            raise UserError(self.env._(
                "%(closing)s: the period ends on %(date)s. Close it from the next day on.",
                closing=self.display_name, date=format_date(self.env, self.date_to),
            ))

    def _check_earlier_closed(self):
        self.ensure_one()
        earlier = self.search([
            ('company_id', '=', self.company_id.id), ('state', '=', 'open'), ('date_to', '<', self.date_to),
        ], order='date_to', limit=1)
        if earlier:
            raise UserError(self.env._("%s is open still. Close it first.", earlier.display_name))

    def _check_latest(self):
        self.ensure_one()
        later = self.search([
            ('company_id', '=', self.company_id.id), ('state', '=', 'closed'), ('id', '!=', self.id),
            '|', ('date_to', '>', self.date_to), '&', ('date_to', '=', self.date_to),
            ('closed_on', '>', self.closed_on),
        ], order='date_to DESC, closed_on DESC', limit=1)
        if later:
            raise UserError(self.env._("%s was closed after it. Reopen that one first.", later.display_name))
        company = self.company_id.sudo()  # sudo: the day up to which the books are locked for good
        if company.hard_lock_date and company.hard_lock_date >= self.date_from:
            raise UserError(self.env._(
                "The books are locked for good up to %s; nobody opens them again. Book a correction in an open period.",
                format_date(self.env, company.hard_lock_date),
            ))

    def _check_nothing_in_the_way(self):
        self.ensure_one()
        items = self.item_ids.filtered(lambda item: item.state == 'open' and item.is_blocking)
        if items:
            raise UserError(self.env._(
                "%(closing)s: this is to be done first:\n%(items)s", closing=self.display_name,
                items="\n".join(f"- {item.name}" for item in items),
            ))

    # === BUSINESS METHODS - LINES === #

    def _get_obstacles(self):
        """Return ``{key: obstacle}`` of what is open in the books of the period, most urgent first."""
        self.ensure_one()
        company = self.company_id
        obstacles = [
            *company._coop_get_closing_obstacles(self.date_from, self.date_to),
            *company._coop_get_closing_advice(self.date_from, self.date_to),
        ]
        by_key = {}
        for obstacle in obstacles:
            if not isinstance(obstacle, Obstacle):
                obstacle = Obstacle(obstacle)
            key, copy = f'found/{obstacle.key}', 1
            while key in by_key:
                copy += 1
                key = f'found/{obstacle.key}#{copy}'
            by_key[key] = obstacle
        return by_key

    def _refresh(self):
        """Write down what is found, tick what is found no more, and add the tasks of the period once."""
        self.ensure_one()
        found = self._get_obstacles()
        # sudo: the lines are the checklist's own; nobody types them in
        items = self.sudo().item_ids.grouped('key')
        new = [
            {'key': key, 'source': 'found', 'sequence': place, **self._prepare_item(obstacle)}
            for place, (key, obstacle) in enumerate(found.items()) if key not in items
        ]
        for key, item in items.items():
            if key in found:
                item._refresh_from(self._prepare_item(found[key]))
            elif item.source == 'found' and item.state == 'open':
                item.with_env(self.env)._mark('done')
        new += [
            {'key': f'task/{task.id}', 'source': 'task', 'sequence': 1000 + task.sequence, 'name': task.name,
             'is_blocking': task.is_blocking}
            for task in self.env['coop.closing.task']._get_for(self.company_id, self.period)
            if f'task/{task.id}' not in items
        ]
        self.env['coop.closing.item'].sudo().create([{'closing_id': self.id, **values} for values in new])
        self.sudo().refreshed_on = fields.Datetime.now()

    def _prepare_item(self, obstacle):
        return self.env['coop.closing.item']._prepare_from_obstacle(obstacle)


class CoopClosingItem(models.Model):
    """What becomes of a line when the books are looked at again."""
    _inherit = 'coop.closing.item'

    def _refresh_from(self, values):
        """Take over what is found now. What was ticked, or let pass as something else, is open again."""
        self.ensure_one()
        same = all(self[name] == value for name, value in values.items())
        if not same:
            self.write(values)
        if self.state == 'done' and self.is_blocking or self.state != 'open' and not same:
            self._mark('open')
