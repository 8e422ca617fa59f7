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

namespace sanerf::feature_container {
namespace {

static_assert(std::endian::native == std::endian::little, "the feature cache is written in the host's byte order");

constexpr char kMagic[8] = {'S', 'A', 'N', 'F', 'E', 'A', 'T', '\n'};
constexpr uint32_t kVersion = 1;
constexpr size_t kPreambleBytes = 16;
constexpr uint32_t kMaxHeaderBytes = 1u << 20;

// ---- writing

class PayloadBuilder {
 public:
  void Add(const std::string& name, const char* type, const std::vector<int64_t>& shape, std::string bytes) {
    sections_.push_back({{"name", name},
                         {"type", type},
                         {"shape", shape},
                         {"offset", payload_.size()},
                         {"bytes", bytes.size()},
                         {"hash", FeatureHash(bytes)}});
    payload_ += bytes;
  }
  const Json& sections() const { return sections_; }
  const std::string& payload() const { return payload_; }

 private:
  Json sections_ = Json::array();
  std::string payload_;
};

std::string HalfBytes(const models::Tensor& map, const std::string& view) {
  for (const float value : map.data) {
    if (!(std::abs(value) < 65520.f)) {
      throw Error(fmt::format("{}: the encoder's map '{}' holds the value {}", view, map.name, value),
                  "features are stored in half precision, which ends at 65504",
                  "the model file may be damaged: check a model by name with sanerf models verify, export one of your "
                  "own again");
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

struct Section {
  std::string name, type, hash;
  std::vector<int64_t> shape;
  uint64_t offset = 0, bytes = 0;
};

uint64_t BytesPerValue(const std::string& type) { return type == "f4" ? 4 : type == "f2" ? 2 : type == "u1" ? 1 : 0; }

// Every number of the header is checked here, so that nothing is asked for that the file does not hold.
class ViewFileReader {
 public:
  ViewFileReader(const std::filesystem::path& path, const std::string& view, const std::string& hint)
      : path_(path), hint_(hint), in_(Opened(path)) {
    const uint64_t file_bytes = uint64_t(in_->size());

    // Preamble and header.
    char preamble[kPreambleBytes];
    if (in_->ReadAt(0, preamble, kPreambleBytes) != kPreambleBytes)
      Fail("is truncated", fmt::format("it has {} bytes", file_bytes));
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
    payload_start_ = kPreambleBytes + header_bytes;
    std::string belongs_to;
    try {
      belongs_to = ReadHeader(text);
    } catch (const Error&) {
      Fail("is damaged", "its header is not what this program writes");
    }
    if (file_bytes < payload_start_ + payload_bytes_) {
      Fail("is truncated", fmt::format("{} of {} bytes are there", file_bytes, payload_start_ + payload_bytes_));
    }
    if (belongs_to != view) Fail("belongs to another view", belongs_to + " instead of " + view);
    uint64_t num_bytes = 0;  // were sections to share bytes, a small file could fill the memory
    for (const Section& section : sections_) {
      CheckSize(section);
      num_bytes += section.bytes;
    }
    if (num_bytes > payload_bytes_) Fail("is damaged", "its sections share their bytes");
  }

  int image_width() const { return image_width_; }
  int image_height() const { return image_height_; }
  const std::vector<Section>& sections() const { return sections_; }

  // The bytes of a section, checked against the stored hash.
  std::string Read(const Section& section) {
    std::string data(section.bytes, '\0');
    if (in_->ReadAt(static_cast<int64_t>(payload_start_ + section.offset), data.data(), section.bytes) != section.bytes)
      Fail("is truncated", "reading ended early");
    if (FeatureHash(data) != section.hash) {
      Fail("is damaged", fmt::format("the contents of '{}' do not match their hash", section.name));
    }
    return data;
  }

  const Section& Find(const std::string& name, const char* type) const {
    for (const Section& section : sections_) {
      if (section.name == name && section.type == type) return section;
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

  // The view that the file belongs to.
  std::string ReadHeader(const std::string& text) {
    constexpr int64_t kMost = int64_t{1} << 48;
    const Json json = ParseJson(text, path_.string());
    const JsonCursor root(json, path_.string());
    payload_bytes_ = uint64_t(root["payload_bytes"].IntegerIn(0, kMost));
    image_width_ = int(root["image"][size_t{0}].IntegerIn(0, kMaxSide));
    image_height_ = int(root["image"][1].IntegerIn(0, kMaxSide));
    const JsonCursor sections = root["sections"];
    for (size_t i = 0; i < sections.size(); ++i) {
      const JsonCursor row = sections[i], shape = row["shape"];
      Section section{row["name"].String(),
                      row["type"].String(),
                      row["hash"].String(),
                      {},
                      uint64_t(row["offset"].IntegerIn(0, kMost)),
                      uint64_t(row["bytes"].IntegerIn(0, kMost))};
      for (size_t d = 0; d < shape.size(); ++d) section.shape.push_back(shape[d].IntegerIn(1, kMaxSide));
      sections_.push_back(std::move(section));
    }
    return root["view"].String();
  }

  void CheckSize(const Section& section) const {
    uint64_t bytes = BytesPerValue(section.type);
    bool fits = bytes > 0 && section.bytes <= payload_bytes_ && section.offset <= payload_bytes_ - section.bytes;
    for (size_t d = 0; fits && d < section.shape.size(); ++d) {
      bytes *= uint64_t(section.shape[d]);
      fits = bytes <= section.bytes;
    }
    if (!fits || bytes != section.bytes) Fail("is damaged", "a section does not have the size its shape implies");
  }

  static constexpr int64_t kMaxSide = 1 << 24;

  std::filesystem::path path_;
  std::string hint_;
  std::unique_ptr<InputFile> in_;
  int image_width_ = 0, image_height_ = 0;
  std::vector<Section> sections_;
  uint64_t payload_start_ = 0, payload_bytes_ = 0;
};

}  // namespace

// Detects damage, not tampering; eight bytes per step so that checking costs less than reading.
std::string FeatureHash(std::string_view bytes) {
  uint64_t hash = MixBits(bytes.size()), word = 0;
  size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    std::memcpy(&word, bytes.data() + i, 8);
    hash = MixBits(hash ^ word);
  }
  word = 0;
  if (i < bytes.size()) std::memcpy(&word, bytes.data() + i, bytes.size() - i);
  return fmt::format("{:016x}", MixBits(hash ^ word));
}

std::string EncodeViewFile(const StoredView& stored) {
  PayloadBuilder builder;
  const ImageF& depth = stored.depth;
  builder.Add("depth", "f4", {depth.height, depth.width},
              std::string(reinterpret_cast<const char*>(depth.data.data()), depth.data.size() * sizeof(float)));
  builder.Add("opacity", "u1", {stored.opacity.height, stored.opacity.width}, OpacityBytes(stored.opacity));
  for (const models::Tensor& map : stored.features.maps)
    builder.Add(map.name, "f2", map.shape, HalfBytes(map, stored.view));

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
  const Section& depth = reader.Find("depth", "f4");
  if (depth.shape != std::vector<int64_t>{height, width})
    reader.Fail("has another size", fmt::format("its depth is not that of {}x{} pixels", width, height));
  for (const Section& section : reader.sections()) reader.Read(section);  // throws when it does not match its hash
}

ViewGeometry ReadViewGeometry(const std::filesystem::path& path, const std::string& view,
                              const std::string& rebuild_hint) {
  ViewFileReader reader(path, view, rebuild_hint);
  const Section &depth = reader.Find("depth", "f4"), &opacity = reader.Find("opacity", "u1");
  if (depth.shape.size() != 2) reader.Fail("is damaged", "its depth is not a picture");
  if (opacity.shape != depth.shape) reader.Fail("is damaged", "depth and opacity differ in size");
  const int height = int(depth.shape[0]), width = int(depth.shape[1]);
  ViewGeometry geometry{ImageF(width, height, 1), ImageF(width, height, 1)};
  const std::string depth_bytes = reader.Read(depth), opacity_bytes = reader.Read(opacity);
  std::memcpy(geometry.depth.data.data(), depth_bytes.data(), depth_bytes.size());
  for (size_t i = 0; i < opacity_bytes.size(); ++i) {
    geometry.opacity.data[i] = static_cast<uint8_t>(opacity_bytes[i]) / 255.f;
  }
  return geometry;
}

sam::SamFeatures ReadViewFeatures(const std::filesystem::path& path, const std::string& view,
                                  const std::string& rebuild_hint) {
  ViewFileReader reader(path, view, rebuild_hint);
  sam::SamFeatures features;
  features.image_width = reader.image_width();
  features.image_height = reader.image_height();
  for (const Section& section : reader.sections()) {
    if (section.type != "f2") continue;
    const std::string bytes = reader.Read(section);
    models::Tensor map{section.name, section.shape, std::vector<float>(bytes.size() / 2)};
    FloatFromHalf(reinterpret_cast<const uint16_t*>(bytes.data()), map.data.size(), map.data.data());
    features.maps.push_back(std::move(map));
  }
  return features;
}

}  // namespace sanerf::feature_container
