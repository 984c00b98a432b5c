from . import portal
from . import portal_shu
from . import report
