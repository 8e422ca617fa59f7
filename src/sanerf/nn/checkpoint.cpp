#include "sanerf/nn/checkpoint.h"

#include <fmt/format.h>

#include <cstring>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/random.h"

namespace sanerf {

namespace {
constexpr char kMagic[8] = {'S', 'A', 'N', 'E', 'R', 'F', 'C', 'K'};
constexpr uint32_t kVersion = 1;
// File: magic, u32 version, u32 header bytes, u64 checksum of all that follows, header (JSON), tensors.
constexpr size_t kPreamble = 24;

uint64_t Checksum(const char* data, size_t size, uint64_t hash) {
  for (; size >= 8; data += 8, size -= 8) {
    uint64_t word;
    std::memcpy(&word, data, 8);
    hash = (hash ^ word) * 0x9e3779b97f4a7c15ull;
    hash ^= hash >> 29;
  }
  for (; size > 0; ++data, --size) hash = (hash ^ uint8_t(*data)) * 0x9e3779b97f4a7c15ull;
  return MixBits(hash);
}
}  // namespace

void CheckpointWriter::Write(const std::filesystem::path& path) const {
  Json header{{"kind", kind}, {"meta", meta}, {"tensors", Json::object()}};
  int64_t offset = 0;
  for (const auto& [name, values] : tensors) {
    header["tensors"][name] = {{"offset", offset}, {"count", values.size()}};
    offset += int64_t(values.size_bytes());
  }
  const std::string text = header.dump();
  const uint32_t sizes[2] = {kVersion, uint32_t(text.size())};
  uint64_t checksum = Checksum(text.data(), text.size(), 0);
  for (const auto& [name, values] : tensors)
    checksum = Checksum(reinterpret_cast<const char*>(values.data()), values.size_bytes(), checksum);
  WriteFileAtomic(path, [&](std::ostream& out) {
    out.write(kMagic, sizeof kMagic);
    out.write(reinterpret_cast<const char*>(sizes), sizeof sizes);
    out.write(reinterpret_cast<const char*>(&checksum), sizeof checksum);
    out.write(text.data(), std::streamsize(text.size()));
    for (const auto& [name, values] : tensors)
      out.write(reinterpret_cast<const char*>(values.data()), std::streamsize(values.size_bytes()));
  });
}

CheckpointReader::CheckpointReader(const std::filesystem::path& path, const std::string& kind)
    : path_(path), bytes_(ReadFile(path)) {
  const std::string hint = "the file was cut short or damaged: make it again with the command that wrote it";
  if (bytes_.size() < kPreamble || std::memcmp(bytes_.data(), kMagic, sizeof kMagic) != 0)
    throw Error(path.string(), "not a sanerf checkpoint", hint);
  uint32_t sizes[2];
  std::memcpy(sizes, bytes_.data() + 8, sizeof sizes);
  std::memcpy(&checksum_, bytes_.data() + 16, sizeof checksum_);
  if (sizes[0] > kVersion)
    throw Error(path.string(), fmt::format("checkpoint format {}, this program reads up to {}", sizes[0], kVersion),
                "update sanerf, or train again");
  const size_t data_begin = kPreamble + sizes[1];
  if (bytes_.size() < data_begin) throw Error(path.string(), "truncated checkpoint", hint);
  Json header = Json::parse(bytes_.begin() + kPreamble, bytes_.begin() + std::ptrdiff_t(data_begin), nullptr, false);
  if (header.is_discarded()) throw Error(path.string(), "damaged checkpoint header", hint);
  uint64_t hash = Checksum(bytes_.data() + kPreamble, sizes[1], 0);
  for (const auto& [name, entry] : header["tensors"].items()) {
    const Place place{int64_t(data_begin) + entry["offset"].get<int64_t>(), entry["count"].get<int64_t>()};
    if (place.count < 0 || place.offset + place.count * 4 > int64_t(bytes_.size()))
      throw Error(path.string(), fmt::format("truncated checkpoint: tensor '{}' ends beyond the file", name), hint);
    hash = Checksum(bytes_.data() + place.offset, size_t(place.count) * 4, hash);
    tensors_[name] = place;
  }
  if (hash != checksum_) throw Error(path.string(), "damaged checkpoint: the checksum does not match", hint);
  const std::string found = header.value("kind", "?");
  if (found != kind)
    throw Error(path.string(), fmt::format("this is a '{}' checkpoint, a '{}' one is needed", found, kind));
  meta_ = header["meta"];
}

int64_t CheckpointReader::Size(const std::string& name) const {
  const auto it = tensors_.find(name);
  return it == tensors_.end() ? -1 : it->second.count;
}

void CheckpointReader::Read(const std::string& name, std::span<float> into) const {
  if (Size(name) != int64_t(into.size()))
    throw Error(path_.string(), fmt::format("tensor '{}' has {} values, {} are needed", name, Size(name), into.size()),
                "the checkpoint was written with other options: train again");
  std::memcpy(into.data(), bytes_.data() + tensors_.at(name).offset, into.size_bytes());
}

}  // namespace sanerf
