#include "sanerf/detect/class_detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/detect/class_names.h"

namespace sanerf::detect {
namespace {

constexpr double kUsualThreshold = 0.25;
constexpr int kUsualSize = 640;           // of an export with a free size
constexpr float kBorder = 114.f / 255.f;  // the gray that these models were trained with around the image
constexpr size_t kMaxNamesListed = 100;

// The image in the middle of the model's rectangle, its shape kept.
struct Letterbox {
  int width = 0, height = 0;  // of the model's image
  int inner_width = 0, inner_height = 0, left = 0, top = 0;

  Letterbox(int model_width, int model_height, const ImageF& rgb) : width(model_width), height(model_height) {
    const double scale = std::min(double(width) / rgb.width, double(height) / rgb.height);
    inner_width = std::clamp(int(std::lround(rgb.width * scale)), 1, width);
    inner_height = std::clamp(int(std::lround(rgb.height * scale)), 1, height);
    left = (width - inner_width) / 2;
    top = (height - inner_height) / 2;
  }

  std::vector<float> Planes(const ImageF& rgb) const {
    const ImageF inner = Resize(rgb, inner_width, inner_height);
    std::vector<float> planes(size_t{3} * size_t(width) * size_t(height), kBorder);
    ParallelFor(inner_height, [&](int64_t y) {
      for (int c = 0; c < 3; ++c) {
        float* row = &planes[(size_t(c) * size_t(height) + size_t(y + top)) * size_t(width) + size_t(left)];
        for (int x = 0; x < inner_width; ++x) row[x] = inner.At(x, int(y), c);
      }
    });
    return planes;
  }

  DetectedBox ToImage(float cx, float cy, float w, float h, const ImageF& rgb) const {
    const auto back = [](float at, int start, int inner, int size) {
      return std::clamp((at - float(start)) * float(size) / float(inner), 0.f, float(size));
    };
    return {back(cx - w / 2, left, inner_width, rgb.width), back(cy - h / 2, top, inner_height, rgb.height),
            back(cx + w / 2, left, inner_width, rgb.width), back(cy + h / 2, top, inner_height, rgb.height), 0};
  }
};

class ClassDetector : public TextDetector {
 public:
  ClassDetector(const DetectorFiles& files, std::unique_ptr<models::OnnxSession> session,
                const TextDetectorOptions& options)
      : files_(files), session_(std::move(session)), options_(options) {
    if (options_.box_threshold == 0) options_.box_threshold = kUsualThreshold;
    input_ = session_->Input(session_->inputs()[0].name, {1, 3, -1, -1});
    output_ = session_->Output(session_->outputs()[0].name, {1, -1, -1}).name;
    ReadNames();
  }

  const std::string& name() const override { return files_.name; }
  const std::string& license() const override { return files_.license; }
  uint64_t Fingerprint() const override { return files_.fingerprint; }
  const std::vector<std::string>& Labels() const override { return labels_; }
  double box_threshold() const override { return options_.box_threshold; }

  void CheckPhrases(const std::vector<std::string>& phrases) const override { ClassesOf(phrases); }

  Detections Detect(const ImageF& rgb, const std::vector<std::string>& phrases, const Job& job) const override {
    SANERF_CHECK_EQ(rgb.channels, 3);
    const std::vector<size_t> classes = ClassesOf(phrases);
    const auto free_or = [](int64_t size) { return size > 0 ? int(size) : kUsualSize; };
    const Letterbox letterbox(free_or(input_.shape[3]), free_or(input_.shape[2]), rgb);
    const std::vector<float> planes = letterbox.Planes(rgb);
    const models::Tensor answers =
        session_->Run({{input_.name, {1, 3, letterbox.height, letterbox.width}, planes.data()}}, {output_}, job)[0];
    const int64_t num_rows = 4 + int64_t(labels_.size());
    if (answers.shape.size() != 3 || answers.shape[1] < num_rows)
      session_->Fail(fmt::format("\"{}\" came out as {}, needed are {}: 4 of boxes and one of each of its {}", output_,
                                 models::ShapeText(answers.shape), Counted(num_rows, "row"),
                                 Counted(int64_t(labels_.size()), "class", "classes")));

    Detections detections;
    const size_t num_cells = size_t(answers.shape[2]);
    const auto row = [&](size_t r) { return answers.data.data() + r * num_cells; };
    for (size_t c = 0; c < labels_.size(); ++c) {
      const float best = num_cells > 0 ? *std::max_element(row(4 + c), row(5 + c)) : 0;
      if (double(best) > options_.box_threshold) detections.seen.emplace_back(labels_[c], best);
    }
    for (const size_t c : classes) {
      PhraseBoxes phrase;
      for (size_t i = 0; i < num_cells; ++i) {
        const float score = row(4 + c)[i];
        phrase.best_score = std::max(phrase.best_score, score);
        if (!(double(score) > options_.box_threshold)) continue;
        DetectedBox box = letterbox.ToImage(row(0)[i], row(1)[i], row(2)[i], row(3)[i], rgb);
        box.score = score;
        if (box.x0 < box.x1 && box.y0 < box.y1) phrase.boxes.push_back(box);
      }
      KeepDistinct(options_.overlap, &phrase.boxes);
      detections.phrases.push_back(std::move(phrase));
    }
    return detections;
  }

 private:
  // Rows that are neither box nor mask coefficient are classes.
  void ReadNames() {
    int64_t num_coefficients = 0;
    for (const models::TensorInfo& output : session_->outputs())
      if (output.shape.size() == 4 && output.shape[1] > 0) num_coefficients = output.shape[1];
    const int64_t rows = session_->Output(output_, {1, -1, -1}).shape[1];
    const int64_t num_classes = rows < 0 ? -1 : rows - 4 - num_coefficients;
    if (const auto names = ParseClassNames(session_->Metadata("names"))) {
      labels_ = *names;
    } else if (num_classes == int64_t(CocoNames().size())) {
      labels_ = CocoNames();
    } else {
      session_->Fail(fmt::format("it names none of its {} (metadata \"names\")",
                                 num_classes < 0 ? "classes" : Counted(num_classes, "class", "classes")));
    }
    if (num_classes >= 0 && num_classes != int64_t(labels_.size()))
      session_->Fail(
          fmt::format("it names {}, but \"{}\" has rows for {}: only detection and segmentation exports without "
                      "suppression inside can be read",
                      Counted(int64_t(labels_.size()), "class", "classes"), output_, num_classes));
  }

  std::vector<size_t> ClassesOf(const std::vector<std::string>& phrases) const {
    std::vector<size_t> classes;
    for (const std::string& phrase : phrases) {
      const auto found = FindClass(phrase, labels_);
      if (!found) FailForNoClass(phrase);
      if (std::find(classes.begin(), classes.end(), *found) != classes.end())
        throw UsageError(fmt::format("'{}' names the class '{}' once more", Shortened(phrase), labels_[*found]), "",
                         "name every class once");
      classes.push_back(*found);
    }
    return classes;
  }

  [[noreturn]] void FailForNoClass(const std::string& phrase) const {
    const std::vector<std::string> nearest = NearestClasses(phrase, labels_);
    const size_t listed = std::min(labels_.size(), kMaxNamesListed);
    std::string hint = nearest.empty() ? "" : fmt::format("nearest are: {}; ", fmt::join(nearest, ", "));
    hint += fmt::format("all of them: {}{}", fmt::join(labels_.begin(), labels_.begin() + long(listed), ", "),
                        listed < labels_.size() ? ", …" : "");
    throw UsageError(fmt::format("'{}' is no class of the detector {}", Shortened(phrase), files_.name),
                     "it knows only " + Counted(int64_t(labels_.size()), "class", "classes"), hint);
  }

  DetectorFiles files_;
  std::unique_ptr<models::OnnxSession> session_;
  TextDetectorOptions options_;
  models::TensorInfo input_;
  std::string output_;
  std::vector<std::string> labels_;
};

}  // namespace

std::unique_ptr<TextDetector> MakeClassDetector(const DetectorFiles& files,
                                                std::unique_ptr<models::OnnxSession> session,
                                                const TextDetectorOptions& options) {
  return std::make_unique<ClassDetector>(files, std::move(session), options);
}

}  // namespace sanerf::detect
