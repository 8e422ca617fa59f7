#include "sanerf/core/parallel.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <limits>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "sanerf/core/check.h"

namespace sanerf {
namespace {

using ChunkBody = std::function<void(int64_t, int64_t)>;

thread_local bool t_inside_loop = false;
thread_local int t_thread_limit = std::numeric_limits<int>::max();

void PauseCpu() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// One loop in flight. Threads take chunks from `next` until none is left.
class Loop {
 public:
  Loop(int64_t n, int64_t chunk, const ChunkBody& body, int max_threads)
      : max_workers(max_threads - 1), n_(n), chunk_(chunk), body_(body) {}

  const int max_workers;            // beside the thread that started the loop
  std::atomic<int> num_workers{0};  // grows and shrinks under the pool's mutex

  // Takes chunks until none is left or, after a chunk, leave() says so.
  template <class Leave>
  void Work(const Leave& leave) {
    t_inside_loop = true;
    do {
      const int64_t begin = next_.fetch_add(chunk_, std::memory_order_relaxed);
      if (begin >= n_) break;
      try {
        body_(begin, std::min(n_, begin + chunk_));
      } catch (...) {
        Fail(begin, std::current_exception());
      }
    } while (!leave());
    t_inside_loop = false;
  }

  bool HasWork() const { return next_.load(std::memory_order_relaxed) < n_; }

  void RethrowFailure() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  // Of several failures the one with the lowest index is kept; nothing new is started.
  void Fail(int64_t begin, std::exception_ptr failure) {
    const std::lock_guard lock(failure_mutex_);
    if (!failure_ || begin < failed_at_) {
      failure_ = std::move(failure);
      failed_at_ = begin;
    }
    next_.store(n_);
  }

  const int64_t n_, chunk_;
  const ChunkBody& body_;
  std::atomic<int64_t> next_{0};
  std::mutex failure_mutex_;
  std::exception_ptr failure_;
  int64_t failed_at_ = 0;
};

// Workers spin for a moment after each loop, as the next one of a training step follows within microseconds, and
// sleep then. A loop never waits for a worker that has not joined it: on a busy machine the caller does all the work.
// Loops of several callers run at the same time; when one begins, the workers of the others come back after their
// chunk and are shared out anew.
class ThreadPool {
 public:
  explicit ThreadPool(int num_threads) {
    for (int i = 1; i < num_threads; ++i) workers_.emplace_back([this] { WorkerLoop(); });
  }

  ~ThreadPool() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
      generation_.fetch_add(1);
    }
    wake_.notify_all();
    for (std::thread& worker : workers_) worker.join();
  }

  int num_threads() const { return int(workers_.size()) + 1; }

  void Run(Loop& loop) {
    {
      const std::lock_guard lock(mutex_);
      loops_.push_back(&loop);
      generation_.fetch_add(1);
    }
    if (num_sleeping_.load() > 0) wake_.notify_all();
    loop.Work([] { return false; });
    Close(loop);
  }

 private:
  static constexpr int kSpins = 2000;  // about 50 microseconds

  // Nobody joins any more; those who did are waited for.
  void Close(Loop& loop) {
    {
      const std::lock_guard lock(mutex_);
      loops_.erase(std::find(loops_.begin(), loops_.end(), &loop));
    }
    for (int spin = 0; spin < kSpins; ++spin) {
      if (loop.num_workers.load() == 0) return;
      PauseCpu();
    }
    std::unique_lock lock(mutex_);
    done_.wait(lock, [&] { return loop.num_workers.load() == 0; });
  }

  // Of the loops that can use another worker the one that has the fewest, the youngest of equals; null = none. Called
  // under mutex_.
  Loop* NeediestLoop() const {
    Loop* neediest = nullptr;
    for (Loop* loop : loops_) {
      if (!loop->HasWork() || loop->num_workers.load() >= loop->max_workers) continue;
      if (neediest == nullptr || loop->num_workers.load() <= neediest->num_workers.load()) neediest = loop;
    }
    return neediest;
  }

  void WorkerLoop() {
    uint64_t seen = 0;
    for (;;) {
      for (int spin = 0; spin < kSpins && generation_.load() == seen; ++spin) PauseCpu();
      Loop* loop = nullptr;
      {
        std::unique_lock lock(mutex_);
        num_sleeping_.fetch_add(1);
        wake_.wait(lock, [&] { return generation_.load() != seen; });
        num_sleeping_.fetch_sub(1);
        if (stop_) return;
        loop = NeediestLoop();
        // Without work it sleeps until the next loop begins; after work it looks again, as another loop may go on.
        if (loop == nullptr) {
          seen = generation_.load();
          continue;
        }
        loop->num_workers.fetch_add(1);
        seen = generation_.load() - 1;
      }
      loop->Work([&] { return generation_.load(std::memory_order_relaxed) != seen + 1; });
      // The decrement is the last access to the loop, whose owner may be gone then.
      const std::lock_guard lock(mutex_);
      if (loop->num_workers.fetch_sub(1) == 1) done_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_, done_;
  std::atomic<uint64_t> generation_{0};
  std::atomic<int> num_sleeping_{0};
  std::vector<Loop*> loops_;
  bool stop_ = false;
  std::vector<std::thread> workers_;
};

std::mutex g_pool_mutex;
std::shared_ptr<ThreadPool> g_pool;

int NumCores() { return std::max(1, int(std::thread::hardware_concurrency())); }

std::shared_ptr<ThreadPool> Pool() {
  const std::lock_guard lock(g_pool_mutex);
  if (!g_pool) g_pool = std::make_shared<ThreadPool>(NumCores());
  return g_pool;
}

}  // namespace

void SetNumThreads(int num_threads) {
  SANERF_CHECK(!t_inside_loop);
  const int wanted = num_threads > 0 ? num_threads : NumCores();
  std::shared_ptr<ThreadPool> old;  // joined after the lock is released
  const std::lock_guard lock(g_pool_mutex);
  if (g_pool && g_pool->num_threads() == wanted) return;
  old = std::move(g_pool);
  g_pool = std::make_shared<ThreadPool>(wanted);
}

int NumThreads() { return std::min(Pool()->num_threads(), t_thread_limit); }

ThreadLimit::ThreadLimit(int num_threads) : before_(t_thread_limit) {
  if (num_threads > 0) t_thread_limit = std::min(before_, num_threads);
}
ThreadLimit::~ThreadLimit() { t_thread_limit = before_; }

void ParallelForChunks(int64_t n, int64_t chunk, const ChunkBody& body) {
  SANERF_CHECK_GT(chunk, 0);
  if (n <= 0) return;
  if (!t_inside_loop && n > chunk) {
    const std::shared_ptr<ThreadPool> pool = Pool();
    const int num_threads = std::min(pool->num_threads(), t_thread_limit);
    if (num_threads > 1) {
      Loop loop(n, chunk, body, num_threads);
      pool->Run(loop);
      return loop.RethrowFailure();
    }
  }
  for (int64_t begin = 0; begin < n; begin += chunk) body(begin, std::min(n, begin + chunk));
}

void ParallelFor(int64_t n, const std::function<void(int64_t)>& body) {
  // Small chunks keep the load even, but a counter shared by all threads must not cost more than the work.
  const int64_t chunk = std::clamp<int64_t>(n / (int64_t{NumThreads()} * 64), 1, 256);
  ParallelForChunks(n, chunk, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) body(i);
  });
}

}  // namespace sanerf
