#include "sanerf/experiments/eval/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/system_info.h"
#include "sanerf/core/units.h"
#include "sanerf/eval/ground_truth.h"
#include "sanerf/experiments/eval/object_figures.h"
#include "sanerf/experiments/eval/repeat_commands.h"
#include "sanerf/experiments/eval/report_page.h"
#include "sanerf/experiments/eval/training_curves.h"
#include "sanerf/experiments/text_table.h"
#include "sanerf/export/layers.h"
#include "sanerf/feature_container/open_features.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/mask_decoder/mask_check.h"
#include "sanerf/mask_decoder/mask_decoder.h"
#include "sanerf/mask_decoder/per_view_decoder.h"
#include "sanerf/mask_decoder/places.h"
#include "sanerf/mask_decoder/view_decider.h"
#include "sanerf/run/object_store.h"
#include "sanerf/run/output_place.h"
#include "sanerf/sam/sam.h"
#include "sanerf/segmentation/segmentation_input.h"

namespace fs = std::filesystem;

namespace sanerf::experiments {

using eval::ObjectScore;
using nerf::NerfModel;
using scene::Scene;

namespace {

const std::vector<std::string> kColumns = {"photo",    "render",       "depth",     "SAM's mask",
                                           "our mask", "ground truth", "difference"};

constexpr size_t kMostUnscored = 6;  // objects: each costs as much as one with scores

// An object of the run that is shown. A row: a view that is scored, and what stands beside it.
struct Shown {
  run::StoredObject stored;
  const ObjectScore* score = nullptr;  // null: it was not scored
  std::string summary = {};
  std::vector<std::pair<int, std::string>> rows = {};
};

std::string SummaryOf(const Shown& object, bool on_training_views) {
  const std::string masks = fmt::format("{} of {} gave a mask.", object.stored.views_used,
                                        Counted(object.stored.views_total, "training view"));
  if (object.score == nullptr) return "Not scored. " + masks;
  const eval::MaskScore& score = object.score->score;
  std::string text =
      fmt::format("IoU {} % on {}; {}", Percent(score.Iou()),
                  Counted(score.num_views, on_training_views ? "training view" : "held-out view"), masks);
  if (score.views_without_object > 0) text += " " + ViewsWithoutObject(*object.score) + ".";
  return text;
}

// Views evenly spread, the same for every object (each costs an encoding), and the object's worst one; in order.
std::vector<std::pair<int, std::string>> ChooseRows(const Scene& scene, const ObjectScore* score, int count) {
  const std::vector<int> test = scene.TestViews();
  const size_t total = score != nullptr ? score->views.size() : test.size();
  const size_t num_even = std::min(total, size_t(std::max(1, count - 1)));
  std::set<size_t> chosen;
  for (size_t i = 0; i < num_even; ++i) chosen.insert(i * total / num_even);
  std::vector<std::pair<int, std::string>> rows;
  if (score == nullptr) {
    for (const size_t i : chosen) rows.emplace_back(test[i], "not scored");
    return rows;
  }
  const auto worse = [](const auto& a, const auto& b) {
    return std::pair(!a.second.has_iou(), a.second.Iou()) < std::pair(!b.second.has_iou(), b.second.Iou());
  };
  chosen.insert(size_t(std::min_element(score->views.begin(), score->views.end(), worse) - score->views.begin()));
  for (const size_t i : chosen) {
    const auto& [view, in_view] = score->views[i];
    rows.emplace_back(scene.FindView(view), in_view.has_iou() ? "IoU " + Percent(in_view.Iou()) + " %"
                                                              : std::string("neither there nor found"));
  }
  return rows;
}

std::vector<Shown> WithRows(std::vector<Shown> objects, const EvalResult& result, const ReportOptions& options,
                            const Scene& scene) {
  for (Shown& object : objects) {
    object.summary = SummaryOf(object, result.on_training_views);
    object.rows = ChooseRows(scene, object.score, options.views_per_object);
  }
  return objects;
}

std::vector<Shown> NamedObjects(const EvalResult& result, const ReportOptions& options, run::OpenRun* run,
                                const Job& job) {
  std::vector<Shown> chosen;
  for (const std::string& name : options.objects) {
    const auto scored = std::find_if(result.objects.begin(), result.objects.end(),
                                     [&](const ObjectScore& score) { return score.name == name; });
    chosen.push_back(
        {run::FindObject(run->folder(), name, run->nerf(job)), scored == result.objects.end() ? nullptr : &*scored});
  }
  return WithRows(std::move(chosen), result, options, run->scene());
}

// Those with scores, then the first of those without; the rest is counted.
std::vector<Shown> ChooseObjects(const EvalResult& result, const ReportOptions& options, run::OpenRun* run,
                                 size_t* num_left_out, const Job& job) {
  const NerfModel& nerf = run->nerf(job);
  std::vector<Shown> chosen;
  if (!options.objects.empty()) return NamedObjects(result, options, run, job);
  for (const ObjectScore& score : result.objects)
    chosen.push_back({run::FindObject(run->folder(), score.name, nerf), &score});
  const size_t num_scored = chosen.size();
  for (run::StoredObject& object : run::ListObjects(run->folder())) {
    const auto is_it = [&](const NotScored& other) { return other.object == object.name; };
    if (std::none_of(result.not_scored.begin(), result.not_scored.end(), is_it) ||
        object.nerf_fingerprint != HexFingerprint(nerf.Fingerprint()))
      continue;
    if (chosen.size() - num_scored < kMostUnscored) {
      chosen.push_back({std::move(object)});
    } else {
      ++*num_left_out;
    }
  }
  return WithRows(std::move(chosen), result, options, run->scene());
}

// SAM's own mask of an object in held-out views, by the rule of the "SAM per view" row: what the field is compared
// with.
class SamMasks {
 public:
  // views: to be shown. prompts: of all objects that will be asked for.
  SamMasks(const mask_decoder::Prompts& prompts, std::vector<int> views, const pipeline::Settings& settings,
           run::OpenRun* run, const Job& job)
      : scene_(run->scene()), settings_(settings), views_(std::move(views)) {
    std::shared_ptr<const sam::Sam> sam;
    try {
      sam = run->sam(settings.encode.model, job);
    } catch (const InterruptedError&) {
      throw;
    } catch (const Error& error) {  // the model is gone or damaged: all else can still be shown
      job.Warn(fmt::format("the report has no masks by SAM: {}", error.what()));
      return;
    }
    input_ = segmentation::SegmentationInput{
        run->shared_scene(), run->nerf(job),
        feature_container::EncodeTestViews(run->folder().features(), run->folder().test_features(),
                                           run->Encoding(settings.encode, job), WithPrompted(prompts), job),
        std::move(sam)};
  }

  // By view, at the working camera; views without a mask are absent.
  std::map<int, ImageU8> Of(const mask_decoder::ObjectPrompt& prompt, const Job& job) const {
    if (!input_) return {};
    return mask_decoder::PerViewDecoder(prompt, input_->ForDecoding(settings_.masks), job).MasksFor(views_, job);
  }

 private:
  std::vector<int> WithPrompted(const mask_decoder::Prompts& prompts) const {
    std::vector<int> views = mask_decoder::PromptedViews(prompts, scene_);
    views.insert(views.end(), views_.begin(), views_.end());
    return views;
  }

  const Scene& scene_;
  const pipeline::Settings& settings_;
  std::vector<int> views_;
  std::optional<segmentation::SegmentationInput> input_;  // none without the model
};

// What all rows of an object have in common.
struct ShownObject {
  const FiguredObject& object;
  std::optional<int> instance;              // in the scene's masks
  const std::map<int, ImageU8>& sam_masks;  // by view
  exports::Veil veil;
};

// The pictures of one row.
ReportRow MakeRow(const ShownObject& shown, int view_idx, const ObjectView& seen) {
  const scene::View& view = shown.object.scene.views[size_t(view_idx)];
  const int width = seen.camera.width, height = seen.camera.height;
  const ImageF& render = seen.radiance.rgb;
  const ImageF photo = CompositeOver(scene::LoadViewImage(view, width, height), shown.object.nerf.background());
  ReportRow row;
  row.view = view.name;
  row.pictures = {{ToU8(photo)},
                  {ToU8(render)},
                  {ColorizeDepth(seen.radiance.depth)},
                  {},
                  {exports::Overlay(render, seen.mask, shown.veil)}};
  if (const auto sam_mask = shown.sam_masks.find(view_idx); sam_mask != shown.sam_masks.end())
    row.pictures[3].image = exports::Overlay(render, ResizeNearest(sam_mask->second, width, height), shown.veil);
  const std::optional<ImageU8> full = shown.instance ? eval::TruthMask(view, *shown.instance) : std::nullopt;
  if (full) {
    const ImageU8 truth = ResizeNearest(*full, width, height);
    row.pictures.push_back({exports::Overlay(photo, truth, shown.veil)});
    row.pictures.push_back({exports::MaskDifference(seen.mask, truth), /*is_photo=*/false});
  } else {
    row.pictures.resize(kColumns.size());
  }
  return row;
}

std::vector<std::vector<std::string>> ScoreCells(const EvalResult& result) {
  std::vector<std::vector<std::string>> rows = {{"object", "IoU", "boundary IoU", "accuracy", "views"}};
  for (const ObjectScore& object : result.objects) {
    rows.push_back({object.name, Percent(object.score.Iou()) + " %", Percent(object.score.BoundaryIou()) + " %",
                    Percent(object.score.Accuracy()) + " %", std::to_string(object.score.num_views)});
  }
  return rows;
}

ReportObject SectionOf(const Shown& object, const SamMasks& sam, int picture_size, run::OpenRun* run, const Job& job) {
  const Scene& scene = run->scene();
  const NerfModel& nerf = run->nerf(job);
  const std::map<int, ImageU8> sam_masks = sam.Of(object.stored.prompt, job);
  const mask_aggregator::ObjectModel field = mask_aggregator::ObjectModel::Load(object.stored.checkpoint(), nerf);
  const FiguredObject figured{scene, nerf, field, object.stored.label, object.stored.prompt};
  std::vector<ObjectView> seen;
  for (const auto& [view_idx, note] : object.rows) {
    job.ThrowIfStopped("the report");
    seen.push_back(RenderObject(figured, PictureCamera(scene.views[size_t(view_idx)], picture_size), job));
  }
  std::optional<int> instance;
  if (object.score != nullptr && object.score->instance >= 0) instance = object.score->instance;
  ShownObject shown{figured, instance, sam_masks, {}};
  // One veil for all rows.
  if (const ObjectView* largest = LargestOf(seen))
    shown.veil = exports::StandingOut(largest->radiance.rgb, largest->mask);
  ReportObject section{object.stored.name, object.summary, {}};
  for (size_t i = 0; i < seen.size(); ++i) {
    section.rows.push_back(MakeRow(shown, object.rows[i].first, seen[i]));
    section.rows.back().note = object.rows[i].second;
  }
  section.figures = FiguresOf(figured, seen, picture_size, job);
  section.turntable = TurntableOf(figured, job);
  return section;
}

ReportPage PageWithoutPictures(const run::RunFolder& run, const Scene& scene, const EvalResult& result,
                               const ReportOptions& options) {
  ReportPage page;
  page.title = "sanerf · " + fs::weakly_canonical(fs::absolute(run.path())).filename().string();
  page.subtitle = scene.summary;
  if (!result.views.empty())
    page.facts = {{fmt::format("{:.2f} dB", result.psnr), "PSNR, held-out views"},
                  {fmt::format("{:.4f}", result.ssim), "SSIM"}};
  if (!result.objects.empty()) page.facts.push_back({Percent(MeanIou(result)) + " %", "mean IoU"});
  if (options.peak_rss_bytes > 0) page.facts.push_back({FormatBytes(double(options.peak_rss_bytes)), "peak memory"});
  page.scores = ScoreCells(result);
  if (!options.seconds.empty()) {
    double total = 0;
    page.timings.push_back({"stage", "time"});
    for (const auto& [stage, seconds] : options.seconds) {
      page.timings.push_back({stage, FormatDuration(seconds)});
      total += seconds;
    }
    page.timings.push_back({"total", FormatDuration(total)});
  }
  page.curves = CurvesIn(run.nerf_log(), "radiance field");
  page.columns = kColumns;
  page.footer = fmt::format(
      "sanerf {}. IoU: intersections and unions summed over the {}. Difference: white = right, red = missed, blue = "
      "too "
      "much.",
      VersionString(), result.on_training_views ? "scored training views" : "held-out views");
  return page;
}

// With what it was made, for who wants to make it again.
std::vector<std::vector<std::string>> VersionsOf(const run::RunFolder& run, const pipeline::Settings& settings) {
  const Json& record = run.record();
  std::vector<std::vector<std::string>> rows = {{"made with", ""}, {"this page", "sanerf " + VersionString()}};
  if (record.contains("sanerf") && record["sanerf"].is_string())
    rows.push_back({"the run", "sanerf " + record["sanerf"].get<std::string>()});
  if (record.contains("created") && record["created"].is_string())
    rows.push_back({"begun", record["created"].get<std::string>()});
  rows.push_back({"SAM", settings.encode.model});
  rows.push_back({"processor", CpuModelName()});
  return rows;
}

}  // namespace

fs::path PlaceOfReport(const ReportOptions& options, const run::OpenRun& run) {
  if (options.out.empty()) return run.folder().report();
  if (fs::is_directory(options.out))
    throw UsageError("--out " + options.out.string(), "it is a folder, and a report is one file",
                     "name a file in it: " + (options.out / "report.html").string());
  run::CheckPlaceOfResults("--out", options.out, {}, run.folder(), run.scene());
  return options.out;
}

fs::path WriteReport(const EvalResult& result, const pipeline::Settings& settings, const ReportOptions& options,
                     run::OpenRun* run, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  const run::RunFolder& folder = run->folder();
  const Scene& scene = run->scene();
  const fs::path place = PlaceOfReport(options, *run);
  ReportPage page = PageWithoutPictures(folder, scene, result, options);
  page.versions = VersionsOf(folder, settings);

  size_t num_left_out = 0;
  const std::vector<Shown> objects = ChooseObjects(result, options, run, &num_left_out, job);
  mask_decoder::Prompts prompts;
  std::set<int> shown;
  std::vector<run::StoredObject> stored;
  for (const Shown& object : objects) {
    prompts.objects.push_back(object.stored.prompt);
    stored.push_back(object.stored);
    for (const auto& [view_idx, note] : object.rows) shown.insert(view_idx);
  }
  page.commands = CommandsToRepeat(folder, scene, stored);
  if (num_left_out > 0)
    page.subtitle += fmt::format(" · {} without scores", Counted(int64_t(num_left_out), "more object"));
  if (!shown.empty()) {
    const SamMasks sam_masks(prompts, {shown.begin(), shown.end()}, settings, run, job);
    Task task(job, "report", int64_t(objects.size()), "objects");
    for (const Shown& object : objects) {
      page.objects.push_back(SectionOf(object, sam_masks, options.picture_size, run, job));
      const std::vector<ReportCurve> curves = CurvesIn(object.stored.folder / "log.jsonl", object.stored.name);
      page.curves.insert(page.curves.end(), curves.begin(), curves.end());
      task.Update(int64_t(page.objects.size()));
    }
  }
  WriteFileAtomic(place, ToHtml(page));
  job.Saved(place.string());
  return place;
}

}  // namespace sanerf::experiments
