#include <cstring>

#include "fuzz.h"
#include "sanerf/core/json.h"
#include "sanerf/nn/checkpoint.h"

namespace sanerf::fuzz::checkpoint {
namespace {

constexpr size_t kPreamble = 32, kHeaderAt = 12, kPayloadAt = 16, kChecksumAt = 24;  // nn/checkpoint.cpp

// With the length and the checksum that the contents need: what is behind them is read only then.
std::string Mended(std::string_view bytes) {
  std::string mended(bytes);
  if (mended.size() < kPreamble) return mended;
  uint32_t header_bytes = 0;
  std::memcpy(&header_bytes, &mended[kHeaderAt], sizeof header_bytes);
  const uint64_t payload = mended.size() - kPreamble;
  const uint64_t checksum = nn::CheckpointChecksum(header_bytes, std::string_view(mended).substr(kPreamble));
  std::memcpy(&mended[kPayloadAt], &payload, sizeof payload);
  std::memcpy(&mended[kChecksumAt], &checksum, sizeof checksum);
  return mended;
}

void ReadAll(const std::filesystem::path& path) {
  const nn::CheckpointReader reader(path, "nerf");
  const Json meta = reader.meta();
  for (const char* name : {"grid", "weights", "nothing"}) {
    if (reader.Has(name)) reader.Read(name);
  }
}

}  // namespace

int FuzzOne(const uint8_t* data, size_t size) {
  static MemoryFile file;
  Expect([&] { ReadAll(file.With(Bytes(data, size))); });
  return Expect([&] { ReadAll(file.With(Mended(Bytes(data, size)))); });
}

}  // namespace sanerf::fuzz::checkpoint
