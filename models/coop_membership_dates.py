from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date


class CoopMembership(models.Model):
    """Dates of a membership that make sense together."""
    _inherit = 'coop.membership'

    # === CONSTRAINT METHODS === #

    @api.constrains('date_applied', 'date_joined', 'birth_date')
    def _check_dates(self):
        """Refuse days to come: savings belong to a membership by its dates."""
        today = fields.Date.context_today(self)
        for membership in self.sudo():  # sudo: the date of birth is hidden from some who may write other fields
            for name in ('date_applied', 'date_joined', 'birth_date'):
                if membership[name] and membership[name] > today:
                    raise ValidationError(self.env._(
                        "%(field)s of %(member)s: %(date)s is still to come. Correct the date.",
                        field=self._fields[name]._description_string(self.env), member=membership.display_name,
                        date=format_date(self.env, membership[name]),
                    ))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Let those whose day of joining is all that is known have applied on that day."""
        return super().create([
            {'date_applied': vals['date_joined'], **vals} if vals.get('date_joined') else vals for vals in vals_list
        ])

    # === BUSINESS METHODS === #

    def _suspend_with_reason(self, reason, date=None):
        self._check_decision_date(date, 'date_joined')
        return super()._suspend_with_reason(reason, date)

    def _reinstate_with_reason(self, reason, date=None):
        self._check_decision_date(date, 'date_suspended')
        return super()._reinstate_with_reason(reason, date)

    def _check_decision_date(self, date, earliest):
        """Refuse decisions of days to come, or from before what they are about.

        :param date: day of the decision; today when it is not given.
        :param earliest: field with the first day that is possible.
        """
        if not date:
            return
        if date > fields.Date.context_today(self):
            raise UserError(self.env._("The decision is dated in the future. Enter it when the day is there."))
        for membership in self.filtered(earliest):
            if date < membership[earliest]:
                raise UserError(self.env._(
                    "%(member)s: the decision is dated %(date)s, before %(earliest)s (%(field)s). Correct the date.",
                    member=membership.display_name, date=format_date(self.env, date),
                    earliest=format_date(self.env, membership[earliest]),
                    field=self._fields[earliest]._description_string(self.env),
                ))
