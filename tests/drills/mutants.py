"""Every small change of the code that decides is noticed by a test. Run: python -m tests.drills.mutants [FILE …]

Changes one operator, constant, comparison, condition or return at a time in a copy of the repository and runs the
tests of that file there. Prints each mutant that no test noticed. About half an hour in two processes.
A runner of our own, because mutmut and cosmic-ray would each bring a tree of dependencies for one table of changes.
"""

import ast
import copy
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

from tests.samples import REPOSITORY

TESTS = {
    "webapp/core/decide.py": ("tests/unit/core/test_decide.py", "tests/unit/core/test_decide_oracle.py"),
    "webapp/core/rules.py": ("tests/unit/core/test_rules.py", "tests/unit/core/test_decide_oracle.py"),
    "webapp/site/address.py": ("tests/unit/site/test_address.py", "tests/unit/site/test_reader_doubts.py"),
}
PROCESSES = 2
SWAPS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.BitOr: (ast.BitAnd,),
}
VERDICTS = {"MATCHED": "EXCLUDED", "UNPROVEN": "EXCLUDED", "EXCLUDED": "UNPROVEN"}
CALLS = {"any": "all", "all": "any"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: where, what, and the whole changed text."""

    file: str
    line: int
    change: str
    text: str


def make_mutants(file: str) -> Iterator[Mutant]:
    """Yield every change of a file, one at a time."""
    tree = ast.parse((REPOSITORY / file).read_text("utf-8"))
    for index, node in enumerate(ast.walk(tree)):
        for number, (change, _) in enumerate(_changes(node)):
            mutated = copy.deepcopy(tree)
            target = list(ast.walk(mutated))[index]
            replacement = _changes(target)[number][1]
            changed = _Replace(target, replacement).visit(mutated)
            yield Mutant(file, getattr(node, "lineno", 0), change, ast.unparse(ast.fix_missing_locations(changed)))


class _Replace(ast.NodeTransformer):
    def __init__(self, target: ast.AST, replacement: ast.AST) -> None:
        self._target, self._replacement = target, replacement

    def visit(self, node: ast.AST) -> ast.AST:
        return self._replacement if node is self._target else self.generic_visit(node)


def _changes(node: ast.AST) -> list[tuple[str, ast.AST]]:
    """Return the changes of one node, with words. Sentences for people have none: they decide nothing."""
    found: list[tuple[str, ast.AST]] = []
    if isinstance(node, ast.Compare):
        for swap in SWAPS.get(type(node.ops[0]), ()):
            found.append((f"{ast.unparse(node)}: {swap.__name__}", ast.Compare(node.left, [swap()], node.comparators)))  # type: ignore[list-item]  # of the table above
    elif isinstance(node, ast.BoolOp):
        swap = SWAPS[type(node.op)][0]
        found.append((f"{ast.unparse(node)}: {swap.__name__}", ast.BoolOp(swap(), node.values)))  # type: ignore[arg-type]  # of the table above
        found += [
            (f"{ast.unparse(node)}: without {ast.unparse(it)}", _rest(node, number))
            for number, it in enumerate(node.values)
        ]
    elif isinstance(node, ast.BinOp) and type(node.op) in SWAPS:
        swap = SWAPS[type(node.op)][0]
        found.append((f"{ast.unparse(node)}: {swap.__name__}", ast.BinOp(node.left, swap(), node.right)))  # type: ignore[arg-type]  # of the table above
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        found.append((f"{ast.unparse(node)}: without the sign", node.operand))
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        found.append((f"{node.value}: not so", ast.Constant(not node.value)))
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        found.append((f"{node.value}: one more", ast.Constant(node.value + 1)))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " " not in node.value:
        found.append((f"{node.value!r}: another text", ast.Constant(node.value + "XX")))
    elif isinstance(node, ast.If | ast.IfExp):
        found.append((f"if {ast.unparse(node.test)}: never", _with_test(node, ast.Constant(False))))
        found.append((f"if {ast.unparse(node.test)}: always", _with_test(node, ast.Constant(True))))
    elif isinstance(node, ast.Return) and node.value is not None and ast.unparse(node.value) != "None":
        found.append((f"{ast.unparse(node)}: None", ast.Return(ast.Constant(None))))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
        found.append(
            (f"{ast.unparse(node)}: {CALLS[node.func.id]}", ast.Call(ast.Name(CALLS[node.func.id]), node.args, []))
        )
    elif isinstance(node, ast.Continue | ast.Raise):
        found.append((f"{ast.unparse(node)}: left out", ast.Pass()))
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in VERDICTS:
        found.append((f"{node.id}: {VERDICTS[node.id]}", ast.Name(VERDICTS[node.id])))
    return found


def _rest(node: ast.BoolOp, without: int) -> ast.expr:
    rest = [it for number, it in enumerate(node.values) if number != without]
    return rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def _with_test(node: ast.If | ast.IfExp, test: ast.expr) -> ast.AST:
    changed = copy.copy(node)
    changed.test = test
    return changed


def is_killed(mutant: Mutant, copies: "Queue[Path]") -> bool:
    """Run the tests of the mutant's file in a copy of the repository. Too slow counts as noticed."""
    folder = copies.get()
    path = folder / mutant.file
    original = path.read_text("utf-8")
    try:
        path.write_text(mutant.text, "utf-8")
        command = [sys.executable, "-B", "-m", "pytest", "-q", "-x", *TESTS[mutant.file]]
        environment = {**os.environ, "PYTHONPATH": str(folder)}
        run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=180, check=False)
        return run.returncode != 0
    except subprocess.TimeoutExpired:
        return True
    finally:
        path.write_text(original, "utf-8")
        copies.put(folder)


def main(files: list[str]) -> int:
    """Print every mutant that lives, and the figures. Returns 1 when there is one."""
    mutants = [mutant for file in files for mutant in make_mutants(file)]
    alive = 0
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(PROCESSES) as pool:
        copies: Queue[Path] = Queue()
        for number in range(PROCESSES):
            copies.put(_copy_to(Path(name) / str(number)))
        for mutant, killed in zip(mutants, pool.map(lambda it: is_killed(it, copies), mutants), strict=True):
            if not killed:
                alive += 1
                print(f"alive: {mutant.file}:{mutant.line} {mutant.change}", flush=True)
    print(f"{len(mutants)} mutants, {len(mutants) - alive} killed, {alive} alive")
    return 1 if alive else 0


def _copy_to(folder: Path) -> Path:
    folder.mkdir()
    for name in ("webapp", "tests", "config", "content", "translations", "static"):
        shutil.copytree(REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "pyproject.toml", folder)
    return folder


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(TESTS)))
