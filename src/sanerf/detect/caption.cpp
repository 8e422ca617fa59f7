#include "sanerf/detect/caption.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/detect/text_detector.h"

namespace sanerf::detect {
namespace {

constexpr int64_t kMaxCaptionTokens = 256;

// Blocks of tokens that read each other end at a special token: a full stop, a question mark or [SEP]; the first and
// the last token of the caption stand alone.
void FillBlocks(const WordPieces& vocabulary, Caption* caption) {
  const size_t size = caption->ids.size();
  caption->position_ids.assign(size, 0);
  caption->attention.assign(size * size, 0);
  for (size_t i = 0; i < size; ++i) caption->attention[i * size + i] = 1;
  size_t start = 0;
  for (size_t i = 0; i < size; ++i) {
    const int64_t id = caption->ids[i];
    if (id != vocabulary.cls() && id != vocabulary.sep() && id != vocabulary.full_stop() &&
        id != vocabulary.question_mark())
      continue;
    for (size_t row = start; row <= i; ++row) {
      caption->position_ids[row] = int64_t(row - start);
      for (size_t column = start; column <= i; ++column) caption->attention[row * size + column] = 1;
    }
    start = i + 1;
  }
}

}  // namespace

Caption MakeCaption(const WordPieces& vocabulary, const std::vector<std::string>& phrases) {
  Caption caption;
  caption.ids.push_back(vocabulary.cls());
  for (const std::string& phrase : phrases) {
    const std::vector<int64_t> ids = vocabulary.Encode(phrase);
    if (std::all_of(ids.begin(), ids.end(), [&](int64_t id) { return id == vocabulary.unknown(); }))
      throw UsageError("the detector knows no word of '" + Shortened(phrase) + "'", "",
                       "say it in English words, for example --text \"coffee mug\"");
    const int first = int(caption.size());
    caption.ids.insert(caption.ids.end(), ids.begin(), ids.end());
    caption.spans.emplace_back(first, int(caption.size()));
    caption.ids.push_back(vocabulary.full_stop());
  }
  caption.ids.push_back(vocabulary.sep());
  if (caption.size() > kMaxCaptionTokens)
    throw UsageError(fmt::format("the text has {} tokens", caption.size()),
                     fmt::format("the detector reads at most {}, and nothing is cut off silently", kMaxCaptionTokens),
                     "use fewer or shorter phrases: a noun with an adjective is what it understands best");
  FillBlocks(vocabulary, &caption);
  return caption;
}

void PadCaption(const WordPieces& vocabulary, int64_t size, Caption* caption) {
  const size_t old_size = caption->ids.size(), new_size = std::max(old_size, size_t(size));
  std::vector<uint8_t> attention(new_size * new_size, 0);
  for (size_t row = 0; row < new_size; ++row) {
    attention[row * new_size + row] = 1;
    if (row < old_size)
      std::copy_n(caption->attention.begin() + long(row * old_size), old_size,
                  attention.begin() + long(row * new_size));
  }
  caption->attention = std::move(attention);
  caption->ids.resize(new_size, vocabulary.pad());
  caption->position_ids.resize(new_size, 0);
}

}  // namespace sanerf::detect
