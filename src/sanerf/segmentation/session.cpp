#include "sanerf/segmentation/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/scene/ignored_pixels.h"
#include "sanerf/segmentation/automatic/automatic_field.h"
#include "sanerf/segmentation/decode_object.h"
#include "sanerf/segmentation/label_views.h"
#include "sanerf/segmentation/prompt_places.h"
#include "sanerf/segmentation/refine/consensus.h"
#include "sanerf/segmentation/refine/outline.h"
#include "sanerf/segmentation/refine/refinement_rounds.h"
#include "sanerf/segmentation/refine/same_candidate.h"

namespace sanerf::segmentation {

using mask_aggregator::ObjectTrainer;
using mask_decoder::DecodedObject;
using mask_decoder::ViewUse;

namespace {

std::vector<Camera> CamerasOf(const feature_container::FeatureContainer& container, const std::vector<int>& views) {
  std::vector<Camera> cameras;
  for (const int view : views) cameras.push_back(container.WorkingCamera(view));
  return cameras;
}

bool StartsWith(const std::vector<ObjectId>& ids, const std::vector<ObjectId>& first) {
  return ids.size() >= first.size() && std::equal(first.begin(), first.end(), ids.begin());
}

bool IsBlunt(const DecodedObject& object) {
  return std::any_of(object.views.begin(), object.views.end(),
                     [](const mask_decoder::ViewDecision& view) { return view.used && !view.sharp_outline; });
}

}  // namespace

Session::Session(SegmentationInput input, const SegmentationOptions& options, std::vector<int> prompted)
    : input_(std::move(input)),
      prompted_(std::move(prompted)),
      options_(options),
      steps_(StepsFor(Source::kPrompts, options)) {
  CheckOptions(options_.masks, "masks");
  CheckOptions(options_.segment, "segment");
  CheckOptions(options_.object, "object");
  CheckOptions(options_.automatic, "auto");
  if (prompted_.empty()) prompted_ = input_.views;
}

// ================================ the method ================================

void Session::Update(const Job& job) {
  Decode(/*max_views=*/0, job);
  Refine(job);
}

// 1. Decode (3.2): clicks lifted to 3D (Eq. 6), projected into every view where they are visible, decoded there by SAM
// (Eq. 4, 5).
void Session::Decode(int max_views, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  struct Decoded {
    ObjectId id;
    std::shared_ptr<const DecodedObject> masks;
    MaskState state;
  };
  std::vector<Decoded> decoded;
  for (const EditedObject& object : edits_.objects()) {
    const bool is_correction = object.state == MaskState::kOutgrown || object.state == MaskState::kPartial;
    const bool is_quick = max_views > 0, is_begun = object.state == MaskState::kFirst;
    const bool is_done = object.state == MaskState::kDecoded || object.state == MaskState::kRefined;
    if (object.prompts.empty() || is_done || object.state == MaskState::kHeld) continue;
    if (is_quick && (object.state == MaskState::kPartial || is_begun)) continue;
    const mask_decoder::ObjectPrompt prompt = object.AsPrompt();
    std::vector<int> prompted;
    std::copy_if(prompted_.begin(), prompted_.end(), std::back_inserter(prompted), [&](int view_idx) {
      return object.UseOf(input_.scene->views[size_t(view_idx)].name) != ViewUse::kNever;
    });
    const DecodeRequest request{prompt, is_correction || is_begun ? object.masks.get() : nullptr, input_.views,
                                prompted};
    DecodedObject masks = is_correction && is_quick ? CorrectObject(request, max_views, Context(), job)
                          : is_quick                ? FirstMasks(request, max_views, Context(), job)
                          : is_begun                ? CompleteMasks(request, Context(), job)
                                                    : DecodeObject(request, Context(), job);
    for (mask_decoder::ViewDecision& view : masks.views)
      if (const ViewUse use = object.UseOf(view.view); use != ViewUse::kAuto) mask_decoder::ApplyUse(use, &view);
    const auto num_used = std::count_if(masks.views.begin(), masks.views.end(), [](const auto& v) { return v.used; });
    if (num_used == 0)
      throw Error(fmt::format("object '{}': no view is left", prompt.name), "the user has dropped all that have a mask",
                  "let one of them be used again");
    job.Info(fmt::format("masks  {}: {} of {} {} a mask", prompt.name, num_used,
                         Counted(int64_t(masks.views.size()), "view"), IsAre(num_used, "has", "have")));
    const MaskState state = !is_quick ? MaskState::kDecoded : is_correction ? MaskState::kPartial : MaskState::kFirst;
    decoded.push_back({object.id, std::make_shared<const DecodedObject>(std::move(masks)), state});
  }
  for (Decoded& object : decoded) edits_.SetMasks(object.id, std::move(object.masks), object.state);
}

// Steps 2 to 5 are not in the paper, which takes the mask of every view as it comes: SAM often takes a part for the
// whole or the whole for a part, in one view so, in the next otherwise. Measured effect of each: docs/results.md.
void Session::Refine(const Job& job) {
  const ThreadLimit limit(job.num_threads());
  const LabeledObjects objects = edits_.Labeled();
  RefineRequest request{objects.prompts, PositionsOf(MaskState::kDecoded), input_.views};
  if (request.which.empty()) return;
  request.missed = steps_.missed;
  request.prompted = prompted_;
  std::vector<DecodedObject> masks;
  for (const auto& of_object : objects.masks) masks.push_back(*of_object);

  if (steps_.rounds > 0) {
    // 2. Vote [not in the paper]: every mask says of the cells of space that its rays end in what they belong to.
    TraceVote(job);
    counted_.clear();  // the next two steps count votes of their own
    // 3. One candidate for all [not in the paper]: when the views agree better on the same number of SAM's candidates,
    // all take it.
    if (steps_.one_candidate) ChooseCandidates(request, Context(), vote_.get(), &masks, job);
    // 4. Decode again [not in the paper]: SAM is shown what the other views say, and the candidate is taken that agrees
    // best with them.
    RefineMasks(request, Context(), steps_.rounds, vote_.get(), &masks, job);
  }
  // 5. Sharpen [not in the paper]: outlines follow the edges of the picture.
  if (steps_.sharpen) SharpenOutlines(*input_.features, &masks, job);
  if (steps_.separate) SeparateMasks(&masks);
  Replace(objects.ids, std::move(masks), request.which);
}

// What all masks vote is a first answer, and where the field starts from [not in the paper; segment.from_vote=false:
// from nothing, as published].
void Session::CountVotes(const Job& job) {
  TraceVote(job);
  PaintLabels(job);
  if (counted_ == painted_) return;
  counted_.clear();
  vote_->Count(labels_, int(painted_.size()) + 1);
  counted_ = painted_;
}

// 6. Fit (3.3): the object field (Eq. 7), by cross entropy with the masks (Eq. 8) and, with object.rgb_weight, by the
// color of pairs of rays where the field is wrong (Eq. 9 to 14).
void Session::Step(int n, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  BeginFit(job);
  const auto count_step = [this] {
    ++fit_->step;
    ++fit_->total_steps;
  };
  try {
    trainer_->Train(fit_->schedule, fit_->step, n, count_step, job);
  } catch (const InterruptedError&) {
    throw;  // between steps
  } catch (...) {
    ForgetFit();  // its weights cannot be trusted
    throw;
  }
}

// ============================================================================

Session::Steps Session::StepsFor(Source source, const SegmentationOptions& options) {
  Steps steps;
  steps.sharpen = options.segment.sharp_outlines;
  if (source == Source::kPrompts) {
    steps.rounds = options.segment.rounds;
    steps.one_candidate = options.segment.same_candidate;
    steps.from_vote = options.segment.from_vote;
  } else {  // masks of a search have no candidates of their own, and many objects lie in one view
    steps.rounds = options.automatic.rounds;
    steps.one_candidate = false;
    steps.missed = MissedPlace::kVoted;
    steps.separate = true;
    steps.from_vote = true;
  }
  return steps;
}

// Of the objects that have masks.
std::vector<size_t> Session::PositionsOf(MaskState state) const {
  std::vector<size_t> positions;
  const std::vector<ObjectId> ids = Ids();
  for (size_t i = 0; i < ids.size(); ++i)
    if (edits_.Object(ids[i]).state == state) positions.push_back(i);
  return positions;
}

// The masks of the refined objects, and those of others that are sharper than before.
void Session::Replace(const std::vector<ObjectId>& ids, std::vector<DecodedObject> masks,
                      const std::vector<size_t>& refined) {
  for (size_t i = 0; i < masks.size(); ++i) {
    const EditedObject& before = edits_.Object(ids[i]);
    const bool is_refined = std::find(refined.begin(), refined.end(), i) != refined.end();
    if (before.state == MaskState::kHeld || (!is_refined && !(steps_.sharpen && IsBlunt(*before.masks)))) continue;
    if (is_refined) masks[i].memory = nullptr;  // nothing asks again for what SAM said
    edits_.SetMasks(ids[i], std::make_shared<const DecodedObject>(std::move(masks[i])),
                    is_refined ? MaskState::kRefined : before.state);
  }
}

void Session::Prepare(const Job& job) {
  const ThreadLimit limit(job.num_threads());
  if (steps_.from_vote || steps_.rounds > 0) TraceVote(job);
  if (!trainer_) trainer_ = MakeTrainer(job);
}

void Session::PrepareVote(const Job& job) {
  const ThreadLimit limit(job.num_threads());
  TraceVote(job);
}

void Session::TraceVote(const Job& job) {
  if (vote_) return;
  vote_ = std::make_unique<mask_aggregator::LabelVote>(input_.nerf, CamerasOf(*input_.features, input_.views),
                                                       mask_aggregator::VoteOptions(), job);
}

std::unique_ptr<ObjectTrainer> Session::MakeTrainer(const Job& job) {
  const std::vector<Camera> cameras = CamerasOf(*input_.features, input_.views);
  auto trainer = std::make_unique<ObjectTrainer>(input_.nerf, cameras, options_.object, job);
  trainer->Ignore(IgnoredPixels(job));
  return trainer;
}

const std::vector<ImageU8>& Session::IgnoredPixels(const Job& job) {
  if (ignored_.size() == input_.views.size()) return ignored_;
  std::vector<ImageU8> ignored(input_.views.size());
  ParallelFor(int64_t(ignored.size()), [&](int64_t v) {
    job.ThrowIfStopped("reading the masks of what to ignore");
    const int view_idx = input_.views[size_t(v)];
    const Camera camera = input_.features->WorkingCamera(view_idx);
    ignored[size_t(v)] = scene::LoadIgnoredPixels(input_.scene->views[size_t(view_idx)], camera.width, camera.height);
  });
  ignored_ = std::move(ignored);
  return ignored_;
}

void Session::StartFrom(const mask_decoder::Prompts& prompts, std::vector<DecodedObject> objects,
                        std::optional<mask_aggregator::ObjectModel> field) {
  Start(prompts, std::move(objects), MaskState::kRefined);
  start_field_ = std::move(field);
  start_ids_ = Ids();
}

void Session::SetStart(std::vector<ObjectId> ids, mask_aggregator::ObjectModel field) {
  SANERF_CHECK_EQ(int(ids.size()) + 1, field.num_labels());
  start_ids_ = std::move(ids);
  start_field_ = std::move(field);
}

void Session::StartFromSearch(const mask_decoder::Prompts& prompts, std::vector<DecodedObject> objects) {
  Start(prompts, std::move(objects), MaskState::kDecoded);
  steps_ = StepsFor(Source::kSearch, options_);
}

void Session::Start(const mask_decoder::Prompts& prompts, std::vector<DecodedObject> objects, MaskState state) {
  SANERF_CHECK(edits_.objects().empty() && prompts.objects.size() == objects.size());
  CheckMaskSizes(objects, [&](int view_idx) { return input_.features->WorkingCamera(view_idx); });
  PromptEdits edits;
  for (size_t i = 0; i < objects.size(); ++i) {
    for (const mask_decoder::ViewDecision& view : objects[i].views)
      SANERF_CHECK(!view.used ||
                   std::find(input_.views.begin(), input_.views.end(), view.view_idx) != input_.views.end());
    objects[i].views = InOrderOf(input_.views, std::move(objects[i].views), *input_.scene);
    const ObjectId id = edits.AddObject(prompts.objects[i]);
    for (const mask_decoder::ViewDecision& view : objects[i].views) edits.UseView(id, view.view, view.use);
    edits.SetMasks(id, std::make_shared<const DecodedObject>(std::move(objects[i])), state);
  }
  edits.ForgetPast();
  edits_ = std::move(edits);
}

ObjectId Session::AddObject(const mask_decoder::ObjectPrompt& object) {
  CheckPromptPlaces(object, *input_.scene);
  return edits_.AddObject(object);
}

void Session::AddPrompts(ObjectId id, const mask_decoder::ObjectPrompt& more) {
  CheckPromptPlaces(more, *input_.scene);
  edits_.AddPrompts(id, more);
}

PromptId Session::AddPrompt(ObjectId id, const Prompt& prompt) {
  CheckPromptPlaces(AsObject(prompt), *input_.scene);
  return edits_.AddPrompt(id, prompt);
}

void Session::UseView(ObjectId id, const std::string& view, ViewUse use) {
  edits_.UseView(id, input_.scene->views[size_t(input_.scene->FindView(view))].name, use);
}

void Session::MovePrompt(PromptId id, const Prompt& to) {
  CheckPromptPlaces(AsObject(to), *input_.scene);
  edits_.MovePrompt(id, to);
}

mask_decoder::DecodeContext Session::Context() const {
  mask_decoder::DecodeContext context = input_.ForDecoding(options_.masks);
  context.keeps_candidates = steps_.rounds > 0;
  return context;
}

void Session::SharpenMasks(const Job& job) {
  if (!steps_.sharpen) return;
  std::vector<ObjectId> blunt;
  std::vector<DecodedObject> masks;
  for (const EditedObject& object : edits_.objects()) {
    // What is on its way is drawn as it is: Update goes on from it, and nothing of that may depend on who has looked.
    const bool is_underway = object.state == MaskState::kFirst || object.state == MaskState::kPartial ||
                             object.state == MaskState::kDecoded || object.state == MaskState::kHeld;
    if (!object.masks || is_underway || !IsBlunt(*object.masks)) continue;
    blunt.push_back(object.id);
    masks.push_back(*object.masks);
  }
  if (blunt.empty()) return;
  SharpenOutlines(*input_.features, &masks, job);
  Replace(blunt, std::move(masks), /*refined=*/{});
}

// The masks of all objects as one label image per view.
void Session::PaintLabels(const Job& job) {
  SharpenMasks(job);
  const MaskSet masks = Masks();
  if (painted_ == masks) return;
  painted_.clear();
  counted_.clear();
  std::vector<ImageU8> labels = LabelsByView(masks, input_.views, *input_.features, steps_.missed, vote_.get(), job);
  // What SAM made of a passer-by says nothing about the scene.
  const std::vector<ImageU8>& ignored = IgnoredPixels(job);
  for (size_t v = 0; v < labels.size(); ++v) mask_aggregator::IgnorePixels(ignored[v], &labels[v]);
  labels_ = std::move(labels);
  painted_ = masks;
}

// A field may learn further labels, not forget some.
bool Session::GoesOn() const {
  return fit_ && fit_->num_rewinds == edits_.num_rewinds() && StartsWith(Ids(), fit_->ids);
}

bool Session::StartsFromField() const { return !GoesOn() && start_field_ && StartsWith(Ids(), start_ids_); }

ObjectTrainer::Schedule Session::NextSchedule() const {
  if (!GoesOn() && !StartsFromField()) return {options_.object.iters, 1};
  return {options_.segment.further_iters, options_.segment.further_rate};
}

int Session::steps_left() const {
  return IsFitted() ? std::max(0, fit_->schedule.steps - fit_->step) : NextSchedule().steps;
}

void Session::ForgetFit() {
  fit_.reset();
  trainer_->StartAgain();
}

// Masks and vote into the trainer, when they have changed.
void Session::BeginFit(const Job& job) {
  if (Masks().empty())
    throw Error("there is no mask to fit the object field to", "no object has been decoded",
                "click on an object first");
  steps_.from_vote ? CountVotes(job) : PaintLabels(job);
  if (IsFitted()) return;
  if (!trainer_) trainer_ = MakeTrainer(job);
  if (fit_ && !GoesOn()) ForgetFit();
  if (StartsFromField()) trainer_->StartFrom(*start_field_);
  try {
    trainer_->SetMasks(labels_, int(painted_.size()) + 1, steps_.from_vote ? vote_->Prior() : nullptr, job);
  } catch (...) {
    if (!fit_) ForgetFit();  // it may have been given the start
    throw;
  }
  fit_ = Fit{painted_, Ids(), edits_.num_rewinds(), NextSchedule(), 0, GoesOn() ? fit_->total_steps : 0};
}

SessionSnapshot Session::Describe() const {
  SessionSnapshot snapshot;
  snapshot.objects = edits_.Labeled();
  if (IsFitted()) {
    snapshot.answer = SessionSnapshot::Answer::kField;
    snapshot.steps = fit_->total_steps;
  } else if (!snapshot.objects.ids.empty()) {
    snapshot.answer = SessionSnapshot::Answer::kVote;
  }
  return snapshot;
}

SessionSnapshot Session::Snapshot(const Job& job) {
  const ThreadLimit limit(job.num_threads());
  if (!Masks().empty() && !IsFitted()) CountVotes(job);
  SessionSnapshot snapshot = Describe();
  if (snapshot.answer == SessionSnapshot::Answer::kField) snapshot.model = trainer_->CopyModel();
  if (snapshot.answer == SessionSnapshot::Answer::kVote)
    snapshot.model = mask_aggregator::ObjectModel::OfVote(vote_->Prior(), input_.nerf);
  return snapshot;
}

std::vector<MaskAgreement> Session::Agreements(const Job& job) const {
  const LabeledObjects objects = edits_.Labeled();
  if (!vote_ || objects.masks.empty() || counted_ != objects.masks) return {};
  const ThreadLimit limit(job.num_threads());
  std::vector<std::vector<MaskAgreement>> by_view(input_.views.size());
  ParallelFor(int64_t(by_view.size()), [&](int64_t i) {
    const size_t v = size_t(i);
    const auto is_used = [&](const auto& masks) { return masks->views[v].used; };
    if (job.stop_requested() || std::none_of(objects.masks.begin(), objects.masks.end(), is_used)) return;
    const ImageF others = vote_->OthersSay(int(v));
    for (size_t o = 0; o < objects.masks.size(); ++o) {
      if (!is_used(objects.masks[o])) continue;
      const Consensus consensus{Channel(others, int(o) + 1), Channel(others, int(objects.masks.size()) + 1)};
      if (!IsKnown(consensus)) continue;
      by_view[v].push_back({objects.ids[o], input_.views[v], Agreement(objects.masks[o]->views[v].mask, consensus)});
    }
  });
  job.ThrowIfStopped("comparing the views");
  std::vector<MaskAgreement> all;
  for (const auto& of_view : by_view) all.insert(all.end(), of_view.begin(), of_view.end());
  return all;
}

SessionSnapshot Session::Finish(const Job& job) {
  if (!IsFitted()) return Snapshot(job);
  SessionSnapshot snapshot = Describe();
  snapshot.model = trainer_->Finish();
  trainer_.reset();
  fit_.reset();
  return snapshot;
}

}  // namespace sanerf::segmentation
