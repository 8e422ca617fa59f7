#include "sanerf/viewer/find.h"

#include <algorithm>

#include "sanerf/core/job.h"
#include "sanerf/pipeline/text_stage.h"
#include "sanerf/segmentation/automatic/automatic_field.h"
#include "sanerf/segmentation/session.h"

namespace sanerf::viewer {

FoundObjects FindByWords(const std::string& words, const pipeline::Settings& settings, run::OpenRun* run,
                         const Job& job) {
  return {pipeline::PromptsFromText({words, {}}, settings, run, job).prompts};
}

FoundObjects FindEverything(const segmentation::SegmentationInput& input, const pipeline::Settings& settings,
                            const Job& job) {
  const auto is_missing = [&](int view) { return !input.features->Has(view); };
  if (std::any_of(input.views.begin(), input.views.end(), is_missing))
    throw NotNow("not everything can be found yet", "some views are not encoded", "wait until they are");
  const std::vector<int> searched = segmentation::ViewsToSearch(*input.scene, input.views, settings.automatic);
  std::vector<segmentation::FoundMask> masks =
      segmentation::SearchViews(searched, *input.features, *input.sam, settings.automatic.masks, job);
  segmentation::AutomaticField found =
      segmentation::TieTogether(input, searched.size(), std::move(masks), settings, job);
  segmentation::Session session(input, settings);
  session.StartFromSearch(found.prompts, std::move(found.decoded));
  session.Refine(job);
  FoundObjects objects{std::move(found.prompts)};
  for (const segmentation::EditedObject& object : session.objects()) objects.masks.push_back(object.masks);
  return objects;
}

}  // namespace sanerf::viewer
