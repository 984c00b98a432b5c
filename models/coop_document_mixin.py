from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date


class CoopDocumentMixin(models.AbstractModel):
    """What the cooperative's documents share: one guarded state, one number, one way to queue up behind each other.

    A document names its allowed transitions in ``_transitions`` and has a ``state`` selection of its own.
    """
    _name = 'coop.document.mixin'
    _inherit = ['coop.guard.mixin', 'coop.queue.mixin']
    _description = "Cooperative Document"

    _transitions: dict[str, tuple[str, ...]] = {}
    _guarded_fields = frozenset({'state', 'lock_version'})

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
        self.sudo().write({'state': target, **values})

    def _user_posts_everywhere(self):
        return self.env.su or self.env.user.has_group('producer_cooperative.group_coop_accountant')

    def _check_may_cancel(self):
        """Let cashiers undo what they posted today; whatever is older is the treasurer's."""
        self.ensure_one()
        if not self._user_posts_everywhere() and self.date != fields.Date.context_today(self):
            raise UserError(self.env._("%s is not of today. Ask the treasurer to cancel it.", self.display_name))

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

    def _check_somebody_else(self, before, refusal, note):
        """Refuse to let one person alone take two steps of the SHU that two take; keep it in the chatter where allowed.

        :param before: the users who took the step before.
        :param str refusal: said where the company wants two people.
        :param str note: kept in the chatter where it does not.
        :raises UserError: with ``refusal``.
        """
        self.ensure_one()
        if self.env.user not in before:
            return
        if self.company_id.sudo().coop_shu_four_eyes:  # sudo: a setting of the cooperative
            raise UserError(refusal)
        self._message_log(body=note)

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
