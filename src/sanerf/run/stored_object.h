// RUN/objects/NAME/: what was asked, what was decided and what was learned about one object.
//
//   object.json    label in the field, all labels of the field, the radiance field it was fitted to, counts of views
//   object.ckpt    the object field
//   prompts.json   the prompt, as `segment --prompts` reads it
//   views.json     per view: points, mask, score, used or why not
//   masks/*.png    SAM's mask of every used view
//   photo_masks/   a mask of every photo at its size, when segment --refine-photos was asked for them
//   log.jsonl      training of the field
//   text.json      boxes of the detector, for an object found by words
//   metrics.json   written by eval
//
// Objects segmented together share one field: hard links to the same file, so that every folder is complete, may be
// moved, renamed or deleted alone, and costs the disk space once. The folder's name is the object's.
//
// NAME~ is what the last segmentation of NAME replaced, one generation back: a complete object that may be rendered
// and scored by that name, and that counts as none where no object is named. Renaming the folder brings it back.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/core/json_fwd.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/mask_decoder/mask_decoder.h"
#include "sanerf/run/run_folder.h"

namespace sanerf::run {

struct StoredObject {
  std::string name;
  std::filesystem::path folder;
  mask_decoder::ObjectPrompt prompt;
  int label = 1;                    // in its field; 0 is the background
  std::vector<std::string> labels;  // names of the field's labels 1..
  std::string field_id;             // equal for objects that share a field
  std::string nerf_fingerprint;
  int views_used = 0, views_total = 0;

  std::filesystem::path checkpoint() const { return folder / "object.ckpt"; }
};
Json ToJson(const StoredObject& object);  // object.json

// Safe without the run's lock: each is of one set (object_set.h), also while another process stores objects.
// By name; folders without object.json are left out. Throws Error for one that cannot be read.
std::vector<StoredObject> ListObjects(const RunFolder& run);
std::vector<StoredObject> ListSetAside(const RunFolder& run);
std::vector<std::string> FoldersOfNoObject(const RunFolder& run);  // by name; those without object.json
// For who shows what there is: damaged objects keep nobody from the others. Whoever writes or scores objects needs all
// of them and calls ListObjects.
struct ReadableObjects {
  std::vector<StoredObject> objects;  // by name
  std::vector<Error> problems;        // one for each that is left out: which, why, and what to do
};
ReadableObjects ListReadableObjects(const RunFolder& run);
Error LeftOut(const std::filesystem::path& folder, const Error& error);  // such a problem, of the object in `folder`
// Throws Error when the object belongs to an earlier radiance field.
void CheckIsOf(const nerf::NerfModel& nerf, const StoredObject& object, const RunFolder& run);
// Also one that was set aside; reads no other. Throws UsageError with the nearest names, and what CheckIsOf throws.
StoredObject FindObject(const RunFolder& run, const std::string& name, const nerf::NerfModel& nerf);

struct LoadedObject {
  StoredObject stored;
  mask_aggregator::ObjectModel field;
};
LoadedObject LoadObject(const RunFolder& run, const std::string& name, const nerf::NerfModel& nerf);

}  // namespace sanerf::run
