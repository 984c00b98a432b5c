from odoo import api, fields, models
from odoo.tools import format_date


class CoopScale(models.Model):
    """A scale (timbangan) that members' goods are weighed on, and until when its calibration (tera) holds."""
    _name = 'coop.scale'
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _description = "Scale"
    _order = 'company_id, name, id'
    _check_company_auto = True

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, default=lambda self: self.env.company,
    )
    active = fields.Boolean(default=True)
    warehouse_id = fields.Many2one(comodel_name='stock.warehouse', check_company=True, index='btree_not_null')
    capacity = fields.Float(digits='Product Unit', help="The most that it weighs; empty where it does not matter.")
    uom_id = fields.Many2one(
        comodel_name='uom.uom', string="Unit", required=True,
        default=lambda self: self.env.ref('uom.product_uom_kgm', raise_if_not_found=False),
    )
    calibrated_until = fields.Date(
        tracking=True, help="Last day of the calibration by the metrology office (tera).",
    )
    is_overdue = fields.Boolean(
        string="Calibration Overdue", compute='_compute_is_overdue', search='_search_is_overdue',
    )
    note = fields.Html(string="Remarks")

    _name_uniq = models.Constraint('UNIQUE (company_id, name)', "There is a scale of this name already.")
    _capacity_not_negative = models.Constraint('CHECK (capacity >= 0)', "The capacity cannot be negative.")

    # === COMPUTE METHODS === #

    @api.depends('calibrated_until')
    @api.depends_context('tz')
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for scale in self:
            scale.is_overdue = not scale._is_calibrated_on(today)

    def _search_is_overdue(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return ['|', ('calibrated_until', '=', False), ('calibrated_until', '<', fields.Date.context_today(self))]

    # === BUSINESS METHODS === #

    def _is_calibrated_on(self, day):
        self.ensure_one()
        return bool(self.calibrated_until and self.calibrated_until >= day)

    def _get_warning(self, day, weights):
        """Return why what was weighed may be contested, or an empty text.

        :param weights: ``[(weight, unit)]`` of what lay on the scale at once.
        """
        self.ensure_one()
        if not self.calibrated_until:
            return self.env._("%s has no calibration (tera) noted. Have it calibrated, and note until when.", self.name)
        if not self._is_calibrated_on(day):
            return self.env._(
                "The calibration (tera) of %(scale)s ended on %(date)s. Have it calibrated, or weigh on another scale.",
                scale=self.name, date=format_date(self.env, self.calibrated_until),
            )
        for weight, unit in weights:
            if not self.capacity or not unit._has_common_reference(self.uom_id):
                continue
            if self.uom_id.compare(unit._compute_quantity(weight, self.uom_id, round=False), self.capacity) > 0:
                return self.env._(
                    "%(scale)s weighs up to %(capacity)s %(unit)s only; %(weight)s %(weight_unit)s at once is more.",
                    scale=self.name, capacity=self.capacity, unit=self.uom_id.name, weight=weight,
                    weight_unit=unit.name,
                )
        return ""
