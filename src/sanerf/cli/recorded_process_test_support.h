// Runs something in a process of its own, without a network, and records what it does to the outside world: files
// opened for writing, sockets, child processes. Seen by the kernel (ptrace and seccomp), so nothing that a library does
// behind the program's back escapes. Linux 5.3 and newer. For tests only.
#pragma once

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace sanerf::cli {

struct Recording {
  int exit_code = -1;                         // 1000 + signal when it was killed
  bool is_offline = false;                    // it had a network namespace of its own
  std::vector<std::filesystem::path> writes;  // opened for writing, made or renamed to; absolute
  std::vector<std::string> sockets;           // "socket 2", "connect", …: the system call and its first argument
  std::vector<std::string> children;          // "fork" or the program that a process of the family started
};

namespace recorder {

// What is recorded; everything else runs at full speed. A ring takes orders that no filter sees.
inline std::vector<long> SocketCalls() {
  return {SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_sendto, SYS_sendmsg, SYS_sendmmsg, SYS_io_uring_setup};
}
struct PathCall {
  long number;
  int folder, path, flags;  // positions of the arguments; -1 = none: the current folder, and always a write
};
inline std::vector<PathCall> PathCalls() {
  return {
      {SYS_openat, 0, 1, 2},     {SYS_mkdirat, 0, 1, -1},   {SYS_mknodat, 0, 1, -1},
      {SYS_linkat, 2, 3, -1},    {SYS_symlinkat, 1, 2, -1}, {SYS_renameat2, 2, 3, -1},
      {SYS_truncate, -1, 0, -1}, {SYS_openat2, 0, 1, -1},  // its flags lie in memory; nobody uses it to read
#ifdef SYS_renameat
      {SYS_renameat, 2, 3, -1},
#endif
#ifdef SYS_open  // the older calls, which newer architectures do not have
      {SYS_open, -1, 0, 1},      {SYS_creat, -1, 0, -1},    {SYS_mkdir, -1, 0, -1},
      {SYS_mknod, -1, 0, -1},    {SYS_link, -1, 1, -1},     {SYS_symlink, -1, 1, -1},
      {SYS_rename, -1, 1, -1},
#endif
  };
}

// Every recorded system call stops the caller until the recorder has looked at it.
inline void InstallFilter() {
  std::vector<long> numbers = SocketCalls();
  for (const PathCall& call : PathCalls()) numbers.push_back(call.number);
  std::vector<sock_filter> filter = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
  for (const long number : numbers) {
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, uint32_t(number), 0, 1));
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE));
  }
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
    _exit(97);
}

inline std::filesystem::path LinkOf(pid_t process, const std::string& what) {
  std::error_code gone;
  return std::filesystem::read_symlink("/proc/" + std::to_string(process) + "/" + what, gone);
}

inline std::string ReadString(pid_t process, uint64_t address) {
  std::string text;
  for (char c = 0; text.size() < 4096; text += c) {
    iovec here{&c, 1}, there{reinterpret_cast<void*>(address + text.size()), 1};
    if (process_vm_readv(process, &here, 1, &there, 1, 0) != 1 || c == 0) break;
  }
  return text;
}

inline void RecordCall(pid_t thread, const __ptrace_syscall_info& info, Recording* recording) {
  const auto number = long(info.seccomp.nr);
  const auto* arguments = info.seccomp.args;
  for (const long socket_call : SocketCalls()) {
    if (number != socket_call) continue;
    const char* name = number == SYS_socket           ? "socket "
                       : number == SYS_connect        ? "connect "
                       : number == SYS_io_uring_setup ? "ring "
                                                      : "send or bind ";
    recording->sockets.push_back(name + std::to_string(arguments[0]));
  }
  for (const PathCall& call : PathCalls()) {
    if (number != call.number) continue;
    constexpr uint64_t kWriting = O_WRONLY | O_RDWR | O_CREAT;  // O_TMPFILE goes with one of the first two
    if (call.flags >= 0 && (arguments[call.flags] & kWriting) == 0) continue;
    const std::filesystem::path path = ReadString(thread, arguments[call.path]);
    const int folder = call.folder < 0 ? AT_FDCWD : int(arguments[call.folder]);
    const std::filesystem::path base =
        folder == AT_FDCWD ? LinkOf(thread, "cwd") : LinkOf(thread, "fd/" + std::to_string(folder));
    recording->writes.push_back((base / path).lexically_normal());
  }
}

// The process that a thread belongs to.
inline pid_t ProcessOf(pid_t thread) {
  std::ifstream status("/proc/" + std::to_string(thread) + "/status");
  for (std::string word; status >> word;) {
    if (word == "Tgid:" && status >> word) return std::stoi(word);
  }
  return thread;
}

// One stop of one thread of the family; returns the signal to hand on to it.
inline int OnStop(pid_t thread, pid_t first, int status, Recording* recording) {
  unsigned long message = 0;
  switch (status >> 16) {
    case PTRACE_EVENT_SECCOMP: {
      __ptrace_syscall_info info{};
      ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info);
      RecordCall(thread, info, recording);
      return 0;
    }
    case PTRACE_EVENT_FORK:
    case PTRACE_EVENT_VFORK:
      recording->children.push_back("fork");
      return 0;
    case PTRACE_EVENT_CLONE:  // a thread, or a process made in an unusual way
      ptrace(PTRACE_GETEVENTMSG, thread, nullptr, &message);
      if (ProcessOf(pid_t(message)) != ProcessOf(thread)) recording->children.push_back("clone");
      return 0;
    case PTRACE_EVENT_EXEC:
      if (ProcessOf(thread) != first) recording->children.push_back(LinkOf(thread, "exe").string());
      return 0;
    default:
      break;
  }
  const int signal = WSTOPSIG(status);
  return signal == SIGSTOP || signal == SIGTRAP ? 0 : signal;  // new threads begin with a stop
}

}  // namespace recorder

// body runs in the child, which ends with _exit(0) when it returns. A system that does not let a test trace its own
// child is an exception: the test must not pass unseen.
inline Recording Record(const std::function<void()>& body) {
  int offline[2];
  if (pipe2(offline, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  const pid_t child = fork();
  if (child == 0) {
    const bool ok = unshare(CLONE_NEWNET) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
    if (write(offline[1], ok ? "y" : "n", 1) != 1) _exit(96);
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(95);
    raise(SIGSTOP);
    recorder::InstallFilter();
    body();
    _exit(0);
  }
  close(offline[1]);
  Recording recording;
  char answer = 'n';
  recording.is_offline = read(offline[0], &answer, 1) == 1 && answer == 'y';
  close(offline[0]);
  int status = 0;
  if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status))
    throw std::runtime_error("a child cannot be traced here");
  constexpr long kFollow = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
                           PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
  if (ptrace(PTRACE_SETOPTIONS, child, nullptr, kFollow) != 0)
    throw std::runtime_error("a child cannot be followed here");
  for (pid_t stopped = child; stopped > 0; stopped = waitpid(-1, &status, __WALL)) {
    if (WIFSTOPPED(status)) {
      const int signal = recorder::OnStop(stopped, child, status, &recording);
      ptrace(PTRACE_CONT, stopped, nullptr, long(signal));
    } else if (stopped == child) {
      recording.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
    }
  }
  return recording;
}

}  // namespace sanerf::cli
