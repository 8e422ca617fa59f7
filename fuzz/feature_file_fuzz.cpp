#include <cstring>

#include "fuzz.h"
#include "sanerf/core/json.h"
#include "sanerf/feature_container/feature_file.h"

namespace sanerf::fuzz::feature_file {
namespace {

constexpr size_t kPreamble = 16, kHeaderAt = 12;  // feature_file.h

bool IsCount(const Json& section, const char* key) {
  return section.contains(key) && section[key].is_number_unsigned();
}

// With the hashes that the sections need: what is behind them is read only then.
std::string Mended(std::string_view bytes) {
  uint32_t header_bytes = 0;
  if (bytes.size() >= kPreamble) std::memcpy(&header_bytes, bytes.data() + kHeaderAt, sizeof header_bytes);
  if (header_bytes == 0 || bytes.size() - kPreamble < header_bytes) return std::string(bytes);
  const std::string_view payload = bytes.substr(kPreamble + header_bytes);
  Json header;
  try {
    header = ParseJson(bytes.substr(kPreamble, header_bytes), "header");
  } catch (const Error&) {
    return std::string(bytes);
  }
  if (!header.is_object() || !header.contains("sections") || !header["sections"].is_array()) return std::string(bytes);
  for (Json& section : header["sections"]) {
    if (!section.is_object() || !IsCount(section, "offset") || !IsCount(section, "bytes")) continue;
    const uint64_t offset = section["offset"], count = section["bytes"];
    if (offset <= payload.size() && count <= payload.size() - offset) {
      section["hash"] = feature_container::FeatureHash(payload.substr(offset, count));
    }
  }
  const std::string text = header.dump();
  header_bytes = uint32_t(text.size());
  std::string mended(bytes.substr(0, kPreamble));
  std::memcpy(&mended[kHeaderAt], &header_bytes, sizeof header_bytes);
  return mended + text + std::string(payload);
}

}  // namespace

int FuzzOne(const uint8_t* data, size_t size) {
  static MemoryFile file;
  const std::filesystem::path& path = file.With(Mended(Bytes(data, size)));
  Expect([&] { feature_container::ReadViewGeometry(path, "images/0.png", "hint"); });
  return Expect([&] { feature_container::ReadViewFeatures(path, "images/0.png", "hint"); });
}

}  // namespace sanerf::fuzz::feature_file
