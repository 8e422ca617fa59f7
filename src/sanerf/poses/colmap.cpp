#include "sanerf/poses/colmap.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/quantiles.h"
#include "sanerf/core/stopwatch.h"

namespace sanerf::poses {
namespace fs = std::filesystem;
namespace {

constexpr size_t kEnoughForOpenCv = 20;  // photos that fix two focal lengths and four terms of distortion
// Of photos of plain furniture and walls: a third of COLMAP's default, above which they have hardly any features. Not
// of all photos: of too many features COLMAP keeps the coarse ones.
constexpr const char* kPeakThreshold = "0.002";
constexpr double kFewFeatures = 1000;   // of half of the photos
constexpr size_t kFirstPairs = 32;      // compared in one call of COLMAP, which says nothing on the way
constexpr double kSecondsPerCall = 10;  // that later calls take: the user sees progress that often
constexpr size_t kMostPairs = 1000;
constexpr const char* kNeededForPoses = "finding poses";
constexpr const char* kTryAgain = "the same command goes on from there";

std::string LensName(LensChoice choice, size_t num_photos) {
  switch (choice) {
    case LensChoice::kSimpleRadial:
      return "SIMPLE_RADIAL";
    case LensChoice::kOpenCv:
      return "OPENCV";
    case LensChoice::kFisheye:
      return "OPENCV_FISHEYE";
    case LensChoice::kAuto:
      break;
  }
  return num_photos >= kEnoughForOpenCv ? "OPENCV" : "SIMPLE_RADIAL";
}

}  // namespace

std::vector<CameraGroup> GroupByCamera(const std::vector<Photo>& photos, const PosesOptions& options) {
  std::map<std::string, std::vector<int>> groups;
  for (size_t i = 0; i < photos.size(); ++i) {
    const Photo& photo = photos[i];
    if (options.cameras == SharedCameras::kOne && (photo.width != photos[0].width || photo.height != photos[0].height))
      throw UsageError("poses.cameras=one: the photos have several sizes",
                       fmt::format("{} has {}x{} pixels, {} has {}x{}", photos[0].name, photos[0].width,
                                   photos[0].height, photo.name, photo.width, photo.height),
                       "leave it out: photos of one size share a camera anyway");
    const bool is_by_looks = options.cameras == SharedCameras::kAuto;
    const std::string key = is_by_looks ? fmt::format("{:06}x{:06} {}", photo.width, photo.height, photo.lens) : "all";
    groups[key].push_back(int(i));
  }
  std::vector<CameraGroup> all;
  for (auto& [key, members] : groups) {
    const std::string lens = LensName(options.lens, options.cameras == SharedCameras::kEach ? 1 : members.size());
    all.push_back({std::move(members), lens});
  }
  return all;
}

void CheckColmap() { const Tool there("colmap", kNeededForPoses); }

Colmap::Colmap(ColmapPlaces places) : places_(std::move(places)), tool_("colmap", kNeededForPoses) {}

int Colmap::NumThreadsOf(const Job& job) const { return job.num_threads() > 0 ? job.num_threads() : NumThreads(); }

ToolCall Colmap::Call(std::vector<std::string> arguments, const std::string& what, const std::string& hint) const {
  ToolCall call;
  call.arguments = std::move(arguments);
  call.what = what;
  call.hint = hint;
  call.log = places_.log;
  return call;
}

std::vector<std::string> Colmap::Flag(const std::string& command, const std::string& name, const std::string& value,
                                      const Job& job) {
  if (flags_.count(command) == 0) {
    std::set<std::string>& known = flags_[command];
    ToolCall help;
    help.arguments = {command, "--help"};
    help.what = "colmap does not explain its command " + command;
    help.hint = "is it COLMAP 3.8 or newer? sanerf doctor says which one is found";
    help.on_line = [&](const std::string& line) {
      const size_t begin = line.find("--");
      if (begin != std::string::npos) known.insert(line.substr(begin + 2, line.find_first_of(" =", begin) - begin - 2));
    };
    tool_.Run(help, job);
  }
  const std::set<std::string>& known = flags_[command];
  if (known.count(name) != 0) return {"--" + name, value};
  // Later versions moved what is not SIFT's alone.
  const std::string key = name.substr(name.find('.'));
  for (const char* group : {"FeatureExtraction", "FeatureMatching"})
    if (known.count(group + key) != 0) return {"--" + (group + key), value};
  return {};
}

std::vector<double> Colmap::ExtractFrom(const CameraGroup& group, const Extraction& what,
                                        const std::function<void(int)>& on_photo, const Job& job) {
  const std::string command = "feature_extractor";
  const fs::path list = places_.database.parent_path() / "photos.txt";
  std::string files;
  for (const int i : group.photos) files += what.photos[size_t(i)].file + "\n";
  WriteFileAtomic(list, files);
  const bool is_shared = what.options.cameras != SharedCameras::kEach;
  std::vector<std::string> arguments = {
      command,
      "--database_path",
      places_.database.string(),
      "--image_path",
      places_.photos.string(),
      "--image_list_path",
      list.string(),
      "--random_seed",
      fmt::format("{}", what.options.seed),
      "--ImageReader.camera_model",
      group.lens,
      is_shared ? "--ImageReader.single_camera" : "--ImageReader.single_camera_per_image",
      "1",
      "--SiftExtraction.max_num_features",
      fmt::format("{}", what.options.features)};
  if (what.is_plain) arguments.insert(arguments.end(), {"--SiftExtraction.peak_threshold", kPeakThreshold});
  for (const auto& [name, value] : {std::pair<std::string, std::string>{"use_gpu", "0"},
                                    {"num_threads", fmt::format("{}", NumThreadsOf(job))},
                                    {"max_image_size", fmt::format("{}", what.options.photo_size)}})
    for (const std::string& word : Flag(command, "SiftExtraction." + name, value, job)) arguments.push_back(word);
  std::vector<double> num_features;
  ToolCall call = Call(std::move(arguments), "colmap cannot find features", kTryAgain);
  call.on_line = [&](const std::string& line) {
    int done = 0, total = 0;
    if (ReadCount(line, "Processed file", &done, &total)) on_photo(done);
    const size_t at = line.find("Features:");
    if (at != std::string::npos && std::sscanf(line.c_str() + at, "Features: %d", &done) == 1)
      num_features.push_back(done);
  };
  tool_.Run(call, job);
  return num_features;
}

void Colmap::ExtractFeatures(const std::vector<Photo>& photos, const PosesOptions& options, const Job& job) {
  const std::vector<CameraGroup> groups = GroupByCamera(photos, options);
  Task task(job, "features", int64_t(photos.size()), "photos");
  int64_t before = 0;
  for (const bool is_plain : {false, true}) {
    for (const char* rest : {"", "-wal", "-shm", "-journal"}) RemoveFile(places_.database.string() + rest);
    std::vector<double> num_features;
    for (const CameraGroup& group : groups) {
      const std::vector<double> found = ExtractFrom(
          group, {photos, options, is_plain}, [&](int done) { task.Update(before + done); }, job);
      num_features.insert(num_features.end(), found.begin(), found.end());
      before += int64_t(group.photos.size());
      task.Update(before);
    }
    if (is_plain || num_features.empty() || Median(num_features) >= kFewFeatures) break;
    job.Detail(fmt::format("half of the photos have {:.0f} features or fewer: looking for fainter ones as well",
                           Median(num_features)));
    task.SetTotal(2 * int64_t(photos.size()));
  }
  if (!ExistsAsFile(places_.database))
    throw Error("colmap cannot find features", "it left no database", "all it said is in " + places_.log.string());
  task.Finish();
}

void Colmap::MatchPairs(const std::vector<Photo>& photos, const std::vector<Pair>& pairs, const PosesOptions& options,
                        const fs::path& scratch, const Job& job) {
  const std::string command = "matches_importer";
  Task task(job, "matches", int64_t(pairs.size()), "pairs");
  size_t at_a_time = kFirstPairs;
  for (size_t begin = 0; begin < pairs.size();) {
    const Stopwatch watch;
    const size_t end = std::min(pairs.size(), begin + at_a_time);
    std::string list;
    for (size_t i = begin; i < end; ++i)
      list += photos[size_t(pairs[i].first)].file + " " + photos[size_t(pairs[i].second)].file + "\n";
    WriteFileAtomic(scratch, list);
    std::vector<std::string> arguments = {command,
                                          "--database_path",
                                          places_.database.string(),
                                          "--match_list_path",
                                          scratch.string(),
                                          "--match_type",
                                          "pairs",
                                          "--random_seed",
                                          fmt::format("{}", options.seed)};
    for (const auto& [name, value] :
         {std::pair<std::string, std::string>{"use_gpu", "0"}, {"num_threads", fmt::format("{}", NumThreadsOf(job))}})
      for (const std::string& word : Flag(command, "SiftMatching." + name, value, job)) arguments.push_back(word);
    tool_.Run(Call(std::move(arguments), "colmap cannot compare the photos", kTryAgain), job);
    const double each = std::max(1e-4, watch.seconds() / double(end - begin));
    at_a_time = std::clamp(size_t(kSecondsPerCall / each), size_t{1}, kMostPairs);
    begin = end;
    task.Update(int64_t(end));
  }
  task.Finish();
}

void Colmap::Map(int num_photos, const PosesOptions& options, const fs::path& folder, const Job& job) {
  Task task(job, "place", num_photos, "photos");
  int most = 0;
  ToolCall call = Call({"mapper", "--database_path", places_.database.string(), "--image_path", places_.photos.string(),
                        "--output_path", folder.string(), "--random_seed", fmt::format("{}", options.seed),
                        "--Mapper.num_threads", fmt::format("{}", NumThreadsOf(job))},
                       "colmap found no poses",
                       "the photos share too little: take more, each with most of what the one before shows, of things "
                       "that do not move or shine");
  call.on_line = [&](const std::string& line) {
    int image = 0, registered = 0;
    if (std::sscanf(line.c_str(), "Registering image #%d (%d)", &image, &registered) != 2) return;
    most = std::max(most, registered);
    task.Update(std::min(most, num_photos));
  };
  tool_.Run(call, job);
  if (!fs::exists(folder / "0" / "images.bin"))
    throw Error(call.what, "no two photos fit together well enough to begin with",
                call.hint + "; all colmap said is in " + places_.log.string());
  task.Finish();
}

bool Colmap::Merge(const fs::path& first, const fs::path& second, const fs::path& out, const Job& job) {
  bool succeeded = false;
  ToolCall call = Call({"model_merger", "--input_path1", first.string(), "--input_path2", second.string(),
                        "--output_path", out.string()},
                       "colmap cannot join two models", kTryAgain);
  call.on_line = [&](const std::string& line) {
    succeeded = succeeded || line.find("Merge succeeded") != std::string::npos;
  };
  try {
    tool_.Run(call, job);
  } catch (const InterruptedError&) {
    throw;
  } catch (const Error& error) {  // the parts are good as they are
    job.Detail(error.what());
    return false;
  }
  return succeeded && fs::exists(out / "images.bin");
}

void Colmap::Adjust(const fs::path& model, const fs::path& out, const Job& job) {
  Task task(job, "adjust");
  tool_.Run(Call({"bundle_adjuster", "--input_path", model.string(), "--output_path", out.string()},
                 "colmap cannot adjust the joined model", kTryAgain),
            job);
  task.Finish();
}

void Colmap::UndistortPhotos(const fs::path& model, int num_photos, const fs::path& out, const Job& job) {
  Task task(job, "undistort", num_photos, "photos");
  ToolCall call = Call({"image_undistorter", "--image_path", places_.photos.string(), "--input_path", model.string(),
                        "--output_path", out.string(), "--output_type", "COLMAP"},
                       "colmap cannot straighten the photos", kTryAgain);
  call.on_line = [&](const std::string& line) {
    if (int done = 0, total = 0; ReadCount(line, "Undistorting image", &done, &total)) task.Update(done);
  };
  tool_.Run(call, job);
  task.Finish();
}

}  // namespace sanerf::poses
