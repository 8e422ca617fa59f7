// Scratch objects that are expensive to make, lent to one thread at a time.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

namespace sanerf {

template <class T>
class WorkerPool {
 public:
  // Gives its worker back when it goes out of scope.
  class Lease {
   public:
    Lease(WorkerPool* pool, std::unique_ptr<T> worker) : pool_(pool), worker_(std::move(worker)) {}
    ~Lease() {
      const std::lock_guard lock(pool_->mutex_);
      pool_->idle_.push_back(std::move(worker_));
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    T* operator->() const { return worker_.get(); }
    T& operator*() const { return *worker_; }

   private:
    WorkerPool* pool_;
    std::unique_ptr<T> worker_;
  };

  // An idle worker, or a new one from make() (which returns std::unique_ptr<T>).
  template <class Make>
  Lease Take(const Make& make) {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        std::unique_ptr<T> worker = std::move(idle_.back());
        idle_.pop_back();
        return Lease(this, std::move(worker));
      }
    }
    return Lease(this, make());
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<T>> idle_;
};

}  // namespace sanerf
