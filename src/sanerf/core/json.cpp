#include "sanerf/core/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/suggestions.h"

namespace sanerf {
namespace {

constexpr int kDeepestNesting = 200;  // a run's files need ten; copying and writing a value calls itself for each

// "3:17" for a byte offset (1 = first byte, as nlohmann counts).
std::string LineAndColumn(std::string_view text, size_t byte) {
  const size_t end = std::min(byte == 0 ? 0 : byte - 1, text.size());
  const auto line = 1 + std::count(text.begin(), text.begin() + long(end), '\n');
  const size_t line_start = end == 0 ? std::string::npos : text.rfind('\n', end - 1);
  const size_t column = line_start == std::string::npos ? end + 1 : end - line_start;
  return fmt::format("{}:{}", line, column);
}

// nlohmann's text without its "[json.exception...] parse error at line 1, column 2: " prefix.
std::string Reason(const std::string& what) {
  const size_t bracket = what.find("] ");
  std::string reason = bracket == std::string::npos ? what : what.substr(bracket + 2);
  if (reason.rfind("parse error", 0) == 0) {
    const size_t colon = reason.find(": ");
    if (colon != std::string::npos) reason = reason.substr(colon + 2);
  }
  return reason;
}

std::string Describe(const Json& json) {
  if (json.is_object()) return "an object";
  if (json.is_array()) return "an array";
  std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > 40) text = text.substr(0, 37) + "...";
  return text;
}

Json Parsed(std::string_view text, const std::string& source, const std::string& hint) {
  const auto stop_when_too_deep = [&](int depth, Json::parse_event_t, const Json&) {
    if (depth <= kDeepestNesting) return true;
    throw Error(source, fmt::format("broken JSON: values are nested more than {} levels deep", kDeepestNesting));
  };
  try {
    return Json::parse(text, stop_when_too_deep, /*allow_exceptions=*/true, /*ignore_comments=*/true);
  } catch (const Json::parse_error& error) {
    throw Error(fmt::format("{}:{}", source, LineAndColumn(text, error.byte)), "broken JSON: " + Reason(error.what()),
                hint);
  } catch (
      const Json::out_of_range& error) {  // a number too large for double; the exception quotes it but has no position
    const std::string reason = Reason(error.what());
    const size_t open = reason.find('\''), close = reason.rfind('\'');
    const size_t at = open < close ? text.find(reason.substr(open + 1, close - open - 1)) : std::string::npos;
    throw Error(source + (at == std::string::npos ? "" : ":" + LineAndColumn(text, at + 1)), "broken JSON: " + reason);
  }
}

}  // namespace

bool IsUtf8(const std::string& text) {
  try {
    Json(text).dump();
    return true;
  } catch (const Json::type_error&) {
    return false;
  }
}

Json OrNull(double value) { return std::isnan(value) ? Json() : Json(value); }

Json ParseJson(std::string_view text, const std::string& source) { return Parsed(text, source, ""); }

Json ReadJsonFile(const std::filesystem::path& path) {
  return Parsed(ReadFile(path, FileKind::kText), path.string(), "fix the file at that position");
}

void WriteJsonFile(const std::filesystem::path& path, const Json& json) {
  WriteFileAtomic(path, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

JsonCursor JsonCursor::operator[](const std::string& key) const {
  if (!json_->is_object()) Fail(fmt::format("expected an object with \"{}\", found {}", key, Describe(*json_)));
  const auto found = json_->find(key);
  if (found == json_->end()) Fail(fmt::format("\"{}\" is missing", key));
  JsonCursor child(*found, file_);
  child.path_ = path_.empty() ? key : path_ + "." + key;
  return child;
}

JsonCursor JsonCursor::operator[](size_t index) const {
  if (index >= size()) Fail(fmt::format("expected at least {} elements, found {}", index + 1, size()));
  JsonCursor child((*json_)[index], file_);
  child.path_ = fmt::format("{}[{}]", path_, index);
  return child;
}

size_t JsonCursor::size() const {
  if (!json_->is_array()) Fail("expected an array, found " + Describe(*json_));
  return json_->size();
}

double JsonCursor::Number() const {
  if (!json_->is_number()) Fail("expected a number, found " + Describe(*json_));
  const double value = json_->get<double>();
  if (!std::isfinite(value)) Fail("expected a finite number");
  return value;
}

int64_t JsonCursor::Integer() const {
  const double value = Number();
  if (value != std::floor(value) || std::abs(value) > 0x1p53) Fail("expected an integer, found " + Describe(*json_));
  return json_->is_number_integer() ? json_->get<int64_t>() : int64_t(value);
}

uint64_t JsonCursor::Unsigned() const {
  if (!json_->is_number_unsigned()) Fail("expected an integer from 0 to 2^64 - 1, found " + Describe(*json_));
  return json_->get<uint64_t>();
}

double JsonCursor::NumberIn(double smallest, double largest) const {
  const double value = Number();
  if (value < smallest || value > largest)
    Fail(fmt::format("expected a number from {} to {}, found {}", smallest, largest, Describe(*json_)));
  return value;
}

int64_t JsonCursor::IntegerIn(int64_t smallest, int64_t largest) const {
  const int64_t value = Integer();
  if (value < smallest || value > largest)
    Fail(fmt::format("expected an integer from {} to {}, found {}", smallest, largest, Describe(*json_)));
  return value;
}

bool JsonCursor::Bool() const {
  if (!json_->is_boolean()) Fail("expected true or false, found " + Describe(*json_));
  return json_->get<bool>();
}

std::string JsonCursor::String() const {
  if (!json_->is_string()) Fail("expected a string, found " + Describe(*json_));
  return json_->get<std::string>();
}

std::string JsonCursor::where() const { return path_.empty() ? file_ : file_ + ": " + path_; }

void JsonCursor::ExpectKeys(const std::vector<std::string>& known) const {
  if (!json_->is_object()) Fail("expected an object {...}");
  for (const auto& [key, value] : json_->items())
    if (std::find(known.begin(), known.end(), key) == known.end())
      Fail(fmt::format("unknown key \"{}\"", key), DidYouMean(key, known));
}

void JsonCursor::Fail(const std::string& why, const std::string& hint) const { throw Error(where(), why, hint); }

}  // namespace sanerf
