#include "sanerf/viewer/http/gzip.h"

#include <zlib.h>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"

namespace sanerf::viewer {

std::string Gzip(std::string_view bytes) {
  z_stream stream{};
  constexpr int kGzipWindow = 15 + 16;  // the format that browsers know
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw Error("out of memory", "nothing is left to compress with", "close other programs");
  std::string out(deflateBound(&stream, uLong(bytes.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = uInt(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = uInt(out.size());
  const int result = deflate(&stream, Z_FINISH);
  out.erase(size_t(stream.total_out));
  deflateEnd(&stream);
  SANERF_CHECK_EQ(result, Z_STREAM_END);  // the bound is one
  return out;
}

}  // namespace sanerf::viewer
