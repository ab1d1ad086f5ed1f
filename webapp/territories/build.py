"""Compiles sources and definitions into a territory map and its provenance. Owns the order of work and the files.

A failed build changes nothing: both files are written aside, checked as a server would check them, and only then
renamed. The provenance goes last; between the two renames a server sees a map without its provenance, refuses it
and keeps the one it has.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from multiprocessing import get_context
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
from webapp.territories.provenance import Provenance, Sentinel, SourceRecord, provenance_path
from webapp.territories.reading import Input, Layer, try_layer
from webapp.territories.spans import Steps, merge_equal, network_range, overlay, step_ranges
from webapp.territories.statistics import count_answers
from webapp.territories.writer import write_map

TOOL = "webapp territories 1"
SENTINELS_PER_ANSWER = 4
WORTH_A_PROCESS = 20_000_000
"""Bytes of input below which one process is quicker."""

Tell = Callable[[str], None]
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


def compile_map(definitions: Definitions, inputs: Sequence[Input], tell: Tell = lambda _: None) -> Compiled:
    """Reads every source, on all cores, and weighs what they claim. Raises SourceError with every Problem."""
    layers = _read_all(definitions, inputs, tell)
    tell("weighing")
    sources = tuple(layer.record for layer in layers)
    named = [(layer.record.source, layer.steps, layer.claims) for layer in layers]
    named += [(source, steps, (claim,)) for source, steps, claim in editor_layers(definitions)]
    special = step_ranges([network_range(network) for network in special_networks()])
    high, low, rows = overlay([special, *(steps for _, steps, _ in named)])
    kinds, which = _distinct_columns(rows)
    numbers: dict[Answer, int] = {}
    answer_of = np.array([_answer(column, definitions, named, numbers) for column in kinds], np.int32)
    return Compiled(merge_equal(Steps(high, low, answer_of[which])), tuple(numbers), sources)


def _read_all(definitions: Definitions, inputs: Sequence[Input], tell: Tell) -> list[Layer]:
    layers: list[Layer] = []
    problems: list[Problem] = []
    for given, result in zip(inputs, _run(definitions, inputs), strict=True):
        tell(f"read {given.path.name}")
        if isinstance(result, Layer):
            layers.append(result)
        else:
            problems += result
    if problems:
        raise SourceError(problems)
    return layers


def _run(definitions: Definitions, inputs: Sequence[Input]) -> Iterator[Layer | tuple[Problem, ...]]:
    """In processes of their own when the files are large enough to repay starting those."""
    if sum(given.path.stat().st_size for given in inputs) < WORTH_A_PROCESS:
        yield from (try_layer(given, definitions) for given in inputs)
        return
    with ProcessPoolExecutor(min(len(inputs), os.cpu_count() or 1), mp_context=get_context("spawn")) as pool:
        yield from pool.map(try_layer, inputs, [definitions] * len(inputs))


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


def save_map(compiled: Compiled, definitions: Definitions, output: Path) -> Provenance:
    """Write map and provenance. Raises SourceError when it cannot be written, MapError when a known answer is wrong."""
    try:
        with tempfile.TemporaryDirectory(prefix=".territories-", dir=output.parent) as folder:
            aside = Path(folder) / output.name
            provenance = _write_pair(compiled, definitions, aside)
            load_map(aside, definitions)
            for path in (aside, provenance_path(aside)):
                _flush(path)
                path.replace(output.parent / path.name)
            _flush(output.parent)
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


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
