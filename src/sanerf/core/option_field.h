// A field of an option struct, whatever its type.
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "sanerf/core/json_fwd.h"

namespace sanerf {

template <class T>
concept OptionNumber = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>;
template <class T>
concept OptionEnum = std::is_enum_v<T>;

// Read and written without knowing its type: the code for each type is made once, not at each of the hundreds of
// fields.
class OptionField {
 public:
  explicit OptionField(bool& field) : at_(&field), kind_(Kind::kBool) {}
  explicit OptionField(std::string& field) : at_(&field), kind_(Kind::kText) {}
  template <OptionNumber T>
  explicit OptionField(T& field) : at_(&field) {
    if constexpr (std::is_integral_v<T>)
      UseIntegers<T>(Kind::kInteger);
    else
      kind_ = std::is_same_v<T, float> ? Kind::kFloat : Kind::kDouble;
  }
  template <OptionEnum E>  // numbers[i]: the value called names[i]
  OptionField(E& field, std::vector<int64_t> numbers, const std::vector<std::string>& names)
      : at_(&field), enum_numbers_(std::move(numbers)), enum_names_(names) {
    UseIntegers<E>(Kind::kEnum);
  }

  Json Get() const;
  void Set(const Json& value) const;

 private:
  enum class Kind { kBool, kInteger, kFloat, kDouble, kText, kEnum };

  template <class T>
  void UseIntegers(Kind kind) {
    kind_ = kind;
    read_ = [](const void* at) { return static_cast<int64_t>(*static_cast<const T*>(at)); };
    write_ = [](void* at, int64_t value) { *static_cast<T*>(at) = static_cast<T>(value); };
  }

  void* at_;
  Kind kind_;
  int64_t (*read_)(const void*) = nullptr;
  void (*write_)(void*, int64_t) = nullptr;
  std::vector<int64_t> enum_numbers_;
  std::vector<std::string> enum_names_;
};

}  // namespace sanerf
