// The command line's forms of prompts. A view's name may itself hold ':' and ',', so they are read from the right.
#include "sanerf/cli/prompt_forms.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "sanerf/core/error.h"

namespace sanerf::cli {
namespace {

struct Form {
  const char* option;
  const char* numbers;  // what is read of it
  const char* expected;
};
constexpr Form kClickForm{
    "--click", "X,Y",
    "VIEW:X,Y, with :neg beside the object, or with :maskN for the one of SAM's masks that views.json "
    "calls candidate N, for example --click r_012:310,220"};
constexpr size_t kMaskDigits = 2;
constexpr Form kPointForm{"--point", "X,Y,Z", "X,Y,Z or X,Y,Z:neg, for example --point 0.1,-0.25,1.3"};
constexpr Form kBoxForm{"--box", "X0,Y0,X1,Y1",
                        "VIEW:X0,Y0,X1,Y1 with X0 < X1 and Y0 < Y1, for example --box r_012:100,80,240,310"};

[[noreturn]] void Fail(const Form& form, const std::string& text, const std::string& why) {
  throw UsageError(fmt::format("{} {}", form.option, text), why, fmt::format("the form is {}", form.expected));
}

// Takes ":neg" or ":pos" off the end.
int TakeLabel(std::string& rest) {
  for (const auto& [suffix, label] : {std::pair(":neg", 0), std::pair(":pos", 1)}) {
    if (!rest.ends_with(suffix)) continue;
    rest.resize(rest.size() - 4);
    return label;
  }
  return 1;
}

// Takes ":mask2" off the end; -1 = there is none.
int TakeCandidate(std::string& rest) {
  constexpr std::string_view kMask = ":mask";
  const size_t digits = rest.find_last_not_of("0123456789") + 1;
  if (digits == rest.size() || rest.size() - digits > kMaskDigits || !rest.substr(0, digits).ends_with(kMask))
    return -1;
  const int candidate = std::stoi(rest.substr(digits));
  rest.resize(digits - kMask.size());
  return candidate;
}

// Takes "VIEW:" off the front.
std::string TakeView(const Form& form, const std::string& text, std::string& rest) {
  const size_t colon = rest.rfind(':');
  const bool has_numbers = rest.find(',') != std::string::npos && rest.find_first_not_of("0123456789.,-+") == rest.npos;
  if (colon == std::string::npos && !rest.empty() && !has_numbers)
    Fail(form, text, fmt::format("{} is missing", form.numbers));
  if (colon == std::string::npos || colon == 0) Fail(form, text, "the view is missing");
  if (colon + 1 == rest.size()) Fail(form, text, fmt::format("{} is missing", form.numbers));
  std::string view = rest.substr(0, colon);
  rest.erase(0, colon + 1);
  return view;
}

std::vector<double> ParseNumbers(const Form& form, const std::string& text, const std::string& rest, size_t count) {
  std::vector<double> numbers;
  const char* at = rest.data();
  const char* const end = at + rest.size();
  while (true) {
    double value = 0;
    const auto [next, error] = std::from_chars(at, end, value);
    if (error != std::errc() || !std::isfinite(value)) Fail(form, text, fmt::format("'{}' are not numbers", rest));
    numbers.push_back(value);
    if (next == end) break;
    if (*next != ',') Fail(form, text, fmt::format("'{}' are not numbers", rest));
    at = next + 1;
  }
  if (numbers.size() != count) Fail(form, text, fmt::format("expected {} numbers, found {}", count, numbers.size()));
  return numbers;
}

}  // namespace

mask_decoder::ClickPrompt ParseClick(const std::string& text) {
  std::string rest = text;
  const int candidate = TakeCandidate(rest);
  const int label = TakeLabel(rest);
  const std::string view = TakeView(kClickForm, text, rest);
  const auto xy = ParseNumbers(kClickForm, text, rest, 2);
  return {view, Vec2(xy[0], xy[1]), label, candidate};
}

mask_decoder::PointPrompt ParsePoint(const std::string& text) {
  std::string rest = text;
  const int label = TakeLabel(rest);
  const auto p = ParseNumbers(kPointForm, text, rest, 3);
  return {Vec3(p[0], p[1], p[2]), label};
}

mask_decoder::BoxPrompt ParseBox(const std::string& text) {
  std::string rest = text;
  const std::string view = TakeView(kBoxForm, text, rest);
  const auto b = ParseNumbers(kBoxForm, text, rest, 4);
  if (b[0] >= b[2] || b[1] >= b[3]) Fail(kBoxForm, text, "the box is empty");
  return {view, b[0], b[1], b[2], b[3]};
}

}  // namespace sanerf::cli
