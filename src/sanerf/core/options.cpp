#include "sanerf/core/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <numeric>
#include <optional>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/core/suggestions.h"

namespace sanerf {
namespace {

const char* NounOf(OptionType type) {
  switch (type) {
    case OptionType::kBool:
      return "true or false";
    case OptionType::kInteger:
      return "an integer";
    case OptionType::kNumber:
      return "a number";
    case OptionType::kText:
      break;
  }
  return "a text";
}

std::string ChoicesText(const OptionValues& values) {
  std::vector<std::string> items;
  for (const Json& choice : values.Choices()) items.push_back(OptionValueText(choice));
  return Listed(items);
}

// The value as the option's type has it, or nothing when it is another type's.
std::optional<Json> Converted(const Json& value, OptionType type) {
  switch (type) {
    case OptionType::kBool:
      return value.is_boolean() ? std::optional(value) : std::nullopt;
    case OptionType::kText:
      return value.is_string() ? std::optional(value) : std::nullopt;
    case OptionType::kNumber:
      return value.is_number() && std::isfinite(value.get<double>()) ? std::optional(value) : std::nullopt;
    case OptionType::kInteger:
      break;
  }
  if (value.is_number_integer()) return value;
  if (!value.is_number_float()) return std::nullopt;
  const double number = value.get<double>();  // 1e4
  if (number != std::floor(number) || std::abs(number) > 0x1p53) return std::nullopt;
  return Json(int64_t(number));
}

std::optional<Json> Accepted(const OptionValues& values, const Json& value) {
  const std::optional<Json> converted = Converted(value, values.type);
  return converted && values.Contains(*converted) ? converted : std::nullopt;
}

// A choice by its present name.
std::string PresentChoice(const OptionRegistry::Entry& entry, const std::string& text) {
  return entry.mark.former_choice != nullptr && text == entry.mark.former_choice ? entry.mark.choice_instead : text;
}

struct Refusal {
  std::string what, why, hint;
};

// origin: as in OptionRegistry::Set.
Refusal Refuse(const OptionRegistry::Entry& entry, const std::string& value, const std::string& origin) {
  const std::string example = OptionValueText(entry.get());
  const std::string why = "expected " + entry.values.Expected();
  const std::string shown = value.empty() ? "''" : value;
  if (origin.starts_with("--") && origin != "--set")
    return {origin + " " + shown, why, fmt::format("{}; for example {} {}", entry.help, origin, example)};
  const std::string hint = fmt::format("{}; for example {}{}={}", entry.help, origin == "--set" ? "--set " : "",
                                       entry.name(), example.empty() ? "..." : example);
  const std::string assignment = fmt::format("{}={}", entry.name(), shown);
  return {origin == "--set" ? "option " + assignment : origin + ": " + assignment, why, hint};
}

[[noreturn]] void RefuseName(const std::string& name, const std::vector<OptionRegistry::Entry>& entries,
                             const std::string& origin) {
  const std::string stage = name.substr(0, name.find('.'));
  std::vector<std::string> names;
  bool is_stage = false;
  for (const OptionRegistry::Entry& entry : entries) {
    names.push_back(entry.name());
    is_stage = is_stage || entry.stage == stage;
  }
  const std::string near = DidYouMean(name, names), list = is_stage ? "sanerf options " + stage : "sanerf options";
  throw UsageError((origin.starts_with("--") ? "" : origin + ": ") + "unknown option '" + name + "'", "",
                   near.empty() ? list + " lists what there is" : near + " (" + list + " lists what there is)");
}

}  // namespace

std::string OptionValueText(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return fmt::format("{}", static_cast<float>(value.get<double>()));
  return value.dump();
}

std::vector<Json> OptionValues::Choices() const {
  std::vector<Json> choices(names.begin(), names.end());
  for (const double number : numbers)
    choices.push_back(type == OptionType::kInteger ? Json(int64_t(number)) : Json(number));
  return choices;
}

bool OptionValues::Contains(const Json& value) const {
  if (HasChoices()) {
    const std::vector<Json> choices = Choices();
    return std::find(choices.begin(), choices.end(), value) != choices.end();
  }
  if (!range) return true;
  if (range->or_zero && value == 0) return true;
  if (type == OptionType::kInteger) {
    const double number = value.get<double>();  // exact, or far outside
    return number >= range->low && number <= range->high && value.get<int64_t>() % range->multiple_of == 0;
  }
  const float number = value.get<float>();  // as the coarser of the two types has it: 0.99f is more than 0.99
  return number >= float(range->low) && number <= float(range->high);
}

std::optional<Json> OptionValues::Parse(const std::string& text) const {
  const Json value = type == OptionType::kText ? Json(text) : Json::parse(text, nullptr, /*allow_exceptions=*/false);
  return value.is_discarded() ? std::nullopt : Accepted(*this, value);
}

std::string OptionValues::Text() const {
  if (type == OptionType::kBool) return NounOf(type);
  if (HasChoices()) return ChoicesText(*this);
  if (!range) return text;
  const auto number = [](double x) {
    return std::abs(x) < 1e15 && x == std::floor(x) ? fmt::format("{:.0f}", x) : fmt::format("{}", x);
  };
  std::string described = fmt::format("{} to {}", number(range->low), number(range->high));
  if (range->multiple_of > 1) described += fmt::format(", a multiple of {}", range->multiple_of);
  if (range->or_zero) described += ", or 0";
  return described;
}

std::string OptionValues::Expected() const {
  if (range) return fmt::format("{} from {}", NounOf(type), Text());
  return Text();
}

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

void OptionRegistry::Adder::Append(const char* key, const char* help, OptionValues values, OptionMark mark,
                                   OptionField field) const {
  entries.push_back({stage, key, help, std::move(values), mark, std::move(field)});
}

Json OptionRegistry::Entry::get() const { return field.Get(); }

bool OptionRegistry::RemovedEntry::Keeps(const Json& value) const { return OptionValueText(value) == mark.kept; }

std::string OptionRegistry::RemovedEntry::Notice(const std::string& text) const {
  return fmt::format("{}={} has no effect any more: {}", name(), text, mark.now);
}

OptionRegistry::Assigned OptionRegistry::Set(const std::string& assignment, const std::string& origin) const& {
  const size_t equals = assignment.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw UsageError(
        "'" + assignment + "' is not an assignment", "",
        "write --set stage.key=value, for example --set nerf.iters=2000; sanerf options lists what there is");
  }
  const std::string name = assignment.substr(0, equals), text = assignment.substr(equals + 1);
  if (const RemovedEntry* removed = FindRemoved(name)) {
    if (text == removed->mark.kept) return {nullptr, removed->Notice(text)};
    throw UsageError("option " + name, fmt::format("it was removed: {}", removed->mark.now), "leave it out");
  }
  const Entry* entry = Find(name);
  if (entry == nullptr) RefuseName(name, entries_, origin);
  const std::string present = PresentChoice(*entry, text);
  if (const std::optional<Json> value = entry->values.Parse(present)) {
    entry->set(*value);
    const bool is_former = name != entry->name() || present != text;
    return {entry, is_former ? fmt::format("{} is called {}={} now", assignment, entry->name(), present) : ""};
  }
  const Refusal refusal = Refuse(*entry, text, origin);
  throw UsageError(refusal.what, refusal.why, refusal.hint);
}

const OptionRegistry::Entry* OptionRegistry::Find(const std::string& name) const& {
  for (const Entry& entry : entries_)
    if (entry.name() == name) return &entry;
  for (const Entry& entry : entries_)
    if (entry.mark.former_key != nullptr && entry.stage + "." + entry.mark.former_key == name) return &entry;
  return nullptr;
}

const OptionRegistry::RemovedEntry* OptionRegistry::FindRemoved(const std::string& name) const& {
  for (const RemovedEntry& removed : removed_)
    if (removed.name() == name) return &removed;
  return nullptr;
}

Json OptionRegistry::ToJson() const {
  Json json = Json::object();
  for (const Entry& entry : entries_) json[entry.stage][entry.key] = entry.get();
  return json;
}

Json OptionRegistry::ToJson(const std::string& stage) const { return ToJson().at(stage); }

void OptionRegistry::FromJson(const Json& of_stage, const std::string& stage, const std::string& file) {
  Json json;
  json[stage] = of_stage;
  FromJson(json, file);
}

std::vector<std::string> OptionRegistry::FromJson(const Json& json, const std::string& file) {
  std::vector<std::string> notices;
  for (const Entry& entry : entries_) {
    if (!json.is_object() || !json.contains(entry.stage) || !json.at(entry.stage).is_object()) continue;
    const Json& stage = json.at(entry.stage);
    const bool is_former = !stage.contains(entry.key) && entry.mark.former_key != nullptr;
    const std::string key = is_former ? entry.mark.former_key : entry.key;
    if (!stage.contains(key)) continue;
    const Json& recorded = stage.at(key);
    const Json value = recorded.is_string() ? Json(PresentChoice(entry, recorded.get<std::string>())) : recorded;
    if (const std::optional<Json> accepted = Accepted(entry.values, value)) {
      entry.set(*accepted);
      const std::string now = value == recorded ? entry.name() : entry.name() + "=" + OptionValueText(value);
      if (is_former || value != recorded)
        notices.push_back(
            fmt::format("{}: {}.{}={} is called {} now", file, entry.stage, key, OptionValueText(recorded), now));
      continue;
    }
    const Refusal refusal = Refuse(entry, value.dump(), file);
    throw Error(refusal.what, refusal.why, refusal.hint);
  }
  for (const RemovedEntry& removed : removed_) {
    if (!json.is_object() || !json.contains(removed.stage) || !json.at(removed.stage).is_object()) continue;
    const Json& stage = json.at(removed.stage);
    if (!stage.contains(removed.key) || removed.Keeps(stage.at(removed.key))) continue;
    notices.push_back(file + ": " + removed.Notice(OptionValueText(stage.at(removed.key))));
  }
  return notices;
}

void CheckNumber(const std::string& what, int value, Range range) {
  const OptionValues values{.type = OptionType::kInteger, .range = range};
  if (!Accepted(values, value)) throw UsageError(fmt::format("{} {}", what, value), "expected " + values.Expected());
}

void CheckNumber(const std::string& what, double value, Range range) {
  const OptionValues values{.type = OptionType::kNumber, .range = range};
  if (!Accepted(values, value)) throw UsageError(fmt::format("{} {:g}", what, value), "expected " + values.Expected());
}

void OptionRegistry::Check() const {
  for (const Entry& entry : entries_) {
    const Json value = entry.get();
    if (Accepted(entry.values, value)) continue;
    const Refusal refusal = Refuse(entry, OptionValueText(value), "--set");
    throw UsageError(refusal.what, refusal.why, entry.help);  // no example: what it holds is wrong
  }
}

}  // namespace sanerf
