// The last few values of an expensive function of a view.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <utility>

namespace sanerf {

// Thread safe; loads one value at a time.
template <class T>
class RecentlyUsed {
 public:
  explicit RecentlyUsed(size_t most) : most_(most) {}

  template <class Load>
  std::shared_ptr<const T> Get(int key, const Load& load) {
    const std::lock_guard lock(mutex_);
    for (auto it = items_.begin(); it != items_.end(); ++it) {
      if (it->first != key) continue;
      items_.splice(items_.begin(), items_, it);
      return items_.front().second;
    }
    items_.emplace_front(key, std::make_shared<const T>(load()));
    if (items_.size() > most_) items_.pop_back();
    return items_.front().second;
  }

 private:
  size_t most_;
  std::mutex mutex_;
  std::list<std::pair<int, std::shared_ptr<const T>>> items_;
};

}  // namespace sanerf
