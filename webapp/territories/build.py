"""Compiles sources and definitions into a territory map and its provenance. Owns the order of work and the files.

A failed build changes nothing: both files are written aside, checked as a server would check them, and only then
swapped in.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import numpy as np
import numpy.typing as npt

from webapp.core.addresses import special_networks
from webapp.errors import Problem, SourceError
from webapp.territories.combine import Answer, combine
from webapp.territories.definitions import FILE, Definitions, digest_area
from webapp.territories.editors import editor_layers
from webapp.territories.judge import Claim
from webapp.territories.map import load_map
from webapp.territories.progress import Step, Tell, say_nothing
from webapp.territories.provenance import Provenance, Sentinel, SourceRecord, provenance_path
from webapp.territories.reading import Input, Layer, read_layer
from webapp.territories.sharing import share_out
from webapp.territories.spans import Steps, merge_equal, network_range, overlay, step_ranges
from webapp.territories.statistics import count_answers
from webapp.territories.swap import stage, swap_in
from webapp.territories.writer import write_map

TOOL = "webapp territories 1"
SENTINELS_PER_ANSWER = 4
NamedLayer = tuple[str, Steps, tuple[Claim, ...]]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A compiled map in memory: `steps` hold indexes into `answers`."""

    steps: Steps
    answers: tuple[Answer, ...]
    sources: tuple[SourceRecord, ...]


def find_inputs(definitions: Definitions, paths: Iterable[Path]) -> list[Input]:
    """Files to compile, from files and folders; the file's name says which source it is. Raises SourceError."""
    by_name = {name: (source, table) for source, table in definitions.sources.items() for name in table.files}
    inputs, problems = [], []
    for path in paths:
        if path.is_dir():
            known = [found for found in sorted(path.rglob("*")) if found.name in by_name]
            inputs += [Input(by_name[found.name][0], found, by_name[found.name][1]) for found in known]
        elif path.name in by_name:
            source, table = by_name[path.name]
            inputs.append(Input(source, path, table))
        else:
            hint = "Name it under `files` of a source in config/territories.toml; that also says how far to trust it."
            problems.append(Problem("territories.source", str(path), "no source has a file of this name", hint))
    if not inputs and not problems:
        problems.append(Problem("territories.source", FILE, "no database was given", "Give files or folders to read."))
    if problems:
        raise SourceError(problems)
    order = list(definitions.sources)
    return sorted(inputs, key=lambda given: (order.index(given.source), given.path.name))


def check_whole(definitions: Definitions, inputs: Iterable[Input]) -> None:
    """Every source that the editors named has a file. Raises SourceError naming each that has none.

    A source that is not read cannot object, so readers would lose their notice by a file's name that was misspelled.
    """
    given = {it.source for it in inputs}
    hint = "Give a file of that name, take the source out, or build without it on purpose: --partial."
    missing = [
        Problem(
            "territories.source_missing",
            FILE,
            f"no file was given: {', '.join(table.files)}",
            hint,
            key=f"sources.{name}",
        )
        for name, table in definitions.sources.items()
        if name not in given
    ]
    if missing:
        raise SourceError(missing)


def compile_map(definitions: Definitions, inputs: Sequence[Input], tell: Tell = say_nothing) -> Compiled:
    """Reads every source, on all cores, and weighs what they claim. Raises SourceError with every Problem."""
    layers = _read_all(definitions, inputs, tell)
    tell(Step("weigh"))
    sources = tuple(layer.record for layer in layers)
    named = [(layer.record.source, layer.steps, layer.claims) for layer in layers]
    named += [(source, steps, (claim,)) for source, steps, claim in editor_layers(definitions)]
    special = step_ranges([network_range(network) for network in special_networks()])
    high, low, rows = overlay([special, *(steps for _, steps, _ in named)])
    kinds, which = _distinct_columns(rows)
    numbers: dict[Answer, int] = {}
    answer_of = np.array([_answer(column, definitions, named, numbers) for column in kinds], np.int32)
    compiled = Compiled(merge_equal(Steps(high, low, answer_of[which])), tuple(numbers), sources)
    tell(Step("weigh", 1, 1))
    return compiled


def _read_all(definitions: Definitions, inputs: Sequence[Input], tell: Tell) -> list[Layer]:
    layers: list[Layer] = []
    problems: list[Problem] = []
    for result in share_out(read_layer, "read", inputs, definitions, tell):
        if isinstance(result, Layer):
            layers.append(result)
        else:
            problems += result
    if problems:
        raise SourceError(problems)
    return layers


def _distinct_columns(rows: npt.NDArray[np.int32]) -> tuple[list[list[int]], npt.NDArray[np.int64]]:
    """The distinct columns of a table, and for each column which of them it is."""
    key = np.zeros(rows.shape[1], np.int64)
    for row in rows:
        _, key = np.unique(key * (int(row.max()) + 2) + row + 1, return_inverse=True)
    _, first, which = np.unique(key, return_index=True, return_inverse=True)
    return rows[:, first].T.tolist(), which


def _answer(
    column: list[int], definitions: Definitions, named: Sequence[NamedLayer], numbers: dict[Answer, int]
) -> int:
    """The number of the answer where the layers have these values; -1 for no record."""
    special, *values = column
    if special >= 0:
        return -1
    claims = [(source, all_[value]) for (source, _, all_), value in zip(named, values, strict=True) if value >= 0]
    answer = combine(list(definitions.territories), _touches(definitions), claims)
    return -1 if answer is None else numbers.setdefault(answer, len(numbers))


def _touches(definitions: Definitions) -> list[frozenset[str]]:
    tables = [definition.table for definition in definitions.territories.values()]
    return [frozenset(table.touches).union(*(entry.codes for entry in table.countries)) for table in tables]


def save_map(
    compiled: Compiled,
    definitions: Definitions,
    output: Path,
    tell: Tell = say_nothing,
    approve: Callable[[Path], bool] = lambda _: True,
) -> Provenance:
    """Write map and provenance. Raises SourceError when it cannot be written, MapError when a known answer is wrong.

    `approve` is handed the finished map aside and says whether it takes the place of the one in use.
    """
    try:
        with stage(output) as aside:
            tell(Step("write"))
            provenance = _write_pair(compiled, definitions, aside)
            tell(Step("write", 1, 1))
            tell(Step("check"))
            load_map(aside, definitions)
            tell(Step("check", 1, 1))
            if approve(aside):
                swap_in(aside, output)
    except OSError as fault:
        hint = "Nothing was changed. Make room, or give a folder that may be written."
        message = f"the map cannot be written: {fault.strerror}"
        raise SourceError([Problem("territories.output", str(output), message, hint)]) from None
    return provenance


def _write_pair(compiled: Compiled, definitions: Definitions, path: Path) -> Provenance:
    epoch = max(source.build_epoch for source in compiled.sources)
    answers = write_map(path, compiled.steps, compiled.answers, epoch)
    statistics = count_answers(compiled.steps, compiled.answers)
    areas = {area.file: digest_area(area) for item in definitions.territories.values() for area in item.shapes}
    provenance = Provenance(
        format=1,
        tool=TOOL,
        map_sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        answers=answers,
        territories={territory: definitions.digest(territory) for territory in definitions.territories},
        areas=areas,
        sources=list(compiled.sources),
        sentinels=_choose_sentinels(compiled),
        addresses=statistics.addresses,
        kinds=statistics.kinds,
    )
    text = provenance.model_dump_json(indent=1, exclude_defaults=True)
    provenance_path(path).write_text(text + "\n", encoding="utf-8")
    return provenance


def _choose_sentinels(compiled: Compiled) -> list[Sentinel]:
    """A few addresses of every combination of territories, spread over the address space, IPv4 and IPv6."""
    places: dict[tuple[bool, str, tuple[str, ...], tuple[str, ...]], list[int]] = {}
    for high, low, value in zip(*(part.tolist() for part in _columns(compiled.steps)), strict=True):
        number = (high << 64) | low
        if value >= 0:
            answer = compiled.answers[value]
            key = (number < 1 << 32, answer.answer, answer.inside, answer.uncertain)
            places.setdefault(key, []).append(number)
    sentinels = []
    for (is_ipv4, answer, inside, uncertain), numbers in sorted(places.items()):
        for number in numbers[:: max(1, len(numbers) // SENTINELS_PER_ANSWER)][:SENTINELS_PER_ANSWER]:
            address = str(IPv4Address(number) if is_ipv4 else IPv6Address(number))
            sentinels.append(
                Sentinel(address=address, answer=answer, inside=sorted(inside), uncertain=sorted(uncertain))
            )
    return sentinels


def _columns(steps: Steps) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64], npt.NDArray[np.int32]]:
    return steps.high, steps.low, steps.value
