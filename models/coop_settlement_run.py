from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.models.coop_settlement import ACCOUNTANT

#: What the preview rests on; changing it throws the preview away.
PREVIEW_FIELDS = {'date', 'company_id', 'membership_ids', 'producer_kind_ids', 'categ_ids', 'amount_minimum'}
#: Results of lines that the run has dealt with.
DEALT_WITH = ('settled', 'changed', 'failed')


class CoopSettlementRun(models.Model):
    """Settling with many members at once: first a preview of every payout, then posting in batches that are kept.

    A run can be stopped and started again, and goes on by itself where it was interrupted. What is posted is what was
    seen in the preview; a member whose figures have changed since is left out and named.
    """
    _name = 'coop.settlement.run'
    _inherit = ['coop.document.mixin', 'coop.background.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Settlement Run"
    _order = 'date DESC, id DESC'
    _check_company_auto = True

    _transitions = {
        'draft': ('previewed',),
        'previewed': ('draft', 'previewed', 'running'),
        'running': ('stopped', 'done'),
        'stopped': ('previewed', 'running'),
        'done': (),
    }
    _starter_roles = (ACCOUNTANT,)
    _guarded_fields = frozenset({'state', 'lock_version', 'name', 'line_ids', 'starter_id', 'date_preview'})

    name = fields.Char(string="Number", readonly=True, copy=False, index='trigram', default="")
    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, readonly=True, default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    date = fields.Date(
        string="Up To", required=True, default=fields.Date.context_today, copy=False, tracking=True,
        help="Sales and deliveries up to this day are settled; the bills bear this date.",
    )
    membership_ids = fields.Many2many(
        comodel_name='coop.membership', relation='coop_settlement_run_membership_rel', column1='run_id',
        column2='membership_id', string="Members", check_company=True, domain="[('state', '!=', 'candidate')]",
        help="Leave empty to settle with everybody.",
    )
    producer_kind_ids = fields.Many2many(
        comodel_name='coop.producer.kind', relation='coop_settlement_run_kind_rel', column1='run_id',
        column2='kind_id', string="Kinds of Producers", help="Leave empty for all kinds.",
    )
    categ_ids = fields.Many2many(
        comodel_name='product.category', relation='coop_settlement_run_categ_rel', column1='run_id',
        column2='categ_id', string="Product Categories",
        help="Only goods of these categories, and of those below them, are settled; the rest stays open. Leave empty"
             " for all goods.",
    )
    amount_minimum = fields.Monetary(
        string="Least Payout", default=lambda self: self.env.company.coop_settlement_minimum, tracking=True,
        help="Smaller results are not paid out but carried forward: they stay open and are part of the next"
             " settlement.",
    )
    state = fields.Selection(
        selection=[
            ('draft', "Draft"), ('previewed', "Previewed"), ('running', "Running"), ('stopped', "Stopped"),
            ('done', "Done"),
        ],
        default='draft', required=True, readonly=True, copy=False, tracking=True, index=True,
    )
    date_preview = fields.Datetime(string="Previewed On", readonly=True, copy=False)
    line_ids = fields.One2many(
        comodel_name='coop.settlement.run.line', inverse_name='run_id', string="Members in the Run", readonly=True,
        copy=False,
    )
    settlement_ids = fields.One2many(
        comodel_name='coop.settlement', inverse_name='run_id', string="Settlements", readonly=True, copy=False,
    )
    line_count = fields.Integer(string="Members Due", compute='_compute_totals')
    settled_count = fields.Integer(string="Settled Members", compute='_compute_totals')
    problem_count = fields.Integer(
        string="Problems", compute='_compute_totals', help="Members with whom the run cannot settle, with the reason.",
    )
    progress = fields.Float(compute='_compute_totals', help="How much of the run has been dealt with, in per cent.")
    amount_gross = fields.Monetary(string="Sales", compute='_compute_totals')
    amount_payout = fields.Monetary(string="To Be Paid Out", compute='_compute_totals')
    amount_carried = fields.Monetary(string="Carried Forward", compute='_compute_totals')
    note = fields.Html(string="Remarks")

    _minimum_positive = models.Constraint(
        'CHECK (amount_minimum >= 0)', "The least payout cannot be negative.",
    )

    # === COMPUTE METHODS === #

    @api.depends('name', 'date')
    def _compute_display_name(self):
        for run in self:
            run.display_name = run.name or self.env._("Draft Settlement Run")

    @api.depends('line_ids.state', 'line_ids.amount_payout')
    def _compute_totals(self):
        totals = {}
        for run, state, *figures in self.env['coop.settlement.run.line']._read_group(
            [('run_id', 'in', self.ids)], ['run_id', 'state'],
            ['__count', 'amount_gross:sum', 'amount_payout:sum', 'amount_carried:sum'],
        ):
            totals.setdefault(run.id, {})[state] = figures
        for run in self:
            by_state = totals.get(run._origin.id, {})
            counts = {state: figures[0] for state, figures in by_state.items()}
            dealt_with = sum(counts.get(state, 0) for state in DEALT_WITH)
            to_do = dealt_with + counts.get('to_settle', 0)
            run.line_count = sum(counts.values())
            run.settled_count = counts.get('settled', 0)
            run.problem_count = sum(counts.get(state, 0) for state in ('blocked', 'changed', 'failed'))
            run.progress = 100.0 * dealt_with / to_do if to_do else 100.0 * (run.state == 'done')
            run.amount_gross, run.amount_payout, run.amount_carried = (
                sum(figures[position] for figures in by_state.values()) for position in (1, 2, 3)
            )

    # === CRUD METHODS === #

    def write(self, vals):
        if PREVIEW_FIELDS & vals.keys():
            begun = self.filtered(lambda run: run._was_started())
            if begun:
                raise UserError(self.env._(
                    "%s was started with these settings. Finish it, and make another run for others.",
                    begun[0].display_name,
                ))
        res = super().write(vals)
        if PREVIEW_FIELDS & vals.keys():
            self._throw_preview_away()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        started = self.filtered(lambda run: run._was_started())
        if started:
            raise UserError(self.env._(
                "%s was started and stays, so that everybody can see what it did.", started[0].display_name,
            ))

    # === ACTIONS === #

    def action_preview(self):
        """Work out what every member would get, without posting anything; may be repeated until the run is started.

        :raises UserError: when there is nothing to settle.
        """
        for run in self:
            run.check_access('write')
            run._queue_up()
            run._update_state('previewed', date_preview=fields.Datetime.now())
            run._preview()

    def action_start(self):
        """Post what the preview shows, in the background; a run that was stopped or interrupted goes on.

        :raises AccessError: for anybody but the accountant.
        :raises UserError: when nothing is to be posted, or the day is still to come.
        """
        self._check_user_is(ACCOUNTANT)
        for run in self:
            run._queue_up()
            if run.state != 'running':
                run.company_id._coop_check_day_has_come(run.display_name, run.date)
                run._check_period_is_open(run.date, run.company_id._get_coop_journal('coop_settlement_journal_id'))
                run._check_anything_to_settle()
                run._update_state('running', starter_id=self.env.uid, name=run.name or run._draw_number())
        # sudo: wakes the schedule that posts the runs
        self.env.ref('producer_cooperative.coop_settlement_run_cron').sudo()._trigger()

    def action_stop(self):
        """Stop the runs after the batch that is being posted; what is posted stays.

        :raises AccessError: for anybody but the accountant.
        """
        self._check_user_is(ACCOUNTANT)
        for run in self:
            run._queue_up()
            run._update_state('stopped')

    def action_view_lines(self):
        """Open the members of the run."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_settlement_run_line_action')
        return {**action, 'domain': [('run_id', '=', self.id)], 'context': {}}

    def action_view_settlements(self):
        """Open the settlements that the run has posted."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_settlement_action')
        return {**action, 'domain': [('run_id', '=', self.id)], 'context': {}}

    def action_register_payment(self):
        """Pay what is still owed on the settlements of the run with Odoo's own screen."""
        self.ensure_one()
        return self.settlement_ids.action_register_payment()

    # === BUSINESS METHODS === #

    def _was_started(self):
        """Whether the run ever posted anything, or was about to: from then on it has a number."""
        self.ensure_one()
        return bool(self.name) or self.state not in ('draft', 'previewed')

    def _throw_preview_away(self):
        """Throw previews away that were made with other settings."""
        previewed = self.filtered(lambda run: run.state == 'previewed')
        previewed.sudo().line_ids.unlink()  # sudo: figures that nobody typed in
        previewed._update_state('draft', date_preview=False)

    def _check_anything_to_settle(self):
        self.ensure_one()
        if self.state not in ('previewed', 'stopped'):
            raise UserError(self._state_error_message('running'))
        if not any(line.state == 'to_settle' for line in self.line_ids):
            raise UserError(self.env._(
                "Nobody is to be paid in %s. Look at the reasons in the preview, and preview again once they are dealt"
                " with.", self.display_name,
            ))

    def _draw_number(self):
        self.ensure_one()
        return self.company_id._next_coop_number('coop.settlement.run', 'RPH/%(range_year)s/', date=self.date)
