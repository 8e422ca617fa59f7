#include "sanerf/feature_container/feature_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <memory>

#include "sanerf/core/error.h"
#include "sanerf/core/input_file.h"
#include "sanerf/core/json.h"
#include "sanerf/core/random.h"
#include "sanerf/feature_container/half.h"

namespace sanerf {
namespace {

static_assert(std::endian::native == std::endian::little, "the feature cache is written in the host's byte order");

constexpr char kMagic[8] = {'S', 'A', 'N', 'F', 'E', 'A', 'T', '\n'};
constexpr uint32_t kVersion = 1;
constexpr size_t kPreambleBytes = 16;
constexpr uint32_t kMaxHeaderBytes = 1u << 20;

// Detects damage, not tampering; eight bytes per step so that checking costs less than reading.
std::string HashOf(const char* bytes, size_t n) {
  uint64_t hash = MixBits(n), word = 0;
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    std::memcpy(&word, bytes + i, 8);
    hash = MixBits(hash ^ word);
  }
  word = 0;
  std::memcpy(&word, bytes + i, n - i);
  return fmt::format("{:016x}", MixBits(hash ^ word));
}

// ---- writing

class PayloadBuilder {
 public:
  void Add(const std::string& name, const char* type, const std::vector<int64_t>& shape, std::string bytes) {
    sections_.push_back({{"name", name},
                         {"type", type},
                         {"shape", shape},
                         {"offset", payload_.size()},
                         {"bytes", bytes.size()},
                         {"hash", HashOf(bytes.data(), bytes.size())}});
    payload_ += bytes;
  }
  const Json& sections() const { return sections_; }
  const std::string& payload() const { return payload_; }

 private:
  Json sections_ = Json::array();
  std::string payload_;
};

std::string HalfBytes(const Tensor& map, const std::string& view) {
  for (const float value : map.data) {
    if (!(std::abs(value) < 65520.f)) {
      throw Error(fmt::format("{}: the encoder's map '{}' holds the value {}", view, map.name, value),
                  "features are stored in half precision, which ends at 65504",
                  "the model file may be damaged: check a model by name with sanerf models verify, export one of your own again");
    }
  }
  std::string bytes(map.data.size() * 2, '\0');
  HalfFromFloat(map.data.data(), map.data.size(), reinterpret_cast<uint16_t*>(bytes.data()));
  return bytes;
}

std::string OpacityBytes(const ImageF& opacity) {
  std::string bytes(opacity.data.size(), '\0');
  for (size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(static_cast<uint8_t>(std::lround(std::clamp(opacity.data[i], 0.f, 1.f) * 255.f)));
  }
  return bytes;
}

// ---- reading

class ViewFileReader {
 public:
  ViewFileReader(const std::filesystem::path& path, const std::string& view, const std::string& hint)
      : path_(path), hint_(hint), in_(Opened(path)) {
    const uint64_t file_bytes = uint64_t(in_->size());

    // Preamble and header.
    char preamble[kPreambleBytes];
    if (in_->ReadAt(0, preamble, kPreambleBytes) != kPreambleBytes) Fail("is truncated", fmt::format("it has {} bytes", file_bytes));
    if (std::memcmp(preamble, kMagic, sizeof kMagic) != 0) Fail("is not a feature file", "its first bytes are wrong");
    uint32_t version = 0, header_bytes = 0;
    std::memcpy(&version, preamble + 8, 4);
    std::memcpy(&header_bytes, preamble + 12, 4);
    if (version != kVersion) {
      Fail(fmt::format("has format {}", version), fmt::format("this program reads format {}", kVersion));
    }
    if (header_bytes > kMaxHeaderBytes) Fail("is damaged", "its header has an impossible length");
    std::string text(header_bytes, '\0');
    if (in_->ReadAt(kPreambleBytes, text.data(), header_bytes) != header_bytes)
      Fail("is truncated", fmt::format("it has {} bytes", file_bytes));
    header_ = Json::parse(text, nullptr, false);
    payload_start_ = kPreambleBytes + header_bytes;
    try {
      const uint64_t payload_bytes = header_.at("payload_bytes").get<uint64_t>();
      const uint64_t expected = payload_start_ + payload_bytes;
      if (payload_bytes > file_bytes || file_bytes < expected) Fail("is truncated", fmt::format("{} of {} bytes are there", file_bytes, expected));
      if (header_.at("view") != view) {
        Fail("belongs to another view", header_.at("view").get<std::string>() + " instead of " + view);
      }
    } catch (const Json::exception&) {
      Fail("is damaged", "its header is not what this program writes");
    }
  }

  const Json& header() const { return header_; }

  // Bytes of a section whose size follows from its shape; checked against the stored hash.
  std::string Read(const Json& section, size_t bytes_per_value) {
    uint64_t num_values = 1;
    for (const int64_t extent : section.at("shape").get<std::vector<int64_t>>())
      num_values *= static_cast<uint64_t>(extent);
    const uint64_t bytes = section.at("bytes").get<uint64_t>();
    const uint64_t offset = section.at("offset").get<uint64_t>();
    const uint64_t payload_bytes = header_.at("payload_bytes").get<uint64_t>();
    if (bytes != num_values * bytes_per_value || bytes > payload_bytes || offset > payload_bytes - bytes) {
      Fail("is damaged", "a section does not have the size its shape implies");
    }
    std::string data(bytes, '\0');
    if (in_->ReadAt(static_cast<int64_t>(payload_start_ + offset), data.data(), bytes) != bytes)
      Fail("is truncated", "reading ended early");
    if (HashOf(data.data(), data.size()) != section.at("hash").get<std::string>()) {
      Fail("is damaged",
           fmt::format("the contents of '{}' do not match their hash", section.at("name").get<std::string>()));
    }
    return data;
  }

  const Json& Section(const std::string& name) const {
    for (const Json& section : header_.at("sections")) {
      if (section.at("name") == name) return section;
    }
    Fail("is damaged", "it has no section '" + name + "'");
  }

  [[noreturn]] void Fail(const std::string& what, const std::string& why) const {
    throw Error(path_.string() + ": " + what, why, hint_);
  }

 private:
  std::unique_ptr<InputFile> Opened(const std::filesystem::path& path) const {
    try {
      return std::make_unique<InputFile>(path);
    } catch (const Error& error) {
      throw Error(error.what(), "", hint_.empty() ? error.hint() : hint_);
    }
  }

  std::filesystem::path path_;
  std::string hint_;
  std::unique_ptr<InputFile> in_;
  Json header_;
  uint64_t payload_start_ = 0;
};

}  // namespace

std::string EncodeViewFile(const StoredView& stored) {
  PayloadBuilder builder;
  const ImageF& depth = stored.depth;
  builder.Add("depth", "f4", {depth.height, depth.width},
              std::string(reinterpret_cast<const char*>(depth.data.data()), depth.data.size() * sizeof(float)));
  builder.Add("opacity", "u1", {stored.opacity.height, stored.opacity.width}, OpacityBytes(stored.opacity));
  for (const Tensor& map : stored.features.maps) builder.Add(map.name, "f2", map.shape, HalfBytes(map, stored.view));

  const std::string header = Json{
      {"view", stored.view},
      {"image", {stored.features.image_width, stored.features.image_height}},
      {"payload_bytes", builder.payload().size()},
      {"sections",
       builder.sections()}}.dump();
  const uint32_t numbers[2] = {kVersion, static_cast<uint32_t>(header.size())};
  std::string bytes(kMagic, sizeof kMagic);
  bytes.append(reinterpret_cast<const char*>(numbers), sizeof numbers);
  return bytes + header + builder.payload();
}

void CheckViewFile(const std::filesystem::path& path, const std::string& view, int width, int height) {
  ViewFileReader reader(path, view, "");
  try {
    const Json& shape = reader.Section("depth").at("shape");
    if (shape.at(0) != height || shape.at(1) != width)
      reader.Fail("has another size", fmt::format("depth is {}x{} pixels, the view has {}x{}", shape.at(1).get<int>(),
                                                  shape.at(0).get<int>(), width, height));
    for (const Json& section : reader.header().at("sections")) {
      const std::string type = section.at("type");
      reader.Read(section, type == "f4" ? 4 : type == "f2" ? 2 : 1);
    }
  } catch (const Json::exception&) {
    reader.Fail("is damaged", "its header is not what this program writes");
  }
}

ViewGeometry ReadViewGeometry(const std::filesystem::path& path, const std::string& view,
                              const std::string& rebuild_hint) {
  ViewFileReader reader(path, view, rebuild_hint);
  try {
    const Json& depth_section = reader.Section("depth");
    const int height = depth_section.at("shape").at(0), width = depth_section.at("shape").at(1);
    ViewGeometry geometry{ImageF(width, height, 1), ImageF(width, height, 1)};
    const std::string depth = reader.Read(depth_section, sizeof(float));
    std::memcpy(geometry.depth.data.data(), depth.data(), depth.size());
    const std::string opacity = reader.Read(reader.Section("opacity"), 1);
    if (opacity.size() != geometry.opacity.data.size()) reader.Fail("is damaged", "depth and opacity differ in size");
    for (size_t i = 0; i < opacity.size(); ++i) geometry.opacity.data[i] = static_cast<uint8_t>(opacity[i]) / 255.f;
    return geometry;
  } catch (const Json::exception&) {
    reader.Fail("is damaged", "its header is not what this program writes");
  }
}

SamFeatures ReadViewFeatures(const std::filesystem::path& path, const std::string& view,
                             const std::string& rebuild_hint) {
  ViewFileReader reader(path, view, rebuild_hint);
  try {
    SamFeatures features;
    features.image_width = reader.header().at("image").at(0);
    features.image_height = reader.header().at("image").at(1);
    for (const Json& section : reader.header().at("sections")) {
      if (section.at("type") != "f2") continue;
      const std::string bytes = reader.Read(section, 2);
      Tensor map{section.at("name"), section.at("shape").get<std::vector<int64_t>>(),
                 std::vector<float>(bytes.size() / 2)};
      FloatFromHalf(reinterpret_cast<const uint16_t*>(bytes.data()), map.data.size(), map.data.data());
      features.maps.push_back(std::move(map));
    }
    return features;
  } catch (const Json::exception&) {
    reader.Fail("is damaged", "its header is not what this program writes");
  }
}

}  // namespace sanerf
