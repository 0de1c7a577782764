"""numpy.load reads what we write, byte for byte what numpy.save writes, and we read what numpy.save writes."""
import subprocess
import sys

import numpy as np
from numpy.lib import format as npy

program, folder = sys.argv[1:]
theirs, ours = folder + "/theirs.npy", folder + "/ours.npy"

arrays = [
    np.arange(6, dtype="f4").reshape(2, 3) / 7,
    np.asfortranarray(np.arange(24, dtype="f8").reshape(2, 3, 4)),
    np.array([-(2**63), 2**63 - 1]),
    np.array([[True], [False]]),
    np.arange(256, dtype="u1")[::3],
    np.array(0.1),
    np.zeros((3, 0), "f4"),
    np.asfortranarray(np.zeros((0, 2), "i8")),
    np.ones((1, 1, 2, 1, 1, 1, 1, 1), "f4"),
    np.array([np.nan, np.inf, -0.0, 5e-324]),
]
for version in (1, 0), (2, 0), (3, 0):
    for array in arrays:
        with open(theirs, "wb") as file:
            npy.write_array(file, array, version)
        subprocess.run([program, "copy_npy", theirs, ours], check=True)
        found = np.load(ours)
        assert found.dtype == array.dtype and found.shape == array.shape, f"{found!r}, expected {array!r}"
        assert found.tobytes() == array.tobytes(), f"{found!r}, expected {array!r}"
        np.save(theirs, np.ascontiguousarray(array).reshape(array.shape))
        assert open(ours, "rb").read() == open(theirs, "rb").read(), f"other bytes for {array!r}"

for array in np.array([1], ">f4"), np.array([1], "f2"), np.array([1j]), np.array("text"), np.zeros(2, [("a", "f4")]):
    np.save(theirs, array)
    run = subprocess.run([program, "copy_npy", theirs, ours], capture_output=True, text=True)
    assert run.returncode == 1 and theirs + ": " in run.stderr, f"{array!r}: {run}"
print(f"{len(arrays)} arrays in 3 versions there and back, 5 other dtypes refused (numpy {np.__version__})")
