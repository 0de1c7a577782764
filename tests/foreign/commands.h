// Our side of the checks by foreign programs: one function a command, told the paths that stand after its name. What a
// foreign program then says of the files is not known here.
#pragma once
#include <filesystem>
#include <span>

namespace retrograd::tests {

using Paths = std::span<const std::filesystem::path>;

/// Reads an npy file and writes what was read: FROM TO.
void copy_npy(Paths paths);
/// Writes a small file of each dtype, with metadata: FILE.
void write_tensors(Paths paths);
/// Writes the weights of a small network, inputs and the logits it gives: FILE.
void write_network(Paths paths);
/// Writes networks as NAME.onnx, inputs as NAME.inputs.npy and outputs as NAME.outputs.npy: FOLDER.
void write_onnx(Paths paths);
/// Reads the weights and inputs that another program wrote, and checks its logits against ours: FILE.
void read_network(Paths paths);

}  // namespace retrograd::tests
