// Files a test writes, and datasets made of texts.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>
#include <string_view>

#include "models/data/load.hpp"
#include "runtime/base/error.hpp"
#include "support/scratch.hpp"

namespace jury {

/// What gzip makes of a text.
inline std::string gzipped(std::string_view text) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

/// A value as its bytes, for files written by hand.
template <class T>
std::string raw_bytes(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof(T)};
}

/// The message of the Error of type E that `call` throws, without the folder of the test.
template <class E, class Call>
std::string message_of(const Scratch& folder, Call call) {
  try {
    call();
  } catch (const E& error) {
    std::string text = error.what();
    const std::string prefix = folder / "";
    for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix))
      text.erase(at, prefix.size());
    return text;
  } catch (const std::exception& error) {
    return std::string("another exception: ") + error.what();
  }
  return "no exception";
}

inline Dataset load_text(const Scratch& folder, const std::string& name, std::string_view content,
                         DataOptions options) {
  options.train = folder.write(name, content);
  return Dataset::own(load_dataset(options, 1));
}

}  // namespace jury
