from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class ResCompany(models.Model):
    _inherit = 'res.company'

    coop_is_practice = fields.Boolean(
        string="Practice Company", readonly=True, copy=False,
        help="Nothing in this company is real. Its screens and papers say so.",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        if 'coop_is_practice' in vals and not self.env.su:
            raise UserError(self.env._(
                "Whether a company is for practice is decided when it is made, and never changes.",
            ))
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _coop_writes_to_members(self):
        return super()._coop_writes_to_members() and not self.coop_is_practice

    def _coop_get_practice_mark(self):
        """Return what stands on every paper of a practice company, nothing for any other."""
        # sudo: only whether the company is for practice
        return self.env._("PRACTICE – not a real document") if self.sudo().coop_is_practice else ""

    def _coop_retire_practice(self):
        """Take a practice company out of everybody's sight for good; nothing of any other company is touched.

        It stays in the database, archived: Odoo does not let posted entries and finished transfers be deleted.

        :raises UserError: for a company that is not for practice.
        """
        for company in self:
            if not company.coop_is_practice:
                raise UserError(self.env._("%s is no practice company and stays.", company.name))
            for user in company.with_context(active_test=False).user_ids:
                others = user.company_ids - company
                if user.company_id == company and others:
                    user.company_id = others[0]
                if others:
                    user.company_ids = others
            company._coop_silence_practice()
            company.write({'active': False, 'name': f"{company.name} ({company.id})"})

    def _coop_silence_practice(self):
        """Let nothing in a practice company go on by itself: no round closes, nobody is told of anything."""
        self.ensure_one()
        mine = Domain('company_id', '=', self.id)
        self.env['coop.pool'].search(mine & Domain('state', '=', 'open')).write({'date_cutoff': False})
        self.env['coop.notice'].search(mine & Domain('state', '=', 'to_send'))._skip(
            self.env._("The practice company was put away."),
        )
        reminders = self.env['mail.activity'].search([
            ('create_date', '>=', self.create_date), ('res_model', '!=', False),
        ])
        for model, activities in reminders.grouped('res_model').items():
            if 'company_id' in self.env[model]._fields:
                records = self.env[model].browse(activities.mapped('res_id')).exists()
                records = records.filtered(lambda record: record.company_id == self)
                activities.search([('res_model', '=', model), ('res_id', 'in', records.ids)]).unlink()
