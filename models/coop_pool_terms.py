from odoo import fields, models
from odoo.exceptions import AccessError, UserError

#: The states in which the goods are ordered, so that nobody asks for more and no deposit is waited for.
ORDERED_STATES = ('ordered', 'received', 'distributed', 'done', 'cancelled')
#: Terms of a round that have taken effect in these states.
TAKEN_EFFECT = {
    **dict.fromkeys(
        ('limit_value', 'limit_policy', 'arrears_policy', 'deposit_kind', 'deposit_percent', 'deposit_unpaid'),
        ORDERED_STATES,
    ),
    'not_collected_costs': ('distributed', 'done', 'cancelled'),
}
#: The same of one product.
LINE_TERMS = ('member_limit', 'deposit_per_unit')


class CoopPool(models.Model):
    """Which terms of a running round still change, and who changes them: members ask and pay relying on them."""
    _inherit = 'coop.pool'

    # === CRUD METHODS === #

    def write(self, vals):
        self._check_terms(vals)
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _check_terms(self, vals):
        """Refuse terms that have taken effect, looser ones from officers, and a deadline that moves without a reason.

        :raises UserError: naming the round and the term, and what can be done instead.
        :raises AccessError: for officers who loosen the terms of a round that was opened.
        """
        for pool in self:
            for name in vals.keys() & TAKEN_EFFECT.keys():
                if pool.state in TAKEN_EFFECT[name] and pool._changes(name, vals):
                    pool._refuse_term(pool._fields[name])
        if self.env.su:
            return
        for pool in self.filtered(lambda pool: pool.state != 'draft'):
            if pool._loosens_limits(vals):
                pool._check_may_loosen_limits()
            if pool._loosens_deposits(vals):
                pool._check_may_loosen_deposits()
            if 'date_cutoff' in vals and fields.Datetime.to_datetime(vals['date_cutoff']) != pool.date_cutoff:
                raise UserError(self.env._(
                    "%s: the deadline moves only with a reason that the members can read. Extend the round with its"
                    " button, or close it to end it earlier.", pool.display_name,
                ))

    def _changes(self, name, vals):
        self.ensure_one()
        return bool(vals[name] != self[name])

    def _loosens_limits(self, vals):
        self.ensure_one()
        return (
            _is_looser(self.limit_value, vals.get('limit_value', self.limit_value))
            or (self.limit_policy == 'refuse' and vals.get('limit_policy', 'refuse') != 'refuse')
        )

    def _loosens_deposits(self, vals):
        self.ensure_one()
        return (
            (self.deposit_kind != 'none' and vals.get('deposit_kind', self.deposit_kind) != self.deposit_kind)
            or vals.get('deposit_percent', self.deposit_percent) < self.deposit_percent
            or (self.deposit_unpaid != 'count' and vals.get('deposit_unpaid') == 'count')
        )

    def _check_may_loosen_limits(self):
        """Refuse officers: they lower a limit, and only the manager raises one."""
        self.ensure_one()
        if not self.env.su and not self.env.user.has_group('producer_cooperative.group_coop_manager'):
            raise AccessError(self.env._(
                "%s was opened with these limits. Only the chair or the board raises or lifts them.", self.display_name,
            ))

    def _check_may_loosen_deposits(self):
        """Refuse officers: to do with less of a deposit is the manager's or the treasurer's risk to take."""
        self.ensure_one()
        roles = ('producer_cooperative.group_coop_manager', 'producer_cooperative.group_coop_accountant')
        if not self.env.su and not any(self.env.user.has_group(role) for role in roles):
            raise AccessError(self.env._(
                "%s was opened with this deposit. Only the chair, the board or the treasurer lets it order with less or"
                " without.", self.display_name,
            ))

    def _refuse_term(self, field):
        """Say that a term has taken effect.

        :param field: of the round or of one of its products.
        """
        self.ensure_one()
        raise UserError(self.env._(
            "%(pool)s is %(state)s: “%(term)s” has taken effect and is not changed any more. Set it in the next round.",
            pool=self.display_name, state=dict(self._fields['state']._description_selection(self.env))[self.state],
            term=field._description_string(self.env),
        ))


class CoopPoolLine(models.Model):
    _inherit = 'coop.pool.line'

    # === CRUD METHODS === #

    def write(self, vals):
        for line in self if vals.keys() & set(LINE_TERMS) else ():
            line._check_terms(vals)
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _check_terms(self, vals):
        """Refuse what :meth:`CoopPool._check_terms` refuses, for one product."""
        self.ensure_one()
        pool = self.pool_id
        for name in LINE_TERMS:
            if pool.state in ORDERED_STATES and name in vals and vals[name] != self[name]:
                pool._refuse_term(self._fields[name])
        if pool.state == 'draft' or self.env.su:
            return
        if _is_looser(self.member_limit, vals.get('member_limit', self.member_limit)):
            pool._check_may_loosen_limits()
        if vals.get('deposit_per_unit', self.deposit_per_unit) < self.deposit_per_unit:
            pool._check_may_loosen_deposits()


def _is_looser(before, after):
    """Whether a limit allows more than before; zero is none."""
    return bool(before and (not after or after > before))
