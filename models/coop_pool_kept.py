from odoo import fields, models

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

    overruled_by_id = fields.Many2one(
        comodel_name='res.users', readonly=True, copy=False, groups='base.group_user',
    )
    overruled_on = fields.Datetime(readonly=True, copy=False, groups='base.group_user')

    # === CRUD METHODS === #

    def write(self, vals):
        if 'overrule_reason' in vals and not self.env.su:
            for line in self:
                changes = line._changes_field('overrule_reason', vals['overrule_reason'])
                if changes and line.pool_id.state in ORDERED_STATES:
                    line.pool_id._refuse_term(line._fields['overrule_reason'])
        res = super().write(vals)
        if not self.env.su and {'vendor_id', 'quantity', 'overrule_reason'} & vals.keys():
            # sudo: nobody chooses who is noted
            self.sudo().write({'overruled_by_id': self.env.uid, 'overruled_on': fields.Datetime.now()})
        return res

    # === BUSINESS METHODS === #

    def _is_guarded(self, name):
        return name in ('overruled_by_id', 'overruled_on') or super()._is_guarded(name)

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
