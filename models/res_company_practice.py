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
        """Return what stands on every paper of a practice company, nothing for any other.

        It is said in the language of who prints and in Indonesian: whose eyes the paper is for is not known here.
        """
        if not self.sudo().coop_is_practice:  # sudo: only whether the company is for practice
            return ""
        langs = [self.env.lang or 'en_US', *({'id_ID'} & dict(self.env['res.lang'].get_installed()).keys())]
        texts = [self.with_context(lang=lang).env._("PRACTICE – not a real document") for lang in langs]
        return " · ".join(dict.fromkeys(texts))

    def _coop_give_practice_numbers(self):
        """Number a practice company's orders by themselves: Odoo draws them for all companies from one sequence."""
        self.ensure_one()
        sequences = self.env['ir.sequence'].search([('company_id', '=', False), ('code', '!=', False)])
        for sequence in sequences:
            sequence.copy({'company_id': self.id, 'number_next': 1})

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
            company.partner_id.active = False

    def _coop_close_mailboxes(self):
        """Take no bills by e-mail into a practice company; the next one can have the addresses of its journals."""
        journals = self.env['account.journal'].with_context(active_test=False).search([('company_id', 'in', self.ids)])
        journals.alias_id.write({'alias_name': False})

    def _coop_silence_practice(self):
        """Let nothing in a practice company go on by itself: no round closes, nobody is told of anything."""
        self.ensure_one()
        self._coop_close_mailboxes()
        mine = Domain('company_id', '=', self.id)
        self.env['coop.pool'].search(mine & Domain('state', '=', 'open')).write({'date_cutoff': False})
        self.env['coop.notice'].search(mine & Domain('state', '=', 'to_send'))._skip(
            self.env._("The practice company was put away."),
        )
        Activity = self.env['mail.activity']
        for [model] in Activity._read_group([('create_date', '>=', self.create_date)], ['res_model']):
            if model in self.env and 'company_id' in self.env[model]._fields:
                records = self.env[model].with_context(active_test=False).search(mine)
                Activity.search([('res_model', '=', model), ('res_id', 'in', records.ids)]).unlink()
