// Segmentation without a prompt, from views to a field: SAM's automatic masks, tied together across views through the
// geometry, become the labels of one object field. What the stage does with them is in auto_stage.h.
#pragma once

#include <filesystem>

#include "sanerf/core/job.h"
#include "sanerf/mask_decoder/mask_decoder.h"
#include "sanerf/nerf/model.h"
#include "sanerf/segmentation/automatic/associate_masks.h"
#include "sanerf/segmentation/options.h"
#include "sanerf/segmentation/segmentation_input.h"

namespace sanerf::segmentation {

struct AutomaticField {
  mask_decoder::Prompts prompts;  // points on each object; one position for an object in all three
  std::vector<FoundObject> found;
  std::vector<mask_decoder::DecodedObject> decoded;

  Association left_out;       // counts only
  int num_beyond_limit = 0;   // objects left out because of auto.max_objects
  int num_without_point = 0;  // and because no point of them is certain
  double associate_seconds = 0, mask_seconds = 0;
};

// The views that are searched, by options.max_views: spread over the cameras.
std::vector<int> ViewsToSearch(const scene::Scene& scene, const std::vector<int>& views, const AutoOptions& options);

// Memory that a search takes at least.
double SearchBytes(double pixels_of_view, size_t num_views);
// Several views at a time; the masks come in the order of the views. Throws InterruptedError, Error
// when there is not enough memory.
std::vector<FoundMask> SearchViews(const std::vector<int>& views, const feature_container::FeatureContainer& container,
                                   const sam::Sam& sam, const sam::AutomaticMaskOptions& options, const Job& job);

// The masks of num_searched views to objects, each decoded in every view of the input by itself;
// Session::StartFromSearch goes on from there. Objects are named object_01 … by descending size. Throws Error when
// nothing is found.
AutomaticField TieTogether(const SegmentationInput& input, size_t num_searched, std::vector<FoundMask> masks,
                           const SegmentationOptions& options, const Job& job);

// Gives a pixel that several objects claim to the smallest of them: an object on another one, not the support below.
void SeparateMasks(std::vector<mask_decoder::DecodedObject>* decoded);

inline constexpr char kAutomaticName[] = "object_";

}  // namespace sanerf::segmentation
