#include "sanerf/detect/text_detector.h"

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/detect/plain_letters.h"

namespace sanerf::detect {

std::vector<std::string> SplitPhrases(const std::string& text) {
  std::vector<std::string> phrases;
  std::string phrase;
  const auto finish = [&] {
    while (!phrase.empty() && phrase.back() == ' ') phrase.pop_back();
    if (!phrase.empty() && std::find(phrases.begin(), phrases.end(), phrase) == phrases.end())
      phrases.push_back(phrase);
    phrase.clear();
  };
  for (const char32_t code : DecodeUtf8(text)) {
    if (code == U'.' || code == 0x3002) {
      finish();
    } else if (IsSpace(code)) {
      if (!phrase.empty() && phrase.back() != ' ') phrase += ' ';
    } else if (!IsControl(code)) {
      AppendUtf8(code >= U'A' && code <= U'Z' ? code + 32 : code, &phrase);
    }
  }
  finish();
  if (phrases.empty())
    throw UsageError("the text names nothing", "",
                     "say what to segment: --text \"banana\", several things with full stops: --text \"banana. cup\"");
  return phrases;
}

std::string Shortened(const std::string& text) {
  constexpr size_t kMaxLetters = 60;
  const std::u32string codes = DecodeUtf8(text);
  std::string shortened;
  for (size_t i = 0; i < std::min(codes.size(), kMaxLetters); ++i) AppendUtf8(codes[i], &shortened);
  return codes.size() > kMaxLetters ? shortened + "…" : shortened;
}

double Iou(const DetectedBox& a, const DetectedBox& b) {
  const double width = std::min(a.x1, b.x1) - std::max(a.x0, b.x0);
  const double height = std::min(a.y1, b.y1) - std::max(a.y0, b.y0);
  if (!(width > 0 && height > 0)) return 0;
  const auto area = [](const DetectedBox& box) { return double(box.x1 - box.x0) * double(box.y1 - box.y0); };
  return width * height / (area(a) + area(b) - width * height);
}

void KeepDistinct(double overlap, std::vector<DetectedBox>* boxes) {
  std::stable_sort(boxes->begin(), boxes->end(),
                   [](const DetectedBox& a, const DetectedBox& b) { return a.score > b.score; });
  std::vector<DetectedBox> kept;
  for (const DetectedBox& box : *boxes) {
    if (std::none_of(kept.begin(), kept.end(), [&](const DetectedBox& better) { return Iou(box, better) > overlap; }))
      kept.push_back(box);
  }
  *boxes = std::move(kept);
}

}  // namespace sanerf::detect
