// What the values of an option may be, and marks, as the Visit of an option struct says them (options.h). Kept light:
// every option struct includes it.
//
//   v("iters", iters, "optimization steps", Range(1, 1'000'000));
//   v("views", views, "views to search (0 = all)", Range(2, 1000).OrZero());
//   v("loss", loss, "photometric loss", OneOf(Choice{"huber", Loss::kHuber}, Choice{"mse", Loss::kMse}));
//   v("model", model, "SAM model", Text("a name of the catalogue or a path"));
//   v("rgb_weight", weight, "weight of the ray-pair RGB loss", Range(0, 100), kExperimental);
//   v("color_width", width, "width of the hidden layers", Range(16, 1024), Formerly("colour_width"));
//   v("background", Removed("random", "what shows behind a ray is always a random color"));
#pragma once

#include <array>
#include <cstddef>
#include <type_traits>

namespace sanerf {

// Numbers from low to high, both included. A single option's range keeps out what cannot be meant (no steps, a negative
// rate, a table larger than any memory); what only a combination of options rules out is checked where they meet.
struct Range {
  constexpr Range(double l, double h) : low(l), high(h) {}
  constexpr Range OrZero() const {  // for options where 0 means all, or off
    Range range = *this;
    range.or_zero = true;
    return range;
  }
  constexpr Range MultipleOf(int n) const {
    Range range = *this;
    range.multiple_of = n;
    return range;
  }

  double low, high;
  bool or_zero = false;
  int multiple_of = 1;
};

// A few numbers, names (const char*, for a string field) or named values (for an enum).
template <class T, std::size_t N>
struct Choices {
  std::array<T, N> values;
};
template <class E>
struct Choice {
  const char* name;
  E value;
};
template <class E>
Choice(const char*, E) -> Choice<E>;

template <class... T>
constexpr auto OneOf(T... values) {
  return Choices<std::common_type_t<T...>, sizeof...(T)>{{values...}};
}

// Any text; what: what it stands for ("a name of the catalogue or a path").
struct Text {
  constexpr explicit Text(const char* w) : what(w) {}
  const char* what;
};

struct FormerChoiceName {
  const char *former = nullptr, *now = nullptr;
};

struct OptionMark {
  bool is_experimental = false;
  const char* former_key = nullptr;         // still read, with a notice
  FormerChoiceName former_choices[2] = {};  // the same of some of the choices; "true" and "false" where it was a flag

  constexpr OptionMark Formerly(const char* key) const {
    OptionMark mark = *this;
    mark.former_key = key;
    return mark;
  }
  constexpr OptionMark FormerChoice(const char* former, const char* now) const {
    OptionMark mark = *this;
    mark.former_choices[mark.former_choices[0].former == nullptr ? 0 : 1] = {former, now};
    return mark;
  }
};
// For what is still being tried, in the method or in how we run another one: it may change or go.
inline constexpr OptionMark kExperimental = {.is_experimental = true};
constexpr OptionMark Formerly(const char* key) { return OptionMark().Formerly(key); }

// An option that is gone. Files that name it are still read, with a notice unless they ask for what is done anyway.
struct Removed {
  constexpr Removed(const char* k, const char* n) : kept(k), now(n) {}
  const char* kept;  // the value that it would have now
  const char* now;   // what that means, in words
};

inline constexpr Range kSeeds = Range(0, 1'000'000'000);

}  // namespace sanerf
