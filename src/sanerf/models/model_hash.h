// Fingerprints of model files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace sanerf::models {

// sha256 of a model file and of the files beside it that hold its weights when it does not hold them itself.
std::string HashesOfModel(const std::filesystem::path& model);

// hashes: sha256 of all files of a model, one behind the other.
uint64_t FingerprintOf(const std::string& hashes);

}  // namespace sanerf::models
