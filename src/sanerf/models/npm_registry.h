// The npm registry that a user has chosen, for machines without npm.
#pragma once

#include <string>

namespace sanerf::models {

struct NpmRegistry {
  std::string url;     // without a slash at its end
  std::string origin;  // where it was chosen: "npm_config_registry", "/home/me/.npmrc"; empty for npm's own
};

// npm_config_registry, else the line "registry" of ~/.npmrc, else npm's own. Nothing else of that file is looked at:
// what it says of passwords and tokens stays there. Throws Error when the file cannot be read, and when what is chosen
// is no web address.
NpmRegistry ChosenRegistry();

// The address for messages: without the name and the password that it may carry.
std::string WithoutCredentials(const std::string& url);

}  // namespace sanerf::models
