#include "sanerf/run/object_store.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <iostream>
#include <map>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/mask_aggregator/object_trainer.h"
#include "sanerf/nerf/train_nerf.h"
#include "sanerf/nerf/trainer.h"
#include "sanerf/run/extend_objects.h"
#include "sanerf/run/object_set.h"
#include "sanerf/run/run_lock.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/mask_files.h"
#include "sanerf/synth/small_scene_test_support.h"
#include "sanerf/synth/synth.h"

namespace fs = std::filesystem;

namespace sanerf::run {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Contents = std::map<std::string, std::string>;

// Every file below the folder with its bytes.
Contents ContentsOf(const fs::path& folder) {
  Contents contents;
  if (!fs::exists(folder)) return contents;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) contents[fs::relative(entry.path(), folder).string()] = ReadFile(entry.path());
  return contents;
}

std::vector<std::string> NamesOf(const std::vector<StoredObject>& objects) {
  std::vector<std::string> names;
  for (const StoredObject& object : objects) names.push_back(object.name);
  return names;
}

// Runs that hold fox and bear, which share a field, and mug, which has its own.
class ObjectStoreTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TestFolder(InMemory());
    synth::WriteSynthScene(*folder_ / "scene", synth::SmallScene(4, 32), Job());
    scene_ = new scene::Scene(scene::LoadScene(*folder_ / "scene", {}, Job()));
    nerf::NerfOptions options;
    options.iters = 20;
    options.batch_samples = 4096;
    options.log2_table = 10;
    options.levels = 4;
    options.features = 4;
    options.top = 64;
    options.occupancy_resolution = 32;
    options.near_gradients = 0;
    nerf_ = new nerf::NerfModel(
        nerf::TrainNerf(*scene_, options, {*folder_ / "nerf.ckpt", *folder_ / "nerf.jsonl", false}, Job()));
    for (const int seed : {1, 2}) {
      mask_aggregator::AggregatorOptions aggregator;
      aggregator.iters = 1;
      aggregator.rays = 64;
      aggregator.pool_rays = 256;
      aggregator.seed = seed;
      aggregator.field.log2_table = 8;
      std::vector<mask_aggregator::LabelView> views;
      for (const int v : scene_->TrainViews()) views.push_back({scene_->views[size_t(v)].camera, ImageU8(32, 32, 1)});
      for (mask_aggregator::LabelView& view : views)
        for (size_t i = 0; i < view.labels.data.size(); ++i) view.labels.data[i] = uint8_t(i / 8 % size_t(2 + seed));
      fields_.push_back(mask_aggregator::TrainObjectModel(*nerf_, views, 2 + seed, aggregator, nullptr, Job()));
    }
  }
  static void TearDownTestSuite() {
    fields_.clear();
    delete nerf_;
    delete scene_;
    delete folder_;
  }

  RunFolder MakeRun(const std::string& name) const {
    EnsureWritableFolder(runs_ / name);
    RunFolder run = RunFolder::Create(runs_ / name, *folder_ / "scene", *scene_, Job());
    run.Save(Job());
    return run;
  }
  RunFolder MakeRunWithObjects(const std::string& name) const {
    RunFolder run = MakeRun(name);
    Store(run, {"mug", "lid"}, 0);
    Store(run, {"fox", "bear"}, 0);
    fs::remove_all(run.objects() / "lid");
    WriteFileAtomic(run.objects() / "fox" / "metrics.json", R"({"iou": 0.9})");
    return run;
  }

  // Objects with a field and two masks each.
  static StoreResult Store(
      const RunFolder& run, const std::vector<std::string>& names, size_t field,
      const std::function<void(ObjectsToStore&)>& change = [](ObjectsToStore&) {}) {
    mask_decoder::Prompts prompts;
    std::vector<mask_decoder::DecodedObject> decoded;
    for (const std::string& name : names) {
      mask_decoder::ObjectPrompt prompt;
      prompt.name = name;
      prompt.clicks.push_back({"train/001", {3, 4}, 1});
      prompts.objects.push_back(prompt);
      mask_decoder::DecodedObject object;
      object.name = name;
      for (int v = 0; v < 2; ++v) {
        mask_decoder::ViewDecision view;
        view.view_idx = v;
        view.view = scene_->views[size_t(v)].name;
        view.used = true;
        view.outcome = mask_decoder::Outcome::kUsed;
        view.mask = ImageU8(8, 8, 1);
        object.views.push_back(view);
      }
      decoded.push_back(object);
    }
    ObjectsToStore objects{prompts, decoded, fields_.at(field), *folder_ / "nerf.jsonl", nerf_->Fingerprint()};
    change(objects);
    return StoreObjects(run, objects, Job());
  }
  static void GoOn(ObjectsToStore& objects) { objects.options.goes_on = true; }

  // Where nothing waits for a disk, if there is such a place: a test stores hundreds of times.
  static fs::path InMemory() {
    return access("/dev/shm", W_OK | X_OK) == 0 ? fs::path("/dev/shm") : fs::temp_directory_path();
  }

  TestFolder runs_{InMemory()};
  static inline TestFolder* folder_;
  static inline scene::Scene* scene_;
  static inline nerf::NerfModel* nerf_;
  static inline std::vector<mask_aggregator::ObjectModel> fields_;  // of two labels, and of three
};

TEST_F(ObjectStoreTest, WhatIsReplacedIsSetAsideForOneGeneration) {
  const RunFolder run = MakeRunWithObjects("run");
  const Contents fox = ContentsOf(run.objects() / "fox"), bear = ContentsOf(run.objects() / "bear");
  const StoreResult second = Store(run, {"fox", "plate", "cup"}, 1);
  EXPECT_THAT(second.set_aside, ElementsAre("fox"));
  EXPECT_EQ(ContentsOf(run.objects() / "fox~"), fox);
  EXPECT_EQ(ContentsOf(run.objects() / "bear"), bear);
  EXPECT_THAT(NamesOf(ListObjects(run)), ElementsAre("bear", "cup", "fox", "mug", "plate"));
  EXPECT_THAT(NamesOf(ListSetAside(run)), ElementsAre("fox~"));

  // Both are whole: the old field with its two labels, the new one with three.
  EXPECT_EQ(LoadObject(run, "fox~", *nerf_).field.num_labels(), 3);
  EXPECT_EQ(LoadObject(run, "bear", *nerf_).field.num_labels(), 3);
  EXPECT_EQ(LoadObject(run, "fox", *nerf_).field.num_labels(), 4);
  EXPECT_EQ(FindObject(run, "fox~", *nerf_).prompt.name, "fox~");

  // A command that makes an object gets a name that is allowed.
  const RunFolder empty = MakeRun("empty");
  const auto hint = [&](const std::string& name) {
    return ErrorTextOf<UsageError>([&] { FindObject(empty, name, *nerf_); });
  };
  EXPECT_THAT(hint("mug~"), HasSubstr(" --name mug --click"));
  EXPECT_THAT(hint("a/b"), HasSubstr(" --name OBJECT --click"));

  // The same once more is no reason to give up the earlier one; something else is.
  EXPECT_THAT(Store(run, {"fox", "plate", "cup"}, 1).set_aside, ElementsAre());
  EXPECT_EQ(ContentsOf(run.objects() / "fox~"), fox);
  const Contents three = ContentsOf(run.objects() / "fox");
  EXPECT_THAT(Store(run, {"fox"}, 0).set_aside, ElementsAre("fox"));
  EXPECT_EQ(ContentsOf(run.objects() / "fox~"), three);

  // Renamed, it is the object again.
  fs::remove_all(run.objects() / "fox");
  fs::rename(run.objects() / "fox~", run.objects() / "fox");
  EXPECT_EQ(LoadObject(run, "fox", *nerf_).stored.name, "fox");
  EXPECT_EQ(ContentsOf(run.objects() / "fox"), three);
}

TEST_F(ObjectStoreTest, WhatGoesOnIsNotSetAsideAndKeepsItsReport) {
  const RunFolder run = MakeRun("run");
  Store(run, {"fox", "bear"}, 0, [](ObjectsToStore& objects) {
    *objects.options.reports["fox"] = {{"phrase", "a fox"}};
  });
  const std::string report = ReadFile(run.objects() / "fox" / "text.json");
  EXPECT_THAT(report, HasSubstr("a fox"));
  EXPECT_THAT(Store(run, {"fox", "bear", "cup"}, 1, GoOn).set_aside, ElementsAre());
  EXPECT_EQ(ReadFile(run.objects() / "fox" / "text.json"), report);
  EXPECT_FALSE(fs::exists(run.objects() / "bear" / "text.json"));
  EXPECT_THAT(NamesOf(ListSetAside(run)), ElementsAre());
}

// Its name is a new one for what is added; what is left in its folder is kept all the same.
TEST_F(ObjectStoreTest, AFolderThatLostItsObjectIsSetAsideByWhatIsAdded) {
  const RunFolder run = MakeRun("run");
  Store(run, {"fox", "bear"}, 0);
  fs::remove(run.objects() / "bear" / "object.json");
  const Contents left = ContentsOf(run.objects() / "bear");
  EXPECT_THAT(Store(run, {"fox", "bear"}, 1, GoOn).set_aside, ElementsAre("bear"));
  EXPECT_EQ(ContentsOf(run.objects() / "bear~"), left);
  EXPECT_FALSE(fs::exists(run.objects() / "fox~"));
}

TEST_F(ObjectStoreTest, ASearchIsSetAsideAsAWhole) {
  const RunFolder run = MakeRunWithObjects("run");
  Store(run, {"mug~x"}, 0);
  Store(run, {"cup"}, 0, [](ObjectsToStore& objects) {
    objects.options.retired = {"fox", "bear"};
    objects.options.forgotten = {"mug~x"};
  });
  EXPECT_THAT(NamesOf(ListObjects(run)), ElementsAre("cup", "mug"));
  EXPECT_THAT(NamesOf(ListSetAside(run)), ElementsAre("bear~", "fox~"));
}

TEST_F(ObjectStoreTest, ObjectsAreSetAsideWithoutAnyThatTakeTheirPlace) {
  const RunFolder run = MakeRunWithObjects("run");
  const Contents fox = ContentsOf(run.objects() / "fox");
  RetireObjects(run, {"fox", "no-such-object", "bear"}, Job());
  EXPECT_THAT(NamesOf(ListObjects(run)), ElementsAre("mug"));
  EXPECT_THAT(NamesOf(ListSetAside(run)), ElementsAre("bear~", "fox~"));
  EXPECT_EQ(ContentsOf(run.objects() / "fox~"), fox);
}

// Files of two segmentations: the label would be looked up beyond the field's.
TEST_F(ObjectStoreTest, ALabelThatTheFieldDoesNotHaveIsAnError) {
  const RunFolder run = MakeRunWithObjects("run");
  EXPECT_EQ(LoadObject(run, "mug", *nerf_).stored.label, 1);
  const fs::path file = run.objects() / "mug" / "object.json";
  Json json = ReadJsonFile(file);
  json["label"] = 200;
  WriteJsonFile(file, json);
  EXPECT_THAT(ErrorTextOf<Error>([&] { LoadObject(run, "mug", *nerf_); }),
              HasSubstr(file.string() + ": label: 200, but the field in object.ckpt ends at 2\nput both files back"));
}

TEST_F(ObjectStoreTest, FilesThatDoNotFitTogetherAreNotExtended) {
  const RunFolder run = MakeRun("run");
  Store(run, {"fox", "bear"}, 0);
  mask_decoder::Prompts more;
  more.objects.emplace_back().name = "fox";
  EXPECT_TRUE(OpenField(run, *nerf_, *scene_, more, Job()).field.has_value());
  const fs::path mask = run.objects() / "bear" / "masks" / (scene::FlatName(scene_->views[1].name) + ".png");
  WritePng(mask, ImageU8(8, 8, 3));
  EXPECT_THAT(ErrorTextOf<Error>([&] { OpenField(run, *nerf_, *scene_, more, Job()); }),
              HasSubstr(mask.string() + ": a mask is gray, this picture has 3 channels"));
  WritePng(mask, ImageU8(8, 8, 1));
  fields_[1].Save(run.objects() / "fox" / "object.ckpt");
  EXPECT_THAT(ErrorTextOf<Error>([&] { OpenField(run, *nerf_, *scene_, more, Job()); }),
              HasSubstr("object.ckpt: its field has 3 labels beside the background, object.json lists 2\nput both"));
}

// Who shows objects shows the rest; who extends or scores them does not go on without one.
TEST_F(ObjectStoreTest, ADamagedObjectKeepsOnlyItselfFromBeingShown) {
  const RunFolder run = MakeRun("run");
  Store(run, {"mug", "lid", "cup"}, 1);
  Store(run, {"fox", "bear"}, 0);
  for (const char* other : {"lid", "cup"}) fs::remove_all(run.objects() / other);
  const auto text = [](const Error& error) { return std::string(error.what()) + "\n" + error.hint(); };
  EXPECT_EQ(OpenReadableFields(run, *nerf_, *scene_, Job()).problems.size(), 0u);

  const fs::path file = run.objects() / "bear" / "object.json";
  const std::string whole = ReadFile(file);
  WriteFileAtomic(file, whole.substr(0, whole.size() / 2));
  const ReadableObjects listed = ListReadableObjects(run);
  EXPECT_THAT(NamesOf(listed.objects), ElementsAre("fox", "mug"));
  ASSERT_EQ(listed.problems.size(), 1u);
  EXPECT_THAT(text(listed.problems[0]), HasSubstr("the object 'bear' is left out: " + file.string()));
  EXPECT_NE(listed.problems[0].hint(), "");
  EXPECT_EQ(LoadObject(run, "fox", *nerf_).stored.name, "fox");
  EXPECT_THROW(LoadObject(run, "bear", *nerf_), Error);
  EXPECT_THROW(ListObjects(run), Error);
  mask_decoder::Prompts more;
  more.objects.emplace_back().name = "mug";
  EXPECT_THROW(OpenField(run, *nerf_, *scene_, more, Job()), Error);

  ReadableFields read = OpenReadableFields(run, *nerf_, *scene_, Job());
  ASSERT_EQ(read.fields.size(), 2u);
  EXPECT_EQ(read.problems.size(), 1u);
  EXPECT_EQ(read.fields[0].prompts.objects.at(0).name, "fox");
  EXPECT_FALSE(read.fields[0].field);  // the model that it shares with bear
  EXPECT_EQ(read.fields[1].prompts.objects.at(0).name, "mug");

  // The same of a mask.
  WriteFileAtomic(file, whole);
  WritePng(run.objects() / "bear" / "masks" / (scene::FlatName(scene_->views[1].name) + ".png"), ImageU8(8, 8, 3));
  read = OpenReadableFields(run, *nerf_, *scene_, Job());
  ASSERT_EQ(read.problems.size(), 1u);
  EXPECT_THAT(text(read.problems[0]), HasSubstr("'bear' is left out"));
  EXPECT_EQ(read.fields.size(), 2u);
}

TEST_F(ObjectStoreTest, AFolderOfAnImpossibleNameIsNotShown) {
  const RunFolder run = MakeRunWithObjects("run");
  fs::rename(run.objects() / "mug", run.objects() / "mug\xE2\x80\xAEx");
  const ReadableObjects listed = ListReadableObjects(run);
  EXPECT_THAT(NamesOf(listed.objects), ElementsAre("bear", "fox"));
  ASSERT_EQ(listed.problems.size(), 1u);
  EXPECT_THAT(listed.problems[0].what(), HasSubstr("'mug<U+202E>x' is left out"));
}

TEST_F(ObjectStoreTest, AFailureLeavesTheObjectsAsTheyWere) {
  const RunFolder run = MakeRunWithObjects("run");
  const Contents before = ContentsOf(run.path());
  EXPECT_THROW(Store(run, {"fox", "bear"}, 1, [&](ObjectsToStore& objects) { objects.log = run.objects(); }), Error);
  EXPECT_EQ(ContentsOf(run.path()), before);
}

TEST_F(ObjectStoreTest, LeftoversOfEarlierVersionsGo) {
  const RunFolder run = MakeRunWithObjects("run");
  fs::create_directories(run.objects() / ".new" / "fox");
  WriteFileAtomic(run.objects() / ".log.jsonl", "{}");
  WriteFileAtomic(run.objects() / "notes.txt", "of the user");
  Store(run, {"cup"}, 0);
  EXPECT_FALSE(fs::exists(run.objects() / ".new"));
  EXPECT_FALSE(fs::exists(run.objects() / ".log.jsonl"));
  EXPECT_EQ(ReadFile(run.objects() / "notes.txt"), "of the user");
}

TEST_F(ObjectStoreTest, TheLogOfAKilledSegmentationGoesWithTheNextLock) {
  const RunFolder run = MakeRunWithObjects("run");
  WriteFileAtomic(run.path() / ".object_log.jsonl", "{}");
  { const RunLock lock(run.path()); }
  EXPECT_FALSE(fs::exists(run.path() / ".object_log.jsonl"));
}

// While another process replaces them, objects are seen of one set: a field with its own labels, none missing.
TEST_F(ObjectStoreTest, ReadersWithoutTheLockSeeOneSet) {
  const RunFolder run = MakeRun("run");
  Store(run, {"fox", "bear"}, 0);
  const pid_t writer = fork();
  if (writer == 0) {
    for (int i = 0; i < 25; ++i) {
      Store(run, {"fox", "bear", "cup"}, 1, GoOn);
      Store(run, {"fox", "bear"}, 0, [](ObjectsToStore& objects) {
        objects.options.goes_on = true;
        objects.options.forgotten = {"cup"};
      });
    }
    _exit(0);
  }
  int status = 0, num_reads = 0;
  while (waitpid(writer, &status, WNOHANG) == 0) {
    const std::vector<StoredObject> objects = ListObjects(run);
    ASSERT_GE(objects.size(), 2u);
    EXPECT_EQ(NamesOf(objects).size(), objects[0].labels.size());
    for (const StoredObject& object : objects) EXPECT_EQ(object.field_id, objects[0].field_id);
    const LoadedObject fox = LoadObject(run, "fox", *nerf_);
    EXPECT_EQ(size_t(fox.field.num_labels()), fox.stored.labels.size() + 1);
    ++num_reads;
  }
  EXPECT_EQ(status, 0);
  EXPECT_GT(num_reads, 0);
}

enum class Child { kFinished, kKilled, kNotTraceable };

// Runs `work` in a child that is killed on entry to its n-th system call.
Child KillAtSystemCall(int n, const std::function<void()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(77);
    raise(SIGSTOP);
    work();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFSTOPPED(status)) return Child::kNotTraceable;
  if (ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) != 0) {
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    return Child::kNotTraceable;
  }
  int num_entries = 0;
  bool is_inside = false;
  long signal = 0;
  for (;;) {
    ptrace(PTRACE_SYSCALL, child, nullptr, signal);
    waitpid(child, &status, 0);
    if (WIFEXITED(status)) {
      EXPECT_EQ(WEXITSTATUS(status), 0);
      return Child::kFinished;
    }
    if (WIFSIGNALED(status)) return Child::kKilled;
    const bool is_call = WSTOPSIG(status) == (SIGTRAP | 0x80);
    signal = is_call ? 0 : WSTOPSIG(status);
    if (!is_call) continue;
    is_inside = !is_inside;
    if (is_inside && ++num_entries == n) kill(child, SIGKILL);
  }
}

// The same where tracing is forbidden: killed after ever longer times, which meets fewer places.
Child KillAfter(int n, const std::function<void()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
    work();
    _exit(0);
  }
  usleep(useconds_t(100 * n));
  kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? Child::kFinished : Child::kKilled;
}

// fox is replaced, plate and cup are new; killed at every place, the run has the objects before or those after.
TEST_F(ObjectStoreTest, KilledAtAnySystemCallItHasTheObjectsBeforeOrAfter) {
  const auto store = [&](const RunFolder& run) {
    const RunLock lock(run.path());
    Store(run, {"fox", "plate", "cup"}, 1, [](ObjectsToStore& objects) {
      *objects.options.reports["fox"] = {{"phrase", "a fox"}};
    });
  };
  const RunFolder fresh = MakeRunWithObjects("fresh");
  const Contents before = ContentsOf(fresh.objects());
  fs::copy(fresh.path(), runs_ / "after", fs::copy_options::recursive);
  store(RunFolder::Open(runs_ / "after"));
  const Contents after = ContentsOf(runs_ / "after" / "objects");
  ASSERT_NE(before, after);

  bool is_traceable = true;
  int num_before = 0, num_between = 0, num_after = 0;
  for (int n = 1;; ++n) {
    const fs::path path = runs_ / "run";
    fs::remove_all(path);
    fs::copy(fresh.path(), path, fs::copy_options::recursive);
    const auto work = [&] { store(RunFolder::Open(path)); };
    Child child = is_traceable ? KillAtSystemCall(n, work) : KillAfter(n, work);
    if (child == Child::kNotTraceable) {
      std::cerr << "WARNING: this machine forbids ptrace: the process is killed after growing times instead of at "
                   "every system call\n";
      is_traceable = false;
      n = 0;
      continue;
    }

    // As readers find it, who do not repair anything.
    const RunFolder run = RunFolder::Open(path);
    num_between += run.objects() != path / "objects";
    const Contents found = ContentsOf(run.objects());
    ASSERT_TRUE(found == before || found == after) << "killed at " << n;
    (found == before ? num_before : num_after) += 1;
    if (found == before)
      ASSERT_THAT(NamesOf(ListObjects(run)), ElementsAre("bear", "fox", "mug")) << n;
    else
      ASSERT_THAT(NamesOf(ListObjects(run)), ElementsAre("bear", "cup", "fox", "mug", "plate")) << n;
    // As the next who takes the lock leaves it.
    { const RunLock lock(path); }
    ASSERT_EQ(ContentsOf(path / "objects"), found) << "killed at " << n;
    for (const auto& entry : fs::directory_iterator(path))
      ASSERT_THAT(entry.path().filename().string(), ::testing::AnyOf("run.json", "objects", ".lock")) << n;
    // A second attempt gives what the first would have given. After every tenth: it takes longest.
    if (n % 10 == 0) {
      store(run);
      ASSERT_EQ(ContentsOf(path / "objects"), after) << "stored again after being killed at " << n;
      EXPECT_FALSE(fs::exists(path / ".objects.new") || fs::exists(path / ".objects.old"));
    }
    if (child == Child::kFinished) break;
  }
  EXPECT_GT(num_before, 0);
  EXPECT_GT(num_after, 1);  // also killed ones
  if (is_traceable) {
    EXPECT_GT(num_before + num_after, 100);
    EXPECT_GT(num_between, 0);
  }
}

}  // namespace
}  // namespace sanerf::run
