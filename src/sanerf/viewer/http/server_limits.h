// What a client of the server may take, of room and of time.
#pragma once

#include <chrono>
#include <cstddef>

namespace sanerf::viewer {

struct HttpLimits {
  size_t head_bytes = 8 << 10;
  int header_lines = 64;
  size_t body_bytes = 1 << 20;  // on its way: with what stands between chunks
};

struct TimeLimits {
  std::chrono::milliseconds request{10'000};  // for a request to arrive
  std::chrono::milliseconds idle{60'000};     // between two requests
  std::chrono::milliseconds stall{10'000};    // without a byte of the answer being taken
};

}  // namespace sanerf::viewer
