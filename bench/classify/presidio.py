"""Presidio's pattern recognisers over the values of JSON Lines, one thread, without a language model. Prints one JSON line.

usage: presidio.py FILE SECONDS
"""
import json
import sys
import time

from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine


class NoModel(NlpEngine):
    """Tokens by white space: the recognisers that ask for a model are left out."""

    def load(self):
        pass

    def is_loaded(self):
        return True

    def process_text(self, text, language):
        return NlpArtifacts([], [], [], [], self, language)

    def process_batch(self, texts, language, **kwargs):
        for text in texts:
            yield text, self.process_text(text, language)

    def is_stopword(self, word, language):
        return False

    def is_punct(self, word, language):
        return False

    def get_supported_entities(self):
        return []

    def get_supported_languages(self):
        return ["en"]


def values(node):
    if isinstance(node, dict):
        for inner in node.values():
            yield from values(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from values(inner)
    elif node is not None:
        yield str(node)


registry = RecognizerRegistry()
registry.load_predefined_recognizers()
registry.recognizers = [one for one in registry.recognizers if "Spacy" not in type(one).__name__]
engine = AnalyzerEngine(registry=registry, nlp_engine=NoModel())
engine.analyze(text="a@example.org", language="en")
budget = float(sys.argv[2])
start = time.process_time()
done = found = 0
with open(sys.argv[1], encoding="utf-8") as lines:
    for line in lines:
        for value in values(json.loads(line)):
            found += len(engine.analyze(text=value, language="en"))
        done += len(line.encode("utf-8"))
        if time.process_time() - start > budget:
            break
print(json.dumps({"bytes": done, "seconds": time.process_time() - start, "found": found}))
