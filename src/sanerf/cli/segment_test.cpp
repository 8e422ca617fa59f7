// What `segment` says.
#include <algorithm>

#include "sanerf/cli/tiny_run_test_support.h"

namespace sanerf::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class SegmentCommand : public TinyRun {};

TEST_F(SegmentCommand, OneViewIsNoViews) {
  MakeRun();
  const Arguments whole_photo = {"--box", "train/001:0,0,48,48"};
  EXPECT_THAT(Succeeds(Segment(whole_photo + Arguments{"--set", "segment.max_views=1"})).err,
              AllOf(HasSubstr("mug: 1 of 1 view has a mask\n"), HasSubstr("mug: 1 of 1 view gave a mask\n")));
  EXPECT_THAT(Succeeds(Segment(whole_photo + Arguments{"--set", "segment.max_views=2"})).err,
              HasSubstr(" of 2 views gave a mask\n"));
}

TEST_F(SegmentCommand, FilesOfPromptsShareAFieldAsOneFileDoes) {
  MakeRun();
  const std::string mug = R"({"name": "mug", "boxes": [{"view": "train/001", "xyxy": [0, 0, 48, 48]}]})";
  const std::string cup = R"({"name": "cup", "boxes": [{"view": "train/003", "xyxy": [10, 20, 40, 48]}]})";
  WriteFileAtomic(folder_ / "both.json", R"({"objects": [)" + cup + "," + mug + "]}");
  WriteFileAtomic(folder_ / "mug.json", R"({"objects": [)" + mug + "]}");
  WriteFileAtomic(folder_ / "cup.json", R"({"objects": [)" + cup + "]}");
  const auto from = [&](const Arguments& files) {
    Arguments arguments = Segment(files);
    const auto name = std::find(arguments.begin(), arguments.end(), "--name");
    arguments.erase(name, name + 2);
    return arguments;
  };
  const auto field = [&] { return ReadFile(folder_ / "run/objects/mug/object.ckpt"); };
  Succeeds(from({"--prompts", "both.json"}));
  const std::string together = field();
  Succeeds(from({"--prompts", "mug.json"}));
  EXPECT_NE(field(), together);
  Succeeds(from({"--prompts", "cup.json", "--prompts", "mug.json"}));
  EXPECT_EQ(field(), together);
  EXPECT_THAT(Fails(2, from({"--prompts", "cup.json", "--prompts", "both.json"})),
              HasSubstr("--prompts both.json: a file before it has the object 'cup', too"));
}

}  // namespace
}  // namespace sanerf::cli
