"""What androguard needs to know the same strings: it loads and analyses the package, then lists its strings."""
import sys

from androguard.core import androconf
from androguard.misc import AnalyzeAPK

androconf.show_logging(level=50)
_, _, analysis = AnalyzeAPK(sys.argv[1])
print(sum(1 for _ in analysis.get_strings()))
