// The pipeline, one function per stage. Each reads its input from the run folder (or the scene), writes its result
// there, shows its own progress, saves on Ctrl-C (InterruptedError) and reuses what is complete and still valid.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/eval/consistency.h"
#include "sanerf/eval/metrics.h"
#include "sanerf/pipeline/object_store.h"
#include "sanerf/pipeline/run_folder.h"
#include "sanerf/pipeline/settings.h"

namespace sanerf {

// 1. Photos to radiance field (paper section A).
struct TrainRequest {
  std::filesystem::path scene, run;
  bool restart = false;  // forget an earlier training in `run`
};
struct TrainResult {
  std::filesystem::path checkpoint;
  double seconds = 0;   // all sittings together
  bool reused = false;  // it was complete already
};
// An unfinished training in `run` is continued when its options are the same; other options are an Error unless
// `restart`.
TrainResult Train(const TrainRequest& request, const Settings& settings);

// 2. Views to encoder maps (paper 3.1).
struct EncodeRequest {
  std::filesystem::path run;
  std::optional<std::filesystem::path> scene;  // where it moved to
};
struct EncodeResult {
  std::filesystem::path folder;
  int num_views = 0;
  double seconds = 0;
  double field_error = -1;  // mean squared error of the distilled field, < 0 without one
};
EncodeResult Encode(const EncodeRequest& request, const Settings& settings);  // all training views
// Records which views are encoded and with what, so that later stages and `info` need not open the cache.
void RecordEncoding(RunFolder& run, const Settings& settings, size_t num_views, double seconds);

// 3. Prompts to 2D masks (3.2) to one object field for all of them (3.3). Encodes what is not encoded yet.
struct SegmentRequest {
  std::filesystem::path run;
  std::optional<std::filesystem::path> scene;
  Prompts prompts;
  bool refit = false;  // only the field, anew, to the masks that are there; `prompts` may name one of its objects
  // To objects that are there: a known name gets further prompts, a new one another label of their field. Otherwise an
  // object of the same name is replaced, and set aside (object_store.h).
  bool add = false;
  std::map<std::string, Json> reports = {};  // text.json, by object
};
struct SegmentResult {
  std::vector<StoredObject> objects;  // of the field, those it had before included
  std::vector<std::string> set_aside;
  int64_t overlap_pixels = 0;
  double encode_seconds = 0, mask_seconds = 0, field_seconds = 0;
};
SegmentResult Segment(const SegmentRequest& request, const Settings& settings);

// 4. Pictures.
struct RenderRequest {
  std::filesystem::path run;
  std::optional<std::filesystem::path> scene;
  std::string object;                         // needed by the layers mask, overlay, cutout and labels
  std::string views = "test";                 // test, train, all, orbit, a view's name, or a path file
  std::vector<std::string> layers = {"rgb"};  // rgb, depth, opacity, mask, overlay, cutout, labels
  std::filesystem::path out;                  // empty = RUN/renders
  int frames = 60;                            // of an orbit
  double downscale = 1;
  bool arrays = false;  // also .npy: rgb, depth (file units), opacity, mask probability
};
struct RenderResult {
  std::filesystem::path folder;
  int num_views = 0;
  std::vector<std::filesystem::path> files;
  double seconds = 0;
};
RenderResult Render(const RenderRequest& request);

// 5. Scores (paper 4.2) on the views that no stage has seen, at the photos' resolution.
struct EvalRequest {
  std::filesystem::path run;
  std::optional<std::filesystem::path> scene;
  std::string object;                  // empty = every object that has an instance
  int instance = -1;                   // instead of the one in the object's prompts
  std::filesystem::path masks;         // ground truth for `object` instead of the scene's: one image per view, by name
  std::vector<std::string> baselines;  // methods to score beside ours, see methods.h
};
struct ObjectScore {
  std::string name;
  int instance = -1;
  MaskScore score;
  ConsistencyScore consistency;
  std::vector<std::pair<std::string, MaskScore>> views;
  std::vector<std::string> unmatched;  // test views without ground truth
};
struct ViewQuality {
  std::string view;
  double psnr = 0, ssim = 0;
};
struct MethodScores {
  std::string method;
  std::vector<ObjectScore> objects;
  double seconds = 0;  // to segment the held-out views, encoding included
};
struct EvalResult {
  double psnr = 0, ssim = 0;  // means over the test views
  std::vector<ViewQuality> views;
  std::vector<ObjectScore> objects;     // of our method
  double own_seconds = 0;               // as MethodScores::seconds, of our method
  std::vector<MethodScores> baselines;  // as asked for, the same objects in the same order
  double seconds = 0;
};
EvalResult Evaluate(const EvalRequest& request);

// Means over objects; 0 when there are none.
struct MeanScores {
  double iou = 0, boundary_iou = 0, accuracy = 0, consistency = 0;
};
MeanScores MeansOf(const std::vector<ObjectScore>& objects);
double MeanIou(const EvalResult& result);
double MeanAccuracy(const EvalResult& result);
// {"psnr", "ssim", "objects": […], "miou", "mean_accuracy", …, "seconds"}; with baselines also "baselines", "ahead"
Json ToJson(const EvalResult& result);
std::string ToTable(const EvalResult& result);  // for people
// metrics.json of the objects and of the run: ToJson and every view.
void WriteMetrics(const RunFolder& run, const EvalResult& result);

// 6. All of it on the procedural scene.
struct DemoRequest {
  std::filesystem::path out = "demo_run";
};
struct DemoResult {
  EvalResult eval;
  std::filesystem::path report;
  std::vector<std::pair<std::string, double>> seconds;  // by stage, in order; of the sitting in which it was computed
  std::vector<std::string> reused;
  int64_t peak_rss_bytes = 0;
};
void ApplyDemoDefaults(Settings& settings);  // before the user's own options
DemoResult Demo(const DemoRequest& request, const Settings& settings);
Json ToJson(const DemoResult& result);

// Ends a loop over views: throws InterruptedError once Ctrl-C was pressed.
void StopIfInterrupted(const std::string& what);

}  // namespace sanerf
