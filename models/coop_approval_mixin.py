from __future__ import annotations

import hashlib
import json

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_amount

#: Who approves, where a document says nothing else.
APPROVERS = ('producer_cooperative.group_coop_manager', 'producer_cooperative.group_coop_accountant')
#: What pays somebody: who is paid does not post it either, above the limit.
PAYING_KINDS = ('withdrawal', 'payout', 'fund_spending')
#: What the mixin itself keeps on the documents.
KEPT_FIELDS = frozenset({'prepared_by_ids', 'approval_ids', 'posted_alone', 'alone_by_id', 'alone_on'})


class CoopApprovalMixin(models.AbstractModel):
    """A document that two people have to see: who wrote it does not post it alone.

    A document says in :meth:`_get_approval_kind` what it is, and calls :meth:`_check_two_people` before it takes
    effect. Either somebody posts it who has not written it, or somebody approves it first: see ``coop.approval``.
    """
    _name = 'coop.approval.mixin'
    _inherit = ['coop.guard.mixin']
    _description = "Document for Two Pairs of Eyes"

    #: Who writes one of these fields has written the document.
    _prepared_fields: frozenset[str] = frozenset()
    #: Whether it takes effect by somebody's approval, which is a button of its own: nobody approves it before that.
    _is_itself_approved = False

    prepared_by_ids = fields.Many2many(
        comodel_name='res.users', string="Written By", readonly=True, copy=False, groups='base.group_user',
        help="Everybody who wrote the document or changed what counts in it.",
    )
    approval_ids = fields.One2many(
        comodel_name='coop.approval', inverse_name='res_id', string="Approvals", readonly=True, copy=False,
        groups='base.group_user',
    )
    approval_status = fields.Selection(
        selection=[('needed', "Two People Needed"), ('waiting', "Waits for Approval"), ('approved', "Approved")],
        string="Approval", compute='_compute_approval_status', groups='base.group_user',
    )
    may_give_approval = fields.Boolean(
        compute='_compute_approval_status', groups='base.group_user', export_string_translation=False,
    )
    posted_alone = fields.Boolean(
        string="By One Person Alone", readonly=True, copy=False, groups='base.group_user',
        help="The same person wrote the document and posted it, and nobody approved it.",
    )
    alone_by_id = fields.Many2one(
        comodel_name='res.users', readonly=True, copy=False, groups='base.group_user', export_string_translation=False,
    )
    alone_on = fields.Datetime(
        readonly=True, copy=False, groups='base.group_user', export_string_translation=False,
    )

    # === COMPUTE METHODS === #

    @api.depends('approval_ids.state', 'prepared_by_ids')
    @api.depends_context('uid')
    def _compute_approval_status(self):
        for document in self:
            status, may_give = False, False
            if document._origin and document._waits_for_posting() and not document._is_itself_approved:
                waiting = document._get_waiting_approval()
                may_give = bool(waiting) and not document._approval_error_message()
                if document._get_valid_approval():
                    status = 'approved'
                elif waiting:
                    status = 'waiting'
                elif document._needs_two_people() and document._is_prepared_by(self.env.user):
                    status = 'needed'
            document.approval_status, document.may_give_approval = status, may_give

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        for document, vals in zip(documents, vals_list, strict=True):
            if document._creates_document(vals):
                document._keep_writer()
        return documents

    def write(self, vals):
        written = self.filtered(lambda document: document._writes_document(vals))
        res = super().write(vals)
        written._keep_writer()
        return res

    def unlink(self):
        self._withdraw_approvals()
        return super().unlink()

    def _is_guarded(self, name):
        return name in KEPT_FIELDS or super()._is_guarded(name)

    # === ACTIONS === #

    def action_ask_approval(self):
        """Ask those who may approve to look at these documents; each gets an activity.

        :raises UserError: when no second person is needed, or nobody could approve.
        """
        for document in self:
            document.check_access('write')
            if document._is_itself_approved:
                raise UserError(self.env._("%s is approved by its own button.", document.display_name))
            if not document._waits_for_posting() or not document._needs_two_people():
                raise UserError(self.env._("%s needs nobody's approval.", document.display_name))
            document._check_somebody_may_approve()
            document._create_approval()

    def action_give_approval(self):
        """Approve what waits for it.

        :raises UserError: for whoever wrote it, is paid by it or has no such role, and when it was changed since.
        """
        for document in self:
            waiting = document._get_waiting_approval()
            if not waiting:
                raise UserError(self.env._("Nobody asked for an approval of %s.", document.display_name))
            waiting.action_approve()

    def action_open_approvals(self):
        """Open what was asked and decided about the document."""
        self.ensure_one()
        return self.approval_ids._get_records_action(name=self.env._("Approvals"))

    # === BUSINESS METHODS - WHAT A DOCUMENT SAYS === #

    def _get_approval_kind(self):
        """Return the kind of the document (see ``coop.approval``), or False where one person suffices.

        Each document must override this method.
        """
        self.ensure_one()
        return False

    def _get_approval_amount(self):
        """Return the amount that is compared with the limit, in the company's currency; None where there is none."""
        self.ensure_one()
        return self.amount_total if 'amount_total' in self._fields else None

    def _get_approval_content(self):
        """Return what is approved, as plain values: when it changes, the approval holds no longer.

        Each document must override this method.
        """
        self.ensure_one()
        return []

    def _get_approver_groups(self):
        """Return the external ids of the roles that approve the document."""
        return APPROVERS

    def _get_approval_company(self):
        """Return the company whose limits hold."""
        self.ensure_one()
        return self.company_id

    def _get_approval_label(self):
        """Return what the approvers see in their list."""
        self.ensure_one()
        return self.display_name

    def _get_beneficiaries(self):
        """Return the partners who get something by the document: they do not approve it."""
        return self.env['res.partner']

    def _waits_for_posting(self):
        """Whether the document is still to take effect."""
        self.ensure_one()
        return 'state' not in self._fields or self.state == 'draft'

    def _after_approval(self):
        """Called after somebody else has approved the document; does nothing by default."""

    def _after_refusal(self, reason):
        """Called after somebody has refused the document; does nothing by default: it may be changed and asked anew."""

    # === BUSINESS METHODS - WHO WROTE IT === #

    def _creates_document(self, vals):
        """Whether whoever creates the document has written what counts in it."""
        return True

    def _writes_document(self, vals):
        """Whether values change what counts in the document; asked before they are written."""
        return bool(self._prepared_fields & vals.keys())

    def _keep_writer(self):
        """Keep that the user wrote these documents; what nobody in particular writes, as a schedule does, has none."""
        if self.env.uid == SUPERUSER_ID:
            return
        # sudo: guarded; nobody chooses who is noted
        new = self.sudo().filtered(lambda document: self.env.user not in document.prepared_by_ids)
        if new:
            new.write({'prepared_by_ids': [Command.link(self.env.uid)]})

    def _get_preparers(self):
        """Return everybody who wrote the document. For one that knows of others, it must override this method."""
        self.ensure_one()
        return self.sudo().prepared_by_ids  # sudo: names of colleagues

    def _is_prepared_by(self, user):
        return user in self._get_preparers()

    # === BUSINESS METHODS - THE RULE === #

    def _needs_two_people(self):
        """Whether one person alone may not write and post the document, by the limit in force today."""
        self.ensure_one()
        kind = self._get_approval_kind()
        return bool(kind) and self._get_approval_company()._coop_needs_two_people(kind, self._get_approval_amount())

    def _check_two_people(self):
        """Refuse that one person alone writes and posts these documents, where the cooperative wants two.

        To be called by every document before it takes effect. What the limits leave to one person is kept as such. The
        day that counts is today, not the one on the paper: a limit is not gone around by an earlier date.

        :raises UserError: naming who wrote it, the limit, and who may approve.
        """
        for document in self:
            if self.env.uid == SUPERUSER_ID:
                continue
            approved = bool(document._get_valid_approval())
            alone = document._is_prepared_by(self.env.user) and not approved
            if alone and document._needs_two_people():
                raise UserError(document._two_people_error_message())
            if not approved and document._pays_user() and document._needs_two_people():
                raise UserError(self.env._(
                    "%(document)s pays you yourself: somebody else posts it, or approves it first. Ask: %(names)s.",
                    document=document._get_approval_label(), names=document._get_other_approver_names(),
                ))
            document._settle_approvals()
            if alone and document._get_approval_kind():
                document._note_alone()

    def _note_alone(self):
        """Keep that one person did it all; in the chatter as well, where two people were needed if nobody had let go.
        """
        self.ensure_one()
        document = self.sudo()  # sudo: guarded; nobody chooses what is kept
        document.write({'posted_alone': True, 'alone_by_id': self.env.uid, 'alone_on': fields.Datetime.now()})
        limit = document._get_approval_company()._coop_get_approval_limit(document._get_approval_kind())
        if limit and not limit.is_required and hasattr(document, '_message_log'):
            document._message_log(body=self.env._(
                "%s wrote and posted this alone: two people are not required at present.", self.env.user.name,
            ))

    def _two_people_error_message(self):
        """Say why this user does not post the document, and who can help."""
        self.ensure_one()
        company = self._get_approval_company()
        limit = company._coop_get_approval_limit(self._get_approval_kind())
        names = self._get_other_approver_names()
        if self._is_itself_approved:
            return self.env._(
                "You wrote or changed %(document)s yourself, and somebody else has to approve it. Ask: %(names)s.",
                document=self._get_approval_label(), names=names,
            )
        above = self.env._(
            "Above %s, two people are needed.", format_amount(self.env, limit.amount, company.currency_id),
        ) if limit.amount else self.env._("Two people are needed for this.")
        return self.env._(
            "You wrote %(document)s yourself. %(above)s Let somebody else post it, or press “Ask for Approval”. It may"
            " be approved by: %(names)s.", document=self._get_approval_label(), above=above, names=names,
        )

    def _pays_user(self):
        """Whether the document pays the user, whose partner may be below the member's."""
        self.ensure_one()
        if self._get_approval_kind() not in PAYING_KINDS:
            return False
        # sudo: whose partner the user is, against those who are paid
        partner = self.env.user.sudo().partner_id.commercial_partner_id
        return partner in self.sudo()._get_beneficiaries().commercial_partner_id

    def _filter_large_parts(self, amounts):
        """Return those partners who get so much that the document is about them: a decoy beside them changes nothing.

        A run that pays everybody is no own dealing of one of them, as far as their parts are below the limit and no
        more than half of the whole.

        :param dict amounts: what each partner gets.
        """
        limit = self._get_approval_company()._coop_get_approval_limit(self._get_approval_kind())
        total, ceiling = sum(amounts.values()), limit.is_required and limit.amount
        large = [
            partner.id for partner, amount in amounts.items() if 2 * amount > total or ceiling and amount > ceiling
        ]
        return self.env['res.partner'].browse(large)

    # === BUSINESS METHODS - APPROVALS === #

    def _get_approvers(self):
        """Return the users who hold a role that approves the document, in its company."""
        self.ensure_one()
        company = self._get_approval_company()
        groups = self.env['res.groups'].browse([self.env.ref(group).id for group in self._get_approver_groups()])
        # sudo: who holds these roles, for whoever asks
        return groups.sudo().all_user_ids.filtered(
            lambda user: user.active and not user.share and company in user.company_ids and user.id != SUPERUSER_ID,
        ).sorted('name').with_env(self.env)

    def _get_other_approver_names(self):
        names = (self._get_approvers() - self._get_preparers()).mapped('name')
        return ", ".join(names) or self.env._("nobody else has such a role yet")

    def _approval_error_message(self):
        """Say why this user cannot approve the document, or return an empty text."""
        self.ensure_one()
        user, preparers = self.env.user, self._get_preparers()
        if not any(user.has_group(group) for group in self._get_approver_groups()):
            return self.env._(
                "You may not approve %(document)s. Ask: %(names)s.", document=self._get_approval_label(),
                names=self._get_other_approver_names(),
            )
        if user in preparers:
            return self.env._(
                "You wrote or changed %(document)s yourself: somebody else approves it. Ask: %(names)s.",
                document=self._get_approval_label(), names=self._get_other_approver_names(),
            )
        # sudo: whose partner the user is, against those who are paid
        if user.sudo().partner_id.commercial_partner_id in self.sudo()._get_beneficiaries().commercial_partner_id:
            return self.env._(
                "%s is about you yourself: somebody else approves it.", self._get_approval_label(),
            )
        return ""

    def _get_fingerprint(self):
        """Return a short text that changes with what is approved."""
        self.ensure_one()
        content = json.dumps(self.sudo()._get_approval_content(), default=str, sort_keys=True)  # sudo: a hash of it
        return hashlib.sha256(content.encode()).hexdigest()

    def _get_waiting_approval(self):
        self.ensure_one()
        # sudo: whether somebody was asked, for whoever works on the document
        return self.sudo().approval_ids.filtered(lambda approval: approval.state == 'waiting').with_env(self.env)[:1]

    def _get_valid_approval(self):
        """Return the approval of the document as it is now, given by somebody who has not written it; else empty."""
        self.ensure_one()
        given = self.sudo().approval_ids.filtered(lambda approval: approval.state == 'approved')  # sudo: see above
        if not given or self._is_itself_approved:
            return given.browse()
        fingerprint, preparers = self._get_fingerprint(), self._get_preparers()
        return given.filtered(
            lambda approval: approval.fingerprint == fingerprint and approval.decided_by_id not in preparers,
        )[:1]

    def _check_somebody_may_approve(self):
        """Refuse to ask where there is nobody to ask.

        :raises UserError: saying who is missing.
        """
        self.ensure_one()
        if not self._get_approvers() - self._get_preparers():
            raise UserError(self.env._(
                "Nobody else could approve %s: give another person the role of manager or accountant.",
                self._get_approval_label(),
            ))

    def _create_approval(self):
        """Ask for an approval of the document as it is now, and tell those who may give it."""
        self.ensure_one()
        approvers = self._get_approvers() - self._get_preparers()
        self._withdraw_approvals()
        kind, company = self._get_approval_kind(), self._get_approval_company()
        # sudo: approvals are asked for by documents; nobody enters them
        approval = self.env['coop.approval'].sudo().create({
            'company_id': company.id, 'kind': kind, 'res_model': self._name, 'res_id': self.id,
            'name': self._get_approval_label(), 'amount': self._get_approval_amount() or 0.0,
            'limit_id': company._coop_get_approval_limit(kind).id, 'asked_by_id': self.env.uid,
            'prepared_by_ids': [Command.set(self._get_preparers().ids)], 'fingerprint': self._get_fingerprint(),
        })
        approval._tell_approvers(approvers)
        self.invalidate_recordset(['approval_ids', 'approval_status', 'may_give_approval'])
        return approval.with_env(self.env)

    def _settle_approvals(self):
        """Close what waits: whoever posts a document of somebody else's has approved it."""
        for document in self:
            waiting = document._get_waiting_approval()
            if waiting and document._is_prepared_by(self.env.user):
                waiting.sudo()._close('withdrawn')  # sudo: the document closes what it has asked
            elif waiting:
                waiting.sudo()._close('approved')  # sudo: see above

    def _withdraw_approvals(self):
        """Withdraw what was asked: the document is changed, dropped or asked about anew."""
        for document in self:
            document._get_waiting_approval().sudo()._close('withdrawn')  # sudo: see _settle_approvals
