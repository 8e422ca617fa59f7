#include "sanerf/nn/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/json.h"
#include "sanerf/core/random.h"

namespace sanerf::nn {

namespace {
constexpr char kMagic[8] = {'S', 'A', 'N', 'E', 'R', 'F', 'C', 'K'};
constexpr uint32_t kVersion = 1;

// File: this preamble, a JSON header padded with spaces, tensors padded with zeros. Everything is a whole number of
// 8-byte words, so that the checksum does not care in which pieces it is computed.
struct Preamble {
  char magic[8];
  uint32_t version;
  uint32_t header_bytes;
  uint64_t payload_bytes;  // header and tensors
  uint64_t checksum;       // of the payload and the two sizes
};
static_assert(sizeof(Preamble) == 32);

size_t Padded(size_t bytes) { return (bytes + 7) / 8 * 8; }

uint64_t AddWord(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15ull;
  return hash ^ (hash >> 29);
}

// The bytes and the zeros that pad them to whole words.
uint64_t AddBytes(uint64_t hash, const char* data, size_t size) {
  uint64_t word;
  for (; size >= sizeof word; data += sizeof word, size -= sizeof word) {
    std::memcpy(&word, data, sizeof word);
    hash = AddWord(hash, word);
  }
  if (size == 0) return hash;
  word = 0;
  std::memcpy(&word, data, size);
  return AddWord(hash, word);
}

uint64_t StartChecksum(uint32_t header_bytes, uint64_t payload_bytes) {
  return AddWord(AddWord(0, header_bytes), payload_bytes);
}
}  // namespace

uint64_t CheckpointChecksum(uint32_t header_bytes, std::string_view payload) {
  return MixBits(AddBytes(StartChecksum(header_bytes, payload.size()), payload.data(), payload.size()));
}

void CheckpointWriter::Write(const std::filesystem::path& path) const {
  Json header{{"kind", kind}, {"meta", *meta}, {"tensors", Json::object()}};
  size_t offset = 0;
  for (const auto& [name, values] : tensors) {
    SANERF_CHECK(!header["tensors"].contains(name));
    header["tensors"][name] = {{"offset", offset}, {"count", values.size()}};
    offset += Padded(values.size_bytes());
  }
  std::string text = header.dump();
  text.resize(Padded(text.size()), ' ');

  Preamble preamble{{}, kVersion, uint32_t(text.size()), text.size() + offset, 0};
  std::memcpy(preamble.magic, kMagic, sizeof kMagic);
  uint64_t hash = AddBytes(StartChecksum(preamble.header_bytes, preamble.payload_bytes), text.data(), text.size());
  for (const auto& [name, values] : tensors)
    hash = AddBytes(hash, reinterpret_cast<const char*>(values.data()), values.size_bytes());
  preamble.checksum = MixBits(hash);

  WriteFileAtomic(path, [&](std::ostream& out) {
    out.write(reinterpret_cast<const char*>(&preamble), sizeof preamble);
    out.write(text.data(), std::streamsize(text.size()));
    for (const auto& [name, values] : tensors) {
      if (values.empty()) continue;
      const char zeros[8] = {};
      out.write(reinterpret_cast<const char*>(values.data()), std::streamsize(values.size_bytes()));
      out.write(zeros, std::streamsize(Padded(values.size_bytes()) - values.size_bytes()));
    }
  });
}

CheckpointReader::CheckpointReader(const std::filesystem::path& path, const std::string& kind)
    : path_(path), bytes_(ReadFile(path)) {
  const std::string hint = "make it again with the command that wrote it";
  Preamble preamble;
  if (bytes_.size() < sizeof kMagic || std::memcmp(bytes_.data(), kMagic, sizeof kMagic) != 0)
    throw Error(path.string(), "not a sanerf checkpoint", hint);
  if (bytes_.size() < sizeof preamble) throw Error(path.string(), "truncated checkpoint", hint);
  std::memcpy(&preamble, bytes_.data(), sizeof preamble);
  if (preamble.version != kVersion)
    throw Error(path.string(), fmt::format("checkpoint format {}, this program reads {}", preamble.version, kVersion),
                "update sanerf, or train again");
  const size_t payload = bytes_.size() - sizeof preamble;
  if (payload < preamble.payload_bytes)
    throw Error(path.string(), fmt::format("truncated checkpoint: {} of {} bytes", payload, preamble.payload_bytes),
                hint);
  checksum_ = preamble.checksum;
  const std::string_view contents = std::string_view(bytes_).substr(sizeof preamble);
  if (payload > preamble.payload_bytes || preamble.header_bytes > payload ||
      CheckpointChecksum(preamble.header_bytes, contents) != checksum_)
    throw Error(path.string(), "damaged checkpoint: the checksum does not match", hint);

  const Json header = ParseJson(contents.substr(0, preamble.header_bytes), path.string() + ": header");
  const JsonCursor root(header, path.string() + ": header");
  const std::string found = root["kind"].String();
  if (found != kind)
    throw Error(path.string(), fmt::format("this is a '{}' checkpoint, a '{}' one is needed", found, kind));
  meta_ = root["meta"].json();
  // A checksum detects damage; whether the table is right is checked here.
  const int64_t data_begin = int64_t(sizeof preamble) + preamble.header_bytes;
  const int64_t num_values = (int64_t(bytes_.size()) - data_begin) / int64_t(sizeof(float));
  const JsonCursor table = root["tensors"];
  if (!table.json().is_object()) table.Fail("expected an object", hint);
  int64_t num_named = 0;  // were they to share bytes, a small file could fill the memory
  for (const auto& [name, entry] : table.json().items()) {
    const int64_t offset = table[name]["offset"].IntegerIn(0, num_values * int64_t(sizeof(float)));
    const int64_t count = table[name]["count"].IntegerIn(0, num_values);
    num_named += count;
    if (offset / int64_t(sizeof(float)) > num_values - count || num_named > num_values)
      table[name].Fail("the tensor lies outside of the file", hint);
    tensors_[name] = {data_begin + offset, count};
  }
}

int64_t CheckpointReader::Size(const std::string& name) const {
  const auto it = tensors_.find(name);
  return it == tensors_.end() ? -1 : it->second.count;
}

void CheckpointReader::CheckSize(const std::string& name, int64_t size) const {
  if (!Has(name))
    throw Error(path_.string(), fmt::format("tensor '{}' is missing", name),
                "the checkpoint was written with other options: train again");
  if (Size(name) != size)
    throw Error(path_.string(), fmt::format("tensor '{}' has {} values, {} are needed", name, Size(name), size),
                "the checkpoint was written with other options: train again");
}

void CheckpointReader::Read(const std::string& name, std::span<float> into) const {
  CheckSize(name, int64_t(into.size()));
  if (!into.empty()) std::memcpy(into.data(), bytes_.data() + tensors_.at(name).offset, into.size_bytes());
}

void CheckpointReader::ReadFinite(const std::string& name, std::span<float> into) const {
  Read(name, into);
  if (!std::all_of(into.begin(), into.end(), [](float value) { return std::isfinite(value); }))
    throw Error(path_.string(), fmt::format("tensor '{}' holds values that are no numbers", name),
                "the training that wrote it failed: train again");
}

std::vector<float> CheckpointReader::Read(const std::string& name) const {
  std::vector<float> values(size_t(std::max<int64_t>(0, Size(name))));
  Read(name, values);
  return values;
}

}  // namespace sanerf::nn
