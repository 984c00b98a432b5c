"""What happens once, when the addon comes into a database and when it leaves."""


def post_init_hook(env):
    """Give every cooperative that already has a chart of accounts its accounts, journals and savings types."""
    env['res.company'].search([])._coop_create_accounts()


def uninstall_hook(env):
    """Take the accounts and journals that were never used out of the charts; what holds entries stays.

    The count of bookings goes with the numbers that it gave.
    """
    env['res.company'].search([])._coop_remove_unused_accounts()
    env.cr.execute("DROP SEQUENCE IF EXISTS coop_booking_seq")
