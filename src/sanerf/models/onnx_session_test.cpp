#include "sanerf/models/onnx_session.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/core/odd_files_test_support.h"
#include "sanerf/models/onnx_graph.h"
#include "sanerf/models/onnx_test_support.h"

namespace fs = std::filesystem;

namespace sanerf::models {
namespace {

using onnx_test::Graph;
using ::testing::HasSubstr;

class OnnxSessionTest : public testing::Test {
 protected:
  fs::path Write(const std::string& name, const std::string& bytes) {
    WriteFileAtomic(folder_ / name, bytes);
    return folder_ / name;
  }
  template <class F>
  static std::string ErrorOf(F&& f) {
    try {
      f();
    } catch (const Error& e) {
      return std::string(e.what()) + " | " + e.hint();
    }
    return "no error";
  }

  const TestFolder folder_;
};

// y = 2 x, with x [1, n].
std::string Doubling() {
  return Graph()
      .Input("x", {1, -1})
      .Output("y", {1, -1})
      .Floats("two", {1}, {2})
      .Node("Mul", {"x", "two"}, "y")
      .Model();
}

TEST_F(OnnxSessionTest, RunsAndKnowsItsTensors) {
  const OnnxSession session(Write("double.onnx", Doubling()), "hint", 0, Job());
  ASSERT_EQ(session.inputs().size(), 1u);
  EXPECT_EQ(session.inputs()[0].name, "x");
  EXPECT_EQ(session.inputs()[0].shape, (std::vector<int64_t>{1, -1}));
  EXPECT_TRUE(session.HasOutput("y"));
  EXPECT_FALSE(session.HasInput("y"));
  const float x[3] = {1, -2, 0.5f};
  const std::vector<Tensor> y = session.Run({{"x", {1, 3}, x}}, {"y"}, Job());
  ASSERT_EQ(y.size(), 1u);
  EXPECT_EQ(y[0].name, "y");
  EXPECT_EQ(y[0].shape, (std::vector<int64_t>{1, 3}));
  EXPECT_EQ(y[0].data, (std::vector<float>{2, -4, 1}));
}

// Threads of this process that are nicer than the one that asks.
int NumThreadsOfLowerPriority() {
  int count = 0;
  for (const auto& task : fs::directory_iterator("/proc/self/task")) {
    const int id = std::stoi(task.path().filename().string());
    count += getpriority(PRIO_PROCESS, id_t(id)) > getpriority(PRIO_PROCESS, 0);
  }
  return count;
}

TEST_F(OnnxSessionTest, InTheBackgroundItsThreadsHaveALowerPriority) {
  const fs::path model = Write("double.onnx", Doubling());
  {
    const OnnxSession ordinary(model, "hint", 3, Job());
    EXPECT_EQ(NumThreadsOfLowerPriority(), 0);
    const OnnxSession session(model, "hint", 3, Job().InBackground());
    for (int tries = 0; tries < 100 && NumThreadsOfLowerPriority() < 2; ++tries)  // they lower it themselves
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_EQ(NumThreadsOfLowerPriority(), 2);  // the third is whoever calls
    const float x[3] = {1, -2, 0.5f};
    EXPECT_EQ(session.Run({{"x", {1, 3}, x}}, {"y"}, Job())[0].data, (std::vector<float>{2, -4, 1}));
  }
  EXPECT_EQ(NumThreadsOfLowerPriority(), 0);
}

TEST_F(OnnxSessionTest, NamesFileAndTensorThatDoNotFit) {
  const OnnxSession session(Write("double.onnx", Doubling()), "fetch it", 0, Job());
  EXPECT_EQ(&session.Input("x", {1, 7}), &session.inputs()[0]);
  EXPECT_THAT(ErrorOf([&] {
                session.Input("image", {1, 3});
              }),
              testing::AllOf(HasSubstr("double.onnx"), HasSubstr("no input \"image\""), HasSubstr("its inputs: x"),
                             HasSubstr("| fetch it")));
  EXPECT_THAT(ErrorOf([&] {
                session.Output("y", {3, 4});
              }),
              testing::AllOf(HasSubstr("double.onnx"), HasSubstr("output \"y\" is [1, any], needed is [3, 4]")));
  const float x[2] = {1, 2};
  EXPECT_THAT(ErrorOf([&] { session.Run({{"x", {2, 1}, x}}, {"y"}, Job()); }), HasSubstr("double.onnx failed"));
}

TEST_F(OnnxSessionTest, RefusesWhatIsNoModel) {
  EXPECT_THAT(ErrorOf([&] { OnnxSession(folder_ / "none.onnx", "fetch it", 0, Job()); }),
              testing::AllOf(HasSubstr("none.onnx"), HasSubstr("no such file"), HasSubstr("| fetch it")));
  const fs::path text = Write("text.onnx", "this is not a model\n");
  EXPECT_THAT(ErrorOf([&] { OnnxSession(text, "fetch it", 0, Job()); }),
              testing::AllOf(HasSubstr("cannot load the model"), HasSubstr("text.onnx"), HasSubstr("| fetch it")));
  const std::string whole = Doubling();
  const fs::path half = Write("half.onnx", whole.substr(0, whole.size() - 20));
  EXPECT_THAT(ErrorOf([&] { OnnxSession(half, "", 0, Job()); }), HasSubstr("half.onnx"));
  const fs::path empty = Write("empty.onnx", "");
  EXPECT_THAT(ErrorOf([&] { OnnxSession(empty, "", 0, Job()); }), HasSubstr("empty.onnx"));
}

// Whoever has another graph to try goes on after a GraphError only.
TEST_F(OnnxSessionTest, AGraphThatDoesNotWorkIsAnErrorOfItsOwn) {
  EXPECT_THROW(OnnxSession(Write("text.onnx", "this is not a model\n"), "", 0, Job()), GraphError);
  const OnnxSession session(Write("double.onnx", Doubling()), "", 0, Job());
  EXPECT_THROW(session.Output("y", {3, 4}), GraphError);
  try {
    OnnxSession(folder_ / "none.onnx", "", 0, Job());
    FAIL() << "there is no such file";
  } catch (const GraphError& error) {
    FAIL() << error.what();
  } catch (const Error&) {
  }
}

TEST_F(OnnxSessionTest, ARequestToStopEndsARun) {
  constexpr int kSize = 1024, kNodes = 1000;  // a good while on any machine
  Graph graph;
  graph.Input("x0", {kSize, kSize});
  for (int i = 0; i < kNodes; ++i) {
    const std::string from = fmt::format("x{}", i);
    graph.Node("MatMul", {from, from}, fmt::format("x{}", i + 1));
  }
  const std::string last = fmt::format("x{}", kNodes);
  const OnnxSession session(Write("long.onnx", graph.Output(last, {kSize, kSize}).Model()), "hint", 0, Job());
  const std::vector<float> x(size_t(kSize) * kSize, 0);
  StopSource stop;
  std::thread user([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    stop.RequestStop();
  });
  EXPECT_THROW(session.Run({{"x0", {kSize, kSize}, x.data()}}, {last}, Job().With(stop.token())), InterruptedError);
  user.join();
}

TEST_F(OnnxSessionTest, FeedsIntegersAndBooleans) {
  using onnx_test::Attribute;
  // y = ids where mask, else 0.
  const std::string model = Graph()
                                .Input("ids", {1, -1}, onnx_test::kInt64s)
                                .Input("mask", {1, -1}, onnx_test::kBools)
                                .Output("y", {1, -1})
                                .Floats("zero", {}, {0})
                                .Node("Cast", {"ids"}, "numbers", {Attribute("to", onnx_test::kFloats)})
                                .Node("Where", {"mask", "numbers", "zero"}, "y")
                                .Metadata("names", "{0: 'cup'}")
                                .Model();
  const OnnxSession session(Write("where.onnx", model), "hint", 0, Job());
  EXPECT_EQ(session.inputs()[0].type, ElementType::kInt64);
  EXPECT_EQ(session.inputs()[1].type, ElementType::kBool);
  const int64_t ids[3] = {7, -8, 9};
  const bool mask[3] = {true, true, false};
  EXPECT_EQ(session.Run({{"ids", {1, 3}, ids}, {"mask", {1, 3}, mask}}, {"y"}, Job())[0].data,
            (std::vector<float>{7, -8, 0}));
  EXPECT_EQ(session.Metadata("names"), "{0: 'cup'}");
  EXPECT_EQ(session.Metadata("author"), "");
  EXPECT_THAT(ErrorOf([&] {
                session.Input("ids", {1, -1});
              }),
              testing::AllOf(HasSubstr("where.onnx"), HasSubstr("\"ids\" is not a tensor of 32-bit floats")));
}

TEST_F(OnnxSessionTest, RefusesTensorsThatAreNotWhatTheyAreDeclared) {
  const std::string model =
      Graph().Input("x", {4}).Output("y", {1}).Node("ArgMax", {"x"}, "y", {onnx_test::Attribute("axis", 0)}).Model();
  // Declared as float but computed as int64: the runtime itself refuses the file.
  const fs::path file = Write("argmax.onnx", model);
  EXPECT_THAT(ErrorOf([&] { OnnxSession(file, "", 0, Job()); }), HasSubstr("argmax.onnx"));
}

TEST(OnnxGraph, FindsWhatWasSelectedFrom) {
  const std::string model = onnx_test::ChoosingDecoder().Model();
  EXPECT_EQ(TensorBeforeSelection(model, "low_res_masks"), "all_masks");
  EXPECT_EQ(TensorBeforeSelection(model, "iou_predictions"), "all_ious");
  const std::string sam2 = Graph()
                               .Node("Relu", {"x"}, "four")
                               .Node("Slice", {"four", "starts", "ends"}, "three")
                               .Node("Clip", {"three", "low", "high"}, "masks")
                               .Model();
  EXPECT_EQ(TensorBeforeSelection(sam2, "masks"), "four");
}

TEST(OnnxGraph, FindsNothingWhereNothingIsSelected) {
  EXPECT_FALSE(TensorBeforeSelection(Doubling(), "y"));
  EXPECT_FALSE(TensorBeforeSelection(Doubling(), "absent"));
  EXPECT_FALSE(TensorBeforeSelection("", "y"));
  EXPECT_FALSE(TensorBeforeSelection(std::string(64, '\xff'), "y"));
  // Selected straight from an input of the graph: there is no tensor that could be handed out.
  EXPECT_FALSE(TensorBeforeSelection(Graph().Node("Slice", {"x", "a", "b"}, "y").Model(), "y"));
  // A ring must not hang.
  EXPECT_FALSE(TensorBeforeSelection(Graph().Node("Clip", {"a"}, "b").Node("Clip", {"b"}, "a").Model(), "a"));
  // A file cut anywhere is read up to there.
  const std::string whole = onnx_test::ChoosingDecoder().Model();
  for (size_t size = 0; size < whole.size(); size += 7) TensorBeforeSelection(whole.substr(0, size), "low_res_masks");
}

TEST(OnnxGraph, FindsTheFilesOfWeights) {
  const Graph graph =
      Graph().ExternalFloats("a", {2}, "z.data").ExternalFloats("b", {1}, "m.data").ExternalFloats("c", {1}, "z.data");
  EXPECT_EQ(ExternalFiles(graph.Model()), (std::vector<std::string>{"m.data", "z.data"}));
  EXPECT_TRUE(ExternalFiles(onnx_test::ChoosingDecoder().Model()).empty());
  EXPECT_TRUE(ExternalFiles(std::string(64, '\xff')).empty());
}

TEST_F(OnnxSessionTest, HandsOutInnerTensorsOnRequest) {
  const std::string model = Graph()
                                .Input("x", {1, -1})
                                .Output("y", {1, -1})
                                .Floats("two", {1}, {2})
                                .Node("Mul", {"x", "two"}, "inner")
                                .Node("Neg", {"inner"}, "y")
                                .Model();
  const OnnxSession session("inner.onnx", "", WithExtraOutputs(model, {"inner"}), 0, Job());
  EXPECT_TRUE(session.HasOutput("y"));
  const float x[2] = {1, 3};
  const std::vector<Tensor> results = session.Run({{"x", {1, 2}, x}}, {"inner", "y"}, Job());
  EXPECT_EQ(results[0].data, (std::vector<float>{2, 6}));
  EXPECT_EQ(results[1].data, (std::vector<float>{-2, -6}));
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they keep what is freed
double ResidentMegabytes() {
  std::ifstream file("/proc/self/statm");
  double all = 0, resident = 0;
  file >> all >> resident;
  return resident * double(sysconf(_SC_PAGESIZE)) / 1e6;
}

TEST(OnnxSession, GivesTheMemoryOfARunBack) {
  const std::string model = Graph()
                                .Input("x", {1, -1})
                                .Output("y", {1, 1})
                                .Node("Neg", {"x"}, "a")
                                .Node("Neg", {"a"}, "b")
                                .Node("Mul", {"a", "b"}, "c")
                                .Node("ReduceSum", {"c"}, "y", {onnx_test::Attribute("keepdims", 1)})
                                .Model();
  const OnnxSession session("sum.onnx", "", model, 0, Job());
  const std::vector<float> x(size_t{1} << 24, 1);  // 67 MB, and inside of the run three times as much
  session.Run({{"x", {1, 1000}, x.data()}}, {"y"}, Job());
  const double before = ResidentMegabytes();
  const std::vector<Tensor> results = session.Run({{"x", {1, int64_t(x.size())}, x.data()}}, {"y"}, Job());
  EXPECT_FLOAT_EQ(results[0].data.at(0), -float(x.size()));
  EXPECT_LT(ResidentMegabytes() - before, 30);
}
#endif

TEST(OnnxSession, RefusesAModelOrWeightsThatAreNoFiles) {
  ExpectOddFilesAreRefused("model.onnx", [](const std::filesystem::path& path) { OnnxSession(path, "", 0, Job()); });
  ExpectOddFilesAreRefused("w.data", [](const std::filesystem::path& weights) {
    const std::filesystem::path model = weights.parent_path() / "model.onnx";
    WriteFileAtomic(model, Graph().ExternalFloats("a", {2}, "w.data").Output("a", {2}).Model());
    OnnxSession(model, "", 0, Job());
  });
}

}  // namespace
}  // namespace sanerf::models
