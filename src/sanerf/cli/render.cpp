#include <fmt/format.h>

#include <sstream>

#include "sanerf/cli/command.h"
#include "sanerf/cli/next_command.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/units.h"
#include "sanerf/experiments/settings.h"
#include "sanerf/export/camera_path.h"
#include "sanerf/pipeline/stages.h"

namespace sanerf::cli {
namespace {

// A picture to look at: it fits a screen, and takes seconds where one of a photo's size takes half a minute.
constexpr int kSizeToLookAt = 800;

struct RenderFlags {
  pipeline::RenderRequest request;
  std::optional<int> size;
  bool has_downscale = false;
  std::string run, scene, out, views, layers;
};

std::vector<std::string> Split(const std::string& list) {
  std::vector<std::string> items;
  std::istringstream stream(list);
  for (std::string item; std::getline(stream, item, ',');) {
    if (!item.empty()) items.push_back(item);
  }
  return items;
}

void RunRender(const CommonFlags& common, const RenderFlags& flags, const Job& job) {
  experiments::ExperimentSettings settings;
  ApplyCommonFlags(common, {}, "render", &settings, job);
  pipeline::RenderRequest request = flags.request;
  request.run = flags.run;
  request.out = flags.out;
  request.views = exports::ParseCameraChoice(flags.views);
  if (!flags.scene.empty()) request.scene = flags.scene;
  request.longest_side = flags.size.value_or(flags.has_downscale ? 0 : kSizeToLookAt);
  const std::vector<std::string> layers =
      Split(flags.layers.empty() ? (request.object.empty() ? "rgb,depth" : "mask,overlay,cutout") : flags.layers);
  request.layers.clear();
  for (const std::string& layer : layers) request.layers.push_back(pipeline::ParseLayer(layer));
  const pipeline::RenderResult result = pipeline::Render(request, job);
  if (common.json) {
    Json files = Json::array();
    for (const auto& file : result.files) files.push_back(file.string());
    PrintJson({{"folder", result.folder.string()},
               {"views", result.num_views},
               {"layers", layers},
               {"files", files},
               {"seconds", result.seconds}});
  } else {
    job.Info(fmt::format("wrote  {} into {}  ({} per view)", Counted(int64_t(result.files.size()), "file"),
                         result.folder.string(), FormatDuration(result.seconds / result.num_views)));
  }
  SuggestNext(request.object.empty() ? NextAfterTraining(flags.run, *result.scene)
                                     : NextAfterObject(flags.run, *result.scene, request.object),
              job);
}

}  // namespace

void AddRender(CommandLine& line) {
  auto flags = std::make_shared<RenderFlags>();
  CLI::App* sub =
      AddCommand(line, "render", "pictures of the scene and its objects from any viewpoint",
                 "  sanerf render run                                        held-out views, color and depth\n"
                 "  sanerf render run --object mug --layers overlay,cutout\n"
                 "  sanerf render run --views orbit --frames 120\n"
                 "  sanerf render run --views path.json --npy                own cameras, arrays beside pictures\n\n"
                 "path.json has the keys of transforms.json: frames[].transform_matrix, w, h, fl_x or camera_angle_x.");
  sub->add_option("RUN", flags->run, "run folder")->required();
  sub->add_option("--object", flags->request.object,
                  "object for the layers mask, overlay and cutout; labels shows all of its field");
  sub->add_option("--views", flags->views,
                  "test, train, all, orbit, one view's name, or a path file [test; orbit where nothing is held out]")
      ->type_name("VIEWS");
  sub->add_option(
         "--layers", flags->layers,
         fmt::format("of {} [rgb,depth; with an object mask,overlay,cutout]", fmt::join(pipeline::LayerNames(), ",")))
      ->type_name("LIST");
  sub->add_option("-o,--out", flags->out, "folder to write to [RUN/renders/OBJECT or RUN/renders/scene]")
      ->type_name("DIR");
  AddNumber(sub, "--frames", &flags->request.frames, "frames of an orbit [60]", pipeline::kOrbitFrames);
  AddNumber(
      sub, "--size", &flags->size,
      fmt::format("pixels on the longer side of a picture, at most (0 = those of the photos) [{}; with a path file "
                  "what it says]",
                  kSizeToLookAt),
      pipeline::kRenderSize);
  const CLI::Option* downscale =
      AddNumber(sub, "--downscale", &flags->request.downscale, "shrink the photos' own size by this factor instead",
                pipeline::kRenderDownscale);
  sub->add_flag(
      "--hard-edge", flags->request.hard_edge,
      "cut out along the mask's pixels, without the soft outline that shares a pixel between object and room");
  sub->add_flag("--npy", flags->request.arrays,
                "also write .npy arrays: color, depth in the scene's units, opacity, mask probability");
  sub->add_option("--scene", flags->scene, "where the scene is now, when it was moved")->type_name("DIR");
  sub->callback([&line, flags, downscale] {
    flags->has_downscale = downscale->count() > 0;
    line.run = [&line, flags](const Job& job) { RunRender(line.common, *flags, job); };
  });
}

}  // namespace sanerf::cli
