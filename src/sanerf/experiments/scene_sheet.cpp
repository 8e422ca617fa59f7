#include "sanerf/experiments/scene_sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/pixel_window.h"
#include "sanerf/experiments/compare/pixel_text.h"
#include "sanerf/experiments/plan_view.h"
#include "sanerf/scene/choose_views.h"
#include "sanerf/scene/ignored_pixels.h"
#include "sanerf/scene/instance_masks.h"

namespace sanerf::experiments {
namespace {

constexpr int kThumb = 160, kThumbGap = 8, kThumbScale = 1, kThumbLine = TextHeight(kThumbScale) + 6;
constexpr int kSheetColumns = 8, kSheetWidth = kSheetColumns * (kThumb + kThumbGap) + kThumbGap;
constexpr int kTitleScale = 2, kTitleLine = TextHeight(kTitleScale) + 8;
constexpr std::array<uint8_t, 3> kTrainName = {70, 76, 88}, kTestName = {230, 120, 20}, kTitleInk = {28, 30, 36},
                                 kProblemInk = {200, 30, 30}, kTruthEdge = {255, 225, 60};
constexpr double kOneStop = 2;  // twice or half the light of the others
constexpr size_t kNamedOnSheet = 6;

// As the eye of a camera counts it: sRGB undone, roughly.
double Linear(float value) { return std::pow(double(value), 2.2); }

void MarkIgnored(const ImageU8& ignored, ImageU8* picture) {
  for (int64_t p = 0; !ignored.empty() && p < picture->num_pixels(); ++p) {
    if (ignored.data[size_t(p)] == 0) continue;
    uint8_t* pixel = &picture->data[size_t(3 * p)];
    pixel[0] = uint8_t(255 - (255 - pixel[0]) / 3);
    pixel[1] = uint8_t(pixel[1] / 3), pixel[2] = uint8_t(pixel[2] / 3);
  }
}

void MarkTruth(const scene::View& view, ImageU8* picture) {
  if (view.mask_path.empty()) return;
  const ImageU16 ids = scene::LoadViewInstances(view);
  const auto at = [&](int x, int y) {
    return ids.At(std::min(ids.width - 1, int(int64_t(x) * ids.width / picture->width)),
                  std::min(ids.height - 1, int(int64_t(y) * ids.height / picture->height)));
  };
  for (int y = 0; y + 1 < picture->height; ++y)
    for (int x = 0; x + 1 < picture->width; ++x)
      if (at(x, y) != at(x + 1, y) || at(x, y) != at(x, y + 1)) std::copy_n(kTruthEdge.data(), 3, picture->Pixel(x, y));
}

SheetPhoto LookAtPhoto(const scene::Scene& scene, int view_idx, bool keeps_picture) {
  const scene::View& view = scene.views[size_t(view_idx)];
  SheetPhoto photo;
  photo.view_idx = view_idx;
  try {
    const Camera small = view.camera.ResizedToLongest(kThumb);
    const ImageF image = scene::LoadViewImage(view, small.width, small.height);
    const ImageU8 ignored = scene::LoadIgnoredPixels(view, small.width, small.height);
    double sum = 0, weight = 0;
    for (int64_t p = 0; p < image.num_pixels(); ++p) {
      if (!ignored.empty() && ignored.data[size_t(p)] != 0) continue;
      const float* pixel = &image.data[size_t(p * image.channels)];
      const double counts = image.channels == 4 ? pixel[3] : 1;
      sum += counts * (Linear(pixel[0]) + Linear(pixel[1]) + Linear(pixel[2])) / 3;
      weight += counts;
    }
    photo.light = weight > 0 ? sum / weight : 0;
    const float white[3] = {1, 1, 1};
    ImageU8 picture = ToU8(CompositeOver(image, white));
    MarkIgnored(ignored, &picture);
    MarkTruth(view, &picture);
    if (keeps_picture) photo.picture = std::move(picture);
  } catch (const InterruptedError&) {
    throw;
  } catch (const Error& error) {
    photo.problem = error.what();
  }
  return photo;
}

std::string NameOfView(const scene::Scene& scene, const SheetPhoto& photo) {
  return scene.views[size_t(photo.view_idx)].name;
}

// The words of a text in lines of so many pixels.
std::vector<std::string> LinesOf(const std::string& text, int width, int scale) {
  std::vector<std::string> lines(1);
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at),
                      longer = lines.back() + (lines.back().empty() ? "" : " ") + word;
    if (lines.back().empty() || TextWidth(longer, scale) <= width) {
      lines.back() = longer;
    } else {
      lines.push_back(word);
    }
    at = end + 1;
  }
  return lines;
}

// Where the rows of pictures begin, each as high as its highest, and where the last one ends.
std::vector<int> RowTops(const std::vector<const SheetPhoto*>& shown, int top) {
  std::vector<int> tops = {top};
  for (size_t begin = 0; begin < shown.size(); begin += kSheetColumns) {
    int highest = kThumb / 2;  // room for what is said of a photo that cannot be read
    for (size_t i = begin; i < std::min(shown.size(), begin + kSheetColumns); ++i)
      highest = std::max(highest, shown[i]->picture.height);
    tops.push_back(tops.back() + highest + kThumbLine + kThumbGap);
  }
  return tops;
}

}  // namespace

SceneSheet LookAtPhotos(const scene::Scene& scene, int most_pictures, const Job& job) {
  std::vector<int> all;
  for (size_t i = 0; i < scene.views.size(); ++i) all.push_back(int(i));
  const std::vector<int> shown = scene::ThinnedViews(all, most_pictures);
  const std::set<int> keep(shown.begin(), shown.end());
  SceneSheet sheet;
  sheet.photos.resize(all.size());
  Task task(job, "look at photos", int64_t(all.size()), "photos");
  std::atomic<int64_t> done = 0;
  ParallelForChunks(int64_t(all.size()), 1, [&](int64_t i, int64_t) {
    job.ThrowIfStopped("reading the photos");
    sheet.photos[size_t(i)] = LookAtPhoto(scene, int(i), keep.count(int(i)) > 0);
    task.Update(++done);
  });
  task.Finish();
  return sheet;
}

std::vector<scene::Oddity> OdditiesOf(const SceneSheet& sheet, const scene::Scene& scene) {
  std::vector<scene::Oddity> oddities;
  std::vector<double> lights;
  std::vector<std::string> problems;
  for (const SheetPhoto& photo : sheet.photos) {
    if (photo.problem.empty()) {
      lights.push_back(photo.light);
    } else {
      problems.push_back(photo.problem);
    }
  }
  if (!problems.empty()) {
    oddities.push_back(
        {fmt::format("{} be used: {}", Counted(int64_t(problems.size()), "photo cannot", "photos cannot"),
                     FirstFew(problems, kNamedOnSheet, "; ")),
         "put good copies in their place, or remove them from the scene"});
  }
  if (lights.empty()) return oddities;
  std::sort(lights.begin(), lights.end());
  const double usual = lights[lights.size() / 2];
  std::vector<std::string> unusual;
  for (const SheetPhoto& photo : sheet.photos) {
    const bool is_dark = photo.light * kOneStop<usual, is_light = photo.light> kOneStop * usual;
    if (!photo.problem.empty() || !(is_dark || is_light)) continue;
    unusual.push_back(fmt::format("{} ({})", NameOfView(scene, photo), is_dark ? "darker" : "lighter"));
  }
  if (!unusual.empty()) {
    oddities.push_back(
        {fmt::format("{} more than twice or less than half as much light as the others: {}",
                     Counted(int64_t(unusual.size()), "photo has", "photos have"), FirstFew(unusual, kNamedOnSheet)),
         "if the exposure changed and not what is seen, train with --set nerf.appearance=gain"});
  }
  return oddities;
}

ImageU8 ToPicture(const SceneSheet& sheet, const scene::Scene& scene) {
  std::vector<const SheetPhoto*> shown;
  for (const SheetPhoto& photo : sheet.photos)
    if (!photo.picture.empty() || !photo.problem.empty()) shown.push_back(&photo);
  const std::string title =
      scene.summary +
      (shown.size() < sheet.photos.size() ? fmt::format("; {} of the photos are shown", shown.size()) : std::string());
  const std::vector<std::string> lines = LinesOf(title, kSheetWidth - 2 * kThumbGap, kTitleScale);
  const int plan_size = kSheetWidth / 2, plan_top = kThumbGap + int(lines.size()) * kTitleLine;
  const std::vector<int> tops = RowTops(shown, plan_top + plan_size + kThumbGap);
  ImageU8 picture(kSheetWidth, tops.back(), 3, 255);
  for (size_t i = 0; i < lines.size(); ++i)
    DrawText(lines[i], kThumbGap, kThumbGap + int(i) * kTitleLine, {kTitleScale, kTitleInk}, &picture);
  Paste(DrawPlan(scene, plan_size), 0, plan_top, &picture);
  for (size_t i = 0; i < shown.size(); ++i) {
    const int x = kThumbGap + int(i % kSheetColumns) * (kThumb + kThumbGap);
    const int y = tops[i / kSheetColumns], y_name = tops[i / kSheetColumns + 1] - kThumbLine - kThumbGap + 3;
    const bool is_broken = !shown[i]->problem.empty();
    if (!shown[i]->picture.empty()) Paste(shown[i]->picture, x, y, &picture);
    if (is_broken) DrawText("cannot be used", x, y + kThumb / 4, {kThumbScale, kProblemInk}, &picture);
    const std::array<uint8_t, 3>& ink = is_broken                                         ? kProblemInk
                                        : scene.views[size_t(shown[i]->view_idx)].is_test ? kTestName
                                                                                          : kTrainName;
    DrawText(FittingText(NameOfView(scene, *shown[i]), kThumb, kThumbScale), x, y_name, {kThumbScale, ink}, &picture);
  }
  return picture;
}

}  // namespace sanerf::experiments
