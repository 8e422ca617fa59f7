// Objects put into a run, all of one segmentation at once. What their folders hold: stored_object.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/json_box.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/mask_decoder/mask_decoder.h"
#include "sanerf/run/object_names.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/run/stored_object.h"

namespace sanerf::run {

struct StoreOptions {
  bool goes_on = false;                         // with the objects of these names, instead of replacing them
  std::map<std::string, JsonBox> reports = {};  // text.json, by object
  std::vector<std::string> retired = {};        // further objects to be set aside
  std::vector<std::string> forgotten = {};      // and to be deleted
};
struct ObjectsToStore {
  const mask_decoder::Prompts& prompts;
  mask_decoder::ObjectMasks decoded;  // in the order of prompts.objects; label = position + 1
  const mask_aggregator::ObjectModel& field;
  std::filesystem::path log;  // copied into every folder
  uint64_t nerf_fingerprint;
  StoreOptions options = {};
};
struct StoreResult {
  std::vector<StoredObject> objects;
  std::vector<std::string> set_aside;  // objects that are now NAME~
};
// All of them at once: whenever the process dies, the run has either the objects before or those after. An object that
// is replaced is set aside, unless the new one is the same again. The caller holds the run's lock.
StoreResult StoreObjects(const RunFolder& run, const ObjectsToStore& objects, const Job& job);
// These alone are set aside. The caller holds the run's lock.
void RetireObjects(const RunFolder& run, const std::vector<std::string>& names, const Job& job);

}  // namespace sanerf::run
