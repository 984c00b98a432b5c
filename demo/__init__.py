from . import coop_demo
from . import coop_demo_pool
from . import coop_demo_consignment
from . import coop_demo_expenses
from . import coop_demo_shu
from . import coop_demo_cash
from . import coop_demo_practice
