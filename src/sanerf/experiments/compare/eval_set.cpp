#include "sanerf/experiments/compare/eval_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/core/suggestions.h"
#include "sanerf/experiments/compare/compare_formats.h"
#include "sanerf/experiments/compare/compare_tables.h"
#include "sanerf/experiments/compare/eval_set_page.h"
#include "sanerf/pipeline/train_stage.h"
#include "sanerf/run/new_run.h"
#include "sanerf/run/object_store.h"
#include "sanerf/run/output_place.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/run/run_lock.h"

namespace fs = std::filesystem;

namespace sanerf::experiments {
namespace {

constexpr char kListName[] = "eval_set.json";
constexpr char kWhatItIs[] =
    "a benchmark is a folder of scenes with a prompts.json each, or has a list of them, eval_set.json: {\"scenes\": "
    "[{\"scene\": \"llff/fern\", \"prompts\": \"prompts/fern.json\"}]} (docs/data_formats.md, Benchmarks)";

// What cannot be looked at, a name too long say, is not there.
bool Exists(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

bool IsFolder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

EvalSetScene ReadScene(const JsonCursor& cursor, const fs::path& folder) {
  cursor.ExpectKeys({"name", "scene", "prompts", "masks", "options"});
  EvalSetScene scene;
  scene.scene = folder / cursor["scene"].String();
  if (!Exists(scene.scene)) cursor["scene"].Fail("there is no " + scene.scene.string());
  scene.name = cursor.StringOr("name", run::NameOfPath(scene.scene));
  const fs::path scene_folder = IsFolder(scene.scene) ? scene.scene : scene.scene.parent_path();
  scene.prompts = cursor.Has("prompts") ? folder / cursor["prompts"].String() : scene_folder / "prompts.json";
  if (!Exists(scene.prompts))
    cursor.Fail("there is no " + scene.prompts.string(), "name the scene's prompts: \"prompts\": FILE");
  if (cursor.Has("masks")) {
    scene.masks = folder / cursor["masks"].String();
    if (!IsFolder(scene.masks)) cursor["masks"].Fail("there is no folder " + scene.masks.string());
  }
  for (size_t i = 0; cursor.Has("options") && i < cursor["options"].size(); ++i)
    scene.options.push_back(cursor["options"][i].String());
  return scene;
}

EvalSet ReadList(const fs::path& file) {
  const Json json = ReadJsonFile(file);
  const JsonCursor cursor(json, file.string());
  cursor.ExpectKeys({"scenes"});
  EvalSet set{file, {}};
  std::set<std::string> names;
  for (size_t i = 0; i < cursor["scenes"].size(); ++i) {
    const JsonCursor entry = cursor["scenes"][i];
    set.scenes.push_back(ReadScene(entry, file.parent_path()));
    const std::string& name = set.scenes.back().name;
    run::CheckObjectName(name);  // it becomes a folder's
    if (!names.insert(name).second) entry.Fail("a second scene is named '" + name + "'");
  }
  if (set.scenes.empty()) cursor["scenes"].Fail("there are no scenes");
  return set;
}

EvalSet FindScenes(const fs::path& folder) {
  EvalSet set{folder, {}};
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const fs::path prompts = entry.path() / "prompts.json";
    if (entry.is_directory() && Exists(prompts))
      set.scenes.push_back({entry.path().filename().string(), entry.path(), prompts, "", {}});
  }
  std::sort(set.scenes.begin(), set.scenes.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  if (set.scenes.empty())
    throw UsageError(folder.string() + " is no benchmark",
                     fmt::format("it has neither {} nor folders with a prompts.json", kListName), kWhatItIs);
  return set;
}

std::vector<EvalSetScene> Chosen(const EvalSetRequest& request) {
  std::vector<EvalSetScene> chosen = request.set.scenes;
  if (request.scenes.empty()) return chosen;
  std::vector<std::string> names;
  for (const EvalSetScene& scene : chosen) names.push_back(scene.name);
  for (const std::string& name : request.scenes) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    const std::string hint = DidYouMean(name, names);
    throw UsageError("no scene '" + name + "' in " + request.set.source.string(), "",
                     hint.empty() ? fmt::format("there are: {}", fmt::join(names, ", ")) : hint);
  }
  std::erase_if(chosen, [&](const EvalSetScene& scene) {
    return std::find(request.scenes.begin(), request.scenes.end(), scene.name) == request.scenes.end();
  });
  return chosen;
}

CompareResult RunScene(const EvalSetRequest& request, const EvalSetScene& scene, const ExperimentSettings& base,
                       const Job& job) {
  ExperimentSettings settings = base;
  for (const std::string& option : scene.options) pipeline::Assign(settings, option, request.set.source.string());
  const fs::path folder = request.out / scene.name;
  CompareRequest compare;
  compare.scene = scene.scene;
  compare.automatic = request.automatic;
  if (!request.automatic) {
    compare.prompts = mask_decoder::ReadPrompts(scene.prompts);
    compare.masks = scene.masks;
    CheckPrompts(compare);
  }
  Train({scene.scene, folder / "run"}, settings, job);
  compare.methods = request.methods;
  compare.repeats = request.repeats;
  compare.out = folder / (request.automatic ? "compare_auto" : "compare");
  CompareResult result = Compare(compare, settings, run::LockedRun(folder / "run"), job);
  result.scene = scene.name;
  return result;
}

void WriteTables(const EvalSetRequest& request, const EvalSetResult& result) {
  const fs::path& out = request.out;
  const TextTable table = SceneTable(result.scenes);
  WriteFileAtomic(out / "table.md", ToMarkdown(table));
  WriteFileAtomic(out / "table.tex", ToLatex(table, "Accuracy and mean IoU in percent."));
  WriteFileAtomic(out / "scores.csv", ToCsv(result.scenes));
  WriteJsonFile(out / "comparison.json", ToJson(result));
  const std::string set = ShellQuoted(request.set.source.string());
  const std::string command = fmt::format("sanerf eval-set {}{} --out {}", set, request.automatic ? " --auto" : "",
                                          ShellQuoted(request.out.string()));
  WriteFileAtomic(out / "report.html", ToHtml(EvalSetPage{run::NameOfPath(request.set.source), result.scenes,
                                                          result.failed, command, result.seconds}));
}

}  // namespace

EvalSet ReadEvalSet(const fs::path& path) {
  if (ExistsAsFile(path)) return ReadList(path);
  if (!IsFolder(path)) throw UsageError(path.string(), "there is no such folder or list", kWhatItIs);
  return Exists(path / kListName) ? ReadList(path / kListName) : FindScenes(path);
}

EvalSetResult RunEvalSet(const EvalSetRequest& request, const ExperimentSettings& settings, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  const std::vector<EvalSetScene> scenes = Chosen(request);
  for (const EvalSetScene& scene : scenes)
    if (run::IsSamePlace(request.out / scene.name, scene.scene))
      throw UsageError("--out " + request.out.string(),
                       "the results of " + scene.name + " would go into its own folder", "choose a folder of its own");
  const run::NewFolder made(request.out, {}, "table.md");
  EnsureWritableFolder(request.out);
  const run::RunLock lock(request.out);
  const Stopwatch watch;
  EvalSetResult result;
  for (size_t i = 0; i < scenes.size(); ++i) {
    job.Info(fmt::format("eval-set {}/{}  {}", i + 1, scenes.size(), scenes[i].name));
    try {
      result.scenes.push_back(RunScene(request, scenes[i], settings, job));
    } catch (const InterruptedError&) {
      throw;
    } catch (const WriteError&) {
      throw;
    } catch (const Error& error) {
      job.Warn(fmt::format("{}: {}", scenes[i].name, error.what()));
      result.failed.emplace_back(scenes[i].name, error.what());
    }
    result.seconds = watch.seconds();
    if (!result.scenes.empty()) WriteTables(request, result);
  }
  if (result.scenes.empty())
    throw Error("no scene gave a result", result.failed[0].first + ": " + result.failed[0].second);
  return result;
}

Json ToJson(const EvalSetResult& result) {
  Json scenes = Json::array(), failed = Json::array();
  for (const CompareResult& scene : result.scenes) scenes.push_back(ToJson(scene));
  for (const auto& [name, why] : result.failed) failed.push_back({{"scene", name}, {"error", why}});
  return {{"scenes", scenes}, {"failed", failed}, {"seconds", result.seconds}};
}

}  // namespace sanerf::experiments
