#include "sanerf/sam/onnx_sam.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/job.h"
#include "sanerf/models/model_kind.h"
#include "sanerf/models/onnx_graph.h"
#include "sanerf/models/onnx_session.h"
#include "sanerf/sam/sam_frame.h"

namespace sanerf::sam {

using models::OnnxSession;
using models::Tensor;
using models::TensorInfo;

namespace {

// A decoder is small and asked for many views: several of one thread each do more than one of several threads.
constexpr int kDecoderThreads = 1;
constexpr float kMaxLogit = 32;  // SAM 2 limits its logits to this before they are a prompt again

constexpr char kImageMap[] = "image_embeddings";           // SAM and HQ-SAM
constexpr char kIntermediateMaps[] = "interm_embeddings";  // HQ-SAM

// What differs between the exports.
enum class Export { kSam, kHqSam, kSam2 };
struct Layout {
  Export kind = Export::kSam;
  std::vector<TensorInfo> maps;  // the decoder's inputs that come from the encoder
  std::string masks_output;

  bool is_sam2() const { return kind == Export::kSam2; }
};

Layout LayoutOf(const OnnxSession& decoder) {
  if (decoder.HasInput(kImageMap)) {
    Layout layout{Export::kSam, {decoder.Input(kImageMap, {1, -1, 64, 64})}, "low_res_masks"};
    if (decoder.HasInput(kIntermediateMaps)) {
      layout.kind = Export::kHqSam;
      layout.maps.push_back(decoder.Input(kIntermediateMaps, {-1, 1, 64, 64, -1}));
    }
    return layout;
  }
  if (decoder.HasInput("image_embed"))
    return {Export::kSam2,
            {decoder.Input("high_res_feats_0", {1, -1, 256, 256}), decoder.Input("high_res_feats_1", {1, -1, 128, 128}),
             decoder.Input("image_embed", {1, -1, 64, 64})},
            "masks"};
  decoder.Fail(
      "it has neither SAM's input \"image_embeddings\" nor SAM 2's \"image_embed\": it is no mask decoder but " +
      models::DescribeModel(decoder));
}

// The decoder, opened so that it hands out every mask that it computes when its graph shows where they are.
struct Decoder {
  std::unique_ptr<OnnxSession> session;
  Layout layout;
  std::string masks, ious;  // the outputs that are read
};

void CheckDecoder(const OnnxSession& session, const Layout& layout) {
  session.Input("point_coords", {1, -1, 2});
  session.Input("point_labels", {1, -1});
  session.Input("mask_input", {1, 1, kSamLogitsSize, kSamLogitsSize});
  session.Input("has_mask_input", {1});
  if (!layout.is_sam2()) session.Input("orig_im_size", {2});
  session.Output(layout.masks_output, {1, -1, kSamLogitsSize, kSamLogitsSize});
  session.Output("iou_predictions", {1, -1});
}

Decoder OpenPlain(std::unique_ptr<OnnxSession> session) {
  const Layout layout = LayoutOf(*session);
  CheckDecoder(*session, layout);
  return {std::move(session), layout, layout.masks_output, "iou_predictions"};
}

// None for an export with another graph: what such a file outputs by itself is right as well.
std::optional<Decoder> OpenWithAllMasks(const OnnxSamFiles& files, const Job& job) {
  std::error_code ignored;
  if (!ExistsAsFile(files.decoder)) return std::nullopt;
  const std::string bytes = ReadFile(files.decoder);
  auto masks = models::TensorBeforeSelection(bytes, "low_res_masks");
  if (!masks) masks = models::TensorBeforeSelection(bytes, "masks");
  const auto ious = models::TensorBeforeSelection(bytes, "iou_predictions");
  if (!masks || !ious) return std::nullopt;
  try {
    Decoder decoder = OpenPlain(std::make_unique<OnnxSession>(
        files.decoder, files.hint, models::WithExtraOutputs(bytes, {*masks, *ious}), kDecoderThreads, job));
    // HQ-SAM selects from SAM's uncorrected masks and the correction: these are no candidates.
    if (decoder.layout.kind == Export::kHqSam) return decoder;
    decoder.masks = decoder.session->Output(*masks, {1, -1, kSamLogitsSize, kSamLogitsSize}).name;
    const TensorInfo& info = decoder.session->Output(*ious, {1, -1});
    decoder.ious = info.name;
    if (info.shape[1] > 1) return decoder;
  } catch (const models::GraphError& e) {
    job.Warn(fmt::format("{}: only the one mask that it selects itself is used: {}", files.decoder.string(), e.what()));
  }
  return std::nullopt;
}

Decoder OpenDecoder(const OnnxSamFiles& files, const Job& job) {
  if (auto decoder = OpenWithAllMasks(files, job)) return std::move(*decoder);
  return OpenPlain(std::make_unique<OnnxSession>(files.decoder, files.hint, kDecoderThreads, job));
}

// Encoder and decoder of a model, opened and found to fit each other.
struct LoadedSam {
  LoadedSam(const OnnxSamFiles& sam_files, const Job& job)
      : files(sam_files), encoder(files.encoder, files.hint, 0, job), decoder(OpenDecoder(files, job)) {
    if (encoder.inputs().size() != 1)
      encoder.Fail(fmt::format("an image encoder has one input, this has {}", encoder.inputs().size()));
    image_input = encoder.Input(encoder.inputs()[0].name, {1, 3, kSamSize, kSamSize}).name;
    for (const TensorInfo& map : decoder.layout.maps)
      encoder_maps.push_back(encoder.Output(EncoderOutputFor(map.name), map.shape).name);
  }
  // SAM's own map may have any name when no other output can be meant; the others are found by theirs.
  std::string EncoderOutputFor(const std::string& map) const {
    if (map != kImageMap || encoder.HasOutput(map)) return map;
    std::vector<std::string> others;
    for (const TensorInfo& output : encoder.outputs())
      if (output.name != kIntermediateMaps) others.push_back(output.name);
    return others.size() == 1 ? others[0] : map;
  }

  OnnxSamFiles files;
  OnnxSession encoder;
  Decoder decoder;
  std::string image_input;
  std::vector<std::string> encoder_maps;  // the encoder's outputs in the order of the decoder's maps
};

class OnnxSam : public Sam {
 public:
  explicit OnnxSam(std::shared_ptr<const LoadedSam> model) : model_(std::move(model)) {}
  std::unique_ptr<Sam> Share() const override { return std::make_unique<OnnxSam>(model_); }

  const std::string& name() const override { return model_->files.name; }
  uint64_t Fingerprint() const override { return model_->files.fingerprint; }
  MaskRule default_rule() const override { return model_->files.default_rule; }

  SamFrame FrameOf(int width, int height) const override {
    return model_->decoder.layout.is_sam2() ? SamFrame::Stretched(width, height) : SamFrame::Padded(width, height);
  }

  SamFeatures Encode(const ImageF& rgb, const Job& job) const override {
    const std::vector<float> planes = FrameOf(rgb.width, rgb.height).Normalized(rgb);
    SamFeatures features{rgb.width, rgb.height, {}};
    features.maps = model_->encoder.Run({{model_->image_input, {1, 3, kSamSize, kSamSize}, planes.data()}},
                                        model_->encoder_maps, job);
    for (size_t i = 0; i < features.maps.size(); ++i) features.maps[i].name = model_->decoder.layout.maps[i].name;
    return features;
  }

  void SetFeatures(std::shared_ptr<const SamFeatures> features) override {
    SANERF_CHECK(features != nullptr);
    SANERF_CHECK_EQ(features->maps.size(), model_->decoder.layout.maps.size());
    for (size_t i = 0; i < features->maps.size(); ++i) {
      const TensorInfo& expected = model_->decoder.layout.maps[i];
      if (features->maps[i].name != expected.name || !models::ShapesFit(expected.shape, features->maps[i].shape))
        model_->decoder.session->Fail(fmt::format("it needs the map \"{}\" {} and was given \"{}\" {}", expected.name,
                                                  models::ShapeText(expected.shape), features->maps[i].name,
                                                  models::ShapeText(features->maps[i].shape)));
    }
    features_ = std::move(features);
  }

  std::vector<SamMask> Predict(const SamPrompt& prompt, bool multimask, const Job& job) const override {
    SANERF_CHECK(features_ != nullptr);
    std::vector<SamMask> masks = Candidates(Decode(prompt, job));
    if (!multimask) masks = {ChooseMask(masks, MaskRule::kSingleMask)};
    return masks;
  }

  ImageF ToImageFrame(const SamMask& mask) const override {
    SANERF_CHECK(features_ != nullptr);
    return FrameOf(features_->image_width, features_->image_height).ToImage(mask.logits);
  }

  ImageF ToImageFrame(const SamMask& mask, int width, int height) const override {
    return FrameOf(width, height).ToImage(mask.logits);
  }

  ImageF FromImageFrame(const ImageF& logits) const override {
    SANERF_CHECK(features_ != nullptr);
    return FrameOf(features_->image_width, features_->image_height).FromImage(logits, -kMaxLogit);
  }

 private:
  // Points in the decoder's own terms: a box is its two corners with labels 2 and 3; a point with label -1 says that
  // there is none (SAM's export wants to be told, SAM 2's adds it by itself but cannot do without any point).
  struct Points {
    std::vector<float> coords, labels;
    void Add(std::array<float, 2> at, float label) {
      coords.insert(coords.end(), at.begin(), at.end());
      labels.push_back(label);
    }
  };
  Points ToPoints(const SamPrompt& prompt) const {
    const SamFrame frame = FrameOf(features_->image_width, features_->image_height);
    Points points;
    if (prompt.box) {
      points.Add(frame.ToDecoder(prompt.box->x0, prompt.box->y0), 2);
      points.Add(frame.ToDecoder(prompt.box->x1, prompt.box->y1), 3);
    }
    for (const SamPrompt::Point& point : prompt.points)
      points.Add(frame.ToDecoder(point.x, point.y), point.label > 0 ? 1 : 0);
    if (points.labels.empty() || (!prompt.box && !model_->decoder.layout.is_sam2())) points.Add({0, 0}, -1);
    return points;
  }

  // {masks [1, n, 256, 256], predicted IoUs [1, n]}
  std::vector<Tensor> Decode(const SamPrompt& prompt, const Job& job) const {
    const Points points = ToPoints(prompt);
    const int64_t num_points = int64_t(points.labels.size());
    ImageF mask = prompt.mask_logits;
    const float has_mask = mask.empty() ? 0 : 1;
    if (mask.empty()) mask = ImageF(kSamLogitsSize, kSamLogitsSize, 1);
    SANERF_CHECK_EQ(mask.width, kSamLogitsSize);
    SANERF_CHECK_EQ(mask.height, kSamLogitsSize);
    const float small_image[2] = {64, 64};  // the full-size output is not read: keep it cheap

    std::vector<OnnxSession::Feed> feeds = {{"point_coords", {1, num_points, 2}, points.coords.data()},
                                            {"point_labels", {1, num_points}, points.labels.data()},
                                            {"mask_input", {1, 1, kSamLogitsSize, kSamLogitsSize}, mask.data.data()},
                                            {"has_mask_input", {1}, &has_mask}};
    for (const Tensor& map : features_->maps) feeds.push_back({map.name, map.shape, map.data.data()});
    if (!model_->decoder.layout.is_sam2()) feeds.push_back({"orig_im_size", {2}, small_image});
    return model_->decoder.session->Run(feeds, {model_->decoder.masks, model_->decoder.ious}, job);
  }

  std::vector<SamMask> Candidates(const std::vector<Tensor>& decoded) const {
    const Tensor& masks = decoded[0];
    const Tensor& ious = decoded[1];
    const int64_t count = ious.shape.size() == 2 ? ious.shape[1] : 0;
    if (count < 1 || masks.shape != std::vector<int64_t>{1, count, kSamLogitsSize, kSamLogitsSize})
      model_->decoder.session->Fail(fmt::format("\"{}\" came out as {} beside predicted IoUs {}", masks.name,
                                                models::ShapeText(masks.shape), models::ShapeText(ious.shape)));
    std::vector<SamMask> candidates;
    for (int64_t i = 0; i < count; ++i) {
      SamMask candidate{ImageF(kSamLogitsSize, kSamLogitsSize, 1), ious.data[size_t(i)], int(count == 3 ? i + 1 : i)};
      const size_t size = candidate.logits.data.size();
      std::copy_n(masks.data.begin() + int64_t(size) * i, size, candidate.logits.data.begin());
      if (model_->decoder.layout.is_sam2())
        for (float& logit : candidate.logits.data) logit = std::clamp(logit, -kMaxLogit, kMaxLogit);
      candidates.push_back(std::move(candidate));
    }
    return candidates;
  }

  std::shared_ptr<const LoadedSam> model_;
  std::shared_ptr<const SamFeatures> features_;
};

}  // namespace

std::unique_ptr<Sam> LoadOnnxSam(const OnnxSamFiles& files, const Job& job) {
  return std::make_unique<OnnxSam>(std::make_shared<const LoadedSam>(files, job));
}

}  // namespace sanerf::sam
