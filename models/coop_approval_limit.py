from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from odoo.addons.producer_cooperative.models.coop_approval import LIMIT_KINDS

MANAGER = 'producer_cooperative.group_coop_manager'
SUPERVISOR = 'producer_cooperative.group_coop_supervisor'
#: What has no amount that a limit could be compared with.
KINDS_WITHOUT_AMOUNT = ('bank_account', 'shu_approval')
#: What a limit says; kept once it is proposed.
FROZEN_FIELDS = {'company_id', 'kind', 'date_from', 'is_required', 'amount', 'reason'}


class CoopApprovalLimit(models.Model):
    """From which amount on two people are needed for one kind of dealings, from a day on.

    A limit is never changed: another one takes its place from a later day, and both stay. One person may make it
    stricter; to raise it or to switch it off takes two, whoever they are.
    """
    _name = 'coop.approval.limit'
    _inherit = ['coop.document.mixin', 'coop.approval.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Limit for Two Pairs of Eyes"
    _order = 'company_id, kind, date_from DESC, id DESC'
    _check_company_auto = True
    _mail_post_access = 'read'

    _transitions = {
        'draft': ('proposed', 'confirmed', 'cancelled'), 'proposed': ('confirmed', 'cancelled'), 'confirmed': (),
        'cancelled': (),
    }
    _guarded_fields = frozenset({
        'state', 'lock_version', 'is_loosening', 'replaced_id', 'confirmed_by_id', 'confirmed_on', 'cancel_reason',
    })
    _prepared_fields = frozenset(FROZEN_FIELDS)

    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    kind = fields.Selection(selection='_selection_kind', string="For", required=True, index=True, tracking=True)
    date_from = fields.Date(
        string="Valid From", required=True, default=fields.Date.context_today, tracking=True,
        help="What counts is the day on which something is posted or approved, not the date on the paper.",
    )
    is_required = fields.Boolean(
        string="Two People Needed", default=True, tracking=True,
        help="Without it, one person may write and post whatever the amount. What is done so is kept on the document.",
    )
    amount = fields.Monetary(
        string="Above", tracking=True, help="Zero: always two people. What has no amount needs two people always.",
    )
    reason = fields.Text(required=True, tracking=True, help="Who decided so, when, and why.")
    is_loosening = fields.Boolean(
        string="Loosens the Rule", readonly=True, copy=False,
        help="The limit is higher than the one before, or two people are not needed any more.",
    )
    replaced_id = fields.Many2one(
        comodel_name='coop.approval.limit', string="Takes the Place Of", readonly=True, copy=False,
        index='btree_not_null', ondelete='restrict',
    )
    is_in_force = fields.Boolean(string="In Force Today", compute='_compute_is_in_force', search='_search_is_in_force')
    confirmed_by_id = fields.Many2one(comodel_name='res.users', readonly=True, copy=False)
    confirmed_on = fields.Datetime(readonly=True, copy=False)
    cancel_reason = fields.Char(string="Reason for Cancelling", readonly=True, copy=False, tracking=True)
    state = fields.Selection(
        selection=[
            ('draft', "Draft"), ('proposed', "Proposed"), ('confirmed', "Confirmed"), ('cancelled', "Cancelled"),
        ],
        default='draft', required=True, readonly=True, copy=False, tracking=True, index=True,
    )

    _amount_not_negative = models.Constraint('CHECK (amount >= 0)', "A limit cannot be below zero.")

    # === COMPUTE METHODS === #

    @api.depends('kind', 'date_from', 'is_required', 'amount')
    def _compute_display_name(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        for limit in self:
            limit.display_name = self.env._(
                "%(kind)s from %(date)s: %(rule)s", kind=kinds.get(limit.kind, "…"), rule=limit._get_rule_text(),
                date=format_date(self.env, limit.date_from) if limit.date_from else "…",
            )

    @api.depends_context('uid')
    def _compute_is_in_force(self):
        for limit in self:
            company = limit.company_id
            limit.is_in_force = bool(limit.kind) and limit._origin == company._coop_get_approval_limit(limit.kind)

    def _search_is_in_force(self, operator, value):
        if operator != 'in':
            return NotImplemented
        in_force = [
            company._coop_get_approval_limit(kind).id for company in self.env.companies for kind in LIMIT_KINDS
        ]
        return [('id', 'in' if True in value else 'not in', list(filter(None, in_force)))]

    # === SELECTION METHODS === #

    @api.model
    def _selection_kind(self):
        return [(kind, label._translate(self.env.lang or 'en_US')) for kind, label in LIMIT_KINDS.items()]

    # === CRUD METHODS === #

    def write(self, vals):
        if FROZEN_FIELDS & vals.keys() and any(limit.state != 'draft' for limit in self) and not self.env.su:
            raise UserError(self.env._("A limit stays as it was decided: write a new one, which takes its place."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if any(limit.state != 'draft' for limit in self):
            raise UserError(self.env._("A limit that was proposed or decided stays: write a new one."))

    # === ACTIONS === #

    def action_propose(self):
        """Put limits into force; those that loosen the rule only once somebody else has confirmed them.

        :raises AccessError: for anybody but the manager.
        :raises UserError: for a day that is over, without a reason, or when nobody else could confirm.
        """
        self._check_user_is(MANAGER)
        for limit in self:
            limit._queue_up_company()
            limit._check_state_is_draft('confirmed')
            limit._check_complete()
            replaced = limit.company_id._coop_get_approval_limit(limit.kind, limit.date_from)
            loosening = limit._is_looser_than(replaced)
            values = {'replaced_id': replaced.id, 'is_loosening': loosening}
            if loosening:
                limit._check_somebody_may_approve()
                limit._update_state('proposed', **values)
                limit._create_approval()
            else:
                limit._update_state('confirmed', **values, **limit._prepare_confirmation())

    # === BUSINESS METHODS === #

    def _cancel_with_reason(self, reason):
        """Drop a limit that is not confirmed."""
        self._check_user_is(MANAGER)
        for limit in self:
            limit._queue_up()
            limit._update_state('cancelled', cancel_reason=reason)
            limit._withdraw_approvals()

    def _after_refusal(self, reason):
        self._update_state('cancelled', cancel_reason=reason)

    def _after_approval(self):
        """Put the limit into force; tell the supervisors that the rule is looser now."""
        for limit in self:
            limit._queue_up_company()
            today = fields.Date.context_today(limit)
            values = limit._prepare_confirmation()
            if limit.date_from < today:
                values['date_from'] = today  # what happened before the confirmation needed two people
            limit._update_state('confirmed', **values)
            limit.sudo()._tell_supervisors()  # sudo: activities for others

    def _prepare_confirmation(self):
        return {'confirmed_by_id': self.env.uid, 'confirmed_on': fields.Datetime.now()}

    def _queue_up_company(self):
        """Let two limits of one company wait for each other: what is loosened depends on the one before."""
        self.ensure_one()
        # sudo: only to queue up
        self.sudo().search([('company_id', '=', self.company_id.id), ('kind', '=', self.kind)])._queue_up()

    def _check_complete(self):
        self.ensure_one()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say who decided on the limit, when, and why."))
        if self.kind in KINDS_WITHOUT_AMOUNT and self.amount:
            raise UserError(self.env._(
                "What this is for has no amount: two people are needed always, or one suffices. Enter zero.",
            ))
        today = fields.Date.context_today(self)
        if self.date_from < today:
            raise UserError(self.env._(
                "The limit would hold from %(date)s, and that day is over: what was done then was done under the limit"
                " of then. Choose %(today)s or later.", date=format_date(self.env, self.date_from),
                today=format_date(self.env, today),
            ))

    def _is_looser_than(self, other):
        """Whether one person may do more by this limit than by the other; without another one, two are needed always.
        """
        self.ensure_one()
        if other and not other.is_required:
            return False
        before = other.amount if other else 0.0
        return not self.is_required or self.currency_id.compare_amounts(self.amount, before) > 0

    def _needs_two(self, amount):
        """Whether two people are needed for ``amount``; None for what has no amount."""
        self.ensure_one()
        if not self.is_required:
            return False
        return amount is None or not self.amount or self.currency_id.compare_amounts(amount, self.amount) > 0

    def _get_rule_text(self):
        self.ensure_one()
        if not self.is_required:
            return self.env._("one person suffices")
        if not self.amount:
            return self.env._("always two people")
        return self.env._("two people above %s", format_amount(self.env, self.amount, self.currency_id))

    def _tell_supervisors(self):
        group = self.env.ref(SUPERVISOR)
        for limit in self:
            for user in group.all_user_ids.filtered(
                lambda user, limit=limit: user.active and not user.share and limit.company_id in user.company_ids,
            ):
                limit.activity_schedule(
                    'mail.mail_activity_data_todo', user_id=user.id,
                    summary=self.env._("Take note: two people are needed for less"), note=limit.display_name,
                )

    # === BUSINESS METHODS - ITS OWN APPROVAL === #

    def _get_approval_kind(self):
        return 'limit'

    def _get_approval_amount(self):
        return self.amount

    def _get_approval_content(self):
        return [self.company_id.id, self.kind, self.date_from, self.is_required, self.amount, self.reason]

    def _waits_for_posting(self):
        return self.state == 'proposed'
