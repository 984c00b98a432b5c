from odoo import models

ACCOUNTANT = 'producer_cooperative.group_coop_accountant'
MANAGER = 'producer_cooperative.group_coop_manager'
OFFICER = 'producer_cooperative.group_coop_officer'


class CoopApprovalAlwaysMixin(models.AbstractModel):
    """A document that takes two people whatever the limits say, and takes effect by the second one's decision.

    Who decides finds it among the own activities and in the list of approvals; approving it there is the document's
    own button, and the other way round.
    """
    _name = 'coop.approval.always.mixin'
    _inherit = ['coop.approval.mixin']
    _description = "Document for Two People Always"

    #: The kind of approval; see ``coop.approval``.
    _approval_kind: str
    #: External ids of the roles that decide.
    _approver_groups: tuple[str, ...] = ()
    #: The state in which it waits for the decision.
    _waiting_state = 'draft'

    # === BUSINESS METHODS === #

    def _get_approval_kind(self):
        return self._approval_kind

    def _get_approver_groups(self):
        return self._approver_groups

    def _waits_for_posting(self):
        return self.state == self._waiting_state

    def _update_state(self, target, **values):
        """Ask once the document waits; close what waits when it is decided otherwise, taken back or dropped."""
        res = super()._update_state(target, **values)
        for document in self:
            if target in ('draft', 'cancelled'):
                document._withdraw_approvals()
            elif target == self._waiting_state:
                document._create_approval()
            else:
                document._settle_approvals()
        return res


class CoopDueChange(models.Model):
    """Somebody else than who asks moves due dates."""
    _name = 'coop.due.change'
    _inherit = ['coop.approval.always.mixin', 'coop.due.change']

    _approval_kind = 'due_change'
    _approver_groups = (MANAGER,)
    _waiting_state = 'requested'

    # === BUSINESS METHODS === #

    def _get_approval_amount(self):
        return self.amount_open

    def _get_approval_content(self):
        self.ensure_one()
        return [
            self.season_id.id, sorted(self.pool_ids.ids), sorted(self.membership_ids.ids), self.date_due, self.reason,
        ]

    def _get_preparers(self):
        """Return who asked: others may have looked at the draft."""
        self.ensure_one()
        return self.requested_by_id

    def _get_beneficiaries(self):
        partners = self.membership_ids.partner_id
        return partners if len(partners) == 1 else partners.browse()

    def _after_approval(self):
        self.action_approve()

    def _after_refusal(self, reason):
        self.action_back_to_draft()


class CoopConsignmentLoss(models.Model):
    """Somebody else than who counted writes members' goods off."""
    _name = 'coop.consignment.loss'
    _inherit = ['coop.approval.always.mixin', 'coop.consignment.loss']

    _approval_kind = 'loss'
    _approver_groups = (MANAGER, ACCOUNTANT)
    _waiting_state = 'submitted'

    # === BUSINESS METHODS === #

    def _get_approval_content(self):
        self.ensure_one()
        return [
            self.kind, self.date, self.location_id.id, self.bearer, self.reason,
            sorted((share.owner_id.id, share.quantity, share.amount) for share in self.share_ids),
        ]

    def _get_preparers(self):
        self.ensure_one()
        return self.submitted_by_id | self.create_uid

    def _after_approval(self):
        self.action_approve()

    def _after_refusal(self, reason):
        self.action_reopen()


class CoopConsignmentReduction(models.Model):
    """Somebody else than who wrote them lowers prices; that may be asked for."""
    _name = 'coop.consignment.reduction'
    _inherit = ['coop.approval.always.mixin', 'coop.consignment.reduction']

    _approval_kind = 'price_reduction'
    _approver_groups = (OFFICER,)

    # === ACTIONS === #

    def action_ask_approval(self):
        for reduction in self:
            reduction._check_complete()
        return super().action_ask_approval()

    # === BUSINESS METHODS === #

    def _get_approval_amount(self):
        return None

    def _get_approval_content(self):
        self.ensure_one()
        return [
            self.membership_id.id, self.date, self.consent_by, self.consent_date, self.consent_kind,
            sorted((line.consignment_line_id.id, line.price) for line in self.line_ids),
        ]

    def _get_preparers(self):
        self.ensure_one()
        lines = self.line_ids.sudo()  # sudo: names of colleagues
        return self.create_uid | self.noted_by_id | lines.create_uid | lines.write_uid

    def _after_approval(self):
        self.action_confirm()


class CoopConsignmentBuyout(models.Model):
    """Somebody else than who wrote the purchase buys members' goods; that may be asked for."""
    _name = 'coop.consignment.buyout'
    _inherit = ['coop.approval.always.mixin', 'coop.consignment.buyout']

    _approval_kind = 'buyout'
    _approver_groups = (ACCOUNTANT,)

    # === ACTIONS === #

    def action_ask_approval(self):
        for buyout in self:
            for line in buyout.line_ids:
                line._check_complete()
        return super().action_ask_approval()

    # === BUSINESS METHODS === #

    def _get_approval_amount(self):
        return sum(self.line_ids.mapped('amount'))

    def _get_approval_content(self):
        self.ensure_one()
        return [
            self.membership_id.id, self.date, self.agreed_by, self.agreed_on, self.agreed_kind, self.set_off_rate,
            self.set_off_consent_date,
            sorted((line.product_id.id, line.lot_id.id, line.quantity, line.price) for line in self.line_ids),
        ]

    def _get_preparers(self):
        self.ensure_one()
        lines = self.line_ids.sudo()  # sudo: names of colleagues
        return self.create_uid | self.noted_by_id | lines.create_uid | lines.write_uid

    def _get_beneficiaries(self):
        return self.membership_id.partner_id

    def _after_approval(self):
        self.action_confirm()
