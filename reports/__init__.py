from . import coop_report_mixin
from . import coop_report_period_mixin
from . import coop_savings_movement
from . import coop_membership_register
from . import coop_membership_movement
from . import coop_savings_book
from . import coop_savings_capital
from . import coop_pool_saving_report
