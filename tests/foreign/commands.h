// Our side of the checks with foreign programs: one function per command, called with the paths after its name. Does
// not depend on what the foreign program reports.
#pragma once
#include <filesystem>
#include <span>

namespace retrograd::tests {

using Paths = std::span<const std::filesystem::path>;

/// Reads an npy file and writes its contents: FROM TO.
void copy_npy(Paths paths);
/// Writes a small file of each dtype, with metadata: FILE.
void write_tensors(Paths paths);
/// Writes the weights of a small network, inputs and its logits: FILE.
void write_network(Paths paths);
/// Writes networks as NAME.onnx, inputs as NAME.inputs.npy and outputs as NAME.outputs.npy: FOLDER.
void write_onnx(Paths paths);
/// Reads the weights and inputs that another program wrote, and checks its logits against ours: FILE.
void read_network(Paths paths);

}  // namespace retrograd::tests
