#include "sanerf/viewer/http/request_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/suggestions.h"

namespace sanerf::viewer {
namespace {

constexpr const char* kSeeDocs = "see docs/viewer.md";

template <class T>
std::optional<T> WholeNumber(std::string_view text) {
  T value{};
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc() || at != end) return std::nullopt;
  return value;
}

Json ObjectIn(std::string_view text, const std::string& source) {
  Json json;
  try {
    json = ParseJson(text, source);
  } catch (const Error& error) {
    throw UsageError(std::string(error.summary()), std::string(error.why()), kSeeDocs);
  }
  if (!json.is_object()) throw UsageError(source + " is no JSON object", "", kSeeDocs);
  return json;
}

}  // namespace

RequestQuery::RequestQuery(const HttpRequest& request, std::initializer_list<std::string_view> names)
    : request_(request) {
  for (auto it = request.query.begin(); it != request.query.end(); ++it) {
    const std::string& name = it->first;
    if (std::find(names.begin(), names.end(), name) == names.end())
      throw UsageError(fmt::format("{}?{}=", request.path.substr(1), name), "there is no such parameter",
                       DidYouMean(name, {names.begin(), names.end()}));
    if (std::any_of(request.query.begin(), it, [&](const auto& earlier) { return earlier.first == name; }))
      Fail(name, "it is given twice");
    if (it->second.size() > kLongestText) Fail(name, "it is too long");
  }
}

const std::string* RequestQuery::Find(std::string_view name) const {
  for (const auto& [other, value] : request_.query)
    if (other == name) return &value;
  return nullptr;
}

void RequestQuery::Fail(std::string_view name, const std::string& why) const {
  throw UsageError(fmt::format("{}?{}=", request_.path.substr(1), name), why, kSeeDocs);
}

const std::string& RequestQuery::Text(std::string_view name) const {
  const std::string* text = Find(name);
  if (text == nullptr) Fail(name, "it is missing");
  return *text;
}

int64_t RequestQuery::Integer(std::string_view name, int64_t smallest, int64_t largest) const {
  const std::optional<int64_t> value = WholeNumber<int64_t>(Text(name));
  if (!value || *value < smallest || *value > largest)
    Fail(name, fmt::format("it must be an integer from {} to {}", smallest, largest));
  return *value;
}

int64_t RequestQuery::IntegerOr(std::string_view name, int64_t smallest, int64_t largest, int64_t fallback) const {
  return Has(name) ? Integer(name, smallest, largest) : fallback;
}

std::vector<double> RequestQuery::Numbers(std::string_view name, size_t count) const {
  std::vector<double> numbers;
  std::string_view rest = Text(name);
  for (bool more = true; more;) {
    const size_t end = std::min(rest.find(','), rest.size());
    const std::optional<double> number = WholeNumber<double>(rest.substr(0, end));
    if (!number || !std::isfinite(*number)) Fail(name, fmt::format("it must be {} numbers with commas between", count));
    numbers.push_back(*number);
    more = end < rest.size();
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (numbers.size() != count) Fail(name, fmt::format("it must be {} numbers with commas between", count));
  return numbers;
}

Json RequestQuery::Object(std::string_view name) const { return ObjectIn(Text(name), std::string(name)); }

Json JsonBody(const HttpRequest& request) { return ObjectIn(request.body, "the request"); }

}  // namespace sanerf::viewer
