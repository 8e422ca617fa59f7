#include "sanerf/core/option_field.h"

#include "sanerf/core/json.h"

namespace sanerf {

Json OptionField::Get() const {
  switch (kind_) {
    case Kind::kBool:
      return *static_cast<const bool*>(at_);
    case Kind::kInteger:
      return read_(at_);
    case Kind::kFloat:
      return *static_cast<const float*>(at_);
    case Kind::kDouble:
      return *static_cast<const double*>(at_);
    case Kind::kText:
      return *static_cast<const std::string*>(at_);
    case Kind::kEnum:
      break;
  }
  for (size_t i = 0; i < enum_numbers_.size(); ++i)
    if (enum_numbers_[i] == read_(at_)) return enum_names_[i];
  return Json();  // none of its names
}

void OptionField::Set(const Json& value) const {
  switch (kind_) {
    case Kind::kBool:
      value.get_to(*static_cast<bool*>(at_));
      break;
    case Kind::kInteger:
      write_(at_, value.get<int64_t>());
      break;
    case Kind::kFloat:
      value.get_to(*static_cast<float*>(at_));
      break;
    case Kind::kDouble:
      value.get_to(*static_cast<double*>(at_));
      break;
    case Kind::kText:
      value.get_to(*static_cast<std::string*>(at_));
      break;
    case Kind::kEnum:
      for (size_t i = 0; i < enum_numbers_.size(); ++i)
        if (value == enum_names_[i]) write_(at_, enum_numbers_[i]);
      break;
  }
}

}  // namespace sanerf
