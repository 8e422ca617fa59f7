#include "sanerf/run/run_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"

namespace fs = std::filesystem;

namespace sanerf::run {
namespace {

constexpr std::array<const char*, 4> kStageNames = {"synth", "train", "encode", "segment"};         // by Stage
constexpr std::array<const char*, 4> kStateNames = {"none", "running", "interrupted", "complete"};  // by StageState

// What readers say of a pipe or a device, to name a file, is of no use here.
Json ReadRecord(const fs::path& file) {
  try {
    return ReadJsonFile(file);
  } catch (const Error& error) {
    std::error_code ignored;
    if (fs::is_regular_file(file, ignored)) throw;
    throw Error(std::string(error.summary()), std::string(error.why()), "put the run's own run.json in its place");
  }
}

}  // namespace

const char* NameOf(Stage stage) { return kStageNames[size_t(stage)]; }

const char* NameOf(StageState state) { return kStateNames[size_t(state)]; }

Json ReadRunRecord(const fs::path& file) {
  Json record = ReadRecord(file);
  const JsonCursor root(record, file.string());
  const int64_t format = root["format"].Integer();
  if (format > kRunFormat) {
    throw Error(root.where(), fmt::format("run format {}, this program reads {} and older", format, kRunFormat),
                "update sanerf or train again");
  }
  root["scene"]["hash"].String();
  root["scene"]["path"].String();
  root.StringOr("sanerf", "");
  for (const char* key : {"absolute_path", "summary"}) root["scene"].StringOr(key, "");
  for (const char* key : {"options", "origins", "stages", "photos", "cameras"}) {
    if (root.Has(key) && !root[key].json().is_object()) root[key].Fail("expected an object");
  }
  if (root.Has("stages")) {
    for (const auto& [stage, entry] : root["stages"].json().items()) {
      const JsonCursor state = root["stages"][stage]["state"];
      const bool is_ours = std::find(kStageNames.begin(), kStageNames.end(), stage) != kStageNames.end();
      if (std::find(kStateNames.begin(), kStateNames.end(), state.String()) == kStateNames.end() && is_ours)
        state.Fail(fmt::format("expected one of {}", fmt::join(kStateNames, ", ")));
      root["stages"][stage].NumberOr("seconds", 0);
      for (const char* key : {"when", "fingerprint"}) root["stages"][stage].StringOr(key, "");
    }
  }
  if (root.Has("origins"))
    for (const auto& [option, origin] : root["origins"].json().items()) root["origins"][option].String();
  return record;
}

StageState StateIn(const Json& record, Stage stage) {
  const Json stages = record.value("stages", Json::object());
  if (!stages.contains(NameOf(stage))) return StageState::kNone;
  const std::string state = stages.at(NameOf(stage)).at("state").get<std::string>();
  return StageState(std::find(kStateNames.begin(), kStateNames.end(), state) - kStateNames.begin());
}

void PutPath(const std::string& key, const std::string& path, Json* json) {
  (*json)[key] = path;
  json->erase(key + "_bytes");
  if (!IsUtf8(path)) (*json)[key + "_bytes"] = std::vector<uint8_t>(path.begin(), path.end());
}

std::string PathIn(const JsonCursor& json, const std::string& key) {
  if (!json.Has(key + "_bytes")) return json.StringOr(key, "");
  const JsonCursor bytes = json[key + "_bytes"];
  std::string path;
  for (size_t i = 0; i < bytes.size(); ++i) path += char(bytes[i].IntegerIn(0, 255));
  return path;
}

}  // namespace sanerf::run
