from odoo import models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from odoo.addons.producer_cooperative.models.coop_pool_request import WITHDRAWN_NOTHING

#: How far a converted quantity may be from what a product's unit can say.
CONVERSION_DIGITS = 6


class CoopPool(models.Model):
    """Taking many requests at once: one check, one place in the queue, a number of queries that does not grow."""
    _inherit = 'coop.pool'

    # === BUSINESS METHODS === #

    def _set_request(self, membership, product, quantity, tolerance=0.0, **origin):
        """Make or change what a member asks for; zero for both takes the request back.

        :param membership: the active ``coop.membership`` that asks.
        :param product: a ``product.product`` that the pool offers.
        :param float quantity: in the product's unit.
        :param float tolerance: how much more the member would take, in the product's unit.
        :param origin: ``source``, ``source_ref`` and ``uom``, as for :meth:`_set_requests`.
        :return: the ``coop.pool.request``, empty when it was taken back.
        :raises UserError: when the pool is not open, does not offer the product, or the member may not ask.
        """
        unit = origin.pop('uom', None)
        return self._set_requests([(membership, product, quantity, tolerance, unit)], **origin)

    def _set_requests(self, rows, source='counter', source_ref=False):
        """Make or change many requests at once; zero for quantity and tolerance takes a request back.

        :param rows: tuples ``(membership, product, quantity, tolerance)``, or with a fifth item, the ``uom.uom`` that
            the two are given in; they are converted exactly or refused.
        :param str source: how the members asked: ``counter``, ``paper``, ``phone`` or ``portal``.
        :param str source_ref: number of the paper.
        :return: the ``coop.pool.request`` records that ask for something.
        :raises UserError: with every problem found, one line each; nothing is changed then.
        """
        requests, refused = self._save_requests(rows, source, source_ref)
        self._raise_problems(refused)
        return requests

    def _save_requests(self, rows, source, source_ref, keep_good=False):
        """Make or change many requests at once and return them with what is refused.

        :param bool keep_good: save what is right even if something else is refused.
        :return: the requests, and ``{(membership, product): message}``.
        """
        self.ensure_one()
        self._queue_up_for_requests()
        changes, refused = self._read_rows(rows)
        stored = self._get_wishes(self.env['coop.membership'].union(*(member for member, _line in changes)))
        problems, warned = self._get_request_problems(changes, stored)
        refused.update({(member, line.product_id): problem for (member, line), problem in problems.items()})
        if refused and not keep_good:
            return self.env['coop.pool.request'], refused
        good = {key: wish for key, wish in changes.items() if key not in problems}
        requests = self._write_requests(good, source, source_ref)
        self._note_warnings([key for key in warned if key in good])
        return requests, refused

    def _queue_up_for_requests(self):
        """Wait for others who enter requests or close the pool; refuse once it takes none."""
        self.env['coop.pool.request'].check_access('create')
        pool = self.sudo()  # sudo: see CoopPoolRequest._check_pool_is_open
        pool._queue_up()
        pool._check_takes_requests()

    def _read_rows(self, rows):
        """Return rows as ``{(membership, line): (quantity, tolerance)}``, and what cannot be read."""
        lines = {line.product_id: line for line in self.line_ids}
        changes, refused = {}, {}
        for member, product, quantity, tolerance, *unit in rows:
            line = lines.get(product)
            try:
                if not line:
                    raise UserError(self._get_not_offered_message(product))
                changes[member, line] = tuple(
                    line._convert_request(amount, unit[0] if unit else None) for amount in (quantity, tolerance)
                )
            except UserError as error:
                refused[member, product] = error.args[0]
        return changes, refused

    def _get_not_offered_message(self, product):
        self.ensure_one()
        return self.env._(
            "%(pool)s does not offer %(product)s. It offers: %(offered)s.", pool=self.display_name,
            product=product.display_name, offered=", ".join(self.line_ids.mapped('display_name')),
        )

    def _raise_problems(self, problems):
        if problems:
            raise UserError("\n".join(dict.fromkeys(problems.values())))

    def _write_requests(self, changes, source, source_ref):
        """Write checked wishes: new requests, changed ones, and those that are taken back.

        :return: the requests that ask for something.
        """
        # sudo: the right to make requests was checked, and so was each wish
        Request = self.env['coop.pool.request'].sudo()._as_checked()
        members = self.env['coop.membership'].union(*(member for member, _line in changes))
        stored = {
            (request.membership_id.id, request.line_id.id): request for request in Request.search([
                ('pool_id', '=', self.id), ('membership_id', 'in', members.ids),
            ])
        }
        new, kept, changed, dropped = [], [], [], []
        for (member, line), (quantity, tolerance) in changes.items():
            request = stored.get((member.id, line.id))
            values = {
                **WITHDRAWN_NOTHING, 'quantity': quantity, 'tolerance': tolerance, 'source': source,
                'source_ref': source_ref,
            }
            if not (quantity or tolerance):
                dropped.append(request or Request)
            elif not request:
                new.append({'pool_id': self.id, 'line_id': line.id, 'membership_id': member.id, **values})
            elif (request.quantity, request.tolerance) == (quantity, tolerance):
                kept.append(request)
            else:
                request.write(values)
                changed.append(request)
        Request.union(*dropped).unlink()
        changed = Request.union(*changed, Request.create(new))
        changed._update_rows()
        return Request.union(*kept, changed).with_env(self.env)

    def _check_may_withdraw(self):
        """Refuse to withdraw requests once they are ordered; between closing and ordering only the manager does it.

        :raises UserError: naming the pool and what can be done instead.
        """
        self.ensure_one()
        if self.state == 'closed':
            self._check_user_is('producer_cooperative.group_coop_manager')
        elif self.state != 'open':
            raise UserError(self.env._(
                "%s is ordered: requests are not withdrawn any more. Change the member's share when the goods have"
                " come.", self.display_name,
            ))


class CoopPoolLine(models.Model):
    _inherit = 'coop.pool.line'

    # === BUSINESS METHODS === #

    def _convert_request(self, quantity, unit=None):
        """Return a quantity in the product's unit, converted from ``unit`` without losing anything.

        :raises UserError: when the units have nothing to do with each other, or the product's unit cannot say it.
        """
        self.ensure_one()
        if not unit or unit == self.uom_id or not quantity:
            return quantity
        if not unit._has_common_reference(self.uom_id):
            raise UserError(self.env._(
                "%(product)s is asked for in %(own)s, or in a unit that converts to it; %(unit)s does not.",
                product=self.display_name, own=self.uom_id.name, unit=unit.name,
            ))
        exact = unit._compute_quantity(quantity, self.uom_id, round=False)
        converted = unit._compute_quantity(quantity, self.uom_id, rounding_method='HALF-UP')
        if float_compare(exact, converted, precision_digits=CONVERSION_DIGITS):
            raise UserError(self.env._(
                "%(quantity)s %(unit)s of %(product)s are no whole quantity in %(own)s: ask for it in %(own)s.",
                quantity=self._format(quantity), unit=unit.name, product=self.display_name, own=self.uom_id.name,
            ))
        return converted
