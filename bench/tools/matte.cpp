// How much the two constants of a soft cut-out matter, on pictures whose alpha is known.
//   matte [--plot FILE.svg]
// Each is multiplied by 1/100 to 100 while the other stays. Prints Markdown tables: the mean error of alpha along the
// outlines, and that of the cut-out on another background.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "bench/tools/line_plot.h"
#include "bench/tools/matte_pictures.h"
#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/export/matting.h"

namespace {

using namespace sanerf;

constexpr std::array<double, 9> kFactors = {0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100};
constexpr float kOtherBackground[3] = {0.2f, 0.35f, 0.75f};

// ---- A way to cut out

struct Variant {
  enum class Kind { kNoise, kWeight, kHardEdge, kCoverage };
  Kind kind;
  double factor = 1;

  std::string name() const {
    switch (kind) {
      case Kind::kHardEdge:
        return "hard edge";
      case Kind::kCoverage:
        return "coverage, no matte";
      case Kind::kNoise:
        return fmt::format("noise × {:g}", factor);
      case Kind::kWeight:
        return fmt::format("weight × {:g}", factor);
    }
    return "";
  }
};

std::vector<Variant> Variants() {
  std::vector<Variant> variants = {{Variant::Kind::kHardEdge}, {Variant::Kind::kCoverage}};
  for (const Variant::Kind kind : {Variant::Kind::kNoise, Variant::Kind::kWeight})
    for (const double factor : kFactors) variants.push_back({kind, factor});
  return variants;
}

// What is not matted keeps the picture's colors.
exports::Matte Cut(const MattePicture& picture, const Variant& variant) {
  exports::CoveragePrior prior;
  switch (variant.kind) {
    case Variant::Kind::kHardEdge: {
      ImageF mask = picture.coverage;
      for (float& value : mask.data) value = value >= 0.5f ? 1.0f : 0.0f;
      return {std::move(mask), picture.rgb};
    }
    case Variant::Kind::kCoverage:
      return {picture.coverage, picture.rgb};
    case Variant::Kind::kNoise:
      prior.noise *= variant.factor;
      break;
    case Variant::Kind::kWeight:
      prior.weight *= variant.factor;
      break;
  }
  return exports::MatteOf(
      picture.rgb, picture.coverage, Job(), [](const std::string&) {}, prior);
}

// ---- Errors

struct Errors {
  double alpha = 0, composite = 0;  // mean absolute ones; of alpha in %, of colors in steps of 255
};

// Within the matte's band around the true outline or that of the labels: the same pixels for all variants.
std::vector<size_t> BandOf(const MattePicture& picture) {
  const int width = picture.rgb.width, height = picture.rgb.height, radius = exports::BandRadius(picture.rgb);
  std::vector<bool> is_near(picture.alpha.data.size(), false);
  for (int y = 0; y + 1 < height; ++y)
    for (int x = 0; x + 1 < width; ++x) {
      const auto changes = [&](const ImageF& image) {
        return image.At(x, y) != image.At(x + 1, y) || image.At(x, y) != image.At(x, y + 1);
      };
      if (!changes(picture.alpha) && !changes(picture.coverage)) continue;
      for (int v = std::max(0, y - radius); v <= std::min(height - 1, y + radius); ++v)
        for (int u = std::max(0, x - radius); u <= std::min(width - 1, x + radius); ++u)
          is_near[size_t(v) * size_t(width) + size_t(u)] = true;
    }
  std::vector<size_t> band;
  for (size_t i = 0; i < is_near.size(); ++i)
    if (is_near[i]) band.push_back(i);
  return band;
}

Errors ErrorsOf(const exports::Matte& matte, const MattePicture& truth, const std::vector<size_t>& band) {
  Errors errors;
  for (const size_t i : band) {
    const double ours = double(matte.alpha.data[i]), right = double(truth.alpha.data[i]);
    errors.alpha += 100 * std::abs(ours - right);
    for (size_t c = 0; c < 3; ++c) {
      const double behind = double(kOtherBackground[c]);
      const double shown = ours * double(matte.foreground.data[3 * i + c]) + (1 - ours) * behind;
      const double wanted = right * double(truth.foreground.data[3 * i + c]) + (1 - right) * behind;
      errors.composite += 255 * std::abs(shown - wanted) / 3;
    }
  }
  errors.alpha /= double(band.size());
  errors.composite /= double(band.size());
  return errors;
}

// ---- Tables and plot

using ErrorKind = double Errors::*;

class Results {
 public:
  Results(std::vector<MattePicture> pictures, std::vector<Variant> variants)
      : pictures_(std::move(pictures)), variants_(std::move(variants)), errors_(pictures_.size()) {
    ParallelFor(int64_t(pictures_.size()), [&](int64_t i) {
      const MattePicture& picture = pictures_[size_t(i)];
      const std::vector<size_t> band = BandOf(picture);
      for (const Variant& variant : variants_)
        errors_[size_t(i)].push_back(ErrorsOf(Cut(picture, variant), picture, band));
    });
  }

  void PrintTable(const std::string& title, ErrorKind kind) const {
    std::vector<std::string> groups = {"all"};
    for (const MattePicture& picture : pictures_)
      for (const std::string& group : GroupsOf(picture))
        if (std::find(groups.begin(), groups.end(), group) == groups.end()) groups.push_back(group);
    fmt::print("{}\n\n| |", title);
    for (const std::string& group : groups) fmt::print(" {} |", group);
    fmt::print("\n|---|");
    for (size_t i = 0; i < groups.size(); ++i) fmt::print("---|");
    for (size_t variant = 0; variant < variants_.size(); ++variant) {
      fmt::print("\n| {} |", variants_[variant].name());
      for (const std::string& group : groups) fmt::print(" {:.2f} |", Mean(variant, kind, group));
    }
    fmt::print("\n\n");
  }

  // A line for each kind of variant.
  PlotPanel Panel(const std::string& title, ErrorKind kind) const {
    PlotPanel panel{title, {{"noise", {}}, {"weight", {}}, {"hard edge", {}}, {"coverage, no matte", {}}}};
    for (size_t i = 0; i < variants_.size(); ++i)
      panel.lines[size_t(variants_[i].kind)].points.emplace_back(variants_[i].factor, Mean(i, kind, "all"));
    return panel;
  }

 private:
  static std::vector<std::string> GroupsOf(const MattePicture& picture) {
    return {picture.shape, picture.displacement, picture.contrast, picture.background};
  }

  double Mean(size_t variant, ErrorKind kind, const std::string& group) const {
    double sum = 0;
    int count = 0;
    for (size_t i = 0; i < pictures_.size(); ++i) {
      const std::vector<std::string> groups = GroupsOf(pictures_[i]);
      if (group != "all" && std::find(groups.begin(), groups.end(), group) == groups.end()) continue;
      sum += errors_[i][variant].*kind;
      ++count;
    }
    return sum / count;
  }

  std::vector<MattePicture> pictures_;
  std::vector<Variant> variants_;
  std::vector<std::vector<Errors>> errors_;  // [picture][variant]
};

void Run(const std::string& plot) {
  const Results results(MakeMattePictures(), Variants());
  results.PrintTable("Mean error of alpha along the outline, percent", &Errors::alpha);
  results.PrintTable("Mean error of the cut-out's colors on another background, of 255", &Errors::composite);
  if (plot.empty()) return;
  WriteFileAtomic(plot, LinePlot({results.Panel("error of alpha, %", &Errors::alpha),
                                  results.Panel("error on another background, of 255", &Errors::composite)},
                                 "times the constant"));
}

}  // namespace

int main(int argc, char** argv) {
  std::string plot;
  CLI::App app("How much the constants of a soft cut-out matter.");
  app.add_option("--plot", plot, "also draw the errors over the factors: an SVG file to write");
  CLI11_PARSE(app, argc, argv);
  try {
    Run(plot);
  } catch (const sanerf::Error& e) {
    fmt::print(stderr, "error: {}\nhint: {}\n", e.what(), e.hint());
    return 1;
  }
  return 0;
}
