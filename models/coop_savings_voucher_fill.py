from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date

from odoo.addons.producer_cooperative.tools.errors import InputRefusal
from odoo.addons.producer_cooperative.tools.member_numbers import split_numbers


class CoopSavingsVoucher(models.Model):
    """Ways to fill a voucher quickly: by member number, with arrears, as last month."""
    _inherit = 'coop.savings.voucher'

    entry_numbers = fields.Char(
        string="Member Numbers", store=False,
        help="Type or scan a member number and press Enter. Several at once: 12, 15-18 20.",
    )
    entry_type_id = fields.Many2one(
        comodel_name='coop.savings.type', string="Savings for Quick Entry", check_company=True,
        compute='_compute_entry_type_id', readonly=False,
    )
    entry_amount = fields.Monetary(
        string="Amount for Quick Entry", compute='_compute_entry_amount', readonly=False,
        help="Amount of each line that is added: what the savings ask for on the date of the voucher, or what you"
             " enter.",
    )

    # === COMPUTE METHODS === #

    @api.depends('direction', 'company_id')
    def _compute_entry_type_id(self):
        """Offer for the quick entry what such vouchers are usually about."""
        types = self.env['coop.savings.type'].search([('company_id', 'in', self.company_id.ids)])
        for voucher in self:
            kind = 'mandatory' if voucher.direction in ('in', 'opening') else 'voluntary'
            voucher.entry_type_id = types.filtered(
                lambda savings_type, voucher=voucher, kind=kind:
                    savings_type.kind == kind and savings_type.company_id == voucher.company_id._origin,
            )[:1]

    @api.depends('entry_type_id', 'date')
    def _compute_entry_amount(self):
        for voucher in self:
            date = voucher.date or fields.Date.context_today(voucher)
            voucher.entry_amount = voucher.entry_type_id._get_amount(date) if voucher.entry_type_id else 0.0

    # === ONCHANGE METHODS === #

    @api.onchange('entry_numbers')
    def _onchange_entry_numbers(self):
        """Add a line for each number, clear the box for the next, and tell all that is wrong in one message."""
        if not self.entry_numbers:
            return None
        commands, problems = self._prepare_lines_by_numbers(self.entry_numbers)
        self.line_ids = commands
        self.entry_numbers = False
        if not problems:
            return None
        return {'warning': {'title': self.env._("Not everybody was added"), 'message': "\n".join(problems)}}

    # === ACTIONS === #

    def action_fill_with_arrears(self):
        """Add a line for every active member who owes mandatory savings, with the amount owed."""
        self.ensure_one()
        self._check_state_is_draft()
        memberships = self.env['coop.membership'].search([
            ('company_id', '=', self.company_id.id), ('state', '=', 'active'),
        ])
        listed = {(line.membership_id, line.type_id) for line in self.line_ids}
        commands = [
            Command.create({'membership_id': membership.id, 'type_id': savings_type.id, 'amount': amount})
            for membership, by_type in memberships._get_arrears(self.date).items()
            for savings_type, amount in by_type.items()
            if (membership, savings_type) not in listed and self.currency_id.compare_amounts(amount, 0.0) > 0
        ]
        self.line_ids = commands
        return None if commands else self._prepare_notification(
            self.env._("Nobody else owes mandatory savings up to the date of the voucher."),
        )

    def action_fill_from_last_month(self):
        """Add the lines of the last posted voucher of the month before, of the same kind and cash box.

        :raises UserError: when there is none.
        """
        self.ensure_one()
        self._check_state_is_draft()
        source = self._find_last_month()
        if not source:
            raise UserError(self.env._(
                "No voucher of this kind was posted in the month before %s. Open the voucher that you want to repeat"
                " and choose “Repeat Today” there.", format_date(self.env, self.date),
            ))
        return self._fill_from(source)

    def action_repeat(self):
        """Open a new draft of today with the lines of this voucher, brought up to date."""
        self.ensure_one()
        voucher = self.create(self._prepare_repeat_values())
        voucher._fill_from(self)
        return voucher._get_records_action()

    # === BUSINESS METHODS - BY NUMBER === #

    def _prepare_lines_by_numbers(self, text):
        """Return the lines to add for the member numbers in ``text``, and what is wrong with the others.

        :param str text: as typed, e.g. ``12, 15-18 20``.
        :return: ``(commands, problems)``; problems are texts for the user.
        """
        try:
            numbers = split_numbers(text)
        except InputRefusal as refusal:
            return [], [self.env._(
                "%s is no range of up to 1,000 member numbers. Nothing was added.", refusal.params['range'],
            )]
        if not self.entry_type_id:
            return [], [self.env._("Choose the savings first that the numbers are entered for.")]
        found = self.env['coop.membership']._find_by_numbers(numbers, self.company_id)
        listed = {
            line.membership_id._origin.id for line in self.line_ids
            if line.type_id._origin == self.entry_type_id._origin
        }
        amount = self.entry_amount
        commands, problems = [], []
        for number, members in found.items():
            problem = self._number_error_message(number, members, listed)
            if problem:
                problems.append(problem)
                continue
            listed.add(members.id)
            commands.append(Command.create({
                'membership_id': members.id, 'type_id': self.entry_type_id._origin.id, 'amount': amount,
            }))
        if commands and not amount:
            problems.append(self.env._(
                "%s has no amount set: enter the amounts in the lines.", self.entry_type_id.name,
            ))
        return commands, problems

    def _number_error_message(self, number, members, listed):
        """Return why a number cannot be added, or an empty text."""
        if not members:
            return self.env._("%s: nobody has this member number.", number)
        if len(members) > 1:
            return self.env._(
                "%(number)s: several members have this number (%(members)s). Type it in full.",
                number=number, members=", ".join(members.mapped('display_name')),
            )
        if members.state == 'left' and self.direction != 'out':
            return self.env._(
                "%(number)s: %(member)s has left.", number=number, member=members.display_name,
            )
        if members.id in listed:
            return self.env._(
                "%(number)s: %(member)s is on the voucher already.", number=number, member=members.display_name,
            )
        return ""

    # === BUSINESS METHODS - AS LAST MONTH === #

    def _find_last_month(self):
        """Return the last posted voucher of the calendar month before this one, of the same kind and cash box."""
        self.ensure_one()
        first = self.date.replace(day=1)
        return self.search([
            ('company_id', '=', self.company_id.id), ('state', '=', 'posted'), ('direction', '=', self.direction),
            ('journal_id', '=', self.journal_id.id), ('date', '<', first),
            ('date', '>=', first - relativedelta(months=1)),
        ], order='date DESC, id DESC', limit=1)

    def _prepare_repeat_values(self):
        self.ensure_one()
        return {
            'direction': self.direction, 'company_id': self.company_id.id, 'note': self.note,
            **({'journal_id': self.journal_id.id} if self.journal_id else {}),
        }

    def _fill_from(self, source):
        """Add the lines of ``source`` for those who are members now.

        Mandatory savings get the amount that holds on this voucher's date. Who is left out, and why, is kept in the
        chatter and told.
        """
        listed = {(line.membership_id, line.type_id) for line in self.line_ids}
        commands, left_out = [], []
        for line in source.line_ids:
            reason = self._repeat_error_message(line, listed)
            if reason:
                left_out.append(reason)
                continue
            commands.append(Command.create({
                'membership_id': line.membership_id.id, 'type_id': line.type_id.id, 'to_type_id': line.to_type_id.id,
                'amount': self._get_repeated_amount(line),
            }))
        self.line_ids = commands
        message = self.env._("%(count)s lines were taken from %(voucher)s.", count=len(commands), voucher=source.name)
        if left_out:
            message = self.env._("%(message)s Left out: %(names)s.", message=message, names="; ".join(left_out))
        self.message_post(body=message)
        return self._prepare_notification(message, warning=bool(left_out))

    @api.model
    def _prepare_notification(self, message, warning=False):
        return {
            'type': 'ir.actions.client', 'tag': 'display_notification',
            'params': {
                'message': message, 'type': 'warning' if warning else 'info', 'sticky': warning,
                'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'},
            },
        }

    def _repeat_error_message(self, line, listed):
        """Return why a line of another voucher is not taken over, or an empty text."""
        name = line.membership_id.display_name
        if line.membership_id.state == 'left' and self.direction != 'out':
            return self.env._("%s has left", name)
        if line.membership_id.state == 'rejected' and self.direction != 'out':
            return self.env._("the application of %s is closed", name)
        if line.membership_id.state == 'suspended':
            return self.env._("%s is suspended", name)
        if (line.membership_id, line.type_id) in listed:
            return self.env._("%s is on the voucher already", name)
        if not self._get_repeated_amount(line):
            return self.env._(
                "%(member)s: nothing is due for %(savings)s any more", member=name, savings=line.type_id.name,
            )
        return ""

    def _get_repeated_amount(self, line):
        if self.direction == 'in' and line.type_id.kind == 'mandatory':
            return line.type_id._get_amount(self.date)
        return line.amount
