// What run.json holds: the states of the stages, and places of files, whose names need not be text.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "sanerf/core/json_fwd.h"

namespace sanerf::run {

inline constexpr int kRunFormat = 1;

// What run.json has an entry for.
enum class Stage : uint8_t { kSynth, kTrain, kEncode, kSegment };
const char* NameOf(Stage stage);  // "train", as in run.json

// How far a stage got.
enum class StageState : uint8_t { kNone, kRunning, kInterrupted, kComplete };  // running: also killed
const char* NameOf(StageState state);                                          // "complete", as in run.json

// The whole file, of which every value is of the kind that its readers expect. Throws Error that names file and key for
// one that is broken or of a newer format.
Json ReadRunRecord(const std::filesystem::path& file);

// In a record that was read by it; kNone where the stage has no entry.
StageState StateIn(const Json& record, Stage stage);

// A path under `key`. JSON holds text, a path any bytes: those that are no UTF-8 are kept as numbers as well.
void PutPath(const std::string& key, const std::string& path, Json* json);
std::string PathIn(const JsonCursor& json, const std::string& key);

}  // namespace sanerf::run
