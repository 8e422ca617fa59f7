// RUN/objects/NAME/: what was asked, what was decided and what was learnt about one object.
//
//   object.json    the object's label in the field, all labels of the field, the radiance field it was fitted to, view
//   counts object.ckpt    the object field; objects segmented together share one field: hard links to the same file, so
//   that every
//                  folder is complete, may be moved or deleted alone and costs the disk space once
//   prompts.json   the prompt, as `segment --prompts` reads it        views.json   per view: points, mask, score, used
//   or why not masks/*.png    SAM's mask of every used view                      log.jsonl    training of the field
//   metrics.json   written by eval
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/mask_decoder/mask_decoder.h"
#include "sanerf/pipeline/run_folder.h"
#include "sanerf/scene/mask_files.h"  // FlatName

namespace sanerf {

struct StoredObject {
  std::string name;
  std::filesystem::path folder;
  ObjectPrompt prompt;
  int label = 1;                    // in its field; 0 is the background
  std::vector<std::string> labels;  // names of the field's labels 1..
  std::string field_id;             // equal for objects that share a field
  std::string nerf_fingerprint;
  int views_used = 0, views_total = 0;

  std::filesystem::path checkpoint() const { return folder / "object.ckpt"; }
};

// Throws UsageError for a name that cannot be a folder's.
void CheckObjectName(const std::string& name);

std::vector<StoredObject> ListObjects(const RunFolder& run);  // by name; folders without object.json are left out
// Throws UsageError with the nearest names, Error when the object belongs to an earlier radiance field.
StoredObject FindObject(const RunFolder& run, const std::string& name, const NerfModel& nerf);

struct ObjectsToStore {
  const Prompts& prompts;
  const std::vector<DecodedObject>& decoded;  // in the order of prompts.objects; label = position + 1
  const ObjectModel& field;
  std::filesystem::path log;  // copied into every folder
  uint64_t nerf_fingerprint;
};
// Complete folders are put in the place of older ones of the same names.
std::vector<StoredObject> StoreObjects(const RunFolder& run, const ObjectsToStore& objects);

}  // namespace sanerf
