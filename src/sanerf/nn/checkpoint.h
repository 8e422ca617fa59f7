// Checkpoint container: a JSON header (kind, format version, meta, tensor table) and float tensors, with a checksum.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sanerf/core/json_box.h"

namespace sanerf::nn {

struct CheckpointWriter {
  std::string kind;  // "nerf", "object-field"
  JsonBox meta;
  std::vector<std::pair<std::string, std::span<const float>>> tensors;

  void Add(const std::string& name, std::span<const float> values) { tensors.emplace_back(name, values); }
  void Write(const std::filesystem::path& path) const;  // atomic; throws Error when it cannot be written
};

class CheckpointReader {
 public:
  // Throws Error: missing, not a checkpoint, another kind, newer version, truncated, damaged.
  CheckpointReader(const std::filesystem::path& path, const std::string& kind);

  const Json& meta() const { return *meta_; }
  uint64_t checksum() const { return checksum_; }
  bool Has(const std::string& name) const { return tensors_.count(name) > 0; }
  // Copies a tensor; throws Error when it is absent or has another size.
  void Read(const std::string& name, std::span<float> into) const;
  // The same for what is computed with: throws Error as well for infinite values and those that are no numbers.
  void ReadFinite(const std::string& name, std::span<float> into) const;
  // Throws as that Read does; for readers that ask for memory by numbers in meta(), before they do.
  void CheckSize(const std::string& name, int64_t size) const;
  // A tensor as the file has it; throws when absent.
  std::vector<float> Read(const std::string& name) const;
  int64_t Size(const std::string& name) const;  // -1 when absent

 private:
  struct Place {
    int64_t offset = 0, count = 0;
  };
  std::filesystem::path path_;
  JsonBox meta_;
  std::map<std::string, Place> tensors_;
  std::string bytes_;
  uint64_t checksum_ = 0;
};

// The checksum that a file must carry whose preamble is followed by `payload` and names a header of that length. For
// tests that put other bytes into a file.
uint64_t CheckpointChecksum(uint32_t header_bytes, std::string_view payload);

}  // namespace sanerf::nn
