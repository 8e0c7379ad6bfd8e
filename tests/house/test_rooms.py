"""The house keeps its measures: few files to a folder, short modules, short functions."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import ROOT

HOUSES = ("practice", "firm", "importers", "reports", "plugins", "templates", "ledgers", "tests", "bench")
FILES = 20
LINES = 400
FUNCTION = 60


def modules():
    """The project's own modules, without what is generated."""
    return [path for house in HOUSES for path in sorted((ROOT / house).rglob("*.py"))]


def test_no_folder_of_code_has_more_than_twenty_files():
    counts = Counter(path.parent.relative_to(ROOT) for path in modules())
    assert {str(folder): count for folder, count in counts.items() if count > FILES} == {}


def test_no_module_is_longer_than_four_hundred_lines():
    lengths = {path: len(path.read_text().splitlines()) for path in modules() if "tests" not in path.parts}
    assert {str(path.relative_to(ROOT)): length for path, length in lengths.items() if length > LINES} == {}


@pytest.mark.parametrize("house", HOUSES)
def test_no_function_is_longer_than_sixty_lines(house):
    long = {}
    for path in sorted((ROOT / house).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > FUNCTION:
                    long[f"{Path(path).relative_to(ROOT)}:{node.name}"] = length
    assert long == {}
