#include "sanerf/experiments/compare/methods.h"

#include <fmt/format.h>

#include "sanerf/baselines/contrastive_lift/contrastive_lift.h"
#include "sanerf/baselines/isrf/isrf.h"
#include "sanerf/baselines/panoptic_lifting/panoptic_lifting.h"
#include "sanerf/baselines/sa3d/sa3d.h"
#include "sanerf/baselines/sam_per_view/sam_per_view.h"
#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/suggestions.h"
#include "sanerf/experiments/eval/photo_masks.h"
#include "sanerf/feature_container/distil_features.h"
#include "sanerf/feature_container/encode_views.h"
#include "sanerf/feature_container/feature_field.h"
#include "sanerf/feature_container/open_features.h"
#include "sanerf/mask_decoder/places.h"
#include "sanerf/segmentation/automatic/automatic_field.h"
#include "sanerf/segmentation/own_segmenter.h"

namespace sanerf::experiments {

using segmentation::Segmenter;

namespace {

std::unique_ptr<Segmenter> MakeSamPerView(const MethodInput& input,
                                          std::shared_ptr<const feature_container::FeatureContainer> features,
                                          const Job& job) {
  return std::make_unique<baselines::SamPerView>(input.shared.ForSegmenter(std::move(features), job),
                                                 input.shared.settings().masks);
}

std::unique_ptr<Segmenter> MakeSam(const MethodInput& input, const Job& job) {
  SharedInputs& shared = input.shared;
  std::vector<int> views = mask_decoder::PromptedViews(input.prompts, shared.scene());
  views.insert(views.end(), input.test.begin(), input.test.end());
  const FeatureFolders& folders = shared.folders();
  return MakeSamPerView(
      input, feature_container::EncodeTestViews(folders.views, folders.test, shared.ForEncoding(job), views, job), job);
}

// The features of the held-out views come from a field that has never seen them.
std::unique_ptr<Segmenter> MakeSan(const MethodInput& input, const Job& job) {
  SharedInputs& shared = input.shared;
  const std::filesystem::path &views = shared.folders().views, &field = shared.folders().field;
  if (field != views)
    feature_container::TakeEncodedViews(views, field, shared.scene(), shared.scene().TrainViews(), job);
  const feature_container::EncodeContext encoding = shared.ForEncoding(job);
  feature_container::DistilFeatures(field, encoding, shared.settings().field, job);
  return MakeSamPerView(input, feature_container::FeatureField::Open(field, encoding, job), job);
}

std::unique_ptr<Segmenter> MakeSa3d(const MethodInput& input, const baselines::Sa3dOptions& options, const Job& job) {
  return std::make_unique<baselines::Sa3d>(input.shared.ForSegmenter(job), options, input.shared.settings().masks);
}

std::unique_ptr<Segmenter> MakeIsrf(const MethodInput& input, const baselines::IsrfOptions& options, const Job& job) {
  return std::make_unique<baselines::Isrf>(input.shared.ForSegmenter(job), options, input.shared.settings().masks,
                                           input.seed);
}

std::unique_ptr<Segmenter> MakePhotoMasks(const MethodInput& input, const Job&) {
  if (input.stored == nullptr)
    throw UsageError("the method 'photo' only scores what is stored", "",
                     "leave it out here; sanerf eval RUN --baseline photo scores it");
  return std::make_unique<PhotoMasks>(input.shared.scene(), *input.stored);
}

std::unique_ptr<Segmenter> MakeOwnAutomatic(const MethodInput& input, const Job& job) {
  SharedInputs& shared = input.shared;
  return std::make_unique<segmentation::OwnAutomaticSegmenter>(shared.ForSegmenter(job), shared.searched(),
                                                               shared.found_masks(job), OptionsOfOwn(input));
}

// Both get the masks that ours gets, and the same views of them.
std::unique_ptr<Segmenter> MakePanopticLifting(const MethodInput& input,
                                               const baselines::PanopticLiftingOptions& options, const Job& job) {
  SharedInputs& shared = input.shared;
  return std::make_unique<baselines::PanopticLifting>(shared.ForSegmenter(job), shared.found_masks(job), options,
                                                      input.seed);
}

std::unique_ptr<Segmenter> MakeContrastiveLift(const MethodInput& input,
                                               const baselines::ContrastiveLiftOptions& options, const Job& job) {
  SharedInputs& shared = input.shared;
  return std::make_unique<baselines::ContrastiveLift>(shared.ForSegmenter(job), shared.found_masks(job), options,
                                                      input.seed);
}

}  // namespace

std::vector<Method> Methods(const BaselineOptions& options) {
  constexpr bool kPrompted = false, kAutomatic = true, kSeeded = true, kFixed = false;
  const std::vector<std::string> own = {"encode", "masks", "segment", "object"};
  return {
      {kOwnMethod, "SANeRF-HQ", "the object field, fused from the masks of all training views", own, kPrompted, kSeeded,
       [](const MethodInput& input, const Job& job) { return MakeOwn(input, false, job); }},
      {"vote", "vote alone", "the vote of those masks alone, which the field starts from", own, kPrompted, kFixed,
       [](const MethodInput& input, const Job& job) { return MakeOwn(input, true, job); }, /*is_part_of_own=*/true},
      {"photo", "masks of the photos", "the photos' own masks of segment --refine-photos, of objects that are stored",
       own, kPrompted, kFixed, MakePhotoMasks, /*is_part_of_own=*/true},
      {"sam",
       "SAM per view",
       "SAM alone, prompted in every held-out view",
       {"encode", "masks"},
       kPrompted,
       kFixed,
       MakeSam},
      {"san",
       "SAN",
       "SAM's decoder in every held-out view, on features from a distilled field",
       {"encode", "field", "masks"},
       kPrompted,
       kFixed,
       MakeSan},
      {"sa3d",
       "SA3D",
       "a mask of one view, rendered inversely into voxels that prompt SAM in the next",
       {"encode", "masks", "segment", "sa3d"},
       kPrompted,
       kFixed,
       [o = options.sa3d](const MethodInput& input, const Job& job) { return MakeSa3d(input, o, job); }},
      {"isrf",
       "ISRF",
       "features on voxels; those like the places under strokes through the points, and what they touch",
       {"encode", "masks", "segment", "isrf"},
       kPrompted,
       kSeeded,
       [o = options.isrf](const MethodInput& input, const Job& job) { return MakeIsrf(input, o, job); }},
      {kOwnMethod,
       "SANeRF-HQ (automatic)",
       "masks tied together through the geometry, one object field",
       {"encode", "masks", "segment", "object", "auto"},
       kAutomatic,
       kSeeded,
       MakeOwnAutomatic},
      {"panoptic_lifting",
       "Panoptic Lifting",
       "labels per photo, tied together by linear assignment in every step",
       {"encode", "segment", "auto", "panoptic_lifting"},
       kAutomatic,
       kSeeded,
       [o = options.panoptic_lifting](const MethodInput& input, const Job& job) {
         return MakePanopticLifting(input, o, job);
       }},
      {"contrastive_lift",
       "Contrastive Lift",
       "an embedding in which each photo's masks are told apart, then clustered",
       {"encode", "segment", "auto", "contrastive_lift"},
       kAutomatic,
       kSeeded,
       [o = options.contrastive_lift](const MethodInput& input, const Job& job) {
         return MakeContrastiveLift(input, o, job);
       }},
  };
}

Method FindMethod(const std::string& name, const BaselineOptions& options, bool is_automatic) {
  std::vector<std::string> names;
  for (const Method& method : Methods(options)) {
    if (method.is_automatic != is_automatic) continue;
    if (method.name == name) return method;
    names.push_back(method.name);
  }
  const std::string hint = DidYouMean(name, names);
  throw UsageError(fmt::format("unknown {}method '{}'", is_automatic ? "automatic " : "", name), "",
                   hint.empty() ? fmt::format("there are: {}", fmt::join(names, ", ")) : hint);
}

}  // namespace sanerf::experiments
