from odoo import api, fields, models
from odoo.tools import format_amount, formatLang

from odoo.addons.producer_cooperative.models.coop_shu_allocation import BOOKED_STATES
from odoo.addons.producer_cooperative.tools.shu import member_part
from odoo.addons.producer_cooperative.tools.units import from_units, round_half_up, to_decimal, to_units


class CoopShuMemberPart(models.Model):
    """The part before rounding, so that anybody can follow it with a pocket calculator."""
    _inherit = 'coop.shu.member.part'

    percent = fields.Float(related='share_id.percent', string="%")
    exact_amount = fields.Monetary(
        string="Exact", compute='_compute_exact_amount', help="Amount to share × own ÷ all, to the cent.",
    )
    rounding_amount = fields.Monetary(
        string="Rounding", compute='_compute_exact_amount',
        help="What rounding together with everybody else's part added or took away: less than one unit.",
    )

    # === COMPUTE METHODS === #

    @api.depends('numerator', 'denominator', 'pool_amount', 'amount')
    def _compute_exact_amount(self):
        for part in self:
            part.exact_amount = part._get_exact()
            part.rounding_amount = part.currency_id.round(part.amount - part.exact_amount)

    def _get_exact(self):
        """Return pool × own ÷ all in the company's currency, rounded to its smallest unit; zero of an empty base."""
        self.ensure_one()
        own, base = to_decimal(self.numerator), to_decimal(self.denominator)
        if not base or not own or self.pool_amount <= 0:
            return 0.0
        rounding = self.currency_id.rounding
        return float(from_units(round_half_up(member_part(to_units(self.pool_amount, rounding), own, base)), rounding))

    # === BUSINESS METHODS === #

    def _get_statement_label(self):
        """Return what the part is called on the member's statement."""
        self.ensure_one()
        part = self.sudo()  # sudo: the name of the share, which stands on the member's own statement
        if part.kind == 'capital' and part.line_id.capital_days:
            return self.env._("%s (rupiah × days)", part.name)
        return part.name

    def _format_base(self, value):
        """Return a base or a sum of bases as text in the reader's language: without decimals where there are none."""
        return formatLang(self.env, value, digits=0 if value == int(value) else 2)


class CoopShuMemberLine(models.Model):
    """The member's statement: everything that the SHU follows from, and what became of it."""
    _inherit = 'coop.shu.member.line'

    statement_sent_on = fields.Datetime(
        string="Statement Given On", readonly=True, copy=False,
        help="When the member was last sent the statement by e-mail, or the letter was printed.",
    )

    # === ACTIONS === #

    def action_print_statement(self):
        """Print the statements of these members."""
        return self.env.ref('producer_cooperative.coop_shu_statement_report').report_action(self, config=False)

    def action_statement_xlsx(self):
        """Open the statements as a table that can be saved as a spreadsheet."""
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_shu_statement_action')
        return {**action, 'context': {
            'active_model': self._name, 'active_ids': self.ids, 'dialog_size': 'extra-large',
        }}

    # === BUSINESS METHODS === #

    def _is_booked(self):
        """Tell whether the meeting's decision is in the books; before, the part is a proposal."""
        self.ensure_one()
        return self.state in BOOKED_STATES

    def _get_statement_totals(self):
        """Return ``[(label, amount)]`` below the parts on the member's statement.

        For a room to show what else is taken off or added, it must override this method.
        """
        self.ensure_one()
        _ = self.env._
        rows = [(_("SHU"), self.amount_total)]
        if not self.currency_id.is_zero(self.amount_forgone):
            rows.insert(0, (_("Below the smallest payout: stays with the cooperative"), -self.amount_forgone))
        if not self.currency_id.is_zero(self.amount_tax):
            tax = self.sudo().allocation_id.tax_id.name  # sudo: the name of the tax on the member's own paper
            rows += [(tax or _("Tax"), -self.amount_tax), (_("Owed to the Member"), self.amount_net)]
        if self._is_booked():
            rows.append((_("Paid"), self.amount_paid))
            if not self.currency_id.is_zero(self.amount_lapsed):
                rows.append((_("Not claimed in time: given to the cooperative by the meeting"), self.amount_lapsed))
            rows.append((_("Not Paid Yet"), self.amount_residual))
        return rows

    def _get_statement_text(self, message=''):
        """Return the statement as plain text, line by line, e.g. for a chat.

        :param str message: what the cooperative puts at its beginning.
        """
        self.ensure_one()
        _, line = self.env._, self.sudo()  # sudo: period, number and parts of a member's own paper

        def money(amount):
            return format_amount(self.env, amount, line.currency_id)

        return "\n".join(filter(None, [
            f"{line.company_id.name}: SHU {line.allocation_id._get_period_label()}",
            f"{line.partner_id.name} ({line.membership_id.number})", message,
            *(
                _("%(share)s: %(pool)s × %(own)s ÷ %(all)s = %(amount)s", share=part._get_statement_label(),
                  pool=money(part.pool_amount), own=part._format_base(part.numerator),
                  all=part._format_base(part.denominator), amount=money(part.amount))
                for part in line.part_ids
            ),
            *(f"{label}: {money(amount)}" for label, amount in self._get_statement_totals()),
        ]))

    def _get_statement_notice(self):
        """Return what whoever reads the statement has to know first: that it is void, or not decided; or ''."""
        self.ensure_one()
        if self.state in ('cancelling', 'cancelled'):
            return self.env._("CANCELLED: this allocation was taken back, and nothing is owed by it.")
        if not self._is_booked():
            return self.env._("Proposal: the members' meeting has not decided, or nothing is booked yet.")
        return ""

    def _get_statement_file_name(self):
        self.ensure_one()
        line = self.sudo()  # sudo: period and number of the own membership
        name = f"SHU {line.allocation_id._get_period_label()} {line.membership_id.number or ''}"
        return name.strip().replace('/', '-')

    def _get_statement_language(self):
        """Return the language that the member's statement is written in: the member's, else the user's."""
        self.ensure_one()
        return self.sudo().partner_id.lang or self.env.lang  # sudo: the language of a member's own paper


class CoopShuAllocation(models.Model):
    """The members' statements of an allocation."""
    _inherit = 'coop.shu.allocation'

    def action_open_statement_runs(self):
        """Open the sendings of the members' statements."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_shu_statement_run_action')
        return {
            **action, 'domain': [('allocation_id', '=', self.id)], 'context': {'default_allocation_id': self.id},
        }
