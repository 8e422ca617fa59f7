#include "sanerf/pipeline/export_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/file_error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/json.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/core/suggestions.h"
#include "sanerf/core/system_info.h"
#include "sanerf/core/temporary.h"
#include "sanerf/run/object_store.h"
#include "sanerf/run/open_run.h"
#include "sanerf/run/output_place.h"

namespace fs = std::filesystem;

namespace sanerf::pipeline {

using exports::ExportedFile;
using exports::ExportFormat;
using exports::ExportInput;
using mask_aggregator::ObjectModel;

namespace {

constexpr char kReportFile[] = "export.json";

std::vector<std::string> NamesIn(const run::RunFolder& run, const Job& job) {
  const run::ReadableObjects readable = run::ListReadableObjects(run);
  for (const Error& problem : readable.problems) job.Warn(problem.what());
  std::vector<std::string> names;
  for (const run::StoredObject& object : readable.objects) names.push_back(object.name);
  return names;
}

// Whose: none for the scene.
std::vector<std::string> NamesFor(const ExportRequest& request, const ExportFormat& format, const run::RunFolder& run,
                                  const Job& job) {
  if (!request.objects.empty()) {
    std::vector<std::string> names;
    for (const std::string& name : request.objects)
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    return names;
  }
  if (format.needs == exports::Needs::kNothing && !request.all_objects) return {};
  std::vector<std::string> names = NamesIn(run, job);
  if (names.empty())
    throw Error("there is no object to export", "none is stored in " + run.path().string(),
                fmt::format("segment one first: sanerf segment {} --name NAME --click VIEW:X,Y", run.path().string()));
  if (request.all_objects || names.size() == 1) return names;
  throw UsageError(fmt::format("the format {} is one of objects", format.name),
                   fmt::format("the run has {}: {}", names.size(), FirstFew(names, 8)),
                   "name one: --object NAME, or --object all");
}

// The objects with their fields, each loaded once, and all of them as one.
class LoadedObjects {
 public:
  LoadedObjects(const std::vector<std::string>& names, const run::RunFolder& run, const nerf::NerfModel& nerf) {
    for (const std::string& name : names) Add(name, run, nerf);
    if (models_.size() < 2) return;
    std::vector<ObjectModel> models;
    std::vector<std::vector<int>> labels;
    int next = 1;
    for (const Field& field : fields_) {
      models.push_back(*models_.at(field.id));
      labels.emplace_back(size_t(models.back().num_labels() - 1));
      std::iota(labels.back().begin(), labels.back().end(), next);
      next += int(labels.back().size());
    }
    joined_ = ObjectModel::Joined(models, labels);
  }

  void FillIn(ExportInput* input) const {
    if (stored_.empty()) return;
    input->objects = joined_ ? &*joined_ : models_.begin()->second.get();
    mask_decoder::Prompts prompts;
    for (const run::StoredObject& object : stored_) {
      int before = 0;  // labels of the fields before its own
      if (joined_)
        for (const Field& field : fields_) {
          if (field.id == object.field_id) break;
          before += field.num_labels;
        }
      input->names.push_back(object.name);
      input->labels.push_back(before + object.label);
      input->own.push_back({models_.at(object.field_id).get(), object.label});
      prompts.objects.push_back(object.prompt);
    }
    input->prompts = mask_decoder::ToJson(prompts).dump(2) + "\n";
  }

 private:
  struct Field {
    std::string id;
    int num_labels;
  };
  void Add(const std::string& name, const run::RunFolder& run, const nerf::NerfModel& nerf) {
    run::StoredObject known = run::FindObject(run, name, nerf);
    if (!models_.contains(known.field_id)) {
      run::LoadedObject loaded = run::LoadObject(run, name, nerf);
      known = loaded.stored;
      fields_.push_back({known.field_id, loaded.field.num_labels() - 1});
      models_[known.field_id] = std::make_unique<ObjectModel>(std::move(loaded.field));
    }
    stored_.push_back(std::move(known));
  }

  std::vector<run::StoredObject> stored_;
  std::map<std::string, std::unique_ptr<ObjectModel>> models_;  // by the fields' ids
  std::vector<Field> fields_;                                   // in the order of the objects
  std::optional<ObjectModel> joined_;
};

// Whether `out` is a file, not a folder.
bool IsOfTheEnding(const fs::path& out, const ExportFormat& format) {
  return std::count(format.endings.begin(), format.endings.end(), out.extension().string()) > 0 &&
         !fs::is_directory(out);
}

// What stands there is replaced only when it is an export itself.
void CheckReplaceable(const fs::path& place, bool is_file) {
  std::error_code missing;
  const fs::file_status status = fs::status(place, missing);
  if (!fs::exists(status) || (is_file && fs::is_regular_file(status))) return;
  const bool is_folder = !is_file && fs::is_directory(status);
  if (is_folder && (fs::is_empty(place) || fs::exists(place / kReportFile))) return;
  throw UsageError(fmt::format("--out {}", place.string()),
                   is_folder ? "the folder has other files, and an export replaces all of it" : "a file is in the way",
                   "name a new folder");
}

// Folders above a place, made for it; those that are still empty at the end go again.
class FoldersAbove {
 public:
  explicit FoldersAbove(const fs::path& place) {
    std::error_code hidden;
    for (fs::path folder = fs::absolute(place).parent_path(); !fs::exists(folder, hidden) && folder.has_relative_path();
         folder = folder.parent_path())
      made_.push_back(folder);
    EnsureWritableFolder(fs::absolute(place).parent_path());
  }
  ~FoldersAbove() {
    std::error_code not_empty;
    for (const fs::path& folder : made_) fs::remove(folder, not_empty);
  }
  FoldersAbove(const FoldersAbove&) = delete;
  FoldersAbove& operator=(const FoldersAbove&) = delete;

 private:
  std::vector<fs::path> made_;  // the deepest first
};

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

// Sentences name the place that the user knows, not where its files are made.
template <class Write>
auto Named(const fs::path& work, const fs::path& place, Write&& write) {
  const auto say = [&](std::string_view text) { return Replaced(std::string(text), work.string(), place.string()); };
  try {
    return write();
  } catch (const WriteError& error) {
    throw WriteError(say(error.summary()), say(error.why()), error.hint());
  } catch (const fs::filesystem_error& error) {
    ThrowFileError("write", say(error.path1().string()), error.code().value());
  }
}

Json RowOf(const ExportedFile& file, const fs::path& path) {
  Json row = {{"path", path.string()}, {"count", file.count}, {"what", file.what},
              {"frame", file.frame},   {"units", file.units}, {"bytes", file.bytes}};
  if (file.box) {
    const Vec3 &low = file.box->min, &high = file.box->max;
    row["box"] = {{low.x(), low.y(), low.z()}, {high.x(), high.y(), high.z()}};
  }
  return row;
}

// Of a file that was written in `work`, or of that folder itself.
fs::path BelowWork(const fs::path& file, const fs::path& work) {
  const fs::path below = file.lexically_relative(work);
  return below == "." ? fs::path() : below;
}

// Beside the files, so that whoever finds the folder knows what is in it.
void WriteReport(const ExportRequest& request, const ExportResult& result, const fs::path& work) {
  Json rows = Json::array();
  for (const ExportedFile& file : result.files) rows.push_back(RowOf(file, BelowWork(file.path, work)));
  WriteJsonFile(work / kReportFile, {{"format", request.format},
                                     {"objects", result.objects},
                                     {"scene", result.scene->root.string()},
                                     {"program", "sanerf " + VersionString()},
                                     {"files", rows}});
}

// A single file goes to a place of its own name, and with it what is called as it is and lies beside it (mug.splat and
// mug.splat.json).
void MoveFile(const fs::path& place, std::vector<ExportedFile>* files) {
  const fs::path first = (*files)[0].path;
  for (const ExportedFile& file : *files)
    if (!fs::is_regular_file(file.path) || file.path.string().rfind(first.string(), 0) != 0)
      throw Error(fmt::format("--out {} names one file", place.string()),
                  files->size() == 1 ? "there is a folder of pictures to be written"
                                     : fmt::format("there are {} to be written", files->size()),
                  "name a folder");
  for (ExportedFile& file : *files) {
    const fs::path target = place.string() + file.path.string().substr(first.string().size());
    fs::rename(file.path, target);
    file.path = target;
  }
  SyncFolder(fs::absolute(place).parent_path());
}

}  // namespace

ExportResult Export(const ExportRequest& request, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  const ExportFormat& format = exports::FindExportFormat(request.format);
  exports::ExportOptions options = request.options;
  OptionRegistry registry;
  AddTo(registry, options);
  registry.Check();
  const bool writes = !request.is_locked && (request.out.empty() || run::IsInside(request.out, request.run));
  run::OpenRun run(request.run, request.scene, writes ? run::OpenRun::Access::kWrite : run::OpenRun::Access::kRead,
                   job);
  const Stopwatch watch;
  ExportResult result;
  result.scene = run.shared_scene();
  result.objects = NamesFor(request, format, run.folder(), job);
  const std::string who = result.objects.empty() ? "scene" : result.objects.size() == 1 ? result.objects[0] : "objects";
  result.place = request.out.empty() ? run.folder().path() / "exports" / (who + "-" + format.name) : request.out;
  if (!result.place.has_filename()) result.place = result.place.parent_path();  // "out/"
  if (!request.out.empty()) run::CheckPlaceOfResults("--out", result.place, {}, run.folder(), *result.scene);
  const bool is_file = !request.out.empty() && IsOfTheEnding(result.place, format);
  if (is_file && format.file_of == exports::FileOf::kEach && result.objects.size() > 1)
    throw UsageError(fmt::format("--out {} names one file", result.place.string()),
                     fmt::format("the format {} writes one for each object", format.name), "name a folder");
  CheckReplaceable(result.place, is_file);

  const nerf::NerfModel& nerf = run.nerf(job);
  const LoadedObjects objects(result.objects, run.folder(), nerf);
  ExportInput input{.scene = *result.scene, .nerf = nerf, .seed = request.seed};
  objects.FillIn(&input);
  if (is_file) input.ending = result.place.extension();
  if (!request.camera_path.empty()) input.path = exports::ReadCameraPath(request.camera_path, *result.scene);

  const FoldersAbove above(result.place);
  TemporaryFolder work(result.place);
  Named(work.path(), result.place, [&] {
    result.files = format.write(input, options, work.path(), job);
    if (is_file) return MoveFile(result.place, &result.files);
    WriteReport(request, result, work.path());
    work.MoveIntoPlace();
    for (ExportedFile& file : result.files) {
      const fs::path below = BelowWork(file.path, work.path());
      file.path = below.empty() ? result.place : result.place / below;
    }
  });
  for (const ExportedFile& file : result.files) job.Saved(file.path.string());
  result.seconds = watch.seconds();
  return result;
}

Json ReportOf(const ExportResult& result, const std::string& format) {
  Json rows = Json::array();
  for (const ExportedFile& file : result.files) rows.push_back(RowOf(file, file.path));
  return {{"format", format},
          {"objects", result.objects},
          {"place", result.place.string()},
          {"files", rows},
          {"seconds", result.seconds}};
}

}  // namespace sanerf::pipeline
