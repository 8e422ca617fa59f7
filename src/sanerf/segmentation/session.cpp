#include "sanerf/segmentation/session.h"

#include <algorithm>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/mask_aggregator/find_support.h"
#include "sanerf/segmentation/automatic/automatic_field.h"
#include "sanerf/segmentation/decode_object.h"
#include "sanerf/segmentation/refine/outline.h"
#include "sanerf/segmentation/refine/refinement_rounds.h"
#include "sanerf/segmentation/refine/same_candidate.h"

namespace sanerf::segmentation {

using mask_decoder::DecodedObject;

namespace {

bool IsBlunt(const DecodedObject& object) {
  return std::any_of(object.views.begin(), object.views.end(),
                     [](const mask_decoder::ViewDecision& view) { return view.used && !view.sharp_outline; });
}

}  // namespace

Session::Session(SegmentationInput input, const SegmentationOptions& options, std::vector<int> prompted)
    : ScenePrompts(input.scene),
      input_(std::move(input)),
      prompted_(std::move(prompted)),
      options_(options),
      steps_(StepsFor(Source::kPrompts, options)),
      ignored_(std::make_shared<IgnoredViews>(input_)),
      vote_(input_, ignored_, options.segment.view_trust),
      field_(input_, options, ignored_) {
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
  const ViewsToDecode where{input_.views, prompted_, max_views};
  std::vector<std::pair<ObjectId, DecodedMasks>> decoded;
  for (const EditedObject& object : edits_.objects())
    if (NeedsDecoding(object, where)) decoded.emplace_back(object.id, DecodeObject(object, where, Context(), job));
  for (auto& [id, made] : decoded) edits_.SetMasks(id, std::move(made.masks), made.state);
}

// Steps 2 to 5 are not in the paper, which takes the mask of every view as it comes: SAM often takes a part for the
// whole or the whole for a part, in one view so, in the next otherwise. Measured effect of each: docs/results.md.
void Session::Refine(const Job& job) {
  const ThreadLimit limit(job.num_threads());
  const LabeledObjects objects = edits_.Labeled();
  const RefineRequest request{objects.prompts, PositionsOf(MaskState::kDecoded), input_.views, steps_.missed, prompted_,
                              steps_.rounds};
  if (request.which.empty()) return;
  std::vector<DecodedObject> masks;
  for (const auto& of_object : objects.masks) masks.push_back(*of_object);

  if (steps_.rounds > 0) {
    // 2. Vote [not in the paper]: every mask says of the cells of space that its rays end in what they belong to.
    mask_aggregator::LabelVote* vote = vote_.Lend(objects, job);
    // 3. One candidate for all [not in the paper]: when the views agree better on the same number of SAM's candidates,
    // all take it.
    if (steps_.one_candidate) ChooseCandidates(request, Context(), vote, &masks, job);
    // 4. Decode again [not in the paper]: SAM is shown what the other views say, and the candidate is taken that agrees
    // best with them.
    RefineMasks(request, Context(), vote, &masks, job);
  }
  // 5. Sharpen [not in the paper]: outlines follow the edges of the picture.
  if (steps_.sharpen) SharpenOutlines(*input_.features, &masks, job);
  if (steps_.separate) SeparateMasks(&masks);
  Replace(objects.ids, std::move(masks), request.which);
}

// What all masks vote is a first answer, and where the field starts from [not in the paper; segment.from_vote=false:
// from nothing, as published].
void Session::CountVotes(const Job& job) {
  vote_.Trace(job);
  SharpenMasks(job);
  vote_.Count(edits_.Labeled(), steps_.missed, job);
}

// 6. Fit (3.3): the object field (Eq. 7), by cross entropy with the masks (Eq. 8) and, with object.rgb_weight, by the
// color of pairs of rays where the field is wrong (Eq. 9 to 14).
void Session::Step(int n, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  FitMasks(job);
  field_.Train(n, job);
}

// The masks as they are, and what they vote, are what the field is fitted to.
void Session::FitMasks(const Job& job) {
  if (edits_.Labeled().masks.empty())
    throw Error("there is no mask to fit the object field to", "no object has been decoded",
                "click on an object first");
  if (steps_.from_vote) {
    CountVotes(job);
  } else {
    SharpenMasks(job);
    vote_.Paint(edits_.Labeled(), steps_.missed, job);
  }
  if (!field_.IsFitted(edits_))
    field_.SetMasks(edits_, vote_.labels(), steps_.from_vote ? vote_.Prior() : nullptr, vote_.trust(), job);
}

// 7. Drop specks [not in the paper]: what the model takes for an object is one only where enough masks show it, and
// where it hangs together with that.
std::shared_ptr<const mask_aggregator::LabelSupport> Session::SupportOf(const mask_aggregator::ObjectModel& model,
                                                                        const Job& job) {
  if (!options_.segment.drop_specks) return nullptr;
  vote_.Count(edits_.Labeled(), steps_.missed, job);
  return mask_aggregator::FindSupport(vote_.counted(), model, job);
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

void Session::Prepare(const Job& job) {
  const ThreadLimit limit(job.num_threads());
  if (steps_.from_vote || steps_.rounds > 0) vote_.Trace(job);
  field_.Trace(job);
}

void Session::PrepareVote(const Job& job) {
  const ThreadLimit limit(job.num_threads());
  vote_.Trace(job);
}

mask_decoder::DecodeContext Session::Context() const {
  mask_decoder::DecodeContext context = input_.ForDecoding(options_.masks);
  context.keeps_candidates = steps_.rounds > 0;
  return context;
}

// ---- What there is to begin with

void Session::StartFrom(const mask_decoder::Prompts& prompts, std::vector<DecodedObject> objects,
                        std::optional<mask_aggregator::ObjectModel> field) {
  Start(prompts, std::move(objects), MaskState::kRefined);
  if (field) field_.StartFrom(edits_.Labeled().ids, *std::move(field));
}

void Session::StartFromSearch(const mask_decoder::Prompts& prompts, std::vector<DecodedObject> objects) {
  Start(prompts, std::move(objects), MaskState::kDecoded);
  steps_ = StepsFor(Source::kSearch, options_);
}

void Session::Start(const mask_decoder::Prompts& prompts, std::vector<DecodedObject> objects, MaskState state) {
  CheckMaskSizes(objects, [&](int view_idx) { return input_.features->WorkingCamera(view_idx); });
  SetObjects(prompts, std::move(objects), state, input_.views);
}

void Session::SetStart(std::vector<ObjectId> ids, mask_aggregator::ObjectModel field) {
  SANERF_CHECK_EQ(int(ids.size()) + 1, field.num_labels());
  field_.StartFrom(std::move(ids), std::move(field));
}

// ---- Masks that take the place of others

// Of the objects that have masks.
std::vector<size_t> Session::PositionsOf(MaskState state) const {
  std::vector<size_t> positions;
  const std::vector<ObjectId> ids = edits_.Labeled().ids;
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

// ---- Answers

SessionSnapshot Session::Describe() const {
  SessionSnapshot snapshot;
  snapshot.objects = edits_.Labeled();
  if (field_.IsFitted(edits_)) {
    snapshot.answer = SessionSnapshot::Answer::kField;
    snapshot.steps = field_.num_steps();
  } else if (!snapshot.objects.ids.empty()) {
    snapshot.answer = SessionSnapshot::Answer::kVote;
  }
  return snapshot;
}

SessionSnapshot Session::Snapshot(const Job& job) {
  const ThreadLimit limit(job.num_threads());
  if (!edits_.Labeled().masks.empty() && !field_.IsFitted(edits_)) CountVotes(job);
  SessionSnapshot snapshot = Describe();
  if (snapshot.answer == SessionSnapshot::Answer::kField) snapshot.model = field_.CopyModel();
  if (snapshot.answer == SessionSnapshot::Answer::kVote)
    snapshot.model = mask_aggregator::ObjectModel::OfVote(vote_.Prior(), input_.nerf);
  if (snapshot.model) snapshot.model = snapshot.model->ConfinedTo(SupportOf(*snapshot.model, job));
  return snapshot;
}

SessionSnapshot Session::Finish(const Job& job) {
  if (!field_.IsFitted(edits_)) return Snapshot(job);
  SessionSnapshot snapshot = Describe();
  const auto support = SupportOf(field_.Model(), job);  // may be stopped: before the field is given away
  snapshot.model = field_.Finish().ConfinedTo(support);
  return snapshot;
}

SessionSnapshot Session::Run(SessionSnapshot::Answer wanted, const Job& job) {
  Prepare(job);
  Update(job);
  if (wanted == SessionSnapshot::Answer::kField) Step(steps_left(), job);
  return Finish(job);
}

}  // namespace sanerf::segmentation
