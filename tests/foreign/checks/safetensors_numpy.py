"""A reader of safetensors from json, struct and numpy: names, dtypes, shapes and values of a file that we wrote."""
import json
import struct
import subprocess
import sys

import numpy as np

program, folder = sys.argv[1:]
path = folder + "/tensors.safetensors"
subprocess.run([program, "write_tensors", path], check=True)

with open(path, "rb") as file:
    data = file.read()
(length,) = struct.unpack("<Q", data[:8])
header = json.loads(data[8 : 8 + length].decode("utf-8"))
values = data[8 + length :]
assert (8 + length) % 8 == 0, "the values are not aligned"
dtypes = {"F32": "<f4", "F64": "<f8", "I64": "<i8", "BOOL": "|b1", "U8": "|u1"}
metadata = header.pop("__metadata__")
assert metadata == {"format": "pt", "größe": 'a "quoted" \\ line\n'}, metadata
found = {}
for name, entry in header.items():
    begin, end = entry["data_offsets"]
    found[name] = np.frombuffer(values[begin:end], dtypes[entry["dtype"]]).reshape(entry["shape"])

wanted = {
    "plain": np.array([[0.5, -1.25, 3e38], [1e-45, 0.1, -0.0]], "f4"),
    "turned": np.array([[1, 4], [2, 5], [3, 6]], "f4"),
    "double": np.array([0.1, 1e308, -2.5], "f8"),
    "indices": np.array([-(2**63), 0, 2**63 - 1], "i8"),
    "mask": np.array([True, False, True]),
    "pixels": np.array([0, 127, 255], "u1"),
    "scalar": np.array(2.5, "f4"),
    "nothing": np.zeros((0, 3), "f4"),
    'na"me\\ü\n': np.ones(1, "f4"),
}
assert list(found) == list(wanted), f"names: {list(found)}"
for name, array in wanted.items():
    same = found[name].dtype == array.dtype and found[name].shape == array.shape
    assert same and found[name].tobytes() == array.tobytes(), f"{name}: {found[name]!r}, expected {array!r}"
print(f"{len(found)} tensors and the metadata, equal bit for bit (numpy {np.__version__})")
