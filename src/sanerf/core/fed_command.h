// Runs another program that is fed through its standard input: frames to ffmpeg, say.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "sanerf/core/job.h"

namespace sanerf {

class FedCommand {
 public:
  // arguments[0] is looked up in PATH; no shell is involved. Throws Error when there is no such program, or it cannot
  // be started.
  FedCommand(const std::vector<std::string>& arguments, const std::filesystem::path& working_folder);
  ~FedCommand();  // a program that was not waited for is ended
  FedCommand(const FedCommand&) = delete;
  FedCommand& operator=(const FedCommand&) = delete;

  // Waits until the program has taken all of the bytes; false once it takes no more, and then `Finish` says why. Throws
  // InterruptedError.
  bool Write(std::string_view bytes, const Job& job);
  // Ends its input and waits for it: its exit code, 128 + the signal where it was killed. Throws InterruptedError.
  int Finish(const Job& job);
  // What it has printed, stdout and stderr, the last 4 KiB.
  const std::string& output() const { return output_; }

 private:
  void CloseInput();
  void TakeOutput();  // what is there now
  void End();         // kills it if it is still there

  const std::string program_;
  pid_t child_ = 0;
  int input_ = -1, printed_ = -1;  // our ends
  std::string output_;
};

}  // namespace sanerf
