from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

SUPERVISOR = 'producer_cooperative.group_coop_supervisor'
#: Who may answer: everybody who works for the cooperative.
ANSWERERS = (
    'producer_cooperative.group_coop_officer', 'producer_cooperative.group_coop_cashier',
    'producer_cooperative.group_coop_accountant', 'producer_cooperative.group_coop_manager',
)
#: What an answerer writes; everything else is the supervisors'.
ANSWER_FIELDS = {'answer'}


class CoopFinding(models.Model):
    """What the supervisors (pengawas) found: written by them, answered by who is asked, and closed by them."""
    _name = 'coop.finding'
    _inherit = ['coop.document.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Finding"
    _order = 'date DESC, id DESC'
    _check_company_auto = True

    _transitions = {
        'draft': ('open',), 'open': ('answered', 'closed'), 'answered': ('open', 'closed'), 'closed': ('open',),
    }
    _guarded_fields = frozenset({
        'state', 'lock_version', 'number', 'written_by_id', 'answered_by_id', 'answered_on', 'closed_by_id',
        'closed_on',
    })

    number = fields.Char(readonly=True, copy=False, index='trigram', default="")
    name = fields.Char(string="Subject", required=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, readonly=True, default=lambda self: self.env.company,
    )
    date = fields.Date(string="Found On", required=True, default=fields.Date.context_today, copy=False)
    kind = fields.Selection(
        selection=lambda self: [
            *self.env['coop.oversight']._fields['kind']._description_selection(self.env),
            ('other', self.env._("Other")),
        ], default='other', required=True,
    )
    severity = fields.Selection(
        selection=[('note', "Remark"), ('minor', "To Be Put Right"), ('serious', "Serious")], default='minor',
        required=True, tracking=True,
    )
    finding = fields.Text(help="What was found, and where.")
    advice = fields.Text(string="What Should Be Done", tracking=True)
    membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Member", check_company=True, index='btree_not_null',
        ondelete='restrict',
    )
    about_user_id = fields.Many2one(
        comodel_name='res.users', string="Done By", help="Who did what the finding is about.", ondelete='restrict',
    )
    responsible_id = fields.Many2one(
        comodel_name='res.users', string="To Be Answered By", tracking=True, ondelete='restrict',
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    date_due = fields.Date(string="Answer Until", tracking=True)
    item_key = fields.Char(readonly=True, copy=False, index='btree_not_null', export_string_translation=False)
    res_model = fields.Char(readonly=True, copy=False, export_string_translation=False)
    res_id = fields.Many2oneReference(
        model_field='res_model', readonly=True, copy=False, export_string_translation=False,
    )
    document = fields.Char(compute='_compute_document', help="The document that the finding is about.")
    state = fields.Selection(
        selection=[('draft', "Draft"), ('open', "To Be Answered"), ('answered', "Answered"), ('closed', "Closed")],
        default='draft', required=True, readonly=True, copy=False, tracking=True, index=True,
    )
    written_by_id = fields.Many2one(
        comodel_name='res.users', readonly=True, copy=False, ondelete='restrict',
        default=lambda self: self.env.user,
    )
    answer = fields.Text(copy=False)
    answered_by_id = fields.Many2one(comodel_name='res.users', readonly=True, copy=False, ondelete='restrict')
    answered_on = fields.Datetime(readonly=True, copy=False)
    conclusion = fields.Text(copy=False, help="What the supervisors think of the answer.")
    closed_by_id = fields.Many2one(comodel_name='res.users', readonly=True, copy=False, ondelete='restrict')
    closed_on = fields.Datetime(readonly=True, copy=False)
    may_answer = fields.Boolean(compute='_compute_may', export_string_translation=False)
    may_supervise = fields.Boolean(compute='_compute_may', export_string_translation=False)

    # === COMPUTE METHODS === #

    @api.depends('number', 'name')
    def _compute_display_name(self):
        for finding in self:
            finding.display_name = " ".join(filter(None, (finding.number, finding.name)))

    @api.depends('res_model', 'res_id')
    def _compute_document(self):
        for finding in self:
            record = finding._get_document()
            is_bank = record is not None and record._name == 'res.partner.bank'
            finding.document = record is not None and (record.coop_masked_number if is_bank else record.display_name)

    @api.depends('state', 'written_by_id')
    @api.depends_context('uid')
    def _compute_may(self):
        supervises = self.env.user.has_group(SUPERVISOR)
        answers = any(self.env.user.has_group(group) for group in ANSWERERS)
        for finding in self:
            finding.may_supervise = supervises
            finding.may_answer = answers and finding.state == 'open' and finding.written_by_id != self.env.user

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_user_is(SUPERVISOR)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._check_who_writes(vals.keys() - self._get_mail_fields())
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_drafts(self):
        for finding in self:
            if finding.state != 'draft':
                raise UserError(self.env._("%s was handed out; it stays. Close it instead.", finding.display_name))

    def _check_who_writes(self, names):
        """Refuse to write what is another's: the finding is the supervisors', the answer theirs who are asked.

        :raises AccessError: for the other side's fields.
        :raises UserError: once the finding was answered, or closed.
        """
        if names & ANSWER_FIELDS:
            for finding in self:
                if not finding.may_answer:
                    raise AccessError(self.env._(
                        "The answer is written by who is asked, while the finding is open; not by who wrote it.",
                    ))
        theirs = names - ANSWER_FIELDS
        if not theirs:
            return
        self._check_user_is(SUPERVISOR)
        for finding in self:
            allowed = {'conclusion', 'responsible_id', 'date_due'} if finding.state == 'answered' else set()
            if finding.state in ('answered', 'closed') and theirs - allowed:
                raise UserError(self.env._(
                    "%s was answered; what was found stays as it was read. Send it back, or write another finding.",
                    finding.display_name,
                ))

    @api.model
    def _get_mail_fields(self):
        """Return the fields of discussion and activities, which are everybody's to write."""
        return {name for name in self._fields if name.startswith(('message_', 'activity_', 'my_activity'))}

    # === ACTIONS === #

    def action_hand_out(self):
        """Number the findings and ask for answers.

        :raises AccessError: for anybody but supervisors.
        :raises UserError: without a text.
        """
        self._check_user_is(SUPERVISOR)
        for finding in self:
            if not (finding.finding or '').strip():
                raise UserError(self.env._("Write down what was found."))
            number = finding.number or finding.company_id._next_coop_number(
                'coop.finding', 'TMN/%(range_year)s/', date=finding.date, gapless=True,
            )
            finding._update_state('open', number=number)
            finding._ask_for_answer()

    def action_answer(self):
        """Hand in the answer.

        :raises AccessError: for who wrote the finding, and for users without a role in the cooperative.
        :raises UserError: without an answer.
        """
        self._check_user_is(*ANSWERERS)
        for finding in self:
            if finding.state != 'open':
                raise UserError(finding._state_error_message('answered'))
            if finding.written_by_id == self.env.user and not self.env.su:
                raise AccessError(self.env._("Nobody answers their own finding."))
            if not (finding.answer or '').strip():
                raise UserError(self.env._("Write the answer first."))
            finding._update_state('answered', answered_by_id=self.env.uid, answered_on=fields.Datetime.now())
            finding._message_log(body=self.env._("Answer: %s", finding.answer))
            # sudo: the reminders of others are done with
            finding.sudo().activity_unlink(['mail.mail_activity_data_todo'])
            finding._remind(finding.written_by_id, self.env._("Read the answer: %s", finding.display_name))

    def action_send_back(self):
        """Ask again: the answer is not enough. The answer so far stays in the chatter."""
        self._check_user_is(SUPERVISOR)
        for finding in self:
            finding.sudo().activity_unlink(['mail.mail_activity_data_todo'])  # sudo: see action_answer
            finding._update_state('open', closed_by_id=False, closed_on=False)
            finding._ask_for_answer()

    def action_close(self):
        """Close the findings.

        :raises AccessError: for anybody but supervisors.
        :raises UserError: for serious ones that nobody answered.
        """
        self._check_user_is(SUPERVISOR)
        for finding in self:
            if finding.severity == 'serious' and not finding.answered_by_id:
                raise UserError(self.env._(
                    "%s is serious and not answered. Ask for the answer before it is closed.", finding.display_name,
                ))
            finding._update_state('closed', closed_by_id=self.env.uid, closed_on=fields.Datetime.now())
            finding.sudo().activity_unlink(['mail.mail_activity_data_todo'])  # sudo: see action_answer

    def action_open_document(self):
        """Open the document that the finding is about.

        :raises UserError: where it is about none.
        """
        self.ensure_one()
        record = self._get_document()
        if record is None:
            raise UserError(self.env._("This finding is about no single document."))
        record = record.with_env(self.env)
        return record.action_coop_open() if record._name == 'res.partner.bank' else record._get_records_action()

    # === BUSINESS METHODS === #

    def _get_document(self):
        """Return the document as superuser, for its name, or None."""
        self.ensure_one()
        if not self.res_id or self.res_model not in self.env:
            return None
        # sudo: the number of the document, for whoever may read the finding; opening it asks for access
        return self.env[self.res_model].sudo().browse(self.res_id).exists() or None

    def _ask_for_answer(self):
        self.ensure_one()
        self._remind(self.responsible_id or self._get_manager(), self.env._("Answer: %s", self.display_name))

    def _get_manager(self):
        group = self.env.ref('producer_cooperative.group_coop_manager').sudo()  # sudo: who the managers are
        managers = group.all_user_ids.filtered(
            lambda user: self.company_id in user.company_ids and not user.share and user.active,
        )
        return (managers - self.env.user)[:1]

    def _remind(self, user, summary):
        if user:
            # sudo: reminders are for other users
            self.sudo().activity_schedule(
                'mail.mail_activity_data_todo', user_id=user.id, summary=summary,
                date_deadline=self.date_due or fields.Date.context_today(self),
            )
