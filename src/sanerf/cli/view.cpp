#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <utility>

#include "sanerf/cli/command.h"
#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/run/output_place.h"
#include "sanerf/run/run_lock.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/viewer/http/access.h"
#include "sanerf/viewer/http/assets.h"
#include "sanerf/viewer/http/host_address.h"
#include "sanerf/viewer/window.h"

namespace sanerf::cli {
namespace {

constexpr int kFirstPort = 7007;
constexpr Range kPorts(0, 65535);

struct ViewFlags {
  std::string path;
  std::string host = "127.0.0.1";
  std::optional<std::filesystem::path> out;
  std::vector<std::string> allowed_hosts;
  std::optional<int> port;
  OptionFlags options;
  bool no_browser = false;
};

// The options of the run, whose lock the window then keeps.
void RestoreAndLock(const std::filesystem::path& run, viewer::WorkspaceRequest* request,
                    experiments::ExperimentSettings* settings) {
  run::LockedRun locked(run, run::RunLock::Holder::kWindow);
  RestoreFromRun(locked.folder, settings);
  request->lock = std::move(locked.lock);
}

// What the folder is, and where its results go. Throws what opening it would.
viewer::WorkspaceRequest Opened(const CommonFlags& common, const ViewFlags& flags, const Job& job) {
  viewer::WorkspaceRequest request;
  request.path = flags.path;
  experiments::ExperimentSettings settings;
  if (run::RunFolder::Exists(flags.path) || !run::RunFolder::PartsIn(flags.path).empty()) {
    if (flags.out && !run::IsSamePlace(*flags.out, flags.path))
      throw UsageError(flags.path + " is a run folder, not a scene", "",
                       fmt::format("look at it: sanerf view {}; or begin another run of its scene: sanerf view SCENE "
                                   "--out {}",
                                   Quoted(flags.path), Quoted(*flags.out)));
    RestoreAndLock(flags.path, &request, &settings);
  } else {
    if (!scene::HoldsScene(flags.path)) scene::LoadScene(flags.path, settings.scene, job);  // says what it is
    request.run = flags.out ? *flags.out : RunBeside(flags.path);
    if (run::RunFolder::Exists(*request.run)) RestoreAndLock(*request.run, &request, &settings);
  }
  ApplyCommonFlags(common, {"scene", "nerf", "encode", "masks", "segment", "object", "auto", "text"}, "view", &settings,
                   job);
  flags.options.Apply(&settings);
  request.settings = settings;
  return request;
}

void CheckNames(const std::vector<std::string>& allowed_hosts) {
  for (const std::string& name : allowed_hosts)
    if (viewer::HostName(name) != name)
      throw UsageError(fmt::format("--allow-host {}: this is no name of a host", name), "",
                       "as the browser shows it, in small letters, without port: --allow-host gpu.example.org");
}

// Where somebody sits before the screen. Whether it works is the desktop's business: the address has been printed.
void OpenBrowser(const std::string& url) {
  const auto is_set = [](const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
  };
  if (geteuid() == 0 || is_set("SSH_CONNECTION") || !(is_set("DISPLAY") || is_set("WAYLAND_DISPLAY"))) return;
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  if (posix_spawn_file_actions_init(&actions) != 0) return;
  if (posix_spawnattr_init(&attributes) == 0) {
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);  // Ctrl-C here must not close the browser
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
      posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0);
    std::array<std::string, 2> words = {"xdg-open", url};
    std::array<char*, 3> arguments = {words[0].data(), words[1].data(), nullptr};
    pid_t process = 0;
    posix_spawnp(&process, arguments[0], &actions, &attributes, arguments.data(), environ);
    posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_destroy(&actions);
}

std::string UserAtMachine() {
  std::array<char, 256> name{};
  const char* user = std::getenv("USER");
  const bool has_name = gethostname(name.data(), name.size() - 1) == 0 && name[0] != '\0';
  return fmt::format("{}@{}", user != nullptr && *user != '\0' ? user : "USER", has_name ? name.data() : "MACHINE");
}

void SayWhere(const ViewFlags& flags, const viewer::Window& window, const Job& job) {
  const int wanted = flags.port.value_or(kFirstPort);
  if (wanted != 0 && window.port() != wanted)
    job.Info(fmt::format("port   {} is taken; this is {}", wanted, window.port()));
  if (!viewer::IsLoopbackAddress(flags.host)) {
    job.Warn(
        fmt::format("whoever reaches {} over the network and knows the address below can use this page, and "
                    "nothing is encrypted; an ssh tunnel needs no --host",
                    flags.host));
    return;
  }
  job.Info(
      fmt::format("remote ssh -L {0}:localhost:{0} {1}    on the machine that you sit at, when that is another one",
                  window.port(), Quoted(UserAtMachine())));
}

// Until Ctrl-C, and until all is saved. Returns where the run is.
std::string Serve(const CommonFlags& common, const ViewFlags& flags, const viewer::WorkspaceRequest& opened,
                  const Job& job) {
  viewer::Window window({opened, flags.host, flags.port.value_or(kFirstPort), flags.allowed_hosts});
  SayWhere(flags, window, job);
  if (common.json) {
    PrintJson({{"url", window.Url()}, {"port", window.port()}, {"token", window.token()}});
  } else {
    PrintText(window.Url() + "\n");
    job.Info("       Ctrl-C ends it; what was reached is saved");
    if (!flags.no_browser) OpenBrowser(window.UrlForOneVisit());
  }
  window.Serve(job);
  return window.run();
}

void RunView(CommandLine& line, const ViewFlags& flags, const Job& job) {
  CheckNames(flags.allowed_hosts);
  const viewer::WorkspaceRequest opened = Opened(line.common, flags, job);
  if (!viewer::HasPage())
    throw Error("this program has no page to show", "it was built without web/dist",
                "run scripts/setup.sh --page, which makes it, and build again");
  const std::string run = Serve(line.common, flags, opened, job);
  line.exit_code = kInterrupted;
  SuggestNext(fmt::format("sanerf view {}", Quoted(run::RunFolder::Exists(run) ? run : flags.path)), job);
}

}  // namespace

void AddView(CommandLine& line) {
  auto flags = std::make_shared<ViewFlags>();
  CLI::App* sub = AddCommand(line, "view", "look, click a thing, get it in 3D: a page in the browser",
                             "  sanerf view photos/                  trains before your eyes; the run is photos_run\n"
                             "  sanerf view run                      goes on with a run\n"
                             "  sanerf ./run                         the same: a path is opened\n"
                             "  sanerf view run --no-browser --json  for a script\n\n"
                             "The page is served to this machine alone, to whoever has the address that is printed.\n"
                             "To use another machine: sign in with the line `ssh -L ...` that is printed as\n"
                             "well, then open the same address in the browser that you sit at. Ctrl-C ends it;\n"
                             "everything is kept in the run, and the same command goes on from there.");
  sub->add_option("PATH", flags->path, "a scene or a run folder")->required();
  sub->add_option("-o,--out", flags->out, "of a scene: its run folder, to make or to go on with [PATH_run beside it]")
      ->type_name("DIR");
  flags->options.Add(sub, "--model", "scene.model");
  flags->options.Add(sub, "--frames", "scene.frames");
  AddNumber(sub, "--port", &flags->port, fmt::format("the first port to try; 0 = any that is free [{}]", kFirstPort),
            kPorts);
  sub->add_option("--host", flags->host,
                  "address to listen at [127.0.0.1: this machine alone]; 0.0.0.0 lets the network in, unencrypted")
      ->type_name("ADDRESS");
  sub->add_option("--allow-host", flags->allowed_hosts,
                  "name under which a proxy in front shows the page (repeatable); other names are refused")
      ->type_name("NAME")
      ->allow_extra_args(false);
  sub->add_flag("--no-browser", flags->no_browser, "only print the address");
  sub->callback([&line, flags] { line.run = [&line, flags](const Job& job) { RunView(line, *flags, job); }; });
}

}  // namespace sanerf::cli
