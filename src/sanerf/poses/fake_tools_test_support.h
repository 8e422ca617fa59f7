// Stand-ins for colmap, ffmpeg and ffprobe, in a folder that is first in PATH: scripts that answer with what a test has
// laid out. For tests only.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/random.h"
#include "sanerf/poses/sparse_model_test_support.h"

namespace sanerf::poses {

// Every tool writes its arguments to `calls`. Files of these names make COMMAND (colmap's, or ffmpeg) misbehave:
// fail_COMMAND (its text is said, exit code 3), kill_COMMAND, hang_COMMAND (makes `hangs`, and never ends).
inline constexpr const char* kMisbehave = R"sh(
[ ! -e "$FAKE/fail_$command" ] || { cat "$FAKE/fail_$command" >&2; exit 3; }
[ ! -e "$FAKE/kill_$command" ] || kill -9 $$
[ ! -e "$FAKE/hang_$command" ] || { touch "$FAKE/hangs"; echo waiting; sleep 1000; }
)sh";

// mapper gives what is in canned/, model_merger what is in merged/. Photos have as many features as num_features says.
inline constexpr const char* kFakeColmap = R"sh(
case $1 in help) echo 'COLMAP 3.8 -- Structure-from-Motion and Multi-View Stereo'; exit 0 ;; esac
command=$1; shift
case $1 in --help) printf '  --SiftExtraction.use_gpu arg (=1)\n  --FeatureMatching.use_gpu arg (=1)\n'; exit 0 ;; esac
echo "$command $*" >>"$FAKE/calls"
while [ $# -gt 1 ]; do
  case $1 in
    --output_path) out=$2 ;; --database_path) database=$2 ;; --image_list_path) list=$2 ;;
    --image_path) photos=$2 ;; --match_list_path) pairs=$2 ;; --input_path) in=$2 ;;
  esac
  shift 2
done
)sh";
inline constexpr const char* kFakeColmapCommands = R"sh(
case $command in
  feature_extractor)
    i=0; n=$(wc -l <"$list")
    while read -r photo; do
      [ -e "$photos/$photo" ] || { echo "no $photo" >&2; exit 1; }
      i=$((i + 1)); echo "Processed file [$i/$n]"; echo "$photo" >>"$database"
      [ ! -e "$FAKE/num_features" ] || echo "  Features:        $(cat "$FAKE/num_features")"
    done <"$list" ;;
  matches_importer)
    [ -e "$database" ] || exit 1
    cat "$pairs" >>"$FAKE/pairs" ;;
  mapper) cp -r "$FAKE/canned/." "$out"; echo 'Registering image #3 (3)'; echo '  => Image sees 12 / 40 points' ;;
  model_merger)
    if [ -e "$FAKE/merged" ]; then cp "$FAKE/merged"/* "$out"; echo '=> Merge succeeded'; else echo '=> Merge failed'; fi ;;
  bundle_adjuster) cp "$in"/* "$out" ;;
  image_undistorter)
    mkdir -p "$out/images" "$out/sparse"; cp "$photos"/* "$out/images"; cp "$in"/* "$out/sparse"
    echo 'Undistorting image [1/8]' ;;
esac
)sh";

// The first look through a video gets frames.gray; of the second one every chosen frame is frame.png.
inline constexpr const char* kFakeFfmpeg = R"sh(
case $1 in -version) echo 'ffmpeg version 5.1.9-0+deb12u1 Copyright (c) 2000-2026'; exit 0 ;; esac
command=ffmpeg
echo "ffmpeg $*" >>"$FAKE/calls"
for last; do :; done
)sh";
inline constexpr const char* kFakeFfmpegWork = R"sh(
case $last in
  -) cat "$FAKE/frames.gray" ;;
  *)
    n=$(echo "$*" | grep -o 'eq(n,' | wc -l); i=1
    while [ $i -le $n ]; do
      cp "$FAKE/frame.png" "$(printf "$last" $i)"; echo "frame=$i"; i=$((i + 1))
    done ;;
esac
)sh";
inline constexpr const char* kFakeFfprobe = R"sh(
command=ffprobe
echo "ffprobe $*" >>"$FAKE/calls"
)sh";

class FakeToolsTest : public ::testing::Test {
 protected:
  FakeToolsTest() {
    std::filesystem::create_directories(bin_);
    std::filesystem::create_directories(fake_);
    const char* path = std::getenv("PATH");
    path_before_ = path != nullptr ? path : "";
    setenv("FAKE", fake_.c_str(), 1);
    setenv("PATH", (bin_.string() + ":" + path_before_).c_str(), 1);
    AddTool("colmap", std::string(kFakeColmap) + kMisbehave + kFakeColmapCommands);
    AddTool("ffmpeg", std::string(kFakeFfmpeg) + kMisbehave + kFakeFfmpegWork);
    AddTool("ffprobe", std::string(kFakeFfprobe) + kMisbehave + "cat \"$FAKE/probe.json\"\n");
  }
  ~FakeToolsTest() override { setenv("PATH", path_before_.c_str(), 1); }

  void AddTool(const std::string& name, const std::string& script) {
    std::ofstream(bin_ / name) << "#!/bin/sh\n" << script;
    std::filesystem::permissions(bin_ / name, std::filesystem::perms::owner_all);
  }
  // As on a machine that has the usual commands, and of these tools only those of the test.
  void TakeAway(const std::string& name) {
    std::filesystem::remove(bin_ / name);
    for (const char* tool : {"sh", "cat", "cp", "wc", "touch", "sleep", "mkdir", "grep", "printf"}) {
      std::error_code there;
      std::filesystem::create_symlink(std::filesystem::path("/bin") / tool, bin_ / tool, there);
    }
    setenv("PATH", bin_.c_str(), 1);
  }
  void Say(const std::string& name, const std::string& text) { WriteFileAtomic(fake_ / name, text); }
  void Unsay(const std::string& name) { std::filesystem::remove(fake_ / name); }

  // What was called so far, one call a line.
  std::string Calls() const { return std::filesystem::exists(fake_ / "calls") ? ReadFile(fake_ / "calls") : ""; }
  int NumCalls(const std::string& of) const {
    int count = 0;
    const std::string calls = Calls();
    for (size_t at = calls.find(of + " "); at != std::string::npos; at = calls.find(of + " ", at + 1))
      count += at == 0 || calls[at - 1] == '\n';
    return count;
  }

  // 64x48 pixels of noise; a blurred one has hardly any.
  static ImageU8 NoisePhoto(uint64_t seed, bool is_blurred = false) {
    ImageU8 photo(64, 48, 3);
    Random random(seed, 11);
    for (uint8_t& value : photo.data)
      value = uint8_t(is_blurred ? 120 + 4 * random.NextDouble() : 255 * random.NextDouble());
    return photo;
  }

  const TestFolder folder_;
  const std::filesystem::path bin_ = folder_ / "bin", fake_ = folder_ / "fake";

 private:
  std::string path_before_;
};

}  // namespace sanerf::poses
