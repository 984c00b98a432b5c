from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.models.coop_pool_request_row import SOURCES


class CoopPool(models.Model):
    """The request grid: members down, products across, typed with the keyboard and saved at once."""
    _inherit = 'coop.pool'

    # === ACTIONS === #

    def action_open_grid(self):
        """Open the request grid of the pool."""
        self.ensure_one()
        action = self.env['ir.actions.client']._for_xml_id('producer_cooperative.coop_pool_action_grid')
        return {**action, 'context': {'active_id': self.id}}

    @api.readonly
    def get_request_grid(self):
        """Return what the request grid shows: the products, every active member, and what they ask for.

        The number of queries does not depend on the number of members or products.

        :rtype: dict
        """
        self.ensure_one()
        self.check_access('read')
        self.env['coop.pool.request'].check_access('create')
        members = self._get_grid_members()
        wishes, earlier = self._get_wishes(members), self._get_earlier_wishes(members)
        problem = self._get_requests_refusal()
        return {
            'pool': {
                'name': self.display_name, 'refusal': problem, 'allow_tolerance': self.allow_tolerance,
                'deadline': self._format_cutoff() if self.date_cutoff else "",
                'repeats': self.repeat_of_id.display_name if earlier else "",
            },
            'sources': self.env['coop.pool.request']._fields['source']._description_selection(self.env),
            'drop_points': [{'id': point.id, 'name': point.display_name} for point in members.drop_point_id.sorted()],
            'products': self._get_grid_products(),
            'members': self._get_grid_rows(members, wishes, earlier),
        }

    def save_request_grid(self, cells, source='counter', source_ref=''):
        """Save the changed cells of the request grid at once: what is right is saved, the rest comes back.

        :param list cells: dicts ``membership_id``, ``line_id``, ``quantity``, ``tolerance``, ``uom_id`` (the unit they
            are typed in, or nothing) and ``before``: quantity and tolerance as the grid last saw them.
        :return: ``saved`` and ``refused`` cells, the latter with a ``message``, and the products and members anew.
        :rtype: dict
        :raises UserError: when the pool takes no requests (any more), or a paper list has no number.
        """
        self.ensure_one()
        source_ref = (source_ref or "").strip()
        self._check_grid_source(source, source_ref)
        lines, cells, refused = self._sort_out_grid(cells)
        members = self.env['coop.membership'].browse(cell['membership_id'] for cell in cells)
        units = self.env['uom.uom']
        rows = [(
            members.browse(cell['membership_id']), lines[cell['line_id']].product_id, cell['quantity'],
            cell['tolerance'], units.browse(cell.get('uom_id') or False),
        ) for cell in cells]
        _requests, problems = self._save_requests(rows, source, source_ref or False, keep_good=True)
        wishes = self._get_wishes(members)
        saved = []
        for cell, (member, product, *_wish) in zip(cells, rows, strict=True):
            if (member, product) in problems:
                refused.append({**cell, 'message': problems[member, product]})
            else:
                wish = wishes.get((member, lines[cell['line_id']]), (0.0, 0.0))
                saved.append({**cell, 'quantity': wish[0], 'tolerance': wish[1]})
        return {
            'saved': saved, 'refused': refused, 'products': self._get_grid_products(),
            'warnings': {member.id: text for member, text in self._get_grid_warnings(members).items()},
        }

    # === BUSINESS METHODS === #

    def _check_grid_source(self, source, source_ref):
        if source not in dict(SOURCES):
            raise UserError(self.env._("Say how the members asked."))
        if source == 'paper' and not source_ref:
            raise UserError(self.env._("Enter the number that is printed on the paper list."))
        if source == 'paper' and source_ref.strip() not in self.paper_ids.mapped('name'):
            raise UserError(self.env._(
                "No paper list of %(pool)s has the number %(number)s. Look at the number on the paper, or print the"
                " lists of this round first.", pool=self.display_name, number=source_ref.strip(),
            ))

    def _sort_out_grid(self, cells):
        """Return the products by id, the cells to save, and those that somebody else has changed meanwhile."""
        self._queue_up_for_requests()
        lines = {line.id: line for line in self.line_ids}
        known = self.env['coop.membership'].search([
            ('company_id', '=', self.company_id.id), ('id', 'in', [cell['membership_id'] for cell in cells]),
        ])
        wishes = {(member.id, line.id): wish for (member, line), wish in self._get_wishes(known).items()}
        good, refused = [], []
        for cell in cells:
            if cell['line_id'] not in lines or cell['membership_id'] not in known._ids:
                refused.append({**cell, 'message': self.env._("The product or the member is gone. Reload the grid.")})
                continue
            stored = wishes.get((cell['membership_id'], cell['line_id']), (0.0, 0.0))
            if tuple(cell.get('before') or stored) != stored:
                refused.append({**cell, 'before': stored, 'message': self.env._(
                    "Somebody else has entered %(quantity)s meanwhile. Save again to replace it.",
                    quantity=lines[cell['line_id']]._format(stored[0]),
                )})
            else:
                good.append(cell)
        return lines, good, refused

    def _get_requests_refusal(self):
        """Return why requests are not taken now, or an empty text."""
        self.ensure_one()
        try:
            self._check_takes_requests()
        except UserError as error:
            return error.args[0]
        return ""

    def _get_grid_members(self):
        asking = self.request_ids.filtered(lambda request: request.quantity or request.tolerance).membership_id
        active = self.env['coop.membership'].search([
            ('company_id', '=', self.company_id.id), ('state', '=', 'active'),
        ])
        return (active | asking).sorted(lambda member: member._get_rank())

    def _get_earlier_wishes(self, members):
        """Return ``{(membership, product): (quantity, tolerance)}`` of the round that this one repeats."""
        if not self.repeat_of_id:
            return {}
        return {
            (member, line.product_id): wish for (member, line), wish in self.repeat_of_id._get_wishes(members).items()
        }

    def _get_grid_products(self):
        return [{
            'line_id': line.id, 'name': line.display_name, 'unit': line.uom_id.name,
            'step': line.step, 'limit': line.member_limit, 'asked': line.quantity_requested,
            'tolerance': line.tolerance_total, 'missing_to_case': line.missing_to_case,
            'price': line._format_money(line._get_estimated_price(line.quantity_requested)),
            'next_step_quantity': line.next_step_quantity,
            'units': [{'id': unit.id, 'name': unit.name} for unit in line._get_entry_units()],
        } for line in self.line_ids]

    def _get_grid_rows(self, members, wishes, earlier):
        warnings = self._get_grid_warnings(members)
        return [{
            'id': member.id, 'number': member.number or "", 'name': member.partner_id.name,
            'drop_point_id': member.drop_point_id.id, 'is_active': member.state == 'active',
            'warning': warnings.get(member, ""),
            'cells': [{
                'line_id': line.id,
                'saved': wishes.get((member, line), (0.0, 0.0)),
                'earlier': earlier.get((member, line.product_id), (0.0, 0.0)) if member.state == 'active' else (0, 0),
            } for line in self.line_ids],
        } for member in members]

    def _get_grid_warnings(self, members):
        """Return ``{membership: text}`` of those that somebody should look at."""
        debts = members._get_pool_debts() if self.arrears_policy != 'none' else {}
        parts = {
            member: [
                member._get_pool_state_problem(),
                member._explain_pool_debts(*debts[member]) if member in debts else "",
            ] for member in members
        }
        return {member: " ".join(filter(None, texts)) for member, texts in parts.items() if any(texts)}


class CoopPoolLine(models.Model):
    _inherit = 'coop.pool.line'

    # === BUSINESS METHODS === #

    def _get_entry_units(self):
        """Return the units in which quantities may be typed: the product's own first, its packings, the vendors'."""
        self.ensure_one()
        # sudo: which units the vendors sell in, no price
        units = self.product_id.uom_ids | self.product_id.sudo().seller_ids.product_uom_id.sudo(False)
        return self.uom_id | units.filtered(lambda unit: unit._has_common_reference(self.uom_id))
