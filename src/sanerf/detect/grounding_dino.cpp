#include "sanerf/detect/grounding_dino.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <optional>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/input_file.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/detect/caption.h"

namespace sanerf::detect {

using models::OnnxSession;
using models::TensorInfo;

namespace {

constexpr double kUsualBoxThreshold = 0.35;
constexpr int kShortSide = 800, kMaxLongSide = 1333;
constexpr float kMean[3] = {0.485f, 0.456f, 0.406f};  // ImageNet's
constexpr float kDeviation[3] = {0.229f, 0.224f, 0.225f};

// What an input is given.
enum class Role { kImage, kPixelMask, kIds, kTypes, kPositions, kTokenMask, kBlocks };

// None for an input that no export has.
std::optional<Role> RoleOf(const TensorInfo& input) {
  const std::string& name = input.name;
  const size_t rank = input.shape.size();
  if (rank == 4 && (name == "img" || name == "pixel_values" || name == "inputs" || name == "samples"))
    return Role::kImage;
  if (rank == 3 && name == "pixel_mask") return Role::kPixelMask;
  if (rank == 2 && name == "input_ids") return Role::kIds;
  if (rank == 2 && name == "token_type_ids") return Role::kTypes;
  if (rank == 2 && name == "position_ids") return Role::kPositions;
  // The release calls the blocks text_self_attention_masks in its code and text_token_mask in the usual export.
  if (name == "attention_mask" || name == "text_token_mask" || name == "text_self_attention_masks") {
    if (rank == 2) return Role::kTokenMask;
    if (rank == 3) return Role::kBlocks;
  }
  return std::nullopt;
}

// Values that an input was declared to take as floats, integers or booleans.
class TypedFeeds {
 public:
  void Add(const TensorInfo& input, const std::vector<int64_t>& shape, const std::vector<int64_t>& values) {
    if (input.type == models::ElementType::kBool) {
      auto bools = std::make_unique<bool[]>(values.size());
      std::transform(values.begin(), values.end(), bools.get(), [](int64_t value) { return value != 0; });
      feeds_.push_back({input.name, shape, static_cast<const bool*>(bools.get())});
      bools_.push_back(std::move(bools));
    } else if (input.type == models::ElementType::kFloat) {
      feeds_.push_back({input.name, shape, floats_.emplace_back(values.begin(), values.end()).data()});
    } else {
      feeds_.push_back({input.name, shape, integers_.emplace_back(values).data()});
    }
  }
  void Add(const TensorInfo& input, const std::vector<int64_t>& shape, const std::vector<float>& values) {
    feeds_.push_back({input.name, shape, values.data()});
  }
  const std::vector<OnnxSession::Feed>& feeds() const { return feeds_; }

 private:
  std::vector<OnnxSession::Feed> feeds_;
  // Deques do not move what they hold.
  std::deque<std::vector<int64_t>> integers_;
  std::deque<std::vector<float>> floats_;
  std::deque<std::unique_ptr<bool[]>> bools_;
};

double Sigmoid(double logit) { return 1 / (1 + std::exp(-logit)); }

class GroundingDino : public TextDetector {
 public:
  GroundingDino(const DetectorFiles& files, std::unique_ptr<OnnxSession> session, const TextDetectorOptions& options)
      : files_(files), session_(std::move(session)), options_(options), vocabulary_(VocabularyOf(files)) {
    if (options_.box_threshold == 0) options_.box_threshold = kUsualBoxThreshold;
    for (const TensorInfo& input : session_->inputs()) {
      const auto role = RoleOf(input);
      if (!role) session_->Fail("its input \"" + input.name + "\" is none of a Grounding DINO");
      if (input.type == models::ElementType::kOther)
        session_->Fail("its input \"" + input.name + "\" takes neither floats nor 64-bit integers nor booleans");
      if (!inputs_.emplace(*role, input).second)
        session_->Fail("its input \"" + input.name + "\" is the second one of its kind");
    }
    if (!inputs_.contains(Role::kImage)) session_->Fail("it has no input for the image");
    session_->Input(inputs_.at(Role::kImage).name, {-1, 3, -1, -1});
    logits_ = session_->Output(session_->HasOutput("logits") ? "logits" : "pred_logits", {-1, -1, -1}).name;
    boxes_ = session_->Output(session_->HasOutput("pred_boxes") ? "pred_boxes" : "boxes", {-1, -1, 4}).name;
  }

  const std::string& name() const override { return files_.name; }
  const std::string& license() const override { return files_.license; }
  uint64_t Fingerprint() const override { return files_.fingerprint; }
  const std::vector<std::string>& Labels() const override { return labels_; }
  double box_threshold() const override { return options_.box_threshold; }

  void CheckPhrases(const std::vector<std::string>& phrases) const override { CaptionOf(phrases); }

  Detections Detect(const ImageF& rgb, const std::vector<std::string>& phrases, const Job& job) const override {
    const Caption caption = CaptionOf(phrases);
    const std::vector<models::Tensor> answers = Run(rgb, caption, job);
    const models::Tensor &logits = answers[0], &boxes = answers[1];
    const int64_t num_boxes = logits.shape.size() == 3 ? logits.shape[1] : 0;
    if (num_boxes < 1 || logits.shape[2] < caption.size() ||
        boxes.shape != std::vector<int64_t>{logits.shape[0], num_boxes, 4})
      session_->Fail(fmt::format("for {} tokens it answers logits {} and boxes {}", caption.size(),
                                 models::ShapeText(logits.shape), models::ShapeText(boxes.shape)));
    Detections detections;
    detections.phrases.resize(phrases.size());
    for (int64_t i = 0; i < num_boxes; ++i)
      AddDetection(&logits.data[size_t(i * logits.shape[2])], &boxes.data[size_t(i) * 4], caption, rgb, &detections);
    for (PhraseBoxes& phrase : detections.phrases) KeepDistinct(options_.overlap, &phrase.boxes);
    return detections;
  }

 private:
  static WordPieces VocabularyOf(const DetectorFiles& files) {
    const std::filesystem::path file = files.model.parent_path() / "vocab.txt";
    if (!ExistsAsFile(file))
      throw Error("the detector " + files.model.string() + " reads text and has no vocabulary",
                  "there is no " + file.string(), "put the vocab.txt of bert-base-uncased beside the model");
    return WordPieces(file);
  }

  Caption CaptionOf(const std::vector<std::string>& phrases) const {
    Caption caption = MakeCaption(vocabulary_, phrases);
    const int64_t fixed = inputs_.at(Role::kIds).shape[1];
    if (fixed > 0 && caption.size() > fixed)
      throw UsageError(fmt::format("the text has {} tokens", caption.size()),
                       fmt::format("this detector was exported for at most {}", fixed),
                       "use fewer or shorter phrases, or export it with a free length");
    if (fixed > 0) PadCaption(vocabulary_, fixed, &caption);
    return caption;
  }

  // Short side 800, long side at most 1333; an export with a size of its own has the image stretched to that.
  std::pair<int, int> SizeFor(const ImageF& rgb) const {
    const std::vector<int64_t>& shape = inputs_.at(Role::kImage).shape;
    if (shape[2] > 0 && shape[3] > 0) return {int(shape[3]), int(shape[2])};
    const double scale = std::min(double(kShortSide) / std::min(rgb.width, rgb.height),
                                  double(kMaxLongSide) / std::max(rgb.width, rgb.height));
    return {std::max(1, int(std::lround(rgb.width * scale))), std::max(1, int(std::lround(rgb.height * scale)))};
  }

  static std::vector<float> NormalizedPlanes(const ImageF& rgb, int width, int height) {
    SANERF_CHECK_EQ(rgb.channels, 3);
    const ImageF resized = Resize(rgb, width, height);
    std::vector<float> planes(size_t{3} * size_t(width) * size_t(height));
    ParallelFor(height, [&](int64_t y) {
      for (int c = 0; c < 3; ++c)
        for (int x = 0; x < width; ++x)
          planes[(size_t(c) * size_t(height) + size_t(y)) * size_t(width) + size_t(x)] =
              (resized.At(x, int(y), c) - kMean[c]) / kDeviation[c];
    });
    return planes;
  }

  std::vector<models::Tensor> Run(const ImageF& rgb, const Caption& caption, const Job& job) const {
    const auto [width, height] = SizeFor(rgb);
    const std::vector<float> planes = NormalizedPlanes(rgb, width, height);
    const int64_t size = caption.size();
    std::vector<int64_t> is_token;
    for (const int64_t id : caption.ids) is_token.push_back(id != vocabulary_.pad());
    TypedFeeds feeds;
    for (const auto& [role, input] : inputs_) {
      switch (role) {
        case Role::kImage:
          feeds.Add(input, {1, 3, height, width}, planes);
          break;
        case Role::kPixelMask:
          feeds.Add(input, {1, height, width}, std::vector<int64_t>(size_t(width) * size_t(height), 1));
          break;
        case Role::kIds:
          feeds.Add(input, {1, size}, caption.ids);
          break;
        case Role::kTypes:
          feeds.Add(input, {1, size}, std::vector<int64_t>(size_t(size), 0));
          break;
        case Role::kPositions:
          feeds.Add(input, {1, size}, caption.position_ids);
          break;
        case Role::kTokenMask:
          feeds.Add(input, {1, size}, is_token);
          break;
        case Role::kBlocks:
          feeds.Add(input, {1, size, size}, std::vector<int64_t>(caption.attention.begin(), caption.attention.end()));
          break;
      }
    }
    return session_->Run(feeds.feeds(), {logits_, boxes_}, job);
  }

  // A box is kept when any of its tokens is above the box threshold. It belongs to the phrase whose own tokens score
  // highest, when that is above the text threshold: a phrase is identified by where its tokens are, not by
  // its letters.
  void AddDetection(const float* logits, const float* box, const Caption& caption, const ImageF& rgb,
                    Detections* detections) const {
    size_t best_phrase = 0;
    double best = -1;
    for (size_t i = 0; i < caption.spans.size(); ++i) {
      const auto [first, last] = caption.spans[i];
      const double score = Sigmoid(*std::max_element(logits + first, logits + last));
      float& phrase_best = detections->phrases[i].best_score;
      phrase_best = std::max(phrase_best, float(score));
      if (score > best) best = score, best_phrase = i;
    }
    const int num_tokens = caption.spans.back().second + 2;  // with the last full stop and [SEP], without padding
    const double any = Sigmoid(*std::max_element(logits, logits + num_tokens));
    if (!(any > options_.box_threshold) || !(best > options_.text_threshold)) return;
    const float half_width = box[2] / 2, half_height = box[3] / 2;
    const auto inside = [](float share, int size) { return std::clamp(share, 0.f, 1.f) * float(size); };
    const DetectedBox detected{inside(box[0] - half_width, rgb.width), inside(box[1] - half_height, rgb.height),
                               inside(box[0] + half_width, rgb.width), inside(box[1] + half_height, rgb.height),
                               float(best)};
    if (detected.x0 < detected.x1 && detected.y0 < detected.y1)
      detections->phrases[best_phrase].boxes.push_back(detected);
  }

  DetectorFiles files_;
  std::unique_ptr<OnnxSession> session_;
  TextDetectorOptions options_;
  WordPieces vocabulary_;
  std::map<Role, TensorInfo> inputs_;
  std::string logits_, boxes_;
  std::vector<std::string> labels_;
};

}  // namespace

std::unique_ptr<TextDetector> MakeGroundingDino(const DetectorFiles& files, std::unique_ptr<OnnxSession> session,
                                                const TextDetectorOptions& options) {
  return std::make_unique<GroundingDino>(files, std::move(session), options);
}

}  // namespace sanerf::detect
