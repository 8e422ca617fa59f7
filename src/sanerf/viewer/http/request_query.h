// The part of an address after the question mark, read strictly: what is not known, missing, said twice or out of range
// is a UsageError.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sanerf/core/json.h"
#include "sanerf/viewer/http/http_message.h"

namespace sanerf::viewer {

class RequestQuery {
 public:
  // names: all that may be there. The request must outlive it.
  RequestQuery(const HttpRequest& request, std::initializer_list<std::string_view> names);

  bool Has(std::string_view name) const { return Find(name) != nullptr; }
  const std::string& Text(std::string_view name) const;  // at most kLongestText bytes
  int64_t Integer(std::string_view name, int64_t smallest, int64_t largest) const;
  int64_t IntegerOr(std::string_view name, int64_t smallest, int64_t largest, int64_t fallback) const;
  std::vector<double> Numbers(std::string_view name, size_t count) const;  // "3.5,7", finite
  Json Object(std::string_view name) const;                                // JSON

  static constexpr size_t kLongestText = 4096;

 private:
  const std::string* Find(std::string_view name) const;
  [[noreturn]] void Fail(std::string_view name, const std::string& why) const;

  const HttpRequest& request_;
};

// The body of a POST: a JSON object. Throws UsageError.
Json JsonBody(const HttpRequest& request);

}  // namespace sanerf::viewer
