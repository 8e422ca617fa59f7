#include "sanerf/experiments/compare/compare.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/byte_text.h"
#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/core/system_info.h"
#include "sanerf/core/temporary.h"
#include "sanerf/eval/score_masks.h"
#include "sanerf/experiments/compare/compare_formats.h"
#include "sanerf/experiments/compare/compare_tables.h"
#include "sanerf/experiments/compare/contact_sheet.h"
#include "sanerf/experiments/compare/matched_masks.h"
#include "sanerf/experiments/compare/methods.h"
#include "sanerf/experiments/eval/held_out_views.h"
#include "sanerf/experiments/eval/match_objects.h"
#include "sanerf/experiments/result_cache.h"
#include "sanerf/run/new_run.h"
#include "sanerf/run/open_run.h"
#include "sanerf/run/output_place.h"
#include "sanerf/segmentation/label_views.h"
#include "sanerf/segmentation/prompt_places.h"

namespace fs = std::filesystem;

namespace sanerf::experiments {

using eval::ObjectScore;
using run::RunFolder;
using scene::Scene;
using scene::View;

namespace {

// What is compared: objects with their true masks.
struct Subject {
  mask_decoder::Prompts prompts;          // empty when the methods find the objects themselves
  std::vector<ObjectScore> scores;        // of no view yet
  std::vector<eval::GroundTruth> truths;  // one for all objects, or one for each
};

fs::path TruthFolder(const fs::path& masks, const std::string& object, size_t num_objects) {
  const fs::path own = masks / object;
  if (fs::is_directory(own)) return own;
  if (num_objects == 1) return masks;
  throw UsageError(fmt::format("{}: no folder '{}'", masks.string(), object),
                   "there is no ground truth for this object",
                   "make one folder of masks per object, named as the objects");
}

Subject PromptedSubject(const CompareRequest& request, const Scene& scene, const Job& job) {
  CheckPrompts(request);
  Subject subject{request.prompts, {}, {}};
  for (const mask_decoder::ObjectPrompt& object : request.prompts.objects) {
    ObjectScore score;
    score.name = object.name;
    score.instance = request.masks.empty() ? object.instance : -1;
    subject.scores.push_back(std::move(score));
    if (!request.masks.empty())
      subject.truths.emplace_back(TruthFolder(request.masks, object.name, request.prompts.objects.size()), scene.views);
  }
  if (request.masks.empty()) subject.truths.emplace_back(fs::path(), scene.views);
  for (const eval::GroundTruth& truth : subject.truths) eval::ReportUnmatchedFiles(truth, job);
  return subject;
}

Subject AutomaticSubject(const CompareRequest& request, const Scene& scene, const Job& job) {
  if (!request.masks.empty())
    throw UsageError("--masks goes with prompts", "--auto is scored on all instances of the scene's own masks", "");
  Subject subject;
  subject.truths.emplace_back(fs::path(), scene.views);
  for (const TrueInstance& instance : InstancesIn(scene, scene.TestViews(), job)) {
    ObjectScore score;
    score.name = instance.name.empty() ? fmt::format("instance_{}", instance.id) : instance.name;
    score.instance = instance.id;
    subject.scores.push_back(std::move(score));
  }
  if (subject.scores.empty())
    throw Error("there is nothing to compare on", "the held-out views have no instance masks",
                "give --prompts FILE --masks DIR");
  return subject;
}

// Everything that a method's result depends on.
std::string KeyOf(const Method& method, const CompareRequest& request, const RunFolder& run,
                  const ExperimentSettings& settings) {
  Json options;
  const Json all = pipeline::ToJson(settings);
  for (const std::string& stage : method.stages) options[stage] = all.at(stage);
  Json json = {{"sanerf", VersionString()},
               {"method", method.name},
               {"automatic", request.automatic},
               {"repeats", method.is_seeded ? request.repeats : 1},
               {"scene", run.scene_hash()},
               {"radiance_field", run.record().at("stages").at("train")},
               {"prompts", mask_decoder::ToJson(request.prompts)},
               {"masks", request.masks.string()},
               {"options", options}};
  return Sha256(json.dump()).substr(0, 16);
}

// The run's own folder keeps what run.json says. What other options make lies beside the results.
FeatureFolders FoldersFor(const RunFolder& run, const pipeline::Settings& settings, const fs::path& out) {
  pipeline::Settings recorded;
  pipeline::Restore(recorded, run.options(), Json::object(), (run.path() / "run.json").string());
  const Json kept = pipeline::ToJson(recorded), wanted = pipeline::ToJson(settings);
  // No part of a run is called so: the results may be written into another run's folder.
  const fs::path other_views = out / "encoded" / "other_views";
  if (!HasSameMaps(kept.at("encode"), wanted.at("encode")))
    return {other_views / "features", other_views / "features", other_views / "features_test"};
  const bool is_same_field = kept.at("field") == wanted.at("field");
  return {run.features(), is_same_field ? run.features() : out / "encoded" / "other_field" / "features",
          run.test_features()};
}

class Comparison {
 public:
  Comparison(const CompareRequest& request, const ExperimentSettings& settings, run::OpenRun* run, const Job& job)
      : request_(request),
        settings_(settings),
        run_(run->folder()),
        scene_(run->scene()),
        out_(request.out.empty() ? run_.path() / "compare" : request.out),
        cache_(out_ / "methods"),
        subject_(request.automatic ? AutomaticSubject(request, scene_, job) : PromptedSubject(request, scene_, job)),
        test_(eval::ScoredViews(scene_, scene_.TestViews(), subject_.truths[0], job)),
        shared_(run, settings, FoldersFor(run_, settings, out_), subject_.prompts, job) {
    if (test_.empty())
      throw Error("there is nothing to compare on", "the scene has no test views", "train with --test-every 8");
    for (const mask_decoder::ObjectPrompt& object : subject_.prompts.objects)
      segmentation::CheckPromptPlaces(object, scene_);
    for (size_t o = 0; o < subject_.scores.size(); ++o) {
      if (const auto why = eval::WhyNotShown(subject_.scores[o].instance, TruthsOf(o), scene_, test_, job))
        throw UsageError(fmt::format("object '{}' cannot be scored", subject_.scores[o].name), *why,
                         "mend the \"instance\" of its prompts, leave the object out, or give --masks DIR");
    }
  }

  const fs::path& out() const { return out_; }

  CompareResult Run(const std::vector<Method>& methods, const Job& job) {
    const Stopwatch watch;
    CompareResult result;
    result.folder = out_;
    result.scene = run::NameOfPath(scene_.root);
    for (const ObjectScore& object : subject_.scores) result.objects.push_back(object.name);
    for (const int v : test_) result.views.push_back(scene_.views[size_t(v)].name);
    for (const Method& method : methods) {
      const std::optional<MethodResult> earlier = Earlier(method, job);
      result.methods.push_back(earlier ? *earlier : RunMethod(method, &result, job));
    }
    result.seconds = watch.seconds();
    return result;
  }

  ContactSheet Sheet(const CompareResult& result) const {
    return MakeContactSheet(result, scene_,
                            [&](const scene::View& view, size_t object) { return TruthOf(view, object); });
  }

 private:
  const eval::GroundTruth& TruthsOf(size_t object) const {
    return subject_.truths[subject_.truths.size() == 1 ? 0 : object];
  }
  std::optional<ImageU8> TruthOf(const scene::View& view, size_t object) const {
    return TruthsOf(object).MaskOf(view, subject_.scores[object].instance);
  }

  std::optional<MethodResult> Earlier(const Method& method, const Job& job) const {
    if (request_.restart || !fs::exists(MaskFolder(out_, method.name))) return std::nullopt;
    MethodResult result;
    const auto read = [&](const JsonCursor& root) {
      result = MethodResultFrom(root);
      const auto is_whole = [&](const MethodRun& run) { return run.objects.size() == subject_.scores.size(); };
      if (result.runs.empty() || !std::all_of(result.runs.begin(), result.runs.end(), is_whole))
        root["runs"].Fail("expected runs of " + Counted(int64_t(subject_.scores.size()), "object"));
    };
    if (!cache_.Read(method.name, KeyOf(method, request_, run_, settings_), read, job)) return std::nullopt;
    job.Info(fmt::format("compare  {}: from an earlier comparison", method.title));
    return result;
  }

  MethodResult RunMethod(const Method& method, CompareResult* result, const Job& job) {
    if (rendered_.depths.empty()) {
      const Stopwatch watch;
      shared_.features(job);  // not to be counted for whichever method comes first
      if (request_.automatic) shared_.found_masks(job);
      result->encode_seconds = watch.seconds();
      rendered_ =
          RenderTestViews(scene_, shared_.nerf(), test_, nerf::LoadBackdrops(run_.nerf_views().parent_path()), job);
      knows_memory_ = ResetPeakRss();
      if (!knows_memory_)
        job.Warn("the methods' memory stays unknown: this system does not let a process's peak start over");
    }
    MethodResult outcome{method.name, method.title, "", {}, ""};
    std::optional<TemporaryFolder> masks;  // in their place only when the method has a result
    try {
      const int repeats = method.is_seeded ? request_.repeats : 1;
      for (int i = 0; i < repeats; ++i) {
        job.Info(fmt::format("compare  {}{}", method.title,
                             repeats > 1 ? fmt::format(", seed {} of {}", i + 1, repeats) : ""));
        outcome.runs.push_back(
            RunOnce(method, uint64_t(settings_.object.seed + i), i == 0 ? &masks : nullptr, &outcome.remarks, job));
      }
    } catch (const InterruptedError&) {
      throw;
    } catch (const UsageError&) {
      throw;
    } catch (const WriteError&) {
      throw;
    } catch (const Error& error) {
      outcome.runs.clear();
      outcome.error = error.what();
      job.Warn(fmt::format("{}: {}", method.title, error.what()));
      return outcome;  // tried again next time
    }
    eval::ReportUnmatched(outcome.runs[0].objects, test_.size(), job);
    masks->MoveIntoPlace();
    cache_.Keep(method.name, KeyOf(method, request_, run_, settings_), ToJson(outcome));
    return outcome;
  }

  // kept: where the masks are to be written, too; may be null.
  MethodRun RunOnce(const Method& method, uint64_t seed, std::optional<TemporaryFolder>* kept, std::string* remarks,
                    const Job& job) {
    MethodRun run;
    run.seed = seed;
    const eval::Scoring scoring{scene_, test_, rendered_.depths,
                                [&](const View& view, size_t o) { return TruthOf(view, o); }, subject_.scores};
    eval::MaskScorer scorer(scoring, job);
    ResetPeakRss();
    Task task(job, method.title);  // shown where its steps say nothing
    const Stopwatch watch;
    const std::unique_ptr<segmentation::Segmenter> segmenter =
        method.make({shared_, subject_.prompts, test_, seed}, job);
    segmenter->Fit(subject_.prompts, job);
    run.fit_seconds = watch.seconds();
    task.Finish();

    if (kept != nullptr) MakeMaskFolder(method, kept);
    std::optional<MatchedMasks> found;  // by the method itself
    if (request_.automatic) found.emplace(scene_, test_, subject_.scores);
    const auto score = [&](size_t v, const std::vector<ImageU8>& masks) {
      scorer.Add(masks);
      if (kept != nullptr) WriteMasks(masks, v, (*kept)->path());
    };
    run.view_seconds = eval::SegmentViews([&](int view) { return segmenter->MasksFor(view, job); }, method.name, test_,
                                          [&](size_t v, const std::vector<ImageU8>& masks) {
                                            if (knows_memory_) run.peak_rss_bytes = PeakRssBytes();
                                            found ? found->Add(masks, job) : score(v, masks);
                                          },
                                          job);
    *remarks = segmenter->Remarks();
    if (found) {
      found->Match();
      for (size_t v = 0; v < test_.size(); ++v) {
        job.ThrowIfStopped("evaluation");
        score(v, found->Of(v));
      }
      run.num_spurious = found->num_spurious();
    }
    run.objects = scorer.Scores();
    return run;
  }

  void MakeMaskFolder(const Method& method, std::optional<TemporaryFolder>* kept) const {
    const fs::path folder = MaskFolder(out_, method.name);
    EnsureWritableFolder(folder.parent_path());
    kept->emplace(folder);
    for (const ObjectScore& object : subject_.scores) EnsureWritableFolder((*kept)->path() / object.name);
  }

  // Of test_[v].
  void WriteMasks(const std::vector<ImageU8>& masks, size_t v, const fs::path& folder) const {
    for (size_t o = 0; o < subject_.scores.size(); ++o)
      WritePng(MaskPath(folder, subject_.scores[o].name, scene_.views[size_t(test_[v])].name), masks[o]);
  }

  const CompareRequest& request_;
  const ExperimentSettings& settings_;
  const RunFolder& run_;
  const Scene& scene_;
  bool knows_memory_ = true;
  fs::path out_;
  ResultCache cache_;
  Subject subject_;
  std::vector<int> test_;  // held-out views, or those that have a true mask
  SharedInputs shared_;
  RenderedTestViews rendered_;
};

}  // namespace

std::vector<std::string> DefaultMethods(bool automatic) {
  std::vector<std::string> names;
  for (const Method& method : Methods())
    if (method.is_automatic == automatic && !method.is_part_of_own) names.push_back(method.name);
  return names;
}

void CheckPrompts(const CompareRequest& request) {
  if (request.prompts.objects.empty())
    throw UsageError("nothing to compare on", "there are no prompts", "give --prompts FILE, or --auto");
  segmentation::CheckObjectCount(request.prompts.objects.size());
  run::CheckObjects(request.prompts);
  for (const mask_decoder::ObjectPrompt& object : request.prompts.objects) {
    if (request.masks.empty() && object.instance < 0)
      throw UsageError(fmt::format("object '{}' has no instance id", object.name), "its true masks are unknown",
                       "add \"instance\": ID to its prompts, or give --masks DIR");
  }
}

CompareResult Compare(const CompareRequest& request, const ExperimentSettings& settings, run::LockedRun locked,
                      const Job& job) {
  const ThreadLimit limit(job.num_threads());
  CheckNumber("--repeats", request.repeats, kRepeats);
  std::vector<Method> methods;
  for (const std::string& name : request.methods.empty() ? DefaultMethods(request.automatic) : request.methods)
    methods.push_back(FindMethod(name, settings.baselines, request.automatic));
  run::OpenRun run(std::move(locked), request.scene, job);
  if (!request.out.empty())
    run::CheckPlaceOfResults("--out", request.out, {"masks", "methods", "encoded"}, run.folder(), run.scene());
  Comparison comparison(request, settings, &run, job);
  const run::NewFolder made(comparison.out(), {"masks"}, "methods");
  EnsureWritableFolder(comparison.out());
  const run::RunLock lock(comparison.out());  // another run's comparison may want the same folder
  CompareResult result = comparison.Run(methods, job);

  if (FailedMethods(result).size() == result.methods.size())
    throw Error("no method gave a result", result.methods[0].title + ": " + result.methods[0].error, "");
  Task task(job, "tables and pictures");
  const ContactSheet sheet = comparison.Sheet(result);  // before anything is written: it reads all masks
  const TextTable table = ScoreTable(result);
  WriteFileAtomic(result.folder / "table.md", ToMarkdown(table));
  WriteFileAtomic(result.folder / "table.tex",
                  ToLatex(table, fmt::format("Held-out views of {}, percent.", result.scene)));
  WriteFileAtomic(result.folder / "scores.csv", ToCsv({result}));
  WriteJsonFile(result.folder / "comparison.json", ToJson(result));
  WritePng(result.folder / "sheet.png", ToPicture(sheet));
  WriteFileAtomic(result.folder / "sheet.html", ToHtml(sheet, result));
  task.Finish();
  return result;
}

}  // namespace sanerf::experiments
