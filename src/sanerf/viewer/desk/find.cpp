#include "sanerf/viewer/desk/find.h"

#include <fmt/format.h>

#include "sanerf/core/error.h"
#include "sanerf/mask_decoder/mask_decoder.h"
#include "sanerf/pipeline/text_stage.h"
#include "sanerf/segmentation/automatic/automatic_field.h"
#include "sanerf/segmentation/session.h"
#include "sanerf/viewer/live/live_features.h"

namespace sanerf::viewer {

FoundObjects FindByWords(const std::string& words, const pipeline::Settings& settings, run::OpenRun* run,
                         const Job& job) {
  return {pipeline::PromptsFromText({words, {}}, settings, run, job).prompts};
}

FoundObjects FindEverything(const segmentation::SegmentationInput& input, const pipeline::Settings& settings,
                            const Job& job) {
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
  objects.is_decoded = true;
  return objects;
}

ObjectMaskList QuickMasks(const mask_decoder::Prompts& objects, const segmentation::SegmentationInput& input,
                          const segmentation::SegmentationOptions& options, const Job& job) {
  ObjectMaskList masks;
  for (const mask_decoder::ObjectPrompt& object : objects.objects) {
    segmentation::Session session(input, options);
    try {
      session.AddObject(object);
      session.Decode(kFirstViews, job);
      masks.push_back(session.objects().front().masks);
    } catch (const InterruptedError&) {
      throw;
    } catch (const mask_decoder::NoMaskError&) {  // who makes its masks says why there are none
      masks.push_back(nullptr);
    } catch (const Error& error) {
      job.Warn(fmt::format("whether {} is there already is not known: {}", object.name, error.what()));
      masks.push_back(nullptr);
    }
  }
  return masks;
}

}  // namespace sanerf::viewer
