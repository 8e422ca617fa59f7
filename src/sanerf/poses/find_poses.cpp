#include "sanerf/poses/find_poses.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "sanerf/core/content_hash.h"
#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/core/temporary.h"
#include "sanerf/core/whole_task.h"
#include "sanerf/poses/colmap.h"
#include "sanerf/poses/input.h"
#include "sanerf/poses/join_models.h"
#include "sanerf/poses/pairs.h"
#include "sanerf/poses/photos.h"
#include "sanerf/poses/sparse_model.h"
#include "sanerf/poses/video.h"
#include "sanerf/poses/work_folder.h"
#include "sanerf/scene/load_scene.h"

namespace sanerf::poses {
namespace fs = std::filesystem;
namespace {

// Seconds on two cores, before anything is measured: photos of 1600 pixels with 4096 features.
constexpr double kSecondsPerFeatures = 1, kSecondsPerPair = 0.3, kSecondsPerPose = 1;

// From the photos' contents and the options of the steps that take them.
std::string KeyOfInput(const PosesInput& input, const PosesOptions& options, const Job& job) {
  Task task(job, "read the input");
  ContentHashes hashes;
  Json files = Json::array();
  if (input.is_video) files.push_back(hashes.Of(input.path));
  for (size_t i = 0; i < input.photos.size(); ++i) {
    job.ThrowIfStopped("reading the photos");
    files.push_back({input.names[i], hashes.Of(input.photos[i])});
  }
  task.Finish();
  return KeyOf("input", {{"files", files}, {"frames", input.is_video ? options.frames : 0}});
}

// The steps share what was found so far; each has a key that depends on those before it.
class PosesFinder {
 public:
  PosesFinder(PosesInput input, fs::path scene, const PosesOptions& options, const Job& job)
      : input_(std::move(input)),
        scene_(std::move(scene)),
        options_(options),
        job_(job),
        work_(scene_),
        colmap_({work_ / "photos", work_ / "colmap" / "database.db", work_ / "tools.log"}) {}

  void TakePhotos(const std::string& input_key) {
    key_ = KeyOf("photos", {{"input", input_key}});
    if (!work_.IsDone("photos", key_) || !AreThere(KeptPhotos())) {
      work_.Begin("photos", key_);
      const fs::path folder = work_.Fresh("photos");
      const std::vector<Photo> photos =
          input_.is_video ? TakeFrames(input_.path, options_.frames, folder, work_ / "tools.log", job_)
                          : GatherPhotos(input_, folder, job_);
      work_.Finish("photos", key_, ToJson(photos));
    }
    photos_ = KeptPhotos();
    std::vector<std::string> names;
    int num_alike = 0;
    for (const Photo& photo : photos_) names.push_back(photo.name), num_alike += photo.is_alike;
    const SequenceSigns signs{input_.is_video, AreNumbered(names),
                              double(num_alike) / std::max(1.0, double(photos_.size()) - 1)};
    plan_ = PlanMatching(options_.matching, int(photos_.size()), signs);
    job_.Info(fmt::format("{}: {}, {} compared ({})", input_.is_video ? "frames" : "photos",
                          Counted(int64_t(photos_.size()), "photo"),
                          Counted(int64_t(plan_.pairs.size()), "pair is", "pairs are"), plan_.why));
  }

  size_t num_photos() const { return photos_.size(); }
  size_t num_pairs() const { return plan_.pairs.size(); }

  void FindFeatures() {
    key_ = KeyOf("features", {{"photos", key_},
                              {"lens", int(options_.lens)},
                              {"cameras", int(options_.cameras)},
                              {"features", options_.features},
                              {"photo_size", options_.photo_size},
                              {"seed", options_.seed}});
    if (work_.IsDone("features", key_) && ExistsAsFile(work_ / "colmap" / "database.db")) return;
    work_.Begin("features", key_);
    work_.Begin("matches", "");  // which the new database does not hold
    work_.Fresh("colmap");
    colmap_.ExtractFeatures(photos_, options_, job_);
    work_.Finish("features", key_, nullptr);
  }

  // Pairs that the database holds are passed over by COLMAP itself, so that what was interrupted goes on.
  void MatchPhotos() {
    key_ = KeyOf("matches", {{"features", key_}, {"matching", int(plan_.matching)}});
    if (work_.IsDone("matches", key_)) return;
    work_.Begin("matches", key_);
    colmap_.MatchPairs(photos_, plan_.pairs, options_, work_ / "colmap" / "pairs.txt", job_);
    work_.Finish("matches", key_, nullptr);
  }

  void PlacePhotos() {
    key_ = KeyOf("poses", {{"matches", key_}});
    if (!work_.IsDone("poses", key_) || !IsModel(work_ / work_.ResultOf("poses").value("model", ""))) {
      work_.Begin("poses", key_);
      colmap_.Map(int(photos_.size()), options_, work_.Fresh("models"), job_);
      const std::vector<FoundModel> models = FindModels(work_ / "models");
      if (models.empty())
        throw Error("colmap found no poses", "its models hold no photos",
                    "all it said is in " + (work_ / "tools.log").string());
      const JoinedModel joined = JoinModels(colmap_, models, work_.Fresh("joined"), job_);
      work_.Finish("poses", key_,
                   {{"model", joined.folder.lexically_relative(work_.path()).generic_string()},
                    {"models", models.size()},
                    {"joined", joined.num_joined}});
    }
    const Json found = work_.ResultOf("poses");
    const JsonCursor result(found, (work_ / "manifest.json").string());
    model_folder_ = work_ / result["model"].String();
    found_.num_models = int(result["models"].Integer());
    found_.num_joined = int(result["joined"].Integer());
    found_.is_sequence = plan_.matching == Matching::kSequential;
    found_.matching = fmt::format("{}, {}: {}", plan_.matching == Matching::kSequential ? "sequential" : "exhaustive",
                                  Counted(int64_t(plan_.pairs.size()), "pair"), plan_.why);
  }

  // Where a lens model does not cover its picture, or when asked to.
  void Straighten() {
    SparseModel model = ReadSparseModel(model_folder_);
    photo_folder_ = work_ / "photos";
    if (options_.undistort != Undistort::kAlways && !HasUncoveredPicture(model)) return;
    found_.is_undistorted = true;
    key_ = KeyOf("straight", {{"poses", key_}});
    if (!work_.IsDone("straight", key_) || !IsModel(work_ / "straight/sparse")) {
      work_.Begin("straight", key_);
      colmap_.UndistortPhotos(model_folder_, int(model.images.size()), work_.Fresh("straight"), job_);
      work_.Finish("straight", key_, nullptr);
    }
    model_folder_ = work_ / "straight" / "sparse";
    photo_folder_ = work_ / "straight" / "images";
  }

  // The scene's folder in the making, then in its place.
  PosesResult Publish(const std::string& whole_key) {
    Task task(job_, "scene");
    SparseModel model = ReadSparseModel(model_folder_);
    TemporaryFolder draft(scene_);
    PutPhotos(draft.path() / "images");
    std::map<std::string, std::string> name_of;
    for (const Photo& photo : photos_) name_of[photo.file] = photo.name;
    for (auto& [id, image] : model.images) {
      const auto name = name_of.find(image.name);
      if (name == name_of.end()) throw Error("colmap found the pose of " + image.name, "there is no such photo");
      image.name = name->second;
    }
    // The world as COLMAP left it has any direction and scale: the frame that a model would have of it is taken.
    const fs::path sparse = draft.path() / "sparse" / "0";
    WriteSparseModel(model, sparse);
    Transform(LoadDraft(draft.path()).model_from_file, &model);
    WriteSparseModel(model, sparse);

    PosesResult result;
    result.scene = scene_;
    result.report = MakeReport(photos_, model, LoadDraft(draft.path()), found_);
    result.text = ToText(result.report);
    result.json = ToJson(result.report);
    Json file = result.json;
    file["key"] = whole_key;
    file["text"] = result.text;
    WriteJsonFile(draft.path() / kReportFile, file);
    draft.MoveIntoPlace();
    task.Finish();
    job_.Saved(scene_.string());
    return result;
  }

 private:
  std::vector<Photo> KeptPhotos() const {
    return PhotosFromJson(work_.ResultOf("photos"), (work_ / "manifest.json").string());
  }
  // Photos are links to where they were: of a folder that was moved they lead nowhere.
  bool AreThere(const std::vector<Photo>& photos) const {
    return std::all_of(photos.begin(), photos.end(),
                       [&](const Photo& photo) { return fs::exists(work_ / "photos" / photo.file); });
  }
  static bool IsModel(const fs::path& folder) { return ExistsAsFile(folder / "images.bin"); }
  static bool HasUncoveredPicture(const SparseModel& model) {
    return std::any_of(model.cameras.begin(), model.cameras.end(), [](const auto& entry) {
      const scene::ColmapLens* lens = scene::ColmapLensByName(entry.second.model);
      return lens != nullptr && !scene::CameraOf(*lens, entry.second).SeesWholePicture();
    });
  }

  // All photos, those without a pose as well: other tools pass them over, and nothing of the user's is lost.
  void PutPhotos(const fs::path& images) {
    for (const Photo& photo : photos_) {
      job_.ThrowIfStopped("writing the scene");
      const fs::path from = photo_folder_ / photo.file, to = images / photo.name;
      if (!fs::exists(from)) continue;  // COLMAP straightens what it has placed
      EnsureWritableFolder(to.parent_path());
      LinkOrCopy(fs::canonical(from), to);
    }
  }

  scene::Scene LoadDraft(const fs::path& draft) const {
    scene::SceneOptions options;
    options.test_every = 0;
    return scene::LoadScene(draft, options, job_);
  }

  const PosesInput input_;
  const fs::path scene_;
  const PosesOptions& options_;
  const Job& job_;
  WorkFolder work_;
  Colmap colmap_;
  std::string key_;  // of the step that was done last
  std::vector<Photo> photos_;
  MatchingPlan plan_;
  FoundPoses found_;
  fs::path model_folder_, photo_folder_;
};

// Of an earlier call with the same input and options.
std::optional<PosesResult> AlreadyThere(const fs::path& scene, const std::string& key) {
  if (!ExistsAsFile(scene / kReportFile)) return std::nullopt;
  try {
    Json file = ReadJsonFile(scene / kReportFile);
    if (!file.is_object() || file.value("key", Json()) != key || !scene::HoldsScene(scene)) return std::nullopt;
    PosesResult result;
    result.scene = scene;
    result.reused = true;
    result.text = file.value("text", "");
    file.erase("key");
    file.erase("text");
    result.report.num_photos = file.value("photos", 0);
    result.report.num_posed = file.value("posed", 0);
    result.json = std::move(file);
    return result;
  } catch (const std::exception&) {  // it is made again
    return std::nullopt;
  }
}

}  // namespace

PosesResult FindPoses(const PosesRequest& request, const PosesOptions& options, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  CheckOptions(options, "poses");
  const Stopwatch watch;
  const fs::path scene = PlainAbsolute(request.scene);
  PosesInput input = LookAtInput(request.input);
  CheckPlaceOfScene(scene, input);
  const bool is_video = input.is_video;
  WholeTask whole(job, "poses",
                  {{"read the input"},
                   {"look at frames", is_video ? WholeTask::kUnknown : 0, 0},
                   {"take frames", is_video ? WholeTask::kUnknown : 0, 0},
                   {"photos", is_video ? 0 : double(input.photos.size()), 0.05},
                   {"features"},
                   {"matches"},
                   {"place"},
                   {"scene"}});
  const std::string input_key = KeyOfInput(input, options, whole.job()),
                    whole_key = KeyOf("all", {{"input", input_key}, {"options", OptionsToJson(options)}});
  if (auto there = AlreadyThere(scene, whole_key)) {
    there->seconds = watch.seconds();
    whole.Finish("");
    return *there;
  }
  if (is_video) CheckVideoTools();
  CheckColmap();
  EnsureWritableFolder(scene.parent_path());
  PosesFinder finder(std::move(input), scene, options, whole.job());
  finder.TakePhotos(input_key);
  whole.Expect({{"features", double(finder.num_photos()), kSecondsPerFeatures},
                {"matches", double(finder.num_pairs()), kSecondsPerPair},
                {"place", double(finder.num_photos()), kSecondsPerPose},
                {"scene", 1, 1}});
  finder.FindFeatures();
  finder.MatchPhotos();
  finder.PlacePhotos();
  finder.Straighten();
  PosesResult result = finder.Publish(whole_key);
  result.seconds = watch.seconds();
  whole.Finish(fmt::format("{} of {}", result.report.num_posed, Counted(result.report.num_photos, "photo")));
  return result;
}

}  // namespace sanerf::poses
