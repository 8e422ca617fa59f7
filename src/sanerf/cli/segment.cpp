#include <fmt/format.h>

#include "sanerf/cli/command.h"
#include "sanerf/cli/prompt_forms.h"
#include "sanerf/cli/segment_output.h"
#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/units.h"
#include "sanerf/experiments/settings.h"
#include "sanerf/mask_decoder/scribbles.h"
#include "sanerf/pipeline/stages.h"
#include "sanerf/run/extend_objects.h"
#include "sanerf/run/object_store.h"
#include "sanerf/run/open_run.h"
#include "sanerf/run/run_folder.h"

namespace sanerf::cli {
namespace {

struct SegmentFlags {
  std::string run, scene, name, detector, scribbles;
  std::optional<std::string> text, preset;
  std::vector<std::string> clicks, points, boxes, dropped, kept, prompts;
  std::optional<int> instance, min_visible;
  OptionFlags options;
  bool add = false, automatic = false, refit = false;
};

std::optional<std::filesystem::path> OptionalPath(const std::string& path) {
  return path.empty() ? std::nullopt : std::optional<std::filesystem::path>(path);
}

mask_decoder::ObjectPrompt ObjectFrom(const SegmentFlags& flags) {
  mask_decoder::ObjectPrompt object;
  object.name = flags.name;
  object.instance = flags.instance.value_or(-1);
  object.min_visible = flags.min_visible.value_or(0);
  for (const std::string& text : flags.clicks) object.clicks.push_back(ParseClick(text));
  for (const std::string& text : flags.points) object.points.push_back(ParsePoint(text));
  for (const std::string& text : flags.boxes) object.boxes.push_back(ParseBox(text));
  return object;
}

bool HasChoices(const SegmentFlags& flags) { return !flags.dropped.empty() || !flags.kept.empty(); }

std::vector<pipeline::ViewChoice> ChoicesFrom(const SegmentFlags& flags) {
  std::vector<pipeline::ViewChoice> choices;
  for (const std::string& view : flags.dropped) choices.push_back({view, mask_decoder::ViewUse::kNever});
  for (const std::string& view : flags.kept) choices.push_back({view, mask_decoder::ViewUse::kAlways});
  return choices;
}

// Strokes over a photo, as NVOS hands them out, to clicks of the object.
void AddScribbles(const std::string& folder, const scene::Scene& scene, mask_decoder::ObjectPrompt* object) {
  const mask_decoder::Scribbles scribbles = mask_decoder::FindScribbles(folder);
  if (scribbles.view.empty())
    throw UsageError("--scribbles " + folder, "it is not known which photo they were drawn on",
                     "put that photo into reference_image/ beside scribbles/, as NVOS does");
  const scene::View& view = scene.views[size_t(scene.FindView(scribbles.view))];
  *object = run::Extended(mask_decoder::PromptsFromScribbles(scribbles, view, object->name), *object);
}

// The objects of all files, in their order, which is that of the labels in the field that they share.
mask_decoder::Prompts PromptsIn(const std::vector<std::string>& files) {
  mask_decoder::Prompts all;
  for (const std::string& file : files) {
    for (mask_decoder::ObjectPrompt& object : mask_decoder::ReadPrompts(file).objects) {
      for (const mask_decoder::ObjectPrompt& other : all.objects)
        if (other.name == object.name)
          throw UsageError(fmt::format("--prompts {}: a file before it has the object '{}', too", file, object.name),
                           "", "objects of one field have different names");
      all.objects.push_back(std::move(object));
    }
  }
  return all;
}

mask_decoder::Prompts PromptsFrom(const SegmentFlags& flags) {
  if (!flags.prompts.empty()) return PromptsIn(flags.prompts);
  const bool has_prompt =
      !flags.scribbles.empty() || !flags.clicks.empty() || !flags.points.empty() || !flags.boxes.empty();
  if (!has_prompt && HasChoices(flags) && !flags.add)
    throw UsageError("nothing to segment", "", "add --add: --drop and --keep then change an object that is there");
  if (!has_prompt && !HasChoices(flags)) {
    throw UsageError("nothing to segment", "",
                     fmt::format("click on it: sanerf segment {} --name OBJECT --click VIEW:X,Y", Quoted(flags.run)));
  }
  if (flags.name.empty()) throw UsageError("--name is missing", "", "give the object a name: --name mug");
  return {{ObjectFrom(flags)}};
}

// The run, locked, and its options with what the command line says on top.
struct Prepared {
  run::LockedRun locked;
  experiments::ExperimentSettings settings = {};
};

Prepared PreparedRun(const CommonFlags& common, const SegmentFlags& flags, const Job& job) {
  Prepared prepared{run::LockedRun(flags.run)};
  experiments::ExperimentSettings& settings = prepared.settings;
  RestoreFromRun(prepared.locked.folder, &settings);
  std::vector<std::string> stages = {"encode", "masks", "segment", "object"};
  if (flags.automatic) stages.push_back("auto");
  if (flags.text) stages.push_back("text");
  ApplyPreset(flags.preset, stages, &settings);
  ApplyCommonFlags(common, stages, "segment", &settings, job);
  flags.options.Apply(&settings);
  if (!flags.detector.empty()) pipeline::Assign(settings, "text.detector=" + flags.detector, "--detector");
  return prepared;
}

Json ToJson(const SegmentFlags& flags, const pipeline::SegmentResult& result) {
  Json objects = Json::array();
  for (const run::StoredObject& object : result.objects) {
    objects.push_back({{"name", object.name},
                       {"folder", object.folder.string()},
                       {"views_used", object.views_used},
                       {"views_total", object.views_total}});
  }
  Json seconds = {{"encode", result.encode_seconds}, {"masks", result.mask_seconds}, {"field", result.field_seconds}};
  if (result.first_mask_seconds >= 0) seconds["first_mask"] = result.first_mask_seconds;
  return {{"run", flags.run},
          {"objects", objects},
          {"set_aside", result.set_aside},
          {"overlap_pixels", result.overlap_pixels},
          {"seconds", seconds}};
}

void RunAutomatic(const CommonFlags& common, const SegmentFlags& flags, const Job& job) {
  auto [locked, settings] = PreparedRun(common, flags, job);
  run::OpenRun run(std::move(locked), OptionalPath(flags.scene), job);
  const pipeline::AutoResult result = pipeline::SegmentAutomatically(settings, &run, job);
  if (common.json) {
    Json json = SearchToJson(result);
    json["run"] = flags.run;
    PrintJson(json);
  } else {
    PrintText(SearchTable(result));
    job.Info(fmt::format("time   encoding {}, search {}, association {}, masks {}, object field {}",
                         FormatDuration(result.encode_seconds), FormatDuration(result.search_seconds),
                         FormatDuration(result.found.associate_seconds), FormatDuration(result.found.mask_seconds),
                         FormatDuration(result.field_seconds)));
    job.Info(fmt::format("memory {} at the most", FormatBytes(double(result.peak_rss_bytes))));
  }
  SuggestNext(fmt::format("sanerf render {} --object {} --layers labels", Quoted(flags.run),
                          Quoted(result.objects[0].stored.name)),
              job);
}

// Returns the exit code.
int RunSegment(const CommonFlags& common, const SegmentFlags& flags, const Job& job) {
  if (flags.automatic) {
    RunAutomatic(common, flags, job);
    return 0;
  }
  if (!run::RunFolder::Exists(flags.run)) run::RunFolder::Open(flags.run);  // says what is there instead
  pipeline::SegmentRequest request;
  std::optional<pipeline::TextRequest> text_request;
  if (flags.text) {
    text_request = pipeline::TextRequest{*flags.text, ObjectFrom(flags)};
  } else if (!flags.refit) {
    request.prompts = PromptsFrom(flags);
  }
  auto [locked, settings] = PreparedRun(common, flags, job);
  run::OpenRun run(std::move(locked), OptionalPath(flags.scene), job);
  std::optional<pipeline::TextResult> text;
  if (text_request) {
    text = pipeline::PromptsFromText(*text_request, settings, &run, job);
    request = {text->prompts, pipeline::ReportsOf(*text)};
  }
  request.choices = ChoicesFrom(flags);
  if (!flags.scribbles.empty()) AddScribbles(flags.scribbles, run.scene(), &request.prompts.objects[0]);
  const pipeline::SegmentResult result = flags.refit ? pipeline::RefitField(flags.name, settings, &run, job)
                                         : flags.add ? pipeline::AddToObjects(request, settings, &run, job)
                                                     : pipeline::Segment(request, settings, &run, job);
  if (common.json) {
    Json json = ToJson(flags, result);
    if (text) json["text"] = WordsToJson(*text);
    PrintJson(json);
  } else {
    for (const run::StoredObject& object : result.objects) {
      job.Info(fmt::format("wrote  {}: {} of {} gave a mask", object.folder.string(), object.views_used,
                           Counted(object.views_total, "view")));
    }
    job.Info(fmt::format("time   encoding {}, masks {}, object field {}", FormatDuration(result.encode_seconds),
                         FormatDuration(result.mask_seconds), FormatDuration(result.field_seconds)));
  }
  const std::string& name = flags.refit ? result.objects[0].name : request.prompts.objects[0].name;
  SuggestNext(fmt::format("sanerf render {} --object {} --layers overlay,cutout", Quoted(flags.run), Quoted(name)),
              job);
  return text && !text->missing.empty() ? kPartly : 0;
}

}  // namespace

void AddSegment(CommandLine& line) {
  auto flags = std::make_shared<SegmentFlags>();
  CLI::App* sub = AddCommand(
      line, "segment",
      "clicks, boxes, 3D points or words to a 3D mask: one SAM mask per view, fused in an object field",
      "  sanerf segment run --name mug --click IMG_12:310,220\n"
      "  sanerf segment run --name mug --click IMG_12:310,220 --click IMG_12:90,40:neg\n"
      "  sanerf segment run --name mug --box IMG_12:250,180,370,260\n"
      "  sanerf segment run --prompts prompts.json          several objects in one field\n"
      "  sanerf segment run --name mug --click IMG_31:88,140:neg --add    one more click for the mug\n"
      "  sanerf segment run --name plate --click IMG_12:400,300 --add     and a plate, beside the mug\n"
      "  sanerf segment run --name mug --drop IMG_40 --keep IMG_7 --add   without one view, and with another\n"
      "  sanerf segment run --text \"banana. cup\"           found by a detector: sanerf models fetch yolo11n-seg\n"
      "  sanerf segment run --auto                          every object that can be found, no click\n\n"
      "VIEW is an image's name (extension and folder only where needed) or its index; pixels are\n"
      "those of the full-size photo. Held-out photos are for scoring: nothing is clicked in or\n"
      "segmented from them. --text finds what its detector knows, yolo11n-seg the 80 classes of COCO\n"
      "(no mug); a click says which of several things is meant. Exit code 3: some of the words were not\n"
      "found, the others are segmented. --auto takes minutes and says how many once it has encoded one\n"
      "view.\n"
      "Of a run that is not encoded only as many views are as the answer needs, clicked and most helpful\n"
      "ones first; the first mask is there after four. sanerf encode RUN, or --set\n"
      "segment.until_stable=false, takes all of them.\n"
      "An object whose name is there already is replaced unless --add is given, and kept aside as NAME~\n"
      "until the next time: render and eval know it by that name, and\n"
      "mv RUN/objects/NAME~ RUN/objects/NAME brings it back.");
  sub->add_option("RUN", flags->run, "run folder")->required();
  AddPreset(sub, &flags->preset);
  sub->add_option("--name", flags->name, "name of the object");
  sub->add_option("--click", flags->clicks,
                  "a click on the object in a training photo, or beside it with :neg; with :maskN for that one of "
                  "SAM's masks, called candidate N in views.json (repeatable)")
      ->type_name("VIEW:X,Y[:neg][:maskN]")
      ->allow_extra_args(false);
  sub->add_option("--point", flags->points, "a point in the scene's own coordinates (repeatable)")
      ->type_name("X,Y,Z[:neg]")
      ->allow_extra_args(false);
  sub->add_option("--box", flags->boxes, "a box around the object in a training photo (repeatable)")
      ->type_name("VIEW:X0,Y0,X1,Y1")
      ->allow_extra_args(false);
  sub->add_option("--drop", flags->dropped,
                  "a training photo whose mask the objects are to do without, also later (repeatable)")
      ->type_name("VIEW")
      ->allow_extra_args(false);
  sub->add_option("--keep", flags->kept, "one whose mask they are to have, whatever speaks against it (repeatable)")
      ->type_name("VIEW")
      ->allow_extra_args(false);
  sub->add_option("--scribbles", flags->scribbles, "strokes over a photo, as NVOS has them: pos_*.png and neg_*.png")
      ->type_name("DIR");
  sub->add_option("--prompts", flags->prompts, "prompts file with one or more objects (repeatable: all in one field)")
      ->type_name("FILE")
      ->allow_extra_args(false);
  sub->add_option("--text", flags->text, "what to segment, in words; several things with full stops: \"banana. cup\"")
      ->type_name("WORDS");
  sub->add_option("--detector", flags->detector,
                  "what looks for the words: a detector of the catalogue or an .onnx file")
      ->type_name("NAME|PATH");
  sub->add_flag("--add", flags->add,
                "go on from the objects that are there instead of replacing: a known name gets these prompts as well, "
                "a new one joins their field");
  sub->add_flag("--refit", flags->refit,
                "fit the object field again to the masks that are there, with other --set object.KEY=VALUE");
  sub->add_flag("--auto", flags->automatic, "find all objects by themselves: object_01, object_02, ... by size");
  AddNumber(sub, "--instance", &flags->instance, "the object's id in the ground-truth masks, for eval",
            Range(0, 65535));
  AddNumber(sub, "--min-visible", &flags->min_visible, "points that must be visible for a view to be used (0 = decide)",
            Range(0, 10'000));
  flags->options.Add(sub, "--max-views", "segment.max_views");
  sub->add_option("--scene", flags->scene, "where the scene is now, when it was moved")->type_name("DIR");
  Exclude(sub, {"--prompts", "--refit", "--auto"},
          {"--click", "--point", "--box", "--scribbles", "--instance", "--min-visible"});
  Exclude(sub, {"--refit", "--auto"}, {"--prompts", "--text", "--add", "--drop", "--keep"});
  Exclude(sub, {"--prompts", "--auto"}, {"--name"});  // the file has names of its own, as what is found by itself
  Exclude(sub, {"--text"}, {"--prompts", "--scribbles"});
  Exclude(sub, {"--auto"}, {"--refit"});
  sub->get_option("--detector")->needs(sub->get_option("--text"));
  sub->callback([&line, flags] {
    line.run = [&line, flags](const Job& job) { line.exit_code = RunSegment(line.common, *flags, job); };
  });
}

}  // namespace sanerf::cli
