"""The reference library's full check, with shape inference, takes our models at every opset, and writes the same bytes again."""
import subprocess
import sys

try:
    import onnx
except ImportError:
    print("this Python has no onnx")
    sys.exit(77)

program, folder = sys.argv[1:]
subprocess.run([program, "write_onnx", folder], check=True)
names = "mlp", "convolutional", "every_layer", "words", "float64"
for name in names:
    with open(f"{folder}/{name}.onnx", "rb") as file:
        data = file.read()
    model = onnx.load_model_from_string(data)
    for opset in range(13, 18):
        model.opset_import[0].version = opset
        onnx.checker.check_model(model, full_check=True)
    model.opset_import[0].version = 13
    assert model.SerializeToString() == data, name
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True)
    dims = inferred.graph.output[0].type.tensor_type.shape.dim
    assert dims[0].dim_param == "N" and dims[1].dim_value == 10, dims
print(f"{len(names)} models at opsets 13 to 17, byte for byte (onnx {onnx.__version__})")
