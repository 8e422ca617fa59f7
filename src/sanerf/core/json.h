// JSON files with errors that say file and line, or file and key.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sanerf/core/json_fwd.h"

namespace sanerf {

bool IsUtf8(const std::string& text);  // JSON can hold no other
Json OrNull(double value);             // null for NaN, which stands for no value

// The value that `text` holds. Throws Error "SOURCE:LINE:COLUMN: ..." for broken JSON, and for values that are nested
// so deeply that copying one could exhaust the stack. // and /* */ comments are allowed.
Json ParseJson(std::string_view text, const std::string& source);
Json ReadJsonFile(const std::filesystem::path& path);
void WriteJsonFile(const std::filesystem::path& path, const Json& json);  // indented, atomic

// A value inside a file, for reading with errors such as "scene/transforms.json: frames[3].transform_matrix: ...".
class JsonCursor {
 public:
  JsonCursor(const Json& json, std::string file) : json_(&json), file_(std::move(file)) {}

  const Json& json() const { return *json_; }
  std::string where() const;  // "FILE: frames[3].file_path"
  bool Has(const std::string& key) const { return json_->is_object() && json_->contains(key); }
  JsonCursor operator[](const std::string& key) const;  // throws Error when absent
  JsonCursor operator[](size_t index) const;
  size_t size() const;  // of an array; throws Error when it is not one

  double Number() const;  // finite; throws Error otherwise
  int64_t Integer() const;
  uint64_t Unsigned() const;  // of 64 bits, all of which count: a fingerprint
  // The same within bounds; throws Error that says them otherwise.
  double NumberIn(double smallest, double largest) const;
  int64_t IntegerIn(int64_t smallest, int64_t largest) const;
  bool Bool() const;
  std::string String() const;
  double NumberOr(const std::string& key, double fallback) const { return Has(key) ? (*this)[key].Number() : fallback; }
  int64_t IntegerOr(const std::string& key, int64_t fallback) const {
    return Has(key) ? (*this)[key].Integer() : fallback;
  }
  std::string StringOr(const std::string& key, const std::string& fallback) const {
    return Has(key) ? (*this)[key].String() : fallback;
  }

  void ExpectKeys(
      const std::vector<std::string>& known) const;  // an object with no other keys; throws Error with the nearest

  [[noreturn]] void Fail(const std::string& why, const std::string& hint = "") const;

 private:
  const Json* json_;
  std::string file_, path_;
};

}  // namespace sanerf
