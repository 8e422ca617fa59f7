#include "sanerf/viewer/downloads/results.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/json.h"
#include "sanerf/core/options.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/core/suggestions.h"
#include "sanerf/core/temporary.h"
#include "sanerf/export/camera_path.h"
#include "sanerf/pipeline/export_stage.h"
#include "sanerf/pipeline/render_stage.h"
#include "sanerf/run/object_store.h"
#include "sanerf/viewer/downloads/zip_archive.h"

namespace fs = std::filesystem;

namespace sanerf::viewer {

using pipeline::Layer;

namespace {

bool IsOfObject(Layer layer) { return layer >= Layer::kMask; }

// Of these names; for none all that can be read.
std::vector<run::StoredObject> ObjectsOf(const ExportRequest& request, const Job& job) {
  auto [stored, problems] = run::ListReadableObjects(run::RunFolder::Open(request.run));
  std::vector<std::string> known;
  for (const run::StoredObject& object : stored) known.push_back(object.name);
  for (const std::string& name : request.objects)
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw UsageError("no object '" + name + "' in " + request.run.string(),
                       problems.empty() ? "" : problems[0].what(), DidYouMean(name, known));
  if (request.objects.empty())
    for (const Error& problem : problems) job.Warn(problem.what());
  if (!request.objects.empty())
    std::erase_if(stored, [&](const run::StoredObject& object) {
      return std::find(request.objects.begin(), request.objects.end(), object.name) == request.objects.end();
    });
  if (stored.empty())
    throw Error("there is no object to export", "none is stored in " + request.run.string(),
                "click one and wait for its field");
  return stored;
}

bool ConcernsOneObject(const ExportRequest& request) {
  if (request.objects.size() != 1) return false;
  if (request.format == kPromptsFormat || IsOfExport(request.format)) return true;
  const Layer layer = pipeline::ParseLayer(request.format);
  return IsOfObject(layer) && layer != Layer::kLabels;
}

pipeline::RenderRequest RenderRequestOf(const ExportRequest& request, Layer layer, const Json& options) {
  pipeline::RenderRequest render;
  render.run = request.run;
  render.is_locked = true;
  render.views = exports::ParseCameraChoice(options.at("views").get<std::string>());
  render.layers = {layer};
  render.frames = options.at("frames");
  render.longest_side = options.at("longest_side");
  render.hard_edge = options.value("hard_edge", false);
  render.arrays = options.value("arrays", false);
  return render;
}

// The options with their values, of a format of `export`.
exports::ExportOptions ValuesOf(const std::string& format, const Json& options) {
  exports::ExportOptions values;
  OptionRegistry registry;
  AddTo(registry, values);
  for (const char* name : exports::FindExportFormat(format).options) {
    const OptionRegistry::Entry* entry = registry.Find(name);
    entry->set(options.at(entry->key));
  }
  return values;
}

// The layer's pictures of all objects, in a folder each; of the scene in one.
std::vector<ZipEntry> RenderAll(pipeline::RenderRequest render, const std::vector<std::string>& objects,
                                const fs::path& folder, const Job& job) {
  std::vector<ZipEntry> entries;
  const auto add = [&](const std::string& name) {
    render.out = folder / name;
    const std::string layer = pipeline::NameOf(render.layers[0]);
    for (const fs::path& file : pipeline::Render(render, job).files)
      entries.push_back({(fs::path(name) / fs::relative(file, render.out / layer)).generic_string(), file});
  };
  if (objects.empty()) add(pipeline::NameOf(render.layers[0]));
  for (const std::string& object : objects) {
    render.object = object;
    add(object);
  }
  return entries;
}

// A place of its own for every export of the process.
fs::path NewPlace(const fs::path& folder) {
  static std::atomic<int> last{0};
  return folder / fmt::format("export-{}", ++last);
}

ExportedFile Finished(const std::string& name, const fs::path& path) {
  return {name, path, int64_t(fs::file_size(path))};
}

ExportedFile ExportPrompts(const ExportRequest& request, const fs::path& folder, const Job& job) {
  mask_decoder::Prompts prompts;
  for (const run::StoredObject& object : ObjectsOf(request, job)) prompts.objects.push_back(object.prompt);
  const fs::path path = NewPlace(folder);
  WriteJsonFile(path, mask_decoder::ToJson(prompts));
  return Finished(ExportName(request) + ".json", path);
}

// As `export` writes it: its file, or its folder as an archive.
ExportedFile ExportAsTable(const ExportRequest& request, const Json& options, const fs::path& folder, const Job& job) {
  pipeline::ExportRequest wanted;
  wanted.run = request.run;
  wanted.is_locked = true;
  wanted.format = request.format;
  wanted.options = ValuesOf(request.format, options);
  for (const run::StoredObject& object : ObjectsOf(request, job)) wanted.objects.push_back(object.name);
  const fs::path path = NewPlace(folder);
  const TemporaryFolder work(path);
  wanted.out = work.path() / request.format;
  const pipeline::ExportResult made = pipeline::Export(wanted, job);
  const std::string stem = ExportName(request);
  if (made.files.size() == 1 && fs::is_regular_file(made.files[0].path)) {
    fs::rename(made.files[0].path, path);
    return Finished(stem + made.files[0].path.extension().string(), path);
  }
  std::vector<ZipEntry> entries;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(made.place))
    if (entry.is_regular_file())
      entries.push_back({entry.path().lexically_relative(made.place).generic_string(), entry.path()});
  std::sort(entries.begin(), entries.end(), [](const ZipEntry& a, const ZipEntry& b) { return a.name < b.name; });
  WriteZip(path, entries, job);
  return Finished(stem + ".zip", path);
}

// What is not as it is by itself: " --set export.views=test".
std::string FlagsOfTable(const std::string& format, const Json& options) {
  exports::ExportOptions defaults;
  OptionRegistry registry;
  AddTo(registry, defaults);
  std::string flags;
  for (const char* name : exports::FindExportFormat(format).options) {
    const OptionRegistry::Entry* entry = registry.Find(name);
    const Json& value = options.at(entry->key);
    if (value != entry->get()) flags += " --set " + ShellQuoted(std::string(name) + "=" + OptionValueText(value));
  }
  return flags;
}

// Whose pictures; none for those of the scene. One picture of all labels is that of any of its objects.
std::vector<std::string> NamesFor(const ExportRequest& request, Layer layer, const Job& job) {
  std::vector<std::string> names;
  if (!IsOfObject(layer)) return names;
  for (const run::StoredObject& object : ObjectsOf(request, job)) names.push_back(object.name);
  if (layer == Layer::kLabels) names.resize(1);
  return names;
}

}  // namespace

void CheckExport(const std::string& format, const Json& given) {
  const Json options = CompletedOptions(format, given);
  if (format != kPromptsFormat && !IsOfExport(format)) RenderRequestOf({}, pipeline::ParseLayer(format), options);
}

ExportedFile Export(const ExportRequest& request, const Json& given, const fs::path& folder, const Job& job) {
  const Json options = CompletedOptions(request.format, given);
  if (request.format == kPromptsFormat) return ExportPrompts(request, folder, job);
  if (IsOfExport(request.format)) return ExportAsTable(request, options, folder, job);
  const Layer layer = pipeline::ParseLayer(request.format);
  const std::vector<std::string> objects = NamesFor(request, layer, job);
  const fs::path path = NewPlace(folder);
  const TemporaryFolder work(path);
  const std::vector<ZipEntry> entries = RenderAll(RenderRequestOf(request, layer, options), objects, work.path(), job);
  const std::string stem = ExportName(request);
  if (entries.size() == 1) {
    fs::rename(entries[0].file, path);
    return Finished(stem + entries[0].file.extension().string(), path);
  }
  WriteZip(path, entries, job);
  return Finished(stem + ".zip", path);
}

bool IsOfObjects(const std::string& format) {
  return format == kPromptsFormat || IsOfExport(format) || IsOfObject(pipeline::ParseLayer(format));
}

std::string ExportName(const ExportRequest& request) {
  const std::string of = ConcernsOneObject(request) ? request.objects[0] : run::NameOfPath(request.run);
  return of + "-" + InFileName(request.format);
}

std::string ExportCommand(const ExportRequest& request, const Json& given) {
  CheckExport(request.format, given);
  const Json options = CompletedOptions(request.format, given);
  std::vector<std::string> commands;
  if (request.format == kPromptsFormat) {
    for (const std::string& object : request.objects)
      commands.push_back(fmt::format("cp {} {}",
                                     ShellQuoted((request.run / "objects" / object / "prompts.json").string()),
                                     ShellQuoted(object + "-prompts.json")));
    return fmt::format("{}", fmt::join(commands, " && "));
  }
  if (IsOfExport(request.format)) {
    std::string objects;
    for (const std::string& object : request.objects) objects += " --object " + ShellQuoted(object);
    return fmt::format("sanerf export {}{} --format {}{}", ShellQuoted(request.run.string()), objects, request.format,
                       FlagsOfTable(request.format, options));
  }
  std::string flags = fmt::format(" --layers {} --views {} --size {}", request.format,
                                  options.at("views").get<std::string>(), options.at("longest_side").get<int>());
  if (options.at("views") == "orbit") flags += fmt::format(" --frames {}", options.at("frames").get<int>());
  if (options.value("hard_edge", false)) flags += " --hard-edge";
  if (options.value("arrays", false)) flags += " --npy";
  const std::string render = "sanerf render " + ShellQuoted(request.run.string());
  const Layer layer = pipeline::ParseLayer(request.format);
  if (!IsOfObject(layer)) return render + flags;
  for (const std::string& object : request.objects) {
    commands.push_back(render + " --object " + ShellQuoted(object) + flags);
    if (layer == Layer::kLabels) break;  // one picture shows all
  }
  return fmt::format("{}", fmt::join(commands, " && "));
}

}  // namespace sanerf::viewer
