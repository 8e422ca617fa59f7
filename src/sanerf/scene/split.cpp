#include "sanerf/scene/split.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <string>

#include "sanerf/core/content_hash.h"
#include "sanerf/core/error.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

// "b.png (a.png)": a photo and the one that it is a copy of.
std::string WithOriginal(const std::vector<ListedView>& views, size_t copy, size_t original) {
  return fmt::format("{} ({})", views[copy].view.name, views[original].view.name);
}

void HoldOutEveryNth(std::vector<ListedView>& views, const std::vector<size_t>& first, int test_every) {
  const auto is_original = [&](size_t i) { return first[i] == i; };
  size_t num_photos = 0;
  for (size_t i = 0; i < views.size(); ++i) num_photos += is_original(i);
  size_t number = 0;
  for (size_t i = 0; i < views.size(); ++i) {
    const bool is_nth = is_original(i) && num_photos > 1 && test_every > 1 && number % size_t(test_every) == 0;
    number += is_original(i);
    views[i].view.is_test = is_original(i) ? is_nth : views[first[i]].view.is_test;
  }
}

// Training photos that are copies of what the scene's own split holds out.
void LeaveOutCopiesOfTestViews(SceneListing& listing, std::vector<size_t>& first) {
  std::vector<ListedView>& views = listing.views;
  std::map<size_t, size_t> held_out;  // one of the copies, by original
  for (size_t i = 0; i < views.size(); ++i)
    if (views[i].view.is_test) held_out.emplace(first[i], i);
  std::vector<size_t> kept, kept_first;
  std::map<size_t, size_t> place;  // by original, of the first that is kept
  std::vector<std::string> left_out;
  for (size_t i = 0; i < views.size(); ++i) {
    const auto copy = held_out.find(first[i]);
    if (!views[i].view.is_test && copy != held_out.end()) {
      left_out.push_back(WithOriginal(views, i, copy->second));
      continue;
    }
    kept_first.push_back(place.emplace(first[i], kept.size()).first->second);
    kept.push_back(i);
  }
  if (left_out.empty()) return;
  std::vector<ListedView> remaining;
  for (const size_t i : kept) remaining.push_back(std::move(views[i]));
  views = std::move(remaining);
  first = std::move(kept_first);
  const int64_t count = int64_t(left_out.size());
  listing.warnings.push_back(fmt::format("{} left out, because {} the same picture as one that is held out: {}",
                                         Counted(count, "training photo is", "training photos are"),
                                         IsAre(count, "it holds", "they hold"), ListOfNames(left_out)));
}

void WarnOfCopies(SceneListing& listing, const std::vector<size_t>& first) {
  std::vector<std::string> copies;
  for (size_t i = 0; i < first.size(); ++i)
    if (first[i] != i) copies.push_back(WithOriginal(listing.views, i, first[i]));
  if (copies.empty()) return;
  listing.warnings.push_back(
      fmt::format("{} the same picture as another, which then counts twice: {}; remove the copies",
                  Counted(int64_t(copies.size()), "photo holds", "photos hold"), ListOfNames(copies)));
}

}  // namespace

std::vector<size_t> FirstCopies(const std::vector<ListedView>& views, const Job& job) {
  std::vector<size_t> first(views.size());
  std::iota(first.begin(), first.end(), size_t{0});
  std::map<uintmax_t, std::vector<size_t>> by_size;
  for (size_t i = 0; i < views.size(); ++i) {
    std::error_code unknown;
    const uintmax_t size = fs::file_size(views[i].view.image_path, unknown);
    if (!unknown) by_size[size].push_back(i);
  }
  std::vector<size_t> alike;  // in size
  for (const auto& [size, places] : by_size)
    if (places.size() > 1) alike.insert(alike.end(), places.begin(), places.end());
  std::vector<std::string> hashes(alike.size());
  ParallelFor(int64_t(alike.size()), [&](int64_t k) {
    job.ThrowIfStopped("comparing the photos");
    hashes[size_t(k)] = KnownHashes().Of(views[alike[size_t(k)]].view.image_path);
  });
  std::map<std::string, size_t> original;
  for (size_t k = 0; k < alike.size(); ++k) {
    const auto [known, is_new] = original.emplace(hashes[k], alike[k]);
    known->second = std::min(known->second, alike[k]);
  }
  for (size_t k = 0; k < alike.size(); ++k) first[alike[k]] = original.at(hashes[k]);
  return first;
}

void ChooseTestViews(SceneListing& listing, int test_every, const Job& job) {
  if (listing.has_split && test_every != SceneOptions().test_every) {
    listing.warnings.push_back(fmt::format(
        "scene.test_every={} (--test-every) is not used: the scene itself says which photos are held out", test_every));
  }
  std::sort(listing.views.begin(), listing.views.end(),
            [](const ListedView& a, const ListedView& b) { return a.view.name < b.view.name; });
  std::vector<size_t> first = FirstCopies(listing.views, job);
  if (listing.has_split)
    LeaveOutCopiesOfTestViews(listing, first);
  else
    HoldOutEveryNth(listing.views, first, test_every);
  WarnOfCopies(listing, first);
  const auto is_test = [](const ListedView& v) { return v.view.is_test; };
  if (std::all_of(listing.views.begin(), listing.views.end(), is_test)) {
    throw Error(fmt::format("no training image left in {}", listing.root.string()),
                "every image that exists is a test view", "restore the missing training images");
  }
  if (listing.has_split && std::none_of(listing.views.begin(), listing.views.end(), is_test)) {
    listing.warnings.push_back(fmt::format(
        "no photo is held out to test on, because the split of {} names none that exists; how good new views "
        "are will not be known",
        listing.source));
  }
}

void ThinTrainingViews(SceneListing& listing, int most) {
  const int64_t count = std::count_if(listing.views.begin(), listing.views.end(),
                                      [](const ListedView& listed) { return !listed.view.is_test; });
  if (most == 0 || count <= most) return;
  std::vector<ListedView> left;
  int64_t nth = 0;  // of the training views
  for (ListedView& listed : listing.views) {
    // The first of each `most`-th of them.
    const bool is_left = listed.view.is_test || nth * most / count != (nth - 1) * most / count || nth == 0;
    if (!listed.view.is_test) ++nth;
    if (is_left) left.push_back(std::move(listed));
  }
  listing.views = std::move(left);
  listing.notes.push_back(fmt::format("scene.max_train_views={}: as if the other {} had not been taken", most,
                                      Counted(count - most, "photo")));
}

}  // namespace sanerf::scene
