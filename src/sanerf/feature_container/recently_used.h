// The last few values of an expensive function of a view.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <utility>

namespace sanerf::feature_container {

// Thread safe; threads that ask for the same new value at once may each load it.
template <class T>
class RecentlyUsed {
 public:
  explicit RecentlyUsed(size_t most) : most_(most) {}

  template <class Load>
  std::shared_ptr<const T> Get(int key, const Load& load) {
    if (auto value = Find(key)) return value;
    auto loaded = std::make_shared<const T>(load());
    if (auto value = Find(key)) return value;
    const std::lock_guard lock(mutex_);
    items_.emplace_front(key, loaded);
    if (items_.size() > most_) items_.pop_back();
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

  size_t most_;
  std::mutex mutex_;
  std::list<std::pair<int, std::shared_ptr<const T>>> items_;
};

}  // namespace sanerf::feature_container
