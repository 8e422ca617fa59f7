#include "sanerf/cli/command_line.h"
#include "sanerf/core/interrupt.h"

int main(int argc, char** argv) {
  sanerf::InstallInterruptHandler();
  return sanerf::cli::RunCommandLine({argv + 1, argv + argc});
}
