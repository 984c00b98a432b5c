from odoo import api, fields, models
from odoo.tools import format_amount

from odoo.addons.producer_cooperative.models.coop_pool import MONEY_GROUPS

#: More than this is a slip of the keyboard, and beyond what a quantity can be counted in exactly.
MOST = 1_000_000_000


class CoopPool(models.Model):
    """How much one member may ask for, and whether members in arrears may."""
    _inherit = 'coop.pool'

    limit_value = fields.Monetary(
        string="Limit per Member", groups=MONEY_GROUPS, tracking=True,
        help="The most that one member may ask for in all, tolerance included, valued at the vendors' price for the"
             " sum of all requests; margin and shared costs are not in it. Zero: no limit.",
    )
    limit_policy = fields.Selection(
        selection=[('refuse', "Refuse"), ('warn', "Warn")], string="Above a Limit", default='refuse', required=True,
        tracking=True, help="What happens to a request above the limit of the round, the product or the member.",
    )
    arrears_policy = fields.Selection(
        selection=[('none', "Do Not Check"), ('warn', "Warn"), ('refuse', "Refuse")], string="Members in Arrears",
        default='warn', required=True, tracking=True,
        help="What happens to requests of members who are behind with mandatory savings, or whose invoices are overdue."
             " A warning stands beside the request and in the chatter.",
    )

    _limit_not_negative = models.Constraint('CHECK (limit_value >= 0)', "A limit cannot be negative.")

    # === BUSINESS METHODS === #

    def _get_request_problems(self, changes, before):
        """Return what speaks against changes of requests: the limits, arrears, and who may ask at all.

        Nothing speaks against asking for less, whoever does.

        :param changes: ``{(membership, line): (quantity, tolerance)}``, what members want to ask for.
        :param before: the same, what they asked for until now.
        :return: two dicts ``{(membership, line): message}``: what is refused, and what the round only warns of.
        """
        self.ensure_one()
        refused, warned = {}, {}
        for key, wish in changes.items():
            problem = key[1]._get_quantity_problem(*wish)
            if problem:
                refused[key] = problem
        raised = [key for key, wish in changes.items() if any(
            key[1].uom_id.compare(new, old) > 0 for new, old in zip(wish, before.get(key, (0.0, 0.0)), strict=True)
        )]
        by_limit = refused if self.limit_policy == 'refuse' else warned
        by_arrears = refused if self.arrears_policy == 'refuse' else warned
        arrears = self._get_arrears_problems(raised)
        for member, line in raised:
            for problems, problem in (
                (refused, member._get_pool_state_problem()),
                (by_limit, line._get_limit_problem(member, *changes[member, line])),
                (by_arrears, arrears.get(member)),
            ):
                if problem:
                    problems.setdefault((member, line), problem)
        # What is refused already neither counts for a member nor brings the price down for the others.
        possible = {key: wish for key, wish in changes.items() if key not in refused}
        values = self._get_value_problems(possible, [key for key in raised if key in possible])
        for member, line in raised:
            if member in values:
                by_limit.setdefault((member, line), values[member])
        return refused, warned

    def _get_value_problems(self, changes, raised):
        """Return ``{membership: message}`` of those whose requests come to more than the member's limit."""
        self.ensure_one()
        members = self.env['coop.membership'].union(*(member for member, _line in raised))
        limits = self._get_value_limits(members)
        if not any(limits.values()):
            return {}
        stored = self._get_wishes(self.env['coop.membership'].union(*(member for member, _line in changes)))
        prices = {}
        for line in self.line_ids:
            change = sum(
                new[0] - stored.get(key, (0.0, 0.0))[0] for key, new in changes.items() if key[1] == line
            )
            prices[line] = line._get_estimated_price(line.quantity_requested + change)
        values = dict.fromkeys(members, 0.0)
        for (member, line), (quantity, tolerance) in {**stored, **changes}.items():
            if member in values:
                values[member] += prices[line] * (quantity + tolerance)
        currency = self.currency_id
        return {
            member: self.env._(
                "%(member)s asks for %(value)s at today's prices, and may ask for %(limit)s in this round. Lower the"
                " request, or ask the chair or the board for a higher limit.", member=member.display_name,
                value=format_amount(self.env, value, currency), limit=format_amount(self.env, limits[member], currency),
            )
            for member, value in values.items()
            if limits[member] and currency.compare_amounts(value, limits[member]) > 0
        }

    def _get_value_limits(self, members):
        """Return ``{membership: limit}``, the member's own before that of the round; 0 is none."""
        self.ensure_one()
        # sudo: limits hold also for members who may not read them
        own = self.env['coop.pool.member'].sudo().search([
            ('pool_id', '=', self.id), ('membership_id', 'in', members.ids), ('limit_value', '>', 0),
        ])
        limits = {member.membership_id.id: member.limit_value for member in own}
        return {member: limits.get(member.id, self.sudo().limit_value) for member in members}

    def _get_wishes(self, members):
        """Return ``{(membership, line): (quantity, tolerance)}`` of what these members ask for, as it is stored."""
        self.ensure_one()
        # sudo: the members' own requests, whoever enters another one
        requests = self.env['coop.pool.request'].sudo().search([
            ('pool_id', '=', self.id), ('membership_id', 'in', members.ids),
        ])
        return {
            (request.membership_id.with_env(self.env), request.line_id.with_env(self.env)):
            (request.quantity, request.tolerance) for request in requests
        }

    def _get_arrears_problems(self, raised):
        """Return ``{membership: message}`` of those who owe mandatory savings or overdue invoices."""
        if self.arrears_policy == 'none':
            return {}
        members = self.env['coop.membership'].union(*(member for member, _line in raised))
        return {
            member: self.env._(
                "%(debts)s. Let the member pay at the counter first, or ask the responsible whether this round lets"
                " members in arrears take part.", debts=member._explain_pool_debts(*debts),
            )
            for member, debts in members._get_pool_debts().items()
        }

    def _note_warnings(self, warned):
        """Say on the members that their requests were taken in spite of a warning."""
        self.ensure_one()
        members = self.env['coop.membership'].union(*(member for member, _line in warned))
        self._note_on_members(members, self.env._(
            "Asked for goods in %s, and was taken in spite of arrears or above a limit.", self.display_name,
        ))

    def _note_on_members(self, members, text):
        """Keep a note on each of these members: the round's own chatter is read by warehouse staff, theirs is not."""
        # sudo: a note that the round itself writes, whoever enters the request
        members.sudo()._message_log_batch(bodies=dict.fromkeys(members.ids, text))


class CoopPoolLine(models.Model):
    _inherit = 'coop.pool.line'

    member_limit = fields.Float(
        string="Limit per Member", digits='Product Unit',
        help="The most that one member may ask for, tolerance included, in the product's unit. Zero: no limit.",
    )

    _member_limit_not_negative = models.Constraint('CHECK (member_limit >= 0)', "A limit cannot be negative.")

    # === BUSINESS METHODS === #

    def _get_quantity_problem(self, quantity, tolerance):
        """Return why these quantities cannot be asked for, or an empty text."""
        self.ensure_one()
        if min(quantity, tolerance) < 0:
            return self.env._("Nobody can ask for less than nothing.")
        if max(quantity, tolerance) > MOST:
            return self.env._(
                "%(quantity)s %(unit)s of %(product)s are too much to be meant. Look at the number again.",
                quantity=self._format(max(quantity, tolerance)), unit=self.uom_id.name, product=self.display_name,
            )
        problem = self._get_step_problem(quantity) or self._get_step_problem(tolerance)
        if problem:
            return problem
        if tolerance and not self.pool_id.allow_tolerance:
            return self.env._("%s takes no tolerance: ask for the full quantity.", self.pool_id.display_name)
        return ""

    def _get_step_problem(self, quantity):
        """Return why a quantity cannot be handed out, or an empty text."""
        self.ensure_one()
        if not self.uom_id.compare(self._from_steps(self._to_steps(quantity)), quantity):
            return ""
        return self.env._(
            "%(product)s is handed out in %(step)s %(unit)s; %(quantity)s is not a multiple of it.",
            product=self.display_name, step=self._format(self.step), unit=self.uom_id.name,
            quantity=self._format(quantity),
        )

    def _get_limit_problem(self, member, quantity, tolerance):
        self.ensure_one()
        if not self.member_limit or self.uom_id.compare(quantity + tolerance, self.member_limit) <= 0:
            return ""
        return self.env._(
            "%(member)s asks for %(quantity)s %(unit)s of %(product)s, and each member gets at most %(limit)s. Lower"
            " the request.", member=member.display_name, quantity=self._format(quantity + tolerance),
            unit=self.uom_id.name, product=self.display_name, limit=self._format(self.member_limit),
        )


class CoopPoolMember(models.Model):
    _inherit = 'coop.pool.member'

    _guarded_fields = frozenset({'limit_value'})

    limit_value = fields.Monetary(
        string="Own Limit", groups=MONEY_GROUPS, readonly=True, copy=False,
        help="What this member may ask for in all, instead of the limit of the round. Zero: that of the round.",
    )
    amount = fields.Monetary(
        string="Value", compute='_compute_amount', compute_sudo=True, groups=MONEY_GROUPS,
        help="What the member asks for, at the vendors' price for the sum of all requests. Margin and shared costs are"
             " not in it.",
    )
    warning = fields.Char(
        compute='_compute_warning', compute_sudo=True, groups=MONEY_GROUPS,
        help="Why somebody should look at this member's requests: no active member, arrears, above a limit.",
    )

    # === COMPUTE METHODS === #

    @api.depends('request_ids.quantity', 'pool_id.request_ids.quantity')
    def _compute_amount(self):
        # sudo (compute_sudo): the vendors' price lists, for the roles that may see prices
        prices = self._get_prices_of_requests()
        for member in self:
            member.amount = sum(prices[request.line_id] * request.quantity for request in member.request_ids)

    @api.depends(
        'membership_id.state', 'request_ids.quantity', 'request_ids.tolerance', 'request_ids.line_id.member_limit',
        'limit_value', 'pool_id.limit_value', 'pool_id.request_ids.quantity', 'pool_id.arrears_policy',
    )
    def _compute_warning(self):
        # sudo (compute_sudo): savings and invoices behind the warning
        checked = self.filtered(lambda member: member.pool_id.arrears_policy != 'none')
        debts = checked.membership_id._get_pool_debts()
        prices = self._get_prices_of_requests()
        for member in self:
            parts = [member.membership_id._get_pool_state_problem()]
            if member in checked and member.membership_id in debts:
                parts.append(member.membership_id._explain_pool_debts(*debts[member.membership_id]))
            parts += [
                request.line_id._get_limit_problem(member.membership_id, request.quantity, request.tolerance)
                for request in member.request_ids
            ]
            limit = member.limit_value or member.pool_id.limit_value
            value = sum(
                prices[request.line_id] * (request.quantity + request.tolerance) for request in member.request_ids
            )
            if limit and member.currency_id.compare_amounts(value, limit) > 0:
                parts.append(self.env._("Above the limit of %s.", format_amount(self.env, limit, member.currency_id)))
            member.warning = " ".join(filter(None, parts))

    # === ACTIONS === #

    def action_set_limit(self):
        """Ask for the member's own limit."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Limit of %s", self.display_name),
            'res_model': 'coop.pool.set.limit',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_member_id': self.id, 'default_limit_value': self.limit_value},
        }

    # === BUSINESS METHODS === #

    def _get_prices_of_requests(self):
        """Return ``{line: price}`` of what these members ask for, at the vendors' price for the sum of all requests."""
        return {line: line._get_estimated_price(line.quantity_requested) for line in self.request_ids.line_id}

    def _set_limit(self, amount, reason):
        """Give the members a limit of their own, and say why in the chatter.

        :raises AccessError: for anybody but the manager.
        """
        self.env['coop.pool']._check_user_is('producer_cooperative.group_coop_manager')
        for member in self:
            member.sudo().limit_value = amount  # sudo: the role was checked
            member.pool_id.message_post(body=self.env._(
                "%(member)s has another limit in this round. %(reason)s", member=member.display_name, reason=reason,
            ))
