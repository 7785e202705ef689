#!/usr/bin/python3
"""Opens a results file as its users do, and reads every group of it.

usage: hdf5_python_test.py RESULTS.h5

Each group is read with h5py, and with xarray through both engines (h5netcdf, netcdf4); what they
say must agree. Each group whose arrays all have one dimension is also turned into a pandas table.
"""
import sys
import warnings

import h5py
import numpy as np
import xarray


def groups_of(file):
    """Paths of all groups, the root first."""
    paths = ["/"]
    file.visititems(lambda name, item: paths.append("/" + name) if isinstance(item, h5py.Group) else None)
    return paths


def values_with_h5py(dataset):
    """Content of a dataset, decoded as xarray does: texts as str, int8 marked "bool" as bool."""
    values = dataset[()]
    if h5py.check_string_dtype(dataset.dtype) is not None:
        values = dataset.asstr()[()]
    if dataset.attrs.get("dtype") == "bool":
        values = np.asarray(values).astype(bool)
    return np.asarray(values)


def expect_same(path, engine, expected, found):
    assert expected.shape == found.shape, f"{path} ({engine}): shape {found.shape}, not {expected.shape}"
    if expected.dtype.kind == "f":
        assert expected.dtype == found.dtype, f"{path} ({engine}): type {found.dtype}, not {expected.dtype}"
        assert np.array_equal(expected, found, equal_nan=True), f"{path} ({engine}): other numbers"
    else:
        assert (expected.dtype.kind == "b") == (found.dtype.kind == "b"), f"{path} ({engine}): bool or not"
        assert expected.tolist() == found.tolist(), f"{path} ({engine}): other values"


def check_group(file_path, file, group):
    """Number of arrays compared in this group."""
    arrays = {name: item for name, item in file[group].items() if isinstance(item, h5py.Dataset)}
    for engine in ("h5netcdf", "netcdf4"):
        with xarray.open_dataset(file_path, group=group, engine=engine) as dataset:
            found = set(dataset.variables)
            assert found == set(arrays), f"{group} ({engine}): has {sorted(found)}, not {sorted(arrays)}"
            for name, array in arrays.items():
                expect_same(f"{group}/{name}", engine, values_with_h5py(array), dataset[name].values)
                names = [scale[0].name.rsplit("/", 1)[1] for scale in array.dims if len(scale) > 0]
                if names:
                    assert list(dataset[name].dims) == names, f"{group}/{name} ({engine}): dimensions {dataset[name].dims}"
            if arrays and len(dataset.dims) == 1 and all(array.ndim == 1 for array in arrays.values()):
                table = dataset.to_dataframe()
                assert len(table) == next(iter(dataset.sizes.values())), f"{group} ({engine}): wrong number of rows"
                assert set(table.columns) == set(dataset.data_vars), f"{group} ({engine}): wrong columns"
    return len(arrays)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    warnings.simplefilter("error", xarray.SerializationWarning)
    with h5py.File(sys.argv[1], "r") as file:
        groups = groups_of(file)
        count = sum(check_group(sys.argv[1], file, group) for group in groups)
    assert count > 0, "the file holds no array"
    print(f"{len(groups)} groups and {count} arrays read with h5py, pandas and xarray (h5netcdf, netcdf4)")


if __name__ == "__main__":
    main()
