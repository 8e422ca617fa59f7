#include "sanerf/viewer/ground_keeper.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/feature_container/rendered_depth.h"
#include "sanerf/sam/load_sam.h"

namespace sanerf::viewer {
namespace {

constexpr int64_t kDepthFrom = 400;        // steps of a training after which its depth is good enough for prompts
constexpr double kShareInTraining = 0.15;  // of the time, for views that nobody waits for

bool HasAll(const feature_container::FeatureContainer& features, const std::vector<int>& views) {
  return std::all_of(views.begin(), views.end(), [&](int view) { return features.Has(view); });
}

}  // namespace

bool GroundKeeper::OpenNext(const Job& job) {
  const LiveField::Phase phase = context_.field.phase();
  if (const int64_t num_starts = context_.field.num_starts(); num_starts != num_starts_) {
    num_starts_ = num_starts;
    ground_step_ = 0;
    context_.desk.ClearGround();
    const std::lock_guard lock(mutex_);
    ground_.reset();
    problem_.clear();
  }
  if (std::exchange(phase_, phase) != phase) has_failed_ = false;
  if (has_failed_ || phase == LiveField::Phase::kPhotos) return false;
  if (phase != LiveField::Phase::kTrained) {
    OpenInTraining(job);
    return false;
  }
  if (is_open_) return true;
  OpenTrained(job);
  is_open_ = true;
  return false;
}

void GroundKeeper::GiveUp(const std::string& problem) {
  has_failed_ = true;
  {
    const std::lock_guard lock(mutex_);
    opening_.clear();
    if (!ground_ && !problem.empty()) problem_ = problem;
  }
  context_.audience.StateChanged();
}

void GroundKeeper::SayOpening(const std::string& what) {
  {
    const std::lock_guard lock(mutex_);
    opening_ = what;
  }
  context_.audience.StateChanged();
}

void GroundKeeper::OpenTrained(const Job& job) {
  const std::shared_ptr<const nerf::NerfModel> model = context_.field.model();
  if (!model) return;
  if (context_.run.Open(*model)) {
    run::ReadableFields stored = context_.run.StoredFields(job);
    for (const Error& problem : stored.problems) context_.work.Message(MessageKind::kWarning, problem);
    context_.desk.Load(std::move(stored.fields));
  }
  context_.audience.StateChanged();
  const pipeline::Settings settings = context_.field.settings();
  const std::shared_ptr<const sam::Sam> sam = OpenSam(job);
  context_.run.TakeSam(settings.encode.model, sam);
  StopEncoding();  // waits for its view
  maps_.reset();
  segmentation::SegmentationInput input{scene(), *model, nullptr, sam, scene()->TrainViews()};
  if (settings.encode.container == feature_container::FeatureStore::kField) {
    input.features = context_.run.FeatureField(settings.encode, job);
    SetGround(std::move(input));
    return;
  }
  const auto features = std::make_shared<LiveFeatures>(context_.run_path / "features", *scene(), model->Fingerprint(),
                                                       sam->Fingerprint(), settings.encode.size, job);
  input.features = features;
  if (SetGround(std::move(input))) return;
  Encode({model->Fingerprint(), [model](const Camera& camera, const Job& job) { return model->Render(camera, job); }},
         settings.encode, features, job);
}

// Photos are encoded beside the training, from when somebody asks for a mask or could be given one; prompts are
// answered with the depth of the moment: that of another moment when the field has made as many steps again. The
// finished field answers them once more.
void GroundKeeper::OpenInTraining(const Job& job) {
  const int64_t step = context_.field.step();
  const bool is_asked = context_.field.phase() == LiveField::Phase::kPaused || context_.desk.has_prompts() ||
                        !context_.desk.WantedViews().empty();
  const bool is_due = step >= std::max(kDepthFrom, 2 * ground_step_);
  if (maps_ ? !(is_asked && is_due) : !(is_asked || step >= kDepthFrom)) return;
  const std::shared_ptr<const nerf::NerfModel> model = context_.field.model();
  if (!model) return;  // the first picture comes first
  const std::shared_ptr<const sam::Sam> sam = OpenSam(job);
  if (!maps_) {
    feature_container::EncodeOptions options = context_.field.settings().encode;
    options.container = feature_container::FeatureStore::kCache;
    options.source = feature_container::EncodedPicture::kPhoto;  // the field does not show the scene yet
    const feature_container::RadianceSource nothing = feature_container::NoRadianceYet();
    maps_ = std::make_shared<LiveFeatures>(context_.run_path / "features", *scene(), nothing.fingerprint,
                                           sam->Fingerprint(), options.size, job);
    Encode(nothing, options, maps_, job);
  }
  if (!is_asked || model->step() < std::max(kDepthFrom, 2 * ground_step_)) return;
  SetGround(
      {scene(), *model, std::make_shared<feature_container::RenderedDepth>(maps_, *model), sam, scene()->TrainViews()});
  ground_step_ = model->step();
}

std::shared_ptr<const sam::Sam> GroundKeeper::OpenSam(const Job& job) {
  const std::string name = context_.field.settings().encode.model;
  if (sam_ && sam_name_ == name) return sam_;
  SayOpening("SAM is being opened");
  sam_ = sam::LoadSam(name, job.InBackground());  // its encoder's threads: its decoder has none of its own
  sam_name_ = name;
  SayOpening("");
  return sam_;
}

bool GroundKeeper::SetGround(segmentation::SegmentationInput input) {
  const bool has_all = HasAll(*input.features, input.views);
  context_.desk.SetOptions(context_.field.settings());
  context_.desk.SetGround(input);
  context_.desk.ViewsEncoded(has_all);
  const std::lock_guard lock(mutex_);
  ground_ = std::move(input);
  problem_.clear();
  return has_all;
}

void GroundKeeper::Encode(feature_container::RadianceSource radiance, feature_container::EncodeOptions options,
                          std::shared_ptr<LiveFeatures> features, const Job& job) {
  job.ThrowIfStopped("encoding");
  const bool is_final = radiance.fingerprint != 0;
  EncoderInput to_encode{scene(),
                         std::move(radiance),
                         sam_,
                         std::move(options),
                         context_.run_path / "features",
                         context_.run.writing_features(),
                         features};
  to_encode.wanted = [this] { return context_.desk.WantedViews(); };
  to_encode.points = [this] { return context_.desk.PromptedPoints(); };
  to_encode.share = [this] { return context_.field.phase() == LiveField::Phase::kTraining ? kShareInTraining : 1; };
  to_encode.is_urgent = context_.is_urgent;
  to_encode.on_views = [this, is_final, features](bool all, double seconds) {
    context_.desk.ViewsEncoded(all);
    context_.audience.StateChanged();
    if (is_final && HasAll(*features, scene()->TrainViews()))
      context_.run.RecordEncoding(context_.field.settings(), seconds, context_.work.QuietJob());
  };
  auto encoder = std::make_unique<Encoder>(std::move(to_encode), context_.work);
  const std::lock_guard lock(mutex_);
  encoder_ = std::move(encoder);
}

void GroundKeeper::CheckWantedViews() {
  const std::lock_guard lock(mutex_);
  if (encoder_) encoder_->CheckWantedViews();
}

void GroundKeeper::Resume() {
  const std::lock_guard lock(mutex_);
  if (encoder_) encoder_->Resume();
}

void GroundKeeper::StopEncoding() {
  std::unique_ptr<Encoder> encoder;
  {
    const std::lock_guard lock(mutex_);
    encoder = std::move(encoder_);
  }
}

std::optional<segmentation::SegmentationInput> GroundKeeper::FinalGround() const {
  const std::lock_guard lock(mutex_);
  return ground_ && ground_->nerf.finished() ? ground_ : std::nullopt;
}

Json GroundKeeper::EncodingState() const {
  const std::lock_guard lock(mutex_);
  return encoder_ ? encoder_->State() : Json(nullptr);
}

std::string GroundKeeper::Waiting() const {
  const LiveField::Phase phase = context_.field.phase();
  if (phase == LiveField::Phase::kPhotos ||
      (phase != LiveField::Phase::kTrained && context_.field.step() < kDepthFrom)) {
    const char* first = phase == LiveField::Phase::kPhotos   ? "start the training: "
                        : phase == LiveField::Phase::kPaused ? "resume the training: "
                                                             : "";
    return fmt::format("{}clicks are answered from step {} on", first, kDepthFrom);
  }
  const std::vector<int> wanted = context_.desk.WantedViews();
  const std::lock_guard lock(mutex_);
  if (!opening_.empty()) return opening_;
  if (!ground_) return problem_;
  const bool is_encoding = encoder_ && encoder_->is_busy();
  for (const int view : wanted) {
    if (ground_->features->Has(view)) continue;
    return scene()->views[size_t(view)].name +
           (is_encoding ? " is encoded next" : " is not encoded, and encoding has stopped: go on with it");
  }
  return "";
}

}  // namespace sanerf::viewer
