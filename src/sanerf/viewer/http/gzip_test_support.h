// What a browser makes of a packed answer.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace sanerf::viewer {

// At most a megabyte.
inline std::string Unpacked(const std::string& gzip) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string bytes(size_t(1) << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzip.data()));
  stream.avail_in = uInt(gzip.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = uInt(bytes.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  bytes.erase(bytes.size() - stream.avail_out);
  inflateEnd(&stream);
  return bytes;
}

}  // namespace sanerf::viewer
