// A checkpoint with the length and the checksum that its contents need: what is behind them is read only then.
#pragma once

#include <cstring>
#include <string>
#include <string_view>

#include "sanerf/nn/checkpoint.h"

namespace sanerf::fuzz {

struct CheckpointLayout {  // nn/checkpoint.cpp
  static constexpr size_t kPreamble = 32, kHeaderAt = 12, kPayloadAt = 16, kChecksumAt = 24;
};

inline std::string MendedCheckpoint(std::string_view bytes) {
  using Layout = CheckpointLayout;
  std::string mended(bytes);
  if (mended.size() < Layout::kPreamble) return mended;
  uint32_t header_bytes = 0;
  std::memcpy(&header_bytes, &mended[Layout::kHeaderAt], sizeof header_bytes);
  const uint64_t payload = mended.size() - Layout::kPreamble;
  const uint64_t checksum = nn::CheckpointChecksum(header_bytes, std::string_view(mended).substr(Layout::kPreamble));
  std::memcpy(&mended[Layout::kPayloadAt], &payload, sizeof payload);
  std::memcpy(&mended[Layout::kChecksumAt], &checksum, sizeof checksum);
  return mended;
}

}  // namespace sanerf::fuzz
