// A JSON value as a member of a class, in a header that knows no more of it than its name (json_fwd.h).
#pragma once

#include <memory>

#include "sanerf/core/json_fwd.h"

namespace sanerf {

// Copies are values of their own. What was moved from can only be assigned to.
class JsonBox {
 public:
  JsonBox();                   // null
  JsonBox(const Json& value);  // NOLINT: a value is one in a box
  JsonBox(const JsonBox& other);
  JsonBox(JsonBox&& other) noexcept;
  JsonBox& operator=(const JsonBox& other);
  JsonBox& operator=(JsonBox&& other) noexcept;
  ~JsonBox();

  Json& operator*() { return *value_; }
  const Json& operator*() const { return *value_; }
  Json* operator->() { return value_.get(); }
  const Json* operator->() const { return value_.get(); }

 private:
  std::unique_ptr<Json> value_;
};

}  // namespace sanerf
