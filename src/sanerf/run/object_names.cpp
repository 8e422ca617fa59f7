#include "sanerf/run/object_names.h"

#include <fmt/format.h>

#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/unseen_characters.h"

namespace sanerf::run {
namespace {

constexpr char kAsideMark = '~';

}  // namespace

std::string AsideName(const std::string& name) { return name + kAsideMark; }

void CheckObjectName(const std::string& name) {
  if (const auto why = mask_decoder::WhyBadName(name))
    throw UsageError(fmt::format("'{}' cannot be the name of an object", WithUnseenNamed(name)), *why,
                     "use letters, digits, '-', '_' and spaces");
  if (IsSetAside(name)) {
    throw UsageError(
        fmt::format("'{}' cannot be the name of an object", name),
        fmt::format("it is what an earlier '{}' is called once that was replaced", name.substr(0, name.size() - 1)),
        "leave out the ~, or rename the folder in objects/ to have the earlier object back");
  }
}

void CheckObjects(const mask_decoder::Prompts& prompts) {
  std::set<std::string> names;
  for (const mask_decoder::ObjectPrompt& object : prompts.objects) {
    CheckObjectName(object.name);
    if (!names.insert(object.name).second) throw UsageError("two objects are named '" + object.name + "'");
    if (const auto why = mask_decoder::WhyUnusable(object))
      throw UsageError(*why, "", "add a positive click, point or box on the object");
  }
}

bool IsSetAside(const std::string& name) { return !name.empty() && name.back() == kAsideMark; }

}  // namespace sanerf::run
