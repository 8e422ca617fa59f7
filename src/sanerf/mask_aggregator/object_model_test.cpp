
#include "sanerf/mask_aggregator/object_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/events_test_support.h"
#include "sanerf/core/files.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/random.h"
#include "sanerf/core/system_info.h"
#include "sanerf/mask_aggregator/aggregator_test_support.h"
#include "sanerf/mask_aggregator/label_view.h"
#include "sanerf/mask_aggregator/label_vote.h"
#include "sanerf/mask_aggregator/object_gradient.h"
#include "sanerf/mask_aggregator/object_trainer.h"
#include "sanerf/mask_aggregator/options.h"
#include "sanerf/nerf/trace.h"
#include "sanerf/nn/checkpoint.h"
#include "sanerf/nn/gradients_test_support.h"

namespace sanerf::mask_aggregator {
namespace {

using testing::HasSubstr;

TEST(CrossEntropy, FiniteDifferencesInDouble) {
  const int n = 5;
  double logits[n] = {0.3, -1.2, 2.0, 0.7, -0.1}, grad[n], unused[n];
  for (const double smoothing : {0.0, 0.1}) {
    for (int label = 0; label < n; ++label) {
      CrossEntropy(logits, n, label, 0.5, grad, smoothing);
      for (int i = 0; i < n; ++i) {
        const double kept = logits[i], h = 1e-6;
        logits[i] = kept + h;
        const double up = CrossEntropy(logits, n, label, 1.0, unused, smoothing);
        logits[i] = kept - h;
        const double down = CrossEntropy(logits, n, label, 1.0, unused, smoothing);
        logits[i] = kept;
        EXPECT_NEAR(grad[i], 0.5 * (up - down) / (2 * h), 1e-9);
      }
    }
  }
}

TEST(CrossEntropy, SmoothedAsksForNothingMoreOfAConfidentLabel) {
  // Two labels at 95 % and 5 %: what a smoothing of 10 % asks for.
  const double logits[2] = {std::log(0.95), std::log(0.05)};
  double grad[2];
  EXPECT_NEAR(CrossEntropy(logits, 2, 0, 1.0, grad, 0.1), -0.95 * std::log(0.95) - 0.05 * std::log(0.05), 1e-12);
  EXPECT_NEAR(grad[0], 0, 1e-12);
}

TEST(CrossEntropy, KnownValue) {
  // Equal logits of four labels: -log(1/4), also far from zero where a naive exp overflows.
  const float logits[4] = {900, 900, 900, 900};
  float grad[4];
  EXPECT_NEAR(CrossEntropy(logits, 4, 2, 1.0f, grad), std::log(4.0), 1e-4);
}

ObjectFieldOptions SmallField() {
  ObjectFieldOptions o;
  o.levels = 4;
  o.features = 4;
  o.log2_table = 10;
  o.top = 64;
  o.width = 32;
  return o;
}

// A pool of made-up rays: the label is the octant's x side, so that a right gradient can learn it.
SamplePool MadeUpPool(int num_rays) {
  SamplePool pool;
  Random random(3);
  for (int r = 0; r < num_rays; ++r) {
    const int count = 1 + int(random.NextBelow(4));
    const bool right = random.NextBelow(2);
    pool.labels.push_back(uint8_t(right));
    for (int i = 0; i < count; ++i) {
      auto& unit = pool.rays.unit.emplace_back();
      for (float& u : unit) u = random.NextFloat();
      unit[0] = 0.5f * unit[0] + (right ? 0.5f : 0.0f);
      pool.rays.weight.push_back((0.5f + 0.5f * random.NextFloat()) / float(count));
      for (float& g : pool.rays.geometry.emplace_back()) g = random.NextFloat() - 0.5f;
    }
    pool.rays.first.push_back(pool.rays.num_samples());
  }
  return pool;
}

class ObjectGradientTest : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Skip, ObjectGradientTest, testing::Bool());

TEST_P(ObjectGradientTest, AgainstDifferences) {
  ObjectFieldOptions options = SmallField();
  options.layers = 2;
  options.skip = GetParam();
  ObjectField field(options, 3, 7, ObjectField::Start::kRandom);
  Random random(5);
  for (float& v : field.grid.params().values.span()) v = random.NextFloat() - 0.5f;
  const SamplePool pool = MadeUpPool(40);
  std::vector<int> rays(40);
  for (int i = 0; i < 40; ++i) rays[size_t(i)] = i;
  ObjectGradient gradient(field);
  nn::FieldGradient out, other;
  const RayLossFunction cross_entropy = [&](const float* logits, float* grad) {
    double sum = 0;
    for (size_t i = 0; i < rays.size(); ++i)
      sum += CrossEntropy(logits + 3 * i, 3, pool.labels[i], 1.0f / 40, grad + 3 * i) / 40;
    return sum;
  };
  gradient.Compute(pool, rays, cross_entropy, &out);
  field.grid.params().PrepareTraining();
  for (int l = 0; l < 4; ++l) field.grid.BackwardLevel(l, out.grid);
  const auto loss = [&] {
    gradient.Compute(pool, rays, cross_entropy, &other);
    return other.loss;
  };
  nn::ExpectGradientsMatchDifferences(field.mlp.params(), out.networks[0], loss, {});
  nn::ExpectGradientsMatchDifferences(field.grid.params(), field.grid.params().grads, loss, {});
}

// The last layer has a weight more per input and label; fields start at zero and grow as without.
TEST(ObjectField, SkippedInputsReachTheLastLayer) {
  ObjectFieldOptions options = SmallField();
  const int num_inputs = ObjectField(options, 2, 1).num_inputs();
  const int64_t without = ObjectField(options, 2, 1).mlp.params().size();
  options.skip = true;
  ObjectField field(options, 2, 1);
  ASSERT_EQ(field.mlp.params().size(), without + 2 * num_inputs);
  EXPECT_EQ(field.mlp.shape().skip, options.layers);

  const SamplePool pool = MadeUpPool(20);
  std::vector<int> rays(20);
  for (int i = 0; i < 20; ++i) rays[size_t(i)] = i;
  EXPECT_THAT(ObjectGradient(field).Logits(pool.rays, rays), testing::Each(0.0f));
  for (float& w : field.mlp.params().values.span()) w += 0.01f;
  const std::vector<float> two = ObjectGradient(field).Logits(pool.rays, rays);
  const auto copy = field.Copy();
  EXPECT_EQ(ObjectGradient(*copy).Logits(pool.rays, rays), two);
  const ObjectField grown(std::move(field), 3);
  const std::vector<float> three = ObjectGradient(grown).Logits(pool.rays, rays);
  for (size_t i = 0; i < rays.size(); ++i) {
    EXPECT_NEAR(three[3 * i], two[2 * i], 1e-5);
    EXPECT_NEAR(three[3 * i + 1], two[2 * i + 1], 1e-5);
    EXPECT_EQ(three[3 * i + 2], 0);
  }
}

TEST(ObjectField, OptionErrors) {
  EXPECT_THROW(ObjectField(SmallField(), 1, 0), UsageError);
  EXPECT_THROW(ObjectField(SmallField(), 256, 0), UsageError);
  ObjectFieldOptions o = SmallField();
  o.width = 20;
  EXPECT_THROW(ObjectField(o, 2, 0), UsageError);
}

TEST_F(AggregatorTest, FindsTheObjectInHeldOutViewsAndSurvivesTheDisk) {
  EventRecorder log;
  const ObjectModel model = TrainObjectModel(*nerf_, views_, 2, Options(), nullptr, Job().With(log));
  EXPECT_THAT(log.Texts("metrics"),
              testing::Contains(testing::AllOf(testing::StartsWith("object field "), HasSubstr("agreement="))));
  EXPECT_GT(HeldOutIou(model), 0.6);

  model.Save(*folder_ / "object.ckpt");
  const ObjectModel loaded = ObjectModel::Load(*folder_ / "object.ckpt", *nerf_);
  const Camera& camera = scene_->views[0].camera;
  EXPECT_EQ(loaded.Render(camera, 1, Job()).probability.data, model.Render(camera, 1, Job()).probability.data);
  const std::string bytes = ReadFile(*folder_ / "object.ckpt");
  WriteFileAtomic(*folder_ / "cut.ckpt", bytes.substr(0, bytes.size() / 2));
  const auto load_error = [&](const std::string& name) {
    return ErrorTextOf<Error>([&] { ObjectModel::Load(*folder_ / name, *nerf_); });
  };
  EXPECT_THAT(load_error("cut.ckpt"), HasSubstr((*folder_ / "cut.ckpt").string() + ": truncated checkpoint"));
  EXPECT_THAT(load_error("nerf.ckpt"),
              HasSubstr("nerf.ckpt: this is a 'nerf' checkpoint, a 'object-field' one is needed"));
  const auto header_error = [&](const Json& options, int num_labels) {
    nn::CheckpointWriter writer;
    writer.kind = "object-field";
    *writer.meta = {{"options", {{"field", options}}}, {"num_labels", num_labels}, {"nerf", nerf_->Fingerprint()}};
    writer.Write(*folder_ / "header.ckpt");
    return load_error("header.ckpt");
  };
  EXPECT_THAT(header_error({{"log2_table", 60}}, 2),
              HasSubstr("header.ckpt: object.log2_table=60: expected an integer from 8 to 22"));
  EXPECT_THAT(header_error(Json::object(), -1), HasSubstr("header.ckpt: num_labels: expected an integer from 1 to"));
}

TEST_F(AggregatorTest, FieldsWithSkippedInputsLearnAndAreStored) {
  AggregatorOptions options = Options();
  TrainObjectModel(*nerf_, views_, 2, options, nullptr, Job()).Save(*folder_ / "plain.ckpt");
  // Without them the file is as it was before there was the option.
  EXPECT_FALSE(
      nn::CheckpointReader(*folder_ / "plain.ckpt", "object-field").meta()["options"]["field"].contains("skip"));

  options.field.layers = 2;
  options.field.skip = true;
  const ObjectModel model = TrainObjectModel(*nerf_, views_, 2, options, nullptr, Job());
  EXPECT_GT(HeldOutIou(model), 0.6);
  model.Save(*folder_ / "skip.ckpt");
  const Camera& camera = scene_->views[0].camera;
  EXPECT_EQ(ObjectModel::Load(*folder_ / "skip.ckpt", *nerf_).Render(camera, 1, Job()).probability.data,
            model.Render(camera, 1, Job()).probability.data);
}

TEST_F(AggregatorTest, SameBytesWithAnyNumberOfThreads) {
  std::string bytes_of_one;
  AggregatorOptions options = Options();
  options.iters = 10;
  for (const int threads : {1, 2, 5}) {
    SetNumThreads(threads);
    TrainObjectModel(*nerf_, views_, 2, options, nullptr, Job()).Save(*folder_ / "threads.ckpt");
    const std::string bytes = ReadFile(*folder_ / "threads.ckpt");
    if (threads == 1) bytes_of_one = bytes;
    EXPECT_TRUE(bytes == bytes_of_one) << threads << " threads";
  }
}

// Exact masks of the other views tell a view's mask, whatever its own says.
TEST_F(AggregatorTest, OtherViewsVoteForWhatAViewShows) {
  std::vector<Camera> cameras;
  std::vector<ImageU8> labels;
  for (const LabelView& view : views_) {
    cameras.push_back(view.camera);
    labels.push_back(view.labels);
  }
  LabelVote vote(*nerf_, cameras, {64, 64}, Job());
  ASSERT_EQ(vote.num_views(), int(views_.size()));
  vote.Count(labels, 2);
  const ImageF before = vote.VoteOfOtherViews(0);
  ASSERT_EQ(before.channels, 3);
  int64_t intersection = 0, united = 0;
  for (int v = 0; v < vote.num_views(); ++v) {
    const ImageF others = vote.VoteOfOtherViews(v);
    for (int64_t i = 0; i < others.num_pixels(); ++i) {
      const float* p = &others.data[size_t(3 * i)];
      ASSERT_NEAR(p[0] + p[1], p[2] > 0 ? 1 : 0, 1e-4);
      ASSERT_LE(p[2], 1.0001f);
      const bool says = p[1] > 0.5f, is = views_[size_t(v)].labels.data[size_t(i)] == 1;
      intersection += says && is;
      united += says || is;
    }
  }
  EXPECT_GT(double(intersection) / double(united), 0.6);

  // A lie in view 0 reaches the others, not what they say about view 0.
  for (uint8_t& label : labels[0].data) label = 1;
  vote.Count(labels, 2);
  const ImageF after = vote.VoteOfOtherViews(0);
  for (size_t i = 0; i < before.data.size(); ++i) ASSERT_NEAR(after.data[i], before.data[i], 1e-3) << i;
  const ImageF elsewhere = vote.VoteOfOtherViews(1);
  EXPECT_NE(elsewhere.data, ImageF(elsewhere.width, elsewhere.height, 3).data);

  // Unsupervised pixels and views without a mask do not vote.
  for (size_t v = 1; v < labels.size(); ++v) labels[v] = v % 2 ? ImageU8() : ImageU8(8, 8, 1, kIgnoreLabel);
  vote.Count(labels, 2);
  const ImageF nothing = vote.VoteOfOtherViews(0);
  EXPECT_EQ(nothing.data, ImageF(nothing.width, nothing.height, 3).data);
}

// The loss sets in half way, has an effect, and must not undo what the masks say.
TEST_F(AggregatorTest, RgbLossKeepsTheMasks) {
  AggregatorOptions with = Options(), without = Options();
  with.rgb.weight = 1;
  without.rgb.weight = 0;
  const ObjectModel changed = TrainObjectModel(*nerf_, views_, 2, with, nullptr, Job());
  const ObjectModel plain = TrainObjectModel(*nerf_, views_, 2, without, nullptr, Job());
  EXPECT_NE(changed.Render(views_[0].camera, 1, Job()).probability.data,
            plain.Render(views_[0].camera, 1, Job()).probability.data);
  EXPECT_GT(HeldOutIou(changed), HeldOutIou(plain) - 0.05);
}

// Where the field is wrong matters to the ray-pair loss alone: keeping track of it changes nothing before that sets in.
TEST_F(AggregatorTest, ErrorMapsChangeNothingByThemselves) {
  AggregatorOptions options = Options();
  options.iters = 30;
  std::string bytes[2];
  for (const int weight : {0, 1}) {
    options.rgb.weight = float(weight);
    options.rgb.from = 1;  // after the last step
    TrainObjectModel(*nerf_, views_, 2, options, nullptr, Job()).Save(*folder_ / "errors.ckpt");
    bytes[weight] = ReadFile(*folder_ / "errors.ckpt");
  }
  EXPECT_TRUE(bytes[0] == bytes[1]);
  options.rgb.from = 0;  // from the first step on
  TrainObjectModel(*nerf_, views_, 2, options, nullptr, Job()).Save(*folder_ / "errors.ckpt");
  EXPECT_FALSE(ReadFile(*folder_ / "errors.ckpt") == bytes[0]);
}

// What a picture four times as large, rendered whole, says: the naive twin.
TEST_F(AggregatorTest, CoverageCountsThePlacesWithinAPixel) {
  constexpr int kTimes = 4;
  const ObjectModel model = TrainObjectModel(*nerf_, views_, 2, Options(), nullptr, Job());
  const Camera& camera = scene_->views[size_t(scene_->TestViews()[0])].camera;
  const ImageU8 labels = model.Render(camera, Job()).labels;
  const ImageF coverage = model.Coverage(camera, labels, 1, Job());
  const Camera large = camera.Resized(kTimes * camera.width, kTimes * camera.height);
  const ImageU8 places = model.Render(large, Job()).labels;
  int num_mixed = 0;
  double difference = 0;
  for (int y = 0; y < camera.height; ++y) {
    for (int x = 0; x < camera.width; ++x) {
      const float covered = coverage.At(x, y);
      if (covered == 0 || covered == 1) continue;
      ++num_mixed;
      int count = 0;
      for (int v = 0; v < kTimes; ++v)
        for (int u = 0; u < kTimes; ++u) count += places.At(kTimes * x + u, kTimes * y + v) == 1;
      difference += std::abs(double(covered) - count / double(kTimes * kTimes));
    }
  }
  EXPECT_GT(num_mixed, 20);
  EXPECT_LT(difference / num_mixed, 0.01);
}

// A point on a surface is what the pixel that shows it is; a camera that looks at it from nearby agrees.
TEST_F(AggregatorTest, ProbabilitiesAtPointsAreThoseOfTheNetworks) {
  std::vector<Camera> cameras;
  std::vector<ImageU8> labels;
  for (const LabelView& view : views_) {
    cameras.push_back(view.camera);
    labels.push_back(view.labels);
  }
  LabelVote vote(*nerf_, cameras, {64, 64}, Job());
  vote.Count(labels, 2);
  AggregatorOptions options = Options();
  const ObjectModel model = TrainObjectModel(*nerf_, views_, 2, options, vote.Prior(), Job());

  const Camera& camera = scene_->views[size_t(scene_->TestViews()[0])].camera;
  const ImageF depth = nerf_->Render(camera, Job()).depth;
  const SegmentedView view = model.Render(camera, 1, Job());
  std::vector<Vec3> points;
  std::vector<size_t> pixels;
  for (int y = 0; y < camera.height; y += 2) {
    for (int x = 0; x < camera.width; x += 2) {
      if (depth.At(x, y) <= 0) continue;
      points.push_back(camera.Lift(Vec2(x + 0.5, y + 0.5), depth.At(x, y)));
      pixels.push_back(size_t(y * camera.width + x));
    }
  }
  const std::vector<float> probabilities = model.ProbabilitiesAt(points, Job());
  ASSERT_EQ(probabilities.size(), 2 * points.size());
  size_t num_same = 0;
  for (size_t i = 0; i < points.size(); ++i) {
    EXPECT_NEAR(probabilities[2 * i] + probabilities[2 * i + 1], 1, 1e-5);
    num_same += (probabilities[2 * i + 1] > 0.5f) == (view.labels.data[pixels[i]] == 1);
  }
  EXPECT_GT(double(num_same) / double(points.size()), 0.9);

  // The vote alone, by hand: its logits through the softmax.
  const std::vector<float> of_vote = model.VoteAlone().ProbabilitiesAt(points, Job());
  const nerf::TracedRays rays = nerf::RaysEndingIn(*nerf_, points, Job());
  for (size_t i = 0; i < points.size(); i += 17) {
    float logits[2] = {0, 0};
    vote.Prior()->AddTo(rays.unit[i].data(), 1, logits);
    EXPECT_NEAR(of_vote[2 * i + 1], 1 / (1 + std::exp(logits[0] - logits[1])), 1e-5) << i;
  }
}

// Of the box, and of the ball and the mug.
TEST_F(AggregatorTest, ModelsThatWereFittedOneByOneAreShownAsOne) {
  std::vector<ObjectModel> models;
  for (const std::vector<int>& instances : {std::vector<int>{2}, std::vector<int>{3, 4}}) {
    std::vector<LabelView> views = views_;
    const std::vector<ImageU8> labels = LabelsOf(instances);
    LabelVote vote(*nerf_, Cameras(), {64, 64}, Job());
    vote.Count(labels, int(instances.size()) + 1);
    for (size_t i = 0; i < views.size(); ++i) views[i].labels = labels[i];
    models.push_back(TrainObjectModel(*nerf_, views, int(instances.size()) + 1, Options(),
                                      models.empty() ? nullptr : vote.Prior(), Job()));
  }
  const ObjectModel joined = ObjectModel::Joined(models, {{2}, {3, 1}});
  EXPECT_TRUE(joined.is_joined());
  EXPECT_FALSE(models[0].is_joined());
  EXPECT_EQ(joined.num_labels(), 4);
  EXPECT_FALSE(joined.has_vote());  // the first has none
  EXPECT_NEAR(HeldOutIou(joined, 2, 2), HeldOutIou(models[0], 1, 2), 0.05);
  EXPECT_NEAR(HeldOutIou(joined, 3, 3), HeldOutIou(models[1], 1, 3), 0.05);
  EXPECT_NEAR(HeldOutIou(joined, 1, 4), HeldOutIou(models[1], 2, 4), 0.05);
  EXPECT_GT(HeldOutIou(joined, 2, 2), 0.6);
  EXPECT_GT(HeldOutIou(joined, 3, 3), 0.6);

  // Points and what is taken out follow the same labels.
  const Camera& camera = scene_->views[size_t(scene_->TestViews()[0])].camera;
  const SegmentedView view = joined.Render(camera, 3, Job());
  const nerf::RenderedView whole = nerf_->Render(camera, Job());
  const nerf::RenderedView without = nerf_->RenderPart(camera, joined.Without({1, 2, 3}), Job());
  std::vector<Vec3> points;
  std::vector<int> labels;
  for (int y = 0; y < camera.height; ++y)
    for (int x = 0; x < camera.width; ++x) {
      if (whole.depth.At(x, y) <= 0) continue;
      points.push_back(camera.Lift({x + 0.5, y + 0.5}, whole.depth.At(x, y)));
      labels.push_back(view.labels.At(x, y));
    }
  const std::vector<float> probabilities = joined.ProbabilitiesAt(points, Job());
  int64_t num_same = 0, num_objects = 0, num_taken_out = 0;
  for (size_t i = 0; i < points.size(); ++i) {
    const float* of_point = &probabilities[4 * i];
    EXPECT_NEAR(of_point[0] + of_point[1] + of_point[2] + of_point[3], 1, 1e-5);
    num_same += std::max_element(of_point, of_point + 4) - of_point == labels[i];
  }
  EXPECT_GT(double(num_same), 0.9 * double(points.size()));
  for (size_t i = 0; i < view.labels.data.size(); ++i) {
    num_objects += view.labels.data[i] != 0;
    num_taken_out += view.labels.data[i] != 0 && without.depth.data[i] > 1.005f * whole.depth.data[i];
    if (view.labels.data[i] == 3) {
      EXPECT_GE(view.probability.data[i], 0.25f);
    }
  }
  ASSERT_GT(num_objects, 50);
  EXPECT_GT(double(num_taken_out), 0.5 * double(num_objects));

  // Of one model alone nothing changes but its labels.
  const ObjectModel same = ObjectModel::Joined({models[1]}, {{1, 2}});
  EXPECT_EQ(same.Render(camera, Job()).labels.data, models[1].Render(camera, Job()).labels.data);
  EXPECT_EQ(same.VoteAlone().Render(camera, Job()).labels.data,
            models[1].VoteAlone().Render(camera, Job()).labels.data);
}

// Options that speak of a table of a gigabyte, which is not in the file.
TEST_F(AggregatorTest, NoMemoryIsTakenForATableThatTheFileDoesNotHold) {
  nn::CheckpointWriter writer;
  writer.kind = "object-field";
  *writer.meta = {{"options", {{"field", {{"levels", 32}, {"features", 8}, {"log2_table", 20}}}}},
                  {"num_labels", 2},
                  {"nerf", nerf_->Fingerprint()}};
  writer.Write(*folder_ / "large.ckpt");
  ResetPeakRss();
  const int64_t before = PeakRssBytes();
  EXPECT_THAT(ErrorTextOf<Error>([&] { ObjectModel::Load(*folder_ / "large.ckpt", *nerf_); }),
              HasSubstr("tensor 'object_grid' is missing"));
  EXPECT_LT(PeakRssBytes() - before, int64_t{1} << 28);
}

// The checksum is right; no object's file says this.
TEST_F(AggregatorTest, HeadersWeightsAndVotesThatCannotBeAreErrors) {
  const ObjectField field(SmallField(), 2, 7);
  std::vector<float> grid(field.grid.params().values.span().begin(), field.grid.params().values.span().end());
  std::vector<float> cells = {1, 1, 1, 2, 1, 1}, logits = {-1, 1, 0.5f, -0.5f};
  Json nerf = nerf_->Fingerprint();
  const auto error = [&] {
    nn::CheckpointWriter writer;
    writer.kind = "object-field";
    *writer.meta = {{"options", {{"field", OptionsToJson(SmallField())}}},
                    {"num_labels", 2},
                    {"nerf", nerf},
                    {"prior_cells_per_axis", 4}};
    writer.Add(field.grid.params().name, grid);
    writer.Add(field.mlp.params().name, field.mlp.params().values.span());
    writer.Add("prior_cells", cells);
    writer.Add("prior_logits", logits);
    writer.Write(*folder_ / "odd.ckpt");
    return ErrorTextOf<Error>([&] { ObjectModel::Load(*folder_ / "odd.ckpt", *nerf_); });
  };
  EXPECT_EQ(error(), "");
  nerf = -1e300;
  EXPECT_THAT(error(), HasSubstr("odd.ckpt: nerf: expected an integer from 0 to 2^64 - 1, found -1e+300"));
  nerf = nerf_->Fingerprint();
  cells[3] = 1;
  EXPECT_THAT(error(), HasSubstr("odd.ckpt: damaged checkpoint: a cell of its vote is there twice"));
  cells[3] = 2;
  logits[3] = NAN;
  EXPECT_THAT(error(), HasSubstr("odd.ckpt: tensor 'prior_logits' holds values that are no numbers"));
  logits[3] = 0;
  grid[5] = INFINITY;
  EXPECT_THAT(error(), HasSubstr("odd.ckpt: tensor 'object_grid' holds values that are no numbers"));
}

TEST_F(AggregatorTest, BadInputIsAnError) {
  EXPECT_THAT(ErrorTextOf<Error>([&] { TrainObjectModel(*nerf_, {}, 2, Options(), nullptr, Job()); }),
              HasSubstr("no view has a usable mask"));
  std::vector<LabelView> wrong = {views_[0]};
  wrong[0].labels.data[0] = 7;
  EXPECT_THAT(ErrorTextOf<Error>([&] { TrainObjectModel(*nerf_, wrong, 2, Options(), nullptr, Job()); }),
              HasSubstr("label 7 in a mask, but only 2 labels"));
}

}  // namespace
}  // namespace sanerf::mask_aggregator
