"""What androguard finds with the means it has: it analyses the package, and every URL, host path and address in the
strings of its code and of its resources is printed, one a line."""
import re
import sys

from androguard.core import androconf
from androguard.misc import AnalyzeAPK

androconf.show_logging(level=50)
URL = re.compile(r"(?:[a-z][a-z0-9+.-]{1,15}://[^\s\"'<>]+|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b)", re.I)
apk, _, analysis = AnalyzeAPK(sys.argv[1])
texts = {string.get_value() for string in analysis.get_strings()}
resources = apk.get_android_resources() if "resources.arsc" in apk.get_files() else None
if resources is not None:
    for package in resources.get_packages_names():
        for locale in resources.get_locales(package):
            texts.update(re.findall(r">([^<]+)<", resources.get_string_resources(package, locale).decode("utf-8", "replace")))
found = set()
for text in texts:
    if isinstance(text, bytes):  # this release hands out the bytes of the string table
        text = text.decode("utf-8", "replace")
    found.update(URL.findall(text))
    if re.fullmatch(r"/[\w./{}-]{2,200}", text):  # a path: what its peers call an endpoint, too
        found.add(text)
with open(sys.argv[2], "w", encoding="utf-8", errors="replace") as out:
    out.write("\n".join(sorted(found)))
