// npm: @huggingface/hub@2.17.5
// Hugging Face's own reader of safetensors headers, given a local file in place of its server.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import assert from "node:assert/strict";

const [program, folder] = process.argv.slice(2);
const path = `${folder}/model.safetensors`;
execFileSync(program, ["write_tensors", path]);
const bytes = readFileSync(path);

const { parseSafetensorsMetadata } = createRequire(`${process.env.RETROGRAD_NPM}/`)("@huggingface/hub");
const fetchLocal = async (url, init = {}) => {
  const headers = new Headers(init.headers);
  const range = /^bytes=(\d+)-(\d+)$/.exec(headers.get("range") ?? "");
  if (init.method === "HEAD" || !range) return new Response(bytes, { status: 200, headers: { "content-length": `${bytes.length}` } });
  const [begin, end] = [Number(range[1]), Math.min(Number(range[2]), bytes.length - 1)];
  return new Response(bytes.subarray(begin, end + 1), {
    status: 206,
    headers: { etag: '"local"', "content-range": `bytes ${begin}-${end}/${bytes.length}`, "content-length": `${end + 1 - begin}` },
  });
};
const { header } = await parseSafetensorsMetadata({
  repo: "local/model",
  path: "model.safetensors",
  computeParametersCount: true,
  fetch: fetchLocal,
});
const found = Object.fromEntries(Object.entries(header).filter(([name]) => name !== "__metadata__").map(([name, { dtype, shape }]) => [name, `${dtype} [${shape}]`]));
assert.deepEqual(found, {
  plain: "F32 [2,3]",
  turned: "F32 [3,2]",
  double: "F64 [3]",
  indices: "I64 [3]",
  mask: "BOOL [3]",
  pixels: "U8 [3]",
  scalar: "F32 []",
  nothing: "F32 [0,3]",
  'na"me\\ü\n': "F32 [1]",
});
console.log(`${Object.keys(found).length} tensors with their dtypes and shapes`);
