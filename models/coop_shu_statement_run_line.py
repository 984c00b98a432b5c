from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.models.coop_delivery_mixin import FAILED_MAIL_STATES


class CoopShuStatementRunLine(models.Model):
    """One member of a run: how the statement went out, or why not."""
    _name = 'coop.shu.statement.run.line'
    _inherit = ['coop.delivery.mixin']
    _description = "Member in a Sending of SHU Statements"
    _order = 'run_id, id'
    _check_company_auto = True

    run_id = fields.Many2one(
        comodel_name='coop.shu.statement.run', required=True, index=True, ondelete='cascade', readonly=True,
    )
    company_id = fields.Many2one(related='run_id.company_id', store=True, precompute=True)
    member_line_id = fields.Many2one(
        comodel_name='coop.shu.member.line', string="Member's SHU", required=True, readonly=True, index=True,
        ondelete='cascade',
    )
    membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Member", required=True, readonly=True, index=True, ondelete='restrict',
    )
    currency_id = fields.Many2one(related='member_line_id.currency_id')
    amount_total = fields.Monetary(related='member_line_id.amount_total')
    state = fields.Selection(
        selection=[
            ('to_send', "To Send"), ('sent', "E-mail Sent"), ('letter', "Letter to Print"),
            ('chat', "Chat to Send"), ('printed', "Letter Printed"), ('skipped', "Has It Already"),
            ('failed', "Failed"),
        ],
        required=True, readonly=True, index=True, default='to_send',
    )

    _member_uniq = models.Constraint('UNIQUE (run_id, member_line_id)', "The member stands in the run already.")

    # === ACTIONS === #

    def action_print(self):
        """Print the letters of these members, printed before or not.

        :raises AccessError: for roles that do not write to members.
        :raises UserError: for members who were not dealt with yet, or when the SHU was cancelled.
        """
        self._check_may_send()
        waiting = self.filtered(lambda line: line.state == 'to_send')
        if waiting:
            raise UserError(self.env._(
                "The run has not come to %s yet. Wait until it is done.", waiting[0].membership_id.display_name,
            ))
        for run in self.run_id:
            run._check_is_booked()
        return self._print()

    # === BUSINESS METHODS === #

    def _take_back(self):
        """Note also on the members' SHU that they were not given the statement by the e-mail that did not leave."""
        if not self:
            return
        super()._take_back()
        # Another run may have reached them, or a letter.
        given = self.search([
            ('member_line_id', 'in', self.member_line_id.ids), ('state', 'in', ('sent', 'printed')),
        ]).filtered(lambda line: line.mail_id.state not in FAILED_MAIL_STATES)
        (self.member_line_id - given.member_line_id).statement_sent_on = False

    def _note_given(self, state, **values):
        super()._note_given(state, **values)
        self.member_line_id.statement_sent_on = fields.Datetime.now()

    def _get_chat_text(self):
        """Return the statement with its calculation.

        :raises UserError: when the SHU was cancelled.
        """
        self.ensure_one()
        self.run_id._check_is_booked()
        lang = self.membership_id._get_notice_language()
        return self.member_line_id.with_context(lang=lang)._get_statement_text(self.run_id.message)

    def _print(self):
        """Return the print-out of these members' statements; note on letters that they are printed."""
        self._check_may_send()
        # sudo: the run notes what was given to whom; the role was checked
        self.sudo().filtered(lambda line: line.state in ('letter', 'chat'))._note_given('printed')
        return self.member_line_id.action_print_statement()
