#include "sanerf/core/error.h"

namespace sanerf {

namespace {

constexpr std::string_view kBetween = ": ";

}  // namespace

Error::Error(std::string what, std::string why, std::string hint)
    : text_(std::move(what)), summary_size_(text_.size()), hint_(std::move(hint)) {
  if (!why.empty()) text_.append(kBetween).append(why);
}

std::string_view Error::why() const {
  return text_.size() == summary_size_ ? "" : std::string_view(text_).substr(summary_size_ + kBetween.size());
}

}  // namespace sanerf
