// A run folder: everything the product persists about one scene. Relocatable; run.json is its only index.
//
//   run.json            versions, scene path and hash, resolved options with origins, frames' similarity, stage states
//   nerf/               model.ckpt, log.jsonl, views.json (how well each view is explained), backdrop_N.png (of a
//                       turntable), inside/ (masks of the one thing that it is trained on)
//   features/           encoded views
//   features_test/      encoded held-out views, for comparisons only
//   objects/NAME/       see stored_object.h
//   renders/ metrics.json report.html
//   .hashes.json        files whose contents are known, see core/content_hash.h; can be removed
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/json_box.h"
#include "sanerf/nerf/model.h"
#include "sanerf/run/object_set.h"
#include "sanerf/run/run_record.h"
#include "sanerf/scene/scene.h"

namespace sanerf::run {

class RunLock;

// The last part of a path, also of "runs/mug/": what a scene or a run is called.
std::string NameOfPath(const std::filesystem::path& path);

class RunFolder {
 public:
  static bool Exists(const std::filesystem::path& path);  // holds a run.json
  // What a run has and nothing else: "nerf/", "features/", "objects/" …, with or without a run.json.
  static std::vector<std::string> PartsIn(const std::filesystem::path& path);
  // Throws Error when there is none, when its run.json is gone, broken or of a newer version.
  static RunFolder Open(const std::filesystem::path& path);
  // A new run.json in memory; Save writes it. scene_path: where `scene` was loaded from.
  static RunFolder Create(const std::filesystem::path& path, const std::filesystem::path& scene_path,
                          const scene::Scene& scene, const Job& job);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path checkpoint() const { return path_ / "nerf" / "model.ckpt"; }
  std::filesystem::path nerf_log() const { return path_ / "nerf" / "log.jsonl"; }
  std::filesystem::path nerf_views() const { return path_ / "nerf" / "views.json"; }
  std::filesystem::path inside() const { return path_ / "nerf" / "inside"; }
  std::filesystem::path features() const { return path_ / "features"; }
  std::filesystem::path test_features() const { return path_ / "features_test"; }
  std::filesystem::path objects() const { return ObjectsFolder(path_); }
  std::filesystem::path renders() const { return path_ / "renders"; }
  std::filesystem::path report() const { return path_ / "report.html"; }
  std::filesystem::path metrics() const { return path_ / "metrics.json"; }

  const Json& record() const { return *record_; }
  std::string scene_hash() const;
  std::filesystem::path recorded_scene() const;  // absolute; where it was when that was last recorded
  std::filesystem::path LikelyScene() const;     // the same, or where it has moved together with the run
  Json options() const;
  Json origins() const;
  StageState StateOf(Stage stage) const { return StateIn(*record_, stage); }
  double SecondsOf(Stage stage) const;

  // options: {"nerf": {"iters": 3000}}; origins: where values that are not built in come from.
  void SetOptions(const Json& options, const Json& origins);
  // Replaces the stage's entry: {"state", "seconds", "when", …details}.
  void SetStage(Stage stage, StageState state, double seconds, const Json& details);
  void SetStage(Stage stage, StageState state, double seconds);
  // Also what is known of the photos' contents.
  void Save(const Job& job);

  // "the photo x.png is not the one that RUN was trained on"; none when `scene` is the one this run was trained on.
  std::optional<std::string> WhyOtherScene(const scene::Scene& scene, const Job& job) const;
  // The scene this run was trained on: beside the folder, where it was, or `moved_to`. Writes nothing. Throws Error
  // when it is gone or no longer the same.
  scene::Scene OpenScene(const std::optional<std::filesystem::path>& moved_to, const Job& job) const;
  // The same for who writes to the run: where it moved to is recorded, and what its photos hold where a run of an
  // older version did not.
  scene::Scene OpenScene(const std::optional<std::filesystem::path>& moved_to, const RunLock& lock, const Job& job);
  // Throws Error when training has not finished.
  nerf::NerfModel OpenNerf() const;

 private:
  explicit RunFolder(std::filesystem::path path) : path_(std::move(path)) {}
  void RecordScenePath(const std::filesystem::path& scene);
  std::filesystem::path FindScene() const;
  std::filesystem::path known_hashes() const { return path_ / ".hashes.json"; }

  std::filesystem::path path_;
  JsonBox record_;
};

}  // namespace sanerf::run
