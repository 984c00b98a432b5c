import logging

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.fields import Command
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

MANAGER = 'producer_cooperative.group_coop_manager'
#: Who practises: whoever has one of these roles in the company gets into its practice company.
ROLES = (
    'producer_cooperative.group_coop_officer', 'producer_cooperative.group_coop_cashier',
    'producer_cooperative.group_coop_supervisor', 'stock.group_stock_user',
)


class CoopPractice(models.Model):
    """The practice company of a company: a whole cooperative year to try things in, made anew as often as one likes.

    It is filled in the background, step by step. A practice company that is made anew takes the place of the one
    before, which nobody gets into any more; other companies are never written to.
    """
    _name = 'coop.practice'
    _inherit = ['coop.document.mixin', 'coop.background.mixin', 'mail.thread']
    _description = "Practice Company"
    _rec_name = 'company_id'

    _transitions = {
        'draft': ('running',), 'running': ('done', 'stopped'), 'stopped': ('running',), 'done': ('running',),
    }
    _guarded_fields = frozenset({
        'company_id', 'practice_company_id', 'state', 'lock_version', 'steps_done', 'steps_total', 'problem',
        'loaded_on', 'starter_id',
    })
    _starter_roles = (MANAGER, 'base.group_system')

    company_id = fields.Many2one(
        comodel_name='res.company', string="For", required=True, readonly=True, ondelete='cascade',
        help="Whoever works in this company may practise.",
    )
    practice_company_id = fields.Many2one(
        comodel_name='res.company', readonly=True, copy=False, ondelete='set null',
        context={'active_test': False},
    )
    state = fields.Selection(
        selection=[('draft', "None Yet"), ('running', "Being Filled"), ('done', "Ready"), ('stopped', "Interrupted")],
        default='draft', required=True, readonly=True, tracking=True, copy=False,
    )
    steps_done = fields.Integer(readonly=True, copy=False, export_string_translation=False)
    steps_total = fields.Integer(readonly=True, copy=False, export_string_translation=False)
    progress = fields.Float(compute='_compute_progress', help="How much of the year is there, in per cent.")
    problem = fields.Text(readonly=True, copy=False)
    loaded_on = fields.Datetime(string="Filled On", readonly=True, copy=False)
    user_ids = fields.Many2many(
        comodel_name='res.users', string="Who Practises", compute='_compute_user_ids',
    )

    _company_uniq = models.Constraint('UNIQUE (company_id)', "A company has one practice company.")

    # === COMPUTE METHODS === #

    @api.depends('company_id')
    def _compute_display_name(self):
        for practice in self:
            # sudo: the name of the company, for who opens this from within the practice company
            practice.display_name = practice.company_id.sudo().display_name

    @api.depends('steps_done', 'steps_total')
    def _compute_progress(self):
        for practice in self:
            total = practice.steps_total
            practice.progress = 100.0 * min(practice.steps_done, total) / total if total else 0.0

    @api.depends('practice_company_id')
    def _compute_user_ids(self):
        for practice in self:
            practice.user_ids = practice.practice_company_id.sudo().user_ids  # sudo: who works there, by name

    # === ACTIONS === #

    @api.model
    def action_open(self):
        """Open the practice of the active company, which may be the practice company itself.

        :raises AccessError: for anybody but a manager or an administrator.
        """
        self._check_may_direct()
        company = self.env.company
        # sudo: the user was checked; the record holds no more than which company is for practice
        Practice = self.sudo()
        practice = Practice.search([
            '|', ('company_id', '=', company.id), ('practice_company_id', '=', company.id),
        ], limit=1) or Practice.create({'company_id': company.id})
        return practice.sudo(False)._get_records_action(name=self.env._("Practice"), target='current')

    def action_start(self):
        """Make the practice company, or make it anew: what was tried in it is put away.

        :raises AccessError: for anybody but a manager or an administrator.
        :raises UserError: while it is being filled, or for a practice company itself.
        """
        self.ensure_one()
        self._check_may_direct()
        self.check_access('read')
        self._queue_up()
        self.invalidate_recordset(['state'])
        # sudo: the user was checked above; the record is written by its own actions only
        practice = self.sudo()
        if practice.company_id.coop_is_practice:
            raise UserError(self.env._("%s is a practice company itself.", practice.company_id.name))
        practice._update_state(
            'running', starter_id=self.env.uid, steps_done=0, problem=False,
            steps_total=self.env['coop.demo']._get_step_count() + 2,
        )
        self.env.ref('producer_cooperative.coop_practice_cron').sudo()._trigger()  # sudo: wakes the schedule

    def action_stop(self):
        """Stop filling the company; the next time it begins anew.

        :raises AccessError: for anybody but a manager or an administrator.
        """
        self.ensure_one()
        self._check_may_direct()
        self.check_access('read')
        self._queue_up()
        self.invalidate_recordset(['state'])
        self.sudo()._update_state('stopped')  # sudo: see action_start

    # === BUSINESS METHODS === #

    def _check_may_direct(self):
        if not (self.env.is_system() or self.env.user.has_group(MANAGER)):
            raise AccessError(self.env._("Only a manager or an administrator makes a practice company or resets it."))

    @api.model
    def _cron_go_on(self):
        """Go on with every practice company that is being filled, step by step."""
        practices = self.search([('state', '=', 'running')], order='id')
        cron = self.env['ir.cron']
        cron._commit_progress(remaining=sum(max(p.steps_total - p.steps_done, 0) for p in practices))
        for practice in practices:
            # What is noted and said on the way is for who began it.
            practice = practice.with_context(lang=practice.starter_id.lang)
            if not practice._starter_may_go_on():
                practice._stop_without_starter()
                cron._commit_progress()
                continue
            while practice._start_over_on_conflict(practice._take_step):
                if not cron._commit_progress(1):
                    return
            cron._commit_progress()

    def _take_step(self):
        """Take the next step; what goes wrong is undone and said, and stops the filling.

        :return: whether there may be another step.
        """
        self.ensure_one()
        self._queue_up()
        self.invalidate_recordset()
        if self.state != 'running':
            return False
        try:
            with self.env.cr.savepoint():
                self._fill(self.steps_done)
                self.env.flush_all()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except (UserError, RedirectWarning) as error:
            self.env.invalidate_all()
            self._update_state('stopped', problem=error.args[0])
        except Exception:  # pylint: disable=broad-exception-caught; said to the user, who cannot see the log
            _logger.exception("The practice company %s cannot be filled", self.id)
            self.env.invalidate_all()
            self._update_state('stopped', problem=self.env._(
                "Something went wrong that is not known beforehand. Try again, or ask for help.",
            ))
        return self.state == 'running'

    def _fill(self, number):
        if not number:
            self._make_company()
        elif number <= self.env['coop.demo']._get_step_count():
            self._get_loader()._load_step(number - 1)
        else:
            self._let_people_in()
            self._update_state('done', loaded_on=fields.Datetime.now())
        self.steps_done = number + 1

    def _get_loader(self):
        """Return the loader, as superuser in the practice company and in no other."""
        company = self.practice_company_id
        if not company.coop_is_practice:
            raise UserError(self.env._("%s is no practice company and stays as it is.", company.name))
        return self.env['coop.demo'].with_user(SUPERUSER_ID).with_company(company).with_context(
            allowed_company_ids=company.ids,
        )

    def _make_company(self):
        """Put the practice company before away, and make an empty one."""
        env = self.with_context(lang=self.starter_id.lang).env
        if self.practice_company_id.active:
            self._get_loader()._retire_logins()
            self.practice_company_id._coop_retire_practice()
            self.message_post(body=env._(
                "%s was put away: archived, with all that was tried in it. Nobody can choose it any more.",
                self.practice_company_id.name,
            ))
        self.env['res.company'].with_context(active_test=False).search([
            ('coop_is_practice', '=', True),
        ])._coop_close_mailboxes()
        name = env._("PRACTICE %s", self.company_id.name)
        country = self.env.ref('base.id')
        self.practice_company_id = self.env['res.company'].create({
            'name': name, 'country_id': country.id, 'currency_id': self.env.ref('base.IDR').id,
            'coop_is_practice': True,
        })
        self.practice_company_id._coop_give_practice_numbers()

    def _let_people_in(self):
        """Let those who work in the company practise, each with the own roles."""
        loader = self._get_loader()
        loader._retire_logins()
        company = self.practice_company_id
        company._coop_close_mailboxes()
        groups = self.env['res.groups'].union(*(self.env.ref(role) for role in ROLES))
        users = self.env['res.users'].search([
            ('company_ids', 'in', self.company_id.ids), ('share', '=', False), ('all_group_ids', 'in', groups.ids),
        ])
        users.write({'company_ids': [Command.link(company.id)]})
        cashiers = users.filtered(lambda user: user.has_group('producer_cooperative.group_coop_cashier'))
        loader._get_journal('cash').coop_cashier_ids = [Command.link(user.id) for user in cashiers]
