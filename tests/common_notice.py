class NoticeMixin:
    """Turns messages to members on, and sends what waits."""

    def _turn_on(self, *keys, channel='own'):
        self.env['coop.notice.kind'].search([('key', 'in', keys)]).channel = channel

    def _send(self):
        """Send what waits, as the schedule does; return everything that this cooperative told its members."""
        while self.env['coop.notice']._send_next():
            pass
        return self._notices()

    def _notices(self, key=None, member=None):
        domain = [('company_id', '=', self.company.id)]
        domain += [('kind_id.key', '=', key)] if key else []
        domain += [('membership_id', '=', member.id)] if member else []
        return self.env['coop.notice'].search(domain, order='id')

    def _texts(self, notice):
        return {label: text for label, text in notice._get_rows()}

    def _figure(self, text):
        """Return the number in an amount as it is written to members: ``-Rp 1,000.00`` is -1000."""
        return float("".join(char for char in text if char.isdigit() or char in "-."))
