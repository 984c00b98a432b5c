from odoo import api, fields, models


class CoopMembership(models.Model):
    """The bank accounts that the member is paid on."""
    _inherit = 'coop.membership'

    bank_account_ids = fields.One2many(
        comodel_name='res.partner.bank', string="Bank Accounts", compute='_compute_bank_account_ids',
    )

    # === COMPUTE METHODS === #

    @api.depends('partner_id.bank_ids', 'partner_id.bank_ids.active')
    @api.depends_context('uid')
    def _compute_bank_account_ids(self):
        Bank = self.env['res.partner.bank']
        accounts = Bank.search([
            ('partner_id.commercial_partner_id', 'in', self.partner_id.ids),
        ]) if Bank.has_access('read') else Bank
        by_member = accounts.grouped(lambda account: account.partner_id.commercial_partner_id)
        for membership in self:
            membership.bank_account_ids = by_member.get(membership.partner_id._origin, Bank)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        memberships = super().create(vals_list)
        self.env['res.partner.bank']._coop_untrust_new_members(memberships.partner_id)
        return memberships

    def write(self, vals):
        res = super().write(vals)
        if 'partner_id' in vals:
            self.env['res.partner.bank']._coop_untrust_new_members(self.partner_id)
        return res

    # === ACTIONS === #

    def action_add_bank_account(self):
        """Enter a bank account of the member."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Bank Account of %s", self.display_name),
            'res_model': 'res.partner.bank',
            'view_mode': 'form',
            'views': [(self.env.ref('account.view_partner_bank_form_inherit_account').id, 'form')],
            'context': {'default_partner_id': self.partner_id.id},
        }
