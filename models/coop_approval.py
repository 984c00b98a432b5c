from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

ACTIVITY = 'producer_cooperative.mail_activity_type_approval'

#: What a cooperative sets limits for: kind and label.
LIMIT_KINDS = {
    'withdrawal': _lt("Withdrawal of Savings"),
    'payout': _lt("Payout to Members"),
    'bank_account': _lt("Bank Account of a Member"),
    'pool_allocation': _lt("Share Changed by Hand in a Pool"),
    'weight_correction': _lt("Correction of a Weight"),
    'set_off_consent': _lt("Consent to Set-Off"),
    'shu_approval': _lt("Approval of the SHU"),
    'shu_lapse': _lt("Unclaimed SHU Given to the Cooperative"),
    'fund_spending': _lt("Spending of a Fund"),
}
#: What is always for two people.
ALWAYS_KINDS = {
    'cash_difference': _lt("Cash Difference"),
    'limit': _lt("Limit Raised or Switched Off"),
    'due_change': _lt("Moved Due Date"),
    'loss': _lt("Write-Off of Members' Goods"),
    'price_reduction': _lt("Price Reduction"),
    'buyout': _lt("Purchase from Members' Stock"),
}


class CoopApproval(models.Model):
    """What somebody was asked to approve, and what became of it. Kept for good.

    Documents ask (see ``coop.approval.mixin``); nobody enters approvals by hand.
    """
    _name = 'coop.approval'
    _inherit = ['coop.document.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Approval"
    _order = 'id DESC'
    _check_company_auto = True
    _mail_post_access = 'read'

    _transitions = {'waiting': ('approved', 'refused', 'withdrawn'), 'approved': (), 'refused': (), 'withdrawn': ()}
    _guarded_fields = frozenset({
        'name', 'company_id', 'kind', 'res_model', 'res_id', 'amount', 'limit_id', 'prepared_by_ids', 'asked_by_id',
        'asked_on', 'decided_by_id', 'decided_on', 'refuse_reason', 'fingerprint', 'state', 'lock_version',
    })

    name = fields.Char(string="Document", required=True, readonly=True)
    company_id = fields.Many2one(comodel_name='res.company', required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    kind = fields.Selection(selection='_selection_kind', required=True, readonly=True, index=True)
    res_model = fields.Char(string="Document Model", required=True, readonly=True, export_string_translation=False)
    res_id = fields.Many2oneReference(
        string="Document Number", model_field='res_model', required=True, readonly=True, index=True,
    )
    amount = fields.Monetary(readonly=True, help="What is compared with the limit.")
    limit_id = fields.Many2one(
        comodel_name='coop.approval.limit', string="By the Limit", readonly=True, index='btree_not_null',
        ondelete='restrict', help="The limit that was in force when the approval was asked for.",
    )
    prepared_by_ids = fields.Many2many(comodel_name='res.users', string="Written By", readonly=True)
    asked_by_id = fields.Many2one(comodel_name='res.users', required=True, readonly=True)
    asked_on = fields.Datetime(readonly=True, default=fields.Datetime.now)
    decided_by_id = fields.Many2one(comodel_name='res.users', readonly=True)
    decided_on = fields.Datetime(readonly=True)
    refuse_reason = fields.Char(string="Reason for Refusing", readonly=True)
    fingerprint = fields.Char(readonly=True, export_string_translation=False)
    is_changed = fields.Boolean(
        string="Changed Since", compute='_compute_is_changed',
        help="The document is not any more what was asked about.",
    )
    may_decide = fields.Boolean(compute='_compute_may_decide', export_string_translation=False)
    state = fields.Selection(
        selection=[
            ('waiting', "Waiting"), ('approved', "Approved"), ('refused', "Refused"), ('withdrawn', "Withdrawn"),
        ],
        default='waiting', required=True, readonly=True, tracking=True, index=True,
    )

    _document_idx = models.Index("(res_model, res_id)")

    # === COMPUTE METHODS === #

    @api.depends('name', 'kind')
    def _compute_display_name(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        for approval in self:
            approval.display_name = f"{kinds.get(approval.kind, '')}: {approval.name or ''}"

    @api.depends('fingerprint', 'state')
    def _compute_is_changed(self):
        for approval in self:
            document = approval.sudo()._get_document()  # sudo: whether it is the same, not what it is
            approval.is_changed = (
                approval.state == 'waiting' and document is not None
                and document._get_fingerprint() != approval.fingerprint
            )

    @api.depends('state')
    @api.depends_context('uid')
    def _compute_may_decide(self):
        for approval in self:
            document = approval._get_document()
            approval.may_decide = (
                approval.state == 'waiting' and document is not None and not document._approval_error_message()
            )

    # === SELECTION METHODS === #

    @api.model
    def _selection_kind(self):
        lang = self.env.lang or 'en_US'
        return [(kind, label._translate(lang)) for kind, label in {**LIMIT_KINDS, **ALWAYS_KINDS}.items()]

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What was asked and decided stays."))

    # === ACTIONS === #

    def action_approve(self):
        """Approve the documents as they were when somebody asked.

        :raises UserError: for whoever wrote one of them, is paid by it or has no such role; when one was changed since.
        """
        for approval in self:
            document = approval._get_document_to_decide()
            if document._get_fingerprint() != approval.fingerprint:
                raise UserError(self.env._(
                    "%s was changed after the approval was asked for. Let it be asked for anew, and look at it again.",
                    document.display_name,
                ))
            approval.sudo()._close('approved')  # sudo: who decides was checked
            if hasattr(document, '_message_log'):
                document._message_log(body=self.env._("Approved by %s.", self.env.user.name))
            document._after_approval()

    def action_refuse(self):
        """Ask for the reason, then refuse."""
        return {**self.action_cancel(), 'name': self.env._("Refuse %s", self.display_name)}

    def action_open_document(self):
        """Open the document that waits."""
        self.ensure_one()
        document = self._get_document()
        if document is None:
            raise UserError(self.env._("%s was deleted before it took effect.", self.name))
        return document._get_records_action()

    # === BUSINESS METHODS === #

    def _cancel_with_reason(self, reason):
        """Refuse the approval; the document stays as it is, and may be changed and asked about anew.

        :raises UserError: for whoever may not approve either.
        """
        for approval in self:
            document = approval._get_document_to_decide()
            approval.sudo()._close('refused', reason)  # sudo: who decides was checked
            if hasattr(document, '_message_log'):
                document._message_log(body=self.env._(
                    "Approval refused by %(user)s: %(reason)s", user=self.env.user.name, reason=reason,
                ))
            document._after_refusal(reason)

    def _get_document(self):
        """Return the document, or None when it was deleted."""
        self.ensure_one()
        if self.res_model not in self.env:
            return None
        return self.env[self.res_model].browse(self.res_id).exists() or None

    def _get_document_to_decide(self):
        """Return the document; nobody else decides about it or changes it at this moment.

        :raises UserError: when it was decided already, was deleted, or is not this user's to decide.
        """
        self.ensure_one()
        self.check_access('read')
        self._queue_up()
        self.invalidate_recordset(['state'])
        document = self._get_document()
        if document is None:
            raise UserError(self.env._("%s was deleted before it took effect.", self.name))
        if self.state != 'waiting':
            raise UserError(self._state_error_message('approved'))
        document.check_access('read')
        message = document._approval_error_message()
        if message:
            raise UserError(message)
        if 'lock_version' in document._fields:
            document.sudo()._queue_up()  # sudo: only to queue up
        return document

    def _close(self, state, reason=False):
        """Decide, as superuser: the activity of whoever decides is done, and those of the others are not needed."""
        for approval in self:
            approval._update_state(
                state, decided_by_id=self.env.uid, decided_on=fields.Datetime.now(), refuse_reason=reason,
            )
            labels = dict(self._fields['state']._description_selection(self.env))
            approval.activity_feedback([ACTIVITY], user_id=self.env.uid, feedback=reason or labels[state])
            approval.activity_unlink([ACTIVITY])

    def _tell_approvers(self, users):
        """Give each of those who may approve an activity, except who asks."""
        self.ensure_one()
        for user in users.filtered(lambda user: user.id not in (self.env.uid, SUPERUSER_ID)):
            self.activity_schedule(
                ACTIVITY, user_id=user.id, date_deadline=fields.Date.context_today(self),
                summary=self.env._("Approve: %s", self.name),
            )
