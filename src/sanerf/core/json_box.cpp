#include "sanerf/core/json_box.h"

#include "sanerf/core/json.h"

namespace sanerf {

JsonBox::JsonBox() : value_(std::make_unique<Json>()) {}
JsonBox::JsonBox(const Json& value) : value_(std::make_unique<Json>(value)) {}
JsonBox::JsonBox(const JsonBox& other) : JsonBox(*other) {}
JsonBox::JsonBox(JsonBox&& other) noexcept = default;
JsonBox& JsonBox::operator=(const JsonBox& other) { return *this = JsonBox(other); }
JsonBox& JsonBox::operator=(JsonBox&& other) noexcept = default;
JsonBox::~JsonBox() = default;

}  // namespace sanerf
