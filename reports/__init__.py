from . import coop_pool_saving_report
