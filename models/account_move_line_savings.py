from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL

#: Who sees every journal item.
BOOKS_GROUPS = ('account.group_account_readonly', 'account.group_account_invoice')


class AccountMoveLine(models.Model):
    """Savings that accountants booked without saying whose they are."""
    _inherit = 'account.move.line'

    coop_is_unowned = fields.Boolean(
        string="Savings Without a Member", compute='_compute_coop_is_unowned', search='_search_coop_is_unowned',
        help="Posted on a savings account without a partner, or for a partner who has no membership of the company."
             " Entries that cancel each other out are left aside.",
    )

    # === COMPUTE METHODS === #

    @api.depends('account_id', 'partner_id', 'parent_state', 'balance')
    def _compute_coop_is_unowned(self):
        # sudo: of items that the user reads already
        unowned = self.sudo().search([('id', 'in', self.ids), ('coop_is_unowned', '=', True)])
        for line in self:
            line.coop_is_unowned = line.id in unowned._ids

    def _search_coop_is_unowned(self, operator, value):
        if operator != 'in':
            return NotImplemented
        if not self.env.su and not any(self.env.user.has_group(group) for group in BOOKS_GROUPS):
            # An empty list would read as if every member had all their savings.
            raise AccessError(self.env._(
                "Savings without a member are shown to those who keep the books. Ask the treasurer.",
            ))
        # sudo: which accounts are savings accounts, and who is a member; the search itself keeps the user's rules
        accounts = self.env['coop.savings.type'].sudo().with_context(active_test=False).search(
            [('company_id', 'in', self.env.companies.ids)],
        ).account_id
        Line, Membership = self.env['account.move.line'].sudo(), self.env['coop.membership']
        Line.flush_model(['account_id', 'partner_id', 'company_id', 'parent_state', 'balance', 'move_id'])
        self.env['account.move'].flush_model(['reversed_entry_id'])
        Membership.flush_model(['partner_id', 'company_id'])
        self.env['res.partner'].flush_model(['commercial_partner_id'])
        query = Line._search(Domain([
            ('parent_state', '=', 'posted'), ('account_id', 'in', accounts.ids),
            ('company_id', 'in', self.env.companies.ids),
        ]))
        query.add_where(SQL("%s IN (%s)", SQL.identifier(query.table, 'id'), self._coop_unowned_query(accounts)))
        return Domain('id', 'in', query)

    @api.model
    def _coop_unowned_query(self, accounts):
        """Return the items of no member, unless those of one account and partner sum to zero.

        Nor those of an entry and its reversals that sum to zero, whatever else stands there: what is left sums up to
        the same.
        """
        return SQL(
            """
            SELECT id FROM (
                SELECT line.id, SUM(line.balance) OVER (
                    PARTITION BY line.company_id, line.account_id, COALESCE(partner.commercial_partner_id, 0)
                ) AS net, SUM(line.balance) OVER (
                    PARTITION BY line.company_id, line.account_id, COALESCE(partner.commercial_partner_id, 0),
                                 COALESCE(move.reversed_entry_id, move.id)
                ) AS after_reversals
                  FROM account_move_line line
                  JOIN account_move move ON move.id = line.move_id
             LEFT JOIN res_partner partner ON partner.id = line.partner_id
                 WHERE line.parent_state = 'posted' AND line.account_id IN %s
                   AND NOT EXISTS (
                    SELECT 1 FROM coop_membership membership
                     WHERE membership.partner_id = partner.commercial_partner_id
                       AND membership.company_id = line.company_id
                )
            ) unowned WHERE net != 0 AND after_reversals != 0
            """, tuple(accounts.ids) or (None,),
        )

    # === ACTIONS === #

    def action_coop_give_to_member(self):
        """Open a voucher that moves these savings to the members to whom they belong.

        :raises UserError: when the items belong to somebody, stand under several partners, or together took savings
            out.
        """
        lines = self.filtered('coop_is_unowned')
        if not lines:
            raise UserError(self.env._("These entries belong to members already."))
        if len(lines.partner_id) > 1 or len(lines.company_id) > 1 or (
            lines.partner_id and not all(line.partner_id for line in lines)
        ):
            raise UserError(self.env._("Choose entries that stand under the same partner, or all without one."))
        savings_types = self.env['coop.savings.type'].with_context(active_test=False).search([
            ('account_id', 'in', lines.account_id.ids), ('company_id', '=', lines.company_id.id),
        ])
        amounts = {
            savings_type: -sum(lines.filtered(lambda line, t=savings_type: line.account_id == t.account_id)
                               .mapped('balance'))
            for savings_type in savings_types
        }
        currency = lines.company_id.currency_id
        if any(currency.compare_amounts(amount, 0.0) <= 0 for amount in amounts.values()):
            raise UserError(self.env._(
                "These entries took savings out, so there is nothing to give to a member. Set the entry back to draft"
                " and enter the member as the partner of the item.",
            ))
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Give Savings to a Member"),
            'res_model': 'coop.savings.voucher',
            'view_mode': 'form',
            'context': {
                'default_direction': 'opening', 'default_counterpart': 'unowned',
                'default_counterpart_partner_id': lines.partner_id.id,
                'default_line_ids': [
                    Command.create({'type_id': savings_type.id, 'amount': currency.round(amount)})
                    for savings_type, amount in amounts.items()
                ],
            },
        }
