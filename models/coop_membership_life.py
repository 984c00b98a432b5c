from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_amount, format_date

from odoo.addons.producer_cooperative.models.coop_membership import MANAGER


class CoopMembership(models.Model):
    """What kind of member somebody is, suspension, applications that come to nothing, and coming back."""
    _inherit = 'coop.membership'

    category = fields.Selection(
        selection=[('full', "Full Member"), ('associate', "Associate")],
        required=True, default='full', tracking=True, index=True,
        help="An associate (anggota luar biasa) has no vote. The bylaws say whether associates take part in the SHU.",
    )
    category_date = fields.Date(
        string="Category Since", copy=False, tracking=True,
        help="Day from which the present category holds; before it, the member had the other one.",
    )
    has_vote = fields.Boolean(
        string="Votes", compute='_compute_has_vote', store=True, index=True,
        help="Active full members have one vote each; associates, candidates and suspended members have none.",
    )
    date_suspended = fields.Date(string="Suspended Since", copy=False, readonly=True, tracking=True)
    suspend_reason = fields.Char(string="Reason for Suspending", copy=False, readonly=True, tracking=True)
    date_closed = fields.Date(string="Application Closed On", copy=False, readonly=True, tracking=True)
    close_reason = fields.Char(string="Reason for Closing", copy=False, readonly=True, tracking=True)

    # === COMPUTE METHODS === #

    @api.depends('state', 'category')
    def _compute_has_vote(self):
        for membership in self:
            membership.has_vote = membership.state == 'active' and membership.category == 'full'

    # === CONSTRAINT METHODS === #

    @api.constrains('category_date')
    def _check_category_date(self):
        today = fields.Date.context_today(self)
        for membership in self.filtered('category_date'):
            if membership.category_date > today:
                raise ValidationError(self.env._(
                    "The category of %s cannot change on a day to come. Enter it when the day is there.",
                    membership.display_name,
                ))

    @api.constrains('partner_id', 'company_id', 'date_applied', 'date_left')
    def _check_applied_after_leaving(self):
        """Refuse a new application before the earlier membership is over and its money is booked.

        Every journal item then belongs to one of the memberships, by its date.
        """
        # sudo: all memberships of the partner in this company
        for (partner, company), memberships in self.sudo()._get_several(self.partner_id, self.company_id).items():
            for earlier, later in zip(memberships, memberships[1:], strict=False):
                over = earlier._get_last_day()
                if over and later.date_applied <= over:
                    raise ValidationError(self.env._(
                        "%(member)s was a member of %(company)s until %(date)s and can apply again from the day after.",
                        member=partner.display_name, company=company.name, date=format_date(self.env, over),
                    ))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self.flush_model(['state'])  # a member who has just left may apply anew
        self._queue_up_earlier(vals_list)
        self._check_no_closed_application(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        if 'category' not in vals or 'category_date' in vals:
            return super().write(vals)
        changed = self.filtered(lambda m: m.number and m.category != vals['category'])
        super(CoopMembership, changed).write({**vals, 'category_date': fields.Date.context_today(self)})
        return super(CoopMembership, self - changed).write(vals)

    @api.model
    def _queue_up_earlier(self, vals_list):
        """Let applications of former members wait for what is being booked on their earlier membership."""
        partner_ids = [vals['partner_id'] for vals in vals_list if vals.get('partner_id')]
        # sudo: only a counter on the earlier memberships, whoever applies
        self.sudo().search([('partner_id', 'in', partner_ids)])._queue_up()

    @api.model
    def _check_no_closed_application(self, vals_list):
        """Refuse a second application where the first was closed: what was paid under it stands there.

        :raises UserError: saying to take the first one up again.
        """
        partner_ids = [vals.get('partner_id') for vals in vals_list]
        # sudo: whether there is one, in the company of the new application
        closed = self.sudo().search([('partner_id', 'in', partner_ids), ('state', '=', 'rejected')])
        for vals in vals_list:
            company_id = vals.get('company_id') or self.env.company.id
            for membership in closed:
                if membership.partner_id.id == vals.get('partner_id') and membership.company_id.id == company_id:
                    raise UserError(self.env._(
                        "%s has applied before and the application was closed. Take that one up again.",
                        membership.partner_id.display_name,
                    ))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_paid_in(self):
        """Keep applications under which money changed hands."""
        balances = self._get_savings_balances()
        for membership in self:
            saved = sum(balances[membership].values())
            if not membership.currency_id.is_zero(saved):
                raise UserError(self.env._(
                    "%(member)s has paid in %(amount)s. Close the application instead and pay the money back with a"
                    " savings voucher.",
                    member=membership.display_name, amount=format_amount(self.env, saved, membership.currency_id),
                ))
        # sudo: whether vouchers name the applicant, whoever wrote them
        lines = self.env['coop.savings.voucher.line'].sudo().search([('membership_id', 'in', self.ids)], limit=1)
        if lines:
            raise UserError(self.env._(
                "%(voucher)s names %(member)s. The application stays on record: close it instead.",
                voucher=lines.voucher_id.display_name, member=lines.membership_id.display_name,
            ))

    # === ACTIONS === #

    def action_admit_selected(self):
        """Admit those of the selected candidates who can be admitted, and say who could not and why.

        :raises AccessError: for anybody but the manager.
        """
        self._check_user_is(MANAGER)
        candidates = self.filtered(lambda membership: membership.state == 'candidate').sorted('id')
        candidates._queue_up()
        refusals = {}
        for candidate in candidates:
            try:
                with self.env.cr.savepoint():
                    candidate.action_admit()
            except UserError as error:
                refusals[candidate] = str(error)
        admitted = candidates.filtered(lambda membership: membership not in refusals)
        return self.env['coop.membership.admission']._report(admitted, refusals, self - candidates)

    def action_suspend(self):
        """Ask for the reason, then suspend the members.

        :raises AccessError: for anybody but the manager.
        """
        self._check_user_is(MANAGER)
        return self._ask_for_decision('suspend', self.env._("Suspend"))

    def action_reinstate(self):
        """Ask for the reason, then make suspended members active again.

        :raises AccessError: for anybody but the manager.
        """
        self._check_user_is(MANAGER)
        return self._ask_for_decision('reinstate', self.env._("Reinstate"))

    def action_reject(self):
        """Ask for the reason, then close applications that were refused or withdrawn."""
        return self._ask_for_decision('reject', self.env._("Close the Application"))

    def action_reopen(self):
        """Take closed applications up again."""
        for membership in self:
            membership._queue_up()
            if membership.state != 'rejected':
                raise UserError(membership._state_error_message('candidate'))
            membership._update_state('candidate', date_closed=False, close_reason=False)

    def _ask_for_decision(self, decision, title):
        return {
            'type': 'ir.actions.act_window',
            'name': title,
            'res_model': 'coop.membership.decision',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_membership_ids': self.ids, 'default_decision': decision},
        }

    # === BUSINESS METHODS - SUSPENSION AND APPLICATIONS === #

    def _suspend_with_reason(self, reason, date=None):
        """Suspend active members: they keep their savings and have no vote, and order and deliver nothing.

        :param str reason: kept with the membership as long as it is suspended.
        :param date: first day of the suspension; today by default.
        :raises AccessError: for anybody but the manager.
        """
        self._check_user_is(MANAGER)
        self._queue_up()
        for membership in self:
            if membership.state != 'active':
                raise UserError(membership._state_error_message('suspended'))
        self._update_state(
            'suspended', date_suspended=date or fields.Date.context_today(self), suspend_reason=reason,
        )

    def _reinstate_with_reason(self, reason, date=None):
        """Make suspended members active again; why, and what they were suspended for, stays in the history.

        :raises AccessError: for anybody but the manager.
        """
        self._check_user_is(MANAGER)
        self._queue_up()
        for membership in self:
            if membership.state != 'suspended':
                raise UserError(membership._state_error_message('active'))
            membership._message_log(body=self.env._(
                "Reinstated on %(date)s: %(reason)s. Suspended since %(since)s: %(why)s",
                date=format_date(self.env, date or fields.Date.context_today(self)), reason=reason,
                since=format_date(self.env, membership.date_suspended), why=membership.suspend_reason or "–",
            ))
        self._update_state('active', date_suspended=False, suspend_reason=False)

    def _reject_with_reason(self, reason, date=None):
        """Close applications that were refused, or withdrawn by the applicant; what was paid in can be paid back.

        :raises UserError: for members who were admitted.
        """
        self._queue_up()
        self._update_state(
            'rejected', date_closed=date or fields.Date.context_today(self), close_reason=reason, date_joined=False,
        )

    def _state_error_message(self, target):
        """Say of former members and of members what to do instead."""
        self.ensure_one()
        if self.state == 'left' and target in ('active', 'suspended', 'left'):
            return self.env._(
                "%s has left. Whoever comes back applies anew and gets a new number.", self.display_name,
            )
        if target == 'rejected' and self.state in ('active', 'suspended'):
            return self.env._("%s is a member already. A member who goes is recorded as leaving.", self.display_name)
        return super()._state_error_message(target)

    # === BUSINESS METHODS - SEVERAL MEMBERSHIPS OF ONE PARTNER === #

    @api.model
    def _get_several(self, partners, companies):
        """Return ``{(partner, company): memberships}`` of those who were a member more than once, in order of time."""
        # sudo: a record rule must not hide the earlier membership that a journal item belongs to
        groups = self.env['coop.membership'].sudo()._read_group(
            [('partner_id', 'in', partners.ids), ('company_id', 'in', companies.ids)],
            ['partner_id', 'company_id'], ['id:recordset'], having=[('__count', '>', 1)],
        )
        return {
            (partner.with_env(self.env), company.with_env(self.env)):
            memberships.sorted(lambda m: (m.date_applied, m.id)).with_env(self.env)
            for partner, company, memberships in groups
        }

    def _pick_by_day(self, day):
        """Return which of one partner's memberships, in order of time, a journal item of ``day`` belongs to.

        It is the last one that had been applied for by then; whatever is older still belongs to the first.
        """
        # sudo: only the dates of application
        return next((m for m in reversed(self) if m.sudo().date_applied <= day), self[:1])

    def _get_last_day(self):
        """Return the last day that belongs to this membership once it is over, else False.

        For a room that books something after the leaving, it must override this method.
        """
        self.ensure_one()
        return self.date_left

    def _get_category_on(self, date):
        """Return the category that the member had on ``date``; only the last change is known."""
        self.ensure_one()
        if not self.category_date or self.category_date <= date:
            return self.category
        return 'associate' if self.category == 'full' else 'full'

    def _check_not_succeeded(self):
        """Refuse to rebook something of a membership after which the partner applied anew.

        What is booked today would count for the new membership.

        :raises UserError: naming both memberships.
        """
        self.ensure_one()
        memberships = self._get_several(self.partner_id, self.company_id).get((self.partner_id, self.company_id))
        if memberships and memberships[-1] != self:
            raise UserError(self.env._(
                "%(member)s was admitted anew as %(later)s: what belongs to the earlier membership is not undone any"
                " more. Correct the difference with an entry.",
                member=self.display_name, later=memberships[-1].display_name,
            ))
