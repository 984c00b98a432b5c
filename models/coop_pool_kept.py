from odoo import models

from odoo.addons.producer_cooperative.models.coop_pool_terms import ORDERED_STATES

#: A round that is over stays as the members saw it.
OVER = frozenset({'done', 'cancelled'})


class CoopPool(models.Model):
    _inherit = 'coop.pool'

    _kept_states = OVER
    _free_fields = frozenset({'title', 'user_id', 'note'})


class CoopPoolLine(models.Model):
    _inherit = 'coop.pool.line'

    _kept_states = OVER
    _free_fields = frozenset({'sequence'})

    # === CRUD METHODS === #

    def write(self, vals):
        if 'overrule_reason' in vals and not self.env.su:
            for line in self:
                changes = line._changes_field('overrule_reason', vals['overrule_reason'])
                if changes and line.pool_id.state in ORDERED_STATES:
                    line.pool_id._refuse_term(line._fields['overrule_reason'])
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _get_kept_by(self):
        return self.pool_id


class CoopPoolRequest(models.Model):
    _inherit = 'coop.pool.request'

    _kept_states = OVER

    # === BUSINESS METHODS === #

    def _get_kept_by(self):
        return self.pool_id


class CoopPoolMember(models.Model):
    _inherit = 'coop.pool.member'

    _kept_states = OVER
    _free_fields = frozenset({'drop_point_id', 'note'})

    # === BUSINESS METHODS === #

    def _get_kept_by(self):
        return self.pool_id


class CoopPoolCost(models.Model):
    _inherit = 'coop.pool.cost'

    _kept_states = OVER
    _free_fields = frozenset({'sequence'})

    # === BUSINESS METHODS === #

    def _get_kept_by(self):
        return self.pool_id
