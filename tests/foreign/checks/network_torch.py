"""The weights of a network go into torch.nn.Sequential by name and give our logits; its weights come back, and we give its
logits."""
import json
import struct
import subprocess
import sys

import numpy as np

try:
    import torch
except ImportError:
    print("this Python has no torch")
    sys.exit(77)

program, folder = sys.argv[1:]
ours, theirs = folder + "/ours.safetensors", folder + "/theirs.safetensors"


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack("<Q", data[:8])
    tensors = {}
    for name, entry in json.loads(data[8 : 8 + length]).items():
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        assert entry["dtype"] == "F32", entry
        tensors[name] = torch.from_numpy(np.frombuffer(data[begin:end], "<f4").reshape(entry["shape"]).copy())
    return tensors


def write(tensors, path):
    header, values = {}, b""
    for name, tensor in tensors.items():
        part = tensor.detach().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(values), len(values) + len(part)]}
        values += part
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + values)


def network():
    return torch.nn.Sequential(torch.nn.Linear(5, 7), torch.nn.ReLU(), torch.nn.Linear(7, 3))


subprocess.run([program, "write_network", ours], check=True)
tensors = read(ours)
inputs, logits = tensors.pop("inputs"), tensors.pop("logits")
model = network()
model.load_state_dict(tensors)
difference = (model(inputs) - logits).abs().max().item()
assert difference <= 1e-6, f"logits differ by {difference}"

torch.manual_seed(0)
model, inputs = network(), torch.randn(4, 5)
write({**model.state_dict(), "inputs": inputs, "logits": model(inputs)}, theirs)
subprocess.run([program, "read_network", theirs], check=True)
print(f"logits within {difference:.1e} there, within 1e-6 back (torch {torch.__version__})")
