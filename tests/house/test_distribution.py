"""What is handed out: the wheel, the lock files, and the order that the house keeps."""

import email
import re
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
HOUSE = ("firm", "importers", "ledgers", "plugins", "practice", "reports", "templates")
LOCKS = ("requirements.txt", "requirements-dev.txt")


def _name(requirement):
    return re.split(r"[^a-z0-9-]", requirement)[0]


@pytest.fixture(scope="module")
def names(wheel):
    return set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_installs_one_package_and_nothing_beside_it(names):
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"daysheet"}


def test_the_wheel_holds_every_module_and_data_file_of_the_house(names):
    mapped = {
        "practice": "daysheet",
        "ledgers/dental-group": "daysheet/ledgers/dental_group",
        "ledgers/two-doctors": "daysheet/ledgers/two_doctors",
    }
    for folder in HOUSE:
        for path in (ROOT / folder).rglob("*"):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix not in (".py", ".toml", ".html", ".css", ".js", ".woff2") or "__pycache__" in name:
                continue
            for source, target in mapped.items():
                if name.startswith(source + "/"):
                    name = target + name[len(source) :]
            assert name in names or f"daysheet/{name}" in names, f"{path} is not in the wheel; see pyproject.toml"


def test_the_wheel_says_its_licence_and_carries_it(wheel, names):
    metadata = next(name for name in names if name.endswith(".dist-info/METADATA"))
    message = email.message_from_bytes(zipfile.ZipFile(wheel).read(metadata))
    assert message["License-Expression"] == "GPL-2.0-only"
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


@pytest.mark.parametrize("lock", LOCKS)
def test_each_locked_package_has_hashes_and_no_place_it_came_from(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*(--(?!hash=)|-[a-z] |\.?/)", text, re.MULTILINE)
    pins = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(pins) > 40
    for pin in pins:
        assert re.match(r"[a-z0-9-]+==\S+( ; .+)? \\\n +--hash=sha256:[0-9a-f]{64}", pin), pin


def test_what_runs_is_locked_alike_for_running_and_for_testing():
    def pins(lock):
        return set(re.findall(r"^([a-z0-9-]+==\S+)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE))

    assert pins("requirements.txt") <= pins("requirements-dev.txt")


def test_every_dependency_is_locked():
    wanted = PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]
    locked = re.findall(r"^([a-z0-9-]+)==", (ROOT / LOCKS[1]).read_text(encoding="utf-8"), re.MULTILINE)
    assert {_name(want) for want in wanted} <= set(locked)


def test_every_dependency_is_explained():
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## Dependencies")[1]
    extras = [want for group in PROJECT["project"]["optional-dependencies"].values() for want in group]
    for want in PROJECT["project"]["dependencies"] + extras + PROJECT["dependency-groups"]["dev"]:
        assert re.search(rf"(?<![\w-]){_name(want)}(?![\w-])", page), f"{want} is not in CONTRIBUTING.md"


def test_no_module_grows_beyond_one_idea():
    long = {
        str(path.relative_to(ROOT)): length
        for folder in HOUSE
        for path in (ROOT / folder).rglob("*.py")
        if (length := len(path.read_text(encoding="utf-8").splitlines())) > 460
    }
    assert long == {}
