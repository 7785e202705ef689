"""Reads the results of jury in Python: one file to copy beside a notebook. Needs h5py; uses pandas and xarray if present.

    >>> import jury_results
    >>> run = jury_results.load("runs/digits-1a2b3c4d")
    >>> run.best()["value"]                                 # of the trial that was chosen
    >>> run.trials.sort_values("value")                     # a pandas.DataFrame, or a dict of arrays without pandas
    >>> run.curves.query("member == 0").plot("epoch", "train.loss")
    >>> run["ensemble/folds"]                               # any table, by its group
    >>> run.predictions("oof")["combined"]                  # (repeat, row, class), xarray.DataArray or numpy.ndarray
    >>> run.config["train"]["lr"]

What the groups and columns mean is in search/study/README.md.
"""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional, Union

import h5py
import numpy

try:
    import pandas
except ImportError:
    pandas = None  # type: ignore[assignment]
try:
    import xarray
except ImportError:
    xarray = None  # type: ignore[assignment]

__all__ = ["JuryError", "Results", "load"]

FORMAT, VERSION = "jury-results", 1
Table = Any
"""A pandas.DataFrame, or without pandas a dict of numpy arrays of one length."""


class JuryError(Exception):
    """There are no results, or they are of no use. The message says which file, why, and what to do."""


def load(run: Union[str, "Path"], unfinished: bool = False) -> "Results":
    """Opens the results of a run: its directory, or a copy of its results.h5.

    A run that goes on has results, too; they are read only with `unfinished=True`.
    Raises JuryError when there are none, or they are unfinished, damaged or of another program.

        >>> with load("runs/digits-1a2b3c4d") as run:
        ...     print(run)
    """
    path = Path(run)
    file = path / "results.h5" if path.is_dir() else path
    if not path.exists():
        raise JuryError(f"there is no run at '{path}' (name a run directory or a results.h5)")
    if not file.exists() and not (path / "journal").exists():
        raise JuryError(f"'{path}' is not a run of jury (it has neither a journal nor results.h5)")
    if not file.exists():
        raise JuryError(f"'{path}' has no results yet ('jury resume {path}' goes on)")
    try:
        opened = h5py.File(file, "r")
    except OSError as error:
        raise JuryError(f"'{file}' cannot be read ({error})") from None
    try:
        return Results(opened, unfinished)
    except BaseException:
        opened.close()
        raise


class Results(Mapping[str, Table]):
    """The results of one run. A mapping from tables ("trials", "ensemble/overall") to their columns."""

    def __init__(self, file: h5py.File, unfinished: bool = False) -> None:
        """Use load(). Takes the open file over."""
        self.path = Path(file.filename)
        about = {name: _plain(value) for name, value in file.attrs.items()}
        if about.get("format") != FORMAT:
            raise JuryError(f"'{self.path}' is no results.h5 of jury (its format is {about.get('format')!r})")
        if about.get("format_version") != VERSION:
            raise JuryError(f"'{self.path}' is of version {about.get('format_version')} of the format (this reads {VERSION})")
        self.complete: bool = bool(about.get("complete"))
        """False of a run that goes on, or was stopped."""
        if not self.complete and not unfinished:
            raise JuryError(f"'{self.path}' is not finished ('jury resume' goes on; load(..., unfinished=True) reads what there is)")
        self.identity: str = str(about.get("config_hash"))
        self.seed: int = int(about.get("seed", -1))
        self._file = file
        self._tables = self._find_tables()

    # --- what most people want ---

    @property
    def trials(self) -> Table:
        """One row a trial: state, value, value_se, param.<setting>, metric.<name>."""
        return self["trials"]

    @property
    def curves(self) -> Table:
        """One row an epoch of a fit: its keys (trial, repeat, fold, member, ...), epoch, train.loss, lr."""
        return self["curves"]

    @property
    def config(self) -> Dict[str, Any]:
        """All settings with their defaults, {"train": {"lr": 0.001, ...}, ...}; of a search those of the chosen trial."""
        return self._settings("resolved_json")

    @property
    def experiment(self) -> Dict[str, Any]:
        """The settings as the run began with them: of a search with experiment["search"]["space"]."""
        return self._settings("experiment_json" if "config/experiment_json" in self._file else "resolved_json")

    def _settings(self, name: str) -> Dict[str, Any]:
        text = self._array(f"config/{name}")[()]
        try:
            settings = json.loads(text)
        except ValueError as error:
            raise self._damaged(f"its settings are no JSON: {error}") from None
        if not isinstance(settings, dict):
            raise self._damaged("its settings are no table")
        return settings

    def best(self) -> Dict[str, Any]:
        """The row of the trial that was chosen, as {column: value}.

            >>> run.best()["param.train.lr"]
        """
        chosen = self.attributes("selection").get("chosen_trial", -1)
        columns = self.columns("trials")
        of_main = columns.get("outer", numpy.full(len(columns["trial"]), -1)) < 0
        rows = numpy.flatnonzero((columns["trial"] == chosen) & of_main)
        if len(rows) != 1:
            raise JuryError(f"'{self.path}' has chosen no trial (none of them is complete)")
        return {name: _plain(values[rows[0]]) for name, values in columns.items()}

    def predictions(self, source: Optional[str] = None) -> Any:
        """What was predicted, out of fold ("oof"), out of bag ("oob") or on the test set ("test").

        Without a source the first of these that the run has. An xarray.Dataset with the dimensions repeat, row,
        class or target (and member), or without xarray a dict of numpy arrays. `row` counts, `row_id` is the row of
        the data file, `class` has the names of the classes.

            >>> run.predictions().combined.sel(repeat=0)
        """
        known = [name for name in ("oof", "oob", "test") if f"predictions/{name}" in self._file]
        if source is None and known:
            source = known[0]
        if source not in known:
            has = ", ".join(known) or "none: see output.predictions"
            raise JuryError(f"'{self.path}' has no predictions{'' if source is None else f' {source!r}'} (it has {has})")
        return self.arrays(f"predictions/{source}")

    # --- everything else, by name ---

    def tables(self) -> List[str]:
        """Names of all tables, in the order of the file."""
        return list(self._tables)

    def columns(self, table: str) -> Dict[str, numpy.ndarray]:
        """The columns of a table, as numpy arrays. Raises KeyError when there is no such table."""
        name = table.strip("/").replace(".", "/") if table not in self._tables else table
        if name not in self._tables:
            raise KeyError(f"'{self.path}' has no table '{table}' (it has {', '.join(self._tables)})")
        return {column: self._values(f"{name}/{column}") for column in self._tables[name]}

    def __getitem__(self, table: str) -> Table:
        columns = self.columns(table)
        if pandas is None or len({len(values) for values in columns.values()}) > 1:
            return columns
        return pandas.DataFrame(columns)

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def attributes(self, group: str) -> Dict[str, Any]:
        """What is said of a whole group: attributes("selection")["honest_value"]."""
        if group.strip("/") and group.strip("/") not in self._file:
            raise KeyError(f"'{self.path}' has no group '{group}'")
        return {name: _plain(value) for name, value in self._file[group.strip("/") or "/"].attrs.items()
                if name not in ("CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST")}

    def arrays(self, group: str) -> Any:
        """A group with arrays of several dimensions: an xarray.Dataset, or without xarray a dict of numpy arrays."""
        name = group.strip("/")
        if not isinstance(self._file.get(name), h5py.Group):
            raise KeyError(f"'{self.path}' has no group '{group}'")
        found = [key for key in self._file[name] if isinstance(self._file[f"{name}/{key}"], h5py.Dataset)]
        values = {key: self._values(f"{name}/{key}") for key in found if not _is_dimension(self._file[f"{name}/{key}"])}
        if xarray is None:
            return values
        dims = {key: [Path(dim[0].name).name if len(dim) else f"{key}_{i}"
                      for i, dim in enumerate(self._file[f"{name}/{key}"].dims)] for key in values}
        data = xarray.Dataset({key: (dims[key], values[key]) for key in values})
        classes = self._tables.get("data/classes") and self._values("data/classes/name")
        return data.assign_coords({"class": classes}) if classes is not None and data.sizes.get("class") == len(classes) else data

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def __enter__(self) -> "Results":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<jury results {self.path}: {self.identity}, {len(self._tables)} tables{'' if self.complete else ', not finished'}>"

    # --- how it is read ---

    def _find_tables(self) -> Dict[str, List[str]]:
        tables: Dict[str, List[str]] = {}

        def visit(group: h5py.Group, prefix: str) -> None:
            for name, item in group.items():
                path = f"{prefix}{name}"
                if isinstance(item, h5py.Group):
                    visit(item, path + "/")
                elif item.ndim == 1 and prefix and not _is_dimension(item):
                    tables.setdefault(prefix[:-1], []).append(name)

        try:
            visit(self._file, "")
        except (OSError, RuntimeError, KeyError, AttributeError) as error:
            raise self._damaged(str(error)) from None
        return tables

    def _array(self, name: str) -> h5py.Dataset:
        found = self._file.get(name)
        if not isinstance(found, h5py.Dataset):
            raise self._damaged(f"it lacks {name}")
        return found

    def _values(self, name: str) -> numpy.ndarray:
        array = self._array(name)
        try:
            return array.asstr()[...] if h5py.check_string_dtype(array.dtype) else array[...]
        except (OSError, RuntimeError, UnicodeDecodeError) as error:
            raise self._damaged(f"{name}: {error}") from None

    def _damaged(self, why: str) -> JuryError:
        return JuryError(f"'{self.path}' is damaged ({why})")


def _is_dimension(array: h5py.Dataset) -> bool:
    """The running index of a dimension, which is no column of its own."""
    return "index" in array.attrs


def _plain(value: Any) -> Any:
    """A value of HDF5 as one of Python."""
    if isinstance(value, bytes):
        return value.decode()
    return value.item() if isinstance(value, numpy.generic) else value
