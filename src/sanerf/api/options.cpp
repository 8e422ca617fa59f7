#include "sanerf/api/options.h"

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/pipeline/presets.h"
#include "sanerf/pipeline/settings.h"

namespace sanerf::api {

Options::Options() : settings_(std::make_unique<pipeline::Settings>()) {}
Options::Options(const Options& other) : settings_(std::make_unique<pipeline::Settings>(*other.settings_)) {}
Options& Options::operator=(const Options& other) {
  *settings_ = *other.settings_;
  return *this;
}
Options::~Options() = default;

Options Options::Preset(const std::string& name) {
  Options options;
  *options.settings_ = pipeline::SettingsOf(pipeline::ParsePreset(name));
  return options;
}

Options& Options::Set(const std::string& assignment) {
  pipeline::Assign(*settings_, assignment, "Options::Set");
  return *this;
}

std::string Options::Get(const std::string& name) const {
  pipeline::Settings copy = *settings_;
  const OptionRegistry registry = RegistryOf(copy);
  const OptionRegistry::Entry* entry = registry.Find(name);
  if (entry == nullptr) throw UsageError("unknown option '" + name + "'", "", "sanerf options lists what there is");
  return OptionValueText(entry->get());
}

}  // namespace sanerf::api
