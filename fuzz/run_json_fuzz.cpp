#include "fuzz.h"
#include "sanerf/core/json.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/run_folder.h"

namespace sanerf::fuzz::run_json {

int FuzzOne(const uint8_t* data, size_t size) {
  static const Folder folder;
  folder.Write("run.json", Bytes(data, size));
  return Expect([&] {
    const run::RunFolder run = run::RunFolder::Open(folder.path());
    run.scene_hash();
    run.StateOf(run::Stage::kTrain);
    run.SecondsOf(run::Stage::kTrain);
    pipeline::Settings settings;
    pipeline::Restore(settings, run.options(), run.origins());
    pipeline::ToJson(settings).dump();
  });
}

}  // namespace sanerf::fuzz::run_json
