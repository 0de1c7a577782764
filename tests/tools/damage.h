// Damaged copies of a file, the same ones every time: cut short at every length, and with every byte of its head
// changed in many ways.
#pragma once
#include <string>
#include <vector>

#include "scratch.h"

namespace retrograd::tests {

/// Calls look(bytes) with each proper beginning of `bytes`.
template <class F>
void each_cut(const std::string& bytes, F&& look) {
  for (std::size_t length = 0; length < bytes.size(); ++length) look(bytes.substr(0, length));
}

/// Calls look(bytes) with each of the first `head` bytes changed: each bit alone, all of them, and to the characters
/// that headers are made of.
template <class F>
void each_changed_byte(const std::string& bytes, std::size_t head, F&& look) {
  for (std::size_t at = 0; at < head; ++at) {
    std::string others = "\"'{}[](),: 019FT\\";
    others.push_back('\0');
    for (const int flip : {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xFF})
      others.push_back(static_cast<char>(bytes[at] ^ flip));
    for (const char other : others) {
      if (other == bytes[at]) continue;
      std::string changed = bytes;
      changed[at] = other;
      look(changed);
    }
  }
}

}  // namespace retrograd::tests
