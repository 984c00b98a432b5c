"""How many members, women, men and organisations apart: the table that the register and the movement share."""

from odoo.addons.producer_cooperative.tools.report_table import Column, Table


class PeopleTable(Table):
    """Rows of counts; every row counts some of the same memberships.

    :param memberships: all whom the table counts.
    :param label: heading of the first column.
    """

    def __init__(self, memberships, label):
        self.groups = memberships._get_groups_of_people()
        super().__init__([
            Column('label', label, width=30),
            *(Column(group, name, 'integer', 12) for group, name in memberships._get_people_labels().items()),
            Column('all', memberships.env._("All"), 'integer', 12),
        ], title=memberships.env._("Summary"))

    def add_count(self, label, memberships, kind='line'):
        """Add a row that counts these memberships."""
        counts = {group: len(memberships & of_group) for group, of_group in self.groups.items()}
        self.add(kind, label=label, all=len(memberships), **counts)
