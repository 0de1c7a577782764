// npm: onnxruntime-web@1.30.0
// ONNX Runtime gives our outputs, for one input at a time and for a thousand at once.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import assert from "node:assert/strict";

const [program, folder] = process.argv.slice(2);
execFileSync(program, ["write_onnx", folder]);
const ort = createRequire(`${process.env.RETROGRAD_NPM}/`)("onnxruntime-web");
ort.env.wasm.numThreads = 1;

const kinds = { "<f4": ["float32", Float32Array], "<f8": ["float64", Float64Array], "<i8": ["int64", BigInt64Array] };
const read = (path) => {
  const bytes = readFileSync(path);
  const begin = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString("latin1", 10, begin);
  const [type, ArrayType] = kinds[/'descr': '([^']*)'/.exec(header)[1]];
  const shape = /'shape': \(([^)]*)\)/.exec(header)[1].split(",").filter((size) => size.trim()).map(Number);
  return { type, shape, values: new ArrayType(bytes.buffer.slice(bytes.byteOffset + begin, bytes.byteOffset + bytes.length)) };
};
const argmax = (values) => values.reduce((best, value, i) => (value > values[best] ? i : best), 0);

const said = [];
for (const [name, bound] of [["mlp", 1e-5], ["convolutional", 1e-5], ["every_layer", 1e-5], ["words", 1e-5], ["float64", 1e-12]]) {
  const session = await ort.InferenceSession.create(`${folder}/${name}.onnx`);
  const inputs = read(`${folder}/${name}.inputs.npy`), outputs = read(`${folder}/${name}.outputs.npy`);
  const [count, classes] = outputs.shape, width = inputs.values.length / count;
  for (const batch of [1, count]) {
    let largest = 0, same = 0;
    let spread = 0;
    for (let at = 0; at < count; at += batch) {
      const values = inputs.values.slice(at * width, (at + batch) * width);
      const { output } = await session.run({ input: new ort.Tensor(inputs.type, values, [batch, ...inputs.shape.slice(1)]) });
      assert.deepEqual([...output.dims], [batch, classes]);
      for (let row = 0; row < batch; ++row) {
        const ours = outputs.values.subarray((at + row) * classes, (at + row + 1) * classes);
        const theirs = output.data.subarray(row * classes, (row + 1) * classes);
        ours.forEach((value, i) => (largest = Math.max(largest, Math.abs(value - theirs[i]))));
        same += argmax(ours) === argmax(theirs);
        ours.forEach((value, i) => (spread = Math.max(spread, Math.abs(value - outputs.values[i]))));
      }
    }
    assert(largest <= bound, `${name}, batch ${batch}: outputs differ by ${largest}`);
    assert.equal(same, count, `${name}, batch ${batch}`);
    assert(spread >= 1e-2, `${name}: all outputs are alike, within ${spread}`);
    if (batch === count) said.push(`${name} ${largest.toExponential(1)}`);
  }
}
console.log(`1000 inputs each, singly and at once: argmax equal, largest differences ${said.join(", ")}`);
