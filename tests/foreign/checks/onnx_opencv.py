"""OpenCV's DNN module gives our logits, for one image at a time and for a thousand at once."""
import subprocess
import sys

import numpy as np

try:
    import cv2
except ImportError:
    print("this Python has no cv2")
    sys.exit(77)

program, folder = sys.argv[1:]
subprocess.run([program, "write_onnx", folder], check=True)
said = []
for name in "mlp", "convolutional":
    inputs, outputs = (np.load(f"{folder}/{name}.{what}.npy") for what in ("inputs", "outputs"))
    for batch in 1, len(inputs):
        network = cv2.dnn.readNetFromONNX(f"{folder}/{name}.onnx")
        largest, same = 0, 0
        for at in range(0, len(inputs), batch):
            network.setInput(inputs[at : at + batch])
            theirs, ours = network.forward(), outputs[at : at + batch]
            assert theirs.shape == ours.shape, (name, theirs.shape, ours.shape)
            assert np.isfinite(theirs).all(), name
            largest = max(largest, np.abs(theirs - ours).max())
            same += (theirs.argmax(1) == ours.argmax(1)).sum()
        assert largest <= 1e-5, f"{name}, batch {batch}: logits differ by {largest}"
        assert same == len(inputs), f"{name}, batch {batch}: {same} argmax equal"
        said.append(f"{name} {largest:.1e} (batch {batch})")
print(f"argmax equal, largest differences {', '.join(said)} (OpenCV {cv2.__version__})")
