// Where make_seeds puts what it makes.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "sanerf/core/files.h"
#include "sanerf/core/json.h"

namespace sanerf::fuzz {

// The corpora, a folder per target.
class Seeds {
 public:
  explicit Seeds(std::filesystem::path root) : root_(std::move(root)) {}

  std::filesystem::path Path(const std::string& target, const std::string& name) const {
    std::filesystem::create_directories(root_ / target);
    return root_ / target / name;
  }
  void Write(const std::string& target, const std::string& name, std::string_view bytes) const {
    WriteFileAtomic(Path(target, name), bytes);
  }
  void WriteJson(const std::string& target, const std::string& name, const Json& json) const {
    Write(target, name, json.dump(1));
  }

 private:
  std::filesystem::path root_;
};

}  // namespace sanerf::fuzz
