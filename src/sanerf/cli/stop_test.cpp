// What ends a command before its time: signals, a closed pipe. And what must not depend on how it ran: threads.
#include <thread>

#include "sanerf/cli/tiny_run_test_support.h"
#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/pipeline/render_stage.h"
#include "sanerf/pipeline/train_stage.h"

namespace fs = std::filesystem;

namespace sanerf::cli {
namespace {

using ::testing::HasSubstr;

class Stop : public TinyRun {
 protected:
  // Will not come to its end within a test.
  static Arguments LongTraining(const std::string& run) {
    Arguments arguments = Train(run);
    *(std::find(arguments.begin(), arguments.end(), "--iters") + 1) = "1000000";
    return arguments;
  }
  // The log appears with the first step.
  void WaitForSteps(const std::string& run) const {
    for (int i = 0; i < 1200 && !fs::exists(folder_ / run / "nerf" / "log.jsonl"); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  void ExpectSaved(const std::string& run) const {
    EXPECT_TRUE(fs::exists(folder_ / run / "nerf" / "model.ckpt"));
    EXPECT_THAT(ReadFile(folder_ / run / "run.json"), HasSubstr("\"interrupted\""));
  }
};

TEST_F(Stop, EverySignalSavesTheTraining) {
  MakeScene();
  for (const int signal : {SIGTERM, SIGHUP, SIGPIPE}) {
    const std::string run = "run" + std::to_string(signal);
    CommandProcess process(LongTraining(run), folder_.path());
    WaitForSteps(run);
    process.Send(signal);
    if (signal != SIGTERM) process.Send(signal);  // told twice is once
    const ProgramResult result = process.Wait();
    EXPECT_EQ(result.exit_code, 130) << signal << result.err;
    EXPECT_THAT(result.err, HasSubstr("training interrupted at step"));
    ExpectSaved(run);
  }
}

// sanerf train ... 2>&1 | head -1
TEST_F(Stop, AClosedPipeSavesTheTraining) {
  MakeScene();
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const pid_t pid = fork();
  if (pid == 0) {
    if (dup2(ends[1], STDOUT_FILENO) < 0 || dup2(ends[1], STDERR_FILENO) < 0 || chdir(folder_.path().c_str()) != 0)
      _exit(99);
    close(ends[0]);
    close(ends[1]);
    InstallInterruptHandler();
    _exit(RunCommandLine(LongTraining("run")));
  }
  close(ends[1]);
  char first = 0;
  EXPECT_EQ(read(ends[0], &first, 1), 1);
  WaitForSteps("run");
  close(ends[0]);
  int status = 0;
  waitpid(pid, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 130);
  ExpectSaved("run");
}

TEST_F(Stop, ASignalBeforeThePhotosAreLoadedLeavesNothing) {
  MakeScene();
  const pid_t pid = fork();
  if (pid == 0) {
    if (chdir(folder_.path().c_str()) != 0) _exit(99);
    InstallInterruptHandler();
    raise(SIGTERM);
    _exit(RunCommandLine(LongTraining("run")));
  }
  int status = 0;
  waitpid(pid, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 130) << status;
  EXPECT_FALSE(fs::exists(folder_ / "run"));
}

// sanerf options | head -1
TEST_F(Stop, AResultThatNobodyReadsEndsTheProgramQuietly) {
  MakeScene();
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  close(ends[0]);
  const auto unread = [&](const Arguments& arguments) {
    return CommandProcess(arguments, folder_.path(), "", [&] { dup2(ends[1], STDOUT_FILENO); }).Wait();
  };
  for (const Arguments& arguments :
       {Arguments{"--help"}, {"help", "train"}, {"version"}, {"options"}, {"models", "list"}, {"info", "scene"}}) {
    const ProgramResult result = unread(arguments);
    EXPECT_EQ(result.exit_code, 128 + SIGPIPE) << arguments[0];
    EXPECT_EQ(result.err, "") << arguments[0];
  }
  // What came before the result is done.
  EXPECT_EQ(unread(Train("run") + Arguments{"--json"}).exit_code, 128 + SIGPIPE);
  EXPECT_THAT(ReadFile(folder_ / "run/run.json"), HasSubstr("\"complete\""));
  close(ends[1]);
}

// Asks to stop when a task of that title begins, or says that it does `what`.
class StopsAt : public EventSink {
 public:
  explicit StopsAt(std::string what) : what_(std::move(what)) {}
  void Take(const Event& event) override {
    const bool begins = event.kind == Event::Kind::kStarted && event.title == what_;
    if (begins || (event.kind == Event::Kind::kProgress && event.text == what_)) stop_.RequestStop();
  }
  StopToken token() const { return stop_.token(); }

 private:
  std::string what_;
  StopSource stop_;
};

TEST_F(Stop, WhilePhotosLoadNothingIsBegun) {
  MakeScene();
  pipeline::Settings settings;
  for (const char* option : {"nerf.log2_table=14", "nerf.batch_samples=8192", "nerf.occupancy_resolution=64"})
    pipeline::Assign(settings, option);
  StopsAt sink("load photos");
  EXPECT_THAT(ErrorTextOf<InterruptedError>([&] {
                pipeline::Train({folder_ / "scene", folder_ / "run"}, settings, Job(sink, sink.token()));
              }),
              HasSubstr("reading the photos interrupted"));
  EXPECT_FALSE(fs::exists(folder_ / "run"));
}

TEST_F(Stop, ACutOutThatIsStoppedIsNotWritten) {
  MakeRunWithMug();
  pipeline::RenderRequest request;
  request.run = folder_ / "run";
  request.object = "mug";
  request.layers = {pipeline::Layer::kMask, pipeline::Layer::kCutout};
  StopsAt sink("cut-out: outline");
  EXPECT_THROW(pipeline::Render(request, Job(sink, sink.token())), InterruptedError);
  const auto num_files = [&](const char* layer) {
    const fs::recursive_directory_iterator all(folder_ / "run/renders/mug" / layer);
    return std::count_if(begin(all), end(all), [](const auto& entry) { return entry.is_regular_file(); });
  };
  EXPECT_EQ(num_files("mask"), 1);
  EXPECT_EQ(num_files("cutout"), 0);
}

TEST_F(Stop, AnotherPhotoOfTheSameSizeIsNamed) {
  MakeRun();
  const fs::path photo = folder_ / "scene/train/003.png";
  std::string bytes = ReadFile(photo);
  bytes[bytes.size() / 2] ^= 1;
  WriteFileAtomic(photo, bytes);
  for (const Arguments& arguments :
       {Arguments{"render", "run"}, Segment({"--box", "train/001:0,0,48,48"}), Train("run")})
    EXPECT_THAT(Fails(1, arguments), HasSubstr("the photo train/003.png is not the one that run was trained on"));
}

TEST_F(Stop, FilesDoNotDependOnTheNumberOfThreads) {
  MakeRun("run1");
  Succeeds(Train("run2") + Arguments{"--threads", "1"});
  for (const char* run : {"run1", "run2"}) {
    const Arguments threads = {"--threads", run[3] == '1' ? "2" : "1"};
    Succeeds(Segment({"--box", "train/001:0,0,48,48"}, run) + threads);
    Succeeds(Arguments{"encode", run, "--container", "field", "--set", "field.iters=5", "--set", "field.rays=512"} +
             threads);
  }
  for (const char* file : {"nerf/model.ckpt", "objects/mug/object.ckpt", "features/field.ckpt"})
    EXPECT_TRUE(ReadFile(folder_ / "run1" / file) == ReadFile(folder_ / "run2" / file)) << file;
  int num_views = 0;
  for (const auto& entry : fs::directory_iterator(folder_ / "run1" / "features")) {
    if (entry.path().extension() != ".feat") continue;
    EXPECT_TRUE(ReadFile(entry.path()) == ReadFile(folder_ / "run2" / "features" / entry.path().filename()));
    ++num_views;
  }
  EXPECT_GT(num_views, 4);
}

}  // namespace
}  // namespace sanerf::cli
