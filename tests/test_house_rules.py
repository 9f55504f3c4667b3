"""The budgets and borders of the house, measured on the source itself (see CONTRIBUTING.md)."""

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

import fluffy_core
from fluffy_core.store.migrations import STEPS

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("fluffy_core", "app", "tests", "benchmarks")
MODULE_LINES, MODULE_MEDIAN, CLASS_LINES = 500, 150, 350
FUNCTION_LINES, NINE_IN_TEN_LINES = 60, 30
PARAMETERS, POSITIONAL_PARAMETERS = 6, 3

NETWORK = "fluffy_core/connectors/network"
WAY_OUT = tuple(f"{NETWORK}/{name}.py" for name in ("gateway", "connection", "certificates"))
OPENS_SOCKETS = {"socket", "create_connection", "create_server", "socketpair", "fromfd", "open_connection"}

OWNERS: dict[str, str | tuple[str, ...]] = {
    "sqlcipher3": "fluffy_core/store/",
    "sqlite3": ("fluffy_core/store/", "fluffy_core/jobs/queues.py"),  # for the errors of Huey's own file
    "sqlite_utils": "fluffy_core/store/",
    "socket": WAY_OUT,
    "ssl": WAY_OUT,
    "http": f"{NETWORK}/web.py",
    "httpx": "fluffy_core/connectors/",
    "googleapiclient": "fluffy_core/connectors/google/",
    "httplib2": "fluffy_core/connectors/google/api.py",
    "imaplib": "fluffy_core/connectors/imap/session.py",
    "imapclient": "fluffy_core/connectors/imap/",
    "smtplib": "fluffy_core/connectors/imap/smtp.py",
    "dns": f"{NETWORK}/dns_records.py",
    **dict.fromkeys(["urllib.request", "urllib3", "requests", "ftplib", "socketserver", "xmlrpc"], ()),
    "onnxruntime": "fluffy_core/ai/",
    "tokenizers": "fluffy_core/ai/",
    "torch": "fluffy_core/ai/",
    "sentence_transformers": "fluffy_core/ai/",
    "llama_cpp": "fluffy_core/ai/",
    "huey": "fluffy_core/jobs/",
    "apscheduler": "fluffy_core/jobs/",
    "PySide6": "app/",
    "shiboken6": "app/",
    "qtawesome": "app/",
}
"""Which part alone may import a library."""

MAY_PRINT = ("fluffy_core/__main__.py", "fluffy_core/cli/", "dev.py", "benchmarks/")
MAY_CATCH_ALL = ("app/background.py", "app/errors.py", "fluffy_core/jobs/run.py")
GRAB_BAGS = {"utils", "util", "misc", "common", "helpers", "helper"}
SQL = re.compile(
    r"\bSELECT\s.+\sFROM\s|\bINSERT\s+(OR\s+\w+\s+)?INTO\s|\bUPDATE\s+\w+\s+SET\s|\bDELETE\s+FROM\s"
    r"|\bCREATE\s+(UNIQUE\s+|VIRTUAL\s+|TEMP\s+)?(TABLE|INDEX|TRIGGER|VIEW)\s|\bPRAGMA\s+\w",
    re.DOTALL,
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the house by its path in the project."""
    paths = [ROOT / "dev.py", *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))]
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(paths)
        if path.exists()
    }


@cache
def line_counts() -> dict[str, int]:
    """Lines of each module; modules that hold nothing but their docstring are left out."""
    return {
        name: len((ROOT / name).read_text(encoding="utf-8").splitlines())
        for name, tree in modules().items()
        if len(tree.body) > 1
    }


def nodes(*kinds: type[ast.AST], within: tuple[str, ...] = ("",)) -> Iterator[tuple[str, ast.AST]]:
    """Each node of the wanted kinds in modules whose path starts with one of `within`, with where it is."""
    for name, tree in modules().items():
        if name.startswith(within):
            for node in ast.walk(tree):
                if isinstance(node, kinds):
                    yield f"{name}:{getattr(node, 'lineno', 1)}", node


def functions() -> list[tuple[str, Function]]:
    found = nodes(ast.FunctionDef, ast.AsyncFunctionDef)
    return [(f"{place} {node.name}", node) for place, node in found if isinstance(node, Function)]


def none_of(offenders: Iterable[object]) -> None:
    """Fails with every offender on a line of its own."""
    found = [str(offender) for offender in offenders]
    assert not found, "\n".join(["", *found])


def length(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_modules_stay_small() -> None:
    sizes = line_counts()
    none_of(f"{name}: {size} lines" for name, size in sizes.items() if size > MODULE_LINES)
    assert statistics.median(sizes.values()) <= MODULE_MEDIAN


def test_classes_stay_small() -> None:
    classes = [(place, node) for place, node in nodes(ast.ClassDef) if isinstance(node, ast.ClassDef)]
    none_of(f"{place} {node.name}" for place, node in classes if length(node) > CLASS_LINES)


def test_functions_stay_small() -> None:
    sizes = [(length(node), place) for place, node in functions()]
    none_of(f"{place}: {size} lines" for size, place in sizes if size > FUNCTION_LINES)
    over = [place for size, place in sizes if size > NINE_IN_TEN_LINES]
    assert len(over) <= len(sizes) / 10, over


def parameter_faults(place: str, node: Function) -> Iterator[str]:
    """Too many parameters, or positional ones after the third."""
    positional = [
        arg.arg for arg in (*node.args.posonlyargs, *node.args.args) if arg.arg not in ("self", "cls")
    ]
    if len(positional) + len(node.args.kwonlyargs) > PARAMETERS:
        yield f"{place}: more than {PARAMETERS} parameters"
    if len(positional) > POSITIONAL_PARAMETERS:
        yield f"{place}: positional after the third: {positional[POSITIONAL_PARAMETERS:]}"


def test_parameters_stay_few() -> None:
    """Tests take fixtures by name, and the signature of a camelCase override is Qt's choice."""
    ours = [
        (place, node)
        for place, node in functions()
        if not place.startswith("tests/") and not re.search("[a-z][A-Z]", node.name)
    ]
    none_of(fault for place, node in ours for fault in parameter_faults(place, node))


def test_every_module_says_what_it_is() -> None:
    none_of(name for name, tree in modules().items() if not ast.get_docstring(tree))


def test_only_front_ends_print() -> None:
    calls = [
        place
        for place, node in nodes(ast.Call)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    none_of(place for place in calls if not place.startswith(MAY_PRINT))


def test_no_global_statement() -> None:
    none_of(place for place, _ in nodes(ast.Global))


def test_no_grab_bags() -> None:
    none_of(name for name in modules() if GRAB_BAGS & set(name.removesuffix(".py").split("/")))


def catches_all(node: ast.AST) -> bool:
    """A bare `except`, `except Exception` or `except BaseException` that does not raise again."""
    if not isinstance(node, ast.ExceptHandler):
        return False
    caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    names = {part.id for part in caught if isinstance(part, ast.Name)}
    broad = node.type is None or bool(names & {"Exception", "BaseException"})
    last = node.body[-1]
    return broad and not isinstance(last, ast.Raise)


def test_broad_except_only_at_the_outermost_edges() -> None:
    places = [place for place, node in nodes(ast.ExceptHandler) if catches_all(node)]
    none_of(place for place in places if not place.startswith(MAY_CATCH_ALL))


def docstrings(tree: ast.Module) -> set[int]:
    """Ids of the nodes that are docstrings (attribute docstrings too): strings that are statements."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def test_sql_lives_in_the_store() -> None:
    found = [
        f"{name}:{node.lineno}"
        for name, tree in modules().items()
        if name.startswith(("fluffy_core/", "app/")) and not name.startswith("fluffy_core/store/")
        for prose in [docstrings(tree)]
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if id(node) not in prose and SQL.search(node.value)
    ]
    none_of(found)


def imported(node: ast.AST) -> list[str]:
    """Full names that an import statement loads: `from a import b` may mean a and a.b."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def test_mail_is_never_deleted() -> None:
    """What is derived from mail quotes it, and nothing is made anew because a message went."""
    deletes = re.compile(r"DELETE\s+FROM\s+(?:messages|message_texts|raw_messages)\b", re.IGNORECASE)
    found = [
        f"{name}:{node.lineno}"
        for name, tree in modules().items()
        if name.startswith("fluffy_core/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and deletes.search(node.value)
    ]
    none_of(found)


@pytest.mark.parametrize(("library", "owner"), OWNERS.items())
def test_libraries_stay_with_their_owner(library: str, owner: str | tuple[str, ...]) -> None:
    users = {
        place
        for place, node in nodes(ast.Import, ast.ImportFrom, within=("fluffy_core/", "app/"))
        for name in imported(node)
        if name == library or name.startswith(f"{library}.")
    }
    none_of({place for place in users if not place.startswith(owner)})


def test_only_the_gateway_opens_sockets() -> None:
    """Every connection is checked and told of there; models come by the installer's own child process."""
    calls = [
        place
        for place, node in nodes(ast.Call, within=("fluffy_core/", "app/"))
        if isinstance(node, ast.Call)
        if getattr(node.func, "attr", getattr(node.func, "id", "")) in OPENS_SOCKETS
        if not ast.unparse(node.func).startswith("self.")
    ]
    assert calls
    none_of(place for place in calls if not place.startswith("fluffy_core/connectors/network/gateway.py:"))


def test_packaging_is_no_package() -> None:
    """`packaging/__init__.py` would shadow the library of that name."""
    none_of(list((ROOT / "packaging").rglob("__init__.py")))


@pytest.mark.parametrize("folder", ["resources", "models"])
def test_data_folders_hold_no_code(folder: str) -> None:
    none_of(list((ROOT / folder).rglob("*.py")))


def test_tests_are_at_least_as_long_as_the_core() -> None:
    sizes = line_counts()
    core = sum(size for name, size in sizes.items() if name.startswith("fluffy_core/"))
    assert sum(size for name, size in sizes.items() if name.startswith("tests/")) >= core


def test_every_migration_has_a_test() -> None:
    tests = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "tests/migrations").glob("test_*.py")
    )
    none_of(step.__name__ for step in STEPS if not re.search(rf"\b(test_)?{step.__name__}\b", tests))


def test_public_face_is_sorted_and_whole() -> None:
    assert list(fluffy_core.__all__) == sorted(set(fluffy_core.__all__))
    none_of(name for name in fluffy_core.__all__ if not hasattr(fluffy_core, name))


IMPORT_ALL = """
import importlib, pkgutil, sys
def refuse(event, args):
    if event == "socket.__new__":
        raise SystemExit("a socket was made while importing")
import fluffy_core
names = [found.name for found in pkgutil.walk_packages(fluffy_core.__path__, "fluffy_core.")]
sys.addaudithook(refuse)
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
loaded = {name.partition(".")[0] for name in sys.modules}
print(*sorted(loaded & {"PySide6", "shiboken6", "qtawesome", "app"}))
"""


def test_core_imports_no_qt_and_opens_no_socket() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
