#include "sanerf/core/options.h"

#include <fmt/format.h>

#include <optional>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/core/suggestions.h"

namespace sanerf {
namespace {

// A choice by its present name.
std::string PresentChoice(const OptionRegistry::Entry& entry, const std::string& text) {
  for (const FormerChoiceName& name : entry.mark.former_choices)
    if (name.former != nullptr && text == name.former) return name.now;
  return text;
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

void OptionRegistry::Adder::Append(const char* key, const char* help, AllowedValues values, OptionMark mark,
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
    const std::string text = OptionValueText(recorded), present = PresentChoice(entry, text);
    const Json value = present == text ? recorded : Json(present);
    if (const std::optional<Json> accepted = entry.values.Accept(value)) {
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

void OptionRegistry::Check() const {
  for (const Entry& entry : entries_) {
    const Json value = entry.get();
    if (entry.values.Accept(value)) continue;
    const Refusal refusal = Refuse(entry, OptionValueText(value), "--set");
    throw UsageError(refusal.what, refusal.why, entry.help);  // no example: what it holds is wrong
  }
}

}  // namespace sanerf
