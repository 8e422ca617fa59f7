// Several phrases as one caption for a detector that reads text: "[CLS] banana . coffee mug . [SEP]".
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sanerf/detect/wordpiece.h"

namespace sanerf::detect {

struct Caption {
  std::vector<int64_t> ids;
  std::vector<int64_t> position_ids;       // start again in every phrase
  std::vector<std::pair<int, int>> spans;  // of each phrase's own tokens: [first, last), its full stop not counted
  int64_t size() const { return int64_t(ids.size()); }

  // Row-major [size, size]: a token reads the tokens of its own phrase, full stop included. [CLS], [SEP] and padding
  // read themselves.
  std::vector<uint8_t> attention;
};

// Throws UsageError for a phrase without a word that the vocabulary knows, and for more than 256 tokens:
// nothing is cut off silently.
Caption MakeCaption(const WordPieces& vocabulary, const std::vector<std::string>& phrases);

// Fills up with [PAD] to a length that a model was exported with.
void PadCaption(const WordPieces& vocabulary, int64_t size, Caption* caption);

}  // namespace sanerf::detect
