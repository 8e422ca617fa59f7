#include "sanerf/models/npm_registry.h"

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"

namespace fs = std::filesystem;

namespace sanerf::models {
namespace {

constexpr char kNpmsOwn[] = "https://registry.npmjs.org";
constexpr char kBlank[] = " \t\r";

std::string Trimmed(const std::string& text) {
  const size_t begin = text.find_first_not_of(kBlank);
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(kBlank) + 1 - begin);
}

// Of "registry = https://…": the last line counts, quotes may stand around the value. Empty without one.
std::string RegistryIn(const std::string& npmrc) {
  std::istringstream lines(npmrc);
  std::string value;
  for (std::string line; std::getline(lines, line);) {
    const size_t equals = line.find('=');
    if (equals == std::string::npos || Trimmed(line.substr(0, equals)) != "registry") continue;
    value = Trimmed(line.substr(equals + 1));
    const bool is_quoted =
        value.size() >= 2 && value.front() == value.back() && (value.front() == '"' || value.front() == '\'');
    if (is_quoted) value = value.substr(1, value.size() - 2);
  }
  return value;
}

NpmRegistry Find() {
  for (const char* name : {"npm_config_registry", "NPM_CONFIG_REGISTRY"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return {value, name};
  }
  const char* home = std::getenv("HOME");
  const fs::path npmrc = home == nullptr || *home == '\0' ? fs::path() : fs::path(home) / ".npmrc";
  if (!npmrc.empty() && ExistsAsFile(npmrc)) {
    const std::string value = RegistryIn(ReadFile(npmrc, FileKind::kText));
    if (!value.empty()) return {value, npmrc.string()};
  }
  return {kNpmsOwn, ""};
}

}  // namespace

std::string WithoutCredentials(const std::string& url) {
  const size_t scheme = url.find("://"), begin = scheme == std::string::npos ? 0 : scheme + 3;
  const size_t at = url.substr(0, url.find_first_of("/?#", begin)).rfind('@');
  return at == std::string::npos || at < begin ? url : url.substr(0, begin) + url.substr(at + 1);
}

NpmRegistry ChosenRegistry() {
  NpmRegistry registry = Find();
  if (!registry.url.starts_with("https://") && !registry.url.starts_with("http://"))
    throw Error("cannot use the npm registry " + WithoutCredentials(registry.url),
                registry.origin + " names it, and it is no web address", "it begins with https:// or http://");
  while (registry.url.back() == '/') registry.url.pop_back();
  return registry;
}

}  // namespace sanerf::models
