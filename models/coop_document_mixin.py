from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

#: Who moved the document to the state that it is in, and when: written with the state, by nobody's hand.
STATE_STAMPS = frozenset({'state_changed_by_id', 'state_changed_on'})


class CoopDocumentMixin(models.AbstractModel):
    """What the cooperative's documents share: one guarded state, one number, one way to queue up behind each other.

    A document names its allowed transitions in ``_transitions`` and has a ``state`` selection of its own.
    """
    _name = 'coop.document.mixin'
    _inherit = ['coop.guard.mixin', 'coop.queue.mixin']
    _description = "Cooperative Document"

    _transitions: dict[str, tuple[str, ...]] = {}
    _guarded_fields = frozenset({'state', 'lock_version'})

    # Odoo's own note of who changed a record last also counts what is merely worked out anew.
    state_changed_by_id = fields.Many2one(
        comodel_name='res.users', readonly=True, copy=False, groups='base.group_user',
    )
    state_changed_on = fields.Datetime(readonly=True, copy=False, groups='base.group_user')

    # === ACTIONS === #

    def action_cancel(self):
        """Ask for the reason, then cancel the document."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Cancel %s", self.display_name),
            'res_model': 'coop.document.cancel',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_document_model': self._name, 'default_document_id': self.id},
        }

    # === BUSINESS METHODS === #

    def _cancel_with_reason(self, reason):
        """Undo the document and keep why. Each document that can be cancelled must override this method.

        :param str reason: for the auditors, in the words of whoever cancels.
        """
        raise UserError(self.env._("%s cannot be cancelled.", self.display_name))

    def _update_state(self, target, **values):
        """Move the documents to ``target`` and write ``values`` with it.

        :param str target: key of the ``state`` selection.
        :raises UserError: naming the document, its state and the states it can go to.
        """
        for document in self:
            if target not in self._transitions.get(document.state, ()):
                raise UserError(document._state_error_message(target))
        self.check_access('write')
        # sudo: the transition and the access were checked; see _check_not_forged
        self.sudo().write({
            'state': target, 'state_changed_by_id': self.env.uid, 'state_changed_on': fields.Datetime.now(), **values,
        })

    def _is_guarded(self, name):
        return name in STATE_STAMPS or super()._is_guarded(name)

    def _user_posts_everywhere(self):
        return self.env.su or self.env.user.has_group('producer_cooperative.group_coop_accountant')

    def _check_may_cancel(self):
        """Let cashiers undo what they posted today; whatever is older is the treasurer's."""
        self.ensure_one()
        if not self._user_posts_everywhere() and self.date != fields.Date.context_today(self):
            raise UserError(self.env._("%s is not of today. Ask the treasurer to cancel it.", self.display_name))

    def _check_written_by_others(self, writers, message):
        """Refuse whoever wrote the document, where two people are needed whatever the limits say.

        What the cooperative sets limits for asks :meth:`coop.approval.mixin._check_two_people` instead.

        :param writers: users who wrote it, asked for it, or changed it.
        :param str message: what to tell one of them.
        :raises UserError: with ``message``.
        """
        if self.env.user in writers:
            raise UserError(message)

    def _check_state_is_draft(self):
        self.ensure_one()
        if self.state != 'draft':
            raise UserError(self._state_error_message('posted'))

    def _check_user_is(self, *groups):
        """Refuse users who hold none of these roles, whatever access the model gives them.

        :param str groups: external ids of groups.
        :raises AccessError: naming the roles.
        """
        if self.env.su or any(self.env.user.has_group(group) for group in groups):
            return
        names = [self.env.ref(group).sudo().name for group in groups]  # sudo: names of roles are no secret
        raise AccessError(self.env._("Only this role may do that: %s.", " / ".join(names)))

    def _state_error_message(self, target):
        """Say why the document cannot go to ``target``.

        For a model to be more helpful, it must override this method.
        """
        self.ensure_one()
        labels = dict(self._fields['state']._description_selection(self.env))
        possible = [labels[state] for state in self._transitions.get(self.state, ())]
        if not possible:
            return self.env._(
                "%(document)s is %(state)s; nothing further can be done with it.",
                document=self.display_name, state=labels[self.state],
            )
        return self.env._(
            "%(document)s is %(state)s and cannot become %(target)s. From here it can become: %(possible)s.",
            document=self.display_name, state=labels[self.state], target=labels[target], possible=", ".join(possible),
        )

    def _check_period_is_open(self, date, journal):
        """Refuse entries in a period that is locked for this user: Odoo would date them elsewhere without a word.

        :param journal: the journal that the entry is booked in; journals can be locked one by one.
        :raises UserError: naming the last locked day.
        """
        closed = self._get_closed_until(date, journal)
        if closed:
            raise UserError(self.env._(
                "The books are closed up to %(lock_date)s, and %(document)s would be booked on %(date)s. Choose a later"
                " date, or ask the accountant to open the period.",
                lock_date=format_date(self.env, closed), document=self.display_name,
                date=format_date(self.env, date),
            ))

    def _get_closed_until(self, date, journal):
        """Return the last day that is closed for this user where that is ``date`` or later, else False.

        :param journal: as in :meth:`_check_period_is_open`.
        """
        self.ensure_one()
        # sudo: the lock dates of the company and its parents, for whoever is about to book
        locks = self.company_id.sudo()._get_violated_lock_dates(date, False, journal.sudo())
        return bool(locks) and locks[-1][0]
