#include "sanerf/core/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <numeric>

#include "sanerf/core/error.h"

namespace sanerf {
namespace {

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return text;
}

// Edits (insert, delete, replace, swap of neighbours) that turn a into b.
size_t EditDistance(const std::string& a, const std::string& b) {
  std::vector<size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

// Distance of a plausible match, or npos. A name typed without its stage or folder, or only begun, is a near match.
size_t Closeness(const std::string& typed, const std::string& known) {
  const std::string a = Lower(typed), b = Lower(known);
  if (a.size() >= 3 && b.size() > a.size()) {
    const bool is_prefix = b.compare(0, a.size(), a) == 0;
    const bool is_last_part = b.compare(b.size() - a.size(), a.size(), a) == 0 &&
                              std::ispunct(static_cast<unsigned char>(b[b.size() - a.size() - 1]));
    if (is_prefix || is_last_part) return 1;
  }
  const size_t distance = EditDistance(a, b);
  const size_t plausible = std::max<size_t>(1, std::max(a.size(), b.size()) / 3);
  return distance <= plausible && distance < std::max(a.size(), b.size()) ? distance : std::string::npos;
}

const char* TypeName(const Json& value) {
  if (value.is_boolean()) return "true or false";
  if (value.is_number_unsigned()) return "an integer, 0 or more";
  if (value.is_number_integer()) return "an integer";
  if (value.is_number()) return "a number";
  if (value.is_string()) return "a text";
  return "a JSON value";
}

// The value in the option's own type, or nothing when it does not fit.
std::optional<Json> Converted(const Json& value, const Json& current) {
  if (current.is_string()) return value.is_string() ? std::optional(value) : std::nullopt;
  if (current.is_boolean()) return value.is_boolean() ? std::optional(value) : std::nullopt;
  if (current.is_number_integer()) {
    if (current.is_number_unsigned() && value.is_number() && value.get<double>() < 0) return std::nullopt;
    if (value.is_number_integer()) return value;
    if (!value.is_number_float()) return std::nullopt;
    const double number = value.get<double>();  // 1e4
    if (number != std::floor(number) || std::abs(number) > 0x1p53) return std::nullopt;
    return Json(int64_t(number));
  }
  if (current.is_number()) {
    if (!value.is_number() || !std::isfinite(value.get<double>())) return std::nullopt;
    return value;
  }
  return value.type() == current.type() ? std::optional(value) : std::nullopt;
}

// Assigns, and takes it back when the value does not survive (too large for the field's type).
bool Assign(const OptionRegistry::Entry& entry, const Json& value) {
  const Json current = entry.get();
  const std::optional<Json> converted = Converted(value, current);
  if (!converted) return false;
  try {
    entry.set(*converted);
  } catch (const Json::exception&) {
    entry.set(current);
    return false;
  }
  const Json stored = entry.get();
  const bool survived = stored.is_number_float() ? std::isfinite(stored.get<double>()) : stored == *converted;
  if (!survived) entry.set(current);
  return survived;
}

}  // namespace

std::vector<std::string> NearestNames(const std::string& name, const std::vector<std::string>& known) {
  std::vector<std::pair<size_t, std::string>> near;
  for (const std::string& candidate : known) {
    const size_t closeness = Closeness(name, candidate);
    if (closeness != std::string::npos) near.emplace_back(closeness, candidate);
  }
  std::stable_sort(near.begin(), near.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> names;
  for (size_t i = 0; i < std::min<size_t>(3, near.size()); ++i) {
    if (near[i].first <= near[0].first + 1) names.push_back(near[i].second);  // much worse ones only confuse
  }
  return names;
}

std::string DidYouMean(const std::string& name, const std::vector<std::string>& known) {
  const std::vector<std::string> names = NearestNames(name, known);
  if (names.empty()) return "";
  std::string text = "did you mean ";
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += "'" + names[i] + "'";
  }
  return text + "?";
}

void OptionRegistry::Set(const std::string& assignment) {
  const size_t equals = assignment.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw UsageError("'" + assignment + "' is not an assignment", "",
                     "write --set stage.key=value, for example --set nerf.iters=2000");
  }
  const std::string name = assignment.substr(0, equals), text = assignment.substr(equals + 1);
  const auto entry = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.name == name; });
  if (entry == entries_.end()) {
    std::vector<std::string> names;
    for (const Entry& e : entries_) names.push_back(e.name);
    std::string hint = DidYouMean(name, names);
    if (hint.empty()) hint = fmt::format("known: {}", fmt::join(names, ", "));
    throw UsageError("unknown option '" + name + "'", "", hint);
  }
  const Json current = entry->get();
  const Json value = current.is_string() ? Json(text) : Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded() || !Assign(*entry, value)) {
    throw UsageError(fmt::format("option {} expects {}, not '{}'", name, TypeName(current), text), "",
                     fmt::format("for example --set {}={}", name,
                                 current.is_string() ? current.get<std::string>() : current.dump()));
  }
}

Json OptionRegistry::ToJson() const {
  Json json = Json::object();
  for (const Entry& entry : entries_) {
    const size_t dot = entry.name.find('.');
    json[entry.name.substr(0, dot)][entry.name.substr(dot + 1)] = entry.get();
  }
  return json;
}

void OptionRegistry::FromJson(const Json& json) {
  for (const Entry& entry : entries_) {
    const size_t dot = entry.name.find('.');
    const std::string stage = entry.name.substr(0, dot), key = entry.name.substr(dot + 1);
    if (!json.is_object() || !json.contains(stage) || !json.at(stage).is_object() || !json.at(stage).contains(key))
      continue;
    if (!Assign(entry, json.at(stage).at(key))) {
      throw Error("option " + entry.name,
                  fmt::format("expected {}, found {}", TypeName(entry.get()), json.at(stage).at(key).dump()));
    }
  }
}

}  // namespace sanerf
