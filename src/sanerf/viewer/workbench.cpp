#include "sanerf/viewer/workbench.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/feature_container/rendered_depth.h"
#include "sanerf/pipeline/encode_stage.h"
#include "sanerf/pipeline/fit_and_store.h"
#include "sanerf/run/extend_objects.h"
#include "sanerf/run/object_store.h"
#include "sanerf/sam/load_sam.h"
#include "sanerf/viewer/find.h"
#include "sanerf/viewer/truth.h"

namespace fs = std::filesystem;

namespace sanerf::viewer {

using segmentation::ObjectId;

namespace {

constexpr int64_t kDepthFrom = 400;        // steps of a training after which its depth is good enough for prompts
constexpr double kShareInTraining = 0.15;  // of the time, for views that nobody waits for
constexpr std::chrono::milliseconds kLooksEvery{500};

bool HasAll(const feature_container::FeatureContainer& features, const std::vector<int>& views) {
  return std::all_of(views.begin(), views.end(), [&](int view) { return features.Has(view); });
}

}  // namespace

Workbench::Workbench(const fs::path& scene, fs::path run, const pipeline::Settings& settings, WorkList& work,
                     Audience& audience)
    : run_path_(std::move(run)),
      settings_(settings),
      work_(work),
      audience_(audience),
      field_line_(work_, [this] { field_->Pause(); }),
      field_job_(field_line_.job()) {
  field_ = std::make_unique<LiveField>(
      scene, run_path_, settings_, [this] { FieldChanged(); }, field_job_);
  scene_ = field_->scene();
  desk_ = std::make_unique<Desk>(RoomOfDesk(), work_, audience_);
  keeper_.emplace([this](const StopToken& closing) { Keep(closing); }, kLooksEvery);
}

Workbench::~Workbench() {
  desk_->StopSearching();  // which writes encoded views as well: the encoder would wait for it
  keeper_->End();
  encoder_.reset();
  desk_.reset();
  field_.reset();
}

DeskRoom Workbench::RoomOfDesk() {
  DeskRoom room;
  room.scene = scene_;
  room.settings = settings_;
  room.run = run_path_;
  room.point_at = [this](const Camera& camera, const Vec2& px) { return PointAt(camera, px); };
  room.find = [this](const Json& request, const Job& job) { return Find(request, job); };
  room.store = [this](const segmentation::SessionSnapshot& fitted, const fs::path& log,
                      const std::vector<std::string>& retired,
                      const Job& job) { return Store(fitted, log, retired, job); };
  room.is_drawing = [this] { return num_drawing_ > 0; };
  room.hurry = [this]() -> std::shared_ptr<void> { return std::make_shared<Urgent>(*this); };
  return room;
}

void Workbench::FieldChanged() {
  keeper_->Wake();
  audience_.StateChanged();
}

bool Workbench::WantsDepth() const { return desk_->has_prompts() || !desk_->WantedViews().empty(); }

void Workbench::PromptsChanged() {
  {
    const std::lock_guard lock(mutex_);
    prompts_changed_ = true;
    stop_scoring_.RequestStop();
    if (encoder_) encoder_->LookAgain();
  }
  keeper_->Wake();
}

void Workbench::GoOn() {
  desk_->GoOn();
  {
    const std::lock_guard lock(mutex_);
    if (encoder_) encoder_->GoOn();
  }
  PromptsChanged();
}

// One thread opens what can be opened and scores what is answered.
void Workbench::Keep(const StopToken& closing) {
  WorkList::Line line(work_);  // what was cancelled is needed all the same: it begins again with the next one
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(prompts_changed_, false)) has_failed_ = false;
    stop_scoring_ = StopSource();
  }
  try {
    desk_->KeepPrompts();  // of before there was a run
    OpenNext(line.job().With(closing));
  } catch (const InterruptedError&) {
  } catch (const NotFound&) {  // removed while it was looked at
  } catch (const Error& error) {
    has_failed_ = true;
    work_.Message(error);
    const std::lock_guard lock(mutex_);
    const std::string hint = error.hint().empty() ? "" : fmt::format(" ({})", error.hint());
    if (!ground_) problem_ = fmt::format("prompts cannot be answered: {}{}", error.what(), hint);
  } catch (const std::exception& error) {
    has_failed_ = true;
    work_.Message("error", error.what());
  }
  std::string opened;
  {
    const std::lock_guard lock(mutex_);
    opened = std::exchange(opening_, "");
  }
  if (!opened.empty()) audience_.StateChanged();
}

void Workbench::OpenNext(const Job& job) {
  const LiveField::Phase phase = field_->phase();
  if (const int64_t num_starts = field_->num_starts(); num_starts != num_starts_) {
    num_starts_ = num_starts;
    ground_step_ = 0;
    desk_->ClearGround();
    const std::lock_guard lock(mutex_);
    ground_.reset();
    problem_.clear();
  }
  if (std::exchange(phase_, phase) != phase) has_failed_ = false;
  if (has_failed_ || phase == LiveField::Phase::kPhotos) return;
  if (phase != LiveField::Phase::kTrained) {
    OpenInTraining(job);
  } else if (!is_open_) {
    OpenTrained(job);
    is_open_ = true;
  } else {
    Score(job);
  }
}

void Workbench::OpenTrained(const Job& job) {
  std::shared_ptr<const nerf::NerfModel> model = field_->model();
  if (!model) return;
  bool is_new = false;
  {
    const std::scoped_lock lock(run_mutex_, mutex_);
    is_new = !run_;
    if (is_new) run_.emplace(run::RunFolder::Open(run_path_), field_->lock(), scene_, *model);
  }
  if (is_new) LoadStored(job);
  audience_.StateChanged();
  const pipeline::Settings settings = field_->settings();
  const std::shared_ptr<const sam::Sam> sam = OpenSam(job);
  std::unique_ptr<Encoder> earlier;
  {
    const std::scoped_lock lock(run_mutex_, mutex_);
    run_->TakeSam(settings.encode.model, sam);
    earlier = std::move(encoder_);
  }
  earlier.reset();  // waits for its view
  maps_.reset();
  segmentation::SegmentationInput input{scene_, *model, nullptr, sam, scene_->TrainViews()};
  if (settings.encode.container == feature_container::FeatureStore::kField) {
    {
      const std::lock_guard lock(run_mutex_);
      input.features = run_->Features({}, settings.encode, Job());
    }
    Ground(std::move(input), /*has_all=*/true);
    return;
  }
  const auto features = std::make_shared<LiveFeatures>(run_path_ / "features", *scene_, model->Fingerprint(),
                                                       sam->Fingerprint(), settings.encode.size);
  input.features = features;
  const bool has_all = HasAll(*features, input.views);
  Ground(std::move(input), has_all);
  if (has_all) return;
  Encode({model->Fingerprint(), [model](const Camera& camera, const Job& job) { return model->Render(camera, job); }},
         settings.encode, features, job);
}

// Photos are encoded beside the training, from when somebody asks for a mask or could be given one; prompts are
// answered with the depth of the moment: that of another moment when the field has made as many steps again. The
// finished field answers them once more.
void Workbench::OpenInTraining(const Job& job) {
  const int64_t step = field_->step();
  const bool is_asked = field_->phase() == LiveField::Phase::kPaused || WantsDepth();
  const bool is_due = step >= std::max(kDepthFrom, 2 * ground_step_);
  if (maps_ ? !(is_asked && is_due) : !(is_asked || step >= kDepthFrom)) return;
  const std::shared_ptr<const nerf::NerfModel> model = field_->model();
  if (!model) return;  // the first picture comes first
  const std::shared_ptr<const sam::Sam> sam = OpenSam(job);
  if (!maps_) {
    feature_container::EncodeOptions options = field_->settings().encode;
    options.container = feature_container::FeatureStore::kCache;
    options.source = feature_container::EncodedPicture::kPhoto;  // the field does not show the scene yet
    const feature_container::RadianceSource nothing = feature_container::NoRadianceYet();
    maps_ = std::make_shared<LiveFeatures>(run_path_ / "features", *scene_, nothing.fingerprint, sam->Fingerprint(),
                                           options.size);
    Encode(nothing, options, maps_, job);
  }
  if (!is_asked || model->step() < std::max(kDepthFrom, 2 * ground_step_)) return;
  segmentation::SegmentationInput input{
      scene_, *model, std::make_shared<feature_container::RenderedDepth>(maps_, *model), sam, scene_->TrainViews()};
  const bool has_all = HasAll(*maps_, input.views);
  Ground(std::move(input), has_all);
  ground_step_ = model->step();
}

std::shared_ptr<const sam::Sam> Workbench::OpenSam(const Job& job) {
  const std::string name = field_->settings().encode.model;
  if (sam_ && sam_name_ == name) return sam_;
  {
    const std::lock_guard lock(mutex_);
    opening_ = "SAM is being opened";
  }
  audience_.StateChanged();
  sam_ = sam::LoadSam(name, job);
  sam_name_ = name;
  return sam_;
}

void Workbench::Ground(segmentation::SegmentationInput input, bool has_all) {
  desk_->SetOptions(field_->settings());
  desk_->SetGround(input);
  desk_->ViewsEncoded(has_all);
  const std::lock_guard lock(mutex_);
  ground_ = std::move(input);
  problem_.clear();
}

void Workbench::Encode(feature_container::RadianceSource radiance, feature_container::EncodeOptions options,
                       std::shared_ptr<LiveFeatures> features, const Job& job) {
  job.ThrowIfStopped("encoding");
  const bool is_final = radiance.fingerprint != 0;
  EncoderInput to_encode{
      scene_, std::move(radiance), sam_, std::move(options), run_path_ / "features", features_mutex_, features};
  to_encode.wanted = [this] { return desk_->WantedViews(); };
  to_encode.points = [this] { return desk_->PromptedPoints(); };
  to_encode.share = [this] { return field_->phase() == LiveField::Phase::kTraining ? kShareInTraining : 1; };
  to_encode.is_urgent = [this] { return num_urgent_ > 0 || num_drawing_ > 0; };
  to_encode.on_views = [this, is_final, features](bool all, double seconds) {
    desk_->ViewsEncoded(all);
    audience_.StateChanged();
    if (is_final && HasAll(*features, scene_->TrainViews())) RecordEncoded(seconds);
  };
  auto encoder = std::make_unique<Encoder>(std::move(to_encode), work_);
  const std::lock_guard lock(mutex_);
  encoder_ = std::move(encoder);
}

void Workbench::RecordEncoded(double seconds) {
  const std::lock_guard lock(run_mutex_);
  pipeline::RecordEncoding(run_->folder(), field_->settings(), scene_->TrainViews().size(), seconds, Job());
}

void Workbench::LoadStored(const Job& job) {
  const std::lock_guard lock(run_mutex_);
  run::ReadableFields stored = run::OpenReadableFields(run_->folder(), run_->nerf(job), *scene_, job);
  for (const Error& problem : stored.problems) work_.Message("warning", problem);
  desk_->Load(std::move(stored.fields));
}

FoundObjects Workbench::Find(const Json& request, const Job& job) {
  std::optional<segmentation::SegmentationInput> ground;
  {
    const std::lock_guard lock(mutex_);
    ground = ground_;
  }
  if (!ground || !ground->nerf.finished())
    throw NotNow("nothing can be found yet", "the radiance field is not finished", "wait for it");
  const pipeline::Settings settings = field_->settings();
  if (request.value("everything", false)) return FindEverything(*ground, settings, job);
  // Of its own: it takes minutes, and objects are stored in the window's meanwhile.
  run::OpenRun run(run::RunFolder::Open(run_path_), field_->lock(), scene_, ground->nerf);
  run.TakeSam(settings.encode.model, ground->sam);
  run.ShareFeatures(features_mutex_);
  FoundObjects found = FindByWords(request.value("text", ""), settings, &run, job);
  if (const auto live = std::dynamic_pointer_cast<const LiveFeatures>(ground->features))
    std::const_pointer_cast<LiveFeatures>(live)->Reload();
  if (desk_->has_prompts()) found.masks = FirstLooks(found.prompts, *ground, settings, job);
  return found;
}

bool Workbench::Store(const segmentation::SessionSnapshot& fitted, const fs::path& log,
                      const std::vector<std::string>& retired, const Job& job) {
  {
    const std::lock_guard lock(mutex_);
    if (!ground_ || !ground_->nerf.finished()) return false;  // of a field in training nothing is kept
  }
  const std::lock_guard lock(run_mutex_);
  if (!fitted.model) {  // the last object was removed
    run::RetireObjects(run_->folder(), retired, job);
    return true;
  }
  run::StoreOptions options;
  options.goes_on = true;
  options.retired = retired;
  pipeline::StoreFitted(fitted, {.options = std::move(options), .log = log}, field_->settings(), &*run_, job);
  return true;
}

Vec3 Workbench::PointAt(const Camera& camera, const Vec2& px) {
  const std::shared_ptr<const nerf::NerfModel> model = field_->model();
  if (!model) throw NotNow("there is no depth yet", "the scene is not trained", "click in a photo, or wait");
  Camera pixel = camera;  // of this ray alone
  pixel.cx -= px.x() - 0.5;
  pixel.cy -= px.y() - 0.5;
  pixel.width = pixel.height = 1;
  const double depth = model->Render(pixel, Job()).depth.data[0];
  if (!(depth > 0)) throw UsageError("there is nothing at this place", "the ray meets no surface", "click on a thing");
  return camera.Lift(px, depth);
}

// Objects of the final answer against the ground truth, while nobody waits for anything.
void Workbench::Score(const Job& job) {
  const std::shared_ptr<const Answer> answer = desk_->answer();
  if (answer->kind != Answer::Kind::kField || !answer->snapshot.model || !HasTruth(*scene_)) return;
  Job quiet = job.WithThreads(1);
  {
    const std::lock_guard lock(mutex_);
    quiet = quiet.With(stop_scoring_.token());
  }
  for (const Json& object : desk_->Objects()) {
    const ObjectId id = ObjectId(object.at("id").get<int64_t>());
    const int label = answer->LabelOf(id);
    {
      const std::lock_guard lock(mutex_);
      if (object.at("status") != "answered" || label < 0 || scores_[id].answer == answer->revision) continue;
    }
    ScoreOf score{answer->revision, std::nullopt};
    if (const auto instance = InstanceOf(desk_->Object(id), *scene_))
      score.iou = HeldOutIou(*answer->snapshot.model, label, *instance, *scene_, quiet);
    {
      const std::lock_guard lock(mutex_);
      scores_[id] = score;
    }
    audience_.StateChanged();
  }
}

Json Workbench::EncodingState() const {
  const std::lock_guard lock(mutex_);
  return encoder_ ? encoder_->State() : Json(nullptr);
}

std::string Workbench::Waiting() const {
  const LiveField::Phase phase = field_->phase();
  if (phase == LiveField::Phase::kPhotos || (phase != LiveField::Phase::kTrained && field_->step() < kDepthFrom)) {
    const char* first = phase == LiveField::Phase::kPhotos   ? "start the training: "
                        : phase == LiveField::Phase::kPaused ? "resume the training: "
                                                             : "";
    return fmt::format("{}clicks are answered from step {} on", first, kDepthFrom);
  }
  const std::vector<int> wanted = desk_->WantedViews();
  const std::lock_guard lock(mutex_);
  if (!opening_.empty()) return opening_;
  if (!ground_) return problem_;
  const bool is_encoding = encoder_ && encoder_->is_busy();
  for (const int view : wanted) {
    if (ground_->features->Has(view)) continue;
    return scene_->views[size_t(view)].name +
           (is_encoding ? " is encoded next" : " is not encoded, and encoding has stopped: go on with it");
  }
  return "";
}

std::optional<double> Workbench::HeldOutIouOf(ObjectId id) const {
  const std::lock_guard lock(mutex_);
  const auto score = scores_.find(id);
  return score == scores_.end() ? std::nullopt : score->second.iou;
}

}  // namespace sanerf::viewer
