// Damaged copies of a file, deterministically: truncated at every length, and with every byte of the beginning changed
// in several ways.
#pragma once
#include <filesystem>
#include <string>

#include "../../scratch.h"

namespace retrograd::tests {

/// Calls look(file) with a file for each proper prefix of `bytes`.
template <class F>
void each_cut(const std::string& bytes, F&& look) {
  const ScratchFolder scratch;
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const std::filesystem::path file = scratch.write("cut", bytes.substr(0, length));
    look(file);
    std::filesystem::remove(file);  // overwriting a file is much slower than creating another
  }
}

/// Calls look(file) with a file for each way to change one of the first `head` bytes: flipping each bit, flipping all,
/// and replacing it by the characters that headers are made of.
template <class F>
void each_changed_byte(const std::string& bytes, std::size_t head, F&& look) {
  const ScratchFolder scratch;
  for (std::size_t at = 0; at < head; ++at) {
    std::string others = "\"'{}[](),: 019FT\\";
    others.push_back('\0');
    for (const int flip : {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xFF})
      others.push_back(static_cast<char>(bytes[at] ^ flip));
    for (const char other : others) {
      if (other == bytes[at]) continue;
      std::string changed = bytes;
      changed[at] = other;
      const std::filesystem::path file = scratch.write("changed", changed);
      look(file);
      std::filesystem::remove(file);
    }
  }
}

}  // namespace retrograd::tests
