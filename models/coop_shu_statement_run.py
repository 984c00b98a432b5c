from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.producer_cooperative.models.coop_delivery_mixin import FAILED_MAIL_STATES
from odoo.addons.producer_cooperative.models.coop_payout_shu import BOOKED_STATES

ACCOUNTANT = 'producer_cooperative.group_coop_accountant'
OFFICER = 'producer_cooperative.group_coop_officer'
#: Letters that are printed together: more pages than that take a printer and a browser too long.
LETTERS_AT_ONCE = 200
#: What a run that was started keeps.
FROZEN_FIELDS = {'allocation_id', 'again', 'with_empty', 'with_pdf', 'message', 'company_id'}
#: Results of members whom the run has dealt with.
DEALT_WITH = ('sent', 'letter', 'chat', 'printed', 'skipped', 'failed')


class CoopShuStatementRun(models.Model):
    """Giving every member the own SHU statement: by e-mail, and as a printed letter where there is no address.

    A run goes on in the background in batches that are kept, can be stopped and started again, and goes on by itself
    where it was interrupted. Nobody gets a statement twice unless a run is told to send again.
    """
    _name = 'coop.shu.statement.run'
    _inherit = ['coop.document.mixin', 'coop.background.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Sending of SHU Statements"
    _order = 'id DESC'
    _check_company_auto = True

    _transitions = {
        'draft': ('running',),
        'running': ('stopped', 'done'),
        'stopped': ('running',),
        'done': ('running',),
    }
    _starter_roles = (OFFICER, ACCOUNTANT)
    _guarded_fields = frozenset({'state', 'lock_version', 'name', 'line_ids', 'starter_id', 'started_on'})

    name = fields.Char(string="Number", readonly=True, copy=False, index='trigram', default="")
    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, readonly=True, default=lambda self: self.env.company,
    )
    allocation_id = fields.Many2one(
        comodel_name='coop.shu.allocation', string="SHU Allocation", required=True, index=True, check_company=True,
        ondelete='restrict', domain="[('state', 'in', ('posted', 'paid'))]", tracking=True,
        default=lambda self: self._default_allocation_id(),
    )
    with_pdf = fields.Boolean(
        string="Attach the PDF", default=True,
        help="The e-mail shows the whole calculation in any case. Making a PDF for each member takes longer.",
    )
    with_empty = fields.Boolean(string="Members Who Get Nothing Too")
    again = fields.Boolean(
        string="Send Again", help="Also to members who were given the statement of this allocation before.",
    )
    message = fields.Text(help="Stands at the beginning of every e-mail, e.g. where and when the SHU is paid.")
    state = fields.Selection(
        selection=[('draft', "Draft"), ('running', "Running"), ('stopped', "Stopped"), ('done', "Done")],
        default='draft', required=True, readonly=True, copy=False, tracking=True, index=True,
    )
    started_on = fields.Datetime(readonly=True, copy=False)
    line_ids = fields.One2many(
        comodel_name='coop.shu.statement.run.line', inverse_name='run_id', string="Members", readonly=True, copy=False,
    )
    line_count = fields.Integer(string="Members in the Run", compute='_compute_progress')
    sent_count = fields.Integer(string="E-mails", compute='_compute_progress')
    letter_count = fields.Integer(string="Letters to Print", compute='_compute_progress')
    chat_count = fields.Integer(string="Chats to Send", compute='_compute_progress')
    printed_count = fields.Integer(string="Letters Printed", compute='_compute_progress')
    failed_count = fields.Integer(string="Failed", compute='_compute_progress')
    progress = fields.Float(compute='_compute_progress', help="How much of the run has been dealt with, in per cent.")

    @api.model
    def _default_allocation_id(self):
        return self.env['coop.shu.allocation'].search(
            [('company_id', '=', self.env.company.id), ('state', 'in', BOOKED_STATES)], limit=1,
        )

    # === COMPUTE METHODS === #

    @api.depends('name', 'allocation_id')
    def _compute_display_name(self):
        for run in self:
            run.display_name = run.name or self.env._(
                "Draft Sending of %s", run.allocation_id.display_name or self.env._("SHU Statements"),
            )

    @api.depends('line_ids.state')
    def _compute_progress(self):
        counts = {}
        for run, state, count in self.env['coop.shu.statement.run.line']._read_group(
            [('run_id', 'in', self.ids)], ['run_id', 'state'], ['__count'],
        ):
            counts.setdefault(run.id, {})[state] = count
        returned = self._count_returned()
        for run in self:
            by_state = counts.get(run._origin.id, {})
            total = sum(by_state.values())
            run.line_count = total
            run.sent_count = by_state.get('sent', 0) - returned.get(run._origin, 0)
            run.letter_count = by_state.get('letter', 0)
            run.chat_count = by_state.get('chat', 0)
            run.printed_count = by_state.get('printed', 0)
            run.failed_count = by_state.get('failed', 0) + returned.get(run._origin, 0)
            dealt_with = sum(by_state.get(state, 0) for state in DEALT_WITH)
            run.progress = 100.0 * dealt_with / total if total else 100.0 * (run.state == 'done')

    # === CRUD METHODS === #

    def write(self, vals):
        if FROZEN_FIELDS & vals.keys() and any(run.state != 'draft' for run in self):
            raise UserError(self.env._("The run was started with these settings. Make another run for others."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        started = self.filtered(lambda run: run.state != 'draft')
        if started:
            raise UserError(self.env._(
                "%s was started and stays, so that everybody can see whom it wrote to.", started[0].display_name,
            ))

    # === ACTIONS === #

    def action_start(self):
        """Start the run, or go on with one that was stopped; the statements go out in the background.

        :raises AccessError: for anybody but officers and the accountant.
        :raises UserError: when nothing is booked, or everybody has the statement already.
        """
        self._check_user_is(OFFICER, ACCOUNTANT)
        for run in self:
            run._queue_up()
            run._check_is_booked()
            if run.state == 'draft':
                run._prepare()
            elif run.state != 'stopped':
                raise UserError(run._state_error_message('running'))
            run._update_state('running', starter_id=self.env.uid, name=run.name or run._draw_number())
        self._wake_schedule()

    def action_stop(self):
        """Stop the runs after the batch that is being sent; what is sent stays sent."""
        self._check_user_is(OFFICER, ACCOUNTANT)
        for run in self:
            run._queue_up()
            run._update_state('stopped')

    def action_retry(self):
        """Try again with members whose statement could not be sent, or whose e-mail did not leave."""
        self._check_user_is(OFFICER, ACCOUNTANT)
        for run in self:
            run._queue_up()
            run._check_is_booked()
            run._get_returned_lines()._take_back()
            failed = run.line_ids.filtered(lambda line: line.state == 'failed')
            if not failed:
                raise UserError(self.env._("Nothing failed in %s.", run.display_name))
            failed.sudo().write({'state': 'to_send', 'reason': False})  # sudo: the run's own lines
            if run.state != 'running':
                run._update_state('running', starter_id=self.env.uid)
        self._wake_schedule()

    def action_print_letters(self):
        """Print the next letters, up to as many as fit into one pile, and note that these members have them.

        :raises UserError: when no letter is left.
        """
        self.ensure_one()
        self._check_user_is(OFFICER, ACCOUNTANT)
        self._queue_up()
        self._check_is_booked()
        lines = self.env['coop.shu.statement.run.line'].search(
            [('run_id', '=', self.id), ('state', '=', 'letter')], order='id', limit=LETTERS_AT_ONCE,
        )
        if not lines:
            raise UserError(self.env._(
                "No letter is left to print. To print some again, choose them in the list of members.",
            ))
        return lines._print()

    def action_open_lines(self):
        """Open the members of the run."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'producer_cooperative.coop_shu_statement_run_line_action',
        )
        return {**action, 'domain': [('run_id', '=', self.id)], 'context': {}}

    # === BUSINESS METHODS === #

    def _check_is_booked(self):
        """Refuse statements of SHU that is not booked yet, or was cancelled.

        :raises UserError: naming the allocation.
        """
        self.ensure_one()
        if self.allocation_id.state not in BOOKED_STATES:
            raise UserError(self._not_booked_message())

    def _not_booked_message(self):
        self.ensure_one()
        if self.allocation_id.state in ('cancelling', 'cancelled'):
            return self.env._(
                "%s was cancelled, so no more statements of it go out. Make a run for the allocation that takes its"
                " place, and tell the members who have one already.", self.allocation_id.display_name,
            )
        return self.env._(
            "%s is not posted. Members get their statements once the SHU is booked.", self.allocation_id.display_name,
        )

    def _draw_number(self):
        self.ensure_one()
        return self.company_id._next_coop_number('coop.shu.statement.run', 'KSH/%(range_year)s/')

    def _get_returned_lines(self):
        """Return the members of these runs, as superuser, whose e-mail was queued and did not leave."""
        # sudo: what became of the e-mails, which only the administrator reads
        return self.env['coop.shu.statement.run.line'].sudo().search([
            ('run_id', 'in', self.ids), ('state', '=', 'sent'), ('mail_id.state', 'in', FAILED_MAIL_STATES),
        ])

    def _count_returned(self):
        """Return ``{run: how many e-mails did not leave}``."""
        return {run.sudo(False): len(lines) for run, lines in self._get_returned_lines().grouped('run_id').items()}

    def _wake_schedule(self):
        # sudo: wakes the schedule that sends the statements
        self.env.ref('producer_cooperative.coop_shu_statement_run_cron').sudo()._trigger()

    def _prepare(self):
        """Write down who is to get a statement.

        :raises UserError: when nothing is booked, or everybody has the statement already.
        """
        self.ensure_one()
        # sudo: runs of the same allocation, whoever started them
        self.sudo().search([('allocation_id', '=', self.allocation_id.id)])._get_returned_lines()._take_back()
        for model in ('coop.shu.member.line', 'coop.shu.statement.run'):
            self.env[model].flush_model()
        # By SQL: one row for each member, a hundred thousand of them included; the roles were checked.
        self.env.cr.execute(SQL(
            """
            INSERT INTO coop_shu_statement_run_line (
                run_id, company_id, member_line_id, membership_id, state, create_uid, write_uid, create_date, write_date
            )
            SELECT %(run)s, l.company_id, l.id, l.membership_id, 'to_send', %(user)s, %(user)s, %(now)s, %(now)s
              FROM coop_shu_member_line l
             WHERE l.allocation_id = %(allocation)s AND (%(with_empty)s OR l.amount_total != 0)
                   AND (%(again)s OR l.statement_sent_on IS NULL)
             ORDER BY l.id
            """,
            run=self.id, user=self.env.uid, now=self.env.cr.now(), allocation=self.allocation_id.id,
            with_empty=self.with_empty, again=self.again,
        ))
        if not self.env.cr.rowcount:
            if self.allocation_id.is_loss:
                raise UserError(self.env._(
                    "The period of %s made a loss: no member has SHU to be told of.", self.allocation_id.display_name,
                ))
            raise UserError(self.env._(
                "Every member was given the statement of %s already. Tick “Send Again” to send it once more.",
                self.allocation_id.display_name,
            ))
        self.invalidate_recordset(['line_ids'])
        self.sudo().started_on = fields.Datetime.now()  # sudo: guarded; the run says when it was started
