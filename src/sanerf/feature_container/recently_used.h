// The last few values of an expensive function of a view.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <utility>

namespace sanerf::feature_container {

// At most `most` values; and as many as take `most_bytes`, but always `fewest`.
struct RecentlyUsedLimits {
  size_t most, most_bytes, fewest;
};

// Thread safe; threads that ask for the same new value at once may each load it.
template <class T>
class RecentlyUsed {
 public:
  explicit RecentlyUsed(size_t most) : RecentlyUsed({most, 0, most}, [](const T&) { return size_t{0}; }) {}
  RecentlyUsed(const RecentlyUsedLimits& limits, std::function<size_t(const T&)> bytes_of)
      : limits_(limits), bytes_of_(std::move(bytes_of)) {}

  template <class Load>
  std::shared_ptr<const T> Get(int key, const Load& load) {
    if (auto value = Find(key)) return value;
    auto loaded = std::make_shared<const T>(load());
    if (auto value = Find(key)) return value;
    const std::lock_guard lock(mutex_);
    items_.emplace_front(key, loaded);
    bytes_ += bytes_of_(*loaded);
    while (items_.size() > limits_.most || (bytes_ > limits_.most_bytes && items_.size() > limits_.fewest)) {
      bytes_ -= bytes_of_(*items_.back().second);
      items_.pop_back();
    }
    return loaded;
  }

 private:
  std::shared_ptr<const T> Find(int key) {
    const std::lock_guard lock(mutex_);
    for (auto it = items_.begin(); it != items_.end(); ++it) {
      if (it->first != key) continue;
      items_.splice(items_.begin(), items_, it);
      return it->second;
    }
    return nullptr;
  }

  const RecentlyUsedLimits limits_;
  const std::function<size_t(const T&)> bytes_of_;
  std::mutex mutex_;
  std::list<std::pair<int, std::shared_ptr<const T>>> items_;
  size_t bytes_ = 0;
};

}  // namespace sanerf::feature_container
